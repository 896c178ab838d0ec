"""The levels of the queue: what lies between two of them, and that a stretch of them has no gap."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from beneficiaries.models import Need
from beneficiaries.models.levels import Level, between, stretches
from tests.factories import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue():
    """Scores that tie, urgent or not, with waits on the very days on which a point is added, too."""
    today = timezone.localdate()
    for n, days in enumerate([0, 1, 59, 60, 61, 89, 90, 91, 119, 120, 359, 360, 361, 2000] * 4):
        NeedFactory(
            child__requested_on=today - timedelta(days=days),
            child__born_on=today - timedelta(days=3000),
            score_low=n * 7 % 40,
            score_high=n * 7 % 40,
            is_urgent=n % 4 == 0,
            urgent_since=today if n % 4 == 0 else None,
        )
    return list(Need.objects.open().in_queue_order())


def place(need):
    return need.is_urgent, need.rank_score + need.bonus


def test_the_levels_count_who_has_so_many_points_today(queue):
    counted = Counter(map(place, queue))
    levels = Need.objects.filter(closed_on=None).levels()
    assert {level.place: level.needs for level in levels} == counted
    assert [level.place for level in levels] == sorted(counted, reverse=True)


def test_between_two_levels_lies_who_has_points_between_theirs(queue):
    levels = Need.objects.all().levels()
    for first in range(0, len(levels), 5):
        for last in range(first, len(levels), 7):
            found = set(Need.objects.as_queue().filter(between(levels[first], levels[last])))
            assert found == {need for need in queue if levels[last].place <= place(need) <= levels[first].place}


@pytest.mark.parametrize("told", ["as it is", "old"])
@pytest.mark.parametrize("forward", [True, False])
def test_a_stretch_holds_the_nearest_without_a_gap_and_the_next_reaches_further(queue, forward, told):
    levels = Need.objects.all().levels()
    if told == "old":  # levels that are gone, others that are new, other numbers
        chance = Random(7)
        levels = [Level(*level.place, chance.randint(1, 5)) for level in levels if chance.random() < 0.6]
        levels = sorted([*levels, Level(False, 200, 3)], key=lambda level: level.place, reverse=True)
    in_order = queue if forward else queue[::-1]
    for start in [None, *{place(need): None for need in queue}]:
        further = [
            need for need in in_order if start is None or (place(need) <= start) is forward or place(need) == start
        ]
        lengths = []
        for stretch in stretches(levels, start, forward=forward, needs=3):
            rows = set(Need.objects.as_queue().filter(stretch)) & set(further)
            assert rows == set(further[: len(rows)])
            lengths.append(len(rows))
        assert lengths == sorted(lengths)


def test_what_is_sought_is_found_in_the_first_stretch_where_the_levels_are_true(queue):
    levels = Need.objects.all().levels()
    first = next(stretches(levels, None, forward=True, needs=10))
    found = Need.objects.as_queue().filter(first).count()
    assert 10 <= found < len(queue)
    assert not list(stretches(levels, None, forward=True, needs=len(queue) + 1))


def test_a_level_of_the_urgent_is_looked_up_and_not_only_compared():
    """SQLite looks up no index for a condition that is the column itself."""
    sql = str(Need.objects.as_queue().filter(closed_on=None).filter(between(Level(True, 60), Level(True, 50))).query)
    assert '"is_urgent" IN (' in sql
