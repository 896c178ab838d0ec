"""Chairs on the road: plan a round, load it chair by chair, bring back what was not left, reckon it up and close it.

Whoever changes several rows locks them in this order: initiative, round, child, allocation, need, chair, and the
journal's head last. A closed round takes no change from the office; what a phone tells late is recorded all the same
and opens its reckoning again.
"""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Province
from distributions import planning, reckoning, stocktaking
from distributions.delivering import NotYourRound
from distributions.models import (
    Allocation,
    Chair,
    ChairEvent,
    Delivery,
    Depot,
    Initiative,
    Round,
    RoundChair,
)
from distributions.planning import InitiativeTakesNoMore, StatusDoesNotAllow
from distributions.stocktaking import ReasonMissing
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.locking import hold
from hajar.lib.refusals import Refusal

Status, Outcome = Allocation.Status, Delivery.Outcome

FITTING = ("fits_width", "fits_depth", "feet_supported", "sits_upright")
MOST_SPARES = 10  # a vehicle is small, and a chair on the road serves nobody else


class NotOfThisInitiative(Refusal):
    sentence = _("A reservation of this round belongs to another initiative.")


class OnAnotherRound(Refusal):
    sentence = _("A chair of this round is already on another round.")


class NothingToDeliver(Refusal):
    sentence = _("A round needs at least one approved reservation.")


class NothingToLoad(Refusal):
    sentence = _("No chair of this round is prepared.")


class RoundInThePast(Refusal):
    sentence = _("A round cannot be planned in the past.")


class RoundHasLeft(Refusal):
    sentence = _("Chairs of this round are already loaded: it cannot be changed.")


class CannotDeliver(Refusal):
    sentence = _("This person has no right to record deliveries.")


class SpareNotAvailable(Refusal):
    sentence = _("%(label)s cannot travel as a spare chair: it is “%(state)s”.")


class TooManySpares(Refusal):
    sentence = _("A round takes at most %(most)s spare chairs.")


class NotOnTheList(Refusal):
    sentence = _("%(label)s is not on the list of this round: leave it where it is.")


class AlreadyLoaded(Refusal):
    sentence = _("%(label)s is loaded already.")


class NotPrepared(Refusal):
    sentence = _("%(label)s is not ready to leave: it is “%(status)s”.")


class NotOnTheRoad(Refusal):
    sentence = _("This chair is not on the road.")


class RoundIsClosed(Refusal):
    sentence = _("This round is closed: nothing of it can be changed any more.")


class NothingToExplain(Refusal):
    sentence = _("Nothing has to be explained about this chair.")


class DifferencesOpen(Refusal):
    sentence = _("The round cannot be closed: %(chairs)s — count again, or explain the difference.")


class NothingLeft(Refusal):
    sentence = _("No chair of this round has left: there is nothing to close.")


# --- planning --------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_round(
    *,
    initiative: Initiative,
    volunteer: User,
    province: Province,
    day: date,
    allocations: Sequence[Allocation],
    by,
    note: str = "",
    spares: Sequence[Chair] = (),
) -> Round:
    """Give a volunteer a trip on a day: the allocations are its stops, in this order; spare chairs travel along."""
    initiative = planning.lock_initiative(initiative)
    if not initiative.takes_allocations:
        raise InitiativeTakesNoMore
    _refuse_unless_deliverable(volunteer, day)
    round = Round.objects.create(initiative=initiative, volunteer=volunteer, province=province, day=day, note=note)
    stops = _put_on(round, allocations)
    _choose_spares(round, spares)
    journal.record("round.planned", round, by=by, payload=_plan_in_short(round, stops, spares))
    return round


@transaction.atomic
def correct_round(
    round: Round,
    *,
    volunteer: User,
    province: Province,
    day: date,
    allocations: Sequence[Allocation],
    by,
    note: str = "",
    spares: Sequence[Chair] | None = None,
) -> Round:
    """Change a round before it is loaded: volunteer, day, place, stops and their order; spare chairs unless None."""
    round = lock_open(round)
    stops = list(round.allocations.select_for_update(no_key=True).order_by("pk"))
    has_left = any(allocation.status in (Status.LOADED, Status.DELIVERED) for allocation in stops)
    if has_left or round.chairs.filter(loaded_at__isnull=False, back_at=None).exists():
        raise RoundHasLeft
    _refuse_unless_deliverable(volunteer, day)
    kept = {allocation.pk for allocation in allocations}
    for allocation in stops:
        if allocation.is_live and allocation.pk not in kept:
            _take_off_round(allocation)
    if round.volunteer_id != volunteer.pk:
        round.opened_at = round.downloaded_at = None  # she has not looked yet
    round.volunteer, round.province, round.day, round.note = volunteer, province, day, note
    round.save(update_fields=["volunteer", "province", "day", "note", "opened_at", "downloaded_at"])
    numbers = _put_on(round, allocations)
    if spares is not None:
        _choose_spares(round, spares)
    journal.record("round.corrected", round, by=by, payload=_plan_in_short(round, numbers, spares or ()))
    return round


@transaction.atomic
def reorder(round: Round, *, allocations: Sequence[Allocation], by) -> Round:
    """Drive to the stops in this order; also on the day itself, as long as the round is not closed.

    Stops that are not named follow in the order they had.
    """
    round = lock_open(round)
    stops = list(round.allocations.select_for_update(no_key=True).order_by("stop", "pk"))
    places = {allocation.pk: place for place, allocation in enumerate(allocations)}
    stops.sort(key=lambda row: places.get(row.pk, len(places)))
    before = [row.stop for row in stops]
    for number, row in enumerate(stops, 1):
        row.stop = number
    if before != [row.stop for row in stops]:
        Allocation.objects.bulk_update(stops, ["stop"])
        journal.record("round.reordered", round, by=by, payload={"stops": len(stops)})
    return round


def _plan_in_short(round: Round, stops: int, spares: Sequence[Chair]) -> dict:
    return {
        "day": round.day,
        "stops": stops,
        "province": round.province.name_fr,
        **({"spare": [chair.label for chair in spares]} if spares else {}),
    }


def _refuse_unless_deliverable(volunteer, day: date) -> None:
    if day < timezone.localdate():
        raise RoundInThePast
    if not volunteer.is_active or not volunteer.has_perm("distributions.record_delivery"):
        raise CannotDeliver


def _put_on(round: Round, allocations: Sequence[Allocation]) -> int:
    """Number the allocations as stops of the round, in the order given; returns how many they are."""
    order = {allocation.pk: stop for stop, allocation in enumerate(allocations, start=1)}
    if not order:
        raise NothingToDeliver
    for allocation in Allocation.objects.select_for_update(no_key=True).filter(pk__in=order).order_by("pk"):
        if allocation.initiative_id != round.initiative_id:
            raise NotOfThisInitiative
        if allocation.status not in (Status.APPROVED, Status.PREPARED):
            raise StatusDoesNotAllow(status=allocation.get_status_display())
        if allocation.round_id not in (None, round.pk):
            raise OnAnotherRound
        allocation.round, allocation.stop = round, order[allocation.pk]
        allocation.save(update_fields=["round", "stop"])
    return len(order)


def _take_off_round(allocation: Allocation) -> None:
    allocation.round = allocation.stop = None
    allocation.save(update_fields=["round", "stop"])


def _choose_spares(round: Round, spares: Sequence[Chair]) -> None:
    """Let exactly these chairs travel without a stop. Those that left with an earlier load keep their line."""
    if len(spares) > MOST_SPARES:
        raise TooManySpares(most=MOST_SPARES)
    wanted = {chair.pk for chair in spares}
    round.chairs.spare().filter(loaded_at=None, explanation="").exclude(chair__in=wanted).delete()
    offered = set(Chair.objects.offered(round.day).filter(pk__in=wanted).values_list("pk", flat=True))
    for chair in Chair.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"):
        elsewhere = RoundChair.objects.spare().filter(chair=chair, back_at=None, round__closed_at=None)
        if chair.pk not in offered or chair.state != Chair.State.AVAILABLE:
            raise SpareNotAvailable(label=chair.label, state=chair.get_state_display())
        if elsewhere.exclude(round=round).exists():
            raise OnAnotherRound
        RoundChair.objects.update_or_create(round=round, chair=chair, defaults={"allocation": None})


# --- on the phone ----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_round(round: Round, *, by, device: str = "") -> Round:
    """Note that the volunteer has looked at her round for the first time; to look again changes nothing."""
    return _note_once(round, "opened_at", "round.opened", by=by, device=device)


@transaction.atomic
def note_download(round: Round, *, by, device: str = "") -> Round:
    """Note that the round was kept on the volunteer's phone for the first time: the phone says which it holds."""
    return _note_once(round, "downloaded_at", "round.downloaded", by=by, device=device)


def _note_once(round: Round, moment: str, act: str, *, by, device: str) -> Round:
    round = lock(round)
    if round.volunteer_id != by.pk:
        raise NotYourRound
    if getattr(round, moment) is None:
        setattr(round, moment, timezone.now())
        round.save(update_fields=[moment])
        journal.record(act, round, by=by, device=device)
    return round


# --- loading ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def load(round: Round, *, by, chairs: Collection[Chair] | None = None) -> list[Allocation]:
    """Put chairs of a round into the vehicle: these, or all that are ready; what is not prepared stays behind.

    Returns the stops whose chairs were loaded now; one that was loaded before is passed over. Raises NotOnTheList,
    NotPrepared or SpareNotAvailable for a chair that was named and cannot leave; AlreadyLoaded or NothingToLoad when
    nothing is left to do.
    """
    round = lock_open(round)
    named = None if chairs is None else {chair.pk for chair in chairs}
    live = Allocation.objects.live().filter(round=round)
    stops = {row.chair_id: row for row in planning.hold_allocations(live)}
    lines = {line.chair_id: line for line in round.chairs.select_related("chair")}
    spares = {pk: line for pk, line in lines.items() if line.is_spare and pk not in stops}
    for chair in chairs or ():
        _refuse_to_load(chair, stops.get(chair.pk), spares.get(chair.pk))
    prepared = [row for pk, row in stops.items() if row.status == Status.PREPARED and (named is None or pk in named)]
    waiting = [line for pk, line in spares.items() if _waits(line) and (named is None or pk in named)]
    leaving: dict = {row.chair_id: row for row in prepared} | {line.chair_id: None for line in waiting}
    if not leaving:
        raise AlreadyLoaded(label=next(iter(chairs)).label) if chairs else NothingToLoad
    now = timezone.now()
    for pk in sorted(leaving):
        _load_one(round, pk, leaving[pk], is_named=named is not None, now=now, by=by)
    for allocation in prepared:
        planning.journal_allocation("allocation.loaded", allocation, by, round=str(round.pk))
    if waiting:
        loaded = [line.chair.label for line in waiting]
        journal.record("round.spares_loaded", round, by=by, payload={"chairs": loaded})
    return prepared


def _waits(line: RoundChair) -> bool:
    return not line.is_loaded or line.is_back


def _refuse_to_load(chair: Chair, allocation: Allocation | None, line: RoundChair | None) -> None:
    """Say what is wrong with a chair that somebody named; the lists give only those that may leave."""
    if allocation is None and line is None:
        raise NotOnTheList(label=chair.label)
    if allocation is not None and allocation.status not in (Status.PREPARED, Status.LOADED):
        raise NotPrepared(label=chair.label, status=allocation.get_status_display())


def _load_one(round: Round, pk, allocation: Allocation | None, *, is_named: bool, now, by) -> None:
    chair = Chair.objects.select_for_update(no_key=True).get(pk=pk)
    if allocation is None:
        if chair.state != Chair.State.AVAILABLE or not Chair.objects.not_recalled().filter(pk=pk).exists():
            # Promised or called back since it was chosen: that is no reason to hold the others up.
            if not is_named:
                return
            raise SpareNotAvailable(label=chair.label, state=chair.get_state_display())
        stocktaking.append_event(chair, ChairEvent.Kind.LOADED, by=by)
    else:
        planning.refuse_unless_ready(chair)
        allocation.status = Status.LOADED
        allocation.save(update_fields=["status"])
        stocktaking.append_event(chair, ChairEvent.Kind.LOADED, by=by, child=allocation.need.child)
    kept = {"allocation": allocation, "loaded_at": now, "loaded_by": by, "back_at": None, "back_by": None}
    RoundChair.objects.update_or_create(
        round=round, chair=chair, defaults={**kept, "explanation": "", "explained_at": None, "explained_by": None}
    )


# --- back again ------------------------------------------------------------------------------------------------------


@transaction.atomic
def bring_back(
    allocation: Allocation, *, by, depot: Depot | None = None, was_tried_on: bool | None = None
) -> Allocation:
    """Unload the chair of a stop that was not left, by default into the depot it came from.

    One that was tried on in a home, by its entries unless told here, is disinfected and checked before all else. A
    stop that merely failed keeps its reservation and waits for another round; one that ended stays as it is.
    """
    if allocation.round_id is not None:
        lock(Round(pk=allocation.round_id))  # closed or not: a chair that comes home is a fact
    allocation = planning.hold_allocations(Allocation.objects.filter(pk=allocation.pk)).get()
    if was_tried_on is None:
        was_tried_on = _was_tried_on(allocation)
    chair = allocation.chair = stocktaking.lock(allocation.chair)
    round, child = allocation.round, allocation.need.child if was_tried_on else None
    if chair.state != Chair.State.LOADED or allocation.status not in (Status.LOADED, Status.RELEASED):
        raise NotOnTheRoad
    depot = depot or stocktaking.last_depot(chair)
    if allocation.status == Status.RELEASED:
        stocktaking.record_chair_event(chair=chair, kind=ChairEvent.Kind.UNLOADED, by=by, depot=depot, child=child)
        _note_back(round, chair, by=by)
        return allocation
    stocktaking.append_event(chair, ChairEvent.Kind.UNLOADED, by=by, depot=depot, child=child)
    _note_back(round, chair, by=by)
    allocation.status = Status.APPROVED if was_tried_on else Status.PREPARED
    allocation.save(update_fields=["status"])
    _take_off_round(allocation)
    place = depot.name if depot else ""
    planning.journal_allocation("allocation.brought_back", allocation, by, depot=place, was_tried_on=was_tried_on)
    return allocation


def _was_tried_on(allocation: Allocation) -> bool:
    answered = (Delivery.Check.YES, Delivery.Check.NO)
    return any(
        entry.outcome == Outcome.DID_NOT_FIT or any(getattr(entry, name) in answered for name in FITTING)
        for entry in allocation.deliveries.exclude(outcome=Outcome.DELIVERED)
    )


def _note_back(round: Round | None, chair: Chair, *, by) -> None:
    if round is not None:
        lines = RoundChair.objects.filter(round=round, chair=chair, loaded_at__isnull=False)
        lines.update(back_at=timezone.now(), back_by=by)


@transaction.atomic
def count_back(round: Round, chair: Chair, *, by, depot: Depot | None = None) -> RoundChair:
    """Say that a chair stands in the depot again after the round, whatever the entries say of it.

    One that was handed over by its entry is counted all the same: the reckoning shows the contradiction. One that
    comes home after the round was closed is counted, too. Raises NotOnTheList for a chair that this round has not
    loaded, and RoundIsClosed where nothing is missing.
    """
    round = lock(round)
    line = round.chairs.filter(chair=chair, loaded_at__isnull=False).select_related("allocation", "chair").first()
    if line is None:
        raise NotOnTheList(label=chair.label)
    is_on_the_road = not line.is_back and Chair.objects.filter(pk=chair.pk, state=Chair.State.LOADED).exists()
    if not is_on_the_road:
        _refuse_if_closed(round)
    if line.is_back:
        return line
    allocation = line.allocation
    is_of_this_round = allocation is not None and allocation.round_id == round.pk
    locked = stocktaking.lock(chair)
    if allocation is not None and is_of_this_round and locked.state == Chair.State.LOADED:
        bring_back(allocation, by=by, depot=depot)
    elif locked.state == Chair.State.LOADED:
        depot = depot or stocktaking.last_depot(locked)
        stocktaking.record_chair_event(chair=locked, kind=ChairEvent.Kind.UNLOADED, by=by, depot=depot)
        _note_back(round, locked, by=by)
    else:
        _note_back(round, locked, by=by)
        payload = {"chair": locked.label, "state": locked.state}
        journal.record("round.chair_counted_back", round, by=by, payload=payload)
    line.refresh_from_db()
    return line


# --- reckoning up ----------------------------------------------------------------------------------------------------


@transaction.atomic
def explain(round: Round, chair: Chair, *, by, explanation: str) -> RoundChair:
    """Say in a sentence why load-out, hand-over and load-back of a chair do not agree. Kept under one's name."""
    round = lock_open(round)
    explanation = explanation.strip()[:300]
    if not explanation:
        raise ReasonMissing
    found = {line.chair.pk: line for line in reckoning.reckon(round)}.get(chair.pk)
    if found is None or found.agrees:
        raise NothingToExplain
    line, _is_new = RoundChair.objects.get_or_create(
        round=round, chair=chair, defaults={"allocation": found.allocation}
    )
    line.explanation, line.explained_at, line.explained_by = explanation, timezone.now(), by
    line.save(update_fields=["explanation", "explained_at", "explained_by"])
    payload = {"chair": chair.label, "difference": found.difference, "explanation": explanation}
    journal.record("round.difference_explained", round, by=by, payload=payload)
    return line


@transaction.atomic
def close_round(round: Round, *, by) -> Round:
    """Say that every chair of the round is accounted for. Raises RoundIsClosed, NothingLeft or DifferencesOpen."""
    round = lock_open(round)
    lines = reckoning.reckon(round)
    if not any(line.is_loaded or line.given_to for line in lines):
        raise NothingLeft
    if open_ones := [line for line in lines if line.is_open]:
        raise DifferencesOpen(chairs=", ".join(line.chair.label for line in open_ones))
    was_closed = round.is_closed
    round.closed_at, round.closed_by = timezone.now(), by
    round.save(update_fields=["closed_at", "closed_by"])
    payload = {
        "loaded": sum(line.is_loaded for line in lines),
        "given": sum(line.given_to is not None for line in lines),
        "back": sum(line.is_back for line in lines),
        "explained": [line.chair.label for line in lines if not line.agrees],
        "again": was_closed,
    }
    journal.record("round.closed", round, by=by, payload=payload)
    return round


def lock(round: Round) -> Round:
    """The round's row, locked until the end of the transaction."""
    return hold(Round.objects.filter(pk=round.pk).select_related("province")).get()


def lock_open(round: Round) -> Round:
    """The same, refused once the round is closed, unless an entry that came later has opened its reckoning again."""
    round = lock(round)
    _refuse_if_closed(round)
    return round


def _refuse_if_closed(round: Round) -> None:
    if round.is_closed and not reckoning.late_entries(round).exists():
        raise RoundIsClosed
