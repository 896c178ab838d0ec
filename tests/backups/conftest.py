"""A folder for backups, some work to back up, and ways to do damage."""

import pytest
from django.core.files.base import ContentFile
from django.db import transaction

from hajar.backups import keeping, taking
from hajar.journal import recording
from tests.factories import ChildFactory

SECRET = "a key of forty characters, well kept ...."


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def back_up(folder, transactional_db):
    """Take a backup, encrypted and into the folder unless said otherwise."""

    def take(**options):
        values = {"folder": folder, "secret": SECRET, "rule": keeping.Rule(), **options}
        return taking.take_backup(**values)

    return take


def write(user, number: int = 1) -> None:
    """So many entries in the journal, each in a transaction of its own."""
    for _index in range(number):
        with transaction.atomic():
            recording.record("admin.changed", user, by=user, payload={"field": "téléphone", "line": "a\tb\\n\nc"})


def a_child_with_a_photo(content: bytes = b"RIFF a photo"):
    child = ChildFactory()
    child.photo.save("x.webp", ContentFile(content), save=True)
    return child


def flip(path, place: int = -2000) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x10
    path.write_bytes(bytes(data))
