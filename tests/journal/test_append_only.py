"""What was written stays: the database guards every table that the house calls append-only, and a lost guard shows."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction

from beneficiaries.models import Census
from hajar import checks
from hajar.journal import append_only

pytestmark = pytest.mark.django_db

GUARDED = {
    "beneficiaries_assessment": ("update", "delete"),
    "beneficiaries_census": ("update", "delete"),
    "beneficiaries_consenttext": ("update", "delete"),
    "distributions_chairevent": ("update", "delete"),
    "distributions_planlock": ("update", "delete"),
    "distributions_prescription": ("update", "delete"),
    "journal_entry": ("update", "delete"),
    "journal_head": ("delete",),
    "journal_payload": ("update",),
}


def lost():
    return [error.msg for error in checks.history_is_append_only(databases=["default"])]


def test_the_house_says_which_tables_are_append_only():
    said = {
        name: table for table, events in GUARDED.items() for event in events for name in [f"{table}_refuses_{event}"]
    }
    assert append_only.expected() == said
    assert set(GUARDED) <= {model._meta.db_table for model in apps.get_models()}


def test_after_migrating_the_database_has_exactly_the_expected_triggers():
    assert {name for name in append_only.present(connection) if "_refuses_" in name} == set(append_only.expected())
    assert lost() == []


def test_what_migrations_refuse_is_expected():
    """An app that forgets to say what it guards would never be told that the guard is gone."""
    refusals = re.compile(r"refuse\(\s*\"(\w+)\",\s*\"(UPDATE|DELETE)\"")
    found = {
        append_only.trigger_name(*refusal)
        for path in Path(settings.BASE_DIR).glob("*/**/migrations/0*.py")
        if ".venv" not in path.parts and "node_modules" not in path.parts
        for refusal in refusals.findall(path.read_text())
    }
    assert found == set(append_only.expected())


@pytest.mark.parametrize("name", [f"{table}_refuses_{event}" for table, events in GUARDED.items() for event in events])
def test_each_trigger_that_is_gone_is_noticed(name):
    table = append_only.expected()[name]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    assert lost() == [f"{table} is not append-only: the trigger {name} is gone"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one schema")
def test_a_trigger_of_another_schema_guards_nothing_here():
    name = "beneficiaries_census_refuses_update"
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA aside CREATE TABLE beneficiaries_census (id integer)")
        cursor.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON aside.beneficiaries_census"
            " FOR EACH ROW EXECUTE FUNCTION hajar_append_only()"
        )
        cursor.execute(f"DROP TRIGGER {name} ON beneficiaries_census")
    assert len(lost()) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite cannot disable a trigger")
def test_a_disabled_trigger_is_as_good_as_none():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE beneficiaries_census DISABLE TRIGGER USER")
    assert len(lost()) == 2


def test_while_migrations_are_to_come_nothing_is_said(monkeypatch):
    """Or the check, which runs before each migration, would forbid the one that mends."""
    monkeypatch.setattr(append_only, "missing", lambda connection: {"journal_head_refuses_delete": "journal_head"})
    assert len(lost()) == 1
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'distributions'")
    assert lost() == []


def test_a_table_that_is_not_made_yet_lacks_nothing(monkeypatch):
    append_only.expect("distributions_dream", "UPDATE")
    try:
        assert lost() == []
    finally:
        del append_only._expected["distributions_dream_refuses_update"]


def guard_census():
    with connection.schema_editor() as editor:
        for event in ("UPDATE", "DELETE"):
            append_only.refuse("beneficiaries_census", event).code(apps, editor)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL alters a table in place, with its triggers")
def test_a_table_that_a_migration_makes_anew_is_noticed_until_the_guard_is_set_again():
    field = Census._meta.get_field("urgent")
    wider = models.BigIntegerField(null=True)
    wider.set_attributes_from_name(field.name)
    wider.model = Census
    try:
        with connection.schema_editor() as editor:
            editor.alter_field(Census, field, wider)
        assert len(lost()) == 2
        guard_census()
        assert lost() == []
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Census, wider, field)
        guard_census()


def test_a_guarded_table_refuses(samira):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_head")
