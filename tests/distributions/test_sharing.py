"""Sharing out: the plan on real rows, what staff decide, the lock, the approval."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from beneficiaries import closing
from beneficiaries.models import Census, Need, Region
from distributions import balancing, planning, sharing, weighing
from distributions.models import Allocation, Chair, PlanLock, PlanRule
from distributions.stocktaking import ReasonMissing
from hajar.journal.models import Entry
from tests.factories import (
    AllocationFactory,
    AssessmentFactory,
    ChairFactory,
    ChairModelFactory,
    ChildFactory,
    InitiativeFactory,
    NeedFactory,
    province,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative():
    return InitiativeFactory()


def need_of(points, *, iso="MA-CAS", low=None, **more):
    child = ChildFactory(family__province=province(iso))
    return NeedFactory(child=child, score_low=points if low is None else low, score_high=points, **more)


def plan_of(initiative, user):
    return balancing.plan(weighing.gather(initiative, user=user))


def given(plan):
    return {pair.need.pk: pair.chair.pk for pair in plan.pairs}


def answer(plan, need):
    (found,) = (each for each in plan.left_out if each.need.pk == need.pk)
    return found


# --- the plan --------------------------------------------------------------------------------------------------------


def test_the_neediest_children_get_the_chairs(initiative, karim):
    low, high, middle = need_of(30), need_of(90), need_of(60)
    chairs = [ChairFactory(), ChairFactory()]
    plan = plan_of(initiative, karim)
    assert given(plan).keys() == {high.pk, middle.pk}
    assert {pair.chair for pair in plan.pairs} == set(chairs)
    assert [pair.need.pk for pair in plan.pairs] == [high.pk, middle.pk]
    assert answer(plan, low).code == "outranked"
    assert plan.cost_mad == 19_000
