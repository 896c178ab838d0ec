"""A copy of the database, opened and looked at: its rows, its migrations, and the whole chain of its journal.

Both engines' copies are read through a plain SQLite connection as text, so that one walk verifies both.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from django.apps import apps
from django.db import models

from hajar.journal import recording
from hajar.journal.models import Entry, Head, Payload

JOURNAL = {model._meta.db_table for model in (Entry, Payload, Head)}
MIGRATIONS = "django_migrations"


class Broken(Exception):
    """A copy that is not whole; the message says where."""


class JournalBroken(Broken):
    """A copy whose journal does not hold: of a live one that does not hold either, or the copy is at fault."""


class NotAlone(Exception):
    """Somebody else has the live database open."""


@dataclass(frozen=True)
class Contents:
    """What a copy holds."""

    sequence: int
    hash: str
    counts: dict[str, int]
    migrations: frozenset[str]


def file_columns() -> list[tuple[str, str]]:
    """Tables and columns that name a file: photos, signatures, signed papers."""
    return sorted(
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField) and field.column
    )


def head_of(copy: sqlite3.Connection) -> tuple[int, str]:
    row = copy.execute("SELECT sequence, hash FROM journal_head").fetchone()
    if row is None:
        raise Broken("the journal in the copy has no head")
    return int(row[0]), row[1]


def migrations_of(copy: sqlite3.Connection) -> frozenset[str]:
    return frozenset(f"{app}.{name}" for app, name in copy.execute(f"SELECT app, name FROM {MIGRATIONS}"))  # noqa: S608


def walk_journal(copy: sqlite3.Connection) -> None:
    """Raise Broken unless every entry, payload and link of the copy's journal holds."""
    for fault in recording.walk(_entries(copy), *head_of(copy)):
        raise JournalBroken(f"the journal in the copy is broken at entry {fault.sequence}: {fault.kind}")


def _entries(copy: sqlite3.Connection) -> Iterator[tuple[Entry, Payload | None]]:
    names = [field.column for field in Entry._meta.concrete_fields]
    columns = ", ".join(f"e.{name}" for name in names)
    with closing(copy.cursor()) as cursor:
        cursor.execute(
            f"SELECT {columns}, p.data, p.salt FROM journal_entry e"  # noqa: S608 (names of our own columns)
            " LEFT JOIN journal_payload p ON p.entry_id = e.sequence ORDER BY e.sequence"
        )
        for *values, data, salt in cursor:
            entry = Entry(
                **{
                    field.attname: _read(field, value)
                    for field, value in zip(Entry._meta.concrete_fields, values, strict=True)
                }
            )
            yield entry, None if salt is None else Payload(data=json.loads(data), salt=salt)


def _read(field: models.Field, text: object) -> object:
    value = field.to_python(text)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
