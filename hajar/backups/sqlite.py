"""Copies of a SQLite database: taken while others write, examined, put in the place of the live one."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from hajar.backups import copies
from hajar.lib import sealing


def snapshot(target: Path) -> tuple[copies.Contents, list[str]]:
    """Write one moment of the live database to `target`; returns what it holds and the files that it names.

    VACUUM INTO reads in one transaction, for which no writer waits, and leaves out the pages of erased rows.
    """
    with closing(sqlite3.connect(_live(), timeout=20)) as live:
        live.execute("VACUUM INTO ?", [str(target)])
    with closing(_opened(target)) as copy:
        return _contents(copy), _files(copy)


def examine(path: Path, *, walk: bool = True) -> copies.Contents:
    """What a copy holds; raises Broken unless its pages, its references and its journal are whole."""
    try:
        with closing(_opened(path)) as copy:
            for pragma in ("integrity_check", "foreign_key_check"):
                found = [row for row in copy.execute(f"PRAGMA {pragma}").fetchall() if row != ("ok",)]
                if found:
                    raise copies.Broken(f"the copy fails SQLite's {pragma}: {found[0]}")
            if walk:
                copies.walk_journal(copy)
            return _contents(copy)
    except sqlite3.DatabaseError as fault:
        raise copies.Broken(f"the copy does not open: {fault}") from fault


def holds_work() -> bool:
    """Whether people have worked in the live database: a new or only migrated one may be replaced unasked."""
    if not _live().exists():
        return False
    with closing(sqlite3.connect(_live(), timeout=20)) as live:
        tables = {name for (name,) in live.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return any(
            live.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]  # noqa: S608
            for table in tables & {"journal_entry", "accounts_user"}
        )


def replace(copy: Path, stamp: str) -> str:
    """Put `copy` in the place of the live database; returns where the old one lies, "" when there was none.

    Raises copies.NotAlone while another process has the live one open: what that writes would be lost.
    """
    live = _live()
    connection.close()
    kept = ""
    if live.exists():
        _be_alone(live)
        beside = live.with_name(f"{live.name}.before-restore-{stamp}")
        os.link(live, beside)
        kept = str(beside)
    incoming = live.with_name(f".{live.name}.incoming")
    try:
        with open(copy, "rb") as source, open(incoming, "wb") as target:
            os.fchmod(target.fileno(), 0o600)
            shutil.copyfileobj(source, target, 1024 * 1024)
            target.flush()
            os.fsync(target.fileno())
        os.replace(incoming, live)
    finally:
        incoming.unlink(missing_ok=True)
    sealing.settle(live.parent)
    return kept


def _be_alone(live: Path) -> None:
    # Leaving WAL needs the file for oneself, and takes what still lies in the -wal file in.
    with closing(sqlite3.connect(live, timeout=2)) as alone:
        try:
            mode = alone.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            mode = "busy"
    if mode != "delete":
        raise copies.NotAlone("Hajar is still running on this database: stop it, then restore.")


def _live() -> Path:
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or name.startswith("file:"):
        raise copies.Broken("a database in memory has no file")
    return Path(name)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _tables(copy: sqlite3.Connection) -> list[str]:
    listed = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return sorted(name for (name,) in listed)


def _contents(copy: sqlite3.Connection) -> copies.Contents:
    counts = {
        table: copy.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608
        for table in _tables(copy)
    }
    return copies.Contents(*copies.head_of(copy), counts, copies.migrations_of(copy))


def _files(copy: sqlite3.Connection) -> list[str]:
    names: set[str] = set()
    for table, column in copies.file_columns():
        rows = copy.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" <> \'\'')  # noqa: S608
        names.update(name for (name,) in rows)
    return sorted(names)
