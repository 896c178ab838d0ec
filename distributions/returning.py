"""The chair of a child who has died: it is the family's to keep. A coordinator may offer, gently, to take it back.

Nothing is asked in the first forty days. After them the chair stands on a quiet list of its own, which only
coordinators have; what the family wishes is written down, and the chair leaves the list. A returned chair is then
received as any other: disinfected and checked before another child.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child
from distributions.models import Chair, ReturnOffer
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.journal.models import Entry
from hajar.lib.refusals import Refusal

Answer = ReturnOffer.Answer
FIRST_DAYS = timedelta(days=40)  # of mourning: nobody speaks of a chair


class NotBereaved(Refusal):
    sentence = _("This chair is not with a family that has lost a child.")


class DayMissing(Refusal):
    sentence = _("Say when to think of it again: a day to come.")


@dataclass(frozen=True)
class Offer:
    """A chair that may be spoken of, with its child, since when, and what was put off."""

    chair: Chair
    child: Child
    since: date | None
    put_off: ReturnOffer | None


def offers(user: User, today: date | None = None) -> list[Offer]:
    """The chairs that somebody may gently speak of today, the longest ago first; four queries."""
    today = today or timezone.localdate()
    children = Child.objects.visible_to(user).filter(status=Child.Status.DECEASED, chairs__isnull=False)
    held = Chair.objects.filter(holder__in=children).select_related("model", "holder__family__province")
    chairs = [(chair, chair.holder) for chair in held.order_by("number") if chair.holder]
    closed = dict(
        Entry.objects.filter(act="child.closed", subject_id__in=[child.pk for _chair, child in chairs])
        .order_by("sequence")
        .values_list("subject_id", "received_at")
    )
    rows = ReturnOffer.objects.filter(child__in=[child.pk for _chair, child in chairs])
    answered = {(row.chair_id, row.child_id): row for row in rows}
    found = []
    for chair, child in chairs:
        row = answered.get((chair.pk, child.pk))
        told_at = closed.get(child.pk)
        since = timezone.localdate(told_at) if told_at else child.died_on
        if since and since + FIRST_DAYS > today:
            continue
        if row and (row.ask_again_on is None or row.ask_again_on > today):
            continue
        found.append(Offer(chair, child, since, row))
    return sorted(found, key=lambda offer: (offer.since or date.min, offer.chair.number))


@transaction.atomic
def answer(
    chair: Chair, *, by: User, answer: str, ask_again_on: date | None = None, note: str = ""
) -> ReturnOffer:  # fmt: skip
    """Write what a bereaved family wishes about its chair, or when to think of it again. It may be said anew.

    Raises NotBereaved, DayMissing.
    """
    if chair.holder_id is None:
        raise NotBereaved
    child = Child.objects.select_for_update(no_key=True).get(pk=chair.holder_id)
    chair = Chair.objects.select_for_update(of=("self",), no_key=True).get(pk=chair.pk)
    if not child.is_deceased or chair.holder_id != child.pk:
        raise NotBereaved
    if answer != Answer.LATER:
        ask_again_on = None
    elif ask_again_on is None or ask_again_on <= timezone.localdate():
        raise DayMissing
    values = {"answer": answer, "ask_again_on": ask_again_on, "note": note.strip()[:300], "answered_by": by}
    row, _is_new = ReturnOffer.objects.update_or_create(chair=chair, child=child, defaults=values)
    payload = {"answer": answer, "chair": chair.label, "ask_again_on": ask_again_on}
    journal.record("return_offer.answered", row, by=by, subject=child, payload=payload)
    return row
