"""The levels of the queue: the needs that are urgent or not and have so many points today.

Points of today are the stored score and a wait bonus, so that no index has the order of the queue. But they differ from
the score by ten at most: the needs of some levels lie in one short range of the index. How many levels hold a page is
guessed by a count that may be old, and only guessed: what lies between two levels is read as it is now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

MOST_BONUS = 10  # points that waiting adds in the queue
WIDER = 6  # times as many needs are looked at where too few were found


@dataclass(frozen=True)
class Level:
    """Some needs that differ by their first request alone; `needs` as they were counted."""

    is_urgent: bool
    points: int
    needs: int = 0

    @property
    def place(self) -> tuple[bool, int]:
        """Levels stand in the queue by this, descending."""
        return self.is_urgent, self.points


FIRST, LAST = Level(True, 1_000), Level(False, 0)  # no need stands before the one or after the other


def stretches(levels: Sequence[Level], place: tuple[bool, int] | None, *, forward: bool, needs: int) -> Iterator[Q]:
    """What picks the needs from a level on (back from it): first about so many of them, then ever more.

    `levels`: the whole queue, first to last; `place`: that of the level at which to begin, None for the beginning. The
    needs before it are in no stretch, those after it are in all that reach so far. Whoever finds too few in the last
    stretch asks for the whole queue.
    """
    start = Level(*place) if place else FIRST if forward else LAST
    if forward:
        further = [level for level in levels if level.place < start.place]
    else:
        further = [level for level in reversed(levels) if level.place > start.place]
    # Of the level at which one begins, half is behind.
    reached = sum(level.needs for level in levels if level.place == start.place) // 2
    end = start
    for level in further:
        if reached >= needs:
            yield between(start, end) if forward else between(end, start)
            needs *= WIDER
        reached += level.needs
        end = level


def between(first: Level, last: Level) -> Q:
    """The needs from one level of the queue to another that is not before it, both included."""
    if first.is_urgent == last.is_urgent:
        return _of(first.is_urgent, most=first.points, least=last.points)
    return _of(True, most=first.points) | _of(False, least=last.points)


def _of(is_urgent: bool, *, most: int | None = None, least: int | None = None) -> Q:
    # A list of one value: a condition that is the column itself is looked up in no index by SQLite.
    found = Q(is_urgent__in=[is_urgent])
    if most is not None:
        found &= Q(rank_score__lte=most, queue_points__lte=most)
    if least is not None:
        found &= Q(rank_score__gte=least - MOST_BONUS, queue_points__gte=least)
    return found
