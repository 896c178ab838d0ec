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
        PREVIEW = "preview", _("to be confirmed")
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
    confirmed_at = models.DateTimeField(_("imported at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(name="import_by_user", fields=["uploaded_by", "-created_at"])]

    def __str__(self):
        return self.filename
