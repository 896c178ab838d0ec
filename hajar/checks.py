"""What must be true of a running Hajar beyond what Django checks.

Durability is set in settings.py and read back here from the live connection: a setting in the wrong place is silent.
"""

from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.template import Engine, TemplateSyntaxError
from django.template.loader import get_template

from hajar.journal import append_only

# SQLite answers synchronous as a number: 2 is FULL.
SQLITE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}
SHORTEST_KEY = 32
POSTGRESQL = {"synchronous_commit": "on", "server_encoding": "UTF8"}


@register(Tags.database)
def database_is_durable(app_configs=None, databases=None, **kwargs):
    return [error for alias in databases or () for error in _faults(connections[alias])]


def _faults(connection):
    expected, ask = (SQLITE, "PRAGMA {}") if connection.vendor == "sqlite" else (POSTGRESQL, "SHOW {}")
    with connection.cursor() as cursor:
        for name, wanted in expected.items():
            cursor.execute(ask.format(name))
            found = cursor.fetchone()[0]
            if found != wanted:
                yield Error(f"the database's {name} is {found!r}; it must be {wanted!r}", id="hajar.E001")
    if connection.settings_dict["ATOMIC_REQUESTS"]:
        yield Error("ATOMIC_REQUESTS must be off: an activity opens its own transaction", id="hajar.E002")
    if connection.vendor == "sqlite" and connection.transaction_mode != "IMMEDIATE":
        yield Error("SQLite's transaction_mode must be IMMEDIATE", id="hajar.E003")


@register(Tags.database)
def history_is_append_only(app_configs=None, databases=None, **kwargs):
    return [error for alias in databases or () for error in _unguarded(connections[alias])]


def _unguarded(connection):
    """What the database would let somebody edit. While migrations are to come, the next one may be what mends it."""
    missing = append_only.missing(connection)
    if missing and not _migrations_to_come(connection):
        for name, table in sorted(missing.items()):
            yield Error(
                f"{table} is not append-only: the trigger {name} is gone",
                hint="A migration that altered the table lost it: repeat append_only.refuse() in the next one.",
                id="hajar.E005",
            )


def _migrations_to_come(connection) -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@register(Tags.templates, deploy=True)
def templates_compile(app_configs=None, **kwargs):
    """Compile every page before it is put in front of people."""
    faults = []
    for folder in Engine.get_default().dirs:
        for path in sorted(Path(folder).rglob("*.html")):
            try:
                get_template(path.relative_to(folder).as_posix())
            except TemplateSyntaxError as fault:
                faults.append(Error(f"{path.relative_to(folder)}: {fault}", id="hajar.E004"))
    return faults


@register(Tags.security)
def identity_numbers_are_sealed(app_configs=None, **kwargs):
    """Where a site holds national identity numbers, it has keys to seal them that nobody guesses."""
    if not settings.HAJAR_NATIONAL_ID:
        return []
    keys = settings.HAJAR_NATIONAL_ID_KEYS
    if keys and all(len(key) >= SHORTEST_KEY for key in keys):
        return []
    return [
        Error(
            "HAJAR_NATIONAL_ID is on and HAJAR_NATIONAL_ID_KEYS has no key of at least 32 random characters",
            hint="Without a key the numbers could be read by whoever has the database: set one, or turn them off.",
            id="hajar.E006",
        )
    ]
