"""Migration operations: triggers that refuse edits, on SQLite and PostgreSQL alike."""

from django.db import migrations

_SQLITE = """
CREATE TRIGGER {name} BEFORE {event} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION hajar_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRES = """
CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION hajar_append_only()
"""


def refuse(table: str, event: str, *, when: str = "") -> migrations.RunPython:
    """An operation that makes the database refuse `event` (UPDATE or DELETE) on `table`.

    `when` is a condition on OLD and NEW under which it refuses; by default always. Safe to repeat, and to be repeated
    after a migration that changes the table's columns: SQLite then makes the table anew, without its triggers.
    """
    name = f"{table}_refuses_{event.lower()}"

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
