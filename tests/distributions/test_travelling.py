from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from distributions import ordering, planning, reckoning, stocktaking, travelling
from distributions.models import Allocation, Chair, Delivery, Round, RoundChair
from hajar.journal import recording as journal
from tests.factories import (
    IN_ORDER,
    AllocationFactory,
    ChairFactory,
    DeliveryFactory,
    DepotFactory,
    FamilyFactory,
    InitiativeFactory,
    province,
)
from tests.racing import meeting, race


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# --- planning and loading --------------------------------------------------------------------------------------------


def plan(by, volunteer, allocations, **given):
    parts = {
        "initiative": allocations[0].initiative if allocations else InitiativeFactory(),
        "province": province("MA-CAS"),
        "day": timezone.localdate() + timedelta(days=1),
    }
    return travelling.plan_round(volunteer=volunteer, allocations=allocations, by=by, **parts | given)


def test_a_round_numbers_its_stops_in_the_order_given(karim, driss):
    initiative = InitiativeFactory()
    first, second = AllocationFactory.create_batch(2, initiative=initiative, approved=True)
    round = plan(karim, driss, [second, first])
    assert list(round.allocations.order_by("stop")) == [second, first]
    assert set(Allocation.objects.visible_to(driss)) == {first, second}
    assert round.history().get().details["stops"] == 2


def test_what_cannot_go_on_a_round_is_refused(karim, driss, samira):
    ready = AllocationFactory(approved=True)
    with pytest.raises(travelling.NothingToDeliver):
        plan(karim, driss, [])
    with pytest.raises(planning.StatusDoesNotAllow):
        plan(karim, driss, [AllocationFactory()])
    with pytest.raises(travelling.NotOfThisInitiative):
        plan(karim, driss, [ready], initiative=InitiativeFactory())
    with pytest.raises(travelling.RoundInThePast):
        plan(karim, driss, [ready], day=timezone.localdate() - timedelta(days=1))
    with pytest.raises(travelling.CannotDeliver):
        plan(karim, samira, [ready])
    plan(karim, driss, [ready])
    with pytest.raises(travelling.OnAnotherRound):
        plan(karim, driss, [ready])


def test_a_round_can_be_changed_until_it_is_loaded(karim, driss, khadija):
    initiative = InitiativeFactory()
    first, second = AllocationFactory.create_batch(2, initiative=initiative, prepared=True)
    round = plan(karim, driss, [first])
    changed = {"volunteer": khadija, "province": round.province, "day": round.day, "allocations": [second]}
    travelling.correct_round(round, by=karim, **changed)
    first.refresh_from_db()
    assert (first.round_id, list(Allocation.objects.visible_to(khadija))) == (None, [second])
    travelling.load(round, by=karim)
    with pytest.raises(travelling.RoundHasLeft):
        travelling.correct_round(round, by=karim, **changed)


def test_loading_takes_what_is_prepared(karim, driss):
    initiative = InitiativeFactory()
    ready = AllocationFactory(initiative=initiative, prepared=True)
    waiting = AllocationFactory(initiative=initiative, approved=True)
    round = plan(karim, driss, [ready, waiting])
    assert travelling.load(round, by=karim) == [ready]
    ready.refresh_from_db()
    assert (ready.status, Chair.objects.get(pk=ready.chair_id).state) == ("loaded", "loaded")
    with pytest.raises(travelling.NothingToLoad):
        travelling.load(round, by=karim)
    assert list(stocktaking.stock_faults()) == []


def test_a_chair_brought_back_stays_reserved_for_the_child(karim):
    allocation = travelling.bring_back(AllocationFactory(loaded=True), by=karim)
    assert (allocation.status, allocation.round, allocation.chair.state) == ("prepared", None, "reserved")
    assert list(stocktaking.stock_faults()) == []


def test_a_chair_tried_on_at_home_is_cleaned_and_prepared_again(karim, omar):
    depot = DepotFactory()
    allocation = travelling.bring_back(AllocationFactory(loaded=True), by=karim, depot=depot, was_tried_on=True)
    assert (allocation.status, allocation.chair.state, allocation.chair.depot_id) == (
        "approved",
        "to_disinfect",
        depot.pk,
    )
    with pytest.raises(planning.ChairNotReady):
        planning.prepare(allocation, by=omar, **IN_ORDER)
    for kind in ["disinfected", "checked"]:
        stocktaking.record_chair_event(chair=allocation.chair, kind=kind, by=omar)
    assert planning.prepare(allocation, by=omar, **IN_ORDER).status == "prepared"


# --- in which order --------------------------------------------------------------------------------------------------


def there(town, name="Amina", **given):
    return AllocationFactory(
        approved=True,
        need__child__family=FamilyFactory(commune=town, province=province("MA-TAR")),
        need__child__family_name_latin=name,
        **given,
    )


def test_stops_are_driven_to_as_the_map_says(karim):
    for town, latitude, longitude in [("Igherm", 30.08, -8.46), ("Aoulouz", 30.68, -8.15), ("Taliouine", 30.53, -7.92)]:
        ordering.place_town(province=province("MA-TAR"), name=town, latitude=latitude, longitude=longitude, by=karim)
    initiative = InitiativeFactory()
    far, seat, near, twin = [there(town, initiative=initiative) for town in ("Taliouine", "", "Aoulouz", "aoulouz ")]
    order = ordering.in_driving_order([far, seat, near, twin], province("MA-TAR"))
    towns = [row.need.child.family.commune.strip().casefold() for row in order]
    assert towns in (["", "aoulouz", "aoulouz", "taliouine"], ["taliouine", "aoulouz", "aoulouz", ""])
    assert ordering.in_driving_order([twin, near, seat, far], province("MA-TAR")) == order


def test_only_towns_that_nobody_placed_are_asked_for(karim):
    rows = [there("Igherm"), there(province("MA-TAR").seat_fr), there(""), there("Aoulouz")]
    ordering.place_town(province=province("MA-TAR"), name="aoulouz", latitude=30.68, longitude=-8.15, by=karim)
    assert ordering.towns_without_position(rows, province("MA-TAR")) == ["Igherm"]
    ordering.place_town(province=province("MA-TAR"), name="Aoulouz", latitude=30.67, longitude=-8.16, by=karim)
    assert province("MA-TAR").town_positions.count() == 1


def test_the_order_is_changed_by_hand_also_on_the_day(karim, driss):
    initiative = InitiativeFactory()
    stops = AllocationFactory.create_batch(3, initiative=initiative, prepared=True)
    round = plan(karim, driss, stops)
    travelling.load(round, by=karim)
    travelling.reorder(round, allocations=[stops[2], stops[0]], by=karim)
    assert list(round.allocations.order_by("stop")) == [stops[2], stops[0], stops[1]]
    travelling.reorder(round, allocations=[stops[2], stops[0]], by=karim)
    assert [entry.act for entry in round.history()].count("round.reordered") == 1


# --- spare chairs ----------------------------------------------------------------------------------------------------


@pytest.fixture
def spare(db):
    return ChairFactory()


@pytest.fixture
def loaded(karim, driss, spare):
    """A round of one stop, with one spare chair, both in the vehicle."""
    round = plan(karim, driss, [AllocationFactory(prepared=True)], spares=[spare], day=timezone.localdate())
    travelling.load(round, by=karim)
    return round


def test_a_spare_chair_travels_without_a_stop(loaded, spare):
    assert list(loaded.spare_chairs()) == [spare]
    assert fresh(spare).state == Chair.State.LOADED
    assert [line.is_loaded for line in loaded.chairs.in_order()] == [True, True]
    assert list(stocktaking.stock_faults()) == []


def test_a_spare_chair_is_available_and_on_one_round_only(karim, driss, spare):
    first, second, third = (AllocationFactory(prepared=True) for _number in range(3))
    with pytest.raises(travelling.SpareNotAvailable):
        plan(karim, driss, [first], spares=[second.chair])
    with pytest.raises(travelling.TooManySpares):
        plan(karim, driss, [first], spares=ChairFactory.create_batch(11))
    round = plan(karim, driss, [first], spares=[spare])
    with pytest.raises(travelling.OnAnotherRound):
        plan(karim, driss, [third], spares=[spare])
    given = {"volunteer": driss, "province": round.province, "day": round.day, "allocations": [first], "by": karim}
    travelling.correct_round(round, **given)
    assert list(round.spare_chairs()) == [spare]
    travelling.correct_round(round, spares=[], **given)
    assert list(round.spare_chairs()) == []


def test_a_spare_chair_promised_meanwhile_stays_behind(karim, driss, spare):
    round = plan(karim, driss, [AllocationFactory(prepared=True)], spares=[spare])
    AllocationFactory(chair=spare)
    with pytest.raises(travelling.SpareNotAvailable):
        travelling.load(round, by=karim, chairs=[spare])
    assert len(travelling.load(round, by=karim)) == 1
    assert not round.chairs.get(chair=spare).is_loaded


def test_a_spare_chair_that_was_given_is_the_childs(loaded, spare, driss):
    stop = loaded.allocations.get()
    entry = DeliveryFactory(allocation=stop, spare=spare, known_doubts=["spare"], reason=f"{spare.label} · trop étroit")
    assert (fresh(spare).state, fresh(spare).holder) == ("handed_over", stop.need.child)
    assert (entry.chair_left, entry.doubts) == (spare, [Delivery.Doubt.SPARE.label])
    assert fresh(stop).status == "loaded"  # whose need it meets is decided at the office
    assert list(stocktaking.stock_faults()) == []


# --- loading, chair by chair -----------------------------------------------------------------------------------------


def test_chairs_are_loaded_one_by_one(karim, driss, omar, spare):
    initiative = InitiativeFactory()
    first, second = AllocationFactory.create_batch(2, initiative=initiative, prepared=True)
    waiting = AllocationFactory(initiative=initiative, approved=True)
    round = plan(karim, driss, [first, second, waiting], spares=[spare])
    assert travelling.load(round, by=omar, chairs=[first.chair]) == [first]
    line = round.chairs.get(chair=first.chair)
    assert (line.loaded_by, line.allocation) == (omar, first)
    with pytest.raises(travelling.AlreadyLoaded):
        travelling.load(round, by=omar, chairs=[first.chair])
    with pytest.raises(travelling.NotOnTheList):
        travelling.load(round, by=omar, chairs=[ChairFactory()])
    with pytest.raises(travelling.NotPrepared):
        travelling.load(round, by=omar, chairs=[waiting.chair])
    travelling.load(round, by=omar, chairs=[spare])
    assert fresh(second).status == "prepared"
    assert travelling.load(round, by=omar) == [second]


def test_a_chair_that_is_counted_back_is_in_its_depot(loaded, spare, omar):
    stop = loaded.allocations.get()
    home = spare.events.in_order().first().depot
    for chair in (spare, stop.chair):
        assert travelling.count_back(loaded, chair, by=omar).back_by == omar
    assert travelling.count_back(loaded, spare, by=omar).is_back  # again: nothing changes
    assert (fresh(spare).state, fresh(spare).depot) == ("available", home)
    assert (fresh(stop).status, fresh(stop).round) == ("prepared", None)
    with pytest.raises(travelling.NotOnTheList):
        travelling.count_back(loaded, ChairFactory(), by=omar)
    assert list(stocktaking.stock_faults()) == []


def test_what_the_chairs_page_unloaded_is_counted_back_here_too(loaded, spare, omar):
    stocktaking.record_chair_event(chair=spare, kind="unloaded", by=omar)
    assert travelling.count_back(loaded, spare, by=omar).is_back
    assert loaded.history().first().act == "round.chair_counted_back"


# --- reckoning up ----------------------------------------------------------------------------------------------------


def differences(round):
    return {line.chair.label: line.difference for line in reckoning.reckon(round)}


def test_a_round_on_which_everything_agrees_is_closed(loaded, spare, omar, karim):
    stop = loaded.allocations.get()
    DeliveryFactory(allocation=stop)
    travelling.count_back(loaded, spare, by=omar)
    assert set(differences(loaded).values()) == {""}
    closed = travelling.close_round(loaded, by=karim)
    assert (closed.is_closed, closed.closed_by) == (True, karim)
    payload = loaded.history().first().details
    assert (payload["loaded"], payload["given"], payload["back"]) == (2, 1, 1)


def test_a_chair_that_neither_stayed_nor_came_back_keeps_the_round_open(loaded, spare, karim):
    DeliveryFactory(allocation=loaded.allocations.get())
    with pytest.raises(travelling.DifferencesOpen) as refused:
        travelling.close_round(loaded, by=karim)
    assert spare.label in refused.value.message
    with pytest.raises(stocktaking.ReasonMissing):
        travelling.explain(loaded, spare, by=karim, explanation="  ")
    with pytest.raises(travelling.NothingToExplain):
        travelling.explain(loaded, loaded.allocations.get().chair, by=karim, explanation="Rien")
    line = travelling.explain(loaded, spare, by=karim, explanation="Laissé à l’hôpital de Taroudant")
    assert (line.explained_by, line.explanation) == (karim, "Laissé à l’hôpital de Taroudant")
    assert loaded.history().first().details["difference"] == "still_out"
    assert travelling.close_round(loaded, by=karim).is_closed


def test_a_chair_that_its_entry_gave_away_and_the_depot_counts_back_is_a_contradiction(loaded, spare, omar, karim):
    stop = loaded.allocations.get()
    DeliveryFactory(allocation=stop)
    travelling.count_back(loaded, stop.chair, by=omar)
    travelling.count_back(loaded, spare, by=omar)
    assert differences(loaded) == {stop.chair.label: "given_and_back", spare.label: ""}
    assert fresh(stop.chair).state == "handed_over"  # an entry is a fact: only a person takes it back
    with pytest.raises(travelling.DifferencesOpen):
        travelling.close_round(loaded, by=karim)


def test_a_chair_given_without_being_loaded_or_listed_is_a_difference(karim, driss):
    stop = AllocationFactory(prepared=True)
    other = AllocationFactory(prepared=True, initiative=stop.initiative)
    stranger = ChairFactory()
    round = plan(karim, driss, [stop, other], day=timezone.localdate())
    DeliveryFactory(allocation=fresh(stop))
    DeliveryFactory(allocation=fresh(other), spare=stranger, known_doubts=["spare"], reason="autre fauteuil")
    assert differences(round) == {stop.chair.label: "not_loaded", other.chair.label: "", stranger.label: "disputed"}
    travelling.explain(round, stranger, by=karim, explanation="Pris au dépôt sans le dire")
    assert [line.is_open for line in reckoning.reckon(round) if line.chair == stranger] == [False]


def test_a_round_that_nothing_left_for_is_not_closed(karim, driss):
    with pytest.raises(travelling.NothingLeft):
        travelling.close_round(plan(karim, driss, [AllocationFactory(prepared=True)]), by=karim)


@pytest.fixture
def closed(loaded, spare, karim, omar):
    """The round closed: its one family was away, both chairs came back."""
    stop = loaded.allocations.get()
    DeliveryFactory(allocation=stop, outcome="not_at_home", checks={})
    for chair in (stop.chair, spare):
        travelling.count_back(loaded, chair, by=omar)
    return travelling.close_round(loaded, by=karim)


def test_a_closed_round_takes_no_change_from_the_office(closed, spare, karim):
    stop = AllocationFactory(prepared=True, initiative=closed.initiative)
    given = {"volunteer": closed.volunteer, "province": closed.province, "day": closed.day, "allocations": [stop]}
    acts = [
        lambda: travelling.correct_round(closed, by=karim, **given),
        lambda: travelling.reorder(closed, allocations=[], by=karim),
        lambda: travelling.load(closed, by=karim),
        lambda: travelling.count_back(closed, spare, by=karim),
        lambda: travelling.explain(closed, spare, by=karim, explanation="Trop tard"),
        lambda: travelling.close_round(closed, by=karim),
    ]
    for act in acts:
        with pytest.raises(travelling.RoundIsClosed):
            act()


def test_a_chair_that_comes_home_after_the_closing_is_counted(loaded, spare, karim, omar):
    stop = loaded.allocations.get()
    DeliveryFactory(allocation=stop, outcome="not_at_home", checks={})
    for chair in (stop.chair, spare):
        travelling.explain(loaded, chair, by=karim, explanation="Dans la camionnette jusqu’à demain")
    travelling.close_round(loaded, by=karim)
    for chair in (stop.chair, spare):
        travelling.count_back(loaded, chair, by=omar)
    assert set(differences(loaded).values()) == {""}
    assert (fresh(stop).status, fresh(spare).state) == ("prepared", "available")
    assert list(stocktaking.stock_faults()) == []


def test_an_entry_that_comes_late_is_recorded_and_opens_the_reckoning_again(closed, karim, driss):
    stop = RoundChair.objects.exclude(allocation=None).get(round=closed).allocation
    late = DeliveryFactory(allocation=stop, round=closed, by=driss)
    assert Delivery.Doubt.ROUND_CLOSED in late.needs_a_look.split(",")
    assert differences(closed)[stop.chair.label] == "given_and_back"
    with pytest.raises(travelling.DifferencesOpen):
        travelling.close_round(closed, by=karim)
    travelling.explain(closed, stop.chair, by=karim, explanation="Deuxième visite le soir même")
    assert travelling.close_round(closed, by=karim).closed_at > closed.closed_at
    with pytest.raises(travelling.RoundIsClosed):
        travelling.close_round(closed, by=karim)


def test_an_explanation_older_than_the_latest_fact_explains_nothing(loaded, spare, omar, karim):
    stop = loaded.allocations.get()
    travelling.count_back(loaded, spare, by=omar)
    travelling.explain(loaded, stop.chair, by=karim, explanation="Chez le voisin")
    assert not any(line.is_open for line in reckoning.reckon(loaded))
    DeliveryFactory(allocation=stop)
    travelling.count_back(loaded, stop.chair, by=omar)
    assert [line.is_open for line in reckoning.reckon(loaded) if line.chair == stop.chair] == [True]


def test_a_reckoning_asks_the_same_few_questions_for_any_number_of_chairs(karim, driss, django_assert_num_queries):
    initiative = InitiativeFactory()
    for number in (1, 12):
        round = plan(karim, driss, AllocationFactory.create_batch(number, initiative=initiative, prepared=True))
        travelling.load(round, by=karim)
        DeliveryFactory(allocation=round.allocations.first())
        with django_assert_num_queries(4):
            reckoning.reckon(round)


# --- two people at once ----------------------------------------------------------------------------------------------

RACERS = 6
only_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite writes one after the other and hides this bug"
)


def kinds(results):
    return sorted("done" if not isinstance(result, Exception) else type(result).__name__ for result in results)


@pytest.fixture
def racing_round(transactional_db, karim, driss):
    round = plan(karim, driss, [AllocationFactory(prepared=True)], spares=[ChairFactory()], day=timezone.localdate())
    return round


def test_two_people_load_a_round_once(racing_round, karim):
    results = race(RACERS, lambda _index: travelling.load(racing_round, by=karim))
    assert kinds(results) == ["NothingToLoad"] * (RACERS - 1) + ["done"]
    assert all(line.chair.events.filter(kind="loaded").count() == 1 for line in racing_round.chairs.all())
    assert list(stocktaking.stock_faults()) == []
    assert list(journal.faults()) == []


def test_two_people_close_a_round_once(racing_round, karim):
    travelling.load(racing_round, by=karim)
    for line in list(racing_round.chairs.all()):
        travelling.count_back(racing_round, line.chair, by=karim)
    results = race(RACERS, lambda _index: travelling.close_round(racing_round, by=karim))
    assert kinds(results) == ["RoundIsClosed"] * (RACERS - 1) + ["done"]
    assert [entry.act for entry in racing_round.history()].count("round.closed") == 1


@only_postgres
def test_without_its_lock_a_round_would_be_closed_twice(racing_round, karim, monkeypatch):
    """The planted bug: both look before either acts."""
    travelling.load(racing_round, by=karim)
    for line in list(racing_round.chairs.all()):
        travelling.count_back(racing_round, line.chair, by=karim)
    gate = meeting(2)

    def look(round):
        found = Round.objects.get(pk=round.pk)
        gate.wait()
        return found

    monkeypatch.setattr(travelling, "lock", look)
    assert kinds(race(2, lambda _index: travelling.close_round(racing_round, by=karim))) == ["done"] * 2
    assert [entry.act for entry in racing_round.history()].count("round.closed") == 2


def test_an_entry_and_the_closing_never_overlook_one_another(racing_round, karim, driss):
    """Whichever is first: no round is closed over an entry that its reckoning has not seen."""
    travelling.load(racing_round, by=karim)
    stop = racing_round.allocations.get()
    for line in list(racing_round.chairs.all()):
        travelling.count_back(racing_round, line.chair, by=karim)

    def act(index):
        if index % 2:
            return travelling.close_round(racing_round, by=karim)
        return DeliveryFactory(allocation=stop, round=racing_round, by=driss)

    race(RACERS, act)
    round = fresh(racing_round)
    assert not round.is_closed or reckoning.late_entries(round).exists()


# --- rounds that left before chairs had lines ------------------------------------------------------------------------


def test_rounds_that_left_before_get_their_chairs_from_the_events(karim, driss, omar):
    rows = AllocationFactory.create_batch(3, prepared=True, initiative=InitiativeFactory())
    round = plan(karim, driss, rows, day=timezone.localdate())
    travelling.load(round, by=omar)
    DeliveryFactory(allocation=fresh(rows[0]))
    DeliveryFactory(allocation=fresh(rows[1]), outcome="refused", reason="Déjà servie", checks={})
    travelling.count_back(round, rows[1].chair, by=omar)
    before = {line.chair_id: (line.is_loaded, line.is_back, line.loaded_by_id) for line in round.chairs.all()}
    RoundChair.objects.all().delete()
    step = import_module("distributions.migrations.0006_chairs_that_left")
    for _again in range(2):
        step.write_lines(apps, connection.schema_editor())
        lines = {line.chair_id: (line.is_loaded, line.is_back, line.loaded_by_id) for line in round.chairs.all()}
        assert lines == before
