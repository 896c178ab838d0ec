"""The pages of a round: loading, reckoning, the order of stops, the board, the phone as the office sees it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from distributions import reckoning, travelling, watching
from distributions.models import Allocation, Chair, Device, PhoneEntry, Round, RoundScan, TownPosition
from distributions.views import field_api
from hajar.journal.models import Entry
from tests.factories import AllocationFactory, ChairFactory, DeliveryFactory, InitiativeFactory, province
from tests.phones import Phone


def url(name, *args):
    return reverse(f"distributions:{name}", args=args)


def tomorrow():
    return (timezone.localdate() + timedelta(days=1)).strftime("%d/%m/%Y")


@pytest.fixture
def initiative(db):
    return InitiativeFactory()


@pytest.fixture
def planned(karim, driss, initiative):
    """A round of today with three prepared stops and a spare chair, not loaded."""
    return travelling.plan_round(
        initiative=initiative,
        volunteer=driss,
        province=province("MA-CAS"),
        day=timezone.localdate(),
        allocations=AllocationFactory.create_batch(3, prepared=True, initiative=initiative),
        by=karim,
        spares=[ChairFactory()],
    )


@pytest.fixture
def loaded(planned, omar):
    travelling.load(planned, by=omar)
    return planned


def stops(round_):
    return list(round_.allocations.order_by("stop"))


# --- planning --------------------------------------------------------------------------------------------------------


def where(initiative, **more):
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{url('round_create')}?initiative={initiative.pk}&province={province('MA-CAS').pk}{query}"


def test_what_waits_for_a_round_is_shown_province_by_province(client, karim, initiative):
    AllocationFactory.create_batch(2, prepared=True, initiative=initiative)
    AllocationFactory(approved=True, initiative=initiative)
    AllocationFactory(initiative=initiative)  # proposed only
    client.force_login(karim)
    (line,) = client.get(url("round_create")).context["provinces"]
    assert (line.initiative, line.province, line.ready, line.approved) == (initiative, province("MA-CAS"), 2, 1)
    assert client.get(url("round_create") + line.url).context["candidates"]
    other = f"{url('round_create')}?initiative={InitiativeFactory().pk}"
    assert client.get(other).context["provinces"] == []


def test_many_children_are_shared_out_over_rounds(client, karim, driss, initiative):
    AllocationFactory.create_batch(5, prepared=True, initiative=initiative)
    client.force_login(karim)
    address = where(initiative, most=2)
    form = client.get(address).context["form"]
    ticked = [row for row, take, _order in form.lines if take.value()]
    assert len(ticked) == 2
    typed = {"volunteer": str(driss.pk), "day": tomorrow(), "more": "1", **{f"take_{row.pk}": "on" for row in ticked}}
    answer = client.post(address, typed)
    assert (answer.status_code, answer.url) == (302, address)
    assert len(client.get(address).context["candidates"]) == 3


def test_spare_chairs_are_ticked_or_typed(client, karim, driss, initiative):
    AllocationFactory(prepared=True, initiative=initiative)
    offered, typed_in = ChairFactory.create_batch(2)
    depot = offered.events.get().depot
    client.force_login(karim)
    address = where(initiative, depot=depot.pk)
    form = client.get(address).context["form"]
    assert offered in form.fields["spares"].queryset
    (row, _take, _order) = form.lines[0]
    typed = {"volunteer": str(driss.pk), "day": tomorrow(), f"take_{row.pk}": "on", "spares": [str(offered.pk)]}
    wrong = client.post(address, typed | {"spare_labels": "CH-9999"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["spare_labels"])
    assert client.post(address, typed | {"spare_labels": f"ch {typed_in.number}"}).status_code == 302
    assert set(Round.objects.get().spare_chairs()) == {offered, typed_in}


def test_a_town_is_placed_while_planning(client, karim, initiative):
    family = AllocationFactory(prepared=True, initiative=initiative).need.child.family
    type(family).objects.filter(pk=family.pk).update(commune="Bouskoura")
    client.force_login(karim)
    (form,) = client.get(where(initiative)).context["towns"]
    sent = {"initiative": initiative.pk, "most": "4", "depot": "", **form.initial}
    answer = client.post(url("town_place"), sent | {"position": "٣٣.4489 N, -7.6486"})
    assert answer.url == f"{where(initiative)}&most=4"
    position = TownPosition.objects.get()
    assert (str(position), float(position.latitude), float(position.longitude)) == ("Bouskoura", 33.4489, -7.6486)
    assert client.get(where(initiative)).context["towns"] == []
    for wrong in ("48.85, 2.35", "ici"):
        client.post(url("town_place"), sent | {"name": "Médiouna", "position": wrong})
    assert TownPosition.objects.count() == 1


# --- the order -------------------------------------------------------------------------------------------------------


def test_a_stop_is_moved_up_and_down_by_buttons(client, karim, loaded):
    first, second, third = stops(loaded)
    client.force_login(karim)
    client.post(url("round_reorder", loaded.pk), {"down": str(first.pk)})
    assert stops(loaded) == [second, first, third]
    client.post(url("round_reorder", loaded.pk), {"up": str(third.pk), "stop": [str(first.pk)]})
    assert stops(loaded) == [second, third, first]
    client.post(url("round_reorder", loaded.pk), {"up": str(second.pk)})  # the first cannot be earlier
    assert stops(loaded) == [second, third, first]


def test_stops_are_dragged_and_the_phone_follows(client, karim, loaded):
    first, second, third = stops(loaded)
    client.force_login(karim)
    client.post(
        url("round_reorder", loaded.pk), {"stop": [str(row.pk) for row in (third, first, second)] + ["nonsense"]}
    )
    assert stops(loaded) == [third, first, second]
    packed = field_api.packed(loaded, loaded.volunteer)
    assert [stop["id"] for stop in packed["words"]["fr"]["stops"]] == [str(row.pk) for row in (third, first, second)]


# --- loading ---------------------------------------------------------------------------------------------------------


def test_the_storekeeper_loads_by_label_by_tick_and_all_at_once(client, omar, planned):
    first, second, _third = stops(planned)
    client.force_login(omar)
    address = url("round_load", planned.pk)
    assert client.post(address, {"number": f"https://hajar.example/c/{first.chair.number}"}).status_code == 302
    client.post(address, {"ticked": "1", "chair": [str(second.chair.number)]})
    assert list(planned.allocations.order_by("stop").values_list("status", flat=True)) == [
        "loaded",
        "loaded",
        "prepared",
    ]
    page = client.get(url("round_loading", planned.pk))
    assert (page.context["loaded"], page.context["waiting"]) == (2, 2)
    client.post(address)
    assert {line.is_loaded for line in planned.chairs.all()} == {True}


@pytest.mark.parametrize("typed", ["", "CH-9999", "fauteuil"])
def test_a_label_that_is_none_is_said_beside_the_field(client, omar, planned, typed):
    client.force_login(omar)
    for name in ("round_load", "round_count_back"):
        answer = client.post(url(name, planned.pk), {"number": typed})
        assert answer.status_code == 422
        assert answer.context["form"].errors["number"]


def test_a_chair_that_is_not_on_the_list_stays_where_it_is(client, omar, planned):
    stranger = ChairFactory()
    client.force_login(omar)
    page = client.post(url("round_load", planned.pk), {"number": stranger.label}, follow=True).content.decode()
    assert stranger.label in page
    assert Chair.objects.get(pk=stranger.pk).state == Chair.State.AVAILABLE


# --- reckoning -------------------------------------------------------------------------------------------------------


def test_a_round_is_counted_back_explained_and_closed(client, omar, karim, loaded):
    first, second, third = stops(loaded)
    spare = loaded.spare_chairs().get()
    DeliveryFactory(allocation=Allocation.objects.get(pk=first.pk))
    client.force_login(omar)
    client.post(url("round_count_back", loaded.pk), {"number": second.chair.label})
    client.post(url("round_count_back", loaded.pk), {"ticked": "1", "chair": [str(spare.number)]})
    page = client.get(url("round_reckoning", loaded.pk)).context
    assert (page["loaded"], page["given"], page["back"], page["open_ones"]) == (4, 1, 2, 1)
    assert client.post(url("round_close", loaded.pk)).status_code == 403  # the storekeeper counts, a coordinator closes
    empty = client.post(url("round_explain", loaded.pk, third.chair_id), {"explanation": " "})
    assert (empty.status_code, empty.context["explained"]["chair"]) == (422, third.chair_id)
    client.force_login(karim)
    client.post(url("round_close", loaded.pk))
    assert not Round.objects.get(pk=loaded.pk).is_closed
    client.post(url("round_explain", loaded.pk, third.chair_id), {"explanation": "Resté chez le menuisier"})
    client.post(url("round_close", loaded.pk))
    assert Round.objects.get(pk=loaded.pk).closed_by == karim
    text = client.get(url("round_reckoning", loaded.pk)).content.decode()
    assert "Resté chez le menuisier" in text
    assert url("round_close", loaded.pk) not in text


def test_the_reckoning_of_a_storekeeper_holds_no_family_name(client, omar, loaded):
    row = stops(loaded)[0]
    type(row.need.child).objects.filter(pk=row.need.child_id).update(family_name_latin="Zzcanary")
    DeliveryFactory(allocation=Allocation.objects.get(pk=row.pk))
    client.force_login(omar)
    for name in ("round_reckoning", "round_loading"):
        assert "Zzcanary" not in client.get(url(name, loaded.pk)).content.decode()


def test_a_late_entry_is_said_on_the_reckoning(client, karim, omar, driss, loaded):
    for line in list(loaded.chairs.select_related("chair")):
        travelling.count_back(loaded, line.chair, by=omar)
    travelling.close_round(loaded, by=karim)
    line = loaded.chairs.exclude(allocation=None).first()
    Phone(driss)  # her phone comes back a day later
    DeliveryFactory(allocation=line.allocation, round=loaded, by=driss)
    client.force_login(karim)
    page = client.get(url("round_reckoning", loaded.pk)).context
    assert (page["late"], page["is_open"], page["open_ones"]) == (1, True, 1)
    standing = client.get(url("round_list") + "?show=problem").context["lines"][0]
    assert (standing.state, standing.late) == ("problem", 1)


# --- the board -------------------------------------------------------------------------------------------------------


def standing(round_):
    return watching.standing(watching.with_all(Round.objects.filter(pk=round_.pk)).get())


def test_a_round_is_followed_from_the_plan_to_the_closing(loaded, driss, karim, omar):
    first, second, third = (Allocation.objects.get(pk=row.pk) for row in stops(loaded))
    assert standing(loaded).state == "not_opened"
    Phone(driss).send(rounds=[str(loaded.pk)])
    assert standing(loaded).state == "downloaded"
    assert standing(loaded).heard_at == Device.objects.get().last_seen_at
    DeliveryFactory(allocation=first)
    assert (standing(loaded).state, standing(loaded).told, standing(loaded).stops) == ("under_way", 1, 3)
    DeliveryFactory(allocation=second)
    DeliveryFactory(allocation=third)
    assert standing(loaded).state == "done"
    travelling.count_back(loaded, loaded.spare_chairs().get(), by=omar)
    travelling.close_round(loaded, by=karim)
    assert standing(loaded).state == "closed"


@pytest.mark.parametrize("kind", ["failed", "doubtful", "breakdown"])
def test_what_someone_must_look_at_makes_a_round_a_problem(loaded, driss, karim, youssef, kind):
    stop = Allocation.objects.get(pk=stops(loaded)[0].pk)
    assert watching.problem_rounds(karim) == []
    if kind == "failed":
        DeliveryFactory(allocation=stop, outcome="not_at_home", checks={})
    elif kind == "doubtful":
        DeliveryFactory(allocation=stop, is_healthy=False)
    else:
        PhoneEntry.objects.create(
            author=driss, kind="breakdown", state="review", reasons="to_read", received_at=timezone.now(),
            said="{}", sequence=0, province=loaded.province, round=loaded,
        )  # fmt: skip
    assert standing(loaded).state == "problem"
    assert [line.round for line in watching.problem_rounds(karim)] == [loaded]
    assert watching.problem_rounds(youssef) == []


def test_a_stop_that_succeeded_at_the_second_attempt_is_no_problem(loaded, karim):
    stop = Allocation.objects.get(pk=stops(loaded)[0].pk)
    DeliveryFactory(allocation=stop, outcome="not_at_home", checks={})
    DeliveryFactory(allocation=stop)
    assert standing(loaded).failed == 0
    assert watching.problem_rounds(karim) == []


@pytest.mark.parametrize("number", [1, 15])
def test_the_board_and_the_pages_cost_the_same_with_many_rows(
    client, karim, driss, initiative, django_assert_max_num_queries, number
):
    for _turn in range(number):
        rows = AllocationFactory.create_batch(2, prepared=True, initiative=initiative)
        plan = {"initiative": initiative, "volunteer": driss, "province": province("MA-CAS"), "by": karim}
        round_ = travelling.plan_round(day=timezone.localdate(), allocations=rows, **plan)
        travelling.load(round_, by=karim)
        DeliveryFactory(allocation=Allocation.objects.get(pk=rows[0].pk), outcome="not_at_home", checks={})
    client.force_login(karim)
    for shown in ("open", "problem", "all"):
        with django_assert_max_num_queries(14):
            assert len(client.get(url("round_list") + f"?show={shown}").context["lines"]) == number
    with django_assert_max_num_queries(10):
        assert len(watching.problem_rounds(karim)) == number
    names = ["round_detail", "round_loading", "round_reckoning", "round_type_in", "round_as_volunteer"]
    for address in [url(name, round_.pk) for name in names]:
        with django_assert_max_num_queries(26 if "as-volunteer" in address else 19):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("number", [1, 12])
def test_the_pages_of_a_round_cost_the_same_with_many_stops(client, karim, driss, initiative, number):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    rows = AllocationFactory.create_batch(number, prepared=True, initiative=initiative)
    plan = {"initiative": initiative, "volunteer": driss, "province": province("MA-CAS"), "by": karim}
    round_ = travelling.plan_round(day=timezone.localdate(), allocations=rows, **plan)
    travelling.load(round_, by=karim)
    client.force_login(karim)
    client.get(url("round_detail", round_.pk))
    most = {"round_detail": 16, "round_loading": 12, "round_reckoning": 14, "round_type_in": 14, "round_load_list": 12}
    for name, limit in most.items():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url(name, round_.pk)).status_code == 200
        assert len(queries) <= limit, (name, [query["sql"] for query in queries])


def test_the_board_asks_again_by_itself(client, karim, loaded):
    client.force_login(karim)
    address = url("round_list") + "?show=all"
    page = client.get(address).content.decode()
    assert f'hx-get="{address}" hx-trigger="every' in page
    part = client.get(address, headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode().strip()
    assert part
    assert part in page


# --- as the volunteer ------------------------------------------------------------------------------------------------


def test_the_office_sees_what_the_phone_shows_and_that_is_kept(client, karim, driss, loaded):
    child = stops(loaded)[0].need.child
    family = child.family
    type(family).objects.filter(pk=family.pk).update(directions="Derrière la mosquée", commune="Aïn Sebaâ")
    client.force_login(karim)
    answer = client.get(url("round_as_volunteer", loaded.pk))
    with translation.override(answer.wsgi_request.LANGUAGE_CODE):
        packed = field_api.packed(loaded, driss)
    seen = [{key: value for key, value in stop.items() if key != "may_photograph"} for stop in answer.context["stops"]]
    assert seen == packed["words"][answer.wsgi_request.LANGUAGE_CODE]["stops"]
    text = answer.content.decode()
    assert "Derrière la mosquée" in text
    assert child.family_name_latin not in text
    looked = Entry.objects.get(act="round.viewed_as_volunteer")
    assert (looked.actor, looked.object_id) == (karim, str(loaded.pk))


# --- scans -----------------------------------------------------------------------------------------------------------


def test_what_is_no_scan_is_refused_beside_the_field(client, samira, loaded):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(samira)
    address = url("round_scan_add", loaded.pk)
    answer = client.post(address, {"file": SimpleUploadedFile("x.pdf", b"MZ not a paper")})
    assert (answer.status_code, list(answer.context["scan_form"].errors)) == (422, ["file"])
    assert client.post(address, {}).status_code == 422
    for _turn in range(2):
        client.post(address, {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7 signed")})
    scan = RoundScan.objects.get()
    opened = client.get(url("round_scan", loaded.pk, scan.pk))
    assert (opened["Content-Type"], b"".join(opened.streaming_content)) == ("application/pdf", b"%PDF-1.7 signed")
    assert [entry.act for entry in loaded.history()].count("round.scan_kept") == 1


def test_differences_have_words(db):
    for difference in reckoning.Difference:
        assert str(difference.label)
