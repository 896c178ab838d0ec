"""Look after a chair once it is with a child: what is due, what was found, what broke and was mended.

The day of the next look is kept beside each hand-over (`looking_ahead`, by the rules of `look_calendar`); which step
it is, and why, is worked out when it is read. A closed file falls silent at once.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    TextChoices,
    When,
)
from django.db.models import Value as V
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import measuring
from beneficiaries.models import Assessment, Child, Measurement
from distributions import growth, looking_ahead, stocktaking
from distributions.look_calendar import (
    CALL_AFTER,
    CALL_BEFORE,
    FAST_EVERY,
    LOOK_EVERY,
    SEEN_SHORTLY,
    VISIT_AFTER,
    VISIT_BEFORE,
)
from distributions.models import Chair, ChairEvent, Delivery, Depot, FollowUp, Repair
from hajar.journal import recording as journal
from hajar.lib.locking import hold
from hajar.lib.refusals import Refusal

Step = FollowUp.Step
GOOD_FIT, TOO_SMALL = "forecast__good_fit_likely_on", "forecast__too_small_early_on"


class Because(TextChoices):
    """Why a look is due."""

    TIME = "time", _("its time has come")
    FAST = "fast", _("every four months: fast growth, or a condition that worsens rapidly")
    GROWTH = "growth", _("within three months the chair is likely to fit less well")
    TOO_SMALL = "too_small", _("call now: the chair may be too small within a month")
    MISSED = "missed", _("the look before it was not made")


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

    Each has `next_look_on`, since when somebody should have looked, `due_step` (a FollowUp.Step) and `due_because` (a
    Because). Only the latest step due is named: who makes the six weeks' visit need no longer make the two weeks' call.
    """
    today = today or timezone.localdate()
    return _looks(user, today).filter(next_look_on__lte=today)


def soon(user, today: date | None = None, *, days: int = 14):
    """What becomes due within the next `days` days and is not due yet."""
    today = today or timezone.localdate()
    until = today + timedelta(days=days)
    return _looks(user, until).filter(next_look_on__gt=today, next_look_on__lte=until)


def _looks(user, today: date):
    """Hand-overs in the order of their next look, each with the step that it is on this day, and why."""
    fast, regular = grows_fast(today), _is_time_for_the_regular_look(today)
    return (
        Delivery.objects.visible_to(user)
        .still_with_child()
        .annotate(
            due_step=Case(
                When(regular, then=V(Step.HALF_YEARLY)),
                When(_wants_the_visit(today), then=V(Step.DAYS_42)),
                When(_wants_the_call(today), then=V(Step.DAYS_14)),
                default=V(Step.HALF_YEARLY),
                output_field=CharField(),
            ),
            due_because=Case(
                When(_may_be_too_small(today), then=V(Because.TOO_SMALL)),
                When(_leaves_its_good_fit(today), then=V(Because.GROWTH)),
                When(_missed_the_look_before(today, regular), then=V(Because.MISSED)),
                When(regular & fast, then=V(Because.FAST)),
                default=V(Because.TIME),
                output_field=CharField(),
            ),
        )
        .order_by("next_look_on", "pk")
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


def _is_time_for_the_regular_look(today: date) -> Q:
    fast = grows_fast(today)
    return (fast & _regularly(today, FAST_EVERY)) | (~fast & _regularly(today, LOOK_EVERY))


def _regularly(today: date, every: timedelta) -> Q:
    lately = _all_looks().filter(step=Step.HALF_YEARLY, done_on__gt=today - every)
    return Q(~Exists(lately), handed_over_on__lte=today - every)


def _wants_the_visit(today: date) -> Q:
    """Six weeks after the hand-over; to be asked once it is not yet time for the regular look."""
    return Q(~Exists(_visits()), handed_over_on__lte=today - VISIT_AFTER)


def _wants_the_call(today: date) -> Q:
    return Q(~Exists(_all_looks()), handed_over_on__lte=today - CALL_AFTER)


def _missed_the_look_before(today: date, regular: Q) -> Q:
    """Nobody has called, and it is time for the visit; or nobody has visited, and it is time for the regular look."""
    no_call = Q(~Exists(_all_looks()), handed_over_on__lte=today - VISIT_AFTER)
    return no_call | (regular & Q(~Exists(_visits())))


def _all_looks():
    return FollowUp.objects.filter(delivery=OuterRef("pk"))


def _visits():
    return _all_looks().filter(step__in=[Step.DAYS_42, Step.HALF_YEARLY])


def _leaves_its_good_fit(today: date) -> Q:
    """Three months before the likely day, unless somebody visited shortly before or since."""
    return _foretold(today, GOOD_FIT, VISIT_BEFORE, _visits())


def _may_be_too_small(today: date) -> Q:
    """A month before the early day: a call is enough, so any look counts."""
    return _foretold(today, TOO_SMALL, CALL_BEFORE, _all_looks())


def _foretold(today: date, field: str, before: timedelta, looks) -> Q:
    """A forecast day is near that was not at hand when the chair was handed over, and nobody has looked for it.

    Compared with a margin of a day where both sides are columns: the two databases write "day minus days" otherwise.
    """
    near = looks.filter(done_on__gt=_later(OuterRef(field), -before - SEEN_SHORTLY - timedelta(days=1)))
    return Q(
        ~Exists(near),
        **{f"{field}__lte": today + before},
        handed_over_on__lte=_later(F(field), -before - timedelta(days=1)),
    )


def _later(day, wait: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(day + V(wait), output_field=DateTimeField())


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
    looking_ahead.keep_next_looks(Delivery.objects.filter(pk=delivery.pk))
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
