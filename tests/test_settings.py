import os
import subprocess
import sys

import pytest

SAFE = {
    "HAJAR_DEBUG": "0",
    "HAJAR_SECRET_KEY": "0123456789" * 5,
    "HAJAR_ALLOWED_HOSTS": "hajar.example",
    "DATABASE_URL": "sqlite:///:memory:",
    "HAJAR_EMAIL_URL": "dummymail://",
}


def start(**environment):
    """Read the settings in a process of their own; return what it complained of, or nothing."""
    ours = ("HAJAR_", "DATABASE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    reading = subprocess.run(
        [sys.executable, "-c", "import hajar.settings"], env=kept | environment, capture_output=True, text=True
    )
    return reading.stderr if reading.returncode else ""


def test_a_laptop_starts_with_nothing_set():
    assert start() == ""


def test_a_safe_production_starts():
    assert start(**SAFE) == ""


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("HAJAR_SECRET_KEY", "short"),
        ("HAJAR_SECRET_KEY", None),
        ("HAJAR_ALLOWED_HOSTS", None),
        ("HAJAR_ALLOWED_HOSTS", "*"),
        ("HAJAR_DEMO", "1"),
        ("DATABASE_URL", None),
        ("HAJAR_EMAIL_URL", None),
        ("HAJAR_EMAIL_URL", "consolemail://"),
        ("HAJAR_CACHE_URL", "locmemcache://"),
    ],
)
def test_an_unsafe_production_does_not_start_and_says_why(setting, value):
    environment = {name: said for name, said in (SAFE | {setting: value}).items() if said is not None}
    complaint = start(**environment)
    assert "ImproperlyConfigured" in complaint
    assert setting in complaint


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("HAJAR_BACKUP_KEY", "short"),
        ("HAJAR_BACKUP_KEEP", "1,30,6"),
        ("HAJAR_BACKUP_KEEP", "48,30"),
        ("HAJAR_BACKUP_KEEP", "48,-1,6"),
    ],
)
def test_backups_that_would_not_protect_are_refused_even_on_a_laptop(setting, value):
    assert setting in start(**{setting: value})


def test_a_misspelt_switch_is_refused():
    assert "HAJAR_DEBUG must be 1 or 0, not 'ture'" in start(HAJAR_DEBUG="ture")
