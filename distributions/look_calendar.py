"""On which day a chair that was given is looked at next. No database, no clock.

A call after two weeks, a visit after six, then a look every half year, every four months in the years of fast growth
and where the condition worsens rapidly (WHO: within six weeks, children at least every six months). A growth forecast
moves the day forward, never back. A look that was due stays due until somebody has looked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from distributions import growth

CALL, VISIT, REGULAR = "days_14", "days_42", "half_yearly"  # the steps of FollowUp
CALL_AFTER, VISIT_AFTER = timedelta(days=14), timedelta(days=42)
LOOK_EVERY, FAST_EVERY = timedelta(days=183), timedelta(days=122)
# Before a forecast day: a visit before the chair leaves its good fit, a call before it may be too small (GROW-1.0).
VISIT_BEFORE, CALL_BEFORE = timedelta(days=91), timedelta(days=30)
SEEN_SHORTLY = timedelta(days=30)  # a look this long before a forecast look counts for it


@dataclass(frozen=True)
class Given:
    """A chair with its child, and what tells when to look at it; a forecast day is None where there is none."""

    handed_over_on: date
    born_on: date
    sex: str
    worsens_rapidly: bool
    looks: tuple[tuple[str, date], ...]  # (step, day)
    leaves_good_fit_on: date | None = None
    too_small_on: date | None = None

    def days_of(self, *steps: str) -> list[date]:
        return [day for step, day in self.looks if step in steps]


def next_look(given: Given) -> date:
    """The first day on which somebody should look: it has passed where a look is overdue."""
    return min(_wanted(given))


def _wanted(given: Given) -> Iterator[date]:
    if not given.looks:
        yield given.handed_over_on + CALL_AFTER
    elif not given.days_of(VISIT, REGULAR):
        yield given.handed_over_on + VISIT_AFTER
    yield _regular_look(given)
    # A visit sees whether the chair fits; that it is too small one hears in a call as well.
    yield from _foretold(given, given.leaves_good_fit_on, VISIT_BEFORE, given.days_of(VISIT, REGULAR))
    yield from _foretold(given, given.too_small_on, CALL_BEFORE, given.days_of(CALL, VISIT, REGULAR))


def _regular_look(given: Given) -> date:
    last = max([given.handed_over_on, *given.days_of(REGULAR)])
    day, latest = last + FAST_EVERY, last + LOOK_EVERY
    while day < latest and not _grows_fast(given, day):
        day += timedelta(days=1)
    return day


def _foretold(given: Given, day: date | None, before: timedelta, seen: Iterable[date]) -> Iterator[date]:
    """The day of a look for a forecast that was not at hand when the chair was given, if nobody has looked for it."""
    if day and given.handed_over_on < day - before and not any(on >= day - before - SEEN_SHORTLY for on in seen):
        yield day - before


def _grows_fast(given: Given, today: date) -> bool:
    """Whether the child is seen every four months; the growth years are those of `growth.remeasure_every_months`."""
    birthdays = growth.months_between(given.born_on, today) // 12
    return given.worsens_rapidly or growth.remeasure_every_months(given.sex, int(birthdays)) == 4
