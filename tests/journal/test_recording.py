import pytest
from django.db import DatabaseError, connection, transaction

from hajar.journal import acts, recording
from hajar.journal.models import GENESIS, Entry, Head, Payload
from tests.racing import race


def write(user, **options):
    with transaction.atomic():
        return recording.record("admin.changed", user, by=user, payload={"field": "phone"}, **options)


def test_an_entry_says_who_did_what_and_when(samira):
    entry = write(samira, device="Android 9")
    assert (entry.actor, entry.act, entry.object_id, entry.device) == (
        samira,
        "admin.changed",
        str(samira.pk),
        "Android 9",
    )
    assert entry.received_at is not None
    assert Entry.objects.select_related("payload").get(pk=entry.pk).details == {"field": "phone"}


def test_each_entry_is_chained_to_the_one_before(samira):
    start = Head.objects.get().sequence
    first, second = write(samira), write(samira)
    assert (first.sequence, second.sequence) == (start + 1, start + 2)
    assert second.previous_hash == first.hash
    assert Head.objects.get().hash == second.hash
    assert list(recording.faults()) == []


def test_the_first_entry_follows_the_genesis(db, samira):
    assert write(samira).previous_hash == GENESIS


def test_an_act_that_nobody_declared_is_refused(samira):
    with pytest.raises(acts.UnknownAct), transaction.atomic():
        recording.record("child.teleported", samira, by=samira)


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused(samira):
    with pytest.raises(recording.NotInTransaction):
        recording.record("admin.changed", samira, by=samira)


def test_an_entry_dies_with_the_change_it_tells_of(samira):
    before = Head.objects.get().sequence
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(samira)
        raise ZeroDivisionError
    assert Head.objects.get().sequence == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET act = 'admin.added'",
        "DELETE FROM journal_entry",
        "UPDATE journal_payload SET data = '{}'",
        "DELETE FROM journal_head",
    ],
)
def test_the_database_refuses_to_edit_the_journal(samira, statement):
    write(samira)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_erased_payload_leaves_the_chain_whole(samira):
    entry = write(samira)
    recording.erase_payload(entry)
    assert not Payload.objects.filter(entry=entry).exists()
    assert Entry.objects.select_related("payload").get(pk=entry.pk).details == {}
    assert list(recording.faults()) == []


def without_triggers(statement: str) -> None:
    """What somebody with the keys of the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE journal_payload DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER journal_entry_refuses_update")
            cursor.execute("DROP TRIGGER journal_payload_refuses_update")
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE journal_entry SET device = 'forged' WHERE sequence = 1", "entry"),
        ('UPDATE journal_payload SET data = \'{"field": "name"}\' WHERE entry_id = 1', "payload"),
        ("UPDATE journal_head SET hash = 'forged'", "head"),
        ("UPDATE journal_entry SET previous_hash = 'forged' WHERE sequence = 2", "link"),
    ],
)
def test_a_forged_journal_is_noticed(samira, statement, kind):
    write(samira)
    write(samira)
    without_triggers(statement)
    assert kind in {fault.kind for fault in recording.faults()}


@pytest.mark.django_db(transaction=True)
def test_64_parallel_writers_make_one_linear_chain(samira):
    results = race(64, lambda index: write(samira, device=str(index)))
    assert [r for r in results if isinstance(r, Exception)] == []
    assert sorted(entry.sequence for entry in results) == list(range(1, 65))
    assert list(recording.faults()) == []


def record_without_lock(user, index):
    """The planted bug: reads the head without its lock."""
    with transaction.atomic():
        head = Head.objects.get(pk=1)
        Entry.objects.bulk_create(
            [
                Entry(
                    sequence=head.sequence + 1,
                    act="admin.changed",
                    object_type="accounts.user",
                    object_id=str(index),
                    received_at="2026-11-23T08:00:00Z",
                    payload_hash="",
                    previous_hash=head.hash,
                    hash="",
                )
            ]
        )
        Head.objects.filter(pk=1).update(sequence=head.sequence + 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite writes one transaction at a time: the bug cannot show"
)
def test_the_race_notices_a_recorder_that_forgets_the_lock(samira):
    results = race(64, lambda index: record_without_lock(samira, index))
    assert [r for r in results if isinstance(r, Exception)] != []
