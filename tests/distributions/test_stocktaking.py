import uuid
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from distributions import cataloguing, planning, stocktaking, tallying
from distributions.models import Chair, ChairEvent
from distributions.stocktaking import Kind, State, replay
from hajar.lib.refusals import Refusal
from tests.factories import (
    AllocationFactory,
    ChairFactory,
    ChairModelFactory,
    ChildFactory,
    DepotFactory,
    NeedFactory,
)

START = timezone.now() - timedelta(days=100)
CASABLANCA, TARFAYA = uuid.uuid4(), uuid.uuid4()
CHAIMAE, HAJAR = uuid.uuid4(), uuid.uuid4()


def life(*steps):
    """Events an hour apart: "kind", or ("kind", {depot_id, child_id, corrects})."""
    events = []
    for number, step in enumerate(steps):
        kind, more = (step, {}) if isinstance(step, str) else step
        depot = CASABLANCA if kind in stocktaking.NEEDS_DEPOT else None
        corrects = more.pop("corrects", None)
        event = SimpleNamespace(
            pk=number,
            kind=kind,
            depot_id=depot,
            child_id=None,
            corrects_id=corrects,
            happened_at=START + timedelta(hours=number),
        )
        vars(event).update(more)
        events.append(event)
    return events


def to(child):
    return {"child_id": child}


HANDED_OVER = ["received", ("reserved", to(CHAIMAE)), "prepared", "loaded", ("handed_over", to(CHAIMAE))]


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([], State.EXPECTED),
        (["received"], State.AVAILABLE),
        (["received", ("reserved", to(CHAIMAE))], State.RESERVED),
        (["received", ("reserved", to(CHAIMAE)), "released"], State.AVAILABLE),
        (["received", ("reserved", to(CHAIMAE)), "loaded"], State.LOADED),
        (["received", ("reserved", to(CHAIMAE)), "loaded", "released"], State.LOADED),
        (["received", ("reserved", to(CHAIMAE)), "loaded", "released", "unloaded"], State.AVAILABLE),
        (["received", ("reserved", to(CHAIMAE)), "loaded", "unloaded"], State.RESERVED),
        (["received", ("reserved", to(CHAIMAE)), "loaded", ("unloaded", to(CHAIMAE))], State.TO_DISINFECT),
        (HANDED_OVER, State.HANDED_OVER),
        ([*HANDED_OVER, "returned"], State.TO_DISINFECT),
        ([*HANDED_OVER, "returned", "disinfected"], State.TO_CHECK),
        ([*HANDED_OVER, "returned", "checked"], State.TO_DISINFECT),
        ([*HANDED_OVER, "returned", "disinfected", "checked"], State.AVAILABLE),
        ([*HANDED_OVER, "returned", "checked", "disinfected"], State.AVAILABLE),
        ([*HANDED_OVER, "repair_begun"], State.IN_REPAIR),
        ([*HANDED_OVER, "repair_begun", "repaired"], State.HANDED_OVER),
        ([*HANDED_OVER, "repair_begun", "returned"], State.IN_REPAIR),
        ([*HANDED_OVER, "repair_begun", "returned", "repaired"], State.TO_DISINFECT),
        (["received", "repair_begun"], State.IN_REPAIR),
        (["received", "repair_begun", "repaired"], State.TO_CHECK),
        (["received", ("reserved", to(CHAIMAE)), "repair_begun", "repaired", "checked"], State.RESERVED),
        (["received", "lost"], State.LOST),
        (["received", "lost", "found"], State.TO_DISINFECT),
        (["received", "scrapped"], State.SCRAPPED),
        ([*HANDED_OVER, ("handed_over", to(HAJAR))], State.DISPUTED),
        ([*HANDED_OVER, ("handed_over", to(HAJAR)), "returned"], State.TO_DISINFECT),
        (["received", ("handed_over", to(HAJAR))], State.DISPUTED),
        (["received", ("reserved", to(CHAIMAE)), ("handed_over", to(HAJAR))], State.DISPUTED),
        (["received", ("reserved", to(CHAIMAE)), ("handed_over", to(CHAIMAE))], State.HANDED_OVER),
        (["received", "lost", ("corrected", {"corrects": 1})], State.AVAILABLE),
        ([*HANDED_OVER, ("handed_over", to(HAJAR)), ("corrected", {"corrects": 4})], State.DISPUTED),
        ([*HANDED_OVER, ("handed_over", to(HAJAR)), ("corrected", {"corrects": 5})], State.HANDED_OVER),
        (["received", ("corrected", {"corrects": 0})], State.EXPECTED),
    ],
)
def test_the_replay_gives_the_state(steps, state):
    assert replay(life(*steps)).state == state


@pytest.mark.parametrize(
    "steps",
    [
        ["disinfected"],
        ["received", "received"],
        ["received", "unloaded"],
        ["received", "released"],
        ["received", "loaded", ("reserved", to(CHAIMAE))],  # a spare chair on the road
        ["received", "returned"],
        ["received", "repaired"],
        ["received", "found"],
        ["received", "moved"],  # to the depot where it is
        ["received", ("reserved", to(CHAIMAE)), ("reserved", to(HAJAR))],
        ["received", ("reserved", to(CHAIMAE)), "scrapped"],
        ["received", "scrapped", "found"],
        ["received", "scrapped", ("reserved", to(CHAIMAE))],
        ["received", "repair_begun", ("reserved", to(CHAIMAE))],
        ["received", "repair_begun", "returned"],
        [*HANDED_OVER, ("reserved", to(HAJAR))],
        [*HANDED_OVER, ("handed_over", to(CHAIMAE))],
        [*HANDED_OVER, "moved"],
        [*HANDED_OVER, "repair_begun", "disinfected"],
    ],
)
def test_an_event_that_the_state_does_not_allow_is_refused(steps):
    with pytest.raises(Refusal):
        replay(life(*steps))


@pytest.mark.parametrize(
    "since_its_return",
    [[], ["disinfected"], ["checked"], ["checked", "moved"], ["disinfected", "repair_begun", "repaired"]],
)
def test_a_returned_chair_cannot_be_reserved_before_disinfection_and_check(since_its_return):
    steps = [step if step != "moved" else ("moved", {"depot_id": TARFAYA}) for step in since_its_return]
    with pytest.raises(stocktaking.EventNotPossible):
        replay(life(*HANDED_OVER, "returned", *steps, ("reserved", to(HAJAR))))


def test_cleaning_before_the_return_does_not_count():
    events = life("received", "disinfected", "checked", *HANDED_OVER[1:], "returned")
    assert replay(events).state == State.TO_DISINFECT


def test_a_used_chair_is_cleaned_and_checked_before_its_first_child():
    assert replay(life("received"), is_new=False).state == State.TO_DISINFECT
    assert replay(life("received", "disinfected", "checked"), is_new=False).state == State.AVAILABLE


def test_a_chair_tried_on_at_home_stays_reserved_behind_its_cleaning():
    steps = ["received", ("reserved", to(CHAIMAE)), "loaded", ("unloaded", to(CHAIMAE))]
    assert replay(life(*steps, "disinfected", "checked")).state == State.RESERVED


def test_events_go_forward_in_time():
    events = life("received", "checked")
    events[1].happened_at = events[0].happened_at - timedelta(minutes=1)
    with pytest.raises(stocktaking.BeforeThePrevious):
        replay(events)


def test_a_refusal_names_event_and_state_in_the_readers_language():
    with pytest.raises(Refusal) as refused:
        replay(life("received", "scrapped", "checked"))
    with translation.override("en"):
        assert refused.value.message == "“safety checked” cannot be recorded now: this chair is “scrapped”."


@pytest.mark.parametrize("state", [state for state in State if state is not State.EXPECTED])
def test_every_possible_event_leads_somewhere(state):
    """No row of the transition table promises what the replay then refuses."""
    lives = {
        State.AVAILABLE: ["received"],
        State.RESERVED: ["received", ("reserved", to(CHAIMAE))],
        State.LOADED: ["received", ("reserved", to(CHAIMAE)), "loaded"],
        State.HANDED_OVER: HANDED_OVER,
        State.TO_DISINFECT: [*HANDED_OVER, "returned"],
        State.TO_CHECK: [*HANDED_OVER, "returned", "disinfected"],
        State.IN_TRANSFER: ["received", "sent"],
        State.IN_REPAIR: ["received", "repair_begun"],
        State.LOST: ["received", "lost"],
        State.SCRAPPED: ["received", "scrapped"],
        State.DISPUTED: [*HANDED_OVER, ("handed_over", to(HAJAR))],
    }
    now = replay(life(*lives[state]))
    assert now.state == state
    for kind in Kind:
        if kind is Kind.CORRECTED or stocktaking.refusal_of(now, kind):
            continue
        elsewhere = {"child_id": uuid.uuid4() if kind == Kind.HANDED_OVER else None}
        if kind in stocktaking.NEEDS_DEPOT:
            elsewhere["depot_id"] = TARFAYA
        assert replay(life(*lives[state], (kind, elsewhere))).state in State


# --- recording -------------------------------------------------------------------------------------------------------


def test_new_chairs_are_available_in_their_depot_and_journalled(omar):
    depot, model = DepotFactory(), ChairModelFactory()
    first, second = stocktaking.receive_chairs(model=model, depot=depot, by=omar, serials=["A1"], count=2)
    assert (first.state, first.depot, first.serial) == (State.AVAILABLE, depot, "A1")
    assert (second.state, second.serial) == (State.AVAILABLE, "")
    assert second.number == first.number + 1
    assert [entry.act for entry in first.history()] == ["chair.received"]
    assert [event.kind for event in first.events.all()] == ["received"]


def test_a_serial_number_is_known_once(omar):
    chair = ChairFactory(serial="X9")
    with pytest.raises(stocktaking.SerialKnown):
        stocktaking.receive_chairs(model=chair.model, depot=chair.depot, by=omar, serials=["X8", "X9"])
    assert Chair.objects.count() == 1
    with pytest.raises(stocktaking.SerialTwice):
        stocktaking.receive_chairs(model=chair.model, depot=chair.depot, by=omar, serials=["Y1", "Y1"])


@pytest.mark.parametrize("count", [0, -3, 201])
def test_a_sensible_number_of_chairs_is_received(omar, count):
    with pytest.raises(stocktaking.CountNotPossible):
        stocktaking.receive_chairs(model=ChairModelFactory(), depot=DepotFactory(), by=omar, count=count)


def test_a_closed_depot_receives_nothing(omar):
    closed = DepotFactory(is_open=False)
    with pytest.raises(stocktaking.DepotClosed):
        stocktaking.receive_chairs(model=ChairModelFactory(), depot=closed, by=omar)
    with pytest.raises(stocktaking.DepotClosed):
        stocktaking.record_chair_event(chair=ChairFactory(), kind="moved", depot=closed, by=omar)


def test_recording_an_event_refreshes_the_stored_state(omar):
    chair = ChairFactory(used=True)
    stocktaking.record_chair_event(chair=chair, kind="disinfected", by=omar)
    assert chair.state == State.TO_CHECK
    stocktaking.record_chair_event(chair=chair, kind="checked", by=omar, note="Freins réglés")
    chair.refresh_from_db()
    assert chair.state == State.AVAILABLE
    assert [event.sequence for event in chair.events.in_order()] == [1, 2, 3]
    assert chair.history().first().details["note"] == "Freins réglés"


def test_what_happens_to_a_chair_has_a_possible_moment(omar):
    chair = ChairFactory()
    with pytest.raises(stocktaking.InTheFuture):
        stocktaking.record_chair_event(
            chair=chair, kind="checked", by=omar, happened_at=timezone.now() + timedelta(minutes=5)
        )
    with pytest.raises(stocktaking.BeforeThePrevious):
        stocktaking.record_chair_event(
            chair=chair, kind="checked", by=omar, happened_at=timezone.now() - timedelta(days=5)
        )
    assert chair.events.count() == 1


@pytest.mark.parametrize("days", [-30 * 365, 30 * 365])
def test_a_moment_that_a_phone_claims_is_kept_within_reason(omar, days):
    chair = ChairFactory()
    with transaction.atomic():
        event = stocktaking.append_event(
            chair, "checked", by=omar, happened_at=timezone.now() + timedelta(days=days), is_claimed=True
        )
    received = chair.events.get(sequence=1)
    assert received.happened_at <= event.happened_at <= timezone.now()


@pytest.mark.parametrize(
    "kind", ["reserved", "released", "prepared", "loaded", "sent", "arrived", "handed_over", "corrected"]
)
def test_what_follows_from_other_acts_is_not_recorded_by_hand(omar, kind):
    with pytest.raises(stocktaking.NotByHand):
        stocktaking.record_chair_event(chair=ChairFactory(), kind=kind, by=omar, note="x")


@pytest.mark.parametrize("kind", ["lost", "scrapped", "repair_begun"])
def test_a_loss_or_a_breakdown_needs_a_reason(omar, kind):
    with pytest.raises(stocktaking.ReasonMissing):
        stocktaking.record_chair_event(chair=ChairFactory(), kind=kind, by=omar, note=" ")


def test_a_released_chair_on_the_road_is_unloaded_into_the_depot_it_left(omar):
    allocation = AllocationFactory(loaded=True)
    chair, depot = allocation.chair, DepotFactory()
    with pytest.raises(stocktaking.StillPromised):
        stocktaking.record_chair_event(chair=chair, kind="unloaded", depot=depot, by=omar)
    planning.release(allocation, by=omar, release="family_declined")
    left = chair.events.get(kind="received").depot
    stocktaking.record_chair_event(chair=chair, kind="unloaded", by=omar)
    assert (chair.state, chair.depot_id) == (State.AVAILABLE, left.pk)


def test_an_event_is_taken_back_by_another_event(omar):
    chair = ChairFactory()
    lost = stocktaking.record_chair_event(chair=chair, kind="lost", by=omar, note="Introuvable")
    with pytest.raises(stocktaking.ReasonMissing):
        stocktaking.correct_event(lost, by=omar, note="")
    stocktaking.correct_event(lost, by=omar, note="Il était derrière l'armoire")
    chair.refresh_from_db()
    assert chair.state == State.AVAILABLE
    assert chair.events.count() == 3
    with pytest.raises(stocktaking.CannotBeCorrected):
        stocktaking.correct_event(lost, by=omar, note="encore")


def test_an_event_on_which_later_ones_depend_stays(omar):
    chair = ChairFactory(used=True)
    cleaned = stocktaking.record_chair_event(chair=chair, kind="disinfected", by=omar)
    stocktaking.record_chair_event(chair=chair, kind="checked", by=omar)
    AllocationFactory(chair=chair)
    with pytest.raises(stocktaking.LaterEventsDepend):
        stocktaking.correct_event(cleaned, by=omar, note="Ce n'était pas celui-ci")
    assert list(stocktaking.stock_faults()) == []


def test_a_dispute_is_settled_by_taking_one_hand_over_back(karim):
    chair = ChairFactory()
    with transaction.atomic():
        one = stocktaking.append_event(chair, "handed_over", by=karim, child=ChildFactory())
        stocktaking.append_event(chair, "handed_over", by=karim, child=(other := ChildFactory()))
    assert (chair.state, chair.holder_id) == (State.DISPUTED, None)
    stocktaking.correct_event(one, by=karim, note="Saisi deux fois")
    with pytest.raises(stocktaking.CannotBeCorrected):
        stocktaking.correct_event(one, by=karim, note="Saisi deux fois")
    chair.refresh_from_db()
    assert chair.events.filter(child=other).exists()
    assert list(stocktaking.stock_faults()) == []


def test_a_correction_of_the_row_says_what_changed(omar):
    chair = stocktaking.correct_chair(ChairFactory(), by=omar, donor="Fondation de l'Atlas")
    assert chair.history().first().details == {"changed": {"donor": ["", "Fondation de l'Atlas"]}}
    with pytest.raises(stocktaking.SerialKnown):
        stocktaking.correct_chair(chair, by=omar, serial=ChairFactory(model=chair.model).serial)


def test_a_chair_that_turns_out_to_be_used_is_cleaned_first(omar):
    chair = stocktaking.correct_chair(ChairFactory(), by=omar, is_new=False)
    assert chair.state == State.TO_DISINFECT
    promised = AllocationFactory().chair
    with pytest.raises(Refusal):
        stocktaking.correct_chair(promised, by=omar, is_new=False)


def test_catalogue_and_depots_are_journalled(omar):
    model = cataloguing.add_model(
        by=omar, manufacturer="Atlas", name="Poussette", category="buggy", posture_class="basic", terrain_class="dual"
    )
    cataloguing.correct_model(model, by=omar, size="S")
    depot = stocktaking.add_depot(by=omar, name="Rabat", province=DepotFactory().province)
    stocktaking.correct_depot(depot, by=omar, is_open=False)
    stocktaking.correct_depot(depot, by=omar, is_open=False)
    assert [entry.act for entry in model.history()] == ["chairmodel.corrected", "chairmodel.added"]
    assert [entry.act for entry in depot.history()] == ["depot.corrected", "depot.added"]


@pytest.mark.parametrize(
    "statement", ["UPDATE distributions_chairevent SET note = 'x'", "DELETE FROM distributions_chairevent"]
)
def test_the_database_refuses_to_edit_what_happened(db, statement):
    ChairFactory()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- counting and checking -------------------------------------------------------------------------------------------


def test_the_stock_is_counted_by_what_chairs_can_do(omar):
    depot, other = DepotFactory(), DepotFactory()
    ChairFactory(depot=depot)
    ChairFactory(depot=depot, used=True)
    damaged = ChairFactory(depot=depot)
    stocktaking.record_chair_event(chair=damaged, kind="repair_begun", by=omar, note="Roue voilée")
    stocktaking.record_chair_event(chair=ChairFactory(depot=depot), kind="lost", by=omar, note="Introuvable")
    AllocationFactory(chair=ChairFactory(depot=depot))
    AllocationFactory(chair=ChairFactory(depot=depot), loaded=True)
    for _number in range(3):
        NeedFactory()
    ChairFactory(depot=other)
    summary = tallying.stock_summary()
    line = summary.by_depot[depot.pk]
    assert (line.in_stock, line.available, line.allocated, line.to_clean, line.damaged) == (4, 1, 1, 1, 1)
    assert (summary.total.in_stock, summary.total.allocated, summary.total.on_the_road) == (5, 2, 1)
    assert (summary.required, summary.unmet, summary.total.available, summary.deficit) == (5, 3, 2, 1)
    assert tallying.stock_summary([other]).total.in_stock == 1


def test_a_chair_whose_row_disagrees_with_its_events_is_found(omar):
    chair = ChairFactory()
    AllocationFactory(loaded=True)
    assert list(stocktaking.stock_faults()) == []
    Chair.objects.filter(pk=chair.pk).update(state=State.LOST, depot=None)
    assert {(fault.label, fault.kind) for fault in stocktaking.stock_faults()} == {
        (chair.label, "state"),
        (chair.label, "depot"),
    }


def test_a_reservation_without_its_event_is_found(db):
    allocation = AllocationFactory()
    type(allocation).objects.filter(pk=allocation.pk).update(status="released", release="mistake")
    assert [fault.kind for fault in stocktaking.stock_faults()] == ["promise"]


def test_an_impossible_life_is_found(omar):
    chair = ChairFactory()
    ChairEvent.objects.create(id=uuid.uuid4(), chair=chair, sequence=3, kind="found", by=omar, depot=chair.depot)
    assert {fault.kind for fault in stocktaking.stock_faults()} == {"numbering", "replay"}


def test_verify_stock_says_whether_the_stock_holds(omar):
    chair = ChairFactory()
    out = StringIO()
    call_command("verify_stock", stdout=out)
    assert "1 chairs" in out.getvalue()
    Chair.objects.filter(pk=chair.pk).update(state=State.LOST)
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_stock", stderr=errors)
    assert chair.label in errors.getvalue()
