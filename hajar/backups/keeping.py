"""Which backups stand, which may go, and up to where nothing can be lost any more."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from hajar.backups import archives, filing
from hajar.backups.models import Backup
from hajar.journal import recording
from hajar.lib import sealing


class AlreadyRunning(Exception):
    """Two backups at once would prune each other's files."""


@dataclass(frozen=True)
class Rule:
    """How many backups stay: the most recent ones, then the last of each day and of each month."""

    recent: int = 48
    days: int = 30
    months: int = 6


def durable_sequence() -> int:
    """The journal's sequence up to which all lies in the two newest verified backups; 0 while there are not two.

    A phone may forget a received entry at or below it: whichever of the two is restored, the entry is there. One
    backup is not enough, because the newest may turn out to be unreadable on the day it is needed.
    """
    newest = list(Backup.objects.standing().newest_first().values_list("sequence", flat=True)[:2])
    return newest[1] if len(newest) == 2 else 0


def to_keep(moments: Iterable[datetime], rule: Rule) -> set[datetime]:
    """Of these moments, those whose backups stay; never fewer than the two newest."""
    newest_first = sorted(moments, reverse=True)
    kept = set(newest_first[: max(rule.recent, 2)])
    for number, period in ((rule.days, "%Y-%m-%d"), (rule.months, "%Y-%m")):
        last_of_each: dict[str, datetime] = {}
        for moment in newest_first:
            last_of_each.setdefault(f"{moment:{period}}", moment)
        kept.update(list(last_of_each.values())[:number])
    return kept


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Be the only backup that works in this folder; the system gives the lock back when the process ends, however."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning("another backup is running in this folder") from None
        yield
    finally:
        os.close(handle)


def sweep(folder: Path, *, secret: str) -> None:
    """Take away what interrupted runs left."""
    for left in folder.glob(".hajar-*.unfinished"):
        left.unlink(missing_ok=True)
    filing.Store(folder, secret=secret).sweep()


def notice_lost(folder: Path, *, now: datetime | None = None) -> list[Backup]:
    """Stop counting on backups whose file is gone or another: all by their size, the two newest by reading them."""
    lost = []
    for place, backup in enumerate(Backup.objects.standing().newest_first()):
        path = folder / backup.file_name
        is_there = path.is_file() and path.stat().st_size == backup.size_bytes
        if not is_there or (place < 2 and archives.digest_of(path) != backup.sha256):
            _count_out(backup, "backup.lost", now)
            lost.append(backup)
    return lost


@transaction.atomic
def _count_out(backup: Backup, act: str, now: datetime | None) -> None:
    backup.gone_at = now or timezone.now()
    backup.save(update_fields=["gone_at"])
    recording.record(act, backup, by=None, payload={"file": backup.file_name})


def prune(folder: Path, rule: Rule, *, secret: str, now: datetime | None = None) -> list[str]:
    """Delete the backups that the rule lets go, and the pieces that only they needed; returns their names.

    Goes by the files in the folder: after a restore there are some that the database knows nothing of.
    """
    files = archives.listed(folder)
    staying = to_keep(files.values(), rule)
    needed = set(Backup.objects.standing().newest_first().values_list("file_name", flat=True)[:2])
    going = [name for name, moment in files.items() if moment not in staying and name not in needed]
    if going:
        pieces = _pieces_only_in(going, [name for name in files if name not in going], folder, secret)
        for name in going:
            (folder / name).unlink(missing_ok=True)
        Backup.objects.standing().filter(file_name__in=going).update(gone_at=now or timezone.now())
        store = filing.Store(folder, secret=secret)
        for digest in pieces:
            store.path(digest).unlink(missing_ok=True)
    return going


def _pieces_only_in(going: list[str], staying: list[str], folder: Path, secret: str) -> set[str]:
    """Pieces that no staying backup needs. A staying one that cannot be read may need them all."""
    only: set[str] = set()
    for name in going:
        try:
            only |= _pieces(folder / name, secret)
        except sealing.Unreadable:
            continue
    for name in staying:
        if not only:
            break
        try:
            only -= _pieces(folder / name, secret)
        except sealing.Unreadable:
            return set()
    return only


def _pieces(path: Path, secret: str) -> set[str]:
    return {piece.digest for piece in archives.read_contents(path, secret=secret).files.values()}
