"""The queue of the waiting list: where to look for a part of it, and the census of who stood first.

The census is written down day by day, so that the order can be checked later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from beneficiaries.models import Census, Need
from beneficiaries.models.levels import Level, stretches
from beneficiaries.models.needs import NeedQuerySet
from hajar.journal import recording as journal
from hajar.lib import counting, keeping, paging

KEPT = 50  # who stood first: as many as one initiative seldom serves
# Times as many needs are looked at as are sought: some children are not followed, most live elsewhere.
SPARE, SPARE_OF_PART = 2, 8


@dataclass(frozen=True)
class Queue:
    """A queue in which places are counted: that of all regions, or a part of it.

    `count`: how many wait, as paging takes it, where it is known; without it they are counted by the list.
    """

    needs: NeedQuerySet
    is_part: bool = False
    count: int | None = None

    def near(
        self, place: tuple[bool, int] | None, sought: int, *, forward: bool = True, among: NeedQuerySet | None = None
    ) -> Iterator[Q]:
        """What picks needs on from a level (back from it), nearest first: see levels.stretches.

        `among`: what is sought, by the needs' own columns.
        """
        spare = SPARE_OF_PART if self.is_part else SPARE
        return stretches(_levels(_waiting() if among is None else among), place, forward=forward, needs=sought * spare)

    def first_places(self, places: int) -> dict[Any, int]:
        """Keys of the needs that stand first, with their places."""
        in_order = self.needs.as_queue().order_by(*Need.QUEUE_ORDER).values_list("pk", flat=True)
        are_few = self.count is not None and self.count <= paging.COUNT_CAP
        for stretch in () if are_few else self.near(None, places):
            keys = list(in_order.filter(stretch)[:places])
            if len(keys) == places:
                break
        else:
            keys = list(in_order[:places])
        return {pk: place for place, pk in enumerate(keys, start=1)}


def part(needs: NeedQuerySet) -> Queue:
    """The queue of some regions or provinces; of very many who wait, by the keys of those there where these are few.

    Where a child lives is written with her family: all who wait are read to find those of a region. What was found is
    kept until the next entry of the journal.
    """

    def find() -> tuple[int, list[Any]]:
        keys = list(needs.order_by().values_list("pk", flat=True)[: paging.COUNT_CAP + 1])
        return len(keys), keys if len(keys) <= paging.COUNT_CAP else []

    if sum(level.needs for level in _levels(_waiting())) < counting.KEPT_FROM:
        return Queue(needs, is_part=True)
    end = journal.end_of_chain()  # before the needs are read: what is written meanwhile has another
    count, keys = keeping.kept("queue_part", [str(needs.query), end], find)
    return Queue(needs.filter(pk__in=keys) if keys else needs, is_part=True, count=count)


def _waiting() -> NeedQuerySet:
    """Whoever may wait, as the index of the queue has them."""
    return Need.objects.filter(closed_on=None)


def _levels(needs: NeedQuerySet) -> list[Level]:
    """Of many needs as they were counted within the hour: a wrong guess costs another look, no wrong answer."""

    def count() -> tuple[list[Level], int]:
        levels = needs.levels()
        return levels, sum(level.needs for level in levels)

    return counting.counted("levels of the queue", str(needs.query), count).value


@transaction.atomic
def take_census(day: date | None = None, *, by=None) -> Census:
    """Write down the waiting list of a day, by default today's: once, whoever asks how often.

    The list is the one of this moment; a day that has passed without a census stays without. `by` is nobody where a
    timetable asks for it. Children stand in it by their reference, never by name.
    """
    today = timezone.localdate()
    if (day := day or today) != today:
        raise ValueError("a census is taken of today's list: another day's is gone")
    if taken := Census.objects.filter(day=day).first():
        return taken
    waiting = Need.objects.open()
    first = waiting.in_queue_order(day).select_related("child")[:KEPT]
    # Who comes second at the same moment, on another server, finds the first one's.
    census, is_new = Census.objects.get_or_create(
        day=day,
        defaults={
            "waiting": waiting.count(),
            "urgent": waiting.filter(is_urgent=True).count(),
            "incomplete": waiting.incomplete().count(),
            "first": [_line(place, need, day) for place, need in enumerate(first, start=1)],
        },
    )
    if is_new:
        payload = {"day": day, "waiting": census.waiting, "first": [line["reference"] for line in census.first[:5]]}
        journal.record("census.taken", census, by=by, payload=payload)
    return census


def _line(place: int, need: Need, day: date) -> dict[str, str | int | bool]:
    return {
        "place": place,
        "need": str(need.pk),
        "reference": need.child.reference,
        "points": need.queue_points,  # type: ignore[attr-defined]  # annotated by in_queue_order
        "urgent": need.is_urgent,
        "days": need.days_waiting(day),
    }
