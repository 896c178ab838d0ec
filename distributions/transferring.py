"""Chairs on their way from one depot to another: what left, what arrived, what did not.

A chair that did not arrive stays on the way: it may be unpacked later, or be recorded as lost on its page.
Locks: the transfer, then the chairs in the order of their keys, and the journal's head last.
"""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distributions import stocktaking
from distributions.models import Chair, ChairEvent, Depot, Transfer, TransferLine
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal

Kind, State = ChairEvent.Kind, Chair.State


class NothingToSend(Refusal):
    sentence = _("Choose at least one chair.")


class SameDepot(Refusal):
    sentence = _("Choose another depot.")


class ChairNotThere(Refusal):
    sentence = _("%(chair)s is not in this depot: it is “%(state)s”.")


class NothingToReceive(Refusal):
    sentence = _("Say of at least one chair whether it arrived.")


@transaction.atomic
def send_chairs(
    *, origin: Depot, destination: Depot, chairs: Collection[Chair], by, carrier: str = "", note: str = ""
) -> Transfer:
    """Send chairs from one depot to another. A chair promised to a child stays promised.

    Raises SameDepot, NothingToSend, stocktaking.DepotClosed or ChairNotThere.
    """
    if origin.pk == destination.pk:
        raise SameDepot
    if not destination.is_open:
        raise stocktaking.DepotClosed
    keys = [chair.pk for chair in chairs]
    if not keys:
        raise NothingToSend
    locked = list(Chair.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk"))
    for chair in locked:
        if chair.depot_id != origin.pk:
            raise ChairNotThere(chair=chair.label, state=chair.get_state_display())
    transfer = Transfer.objects.create(
        origin=origin,
        destination=destination,
        carrier=carrier.strip(),
        sent_by=by,
        sent_at=timezone.now(),
        note=note.strip(),
    )
    for chair in locked:
        TransferLine.objects.create(transfer=transfer, chair=chair)
        stocktaking.append_event(chair, Kind.SENT, by=by, depot=destination, note=carrier.strip())
    payload = {"from": origin.name, "to": destination.name, "chairs": sorted(chair.label for chair in locked)}
    journal.record("transfer.sent", transfer, by=by, payload=payload)
    return transfer


@transaction.atomic
def receive_transfer(
    transfer: Transfer, *, by, arrived: Collection[TransferLine] = (), missing: Collection[TransferLine] = ()
) -> Transfer:
    """Say which chairs of a transfer arrived and which are missing; of the others nothing is said yet.

    One that was missing may arrive later, in another unpacking. The transfer is received once something is said of
    every chair. Raises NothingToReceive, or a refusal of the chair's own state (lost meanwhile, handed over).
    """
    locked = (
        Transfer.objects.select_for_update(of=("self",), no_key=True).select_related("destination").get(pk=transfer.pk)
    )
    came, missed = {line.pk for line in arrived}, {line.pk for line in missing}
    lines = locked.lines.select_related("chair").exclude(arrived=True).order_by("chair_id")
    here = [line for line in lines if line.pk in came]
    absent = [line for line in lines if line.pk in missed - came and line.arrived is None]
    if not here and not absent:
        raise NothingToReceive
    for line in here:
        line.arrived = True
        line.save(update_fields=["arrived"])
        stocktaking.append_event(line.chair, Kind.ARRIVED, by=by, depot=locked.destination)
    for line in absent:
        line.arrived = False
        line.save(update_fields=["arrived"])
    if locked.received_at is None and not locked.lines.filter(arrived=None).exists():
        locked.received_by, locked.received_at = by, timezone.now()
        locked.save(update_fields=["received_by", "received_at"])
    payload = {
        "to": locked.destination.name,
        "arrived": sorted(line.chair.label for line in here),
        "missing": sorted(line.chair.label for line in absent),
    }
    journal.record("transfer.received", locked, by=by, payload=payload)
    return locked
