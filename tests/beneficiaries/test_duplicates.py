"""The pages on which two files are compared, merged, kept apart, and a merge is taken back."""

import re
from datetime import date

import pytest
from django.urls import reverse

from beneficiaries import pairing
from beneficiaries.models import Child, DuplicatePair, Merge
from beneficiaries.models.children import ChildQuerySet
from hajar.accounts import roles
from tests.beneficiaries.test_children import NEW_CHILD, create_url
from tests.factories import (
    ChildFactory,
    DuplicatePairFactory,
    FamilyFactory,
    GuardianFactory,
    HealthRecordFactory,
    MergeFactory,
    province,
)

pytestmark = pytest.mark.django_db

LIST = "/duplicates/"
MATCHES = "/children/matches/"


@pytest.fixture
def desk(client, karim):
    client.force_login(karim)
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- the queue --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 15])
def test_the_queue_takes_as_many_queries_for_one_pair_as_for_fifteen(desk, rows, django_assert_max_num_queries):
    DuplicatePairFactory.create_batch(rows)
    with django_assert_max_num_queries(10):
        page = desk.get(LIST)
    assert len(page.context["rows"]) == rows


@pytest.mark.parametrize("others", [1, 15])
def test_a_comparison_takes_as_many_queries_however_long_the_queue(desk, others, django_assert_max_num_queries):
    pairs = DuplicatePairFactory.create_batch(others + 1)
    with django_assert_max_num_queries(16):
        assert desk.get(pairs[0].get_absolute_url()).status_code == 200


def test_the_probable_ones_come_first_and_the_decided_ones_on_demand(desk, karim):
    possible, probable = DuplicatePairFactory(possible=True), DuplicatePairFactory(score=40)
    decided = pairing.keep_apart(DuplicatePairFactory(), by=karim, note="Cousines")
    assert list(desk.get(LIST).context["rows"]) == [probable, possible]
    assert list(desk.get(LIST, {"band": "possible"}).context["rows"]) == [possible]
    assert list(desk.get(LIST, {"state": "not_the_same"}).context["rows"]) == [decided]


def test_a_region_narrows_the_queue_to_pairs_with_a_child_there(desk):
    near = DuplicatePairFactory()
    DuplicatePairFactory(child__family__province=province("MA-TAR"))
    region = near.first.family.province.region_id
    assert list(desk.get(LIST, {"region": region}).context["rows"]) == [near]


def test_an_empty_queue_says_that_all_is_well(desk):
    assert "check2-circle" in desk.get(LIST).content.decode()


def test_the_fragment_is_part_of_the_page(desk):
    DuplicatePairFactory()
    part = desk.get(LIST, headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode().strip()
    assert part and part in desk.get(LIST).content.decode()


def test_the_home_page_says_how_many_pairs_wait(desk):
    DuplicatePairFactory.create_batch(3)
    stats = desk.get("/").context["today"].stats
    assert any(stat.number == 3 and stat.url == LIST for stat in stats)


# --- comparing --------------------------------------------------------------------------------------------------------


def test_what_differs_is_marked_and_the_better_side_proposed(desk):
    known = ChildFactory(school="attends")
    pair = DuplicatePairFactory(
        child=known,
        other=ChildFactory(family=known.family, born_on=date(2017, 1, 1), birth_precision="year", school="unknown"),
    )
    page = desk.get(pair.get_absolute_url())
    lines = {line.group: line for line in page.context["lines"] if line.group}
    assert set(lines) == {"born_on", "school"}
    side = "first" if pair.first == known else "second"
    assert {line.chosen for line in lines.values()} == {side}


def test_nothing_of_a_health_record_is_on_the_page(desk):
    pair = DuplicatePairFactory()
    for child in (pair.first, pair.second):
        HealthRecordFactory(child=child, hospital_number="X-4711", diagnosis_as_written="ataxie")
    page = desk.get(pair.get_absolute_url()).content.decode()
    assert 'name="health"' in page
    assert "X-4711" not in page and "ataxie" not in page


def test_j_and_k_lead_to_the_next_and_the_previous_pair(desk):
    first, second, third = (DuplicatePairFactory(score=score) for score in (90, 80, 70))
    page = desk.get(second.get_absolute_url())
    assert page.context["next_url"] == third.get_absolute_url()
    assert page.context["previous_url"] == first.get_absolute_url()


# --- naming the other file by hand -----------------------------------------------------------------------------------


def naming_url(child) -> str:
    return reverse("beneficiaries:duplicate_create", args=[child.pk])


def unlike(**changes) -> Child:
    """A child whom no rule takes for another one of these tests."""
    told = {
        "given_name_latin": "Loubna",
        "family_name_latin": "Tazi",
        "given_name_arabic": "",
        "born_on": date(2011, 3, 1),
    }
    return ChildFactory(**told | {"family_name_arabic": ""} | changes)


def test_from_a_childs_page_the_other_file_is_found_by_number_name_or_phone_and_compared(desk):
    child, other = ChildFactory(), unlike()
    GuardianFactory(family=other.family, phone="+212612345678")
    assert naming_url(child) in desk.get(child.get_absolute_url()).content.decode()
    for typed in (other.reference, str(other.number), "Loubna", "لبنى التازي", "06 12 34 56 78"):
        page = desk.get(naming_url(child), {"q": typed})
        assert page.context["others"] == [(other, None)], typed
    answer = desk.post(naming_url(child), {"other": other.pk}, follow=True)
    pair = DuplicatePair.objects.get()
    assert answer.redirect_chain[-1][0] == pair.get_absolute_url()
    assert "Karim" in text_of(answer)
    assert "Karim" in text_of(desk.get(LIST))


def test_a_named_pair_is_merged_like_any_other(desk):
    child, other = ChildFactory(), unlike()
    desk.post(naming_url(child), {"other": other.pk})
    pair = DuplicatePair.objects.get()
    desk.post(pair.get_absolute_url(), {"goes_on": "first", "confirmed": "on"})
    assert Merge.objects.get().kept_id == pair.first_id


def test_a_pair_that_is_known_already_is_shown_as_it_stands(desk):
    pair = DuplicatePairFactory()
    page = desk.get(naming_url(pair.first), {"q": pair.second.reference})
    assert page.context["others"] == [(pair.second, pair)]
    assert pair.get_absolute_url() in page.content.decode()


def test_the_file_itself_and_nobody_are_said_in_words(desk):
    child = ChildFactory()
    assert desk.get(naming_url(child), {"q": child.reference}).context["is_itself"]
    nobody = desk.get(naming_url(child), {"q": "HJ-99999"})
    assert not nobody.context["is_itself"] and not nobody.context["others"]
    for other in ("", "nonsense", str(child.pk)):
        page = desk.post(naming_url(child), {"other": other})
        assert page.status_code == 422
        assert page.context["form"].errors["other"]
    assert not DuplicatePair.objects.exists()


def test_a_file_that_ended_leads_to_the_one_that_goes_on(desk):
    child, merge = ChildFactory(given_name_latin="Loubna", given_name_arabic="لبنى"), MergeFactory()
    assert desk.get(naming_url(child), {"q": merge.gone.reference}).context["others"][0][0] == merge.kept
    assert desk.post(naming_url(child), {"other": merge.gone.pk}).status_code == 422


def test_a_file_of_another_region_is_neither_found_nor_taken(client, person):
    somebody = person("Leila", roles.COORDINATOR, "MA-06")
    client.force_login(somebody)
    child, far = ChildFactory(), unlike(family__province=province("MA-TAR"))
    for typed in (far.reference, "Loubna Tazi"):
        page = client.get(naming_url(child), {"q": typed})
        assert page.context["others"] == []
        assert str(far.pk) not in page.content.decode()
    missing = client.post(naming_url(child), {"other": far.pk})
    unknown = client.post(naming_url(child), {"other": "6f1c1b7e-0a53-4a0e-9a55-9d7d5b1b7a10"})
    assert missing.status_code == unknown.status_code == 422
    assert missing.context["form"].errors == unknown.context["form"].errors
    assert not DuplicatePair.objects.exists()


def test_a_search_past_the_mandate_would_leak_the_other_file(client, person, monkeypatch):
    """The planted leak: every child is offered to whoever may merge."""
    monkeypatch.setattr(ChildQuerySet, "visible_to", lambda children, user: children)
    client.force_login(person("Leila", roles.COORDINATOR, "MA-06"))
    child, far = ChildFactory(), unlike(family__province=province("MA-TAR"))
    assert client.get(naming_url(child), {"q": far.reference}).context["others"]


@pytest.mark.parametrize("rows", [1, 15])
def test_naming_takes_as_many_queries_for_one_file_found_as_for_fifteen(desk, rows, django_assert_max_num_queries):
    child = ChildFactory()
    for _each in range(rows):
        DuplicatePairFactory(child=child, other=unlike())
    with django_assert_max_num_queries(14):
        page = desk.get(naming_url(child), {"q": "Loubna Tazi"})
    assert len(page.context["others"]) == rows


# --- merging ----------------------------------------------------------------------------------------------------------


def test_one_file_is_made_of_both_as_chosen(desk):
    pair = DuplicatePairFactory(child__school="attends", other__school="irregular")
    answer = desk.post(
        pair.get_absolute_url(), {"goes_on": "second", "school": "first", "confirmed": "on"}, follow=True
    )
    merge = Merge.objects.get()
    assert answer.redirect_chain[-1][0] == merge.get_absolute_url()
    assert (merge.kept, merge.gone_id) == (pair.second, pair.first_id)
    assert Child.objects.get().school == pair.first.school


def test_without_the_tick_nothing_is_merged_and_what_was_chosen_is_kept(desk):
    pair = DuplicatePairFactory(child__school="attends", other__school="irregular")
    page = desk.post(pair.get_absolute_url(), {"goes_on": "second", "school": "first"})
    assert page.status_code == 422
    assert not Merge.objects.exists()
    assert next(line.chosen for line in page.context["lines"] if line.group == "school") == "first"
    assert page.context["form"].value_of("goes_on") == "second"


def test_a_refusal_is_said_in_words(desk):
    from tests.factories import AssessmentFactory

    pair = DuplicatePairFactory()
    for child in (pair.first, pair.second):
        AssessmentFactory(child=child)
    page = desk.post(pair.get_absolute_url(), {"goes_on": "first", "confirmed": "on"})
    assert page.status_code == 422
    assert page.context["form"].non_field_errors()


def test_two_children_are_remembered_and_the_next_pair_comes(desk):
    first, second = (DuplicatePairFactory(score=score) for score in (90, 80))
    answer = desk.post(reverse("beneficiaries:duplicate_apart", args=[first.pk]), {"note": "Cousines"})
    assert answer["Location"] == second.get_absolute_url()
    first.refresh_from_db()
    assert first.state == "not_the_same"
    desk.post(reverse("beneficiaries:duplicate_again", args=[first.pk]))
    first.refresh_from_db()
    assert first.is_open


def test_a_probable_pair_without_a_reason_is_asked_for_one(desk):
    pair = DuplicatePairFactory()
    page = desk.post(reverse("beneficiaries:duplicate_apart", args=[pair.pk]), {"note": ""})
    assert page.status_code == 422
    assert page.context["apart_form"].errors["note"]


def test_a_merge_is_taken_back_with_a_reason(desk):
    merge = MergeFactory()
    assert desk.post(merge.get_absolute_url(), {"reason": ""}).status_code == 422
    page = desk.post(merge.get_absolute_url(), {"reason": "Deux cousines"}, follow=True)
    assert page.status_code == 200
    assert Child.objects.count() == 2


def test_what_stands_against_it_is_listed(desk):
    first = MergeFactory()
    MergeFactory(gone=first.kept)
    page = desk.post(first.get_absolute_url(), {"reason": "Deux cousines"})
    assert page.status_code == 422
    assert page.context["against"]


# --- while somebody writes --------------------------------------------------------------------------------------------


def form_of(child, **changes) -> dict:
    return NEW_CHILD | {name: getattr(child, name) for name in Child.NAME_FIELDS} | {
        "born_on": f"{child.born_on:%d/%m/%Y}", "sex": child.sex
    } | changes  # fmt: skip


def test_the_warning_comes_while_typing_and_goes_when_the_field_is_corrected(client, samira):
    known, family = ChildFactory(), FamilyFactory()
    client.force_login(samira)
    said = client.post(MATCHES, form_of(known, family=family.pk))
    assert [match.row for match in said.context["matches"]] == [known]
    assert known.reference in said.content.decode()
    said = client.post(MATCHES, form_of(known, family=family.pk, born_on="05/08/2009"))
    assert not said.content.strip()
    assert Child.objects.count() == 1


def test_half_a_form_is_no_error(client, samira):
    client.force_login(samira)
    for data in ({}, {"family": FamilyFactory().pk}, {"family": FamilyFactory().pk, "born_on": "99/99", "sex": "?"}):
        assert client.post(MATCHES, data).status_code == 200


def test_the_warning_knows_nothing_of_a_family_of_another_region(client, samira):
    client.force_login(samira)
    far = FamilyFactory(province=province("MA-TAR"))
    assert client.post(MATCHES, {"family": far.pk}).status_code == 404
    assert client.post(MATCHES, {"child": ChildFactory(family=far).pk}).status_code == 404
    assert client.post(MATCHES, {"family": "nonsense"}).status_code == 404


def test_a_child_of_another_region_is_only_said_to_exist(client, samira):
    far = ChildFactory(family__province=province("MA-TAR"))
    client.force_login(samira)
    said = client.post(MATCHES, form_of(far, family=FamilyFactory().pk))
    assert said.context["is_elsewhere"]
    assert not said.context["matches"]
    assert far.reference not in said.content.decode() and str(far.pk) not in said.content.decode()


def test_who_goes_on_gives_a_reason_which_the_coordinator_reads(client, samira, karim):
    known, family = ChildFactory(), FamilyFactory()
    client.force_login(samira)
    asked = client.post(create_url(family), form_of(known))
    assert asked.status_code == 200 and Child.objects.count() == 1
    ticked = form_of(known, not_same=asked.context["seen"])
    assert client.post(create_url(family), ticked).context["is_ticked"]
    assert Child.objects.count() == 1
    client.post(create_url(family), ticked | {"why": "Sa cousine, même prénom"})
    pair = DuplicatePair.objects.get()
    assert (pair.opened_by, pair.opened_why, pair.is_open) == (samira, "Sa cousine, même prénom", True)
    client.force_login(karim)
    assert "Sa cousine, même prénom" in client.get(pair.get_absolute_url()).content.decode()


def test_a_correction_that_makes_a_double_is_asked_about_once(client, samira):
    known, child = ChildFactory(), ChildFactory(given_name_latin="Yasmine", given_name_arabic="ياسمين")
    url = reverse("beneficiaries:child_edit", args=[child.pk])
    client.force_login(samira)
    asked = client.post(url, form_of(known))
    assert [match.row for match in asked.context["matches"]] == [known]
    client.post(url, form_of(known, not_same=asked.context["seen"], why="Sa cousine"))
    child.refresh_from_db()
    assert child.given_name_latin == "Chaimae"
    again = client.post(url, form_of(known, sex="M"))
    assert again.status_code == 302


def test_a_twin_of_the_same_family_is_no_double(client, samira):
    family = FamilyFactory()
    GuardianFactory(family=family)
    ChildFactory(family=family)
    client.force_login(samira)
    twin = NEW_CHILD | {"family_name_latin": "El Amrani", "born_on": "05/08/2017", "family": family.pk}
    assert not client.post(MATCHES, twin).content.strip()
