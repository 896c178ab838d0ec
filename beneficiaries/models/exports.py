from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hajar.journal.models import Journalled


class ExportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What everybody took out, for who watches over it; else one's own."""
        return self if user.has_perm("beneficiaries.view_export") else self.filter(taken_by=user)

    def latest_first(self):
        return self.order_by("-created_at", "pk")


class Export(Journalled):
    """One row is one list that a person took out of the house as a file."""

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel file")
        CSV = "csv", _("CSV file")

    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("taken by"), on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("list"), max_length=30)
    file_format = models.CharField(_("format"), max_length=4, choices=Format.choices)
    reason = models.CharField(_("reason"), max_length=200)
    count = models.PositiveIntegerField(_("rows"))
    filters = models.JSONField(_("filters"), default=dict, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [
            models.Index(name="export_by_day", fields=["-created_at"]),
            models.Index(name="export_by_person", fields=["taken_by", "-created_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="export_has_reason",
                condition=~models.Q(reason=""),
                violation_error_message=_("Say what the file is for."),
            )
        ]

    def __str__(self):
        return f"{self.name} {self.created_at:%Y-%m-%d}"
