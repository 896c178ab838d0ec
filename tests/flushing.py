"""Between two tests with real transactions every table is emptied, and what the migrations wrote stands again.

Django's own `flush` empties all tables, whether anything stands in them or not, and makes permissions and groups anew:
two hundred tests wait for that. Here only what a test wrote goes, append-only or not, and only what it changed of the
rows of the migrations (places, usual names, texts, roles, the journal's head) is put back.
"""

from django.core.management.commands import flush
from django.db import connections, transaction

from hajar.journal import append_only

# Table by table, as the migrations left them; a table that is not named was empty.
_as_made: dict[str, list[tuple]] = {}


def install() -> None:
    def handle(self, **options):
        empty(connections[options["database"]])

    flush.Command.handle = handle


def remember(connection) -> None:
    """Keep what stands in a database that was just made."""
    _as_made.clear()
    _as_made.update({table: _rows(connection, table) for table in _tables_with_rows(connection)})


def empty(connection) -> None:
    """Bring every table back to what `remember` kept."""
    changed = [table for table in _tables_with_rows(connection) if not _is_as_made(connection, table)]
    emptied = [table for table in _as_made if table not in changed and not _rows(connection, table)]
    guards = _take_guards_off(connection, changed)
    try:
        with transaction.atomic(using=connection.alias):
            for table in changed:
                _run(connection, f"DELETE FROM {_name(connection, table)}")
            for table in changed + emptied:
                _write(connection, table, _as_made.get(table, []))
    finally:
        for sql in guards:
            _run(connection, sql)


def _tables_with_rows(connection) -> list[str]:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_name(connection, table)})" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]


def _is_as_made(connection, table: str) -> bool:
    return table in _as_made and sorted(_rows(connection, table), key=repr) == sorted(_as_made[table], key=repr)


def _rows(connection, table: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {_name(connection, table)}")
        return cursor.fetchall()


def _write(connection, table: str, rows: list[tuple]) -> None:
    if rows:
        marks = ",".join(["%s"] * len(rows[0]))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {_name(connection, table)} VALUES ({marks})", rows)


def _take_guards_off(connection, tables: list[str]) -> list[str]:
    """Take the append-only triggers off these tables; returns the statements that put them back."""
    guarded = sorted(set(append_only.expected().values()) & set(tables))
    if connection.vendor == "postgresql":
        for table in guarded:
            _run(connection, f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(name, sql) for name, table, sql in cursor.fetchall() if table in guarded]
    for name, _sql in triggers:
        _run(connection, f"DROP TRIGGER {name}")
    return [sql for _name, sql in triggers]


def _name(connection, table: str) -> str:
    return connection.ops.quote_name(table)


def _run(connection, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
