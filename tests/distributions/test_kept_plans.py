"""A draft's plan is kept while nothing changes: after any change it is worked out anew, as if nothing had been kept."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from beneficiaries.models import Association
from distributions import balancing, sharing, solver, weighing
from distributions.models import Chair, RegionFloor
from hajar.lib import keeping
from tests.distributions.test_choosing import model_of, need_of
from tests.factories import (
    AllocationFactory,
    AssessmentFactory,
    ChairFactory,
    InitiativeFactory,
    MeasurementFactory,
    PlanRuleFactory,
    PrescriptionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Two children, the needier one first; a chair that both can have for a while, and one too wide for either."""
    cache.clear()
    first, second = (need_of(conditions=["ataxia_telangiectasia"]) for _n in range(2))
    for need, points in ((first, 60), (second, 59)):
        change(need, score_low=points, score_high=points, rank_score=points)
    return {
        "initiative": InitiativeFactory(),
        "first": first,
        "second": second,
        "chair": ChairFactory(model=model_of(posture_class="complex", seat_depth_max_mm=295)),
        "wide": ChairFactory(model=model_of(seat_width_min_mm=400, seat_width_max_mm=420)),
    }


def change(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def told(world, user, **how):
    """All that a plan says."""
    table = weighing.gather(world["initiative"], user=user, **how)
    plan = balancing.plan(table)
    return {
        "worths": table.suits.worths,
        "pairs": [(pair.need.pk, pair.chair.pk, pair.value, pair.suit.fit, pair.suit.points) for pair in plan.pairs],
        "left out": [(each.need.pk, each.code, each.reasons, each.is_passed_over) for each in plan.left_out],
        "idle": [(each.chair.pk, each.reason) for each in plan.idle],
        "floors": plan.unmet_floors,
        "points": plan.value,
    }


def days_go_by(monkeypatch, days):
    later = timezone.localdate() + timedelta(days=days)
    monkeypatch.setattr(timezone, "localdate", lambda *_moment: later)


CHANGES = {
    "a need": lambda world, **_: change(world["second"], rank_score=90),
    "an urgency": lambda world, **_: change(world["second"], is_urgent=True, urgent_since=timezone.localdate()),
    "a first request": lambda world, **_: change(
        world["second"], requested_on=timezone.localdate() - timedelta(days=300)
    ),
    "a need closed": lambda world, **_: change(world["first"], closed_on=timezone.localdate(), closing="declined"),
    "a file closed": lambda world, **_: change(world["first"].child, status="moved"),
    "a measure": lambda world, **_: MeasurementFactory(child=world["first"].child, hip_width_mm=405),
    "an assessment": lambda world, **_: AssessmentFactory(
        child=world["first"].child, complete=True, assessed_on=timezone.localdate(), hip_width_mm=None
    ),
    "a birth date": lambda world, **_: change(
        world["first"].child, born_on=timezone.localdate() - timedelta(days=17 * 365)
    ),
    "a prescription": lambda world, **_: PrescriptionFactory(need=world["first"], posture_class="basic"),
    "how growth slows": lambda world, **_: change(Association.get(), growth_ataxia="0.10"),
    "a chair that comes": lambda world, **_: ChairFactory(model=world["chair"].model),
    "a chair that goes": lambda world, **_: Chair.objects.filter(pk=world["chair"].pk).update(state="in_repair"),
    "an accessory": lambda world, **_: Chair.objects.filter(pk=world["chair"].pk).update(accessories=["cushion"]),
    "a model": lambda world, **_: change(world["chair"].model, posture_class="basic"),
    "a chair promised elsewhere": lambda world, **_: AllocationFactory(need=world["first"]),
    "a child left out": lambda world, **_: PlanRuleFactory(initiative=world["initiative"], need=world["first"]),
    "a pair fixed": lambda world, **_: PlanRuleFactory(
        initiative=world["initiative"], kind="fix", need=world["second"], chair=world["chair"]
    ),
    "a pair forbidden": lambda world, **_: PlanRuleFactory(
        initiative=world["initiative"], kind="forbid", need=world["first"], chair=world["chair"]
    ),
    "a floor": lambda world, **_: RegionFloor.objects.create(
        initiative=world["initiative"], region=world["first"].child.family.province.region, least=2
    ),
    "years": lambda monkeypatch, **_: days_go_by(monkeypatch, 5 * 365),
}


@pytest.mark.parametrize("what", CHANGES)
def test_after_a_change_the_plan_is_the_one_that_was_never_kept(world, karim, monkeypatch, what):
    before = told(world, karim)
    CHANGES[what](world=world, monkeypatch=monkeypatch)
    now = told(world, karim)
    assert now != before
    assert now == told(world, karim, anew=True)


def test_while_nothing_changes_it_is_not_worked_out_again(world, karim, monkeypatch):
    before = told(world, karim)
    monkeypatch.setattr(solver, "solve", lambda *_, **__: pytest.fail("shared out a second time"))
    monkeypatch.setattr(weighing.Suits, "_worth", lambda *_: pytest.fail("judged a second time"))
    assert told(world, karim) == before


def test_a_decision_does_not_judge_the_chairs_anew(world, karim, monkeypatch):
    told(world, karim)
    CHANGES["a child left out"](world=world)
    monkeypatch.setattr(weighing.Suits, "_worth", lambda *_: pytest.fail("judged a second time"))
    assert told(world, karim)["left out"][0][1] == "excluded"


@pytest.mark.parametrize("what", ["a measure", "a prescription", "how growth slows", "a model", "years"])
def test_this_file_sees_a_judgement_that_is_old(world, karim, monkeypatch, what):
    """The planted bug: judgements kept under who is there, and not under what they follow from."""
    monkeypatch.setattr(weighing.Suits, "follows_from", lambda suits: [[*suits.bodies], len(suits.seats)])
    told(world, karim)
    CHANGES[what](world=world, monkeypatch=monkeypatch)
    assert told(world, karim) != told(world, karim, anew=True)


def test_what_is_locked_was_never_kept(world, karim, monkeypatch):
    seen = balancing.plan(weighing.gather(world["initiative"], user=karim)).fingerprint
    asked = []

    def kept(name, follows_from, work_out, *, anew=False):
        asked.append(anew)
        return work_out()

    monkeypatch.setattr(keeping, "kept", kept)
    sharing.lock_plan(world["initiative"], by=karim, version=0, fingerprint=seen)
    assert asked
    assert all(asked)
