from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import BaseCommand, CommandError

from hajar.backups import copies, postgresql, restoring


class Command(BaseCommand):
    help = "Brings a backup back after verifying all of it; leaves everything as it is when something does not hold."
    requires_system_checks = []  # the database may be empty, or gone

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the backup; the folder `files` lies beside it")
        parser.add_argument("--media-to", type=Path, metavar="DIR", help="put photos and papers there instead")
        parser.add_argument("--yes", action="store_true", help="replace a database in which people have worked")
        parser.add_argument("--broken-journal", action="store_true", help="bring back one whose journal does not hold")
        parser.add_argument("--without-files", action="store_true", help="bring back the database alone")

    def handle(self, *args, file, media_to, yes, broken_journal, without_files, **options):
        try:
            restored = restoring.restore_backup(
                file,
                secret=settings.HAJAR_BACKUP_KEY,
                files_to=FileSystemStorage(location=media_to) if media_to else default_storage,
                replace=yes,
                without_files=without_files,
                broken_journal=broken_journal,
            )
        except (restoring.Refused, copies.NotAlone, copies.Broken, postgresql.NoPrograms, OSError) as fault:
            raise CommandError(f"NOT RESTORED, the database is as it was. {fault}") from fault
        contents = restored.contents
        self.stdout.write(
            self.style.SUCCESS(
                f"Restored to {contents.taken_at}, entry {contents.sequence} of the journal"
                f"{', whose chain does not hold' if broken_journal else ': the chain is whole'},"
                f" {sum(contents.counts.values())} rows, {restored.files} files came back."
            )
        )
        if contents.files_missing:
            self.stdout.write(f"{len(contents.files_missing)} files were missing already when the backup was taken.")
        self.stdout.write("\nWhat is next:")
        for number, step in enumerate(self._next_steps(restored), start=1):
            self.stdout.write(f"  {number}. {step}")

    def _next_steps(self, restored):
        if restored.waiting:
            yield f"manage.py migrate      ({len(restored.waiting)} migrations are newer than the backup)"
            yield "manage.py reapply_erasures      (forgets again whoever was forgotten since the backup)"
        yield "start Hajar, sign in (everybody must), look at the status page and at a child you know"
        yield "go through the accounts: one that was closed since this backup is open again"
        yield "phones notice by themselves and send again what they still hold: look at what they bring"
        yield "take two backups, so that phones may let go again"
        if restored.kept:
            yield f"when all is well, delete what was there before: {restored.kept}"
