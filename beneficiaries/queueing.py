"""The census of the waiting list: who stood first, written down day by day, so that the order can be checked later."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from beneficiaries.models import Census, Need
from hajar.journal import recording as journal

KEPT = 50  # who stood first: as many as one initiative seldom serves


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
