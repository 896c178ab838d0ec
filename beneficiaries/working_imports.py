"""Work through a large import in slices: each is whole, each a short transaction, and none is done twice.

Whoever works holds a lease on the import for a minute, renewed with every slice: the page that shows the progress, the
command `work_imports`, whoever comes first. What is computed (reading, judging) is computed outside any transaction;
then the import's row is locked, and only who still holds the lease, at the very slice that it began with, writes. A
worker that is killed leaves its last whole slice behind; when the lease has run out another goes on from there.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from beneficiaries import importing
from beneficiaries.importing import IDS
from beneficiaries.judging import MANY, ImportRow, Judge, counts_of
from beneficiaries.models import Child
from beneficiaries.models.imports import RegisterImport
from beneficiaries.register_plans import Plan, plan
from beneficiaries.writing_registers import write
from hajar.accounts.models import User
from hajar.lib.portions import portions

LEASE = timedelta(seconds=60)
WRITE_AT_ONCE = 1_000  # rows: half a second, in which nobody else registers a child
READ_AT_ONCE = 5_000  # rows: reading holds no lock, and keeping them costs as much for one as for all


class Superseded(Exception):
    """Somebody else does this work now, or it was stopped: nothing of the slice is kept."""


def work(imported: RegisterImport, *, seconds: float | None = None, today: date | None = None) -> bool:
    """Do slices for about so many seconds, or to the end; False when another does it at this moment.

    Getting ready reads the register, which for a large one takes longer than a slice: then the work goes on for as long
    again, so that at most half of all time goes into getting ready.
    """
    token = take(imported)
    if token is None:
        return False
    begun = time.monotonic()
    until = None
    try:
        for _slice in _slices(imported, token, today=today or timezone.localdate()):
            if seconds is None:
                continue
            now = time.monotonic()
            if until is None:
                until = begun + (max(seconds, 2 * (now - begun)) if seconds else 0)
            if now >= until:
                break
    except Superseded:
        return False
    finally:
        release(imported, token)
    return True


def renew(imported: RegisterImport, token: str) -> None:
    """Hold the lease for another while."""
    RegisterImport.objects.filter(pk=imported.pk, worker=token).update(worked_until=timezone.now() + LEASE)


def release(imported: RegisterImport, token: str) -> None:
    """Give the lease back, if it is still one's own."""
    RegisterImport.objects.filter(pk=imported.pk, worker=token).update(worker="", worked_until=None)


def work_all() -> int:
    """Everything that waits to be worked through, the oldest first; returns how many imports were worked on."""
    waiting = RegisterImport.objects.filter(state__in=(RegisterImport.State.READING, RegisterImport.State.WRITING))
    return sum(work(imported) for imported in waiting.defer("rows", "sheet").order_by("created_at", "pk"))


def take(imported: RegisterImport) -> str | None:
    """The lease on an import as a word to show with each slice; None while another holds it. One statement."""
    token, now = secrets.token_hex(16), timezone.now()
    free = RegisterImport.objects.filter(
        Q(worked_until=None) | Q(worked_until__lt=now),
        pk=imported.pk,
        state__in=(RegisterImport.State.READING, RegisterImport.State.WRITING),
    )
    return token if free.update(worker=token, worked_until=now + LEASE) else None


def _slices(imported: RegisterImport, token: str, *, today: date) -> Iterator[None]:
    imported = RegisterImport.objects.select_related("uploaded_by").defer("sheet").get(pk=imported.pk)
    if imported.state == RegisterImport.State.READING:
        yield from _Reading(imported, token, today=today).slices()
    elif imported.state == RegisterImport.State.WRITING:
        yield from _Writing(imported, token, today=today).slices()


@contextmanager
def _held(imported: RegisterImport, token: str, *, at: int) -> Iterator[RegisterImport]:
    """The import's row, locked, for who still holds the lease where she left off. Raises Superseded."""
    with transaction.atomic():
        held = RegisterImport.objects.select_for_update().defer("rows", "sheet").filter(pk=imported.pk).first()
        if held is None or (held.worker, held.state, held.progress) != (token, imported.state, at):
            raise Superseded
        held.worked_until = timezone.now() + LEASE
        yield held


class _Reading:
    """Read and judge the rows, in the order of the file."""

    def __init__(self, imported: RegisterImport, token: str, *, today: date) -> None:
        self.imported, self.token, self.at = imported, token, imported.progress
        self.by = imported.uploaded_by
        self.rows = importing.rows_of(imported)
        self.reader = importing.reader_of(imported, by=self.by, today=today)
        self.judged_at = self.imported.written.get("judged_at") or importing.place_in_journal()
        self.judge = Judge(self.rows[self.at :], by=self.by, whole=True)
        self.judge.take_in(self.rows[: self.at])
        renew(imported, token)

    def slices(self) -> Iterator[None]:
        while self.at < len(self.rows):
            part = self.rows[self.at : self.at + READ_AT_ONCE]
            for row in part:
                importing.read_row(row, self.reader)
            self.judge.run(part)
            self._keep(self.at + len(part))
            yield

    def _keep(self, reached: int) -> None:
        with _held(self.imported, self.token, at=self.at) as held:
            held.rows = [row.as_json() for row in self.rows]
            held.progress, held.written = reached, {"judged_at": self.judged_at}
            if reached >= len(self.rows):
                held.state, held.progress, held.worker, held.worked_until = RegisterImport.State.PREVIEW, 0, "", None
                held.written["verdicts"] = counts_of(self.rows)
            held.save(update_fields=["rows", "progress", "written", "state", "worker", "worked_until"])
        self.at = reached


class _Writing:
    """Write what was confirmed. A family that an earlier slice opened is joined by its later rows."""

    def __init__(self, imported: RegisterImport, token: str, *, today: date) -> None:
        self.imported, self.token, self.today, self.at = imported, token, today, imported.progress
        self.by = User.objects.get(pk=imported.written["by"])
        self.rows = importing.rows_of(imported)
        self.by_number = {row.number: row for row in self.rows}
        for number, child in zip(imported.written["numbers"], imported.written["children"], strict=True):
            self.by_number[number].written = child
        self.opened = self._families_opened()

    def _families_opened(self) -> dict[int, str]:
        """By the first row of a family of the file: the family of the register that it became."""
        written = [row for row in self.rows if row.written and "row" in row.home]
        family_of: dict[str, str] = {}
        for some in portions([row.written for row in written], MANY):
            for child, family in Child.objects.filter(pk__in=some).values_list("pk", "family"):
                family_of[str(child)] = str(family)
        return {row.home["row"]: family_of[row.written] for row in written if row.written in family_of}

    def slices(self) -> Iterator[None]:
        while self.at < len(self.rows):
            self._write(self.rows[self.at : self.at + WRITE_AT_ONCE])
            yield

    def _write(self, part: list[ImportRow]) -> None:
        reached = self.at + len(part)
        with _held(self.imported, self.token, at=self.at) as held:
            importing.take_the_numbers()
            importing.withdraw_health(part, self.by)
            is_judged_again = importing.judge_where_needed(held, self.rows, part, by=self.by)
            for row in part:
                if row.home.get("row") in self.opened:
                    row.home = {"family": self.opened[row.home["row"]]}
            planned = plan(part)
            ids = write(planned, by=self.by, today=self.today) if planned.children else {kind: [] for kind in IDS}
            self._note(held, planned.counts, ids, planned.rows)
            held.progress = reached
            told = ["written", "progress", "worked_until"]
            if is_judged_again:
                held.rows = [row.as_json() for row in self.rows]
                told.append("rows")
            if reached >= len(self.rows):
                held.written["verdicts"] = counts_of(self.rows)
                importing.finish(held, self.rows, by=self.by)
            else:
                held.save(update_fields=told)
        self._remember(planned, ids["families"])
        self.at = reached

    def _note(self, held: RegisterImport, counts: dict[str, int], ids: dict[str, Any], rows: list[ImportRow]) -> None:
        """What this slice wrote, added to what the earlier ones did."""
        before = held.written
        held.written = {
            **before,
            **{kind: [*before[kind], *ids[kind]] for kind in IDS},
            "numbers": [*before["numbers"], *(row.number for row in rows)],
            "counts": {kind: before["counts"].get(kind, 0) + number for kind, number in counts.items()},
        }

    def _remember(self, planned: Plan, families: list[str]) -> None:
        """Which families this slice opened, each by its first row."""
        opened = (home.partition(":")[2] for home in planned.homes if home.startswith("row"))
        self.opened |= {int(row): family for row, family in zip(opened, families, strict=True)}
