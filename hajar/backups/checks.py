"""What a production without backups is told before it starts."""

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def backups_have_a_place_and_a_key(app_configs=None, **kwargs):
    if not settings.HAJAR_BACKUP_DIR:
        return [
            Warning(
                "nothing says where backups go",
                hint="Set HAJAR_BACKUP_DIR and let a timer run `manage.py backup`: docs/deploy.md has its lines.",
                id="hajar.W001",
            )
        ]
    if not settings.HAJAR_BACKUP_KEY:
        return [
            Warning(
                "backups are written without encryption",
                hint="Set HAJAR_BACKUP_KEY, and keep it in a second place: nobody can read them without it.",
                id="hajar.W002",
            )
        ]
    return []
