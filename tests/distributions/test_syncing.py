"""What a phone said is kept once and for good, whatever it said and whatever became of its owner."""

import base64
import hashlib
import io
import json
import resource
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from distributions import delivering, phoning, planning, settling, stocktaking, syncing
from distributions.models import Allocation, Delivery, Device, Matter, PhoneEntry, PhoneFile, Repair, Round
from hajar.accounts import roles
from hajar.journal import recording as journal
from hajar.journal.models import Entry as JournalEntry
from hajar.lib import boxes
from tests.factories import AllocationFactory, ChairFactory, ConsentFactory, HealthRecordFactory, RoundFactory
from tests.phones import SYNC, Phone, entry, hand_over

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def stop(driss):
    return AllocationFactory(loaded=True, volunteer=driss)


@pytest.fixture
def phone(driss):
    return Phone(driss)


def only(told: dict) -> dict:
    (result,) = told["results"]
    return result


def picture(kind="PNG", size=(300, 120)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


# --- once ---------------------------------------------------------------------------------------------------------


def test_a_hand_over_told_by_a_phone_is_a_delivery(phone, stop):
    said = entry("delivery", hand_over(stop))
    told = phone.send(said)
    assert only(told) | {"sequence": 0} == {
        "id": said["id"],
        "status": "received",
        "state": "received",
        "reason": "",
        "sequence": 0,
    }
    delivery = Delivery.objects.get()
    assert (str(delivery.pk), delivery.volunteer) == (said["id"], phone.user)
    stop.refresh_from_db()
    assert stop.status == Allocation.Status.DELIVERED
    kept = PhoneEntry.objects.get()
    assert json.loads(kept.said) == said
    assert JournalEntry.objects.get(sequence=kept.sequence).act == "entry.received"
    assert told["head"]["sequence"] >= kept.sequence
    assert list(journal.faults()) == []


def test_the_same_again_is_a_duplicate_and_changes_nothing(phone, stop):
    said = entry("delivery", hand_over(stop))
    first = only(phone.send(said))
    lines = JournalEntry.objects.count()
    again = phone.send(said, json.loads(json.dumps(said, indent=3)))
    assert [result["status"] for result in again["results"]] == ["duplicate", "duplicate"]
    assert {result["sequence"] for result in again["results"]} == {first["sequence"]}
    assert JournalEntry.objects.count() == lines
    assert (Delivery.objects.count(), PhoneEntry.objects.count()) == (1, 1)


def test_other_content_under_one_number_is_kept_beside_the_first(phone, stop):
    said = entry("delivery", hand_over(stop))
    phone.send(said)
    other = {**said, "data": {**said["data"], "receiver_name": "Fatima"}}
    result = only(phone.send(other))
    assert (result["status"], result["id"]) == ("review", said["id"])
    assert result["reason"]
    assert only(phone.send(other))["status"] == "review"
    first, rival = PhoneEntry.objects.order_by("sequence")
    assert (rival.contests, json.loads(rival.said)["data"]["receiver_name"]) == (first, "Fatima")
    assert Delivery.objects.get().receiver_name == "Khadija"


def test_an_entry_that_came_by_the_page_is_not_doubled_by_the_phone(phone, stop, driss):
    said = entry("delivery", hand_over(stop))
    delivering.record_delivery(
        id=uuid.UUID(said["id"]),
        allocation=stop,
        round=stop.round,
        by=driss,
        outcome="not_at_home",
        happened_at=timezone.now(),
        is_healthy=True,
    )
    assert only(phone.send(said))["status"] == "review"
    assert Delivery.objects.get().outcome == "not_at_home"


def test_two_volunteers_with_one_number_keep_both_entries(phone, stop, khadija):
    said = entry("delivery", hand_over(stop))
    phone.send(said)
    other = Phone(khadija)
    assert only(other.send({**said, "kind": "need_seen"}))["status"] == "review"
    assert PhoneEntry.objects.get(author=khadija).contests is None
    assert Delivery.objects.get().volunteer == phone.user


# --- a bad one holds up no other ----------------------------------------------------------------------------------

DEEP: dict = {}
inner = DEEP
for _level in range(60):
    inner["a"] = {}
    inner = inner["a"]

POISONS = {
    "no number": lambda good: {name: value for name, value in good.items() if name != "id"},
    "a number that is none": lambda good: {**good, "id": "1"},
    "no object": lambda good: "delivery",
    "nothing": lambda good: None,
    "a list": lambda good: [1, [2]],
    "NUL": lambda good: {**good, "data": {**good["data"], "note": "a\0b"}},
    "a lone surrogate": lambda good: {**good, "data": {**good["data"], "receiver_name": "\ud800"}},
    "a surrogate as a name": lambda good: {**good, "data": {**good["data"], "\udfff": 1}},
    "a surrogate for a number": lambda good: {**good, "id": "\ud800"},
    "over-long text": lambda good: {**good, "data": {**good["data"], "receiver_name": "x" * 121}},
    "very long text": lambda good: {**good, "data": {**good["data"], "note": "x" * 100_000}},
    "a depth bomb": lambda good: {**good, "data": DEEP},
    "NaN": lambda good: {**good, "number": float("nan")},
    "infinity": lambda good: {**good, "data": {**good["data"], "note": float("inf")}},
    "2^63": lambda good: {**good, "number": 2**63},
    "a negative number": lambda good: {**good, "number": -1},
    "a number too long to print": lambda good: {**good, "data": {"round": 10**400}},
    "a forged author": lambda good: {**good, "author": str(uuid.uuid4())},
    "a forged author inside": lambda good: {**good, "data": {**good["data"], "by": "nadia"}},
    "a prototype": lambda good: {**good, "__proto__": {"is_admin": True}},
    "an unknown outcome": lambda good: {**good, "data": {**good["data"], "outcome": "sold"}},
    "a reason that lacks": lambda good: {**good, "data": {**good["data"], "outcome": "refused"}},
    "no receiver": lambda good: {**good, "data": {**good["data"], "receiver_name": ""}},
    "a check that is none": lambda good: {**good, "data": {**good["data"], "checks": {"is_admin": "yes"}}},
    "a text for a yes": lambda good: {**good, "data": {**good["data"], "is_healthy": "yes"}},
    "a file that is none": lambda good: {**good, "files": {"signature": "../../etc/passwd"}},
    "a box that is none": lambda good: {"sealed": "AAAA"},
    "a box of another key": lambda good: {
        "sealed": base64.b64encode(boxes.seal(b"{}", boxes.public_key("another"))).decode()
    },
}


@pytest.mark.parametrize(("poison", "place"), [(poison, index % 3) for index, poison in enumerate(POISONS)])
def test_a_bad_entry_is_kept_and_holds_up_no_other(phone, stop, poison, place):
    round_ = {"round": str(stop.round_id)}
    good = [entry("healthy", round_), entry("delivery", hand_over(stop))]
    bad = POISONS[poison](entry("delivery", hand_over(stop)))
    entries = [*good[:place], bad, *good[place:]]
    results = phone.send(*entries)["results"]
    assert [result["status"] for index, result in enumerate(results) if index != place] == ["received"] * 2
    assert results[place]["status"] == "invalid"
    assert results[place]["reason"]
    kept = PhoneEntry.objects.get(state="invalid")
    assert kept.said.isascii()
    assert kept.sequence == results[place]["sequence"]
    assert phone.send(bad)["results"][0]["status"] == "duplicate"
    assert PhoneEntry.objects.count() == 3
    assert list(journal.faults()) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5_000, b"null", b"[]", b'"x"', b"1e999", b"{" + b" " * 600_000],
    ids=["empty", "torn", "no text", "depth", "depth of objects", "null", "list", "text", "infinity", "large"],
)
def test_what_is_no_request_is_refused_in_one_piece(phone, body):
    answer = phone.client.post(SYNC, body, content_type=JSON)
    assert answer.status_code in (400, 422)
    assert PhoneEntry.objects.count() == 0


@pytest.mark.parametrize("more", [{"author": "nadia"}, {"device": "x"}, {"known": {"sequence": -1, "hash": ""}}])
def test_the_envelope_is_strict(phone, more):
    assert phone.client.post(SYNC, json.dumps(phone.body() | more), content_type=JSON).status_code == 422


def test_more_than_twenty_entries_are_refused_in_one_piece(phone, stop):
    many = [entry("healthy", {"round": str(stop.round_id)}) for _number in range(21)]
    assert phone.post(*many).status_code == 422
    assert PhoneEntry.objects.count() == 0
    assert len(phone.send(*many[:20])["results"]) == 20


def test_an_entry_of_a_newer_version_waits_for_a_person(phone):
    result = only(phone.send(entry("teleported", {"where": "Tata"})))
    assert result["status"] == "review"
    assert PhoneEntry.objects.get().reasons == "unknown_kind"


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_reason_is_in_the_persons_language(phone, language):
    phone.client.cookies["django_language"] = language
    reason = only(phone.send(entry("teleported", {})))["reason"]
    with translation.override(language):
        assert reason == str(PhoneEntry.Reason.UNKNOWN_KIND.label)


# --- what happened, happened --------------------------------------------------------------------------------------


def test_a_round_that_was_given_to_another_meanwhile_loses_nothing(phone, stop, khadija):
    said = entry("delivery", hand_over(stop, by=phone.user))
    Round.objects.filter(pk=stop.round_id).update(volunteer=khadija)
    result = only(phone.send(said))
    assert result["status"] == "review"
    delivery = Delivery.objects.get()
    assert (delivery.volunteer, delivery.needs_a_look) == (phone.user, "reassigned")


def test_a_stop_that_was_moved_to_another_round_loses_nothing(phone, stop, karim):
    said = entry("delivery", hand_over(stop, by=phone.user))
    Allocation.objects.filter(pk=stop.pk).update(round=RoundFactory(initiative=stop.initiative))
    assert only(phone.send(said))["status"] == "review"
    assert Delivery.objects.get().needs_a_look == "other_round"


def test_a_reservation_that_was_released_meanwhile_loses_nothing(phone, stop, karim):
    planning.release(stop, by=karim, release="better_chair")
    assert only(phone.send(entry("delivery", hand_over(stop))))["status"] == "review"
    assert "released" in Delivery.objects.get().needs_a_look


def test_a_stop_that_was_never_hers_is_kept_and_nothing_is_made_of_it(khadija, stop):
    forged = [
        hand_over(stop),
        hand_over(stop) | {"proof": "x"},
        hand_over(stop) | {"proof": syncing.give(stop.round.volunteer, stop.round_id, stop.pk)},
        hand_over(stop) | {"allocation": str(uuid.uuid4())},
        hand_over(stop) | {"round": str(RoundFactory(volunteer=khadija).pk)},
    ]
    results = Phone(khadija).send(*[entry("delivery", data) for data in forged])["results"]
    assert {result["status"] for result in results} == {"review"}
    assert len({result["reason"] for result in results}) == 1  # it does not tell what there is
    assert Delivery.objects.count() == 0
    stop.refresh_from_db()
    assert stop.status == Allocation.Status.LOADED


@pytest.mark.parametrize(
    "claimed", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "soon", ""]
)
def test_a_clock_that_cannot_be_true_is_no_reason_to_lose_an_entry(phone, stop, claimed):
    result = only(phone.send(entry("delivery", hand_over(stop), claimed_at=claimed)))
    assert result["status"] in ("received", "review")
    assert Delivery.objects.get().is_delivered


def test_two_hand_overs_of_one_stop_both_stand(phone, stop):
    results = phone.send(entry("delivery", hand_over(stop)), entry("delivery", hand_over(stop)))["results"]
    assert [result["status"] for result in results] == ["received", "review"]
    assert Delivery.objects.count() == 2
    assert "already_delivered" in Delivery.objects.get(pk=results[1]["id"]).needs_a_look


def test_who_is_no_volunteer_any_more_is_heard_by_her_token_only(phone, stop):
    token = phone.pack()["token"]
    said = entry("delivery", hand_over(stop, by=phone.user))
    address = reverse("distributions:mobile_hand_in")

    def hand_in(**more):
        return Client().post(address, json.dumps(phone.body(said, token=token) | more), content_type=JSON)

    assert hand_in().status_code == 403  # she can sign in: so she must
    phone.user.is_active = False
    phone.user.save()
    assert phone.post(said).status_code == 302
    assert hand_in(token="x").status_code == 403
    assert hand_in(device=str(uuid.uuid4())).status_code == 403
    answer = hand_in()
    assert answer.status_code == 200
    assert answer.json()["forget"] is True
    assert only(answer.json())["status"] == "review"
    delivery = Delivery.objects.get()
    assert (delivery.volunteer, delivery.needs_a_look) == (phone.user, "author_gone")


def test_a_lost_phone_is_told_to_forget_and_what_it_sends_is_looked_at(phone, stop, karim):
    phone.send()
    phoning.report_lost(Device.objects.get(), by=karim)
    told = phone.send(entry("delivery", hand_over(stop)))
    assert told["forget"] is True
    assert only(told)["status"] == "review"
    assert Delivery.objects.get().needs_a_look == "device_lost"


def test_other_roles_cannot_send(samira, client):
    client.force_login(samira)
    assert client.post(SYNC, "{}", content_type=JSON).status_code == 403


def test_another_site_cannot_send(driss, stop):
    client = Client(enforce_csrf_checks=True)
    phone = Phone(driss, client)
    assert phone.post(entry("delivery", hand_over(stop))).status_code == 403
    assert PhoneEntry.objects.count() == 0


# --- another chair ------------------------------------------------------------------------------------------------


def test_a_spare_chair_given_instead_waits_for_a_decision(phone, stop, karim):
    spare = ChairFactory()
    said = hand_over(stop) | {"spare": {"chair": str(spare.number), "reason": "Le siège promis est cassé"}}
    assert only(phone.send(entry("delivery", said)))["status"] == "review"
    delivery = Delivery.objects.get()
    assert delivery.needs_a_look == "spare,chair_disputed"  # nobody had promised it
    assert delivery.reason == f"{spare.label} · Le siège promis est cassé"
    spare.refresh_from_db()
    assert spare.state == "disputed"
    assert spare.events.in_order().last().child == stop.need.child
    stop.refresh_from_db()
    assert (stop.status, stop.need.closed_on) == (Allocation.Status.LOADED, None)
    assert list(stocktaking.stock_faults()) == []


def test_a_spare_chair_that_nobody_knows_is_told_all_the_same(phone, stop):
    said = hand_over(stop) | {"spare": {"chair": "999999", "reason": "Étiquette illisible"}}
    assert only(phone.send(entry("delivery", said)))["status"] == "review"
    assert Delivery.objects.get().reason == "999999 · Étiquette illisible"
    stop.chair.refresh_from_db()
    assert stop.chair.holder is None


# --- seen on the way ----------------------------------------------------------------------------------------------


def test_a_breakdown_seen_on_the_way_opens_a_repair(phone, stop):
    phone.send(entry("delivery", hand_over(stop)))
    said = {"round": str(stop.round_id), "chair": str(stop.chair.number), "what": "Frein cassé"}
    assert only(phone.send(entry("breakdown", said)))["status"] == "review"
    assert Repair.objects.get().what == "Frein cassé"
    assert only(phone.send(entry("breakdown", said | {"chair": "999999"})))["status"] == "review"


@pytest.mark.parametrize(
    ("kind", "more"), [("need_seen", {}), ("taken_back", {"chair": "7"})], ids=["a need", "a chair taken back"]
)
def test_what_only_a_person_can_decide_waits_for_one(phone, stop, kind, more, karim):
    said = {"round": str(stop.round_id), "what": "Un enfant porté à bras, douar Aït Ali"} | more
    assert only(phone.send(entry(kind, said)))["status"] == "review"
    kept = PhoneEntry.objects.visible_to(karim).waiting().get()
    assert kept.province == stop.round.province
    settling.handle(kept.matters.get(), by=karim, note="Appelé la famille")
    assert not PhoneEntry.objects.waiting().exists()
    with pytest.raises(settling.AlreadyHandled):
        settling.handle(kept.matters.get(), by=karim, note="encore")


def test_settling_a_doubt_about_a_delivery_ticks_its_entry_and_the_other_way_round(phone, stop, karim):
    for settle in (
        lambda kept: delivering.settle(kept.delivery, by=karim, note="vu"),
        lambda kept: settling.handle(kept.matters.get(), by=karim, note="vu"),
    ):
        said = hand_over(stop) | {"is_healthy": False, "outcome": "not_at_home", "receiver_name": ""}
        phone.send(entry("delivery", said | {"receiver_relation": "", "checks": {}}))
        settle(PhoneEntry.objects.waiting().select_related("delivery").get())
        assert not PhoneEntry.objects.waiting().exists()
        assert not Delivery.objects.in_doubt().exists()
        assert not Matter.objects.waiting().exists()


# --- sealed -------------------------------------------------------------------------------------------------------


def test_a_sealed_entry_is_the_same_as_the_open_one(phone, stop, settings):
    said = entry("delivery", hand_over(stop))
    box = boxes.seal(json.dumps(said).encode(), boxes.public_key(settings.PHONE_SECRETS[0]))
    sealed = {"sealed": base64.b64encode(box).decode()}
    settings.PHONE_SECRETS = ["a newer one", *settings.PHONE_SECRETS]
    result = only(phone.send(sealed))
    assert (result["status"], result["id"]) == ("received", said["id"])
    assert only(phone.send(said))["status"] == "duplicate"
    assert Delivery.objects.count() == 1


def test_the_pack_says_what_to_seal_for(phone, stop, settings):
    assert phone.pack()["public_key"] == boxes.public_key(settings.PHONE_SECRETS[0]).hex()


# --- files --------------------------------------------------------------------------------------------------------


def with_files(stop, **files: bytes) -> dict:
    names = {kind: hashlib.sha256(data).hexdigest() for kind, data in files.items()}
    return entry("delivery", hand_over(stop), files=names)


def test_files_come_after_their_entry_as_often_as_they_like(phone, stop):
    ConsentFactory(child=stop.need.child, purpose="proof_photo")
    signature, photo = picture(), picture("JPEG", (2000, 900))
    said = with_files(stop, signature=signature, photo=photo)
    assert sorted(phone.send(said)["missing"]) == sorted(said["files"].values())
    for data in (signature, photo, photo):
        answer = phone.put(hashlib.sha256(data).hexdigest(), data)
        assert (answer.status_code, answer.json()["state"]) == (200, "kept")
    assert phone.send()["missing"] == []
    delivery = Delivery.objects.get()
    assert sorted(delivery.attachments.values_list("kind", flat=True)) == ["photo", "signature"]
    with delivery.attachments.get(kind="photo").file.open() as file:
        assert max(Image.open(file).size) == 1280


def test_one_picture_in_two_entries_is_kept_for_both(phone, driss, stop):
    other = AllocationFactory(loaded=True, round=stop.round)
    signature = picture()
    phone.send(with_files(stop, signature=signature), with_files(other, signature=signature))
    assert phone.put(hashlib.sha256(signature).hexdigest(), signature).status_code == 200
    assert [delivery.attachments.count() for delivery in Delivery.objects.all()] == [1, 1]


def test_a_sealed_file_is_opened(phone, stop, settings):
    signature = picture()
    phone.send(with_files(stop, signature=signature))
    box = boxes.seal(signature, boxes.public_key(settings.PHONE_SECRETS[0]))
    assert phone.put(hashlib.sha256(signature).hexdigest(), box).json()["state"] == "kept"
    assert phone.put(hashlib.sha256(signature).hexdigest(), box[:-1] + b"x").status_code == 409


def test_a_file_that_nobody_named_or_that_was_altered_is_refused(phone, stop, khadija):
    signature = picture()
    name = hashlib.sha256(signature).hexdigest()
    assert phone.put(name, signature).status_code == 409
    phone.send(with_files(stop, signature=signature))
    assert phone.put(name, signature + b"x").status_code == 409
    assert Phone(khadija).put(name, signature).status_code == 409
    assert PhoneFile.objects.get().state == "missing"
    assert phone.put(name, b"x" * (syncing.MOST_FILE_BYTES + 1)).status_code == 413
    assert phone.put("passwd", b"").status_code == 422


def test_a_photo_without_consent_is_not_kept_and_someone_looks(phone, stop):
    photo = picture("JPEG")
    phone.send(with_files(stop, photo=photo))
    assert phone.put(hashlib.sha256(photo).hexdigest(), photo).json()["state"] == "refused"
    assert PhoneEntry.objects.waiting().get().reasons == "file_refused"
    assert Delivery.objects.get().attachments.count() == 0
    assert phone.send()["missing"] == []


def bomb(side: int) -> bytes:
    """A small PNG file that unpacks to a very large picture."""
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG", optimize=True)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: bomb(12_000), id="144 million pixels"),
        pytest.param(lambda: bomb(30_000), id="900 million pixels"),
        pytest.param(lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", id="svg"),
        pytest.param(lambda: picture("GIF"), id="gif"),
        pytest.param(lambda: b"%PDF-1.4", id="pdf"),
        pytest.param(lambda: b"", id="nothing"),
        pytest.param(lambda: picture()[:-40], id="torn"),
        pytest.param(lambda: b"\x89PNG" + b"x" * 5000, id="wrong"),
    ],
)
def test_upload_bombs_are_refused_within_memory(phone, stop, data):
    content = data()
    phone.send(with_files(stop, signature=content))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert phone.put(hashlib.sha256(content).hexdigest(), content).json()["state"] == "refused"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024  # kB
    assert PhoneFile.objects.get().state == "refused"


# --- the journal as a cursor --------------------------------------------------------------------------------------


def test_a_phone_that_has_seen_what_we_do_not_have_is_asked_to_send_again(phone, stop):
    phone.send(entry("healthy", {"round": str(stop.round_id)}))
    assert phone.send()["resync"] is False
    phone.known = {"sequence": phone.known["sequence"], "hash": "f" * 64}
    seen = phone.known
    assert phone.send()["resync"] is True
    assert phone.send(known=seen)["resync"] is True
    (alarm,) = JournalEntry.objects.filter(act="phone.resync_asked").select_related("payload")
    assert alarm.details == seen


def test_the_office_learns_that_a_round_is_on_the_phone(phone, stop, khadija):
    elsewhere = RoundFactory(volunteer=khadija)
    phone.send(rounds=[str(stop.round_id), str(elsewhere.pk)])
    assert Round.objects.get(pk=stop.round_id).downloaded_at is not None
    assert Round.objects.get(pk=elsewhere.pk).downloaded_at is None


def test_the_phone_is_known_by_its_number_and_its_last_entry(phone, stop):
    phone.send(entry("healthy", {"round": str(stop.round_id)}, number=7), unsent=3)
    device = Device.objects.get()
    assert (str(device.pk), device.user, device.last_number, device.unsent) == (phone.id, phone.user, 7, 3)


def test_a_phone_that_bears_anothers_number_is_heard_all_the_same(phone, stop, khadija):
    phone.send()
    other = Phone(khadija)
    other.id = phone.id
    mine = RoundFactory(volunteer=khadija)
    assert only(other.send(entry("healthy", {"round": str(mine.pk)})))["status"] == "received"
    assert PhoneEntry.objects.get().device is None


# --- the pack -----------------------------------------------------------------------------------------------------


def test_the_pack_holds_the_round_in_three_languages_and_nothing_narrow(phone, stop):
    HealthRecordFactory(child=stop.need.child, hospital="ZXHOPITAL")
    stop.need.child.family_name_latin = stop.need.child.family_name_arabic = "ZXFAMILLE"
    stop.need.child.save()
    text = json.dumps(phone.pack(), ensure_ascii=False)
    (round_,) = json.loads(text)["rounds"]
    assert round_["words"]["fr"]["stops"][0]["name"] == "Chaimae"
    assert round_["words"]["ar"]["stops"][0]["name"] == "شيماء"
    for secret in ("ZXHOPITAL", "ZXFAMILLE", "2017-08-05", '"score', '"born'):
        assert secret not in text, secret


def test_a_pack_takes_as_many_queries_with_many_stops(phone, stop):
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            phone.pack()
        return len(counted)

    few = queries()
    for _number in range(15):
        AllocationFactory(loaded=True, round=stop.round)
    assert queries() == few


def test_an_old_round_is_not_in_the_pack(phone, stop):
    Round.objects.filter(pk=stop.round_id).update(day=timezone.localdate() - timedelta(days=4))
    assert phone.pack()["rounds"] == []


def test_roles_are_read_at_each_request(phone, stop):
    roles.give(phone.user, roles.OBSERVER)
    assert phone.post(entry("delivery", hand_over(stop))).status_code == 403
