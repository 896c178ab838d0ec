"""What the field sends is filed once, under the gravest of its doubts, and ends when it should."""

import doctest
import hashlib
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from distributions import attention, delivering, phoning, settling, syncing
from distributions.models import Device, KeptRound, Matter, PhoneEntry
from tests.distributions.test_syncing import picture
from tests.factories import AllocationFactory, DeliveryFactory, RoundFactory
from tests.phones import Phone, entry, hand_over

Kind = Matter.Kind
FAILED = {"outcome": "not_at_home", "receiver_name": "", "receiver_relation": "", "checks": {}}


@pytest.fixture
def stop(driss):
    return AllocationFactory(loaded=True, volunteer=driss)


@pytest.fixture
def phone(driss):
    return Phone(driss)


def waiting(now=None) -> list[str]:
    return list(Matter.objects.waiting(now).order_by("opens_at", "pk").values_list("kind", flat=True))


def in_two_days():
    return timezone.now() + timedelta(days=2)


def seen(round_, number: int) -> dict:
    return entry("healthy", {"round": str(round_.pk)}, number=number)


# --- filing -------------------------------------------------------------------------------------------------------


def test_every_doubt_and_every_reason_has_a_kind():
    filed = frozenset().union(*attention.BY_DOUBT.values())
    told = {*delivering.Doubt.values, *PhoneEntry.Reason.values}
    assert told - filed == {PhoneEntry.Reason.TO_READ}


@pytest.mark.parametrize(
    ("codes", "entry_kind", "kind"),
    [
        (["clock_ahead"], "delivery", Kind.CLOCK),
        (["clock_ahead", "chair_disputed"], "delivery", Kind.CHAIR_TWICE),
        (["to_read"], "need_seen", Kind.NEED_SEEN),
        (["to_read", "device_lost"], "breakdown", Kind.LOST_PHONE),
        (["chair"], "breakdown", Kind.BREAKDOWN),
        (["from a later version"], "unknown", Kind.REFUSED),
    ],
)
def test_an_entry_is_filed_under_its_gravest_doubt(codes, entry_kind, kind):
    assert attention.kind_of(codes, entry_kind=entry_kind) == kind


@pytest.mark.django_db
def test_what_went_well_asks_for_nobody(phone, stop):
    phone.send(entry("delivery", hand_over(stop)), seen(stop.round, 2))
    assert Matter.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", ["not_at_home", "wrong_address"])
def test_a_failed_stop_waits_although_the_phone_heard_received(phone, stop, outcome):
    told = phone.send(entry("delivery", hand_over(stop) | FAILED | {"outcome": outcome}))
    assert told["results"][0]["status"] == "received"
    matter = Matter.objects.get()
    assert (matter.kind, matter.round, matter.province) == (Kind.FAILED_STOP, stop.round, stop.round.province)
    assert (matter.entry_id, matter.delivery_id) == (matter.delivery_id, matter.entry_id)


@pytest.mark.django_db
def test_a_stop_that_the_desk_typed_in_waits_as_well(stop):
    DeliveryFactory(allocation=stop, **FAILED)
    assert waiting() == [Kind.FAILED_STOP]


@pytest.mark.django_db
def test_each_thing_is_filed_once_however_often_it_comes(phone, stop):
    said = entry("delivery", hand_over(stop) | {"is_healthy": False})
    for _copy in range(3):
        phone.send(said)
    assert waiting() == [Kind.AGAINST_PLAN]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("no entry at all", Kind.REFUSED),
        ({"id": "x"}, Kind.REFUSED),
        (entry("from_the_future", {}), Kind.REFUSED),
        (entry("need_seen", {"round": str(uuid.uuid4()), "what": "x"}), Kind.NEED_SEEN),
        (entry("healthy", {"round": str(uuid.uuid4())}), Kind.REFUSED),
    ],
    ids=["text", "no shape", "newer", "seen elsewhere", "not hers"],
)
def test_what_cannot_be_used_waits_for_a_person(phone, said, kind):
    phone.send(said)
    assert waiting() == [kind]


@pytest.mark.django_db
def test_another_content_under_one_number_waits(phone, stop):
    said = entry("delivery", hand_over(stop))
    phone.send(said)
    phone.send({**said, "data": said["data"] | {"receiver_name": "Fatima"}})
    assert waiting() == [Kind.CONTENT]


@pytest.mark.django_db
def test_an_entry_of_a_lost_phone_is_recorded_and_waits(phone, stop, karim):
    phone.send()
    phoning.report_lost(Device.objects.get(), by=karim)
    phone.send(entry("delivery", hand_over(stop)))
    assert waiting() == [Kind.LOST_PHONE]
    stop.refresh_from_db()
    assert stop.status == "delivered"


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_file_is_asked_for_only_when_it_is_late_and_no_longer_once_it_came(phone, stop):
    signature = picture()
    name = hashlib.sha256(signature).hexdigest()
    phone.send(entry("delivery", hand_over(stop), files={"signature": name}))
    assert (waiting(), waiting(in_two_days())) == ([], [Kind.FILE])
    assert phone.put(name, signature).status_code == 200
    assert waiting(in_two_days()) == []
    ended = Matter.objects.get()
    assert ended.ended_at is not None
    assert ended.ended_by is None


@pytest.mark.django_db
def test_a_file_that_is_refused_turns_into_something_to_look_at(phone, stop):
    name = hashlib.sha256(b"no picture").hexdigest()
    phone.send(entry("delivery", hand_over(stop), files={"signature": name}))
    phone.put(name, b"no picture")
    assert waiting(in_two_days()) == [Kind.REFUSED]


@pytest.mark.django_db
def test_a_file_that_never_comes_is_given_up_by_a_person(phone, stop, karim):
    phone.send(entry("delivery", hand_over(stop), files={"signature": "0" * 64}))
    settling.handle(Matter.objects.get(), by=karim, note="Téléphone cassé")
    assert waiting(in_two_days()) == []


# --- gaps ---------------------------------------------------------------------------------------------------------


def test_gaps_are_what_lacks():
    assert doctest.testmod(attention).failed == 0
    assert attention.gaps_in([]) == []
    assert attention.gaps_in([3, 3, 0]) == [range(1, 3)]
    assert attention.gaps_in([2**53]) == [range(1, 2**53)]


def test_gaps_are_written_as_people_write_them():
    assert attention.in_words([range(3, 5), range(6, 7)]) == "3–4, 6"
    long = attention.in_words(range(n, n + 1) for n in range(2, 900, 2))
    assert len(long) <= 200
    assert long.endswith(", …")


@pytest.mark.django_db
def test_a_number_that_lacks_is_asked_for_after_a_day_and_no_longer_once_it_came(phone, stop):
    phone.send(seen(stop.round, 1), seen(stop.round, 4))
    assert (waiting(), waiting(in_two_days())) == ([], [Kind.GAP])
    assert Matter.objects.get().missing == "2–3"
    phone.send(seen(stop.round, 2))
    assert Matter.objects.get().missing == "3"
    phone.send(seen(stop.round, 3))
    assert waiting(in_two_days()) == []
    assert Device.objects.get().last_number == 4


@pytest.mark.django_db
def test_a_gap_that_somebody_ticked_is_not_asked_for_again_and_a_new_one_is(phone, stop, karim):
    phone.send(seen(stop.round, 2))
    settling.handle(Matter.objects.get(), by=karim, note="Elle a vidé son navigateur")
    phone.send(seen(stop.round, 3))
    assert waiting(in_two_days()) == []
    phone.send(seen(stop.round, 5))
    assert Matter.objects.waiting(in_two_days()).get().missing == "1, 4"


@pytest.mark.django_db
def test_an_entry_that_could_not_be_read_is_no_gap(phone, stop):
    phone.send({"id": "x", "number": 1, "more": "x"}, seen(stop.round, 2))
    assert not Matter.objects.filter(kind=Kind.GAP).exists()


@pytest.mark.django_db
def test_what_came_in_a_rescue_file_is_no_gap(phone, stop, driss):
    phone.send(seen(stop.round, 2))
    assert Matter.objects.filter(kind=Kind.GAP, ended_at=None).exists()
    syncing.receive([seen(stop.round, 1)], sender=syncing.Sender(driss))  # as bring_in does
    phone.send(seen(stop.round, 3))
    assert not Matter.objects.filter(kind=Kind.GAP, ended_at=None).exists()


@pytest.mark.django_db
def test_a_phone_that_forgot_everything_is_noticed_when_its_owner_begins_anew(phone, stop, driss):
    phone.send(seen(stop.round, 1), unsent=3)
    Phone(driss).send()  # another number: the browser's data were cleared
    matter = Matter.objects.waiting(in_two_days()).get()
    assert (matter.kind, matter.device_id) == (Kind.GAP, uuid.UUID(phone.id))
    phone.send(unsent=0)  # it was only a second phone
    assert waiting(in_two_days()) == []


# --- what lies on a phone -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_which_rounds_lie_on_a_phone_is_what_it_says_of_its_owners(phone, stop, driss, khadija):
    other = RoundFactory(volunteer=khadija)
    for _again in range(2):
        phone.send(rounds=[str(stop.round_id), str(other.pk), str(uuid.uuid4())])
    assert [kept.round for kept in KeptRound.objects.all()] == [stop.round]


@pytest.mark.django_db
def test_what_lay_on_a_phone_can_be_read_and_the_reading_is_kept(phone, stop, karim):
    phone.send(seen(stop.round, 1), seen(stop.round, 3), rounds=[str(stop.round_id)], unsent=4)
    device = Device.objects.get()
    contents = phoning.read_contents(device, by=karim)
    (lay,) = contents.rounds
    assert (lay.round, lay.is_certain, lay.stops, lay.told) == (stop.round, True, (stop,), frozenset())
    assert (contents.families, contents.received, contents.missing, contents.unsent) == (1, 2, "2", 4)
    assert contents.stops_without_entry == 1
    assert device.history().first().act == "phone.contents_read"


@pytest.mark.django_db
def test_a_round_that_the_phone_may_have_fetched_is_shown_as_that(phone, stop, karim):
    phone.send()
    (lay,) = phoning.contents_of(Device.objects.get(), by=karim).rounds
    assert not lay.is_certain


@pytest.mark.django_db
def test_a_round_of_another_region_is_counted_and_not_shown(phone, stop, person):
    phone.send(rounds=[str(stop.round_id)])
    far = person("Far", "coordinator", "MA-09")
    contents = phoning.contents_of(Device.objects.get(), by=far)
    assert (contents.rounds, contents.hidden) == ((), 1)


# --- who sees what ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_matter_is_seen_in_its_region_and_by_nobody_without_the_permission(phone, stop, karim, person, samira, driss):
    phone.send(entry("delivery", hand_over(stop) | FAILED))
    far = person("Far", "coordinator", "MA-09")
    assert [Matter.objects.visible_to(user).count() for user in (karim, far, samira, driss)] == [1, 0, 0, 0]
    assert [attention.waiting_for(user) for user in (karim, far, samira)] == [1, 0, 0]
    assert attention.counts(karim) == {Kind.FAILED_STOP: 1}
