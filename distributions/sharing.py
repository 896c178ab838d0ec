"""Sharing out an initiative: what staff decide about its plan, the lock that freezes it, the second person's approval.

A plan is computed, never stored, until it is locked: then each pair becomes a reservation with the facts as they were.
Whoever changes several rows locks them in this order: initiative, child, allocation, need, chair, and the journal's
head last. Every decision names the version of the plan that it was taken on: of two planners the second is told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import queueing
from beneficiaries.models import Child, Need, Region
from distributions import balancing, planning, weighing
from distributions.balancing import Plan, PlannedPair
from distributions.models import Allocation, Chair, Initiative, PlanLock, PlanRule, RegionFloor
from distributions.planning import SamePerson
from distributions.stocktaking import ReasonMissing
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal

Kind, State, Status = PlanRule.Kind, Initiative.State, Allocation.Status


class PlanChanged(Refusal):
    sentence = _("Somebody else changed the plan meanwhile: look at it again, then decide.")


class FactsChanged(Refusal):
    sentence = _(
        "What can be shared out has changed since you opened this page (a child, a chair or a measure): look again."
    )


class PlanIsLocked(Refusal):
    sentence = _("The plan is locked: take it back to the draft to change it.")


class PlanNotLocked(Refusal):
    sentence = _("Lock the plan first: only what is frozen can be approved.")


class AlreadyDecided(Refusal):
    sentence = _("There is a decision about this already: take it back first.")


class Contradiction(Refusal):
    sentence = _("This contradicts a decision in force: take that one back first.")


class RuleIsGone(Refusal):
    sentence = _("This decision was already taken back.")


class NotWaiting(Refusal):
    sentence = _("This child is no longer waiting for a chair here.")


class NotFree(Refusal):
    sentence = _("This chair is no longer free.")


class NothingToShare(Refusal):
    sentence = _("No chair goes to any child in this plan: there is nothing to lock.")


class NothingToApprove(Refusal):
    sentence = _("Nothing is left to approve within this limit.")


class PassesOver(Refusal):
    sentence = _(
        "Too much is unknown about %(children)s to be passed over. Complete the assessment, or leave the child out of "
        "this initiative by name and with a reason."
    )


class PriceMissing(Refusal):
    sentence = _("These chairs have no price: %(chairs)s. Give it in the catalogue, or approve by number.")


class OrderNeedsReason(Refusal):
    sentence = _("This is not the order of the plan: write why.")


# --- decisions on a plan ---------------------------------------------------------------------------------------------


def fix_pair(initiative: Initiative, *, need: Need, chair: Chair, reason: str, by, version: int) -> PlanRule:
    """Give this chair to this child whatever else is best."""
    return _decide(initiative, Kind.FIX, need=need, chair=chair, reason=reason, by=by, version=version)


def forbid_pair(initiative: Initiative, *, need: Need, chair: Chair, reason: str, by, version: int) -> PlanRule:
    """Keep this chair from this child."""
    return _decide(initiative, Kind.FORBID, need=need, chair=chair, reason=reason, by=by, version=version)


def exclude_need(initiative: Initiative, *, need: Need, reason: str, by, version: int) -> PlanRule:
    """Leave a child out of this initiative; she stays on the waiting list."""
    return _decide(initiative, Kind.EXCLUDE_NEED, need=need, reason=reason, by=by, version=version)


def exclude_chair(initiative: Initiative, *, chair: Chair, reason: str, by, version: int) -> PlanRule:
    """Leave a chair out of this initiative; it stays free for others."""
    return _decide(initiative, Kind.EXCLUDE_CHAIR, chair=chair, reason=reason, by=by, version=version)


@transaction.atomic
def swap(
    initiative: Initiative, *, first: tuple[Need, Chair], second: tuple[Need, Chair], reason: str, by, version: int
) -> list[PlanRule]:
    """Exchange two children's chairs: each pair names the child and the chair that she is to have. One decision."""
    locked = _lock_for_decision(initiative, version, reason)
    (one, _her_chair), (other, _other_chair) = first, second
    before = _standing(locked).filter(kind=Kind.FIX, need__in=[one.pk, other.pk])
    replaced = [str(pk) for pk in before.order_by("pk").values_list("pk", flat=True)]
    before.update(taken_back_at=timezone.now())
    rules = [
        _write_rule(locked, Kind.FIX, need=need, chair=chair, reason=reason, by=by) for need, chair in (first, second)
    ]
    _next_version(locked)
    for rule in rules:
        _journal_rule("plan.decided", rule, by, swapped=True, instead_of=replaced)
    return rules


@transaction.atomic
def take_back_rule(rule: PlanRule, *, reason: str, by, version: int) -> PlanRule:
    """Let the plan be as if a decision had not been taken; it stays in the journal."""
    locked = _lock_for_decision(rule.initiative, version, reason)
    rule = PlanRule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule.pk, initiative=locked)
    if rule.taken_back_at:
        raise RuleIsGone
    rule.taken_back_at = timezone.now()
    rule.save(update_fields=["taken_back_at"])
    _next_version(locked)
    _journal_rule("plan.decision_taken_back", rule, by, why=reason.strip())
    return rule


@transaction.atomic
def set_floor(initiative: Initiative, *, region: Region, least: int, by, version: int) -> RegionFloor | None:
    """Ask that at least so many children of a region be served; 0 asks for nothing any more."""
    locked = _lock_for_decision(initiative, version)
    before = RegionFloor.objects.filter(initiative=locked, region=region).first()
    floor = None
    if least:
        floor, _is_new = RegionFloor.objects.update_or_create(
            initiative=locked, region=region, defaults={"least": least}
        )
    elif before:
        before.delete()
    _next_version(locked)
    payload = {"region": region.name_fr, "from": before.least if before else 0, "to": least}
    journal.record("plan.floor_set", locked, by=by, payload=payload)
    return floor


@transaction.atomic
def _decide(
    initiative: Initiative, kind: str, *, reason: str, by, version: int, need: Need | None = None,
    chair: Chair | None = None,
) -> PlanRule:  # fmt: skip
    locked = _lock_for_decision(initiative, version, reason)
    rule = _write_rule(locked, kind, need=need, chair=chair, reason=reason, by=by)
    _next_version(locked)
    _journal_rule("plan.decided", rule, by)
    return rule


def _lock_for_decision(initiative: Initiative, version: int, reason: str | None = None) -> Initiative:
    """The initiative's row, locked; refused unless it is a draft, unchanged since it was shown, and a reason typed."""
    if reason is not None and not reason.strip():
        raise ReasonMissing
    locked = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    if locked.state != State.DRAFT:
        raise PlanIsLocked
    if locked.plan_version != version:
        raise PlanChanged
    return locked


def _next_version(initiative: Initiative) -> None:
    initiative.plan_version += 1
    initiative.save(update_fields=["plan_version"])


def _standing(initiative: Initiative):
    return PlanRule.objects.filter(initiative=initiative).standing()


def _write_rule(
    initiative: Initiative, kind: str, *, reason: str, by, need: Need | None = None, chair: Chair | None = None
) -> PlanRule:
    """One decision, refused where it is about what is no longer there or contradicts another."""
    if need and not Need.objects.open().filter(pk=need.pk, purpose__in=Need.CHAIRS).exists():
        raise NotWaiting
    if chair and not weighing.free_chairs().filter(pk=chair.pk).exists():
        raise NotFree
    for other in _standing(initiative):
        same_need = need is not None and other.need_id == need.pk
        same_chair = chair is not None and other.chair_id == chair.pk
        if (
            other.kind == kind
            and other.need_id == getattr(need, "pk", None)
            and other.chair_id == getattr(chair, "pk", None)
        ):
            raise AlreadyDecided
        if kind == Kind.FIX and other.kind == Kind.FIX and (same_need or same_chair):
            raise AlreadyDecided
        if {kind, other.kind} == {Kind.FIX, Kind.FORBID} and same_need and same_chair:
            raise Contradiction
        if {kind, other.kind} == {Kind.FIX, Kind.EXCLUDE_NEED} and same_need:
            raise Contradiction
        if {kind, other.kind} == {Kind.FIX, Kind.EXCLUDE_CHAIR} and same_chair:
            raise Contradiction
    return PlanRule.objects.create(
        initiative=initiative, kind=kind, need=need, chair=chair, reason=reason.strip(), by=by
    )


def _journal_rule(act: str, rule: PlanRule, by, **payload: Any) -> None:
    said = {"decision": rule.kind, "reason": rule.reason, "initiative": str(rule.initiative_id), **payload}
    if rule.chair:
        said["chair"] = rule.chair.label
    journal.record(act, rule.initiative, by=by, subject=rule.need.child if rule.need else None, payload=said)


# --- the lock --------------------------------------------------------------------------------------------------------


@transaction.atomic
def lock_plan(initiative: Initiative, *, by, version: int, fingerprint: str) -> PlanLock:
    """Make every pair of the plan a reservation, with the facts as they are now, or none of them.

    `version` and `fingerprint` are those of the plan that was looked at. Raises PlanChanged, FactsChanged, PassesOver,
    NothingToShare, or what stands against a single reservation (distributions.planning.propose).
    """
    locked = _lock_for_decision(initiative, version)
    table = weighing.gather(locked, user=by, months=None, anew=True)
    plan = balancing.plan(table)
    if plan.fingerprint != fingerprint:
        raise FactsChanged
    if plan.passed_over:
        raise PassesOver(children=", ".join(each.need.child.reference for each in plan.passed_over[:5]))
    if not plan.pairs and not locked.allocations.live().exists():
        raise NothingToShare
    _lock_rows(plan.pairs)
    if weighing.changed_since(table, [(pair.need, pair.chair) for pair in plan.pairs]):
        raise FactsChanged
    for order, pair in enumerate(plan.pairs, start=1):
        _reserve(locked, pair, order, by=by, stock=len(table.chairs))
    lock = PlanLock.objects.create(initiative=locked, locked_by=by, facts=_facts(locked, plan))
    _next_version(locked)
    planning.move_initiative(locked, to=State.LOCKED, by=by)
    payload = {"pairs": len(plan.pairs), "left_out": len(plan.left_out), "points": plan.value}
    journal.record("plan.locked", locked, by=by, payload=payload)
    queueing.take_census(by=by)
    return lock


def _lock_rows(pairs: Sequence[PlannedPair]) -> None:
    """All children, then all needs, then all chairs of the plan: nobody waits for us in a circle."""
    for model, keys in (
        (Child, [pair.need.child_id for pair in pairs]),
        (Need, [pair.need.pk for pair in pairs]),
        (Chair, [pair.chair.pk for pair in pairs]),
    ):
        list(model.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def _reserve(initiative: Initiative, pair: PlannedPair, order: int, *, by, stock: int) -> Allocation:
    """One pair of the plan as a reservation: where it stood, what it was worth, by which rules."""
    reason = pair.fixed_by.reason if pair.fixed_by else ""
    allocation = planning.propose(
        need=pair.need, chair=pair.chair, initiative=initiative, by=by, reason=reason, judged=pair.suit.candidate
    )
    allocation.plan_order = order
    allocation.facts |= {
        "plan": {
            "versions": weighing.VERSIONS,
            "order": order,
            "place": pair.seeker.place,
            "queue_points": pair.seeker.points,
            "fit_points": pair.suit.points,
            "fit": pair.suit.fit.overall,
            "value": pair.value,
            "stock": stock,
            "fixed_by": str(pair.fixed_by.by) if pair.fixed_by else "",
        }
    }
    allocation.save(update_fields=["plan_order", "facts"])
    return allocation


def _facts(initiative: Initiative, plan: Plan) -> dict[str, Any]:
    """What the lock keeps for ever beside the reservations: rules, decisions, the stock, who was left out and why."""
    return {
        "versions": weighing.VERSIONS,
        "plan_version": initiative.plan_version,
        "points": plan.value,
        "cost_mad": str(plan.cost_mad),
        "pairs": [
            {"need": str(pair.need.pk), "child": pair.need.child.reference, "chair": pair.chair.label}
            for pair in plan.pairs
        ],
        "left_out": [
            {
                "need": str(each.need.pk),
                "child": each.need.child.reference,
                "place": each.seeker.place,
                "code": each.code,
                "why": list(each.reasons),
            }
            for each in plan.left_out
        ],
        "idle": [{"chair": each.chair.label, "why": each.reason} for each in plan.idle],
        "decisions": [{"kind": rule.kind, "reason": rule.reason, "by": str(rule.by)} for rule in plan.rules],
        "floors": {region.iso: missing for region, missing in plan.unmet_floors},
    }


@transaction.atomic
def unlock_plan(initiative: Initiative, *, by, reason: str) -> Initiative:
    """Take a locked plan back to the draft: what nobody approved yet is released, the chairs are free again."""
    if not reason.strip():
        raise ReasonMissing
    locked = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    if locked.state != State.LOCKED:
        raise PlanNotLocked
    held = list(_proposed(locked).select_for_update(of=("self",), no_key=True).order_by("pk"))
    keys = [allocation.chair_id for allocation in held]
    list(Chair.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    for allocation in held:
        planning.release(allocation, by=by, release=Allocation.Release.OTHER, note=reason.strip())
    _next_version(locked)
    planning.move_initiative(locked, to=State.DRAFT, by=by)
    journal.record("plan.unlocked", locked, by=by, payload={"released": len(held), "reason": reason.strip()})
    return locked


# --- the approval ----------------------------------------------------------------------------------------------------


def _proposed(initiative: Initiative):
    return Allocation.objects.planned().filter(initiative=initiative)


@dataclass(frozen=True)
class Line:
    """One reservation that waits for its approval, with what all up to it cost together."""

    allocation: Allocation
    price_mad: Decimal | None
    sum_mad: Decimal


def lines_to_approve(initiative: Initiative, *, user) -> list[Line]:
    """The plan's reservations that nobody approved yet, in their order, as far as this person sees them."""
    rows = _proposed(initiative).visible_to(user)
    rows = rows.select_related("chair__model", "need__child__family__province", "proposed_by")
    lines, total = [], Decimal(0)
    for allocation in rows.order_by("plan_order", "pk"):
        price = balancing.price_of(allocation.chair)
        total += price or 0
        lines.append(Line(allocation, price, total))
    return lines


@transaction.atomic
def approve_plan(
    initiative: Initiative,
    *,
    by,
    count: int | None = None,
    budget_mad: Decimal | None = None,
    chosen: Collection[UUID] | None = None,
    reason: str = "",
) -> list[Allocation]:
    """Agree, as a second person, to the first `count` of the plan, to as many as `budget_mad` pays for, or to `chosen`.

    Chosen ones that are not the first of the order need a typed reason, which stays with each that overtook another.
    Raises PlanNotLocked, NothingToApprove, PriceMissing, OrderNeedsReason, PassesOver or SamePerson.
    """
    locked = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    if locked.state not in (State.LOCKED, State.APPROVED):
        raise PlanNotLocked
    list(_proposed(locked).select_for_update(no_key=True).order_by("pk").values_list("pk"))
    lines = lines_to_approve(locked, user=by)
    agreed = _agreed(lines, count=count, budget_mad=budget_mad, chosen=chosen)
    if not agreed:
        raise NothingToApprove
    if any(line.allocation.proposed_by_id == by.pk for line in agreed):
        raise SamePerson
    overtaking = _overtaking(lines, agreed, reason)
    needs = [line.allocation.need_id for line in agreed]
    list(Need.objects.select_for_update(no_key=True).filter(pk__in=needs).order_by("pk").values_list("pk"))
    approved = [planning.approve(line.allocation, by=by) for line in agreed]
    for allocation in approved:
        if allocation.pk in overtaking:
            allocation.order_overruled = reason.strip()
            allocation.save(update_fields=["order_overruled"])
    if locked.state == State.LOCKED:
        planning.move_initiative(locked, to=State.APPROVED, by=by)
    payload = {"approved": len(approved), "of": len(lines), "overtaking": len(overtaking), "reason": reason.strip()}
    journal.record("plan.approved", locked, by=by, payload=payload)
    return approved


def _agreed(
    lines: Sequence[Line], *, count: int | None, budget_mad: Decimal | None, chosen: Collection[UUID] | None
) -> list[Line]:
    if chosen is not None:
        return [line for line in lines if line.allocation.pk in set(chosen)]
    if budget_mad is not None:
        within = [line for line in lines if line.sum_mad <= budget_mad]
        if unpriced := [line.allocation.chair.label for line in within if line.price_mad is None]:
            raise PriceMissing(chairs=", ".join(unpriced[:5]))
        return within
    return list(lines if count is None else lines[:count])


def _overtaking(lines: Sequence[Line], agreed: Sequence[Line], reason: str) -> set[UUID]:
    """Who is approved although somebody before her is not; refused without a reason, or over an incomplete child."""
    accepted = {line.allocation.pk for line in agreed}
    skipped = [line for line in lines if line.allocation.pk not in accepted]
    first = min((line.allocation.plan_order or 0 for line in skipped), default=None)
    over = {line.allocation.pk for line in agreed if first is not None and (line.allocation.plan_order or 0) > first}
    if not over:
        return over
    if not reason.strip():
        raise OrderNeedsReason
    last = max(line.allocation.plan_order or 0 for line in agreed)
    unknown = [
        line.allocation.need.child.reference
        for line in skipped
        if line.allocation.need.is_incomplete and (line.allocation.plan_order or 0) < last
    ]
    if unknown:
        raise PassesOver(children=", ".join(unknown[:5]))
    return over
