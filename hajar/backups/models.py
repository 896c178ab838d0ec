from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hajar.journal.models import Journalled

# A night and two hours: whoever backs up once a day is told on the first morning without one.
LATE = timedelta(hours=26)


class BackupQuerySet(models.QuerySet):
    def standing(self):
        """Those whose file is still there, as it was verified."""
        return self.filter(gone_at=None)

    def newest_first(self):
        """By the journal's sequence: each backup adds an entry, while clocks are set back."""
        return self.order_by("-sequence", "-taken_at", "pk")


class Backup(Journalled):
    """One row is one snapshot of the database that was written, opened again and found whole."""

    class Engine(models.TextChoices):
        SQLITE = "sqlite", _("SQLite")
        POSTGRESQL = "postgresql", _("PostgreSQL")

    taken_at = models.DateTimeField(pgettext_lazy("backup", "taken"))
    verified_at = models.DateTimeField(pgettext_lazy("backup", "verified"))
    sequence = models.PositiveBigIntegerField(_("last entry of the journal"))
    head_hash = models.CharField(_("its fingerprint"), max_length=64)
    file_name = models.CharField(pgettext_lazy("backup", "file"), max_length=120, unique=True)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    is_encrypted = models.BooleanField(pgettext_lazy("backup", "encrypted"))
    engine = models.CharField(pgettext_lazy("backup", "database"), max_length=10, choices=Engine.choices)
    counts = models.JSONField(_("rows of each table"), default=dict)
    files = models.PositiveIntegerField(_("photos and papers"), default=0)
    files_bytes = models.PositiveBigIntegerField(_("their size in bytes"), default=0)
    files_missing = models.PositiveIntegerField(_("files that were not found"), default=0)
    gone_at = models.DateTimeField(
        pgettext_lazy("backup", "gone"),
        null=True,
        help_text=_("Since when its file is no longer there, or no longer what was verified."),
    )

    objects = BackupQuerySet.as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        default_permissions = ("view",)
        indexes = [models.Index(name="backup_newest", fields=["-sequence", "-taken_at"])]

    def __str__(self):
        return self.file_name

    def age(self, now: datetime | None = None) -> timedelta:
        return (now or timezone.now()) - self.taken_at

    def is_late(self, now: datetime | None = None) -> bool:
        """Whether there should have been a newer one by now."""
        return self.age(now) > LATE
