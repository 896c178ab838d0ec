"""What lies on the table, the plan that is made of it, and the answer for everybody who is left out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from distributions import balancing, sharing, weighing
from distributions.models import PlanRule
from tests.factories import (
    AllocationFactory,
    AssessmentFactory,
    ChairFactory,
    ChairModelFactory,
    ChildFactory,
    InitiativeFactory,
    NeedFactory,
    RecallFactory,
    province,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative():
    return InitiativeFactory()


def need_of(points, *, iso="MA-CAS", assessment=None, **more):
    child = ChildFactory(family__province=province(iso))
    looked_at = AssessmentFactory(child=child, complete=True, **(assessment or {}))
    return NeedFactory(child=child, assessment=looked_at, score_low=points, score_high=points, **more)


def plan_of(initiative, user):
    return balancing.plan(weighing.gather(initiative, user=user))


def given(plan):
    return {pair.need.pk: pair.chair.pk for pair in plan.pairs}


def answer(plan, need):
    (found,) = (each for each in plan.left_out if each.need.pk == need.pk)
    return found


def test_the_neediest_children_get_the_chairs_in_the_order_of_the_queue(initiative, karim):
    low, high, middle = need_of(30), need_of(90), need_of(60)
    chairs = [ChairFactory(), ChairFactory()]
    plan = plan_of(initiative, karim)
    assert [pair.need.pk for pair in plan.pairs] == [high.pk, middle.pk]
    assert {pair.chair for pair in plan.pairs} == set(chairs)
    assert answer(plan, low).code == "outranked"
    assert plan.cost_mad == 19_000


def test_an_urgent_child_comes_first_whatever_the_points(initiative, karim):
    need_of(100)
    urgent = need_of(5, is_urgent=True, urgent_since=timezone.localdate())
    ChairFactory()
    assert given(plan_of(initiative, karim)).keys() == {urgent.pk}


def test_each_pair_says_why_in_sentences(initiative, karim):
    need_of(90)
    ChairFactory()
    (pair,) = plan_of(initiative, karim).pairs
    assert len(pair.reasons) >= 2
    assert all(isinstance(reason, str) and reason for reason in pair.reasons)


# --- why not this child? ---------------------------------------------------------------------------------------------


def test_a_child_whom_no_chair_fits_is_told_what_is_in_the_way(initiative, karim):
    wide = need_of(90, assessment={"hip_width_mm": 480})
    ChairFactory()
    found = answer(plan_of(initiative, karim), wide)
    assert found.code == "no_fit"
    assert "largeur" in found.reasons[0].lower() or "width" in found.reasons[0].lower()


def test_a_child_who_was_not_measured_is_told_what_to_measure(initiative, karim):
    unmeasured = need_of(90, assessment={"hip_width_mm": None})
    ChairFactory()
    assert answer(plan_of(initiative, karim), unmeasured).code == "to_measure"


def test_a_child_who_is_outranked_is_told_by_whom_and_by_how_much(initiative, karim):
    low, high, chair = need_of(30), need_of(90), ChairFactory()
    found = answer(plan_of(initiative, karim), low)
    assert chair.label in found.reasons[1]
    assert high.child.reference in found.reasons[1]


def test_without_a_free_chair_the_answer_is_that(initiative, karim):
    need = need_of(90)
    assert answer(plan_of(initiative, karim), need).code == "no_chairs"


def test_every_child_left_out_and_every_idle_chair_has_an_answer(initiative, karim):
    for points in range(10, 90, 10):
        need_of(points, assessment={"hip_width_mm": 250 + points})
    ChairFactory()
    ChairFactory(model=ChairModelFactory(seat_width_min_mm=100, seat_width_max_mm=110))
    plan = plan_of(initiative, karim)
    assert len(plan.pairs) == 1
    assert len(plan.left_out) == 7
    assert all(each.reasons and all(each.reasons) for each in plan.left_out)
    assert [bool(each.reason) for each in plan.idle] == [True]


# --- nobody is helped twice ------------------------------------------------------------------------------------------


def test_a_child_to_whom_another_initiative_promised_a_chair_is_left_out(initiative, karim):
    other = AllocationFactory()
    ChairFactory()
    plan = plan_of(initiative, karim)
    assert plan.pairs == ()
    assert answer(plan, other.need).code == "promised"
    assert other.initiative.name in answer(plan, other.need).reasons[0]


def test_a_main_chair_and_a_replacement_are_one_chair(initiative, karim):
    need = need_of(90)
    second = NeedFactory(
        child=need.child, assessment=need.assessment, purpose="replacement", score_low=20, score_high=20
    )
    ChairFactory()
    ChairFactory()
    plan = plan_of(initiative, karim)
    assert given(plan).keys() == {need.pk}
    assert answer(plan, second).code == "promised"


@pytest.mark.parametrize("purpose", ["accessory", "repair"])
def test_a_need_that_is_no_chair_neither_asks_for_one_nor_stands_in_the_way(initiative, karim, purpose):
    need = need_of(90)
    other = NeedFactory(child=need.child, assessment=need.assessment, purpose=purpose)
    chair = ChairFactory()
    plan = plan_of(initiative, karim)
    assert given(plan) == {need.pk: chair.pk}
    assert other.pk not in {each.need.pk for each in plan.left_out}


def test_a_chair_past_its_day_is_not_offered(initiative, karim):
    need_of(90)
    chair = ChairFactory()
    chair.usable_until = timezone.localdate() - timedelta(days=1)
    chair.save()
    assert plan_of(initiative, karim).pairs == ()


def test_a_chair_that_was_called_back_is_not_offered(initiative, karim):
    need_of(90)
    RecallFactory(chair=ChairFactory())
    assert plan_of(initiative, karim).pairs == ()


def test_a_planner_of_one_region_shares_out_among_its_children_and_leaves_others_chairs(initiative, karim, person):
    from hajar.accounts import roles

    here = person("Loubna", roles.COORDINATOR, "MA-06")
    far, near = need_of(90, iso="MA-TAR"), need_of(30)
    kept, free = ChairFactory(), ChairFactory()
    sharing.fix_pair(initiative, need=far, chair=kept, reason="x", by=karim, version=0)
    plan = plan_of(initiative, here)
    assert given(plan) == {near.pk: free.pk}
    assert plan.rules == ()
    assert plan.idle == ()


def test_a_large_chair_is_kept_for_whom_it_will_be_needed(initiative, karim):
    """Both chairs fit the child equally well; the smaller one is spent on her."""
    need = need_of(90)
    large = ChairFactory(model=ChairModelFactory(seat_width_max_mm=420, seat_depth_max_mm=480))
    little = ChairFactory()
    table = weighing.gather(initiative, user=karim)
    assert table.suit(need.pk, large.pk).waste > table.suit(need.pk, little.pk).waste


def test_of_a_very_long_queue_the_first_are_weighed(initiative, karim, monkeypatch):
    monkeypatch.setattr(weighing, "MOST", 2)
    first, second = need_of(90), need_of(80)
    need_of(70)
    table = weighing.gather(initiative, user=karim)
    assert table.is_cut
    assert [seeker.need.pk for seeker in table.seekers] == [first.pk, second.pk]


def test_the_number_of_queries_does_not_grow_with_children_and_chairs(initiative, karim):
    def asked():
        plan_of(initiative, karim)  # what is remembered of the user, and kept of the plan
        with CaptureQueriesContext(connection) as queries:
            plan_of(initiative, karim)
        return len(queries)

    need_of(50)
    ChairFactory()
    one = asked()
    for points in range(15):
        need_of(points)
        ChairFactory()
    assert asked() == one
    assert one <= 16


# --- what a decision changes -----------------------------------------------------------------------------------------


def test_a_decision_says_beforehand_who_loses_and_who_gains(initiative, karim):
    needy, other, chair = need_of(90), need_of(20), ChairFactory()
    table = weighing.gather(initiative, user=karim)
    rule = PlanRule(initiative=initiative, kind="fix", need=other, chair=chair, by=karim)
    effect = balancing.effect_of(table, adding=[rule])
    assert [change.seeker.need.pk for change in effect.lose] == [needy.pk]
    assert [change.seeker.need.pk for change in effect.gain] == [other.pk]
    assert effect.points == -70


def test_a_standing_decision_says_what_it_costs(initiative, karim):
    need_of(90)
    other, chair = need_of(20), ChairFactory()
    rule = sharing.fix_pair(initiative, need=other, chair=chair, reason="x", by=karim, version=0)
    table = weighing.gather(initiative, user=karim)
    costs = balancing.costs_of_rules(table, balancing.plan(table), most=5)
    assert costs[rule.pk].points == -70
    back = balancing.effect_of(table, without=[rule.pk])
    assert back.points == 70


def test_a_decision_that_changes_nothing_says_so(initiative, karim):
    need, chair = need_of(90), ChairFactory()
    table = weighing.gather(initiative, user=karim)
    rule = PlanRule(initiative=initiative, kind="fix", need=need, chair=chair, by=karim)
    assert balancing.effect_of(table, adding=[rule]).is_nothing
