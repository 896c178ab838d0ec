from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import scoring
from beneficiaries.models import Assessment, Child, Mandate, Measurement
from beneficiaries.models.places import scope
from distributions import growth, look_calendar
from distributions.models.chairs import Chair
from distributions.models.deliveries import Delivery
from hajar.journal.models import Journalled
from hajar.lib.several import SeveralField


class Change(models.TextChoices):
    BETTER = "better", _("better")
    SAME = "same", _("the same")
    WORSE = "worse", _("worse")
    UNKNOWN = "unknown", _("not known")


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "delivery__allocation__need__child__family__province__region"))

    def with_open_action(self):
        """Looks after which something is still to be done; a closed file asks for nothing more."""
        return self.exclude(action="").filter(
            action_done_on=None, delivery__allocation__need__child__status__in=Child.FOLLOWED
        )


class FollowUp(Journalled):
    """One row is one look after a hand-over. The day of the next one stands beside the hand-over."""

    class Step(models.TextChoices):
        DAYS_14 = look_calendar.CALL, _("call after 14 days")
        DAYS_42 = look_calendar.VISIT, _("visit after six weeks")
        HALF_YEARLY = look_calendar.REGULAR, _("half-yearly look")

    class Contact(models.TextChoices):
        CALL = "call", _("by phone")
        VISIT = "visit", _("visit at home")
        CENTRE = "centre", _("at the centre")
        OTHER = "other", _("elsewhere")

    class Unused(models.TextChoices):
        TOO_SMALL = "too_small", _("too small")
        TOO_BIG = "too_big", _("too big")
        BROKEN = "broken", _("broken")
        UNCOMFORTABLE = "uncomfortable", _("uncomfortable")
        PAIN = "pain", _("pain")
        SKIN = "skin", _("skin")
        NO_TRANSPORT = "no_transport", _("cannot be taken along")
        TERRAIN = "terrain", _("the ground")
        SHAME = "shame", _("people stare")
        UNWELL = "unwell", _("the child is unwell")
        GONE = "gone", _("sold, lent or lost")

    class Part(models.TextChoices):
        FRAME = "frame", _("frame")
        CASTORS = "castors", _("castors")
        REAR_WHEELS = "rear_wheels", _("rear wheels")
        TYRES = "tyres", _("tyres")
        BRAKES = "brakes", _("brakes")
        FOOTRESTS = "footrests", _("footrests")
        ARMRESTS = "armrests", _("armrests")
        SEAT = "seat", _("seat and back")
        CUSHION = "cushion", _("cushion")
        HEADREST = "headrest", _("headrest")
        STRAPS = "straps", _("straps")

    FIT = ("fits_width", "fits_depth", "feet_supported", "sits_upright")

    delivery = models.ForeignKey(
        Delivery, verbose_name=_("delivery"), on_delete=models.PROTECT, related_name="followups", db_index=False
    )
    step = models.CharField(_("step"), max_length=12, choices=Step.choices)
    done_on = models.DateField(_("done on"), default=timezone.localdate)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("done by"), editable=False, on_delete=models.PROTECT, related_name="+"
    )
    contact = models.CharField(_("how"), max_length=7, choices=Contact.choices, default=Contact.VISIT)
    still_used = models.BooleanField(_("the chair is used"), default=True)
    unused_because = SeveralField(_("what keeps the child from using it"), options=Unused.choices)
    why_not_used = models.CharField(_("why it is not used"), max_length=200, blank=True)
    places = SeveralField(_("where it is used"), options=Assessment.UsePlace.choices)
    hours_per_day = models.PositiveSmallIntegerField(_("hours of use a day"), null=True, blank=True)
    has_skin_problem = models.BooleanField(_("red or broken skin"), default=False)
    skin = models.CharField(_("skin"), max_length=15, choices=Assessment.Injury.choices, blank=True)
    pain = models.PositiveSmallIntegerField(_("pain when sitting, 0 to 10"), null=True, blank=True)
    falls = models.PositiveSmallIntegerField(_("falls or tips since the last look"), null=True, blank=True)
    swallowing_change = models.CharField(
        _("swallowing and breathing in the chair"), max_length=8, choices=Change.choices, default=Change.UNKNOWN
    )
    measurement = models.OneToOneField(
        Measurement, verbose_name=_("measures taken"), null=True, blank=True, editable=False, on_delete=models.PROTECT,
        related_name="followup",
    )  # fmt: skip
    # Does it still fit, point by point as at the hand-over
    fits_width = models.CharField(_("hips without pressure"), max_length=8, choices=Delivery.Check.choices, blank=True)
    fits_depth = models.CharField(
        _("two fingers behind the knee"), max_length=8, choices=Delivery.Check.choices, blank=True
    )
    feet_supported = models.CharField(_("feet supported"), max_length=8, choices=Delivery.Check.choices, blank=True)
    sits_upright = models.CharField(
        _("sits upright and at ease"), max_length=8, choices=Delivery.Check.choices, blank=True
    )
    worn_parts = SeveralField(_("worn"), options=Part.choices)
    broken_parts = SeveralField(_("broken"), options=Part.choices)
    training_refreshed = models.BooleanField(_("training refreshed"), default=False)
    action = models.CharField(_("what is to be done"), max_length=300, blank=True)
    action_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who does it"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    action_due_on = models.DateField(_("until"), null=True, blank=True)
    action_done_on = models.DateField(_("done"), null=True, blank=True, editable=False)
    needs_remeasuring = models.BooleanField(_("to be measured again"), default=False)
    school_change = models.CharField(_("school"), max_length=8, choices=Change.choices, default=Change.UNKNOWN)
    mobility_change = models.CharField(_("getting about"), max_length=8, choices=Change.choices, default=Change.UNKNOWN)
    burden_change = models.CharField(
        _("carrying and care for the family"), max_length=8, choices=Change.choices, default=Change.UNKNOWN
    )
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction, 1 to 5"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        indexes = [
            models.Index(name="followup_by_day", fields=["-done_on", "id"]),
            models.Index(name="followup_by_delivery", fields=["delivery", "step", "done_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="followup_unused_has_reason",
                condition=Q(still_used=True) | ~Q(why_not_used=""),
                violation_error_message=_("Say why the chair is not used."),
            ),
            models.CheckConstraint(
                name="followup_hours_fit_in_a_day",
                condition=Q(hours_per_day=None) | Q(hours_per_day__lte=24),
                violation_error_message=_("A day has 24 hours."),
            ),
            models.CheckConstraint(
                name="followup_pain_is_0_to_10",
                condition=Q(pain=None) | Q(pain__lte=10),
                violation_error_message=_("Pain is given from 0 to 10."),
            ),
            models.CheckConstraint(
                name="followup_action_has_day",
                condition=Q(action="") | Q(action_due_on__isnull=False),
                violation_error_message=_("Say until when it is to be done."),
            ),
            models.CheckConstraint(
                name="followup_satisfaction_is_1_to_5",
                condition=Q(satisfaction=None) | Q(satisfaction__range=(1, 5)),
                violation_error_message=_("Satisfaction is given from 1 to 5."),
            ),
        ]

    # Why it is not used, where the list of reasons says it all: the database wants a word.
    SAID_ABOVE = "—"
    SOUND_SKIN = ("", Assessment.Injury.NONE, Assessment.Injury.PAST, Assessment.Injury.UNKNOWN)

    def __str__(self):
        return str(self.step_words)

    def get_absolute_url(self):
        return reverse("distributions:followup_detail", args=[self.pk])

    @classmethod
    def words_of_step(cls, step: str):
        """A regular look comes every half year, or every four months while a child grows fast."""
        return _("regular look") if step == cls.Step.HALF_YEARLY else cls.Step(step).label

    @property
    def step_words(self):
        return self.words_of_step(self.step)

    @property
    def unused_words(self) -> list[str]:
        """What keeps the child from using the chair, in the reader's language; then what was written."""
        listed = FollowUp._meta.get_field("unused_because").words(self.unused_because)
        written = self.why_not_used if self.why_not_used != self.SAID_ABOVE else ""
        return [*listed, *filter(None, [written])]

    @property
    def places_words(self) -> list[str]:
        return FollowUp._meta.get_field("places").words(self.places)

    @property
    def worn_words(self) -> list[str]:
        return FollowUp._meta.get_field("worn_parts").words(self.worn_parts)

    @property
    def broken_words(self) -> list[str]:
        return FollowUp._meta.get_field("broken_parts").words(self.broken_parts)

    @property
    def has_open_wound(self) -> bool:
        """Broken skin, stage 2 or beyond, or one that cannot be staged: a red flag of NEED-1.0."""
        return scoring.INJURY.get(self.skin, 0) == scoring.OPEN_INJURY

    @property
    def fit_checks(self) -> list[tuple[str, str]]:
        """Each point of the fit that was answered: (question, code of the answer)."""
        labels = {field.name: str(field.verbose_name) for field in self._meta.fields}
        return [(labels[name], getattr(self, name)) for name in self.FIT if getattr(self, name)]

    @property
    def action_is_late(self) -> bool:
        is_open = self.action and not self.action_done_on
        return bool(is_open and self.action_due_on and self.action_due_on < timezone.localdate())

    @classmethod
    def skin_choices(cls) -> list[tuple[str, Any]]:
        """What a look can find of the skin now, unlike an assessment, which asks what ever was."""
        Injury = Assessment.Injury
        now = {Injury.NONE.value: _("sound"), Injury.UNKNOWN.value: _("nobody looked")}
        return [(code, now.get(code, label)) for code, label in Injury.choices if code != Injury.PAST]

    @property
    def skin_words(self):
        return dict(self.skin_choices()).get(self.skin, self.get_skin_display())


class RepairQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the stock: the association's as a whole."""
        return self if Mandate.of(user) or Mandate.covers_all(user) else self.none()

    def open(self):
        return self.filter(fixed_on=None)

    def without_mobility(self):
        """Those that left a child without her chair."""
        return self.exclude(child=None)


class Repair(Journalled):
    """One row is one mending of one chair, from the breakdown to its being usable again."""

    chair = models.ForeignKey(Chair, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="repairs")
    broke_on = models.DateField(_("broken since"), default=timezone.localdate)
    fixed_on = models.DateField(_("working again since"), null=True, blank=True)
    what = models.CharField(_("what is broken"), max_length=300)
    parts = models.CharField(_("parts"), max_length=300, blank=True)
    cost_mad = models.DecimalField(_("cost, MAD"), max_digits=8, decimal_places=2, null=True, blank=True)
    loan_chair = models.ForeignKey(
        Chair, verbose_name=_("chair lent meanwhile"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="lent_for",
    )  # fmt: skip
    child = models.ForeignKey(
        Child, verbose_name=_("child without the chair"), null=True, editable=False, on_delete=models.PROTECT,
        related_name="repairs", help_text=_("Who had the chair when it broke."),
    )  # fmt: skip
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reported by"),
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = RepairQuerySet.as_manager()

    class Meta:
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        indexes = [models.Index(name="repair_by_day", fields=["-broke_on", "id"])]
        constraints = [
            models.CheckConstraint(
                name="repair_ends_after_it_begins",
                condition=Q(fixed_on=None) | Q(fixed_on__gte=models.F("broke_on")),
                violation_error_message=_("A repair cannot end before it begins."),
            )
        ]

    def __str__(self):
        return self.what


class ForecastQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "delivery__allocation__need__child__family__province__region"))

    def current(self):
        """Those of chairs that are still with their child, who is followed."""
        return self.filter(delivery__in=Delivery.objects.still_with_child())

    def of_chair(self, chair):
        """That of the hand-over by which the chair came to the child who has it; None where there is none."""
        return (
            self.current().filter(delivery__allocation__chair=chair).order_by("-delivery__handed_over_on", "pk").first()
        )


class Forecast(Journalled):
    """One row is when a handed-over chair will be too small for its child. A cache: GROW-1.0 can always say it anew.

    Two dates, each early, likely and late: when the chair leaves its good fit (the follow-up calendar heeds it) and
    when it is too small (the purchase forecast heeds it). None means not before the 18th birthday, or not known.
    """

    delivery = models.OneToOneField(
        Delivery, verbose_name=_("delivery"), on_delete=models.PROTECT, related_name="forecast"
    )
    rule_version = models.CharField(_("rules"), max_length=12)
    measured_on = models.DateField(_("measures of"))
    good_fit_early_on = models.DateField(_("leaves its good fit, early"), null=True)
    good_fit_likely_on = models.DateField(_("leaves its good fit, likely"), null=True)
    good_fit_late_on = models.DateField(_("leaves its good fit, late"), null=True)
    too_small_early_on = models.DateField(_("too small, early"), null=True)
    too_small_likely_on = models.DateField(_("too small, likely"), null=True, db_index=True)
    too_small_late_on = models.DateField(_("too small, late"), null=True)
    limiting = models.CharField(_("what is too small first"), max_length=20, blank=True)
    not_evaluated = models.JSONField(_("not evaluated"), default=list)

    objects = ForecastQuerySet.as_manager()

    class Meta:
        verbose_name = _("growth forecast")
        verbose_name_plural = _("growth forecasts")
        default_permissions = ("view",)

    def __str__(self):
        return str(self.too_small_likely_on or "")

    @property
    def is_known(self) -> bool:
        """Whether a date could be given at all: without seat depth and footrest it would come too late."""
        return not set(growth.NEEDED_FOR_A_DATE) <= set(self.not_evaluated)

    @property
    def limiting_words(self) -> list[str]:
        """What is too small first, in the reader's language."""
        return [gettext(growth.DIMENSION_NAMES[code]) for code in self.limiting.split("+") if code]

    @property
    def not_evaluated_words(self) -> list[str]:
        return [gettext(growth.DIMENSION_NAMES[code]) for code in self.not_evaluated]

    @property
    def is_too_small(self) -> bool:
        """Whether the chair is likely too small already."""
        return self.too_small_likely_on is not None and self.too_small_likely_on <= timezone.localdate()
