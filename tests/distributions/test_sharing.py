"""Sharing out: what staff decide about a plan, the lock, the approval by a second person."""

import json
from decimal import Decimal

import pytest

from beneficiaries import closing
from beneficiaries.models import Census, Need, Region
from distributions import balancing, choosing, planning, sharing, stocktaking, weighing
from distributions.models import Allocation, Chair, ChairEvent, PlanLock, PlanRule, RegionFloor
from distributions.stocktaking import ReasonMissing
from hajar.journal import recording as journal
from hajar.journal.models import Entry
from tests.factories import (
    AllocationFactory,
    ChairFactory,
    ChildFactory,
    InitiativeFactory,
    MeasurementFactory,
    NeedFactory,
    province,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative():
    return InitiativeFactory()


def need_of(points, *, iso="MA-CAS", **more):
    return NeedFactory(child=ChildFactory(family__province=province(iso)), score_low=points, score_high=points, **more)


def plan_of(initiative, user):
    return balancing.plan(weighing.gather(initiative, user=user))


def given(plan):
    return {pair.need.pk: pair.chair.pk for pair in plan.pairs}


def lock(initiative, user):
    initiative.refresh_from_db()
    fingerprint = plan_of(initiative, user).fingerprint
    return sharing.lock_plan(initiative, by=user, version=initiative.plan_version, fingerprint=fingerprint)


# --- decisions -------------------------------------------------------------------------------------------------------


def test_a_fixed_pair_stands_against_the_rule_and_keeps_its_reason_and_name(initiative, karim):
    needy, other, chair = need_of(90), need_of(20), ChairFactory()
    rule = sharing.fix_pair(
        initiative, need=other, chair=chair, reason=" Fauteuil fait pour elle. ", by=karim, version=0
    )
    assert given(plan_of(initiative, karim)) == {other.pk: chair.pk}
    assert (rule.reason, rule.by) == ("Fauteuil fait pour elle.", karim)
    entry = Entry.objects.get(act="plan.decided")
    assert entry.actor == karim
    assert entry.subject_id == other.child_id
    assert entry.details["reason"] == "Fauteuil fait pour elle."
    assert needy.pk not in given(plan_of(initiative, karim))


def test_a_forbidden_pair_is_not_proposed(initiative, karim):
    need, chair = need_of(90), ChairFactory()
    sharing.forbid_pair(initiative, need=need, chair=chair, reason="Couleur refusée", by=karim, version=0)
    plan = plan_of(initiative, karim)
    assert plan.pairs == ()
    assert plan.left_out[0].code == "forbidden"
    assert "Couleur refusée" in plan.left_out[0].reasons[0]


def test_an_excluded_child_and_an_excluded_chair_stay_out(initiative, karim):
    away, there = need_of(90), need_of(50)
    broken, fine = ChairFactory(), ChairFactory()
    sharing.exclude_need(initiative, need=away, reason="En voyage", by=karim, version=0)
    sharing.exclude_chair(initiative, chair=broken, reason="Frein à revoir", by=karim, version=1)
    plan = plan_of(initiative, karim)
    assert given(plan) == {there.pk: fine.pk}
    assert [each.code for each in plan.left_out] == ["excluded"]
    assert "Frein à revoir" in plan.idle[0].reason


def test_a_swap_is_one_decision_and_takes_the_place_of_earlier_ones(initiative, karim):
    one, other = need_of(90), need_of(50)
    first, second = ChairFactory(), ChairFactory()
    before = sharing.fix_pair(initiative, need=one, chair=first, reason="a", by=karim, version=0)
    sharing.swap(initiative, first=(one, second), second=(other, first), reason="Taille", by=karim, version=1)
    assert given(plan_of(initiative, karim)) == {one.pk: second.pk, other.pk: first.pk}
    before.refresh_from_db()
    initiative.refresh_from_db()
    assert before.taken_back_at
    assert initiative.plan_version == 2


def test_a_decision_taken_back_counts_no_more_and_is_not_forgotten(initiative, karim):
    need, chair = need_of(90), ChairFactory()
    rule = sharing.forbid_pair(initiative, need=need, chair=chair, reason="x", by=karim, version=0)
    sharing.take_back_rule(rule, reason="Erreur", by=karim, version=1)
    assert given(plan_of(initiative, karim)) == {need.pk: chair.pk}
    assert Entry.objects.get(act="plan.decision_taken_back").details["why"] == "Erreur"
    with pytest.raises(sharing.RuleIsGone):
        sharing.take_back_rule(rule, reason="Erreur", by=karim, version=2)


def test_a_decision_needs_a_reason(initiative, karim):
    with pytest.raises(ReasonMissing):
        sharing.exclude_need(initiative, need=need_of(50), reason="  ", by=karim, version=0)


def test_who_decides_on_an_older_plan_is_told(initiative, karim, nadia):
    need, other = need_of(90), need_of(50)
    sharing.exclude_need(initiative, need=need, reason="a", by=karim, version=0)
    with pytest.raises(sharing.PlanChanged) as refusal:
        sharing.exclude_need(initiative, need=other, reason="b", by=nadia, version=0)
    assert refusal.value.message
    assert PlanRule.objects.count() == 1


def test_a_decision_that_contradicts_another_is_refused(initiative, karim):
    need, other, chair, spare = need_of(90), need_of(50), ChairFactory(), ChairFactory()
    sharing.fix_pair(initiative, need=need, chair=chair, reason="a", by=karim, version=0)
    told = {"reason": "b", "by": karim, "version": 1}
    with pytest.raises(sharing.AlreadyDecided):
        sharing.fix_pair(initiative, need=need, chair=spare, **told)
    with pytest.raises(sharing.AlreadyDecided):
        sharing.fix_pair(initiative, need=other, chair=chair, **told)
    with pytest.raises(sharing.Contradiction):
        sharing.forbid_pair(initiative, need=need, chair=chair, **told)
    with pytest.raises(sharing.Contradiction):
        sharing.exclude_need(initiative, need=need, **told)
    with pytest.raises(sharing.Contradiction):
        sharing.exclude_chair(initiative, chair=chair, **told)


def test_nothing_is_decided_about_who_no_longer_waits_or_a_chair_that_is_gone(initiative, karim):
    need, chair = need_of(90), ChairFactory()
    stocktaking.record_chair_event(chair=chair, kind="lost", by=karim, note="perdu")
    with pytest.raises(sharing.NotFree):
        sharing.fix_pair(initiative, need=need, chair=chair, reason="a", by=karim, version=0)
    closing.close_need(need, by=karim, closing="declined")
    with pytest.raises(sharing.NotWaiting):
        sharing.exclude_need(initiative, need=need, reason="a", by=karim, version=0)


def test_a_floor_is_set_changed_and_taken_away(initiative, karim):
    souss = Region.objects.get(iso="MA-09")
    sharing.set_floor(initiative, region=souss, least=3, by=karim, version=0)
    sharing.set_floor(initiative, region=souss, least=1, by=karim, version=1)
    north, south = need_of(90), need_of(20, iso="MA-TAR")
    chair = ChairFactory()
    assert given(plan_of(initiative, karim)) == {south.pk: chair.pk}
    sharing.set_floor(initiative, region=souss, least=0, by=karim, version=2)
    assert given(plan_of(initiative, karim)) == {north.pk: chair.pk}
    assert not RegionFloor.objects.exists()


# --- the lock --------------------------------------------------------------------------------------------------------


def test_the_lock_reserves_every_pair_and_freezes_the_facts(initiative, karim):
    first, second, last = need_of(90), need_of(60), need_of(30)
    ChairFactory()
    ChairFactory()
    kept = lock(initiative, karim)
    initiative.refresh_from_db()
    assert initiative.state == "locked"
    rows = list(initiative.allocations.order_by("plan_order"))
    assert [(row.need_id, row.plan_order, row.status) for row in rows] == [
        (first.pk, 1, "proposed"),
        (second.pk, 2, "proposed"),
    ]
    facts = rows[0].facts
    assert facts["score"] == "90"
    assert facts["measures"]["hip_width_mm"] == 270
    assert facts["plan"]["versions"] == {
        "need": "NEED-1.0",
        "fit": "FIT-1.0",
        "growth": "GROW-1.0",
        "share": "SHARE-1.0",
    }
    assert facts["plan"]["stock"] == 2
    assert facts["choice"]["fit"]["version"] == "FIT-1.0"
    assert [line["need"] for line in kept.facts["left_out"]] == [str(last.pk)]
    assert kept.facts["left_out"][0]["why"]
    assert {row.chair.state for row in initiative.allocations.select_related("chair")} == {"reserved"}
    assert list(stocktaking.stock_faults()) == []
    assert list(journal.faults()) == []


def test_the_lock_takes_the_days_census(initiative, karim):
    need = need_of(90)
    ChairFactory()
    lock(initiative, karim)
    census = Census.objects.get()
    assert census.first[0]["reference"] == need.child.reference


def test_the_measures_of_a_locked_pair_stay_as_they_were(initiative, karim):
    need = need_of(90)
    ChairFactory()
    lock(initiative, karim)
    need.score_low = need.score_high = 10
    need.save()
    assert initiative.allocations.get().facts["score"] == "90"


def test_the_lock_keeps_what_a_single_reservation_would_and_judges_nobody_twice(initiative, karim, monkeypatch):
    need = need_of(90)
    chair = ChairFactory()
    kept = choosing.judged(Need.objects.get(pk=need.pk), Chair.objects.get(pk=chair.pk))
    alone = json.loads(json.dumps(choosing.frozen(kept)))
    monkeypatch.setattr(choosing, "judged", lambda *_: pytest.fail("judged a second time"))
    lock(initiative, karim)
    assert initiative.allocations.get().facts["choice"] == alone


@pytest.mark.parametrize("comes", ["a measure", "an accessory"])
def test_what_changes_while_the_plan_is_made_is_looked_at_again(initiative, karim, monkeypatch, comes):
    need = need_of(90)
    chair = ChairFactory()
    seen = plan_of(initiative, karim).fingerprint
    hold = sharing._lock_rows

    def after_the_judgement(pairs):
        if comes == "a measure":
            MeasurementFactory(child=need.child)
        else:
            Chair.objects.filter(pk=chair.pk).update(accessories=["tray"])
        hold(pairs)

    monkeypatch.setattr(sharing, "_lock_rows", after_the_judgement)
    with pytest.raises(sharing.FactsChanged):
        sharing.lock_plan(initiative, by=karim, version=0, fingerprint=seen)
    assert not Allocation.objects.exists()


def test_only_the_plan_that_was_looked_at_is_locked(initiative, karim):
    need_of(60)
    ChairFactory()
    seen = plan_of(initiative, karim).fingerprint
    need_of(90)  # comes meanwhile and gets the chair
    with pytest.raises(sharing.FactsChanged):
        sharing.lock_plan(initiative, by=karim, version=0, fingerprint=seen)
    assert not Allocation.objects.exists()
    assert not PlanLock.objects.exists()


def test_the_second_of_two_who_lock_is_told(initiative, karim, nadia):
    need_of(60)
    ChairFactory()
    seen = plan_of(initiative, karim).fingerprint
    sharing.lock_plan(initiative, by=karim, version=0, fingerprint=seen)
    with pytest.raises(sharing.PlanIsLocked):
        sharing.lock_plan(initiative, by=nadia, version=0, fingerprint=seen)


def test_a_plan_that_passes_over_a_child_of_whom_too_much_is_unknown_cannot_be_locked(initiative, karim):
    """She stands first by the high end of her interval; a decision sends the chair to somebody after her."""
    unknown = need_of(90)
    unknown.score_low = 40
    unknown.save()
    certain, chair = need_of(80, is_urgent=True, urgent_since="2026-01-01"), ChairFactory()
    after = need_of(30)
    ChairFactory()
    sharing.forbid_pair(initiative, need=certain, chair=chair, reason="x", by=karim, version=0)
    plan = plan_of(initiative, karim)
    assert unknown.pk in given(plan)
    assert not plan.passed_over
    sharing.set_floor(initiative, region=Region.objects.get(iso="MA-09"), least=1, by=karim, version=1)
    south = need_of(20, iso="MA-TAR")
    plan = plan_of(initiative, karim)
    assert given(plan).keys() == {certain.pk, south.pk}
    assert [each.need.pk for each in plan.passed_over] == [unknown.pk]
    assert after.pk not in given(plan)
    with pytest.raises(sharing.PassesOver) as refusal:
        lock(initiative, karim)
    assert unknown.child.reference in refusal.value.message
    sharing.exclude_need(initiative, need=unknown, reason="Part en Espagne", by=karim, version=2)
    lock(initiative, karim)


def test_an_empty_plan_is_not_locked(initiative, karim):
    need_of(60)
    with pytest.raises(sharing.NothingToShare):
        lock(initiative, karim)


def test_decisions_end_with_the_lock(initiative, karim):
    need, _chair = need_of(60), ChairFactory()
    lock(initiative, karim)
    with pytest.raises(sharing.PlanIsLocked):
        sharing.exclude_need(initiative, need=need, reason="x", by=karim, version=1)


def test_a_plan_taken_back_frees_what_nobody_approved(initiative, karim, nadia):
    first, second = need_of(90), need_of(60)
    ChairFactory()
    ChairFactory()
    lock(initiative, karim)
    sharing.unlock_plan(initiative, by=karim, reason="Un fauteuil arrive demain")
    initiative.refresh_from_db()
    assert initiative.state == "draft"
    assert not Allocation.objects.live().exists()
    assert given(plan_of(initiative, karim)).keys() == {first.pk, second.pk}
    assert ChairEvent.objects.filter(kind="released").count() == 2
    lock(initiative, karim)
    assert Allocation.objects.live().count() == 2


def test_a_locked_plan_goes_back_to_the_draft_on_its_own_page_alone(initiative, karim):
    """Else its reservations would stay behind, and a second lock would find their chairs taken."""
    need_of(90), ChairFactory()
    lock(initiative, karim)
    with pytest.raises(planning.PlanHoldsReservations):
        planning.move_initiative(initiative, to="draft", by=karim)
    sharing.unlock_plan(initiative, by=karim, reason="Un fauteuil arrive demain")
    initiative.refresh_from_db()
    assert initiative.state == "draft"


def test_a_closed_file_leaves_every_plan_at_once(karim):
    drafted, locked = InitiativeFactory(), InitiativeFactory()
    need, chair = need_of(90), ChairFactory()
    sharing.fix_pair(drafted, need=need, chair=chair, reason="x", by=karim, version=0)
    lock(locked, karim)
    closing.close_child(need.child, by=karim, status="deceased", confirmed=True)
    assert not Allocation.objects.live().exists()
    assert sharing.lines_to_approve(locked, user=karim) == []
    plan = plan_of(drafted, karim)
    assert plan.pairs == ()
    assert [each.seeker for each in plan.left_out] == []
    assert plan.idle_rules == {drafted.plan_rules.get().pk}


# --- the approval ----------------------------------------------------------------------------------------------------


@pytest.fixture
def locked(initiative, karim):
    """A plan of four, 9 500 MAD each, that Karim locked."""
    for points in (90, 70, 50, 30):
        need_of(points)
        ChairFactory()
    lock(initiative, karim)
    initiative.refresh_from_db()
    return initiative


def statuses(initiative):
    return list(initiative.allocations.order_by("plan_order").values_list("status", flat=True))


def test_a_second_person_approves_the_first_so_many(locked, nadia):
    approved = sharing.approve_plan(locked, by=nadia, count=2)
    assert len(approved) == 2
    assert statuses(locked) == ["approved", "approved", "proposed", "proposed"]
    locked.refresh_from_db()
    assert locked.state == "approved"
    sharing.approve_plan(locked, by=nadia, count=1)
    assert statuses(locked) == ["approved", "approved", "approved", "proposed"]


def test_a_sum_pays_for_the_first_of_the_order(locked, nadia):
    sharing.approve_plan(locked, by=nadia, budget_mad=Decimal(28_400))
    assert statuses(locked) == ["approved", "approved", "proposed", "proposed"]


def test_a_sum_that_pays_for_nobody_approves_nobody(locked, nadia):
    with pytest.raises(sharing.NothingToApprove):
        sharing.approve_plan(locked, by=nadia, budget_mad=Decimal(100))


def test_an_unknown_price_is_not_taken_for_nothing(locked, nadia):
    model = locked.allocations.get(plan_order=2).chair.model
    model.price_mad = None
    model.save()
    with pytest.raises(sharing.PriceMissing):
        sharing.approve_plan(locked, by=nadia, budget_mad=Decimal(28_400))


def test_who_locked_the_plan_does_not_approve_it(locked, karim):
    with pytest.raises(planning.SamePerson):
        sharing.approve_plan(locked, by=karim, count=1)


def test_choosing_out_of_order_needs_a_reason_which_stays_with_the_name(locked, nadia):
    third = locked.allocations.get(plan_order=3)
    with pytest.raises(sharing.OrderNeedsReason):
        sharing.approve_plan(locked, by=nadia, chosen={third.pk})
    sharing.approve_plan(locked, by=nadia, chosen={third.pk}, reason="Rentrée scolaire lundi")
    third.refresh_from_db()
    assert (third.order_overruled, third.approved_by) == ("Rentrée scolaire lundi", nadia)
    assert statuses(locked) == ["proposed", "proposed", "approved", "proposed"]
    first = locked.allocations.get(plan_order=1)
    sharing.approve_plan(locked, by=nadia, chosen={first.pk})
    first.refresh_from_db()
    assert first.order_overruled == ""


def test_a_child_of_whom_too_much_is_unknown_is_not_overtaken(locked, nadia):
    first = locked.allocations.get(plan_order=1)
    first.need.score_low = 10
    first.need.save()
    second = locked.allocations.get(plan_order=2)
    with pytest.raises(sharing.PassesOver):
        sharing.approve_plan(locked, by=nadia, chosen={second.pk}, reason="Plus simple")


def test_a_draft_is_not_approved(initiative, nadia):
    with pytest.raises(sharing.PlanNotLocked):
        sharing.approve_plan(initiative, by=nadia, count=1)


def test_an_approver_of_one_region_approves_only_there(locked, person):
    from hajar.accounts import roles

    elsewhere = person("Loubna", roles.COORDINATOR, "MA-09")
    with pytest.raises(sharing.NothingToApprove):
        sharing.approve_plan(locked, by=elsewhere, count=4)


def test_a_reservation_made_by_hand_is_no_line_of_the_plan(locked, karim, nadia):
    AllocationFactory(initiative=locked, by=karim)
    sharing.approve_plan(locked, by=nadia, count=9)
    assert locked.allocations.filter(status="approved").count() == 4
