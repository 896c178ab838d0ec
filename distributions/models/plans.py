"""What staff decide about an initiative's plan before it is locked, and what the lock froze."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Need, Region
from beneficiaries.models.places import scope
from distributions.models.chairs import Chair
from distributions.models.initiatives import Initiative
from hajar.journal.models import Journalled


class PlanRuleQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Decisions about children of one's regions, and about chairs, which are everybody's."""
        of_my_regions = scope(user, "need__child__family__province__region")
        return (
            self.filter(Q(need=None) | of_my_regions) if of_my_regions else self
        )  # an empty condition is no condition

    def standing(self):
        """Those that nobody took back."""
        return self.filter(taken_back_at=None)


class PlanRule(Journalled):
    """One row is one named person's decision about a plan: a pair fixed or forbidden, a child or a chair left out."""

    class Kind(models.TextChoices):
        FIX = "fix", _("this chair for this child")
        FORBID = "forbid", _("not this chair for this child")
        EXCLUDE_NEED = "exclude_need", _("not this child in this initiative")
        EXCLUDE_CHAIR = "exclude_chair", _("not this chair in this initiative")

    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), on_delete=models.PROTECT, related_name="plan_rules"
    )
    kind = models.CharField(_("decision"), max_length=13, choices=Kind.choices)
    need = models.ForeignKey(
        Need, verbose_name=_("need"), null=True, blank=True, on_delete=models.PROTECT, related_name="plan_rules"
    )
    chair = models.ForeignKey(
        Chair, verbose_name=_("chair"), null=True, blank=True, on_delete=models.PROTECT, related_name="plan_rules"
    )
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, editable=False)

    objects = PlanRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision on a plan")
        verbose_name_plural = _("decisions on plans")
        indexes = [models.Index(name="planrule_by_initiative", fields=["initiative", "taken_back_at"])]
        constraints = [
            models.CheckConstraint(
                name="planrule_names_what_it_is_about",
                condition=Q(kind__in=["fix", "forbid"], need__isnull=False, chair__isnull=False)
                | Q(kind="exclude_need", need__isnull=False, chair=None)
                | Q(kind="exclude_chair", need=None, chair__isnull=False),
            ),
            models.CheckConstraint(
                name="planrule_has_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why."),
            ),
            models.UniqueConstraint(
                name="need_is_fixed_once", fields=["initiative", "need"], condition=Q(kind="fix", taken_back_at=None)
            ),
            models.UniqueConstraint(
                name="chair_is_fixed_once", fields=["initiative", "chair"], condition=Q(kind="fix", taken_back_at=None)
            ),
        ]

    def __str__(self):
        return self.get_kind_display()


class RegionFloor(Journalled):
    """One row is how many children of a region an initiative wants to serve at least."""

    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), on_delete=models.PROTECT, related_name="floors"
    )
    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+")
    least = models.PositiveSmallIntegerField(_("at least"))

    class Meta:
        verbose_name = _("regional floor")
        verbose_name_plural = _("regional floors")
        constraints = [
            models.UniqueConstraint(name="region_has_one_floor", fields=["initiative", "region"]),
            models.CheckConstraint(name="region_floor_is_positive", condition=Q(least__gte=1)),
        ]

    def __str__(self):
        return f"{self.region} ≥ {self.least}"


class PlanLock(Journalled):
    """One row is one locking of a plan: rules' versions, who was left out and why, the stock, as they were."""

    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), on_delete=models.PROTECT, related_name="locks"
    )
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("locked by"), on_delete=models.PROTECT, related_name="+"
    )
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("locked plan")
        verbose_name_plural = _("locked plans")
        default_permissions = ("view",)
        indexes = [models.Index(name="planlock_by_initiative", fields=["initiative", "-created_at"])]

    def __str__(self):
        return f"{self.created_at:%Y-%m-%d %H:%M}"
