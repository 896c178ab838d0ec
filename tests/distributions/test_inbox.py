import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distributions.models import Device, PhoneEntry
from tests.factories import AllocationFactory, RoundFactory
from tests.phones import Phone, entry, hand_over

pytestmark = pytest.mark.django_db


def seen(phone, round_, what="Une fillette portée à bras"):
    phone.send(entry("need_seen", {"round": str(round_.pk), "what": what}))
    return PhoneEntry.objects.get(said__contains=what)


@pytest.fixture
def office(client, karim):
    client.force_login(karim)
    return client


def test_what_was_seen_waits_until_a_person_ticks_it(office, driss):
    waiting = seen(Phone(driss), RoundFactory(volunteer=driss), "Petit Anas, douar Zawiya")
    inbox = reverse("distributions:phoneentry_list")
    assert waiting.get_absolute_url() in office.get(inbox).content.decode()
    page = office.get(waiting.get_absolute_url()).content.decode()
    assert "Petit Anas, douar Zawiya" in page
    handle = reverse("distributions:phoneentry_handle", args=[waiting.pk])
    assert office.post(handle, {"note": ""}).status_code == 422
    assert office.post(handle, {"note": "Appelé la famille"}).headers["Location"] == inbox
    assert waiting.get_absolute_url() not in office.get(inbox).content.decode()
    assert "Appelé la famille" in office.get(inbox, {"show": "done"}).content.decode()
    assert office.post(handle, {"note": "encore"}).status_code == 302
    assert waiting.history().filter(act="entry.handled").count() == 1


def test_a_hand_over_is_told_in_words_and_without_the_keys_of_machines(office, driss):
    allocation = AllocationFactory(loaded=True, volunteer=driss)
    said = entry("delivery", hand_over(allocation))
    Phone(driss).send(said)
    page = office.get(PhoneEntry.objects.get(pk=said["id"]).get_absolute_url()).content.decode()
    assert "Reçu par" in page
    assert "mère" in page
    assert "receiver_relation" not in page
    assert str(allocation.pk) not in page


def test_an_entry_that_nobody_can_read_is_shown_as_it_came(office, driss):
    Phone(driss).send("<script>ZXCANARY</script>")
    waiting = PhoneEntry.objects.get()
    page = office.get(waiting.get_absolute_url()).content.decode()
    assert "&lt;script&gt;ZXCANARY" in page
    assert "<script>ZXCANARY" not in page


def test_the_proof_of_a_stop_is_shown_to_nobody(office, driss):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    said = hand_over(stop, by=driss) | {"is_healthy": False}
    Phone(driss).send(entry("delivery", said))
    assert said["proof"] not in office.get(PhoneEntry.objects.get().get_absolute_url()).content.decode()


def test_the_inbox_takes_as_many_queries_with_many_entries(office, driss):
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            for name in ("phoneentry_list", "device_list"):
                assert office.get(reverse(f"distributions:{name}")).status_code == 200
        return len(counted)

    stop = AllocationFactory(loaded=True, volunteer=driss)
    said = hand_over(stop) | {"is_healthy": False}
    Phone(driss).send(entry("delivery", said))
    few = queries()
    for _number in range(15):
        Phone(driss).send(entry("delivery", said))
    assert queries() == few


def test_a_phone_is_reported_lost(office, driss):
    Phone(driss).send()
    device = Device.objects.get()
    page = reverse("distributions:device_list")
    lost = reverse("distributions:device_lost", args=[device.pk])
    assert lost in office.get(page).content.decode()
    assert office.post(lost).headers["Location"] == page
    assert lost not in office.get(page).content.decode()
    device.refresh_from_db()
    assert device.lost_at is not None
