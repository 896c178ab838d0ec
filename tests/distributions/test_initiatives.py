import pytest
from django.urls import reverse
from django.utils import timezone

from distributions.models import Initiative, Partner
from tests.factories import AllocationFactory, FamilyFactory, InitiativeFactory, PartnerFactory, province


def url(name, *args):
    return reverse(f"distributions:{name}", args=args)


FORM = {
    "name_fr": "3 décembre",
    "name_ar": "٣ دجنبر",
    "name_en": "",
    "occasion": "disability_day",
    "starts_on": "01/12/2026",
    "ends_on": "٢٠/١٢/٢٠٢٦",
    "target": "50",
    "budget_mad": "120 000,50",
    "notes": "",
}


def test_an_initiative_is_created_with_moroccan_dates_and_partners(client, karim):
    client.force_login(karim)
    partners = [PartnerFactory(), PartnerFactory()]
    assert client.get(url("initiative_create")).status_code == 200
    answer = client.post(url("initiative_create"), FORM | {"partners": [partner.pk for partner in partners]})
    initiative = Initiative.objects.get()
    assert answer.url == initiative.get_absolute_url()
    assert (initiative.starts_on.month, initiative.ends_on.day, str(initiative.budget_mad)) == (12, 20, "120000.50")
    assert set(initiative.partners.all()) == set(partners)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ends_on": "01/11/2026"}, None),
        ({"budget_mad": "-5"}, None),
        ({"target": "-1"}, "target"),
        ({"target": "x"}, "target"),
        ({"starts_on": "31/02/2026"}, "starts_on"),
        ({"name_fr": ""}, "name_fr"),
        ({"partners": ["nonsense"]}, "partners"),
    ],
)
def test_a_wrong_initiative_is_explained(client, karim, changed, field):
    client.force_login(karim)
    answer = client.post(url("initiative_create"), FORM | changed)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert field in errors if field else "__all__" in errors
    assert not Initiative.objects.exists()


def test_an_initiative_is_corrected_and_moved(client, karim):
    client.force_login(karim)
    initiative = InitiativeFactory()
    assert client.post(url("initiative_edit", initiative.pk), FORM).status_code == 302
    client.post(url("initiative_move", initiative.pk), {"state": "locked"})
    initiative.refresh_from_db()
    assert (initiative.target, initiative.state) == (50, "locked")
    refused = client.post(url("initiative_move", initiative.pk), {"state": "closed"}, follow=True)
    assert "notice--urgent" in refused.text
    initiative.refresh_from_db()
    assert initiative.state == "locked"
    for nonsense in [{}, {"state": "nonsense"}]:
        assert client.post(url("initiative_move", initiative.pk), nonsense).status_code == 302
    assert client.get(url("initiative_move", initiative.pk)).status_code == 405


def test_a_case_worker_plans_no_initiative(client, samira):
    client.force_login(samira)
    initiative = InitiativeFactory()
    assert client.get(url("initiative_create")).status_code == 403
    assert client.post(url("initiative_move", initiative.pk), {"state": "locked"}).status_code == 403
    text = client.get(url("initiative_detail", initiative.pk)).text
    assert url("initiative_edit", initiative.pk) not in text
    assert url("initiative_move", initiative.pk) not in text


def test_an_expired_mandate_sees_no_initiative(client, person):
    client.force_login(person("Sans mandat", "case_worker", None))
    initiative = InitiativeFactory()
    assert client.get(url("initiative_list")).context["initiatives"] == []
    assert client.get(url("initiative_detail", initiative.pk)).status_code == 404


def test_the_list_costs_the_same_with_many_initiatives(client, karim, django_assert_max_num_queries):
    client.force_login(karim)
    AllocationFactory()
    with django_assert_max_num_queries(12) as first:
        client.get(url("initiative_list"))
    for _number in range(14):
        AllocationFactory()
    with django_assert_max_num_queries(len(first)):
        answer = client.get(url("initiative_list"))
    assert len(answer.context["initiatives"]) == 15
    assert client.get(url("initiative_list") + "?state=closed").context["initiatives"] == []


def test_the_plan_costs_the_same_with_many_reservations(client, karim, django_assert_max_num_queries):
    client.force_login(karim)
    initiative = InitiativeFactory()
    AllocationFactory(initiative=initiative)
    page = url("initiative_detail", initiative.pk)
    with django_assert_max_num_queries(17) as first:
        client.get(page)
    for _number in range(14):
        AllocationFactory(initiative=initiative)
    with django_assert_max_num_queries(len(first)):
        client.get(page)


def test_the_plan_shows_one_status_and_what_can_be_done(client, karim):
    client.force_login(karim)
    initiative = InitiativeFactory()
    proposed = AllocationFactory(initiative=initiative)
    approved = AllocationFactory(initiative=initiative, approved=True)
    page = url("initiative_detail", initiative.pk)
    text = client.get(page).text
    assert url("allocation_approve", proposed.pk) in text
    assert url("allocation_prepare", approved.pk) not in text
    answer = client.get(page + "?status=approved")
    assert list(answer.context["allocations"]) == [approved]
    assert url("allocation_prepare", approved.pk) in answer.text
    assert list(client.get(page + "?status=nonsense").context["allocations"]) == [proposed]


def test_who_proposed_is_not_offered_to_approve(client, karim):
    client.force_login(karim)
    allocation = AllocationFactory(by=karim)
    assert url("allocation_approve", allocation.pk) not in client.get(allocation.initiative.get_absolute_url()).text


def test_the_part_that_htmx_asks_for_is_part_of_the_page(client, karim):
    client.force_login(karim)
    page = AllocationFactory().initiative.get_absolute_url()
    headers = {"HX-Request": "true", "HX-Target": "rows"}
    for address in [page, url("initiative_list")]:
        part = client.get(address, headers=headers).text
        assert "<html" not in part
        without_tokens = [line for line in part.strip().splitlines() if "csrf" not in line]
        whole = client.get(address).text
        assert all(line in whole for line in without_tokens)


def test_a_case_worker_sees_the_reservations_of_her_regions_alone(client, samira):
    client.force_login(samira)
    initiative = InitiativeFactory()
    far = FamilyFactory(province=province("MA-TAR"))
    AllocationFactory(initiative=initiative, need__child__family=far)
    near = AllocationFactory(initiative=initiative)
    assert list(client.get(initiative.get_absolute_url()).context["allocations"]) == [near]


def test_an_observer_sees_what_happened_but_no_reservation(client, hind):
    client.force_login(hind)
    allocation = AllocationFactory()
    answer = client.get(allocation.initiative.get_absolute_url())
    assert answer.status_code == 200
    assert "allocations" not in answer.context
    assert allocation.chair.label not in answer.text


def test_a_storekeeper_prepares_without_reading_names(client, omar):
    client.force_login(omar)
    allocation = AllocationFactory(approved=True, need__child__given_name_latin="Ghizlane")
    text = client.get(allocation.initiative.get_absolute_url()).text
    assert allocation.need.child.reference in text
    assert "Ghizlane" not in text


def test_a_reservation_whose_file_was_closed_is_pointed_out(client, karim):
    client.force_login(karim)
    allocation = AllocationFactory()
    type(allocation.need).objects.filter(pk=allocation.need_id).update(
        closed_on=timezone.localdate(), closing="file_closed"
    )
    assert "tag--urgent" in client.get(allocation.initiative.get_absolute_url()).text


def test_a_partner_is_added_once(client, karim):
    client.force_login(karim)
    form = {"name_latin": "Fondation Amal", "name_arabic": "مؤسسة الأمل", "contact": ""}
    assert client.post(url("partner_create"), form).status_code == 302
    assert client.post(url("partner_create"), form).context["form"].errors["name_latin"]
    assert Partner.objects.count() == 1
