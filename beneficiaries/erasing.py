"""Forget a child, and with the last child of a family the family: what names them goes, what is counted stays.

What stays says how many children waited, sat well or were called back: the year of birth, the sex, the province, days
and answers chosen from lists. Names, phones, places, free words, health, photos, papers and signatures go, and what the
journal told in detail goes with them; its chain stays whole. holdings.py says of each field which it is.

A backup that was taken before still knows the child. A list of what was forgotten, keys alone, lies beside the backups:
whoever brings an older one back forgets the same files again (restore does; reapply_erasures can be repeated).
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries import closing, holdings, registration
from beneficiaries.holdings import EMPTY, MARK, MARKED, Holding
from beneficiaries.models import Child, Erasure, Export, Guardian, RegisterImport
from hajar.accounts.models import User
from hajar.journal import append_only
from hajar.journal import recording as journal
from hajar.journal.models import Entry, Payload
from hajar.lib.files import delete_once_certain
from hajar.lib.portions import portions
from hajar.lib.refusals import Refusal

PERMISSION = "beneficiaries.add_erasure"
LEDGER = "erasures.txt"
# A name that has no sound: nobody finds it, and it is like no other.
NAMELESS = {"given_name_latin": MARKED, "family_name_latin": "", "given_name_arabic": "", "family_name_arabic": ""}
YEAR_ONLY = {"birth_precision": Child.Precision.YEAR}
_AT_ONCE = 500  # keys in one query

# What holds words of a family beyond its own rows. Called inside the transaction, before the rows are emptied, with the
# key of the child and the words by which she and those who go with her may be found; empties what it holds.
holders: list[Callable[[uuid.UUID, "Traces"], None]] = []

# Why a file cannot be forgotten yet, in sentences for people. Called with the child, whose row is locked.
obstacles: list[Callable[[Child], Iterable[str | Promise]]] = []


class ErasureRefused(Refusal):
    """The file stays as it is; the message says why."""


class Traces:
    """The words by which a child and the people forgotten with her may be found elsewhere: names and phones."""

    def __init__(self, people: Iterable[Child | Guardian]) -> None:
        self.people = list(people)
        self.names = {
            name for person in self.people for name in (person.full_name_latin, person.full_name_arabic) if name
        }
        self.phones = {str(person.phone) for person in self.people if isinstance(person, Guardian) and person.phone}

    def are_in(self, texts: Iterable[str]) -> bool:
        """Whether these words, taken together, name one of the people."""
        said = " ".join(texts).casefold()
        digits = "".join(letter for letter in said if letter.isdigit())
        return any(all(word in said for word in name.casefold().split()) for name in self.names) or any(
            phone[-9:] in digits for phone in self.phones
        )


@transaction.atomic
def erase(child: Child, *, by: User, confirmation: str) -> Erasure:
    """Forget a child for good. `confirmation` is the reference of the file, typed by the person who decides.

    Raises ErasureRefused: not allowed, not confirmed, forgotten already, or something must be settled first.
    """
    if not by.has_perm(PERMISSION):
        raise ErasureRefused(_("Only a coordinator or an administrator may erase a file."))
    child = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    files = holdings.files_of(child)
    if Erasure.objects.filter(child=child.pk).exists():
        raise ErasureRefused(_("This file is erased already."))
    if confirmation.strip().upper() != child.reference:
        raise ErasureRefused(_("Type the reference of the file exactly as it stands on the page."))
    for reason in reasons_against(child):
        raise ErasureRefused(reason)
    if child.is_followed:
        child = closing.close_child(child, by=by, status=Child.Status.CLOSED)
    went = _forget(child)
    erasure, *_others = [_remember(file, by=by) for file in files]
    journal.record("child.erased", child, by=by, payload=went)
    return erasure


def _remember(file: uuid.UUID, *, by: User | None = None) -> Erasure:
    """Keep that a file was forgotten, here and beside the backups."""
    erasure = Erasure.objects.create(child=file, erased_by=by)
    transaction.on_commit(lambda: _note(erasure))
    return erasure


def reasons_against(child: Child) -> list[str | Promise]:
    """Why this file cannot be forgotten yet; nothing where it can."""
    return [reason for ask in obstacles for reason in ask(child)]


def siblings_kept(child: Child) -> list[Child]:
    """The other children of the family whose files stay: because of them the family and its guardians stay, too."""
    return list(_kept_in(child.family_id, child))


def _kept_in(family: uuid.UUID, child: Child) -> models.QuerySet[Child]:
    forgotten = Erasure.objects.values("child")
    return Child.objects.filter(family=family).exclude(pk=child.pk).exclude(pk__in=forgotten)


# --- what is forgotten ----------------------------------------------------------------------------------------------


def _forget(child: Child) -> dict[str, int]:
    """Empty every row that tells of this child, in her file and in those merged into it; returns what went."""
    files = [child, *child.merged_files()]
    homes = {file.family_id for file in files if not _kept_in(file.family_id, child).exists()}
    guardians = list(Guardian.with_merged.filter(family__in=homes))
    traces = Traces([*files, *guardians])
    for hold in holders:
        hold(child.pk, traces)
    every, last = [file.pk for file in files], [file.pk for file in files if file.family_id in homes]
    stored, told = _empty_rows(every, last)
    _make_nameless(files, guardians)
    registration.refresh_family_sort_keys({file.family_id for file in files})
    payloads = _forget_payloads([*every, *homes], told)
    for file in stored:
        delete_once_certain(file)
    return {"files": len(stored), "payloads": payloads}


def _empty_rows(files: list[uuid.UUID], last: list[uuid.UUID]) -> tuple[list[FieldFile], list[tuple[str, str]]]:
    """Empty all that is held of these files, and of the families of `last`; returns what is stored, and which rows."""
    stored: list[FieldFile] = []
    told: list[tuple[str, str]] = []
    held = list(holdings.every())
    with append_only.lifted(connection, *(holding.model._meta.db_table for holding in held if holding.guarded)):
        for holding in held:
            rows = list(holding.rows_of(*(last if holding.is_shared else files)))
            told += [(holding.model._meta.label_lower, str(row.pk)) for row in rows]
            stored += _files_of(holding, rows)
            _empty(holding, rows)
    return stored, told


def _files_of(holding: Holding, rows: list[models.Model]) -> Iterator[FieldFile]:
    for field in holding.model._meta.concrete_fields:
        if isinstance(field, models.FileField):
            yield from (file for row in rows if (file := getattr(row, field.attname)))


def _empty(holding: Holding, rows: list[models.Model]) -> None:
    """Delete the rows, or put into each of their words what holdings.py says. Past save(): nothing else changes."""
    keys = [row.pk for row in rows]
    model = holding.model
    if holding.rows_go:
        model._base_manager.filter(pk__in=keys).delete()
        return
    values = {name: _nothing(holding.field(name)) for name in holding.named(EMPTY)}
    if values and keys:
        model._base_manager.filter(pk__in=keys).update(**values)
    for name in holding.named(MARK):
        model._base_manager.filter(pk__in=keys).exclude(**{name: ""}).update(**{name: MARKED})


def _nothing(field: models.Field) -> Any:
    if field.has_default():
        return field.get_default()
    return None if field.null else ""


def _make_nameless(children: list[Child], guardians: list[Guardian]) -> None:
    """Take the names and the day of birth of those who are forgotten; saving takes their search keys, too."""
    for child in children:
        _put(child, NAMELESS | {"other_names": [], "born_on": child.born_on.replace(month=1, day=1)} | YEAR_ONLY)
    for guardian in guardians:
        _put(guardian, NAMELESS | {"phone": ""})


def _put(person: Child | Guardian, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(person, name, value)
    person.save(update_fields=values.keys())


def _forget_payloads(subjects: list[uuid.UUID], told: list[tuple[str, str]]) -> int:
    """Erase what the journal tells in detail of these files and rows. Entries and their hashes stay."""
    went = Payload.objects.filter(entry__subject_id__in=subjects).delete()[0]
    by_label: dict[str, list[str]] = {}
    for label, key in told:
        by_label.setdefault(label, []).append(key)
    for label, keys in by_label.items():
        for some in portions(keys, _AT_ONCE):
            entries = Entry.objects.filter(object_type=label, object_id__in=some)
            went += Payload.objects.filter(entry__in=entries).delete()[0]
    return went


def forget_in_imports(child_pk: uuid.UUID, traces: Traces) -> None:
    """Empty the rows of uploaded registers that name these people; what was written is known by its keys alone."""
    for imported in RegisterImport.objects.exclude(rows=[], sheet={}).select_for_update(no_key=True).order_by("pk"):
        rows = [_without_words(row) if traces.are_in(_texts(row)) else row for row in imported.rows]
        sheet = {
            part: [[number, []] if traces.are_in(_texts(cells)) else [number, cells] for number, cells in kept]
            if part == "rows"
            else kept
            for part, kept in imported.sheet.items()
        }
        if (rows, sheet) != (imported.rows, imported.sheet):
            imported.rows, imported.sheet = rows, sheet
            imported.save(update_fields=["rows", "sheet"])


def forget_in_exports(child_pk: uuid.UUID, traces: Traces) -> None:
    """A list that was narrowed by somebody's name and taken out keeps that it was taken out, and how long it was."""
    exports = Export.objects.exclude(filters={}).only("filters").order_by("pk")
    named = [export.pk for export in exports.iterator() if traces.are_in(_texts(export.filters))]
    for part in portions(named, _AT_ONCE):
        Export.objects.filter(pk__in=part).update(filters={})
        entries = Entry.objects.filter(object_type=Export._meta.label_lower, object_id__in=map(str, part))
        Payload.objects.filter(entry__in=entries).delete()


def _without_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a register with its number and verdict, and nothing that was typed."""
    return {name: value for name, value in row.items() if not isinstance(value, dict | list | str)} | {
        name: value for name, value in row.items() if name in ("verdict", "written")
    }


def _texts(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


holders += [forget_in_imports, forget_in_exports]


@transaction.atomic
def forget_old(child: Child) -> int:
    """Forget a file whose time is over (retaining); 0 where something ties us to the family still."""
    child = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    if reasons_against(child):
        return 0
    files = holdings.files_of(child)
    went = _forget(child)
    for file in files:
        _remember(file)
    journal.record("child.erased", child, by=None, payload=went)
    return 1


# --- and forgotten again --------------------------------------------------------------------------------------------


def ledger(folder: Path | None = None) -> Path | None:
    """Where the list of what was forgotten lies: beside the backups; None where there are none."""
    folder = folder or settings.HAJAR_BACKUP_DIR
    return folder / LEDGER if folder else None


def _note(erasure: Erasure) -> None:
    if path := ledger():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "a", encoding="ascii") as kept:
            kept.write(f"{erasure.child} {erasure.erased_on.isoformat()}\n")


def noted(path: Path | None = None) -> dict[uuid.UUID, date]:
    """What the list beside the backups says was forgotten, and when."""
    path = path or ledger()
    if path is None or not path.is_file():
        return {}
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip())
    return {uuid.UUID(key): date.fromisoformat(day) for key, day in lines}


def forgotten() -> dict[uuid.UUID, date]:
    """All that was ever forgotten, by this database and by the list beside the backups."""
    return dict(Erasure.objects.values_list("child", "erased_on")) | noted()


def carry_over(is_readable: bool) -> Callable[[Path], None]:
    """Remember what was forgotten while a database is replaced; returns what forgets it again after."""
    known = dict(Erasure.objects.values_list("child", "erased_on")) if is_readable else {}

    def forget_again(folder: Path) -> None:
        reapply(forgotten() | noted(folder / LEDGER) | known)

    return forget_again


def reapply(known: dict[uuid.UUID, date] | None = None) -> int:
    """Forget again what an older backup brought back; returns how many files that were. Safe to repeat."""
    again = 0
    for key, day in sorted((forgotten() if known is None else known).items()):
        with transaction.atomic():
            child = Child.with_merged.select_for_update(no_key=True).filter(pk=key).first()
            if child is None or _is_nameless(child):
                continue
            _forget(child)
            Erasure.objects.get_or_create(child=key, defaults={"erased_on": min(day, timezone.localdate())})
            journal.record("child.erased", child, by=None, payload={"again": True})
            again += 1
    return again


def _is_nameless(child: Child) -> bool:
    return all(getattr(child, name) == value for name, value in NAMELESS.items())
