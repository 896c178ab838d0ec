import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hajar.journal.models import Journalled


def import_path(register_import, filename: str) -> str:
    return f"imports/{secrets.token_hex(16)}"


class RegisterImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own imports: a workbook may hold families of other regions."""
        return self if user.is_superuser else self.filter(uploaded_by=user)


class RegisterImport(Journalled):
    """One row is one uploaded register: its verdicts while somebody looks, what it wrote once confirmed."""

    class State(models.TextChoices):
        MAPPING = "mapping", _("columns to be named")
        READING = "reading", _("being read")
        PREVIEW = "preview", _("to be confirmed")
        WRITING = "writing", _("being written")
        DONE = "done", _("imported")
        UNDONE = "undone", _("undone")

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), on_delete=models.PROTECT, related_name="+"
    )
    filename = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64, db_index=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PREVIEW)
    columns = models.JSONField(default=dict, help_text=_("Which field each column of the workbook feeds."))
    rows = models.JSONField(default=list, help_text=_("Each row as read, with its verdict and corrections."))
    written = models.JSONField(default=dict, help_text=_("Ids of what the import created."))
    sheet = models.JSONField(
        default=dict, help_text=_("The cells of the workbook as they are written, until the import is confirmed.")
    )
    progress = models.PositiveIntegerField(default=0, help_text=_("How many rows are done of what is being done."))
    worker = models.CharField(max_length=32, blank=True, help_text=_("Who works on it now."))
    worked_until = models.DateTimeField(
        null=True, blank=True, help_text=_("When another may take the work over, had this one stopped.")
    )
    confirmed_at = models.DateTimeField(_("imported at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(name="import_by_user", fields=["uploaded_by", "-created_at"])]

    def __str__(self):
        return self.filename

    @property
    def is_at_work(self) -> bool:
        """Whether slices of it are still to be done."""
        return self.state in (self.State.READING, self.State.WRITING)


class ColumnMappingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """They hold headings, no people: whoever may import uses what others have said of the same headings."""
        return self if user.has_perm("beneficiaries.import_register") else self.none()


class ColumnMapping(Journalled):
    """One row is one set of headings, and what a person said that its columns are."""

    signature = models.CharField(max_length=64, unique=True, editable=False)
    headings = models.JSONField(_("headings"), default=list)
    fields = models.JSONField(default=dict, help_text=_("Which field each column of the workbook feeds."))
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("said by"), on_delete=models.PROTECT, related_name="+"
    )
    said_at = models.DateTimeField(_("said at"), auto_now=True)

    objects = ColumnMappingQuerySet.as_manager()

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")

    def __str__(self):
        return " · ".join(self.headings)[:100]
