import pytest
from django.db import connection

from hajar import checks


@pytest.fixture
def live_connection(db):
    return connection


def test_the_live_database_is_as_durable_as_the_settings_say(live_connection):
    assert checks.database_is_durable(databases=["default"]) == []


def test_a_database_that_may_lose_entries_is_reported(live_connection, monkeypatch):
    monkeypatch.setitem(checks.SQLITE, "synchronous", 3)
    monkeypatch.setitem(checks.POSTGRESQL, "synchronous_commit", "remote_apply")
    (error,) = checks.database_is_durable(databases=["default"])
    assert "synchronous" in error.msg


def test_one_transaction_for_a_whole_request_is_reported(live_connection, monkeypatch):
    monkeypatch.setitem(live_connection.settings_dict, "ATOMIC_REQUESTS", True)
    (error,) = checks.database_is_durable(databases=["default"])
    assert error.id == "hajar.E002"


def test_every_template_compiles():
    assert checks.templates_compile() == []


def test_a_template_that_does_not_compile_is_reported(tmp_path, settings):
    (tmp_path / "broken.html").write_text("{% if %}")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    (error,) = checks.templates_compile()
    assert error.msg.startswith("broken.html")
