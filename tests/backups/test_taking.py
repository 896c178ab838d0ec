import sqlite3
import stat
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from hajar.backups import archives, copies, filing, keeping, postgresql, sqlite, taking
from hajar.backups.models import Backup
from hajar.journal.models import Entry, Head
from hajar.lib import sealing
from tests.backups.conftest import SECRET, a_child_with_a_photo, flip, write
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_backup_says_up_to_where_it_goes_and_is_in_the_journal(samira, back_up, folder):
    write(samira, 3)
    before = Head.objects.get()
    backup = back_up().backup
    assert (backup.sequence, backup.head_hash) == (before.sequence, before.hash)
    assert backup.counts["journal_entry"] == before.sequence
    assert (backup.is_encrypted, backup.engine) == (True, connection.vendor)
    assert archives.digest_of(folder / backup.file_name) == backup.sha256
    entry = Entry.objects.get(act="backup.taken")
    assert (entry.object_id, entry.actor, entry.sequence) == (str(backup.pk), None, before.sequence + 1)


def test_nobody_but_its_owner_reads_a_backup_and_nobody_without_the_key(samira, back_up, folder):
    path = folder / back_up().backup.file_name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with pytest.raises(sealing.WrongKey):
        taking.verify(path, secret="")
    assert not back_up(secret="").backup.is_encrypted


def test_a_snapshot_is_whole_while_eight_people_write(samira, back_up, folder):
    """The chain in the copy holds, and the copy ends between two entries, while entries go on arriving."""
    ended, heads = threading.Event(), []

    def work(index):
        if index < 8:
            while not ended.is_set():
                write(samira)
                time.sleep(0.02)
            return None
        try:
            return [back_up().backup for _again in range(2)]
        finally:
            heads.append(Head.objects.get().sequence)
            ended.set()

    results = race(9, work)
    assert [result for result in results if isinstance(result, Exception)] == []
    first, second = results[8]
    assert first.sequence + 1 < second.sequence < heads[0], "nobody wrote meanwhile"
    for backup in (first, second):
        contents = taking.verify(folder / backup.file_name, secret=SECRET)
        assert contents.counts["journal_entry"] == contents.counts["journal_payload"] == backup.sequence


def copy_page_by_page(target):
    """The planted bug: a copy whose journal and head come from two moments."""
    held, names = REAL_SNAPSHOT(target)
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("DROP TRIGGER journal_entry_refuses_delete")
        copy.execute("DELETE FROM journal_payload WHERE entry_id = ?", [held.sequence])
        copy.execute("DELETE FROM journal_entry WHERE sequence = ?", [held.sequence])
        copy.commit()
    return held, names


REAL_SNAPSHOT = sqlite.snapshot


@pytest.mark.skipif(connection.vendor != "sqlite", reason="plants the bug in SQLite's file")
def test_a_torn_snapshot_is_noticed(samira, back_up, monkeypatch):
    write(samira, 3)
    monkeypatch.setattr(sqlite, "snapshot", copy_page_by_page)
    with pytest.raises(copies.JournalBroken, match="head"):
        back_up()
    assert Backup.objects.count() == 0


def test_a_copy_that_lacks_rows_is_noticed(samira, back_up, folder, monkeypatch):
    """The journal may be whole and a table short all the same."""
    write(samira)
    path = folder / back_up().backup.file_name
    said = archives.read_contents(path, secret=SECRET)
    more = said.counts | {"beneficiaries_child": said.counts["beneficiaries_child"] + 1}
    wrong = archives.Contents(**{**vars(said), "counts": more})
    monkeypatch.setattr(archives.Contents, "from_json", classmethod(lambda cls, text: wrong))
    with pytest.raises(copies.Broken, match="rows in beneficiaries_child"):
        taking.verify(path, secret=SECRET)


def forge(statement: str) -> None:
    """What somebody with the keys of the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
            cursor.execute(statement)
            cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'journal_entry_refuses_update'")
            (trigger,) = cursor.fetchone()
            cursor.execute("DROP TRIGGER journal_entry_refuses_update")
            cursor.execute(statement)
            cursor.execute(trigger)


def test_a_forged_journal_is_kept_but_not_counted_on(samira, back_up, folder):
    """Otherwise one broken entry would end all backups, on the day they are needed most."""
    write(samira, 3)
    forge("UPDATE journal_entry SET device = 'forged' WHERE sequence = 2")
    for hour in range(3):
        with pytest.raises(copies.JournalBroken, match=r"at entry 2: entry; .* was kept"):
            back_up(rule=keeping.Rule(2, 0, 0), now=timezone.now() + timedelta(hours=hour))
    assert Backup.objects.count() == 0
    assert len(archives.listed(folder)) == 2, "an hourly run must not fill the disk"


def spoil_what_the_disk_gets(monkeypatch):
    written = archives.write

    def write_badly(path, *args, **options):
        written(path, *args, **options)
        flip(path)

    monkeypatch.setattr(archives, "write", write_badly)


def test_a_byte_that_the_disk_got_wrong_is_noticed(samira, back_up, folder, monkeypatch):
    spoil_what_the_disk_gets(monkeypatch)
    for secret in ("", SECRET):
        with pytest.raises(sealing.Altered):
            back_up(secret=secret)
    assert Backup.objects.count() == 0
    assert archives.listed(folder) == {}


def test_a_verification_that_does_not_open_the_copy_misses_that_byte(samira, back_up, monkeypatch):
    """The twin: this is what the test above would not notice if it only looked for the file."""
    spoil_what_the_disk_gets(monkeypatch)
    monkeypatch.setattr(taking, "verify", lambda path, secret: path.stat().st_size > 0)
    assert back_up().backup.pk


def test_an_interrupted_run_leaves_nothing_behind(samira, back_up, folder, monkeypatch):
    a_child_with_a_photo()
    first = back_up().backup
    a_child_with_a_photo(b"RIFF another")

    def stop(*args, **options):
        raise KeyboardInterrupt

    def kept():
        return sorted(path.name for path in folder.iterdir())

    before, newest = kept(), (folder / first.file_name).read_bytes()
    for owner, name in [
        (taking.engine(), "snapshot"),
        (filing.Store, "get"),
        (sealing.Writer, "finish"),
        (taking, "verify"),
        (taking, "_record"),
    ]:
        with monkeypatch.context() as interrupted, pytest.raises(KeyboardInterrupt):
            interrupted.setattr(owner, name, stop)
            back_up()
        assert (name, kept()) == (name, before)
    assert (folder / first.file_name).read_bytes() == newest
    assert Backup.objects.get() == first
    assert back_up().backup.files == 2


def test_what_a_killed_run_left_is_swept_by_the_next(samira, back_up, folder):
    back_up()
    left = [folder / ".hajar-20260101T000000Z-000000001.backup.unfinished", folder / "files" / ".arriving-1.unfinished"]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    back_up()
    assert [path for path in left if path.exists()] == []


def test_one_backup_at_a_time(samira, back_up, folder):
    with keeping.alone_in(folder), pytest.raises(keeping.AlreadyRunning):
        back_up()
    assert back_up().backup.pk


def test_files_are_copied_once(samira, back_up, folder, monkeypatch):
    a_child_with_a_photo()
    twin = a_child_with_a_photo()
    back_up()
    pieces = [path for path in (folder / "files").rglob("*") if path.is_file()]
    assert len(pieces) == 1, "the same content twice is one piece"
    assert b"photo" not in pieces[0].read_bytes()
    opened = []
    real = default_storage.open
    monkeypatch.setattr(default_storage, "open", lambda name, *args: opened.append(name) or real(name, *args))
    child = a_child_with_a_photo(b"RIFF a third")
    opened.clear()
    backup = back_up().backup
    assert opened == [child.photo.name]
    assert (backup.files, backup.files_missing) == (3, 0)
    assert twin.photo.name != child.photo.name


def test_a_file_that_the_house_lost_is_kept_from_before(samira, back_up):
    child = a_child_with_a_photo()
    back_up()
    default_storage.delete(child.photo.name)
    taken = back_up()
    assert (taken.backup.files, taken.missing) == (1, [])


def test_a_file_that_nobody_has_is_told(samira, back_up):
    child = a_child_with_a_photo()
    default_storage.delete(child.photo.name)
    taken = back_up()
    assert taken.missing == [child.photo.name]
    assert taken.backup.files_missing == 1


def test_an_erased_payload_is_not_in_the_next_backup(samira, back_up, folder):
    from hajar.journal import recording

    write(samira)
    entry = Entry.objects.get(act="admin.changed")
    recording.erase_payload(entry)
    backup = back_up(secret="").backup
    assert backup.counts["journal_payload"] == backup.counts["journal_entry"] - 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks for PostgreSQL's programs")
def test_missing_or_old_programs_are_named(samira, back_up, monkeypatch, tmp_path):
    monkeypatch.setattr(postgresql, "_folders", lambda: iter([tmp_path]))
    with pytest.raises(postgresql.NoPrograms, match="none are here: install postgresql-client-"):
        back_up()
    for program in postgresql.PROGRAMS:
        (tmp_path / program).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
        (tmp_path / program).chmod(0o755)
    with pytest.raises(postgresql.NoPrograms, match="only those of version 9 are here"):
        back_up()
