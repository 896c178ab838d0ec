import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest

from beneficiaries import matching
from beneficiaries.matching import Band, Birth, Like, Matcher, candidates, compare, compare_births, like_of, pairs
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


@pytest.mark.parametrize("seed", range(6))
def test_comparing_only_those_who_can_be_one_finds_what_comparing_everybody_finds(seed):
    """The places under which births are kept overlook nothing: swapped, rounded, at the end of a month or a year."""
    rng = random.Random(seed)
    days = [
        date(2015, 5, 31),
        date(2015, 6, 1),
        date(2015, 1, 1),
        date(2014, 12, 31),
        date(2015, 2, 12),
        date(2015, 12, 2),
    ]
    likes = []
    for number in range(60):
        born_on = rng.choice([*days, *(day + timedelta(days=rng.randint(-40, 40)) for day in days), None])
        precision = rng.choices(["exact", "month", "year"], [8, 1, 1])[0]
        if born_on and precision != "exact":
            born_on = born_on.replace(day=1, month=born_on.month if precision == "month" else 1)
        phones = frozenset({f"+21261234567{rng.randint(0, 9)}"}) if rng.random() < 0.3 else frozenset()
        name = rng.choice(["Chaimae El Amrani", "Chaymaa Lamrani", "Imane Bennani"])
        likes.append(Like(latin=name, born_on=born_on, precision=precision, phones=phones, row=number))
    quick = {frozenset((like.row, match.row)) for like, match in pairs(likes)}
    everybody = {frozenset((a.row, b.row)) for a, b in combinations(likes, 2) if compare(a, b)}
    assert quick == everybody
    assert 50 < len(quick) < 1770


def test_a_swapped_date_that_is_not_looked_for_would_be_missed(monkeypatch):
    """The planted bug: only the month itself is looked into."""
    swapped = [CHAIMAE, replace(CHAIMAE, born_on=date(2015, 5, 8), phones=frozenset())]
    assert len(list(pairs(swapped))) == 1
    monkeypatch.setattr(matching, "_places_to_look", lambda like: [(like.born_on.year, "month", like.born_on.month)])
    assert not list(pairs(swapped))


def test_the_mothers_name_settles_what_names_and_dates_leave_open():
    khadija, zineb = (frozenset({(given, f"{given} El Fassi")}) for given in ("Khadija", "Zineb"))
    with_mother = replace(CHAIMAE, phones=frozenset(), mothers=khadija)
    new_year = date(2015, 1, 1)
    assert compare(replace(with_mother, born_on=new_year), with_mother).band == Band.PROBABLE
    assert compare(replace(with_mother, mothers=zineb), with_mother).band == Band.POSSIBLE
    assert compare(replace(with_mother, mothers=zineb, born_on=new_year), with_mother) is None
    assert "other_mother" in compare(replace(with_mother, mothers=zineb), with_mother).reasons


def test_a_mother_by_her_married_name_speaks_neither_for_nor_against():
    own, married = (frozenset({("Khadija", f"Khadija {name}")}) for name in ("Bennani", "El Amrani"))
    match = compare(replace(CHAIMAE, mothers=own), replace(CHAIMAE, mothers=married))
    assert not {"same_mother", "other_mother"} & set(match.reasons)


def test_a_name_of_a_merged_file_is_a_name():
    renamed = replace(CHAIMAE, latin="Hasnae Bouazza", other_names=("Chaimae El Amrani", "شيماء العمراني"))
    assert compare(CHAIMAE, renamed).band == Band.PROBABLE
    assert CHAIMAE.keys() <= renamed.keys()


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
