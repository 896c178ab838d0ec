"""The queue of files that may be of one child: what comes into it, what leaves it, what is never asked twice."""

from datetime import date

import pytest
from django.core.management import call_command

from beneficiaries import matching, merging, pairing, registration
from beneficiaries.models import Child, DuplicatePair
from hajar.journal.models import Entry
from tests.factories import ChildFactory, DuplicatePairFactory, FamilyFactory, MergeFactory, province

pytestmark = pytest.mark.django_db

CHAIMAE = {
    "given_name_latin": "Chaimae",
    "family_name_latin": "El Amrani",
    "born_on": date(2017, 8, 5),
    "sex": "F",
    "requested_on": date(2026, 1, 2),
}


def register(by, family=None, **changes) -> Child:
    return registration.register_child(family=family or FamilyFactory(), by=by, **CHAIMAE | changes)


# --- found as the register is written ---------------------------------------------------------------------------------


def test_registering_the_same_child_twice_makes_a_pair_with_its_reasons(karim):
    first, second = register(karim), register(karim, given_name_latin="Chaymaa", family_name_latin="Lamrani")
    pair = DuplicatePair.objects.get()
    assert {pair.first, pair.second} == {first, second}
    assert (pair.band, pair.reasons) == ("probable", ["same_name", "birth_same"])


def test_a_correction_makes_a_pair_and_another_one_takes_it_away(karim):
    first, second = register(karim), register(karim, given_name_latin="Yasmine")
    assert not DuplicatePair.objects.exists()
    second = registration.correct_child(second, by=karim, given_name_latin="Chaimae")
    assert DuplicatePair.objects.of(first, second).exists()
    registration.correct_child(second, by=karim, given_name_latin="Yasmine")
    assert not DuplicatePair.objects.exists()


def test_the_phone_of_a_guardian_added_later_counts(karim):
    first = register(karim)
    second = register(karim, born_on=date(2017, 1, 1))
    assert DuplicatePair.objects.get().band == "possible"
    for child in (first, second):
        registration.add_guardian(
            family=child.family, by=karim, given_name_latin="Khadija", relation="mother", phone="+212612345678"
        )
    pair = DuplicatePair.objects.get()
    assert pair.band == "probable"
    assert {"same_phone", "same_mother"} <= set(pair.reasons)


def test_a_pair_across_regions_is_found_and_shown_only_to_who_sees_both(karim, samira):
    register(karim)
    register(karim, family=FamilyFactory(province=province("MA-TAR")))
    assert DuplicatePair.objects.visible_to(karim).exists()
    assert not DuplicatePair.objects.visible_to(samira).exists()


def test_a_pair_query_that_forgets_the_second_child_would_leak(karim, samira, monkeypatch):
    """The planted leak: only the first child's region is asked."""
    from beneficiaries.models.duplicates import DuplicatePairQuerySet
    from beneficiaries.models.places import scope

    monkeypatch.setattr(
        DuplicatePairQuerySet,
        "visible_to",
        lambda rows, user: (
            rows.filter(scope(user, "first__family__province__region"))
            | rows.filter(scope(user, "second__family__province__region"))
        ),
    )
    register(karim)
    register(karim, family=FamilyFactory(province=province("MA-TAR")))
    assert DuplicatePair.objects.visible_to(samira).exists()


# --- found at night ---------------------------------------------------------------------------------------------------


def test_the_pass_over_the_register_finds_what_was_written_past_the_activities(capsys):
    ChildFactory()
    ChildFactory(born_on=date(2017, 5, 8), arabic_only=True)
    call_command("find_duplicates")
    pair = DuplicatePair.objects.get()
    assert pair.reasons[:2] == ["same_name", "birth_swapped"]
    assert "2" in capsys.readouterr().out


def test_a_second_pass_changes_nothing_and_takes_as_many_queries_for_more_children(django_assert_max_num_queries):
    ChildFactory.create_batch(4)
    pairing.find_duplicates()
    before = list(DuplicatePair.objects.order_by("pk").values())
    with django_assert_max_num_queries(8):
        found = pairing.find_duplicates()
    assert (found.fresh, found.again, found.gone) == (0, 0, 0)
    assert list(DuplicatePair.objects.order_by("pk").values()) == before
    assert len(before) == 6


def test_the_pass_finds_what_looking_at_each_child_finds(karim):
    """Keys in memory and keys in the database lead to the same pairs."""
    given = ["Chaimae", "Chaymaa", "Imane", "Iman", "Yassine", "Yacine", "Salma", "Salima"]
    for number, name in enumerate(given * 3):
        family = ["El Amrani", "Lamrani", "Bennani"][number % 3]
        ChildFactory(
            latin_only=True,
            given_name_latin=name,
            family_name_latin=family,
            born_on=date(2014 + number % 2, 1 + number % 2, 1 + number % 3),
        )
    pairing.look_at(Child.objects.order_by("pk"))
    one_by_one = set(DuplicatePair.objects.values_list("first", "second", "band"))
    DuplicatePair.objects.all().delete()
    pairing.find_duplicates()
    assert set(DuplicatePair.objects.values_list("first", "second", "band")) == one_by_one
    assert one_by_one


def test_what_is_written_during_the_pass_is_not_undone_by_it(karim, monkeypatch):
    """It compares without a lock, for minutes where the register is large."""
    first, gone = ChildFactory(), ChildFactory()
    compare, came = matching.pairs, []

    def meanwhile(*likes, **how):
        yield from compare(*likes, **how)
        merging.merge_children(first, gone, by=karim, choices={}, confirmed=True)
        came.append(register(karim))

    monkeypatch.setattr(matching, "pairs", meanwhile)
    pairing.find_duplicates()
    (pair,) = DuplicatePair.objects.open()
    assert {pair.first, pair.second} == {first, *came}


# --- found by a person ----------------------------------------------------------------------------------------------


def test_two_files_that_no_rule_brings_together_are_paired_by_who_knows(karim):
    first, second = register(karim), register(karim, given_name_latin="Loubna", born_on=date(2011, 3, 1))
    assert not DuplicatePair.objects.exists()
    pair = pairing.name_pair(second, first, by=karim)
    assert (pair.state, pair.band, pair.score, pair.reasons, pair.found_by) == ("open", "possible", 0, [], karim)
    entry = Entry.objects.get(act="duplicate.named")
    assert (entry.actor, entry.subject_id, entry.details) == (karim, pair.first_id, {"other": pair.second.reference})


def test_what_the_rules_say_of_a_named_pair_is_kept_with_it(karim):
    first, second = ChildFactory(), ChildFactory()
    pair = pairing.name_pair(first, second, by=karim)
    assert (pair.band, pair.reasons[:2]) == ("probable", ["same_name", "birth_same"])


def test_a_named_pair_stays_whatever_is_written_of_either_until_a_person_decides(karim):
    first, second = register(karim), register(karim, given_name_latin="Loubna", born_on=date(2011, 3, 1))
    pair = pairing.name_pair(first, second, by=karim)
    second = registration.correct_child(second, by=karim, **CHAIMAE)
    pair.refresh_from_db()
    assert pair.is_probable
    registration.correct_child(second, by=karim, given_name_latin="Loubna", born_on=date(2011, 3, 1))
    pairing.find_duplicates()
    pair.refresh_from_db()
    assert (pair.is_open, pair.band, pair.score, pair.reasons, pair.found_by) == (True, "possible", 0, [], karim)


def test_a_named_pair_that_is_two_children_is_not_asked_about_again(karim):
    pair = pairing.keep_apart(DuplicatePairFactory(named=True), by=karim)
    again = pairing.name_pair(pair.second, pair.first, by=karim)
    assert (again, again.state) == (pair, "not_the_same")
    assert not Entry.objects.filter(act="duplicate.named").exists()


def test_who_names_a_pair_first_is_kept_also_of_one_that_the_rules_found(karim, nadia):
    found = DuplicatePairFactory()
    assert pairing.name_pair(found.first, found.second, by=karim) == found
    assert pairing.name_pair(found.first, found.second, by=nadia).found_by == karim
    assert Entry.objects.filter(act="duplicate.named").count() == 1


def test_a_file_is_not_its_own_double_and_a_merged_one_nobodys(karim):
    merge = MergeFactory()
    with pytest.raises(pairing.OneFile):
        pairing.name_pair(merge.kept, merge.kept, by=karim)
    with pytest.raises(pairing.FileEnded):
        pairing.name_pair(ChildFactory(), merge.gone, by=karim)
    assert not DuplicatePair.objects.open().exists()


def test_a_named_pair_follows_the_child_when_her_file_is_merged(karim, nadia):
    third = ChildFactory(given_name_latin="Loubna", given_name_arabic="لبنى", born_on=date(2011, 3, 1))
    kept, gone = ChildFactory(), ChildFactory()
    pairing.name_pair(gone, third, by=nadia)
    MergeFactory(kept=kept, gone=gone)
    pair = DuplicatePair.objects.open().get()
    assert ({pair.first, pair.second}, pair.found_by) == ({kept, third}, nadia)


# --- decided ----------------------------------------------------------------------------------------------------------


def test_two_children_are_never_asked_about_again(karim):
    first, _second = register(karim), register(karim)
    pairing.keep_apart(DuplicatePair.objects.get(), by=karim, note="Cousines")
    pairing.find_duplicates()
    registration.correct_child(first, by=karim, school="attends")
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.note, pair.decided_by) == ("not_the_same", "Cousines", karim)
    assert Entry.objects.filter(act="duplicate.kept_apart", subject_id=pair.first_id).exists()


def test_written_otherwise_they_are_looked_at_again_as_looked_at_before(karim):
    _first, second = register(karim), register(karim)
    pairing.keep_apart(DuplicatePair.objects.get(), by=karim, note="Cousines")
    registration.correct_child(second, by=karim, born_on=date(2017, 5, 8))
    pair = DuplicatePair.objects.get()
    assert pair.is_open and pair.was_looked_at
    assert pair.note == "Cousines"


def test_a_probable_pair_is_kept_apart_with_a_reason_only(karim):
    with pytest.raises(pairing.ReasonMissing):
        pairing.keep_apart(DuplicatePairFactory(), by=karim)
    assert pairing.keep_apart(DuplicatePairFactory(possible=True), by=karim).state == "not_the_same"


def test_a_pair_is_decided_once_and_can_be_taken_up_again(karim):
    pair = pairing.keep_apart(DuplicatePairFactory(), by=karim, note="Cousines")
    with pytest.raises(pairing.AlreadyDecided):
        pairing.keep_apart(pair, by=karim, note="Cousines")
    assert pairing.look_again(pair, by=karim).is_open
    with pytest.raises(pairing.AlreadyDecided):
        pairing.look_again(pair, by=karim)


def test_what_an_import_wrote_all_the_same_is_in_the_queue(karim):
    import io

    from beneficiaries import importing
    from tests.world import REGISTER

    known = ChildFactory(
        given_name_latin="Aya", family_name_latin="Naciri", latin_only=True, born_on=date(2015, 7, 26), sex="F"
    )
    imported = importing.upload_register(file=io.BytesIO(REGISTER.encode()), filename="registre.csv", by=karim)
    importing.accept_row(imported, number=2, by=karim)
    importing.confirm_import(imported, by=karim)
    pair = DuplicatePair.objects.get()
    assert known in (pair.first, pair.second)
