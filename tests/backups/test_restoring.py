"""The restore drill, and everything that is refused: on the engine that the suite runs on."""

import shutil
import sqlite3
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import connection
from django.test import Client

from beneficiaries import erasing
from beneficiaries.models import Child
from hajar.backups import archives, copies, filing, keeping, restoring, taking
from hajar.backups.models import Backup
from hajar.journal import recording
from hajar.journal.models import Entry, Head
from tests.backups.conftest import SECRET, a_child_with_a_photo, flip, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere(tmp_path):
    """Enter an empty database of the same engine; afterwards be back in the suite's own."""

    @contextmanager
    def entered(name: str):
        own = connection.settings_dict["NAME"]
        if connection.vendor == "postgresql":
            name = f"{own}_{name}"
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name}")
                cursor.execute(f"CREATE DATABASE {name}")
        connection.close()
        connection.settings_dict["NAME"] = name if connection.vendor == "postgresql" else str(tmp_path / name)
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"DROP DATABASE {name}")

    return entered


@pytest.fixture
def bring_back(settings):
    def restore(path, **options):
        values = {"secret": SECRET, "files_to": FileSystemStorage(), "replace": False, **options}
        return restoring.restore_backup(Path(path), **values)

    return restore


def test_the_restore_drill(nadia, back_up, folder, elsewhere, bring_back, settings, tmp_path):
    """A server is lost. The older of two backups comes back on an empty one, and the house goes on."""
    child = a_child_with_a_photo()
    stolen_phone = Client()
    stolen_phone.force_login(nadia)
    back_up()
    write(nadia, 2)
    older = back_up().backup
    a_child_with_a_photo(b"RIFF another")
    newer = back_up().backup
    write(nadia)
    known_to_a_phone = Head.objects.get()
    assert keeping.durable_sequence() == older.sequence

    settings.MEDIA_ROOT = tmp_path / "new media"
    with elsewhere("drill"):
        restored = bring_back(folder / older.file_name)
        assert (restored.files, restored.kept, restored.waiting) == (1, "", frozenset())

        assert list(recording.faults()) == []
        assert list(Child.objects.all()) == [child]
        assert Head.objects.get().sequence == older.sequence + 1
        assert Entry.objects.get(sequence=older.sequence).hash == older.head_hash
        assert Entry.objects.get(act="backup.restored").sequence == older.sequence + 1
        # the pair that a phone knows is no longer there: it sends again what it still holds
        assert not Entry.objects.filter(sequence=known_to_a_phone.sequence, hash=known_to_a_phone.hash).exists()
        assert keeping.durable_sequence() == 0, "one backup older than this one is known here, and no more"

        assert stolen_phone.get("/").status_code == 302, "a session that may have been ended since is not open again"
        client = Client()
        client.force_login(nadia)
        for url in ["/", child.get_absolute_url(), "/status/", "/admin/backups/backup/"]:
            assert (url, client.get(url).status_code) == (url, 200)
        child.refresh_from_db()
        assert child.photo.read() == b"RIFF a photo"

        write(nadia)
        first, second = back_up().backup, back_up().backup
        assert keeping.durable_sequence() == first.sequence < second.sequence
        assert (folder / newer.file_name).exists()

        # And once more over a database in which people have worked: it stays beside.
        with pytest.raises(restoring.Refused, match="People have worked"):
            bring_back(folder / newer.file_name)
        with somebody_connected(), pytest.raises(copies.NotAlone, match="stop"):
            bring_back(folder / newer.file_name, replace=True)
        assert Head.objects.get().sequence == second.sequence + 1
        again = bring_back(folder / newer.file_name, replace=True)
        assert Child.objects.count() == 2
        assert Entry.objects.get(sequence=newer.sequence).hash == newer.head_hash
        assert list(recording.faults()) == []
        assert head_kept_in(again.kept) == second.sequence + 1


@contextmanager
def somebody_connected():
    """A worker that was not stopped."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM journal_head")
            yield
    finally:
        other.close()


def head_kept_in(place: str) -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT sequence FROM {place.removeprefix('schema ')}.journal_head")
            return cursor.fetchone()[0]
    with closing(sqlite3.connect(place)) as kept:
        return kept.execute("SELECT sequence FROM journal_head").fetchone()[0]


def test_what_a_restore_put_aside_is_in_no_later_backup(nadia, back_up, folder, elsewhere, bring_back):
    path = folder / back_up().backup.file_name
    with elsewhere("aside"):
        bring_back(path)
        bring_back(path, replace=True)
        later = back_up().backup
        assert later.counts["journal_entry"] == later.sequence
        bring_back(folder / later.file_name, replace=True)
        assert list(recording.faults()) == []


def empty(path):
    path.write_bytes(b"")


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-20])


def cut_in_the_header(path):
    path.write_bytes(path.read_bytes()[:40])


def one_bit(path):
    flip(path)


def one_bit_of_the_header(path):
    flip(path, 40)


def other_content(path):
    path.write_bytes(b"SQLite format 3\x00" + b"\x00" * 4000)


def longer(path):
    path.write_bytes(path.read_bytes() + path.read_bytes())


def gone(path):
    path.unlink()


DAMAGE = {
    empty: "is empty",
    cut_off: "was cut off",
    cut_in_the_header: "was cut off",
    one_bit: "altered or damaged",
    one_bit_of_the_header: "altered or damaged",
    other_content: "no backup of Hajar",
    longer: "goes on after its end",
    gone: "no such file",
}


def state():
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
    head = Head.objects.get()
    return counts, head.sequence, head.hash, connection.settings_dict["NAME"]


def test_a_damaged_backup_is_refused_and_nothing_changes(nadia, back_up, folder, bring_back):
    sealed, plain = back_up().backup, back_up(secret="").backup
    before = state()
    for backup in (sealed, plain):
        for damage, words in DAMAGE.items():
            path = folder / f"{damage.__name__}.backup"
            shutil.copy(folder / backup.file_name, path)
            damage(path)
            with pytest.raises(restoring.Refused, match=words):
                bring_back(path, replace=True)
    with pytest.raises(restoring.Refused, match="another key"):
        bring_back(folder / sealed.file_name, replace=True, secret=SECRET[::-1])
    with pytest.raises(restoring.Refused, match="its key is needed"):
        bring_back(folder / sealed.file_name, replace=True, secret="")
    assert state() == before


def rewritten(path: Path, folder: Path, name: str, **changes) -> Path:
    """The same backup, saying something else of itself."""
    database = folder / "database"
    contents, _sealed = archives.unpack(path, database, secret=SECRET)
    archives.write(folder / name, archives.Contents(**{**vars(contents), **changes}), database, secret=SECRET)
    database.unlink()
    return folder / name


def test_a_backup_that_does_not_fit_is_refused_and_nothing_changes(nadia, back_up, folder, bring_back, monkeypatch):
    child = a_child_with_a_photo()
    path = folder / back_up().backup.file_name
    said = archives.read_contents(path, secret=SECRET)
    before = state()
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    for changes, words in [
        ({"engine": other}, f"a backup of {other}"),
        ({"migrations": [*said.migrations, "beneficiaries.9999_next_year"]}, "newer Hajar .*9999_next_year"),
        ({"sequence": said.sequence + 1}, "ends at entry"),
        ({"counts": said.counts | {"accounts_user": 99}}, "rows in accounts_user"),
    ]:
        with pytest.raises(restoring.Refused, match=words):
            bring_back(rewritten(path, folder, "other.backup", **changes), replace=True)
    with pytest.raises(restoring.Refused, match="bring that folder, too"):
        lonely = folder / "without its files"
        lonely.mkdir()
        bring_back(shutil.copy(path, lonely), replace=True)
    piece = said.files[child.photo.name]
    flip(filing.Store(folder, secret=SECRET).path(piece.digest), -3)
    with pytest.raises(restoring.Refused, match="1 of 1 photos"):
        bring_back(path, replace=True)
    assert state() == before


def test_a_backup_whose_database_is_no_database_is_refused(nadia, back_up, folder, bring_back):
    """Sealed and whole, and nothing in it: only opening the copy tells."""
    path = folder / back_up().backup.file_name
    said, rows = archives.read_contents(path, secret=SECRET), folder / "rows"
    for content in (b"", b"no database", b"PGDMP" + b"\x00" * 200):
        rows.write_bytes(content)
        contents = archives.Contents(**{**vars(said), "database_sha256": archives.digest_of(rows)})
        archives.write(folder / "hollow.backup", contents, rows, secret=SECRET)
        with pytest.raises(restoring.Refused, match=r"^The (copy|journal)|^No such table"):
            bring_back(folder / "hollow.backup", replace=True)


def test_a_restore_that_fails_half_way_leaves_the_old_database(
    nadia, back_up, folder, elsewhere, bring_back, monkeypatch
):
    path = folder / back_up().backup.file_name
    with elsewhere("half"):
        bring_back(path)
        before = state()
        if connection.vendor == "postgresql":
            run = taking.postgresql._run

            def spoil(program, *arguments, **options):
                run(program, *arguments, **options)
                if program == "pg_restore":
                    script = Path(next(a for a in arguments if str(a).startswith("--file="))[7:])
                    script.write_text(script.read_text() + "\nSELECT 1/0;\n")

            monkeypatch.setattr(taking.postgresql, "_run", spoil)
        else:
            monkeypatch.setattr(taking.sqlite.shutil, "copyfileobj", lambda *args: 1 / 0)
        with pytest.raises((copies.Broken, ZeroDivisionError)):
            bring_back(path, replace=True)
        assert state() == before


def test_the_commands_say_what_happened_and_what_is_next(nadia, folder, elsewhere, settings, tmp_path, capsys):
    settings.HAJAR_BACKUP_DIR, settings.HAJAR_BACKUP_KEY = folder, SECRET
    a_child_with_a_photo()
    call_command("backup")
    call_command("backup", "--check")
    said = capsys.readouterr().out
    assert "1 files" in said and "verified" in said and "0 hours old" in said
    path = folder / Backup.objects.get().file_name
    with elsewhere("told"):
        call_command("restore", str(path), "--media-to", str(tmp_path / "photos"))
        said = capsys.readouterr().out
        assert "the chain is whole" in said and "1. start Hajar" in said
        assert len([found for found in (tmp_path / "photos").rglob("*.webp")]) == 1


@pytest.mark.parametrize("is_lost", [False, True])
def test_whoever_was_forgotten_since_is_forgotten_again(
    nadia, back_up, bring_back, elsewhere, folder, settings, is_lost
):
    """Over the same database, and on a new server to which only the folder of backups was saved."""

    settings.HAJAR_BACKUP_DIR = folder
    child = a_child_with_a_photo()
    older = back_up().backup
    erasing.erase(child, by=nadia, confirmation=child.reference)
    with elsewhere("forgotten") if is_lost else nullcontext():
        bring_back(folder / older.file_name, replace=True)
        again = Child.objects.get(pk=child.pk)
        assert (again.name, again.photo.name) == ("—", "")
        assert list(recording.faults()) == []
