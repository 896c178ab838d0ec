"""Type in what a volunteer wrote on a round's paper: each stop is a delivery like any other, marked "from paper by".

Typing a stop twice changes nothing, and what her phone has told of it stands: the paper then only confirms it.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distributions import delivering, travelling
from distributions.delivering import Recorded
from distributions.models import Allocation, Chair, Delivery, Round
from hajar.lib.refusals import Refusal


class AlreadyFromPhone(Refusal):
    """`delivery` is what her phone told."""

    sentence = _("Already received from the phone: nothing was written twice.")

    def __init__(self, delivery: Delivery):
        super().__init__()
        self.delivery = delivery


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
