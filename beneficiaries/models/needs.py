"""The need that follows from an assessment: the waiting list is the open needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import scoring
from beneficiaries.models.assessments import Assessment
from beneficiaries.models.children import Child
from beneficiaries.models.levels import MOST_BONUS, Level
from beneficiaries.models.places import scope
from hajar.journal.models import Journalled


@dataclass(frozen=True)
class Reason:
    """One line of a score in the reader's language."""

    low: int
    high: int
    sentence: str

    @classmethod
    def of(cls, line: dict[str, Any]) -> "Reason":
        """A line as a score is stored."""
        return cls(line["low"], line["high"], say(line["reason"], line["params"]))

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
            reasons=tuple(map(Reason.of, part["lines"])),
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

    def as_queue(self, today=None):
        """The same to put in order and to compare by queue_points, which are not read with the rows."""
        return self.alias(queue_points=F("rank_score") + _wait_bonus(today or timezone.localdate()))

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

    def levels(self, today=None) -> list[Level]:
        """How many of these needs have so many points today, first to last; only their own columns are asked."""
        rows = self.with_queue(today).order_by("-is_urgent", "-queue_points").values("is_urgent", "queue_points")
        return [Level(row["is_urgent"], row["queue_points"], row["needs"]) for row in rows.annotate(needs=Count("*"))]

    def before(self, need: "Need"):
        """Those of these open needs that stand before one of them in the queue."""
        points = need.rank_score + need.bonus
        earlier = Q(requested_on__lt=need.requested_on) | Q(requested_on=need.requested_on, pk__lt=need.pk)
        first = Q(queue_points__gt=points) | (Q(queue_points=points) & earlier)
        ahead = Q(is_urgent__gt=need.is_urgent) | (Q(is_urgent=need.is_urgent) & first)
        return self.as_queue().filter(ahead)


def _asked_by(today: date, points: int) -> date:
    """Whoever asked by this day has so many points of the wait bonus or more."""
    return today - timedelta(days=60 + 30 * points)


def _wait_bonus(today) -> Case:
    """One point per full 30 days after day 60, at most 10, as database arithmetic on day thresholds."""
    steps = [
        When(requested_on__lte=_asked_by(today, points), then=Value(points)) for points in range(MOST_BONUS, 0, -1)
    ]
    return Case(*steps, default=Value(0), output_field=IntegerField())


class Need(Journalled):
    """One row is one chair that one child needs, from the assessment that opened it to the hand-over that closes it."""

    class Purpose(models.TextChoices):
        MAIN_CHAIR = "main_chair", _("main chair")
        REPLACEMENT = "replacement", _("replacement")
        ACCESSORY = "accessory", _("accessory")
        REPAIR = "repair", _("repair of the present chair")

    CHAIRS = (Purpose.MAIN_CHAIR, Purpose.REPLACEMENT)  # the purposes that a chair of the stock can meet

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
    def counted_reasons(self) -> list[Reason]:
        """The lines of the score that give points, without the many that give none."""
        return [Reason.of(line) for part in self.parts for line in part["lines"] if line["high"] > 0]

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
