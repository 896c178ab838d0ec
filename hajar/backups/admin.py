from django.contrib import admin

from hajar.backups.models import Backup
from hajar.journal.admin import ReadOnlyAdmin


@admin.register(Backup)
class BackupAdmin(ReadOnlyAdmin):
    list_display = ["taken_at", "sequence", "engine", "size_bytes", "is_encrypted", "files", "files_missing", "gone_at"]
    list_filter = ["engine", "is_encrypted", "taken_at"]
    search_fields = ["file_name", "sha256"]
    ordering = ["-sequence", "-taken_at", "pk"]
