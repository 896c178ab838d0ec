from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from distributions.models import Device
from hajar import status
from hajar.backups import taking
from hajar.backups.models import Backup
from hajar.journal import recording
from tests.factories import BackupFactory, DeliveryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def tones(page):
    return {line.title: (line.tone, line.word) for line in page.lines}


def two_good_backups(**changes):
    BackupFactory(sequence=5)
    return BackupFactory(sequence=9, **changes)


def test_all_is_well_when_two_fresh_backups_are_there(karim):
    two_good_backups()
    page = status.of_the_house(karim)
    assert {line.tone for line in page.lines} == {"good"}
    assert (page.tone, page.durable, page.is_late) == ("good", 5, False)


def test_no_backup_is_urgent(karim):
    page = status.of_the_house(karim)
    assert tones(page)["Newest backup"] == ("urgent", "none")
    assert tones(page)["In two backups"] == ("warn", "not yet")
    assert (page.tone, page.is_late, page.durable) == ("urgent", True, 0)


@pytest.mark.parametrize(("hours", "tone"), [(25, "good"), (27, "urgent")])
def test_a_backup_turns_red_after_26_hours(karim, hours, tone):
    two_good_backups(taken_at=timezone.now() - timedelta(hours=hours))
    page = status.of_the_house(karim)
    assert tones(page)["Newest backup"][0] == tone
    assert page.is_late == (tone == "urgent")


def test_a_backup_that_is_gone_does_not_keep_it_green(karim):
    two_good_backups()
    Backup.objects.filter(sequence=9).update(gone_at=timezone.now())
    page = status.of_the_house(karim)
    assert page.newest.sequence == 5
    assert page.durable == 0
    assert [backup.sequence for backup in page.backups] == [9, 5]


def test_a_failed_attempt_after_the_newest_is_told(karim):
    two_good_backups(verified_at=timezone.now() - timedelta(minutes=5))
    taking.record_failure(OSError("disk full"))
    assert tones(status.of_the_house(karim))["Newest backup"] == ("warn", "last attempt failed")
    BackupFactory(sequence=12)
    assert tones(status.of_the_house(karim))["Newest backup"] == ("good", "fresh")


@pytest.mark.parametrize(
    ("changes", "line", "tone"),
    [
        ({"is_encrypted": False}, "Encryption of backups", "warn"),
        ({"files": 4, "files_missing": 1}, "Photos and papers", "urgent"),
    ],
)
def test_what_is_wrong_with_the_newest_is_told(karim, changes, line, tone):
    two_good_backups(**changes)
    assert tones(status.of_the_house(karim))[line][0] == tone


def test_waiting_migrations_are_urgent(karim):
    page = status.of_the_house(karim, waiting_migrations={("beneficiaries", "9999_next_year")})
    assert tones(page)["Version"] == ("urgent", "half upgraded")


def test_what_waits_for_a_person_is_that_of_ones_own_regions(karim, person):
    DeliveryFactory(outcome="not_at_home", receiver_name="", receiver_relation="", checks={})
    far = person("Far", "coordinator", "MA-09")
    assert "What the field sent" in tones(status.of_the_house(karim))
    assert "What the field sent" not in tones(status.of_the_house(far))


def test_phones_that_hold_entries_and_are_silent_are_named(karim, driss):
    phone = Device.objects.create(user=driss, last_seen_at=timezone.now(), unsent=2)
    assert "Silent phones" not in tones(status.of_the_house(karim))
    Device.objects.filter(pk=phone.pk).update(last_seen_at=timezone.now() - timedelta(days=4))
    assert tones(status.of_the_house(karim))["Silent phones"] == ("warn", "to call")


def test_the_page_takes_as_many_queries_for_one_backup_as_for_fifteen(client, karim):
    client.force_login(karim)
    numbers = []
    for more in (1, 14):
        BackupFactory.create_batch(more)
        client.get("/status/")
        with CaptureQueriesContext(connection) as queries:
            response = client.get("/status/")
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 16
    assert len(response.context["status"].backups) == status.SHOWN


def test_what_came_since_is_counted_from_the_journals_head(karim):
    for _index in range(3):
        with transaction.atomic():
            entry = recording.record("admin.changed", karim, by=karim)
    BackupFactory(sequence=entry.sequence - 2)
    BackupFactory(sequence=entry.sequence - 1)
    assert status.of_the_house(karim).since == 2
