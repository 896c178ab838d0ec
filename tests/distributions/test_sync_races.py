"""Many copies of one entry at once, and entries in opposite orders: each is written once, and nobody waits for ever."""

import json
import threading
import uuid

import pytest
from django.db import OperationalError, connection, transaction

from distributions import syncing
from distributions.models import Allocation, Delivery, PhoneEntry
from hajar.journal import recording as journal
from tests.factories import AllocationFactory
from tests.phones import entry, hand_over
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
COPIES = 32
only_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite writes one after the other and hides this bug"
)


def statuses(results):
    return sorted(result.status if isinstance(result, syncing.Result) else repr(result) for result in results)


def test_32_copies_of_one_entry_are_one_delivery(driss):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    sender, said = syncing.Sender(driss), entry("delivery", hand_over(stop))
    results = race(COPIES, lambda _index: syncing.receive([said], sender=sender)[0])
    assert statuses(results) == ["duplicate"] * (COPIES - 1) + ["received"]
    assert (Delivery.objects.count(), PhoneEntry.objects.count()) == (1, 1)
    assert len({result.sequence for result in results}) == 1
    assert list(journal.faults()) == []


def test_32_contents_under_one_number_are_one_delivery_and_31_rivals(driss):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    sender, said = syncing.Sender(driss), entry("delivery", hand_over(stop))

    def act(index):
        return syncing.receive([{**said, "data": {**said["data"], "receiver_name": f"Nom {index}"}}], sender=sender)[0]

    assert statuses(race(COPIES, act)) == ["received"] + ["review"] * (COPIES - 1)
    assert (Delivery.objects.count(), PhoneEntry.objects.count()) == (1, COPIES)


def test_two_phones_that_gave_one_chair_leave_both_entries_standing(driss):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    sender = syncing.Sender(driss)
    results = race(8, lambda _index: syncing.receive([entry("delivery", hand_over(stop))], sender=sender)[0])
    assert statuses(results) == ["received"] + ["review"] * 7
    assert Delivery.objects.count() == 8
    assert Delivery.objects.exclude(handed_over_on=None).count() == 1
    assert Allocation.objects.get(pk=stop.pk).status == Allocation.Status.DELIVERED


def test_entries_in_opposite_orders_never_wait_for_one_another(driss):
    first = AllocationFactory(loaded=True, volunteer=driss)
    stops = [first, *[AllocationFactory(loaded=True, round=first.round) for _number in range(4)]]
    said = [entry("delivery", hand_over(stop)) for stop in stops]

    def act(index):
        mine = said if index % 2 else said[::-1]
        return [result.status for result in syncing.receive(mine, sender=syncing.Sender(driss))]

    results = race(8, act)
    assert sorted(status for result in results for status in result) == ["duplicate"] * 35 + ["received"] * 5
    assert list(journal.faults()) == []


@only_postgres
def test_look_then_insert_doubles_an_entry(driss):
    """The planted bug: without the phone's number as the key the copies would not meet, and the tests above say so."""
    said = json.dumps(entry("need_seen", {}))

    def look_then_insert(_index):
        with transaction.atomic():
            if not PhoneEntry.objects.filter(said=said).exists():
                PhoneEntry.objects.create(
                    pk=uuid.uuid4(), author=driss, kind="unknown", state="received", said=said, sequence=0,
                    received_at="2026-01-01T00:00:00Z",
                )  # fmt: skip

    for _attempt in range(5):
        race(COPIES, look_then_insert)
        if PhoneEntry.objects.count() > 1:
            break
        PhoneEntry.objects.all().delete()
    assert PhoneEntry.objects.count() > 1


@only_postgres
def test_one_transaction_for_a_whole_batch_locks_up(driss):
    """The planted bug: two phones' batches in one transaction each wait for one another's rows."""
    first, second = entry("need_seen", {}), entry("need_seen", {})
    both_have_one = threading.Barrier(2)

    def act(index):
        one, other = (first, second) if index else (second, first)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '100ms'")
            for place, said in enumerate((one, other)):
                PhoneEntry.objects.create(
                    pk=said["id"], author=driss, kind="unknown", state="received", said="", sequence=0,
                    received_at="2026-01-01T00:00:00Z",
                )  # fmt: skip
                if not place:
                    both_have_one.wait(timeout=20)

    results = race(2, act)
    assert any(isinstance(result, OperationalError) and "deadlock" in str(result) for result in results)
