"""From an initiative's first draft to chairs that are ready to go: propose, approve, prepare, release.

Whoever changes several rows locks them in this order: initiative, child, allocation, need, chair, and the journal's
head last.
That a chair and a need have at most one live allocation is a constraint of the database; the locks make the second
person's refusal a clear one.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Need
from distributions import choosing, preparing, stocktaking
from distributions.models import Allocation, Chair, ChairEvent, Initiative, Partner
from distributions.models.allocations import AllocationQuerySet
from distributions.stocktaking import ReasonMissing
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.locking import hold
from hajar.lib.refusals import Refusal

Status, State = Allocation.Status, Initiative.State

MEASURES = (
    "hip_width_mm", "seat_depth_left_mm", "seat_depth_right_mm", "calf_left_mm", "calf_right_mm", "rib_height_mm",
    "scapula_height_mm", "shoulder_height_mm", "axilla_left_mm", "axilla_right_mm", "skull_base_mm",
)  # fmt: skip

# Where an initiative can go from each state: on, and back as long as nothing has left the depot.
MOVES: dict[str, tuple[Initiative.State, ...]] = {
    State.DRAFT: (State.LOCKED,),
    State.LOCKED: (State.APPROVED, State.DRAFT),
    State.APPROVED: (State.UNDER_WAY, State.LOCKED),
    State.UNDER_WAY: (State.RECONCILED,),
    State.RECONCILED: (State.CLOSED, State.UNDER_WAY),
    State.CLOSED: (),
}


# Why a reservation ends when its need is closed; with any other reason, that reason in words.
RELEASED_WITH: dict[str, Allocation.Release] = {
    Need.Closing.FILE_CLOSED: Allocation.Release.FILE_CLOSED,
    Need.Closing.DECLINED: Allocation.Release.FAMILY_DECLINED,
    Need.Closing.ERROR: Allocation.Release.MISTAKE,
}


class MoveNotPossible(Refusal):
    sentence = _("An initiative that is “%(state)s” cannot become “%(target)s”.")


class ChairsOnTheRoad(Refusal):
    sentence = _(
        "Some chairs of this initiative are still on the road: record their deliveries or bring them back first."
    )


class PlanHoldsReservations(Refusal):
    sentence = _("Reservations of the locked plan still wait for an approval: take the lock back on the plan's page.")


class ReservationsOpen(Refusal):
    sentence = _("Some chairs are still reserved in this initiative: deliver or release them first.")


class InitiativeTakesNoMore(Refusal):
    sentence = _("This initiative is finished: it takes no more reservations.")


class NeedIsClosed(Refusal):
    sentence = _("This need is closed: the child is no longer on the waiting list for this chair.")


class ChildNotFollowed(Refusal):
    sentence = _("The association no longer follows this child.")


class NeedHasChair(Refusal):
    sentence = _("A chair is already reserved for this child.")


class ChairIsPromised(Refusal):
    sentence = _("This chair is already promised to another child.")


class ChairNotAvailable(Refusal):
    sentence = _("This chair is not available: it is “%(state)s”.")


class ChairNotReady(Refusal):
    sentence = _("The chair is not ready: it is “%(state)s”.")


class ChairRecalled(Refusal):
    sentence = _("This chair is called back for safety: it goes to no child until it is made safe.")


class HandOverBlocked(Refusal):
    sentence = _("Something stands against this hand-over. Solve it, or let a named person overrule it: %(what)s")


class SamePerson(Refusal):
    sentence = _("The person who proposed cannot approve: ask a colleague.")


class StatusDoesNotAllow(Refusal):
    sentence = _("This is not possible while the reservation is “%(status)s”.")


# --- initiatives -----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_partner(*, by, name_latin: str, name_arabic: str = "", contact: str = "") -> Partner:
    """Write down an organisation that gives to or works with initiatives."""
    partner = Partner.objects.create(name_latin=name_latin, name_arabic=name_arabic, contact=contact)
    journal.record("partner.added", partner, by=by, payload={"name": name_latin})
    return partner


@transaction.atomic
def create_initiative(*, by, partners: Iterable[Partner] = (), **fields) -> Initiative:
    """Begin a campaign as a draft."""
    initiative = Initiative.objects.create(**fields)
    partners = list(partners)
    initiative.partners.set(partners)
    payload = {"name": initiative.name_fr, "target": initiative.target, "partners": [str(p) for p in partners]}
    journal.record("initiative.created", initiative, by=by, payload=payload)
    return initiative


@transaction.atomic
def correct_initiative(
    initiative: Initiative, *, by, partners: Iterable[Partner] | None = None, **fields
) -> Initiative:
    """Mend a campaign's name, dates, target, budget or partners; its state moves by move_initiative alone."""
    locked = lock_initiative(initiative)
    changed = {}
    for name, value in fields.items():
        before = getattr(locked, name)
        if before != value:
            changed[name] = [str(before if before is not None else ""), str(value if value is not None else "")]
            setattr(locked, name, value)
    if partners is not None:
        before_names = sorted(str(partner) for partner in locked.partners.all())
        locked.partners.set(partners := list(partners))
        after_names = sorted(str(partner) for partner in partners)
        if before_names != after_names:
            changed["partners"] = [", ".join(before_names), ", ".join(after_names)]
    if changed:
        locked.save()
        journal.record("initiative.corrected", locked, by=by, payload={"changed": changed})
    return locked


@transaction.atomic
def move_initiative(initiative: Initiative, *, to: str, by) -> Initiative:
    """Bring a campaign to its next state, or a step back while nothing has left the depot."""
    locked = lock_initiative(initiative)
    before = locked.state
    if to not in MOVES[before]:
        raise MoveNotPossible(state=locked.get_state_display(), target=dict(State.choices).get(to, to))
    live = locked.allocations.live()
    if to == State.DRAFT and live.planned().exists():
        raise PlanHoldsReservations
    if to == State.RECONCILED and live.filter(status=Status.LOADED).exists():
        raise ChairsOnTheRoad
    if to in (State.RECONCILED, State.CLOSED) and live.exists():
        raise ReservationsOpen
    locked.state = to
    locked.save(update_fields=["state"])
    journal.record("initiative.state_changed", locked, by=by, payload={"from": before, "to": to})
    return locked


def next_states(initiative: Initiative) -> tuple[Initiative.State, ...]:
    """Where this campaign can go from here, onwards first."""
    return MOVES[initiative.state]


@dataclass(frozen=True)
class Progress:
    """How far a campaign has come: chairs by what has become of them, and money by the catalogue's prices (MAD)."""

    target: int
    counts: dict[str, int]
    budget_mad: Decimal | None
    spent_mad: Decimal
    unpriced: int  # chairs whose model has no price
    seen: dict[str, int] = field(default_factory=dict)  # as counts, of the allocations that the reader sees

    @property
    def delivered(self) -> int:
        return self.counts.get(Status.DELIVERED, 0)

    @property
    def promised(self) -> int:
        """Reserved and not handed over yet."""
        return sum(self.counts.get(status, 0) for status in Allocation.LIVE)

    @property
    def missing(self) -> int:
        """Chairs still to be reserved to reach the target."""
        return max(0, self.target - self.delivered - self.promised)

    @property
    def is_over_budget(self) -> bool:
        return self.budget_mad is not None and self.spent_mad > self.budget_mad


def progress(initiative: Initiative, *, among: QuerySet[Allocation] | None = None) -> Progress:
    """Count a campaign's allocations and what their chairs cost; one query. `among`: those that `seen` counts."""
    return progress_of([initiative], among=among)[initiative.pk]


def progress_of(
    initiatives: Iterable[Initiative], *, among: QuerySet[Allocation] | None = None
) -> dict[uuid.UUID, Progress]:
    """The progress of several campaigns; one query for all."""
    found = {
        initiative.pk: Progress(initiative.target, {}, initiative.budget_mad, Decimal(0), 0)
        for initiative in initiatives
    }
    is_seen = Q() if among is None else Q(pk__in=among.values("pk"))
    rows = (
        Allocation.objects.filter(initiative__in=found)
        .values_list("initiative", "status")
        .annotate(
            number=Count("pk"),
            cost=Sum("chair__model__price_mad"),
            priced=Count("chair__model__price_mad"),
            seen=Count("pk", filter=is_seen),
        )
        .order_by("initiative", "status")
    )
    for pk, status, number, cost, priced, seen in rows:
        progress, counts_money = found[pk], status != Status.RELEASED
        found[pk] = replace(
            progress,
            counts=progress.counts | {status: number},
            seen=progress.seen | {status: seen},
            spent_mad=progress.spent_mad + (cost or 0) * counts_money,
            unpriced=progress.unpriced + (number - priced) * counts_money,
        )
    return found


# --- reserving -------------------------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *, need: Need, chair: Chair, initiative: Initiative, by, reason: str = "", judged: choosing.Candidate | None = None
) -> Allocation:
    """Reserve a chair for a need in an initiative, with the facts as they are now.

    `judged` is the judgement, by whoever has made it with the child and the chair locked; else it is made here.
    Raises InitiativeTakesNoMore, NeedIsClosed, ChildNotFollowed, NeedHasChair, ChairIsPromised or ChairNotAvailable.
    """
    initiative = lock_initiative(initiative)
    if not initiative.takes_allocations:
        raise InitiativeTakesNoMore
    Child.with_merged.lock_of(need)  # nobody closes her file or the need meanwhile
    need = hold(Need.objects.filter(pk=need.pk).select_related("child", "assessment")).get()
    _refuse_unless_waiting(need)
    if need.allocations.live().exists():
        raise NeedHasChair
    locked = hold(Chair.objects.filter(pk=chair.pk).select_related("model")).get()
    if locked.allocations.live().exists():
        raise ChairIsPromised
    if locked.state != Chair.State.AVAILABLE:
        raise ChairNotAvailable(state=locked.get_state_display())
    _refuse_if_recalled(locked)
    allocation = Allocation(
        need=need,
        chair=locked,
        initiative=initiative,
        proposed_by=by,
        reason=reason.strip(),
        facts=facts(need, locked, judged),
    )
    _insert(allocation)
    stocktaking.append_event(locked, ChairEvent.Kind.RESERVED, by=by, child=need.child)
    journal_allocation("allocation.proposed", allocation, by, reason=allocation.reason)
    return allocation


def _insert(allocation: Allocation) -> None:
    """Save a new allocation; where the constraint knows better than the locks, say which of the two was taken."""
    try:
        with transaction.atomic():
            allocation.save(force_insert=True)
    except IntegrityError as fault:
        taken = NeedHasChair if Allocation.objects.live().filter(need=allocation.need_id).exists() else ChairIsPromised
        raise taken from fault


def facts(need: Need, chair: Chair, judged: choosing.Candidate | None = None) -> dict:
    """What spoke for this chair on this day: score, urgency, wait, measures, how it fits and how long it will last.

    Kept in the allocation for ever. A judgement that was `judged` already looks ahead to the 18th birthday.
    """
    candidate = judged or choosing.judged(need, chair)
    known = candidate.known
    measures = {name: known.get(name) for name in MEASURES}
    for name in ("mass_kg", "height_cm"):
        value = known.get(name)
        measures[name] = None if value is None else str(value)
    return {
        "day": timezone.localdate().isoformat(),
        "rule_version": need.rule_version,
        "score": need.score_text,
        "score_low": need.score_low,
        "score_high": need.score_high,
        "is_urgent": need.is_urgent,
        "is_overridden": need.is_overridden,
        "days_waiting": need.days_waiting(),
        "age": need.child.age,
        "assessed_on": need.assessment.assessed_on.isoformat(),
        "measures": {name: value for name, value in measures.items() if value is not None},
        "chair": chair.label,
        "model": str(chair.model),
        "choice": choosing.frozen(candidate),
    }


@transaction.atomic
def approve(allocation: Allocation, *, by) -> Allocation:
    """Agree, as a second person, that this chair goes to this child."""
    allocation = lock_allocation(allocation, Status.PROPOSED)
    if allocation.proposed_by_id == by.pk:
        raise SamePerson
    _refuse_unless_waiting(hold(Need.objects.filter(pk=allocation.need_id).select_related("child")).get())
    allocation.status, allocation.approved_by, allocation.approved_at = Status.APPROVED, by, timezone.now()
    allocation.save(update_fields=["status", "approved_by", "approved_at"])
    journal_allocation("allocation.approved", allocation, by)
    return allocation


@transaction.atomic
def prepare(
    allocation: Allocation,
    *,
    by,
    answers: Mapping[str, str],
    disinfectant: str = "",
    note: str = "",
    photo: bytes | None = None,
) -> Allocation:
    """Say, point by point, that the chair is safe, set to the child's measures and ready to go.

    `answers` maps each Preparation.Point to an Answer; raises a refusal of preparing where one is not in order, and
    HandOverBlocked while something of the fit stands against it that nobody solved or overruled.
    """
    allocation = lock_allocation(allocation, Status.APPROVED)
    refuse_unless_ready(stocktaking.lock(allocation.chair))
    _refuse_while_blocked(allocation)
    preparation = preparing.write(allocation, by=by, answers=answers, disinfectant=disinfectant, note=note, photo=photo)
    allocation.status = Status.PREPARED
    allocation.save(update_fields=["status"])
    stocktaking.append_event(
        allocation.chair, ChairEvent.Kind.PREPARED, by=by, child=allocation.need.child, note=preparation.note
    )
    journal_allocation("allocation.prepared", allocation, by, disinfectant=preparation.disinfectant)
    return allocation


def _refuse_while_blocked(allocation: Allocation) -> None:
    if against := choosing.open_blockers(allocation):
        raise HandOverBlocked(what=" ".join(against))


@transaction.atomic
def release(allocation: Allocation, *, by, release: str, note: str = "") -> Allocation:
    """Give a reservation up. The chair is free again where it is; on the road it stays loaded until brought back.

    A chair released because it is damaged goes to repair, so that nobody is offered it.
    """
    allocation = lock_allocation(allocation, *Allocation.LIVE)
    if not release or (release == Allocation.Release.OTHER and not note.strip()):
        raise ReasonMissing
    before = allocation.status
    _give_up(allocation, by=by, release=release, note=note.strip())
    if release == Allocation.Release.CHAIR_DAMAGED and allocation.chair.state in stocktaking.IN_A_DEPOT:
        why = note.strip() or str(Allocation.Release.CHAIR_DAMAGED.label)
        stocktaking.append_event(allocation.chair, ChairEvent.Kind.REPAIR_BEGUN, by=by, note=why)
    journal_allocation("allocation.released", allocation, by, release=release, note=allocation.release_note, was=before)
    return allocation


def hold_for_needs(needs: Collection[uuid.UUID]) -> Callable[[User, str], None]:
    """Lock what is reserved for needs that are about to close; the function returned releases it, and says why.

    Registered with beneficiaries.closing. It never refuses: a child's death is not put off because of a chair.
    """
    held = list(hold_allocations(Allocation.objects.live().filter(need__in=needs)))
    before = {allocation.pk: allocation.status for allocation in held}

    def let_go(by: User, closing: str) -> None:
        why = RELEASED_WITH.get(closing, Allocation.Release.OTHER)
        note = str(Need.Closing(closing).label) if why == Allocation.Release.OTHER else ""
        for allocation in sorted(held, key=lambda allocation: allocation.chair_id):
            _give_up(allocation, by=by, release=why, note=note)
        for allocation in held:
            journal_allocation("allocation.released", allocation, by, release=why, note=note, was=before[allocation.pk])

    return let_go


def _give_up(allocation: Allocation, *, by, release: str, note: str = "") -> None:
    """End a locked reservation and free its chair, unless another entry's hand-over has freed it before."""
    if stocktaking.state_of(stocktaking.lock(allocation.chair)).is_promised:
        stocktaking.append_event(allocation.chair, ChairEvent.Kind.RELEASED, by=by, note=note)
    allocation.status, allocation.release, allocation.release_note = Status.RELEASED, release, note
    allocation.ended_at = timezone.now()
    allocation.save(update_fields=["status", "release", "release_note", "ended_at"])


# --- what they share -------------------------------------------------------------------------------------------------


def lock_initiative(initiative: Initiative) -> Initiative:
    """The initiative's row, locked until the end of the transaction."""
    return Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)


def hold_allocations(rows: AllocationQuerySet) -> QuerySet[Allocation]:
    """These allocations, locked, with what they are about."""
    return hold(rows.select_related("chair__model", "need__child", "initiative"))


def lock_allocation(allocation: Allocation, *statuses: str) -> Allocation:
    """The allocation's row, locked; refused unless it has one of these statuses."""
    locked = hold_allocations(Allocation.objects.filter(pk=allocation.pk)).get()
    if locked.status not in statuses:
        raise StatusDoesNotAllow(status=locked.get_status_display())
    return locked


def _refuse_unless_waiting(need: Need) -> None:
    if not need.is_open:
        raise NeedIsClosed
    if not need.child.is_followed:
        raise ChildNotFollowed


def refuse_unless_ready(chair: Chair) -> None:
    """Raises ChairNotReady, or ChairRecalled: such a chair leaves no depot."""
    if chair.state != Chair.State.RESERVED:
        raise ChairNotReady(state=chair.get_state_display())
    _refuse_if_recalled(chair)


def _refuse_if_recalled(chair: Chair) -> None:
    if Chair.objects.recalled().filter(pk=chair.pk).exists():
        raise ChairRecalled


def journal_allocation(act: str, allocation: Allocation, by, **payload) -> None:
    """The last statement of an activity about a reservation: what became of it, on the child's page."""
    payload = {
        "chair": allocation.chair.label,
        "initiative": str(allocation.initiative_id),
        "status": allocation.status,
        **payload,
    }
    journal.record(act, allocation, by=by, subject=allocation.need.child, payload=payload)
