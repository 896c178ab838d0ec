"""A round's paper: what is printed on it, and what is typed in from it."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from distributions import delivering, round_papers, syncing, transcribing, travelling
from distributions.models import Allocation, Chair, Delivery
from distributions.views import mobile
from distributions.views.round_papers import anchor
from hajar.journal.models import Entry
from tests.factories import AllocationFactory, ChairFactory, DeliveryFactory, InitiativeFactory, province
from tests.phones import entry, hand_over
from tests.racing import race

NOON = time(0, 1)  # a minute past midnight has always come


def url(name, *args):
    return reverse(f"distributions:{name}", args=args)


@pytest.fixture
def loaded(karim, driss, omar):
    """A round of today, loaded: two stops and a spare chair."""
    initiative = InitiativeFactory()
    round_ = travelling.plan_round(
        initiative=initiative,
        volunteer=driss,
        province=province("MA-CAS"),
        day=timezone.localdate(),
        allocations=AllocationFactory.create_batch(2, prepared=True, initiative=initiative),
        by=karim,
        spares=[ChairFactory()],
    )
    travelling.load(round_, by=omar)
    return round_


def stops(round_):
    return list(round_.allocations.select_related("need__child", "chair").order_by("stop"))


@pytest.fixture
def say(samira):
    """What Samira types of a stop; all went well, unless told otherwise."""
    said = {
        "by": samira,
        "outcome": "delivered",
        "at": NOON,
        "is_healthy": True,
        "receiver_name": "Khadija",
        "receiver_relation": "mother",
        "checks": dict.fromkeys(Delivery.CHECKS, "yes"),
    }
    return lambda round_, allocation, **other: transcribing.type_in(round_, allocation, **{**said, **other})


# --- typing in -------------------------------------------------------------------------------------------------------


def test_what_is_typed_in_is_the_volunteers_delivery_under_the_typists_name(loaded, say, driss, samira):
    stop = stops(loaded)[0]
    delivery = say(loaded, stop).delivery
    assert (delivery.volunteer, delivery.typed_in_by, delivery.needs_a_look) == (driss, samira, "")
    assert delivery.handed_over_on == loaded.day
    assert Chair.objects.get(pk=stop.chair_id).holder == stop.need.child
    line = Entry.objects.get(act="delivery.recorded")
    assert (line.actor, line.details["source"]) == (samira, "paper")


def test_typing_a_stop_twice_changes_nothing(loaded, say):
    stop = stops(loaded)[0]
    first = say(loaded, stop)
    assert (say(loaded, stop).is_new, first.is_new) == (False, True)
    with pytest.raises(delivering.DifferentContent):
        say(loaded, stop, receiver_name="Une autre")
    assert Delivery.objects.count() == 1


def test_what_the_phone_told_is_not_written_again(loaded, say):
    stop = stops(loaded)[0]
    told = DeliveryFactory(allocation=stop)
    with pytest.raises(transcribing.AlreadyFromPhone) as refused:
        say(loaded, stop)
    assert refused.value.delivery == told
    assert Delivery.objects.count() == 1


def test_a_second_attempt_that_only_the_paper_tells_is_written(loaded, say):
    stop = stops(loaded)[0]
    DeliveryFactory(allocation=stop, outcome="not_at_home", checks={})
    with pytest.raises(transcribing.AlreadyFromPhone):
        say(loaded, stop, outcome="not_at_home", receiver_name="", receiver_relation="", checks={})
    assert say(loaded, stop).delivery.handed_over_on == loaded.day


def test_a_phone_that_confirms_the_paper_later_needs_nobody(loaded, say, driss):
    stop = stops(loaded)[0]
    say(loaded, stop)
    result = syncing.receive([entry("delivery", hand_over(stop))], sender=syncing.Sender(driss))[0]
    assert result.status == "received"
    assert Delivery.objects.exclude(handed_over_on=None).count() == 1
    assert stop.chair.events.filter(kind="handed_over").count() == 1


def test_a_phone_that_contradicts_the_paper_is_looked_at(loaded, say, driss):
    stop = stops(loaded)[0]
    say(loaded, stop, outcome="refused", reason="Déjà servie", receiver_name="", receiver_relation="", checks={})
    result = syncing.receive([entry("delivery", hand_over(stop))], sender=syncing.Sender(driss))[0]
    assert result.status == "review"


def test_a_spare_chair_on_paper_is_looked_at(loaded, say):
    stop, spare = stops(loaded)[0], loaded.spare_chairs().get()
    delivery = say(loaded, stop, spare=spare, reason="Trop étroit").delivery
    assert (delivery.chair_left, delivery.reason) == (spare, f"{spare.label} · Trop étroit")
    assert Chair.objects.get(pk=spare.pk).holder == stop.need.child
    assert delivery.needs_a_look == "spare"


def test_paper_comes_days_later_and_its_time_is_believed(loaded, say):
    type(loaded).objects.filter(pk=loaded.pk).update(day=loaded.day - timedelta(days=4))
    stop = stops(loaded)[0]
    delivery = say(loaded, stop, at=time(14, 30)).delivery
    assert delivery.needs_a_look == ""
    assert delivery.handed_over_on == loaded.day - timedelta(days=4)
    type(loaded).objects.filter(pk=loaded.pk).update(day=loaded.day + timedelta(days=1))
    with pytest.raises(transcribing.BeforeItHappened):
        say(loaded, stops(loaded)[1])


def test_nothing_is_typed_into_a_closed_round(loaded, say, omar, karim):
    rows = stops(loaded)
    for line in list(loaded.chairs.select_related("chair")):
        travelling.count_back(loaded, line.chair, by=omar)
    travelling.close_round(loaded, by=karim)
    with pytest.raises(travelling.RoundIsClosed):
        say(loaded, rows[0])


@pytest.mark.django_db(transaction=True)
def test_a_paper_typed_by_several_people_at_once_is_written_once(loaded, say):
    stop = stops(loaded)[0]
    results = race(5, lambda _index: say(loaded, stop))
    assert sorted(result.is_new for result in results) == [False] * 4 + [True]
    assert Delivery.objects.count() == 1


# --- the screen ------------------------------------------------------------------------------------------------------


def typed(allocation, **more):
    said = {"outcome": "delivered", "at": "٠٠:٠١", "receiver_name": "Khadija", "receiver_relation": "mother"}
    return {f"{anchor(allocation.pk)}-{name}": value for name, value in {**said, "all_done": "on", **more}.items()}


def test_the_whole_paper_is_typed_on_one_screen(client, samira, loaded):
    first, second = stops(loaded)
    client.force_login(samira)
    address = url("round_type_in", loaded.pk)
    answer = client.post(address, {"is_healthy": "on", **typed(first, straps_shown="no"), **typed(second)})
    assert answer.url == address
    entries = {entry.allocation_id: entry for entry in Delivery.objects.all()}
    assert entries[first.pk].straps_shown == "no"
    assert entries[first.pk].brakes_shown == "yes"
    assert {entry.typed_in_by for entry in entries.values()} == {samira}
    page = client.get(address)
    assert page.context["left"] == 0
    assert page.content.decode().count(samira.full_name) >= 2
    for shown in (loaded.get_absolute_url(), entries[first.pk].get_absolute_url()):
        assert f"from paper by {samira}" in client.get(shown, headers={"Accept-Language": "en"}).content.decode()


def test_what_is_wrong_stays_beside_its_field_and_the_other_stops_are_kept(client, samira, loaded):
    first, second = stops(loaded)
    client.force_login(samira)
    sent = {"is_healthy": "on", **typed(first), **typed(second, receiver_name="", at="25:00", note="Porte bleue")}
    answer = client.post(url("round_type_in", loaded.pk), sent)
    assert answer.status_code == 422
    assert Delivery.objects.get().allocation == first
    kept, wrong = answer.context["stops"]
    assert (kept.form, kept.is_told) == (None, True)
    assert set(wrong.form.errors) == {"receiver_name", "at"}
    assert "Porte bleue" in answer.content.decode()


def test_a_stop_left_empty_waits_and_one_half_typed_does_not(client, samira, loaded):
    first, second = stops(loaded)
    client.force_login(samira)
    address = url("round_type_in", loaded.pk)
    assert client.post(address, {f"{anchor(first.pk)}-chair": ""}).status_code == 302
    assert not Delivery.objects.exists()
    answer = client.post(address, {f"{anchor(second.pk)}-receiver_name": "Khadija"})
    assert answer.status_code == 422
    assert list(answer.context["stops"][1].form.errors) == ["outcome"]


def test_what_came_from_the_phone_is_shown_and_not_asked_again(client, samira, loaded):
    first, _second = stops(loaded)
    DeliveryFactory(allocation=first)
    client.force_login(samira)
    stop = client.get(url("round_type_in", loaded.pk)).context["stops"][0]
    assert (stop.form, stop.is_told) == (None, True)
    client.post(url("round_type_in", loaded.pk), {"is_healthy": "on", **typed(first)})
    assert Delivery.objects.count() == 1


def test_a_stop_whose_chair_came_back_can_still_be_typed(client, samira, omar, loaded):
    first, _second = stops(loaded)
    travelling.count_back(loaded, first.chair, by=omar)
    client.force_login(samira)
    sent = typed(first, outcome="not_at_home", receiver_name="", receiver_relation="")
    client.post(url("round_type_in", loaded.pk), {"is_healthy": "on", **sent})
    assert Delivery.objects.get().allocation == Allocation.objects.get(pk=first.pk)


# --- the print -------------------------------------------------------------------------------------------------------


def test_the_paper_says_what_the_phone_says_and_nothing_else(loaded):
    child = stops(loaded)[0].need.child
    shown = mobile.stops_of(loaded)
    addresses = []
    words = round_papers.paper_words(
        loaded,
        shown,
        list(loaded.spare_chairs()),
        address_of=lambda stop: addresses.append(stop.pk) or "https://x.example",
    )
    assert [stop["name"] for stop in words["stops"]] == [stop.name for stop in shown]
    assert [stop["chair"].strip("\u2066\u2069") for stop in words["stops"]] == [stop.chair for stop in shown]
    assert addresses == [stop.pk for stop in shown]
    text = str(words)
    for secret in (child.family_name_latin, child.family_name_arabic, str(child.born_on), child.reference):
        assert not secret or secret not in text
    assert len(words["outcomes"]) == len(Delivery.Outcome.choices)


def test_a_home_that_is_closed_to_visits_has_no_place_on_paper(loaded):
    child = stops(loaded)[0].need.child
    type(child).objects.filter(pk=child.pk).update(precautions="no_home_visit")
    type(child.family).objects.filter(pk=child.family_id).update(address="Zz rue", directions="Zz mosquée")
    shown = mobile.stops_of(loaded)
    words = round_papers.paper_words(loaded, shown, [], address_of=lambda _stop: "https://x.example")
    assert "Zz" not in str(words["stops"])


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_both_papers_are_printed_in_each_language_and_opening_is_kept(client, samira, loaded, language):
    client.force_login(samira)
    answer = client.get(url("round_paper", loaded.pk), {"language": language})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert Entry.objects.get(act="round.paper_opened").details == {"language": language}
    assert client.get(url("round_load_list", loaded.pk)).content.startswith(b"%PDF-")


def test_the_list_to_load_by_names_no_child_and_goes_by_serial(loaded):
    rows = stops(loaded)
    spares = list(loaded.spare_chairs().select_related("model", "depot"))
    words = round_papers.load_list_words(loaded, rows, spares)
    serials = [row["serial"] for row in words["rows"]]
    assert len(serials) == 3
    assert all(row.need.child.given_name_latin not in str(words) for row in rows)


def test_the_code_on_the_paper_holds_an_address_and_no_personal_data(client, samira, loaded, monkeypatch):
    codes = []
    monkeypatch.setattr(round_papers, "qr_code", lambda address: codes.append(address) or "<svg/>")
    monkeypatch.setattr(round_papers.typesetting, "pdf", lambda *_args: b"%PDF-")
    client.force_login(samira)
    client.get(url("round_paper", loaded.pk))
    page = client.get(url("round_type_in", loaded.pk)).content.decode()
    for code, row in zip(codes, stops(loaded), strict=True):
        address, _hash, place = code.partition("#")
        assert address == f"http://testserver{url('round_type_in', loaded.pk)}"
        assert f'id="{place}"' in page
        assert place == anchor(row.pk)
