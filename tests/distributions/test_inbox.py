import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from distributions import planning, stocktaking
from distributions.models import Device, Matter, PhoneEntry, RoundChair
from tests.factories import AllocationFactory, ChairFactory, DeliveryFactory, HealthRecordFactory, RoundFactory
from tests.phones import Phone, entry, hand_over

pytestmark = pytest.mark.django_db
INBOX = reverse("distributions:matter_list")
FAILED = {"outcome": "not_at_home", "receiver_name": "", "receiver_relation": "", "checks": {}}


def seen(phone, round_, what="Une fillette portée à bras"):
    said = entry("need_seen", {"round": str(round_.pk), "what": what})
    phone.send(said)
    return Matter.objects.get(entry=said["id"])


@pytest.fixture
def office(client, karim):
    client.force_login(karim)
    return client


def read(office, address, **query) -> str:
    answer = office.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def handle(office, matter, **said):
    return office.post(reverse("distributions:matter_handle", args=[matter.pk]), said)


def test_what_was_seen_waits_until_a_person_settles_it(office, driss):
    waiting = seen(Phone(driss), RoundFactory(volunteer=driss), "Petit Anas, douar Zawiya")
    assert waiting.get_absolute_url() in read(office, INBOX)
    assert "Petit Anas, douar Zawiya" in read(office, waiting.get_absolute_url())
    assert "Petit Anas, douar Zawiya" in read(office, waiting.entry.get_absolute_url())
    assert handle(office, waiting, note="").status_code == 422
    assert handle(office, waiting, note="Appelé la famille").headers["Location"] == INBOX
    assert waiting.get_absolute_url() not in read(office, INBOX)
    assert "Appelé la famille" in read(office, INBOX, show="done")
    assert handle(office, waiting, note="encore").status_code == 302
    assert waiting.entry.history().filter(act="entry.handled").count() == 1


def test_who_decides_about_a_spare_chair_sees_both_chairs_and_why(office, driss, karim):
    stop, spare = AllocationFactory(loaded=True, volunteer=driss), ChairFactory()
    RoundChair.objects.create(round=stop.round, chair=spare, loaded_at=timezone.now(), loaded_by=karim)
    with transaction.atomic():
        stocktaking.append_event(spare, "loaded", by=karim)
    spare_said = {"chair": str(spare.number), "reason": "La cour est en terre"}
    Phone(driss).send(entry("delivery", hand_over(stop) | {"spare": spare_said}))
    page = read(office, Matter.objects.get(kind=Matter.Kind.SPARE).get_absolute_url())
    for words in (stop.chair.label, str(stop.chair.model), spare.label, str(spare.model), "La cour est en terre"):
        assert words in page, words


def test_a_hand_over_is_told_in_words_and_without_the_keys_of_machines(office, driss):
    allocation = AllocationFactory(loaded=True, volunteer=driss)
    said = entry("delivery", hand_over(allocation))
    Phone(driss).send(said)
    page = read(office, PhoneEntry.objects.get(pk=said["id"]).get_absolute_url())
    assert "Reçu par" in page
    assert "mère" in page
    assert "receiver_relation" not in page
    assert str(allocation.pk) not in page


def test_an_entry_that_nobody_can_read_is_shown_as_it_came(office, driss):
    Phone(driss).send("<script>ZXCANARY</script>")
    for row in (PhoneEntry.objects.get(), Matter.objects.get()):
        page = read(office, row.get_absolute_url())
        assert "&lt;script&gt;ZXCANARY" in page
        assert "<script>ZXCANARY" not in page


def test_the_proof_of_a_stop_is_shown_to_nobody(office, driss):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    said = hand_over(stop, by=driss) | {"is_healthy": False}
    Phone(driss).send(entry("delivery", said))
    for row in (PhoneEntry.objects.get(), Matter.objects.get()):
        assert said["proof"] not in read(office, row.get_absolute_url())


def test_no_page_of_the_inbox_shows_a_diagnosis_or_a_score(office, driss):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    record = HealthRecordFactory(child=stop.need.child, diagnosis_as_written="Zxcanary")
    Phone(driss).send(entry("delivery", hand_over(stop) | FAILED))
    matter = Matter.objects.get()
    for address in (INBOX, matter.get_absolute_url(), matter.entry.get_absolute_url()):
        page = read(office, address)
        assert record.diagnosis_as_written not in page
        assert stop.need.get_absolute_url() not in page
        assert "score" not in page


def test_the_list_is_narrowed_by_kind_region_round_and_age(office, driss):
    phone = Phone(driss)
    stop = AllocationFactory(loaded=True, volunteer=driss)
    old, new = seen(phone, RoundFactory(volunteer=driss), "vu"), None
    phone.send(entry("delivery", hand_over(stop) | FAILED))
    new = Matter.objects.get(kind="failed_stop")
    Matter.objects.filter(pk=old.pk).update(opens_at=timezone.now() - timedelta(days=8))
    region = stop.round.province.region_id
    for query, is_old, is_new in [
        ({}, True, True),
        ({"kind": "need_seen"}, True, False),
        ({"kind": "nonsense"}, True, True),
        ({"round": str(stop.round_id)}, False, True),
        ({"round": "nonsense"}, True, True),
        ({"age": "7"}, True, False),
        ({"age": "30"}, False, False),
        ({"region": str(region)}, True, True),
        ({"region": "0"}, False, False),
        ({"region": "9" * 30}, True, True),
    ]:
        page = read(office, INBOX, **query)
        assert (old.get_absolute_url() in page, new.get_absolute_url() in page) == (is_old, is_new), query


def test_the_oldest_comes_first_and_each_kind_has_its_count(office, driss):
    phone, round_ = Phone(driss), RoundFactory(volunteer=driss)
    second, first = seen(phone, round_, "deux"), seen(phone, round_, "un")
    Matter.objects.filter(pk=first.pk).update(opens_at=timezone.now() - timedelta(days=1))
    page = read(office, INBOX)
    assert page.index(first.get_absolute_url()) < page.index(second.get_absolute_url())
    assert "(2)" in page


def test_the_number_that_waits_stands_beside_the_navigation_for_who_may_settle_it(client, karim, samira, person, driss):
    seen(Phone(driss), RoundFactory(volunteer=driss))
    far = person("Far", "coordinator", "MA-09")
    for user, shown in [(karim, True), (samira, False), (far, False)]:
        client.force_login(user)
        assert ('<span class="count">1</span>' in read(client, reverse("home"))) is shown, user


def test_home_names_what_waits(office, driss):
    waiting = seen(Phone(driss), RoundFactory(volunteer=driss))
    assert waiting.get_absolute_url() in read(office, reverse("home"))


def test_an_empty_inbox_says_so(office):
    page = read(office, INBOX)
    assert "empty" in page
    assert "<table" not in page


def dispute(driss, karim) -> Matter:
    late = AllocationFactory(loaded=True, volunteer=driss)
    planning.release(late, by=karim, release="not_reached")
    DeliveryFactory(id=uuid.uuid4(), allocation=late, by=driss)
    return Matter.objects.get(kind="chair_twice")


def test_a_dispute_is_decided_on_its_page(office, driss, karim):
    matter = dispute(driss, karim)
    page = read(office, matter.get_absolute_url())
    assert 'value="second"' in page
    assert 'value="first"' not in page  # nobody else is said to have it
    assert handle(office, matter, note="Appelé").status_code == 422
    assert handle(office, matter, note="Appelé", decision="first").status_code == 422
    assert handle(office, matter, note="Appelé", decision="second").status_code == 302
    assert "Appelé" in read(office, matter.get_absolute_url())


def test_a_disputed_chair_and_its_entry_lead_to_the_decision(office, driss, karim):
    matter = dispute(driss, karim)
    for row in (matter.delivery, matter.chair):
        assert matter.get_absolute_url() in read(office, row.get_absolute_url())
    settle = reverse("distributions:delivery_settle", args=[matter.delivery_id])
    assert settle not in read(office, matter.delivery.get_absolute_url())
    office.post(settle, {"note": "vu"})
    assert Matter.objects.waiting().exists()


def test_lists_and_pages_take_as_many_queries_with_many_rows(office, driss, karim):
    def queries() -> list[int]:
        counted = []
        for name in ("matter_list", "device_list"):
            with CaptureQueriesContext(connection) as taken:
                read(office, reverse(f"distributions:{name}"))
            counted.append(len(taken))
        with CaptureQueriesContext(connection) as taken:
            read(office, reverse("distributions:device_detail", args=[phone.id]))
        return [*counted, len(taken)]

    phone = Phone(driss)
    stop = AllocationFactory(loaded=True, volunteer=driss)
    phone.send(entry("delivery", hand_over(stop) | FAILED), rounds=[str(stop.round_id)])
    few = queries()
    assert few[0] <= 12 and few[1] <= 12 and few[2] <= 22, few  # of these, six write down who read it
    for _number in range(15):
        more = AllocationFactory(loaded=True, round=stop.round)
        phone.send(entry("delivery", hand_over(more) | FAILED))
    assert queries() == few


def test_a_dispute_takes_few_queries(office, driss, karim):
    matter = dispute(driss, karim)
    with CaptureQueriesContext(connection) as taken:
        read(office, matter.get_absolute_url())
    assert len(taken) <= 18


# --- phones -------------------------------------------------------------------------------------------------------


def test_a_phone_is_reported_lost_and_says_what_lay_on_it(office, driss):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    Phone(driss).send(entry("healthy", {"round": str(stop.round_id)}, number=3), rounds=[str(stop.round_id)])
    device = Device.objects.get()
    page = reverse("distributions:device_detail", args=[device.pk])
    lost = reverse("distributions:device_lost", args=[device.pk])
    assert page in read(office, reverse("distributions:device_list"))
    assert lost in read(office, page)
    assert office.post(lost).headers["Location"] == page
    text = read(office, page)
    assert lost not in text
    assert stop.need.child.get_absolute_url() in text
    assert "1–2" in text
    assert device.history().filter(act="phone.contents_read").exists()
