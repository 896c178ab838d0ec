from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupsConfig(AppConfig):
    name = "hajar.backups"
    label = "backups"
    verbose_name = _("Backups")

    def ready(self):
        from hajar.backups import checks  # noqa: F401 (registers itself)
        from hajar.journal.acts import Act, declare

        declare(
            Act("backup.taken", _("Backup taken"), "safe", "good"),
            Act("backup.failed", _("Backup failed"), "exclamation-octagon", "urgent"),
            Act("backup.lost", _("A backup is no longer there"), "exclamation-triangle", "urgent"),
            Act("backup.restored", _("Restored from a backup"), "arrow-counterclockwise", "warn"),
        )
