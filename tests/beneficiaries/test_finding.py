"""What one search box finds beside people, and how little it tells of another region."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries import finding, searching
from beneficiaries.models import Child, Mandate
from hajar.accounts import roles
from hajar.journal.models import Entry
from tests.factories import ChildFactory, FamilyFactory, GuardianFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def away():
    """A child in Souss, whom Samira of Casablanca may not see."""
    family = FamilyFactory(province=province("MA-TAR"), number=777)
    GuardianFactory(family=family, given_name_latin="Zahra", family_name_latin="Ouhammou", phone="+212655443322")
    return ChildFactory(
        family=family,
        number=4242,
        latin_only=True,
        given_name_latin="Tilila",
        family_name_latin="Ouhammou",
        notes="un secret",
    )


def sought(text):
    return searching.understand(text)


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Casablanca", "casabl", "الدار البيضاء", "Sidi Moumen", "سيدي مومن", "sidi moumène"])
def test_a_place_leads_to_the_children_who_live_there(samira, typed):
    here = ChildFactory()
    group = finding.find_places(samira, sought(typed))
    urls = [hit.url for hit in group.hits]
    assert urls
    assert any("province=" in url for url in urls)
    assert here.family.province.iso == "MA-CAS"


def test_the_link_of_a_place_shows_those_children_and_no_others(client, samira):
    here, elsewhere = ChildFactory(), ChildFactory(family__commune="Témara")
    client.force_login(samira)
    (hit,) = finding.find_places(samira, sought("تمارة")).hits
    page = client.get(hit.url)
    assert list(page.context["rows"]) == [elsewhere]
    assert here.reference not in page.content.decode()


def test_a_place_outside_the_mandate_is_not_offered(samira, away):
    assert finding.find_places(samira, sought("Taroudannt")) is None
    assert finding.find_places(samira, sought("Tilila")) is None


def test_places_cost_three_queries_however_many_live_there(karim, django_assert_num_queries):
    ChildFactory.create_batch(15)
    karim.has_perm("beneficiaries.view_child"), Mandate.of(karim)
    with django_assert_num_queries(3):
        assert finding.find_places(karim, sought("Sidi Moumen")).hits


# --- another region -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["Tilila Ouhammou", "تيليلا أوحمو", "Zahra Ouhamou", "0655 44 33 22", "HJ-04242", "FA-00777"]
)
def test_who_is_well_named_is_known_to_be_followed_elsewhere(samira, youssef, away, typed):
    (region,) = finding.ask_elsewhere(sought(typed), by=samira)
    assert region == away.family.province.region
    (place,) = finding.contacts_of([region])
    assert youssef in place.contacts
    assert samira not in place.contacts


@pytest.mark.parametrize("typed", ["Tilila", "Ouhammou", "T. Ouhammou", "4242", "443322", "55443322", "", "Ti Ou"])
def test_what_is_vague_asks_nothing(samira, away, typed):
    assert not finding.may_ask(samira, sought(typed))
    assert finding.ask_elsewhere(sought(typed), by=samira) == []
    assert not Entry.objects.filter(act=finding.ASKED).exists()


@pytest.mark.parametrize(
    "typed", ["Tilila Bennani", "Karim Ouhammou", "Tilila Ouhammou Naciri", "0655443323", "HJ-04243"]
)
def test_a_part_of_the_truth_is_not_confirmed(samira, away, typed):
    assert finding.ask_elsewhere(sought(typed), by=samira) == []


def test_who_sees_the_whole_kingdom_has_nobody_to_ask(karim, away):
    assert not finding.may_ask(karim, sought("Tilila Ouhammou"))


def test_ones_own_region_is_no_other_region(samira):
    ChildFactory(latin_only=True, given_name_latin="Tilila", family_name_latin="Ouhammou")
    assert finding.ask_elsewhere(sought("Tilila Ouhammou"), by=samira) == []


def test_where_nobody_has_the_region_the_coordinators_of_the_kingdom_are_named(samira, karim, away):
    (place,) = finding.contacts_of(finding.ask_elsewhere(sought("Tilila Ouhammou"), by=samira))
    assert place.contacts == [karim]


def test_each_question_is_in_the_journal_without_the_name(samira, away):
    finding.ask_elsewhere(sought("Tilila Ouhammou"), by=samira)
    entry = Entry.objects.get(act=finding.ASKED)
    assert entry.actor == samira
    assert entry.payload.data == {"by": "name", "regions": ["MA-09"]}


def test_one_cannot_ask_on_and_on(samira, youssef, away):
    for _turn in range(finding.ASKED_AN_HOUR):
        finding.ask_elsewhere(sought("Tilila Bennani"), by=samira)
    with pytest.raises(finding.TooManyQuestions):
        finding.ask_elsewhere(sought("Tilila Ouhammou"), by=samira)
    ChildFactory(latin_only=True, given_name_latin="Aksil", family_name_latin="Tazi")
    assert finding.ask_elsewhere(sought("Aksil Tazi"), by=youssef) != []  # others still may


def test_an_hour_later_one_may_ask_again(samira, away, monkeypatch):
    for _turn in range(finding.ASKED_AN_HOUR):
        finding.ask_elsewhere(sought("Tilila Bennani"), by=samira)
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(finding.timezone, "now", lambda: later)
    assert finding.ask_elsewhere(sought("Tilila Ouhammou"), by=samira) != []


# --- the page -------------------------------------------------------------------------------------------------------


SECRETS = ["Tilila", "HJ-04242", "FA-00777", "Zahra", "655443322", "un secret", "Taroudannt"]


def pages_of(client, typed):
    """All that a search shows about this text: the page, the suggestions, the question and its answer."""
    url = reverse("beneficiaries:search")
    yield client.get(url, {"q": typed})
    yield client.get(url, {"q": typed}, headers={"HX-Request": "true", "HX-Target": "search-found"})
    yield client.post(reverse("beneficiaries:search_elsewhere"), {"q": typed}, follow=True)


def leaks(client, typed):
    """What stands on these pages of a child of another region, apart from what was typed."""
    found = []
    for response in pages_of(client, typed):
        text = response.content.decode().replace(typed, "")
        found += [secret for secret in SECRETS if secret in text]
        found += [pk for pk in map(str, Child.objects.values_list("pk", flat=True)) if pk in text]
    return found


@pytest.mark.parametrize("typed", ["Ouhammou", "تيليلا أوحمو", "Titila Ouhamou", "0655443322", "HJ-04242", "FA-777"])
def test_a_search_tells_nothing_of_a_child_elsewhere(client, samira, youssef, away, typed):
    client.force_login(samira)
    assert leaks(client, typed) == []


def test_the_same_search_would_show_a_leak(client, samira, away, monkeypatch):
    """The planted fault: a queryset that forgets the mandate."""
    monkeypatch.setattr(type(Child.objects.all()), "visible_to", lambda self, user: self)
    client.force_login(samira)
    assert "HJ-04242" in leaks(client, "Ouhammou")


def test_the_answer_names_the_region_and_whom_to_ask_and_is_gone_with_the_next_search(client, samira, youssef, away):
    client.force_login(samira)
    search = reverse("beneficiaries:search")
    page = client.get(search, {"q": "Tilila Ouhammou"})
    assert page.context["may_ask"]
    assert youssef.full_name not in page.content.decode()
    answer = client.post(reverse("beneficiaries:search_elsewhere"), {"q": "Tilila Ouhammou"}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(search)
    assert youssef.full_name in answer.content.decode()
    assert away.family.province.region.name in answer.content.decode()
    assert youssef.full_name not in client.get(search, {"q": "Tilila Ouhamou"}).content.decode()


def test_too_many_questions_are_refused_in_words(client, samira, away, monkeypatch):
    monkeypatch.setattr(finding, "ASKED_AN_HOUR", 0)
    client.force_login(samira)
    page = client.post(reverse("beneficiaries:search_elsewhere"), {"q": "Tilila Ouhammou"}, follow=True)
    assert len(list(page.context["messages"])) == 1
    assert not page.context["is_asked"]


@pytest.mark.parametrize(("typed", "there"), [("HJ-50", True), ("hj 00050", True), ("FA-60", True), ("HJ-51", False)])
def test_a_reference_opens_its_file(client, samira, typed, there):
    family = FamilyFactory(number=60)
    ChildFactory(number=50, family=family)
    client.force_login(samira)
    response = client.get(reverse("beneficiaries:search"), {"q": typed})
    assert response.status_code == (302 if there else 200)


def test_who_may_register_is_led_there_when_nothing_is_found(client, samira, salwa):
    for person, may in ((samira, True), (salwa, False)):
        client.force_login(person)
        page = client.get(reverse("beneficiaries:search"), {"q": "Zoubida Qorchi"}).content.decode()
        assert (f'href="{reverse("beneficiaries:child_create")}"' in page.split("<main", 1)[1]) is may


@pytest.mark.parametrize("number", [1, 15])
def test_a_search_costs_the_same_for_1_and_15(client, samira, number, django_assert_max_num_queries):
    for _turn in range(number):
        GuardianFactory(family=ChildFactory().family)
    client.force_login(samira)
    with django_assert_max_num_queries(16):
        page = client.get(reverse("beneficiaries:search"), {"q": "El Amrani"})
    assert len(page.context["children"]) == number


def test_suggestions_are_few_and_links(client, samira):
    ChildFactory.create_batch(8)
    client.force_login(samira)
    header = {"HX-Request": "true", "HX-Target": "search-found"}
    page = client.get(reverse("beneficiaries:search"), {"q": "chaimae"}, headers=header).content.decode()
    assert page.count('role="option"') == 5
    assert "<html" not in page
    assert (
        'role="option"' not in client.get(reverse("beneficiaries:search"), {"q": "c"}, headers=header).content.decode()
    )


def test_the_box_is_on_every_page_for_who_may_search(client, person):
    for role, may in ((roles.CASE_WORKER, True), (roles.CLINICIAN, True), (roles.VOLUNTEER, False)):
        client.force_login(person(f"Person{role}", role))
        assert ("data-hajar-search" in client.get(reverse("home")).content.decode()) is may
