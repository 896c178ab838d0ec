"""A person settles what the field left open, and what she decides between two entries is carried out."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from distributions import delivering, following_up, planning, reckoning, settling, stocktaking
from distributions.models import Allocation, Chair, Delivery, Matter, RoundChair
from hajar.journal import recording as journal
from hajar.journal.models import Entry as JournalEntry
from tests.factories import AllocationFactory, ChairFactory, DeliveryFactory, DepotFactory, NeedFactory, RoundFactory
from tests.phones import Phone, entry, hand_over
from tests.racing import race

Decision, Kind = Matter.Decision, Matter.Kind
NOTE = "Appelé les deux familles"


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def told(allocation: Allocation, **said) -> Delivery:
    return DeliveryFactory(id=uuid.uuid4(), allocation=allocation, by=allocation.round.volunteer, **said)


@pytest.fixture
def twice(driss, karim):
    """One chair given twice: released and promised to another child while the first volunteer was on her way."""
    late = AllocationFactory(loaded=True, volunteer=driss)
    round_ = late.round
    planning.release(late, by=karim, release="not_reached")
    stocktaking.record_chair_event(chair=late.chair, kind="unloaded", by=karim)
    first = AllocationFactory(loaded=True, chair=fresh(late.chair), round__volunteer=driss)
    one = told(first)
    DeliveryFactory(id=uuid.uuid4(), allocation=late, round=round_, by=driss)
    matter = Matter.objects.get(kind=Kind.CHAIR_TWICE)
    assert fresh(first.chair).state == Chair.State.DISPUTED
    return one, matter


def whole() -> bool:
    return list(stocktaking.stock_faults()) == [] and list(journal.faults()) == []


@pytest.mark.django_db
def test_both_entries_of_a_dispute_are_set_side_by_side(twice, django_assert_num_queries):
    one, matter = twice
    dispute = settling.dispute_of(matter)
    assert (dispute.first.delivery, dispute.second.delivery) == (one, matter.delivery)
    assert dispute.first.chair == dispute.second.chair == matter.chair
    assert [value for value, _sentence in dispute.options] == ["first", "second", "neither"]
    assert settling.dispute_of(Matter(kind=Kind.CLOCK, delivery=one)) is None


@pytest.mark.django_db
def test_the_first_family_keeps_the_chair(twice, karim):
    one, matter = twice
    settling.handle(matter, by=karim, note=NOTE, decision=Decision.FIRST)
    chair = fresh(matter.chair)
    assert (chair.state, chair.holder) == (Chair.State.HANDED_OVER, one.allocation.need.child)
    assert fresh(one).handed_over_on is not None
    assert fresh(matter.delivery).needs_a_look == ""
    assert fresh(matter.delivery.allocation.need).is_open
    assert whole()


@pytest.mark.django_db
def test_the_second_family_keeps_the_chair_and_the_first_child_waits_again(twice, karim):
    one, matter = twice
    settling.handle(matter, by=karim, note=NOTE, decision=Decision.SECOND)
    second = fresh(matter.delivery)
    chair = fresh(matter.chair)
    assert (chair.state, chair.holder) == (Chair.State.HANDED_OVER, second.allocation.need.child)
    assert (fresh(second.allocation).status, fresh(one.allocation).status) == ("delivered", "released")
    assert (fresh(second.allocation.need).closing, fresh(one.allocation.need).is_open) == ("delivered", True)
    assert (second.handed_over_on, fresh(one).handed_over_on) == (timezone.localdate(), None)
    assert list(Delivery.objects.held()) == [second]  # follow-up goes where the chair is
    assert whole()


@pytest.mark.django_db
def test_neither_family_has_the_chair(twice, karim):
    one, matter = twice
    settling.handle(matter, by=karim, note=NOTE, decision=Decision.NEITHER)
    assert fresh(matter.chair).state == Chair.State.LOST
    assert fresh(one.allocation.need).is_open
    assert not Delivery.objects.held().exists()
    assert whole()


@pytest.mark.django_db
def test_a_decision_is_kept_with_its_name_on_both_children(twice, karim):
    one, matter = twice
    settling.handle(matter, by=karim, note=NOTE, decision=Decision.SECOND)
    settled = JournalEntry.objects.get(act="delivery.settled")
    assert settled.details["decision"] == "second"
    assert settled.subject_id == matter.delivery.allocation.need.child_id
    other = JournalEntry.objects.get(act="dispute.decided")
    assert (other.subject_id, other.actor, other.details["note"]) == (one.allocation.need.child_id, karim, NOTE)
    assert (fresh(matter).decision, fresh(matter).ended_by) == ("second", karim)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"note": " ", "decision": "first"}, stocktaking.ReasonMissing),
        ({"note": NOTE}, settling.DecisionMissing),
        ({"note": NOTE, "decision": "keep_both"}, settling.NotADecision),
    ],
)
def test_a_dispute_needs_a_decision_of_its_own_and_a_reason(twice, karim, said, refusal):
    _one, matter = twice
    with pytest.raises(refusal):
        settling.handle(matter, by=karim, **said)
    assert fresh(matter).is_waiting
    assert fresh(matter.chair).state == Chair.State.DISPUTED


@pytest.mark.django_db
def test_a_dispute_is_not_settled_by_the_way(twice, karim):
    _one, matter = twice
    with pytest.raises(delivering.ToBeDecided):
        delivering.settle(matter.delivery, by=karim, note="vu")


@pytest.mark.django_db
def test_a_dispute_over_two_regions_is_decided_by_who_is_responsible_for_both(twice, karim, person):
    one, matter = twice
    family = one.allocation.need.child.family
    family.province = type(family.province).objects.exclude(region=matter.province.region).first()
    family.save()
    near = person("Near", "coordinator", matter.province.region.iso)
    with pytest.raises(settling.NotYourRegion):
        settling.handle(matter, by=near, note=NOTE, decision=Decision.FIRST)
    settling.handle(matter, by=karim, note=NOTE, decision=Decision.FIRST)


@pytest.mark.django_db
def test_a_child_for_whom_another_chair_is_reserved_keeps_no_second_one(twice, karim):
    _one, matter = twice
    AllocationFactory(need=matter.delivery.allocation.need)
    with pytest.raises(settling.AnotherReserved):
        settling.handle(matter, by=karim, note=NOTE, decision=Decision.SECOND)
    assert fresh(matter).is_waiting


@pytest.mark.django_db
def test_a_dispute_that_the_chair_has_settled_needs_only_a_word(twice, karim):
    _one, matter = twice
    depot = ChairFactory().depot
    stocktaking.record_chair_event(chair=matter.chair, kind="returned", by=karim, depot=depot)
    matter = fresh(matter)
    assert settling.dispute_of(matter).options == ()
    settling.handle(matter, by=karim, note="Rapporté au dépôt")
    assert not fresh(matter).is_waiting


@pytest.mark.django_db
def test_a_chair_that_nobody_had_promised_stays_with_its_family(driss, karim):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    planning.release(stop, by=karim, release="not_reached")
    told(stop)
    matter = Matter.objects.get()
    dispute = settling.dispute_of(matter)
    assert dispute.first is None
    assert [value for value, _sentence in dispute.options] == ["second", "neither"]
    settling.handle(matter, by=karim, note=NOTE, decision=Decision.SECOND)
    assert fresh(stop.chair).holder == stop.need.child
    assert (fresh(stop).status, fresh(stop.need).closing) == ("delivered", "delivered")
    assert whole()


# --- one child, two chairs ----------------------------------------------------------------------------------------


@pytest.fixture
def two_chairs(driss, karim):
    need = NeedFactory()
    late = AllocationFactory(need=need, loaded=True, volunteer=driss)
    planning.release(late, by=karim, release="better_chair")
    first = AllocationFactory(need=need, loaded=True, round=RoundFactory(volunteer=driss, initiative=late.initiative))
    one = told(first)
    told(late)
    return one, Matter.objects.get(kind=Kind.TWO_CHAIRS)


@pytest.mark.django_db
@pytest.mark.parametrize("decision", ["keep_first", "keep_second", "keep_both"])
def test_one_child_with_two_chairs_is_decided_and_stock_says_where_both_are(two_chairs, karim, decision):
    one, matter = two_chairs
    dispute = settling.dispute_of(matter)
    assert (dispute.first.delivery, dispute.second.delivery) == (one, matter.delivery)
    assert dispute.first.chair != dispute.second.chair
    settling.handle(matter, by=karim, note=NOTE, decision=decision)
    child = one.allocation.need.child
    assert {fresh(side.chair).holder for side in (dispute.first, dispute.second)} == {child}
    assert fresh(matter).decision == decision
    assert whole()


@pytest.mark.django_db
def test_a_spare_chair_after_the_meant_one_is_noticed(driss):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    phone = Phone(driss)
    phone.send(entry("delivery", hand_over(stop)))
    spare = ChairFactory()
    phone.send(entry("delivery", hand_over(stop) | {"spare": {"chair": str(spare.number), "reason": "Cassé"}}))
    matter = Matter.objects.get()
    assert (matter.kind, matter.chair) == (Kind.TWO_CHAIRS, spare)


@pytest.mark.django_db
def test_one_hand_over_told_by_two_phones_is_one(driss, karim):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    told(stop)
    told(stop)
    matter = Matter.objects.get()
    assert matter.kind == Kind.TOLD_TWICE
    settling.handle(matter, by=karim, note="Deux téléphones", decision=Decision.SAME)
    assert fresh(stop.chair).holder == stop.need.child
    assert not Delivery.objects.in_doubt().exists()


# --- a chair given in the place of another ------------------------------------------------------------------------


@pytest.fixture
def instead(driss, karim):
    """A spare chair was left because the one meant broke: (stop, spare, matter)."""
    stop = AllocationFactory(loaded=True, volunteer=driss)
    spare = ChairFactory()
    RoundChair.objects.create(round=stop.round, chair=spare, loaded_at=timezone.now(), loaded_by=karim)
    with transaction.atomic():
        stocktaking.append_event(spare, "loaded", by=karim)
    said = hand_over(stop) | {"spare": {"chair": str(spare.number), "reason": "Frein cassé"}}
    Phone(driss).send(entry("delivery", said))
    return stop, fresh(spare), Matter.objects.get(kind=Kind.SPARE)


@pytest.mark.django_db
def test_one_decision_meets_the_need_with_the_chair_given_and_frees_the_one_meant(instead, karim):
    stop, spare, matter = instead
    assert fresh(stop.need).is_open
    settling.handle(matter, by=karim, note=NOTE, decision=Decision.INSTEAD)
    kept, need, meant = fresh(stop), fresh(stop.need), stop.chair
    assert (kept.chair, kept.status, need.closing) == (spare, Allocation.Status.DELIVERED, "delivered")
    assert (kept.facts["chair"], kept.facts["instead_of"]["chair"]) == (spare.label, meant.label)
    assert (kept.facts["score"], kept.facts["choice"]["fit"]["version"]) == (stop.facts["score"], "FIT-1.0")
    assert fresh(matter.delivery).handed_over_on == timezone.localdate()
    assert following_up.due(karim, timezone.localdate() + timedelta(days=20)).get() == matter.delivery
    free = stocktaking.state_of(fresh(meant))
    assert (free.on_the_road, free.is_promised, fresh(meant).holder) == (True, False, None)
    line = JournalEntry.objects.get(act="allocation.met_by_another")
    assert (line.subject_id, line.details["meant"], line.details["chair"]) == (need.child_id, meant.label, spare.label)
    assert whole()
    assert {one.chair: one.difference for one in reckoning.reckon(stop.round)} == {spare: "", meant: "still_out"}
    stocktaking.record_chair_event(chair=fresh(meant), kind="unloaded", by=karim, depot=DepotFactory())
    assert fresh(meant).state == Chair.State.AVAILABLE
    assert whole()


@pytest.mark.django_db
def test_whoever_still_waits_keeps_her_reservation(instead, karim):
    stop, _spare, matter = instead
    with pytest.raises(settling.DecisionMissing):
        settling.handle(matter, by=karim, note=NOTE)
    settling.handle(matter, by=karim, note=NOTE, decision=Decision.STILL_WAITS)
    assert (fresh(stop).status, fresh(stop.need).is_open) == (Allocation.Status.LOADED, True)


@pytest.mark.django_db
@pytest.mark.parametrize("moved", ["released", "brought back"])
def test_what_has_moved_on_since_is_not_decided_here(instead, karim, moved):
    stop, spare, matter = instead
    if moved == "released":
        planning.release(stop, by=karim, release="not_reached")
    else:
        stocktaking.record_chair_event(chair=spare, kind="returned", by=karim, depot=DepotFactory())
    assert settling.options_of(matter, None) == ()
    with pytest.raises(settling.NotADecision):
        settling.handle(matter, by=karim, note=NOTE, decision=Decision.INSTEAD)
    assert fresh(stop.need).is_open


@pytest.mark.django_db
def test_who_keeps_a_disputed_chair_that_was_left_instead_waits_no_more(driss, karim):
    stop, spare = AllocationFactory(loaded=True, volunteer=driss), ChairFactory()  # it was never loaded
    said = hand_over(stop) | {"spare": {"chair": str(spare.number), "reason": "Frein cassé"}}
    Phone(driss).send(entry("delivery", said))
    settling.handle(Matter.objects.get(kind=Kind.CHAIR_TWICE), by=karim, note=NOTE, decision=Decision.SECOND)
    assert (fresh(stop).chair, fresh(stop.need).closing) == (spare, "delivered")
    assert (fresh(spare).holder, stocktaking.state_of(fresh(stop.chair)).is_promised) == (stop.need.child, False)
    assert whole()


def decide_or_release(instead, karim, note=NOTE):
    stop, _spare, matter = instead

    def act(index):
        if index % 2:
            return planning.release(stop, by=karim, release="other", note=note)
        return settling.handle(matter, by=karim, note=note, decision=Decision.INSTEAD)

    return race(6, act)


@pytest.mark.django_db(transaction=True)
def test_a_reservation_is_met_by_another_chair_or_released_never_both(instead, karim):
    results = decide_or_release(instead, karim)
    assert sum(isinstance(result, Matter | Allocation) for result in results) == 1, results
    stop, _spare, _matter = instead
    assert fresh(stop.need).is_open == (fresh(stop).status == Allocation.Status.RELEASED)
    assert stop.chair.events.filter(kind="released").count() == 1
    assert whole()


@pytest.mark.django_db
def test_a_decision_on_what_was_seen_before_the_lock_meets_and_releases_at_once(instead, karim, monkeypatch):
    """The twin: nothing is held, nobody looks again, and somebody releases the reservation in between."""
    stop, _spare, matter = instead
    looked = settling.options_of

    def look_and_be_overtaken(*about):
        options = looked(*about)
        planning.release(stop, by=karim, release="other", note=NOTE)
        return options

    monkeypatch.setattr(settling, "_hold", lambda *_: None)
    monkeypatch.setattr(settling, "_can_stand_in", lambda *_: True)
    monkeypatch.setattr(settling, "options_of", look_and_be_overtaken)
    settling.handle(matter, by=karim, note=NOTE, decision=Decision.INSTEAD)
    acts = {"allocation.released", "allocation.met_by_another"}
    assert set(JournalEntry.objects.filter(act__in=acts).values_list("act", flat=True)) == acts


# --- once, and with no lock in the way ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_decide_at_once_one_decides(twice, karim):
    _one, matter = twice

    def act(index):
        return settling.handle(
            matter, by=karim, note=f"n° {index}", decision=Decision.FIRST if index % 2 else Decision.SECOND
        )

    results = race(8, act)
    assert sum(isinstance(result, Matter) for result in results) == 1
    assert all(
        isinstance(result, Matter | settling.AlreadyHandled | settling.NotADecision | settling.DecisionMissing)
        for result in results
    ), results
    assert JournalEntry.objects.filter(act="dispute.decided").count() == 1
    assert whole()


@pytest.mark.django_db(transaction=True)
def test_settling_an_entry_and_its_matter_at_once_never_locks_up(driss, karim):
    stop = AllocationFactory(loaded=True, volunteer=driss)
    delivery = DeliveryFactory(id=uuid.uuid4(), allocation=stop, by=driss, is_healthy=False)
    matter = Matter.objects.get()

    def act(index):
        if index % 2:
            return delivering.settle(delivery, by=karim, note="vu")
        return settling.handle(matter, by=karim, note="vu")

    results = race(8, act)
    done = [result for result in results if isinstance(result, Matter | Delivery)]
    assert len(done) == 1
    refusals = [result for result in results if result not in done]
    assert all(isinstance(one, settling.AlreadyHandled | delivering.NothingToSettle) for one in refusals), refusals


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is SQLite's own words")
def test_counting_what_waits_reads_the_index_of_what_is_open(karim):
    with connection.cursor() as cursor:
        query, params = Matter.objects.visible_to(karim).waiting().query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {query}", params)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "matter_waiting" in plan


@pytest.mark.django_db
def test_a_matter_cannot_be_ended_by_somebody_without_a_word(karim):
    matter = Matter.objects.create(kind=Kind.GAP, device=None, delivery=DeliveryFactory(), opens_at=timezone.now())
    with pytest.raises(Exception, match="matter_handled_has_note"), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(ended_at=timezone.now() + timedelta(1), ended_by=karim)
