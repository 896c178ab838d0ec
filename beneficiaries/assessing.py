"""Assess a child and place the need that follows on the waiting list."""

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import measures, measuring, scoring
from beneficiaries.models import Assessment, Child, Need
from beneficiaries.models.measurements import HeightMethod
from beneficiaries.models.needs import say
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.locking import hold
from hajar.lib.refusals import Refusal

# What a later assessment starts from: answers that rarely change, never measures, skin or red flags.
KEPT_FROM_THE_LAST = (
    "goals",
    "goal_1",
    "goal_1_importance",
    "goal_2",
    "goal_2_importance",
    "conditions",
    "issues",
    "growth_factors",
    "progression",
    "push_method",
    "use_places",
    "daily_ground",
    "distance_per_day",
    "transfer",
    "toilet",
    "transport",
    "posture_level",
    "head_control",
    "trunk_control",
    "needs_tilt",
    "height_method",
    "narrowest_door_mm",
    "steps_at_entrance",
    "floor",
    "slope",
    "has_room_for_chair",
)
NOT_AN_ANSWER = {"id", "created_at", "child", "state", "assessor", "completed_at", "version"}
ANSWER_FIELDS = tuple(f.name for f in Assessment._meta.concrete_fields if f.name not in NOT_AN_ANSWER)
NOTHING: tuple[Any, ...] = ("", None, [], {})  # no answer was given

# Questions that depend on another answer: field -> (the other question, the answers that raise this one).
ASKED_IF: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(scoring.CHAIR_QUESTIONS, ("has_chair", ("yes",))),
    "pain_where": ("issues", (Assessment.Issue.PAIN,)),
    "continence_is_managed": ("issues", (Assessment.Issue.BLADDER, Assessment.Issue.BOWEL)),
    "injury_story": ("injury", tuple(kind for kind in scoring.INJURY if kind != Assessment.Injury.NONE)),
    "hip_left_deg": ("hip_left_sits", ("no",)),
    "hip_right_deg": ("hip_right_sits", ("no",)),
    "height_cm": ("height_method", (*Assessment.STATURE_METHODS, HeightMethod.UNKNOWN)),
    "substitute_cm": ("height_method", Assessment.SUBSTITUTES),
}

# What is counted as answered or missing: what NEED-1.0 scores and what a chair is chosen by. The rest helps whoever
# prescribes and adjusts, and may stay empty.
FOR_THE_CHAIR = (
    "conditions",
    "push_method",
    "daily_ground",
    "head_control",
    "trunk_control",
    "needs_tilt",
    "narrowest_door_mm",
    "hip_width_mm",
    "seat_depth_left_mm",
    "seat_depth_right_mm",
    "calf_left_mm",
    "calf_right_mm",
    "rib_height_mm",
    "scapula_height_mm",
    "shoulder_height_mm",
    "height_cm",
    "substitute_cm",
)
COUNTED = frozenset(FOR_THE_CHAIR) | {each.name for each in fields(scoring.Answers)}
# Counted too for a child who does not sit well alone: they place what holds the trunk, the pelvis and the head.
FOR_SUPPORTS = frozenset({"trunk_width_mm", "axilla_left_mm", "axilla_right_mm", "pelvis_top_mm", "skull_base_mm"})


class AssessmentRefused(Refusal):
    """The act cannot be done; `problems` says what is wrong with which field."""

    def __init__(
        self,
        message: str | Promise,
        *,
        fields: tuple[str, ...] = (),
        problems: Mapping[str, str | Promise] | None = None,
    ) -> None:
        super().__init__(message)
        self.problems = dict(problems) if problems is not None else dict.fromkeys(fields, message)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.problems)


class Stale(AssessmentRefused):
    """Somebody else saved the draft meanwhile."""


@transaction.atomic
def begin_assessment(*, child: Child, by: User, today: date | None = None) -> Assessment:
    """Open a draft for this child, with what the register and the last assessment already tell.

    Presets are proposals on the form; nothing counts before the assessment is completed. Where a draft is open it is
    taken up again. Raises AssessmentRefused for a child that is not followed.
    """
    if not child.is_followed:
        raise AssessmentRefused(_("This file is closed: no assessment can be begun."))
    if open_draft := child.assessments.filter(state=Assessment.State.DRAFT).first():
        return open_draft
    draft = Assessment(child=child, assessor=by, assessed_on=today or timezone.localdate())
    if last := child.assessments.complete().latest_first().first():
        for field in KEPT_FROM_THE_LAST:
            setattr(draft, field, copy(getattr(last, field)))
    preset = scoring.preset_out_of_school(child.school)
    draft.out_of_school = "" if preset == scoring.UNKNOWN else preset
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:  # two people began at the same moment: both work on the first one's draft
        return child.assessments.get(state=Assessment.State.DRAFT)
    journal.record("assessment.started", draft, by=by, subject=child)
    return draft


@transaction.atomic
def save_draft(assessment: Assessment, *, version: int, answers: Mapping[str, Any]) -> Assessment:
    """Keep what was answered so far. `version` is the one that the form was shown with.

    Saving the same answers again is harmless. Raises Stale when somebody else saved other answers meanwhile, and
    AssessmentRefused when the assessment was completed.
    """
    draft = _locked(assessment)
    if draft.is_complete:
        raise AssessmentRefused(_("This assessment is complete and never changes. Begin a new one to correct it."))
    changed = {name: value for name, value in answers.items() if getattr(draft, name) != value}
    if not changed:
        return draft
    if draft.version != version:
        raise Stale(_("Somebody else saved this draft meanwhile. Open it again before you go on."))
    for name, value in changed.items():
        setattr(draft, name, value)
    draft.version += 1
    draft.save(update_fields=[*changed, "version"])
    return draft


@transaction.atomic
def discard_draft(assessment: Assessment, *, by: User) -> None:
    """Throw a draft away. Raises AssessmentRefused for a complete assessment."""
    draft = _locked(assessment)
    if draft.is_complete:
        raise AssessmentRefused(_("This assessment is complete and never changes."))
    subject = draft.child
    kept = Assessment(pk=draft.pk)
    draft.delete()
    journal.record("assessment.discarded", kept, by=by, subject=subject)


def _locked(assessment: Assessment) -> Assessment:
    """The row as it is now, locked. Raises AssessmentRefused where somebody threw it away meanwhile."""
    try:
        return hold(Assessment.objects.filter(pk=assessment.pk).select_related("child")).get()
    except Assessment.DoesNotExist:
        raise AssessmentRefused(_("This draft was discarded meanwhile.")) from None


@transaction.atomic
def complete_assessment(
    assessment: Assessment, *, by: User, confirmed: Collection[str] = (), now: datetime | None = None
) -> Need | None:
    """Close the draft for good, score it with NEED-1.0 and open the child's need, or score the open one again.

    `confirmed` holds the keys of the doubts that a person looked at again. Returns the need, or None when the child
    neither lacks a chair nor has a red flag (zero points). Raises AssessmentRefused when a red flag is unanswered, a
    measure impossible, a doubt unconfirmed, or the child no longer followed.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    draft = _locked(assessment)
    # Whoever closes the file meanwhile waits, and then finds the need that this act opens.
    draft.child = Child.objects.select_for_update(no_key=True).get(pk=draft.child_id)
    _check_ready(draft, confirmed=confirmed, today=today)
    if draft.has_chair == "yes" and not draft.chair_cushion_relieves:
        # Not asked where the skin is not at risk, and then no "unknown" that would open the interval.
        preset = scoring.preset_cushion(draft.answers())
        draft.chair_cushion_relieves = "" if preset == scoring.UNKNOWN else preset
    draft.state = Assessment.State.COMPLETE
    draft.completed_at = now
    draft.save(update_fields=["chair_cushion_relieves", "state", "completed_at"])
    result = draft.score()
    need, act = _place(draft, result, today=today)
    measuring.foretell_anew(draft.child)
    payload = {"score": [result.low, result.high], "urgent": result.urgent, "rules": result.version}
    if need and act:
        journal.record(act, need, by=by, subject=draft.child, payload=payload)
    confirmations = {"confirmed": sorted(confirmed)} if confirmed else {}
    journal.record("assessment.completed", draft, by=by, subject=draft.child, payload=payload | confirmations)
    return need


def _check_ready(draft: Assessment, *, confirmed: Collection[str], today: date) -> None:
    if draft.is_complete:
        raise AssessmentRefused(_("This assessment is already complete."))
    if not draft.child.is_followed:
        raise AssessmentRefused(_("This file was closed meanwhile."))
    reasons: list[str | Promise] = []
    problems: dict[str, str | Promise] = {}
    if draft.assessed_on > today or draft.assessed_on < draft.child.born_on:
        reasons.append(_("Correct the date of the assessment."))
        problems["assessed_on"] = _("The day lies between the child's birth and today.")
    if impossible := [finding for finding in findings(draft) if finding.severity == "hard"]:
        reasons.append(_("Correct the measures that cannot be right."))
        problems |= {finding.field: measuring.in_words(finding) for finding in impossible}
    if unknown := draft.score().flags_to_check:
        reasons.append(
            _("Answer every red flag before you complete the assessment: an unknown danger cannot wait in a list.")
        )
        problems |= {flag.field: _("Find this out before you complete the assessment.") for flag in unknown}
    if doubts := [doubt for doubt in doubts_about(draft) if doubt.key not in confirmed]:
        reasons.append(_("Look again at what is unusual, and confirm it or correct it."))
        for doubt in doubts:
            problems.setdefault(doubt.fields[0], doubt.sentence)
    if reasons:
        raise AssessmentRefused(" ".join(str(reason) for reason in reasons), problems=problems)


# --- What is doubtful, missing or proposed ------------------------------------------------------------------------


def findings(assessment: Assessment) -> list[measures.Finding]:
    """What is impossible or doubtful about the measures."""
    return measures.check({field: getattr(assessment, field, None) for field in measures.BY_FIELD})


def doubts_about(assessment: Assessment) -> list[measuring.Doubt]:
    """The unusual measures, then the answers that contradict one another."""
    values = {field: getattr(assessment, field, None) for field in ANSWER_FIELDS}
    doubts = measuring.doubtful(measures.check(values), values)
    for found in scoring.contradictions(assessment.answers()):
        answers = ",".join(str(values[field]) for field in found.fields)
        doubts.append(measuring.Doubt(f"{found.reason}:{answers}", found.fields, say(found.reason)))
    return doubts


def not_asked(assessment: Assessment) -> frozenset[str]:
    """The questions that do not apply after the answers given so far, such as those about a chair there is not."""
    left_out = {
        name for name, (other, answers) in ASKED_IF.items() if given(assessment, other).isdisjoint(map(str, answers))
    }
    if "chair_cushion_relieves" not in left_out and scoring.at_risk(assessment.answers()) == "no":
        left_out.add("chair_cushion_relieves")
    return frozenset(left_out)


def given(assessment: Assessment, name: str) -> set[str]:
    """The codes that answer a question; {""} where nothing does."""
    value = getattr(assessment, name)
    return set(value) if isinstance(value, list) else {"" if value is None else str(value)}


def counted(assessment: Assessment) -> frozenset[str]:
    """The questions that apply and should be answered; the others may stay empty."""
    posture = assessment.posture_level
    needs_support = posture in (Assessment.Posture.INTERMEDIATE, Assessment.Posture.COMPLEX)
    return (COUNTED | FOR_SUPPORTS if needs_support else COUNTED) - not_asked(assessment)


def missing(assessment: Assessment) -> list[str]:
    """The counted questions that nobody has answered, "not known" being an answer, in the model's order."""
    asked = counted(assessment)
    return [field for field in ANSWER_FIELDS if field in asked and getattr(assessment, field) in NOTHING]


def proposals(draft: Assessment) -> dict[str, str]:
    """Why an answer stands on the form before anybody gave it, or what to ask about: field -> sentence. One query."""
    said: dict[str, str] = {}
    last = draft.child.assessments.complete().exclude(pk=draft.pk).latest_first().first()
    if last:
        day = formats.date_format(last.assessed_on, "DATE_FORMAT")
        for field in KEPT_FROM_THE_LAST:
            if getattr(last, field) not in NOTHING and getattr(draft, field) == getattr(last, field):
                said[field] = gettext("Proposed because the assessment of {day} says so. Is it still true?").format(
                    day=day
                )
    if draft.child.school != Child.School.UNKNOWN:
        school = draft.child.get_school_display()
        preset = scoring.preset_out_of_school(draft.child.school)
        if preset == scoring.UNKNOWN:
            said["out_of_school"] = gettext("The file says: {school}. Ask whether mobility is the reason.").format(
                school=school
            )
        elif preset == draft.out_of_school:
            said["out_of_school"] = gettext("Proposed because the file says: {school}.").format(school=school)
    return said


# --- The need -----------------------------------------------------------------------------------------------------


def _place(assessment: Assessment, result: scoring.Score, *, today: date) -> tuple[Need | None, str]:
    """Open or re-score the child's need for a main chair; the first request stays day 0 of the wait."""
    need = assessment.child.needs.select_for_update().filter(closed_on=None).first()
    if need is None and result.high == 0 and not result.urgent:
        return None, ""
    act = "need.rescored" if need else "need.opened"
    if need is None:
        need = Need(child=assessment.child, requested_on=assessment.child.requested_on, opened_on=today)
    need.assessment = assessment
    need.rule_version = result.version
    need.score_low, need.score_high = result.low, result.high
    need.parts = result.as_dict()["parts"]
    need.flags = result.as_dict()["flags"]
    # A new look at the child ends what somebody decided about the old one: the facts are others.
    need.override_score = need.override_urgent = need.overridden_by = need.overridden_at = None
    need.override_reason = ""
    _rank(need, urgent=result.urgent, today=today)
    need.save()
    return need, act


def _rank(need: Need, *, urgent: bool, today: date) -> None:
    need.is_urgent = urgent if need.override_urgent is None else need.override_urgent
    need.urgent_since = (need.urgent_since or today) if need.is_urgent else None
    need.rank_score = need.score_high if need.override_score is None else need.override_score


def scored_urgent(need: Need) -> bool:
    """Whether the rule alone found a red flag."""
    return any(flag["state"] == "yes" for flag in need.flags)


@transaction.atomic
def override_need(
    need: Need, *, by: User, score: int | None, urgent: bool | None, reason: str, now: datetime | None = None
) -> Need:
    """A named person overrules the rule, with a reason; both None takes an earlier decision back.

    The points that the rule gave stay readable. Raises AssessmentRefused without a reason or on a closed need.
    """
    now = now or timezone.now()
    need = hold(Need.objects.filter(pk=need.pk).select_related("child")).get()
    if not need.is_open:
        raise AssessmentRefused(_("This need is closed."))
    if not reason.strip():
        raise AssessmentRefused(_("Write why you decide otherwise."), fields=("reason",))
    before = {"score": need.override_score, "urgent": need.override_urgent}
    decided = score is not None or urgent is not None
    need.override_score, need.override_urgent = score, urgent
    need.override_reason = reason.strip() if decided else ""
    need.overridden_by, need.overridden_at = (by, now) if decided else (None, None)
    _rank(need, urgent=scored_urgent(need), today=timezone.localdate(now))
    need.save()
    payload = {"before": before, "after": {"score": score, "urgent": urgent}, "reason": reason.strip()}
    journal.record("need.overridden", need, by=by, subject=need.child, payload=payload)
    return need


def mark_closed(need: Need, *, closing: str, today: date | None = None) -> None:
    """Close the row alone: for acts that journal the whole of what they do, such as a delivery."""
    need.closed_on, need.closing = today or timezone.localdate(), closing
    need.save(update_fields=["closed_on", "closing"])


def mark_open_again(need: Need) -> None:
    """The child waits after all, unless the same need was opened anew meanwhile; the caller journals it."""
    if Need.objects.filter(child=need.child_id, purpose=need.purpose, closed_on=None).exists():
        return
    need.closed_on, need.closing = None, ""
    need.save(update_fields=["closed_on", "closing"])
