from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Mandate
from hajar.journal.models import Journalled


class Partner(Journalled):
    """One row is an organisation that gives to or works with initiatives."""

    name_latin = models.CharField(_("name in Latin script"), max_length=120, unique=True)
    name_arabic = models.CharField(_("name in Arabic script"), max_length=120, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self):
        return self.name_arabic if get_language() == "ar" and self.name_arabic else self.name_latin


class InitiativeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Campaigns are the association's as a whole: whoever has a mandate, and the permission, sees them."""
        return self if Mandate.of(user) or Mandate.covers_all(user) else self.none()

    def current(self):
        return self.exclude(state__in=[Initiative.State.RECONCILED, Initiative.State.CLOSED])


class Initiative(Journalled):
    """One row is a solidarity campaign with an occasion and dates."""

    class Occasion(models.TextChoices):
        DISABILITY_DAY = "disability_day", _("International Day of Persons with Disabilities")
        RARE_DISEASE_DAY = "rare_disease_day", _("Rare Disease Day")
        RAMADAN = "ramadan", _("Ramadan")
        SCHOOL_YEAR = "school_year", _("start of the school year")
        OTHER = "other", _("other occasion")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        LOCKED = "locked", _("locked")
        APPROVED = "approved", pgettext_lazy("initiative", "approved")
        UNDER_WAY = "under_way", _("under way")
        RECONCILED = "reconciled", _("reconciled")
        CLOSED = "closed", pgettext_lazy("initiative", "closed")

    name_fr = models.CharField(_("name in French"), max_length=120)
    name_ar = models.CharField(_("name in Arabic"), max_length=120, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    partners = models.ManyToManyField(Partner, verbose_name=_("partners"), blank=True, related_name="initiatives")
    target = models.PositiveIntegerField(_("chairs aimed at"))
    budget_mad = models.DecimalField(_("budget, MAD"), max_digits=12, decimal_places=2, null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    plan_version = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Counts the decisions on the plan: two planners notice each other.")
    )

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        permissions = [("plan_initiative", "Can share out the chairs of an initiative")]
        indexes = [models.Index(name="initiative_by_date", fields=["-starts_on", "id"])]
        constraints = [
            models.CheckConstraint(
                name="initiative_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("An initiative cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="initiative_budget_is_positive",
                condition=Q(budget_mad=None) | Q(budget_mad__gte=0),
                violation_error_message=_("A budget cannot be negative."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("distributions:initiative_detail", args=[self.pk])

    @property
    def name(self) -> str:
        return {"ar": self.name_ar, "en": self.name_en}.get((get_language() or "fr")[:2], "") or self.name_fr

    @property
    def takes_allocations(self) -> bool:
        return self.state not in (self.State.RECONCILED, self.State.CLOSED)
