"""A real worker is killed in the middle of an import, again and again: another goes on, every row is there once."""

import io
import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Count
from django.utils import timezone

from beneficiaries import importing, working_imports
from beneficiaries.models import Assessment, Child, Family, Guardian
from beneficiaries.models.imports import RegisterImport
from beneficiaries.models.names import NameKey
from beneficiaries.models.phones import PhoneKey
from hajar.journal import recording as journal
from hajar.journal.models import Entry
from hajar.lib import sheets
from tests.benchmarks.test_import import HEADINGS, register
from tests.distributions.test_sync_crashes import database_url

ROOT = Path(__file__).resolve().parents[2]
KILLS = 60 if os.environ.get("SOAK") else 3
ROWS = 4_000 if os.environ.get("SOAK") else 400
SLICE = 20  # rows: there are many moments between two slices, and inside one
LONGEST = 1_800 if os.environ.get("SOAK") else 150

#: The command as it is, with small slices: a kill meets it early, late, between two slices and inside one.
WORKER = f"""
import django
django.setup()
from beneficiaries import importing, working_imports
importing.AT_ONCE = working_imports.WRITE_AT_ONCE = {SLICE}
{{planted}}
from django.core.management import call_command
call_command("work_imports")
"""
#: The planted bug: what was written is committed by itself, and only then how far the work has come.
CARELESS = """
import time
from contextlib import contextmanager
from django.db import transaction
from beneficiaries.models.imports import RegisterImport

@contextmanager
def careless(imported, token, *, at):
    yield RegisterImport.objects.defer("rows", "sheet").get(pk=imported.pk)

real = working_imports.write

def written_alone(*args, **more):
    with transaction.atomic():
        ids = real(*args, **more)
    time.sleep(0.3)
    return ids

working_imports._held, working_imports.write = careless, written_alone
importing.take_the_numbers = lambda: None
"""


def start(planted=""):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER.format(planted=planted)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "hajar.settings"},
    )  # fmt: skip


def progress(imported):
    return RegisterImport.objects.values_list("progress", "state").get(pk=imported.pk)


def kill_at_work(imported, dice, planted=""):
    """Start a worker and kill it some slices later; whether it was at work, and had not finished."""
    before, worker = progress(imported), start(planted)
    end = time.monotonic() + 40
    while progress(imported) == before and worker.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(dice.uniform(0, 0.25))
    was_at_work = worker.poll() is None
    worker.kill()
    worker.communicate()
    lease_runs_out(imported)
    return was_at_work


def lease_runs_out(imported):
    """As after a minute."""
    RegisterImport.objects.filter(pk=imported.pk).exclude(worked_until=None).update(
        worked_until=timezone.now() - timedelta(seconds=1)
    )


def finish(planted=""):
    worker = start(planted)
    _out, said = worker.communicate(timeout=LONGEST)
    return worker.returncode, said.decode()


def confirmed(by, rows=ROWS):
    """An import of so many new children, confirmed, and nothing of it written."""
    file = io.BytesIO(b"".join(sheets.write_csv(HEADINGS, register(rows))))
    imported = importing.upload_register(file=file, filename="registre.csv", by=by)
    while imported.state == RegisterImport.State.READING:
        working_imports.work(imported)
        imported.refresh_from_db()
    imported = importing.confirm_import(imported, by=by)
    assert imported.state == RegisterImport.State.WRITING
    return imported


def promised(imported):
    return importing.plan(importing.rows_of(imported)).counts


def is_whole(imported):
    """Whether what the import knows to have written is what is there."""
    there = {str(pk) for pk in Child.objects.values_list("pk", flat=True)}
    return there == set(imported.written["children"]) and imported.progress % SLICE == 0


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", SLICE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST + 60)
def test_workers_killed_in_the_middle_of_an_import_lose_and_double_no_row(karim):
    imported, dice, killed = confirmed(karim), random.Random(), 0
    agreed = promised(imported)
    for _turn in range(KILLS):
        if progress(imported)[1] != RegisterImport.State.WRITING:
            break
        killed += kill_at_work(imported, dice)
        imported.refresh_from_db()
        assert is_whole(imported), "a slice and what is kept of it are one"
        told = Entry.objects.filter(act="register.imported").count()
        assert told == (imported.state == RegisterImport.State.DONE)
    assert killed, "every worker was done before it was killed"
    code, said = finish()
    assert code == 0, said
    imported.refresh_from_db()
    assert imported.state == RegisterImport.State.DONE
    assert imported.written["counts"] == agreed
    references = Child.objects.values_list("previous_reference", "given_name_latin", "family_name_latin", "born_on")
    assert len(set(references)) == len(references) == agreed["children"]
    assert sorted(Child.objects.values_list("number", flat=True)) == list(range(1, agreed["children"] + 1))
    assert sorted(Family.objects.values_list("number", flat=True)) == list(range(1, agreed["families"] + 1))
    assert Guardian.objects.count() == agreed["guardians"]
    assert Assessment.objects.count() == agreed["assessments"]
    assert set(imported.written["children"]) == {str(pk) for pk in Child.objects.values_list("pk", flat=True)}
    for keys in (NameKey.objects.values("child", "guardian", "key"), PhoneKey.objects.values("guardian", "digits")):
        assert not keys.annotate(times=Count("pk")).filter(times__gt=1).exists()
    assert not Child.objects.filter(name_keys=None).exists()
    assert Entry.objects.filter(act="register.imported").count() == 1
    assert list(journal.faults()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST + 60)
def test_a_worker_that_keeps_its_progress_apart_from_its_rows_is_caught(karim):
    """The planted bug: the same kills find it."""
    imported, dice = confirmed(karim, rows=100), random.Random(2)
    for _turn in range(12):
        if progress(imported)[1] != RegisterImport.State.WRITING:
            break
        kill_at_work(imported, dice, CARELESS)
        imported.refresh_from_db()
        if not is_whole(imported):
            return
    raise AssertionError("no kill fell between the rows and the progress")
