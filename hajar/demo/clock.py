"""Let things happen in the past: a story is told in the order of its days, each at its own hour."""

import heapq
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from unittest import mock

from django.utils import timezone

Story = Generator[datetime, None, None]  # yields the moment at which it wants to go on


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, it is this moment for everything that asks Django for the time: events, journal, created_at."""
    with mock.patch.object(timezone, "now", lambda: moment):
        yield


def play(stories: Iterable[Story]) -> None:
    """Go on with whichever story comes first, until all are told; a moment still to come ends its story."""
    end = timezone.now()
    waiting: list[tuple[datetime, int, Story]] = []
    for place, story in enumerate(stories):
        _go_on(waiting, place, story)
    while waiting:
        moment, place, story = heapq.heappop(waiting)
        if moment <= end:
            with at(moment):
                _go_on(waiting, place, story)


def _go_on(waiting: list[tuple[datetime, int, Story]], place: int, story: Story) -> None:
    try:
        heapq.heappush(waiting, (next(story), place, story))
    except StopIteration:
        pass


def moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """An hour of a day as the association's clock shows it."""
    return datetime.combine(day, time(hour, minute), timezone.get_current_timezone())


def working_day(day: date) -> date:
    """This day, or the Monday after it where it is a Sunday."""
    return day + timedelta(days=1) if day.weekday() == 6 else day
