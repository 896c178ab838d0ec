"""One look at what a child needs, and the need that follows from it."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import scoring
from beneficiaries.models.children import Child
from beneficiaries.models.places import scope
from hajar.journal.models import Journalled


class YesNo(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("not known")
    REFUSED = "refused", _("preferred not to answer")


class CushionAnswer(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    UNKNOWN = "unknown", _("not known")


def _yes_no(label, **options) -> models.CharField:
    return models.CharField(label, max_length=10, choices=YesNo.choices, blank=True, **options)


def _millimetres(label) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "child__family__province__region"))

    def complete(self):
        return self.filter(state=Assessment.State.COMPLETE)

    def latest_first(self):
        return self.order_by("-assessed_on", "-created_at", "pk")


class Assessment(Journalled):
    """One row is one dated look at a child's mobility, posture, home, risks and measures.

    "" means that a question was not asked yet, "unknown" that nobody could answer: both are unknown to the score.
    A complete assessment never changes (a trigger refuses it); a correction is a new one.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        COMPLETE = "complete", _("complete")

    class Place(models.TextChoices):
        HOME = "home", _("at home")
        OFFICE = "office", _("at the office")
        HOSPITAL = "hospital", _("at the hospital")
        OUTREACH = "outreach", _("at an outreach clinic")
        SCHOOL = "school", _("at school")

    class Mobility(models.TextChoices):
        INDEPENDENT = "independent", _("walks alone")
        UNSTEADY = "unsteady", _("unsteady, falls often")
        SHORT_DISTANCE = "short_distance", _("walks only a short distance, with support")
        CANNOT_WALK = "cannot_walk", _("cannot walk, sits or moves alone on the floor")
        LIFTED = "lifted", _("cannot walk, is lifted for every move")
        UNKNOWN = "unknown", _("not known")

    class Injury(models.TextChoices):
        NONE = "none", _("never")
        PAST = "past", _("healed")
        STAGE_1 = "stage_1", _("red skin, unbroken (stage 1)")
        STAGE_2 = "stage_2", _("broken skin (stage 2)")
        STAGE_3 = "stage_3", _("deep wound (stage 3)")
        STAGE_4 = "stage_4", _("very deep wound (stage 4)")
        UNSTAGEABLE = "unstageable", _("covered wound, depth not seen")
        DEEP_TISSUE = "deep_tissue", _("dark skin, injury beneath")
        UNKNOWN = "unknown", _("not known")

    class Posture(models.TextChoices):
        BASIC = "basic", _("sits well")
        INTERMEDIATE = "intermediate", _("needs some support")
        COMPLEX = "complex", _("cannot sit without much support")
        UNKNOWN = "unknown", _("not known")

    class Progression(models.TextChoices):
        STATIC = "static", _("stable")
        PROGRESSIVE = "progressive", _("slowly harder")
        RAPID = "rapid", _("much harder within a year")
        RATE_UNKNOWN = "progressive_unknown_rate", _("harder, pace not known")
        UNKNOWN = "unknown", _("not known")

    class Push(models.TextChoices):
        HELPER = "helper", _("pushed by a helper")
        BOTH_ARMS = "both_arms", _("both arms")
        ONE_ARM = "one_arm", _("one arm")
        LEGS = "legs", _("one or both legs")
        UNKNOWN = "unknown", _("not known")

    child = models.ForeignKey(Child, verbose_name=_("child"), on_delete=models.PROTECT, related_name="assessments")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    assessed_on = models.DateField(_("date"), default=timezone.localdate)
    place = models.CharField(_("place"), max_length=8, choices=Place.choices, default=Place.HOME)
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("assessor"), editable=False, on_delete=models.PROTECT, related_name="+"
    )
    completed_at = models.DateTimeField(_("completed at"), null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False, help_text=_("Counts the savings of a draft."))
    goals = models.TextField(_("what the family hopes for, in their words"), blank=True, max_length=2000)

    # A mobility
    mobility = models.CharField(_("how the child moves"), max_length=15, choices=Mobility.choices, blank=True)
    push_method = models.CharField(_("how the chair will be moved"), max_length=10, choices=Push.choices, blank=True)
    # B present equipment
    has_chair = _yes_no(_("has a wheelchair or buggy that can be used"))
    chair_meets_needs = _yes_no(_("it meets the child's needs"))
    chair_suits_home = _yes_no(_("it suits the places where it is used"))
    chair_fits = _yes_no(_("it fits and supports the posture"))
    chair_is_safe = _yes_no(_("it is safe and lasting"))
    chair_cushion_relieves = models.CharField(
        _("the cushion relieves pressure"), max_length=15, choices=CushionAnswer.choices, blank=True
    )
    # C health risk
    injury = models.CharField(_("pressure injury"), max_length=15, choices=Injury.choices, blank=True)
    cannot_feel = _yes_no(_("cannot feel part of the body that sits"))
    risk_cannot_move = _yes_no(_("cannot change position alone"))
    risk_moisture = _yes_no(_("skin often moist"))
    risk_poor_posture = _yes_no(_("poor posture when sitting"))
    risk_poor_diet = _yes_no(_("eats or drinks too little"))
    risk_weight = _yes_no(_("much under or over weight"))
    swallowing_or_breathing_worse = _yes_no(_("swallows or breathes worse without supported sitting"))
    pain_or_deformity = _yes_no(_("pain in sitting, or hip or spine becoming deformed"))
    # D posture, E progression
    posture_level = models.CharField(_("sitting posture"), max_length=12, choices=Posture.choices, blank=True)
    progression = models.CharField(
        _("over the last year moving became"), max_length=25, choices=Progression.choices, blank=True
    )
    # F participation and carer
    out_of_school = _yes_no(_("out of school, or often absent, because of mobility"))
    missed_treatment = _yes_no(_("missed treatment for lack of transport"))
    lifts_per_day = models.PositiveSmallIntegerField(_("times lifted or carried on a usual day"), null=True, blank=True)
    carer_pain = models.PositiveSmallIntegerField(
        _("back or shoulder pain of the main carer, 0 to 10"), null=True, blank=True
    )
    sole_or_burdened_carer = _yes_no(_("single carer, carer with a disability, or two or more affected children"))
    # Red flags
    falls_or_breathing_trouble_in_seat = _yes_no(_("falls out of the present seat, or breathes badly in it"))
    lost_chair_full_time_user = _yes_no(_("used a chair all day and has just lost it"))
    palliative = _yes_no(_("receives comfort care at the end of life"))
    discharge_depends = _yes_no(_("leaving hospital depends on the chair"))
    # Home
    narrowest_door_mm = _millimetres(_("narrowest door, mm"))
    steps_at_entrance = models.PositiveSmallIntegerField(_("steps at the entrance"), null=True, blank=True)
    # Measures: letters as in the WHO wheelchair service training
    hip_width_mm = _millimetres(_("A: hip width, mm"))
    seat_depth_left_mm = _millimetres(_("B left: seat depth, mm"))
    seat_depth_right_mm = _millimetres(_("B right: seat depth, mm"))
    calf_left_mm = _millimetres(_("C left: calf length, mm"))
    calf_right_mm = _millimetres(_("C right: calf length, mm"))
    rib_height_mm = _millimetres(_("D: seat to bottom of ribs, mm"))
    scapula_height_mm = _millimetres(_("E: seat to bottom of shoulder blade, mm"))
    shoulder_height_mm = _millimetres(_("F: seat to top of shoulder, mm"))
    axilla_left_mm = _millimetres(_("H left: seat to armpit, mm"))
    axilla_right_mm = _millimetres(_("H right: seat to armpit, mm"))
    skull_base_mm = _millimetres(_("K: seat to base of skull, mm"))
    mass_kg = models.DecimalField(_("mass, kg"), max_digits=4, decimal_places=1, null=True, blank=True)
    height_cm = models.DecimalField(_("height, cm"), max_digits=4, decimal_places=1, null=True, blank=True)
    remarks = models.TextField(_("remarks"), blank=True, max_length=4000)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        indexes = [models.Index(name="assessment_by_child", fields=["child", "-assessed_on"])]
        constraints = [
            models.UniqueConstraint(
                name="child_has_one_draft",
                fields=["child"],
                condition=Q(state="draft"),
                violation_error_message=_("A draft of an assessment is already open for this child."),
            ),
            models.CheckConstraint(
                name="assessment_complete_has_moment",
                condition=Q(state="draft", completed_at=None) | Q(state="complete", completed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_pain_is_0_to_10",
                condition=Q(carer_pain=None) | Q(carer_pain__lte=10),
                violation_error_message=_("Pain is given from 0 to 10."),
            ),
        ]

    def __str__(self):
        return f"{self.assessed_on:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("beneficiaries:assessment_detail", args=[self.pk])

    @property
    def is_complete(self) -> bool:
        return self.state == self.State.COMPLETE

    def answers(self) -> scoring.Answers:
        """What NEED-1.0 reads. A draft may hold a mass that nobody has; it says nothing until it is corrected."""
        if self.mass_kg is not None and self.mass_kg <= 0:
            sound = copy(self)
            sound.mass_kg = None
            return scoring.Answers.taken_from(sound)
        return scoring.Answers.taken_from(self)

    def score(self) -> scoring.Score:
        """NEED-1.0 of these answers, as they are now."""
        return scoring.score(self.answers())


@dataclass(frozen=True)
class Reason:
    """One line of a score in the reader's language."""

    low: int
    high: int
    sentence: str

    @property
    def points(self) -> str:
        return span(self.low, self.high)

    @property
    def counts(self) -> bool:
        return self.high > 0


@dataclass(frozen=True)
class ExplainedPart:
    """One of the six parts of a score, with its reasons."""

    code: str
    name: str
    low: int
    high: int
    maximum: int
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> str:
        return span(self.low, self.high)


def span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def explain(parts: Sequence[dict[str, Any]]) -> list[ExplainedPart]:
    """The stored parts of a score (Score.as_dict()["parts"]) as sentences. A rule that is gone keeps its points."""
    return [
        ExplainedPart(
            code=part["code"],
            name=gettext(scoring.PART_NAMES.get(part["name"], part["name"])),
            low=part["low"],
            high=part["high"],
            maximum=part["maximum"],
            reasons=tuple(
                Reason(line["low"], line["high"], say(line["reason"], line["params"])) for line in part["lines"]
            ),
        )
        for part in parts
    ]


def say(reason: str, params: dict[str, Any] | None = None) -> str:
    """The sentence of a reason in the reader's language; "" for a reason that no rule knows any more."""
    if reason not in scoring.REASONS:
        return ""
    return scoring.sentence(reason, params, translate=gettext, number=_number)


def _number(value: Any) -> str:
    return formats.number_format(Decimal(str(value)))


class NeedQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "child__family__province__region"))

    def open(self):
        """The waiting list: needs not closed, of children we follow."""
        return self.filter(closed_on=None, child__status__in=Child.FOLLOWED)

    def with_queue(self, today=None):
        """Annotate wait_bonus (0-10) and queue_points (need's high end + bonus), as decided for NEED-1.0."""
        today = today or timezone.localdate()
        return self.annotate(wait_bonus=_wait_bonus(today)).annotate(queue_points=F("rank_score") + F("wait_bonus"))

    def incomplete(self):
        """Too much is unknown to rank these children out."""
        return self.filter(score_high__gt=F("score_low") + scoring.WIDEST_RANKABLE)

    def complete(self):
        return self.filter(score_high__lte=F("score_low") + scoring.WIDEST_RANKABLE)

    def with_child(self):
        return self.select_related("child__family__province__region")

    def in_band(self, band: str):
        """Needs whose rank lies in a band of NEED-1.0: high, medium or planned."""
        if band == "high":
            return self.filter(rank_score__gte=scoring.HIGH_FROM)
        if band == "medium":
            return self.filter(rank_score__gte=scoring.MEDIUM_FROM, rank_score__lt=scoring.HIGH_FROM)
        return self.filter(rank_score__lt=scoring.MEDIUM_FROM)

    def in_queue_order(self, today=None):
        """Urgent first, then need and wait bonus, then the longest wait."""
        return self.with_queue(today).order_by(*Need.QUEUE_ORDER)


def _wait_bonus(today) -> Case:
    """One point per full 30 days after day 60, at most 10, as database arithmetic on day thresholds."""
    steps = [
        When(requested_on__lte=today - timedelta(days=60 + 30 * points), then=Value(points))
        for points in range(10, 0, -1)
    ]
    return Case(*steps, default=Value(0), output_field=IntegerField())


class Need(Journalled):
    """One row is one chair that one child needs, from the assessment that opened it to the hand-over that closes it."""

    class Purpose(models.TextChoices):
        MAIN_CHAIR = "main_chair", _("main chair")
        REPLACEMENT = "replacement", _("replacement")

    class Closing(models.TextChoices):
        DELIVERED = "delivered", _("chair handed over")
        NO_LONGER_NEEDED = "no_longer_needed", _("no longer needed")
        DECLINED = "declined", _("declined by the family")
        SERVED_ELSEWHERE = "served_elsewhere", _("served elsewhere")
        FILE_CLOSED = "file_closed", _("file closed")
        ERROR = "error", _("opened by mistake")

    QUEUE_ORDER = ("-is_urgent", "-queue_points", "requested_on", "pk")

    child = models.ForeignKey(Child, verbose_name=_("child"), on_delete=models.PROTECT, related_name="needs")
    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="needs"
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.MAIN_CHAIR)
    requested_on = models.DateField(_("first request"))
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)
    # The score as NEED-1.0 gave it, low end to high end; unknown answers open the interval.
    rule_version = models.CharField(_("rules"), max_length=12)
    score_low = models.PositiveSmallIntegerField(_("need, low end"))
    score_high = models.PositiveSmallIntegerField(_("need, high end"))
    parts = models.JSONField(_("parts"), default=list)
    flags = models.JSONField(_("red flags"), default=list)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    urgent_since = models.DateField(_("urgent since"), null=True, blank=True)
    # What a named person decided instead, with the reason.
    override_score = models.PositiveSmallIntegerField(_("need decided"), null=True, blank=True)
    override_urgent = models.BooleanField(_("urgency decided"), null=True, blank=True)
    override_reason = models.TextField(_("reason"), blank=True, max_length=1000)
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    overridden_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    rank_score = models.PositiveSmallIntegerField(editable=False, default=0)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closing = models.CharField(_("closed because"), max_length=16, choices=Closing.choices, blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        permissions = [("override_need", "Can overrule the score of a need")]
        indexes = [
            models.Index(name="need_queue", fields=["closed_on", "-is_urgent", "-rank_score", "requested_on", "child"]),
            models.Index(name="need_by_child", fields=["child", "closed_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="child_has_one_open_need_per_purpose",
                fields=["child", "purpose"],
                condition=Q(closed_on=None),
                violation_error_message=_("This need is already on the waiting list."),
            ),
            models.CheckConstraint(
                name="need_interval", condition=Q(score_low__lte=F("score_high"), score_high__lte=100)
            ),
            models.CheckConstraint(
                name="need_closed_has_reason",
                condition=Q(closed_on=None, closing="") | (Q(closed_on__isnull=False) & ~Q(closing="")),
                violation_error_message=_("Say why the need is closed."),
            ),
            models.CheckConstraint(
                name="need_override_has_reason_and_author",
                condition=Q(override_score=None, override_urgent=None)
                | (~Q(override_reason="") & Q(overridden_by__isnull=False, overridden_at__isnull=False)),
                violation_error_message=_("A decision that overrules the score needs a reason and a name."),
            ),
            models.CheckConstraint(
                name="need_override_score_is_0_to_100",
                condition=Q(override_score=None) | Q(override_score__lte=100),
                violation_error_message=_("A need lies between 0 and 100."),
            ),
            models.CheckConstraint(
                name="need_urgent_has_day",
                condition=Q(is_urgent=False) | Q(urgent_since__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()} · {self.score_text}"

    def get_absolute_url(self):
        return reverse("beneficiaries:need_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def is_overridden(self) -> bool:
        return self.override_score is not None or self.override_urgent is not None

    @property
    def is_incomplete(self) -> bool:
        """The interval is too wide to rank the child out."""
        return self.score_high - self.score_low > scoring.WIDEST_RANKABLE

    @property
    def score_text(self) -> str:
        return self.scored_text if self.override_score is None else str(self.override_score)

    @property
    def scored_text(self) -> str:
        """What the rule alone gave, whatever somebody decided."""
        return span(self.score_low, self.score_high)

    @property
    def band_name(self) -> str:
        """The band in words; of both ends where they differ."""
        low, high = (self.score_low, self.score_high) if self.override_score is None else (self.override_score,) * 2
        ends = scoring.band(low), scoring.band(high)
        return gettext(scoring.BAND_NAMES[ends[0] if ends[0] == ends[1] else "_".join(ends)])

    @property
    def explained_parts(self) -> list[ExplainedPart]:
        return explain(self.parts)

    @property
    def red_flags(self) -> list[str]:
        """The dangers found, in words."""
        return [say(flag["reason"]) for flag in self.flags if flag["state"] == "yes"]

    @property
    def flags_to_check(self) -> list[str]:
        """The dangers nobody could answer yet, in words."""
        return [say(flag["reason"]) for flag in self.flags if flag["state"] == scoring.UNKNOWN]

    @property
    def decision_due_on(self) -> date | None:
        """The day by which an urgent need is decided; None where it is not urgent."""
        return scoring.decision_due(self.urgent_since) if self.urgent_since else None

    @property
    def decision_is_overdue(self) -> bool:
        return self.urgent_since is not None and scoring.decision_overdue(self.urgent_since, timezone.localdate())

    @property
    def bonus(self) -> int:
        """The points that waiting adds in the queue today; they never change the need."""
        return scoring.wait_bonus(self.requested_on, self.closed_on or timezone.localdate())

    def days_waiting(self, today=None) -> int:
        return scoring.days_waiting(self.requested_on, self.closed_on or today or timezone.localdate())
