from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from hajar.backups import archives, filing, keeping
from hajar.backups.models import Backup, BackupQuerySet
from hajar.journal.models import Entry
from tests.backups.conftest import SECRET, flip
from tests.factories import BackupFactory

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_nothing_is_durable_before_there_are_two_backups(db):
    assert keeping.durable_sequence() == 0
    BackupFactory(sequence=40)
    assert keeping.durable_sequence() == 0


def test_durable_is_what_lies_in_the_two_newest_backups(db):
    for sequence in (40, 90, 70):
        BackupFactory(sequence=sequence)
    assert keeping.durable_sequence() == 70


def test_a_clock_that_was_set_back_changes_nothing(db):
    BackupFactory(sequence=40, taken_at=NOON)
    BackupFactory(sequence=90, taken_at=NOON - timedelta(days=400))
    assert keeping.durable_sequence() == 40


def test_a_backup_that_is_gone_makes_nothing_durable(db):
    BackupFactory(sequence=40)
    BackupFactory(sequence=70)
    BackupFactory(sequence=90, gone_at=NOON)
    assert keeping.durable_sequence() == 40


def test_durable_takes_one_query(db, django_assert_num_queries):
    BackupFactory.create_batch(5)
    with django_assert_num_queries(1):
        keeping.durable_sequence()


def hours(*numbers):
    return {NOON - timedelta(hours=number) for number in numbers}


def test_the_rule_keeps_the_recent_then_the_last_of_each_day_and_month():
    rule = keeping.Rule(recent=3, days=3, months=2)
    moments = hours(0, 1, 2, 3, 4, 20, 30, 24 * 20, 24 * 21, 24 * 60)
    # 20: the last of yesterday; 24 * 20: of the third day with any; 24 * 60: of September, for October has none
    assert keeping.to_keep(moments, rule) == hours(0, 1, 2, 20, 24 * 20, 24 * 60)


@pytest.mark.parametrize("rule", [keeping.Rule(0, 0, 0), keeping.Rule(1, 0, 0)])
def test_the_two_newest_stay_whatever_the_rule_says(rule):
    assert keeping.to_keep(hours(0, 1, 2), rule) == hours(0, 1)


def test_the_folder_of_a_year_of_hours_stays_small():
    moments = {NOON - timedelta(hours=number) for number in range(24 * 365)}
    assert 70 <= len(keeping.to_keep(moments, keeping.Rule())) <= 48 + 30 + 6


@pytest.fixture
def made(db, folder):
    """Make a backup's file with these photos in it, and its row."""

    def make(hours_ago: int, *photos: bytes, has_row: bool = True, sequence: int = 0) -> Backup | str:
        folder.mkdir(exist_ok=True)
        store = filing.Store(folder, secret=SECRET)
        pieces = {}
        for photo in photos:
            source = folder / "photo"
            source.write_bytes(photo)
            with open(source, "rb") as opened:
                pieces[f"children/{photo.decode()}.webp"] = store.put(opened)
            source.unlink()
        taken_at, sequence = NOON - timedelta(hours=hours_ago), sequence or 1000 - hours_ago
        path = folder / archives.name_of(taken_at, sequence)
        database = folder / "database"
        database.write_bytes(b"rows")
        fingerprint = archives.digest_of(database)
        contents = archives.Contents(taken_at.isoformat(), "sqlite", sequence, "", {}, [], fingerprint, pieces)
        archives.write(path, contents, database, secret=SECRET)
        database.unlink()
        if not has_row:
            return path.name
        return BackupFactory(
            taken_at=taken_at,
            sequence=sequence,
            file_name=path.name,
            sha256=archives.digest_of(path),
            size_bytes=path.stat().st_size,
        )

    return make


def photos_in(folder):
    return len([path for path in (folder / "files").rglob("*") if path.is_file()])


def test_pruning_lets_old_files_go_and_the_photos_that_only_they_needed(made, folder):
    old = made(3, b"gone child", b"child")
    newer = [made(2, b"child"), made(1, b"child"), made(0, b"child", b"new child")]
    assert photos_in(folder) == 3
    assert keeping.prune(folder, keeping.Rule(3, 0, 0), secret=SECRET) == [old.file_name]
    assert set(archives.listed(folder)) == {backup.file_name for backup in newer}
    assert photos_in(folder) == 2
    old.refresh_from_db()
    assert old.gone_at


def test_pruning_never_takes_the_two_newest_verified(made, folder):
    """Not even when newer files lie there that nothing counts on, such as those of a time that a restore undid."""
    verified = [made(9), made(8)]
    others = [made(hour, has_row=False) for hour in (3, 2, 1)]
    assert keeping.prune(folder, keeping.Rule(2, 0, 0), secret=SECRET) == [others[0]]
    assert keeping.durable_sequence() == verified[0].sequence


def test_a_rule_that_forgets_the_verified_is_noticed(made, folder, monkeypatch):
    """The twin: pruning by age alone would have taken them."""
    verified = [made(9), made(8)]
    for hour in (3, 2, 1):
        made(hour, has_row=False)
    monkeypatch.setattr(BackupQuerySet, "standing", lambda rows: rows.none())
    assert {backup.file_name for backup in verified} <= set(keeping.prune(folder, keeping.Rule(2, 0, 0), secret=SECRET))


def test_photos_stay_while_a_backup_that_cannot_be_read_may_need_them(made, folder):
    made(3, b"gone child")
    unreadable = made(2, b"child")
    made(1, b"child")
    flip(folder / unreadable.file_name, 30)
    keeping.prune(folder, keeping.Rule(2, 0, 0), secret=SECRET)
    keeping.prune(folder, keeping.Rule(2, 0, 0), secret=SECRET)
    assert photos_in(folder) == 2


def test_a_file_that_is_gone_or_was_altered_no_longer_counts(made, folder):
    deleted, cut, flipped, good = made(3), made(2), made(1), made(0)
    (folder / deleted.file_name).unlink()
    path = folder / cut.file_name
    path.write_bytes(path.read_bytes()[:-1])
    flip(folder / flipped.file_name, -5)
    assert keeping.notice_lost(folder) == [flipped, cut, deleted]
    assert list(Backup.objects.standing()) == [good]
    assert keeping.durable_sequence() == 0
    assert Entry.objects.filter(act="backup.lost").count() == 3
    assert keeping.notice_lost(folder) == []


def test_other_files_in_the_folder_are_left_alone(made, folder):
    made(0)
    (folder / "notes.txt").write_text("where the key is")
    (folder / "hajar-2026.backup").write_text("an old one, by hand")
    keeping.prune(folder, keeping.Rule(2, 0, 0), secret=SECRET)
    assert (folder / "notes.txt").exists() and (folder / "hajar-2026.backup").exists()


@pytest.mark.parametrize(("age", "is_late"), [(25, False), (26, False), (27, True)])
def test_a_backup_is_late_after_a_night_and_two_hours(age, is_late):
    now = timezone.now()
    assert Backup(taken_at=now - timedelta(hours=age)).is_late(now) == is_late
