"""Look after a chair once it is with a child: what is due, what was found, what broke and was mended.

A call after two weeks, a visit after six, then a look every half year, every four months in the years of fast growth
and where the condition worsens rapidly (WHO: within six weeks, children at least every six months). A growth forecast
moves the day forward, never back. What is due is computed from hand-overs, looks, birth dates and forecasts, never
stored: a closed file falls silent at once.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextChoices,
    When,
)
from django.db.models import Value as V
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import measuring
from beneficiaries.models import Assessment, Child, Measurement
from distributions import growth, stocktaking
from distributions.models import Chair, ChairEvent, Delivery, Depot, FollowUp, Repair
from hajar.journal import recording as journal
from hajar.lib.locking import hold
from hajar.lib.refusals import Refusal

Step = FollowUp.Step
CALL_AFTER, VISIT_AFTER = timedelta(days=14), timedelta(days=42)
LOOK_EVERY, FAST_EVERY = timedelta(days=183), timedelta(days=122)
# Before a forecast day: a visit before the chair leaves its good fit, a call before it may be too small (GROW-1.0).
VISIT_BEFORE, CALL_BEFORE = timedelta(days=91), timedelta(days=30)
SEEN_SHORTLY = timedelta(days=30)  # a look this long before a forecast day counts for it
GOOD_FIT, TOO_SMALL = "forecast__good_fit_likely_on", "forecast__too_small_early_on"


class Because(TextChoices):
    """Why a look is due."""

    TIME = "time", _("its time has come")
    FAST = "fast", _("every four months: fast growth, or a condition that worsens rapidly")
    GROWTH = "growth", _("within three months the chair is likely to fit less well")
    TOO_SMALL = "too_small", _("call now: the chair may be too small within a month")


class NotHandedOver(Refusal):
    sentence = _("Follow-up begins with a hand-over: this entry is none.")


class BeforeTheHandOver(Refusal):
    sentence = _("A look after the hand-over cannot have happened before it.")


class InTheFuture(Refusal):
    sentence = _("This day lies in the future.")


class AlreadyDone(Refusal):
    sentence = _("This step was already recorded for this chair.")


class NothingToDo(Refusal):
    sentence = _("Nothing is left to be done after this look.")


class AlreadyMended(Refusal):
    sentence = _("This repair is already finished.")


class NobodyWaits(Refusal):
    sentence = _("No child is without a chair here: nothing is to be lent.")


class ChildNotFollowed(Refusal):
    sentence = _("The association no longer follows this child.")


class LoanStands(Refusal):
    sentence = _("A chair was already lent for this repair.")


class NothingLent(Refusal):
    sentence = _("No lent chair is with the child.")


class BeforeItBroke(Refusal):
    sentence = _("A repair cannot end before it begins.")


def due(user, today: date | None = None):
    """Hand-overs that want a look by `today`, the longest overdue first: one line for each chair still with its child.

    Each has `due_step` (a FollowUp.Step), `due_because` (a Because), `due_since` and `due_after` (the day it counts
    from and the days added; see `due_day`) and `due_at` (for order only). Only the latest step due is named: who makes
    the six weeks' visit need no longer make the two weeks' call.
    """
    today = today or timezone.localdate()
    half_yearly = FollowUp.objects.filter(delivery=OuterRef("pk"), step=Step.HALF_YEARLY)
    last_look = Coalesce(
        Subquery(half_yearly.order_by("-done_on").values("done_on")[:1]), F("handed_over_on"), output_field=DateField()
    )
    # In which turn a row is due: the first of these that holds. Each: step, reason, counted from, days after it.
    turns = [
        (_regularly(today, FAST_EVERY) & grows_fast(today), Step.HALF_YEARLY, Because.FAST, last_look, FAST_EVERY),
        (_regularly(today, LOOK_EVERY) & ~grows_fast(today), Step.HALF_YEARLY, Because.TIME, last_look, LOOK_EVERY),
        (_wants_the_visit(today), Step.DAYS_42, Because.TIME, F("handed_over_on"), VISIT_AFTER),
        (_wants_the_call(today), Step.DAYS_14, Because.TIME, F("handed_over_on"), CALL_AFTER),
        (_may_be_too_small(today), Step.HALF_YEARLY, Because.TOO_SMALL, F(TOO_SMALL), -CALL_BEFORE),
        (_leaves_its_good_fit(today), Step.HALF_YEARLY, Because.GROWTH, F(GOOD_FIT), -VISIT_BEFORE),
    ]
    return (
        Delivery.objects.visible_to(user)
        .still_with_child()
        .filter(_wants_a_look(today))
        .annotate(
            due_step=Case(*(When(turn, then=V(step)) for turn, step, *_ in turns), output_field=CharField()),
            due_because=Case(
                When(_may_be_too_small(today), then=V(Because.TOO_SMALL)),
                When(_leaves_its_good_fit(today), then=V(Because.GROWTH)),
                *(When(turn, then=V(because)) for turn, _step, because, *_ in turns),
                output_field=CharField(),
            ),
            due_since=Case(*(When(turn, then=since) for turn, _s, _b, since, _d in turns), output_field=DateField()),
            due_after=Case(*(When(turn, then=V(wait.days)) for turn, *_, wait in turns), output_field=IntegerField()),
            due_at=Case(
                *(When(turn, then=_later(since, wait)) for turn, _s, _b, since, wait in turns),
                output_field=DateTimeField(),
            ),
        )
        .order_by("due_at", "pk")
    )


def grows_fast(today: date) -> Q:
    """The children who are seen every four months: fast growth (GROW-1.0) or a condition that worsens rapidly.

    Of hand-overs; the growth years are those of `growth.remeasure_every_months`.
    """
    child = "allocation__need__child__"
    fast = Q(**{f"{child}born_on__gt": _years_before(today, growth.FAST_UNTIL)})
    for sex, years in growth.FAST_YEARS.items():
        fast |= Q(
            **{
                f"{child}sex": sex,
                f"{child}born_on__lte": _years_before(today, years.start),
                f"{child}born_on__gt": _years_before(today, years.stop),
            }
        )
    return fast | Q(allocation__need__assessment__progression=Assessment.Progression.RAPID)


def _years_before(today: date, years: int) -> date:
    return growth.add_months(today, -12 * years)


def _wants_a_look(today: date) -> Q:
    """Which step comes next depends on the day of the hand-over alone: so each row asks one question of its looks."""
    fast = grows_fast(today)
    return (
        (fast & _regularly(today, FAST_EVERY))
        | (~fast & _regularly(today, LOOK_EVERY))
        | _wants_the_visit(today)
        | _wants_the_call(today)
        | _may_be_too_small(today)
        | _leaves_its_good_fit(today)
    )


def _regularly(today: date, every: timedelta) -> Q:
    looks = FollowUp.objects.filter(delivery=OuterRef("pk"), step=Step.HALF_YEARLY)
    return Q(~Exists(looks.filter(done_on__gt=today - every)), handed_over_on__lte=today - every)


def _wants_the_visit(today: date) -> Q:
    """Six weeks after the hand-over, until the regular looks begin."""
    looks = FollowUp.objects.filter(delivery=OuterRef("pk"), step__in=[Step.DAYS_42, Step.HALF_YEARLY])
    return Q(~Exists(looks), handed_over_on__lte=today - VISIT_AFTER) & _not_yet_regular(today)


def _wants_the_call(today: date) -> Q:
    looks = FollowUp.objects.filter(delivery=OuterRef("pk"))
    return Q(~Exists(looks), handed_over_on__lte=today - CALL_AFTER, handed_over_on__gt=today - VISIT_AFTER)


def _not_yet_regular(today: date) -> Q:
    fast = grows_fast(today)
    return (fast & Q(handed_over_on__gt=today - FAST_EVERY)) | (~fast & Q(handed_over_on__gt=today - LOOK_EVERY))


def _leaves_its_good_fit(today: date) -> Q:
    """Three months before the likely day, unless somebody visited shortly before or since."""
    return _foretold(today, GOOD_FIT, VISIT_BEFORE, FollowUp.objects.exclude(step=Step.DAYS_14))


def _may_be_too_small(today: date) -> Q:
    """A month before the early day: a call is enough, so any look counts."""
    return _foretold(today, TOO_SMALL, CALL_BEFORE, FollowUp.objects.all())


def _foretold(today: date, field: str, before: timedelta, looks) -> Q:
    """A forecast day is near that was not at hand when the chair was handed over, and nobody has looked for it.

    Compared with a margin of a day where both sides are columns: the two databases write "day minus days" otherwise.
    """
    near = looks.filter(
        delivery=OuterRef("pk"), done_on__gt=_later(OuterRef(field), -before - SEEN_SHORTLY - timedelta(days=1))
    )
    return Q(
        ~Exists(near),
        **{f"{field}__lte": today + before},
        handed_over_on__lte=_later(F(field), -before - timedelta(days=1)),
    )


def _later(day, wait: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(day + V(wait), output_field=DateTimeField())


def due_day(delivery: Any) -> date:
    """The day on which the step of a line of `due` was due."""
    return delivery.due_since + timedelta(days=delivery.due_after)


def soon(user, today: date | None = None, *, days: int = 14):
    """What becomes due within the next `days` days and is not due yet."""
    today = today or timezone.localdate()
    now = Case(When(_wants_a_look(today), then=V(True)), default=V(False), output_field=BooleanField())
    return due(user, today + timedelta(days=days)).alias(is_due_now=now).filter(is_due_now=False)


@transaction.atomic
def record_followup(
    *,
    delivery: Delivery,
    by,
    step: str,
    done_on: date | None = None,
    taken: Mapping[str, Any] | None = None,
    confirmed: Collection[str] = (),
    **found,
) -> FollowUp:
    """Write down one look after a hand-over. Call and visit are made once, the regular look again and again.

    `taken` holds the measures taken again, kept as a measurement of their own; `confirmed` the doubts about them that
    were looked at again. Raises NotHandedOver, BeforeTheHandOver, InTheFuture, AlreadyDone, MeasurementRefused, and
    ValidationError where an answer cannot be.
    """
    done_on = done_on or timezone.localdate()
    child = Child.with_merged.lock_of(delivery.allocation.need)
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
    if followup.skin:
        followup.has_skin_problem = followup.skin not in FollowUp.SOUND_SKIN
    if not followup.still_used and followup.unused_because and not followup.why_not_used:
        followup.why_not_used = FollowUp.SAID_ABOVE
    followup.clean_fields(exclude=["delivery", "done_by"])
    followup.validate_constraints()
    if any(value not in (None, "") for value in (taken or {}).values()):
        followup.measurement = measuring.record_measurement(
            child=child,
            by=by,
            measured_on=done_on,
            occasion=Measurement.Occasion.FOLLOW_UP,
            confirmed=confirmed,
            **(taken or {}),
        )
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
def finish_action(followup: FollowUp, *, by, done_on: date | None = None) -> FollowUp:
    """Say that what a look asked for is done. Raises NothingToDo."""
    followup = (
        FollowUp.objects.select_for_update(of=("self",), no_key=True)
        .select_related("delivery__allocation__need__child")
        .get(pk=followup.pk)
    )
    if not followup.action or followup.action_done_on:
        raise NothingToDo
    followup.action_done_on = done_on or timezone.localdate()
    followup.save(update_fields=["action_done_on"])
    payload = {"action": followup.action}
    journal.record(
        "followup.action_done", followup, by=by, subject=followup.delivery.allocation.need.child, payload=payload
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
    subject = event.chair.holder
    repair = Repair.objects.create(chair=chair, broke_on=broke_on, what=what.strip(), reported_by=by, child=subject)
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


@transaction.atomic
def lend_chair(repair: Repair, *, by, chair: Chair) -> Repair:
    """Lend an available chair to the child whose own is in repair, through the stock's events.

    Raises NobodyWaits, LoanStands, ChildNotFollowed, and EventNotPossible where the chair is not available.
    """
    repair = _locked(repair)
    if repair.fixed_on or repair.child is None:
        raise NobodyWaits
    if not repair.child.is_followed:
        raise ChildNotFollowed
    if repair.loan_chair:
        raise LoanStands
    stocktaking.append_event(chair, ChairEvent.Kind.RESERVED, by=by, child=repair.child)
    stocktaking.append_event(chair, ChairEvent.Kind.HANDED_OVER, by=by, child=repair.child)
    repair.loan_chair = chair
    repair.save(update_fields=["loan_chair"])
    payload = {"chair": repair.chair.label, "loan": chair.label}
    journal.record("repair.chair_lent", repair, by=by, subject=repair.child, payload=payload)
    return repair


@transaction.atomic
def take_loan_back(repair: Repair, *, by, depot: Depot) -> Repair:
    """Bring the chair that was lent back into a depot, where it is cleaned and checked as any chair from a home.

    Raises NothingLent.
    """
    repair = _locked(repair)
    chair = repair.loan_chair
    if chair is None or not is_lent(repair):
        raise NothingLent
    stocktaking.append_event(chair, ChairEvent.Kind.RETURNED, by=by, depot=depot)
    payload = {"loan": chair.label, "depot": depot.name}
    journal.record("repair.loan_returned", repair, by=by, subject=repair.child, payload=payload)
    return repair


def is_lent(repair: Repair) -> bool:
    """Whether the chair lent for this repair is still with the child."""
    return repair.loan_chair is not None and repair.loan_chair.holder_id == repair.child_id


def _locked(repair: Repair) -> Repair:
    """The repair as it is now, locked; the child before it, as everywhere."""
    if repair.child_id:
        Child.with_merged.lock_of(repair)
    return hold(Repair.objects.filter(pk=repair.pk).select_related("chair", "child", "loan_chair")).get()
