"""A merge is taken back: everything is again as it was, row by row, and what came since stays where it came."""

import random
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from beneficiaries import closing, merging, pairing, registration, searching, unmerging
from beneficiaries.models import Child, DuplicatePair, Family
from distributions import stocktaking
from distributions.models import Allocation
from hajar.journal import recording
from tests import factories
from tests.factories import (
    AllocationFactory,
    AssessmentFactory,
    ChildFactory,
    ConsentFactory,
    GuardianFactory,
    HealthRecordFactory,
    MeasurementFactory,
    NeedFactory,
)
from tests.merges import every_row, merge, two_files

pytestmark = pytest.mark.django_db


def furnish(rng, child, user):
    """Give a file some of what files have, by chance."""
    guardian = child.family.guardians.order_by("pk").first()
    if rng.random() < 0.6:
        ConsentFactory(child=child, guardian=guardian)
    if rng.random() < 0.5:
        AssessmentFactory(child=child)
    if rng.random() < 0.5:
        MeasurementFactory(child=child)
    if rng.random() < 0.5:
        HealthRecordFactory(child=child)
    if rng.random() < 0.6:
        need = NeedFactory(child=child, requested_on=timezone.localdate() - timedelta(days=rng.randint(1, 200)))
        if rng.random() < 0.3:
            AllocationFactory(need=need)
    if rng.random() < 0.4:
        served = AllocationFactory(need__child=child, need__purpose="replacement", loaded=True)
        factories.DeliveryFactory(allocation=served)
    if rng.random() < 0.3:
        ChildFactory(family=child.family, given_name_latin="Anas", given_name_arabic="أنس", sex="M")
    if rng.random() < 0.4:
        GuardianFactory(family=child.family, relation="father", given_name_latin="Hamid", given_name_arabic="حميد")


@pytest.mark.parametrize("seed", range(24))
def test_taken_back_every_row_is_as_it_was(karim, seed):
    rng = random.Random(seed)
    changes = {} if rng.random() < 0.7 else {"family": None}
    kept, gone = two_files(school=rng.choice(["attends", "irregular"]), notes=rng.choice(["", "Une note"]))
    if changes:
        gone.family = kept.family
        gone.save()
    for child in (kept, gone):
        furnish(rng, child, karim)
    registration.refresh_family_sort_keys(Family.objects.values_list("pk", flat=True))
    before = every_row()
    choices = {group: rng.choice(["kept", "gone"]) for group in merging.GROUPS}
    try:
        with transaction.atomic():
            done = merge(kept, gone, karim, health=rng.choice(["kept", "gone"]), **choices)
    except (merging.TwoReservations, merging.TwoDrafts):
        assert every_row() == before
        return
    assert every_row() != before
    undone = unmerging.take_back(done, by=karim, reason="Deux enfants")
    after = every_row()
    differing = {key: (before.get(key), after.get(key)) for key in before | after if before.get(key) != after.get(key)}
    assert differing == {}
    assert undone.left == []
    assert list(stocktaking.stock_faults()) == []
    assert list(recording.faults()) == []


def test_a_row_that_is_not_put_back_would_be_seen(karim, monkeypatch):
    """The twin: forget one kind of row, and the comparison of all rows says so."""
    kept, gone = two_files()
    MeasurementFactory(child=gone)
    before = every_row()
    done = merge(kept, gone, karim)
    done.moved = [line for line in done.moved if line["model"] != "beneficiaries.measurement"]
    done.save(update_fields=["moved"])
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    assert every_row() != before


def test_what_was_added_since_stays_with_the_kept_child(karim):
    kept, gone = two_files()
    done = merge(kept, gone, karim)
    added = MeasurementFactory(child=kept)
    registration.correct_child(Child.objects.get(pk=kept.pk), by=karim, school="dropped_out")
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    added.refresh_from_db()
    kept.refresh_from_db()
    assert (added.child_id, kept.school) == (kept.pk, "dropped_out")


def test_a_field_that_the_merge_changed_and_somebody_corrected_stays_corrected_and_is_told(karim):
    kept, gone = two_files(school="irregular")
    done = merge(kept, gone, karim, school="gone")
    registration.correct_child(Child.objects.get(pk=kept.pk), by=karim, school="dropped_out")
    undone = unmerging.take_back(done, by=karim, reason="Deux enfants")
    kept.refresh_from_db()
    assert kept.school == "dropped_out"
    assert len(undone.left) == 1


def test_a_chair_given_since_for_a_need_of_the_other_file_stands_against_it(karim, driss):
    kept, gone = two_files()
    stop = AllocationFactory(need__child=gone, loaded=True, volunteer=driss)
    done = merge(kept, gone, karim)
    factories.DeliveryFactory(allocation=Allocation.objects.get(pk=stop.pk))
    with pytest.raises(unmerging.CannotBeTakenBack) as refused:
        unmerging.take_back(done, by=karim, reason="Deux enfants")
    assert stop.chair.label in refused.value.obstacles[0]
    assert Child.objects.count() == 1


def test_a_newer_open_need_stands_against_it(karim):
    kept, gone = two_files()
    NeedFactory(child=kept, assessment__assessed_on="2026-01-05")
    moved = NeedFactory(child=gone, assessment__assessed_on="2026-05-05")
    done = merge(kept, gone, karim)
    closing.close_need(moved, by=karim, closing="served_elsewhere")
    NeedFactory(child=kept)
    with pytest.raises(unmerging.CannotBeTakenBack):
        unmerging.take_back(done, by=karim, reason="Deux enfants")


def test_of_a_chain_the_last_merge_is_taken_back_first(karim):
    kept, gone = two_files()
    third = ChildFactory(given_name_latin="Shaimae")
    registration.refresh_family_sort_keys([third.family_id])
    before = every_row()
    first = merge(gone, third, karim)
    second = merge(kept, gone, karim)
    assert Child.with_merged.get(pk=third.pk).merged_into_id == kept.pk
    with pytest.raises(unmerging.CannotBeTakenBack):
        unmerging.take_back(first, by=karim, reason="Deux enfants")
    unmerging.take_back(second, by=karim, reason="Deux enfants")
    unmerging.take_back(first, by=karim, reason="Deux enfants")
    assert every_row() == before


def test_of_two_files_merged_into_one_either_can_be_taken_back(karim):
    kept, gone = two_files()
    third = ChildFactory(given_name_latin="Ghizlane", given_name_arabic="غزلان")
    first = merge(kept, gone, karim)
    merge(kept, third, karim)
    unmerging.take_back(first, by=karim, reason="Deux enfants")
    among = Child.objects.visible_to(karim)
    assert searching.find_children(among, searching.understand("Ghizlane")) == [kept]
    assert searching.find_children(among, searching.understand("Lamrani"))[0] == gone


def test_taking_back_needs_a_reason_and_happens_once(karim):
    done = merge(*two_files(), karim)
    with pytest.raises(unmerging.UndoNeedsReason):
        unmerging.take_back(done, by=karim, reason=" ")
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    with pytest.raises(unmerging.CannotBeTakenBack):
        unmerging.take_back(done, by=karim, reason="Deux enfants")


def test_a_pair_whose_merge_was_taken_back_is_not_asked_again(karim):
    kept, gone = two_files()
    pairing.find_duplicates()
    done = merge(kept, gone, karim)
    assert DuplicatePair.objects.get().state == "merged"
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    pairing.find_duplicates()
    assert DuplicatePair.objects.get().state == "not_the_same"


# --- who was found to be perhaps the same -----------------------------------------------------------------------------


def unlike(**changes):
    """A child whom no rule brings together with the other ones."""
    return ChildFactory(given_name_latin="Loubna", given_name_arabic="لبنى", born_on="2011-03-01", **changes)


def named_pairs():
    """The open pairs that somebody found, and who."""
    pairs = DuplicatePair.objects.open().exclude(found_by=None)
    return {(frozenset((pair.first, pair.second)), pair.found_by) for pair in pairs}


def test_a_named_pair_that_followed_a_merged_file_comes_back_with_it(karim, nadia):
    (kept, gone), third = two_files(), unlike()
    pairing.name_pair(gone, third, by=nadia)
    done = merge(kept, gone, karim)
    assert named_pairs() == {(frozenset((kept, third)), nadia)}
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    assert named_pairs() == {(frozenset((gone, third)), nadia)}


def test_what_somebody_else_found_of_the_kept_file_stays_with_it(karim, nadia):
    (kept, gone), third = two_files(), unlike()
    pairing.name_pair(gone, third, by=nadia)
    pairing.name_pair(kept, third, by=karim)
    done = merge(kept, gone, karim)
    assert named_pairs() == {(frozenset((kept, third)), karim)}
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    assert named_pairs() == {(frozenset((kept, third)), karim), (frozenset((gone, third)), nadia)}


def test_what_the_rules_found_of_the_kept_file_is_theirs_again(karim, nadia):
    """Meanwhile it was hers as well: nothing that was written otherwise would have made it disappear."""
    (kept, gone), third = two_files(), ChildFactory(number=103)
    pairing.find_duplicates()
    pairing.name_pair(gone, third, by=nadia)
    done = merge(kept, gone, karim)
    assert named_pairs() == {(frozenset((kept, third)), nadia)}
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    assert named_pairs() == {(frozenset((gone, third)), nadia)}
    assert DuplicatePair.objects.open().of(kept, third).get().is_probable


def test_what_was_decided_meanwhile_about_a_pair_that_was_handed_on_stays_decided(karim, nadia):
    (kept, gone), third = two_files(), unlike()
    pairing.name_pair(gone, third, by=nadia)
    done = merge(kept, gone, karim)
    decided = pairing.keep_apart(DuplicatePair.objects.open().get(), by=karim)
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    decided.refresh_from_db()
    assert decided.state == "not_the_same"
    assert named_pairs() == {(frozenset((gone, third)), nadia)}


def test_a_pair_comes_back_to_where_the_other_file_was_merged_meanwhile(karim, nadia):
    (kept, gone), third, fourth = two_files(), unlike(), ChildFactory(given_name_latin="Ghizlane", sex="M")
    pairing.name_pair(gone, third, by=nadia)
    done = merge(kept, gone, karim)
    merge(fourth, third, karim)
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    assert named_pairs() == {(frozenset((gone, fourth)), nadia)}


def test_a_pair_of_two_files_that_both_became_one_file_is_no_question_any_more(karim, nadia):
    (kept, gone), third = two_files(), unlike()
    pairing.name_pair(gone, third, by=nadia)
    done = merge(kept, gone, karim)
    merge(kept, third, karim)
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    assert named_pairs() == set()
