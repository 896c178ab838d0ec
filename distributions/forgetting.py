"""What this room holds of a child beyond her own rows, emptied when she is forgotten; what must be settled before."""

import json
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries import retaining
from beneficiaries.erasing import Traces
from beneficiaries.holdings import MARKED
from beneficiaries.models import Child
from distributions.models import (
    Allocation,
    Attachment,
    Chair,
    Delivery,
    PhoneEntry,
    PlanLock,
    PlanRule,
    Preparation,
    RecallLine,
    Round,
    RoundScan,
)
from hajar.journal import append_only
from hajar.journal.models import Payload
from hajar.lib import dates, files


def obstacles(child: Child) -> Iterator[str | Promise]:
    """A chair that is promised, lent or unsafe ties us to the family: that is settled first."""
    if Allocation.objects.live().filter(need__child=child).exists():
        yield _("A chair is reserved for this child: release it, or wait until it is delivered.")
    if Chair.objects.filter(holder=child, ownership=Chair.Ownership.LOAN).exists():
        yield _("The child has a chair on loan: take it back, or hand it over as a gift.")
    unsafe = RecallLine.objects.filter(safe_on=None, recall__closed_on=None, chair__holder=child)
    if unsafe.exists():
        yield _("The child’s chair is recalled and not safe yet: the family must hear of it first.")


def forget(child_pk: uuid.UUID, traces: Traces) -> None:
    """Empty what names this child in plans, recalls and what phones said, before her own rows are emptied."""
    _forget_in_plans(child_pk)
    _forget_in_facts(child_pk)
    RecallLine.objects.filter(Q(chair__holder=child_pk) | Q(chair__events__child=child_pk)).update(note="")
    _forget_in_phone_entries(child_pk, traces)
    _forget_in_rounds(child_pk, traces)


def _forget_in_rounds(child_pk: uuid.UUID, traces: Traces) -> None:
    """Scans of a round's paper show what every family of it wrote; what it told is typed in, so that they may go."""
    rounds = Round.objects.filter(
        Q(allocations__need__child=child_pk) | Q(deliveries__allocation__need__child=child_pk)
    )
    _delete_files(RoundScan.objects.filter(round__in=rounds))
    named = [round.pk for round in rounds.distinct().order_by("pk") if traces.are_in([round.note])]
    Round.objects.filter(pk__in=named).update(note="")


def _forget_in_plans(child_pk: uuid.UUID) -> None:
    """Why a plan made an exception for her stands in the locks of that initiative, too."""
    rules = PlanRule.objects.filter(need__child=child_pk)
    reasons = set(rules.values_list("reason", flat=True)) - {MARKED}
    if not reasons:
        return
    with append_only.lifted(connection, PlanLock._meta.db_table):
        for lock in PlanLock.objects.filter(initiative__in=rules.values("initiative")).order_by("pk"):
            decisions = [
                {**each, "reason": MARKED} if each.get("reason") in reasons else each
                for each in lock.facts.get("decisions", [])
            ]
            if decisions != lock.facts.get("decisions", []):
                PlanLock.objects.filter(pk=lock.pk).update(facts=lock.facts | {"decisions": decisions})


def _forget_in_facts(child_pk: uuid.UUID) -> None:
    """A reason that somebody wrote when overruling the fit."""
    for allocation in Allocation.objects.filter(need__child=child_pk).order_by("pk"):
        if overruled := allocation.facts.get("overruled"):
            emptied = {code: {**decision, "reason": MARKED} for code, decision in overruled.items()}
            Allocation.objects.filter(pk=allocation.pk).update(facts=allocation.facts | {"overruled": emptied})


def _forget_in_phone_entries(child_pk: uuid.UUID, traces: Traces) -> None:
    """Entries that became no delivery: those about one of her stops, and those that name her."""
    stops = {str(pk) for pk in Allocation.objects.filter(need__child=child_pk).values_list("pk", flat=True)}
    # What is in force on a phone is little; what the office has looked at stays until its time is over (retaining).
    loose = PhoneEntry.objects.filter(delivery=None).exclude(said=MARKED).only("pk", "said").order_by("pk")
    found = [entry.pk for entry in loose.iterator(chunk_size=500) if _is_about(entry.said, stops, traces)]
    PhoneEntry.objects.filter(pk__in=found).update(said=MARKED, handled_note="")
    entries = [str(pk) for pk in found]
    Payload.objects.filter(entry__object_type=PhoneEntry._meta.label_lower, entry__object_id__in=entries).delete()


def _is_about(said: str, stops: set[str], traces: Traces) -> bool:
    try:
        data: Any = json.loads(said)
    except ValueError:
        return False
    return any(stop in said for stop in stops) or traces.are_in([json.dumps(data, ensure_ascii=False)])


def purge_photos(child: Child) -> int:
    """Delete the photos that prove a delivery; returns how many. The delivery and its signature stay."""
    deliveries = Delivery.objects.filter(allocation__need__child=child)
    return _delete_files(Attachment.objects.filter(kind=Attachment.Kind.PHOTO, delivery__in=deliveries))


# --- over their time ------------------------------------------------------------------------------------------------


def _months_ago(today: date) -> date:
    return dates.years_later(today, -retaining.MONTHS_OF_PHOTOS // 12)


def _old_photos(today: date) -> QuerySet[Attachment]:
    return Attachment.objects.filter(kind=Attachment.Kind.PHOTO, created_at__date__lt=_months_ago(today))


def _delete_files(rows: QuerySet[Attachment] | QuerySet[RoundScan]) -> int:
    """Delete rows that are a file each, and the files once that is written; returns how many."""
    kept: list[Any] = list(rows)
    for row in kept:
        files.delete_once_certain(row.file)
    rows.model._base_manager.filter(pk__in=[row.pk for row in kept]).delete()
    return len(kept)


def _old_preparations(today: date) -> QuerySet[Preparation]:
    return Preparation.objects.filter(prepared_at__date__lt=_months_ago(today)).exclude(photo="")


def _old_scans(today: date) -> QuerySet[RoundScan]:
    return RoundScan.objects.filter(added_at__date__lt=_months_ago(today))


def _old_words(today: date) -> QuerySet[PhoneEntry]:
    """What phones told and nobody has to look at any more."""
    looked_at = Q(state=PhoneEntry.State.RECEIVED) | Q(handled_at__isnull=False)
    return PhoneEntry.objects.filter(looked_at, received_at__date__lt=_months_ago(today)).exclude(said=MARKED)


RULES = [
    retaining.Rule("photo", _("Photos of deliveries older than 24 months"), _old_photos, _delete_files),
    retaining.Rule(
        "photo",
        _("Photos of prepared chairs older than 24 months"),
        _old_preparations,
        retaining.delete_files("photo"),
    ),
    retaining.Rule("photo", _("Scans of rounds’ papers older than 24 months"), _old_scans, _delete_files),
    retaining.Rule(
        "phone",
        _("Words of phones older than 24 months"),
        _old_words,
        lambda rows: rows.update(said=MARKED, handled_note=""),
    ),
]
