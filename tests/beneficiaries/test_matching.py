from datetime import date

import pytest

from beneficiaries.matching import Band, Birth, Like, Matcher, candidates, compare, compare_births, like_of
from beneficiaries.models import Child
from tests.factories import ChildFactory, GuardianFactory, province

CHAIMAE = Like(latin="Chaimae El Amrani", born_on=date(2015, 8, 5), sex="F", phones=frozenset({"+212612345678"}))


def judge(**changes):
    fields = {name: getattr(CHAIMAE, name) for name in ("latin", "arabic", "born_on", "precision", "sex", "phones")}
    return compare(Like(**fields | changes), CHAIMAE)


@pytest.mark.parametrize(
    ("a", "a_precision", "b", "b_precision", "expected"),
    [
        (date(2015, 8, 5), "exact", date(2015, 8, 5), "exact", Birth.SAME),
        (date(2015, 8, 5), "exact", date(2015, 5, 8), "exact", Birth.SWAPPED),
        (date(2015, 8, 5), "exact", date(2015, 1, 1), "exact", Birth.YEAR),
        (date(2015, 8, 5), "exact", date(2015, 1, 1), "year", Birth.YEAR),
        (date(2015, 1, 1), "year", date(2015, 1, 1), "year", Birth.SAME),
        (date(2015, 8, 5), "exact", date(2015, 8, 1), "month", Birth.MONTH),
        (date(2015, 8, 5), "exact", date(2016, 8, 5), "exact", Birth.CLOSE),
        (date(2015, 12, 28), "exact", date(2016, 1, 10), "exact", Birth.CLOSE),
        (date(2015, 8, 5), "exact", date(2011, 8, 5), "exact", Birth.DIFFERENT),
        (date(2015, 8, 5), "exact", None, "exact", Birth.UNKNOWN),
    ],
)
def test_birth_dates_stand_to_each_other_the_same_from_both_sides(a, a_precision, b, b_precision, expected):
    assert compare_births(a, a_precision, b, b_precision) == expected
    assert compare_births(b, b_precision, a, a_precision) == expected


def test_the_same_name_and_birth_date_are_probably_one_child():
    match = judge(phones=frozenset())
    assert match.band == Band.PROBABLE
    assert match.reasons == ("same_name", "birth_same")


def test_the_other_script_and_a_swapped_date_are_still_probably_one_child():
    match = judge(latin="", arabic="شيماء العمراني", born_on=date(2015, 5, 8), phones=frozenset())
    assert match.band == Band.PROBABLE
    assert "birth_swapped" in match.reasons


def test_the_first_of_january_alone_makes_a_child_only_possible_and_the_phone_makes_her_probable():
    new_year = date(2015, 1, 1)
    assert judge(born_on=new_year, phones=frozenset()).band == Band.POSSIBLE
    assert judge(born_on=new_year).band == Band.PROBABLE


def test_another_sex_is_never_probable():
    assert judge(sex="M").band == Band.POSSIBLE
    assert "other_sex" in judge(sex="M").reasons


def test_twins_who_share_all_but_the_given_name_are_no_match():
    assert judge(latin="Yasmine El Amrani") is None


def test_a_namesake_of_another_age_and_family_is_no_match():
    assert judge(born_on=date(2009, 2, 3), phones=frozenset()) is None


def test_a_matcher_finds_what_comparing_with_everybody_finds():
    others = [Like(latin=f"Imane Bennani {letter}", born_on=date(2010, 3, 4)) for letter in ("Ali", "Omar", "Said")]
    matcher = Matcher([*others, CHAIMAE])
    found = matcher.candidates(Like(arabic="شيماء العمراني", born_on=date(2015, 8, 5)))
    assert [match.known for match in found] == [CHAIMAE]


def test_a_matcher_knows_the_rows_that_were_added_while_it_was_asked():
    matcher = Matcher()
    assert matcher.candidates(CHAIMAE) == []
    matcher.add(CHAIMAE)
    assert matcher.candidates(CHAIMAE)[0].is_probable


def test_a_matcher_compares_without_a_birth_date():
    assert Matcher([CHAIMAE]).candidates(Like(latin="Chaimae El Amrani"))[0].band == Band.POSSIBLE


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_reason_has_a_sentence(language, settings):
    from django.utils import translation

    with translation.override(language):
        assert all(judge(sex="M", born_on=date(2015, 1, 1)).sentences)


@pytest.mark.django_db
def test_a_registered_child_is_found_in_four_queries(django_assert_max_num_queries):
    child = ChildFactory(
        given_name_latin="Chaimae",
        family_name_latin="El Amrani",
        born_on=date(2015, 8, 5),
        sex="F",
        given_name_arabic="",
        family_name_arabic="",
    )
    GuardianFactory(family=child.family, phone="+212612345678")
    sought = Like(arabic="شيماء العمراني", born_on=date(2015, 5, 8), phones=frozenset({"+212612345678"}))
    with django_assert_max_num_queries(4):
        (match,) = candidates(sought, among=Child.objects.all())
    assert match.row == child
    assert match.reasons == ("same_name", "birth_swapped", "same_phone")


@pytest.mark.django_db
def test_a_child_out_of_sight_is_not_shown(samira):
    seen, unseen = ChildFactory(), ChildFactory(family__province=province("MA-TAR"))
    found = candidates(like_of(seen), among=Child.objects.visible_to(samira))
    assert [match.row for match in found] == [seen]
    assert unseen not in [match.row for match in found]
