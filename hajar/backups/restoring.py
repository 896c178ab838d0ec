"""Bring a backup back, whole and verified, or leave everything as it is."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib.sessions.models import Session
from django.core.files.storage import Storage
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from hajar.backups import archives, copies, filing, taking
from hajar.backups.models import Backup
from hajar.journal import recording
from hajar.lib import sealing, settling_in

# What must outlive a restore, such as what was forgotten since the backup. Called before the database is replaced, with
# whether it can still be read; returns what is called once the other one stands there, with the folder of the backup.
# That is not called where tables wait for migrations: the command says what to run by hand then.
carriers: list[Callable[[bool], Callable[[Path], object]]] = []


class Refused(Exception):
    """A backup that is not brought back; the message says why. Nothing was changed."""


@dataclass(frozen=True)
class Restored:
    """What came back. `kept`: where the old database lies. `waiting`: migrations to run before Hajar starts."""

    contents: archives.Contents
    kept: str
    files: int
    waiting: frozenset[str]


def restore_backup(
    path: Path,
    *,
    secret: str,
    files_to: Storage,
    replace: bool,
    without_files: bool = False,
    broken_journal: bool = False,
    now: datetime | None = None,
) -> Restored:
    """Put a backup in the place of the live database, and people's files where rows look for them.

    Everything is read and verified before anything is touched, and the old database stays beside the new one.
    `replace` allows it where people have worked, `without_files` when files are missing from the store,
    `broken_journal` when the chain does not hold. Raises Refused, or copies.NotAlone while Hajar runs.
    """
    stamp = f"{now or timezone.now():%Y%m%dT%H%M%S%f}"
    if not path.is_file():
        raise Refused("There is no such file.")
    with tempfile.TemporaryDirectory(prefix="hajar-restore-") as scratch:
        database = Path(scratch, "database")
        contents = _verified(path, database, secret, walk=not broken_journal)
        store = filing.Store(path.parent, secret=secret)
        if not without_files and (faults := filing.faults(contents.files, store=store)):
            raise Refused(
                f"{len(faults)} of {len(contents.files)} photos and papers cannot be brought back from"
                f" {store.folder}: bring that folder, too, or go on without them (--without-files)."
            )
        if taking.engine().holds_work() and not replace:
            raise Refused("People have worked in this database. Say --yes to replace it; the old one is kept.")
        came = 0 if without_files else filing.bring_back(contents.files, store=store, target=files_to)
        is_readable = _can_be_read()
        carried = [carry(is_readable) for carry in carriers]
        kept = taking.engine().replace(database, stamp)
    waiting = known_migrations() - frozenset(contents.migrations)
    _begin_anew(contents, path, waiting)
    if not waiting:
        for bring_over in carried:
            bring_over(path.parent)
    settling_in.settle_in()
    return Restored(contents, kept, came, waiting)


def _can_be_read() -> bool:
    """Whether the database that is about to be replaced still answers, with the tables of this code."""
    if not taking.engine().holds_work():
        return False
    try:
        return known_migrations() <= frozenset(
            f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
        )
    except DatabaseError:
        return False


def known_migrations() -> frozenset[str]:
    return frozenset(f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _verified(path: Path, database: Path, secret: str, *, walk: bool) -> archives.Contents:
    try:
        contents, _is_sealed = archives.unpack(path, database, secret=secret)
        if contents.engine != connection.vendor:
            raise Refused(f"This is a backup of {contents.engine}, and DATABASE_URL names {connection.vendor}.")
        if newer := frozenset(contents.migrations) - known_migrations():
            raise Refused(f"A newer Hajar took this backup ({min(newer)}): bring the code up to date first.")
        taking.examine(database, contents, walk=walk)
    except (sealing.Unreadable, copies.Broken) as fault:
        raise Refused(f"{str(fault)[:1].upper()}{str(fault)[1:].rstrip('.')}.") from fault
    return contents


@transaction.atomic
def _begin_anew(contents: archives.Contents, path: Path, waiting: frozenset[str]) -> None:
    """End the sessions that came back, and say so in the journal, unless its tables wait for a migration.

    A session that was ended since the backup, such as a stolen phone's, must not be open again.
    """
    Session.objects.all().delete()
    if any(name.startswith("journal.") for name in waiting):
        return
    payload = {"file": path.name, "sequence": contents.sequence}
    recording.record("backup.restored", Backup(), by=None, payload=payload)
