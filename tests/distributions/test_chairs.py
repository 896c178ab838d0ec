import pytest
from django.db import transaction
from django.urls import reverse

from distributions import following_up, planning, stocktaking
from distributions.models import Chair, ChairModel, Depot
from tests.factories import AllocationFactory, ChairFactory, ChairModelFactory, DepotFactory, FamilyFactory, province


def url(name, *args, **query):
    address = reverse(f"distributions:{name}", args=args)
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def handed_over(by, **child):
    """A chair with a child, as its events tell."""
    allocation = AllocationFactory(loaded=True, **{f"need__child__{key}": value for key, value in child.items()})
    with transaction.atomic():
        stocktaking.append_event(allocation.chair, "handed_over", by=by, child=allocation.need.child)
    allocation.status = "delivered"
    allocation.save(update_fields=["status"])
    return allocation


def test_the_list_is_narrowed_by_state_depot_model_and_number(client, omar):
    client.force_login(omar)
    here, there = ChairFactory(serial="ABC-77"), ChairFactory(used=True)
    for query, expected in [
        ({}, {here, there}),
        ({"state": "to_disinfect"}, {there}),
        ({"depot": here.depot_id}, {here}),
        ({"model": there.model_id}, {there}),
        ({"q": "bc-7"}, {here}),
        ({"q": here.label}, {here}),
        ({"q": f"ch {there.number}"}, {there}),
        ({"q": "٩٩٩٩٩٩٩"}, set()),
        ({"state": "nonsense", "depot": "nonsense"}, {here, there}),
    ]:
        answer = client.get(reverse("distributions:chair_list"), query)
        assert set(answer.context["chairs"]) == expected, query


def test_the_list_costs_the_same_with_many_chairs(client, omar, django_assert_max_num_queries):
    client.force_login(omar)
    ChairFactory()
    with django_assert_max_num_queries(12) as first:
        client.get(url("chair_list"))
    for _number in range(14):
        ChairFactory()
    with django_assert_max_num_queries(len(first)):
        client.get(url("chair_list"))


def test_the_part_that_htmx_asks_for_is_part_of_the_page(client, omar):
    client.force_login(omar)
    ChairFactory()
    whole = client.get(url("chair_list"))
    part = client.get(url("chair_list"), headers={"HX-Request": "true", "HX-Target": "rows"})
    assert "<html" not in part.text
    assert part.text.strip() in whole.text


def test_an_empty_stock_says_what_to_do(client, omar):
    client.force_login(omar)
    assert url("chair_create") in client.get(url("chair_list")).text


def test_who_has_no_mandate_sees_no_chair(client, person):
    client.force_login(person("Sans mandat", "storekeeper", None))
    chair = ChairFactory()
    assert list(client.get(url("chair_list")).context["chairs"]) == []
    assert client.get(url("chair_detail", chair.pk)).status_code == 404
    assert list(client.get(url("depot_list")).context["depots"]) == []


def test_a_volunteer_sees_no_stock(client, driss):
    client.force_login(driss)
    for name in ["chair_list", "depot_list", "chairmodel_list", "chair_create"]:
        assert client.get(url(name)).status_code == 403


def test_a_chair_says_what_can_be_done_next(client, omar):
    client.force_login(omar)
    chair = ChairFactory(used=True)
    text = client.get(url("chair_detail", chair.pk)).text
    assert url("chair_record", chair.pk, "disinfected") in text
    assert url("chair_record", chair.pk, "found") not in text


def test_what_a_chair_waits_for_comes_first(client, omar):
    client.force_login(omar)
    chair = ChairFactory(used=True)
    for kind in ["disinfected", "checked"]:
        first = client.get(url("chair_detail", chair.pk)).context["acts"][0]
        assert (first["kind"], first["is_awaited"]) == (kind, True)
        stocktaking.record_chair_event(chair=chair, kind=kind, by=omar)
    assert not any(act["is_awaited"] for act in client.get(url("chair_detail", chair.pk)).context["acts"])


def test_a_breakdown_opens_a_repair_and_its_end_closes_it(client, omar):
    client.force_login(omar)
    chair = ChairFactory()
    acts = {act["kind"]: act["url"] for act in client.get(url("chair_detail", chair.pk)).context["acts"]}
    assert acts["repair_begun"] == url("repair_create", chair.pk)
    repair = following_up.report_breakdown(chair=chair, by=omar, what="Roue voilée")
    page = client.get(url("chair_detail", chair.pk))
    assert page.context["acts"][0]["url"] == url("repair_finish", repair.pk)
    assert "Roue voilée" in page.text


def test_a_chairs_page_costs_the_same_after_a_long_life(client, karim, django_assert_max_num_queries):
    client.force_login(karim)
    chair = handed_over(karim).chair
    with django_assert_max_num_queries(16) as first:
        client.get(url("chair_detail", chair.pk))
    for kind in ["returned", "disinfected", "checked"] * 5:
        if kind == "returned" and chair.state != "handed_over":
            continue
        stocktaking.record_chair_event(
            chair=chair, kind=kind, by=karim, depot=DepotFactory() if kind == "returned" else None
        )
    with django_assert_max_num_queries(len(first)):
        client.get(url("chair_detail", chair.pk))


def test_who_has_the_chair_is_shown_to_who_may_see_the_child(client, karim, samira, youssef, omar):
    allocation = handed_over(karim, given_name_latin="Ghizlane")
    page = url("chair_detail", allocation.chair_id)
    for reader, sees in [(karim, True), (samira, True), (youssef, False), (omar, False)]:
        client.force_login(reader)
        assert ("Ghizlane" in client.get(page).text) is sees, reader.full_name


def test_a_child_of_another_region_is_not_named_in_a_chairs_life(client, karim, samira):
    far = FamilyFactory(province=province("MA-TAR"))
    allocation = handed_over(karim, given_name_latin="Ghizlane", family=far)
    stocktaking.record_chair_event(chair=allocation.chair, kind="returned", by=karim, depot=DepotFactory())
    client.force_login(samira)
    assert "Ghizlane" not in client.get(url("chair_detail", allocation.chair_id)).text


def test_chairs_are_received(client, omar):
    client.force_login(omar)
    form = {
        "model": ChairModelFactory().pk,
        "depot": DepotFactory().pk,
        "count": "٣",
        "serials": "AA-1\r\nAA-2\r\n",
        "condition": "used",
        "ownership": "loan",
        "donor": "Fondation Amal",
    }
    assert client.get(url("chair_create")).status_code == 200
    answer = client.post(url("chair_create"), form)
    assert answer.status_code == 302
    assert sorted(Chair.objects.values_list("serial", "is_new", "ownership", "state")) == [
        ("", False, "loan", "to_disinfect"),
        ("AA-1", False, "loan", "to_disinfect"),
        ("AA-2", False, "loan", "to_disinfect"),
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"count": "0"}, "count"),
        ({"count": "99999999999999999999"}, "count"),
        ({"serials": "AA-1\nAA-1"}, "serials"),
        ({"serials": "x" * 61}, "serials"),
        ({"happened_at": "31/12/2199 10:00"}, "happened_at"),
        ({"happened_at": "demain"}, "happened_at"),
        ({"depot": "nonsense"}, "depot"),
        ({"condition": ""}, "condition"),
    ],
)
def test_a_wrong_arrival_is_explained_beside_its_field(client, omar, changed, field):
    client.force_login(omar)
    form = {
        "model": ChairModelFactory().pk,
        "depot": DepotFactory().pk,
        "count": 1,
        "condition": "new",
        "ownership": "gift",
    }
    answer = client.post(url("chair_create"), form | changed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Chair.objects.exists()


def test_an_event_is_recorded(client, omar):
    client.force_login(omar)
    chair = ChairFactory(used=True)
    page = url("chair_record", chair.pk, "disinfected")
    assert client.get(page).status_code == 200
    assert client.post(page, {"note": "Spray virucide"}).status_code == 302
    chair.refresh_from_db()
    assert chair.state == "to_check"


def test_an_impossible_event_is_explained(client, omar):
    client.force_login(omar)
    chair = ChairFactory()
    answer = client.post(url("chair_record", chair.pk, "found"), {"depot": chair.depot_id})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert client.post(url("chair_record", chair.pk, "lost"), {"note": ""}).context["form"].errors["note"]
    moved = client.post(url("chair_record", chair.pk, "moved"), {"depot": chair.depot_id})
    assert moved.context["form"].errors["depot"]


@pytest.mark.parametrize("kind", ["reserved", "handed_over", "teleported"])
def test_an_event_that_is_not_recorded_by_hand_has_no_page(client, omar, kind):
    client.force_login(omar)
    assert client.get(url("chair_record", ChairFactory().pk, kind)).status_code == 404


def test_a_released_chair_that_was_tried_on_comes_back_to_be_cleaned(client, omar, karim):
    allocation = AllocationFactory(loaded=True)
    planning.release(allocation, by=karim, release="did_not_fit")
    client.force_login(omar)
    form = {"depot": DepotFactory().pk, "was_tried_on": "on"}
    client.post(url("chair_record", allocation.chair_id, "unloaded"), form)
    assert Chair.objects.get(pk=allocation.chair_id).state == "to_disinfect"


def test_an_event_is_taken_back_with_a_reason(client, omar):
    client.force_login(omar)
    chair = ChairFactory()
    lost = stocktaking.record_chair_event(chair=chair, kind="lost", by=omar, note="Introuvable")
    page = url("chair_correct", chair.pk, lost.pk)
    assert page in client.get(url("chair_detail", chair.pk)).text
    assert client.post(page, {"note": ""}).context["form"].errors
    assert client.post(page, {"note": "Retrouvé derrière la porte"}).status_code == 302
    text = client.get(url("chair_detail", chair.pk)).text
    assert page not in text
    assert "Retrouvé derrière la porte" in text
    other = ChairFactory()
    assert client.post(url("chair_correct", other.pk, lost.pk), {"note": "x"}).status_code == 404


def test_a_case_worker_records_nothing_of_chairs(client, samira):
    client.force_login(samira)
    chair = ChairFactory()
    assert client.post(url("chair_record", chair.pk, "checked")).status_code == 403
    assert url("chair_record", chair.pk, "checked") not in client.get(url("chair_detail", chair.pk)).text


def test_a_chair_is_corrected(client, omar):
    client.force_login(omar)
    chair, other = ChairFactory(), ChairFactory()
    form = {"model": chair.model_id, "serial": "NEW-1", "ownership": "loan", "donor": "", "condition": "used"}
    assert client.post(url("chair_edit", chair.pk), form).status_code == 302
    chair.refresh_from_db()
    assert (chair.serial, chair.state) == ("NEW-1", "to_disinfect")
    taken = client.post(url("chair_edit", chair.pk), form | {"model": other.model_id, "serial": other.serial})
    assert taken.status_code == 422
    assert taken.context["form"].errors


def test_a_promised_chair_cannot_turn_out_to_be_used(client, omar):
    client.force_login(omar)
    chair = AllocationFactory().chair
    form = {"model": chair.model_id, "serial": chair.serial, "ownership": "gift", "donor": "", "condition": "used"}
    assert client.post(url("chair_edit", chair.pk), form).context["form"].errors["condition"]


def test_the_stock_is_told_by_depot_and_by_model(client, omar, django_assert_max_num_queries):
    client.force_login(omar)
    for _number in range(3):
        ChairFactory()
    with django_assert_max_num_queries(12) as first:
        answer = client.get(url("depot_list"))
    assert len(answer.context["depots"]) == len(answer.context["models"]) == 3
    for _number in range(12):
        ChairFactory()
    with django_assert_max_num_queries(len(first)):
        client.get(url("depot_list"))


def test_a_depot_is_added_and_closed(client, omar):
    client.force_login(omar)
    form = {"name": "Dépôt d'Agadir", "province": province("MA-TAR").pk, "address": "", "is_open": "on"}
    assert client.post(url("depot_create"), form).status_code == 302
    depot = Depot.objects.get()
    assert client.post(url("depot_create"), form).context["form"].errors["name"]
    assert client.post(url("depot_edit", depot.pk), {**form, "is_open": ""}).status_code == 302
    depot.refresh_from_db()
    assert not depot.is_open
    assert list(client.get(url("chair_create")).context["form"].fields["depot"].queryset) == []


def test_the_catalogue_is_kept(client, omar):
    client.force_login(omar)
    form = {
        "manufacturer": "Atlas",
        "name": "Poussette",
        "size": "S",
        "category": "buggy",
        "posture_class": "basic",
        "terrain_class": "dual",
        "seat_width_min_mm": "٢٦٠",
        "seat_width_max_mm": "300",
        "user_mass_max_kg": "35,5",
    }
    assert client.get(url("chairmodel_create")).status_code == 200
    assert client.post(url("chairmodel_create"), form).status_code == 302
    model = ChairModel.objects.get()
    assert (model.seat_width_min_mm, str(model.user_mass_max_kg)) == (260, "35.5")
    assert client.post(url("chairmodel_create"), form).context["form"].errors
    assert client.post(url("chairmodel_edit", model.pk), form | {"seat_width_max_mm": "200"}).context["form"].errors
    assert client.post(url("chairmodel_edit", model.pk), form | {"price_mad": "4200"}).status_code == 302
    assert "4 200" in client.get(url("chairmodel_detail", model.pk)).text.replace("\xa0", " ")


def test_the_catalogue_costs_the_same_with_many_models(client, samira, django_assert_max_num_queries):
    client.force_login(samira)
    ChairFactory()
    with django_assert_max_num_queries(12) as first:
        client.get(url("chairmodel_list"))
    for _number in range(14):
        ChairFactory()
    with django_assert_max_num_queries(len(first)):
        answer = client.get(url("chairmodel_list"))
    assert sum(line.available for _model, line in answer.context["models"]) == 15
    assert client.get(url("chairmodel_list", q="no such")).context["models"] == []
