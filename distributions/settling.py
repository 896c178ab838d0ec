"""Settle what the field left open: a person ticks a matter and says what came of it, or decides between two entries.

Entries and deliveries stay as they were told; what follows from them changes: who has the chair, which reservation was
fulfilled and by which chair, who still waits. Locks: allocations, deliveries, matters, needs, chairs, and the journal's
head last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries import assessing
from beneficiaries.models import Child, Need
from distributions import delivering, forecasting, planning, stocktaking
from distributions.models import Allocation, Chair, ChairEvent, Delivery, Matter, PhoneEntry
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal

Kind, Decision, Status = Matter.Kind, Matter.Decision, Allocation.Status
_OF_THE_CHAIR = ("chair", "model", "choice")  # what a reservation's facts say of its chair


class AlreadyHandled(Refusal):
    sentence = _("Somebody has looked at this already.")


class DecisionMissing(Refusal):
    sentence = _("Say which of the two holds.")


class NotADecision(Refusal):
    sentence = _("This cannot be decided here: the chair has moved on since. Look at it again.")


class AnotherReserved(Refusal):
    sentence = _("Another chair is reserved for this child: release it first, then decide.")


class NotYourRegion(Refusal):
    sentence = _("One of the two families lives in a region that is not yours: who is responsible for both decides.")


@dataclass(frozen=True)
class Side:
    """One of two entries that do not go together."""

    delivery: Delivery
    chair: Chair
    proofs: frozenset[str]

    @property
    def child(self):
        return self.delivery.allocation.need.child


@dataclass(frozen=True)
class Dispute:
    """What a person decides about: the entry that came first, where there is one, the second, and what can be said."""

    first: Side | None
    second: Side
    options: tuple[tuple[str, str | Promise], ...]


# --- what there is to decide -----------------------------------------------------------------------------------------


def dispute_of(matter: Matter) -> Dispute | None:
    """The two entries of a dispute, side by side; None for any other matter. A constant number of queries."""
    if not matter.is_dispute or matter.delivery is None:
        return None
    told = _told(Q(pk=matter.delivery_id))[0]
    second = _side(told, matter.chair or told.allocation.chair)
    first = _rival(matter.kind, second)
    return Dispute(first, second, _options(matter, first, second))


def _told(which: Q) -> list[Delivery]:
    rows = Delivery.objects.filter(which, outcome=Delivery.Outcome.DELIVERED)
    return list(
        rows.select_related(
            "allocation__need__child__family__province__region",
            "allocation__chair__model",
            "volunteer",
            "round__province",
        )
        .prefetch_related("attachments", "matters__chair__model")
        .order_by("received_at", "pk")
    )


def _side(delivery: Delivery, chair: Chair | None = None) -> Side:
    """An entry, and the chair that was left: another than the one meant, where it says so."""
    left = next((matter.chair for matter in delivery.matters.all() if matter.chair), delivery.allocation.chair)
    proofs = frozenset(attachment.kind for attachment in delivery.attachments.all())
    return Side(delivery, chair or left, proofs)


def _rival(kind: str, second: Side) -> Side | None:
    """The other entry: the last one before it that tells something else of the same chair, or of the same child."""
    need = second.delivery.allocation.need
    of_chair = Q(allocation__chair=second.chair) | Q(matters__chair=second.chair)
    which = {
        Kind.CHAIR_TWICE: of_chair & ~Q(allocation__need__child=need.child_id),
        Kind.TWO_CHAIRS: Q(allocation__need=need.pk),
        Kind.TOLD_TWICE: Q(allocation=second.delivery.allocation_id),
    }[Kind(kind)]
    sides = [_side(told) for told in _told(which & ~Q(pk=second.delivery.pk))]
    if kind == Kind.TWO_CHAIRS:
        sides = [side for side in sides if side.chair != second.chair]
    else:
        sides = [side for side in sides if side.chair == second.chair]
    earlier = [side for side in sides if side.delivery.received_at <= second.delivery.received_at]
    return next(reversed(earlier or sides), None)


def _options(matter: Matter, first: Side | None, second: Side) -> tuple[tuple[str, str | Promise], ...]:
    offered: list[str] = []
    match matter.kind:
        case Kind.CHAIR_TWICE if second.chair.state == Chair.State.DISPUTED and first:
            offered = [Decision.FIRST, Decision.SECOND, Decision.NEITHER]
        case Kind.CHAIR_TWICE if second.chair.state == Chair.State.DISPUTED:
            return ((Decision.SECOND.value, _("This family keeps the chair.")), _option(Decision.NEITHER))
        case Kind.TWO_CHAIRS:
            offered = [Decision.KEEP_FIRST, Decision.KEEP_SECOND, Decision.KEEP_BOTH]
        case Kind.TOLD_TWICE:
            offered = [Decision.SAME]
    return tuple(_option(one) for one in offered)


def options_of(matter: Matter, dispute: Dispute | None) -> tuple[tuple[str, str | Promise], ...]:
    """What a person can decide about this matter now, each as (value, sentence); () where she can only say a word."""
    if dispute:
        return dispute.options
    if matter.kind == Kind.SPARE and matter.is_waiting and matter.delivery and matter.chair:
        delivery = Delivery.objects.select_related("allocation__need").get(pk=matter.delivery.pk)
        if _can_stand_in(Chair.objects.get(pk=matter.chair.pk), delivery):
            return (_option(Decision.INSTEAD), _option(Decision.STILL_WAITS))
    return ()


def _can_stand_in(chair: Chair, delivery: Delivery) -> bool:
    """Whether this chair, left in the place of the one meant, can meet the need: the child has it and still waits."""
    allocation = delivery.allocation
    return (
        delivery.is_delivered
        and delivery.handed_over_on is None
        and chair.pk != allocation.chair_id
        and chair.holder_id == allocation.need.child_id
        and allocation.is_live
        and allocation.approved_by_id is not None
        and allocation.need.is_open
    )


def _option(decision: str) -> tuple[str, str | Promise]:
    return str(decision), Decision(decision).label


# --- deciding --------------------------------------------------------------------------------------------------------


@transaction.atomic
def handle(matter: Matter, *, by, note: str, decision: str = "") -> Matter:
    """Say that a person has looked, and what came of it. What was told stays as it is.

    A dispute needs one of its `decision`s, and that is carried out. Raises AlreadyHandled, ReasonMissing,
    DecisionMissing, NotADecision, NotYourRegion, AnotherReserved.
    """
    note = note.strip()[:300]
    if not note:
        raise stocktaking.ReasonMissing
    dispute = dispute_of(matter)
    involved = [side.delivery for side in (dispute.first, dispute.second) if side] if dispute else []
    children = {delivery.allocation.need.child_id for delivery in involved}
    if Child.objects.visible_to(by).filter(pk__in=children).count() < len(children):
        raise NotYourRegion
    keys = {delivery.pk for delivery in involved} | ({matter.delivery.pk} if matter.delivery else set())
    _hold(involved or ([matter.delivery] if matter.delivery else []), dispute, keys)
    matter = Matter.objects.select_for_update(of=("self",), no_key=True).get(pk=matter.pk)
    if not matter.is_waiting:
        raise AlreadyHandled
    options = dict(options_of(matter, dispute))
    if options and not decision:
        raise DecisionMissing
    if decision and decision not in options:
        raise NotADecision
    if dispute and decision:
        _carry_out(matter, dispute, decision, by, note)
    elif decision == Decision.INSTEAD and matter.delivery and matter.chair:
        _lock_needs([matter.delivery])
        _give_instead(matter.delivery, matter.chair, by, note)
    _tick(matter, decision, by, note)
    if dispute and dispute.first and dispute.first.child.pk != dispute.second.child.pk:
        told = {"decision": str(Decision(decision)) if decision else "", "note": note}
        journal.record("dispute.decided", dispute.first.delivery, by=by, subject=dispute.first.child, payload=told)
    return matter


def _hold(involved: Iterable[Delivery], dispute: Dispute | None, deliveries: set) -> None:
    """Take every lock that may be needed, in the order of the house."""
    held = Q(pk__in={delivery.allocation_id for delivery in involved})
    if dispute:
        held |= Q(chair=dispute.second.chair, status__in=Allocation.LIVE)
    list(Allocation.objects.select_for_update(no_key=True).filter(held).order_by("pk"))
    list(Delivery.objects.select_for_update(no_key=True).filter(pk__in=deliveries).order_by("pk"))


def _tick(matter: Matter, decision: str, by, note: str) -> None:
    """End the matter, its entry's or its delivery's doubts with it, and write it in the journal."""
    ended: datetime = timezone.now()
    matter.ended_at, matter.ended_by, matter.decision, matter.note = ended, by, decision, note
    matter.save(update_fields=["ended_at", "ended_by", "decision", "note"])
    delivery = Delivery.objects.get(pk=matter.delivery.pk) if matter.delivery else None
    child = delivery.allocation.need.child if delivery else None
    told = {"kind": matter.kind, "note": note} | ({"decision": decision} if decision else {})
    if delivery and delivery.needs_a_look and matter.kind != Kind.FILE:
        delivering.settle(delivery, by=by, note=note, decision=decision)
    elif matter.entry and matter.kind != Kind.FILE and matter.entry.state != PhoneEntry.State.RECEIVED:
        PhoneEntry.objects.filter(pk=matter.entry.pk, handled_at=None).update(
            handled_at=ended, handled_by=by, handled_note=note
        )
        journal.record("entry.handled", matter.entry, by=by, subject=child, payload=told)
    else:
        journal.record("matter.handled", matter, by=by, subject=child, payload=told)


def _carry_out(matter: Matter, dispute: Dispute, decision: str, by, note: str) -> None:
    first, second = dispute.first, dispute.second
    _lock_needs([side.delivery for side in (first, second) if side])
    chair = stocktaking.lock(second.chair)
    is_disputed = chair.state == Chair.State.DISPUTED
    match decision:
        case Decision.FIRST | Decision.SECOND | Decision.NEITHER if not is_disputed:
            raise NotADecision
        case Decision.FIRST if first:
            _take_back(second, by, note)
            _leave_with(first, chair, by, note)
        case Decision.SECOND:
            if first:
                _take_back(first, by, note)
            _leave_with(second, chair, by, note)
        case Decision.NEITHER:
            for side in filter(None, (first, second)):
                _take_back(side, by, note)
            _free(chair, None, by, note)
            stocktaking.append_event(chair, ChairEvent.Kind.LOST, by=by, note=note)
        case Decision.KEEP_FIRST | Decision.KEEP_SECOND | Decision.KEEP_BOTH if is_disputed:
            # Both chairs stand in the child's home until one is brought back: that is what our stock must say.
            _settle(chair, second, by, note)


def _lock_needs(deliveries: Iterable[Delivery]) -> None:
    needs = {delivery.allocation.need_id for delivery in deliveries}
    list(Need.objects.select_for_update(no_key=True).filter(pk__in=needs).order_by("pk"))


def _take_back(side: Side, by, note: str) -> None:
    """This family did not receive the chair after all: its reservation was not fulfilled, and its child waits again."""
    delivery = Delivery.objects.select_related("allocation").get(pk=side.delivery.pk)
    if delivery.handed_over_on is None:
        return
    delivery.handed_over_on = None
    delivery.save(update_fields=["handed_over_on"])
    allocation = delivery.allocation
    allocation.status, allocation.release, allocation.release_note = Status.RELEASED, Allocation.Release.OTHER, note
    allocation.ended_at = timezone.now()
    allocation.save(update_fields=["status", "release", "release_note", "ended_at"])
    assessing.mark_open_again(Need.objects.get(pk=allocation.need_id))


def _leave_with(side: Side, chair: Chair, by, note: str) -> None:
    """This family has the chair: what the hand-over could not bring about when it was told follows now."""
    delivery = Delivery.objects.get(pk=side.delivery.pk)
    allocation = Allocation.objects.select_related("need").get(pk=delivery.allocation_id)
    need = allocation.need
    is_meant = allocation.chair_id == chair.pk and allocation.approved_by_id is not None
    if is_meant and delivery.handed_over_on is None and need.is_open:
        if need.allocations.live().exclude(pk=allocation.pk).exists():
            raise AnotherReserved
        moment = delivering.trusted_moment(delivery)
        delivery.handed_over_on = timezone.localdate(moment)
        delivery.save(update_fields=["handed_over_on"])
        allocation.status, allocation.release, allocation.release_note = Status.DELIVERED, "", ""
        allocation.ended_at = moment
        allocation.save(update_fields=["status", "release", "release_note", "ended_at"])
        assessing.mark_closed(need, closing=Need.Closing.DELIVERED, today=delivery.handed_over_on)
    _settle(chair, side, by, note)
    if delivery.chair_left_id == chair.pk and _can_stand_in(fresh := Chair.objects.get(pk=chair.pk), delivery):
        _give_instead(delivery, fresh, by, note)


def _give_instead(delivery: Delivery, chair: Chair, by, note: str) -> None:
    """The chair that was left meets the need; the one meant is free where it lies: in its depot, or on the road.

    The reservation is fulfilled with that chair, with the facts as they are for it. Raises NotADecision where a chair
    has moved on. To be called with the reservation, the entry and the need locked.
    """
    delivery = Delivery.objects.get(pk=delivery.pk)
    allocation = Allocation.objects.select_related("need__child", "need__assessment", "chair__model").get(
        pk=delivery.allocation_id
    )
    need, meant = allocation.need, allocation.chair
    locked = Chair.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[meant.pk, chair.pk])
    chairs = {one.pk: one for one in locked.select_related("model").order_by("pk")}
    given, delivery.allocation = chairs[chair.pk], allocation
    if not _can_stand_in(given, delivery):
        raise NotADecision
    if stocktaking.state_of(meant).is_promised:
        stocktaking.append_event(meant, ChairEvent.Kind.RELEASED, by=by, note=note)
    moment = delivering.trusted_moment(delivery)
    delivery.handed_over_on = timezone.localdate(moment)
    now = planning.facts(need, given)
    before = {name: allocation.facts.get(name) for name in _OF_THE_CHAIR}
    allocation.facts |= {name: now[name] for name in _OF_THE_CHAIR} | {"instead_of": before}
    allocation.chair, allocation.status, allocation.ended_at = given, Status.DELIVERED, moment
    allocation.save(update_fields=["chair", "status", "ended_at", "facts"])
    delivery.save(update_fields=["handed_over_on"])
    assessing.mark_closed(need, closing=Need.Closing.DELIVERED, today=delivery.handed_over_on)
    forecasting.refresh_forecasts_of_chair(given)
    planning.journal_allocation("allocation.met_by_another", allocation, by, meant=meant.label, note=note)


def _settle(chair: Chair, side: Side, by, note: str) -> None:
    _free(chair, side, by, note)
    stocktaking.append_event(chair, ChairEvent.Kind.SETTLED, by=by, child=side.child, note=note)


def _free(chair: Chair, keeper: Side | None, by, note: str) -> None:
    """Release what is still reserved of a chair that is somewhere else than it was thought to be."""
    kept = keeper.delivery.allocation_id if keeper else None
    for allocation in chair.allocations.live().exclude(pk=kept).order_by("pk"):
        planning.release(allocation, by=by, release=Allocation.Release.OTHER, note=note)
