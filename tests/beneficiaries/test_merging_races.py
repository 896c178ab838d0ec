"""Two people decide about the same children at the same instant. Both databases must come to one answer."""

import pytest
from django.db import connection
from django.db.models import Q

from beneficiaries import merging, pairing
from beneficiaries.models import Child, DuplicatePair, Merge, Need
from distributions import planning, stocktaking
from distributions.models import Allocation
from hajar.journal.models import Entry
from hajar.lib.refusals import Refusal
from tests.factories import ChairFactory, ChildFactory, InitiativeFactory, NeedFactory
from tests.racing import meeting, race

pytestmark = pytest.mark.django_db(transaction=True)


def merge(kept, gone, by):
    return merging.merge_children(kept, gone, by=by, choices={}, confirmed=True)


def unexpected(results):
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refusal)]


def test_of_two_overlapping_merges_one_is_done_and_the_other_refused_in_words(karim):
    first, shared, third = (ChildFactory() for _turn in range(3))
    pairs = [(first, shared), (shared, third)]
    results = race(8, lambda index: merge(*pairs[index % 2], karim))
    assert unexpected(results) == []
    done = [result for result in results if isinstance(result, Merge)]
    # Shared into first and then nothing of shared any more, or third into shared and then shared into first.
    assert 1 <= len(done) <= 2
    assert Child.objects.count() == 3 - len(done)
    ended = Child.with_merged.exclude(merged_into=None)
    assert not ended.filter(merged_into__merged_into__isnull=False).exists(), "a file leads to one that ended"


def test_two_people_merge_one_pair_each_into_the_other_and_one_file_is_left(karim):
    first, second = ChildFactory(), ChildFactory()
    results = race(6, lambda index: merge(*((first, second) if index % 2 else (second, first)), karim))
    assert unexpected(results) == []
    assert sum(isinstance(result, Merge) for result in results) == 1
    assert Child.objects.count() == 1


def test_looking_without_a_lock_would_lose_both_files_or_end_in_a_deadlock(karim, monkeypatch):
    """The planted bug: both look, both find two standing files, both write."""
    first, second = ChildFactory(), ChildFactory()
    both_have_looked = meeting(2)

    def look(*children):
        rows = {row.pk: row for row in Child.with_merged.filter(pk__in=[child.pk for child in children])}
        both_have_looked.wait()
        return tuple(rows[child.pk] for child in children)

    monkeypatch.setattr(merging, "_locked_pair", look)
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time: nobody can look beside it")
    results = race(2, lambda index: merge(*((first, second) if index else (second, first)), karim))
    assert unexpected(results) or not Child.objects.exists()


def test_two_people_name_one_pair_and_it_is_kept_and_told_once(karim, nadia):
    first, second = ChildFactory(), ChildFactory()

    def act(index):
        pair = (first, second) if index % 2 else (second, first)
        return pairing.name_pair(*pair, by=(karim, nadia)[index % 2])

    results = race(8, act)
    assert unexpected(results) == []
    pair = DuplicatePair.objects.get()
    assert set(results) == {pair}
    entry = Entry.objects.get(act="duplicate.named")
    assert entry.actor == pair.found_by


def test_a_file_named_while_it_is_merged_leaves_no_pair_of_a_file_that_ended(karim):
    kept, gone, third = ChildFactory(), ChildFactory(), ChildFactory()
    results = race(2, lambda index: merge(kept, gone, karim) if index else pairing.name_pair(third, gone, by=karim))
    assert unexpected(results) == []
    assert not open_pairs_of_ended_files()


def test_naming_without_a_lock_would_leave_a_pair_of_a_file_that_ended(karim, monkeypatch):
    """The planted bug: whoever names looks, the other merges, and what was seen is written all the same."""
    kept, gone, third = ChildFactory(), ChildFactory(), ChildFactory()
    has_looked, is_merged = meeting(2), meeting(2)

    def look(*children):
        rows = list(Child.objects.filter(pk__in=[child.pk for child in children]).order_by("pk"))
        has_looked.wait()
        is_merged.wait()
        return rows

    monkeypatch.setattr(pairing, "_both_standing", look)
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time: nobody can look beside it")

    def act(index):
        if index == 0:
            return pairing.name_pair(third, gone, by=karim)
        has_looked.wait()
        merged = merge(kept, gone, karim)
        is_merged.wait()
        return merged

    results = race(2, act)
    assert unexpected(results) == []
    assert open_pairs_of_ended_files()


def open_pairs_of_ended_files():
    ended = Child.with_merged.exclude(merged_into=None)
    return DuplicatePair.objects.open().filter(Q(first__in=ended) | Q(second__in=ended))


def test_a_chair_reserved_while_files_are_merged_is_the_kept_childs(karim, samira):
    kept, gone = ChildFactory(), ChildFactory()
    need, chair, initiative = NeedFactory(child=gone), ChairFactory(), InitiativeFactory()

    def act(index):
        if index == 0:
            return merge(kept, gone, karim)
        return planning.propose(need=Need(pk=need.pk, child_id=gone.pk), chair=chair, initiative=initiative, by=samira)

    results = race(2, act)
    assert unexpected(results) == []
    assert [type(result) for result in results] == [Merge, Allocation]
    assert Allocation.objects.get().need.child_id == kept.pk
    assert list(stocktaking.stock_faults()) == []
