"""Type in what a volunteer wrote on a round's paper: each stop is a delivery like any other, marked "from paper by".

Typing a stop twice changes nothing, and what her phone has told of it stands: the paper then only confirms it.
"""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime, time

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distributions import delivering, travelling
from distributions.delivering import Recorded
from distributions.models import Allocation, Chair, Delivery, Round, RoundScan
from hajar.journal import recording as journal
from hajar.lib import pictures
from hajar.lib.refusals import Refusal

MOST_SCAN_BYTES = 10 * 1024 * 1024
LONGEST_SCAN = 2200  # pixels: A4 that can still be read


class AlreadyFromPhone(Refusal):
    """`delivery` is what her phone told."""

    sentence = _("Already received from the phone: nothing was written twice.")

    def __init__(self, delivery: Delivery):
        super().__init__()
        self.delivery = delivery


class ScanUnreadable(Refusal):
    sentence = _("This file is neither a photo nor a PDF of at most 10 MB.")


class BeforeItHappened(Refusal):
    sentence = _("This time has not come yet.")


def entry_id(round: Round, allocation: Allocation) -> uuid.UUID:
    """The number of a stop's entry from paper: the same however often it is typed in."""
    return uuid.uuid5(round.pk, f"{allocation.pk}:paper")


@transaction.atomic
def type_in(
    round: Round,
    allocation: Allocation,
    *,
    by,
    outcome: str,
    at: time,
    is_healthy: bool,
    reason: str = "",
    receiver_name: str = "",
    receiver_relation: str = "",
    checks: Mapping[str, str] | None = None,
    note: str = "",
    spare: Chair | None = None,
) -> Recorded:
    """Record what the paper says of one stop, as the volunteer's own entry; `at` is its time on the round's day.

    Raises AlreadyFromPhone where her phone has told the same or a hand-over, RoundIsClosed, and what
    delivering.record_delivery raises.
    """
    round = travelling.lock_open(round)
    told = list(allocation.deliveries.filter(round=round, typed_in_by=None).order_by("received_at", "pk"))
    for entry in told:
        if entry.is_delivered or entry.outcome == outcome:
            raise AlreadyFromPhone(entry)
    moment = timezone.make_aware(datetime.combine(round.day, at))
    if moment > timezone.now():
        raise BeforeItHappened
    if spare is not None:
        reason = f"{spare.label} · {reason}".rstrip(" ·")[:300]
    return delivering.record_delivery(
        id=entry_id(round, allocation),
        allocation=allocation,
        round=round,
        by=round.volunteer,
        typed_in_by=by,
        outcome=outcome,
        happened_at=moment,
        reason=reason,
        is_healthy=is_healthy,
        receiver_name=receiver_name,
        receiver_relation=receiver_relation,
        checks=checks,
        note=note,
        spare=spare,
        known_doubts=(Delivery.Doubt.SPARE,) if spare is not None else (),
    )


@transaction.atomic
def keep_scan(round: Round, data: bytes, *, by) -> RoundScan:
    """Keep a photo or a PDF of the round's paper as evidence; the same file again changes nothing."""
    if not data or len(data) > MOST_SCAN_BYTES:
        raise ScanUnreadable
    kind = RoundScan.Kind.PDF if data.startswith(b"%PDF-") else RoundScan.Kind.PHOTO
    if kind == RoundScan.Kind.PHOTO:
        try:
            data = pictures.tidy(data, longest=LONGEST_SCAN)
        except pictures.NotAPicture as fault:
            raise ScanUnreadable from fault
    round = travelling.lock(round)
    sha256 = hashlib.sha256(data).hexdigest()
    if earlier := round.scans.filter(sha256=sha256).first():
        return earlier
    scan = RoundScan(round=round, kind=kind, sha256=sha256, added_by=by)
    scan.file.save("", ContentFile(data), save=False)
    scan.save(force_insert=True)
    try:
        journal.record("round.scan_kept", round, by=by, payload={"kind": kind, "sha256": sha256})
    except BaseException:
        scan.file.storage.delete(str(scan.file.name))
        raise
    return scan
