"""Take a backup while people work: one moment of the database, its files, written, opened again and found whole."""

import tempfile
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from hajar.backups import archives, copies, filing, keeping, postgresql, sqlite
from hajar.backups.models import Backup
from hajar.journal import recording
from hajar.lib import sealing


@dataclass(frozen=True)
class Taken:
    """What a run came to. `lost`: backups that no longer stand. `missing`: files that rows name and nobody has."""

    backup: Backup
    missing: list[str] = field(default_factory=list)
    lost: list[Backup] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)


def engine():
    """The module that copies the database we run on."""
    return postgresql if connection.vendor == "postgresql" else sqlite


def take_backup(*, folder: Path, secret: str, rule: keeping.Rule, now: datetime | None = None) -> Taken:
    """Back up into `folder`, verify, record, and let old ones go.

    Nothing stands under its final name, in the table or in the journal before it was opened and found whole. Raises
    keeping.AlreadyRunning, copies.Broken, sealing.Unreadable, postgresql.NoPrograms and whatever the disk says.
    """
    with keeping.alone_in(folder):
        keeping.sweep(folder, secret=secret)
        lost = keeping.notice_lost(folder, now=now)
        try:
            backup, missing = _write(folder, secret, now or timezone.now())
        except copies.JournalBroken:
            keeping.prune(
                folder, rule, secret=secret, now=now
            )  # it kept its file: an hourly run must not fill the disk
            raise
        pruned = keeping.prune(folder, rule, secret=secret, now=now)
    return Taken(backup, missing, lost, pruned)


def _write(folder: Path, secret: str, taken_at: datetime) -> tuple[Backup, list[str]]:
    with tempfile.TemporaryDirectory(prefix="hajar-backup-") as scratch:
        database = Path(scratch, "database")
        held, names = engine().snapshot(database)
        store = filing.Store(folder, secret=secret)
        pieces, missing = filing.keep(names, store=store, known=_known_pieces(folder, secret))
        contents = archives.Contents(
            taken_at=taken_at.isoformat(),
            engine=connection.vendor,
            sequence=held.sequence,
            hash=held.hash,
            counts=held.counts,
            migrations=sorted(held.migrations),
            database_sha256=archives.digest_of(database),
            files=pieces,
            files_missing=missing,
        )
        path = folder / archives.name_of(taken_at, held.sequence)
        if path.exists():  # of a time that a restore undid
            raise FileExistsError(f"there is a backup of this name already: {path}")
        archives.write(path, contents, database, secret=secret)
        database.unlink()
    try:
        verify(path, secret=secret)
        return _record(path, contents, bool(secret), taken_at), missing
    except copies.JournalBroken as fault:
        # It may be all there is: it stays, while nothing counts on it.
        raise copies.JournalBroken(f"{fault}; {path} was kept, and does not count as verified") from fault
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def verify(path: Path, *, secret: str) -> archives.Contents:
    """Open a backup from the disk and look at all of it; raises copies.Broken or sealing.Unreadable."""
    with tempfile.TemporaryDirectory(prefix="hajar-verify-") as scratch:
        contents, _is_sealed = archives.unpack(path, Path(scratch, "database"), secret=secret)
        examine(Path(scratch, "database"), contents)
    return contents


def examine(database: Path, contents: archives.Contents, *, walk: bool = True) -> None:
    """Look at an unpacked database and compare it with what the backup says of it; `walk` through its journal, too."""
    found = engine().examine(database, walk=walk)
    if (found.sequence, found.hash) != (contents.sequence, contents.hash):
        raise copies.Broken(f"the copy ends at entry {found.sequence} and not at {contents.sequence}")
    if found.counts != contents.counts:
        differing = sorted(
            table
            for table in found.counts.keys() | contents.counts.keys()
            if found.counts.get(table) != contents.counts.get(table)
        )
        raise copies.Broken(f"the copy has other numbers of rows in {', '.join(differing)}")


def _known_pieces(folder: Path, secret: str) -> dict[str, archives.Piece]:
    """What the newest backup that this key opens holds of people's files."""
    for name in archives.listed(folder):
        try:
            return archives.read_contents(folder / name, secret=secret).files
        except sealing.Unreadable:
            continue
    return {}


@transaction.atomic
def _record(path: Path, contents: archives.Contents, is_encrypted: bool, taken_at: datetime) -> Backup:
    backup = Backup.objects.create(
        taken_at=taken_at,
        verified_at=timezone.now(),
        sequence=contents.sequence,
        head_hash=contents.hash,
        file_name=path.name,
        sha256=archives.digest_of(path),
        size_bytes=path.stat().st_size,
        is_encrypted=is_encrypted,
        engine=contents.engine,
        counts=contents.counts,
        files=len(contents.files),
        files_bytes=sum(piece.size for piece in contents.files.values()),
        files_missing=len(contents.files_missing),
    )
    recording.record("backup.taken", backup, by=None, payload={"file": path.name, "sequence": backup.sequence})
    return backup


@transaction.atomic
def record_failure(fault: Exception) -> None:
    """Leave word in the journal, where the status page finds it. Only the kind of the fault: messages hold values."""
    recording.record("backup.failed", Backup(pk=uuid.uuid4()), by=None, payload={"fault": type(fault).__name__})
