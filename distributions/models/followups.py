from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Mandate
from beneficiaries.models.places import scope
from distributions.models.chairs import Chair
from distributions.models.deliveries import Delivery
from hajar.journal.models import Journalled


class Change(models.TextChoices):
    BETTER = "better", _("better")
    SAME = "same", _("the same")
    WORSE = "worse", _("worse")
    UNKNOWN = "unknown", _("not known")


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "delivery__allocation__need__child__family__province__region"))


class FollowUp(Journalled):
    """One row is one look after a hand-over. What is due is computed, never stored."""

    class Step(models.TextChoices):
        DAYS_14 = "days_14", _("call after 14 days")
        DAYS_42 = "days_42", _("visit after six weeks")
        HALF_YEARLY = "half_yearly", _("half-yearly look")

    delivery = models.ForeignKey(
        Delivery, verbose_name=_("delivery"), on_delete=models.PROTECT, related_name="followups", db_index=False
    )
    step = models.CharField(_("step"), max_length=12, choices=Step.choices)
    done_on = models.DateField(_("done on"), default=timezone.localdate)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("done by"), editable=False, on_delete=models.PROTECT, related_name="+"
    )
    still_used = models.BooleanField(_("the chair is used"), default=True)
    why_not_used = models.CharField(_("why it is not used"), max_length=200, blank=True)
    hours_per_day = models.PositiveSmallIntegerField(_("hours of use a day"), null=True, blank=True)
    has_skin_problem = models.BooleanField(_("red or broken skin"), default=False)
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
                name="followup_satisfaction_is_1_to_5",
                condition=Q(satisfaction=None) | Q(satisfaction__range=(1, 5)),
                violation_error_message=_("Satisfaction is given from 1 to 5."),
            ),
        ]

    def __str__(self):
        return self.get_step_display()


class RepairQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the stock: the association's as a whole."""
        return self if Mandate.of(user) or Mandate.covers_all(user) else self.none()

    def open(self):
        return self.filter(fixed_on=None)


class Repair(Journalled):
    """One row is one mending of one chair, from the breakdown to its being usable again."""

    chair = models.ForeignKey(Chair, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="repairs")
    broke_on = models.DateField(_("broken since"), default=timezone.localdate)
    fixed_on = models.DateField(_("working again since"), null=True, blank=True)
    what = models.CharField(_("what is broken"), max_length=300)
    parts = models.CharField(_("parts"), max_length=300, blank=True)
    cost_mad = models.DecimalField(_("cost, MAD"), max_digits=8, decimal_places=2, null=True, blank=True)
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
