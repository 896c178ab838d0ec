import io
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from distributions import delivering, planning, stocktaking, travelling
from distributions.models import Attachment, Chair, Delivery
from hajar.journal import recording
from hajar.journal.models import Entry
from tests.factories import (
    AllocationFactory,
    ConsentFactory,
    DeliveryFactory,
    RoundFactory,
    UserFactory,
)
from tests.racing import meeting, race


def picture(kind="PNG", size=(400, 300), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def stop(driss):
    return AllocationFactory(loaded=True, volunteer=driss)


@pytest.fixture
def say(stop, driss):
    """What Driss's phone sends about his stop; the same each time, unless told otherwise."""
    said = {
        "id": uuid.uuid4(),
        "allocation": stop,
        "round": stop.round,
        "by": driss,
        "outcome": "delivered",
        "happened_at": timezone.now() - timedelta(minutes=3),
        "is_healthy": True,
        "receiver_name": "Khadija",
        "receiver_relation": "mother",
        "checks": dict.fromkeys(Delivery.CHECKS, "yes"),
    }

    def say(**other):
        return delivering.record_delivery(**{**said, **other})

    return say


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def acts_about(delivery):
    return list(delivery.history().values_list("act", flat=True))


# --- what follows from an outcome ----------------------------------------------------------------------------------


def test_a_delivery_gives_the_chair_to_the_child_and_meets_the_need(stop, say):
    delivery = say().delivery
    chair, need, allocation = fresh(stop.chair), fresh(stop.need), fresh(stop)
    assert (chair.state, chair.holder_id) == (Chair.State.HANDED_OVER, stop.need.child_id)
    assert (allocation.status, allocation.ended_at) == ("delivered", delivery.happened_at)
    assert (need.closing, need.closed_on) == ("delivered", timezone.localdate(delivery.happened_at))
    assert delivery.handed_over_on == need.closed_on
    assert delivery.needs_a_look == ""
    assert list(stocktaking.stock_faults()) == []


def test_both_times_are_kept(say):
    happened, received = timezone.now() - timedelta(hours=9), timezone.now()
    delivery = fresh(say(happened_at=happened, received_at=received).delivery)
    assert (delivery.happened_at, delivery.received_at) == (happened, received)
    assert delivery.needs_a_look == ""
    entry = delivery.history().get(act="delivery.recorded")
    assert entry.claimed_at == happened
    assert entry.subject_id == delivery.allocation.need.child_id


@pytest.mark.parametrize(
    ("outcome", "reason", "release"),
    [("refused", "La famille préfère attendre", "family_declined"), ("did_not_fit", "Trop étroit", "did_not_fit")],
)
def test_a_chair_that_is_not_left_frees_the_reservation_and_stays_in_the_vehicle(stop, say, outcome, reason, release):
    delivery = say(outcome=outcome, reason=reason, receiver_name="", receiver_relation="", checks={}).delivery
    allocation = fresh(stop)
    assert (allocation.status, allocation.release, allocation.release_note) == ("released", release, reason)
    assert fresh(stop.chair).state == Chair.State.LOADED
    assert fresh(stop.need).is_open
    assert delivery.handed_over_on is None


@pytest.mark.parametrize("outcome", ["not_at_home", "wrong_address", "other"])
def test_a_family_that_was_not_met_keeps_its_chair(stop, say, outcome):
    say(outcome=outcome, reason="Porte fermée", receiver_name="", receiver_relation="")
    assert fresh(stop).status == "loaded"
    assert fresh(stop.chair).state == Chair.State.LOADED
    assert fresh(stop.need).is_open


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"receiver_name": ""}, "receiver"),
        ({"receiver_relation": ""}, "receiver"),
        ({"outcome": "refused"}, "why"),
        ({"outcome": "did_not_fit"}, "why"),
        ({"outcome": "other"}, "why"),
        ({"outcome": "stolen"}, "outcome"),
    ],
)
def test_an_entry_without_what_its_outcome_needs_is_refused(say, said, field):
    with pytest.raises(ValidationError):
        say(**said)
    assert not Delivery.objects.exists()


def test_another_volunteer_cannot_record_in_this_round(say, khadija):
    with pytest.raises(delivering.NotYourRound):
        say(by=khadija)


# --- pictures ------------------------------------------------------------------------------------------------------


def test_a_signature_is_kept_as_a_small_png(say):
    delivery = say(signature=picture(size=(3000, 1000))).delivery
    kept = delivery.attachments.get()
    assert kept.kind == "signature"
    with kept.file.open() as file:
        assert Image.open(file).size == (900, 300)


def test_a_photo_needs_a_consent(stop, say):
    with pytest.raises(delivering.NoConsentForPhoto):
        say(photo=picture("JPEG"))
    ConsentFactory(child=stop.need.child, purpose="proof_photo")
    assert say(photo=picture("JPEG")).delivery.attachments.get().kind == "photo"


@pytest.mark.parametrize("change", [{"answer": "refused"}, {"withdrawn_on": timezone.localdate()}, {"assent": "no"}])
def test_only_the_latest_answer_about_photos_counts(stop, change):
    ConsentFactory(child=stop.need.child, purpose="proof_photo", answered_on=timezone.localdate() - timedelta(days=30))
    assert delivering.may_photograph(stop.need.child)
    ConsentFactory(child=stop.need.child, purpose="proof_photo", **change)
    assert not delivering.may_photograph(stop.need.child)


def test_a_photo_loses_what_the_camera_wrote_into_it(stop, say):
    ConsentFactory(child=stop.need.child, purpose="proof_photo")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (33.0, 35.0, 0.0)}
    exif[0x010F] = "CANARYPHONE"
    photo = picture("JPEG", (2000, 1500), exif=exif)
    assert b"CANARYPHONE" in photo
    with say(photo=photo).delivery.attachments.get().file.open() as file:
        data = file.read()
    kept = Image.open(io.BytesIO(data))
    assert b"CANARYPHONE" not in data
    assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (1280, 960), {})


@pytest.mark.parametrize("junk", [b"GIF89a...", b"\x89PNG\r\n\x1a\n", b"<svg/>", picture("JPEG")[:200]])
def test_what_is_no_picture_is_refused_in_words(stop, say, junk):
    ConsentFactory(child=stop.need.child, purpose="proof_photo")
    with pytest.raises(delivering.PhotoUnreadable):
        say(photo=junk)
    with pytest.raises(delivering.SignatureUnreadable):
        say(signature=junk)
    assert not Delivery.objects.exists()


# --- once, and only once -------------------------------------------------------------------------------------------


def test_a_second_copy_finds_the_first(say):
    first, second = say(signature=picture()), say(signature=picture())
    assert (first.is_new, second.is_new) == (True, False)
    assert second.delivery == first.delivery
    assert acts_about(first.delivery) == ["delivery.recorded"]
    assert Delivery.objects.count() == Attachment.objects.count() == 1


def test_a_copy_that_arrives_later_is_still_the_same(say):
    first = say(received_at=timezone.now())
    assert not say(received_at=timezone.now() + timedelta(hours=3)).is_new
    assert fresh(first.delivery).received_at == first.delivery.received_at


@pytest.mark.parametrize(
    "other",
    [
        {"outcome": "not_at_home"},
        {"note": "autre"},
        {"receiver_name": "Fatima"},
        {"checks": {"fits_width": "no"}},
        {"happened_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"signature": picture()},
        {"is_healthy": False},
    ],
)
def test_other_content_under_the_same_id_keeps_the_first_and_calls_a_person(say, other):
    first = say().delivery
    for _copy in range(3):
        with pytest.raises(delivering.DifferentContent) as caught:
            say(**other)
    assert caught.value.delivery == first
    kept = fresh(first)
    assert (kept.outcome, kept.content_hash) == (first.outcome, first.content_hash)
    assert kept.needs_a_look == "other_content"
    assert acts_about(kept) == ["delivery.contested", "delivery.recorded"]


def test_an_id_of_another_volunteer_tells_nothing(say, khadija):
    first = say().delivery
    hers = AllocationFactory(loaded=True, volunteer=khadija)
    with pytest.raises(delivering.NotYourRound):
        say(allocation=hers, round=hers.round, by=khadija)
    assert fresh(first).needs_a_look == ""
    assert fresh(hers).status == "loaded"


@pytest.mark.django_db(transaction=True)
def test_thirty_two_copies_at_once_are_one_delivery(say):
    results = race(32, lambda _racer: say(signature=picture()))
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(result.is_new for result in results) == 1
    assert Delivery.objects.count() == Attachment.objects.count() == 1
    assert Entry.objects.filter(act="delivery.recorded").count() == 1
    assert list(recording.faults()) == []
    assert list(stocktaking.stock_faults()) == []


@pytest.mark.django_db(transaction=True)
def test_the_race_would_find_a_look_before_an_insert(stop, driss):
    """The planted bug: an id made by the server, and a look that no lock protects."""
    looked = meeting(32)

    def careless(_racer):
        found = Delivery.objects.filter(content_hash="same").exists()
        looked.wait()
        if not found:
            with transaction.atomic():
                Delivery.objects.create(
                    allocation=stop, round=stop.round, volunteer=driss, outcome="not_at_home", content_hash="same",
                    happened_at=timezone.now(), received_at=timezone.now(),
                )  # fmt: skip

    race(32, careless)
    assert Delivery.objects.count() > 1


@pytest.mark.django_db(transaction=True)
def test_two_phones_that_gave_one_chair_leave_both_entries(stop, driss):
    """Two entries with their own ids for the same stop, at once: one counts, both are kept, a person is called."""
    race(2, lambda racer: DeliveryFactory(allocation=stop, round=stop.round, note=f"téléphone {racer}"))
    entries = Delivery.objects.order_by("received_at")
    assert len(entries) == 2
    assert [bool(entry.handed_over_on) for entry in entries].count(True) == 1
    assert sorted(entry.needs_a_look for entry in entries) == ["", "already_delivered"]
    assert list(stocktaking.stock_faults()) == []


def test_the_database_holds_one_counting_delivery_for_each_reservation(stop):
    DeliveryFactory(allocation=stop)
    second = DeliveryFactory(allocation=stop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=second.pk).update(handed_over_on=timezone.localdate())


# --- what someone must look at -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "doubt"),
    [
        (timedelta(minutes=-4), ""),
        (timedelta(hours=-23), ""),
        (timedelta(days=-1, minutes=-1), "clock_behind"),
        (timedelta(days=-20 * 365), "clock_behind"),
        (timedelta(minutes=4), ""),
        (timedelta(hours=1), "clock_ahead"),
        (timedelta(days=20 * 365), "clock_ahead"),
    ],
)
def test_a_doubtful_clock_is_recorded_and_marked(stop, say, offset, doubt):
    now = timezone.now()
    delivery = fresh(say(happened_at=now + offset, received_at=now).delivery)
    assert (delivery.happened_at, delivery.needs_a_look) == (now + offset, doubt)
    if doubt:  # nothing is built on that clock
        assert delivery.handed_over_on == fresh(stop.need).closed_on == timezone.localdate(now)


@pytest.mark.parametrize("year", [1, 1969, 2101, 9999])
def test_a_time_that_cannot_be_true_gives_way_to_ours(say, year):
    now = timezone.now()
    delivery = say(happened_at=datetime(year, 6, 1, tzinfo=UTC), received_at=now).delivery
    assert (delivery.happened_at, delivery.needs_a_look) == (now, "clock_unreadable")


def test_a_phone_without_a_clock_takes_our_time(say):
    now = timezone.now()
    delivery = say(happened_at=None, received_at=now).delivery
    assert (delivery.happened_at, delivery.needs_a_look) == (now, "")
    assert not say(happened_at=None, received_at=now + timedelta(minutes=1)).is_new


def test_a_delivery_of_a_released_reservation_stands_and_is_marked(stop, say, karim):
    planning.release(stop, by=karim, release="not_reached")
    delivery = say().delivery
    assert delivery.needs_a_look == "released,chair_disputed"
    assert delivery.handed_over_on is None
    assert fresh(stop).status == "released"
    assert fresh(stop.chair).state == Chair.State.DISPUTED
    assert fresh(stop.need).is_open


def test_a_second_delivery_of_the_same_chair_stands_and_is_marked(stop, say):
    say()
    second = say(id=uuid.uuid4()).delivery
    assert second.needs_a_look == "already_delivered"
    assert fresh(stop.chair).state == Chair.State.HANDED_OVER


def test_a_chair_that_nobody_recorded_as_loaded_is_delivered_all_the_same(driss, say):
    prepared = AllocationFactory(prepared=True, round=RoundFactory(volunteer=driss))
    delivery = say(allocation=prepared, round=prepared.round).delivery
    assert delivery.needs_a_look == "not_loaded"
    assert fresh(prepared).status == "delivered"
    assert fresh(prepared.chair).state == Chair.State.HANDED_OVER


@pytest.mark.parametrize(
    ("said", "doubt"), [({"is_healthy": False}, "not_healthy"), ({"checks": {"brakes_shown": "no"}}, "check_failed")]
)
def test_what_was_not_as_it_should_be_is_marked(say, said, doubt):
    assert say(**said).delivery.needs_a_look == doubt


def test_a_file_closed_meanwhile_is_marked(stop, say):
    child = stop.need.child
    child.status = "moved"
    child.save()
    assert say(allocation=fresh(stop)).delivery.needs_a_look == "file_closed"


def test_every_doubt_has_a_sentence(say):
    delivery = say(is_healthy=False, happened_at=timezone.now() + timedelta(days=2)).delivery
    assert len(delivery.doubts) == 2
    assert all("_" not in sentence for sentence in delivery.doubts)


def test_a_doubt_is_settled_by_a_person_with_a_word(say, karim):
    delivery = say(is_healthy=False).delivery
    with pytest.raises(stocktaking.ReasonMissing):
        delivering.settle(delivery, by=karim, note=" ")
    assert delivering.settle(delivery, by=karim, note="Appelée, elle va bien").needs_a_look == ""
    entry = delivery.history().first()
    assert (entry.act, entry.actor, entry.details["doubts"]) == ("delivery.settled", karim, "not_healthy")
    with pytest.raises(delivering.NothingToSettle):
        delivering.settle(delivery, by=karim, note="encore")


# --- back to the depot ---------------------------------------------------------------------------------------------


def test_a_chair_that_did_not_fit_is_disinfected_before_the_next_child(stop, say, omar):
    say(outcome="did_not_fit", reason="Trop étroit")
    travelling.bring_back(stop, by=omar)
    assert fresh(stop.chair).state == Chair.State.TO_DISINFECT


def test_a_refused_chair_is_free_again(stop, say, omar):
    say(outcome="refused", reason="Déjà servie", checks={})
    travelling.bring_back(stop, by=omar)
    assert fresh(stop.chair).state == Chair.State.AVAILABLE


def test_a_chair_for_a_family_that_was_away_waits_for_another_round(stop, say, omar):
    say(outcome="not_at_home", checks={})
    travelling.bring_back(stop, by=omar)
    allocation = fresh(stop)
    assert (allocation.status, allocation.round) == ("prepared", None)
    assert fresh(stop.chair).state == Chair.State.RESERVED


def test_a_delivered_chair_cannot_be_brought_back(stop, say, omar):
    say()
    with pytest.raises(travelling.NotOnTheRoad):
        travelling.bring_back(stop, by=omar)


def test_a_delivery_that_fails_half_way_leaves_no_file(stop, say, settings, monkeypatch):
    monkeypatch.setattr(recording, "hash_payload", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        say(signature=picture())
    assert not Delivery.objects.exists()
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_a_person_without_a_round_makes_no_delivery(say):
    with pytest.raises(delivering.NotYourRound):
        say(by=UserFactory())
