"""Between two tests with real transactions Django empties every table: make that work here.

On SQLite it deletes row by row, which the append-only triggers rightly refuse: they are taken off for that moment.
Afterwards the rows that migrations wrote (places, usual names, texts, roles, the journal) are written again.
"""

from importlib import import_module

from django.apps import apps
from django.core.management.commands import flush
from django.db import connections


def install() -> None:
    original = flush.Command.handle

    def handle(self, **options):
        connection = connections[options["database"]]
        triggers = _take_off_triggers(connection)
        try:
            original(self, **options)
        finally:
            for sql in triggers:
                _run(connection, sql)
        _write_reference_rows()

    flush.Command.handle = handle


def _take_off_triggers(connection) -> list[str]:
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    for name, _sql in triggers:
        _run(connection, f"DROP TRIGGER {name}")
    return [sql for _name, sql in triggers]


def _run(connection, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _write_reference_rows() -> None:
    from beneficiaries import naming, placing
    from hajar.accounts import roles
    from hajar.journal.models import Head

    placing.load_places(apps.get_model("beneficiaries.Region"), apps.get_model("beneficiaries.Province"))
    naming.load_common_names(apps.get_model("beneficiaries.NameAlias"))
    import_module("beneficiaries.migrations.0012_texts_of_consents").write(apps, None)
    roles.keep_groups_in_step()
    Head.objects.get_or_create(pk=1)
