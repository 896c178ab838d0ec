"""Triggers that refuse edits, on SQLite and PostgreSQL alike: the migration operation, and what must be there.

Each app says when it starts what the database must refuse; a system check (hajar/checks.py) compares. Nothing else
would notice: on SQLite a migration that alters a table makes it anew, and its triggers are gone without a word.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import migrations

_SQLITE = """
CREATE TRIGGER {name} BEFORE {event} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION hajar_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = ANY (string_to_array(current_setting('hajar.lifted', true), ',')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES = """
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION hajar_append_only()
"""
_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    # A trigger that somebody disabled is as good as none; one of another schema guards nothing here.
    "postgresql": (
        "SELECT tgname FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND pg_table_is_visible(tgrelid)"
    ),
}
_expected: dict[str, str] = {}  # name of the trigger -> its table


def expect(table: str, *events: str) -> None:
    """Say that the database must refuse these events (UPDATE, DELETE) on `table`: the app that owns the table does."""
    _expected.update({trigger_name(table, event): table for event in events})


def expected() -> dict[str, str]:
    """Each trigger that must be there, and its table."""
    return dict(_expected)


def present(connection) -> set[str]:
    """The triggers that the database has, and heeds."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def missing(connection) -> dict[str, str]:
    """Each trigger that should be in this database and is not, and its table. A table not made yet lacks none."""
    there, tables = present(connection), set(connection.introspection.table_names())
    return {name: table for name, table in _expected.items() if name not in there and table in tables}


def trigger_name(table: str, event: str) -> str:
    return f"{table}_refuses_{event.lower()}"


@contextmanager
def lifted(connection, *tables: str) -> Iterator[None]:
    """Let this transaction, and no other, empty words in guarded rows: a family's right to be forgotten outweighs them.

    Updates only; nothing is deleted. PostgreSQL's triggers ask the transaction itself. SQLite's are taken away and put
    back: its one writer is alone, and a transaction that fails puts them back, too.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the guard is lifted inside a transaction, so that it comes back with it")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('hajar.lifted', %s, true)", [",".join(tables)])
            yield
            cursor.execute("SELECT set_config('hajar.lifted', '', true)")
            return
        names = [trigger_name(table, "UPDATE") for table in tables]
        marks = ",".join(["%s"] * len(names))
        cursor.execute(f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN ({marks})", names)  # noqa: S608
        guards = cursor.fetchall()
        for name, _sql in guards:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, sql in guards:
            cursor.execute(sql, None)


def refuse(table: str, event: str, *, when: str = "") -> migrations.RunPython:
    """An operation that makes the database refuse `event` (UPDATE or DELETE) on `table`.

    `when` is a condition on OLD and NEW under which it refuses; by default always. Safe to repeat, and to be repeated
    after a migration that alters the table: SQLite then makes the table anew, without its triggers. The app that owns
    the table says so to `expect`, too.
    """
    name = trigger_name(table, event)

    def forwards(apps, schema_editor):
        values = {"name": name, "event": event, "table": table, "when": f"WHEN ({when})" if when else ""}
        backwards(apps, schema_editor)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_POSTGRES_FUNCTION, params=None)
            schema_editor.execute(_POSTGRES.format(**values), params=None)
        else:
            schema_editor.execute(_SQLITE.format(**values), params=None)

    def backwards(apps, schema_editor):
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")

    return migrations.RunPython(forwards, backwards)
