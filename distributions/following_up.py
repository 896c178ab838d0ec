"""Look after a chair once it is with a child: what is due, what was found, what broke and was mended.

A call after two weeks, a visit after six, then a look every half year (WHO: within six weeks, children at least every
six months). What is due is computed from hand-overs and looks, never stored: a closed file falls silent at once.
"""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    When,
)
from django.db.models import Value as V
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child
from distributions import stocktaking
from distributions.models import Chair, ChairEvent, Delivery, FollowUp, Repair
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal

Step = FollowUp.Step
CALL_AFTER, VISIT_AFTER, LOOK_EVERY = timedelta(days=14), timedelta(days=42), timedelta(days=183)
AFTER = {Step.DAYS_14: CALL_AFTER, Step.DAYS_42: VISIT_AFTER, Step.HALF_YEARLY: LOOK_EVERY}


class NotHandedOver(Refusal):
    sentence = _("Follow-up begins with a hand-over: this entry is none.")


class BeforeTheHandOver(Refusal):
    sentence = _("A look after the hand-over cannot have happened before it.")


class InTheFuture(Refusal):
    sentence = _("This day lies in the future.")


class AlreadyDone(Refusal):
    sentence = _("This step was already recorded for this chair.")


class AlreadyMended(Refusal):
    sentence = _("This repair is already finished.")


class BeforeItBroke(Refusal):
    sentence = _("A repair cannot end before it begins.")


def due(user, today: date | None = None):
    """Hand-overs that want a look by `today`, the longest overdue first: one line for each chair still with its child.

    Each has `due_step` (a FollowUp.Step), `due_since` (the day it counts from; see `due_day`) and `due_at` (for order
    only). Only the latest step due is named: who makes the six weeks' visit need no longer make the two weeks' call.
    """
    today = today or timezone.localdate()
    call, visit, look = _days(today)
    half_yearly = FollowUp.objects.filter(delivery=OuterRef("pk"), step=Step.HALF_YEARLY)
    last_look = Coalesce(
        Subquery(half_yearly.order_by("-done_on").values("done_on")[:1]), F("handed_over_on"), output_field=DateField()
    )
    return (
        Delivery.objects.visible_to(user)
        .filter(
            _wants_a_look(today),
            handed_over_on__lte=call,
            allocation__need__child__status__in=Child.FOLLOWED,
            allocation__chair__holder=F("allocation__need__child"),
        )
        .annotate(
            due_step=Case(
                When(handed_over_on__lte=look, then=V(Step.HALF_YEARLY)),
                When(handed_over_on__lte=visit, then=V(Step.DAYS_42)),
                default=V(Step.DAYS_14),
                output_field=CharField(),
            ),
            due_since=Case(When(handed_over_on__lte=look, then=last_look), default=F("handed_over_on")),
            due_at=Case(
                When(handed_over_on__lte=look, then=_later(last_look, LOOK_EVERY)),
                When(handed_over_on__lte=visit, then=_later(F("handed_over_on"), VISIT_AFTER)),
                default=_later(F("handed_over_on"), CALL_AFTER),
                output_field=DateTimeField(),
            ),
        )
        .order_by("due_at", "pk")
    )


def _days(today: date) -> tuple[date, date, date]:
    """The days whose hand-overs become due today: for the call, the visit, the half-yearly look."""
    return today - CALL_AFTER, today - VISIT_AFTER, today - LOOK_EVERY


def _wants_a_look(today: date) -> Q:
    """Which step comes next depends on the day of the hand-over alone: so each row asks one question of its looks."""
    call, visit, look = _days(today)
    looks = FollowUp.objects.filter(delivery=OuterRef("pk"))
    return (
        Q(~Exists(looks.filter(step=Step.HALF_YEARLY, done_on__gt=look)), handed_over_on__lte=look)
        | Q(
            ~Exists(looks.filter(step__in=[Step.DAYS_42, Step.HALF_YEARLY])),
            handed_over_on__gt=look,
            handed_over_on__lte=visit,
        )
        | Q(~Exists(looks), handed_over_on__gt=visit, handed_over_on__lte=call)
    )


def _later(day, wait: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(day + V(wait), output_field=DateTimeField())


def due_day(delivery: Any) -> date:
    """The day on which the step of a line of `due` was due."""
    return delivery.due_since + AFTER[delivery.due_step]


def soon(user, today: date | None = None, *, days: int = 14):
    """What becomes due within the next `days` days and is not due yet."""
    today = today or timezone.localdate()
    return due(user, today + timedelta(days=days)).filter(~_wants_a_look(today))


@transaction.atomic
def record_followup(*, delivery: Delivery, by, step: str, done_on: date | None = None, **found) -> FollowUp:
    """Write down one look after a hand-over. Call and visit are made once, the half-yearly look again and again.

    Raises NotHandedOver, BeforeTheHandOver, InTheFuture, AlreadyDone; ValidationError where an answer cannot be.
    """
    done_on = done_on or timezone.localdate()
    delivery = (
        Delivery.objects.select_for_update(of=("self",), no_key=True)
        .select_related("allocation__need__child")
        .get(pk=delivery.pk)
    )
    if delivery.handed_over_on is None:
        raise NotHandedOver
    if done_on < delivery.handed_over_on:
        raise BeforeTheHandOver
    if done_on > timezone.localdate():
        raise InTheFuture
    same = delivery.followups.filter(step=step)
    if step == Step.HALF_YEARLY:
        same = same.filter(done_on=done_on)
    if same.exists():
        raise AlreadyDone
    followup = FollowUp(delivery=delivery, step=step, done_on=done_on, done_by=by, **found)
    followup.clean_fields(exclude=["delivery", "done_by"])
    followup.validate_constraints()
    followup.save(force_insert=True)
    journal.record(
        "followup.recorded",
        followup,
        by=by,
        subject=delivery.allocation.need.child,
        payload={
            "step": step,
            "done_on": done_on,
            "still_used": followup.still_used,
            "has_skin_problem": followup.has_skin_problem,
            "needs_remeasuring": followup.needs_remeasuring,
        },
    )
    return followup


@transaction.atomic
def report_breakdown(*, chair: Chair, by, what: str, broke_on: date | None = None) -> Repair:
    """Open a repair: the chair is in repair until it is finished. Raises a Refusal where its state forbids it."""
    broke_on = broke_on or timezone.localdate()
    if broke_on > timezone.localdate():
        raise InTheFuture
    if not what.strip():
        raise stocktaking.ReasonMissing
    event = stocktaking.append_event(chair, ChairEvent.Kind.REPAIR_BEGUN, by=by, note=what.strip()[:300])
    repair = Repair.objects.create(chair=chair, broke_on=broke_on, what=what.strip(), reported_by=by)
    subject = event.chair.holder
    journal.record(
        "repair.reported", repair, by=by, subject=subject or chair, payload={"chair": chair.label, "what": repair.what}
    )
    return repair


@transaction.atomic
def finish_repair(repair: Repair, *, by, fixed_on: date | None = None, parts: str = "", cost_mad=None) -> Repair:
    """Say that the chair works again, with what it took (MAD). One in a depot is checked before the next child."""
    fixed_on = fixed_on or timezone.localdate()
    repair = (
        Repair.objects.select_for_update(of=("self",), no_key=True).select_related("chair__holder").get(pk=repair.pk)
    )
    if repair.fixed_on:
        raise AlreadyMended
    if fixed_on < repair.broke_on:
        raise BeforeItBroke
    if fixed_on > timezone.localdate():
        raise InTheFuture
    repair.fixed_on, repair.parts, repair.cost_mad = fixed_on, parts.strip(), cost_mad
    repair.clean_fields(exclude=["chair", "reported_by"])
    # On the chair's own page someone may have ended the repair already, or scrapped the chair.
    if stocktaking.lock(repair.chair).state == Chair.State.IN_REPAIR:
        stocktaking.append_event(repair.chair, ChairEvent.Kind.REPAIRED, by=by, note=repair.parts)
    repair.save(update_fields=["fixed_on", "parts", "cost_mad"])
    payload = {"chair": repair.chair.label, "parts": repair.parts, "cost_mad": cost_mad}
    journal.record("repair.done", repair, by=by, subject=repair.chair.holder or repair.chair, payload=payload)
    return repair
