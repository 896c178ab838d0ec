"""The life of chairs: each thing that happens is an event, and what a chair is now is the replay of its events.

A chair's stored state, depot and holder are a cache of that replay; `stock_faults` and `manage.py verify_stock` compare
them.
Whoever changes several rows locks them in this order: initiative, child, allocation, need, chair, and the journal's
head last.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Merge, Need
from beneficiaries.models.references import next_numbers
from distributions import forecasting
from distributions.models import (
    Allocation,
    Chair,
    ChairEvent,
    ChairModel,
    Depot,
    Recall,
    RecallLine,
)
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal

Kind, State = ChairEvent.Kind, Chair.State
MOST_AT_ONCE = 200  # chairs received in one go


class EventNotPossible(Refusal):
    sentence = _("“%(event)s” cannot be recorded now: this chair is “%(state)s”.")


class StillPromised(Refusal):
    sentence = _("“%(event)s” cannot be recorded: the chair is promised to a child. Release the reservation first.")


class AlreadyThere(Refusal):
    sentence = _("The chair is already in this depot.")


class AlreadyWithChild(Refusal):
    sentence = _("The chair is already with this child.")


class BeforeThePrevious(Refusal):
    sentence = _("This cannot have happened before the chair's previous event.")


class InTheFuture(Refusal):
    sentence = _("This cannot have happened in the future.")


class DepotMissing(Refusal):
    sentence = _("Say in which depot the chair is.")


class DepotClosed(Refusal):
    sentence = _("This depot is no longer in use.")


class ReasonMissing(Refusal):
    sentence = _("Say why.")


class NotByHand(Refusal):
    sentence = _("“%(event)s” is not recorded here: it follows from reserving, loading and handing over.")


class CannotBeCorrected(Refusal):
    sentence = _("This event cannot be taken back: it is corrected already, or is a correction itself.")


class DeliveryStands(Refusal):
    sentence = _("This hand-over belongs to a delivery that stands: it cannot be taken back here.")


class LaterEventsDepend(Refusal):
    sentence = _("This event cannot be taken back: what was recorded after it depends on it.")


class SerialKnown(Refusal):
    sentence = _("A chair of this model with the serial number %(serial)s is already known.")


class SerialTwice(Refusal):
    sentence = _("The serial number %(serial)s is given twice.")


class CountNotPossible(Refusal):
    sentence = _("Between 1 and %(most)s chairs can be received at once.")


# --- the replay ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChairState:
    """What is true of a chair after its events. Ids, not rows; `state` is the one word for people."""

    depot_id: uuid.UUID | None = None
    child_id: uuid.UUID | None = None  # who has it
    promised_to_id: uuid.UUID | None = None  # child of the live allocation
    is_promised: bool = False
    is_prepared: bool = False
    on_the_road: bool = False
    is_spare: bool = False  # on the road without a stop, in case another does not fit
    in_transfer: bool = False
    in_repair: bool = False
    is_lost: bool = False
    is_scrapped: bool = False
    is_disputed: bool = False
    needs_disinfection: bool = False
    needs_check: bool = False
    last_depot_id: uuid.UUID | None = None  # where it was last: the depot that it left
    last_returned: datetime | None = None
    last_disinfected: datetime | None = None
    last_checked: datetime | None = None
    last_event: datetime | None = None

    @property
    def state(self) -> Chair.State:
        """The gravest thing first; a chair to be cleaned or checked is not available, even to who reserved it."""
        words = [
            (self.is_scrapped, State.SCRAPPED),
            (self.is_lost, State.LOST),
            (self.is_disputed, State.DISPUTED),
            (self.in_transfer, State.IN_TRANSFER),
            (self.in_repair, State.IN_REPAIR),
            (self.on_the_road, State.LOADED),
            (self.child_id is not None, State.HANDED_OVER),
            (self.depot_id is None, State.EXPECTED),
            (self.needs_disinfection, State.TO_DISINFECT),
            (self.needs_check, State.TO_CHECK),
            (self.is_promised, State.RESERVED),
        ]
        return next((word for holds, word in words if holds), State.AVAILABLE)


IN_A_DEPOT = (State.AVAILABLE, State.RESERVED, State.TO_DISINFECT, State.TO_CHECK)
ANYWHERE = tuple(state for state in State if state is not State.EXPECTED)

# The transition table: in which states an event can happen.
POSSIBLE: dict[str, tuple[Chair.State, ...]] = {
    Kind.RECEIVED: (State.EXPECTED,),
    Kind.DISINFECTED: (*IN_A_DEPOT, State.IN_REPAIR),
    Kind.CHECKED: IN_A_DEPOT,
    Kind.RESERVED: (State.AVAILABLE,),
    Kind.RELEASED: ANYWHERE,
    Kind.PREPARED: (State.RESERVED,),
    Kind.LOADED: (State.RESERVED, State.AVAILABLE),  # an available one travels as a spare
    Kind.UNLOADED: (State.LOADED,),
    Kind.MOVED: (*IN_A_DEPOT, State.IN_REPAIR),
    Kind.SENT: (*IN_A_DEPOT, State.IN_REPAIR),
    Kind.ARRIVED: (State.IN_TRANSFER,),
    # What a family has received is a fact, expected or not: an unexpected hand-over leaves the chair disputed.
    Kind.HANDED_OVER: ANYWHERE,
    Kind.SETTLED: (State.DISPUTED,),
    Kind.RETURNED: (State.HANDED_OVER, State.DISPUTED, State.IN_REPAIR),
    Kind.REPAIR_BEGUN: (*IN_A_DEPOT, State.HANDED_OVER),
    Kind.REPAIRED: (State.IN_REPAIR,),
    Kind.LOST: tuple(state for state in ANYWHERE if state not in (State.LOST, State.SCRAPPED)),
    Kind.FOUND: (State.LOST,),
    Kind.SCRAPPED: (*IN_A_DEPOT, State.IN_REPAIR, State.LOST),
}
# What a person records on a chair's page; the rest follows from other activities.
BY_HAND = (
    Kind.RECEIVED,
    Kind.DISINFECTED,
    Kind.CHECKED,
    Kind.UNLOADED,
    Kind.RETURNED,
    Kind.REPAIR_BEGUN,
    Kind.REPAIRED,
    Kind.MOVED,
    Kind.FOUND,
    Kind.LOST,
    Kind.SCRAPPED,
)
NEEDS_DEPOT = (Kind.RECEIVED, Kind.MOVED, Kind.ARRIVED, Kind.UNLOADED, Kind.RETURNED, Kind.FOUND)
NEEDS_REASON = (Kind.LOST, Kind.SCRAPPED, Kind.REPAIR_BEGUN, Kind.CORRECTED)


def refusal_of(now: ChairState, kind: str) -> Refusal | None:
    """Why an event of this kind cannot happen to a chair in this state; None when it can."""
    words = {"event": Kind(kind).label, "state": now.state.label}
    if now.state not in POSSIBLE.get(kind, ()):
        return EventNotPossible(**words)
    if kind == Kind.RELEASED and not now.is_promised:
        return EventNotPossible(**words)
    if kind == Kind.SCRAPPED and now.is_promised:
        return StillPromised(**words)
    if now.state is State.IN_REPAIR:
        with_child = now.child_id is not None
        if (kind == Kind.RETURNED and not with_child) or (
            kind in (Kind.MOVED, Kind.SENT, Kind.DISINFECTED) and with_child
        ):
            return EventNotPossible(**words)
    return None


def replay(events: Iterable, *, is_new: bool = True) -> ChairState:
    """Live through a chair's events in their order; raises a Refusal at the first that cannot have happened.

    An event has kind, happened_at, depot_id, child_id, pk and corrects_id. One that a later event corrects counts as if
    it had never been. Pure: reads no row.
    """
    events = list(events)
    undone = {event.corrects_id for event in events if event.kind == Kind.CORRECTED}
    now = ChairState()
    for event in events:
        if now.last_event and event.happened_at < now.last_event:
            raise BeforeThePrevious
        if event.kind != Kind.CORRECTED and event.pk not in undone:
            now = _after(now, event, is_new)
        now = replace(now, last_event=event.happened_at)
    return now


def _after(now: ChairState, event, is_new: bool) -> ChairState:
    if refusal := refusal_of(now, event.kind):
        raise refusal
    if event.kind in NEEDS_DEPOT and event.depot_id is None:
        raise DepotMissing
    arrived: dict[str, Any] = {
        "depot_id": event.depot_id,
        "last_depot_id": event.depot_id,
        "on_the_road": False,
        "is_spare": False,
        "in_transfer": False,
    }
    gone: dict[str, Any] = {
        "depot_id": None,
        "on_the_road": False,
        "is_spare": False,
        "in_transfer": False,
        "is_prepared": False,
    }
    # Our children catch what others carry: whatever comes out of a home is cleaned and looked at before the next child.
    from_a_home: dict[str, Any] = {
        "needs_disinfection": True,
        "needs_check": True,
        "is_prepared": False,
        "last_returned": event.happened_at,
    }
    free: dict[str, Any] = {"is_promised": False, "promised_to_id": None, "is_prepared": False}
    match event.kind:
        case Kind.RECEIVED:
            return replace(now, **arrived, needs_disinfection=not is_new, needs_check=not is_new)
        case Kind.DISINFECTED:
            return replace(now, needs_disinfection=False, last_disinfected=event.happened_at)
        case Kind.CHECKED:
            return replace(now, needs_check=False, last_checked=event.happened_at)
        case Kind.RESERVED:
            return replace(now, is_promised=True, promised_to_id=bearer_of(event))
        case Kind.RELEASED:
            return replace(now, **free)
        case Kind.PREPARED:
            return replace(now, is_prepared=True)
        case Kind.LOADED:
            return replace(now, depot_id=None, on_the_road=True, is_spare=not now.is_promised)
        case Kind.UNLOADED if event.child_id is not None:  # it was tried on in a home
            return replace(now, **arrived, **from_a_home)
        case Kind.UNLOADED:
            return replace(now, **arrived)
        case Kind.MOVED:
            if event.depot_id == now.depot_id:
                raise AlreadyThere
            return replace(now, **arrived)
        case Kind.SENT:
            return replace(now, depot_id=None, in_transfer=True)
        case Kind.ARRIVED:
            return replace(now, **arrived)
        case Kind.HANDED_OVER:
            return _after_hand_over(now, event, gone, free)
        case Kind.SETTLED:
            return replace(now, is_disputed=False, child_id=event.child_id)
        case Kind.RETURNED:
            return replace(now, **arrived, **from_a_home, child_id=None, is_disputed=False)
        case Kind.REPAIR_BEGUN:
            return replace(now, in_repair=True, is_prepared=False)
        case Kind.REPAIRED:
            return replace(now, in_repair=False, needs_check=now.child_id is None)
        case Kind.LOST:
            return replace(now, **gone, is_lost=True, is_disputed=False, in_repair=False, child_id=None)
        case Kind.FOUND:
            return replace(now, **arrived, **from_a_home, is_lost=False)
        case _:  # scrapped
            return replace(now, **gone, is_scrapped=True, is_lost=False, in_repair=False)


def _after_hand_over(now: ChairState, event, gone: dict, free: dict) -> ChairState:
    bearer = bearer_of(event)
    if bearer == now.child_id and now.child_id is not None:
        raise AlreadyWithChild
    promised = now.state in (State.LOADED, State.RESERVED) and now.is_promised and now.promised_to_id in (None, bearer)
    # A spare chair belongs to no other child: whoever needed it has it. Which need it meets is decided at the office.
    expected = promised or (now.state is State.LOADED and now.is_spare)
    if expected:
        return replace(now, **gone | free, child_id=bearer)
    if now.promised_to_id == bearer:
        now = replace(now, **free)
    cleared = {"is_lost": False, "is_scrapped": False, "in_repair": False}
    return replace(now, **gone | cleared, is_disputed=True, child_id=bearer)


def bearer_of(event: Any) -> uuid.UUID | None:
    """The child an event speaks of today: events stay as they were written, files of one child may have been merged."""
    return getattr(event, "bearer_id", event.child_id)


def possible_kinds(now: ChairState) -> list[ChairEvent.Kind]:
    """What a person can record on this chair now, what the chair waits for first."""
    kinds = [kind for kind in BY_HAND if refusal_of(now, kind) is None and not _belongs_to_an_allocation(now, kind)]
    return sorted(kinds, key=lambda kind: kind != awaited_kind(now))


def awaited_kind(now: ChairState) -> ChairEvent.Kind | None:
    """The event without which this chair is of no use to a child; None where it waits for none."""
    awaited = {
        State.EXPECTED: Kind.RECEIVED,
        State.TO_DISINFECT: Kind.DISINFECTED,
        State.TO_CHECK: Kind.CHECKED,
        State.IN_REPAIR: Kind.REPAIRED,
        State.LOADED: Kind.UNLOADED,
        State.LOST: Kind.FOUND,
    }
    return awaited.get(now.state)


def _belongs_to_an_allocation(now: ChairState, kind: str) -> bool:
    """A promised chair that comes back from a round does so with its allocation (travelling.bring_back)."""
    return kind == Kind.UNLOADED and now.is_promised


# --- recording -------------------------------------------------------------------------------------------------------


def state_of(chair: Chair) -> ChairState:
    """The replay of a chair's events; one query."""
    return replay(chair.events.in_order(), is_new=chair.is_new)


def last_depot(chair: Chair) -> Depot | None:
    """Where the chair is, or the depot that it left."""
    return Depot.objects.filter(pk__in=filter(None, [state_of(chair).last_depot_id])).first()


def lock(chair: Chair) -> Chair:
    """The chair's row, locked until the end of the transaction."""
    return Chair.objects.select_for_update(no_key=True).get(pk=chair.pk)


def append_event(
    chair: Chair,
    kind: str,
    *,
    by,
    depot: Depot | None = None,
    child: Child | None = None,
    corrects: ChairEvent | None = None,
    note: str = "",
    happened_at: datetime | None = None,
    is_claimed: bool = False,
) -> ChairEvent:
    """Add one event to a chair and refresh its cached state; to be called inside another activity, which journals.

    Locks the chair. `is_claimed` marks a moment that a phone claims: phones' clocks are wrong and their entries come
    late, so it is kept between the chair's previous event and now instead of being refused (the delivery keeps it).
    Raises a Refusal when the chair's state does not allow the event, or the moment is impossible.
    """
    locked = lock(chair)
    past = list(locked.events.in_order())
    now = timezone.now()
    moment = happened_at or now
    if is_claimed:
        moment = min(max(moment, past[-1].happened_at if past else moment), now)
    if past and not happened_at:
        moment = max(moment, past[-1].happened_at)
    if moment > now:
        raise InTheFuture
    event = ChairEvent(
        id=uuid.uuid4(),
        chair=locked,
        sequence=past[-1].sequence + 1 if past else 1,
        kind=kind,
        happened_at=moment,
        by=by,
        depot=depot,
        child=child,
        corrects=corrects,
        note=note,
    )
    result = replay([*past, event], is_new=locked.is_new)
    if kind in (Kind.RECEIVED, Kind.MOVED) and depot is not None and not depot.is_open:
        raise DepotClosed
    event.save(force_insert=True)
    holder_before = locked.holder_id
    _keep(locked, result)
    if locked.holder_id != holder_before:
        forecasting.refresh_forecasts_of_chair(locked)
    chair.state, chair.depot_id, chair.holder_id = locked.state, locked.depot_id, locked.holder_id
    return event


def _keep(chair: Chair, result: ChairState) -> None:
    chair.state, chair.depot_id, chair.holder_id = cached(result)
    chair.save(update_fields=["state", "depot", "holder"])


def cached(result: ChairState) -> tuple[str, uuid.UUID | None, uuid.UUID | None]:
    """What the chair's row should say: state, depot, holder. While it is disputed who has it, nobody is named."""
    return result.state, result.depot_id, None if result.is_disputed else result.child_id


@transaction.atomic
def record_chair_event(
    *,
    chair: Chair,
    kind: str,
    by,
    depot: Depot | None = None,
    child: Child | None = None,
    note: str = "",
    happened_at: datetime | None = None,
) -> ChairEvent:
    """Write down what happened to a chair, and its journal line. `child` on an unloading: who tried it on at home."""
    if kind not in BY_HAND:
        raise NotByHand(event=Kind(kind).label)
    if kind in NEEDS_REASON and not note.strip():
        raise ReasonMissing
    if kind == Kind.UNLOADED and _belongs_to_an_allocation(state_of(lock(chair)), kind):
        raise StillPromised(event=Kind.UNLOADED.label)
    if kind == Kind.UNLOADED and depot is None:
        depot = last_depot(chair)
    event = append_event(chair, kind, by=by, depot=depot, child=child, note=note.strip(), happened_at=happened_at)
    _journal_event(chair, event, by)
    return event


@transaction.atomic
def correct_event(event: ChairEvent, *, by, note: str) -> ChairEvent:
    """Take an event back by another event that says so; refused while later events depend on it.

    A hand-over can be taken back only to settle a dispute over who has the chair.
    """
    if not note.strip():
        raise ReasonMissing
    chair = lock(event.chair)
    if event.kind == Kind.CORRECTED or chair.events.filter(corrects=event).exists():
        raise CannotBeCorrected
    settles = event.kind == Kind.HANDED_OVER and chair.state == State.DISPUTED
    if event.kind not in BY_HAND and not settles:
        raise NotByHand(event=event.get_kind_display())
    if settles and event.child is not None:
        bearer = event.child.merged_into_id or event.child_id
        if chair.allocations.filter(need__child=bearer, status=Allocation.Status.DELIVERED).exists():
            raise DeliveryStands
    try:
        correction = append_event(chair, Kind.CORRECTED, by=by, corrects=event, note=note.strip())
    except Refusal as refusal:
        raise LaterEventsDepend from refusal
    event.chair = chair
    _journal_event(chair, correction, by, takes_back=event.kind)
    return correction


def _journal_event(chair: Chair, event: ChairEvent, by, **more) -> None:
    payload = {"event": event.kind, "state": chair.state, "happened_at": event.happened_at, "note": event.note, **more}
    if event.depot:
        payload["depot"] = event.depot.name
    journal.record("chair.event_recorded", chair, by=by, payload=payload)


@transaction.atomic
def receive_chairs(
    *,
    model: ChairModel,
    depot: Depot,
    by,
    count: int = 1,
    serials: Sequence[str] = (),
    ownership: str = Chair.Ownership.GIFT,
    is_new: bool = True,
    donor: str = "",
    note: str = "",
    happened_at: datetime | None = None,
    **known: Any,
) -> list[Chair]:
    """Take chairs of one model into a depot: one for each serial number, and without one up to `count`.

    `known` is what else is known of them all: grade, batch, acquired_on, customs_reference, cost_mad, usable_until,
    accessories. New chairs are available at once, used ones after disinfection and a safety check.
    """
    serials = [serial.strip() for serial in serials if serial.strip()]
    count = max(count, len(serials))
    if not 1 <= count <= MOST_AT_ONCE:
        raise CountNotPossible(most=MOST_AT_ONCE)
    if not depot.is_open:
        raise DepotClosed
    twice = [serial for serial, times in Counter(serials).items() if times > 1]
    if twice:
        raise SerialTwice(serial=twice[0])
    chairs = [
        Chair(number=number, model=model, serial=serial, ownership=ownership, is_new=is_new, donor=donor, **known)
        for number, serial in zip(next_numbers("chair", count), [*serials, *[""] * (count - len(serials))], strict=True)
    ]
    for chair in chairs:
        _insert_chair(chair)
        append_event(chair, Kind.RECEIVED, by=by, depot=depot, note=note, happened_at=happened_at)
    _join_recalls(chairs)
    for chair in chairs:
        payload = {"model": str(model), "depot": depot.name, "is_new": is_new, "donor": donor, "serial": chair.serial}
        payload |= {"batch": chair.batch} if chair.batch else {}
        journal.record("chair.received", chair, by=by, payload=payload)
    return chairs


def _insert_chair(chair: Chair) -> None:
    try:
        with transaction.atomic():
            chair.save(force_insert=True)
    except IntegrityError as fault:
        if Chair.objects.filter(model=chair.model, serial=chair.serial).exclude(serial="").exists():
            raise SerialKnown(serial=chair.serial) from fault
        raise


def _join_recalls(chairs: Sequence[Chair]) -> None:
    """A chair that comes in after its model or batch was called back is called back, too. All are of one model.

    The model's row is locked, as recalling.open_recall() locks it: neither overlooks the other.
    """
    ChairModel.objects.select_for_update(no_key=True).get(pk=chairs[0].model_id)
    for recall in Recall.objects.open().concerning(chairs[0]).order_by("pk"):
        lines = [RecallLine(recall=recall, chair=chair) for chair in chairs]
        RecallLine.objects.bulk_create(lines, ignore_conflicts=True)


@transaction.atomic
def correct_chair(chair: Chair, *, by, **fields) -> Chair:
    """Mend what a chair's row says of itself: model, serial number, condition, batch, accessories and the like."""
    locked = lock(chair)
    changed = set_fields(locked, fields)
    if not changed:
        return locked
    result = state_of(locked)  # a chair that turns out to be used may not have been promised uncleaned
    try:
        with transaction.atomic():
            locked.save(update_fields=list(fields))
    except IntegrityError as fault:
        raise SerialKnown(serial=locked.serial) from fault
    _keep(locked, result)
    _join_recalls([locked])
    forecasting.refresh_forecasts_of_chair(locked)
    journal.record("chair.corrected", locked, by=by, payload={"changed": changed})
    return locked


@transaction.atomic
def add_depot(*, by, **fields) -> Depot:
    """Open a place that holds chairs."""
    depot = Depot.objects.create(**fields)
    journal.record("depot.added", depot, by=by, payload={"depot": depot.name})
    return depot


@transaction.atomic
def correct_depot(depot: Depot, *, by, **fields) -> Depot:
    """Mend what is known of a depot, or close it to new arrivals."""
    locked, changed = change_row(Depot, depot, fields)
    if changed:
        journal.record("depot.corrected", locked, by=by, payload={"changed": changed})
    return locked


def change_row(kind: type[models.Model], row, fields: dict):
    """The row, locked, with these fields changed and saved, and what changed."""
    locked = kind._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    changed = set_fields(locked, fields)
    if changed:
        locked.save(update_fields=list(fields))
    return locked, changed


def set_fields(row, fields: dict) -> dict[str, list[str]]:
    """Set fields on a row; returns those that differ as {field: [before, after]} in words."""
    changed = {}
    for name, value in fields.items():
        before = getattr(row, name)
        if before != value:
            changed[name] = ["" if before is None else str(before), "" if value is None else str(value)]
            setattr(row, name, value)
    return changed


# --- two files of one child -----------------------------------------------------------------------------------------


def told_since(merge: Merge) -> list[str]:
    """Chairs promised or handed over since, to the file that goes on, for a need that the other one brought.

    Were the merge taken back, their events would tell of two children what happened to one.
    """
    brought = [
        line["pk"] for line in merge.moved if line["model"] == Need._meta.label_lower and "child_id" in line["old"]
    ]
    chairs = Allocation.objects.filter(need__in=brought).values("chair")
    told = ChairEvent.objects.filter(
        chair__in=chairs, child=merge.kept_id, kind__in=[Kind.RESERVED, Kind.HANDED_OVER], recorded_at__gte=merge.at
    )
    told = told.select_related("chair").order_by("recorded_at", "pk")
    return [f"{event.chair.label} · {event.get_kind_display()}" for event in told]


# --- checking --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StockFault:
    """Where a chair's row and its events disagree: state, depot, holder, numbering, replay or promise."""

    label: str
    kind: str
    stored: str
    replayed: str


def stock_faults() -> Iterator[StockFault]:
    """Replay every chair and yield what its stored row, its numbering or its live allocation does not match."""
    promised = dict(Allocation.objects.live().values_list("chair_id", "need__child_id"))
    chairs = Chair.objects.order_by("pk").prefetch_related(
        models.Prefetch("events", queryset=ChairEvent.objects.in_order())
    )
    for chair in chairs.iterator(chunk_size=500):
        events = list(chair.events.all())
        numbers = [event.sequence for event in events]
        if numbers != list(range(1, len(events) + 1)):
            yield StockFault(chair.label, "numbering", str(numbers), f"1-{len(events)}")
        try:
            result = replay(events, is_new=chair.is_new)
        except Refusal as refusal:
            yield StockFault(chair.label, "replay", chair.state, refusal.message)
            continue
        stored = (chair.state, chair.depot_id, chair.holder_id)
        for name, is_stored, should_be in zip(("state", "depot", "holder"), stored, cached(result), strict=True):
            if is_stored != should_be:
                yield StockFault(chair.label, name, str(is_stored), str(should_be))
        if result.promised_to_id != promised.get(chair.pk):
            yield StockFault(chair.label, "promise", str(promised.get(chair.pk)), str(result.promised_to_id))
