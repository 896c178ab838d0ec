"""Tell the database what it holds now, after much was written at once.

PostgreSQL plans by statistics that it gathers itself, but not what an open transaction writes: a table that was looked
at while a large one was under way counts as empty, and queries over several such tables took half a minute for 150
children instead of some milliseconds. Whoever writes thousands of rows at once asks for the statistics when they stand.
"""

from typing import Any

from django.db import connection, connections, transaction

MANY = 1_000  # rows written at once from which it is worth it


def when_committed(rows: int) -> None:
    """Gather the statistics once this transaction stands, if it has written so many rows."""
    if rows >= MANY:
        transaction.on_commit(settle_in)


def settle_in() -> None:
    """Gather the statistics now; takes about a second for each hundred thousand children.

    SQLite looks only at what has changed much since it looked last.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize")


def after_migrations(*, using: str, plan: list[Any], **_signal: Any) -> None:
    """SQLite remakes the table that a migration changes, and forgets what it knew of it; a new index it does not know.

    Called by Django's post_migrate; PostgreSQL keeps what it knows and looks by itself.
    """
    if plan and connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            cursor.execute("ANALYZE")
