"""64 people reach for the last chair at once. Both databases must give it to one, and tell the others in words."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from beneficiaries import closing
from beneficiaries.models import Need
from distributions import counting, planning, recalling, stocktaking
from distributions.models import Allocation, ChairEvent, Recall, StockCount
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal
from tests.factories import AllocationFactory, ChairFactory, DepotFactory, InitiativeFactory, NeedFactory
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 64


def winners(results):
    return [result for result in results if isinstance(result, Allocation)]


def unexpected(results):
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refusal)]


def test_the_last_chair_goes_to_exactly_one_child(samira):
    chair, initiative = ChairFactory(), InitiativeFactory()
    needs = NeedFactory.create_batch(RACERS)
    results = race(
        RACERS, lambda index: planning.propose(need=needs[index], chair=chair, initiative=initiative, by=samira)
    )
    assert unexpected(results) == []
    assert len(winners(results)) == 1
    assert Allocation.objects.live().filter(chair=chair).count() == 1
    refusals = {type(result) for result in results} - {Allocation}
    assert refusals == {planning.ChairIsPromised}
    assert list(stocktaking.stock_faults()) == []
    assert list(journal.faults()) == []


def test_a_need_gets_exactly_one_of_many_chairs(samira):
    need, initiative = NeedFactory(), InitiativeFactory()
    chairs = [ChairFactory() for _number in range(RACERS)]
    results = race(
        RACERS, lambda index: planning.propose(need=need, chair=chairs[index], initiative=initiative, by=samira)
    )
    assert unexpected(results) == []
    assert len(winners(results)) == 1
    assert {type(result) for result in results} - {Allocation} == {planning.NeedHasChair}
    assert list(stocktaking.stock_faults()) == []


def test_one_reservation_is_released_once(samira):
    allocation = AllocationFactory(approved=True)
    results = race(RACERS, lambda _index: planning.release(allocation, by=samira, release="mistake"))
    assert unexpected(results) == []
    assert len(winners(results)) == 1
    assert ChairEvent.objects.filter(chair=allocation.chair, kind="released").count() == 1


def test_events_of_one_chair_are_numbered_without_gaps(omar):
    chair = ChairFactory()
    results = race(16, lambda _index: stocktaking.record_chair_event(chair=chair, kind="checked", by=omar))
    assert unexpected(results) == []
    assert list(stocktaking.stock_faults()) == []
    assert chair.events.count() == 17


def test_proposing_and_releasing_at_once_never_deadlock(samira, karim):
    """Half the racers release live reservations while the others reserve the same chairs for other needs."""
    initiative = InitiativeFactory()
    held = [AllocationFactory(initiative=initiative) for _number in range(8)]
    needs = NeedFactory.create_batch(8)

    def act(index):
        if index % 2:
            return planning.release(held[index // 2], by=karim, release="better_chair")
        chair = held[index // 2].chair
        return planning.propose(need=needs[index // 2], chair=chair, initiative=initiative, by=samira)

    results = race(16, act)
    assert unexpected(results) == []
    assert list(stocktaking.stock_faults()) == []


def test_a_file_that_closes_while_chairs_are_reserved_and_approved_leaves_no_reservation(samira, karim):
    """Closing takes child, allocation, need and chair; the others take some of them, in the same order."""
    initiative = InitiativeFactory()
    held = [AllocationFactory(initiative=initiative, by=samira) for _number in range(6)]
    waiting, chairs = NeedFactory.create_batch(6), [ChairFactory() for _number in range(6)]

    def act(index):
        number, kind = divmod(index, 4)
        match kind:
            case 0:
                return closing.close_child(held[number].need.child, by=karim, status="closed")
            case 1:
                return planning.approve(held[number], by=karim)
            case 2:
                return closing.close_child(waiting[number].child, by=karim, status="closed")
            case _:
                return planning.propose(need=waiting[number], chair=chairs[number], initiative=initiative, by=samira)

    results = race(24, act)
    assert unexpected(results) == []
    assert not Allocation.objects.live().exists()
    assert not Need.objects.filter(closed_on=None).exists()
    assert list(stocktaking.stock_faults()) == []
    assert list(journal.faults()) == []


def propose_without_lock(*, need, chair, initiative, by):
    """The planted bug: look whether the chair is free, then insert."""
    with transaction.atomic():
        if Allocation.objects.live().filter(chair=chair).exists():
            raise planning.ChairIsPromised
        Allocation.objects.create(need=need, chair=chair, initiative=initiative, proposed_by=by)


@pytest.fixture
def without_constraint():
    """A database that does not know that a chair is promised once."""
    constraint = next(c for c in Allocation._meta.constraints if c.name == "chair_has_one_live_allocation")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Allocation, constraint)
    yield
    latest = timezone.now() + timedelta(days=1)
    Allocation.objects.filter(created_at__lt=latest).update(status="released", release="mistake")
    with connection.schema_editor() as editor:
        editor.add_constraint(Allocation, constraint)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other and hides this bug")
def test_look_then_insert_gives_the_last_chair_away_twice(samira, without_constraint):
    """If this fails, the tests above might be worth nothing: they would not notice a missing lock either."""
    worst = 0
    for _attempt in range(5):
        chair, initiative = ChairFactory(), InitiativeFactory()
        needs = NeedFactory.create_batch(RACERS)

        def act(index, chair=chair, initiative=initiative, needs=needs):
            return propose_without_lock(need=needs[index], chair=chair, initiative=initiative, by=samira)

        race(RACERS, act)
        worst = max(worst, Allocation.objects.live().filter(chair=chair).count())
        if worst > 1:
            break
    assert worst > 1


# --- the store -------------------------------------------------------------------------------------------------------


def test_a_depot_is_counted_by_one_person_at_a_time(omar):
    depot = DepotFactory()
    results = race(16, lambda _index: counting.begin_count(depot=depot, by=omar))
    assert unexpected(results) == []
    assert [type(result) for result in results].count(StockCount) == 1
    assert StockCount.objects.open().count() == 1
    assert list(journal.faults()) == []


def call_back(chair, by):
    return recalling.open_recall(model=chair.model, reason="Vis", what_to_do="Changer", by=by)


def test_a_model_is_called_back_once(omar):
    chair = ChairFactory()
    results = race(16, lambda _index: call_back(chair, omar))
    assert unexpected(results) == []
    assert [type(result) for result in results].count(Recall) == 1
    assert Recall.objects.get().lines.get().chair == chair


def test_a_chair_that_comes_in_during_a_recall_is_not_overlooked(omar):
    chair = ChairFactory()

    def act(index):
        if index == 0:
            return call_back(chair, omar)
        return stocktaking.receive_chairs(model=chair.model, depot=chair.depot, by=omar)

    results = race(12, act)
    assert unexpected(results) == []
    assert Recall.objects.get().lines.count() == 12


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other and hides this bug")
def test_without_the_lock_a_model_is_called_back_twice(omar, monkeypatch):
    """The planted bug: look whether there is a recall, then insert, with nobody waiting for anybody."""
    monkeypatch.setattr(recalling, "lock_model", lambda model: None)
    worst = 0
    for _attempt in range(5):
        chair = ChairFactory()
        race(32, lambda _index, chair=chair: call_back(chair, omar))
        worst = max(worst, Recall.objects.filter(model=chair.model).count())
        if worst > 1:
            break
    assert worst > 1
