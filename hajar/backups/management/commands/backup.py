import signal
import threading
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseFault
from django.utils import timezone

from hajar.backups import alarming, keeping, taking
from hajar.backups.models import Backup


def clean_up_when_stopped() -> None:
    """Have SIGTERM end the run as Ctrl-C does: nothing readable stays in the temporary folder."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


class Command(BaseCommand):
    help = "Backs up the database and people's files while Hajar runs, and verifies what was written."
    requires_system_checks = []  # a backup is wanted above all when something is wrong

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, metavar="DIR", help="the folder for backups (else HAJAR_BACKUP_DIR)")
        parser.add_argument(
            "--check", action="store_true", help="take none: say how old the newest is, and fail when it is late"
        )

    def handle(self, *args, to, check, **options):
        if check:
            self._check()
            return
        clean_up_when_stopped()
        folder = to or settings.HAJAR_BACKUP_DIR
        if not folder:
            raise CommandError("say where: --to DIR, or HAJAR_BACKUP_DIR in the environment")
        try:
            taken = taking.take_backup(
                folder=folder, secret=settings.HAJAR_BACKUP_KEY, rule=keeping.Rule(*settings.HAJAR_BACKUP_KEEP)
            )
        except keeping.AlreadyRunning as fault:
            raise self._alarm(f"NO BACKUP: {fault}", "AlreadyRunning") from fault
        except Exception as fault:  # whatever it was: there is no new backup, and somebody must hear of it
            with suppress(DatabaseFault):
                taking.record_failure(fault)
            failed = f"BACKUP FAILED, the earlier ones stand as they were: {fault}"
            raise self._alarm(failed, type(fault).__name__) from fault
        self._tell(taken, folder)

    def _tell(self, taken, folder):
        backup = taken.backup
        self.stdout.write(
            self.style.SUCCESS(
                f"{folder / backup.file_name}: entry {backup.sequence} of the journal,"
                f" {sum(backup.counts.values())} rows, {backup.files} files, {backup.size_bytes} bytes, verified"
            )
        )
        for name in taken.pruned:
            self.stdout.write(f"let go: {name}")
        faults = [f"BACKUP LOST, no longer counted on: {lost.file_name}" for lost in taken.lost]
        if taken.missing:
            faults.append(f"FILES MISSING, nobody has them: {len(taken.missing)}, the first is {taken.missing[0]}")
        if faults:
            raise self._alarm("a new backup was taken, but\n" + "\n".join(faults), *faults)

    def _alarm(self, words, *kinds):
        """Tell whoever looks after the server; the words go to the server's own messages, the mail has the kind."""
        if silence := alarming.tell(kinds):
            self.stderr.write(silence)
        return CommandError(words)

    def _check(self):
        newest = Backup.objects.standing().newest_first().first()
        if newest is None:
            raise self._alarm("NO BACKUP: none was ever taken, or none is there any more", "NO BACKUP")
        hours = int(newest.age(timezone.now()).total_seconds() // 3600)
        said = f"the newest backup is {hours} hours old: {newest.file_name}"
        if newest.is_late():
            raise self._alarm(f"BACKUP LATE: {said}", f"BACKUP LATE: {said}")
        self.stdout.write(self.style.SUCCESS(f"{said}; nothing up to entry {keeping.durable_sequence()} can be lost"))
