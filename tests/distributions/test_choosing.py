"""What stands in the depots, judged for one child: ranked, left out with a line, after a workshop, to be ordered."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from beneficiaries import measuring
from beneficiaries.models import Association
from distributions import choosing, fitting, growth, planning
from distributions.models import Prescription
from tests.factories import (
    IN_ORDER,
    AllocationFactory,
    AssessmentFactory,
    ChairFactory,
    ChairModelFactory,
    ChildFactory,
    DepotFactory,
    MeasurementFactory,
    NeedFactory,
    PrescriptionFactory,
    RecallFactory,
    UserFactory,
    WorkshopChangeFactory,
)

pytestmark = pytest.mark.django_db

ASSESSED = {
    "daily_ground": "dual",
    "head_control": "partial",
    "trunk_control": "partial",
    "narrowest_door_mm": 720,
    "elbow_height_mm": 170,
    "needs_tilt": "no",
    "swallowing_or_breathing_worse": "no",
}


def need_of(**assessed):
    """A child of eight and a half of whom everything is known, unless told otherwise."""
    child = ChildFactory(sex="F", born_on=timezone.localdate() - timedelta(days=3100))
    assessment = AssessmentFactory(child=child, complete=True, **(ASSESSED | assessed))
    return NeedFactory(child=child, assessment=assessment)


def model_of(**fields):
    return ChairModelFactory(described=True, **fields)


def fitted(model, *accessories):
    """A chair to which something was added since it came."""
    chair = ChairFactory(model=model)
    chair.accessories = list(accessories)
    chair.save(update_fields=["accessories"])
    return chair


def narrower(model, **fields):
    """A workshop that makes the seats of a model narrower."""
    change = {"what": "Rétrécir l'assise", "dimension": "seat_width", "min_mm": 220, "max_mm": 280, "days": 4}
    return WorkshopChangeFactory(model=model, **(change | {"cost_mad": 600} | fields))


# --- From rows to rules ---------------------------------------------------------------------------


def test_the_body_is_what_was_measured_last_and_assessed_last():
    need = need_of(conditions=["ataxia_telangiectasia"])
    MeasurementFactory(child=need.child, hip_width_mm=285, mass_kg="28.0")
    body = choosing.body_of(measuring.known_measures(need.child))
    assert (body.hip_width_mm, body.mass_kg) == (285, Decimal("28.0"))
    assert (body.scapula_height_mm, body.ground, body.narrowest_door_mm) == (300, "dual", 720)
    assert body.has_ataxia
    assert (body.needs_tilt, body.swallowing_worse) == (False, False)


@pytest.mark.parametrize("answer", ["", "unknown", "refused"])
def test_a_question_that_nobody_could_answer_stays_open(answer):
    need = need_of(swallowing_or_breathing_worse=answer, needs_tilt=answer)
    body = choosing.body_of(measuring.known_measures(need.child))
    assert (body.needs_tilt, body.swallowing_worse) == (None, None)


def test_a_child_without_a_complete_assessment_is_a_body_of_which_nothing_is_known():
    assert choosing.body_of(measuring.KnownMeasures()) == fitting.Body()


def test_a_prescription_says_the_posture_and_what_the_chair_must_have():
    need = need_of()
    prescription = PrescriptionFactory(
        need=need, posture_class="basic", supports=["headrest", "seat_wedge"], must_have=["tray"], cushion="custom"
    )
    body = choosing.body_of(measuring.known_measures(need.child), prescription)
    assert body.posture == "basic"
    assert body.supports == {"headrest", "tray", "cushion"}  # a seat wedge is made, not brought along


def test_a_seat_is_its_model_with_what_is_fitted_to_the_chair():
    model = model_of(has_cushion=True, cushion_compressed_mm=40, seat_depth_step_mm=20)
    seat = choosing.seat_of(model, fitted(model, "tray"))
    assert seat.depth == fitting.Range(280, 360, 20)
    assert seat.width == fitting.Range(260, 320, None)
    assert seat.accessories == {"headrest", "tray"}
    assert (seat.has_cushion, seat.cushion_mm) == (True, 40)
    assert choosing.seat_of(model).accessories == {"headrest"}


def test_a_cushion_added_to_a_chair_is_of_unknown_thickness():
    model = model_of(has_cushion=True, cushion_compressed_mm=40)
    seat = choosing.seat_of(model, fitted(model, "cushion"))
    assert (seat.has_cushion, seat.cushion_mm) == (True, None)


def test_a_range_with_one_known_end_promises_nothing_else():
    model = model_of(
        seat_width_min_mm=None, seat_depth_max_mm=None, armrest_height_min_mm=None, armrest_height_max_mm=None
    )
    seat = choosing.seat_of(model)
    assert seat.width == fitting.Range(320, 320, None)
    assert seat.depth == fitting.Range(280, 280, None)
    assert seat.armrest is None


def test_limits_count_the_cushion_and_narrow_fixed_guides():
    model = model_of(has_cushion=True, cushion_compressed_mm=40)
    need = need_of()
    body = choosing.body_of(measuring.known_measures(need.child))
    limits = choosing.limits_of(choosing.seat_of(model), body)
    assert (limits.width_max_mm, limits.depth_max_mm) == (320, 360)
    assert (limits.footrest_max_mm, limits.back_max_mm) == (420, 480)
    assert (limits.back_target, limits.mass_max_kg) == ("E", Decimal(45))
    model.accessories, model.hip_guides_min_mm, model.hip_guides_max_mm = ["hip_guides"], 280, 280
    assert choosing.limits_of(choosing.seat_of(model), body).width_max_mm == 280
    model.hip_guides_min_mm = 240
    assert choosing.limits_of(choosing.seat_of(model), body).width_max_mm == 320


def test_a_chair_of_which_nothing_is_known_has_no_limits():
    limits = choosing.limits_of(fitting.Seat(has_cushion=True), fitting.Body())
    assert limits == growth.Limits(back_target="E")


def test_what_slows_growth_comes_from_the_assessment_with_the_associations_guess():
    need = need_of(conditions=["ataxia_telangiectasia"], growth_factors=["steroids"])
    readings = measuring.growth_readings_of([need.child])[need.child.pk]
    child = choosing.growing_child(need.child, readings, need.assessment, Association(growth_steroids=Decimal("0.4")))
    assert {(each.code, each.value) for each in child.factors} == {
        ("ataxia", Decimal("0.80")),
        ("steroids", Decimal("0.4")),
    }
    assert (child.sex, child.born_on, child.birth_is_exact) == ("F", need.child.born_on, True)
    assert child.readings[0].hip_width_mm == 270


# --- The ranked list ------------------------------------------------------------------------------


def test_chairs_that_fit_are_ranked_by_their_points():
    need = need_of()
    worse = ChairFactory(model=model_of(posture_class="complex"))
    better = ChairFactory(model=model_of())
    choices = choosing.choices_for(need)
    assert [each.chairs[0] for each in choices.fitting] == [better, worse]
    assert choices.fitting[0].points - choices.fitting[1].points == 15
    assert choices.best.chairs == (better,)
    assert choices.excluded == ()


def test_a_tie_goes_to_the_chair_that_lasts_longer_then_to_the_older_then_to_the_number():
    need = need_of()
    today = timezone.localdate()
    short = ChairFactory(model=model_of(seat_depth_max_mm=320, user_mass_max_kg=70))
    new = ChairFactory(model=model_of(seat_depth_max_mm=420, user_mass_max_kg=70))
    old = ChairFactory(model=model_of(seat_depth_max_mm=420, user_mass_max_kg=70))
    undated = ChairFactory(model=model_of(seat_depth_max_mm=420, user_mass_max_kg=70))
    for chair, days in ((new, 10), (old, 400), (short, 900)):
        chair.acquired_on = today - timedelta(days=days)
        chair.save()
    found = choosing.choices_for(need).fitting
    assert len({each.points for each in found}) == 1
    assert [each.chairs[0] for each in found] == [old, new, undated, short]
    assert found[-1].months < 36
    assert all(each.months is None or each.months >= 36 for each in found[:-1])


def test_never_counts_as_three_years_in_a_tie():
    need = need_of()
    roomy = {"seat_depth_max_mm": 600, "seat_to_footrest_max_mm": 600, "backrest_height_max_mm": 900,
             "seat_width_max_mm": 500, "user_mass_max_kg": 150}  # fmt: skip
    never = ChairFactory(model=model_of(**roomy))
    candidate = choosing.judged(need, never)
    assert candidate.knows_months
    assert candidate.months is None
    assert candidate.rank[1] == -36


def test_chairs_alike_are_one_candidate_with_the_oldest_of_each_depot_and_condition():
    model, here = model_of(), DepotFactory()
    ChairFactory(model=model, depot=here)
    oldest = ChairFactory(model=model, depot=here, acquired_on=date(2020, 1, 1))
    elsewhere = ChairFactory(model=model, acquired_on=date(2021, 1, 1))
    other = fitted(model, "tray")
    found = choosing.choices_for(need_of()).fitting
    assert {each.chairs for each in found} == {(oldest, elsewhere), (other,)}
    assert [chair.alike for each in found for chair in each.chairs if chair == oldest] == [2]


def test_the_accessories_of_a_kind_may_be_written_in_any_order():
    model = model_of()
    chairs = fitted(model, "tray", "headrest"), fitted(model, "headrest", "tray")
    (candidate,) = choosing.choices_for(need_of()).fitting
    assert sum(chair.alike for chair in candidate.chairs) == len(chairs)


def test_a_chair_that_is_asked_for_is_found_behind_an_older_one_like_it():
    model, depot = model_of(), DepotFactory()
    oldest, other, asked = (ChairFactory(model=model, depot=depot) for _n in range(3))
    choices = choosing.choices_for(need_of(), chosen=asked.pk)
    assert choices.of(asked.pk) is choices.best
    assert [(chair, chair.alike) for chair in choices.best.chairs] == [(oldest, 2), (asked, 1)]
    assert choices.to_explain(asked.pk) == ""
    assert choices.of(other.pk) is None


def test_only_what_stands_available_and_safe_is_offered():
    AllocationFactory()
    ChairFactory(used=True)
    recalled, expired, last_day = (ChairFactory(model=model_of()) for _n in range(3))
    RecallFactory(chair=recalled)
    today = timezone.localdate()
    for chair, day in ((expired, today - timedelta(days=1)), (last_day, today)):
        chair.usable_until = day
        chair.save(update_fields=["usable_until"])
    choices = choosing.choices_for(need_of())
    assert [each.chairs for each in (*choices.fitting, *choices.excluded)] == [(last_day,)]


def test_a_chair_that_does_not_fit_is_left_out_with_the_line_that_speaks_against_it():
    ChairFactory(model=model_of(seat_width_min_mm=400, seat_width_max_mm=420))
    choices = choosing.choices_for(need_of())
    assert choices.fitting == ()
    (candidate,) = choices.excluded
    assert candidate.fit.excluding.dimension == "width"
    assert "130" in choosing.say(candidate.fit.excluding.reason, candidate.fit.excluding.params)


def test_a_chair_without_dimensions_is_left_out_because_it_cannot_be_judged():
    nothing = {f"{name}_{end}_mm": None for name in choosing.DIMENSIONS for end in ("min", "max")}
    ChairFactory(model=model_of(**nothing, user_mass_max_kg=None, overall_width_mm=None))
    (candidate,) = choosing.choices_for(need_of()).excluded
    assert candidate.fit.overall == "incomplete"
    assert candidate.fit.excluding.reason == "chair.missing"


def test_a_child_who_was_not_measured_is_told_what_is_missing():
    ChairFactory(model=model_of())
    choices = choosing.choices_for(need_of(hip_width_mm=None, posture_level="unknown", mass_kg=None))
    assert choices.fitting == ()
    assert [line.dimension for line in choices.lacking if line.is_core] == ["width", "mass", "posture"]
    assert choices.excluded[0].fit.overall == "incomplete"


def test_a_measure_in_the_wrong_unit_is_told_too():
    choices = choosing.choices_for(need_of(hip_width_mm=27))
    assert [(line.dimension, line.reason) for line in choices.lacking] == [("width", "implausible.hip_width_mm")]
    assert "27" in choosing.say(choices.lacking[0].reason, choices.lacking[0].params)


def test_the_likely_mass_at_the_next_review_is_projected():
    subject = choosing.subject_of(need_of())
    assert subject.body.projected_mass_kg > subject.body.mass_kg
    assert subject.why_no_forecast == ""


def test_a_child_too_young_for_a_forecast_is_judged_without_one():
    need = need_of()
    need.child.born_on = timezone.localdate() - timedelta(days=400)
    need.child.save()
    ChairFactory(model=model_of())
    choices = choosing.choices_for(need)
    assert choices.subject.why_no_forecast == "too_young"
    assert choices.best.outgrow is None
    assert "penalty.months_unknown" in {each.reason for each in choices.best.score.penalties}
    assert choosing.lasts(choices.best) == choosing.say("penalty.months_unknown")


@pytest.mark.parametrize(
    ("model", "departs", "is_possible"),
    [
        ({}, "", True),
        ({"category": "postural_chair"}, "other_kind", True),
    ],
)
def test_another_kind_than_prescribed_is_marked_and_stays(model, departs, is_possible):
    need = need_of()
    PrescriptionFactory(need=need, category="tilt_in_space")
    candidate = choosing.judged(need, ChairFactory(model=model_of(**model)))
    assert (candidate.departs, candidate.is_possible) == (departs, is_possible)


def test_another_model_is_left_out_where_none_may_be_given_instead():
    need, prescribed = need_of(), model_of()
    other, chair = ChairFactory(model=model_of()), ChairFactory(model=prescribed)
    PrescriptionFactory(need=need, model=prescribed, substitution_allowed=False)
    choices = choosing.choices_for(need)
    assert [each.chairs for each in choices.fitting] == [(chair,)]
    assert [each.chairs for each in choices.excluded] == [(other,)]


def test_missing_accessories_cost_from_the_second_on():
    need = need_of()
    PrescriptionFactory(need=need, must_have=["cover"], supports=["headrest", "tray"])
    candidate = choosing.judged(need, ChairFactory(model=model_of()))
    assert candidate.missing == ("cover", "tray")
    assert "accessories" in {each.code for each in candidate.score.penalties}
    helped = choosing.judged(need, fitted(candidate.model, "tray"))
    assert helped.points == candidate.points + 8


# --- The workshop ---------------------------------------------------------------------------------


def test_one_change_that_makes_a_chair_fit_is_named_and_costs_eight():
    model = model_of(seat_width_min_mm=340, seat_width_max_mm=380)
    chair, change = ChairFactory(model=model), narrower(model)
    WorkshopChangeFactory(model=model, what="Monter une tablette", dimension="", min_mm=None, max_mm=None, adds="tray")
    choices = choosing.choices_for(need_of())
    assert choices.fitting == ()
    (after,) = choices.workshop
    assert (after.chairs, after.changes) == ((chair,), (change,))
    assert "workshop" in {each.code for each in after.score.penalties}
    assert (after.cost_mad, after.days) == (600, 4)


def test_all_changes_together_are_tried_where_none_alone_is_enough():
    model = model_of(seat_width_min_mm=340, seat_width_max_mm=380, seat_depth_min_mm=420, seat_depth_max_mm=460)
    ChairFactory(model=model)
    first = narrower(model)
    shorter = WorkshopChangeFactory(
        model=model, what="Raccourcir l'assise", dimension="seat_depth", min_mm=280, max_mm=340, cost_mad=None, days=4
    )
    (after,) = choosing.choices_for(need_of()).workshop
    assert set(after.changes) == {first, shorter}
    assert after.cost_mad is None  # one of them has no price
    assert after.days == 8


def test_a_change_that_helps_nothing_is_not_offered():
    model = model_of(seat_width_min_mm=340, seat_width_max_mm=380)
    ChairFactory(model=model)
    narrower(model, min_mm=330, max_mm=400)
    assert choosing.choices_for(need_of()).workshop == ()


def test_a_change_that_betters_a_chair_that_fits_is_offered_beside_it():
    model = model_of(accessories=[], headrest_height_min_mm=420, headrest_height_max_mm=560)
    ChairFactory(model=model)
    WorkshopChangeFactory(model=model, what="Appui-tête", dimension="", min_mm=None, max_mm=None, adds="headrest")
    choices = choosing.choices_for(need_of())
    assert [line.dimension for line in choices.best.fit.blockers] == ["headrest"]
    assert choices.workshop[0].points == choices.best.points + 40 - 8


# --- What must be explained -----------------------------------------------------------------------


def test_the_best_chair_needs_no_word_and_any_other_does():
    need = need_of()
    best = ChairFactory(model=model_of())
    second = ChairFactory(model=model_of(posture_class="complex"))
    unfit = ChairFactory(model=model_of(seat_width_min_mm=400, seat_width_max_mm=420))
    choices = choosing.choices_for(need)
    assert choices.to_explain(best.pk) == ""
    with translation.override("en"):
        assert choices.to_explain(second.pk).startswith("Another chair suits better")
        assert choices.to_explain(unfit.pk).startswith("This chair does not fit")


def test_a_chair_of_another_kind_than_prescribed_needs_a_word_though_it_be_the_best():
    need = need_of()
    PrescriptionFactory(need=need, category="buggy")
    chair = ChairFactory(model=model_of())
    with translation.override("en"):
        assert choosing.choices_for(need).to_explain(chair.pk).startswith("This is not the chair")


# --- Queries --------------------------------------------------------------------------------------


def test_the_whole_list_costs_the_same_few_queries_with_two_hundred_chairs(django_assert_num_queries):
    need, by = need_of(), UserFactory()
    models = [model_of(), model_of(seat_width_min_mm=400, seat_width_max_mm=420)]
    for model in models:
        WorkshopChangeFactory(model=model)
        ChairFactory(model=model, by=by)
    with django_assert_num_queries(7):
        choosing.choices_for(need)
    chair = ChairFactory(model=models[0], by=by)
    fields = {"model_id": chair.model_id, "depot_id": chair.depot_id, "state": "available"}
    type(chair).objects.bulk_create(type(chair)(number=10_000 + n, **fields) for n in range(200))
    with django_assert_num_queries(7):
        choices = choosing.choices_for(need)
    assert sorted(chair.alike for each in choices.fitting for chair in each.chairs) == [1, 201]  # no row for each


# --- What is frozen, and what blocks the hand-over ------------------------------------------------


def test_a_reservation_freezes_how_the_chair_fits_and_how_long_it_lasts(samira):
    need = need_of()
    allocation = AllocationFactory(need=need, chair=ChairFactory(model=model_of()), by=samira)
    choice = allocation.facts["choice"]
    assert choice["fit"]["version"] == "FIT-1.0"
    assert choice["fit"]["overall"] == "good"
    assert choice["points"] == choosing.judged(need, allocation.chair).points
    assert choice["months"]["version"] == "GROW-1.0"
    assert choice["months"]["known"] is True
    assert choice["months"]["limiting"]
    assert allocation.facts["measures"]["hip_width_mm"] == 270


def blocked(karim, **model):
    """An approved reservation of a chair without the headrest that the child needs."""
    chair = ChairFactory(model=model_of(accessories=[], **model))
    return AllocationFactory(need=need_of(), chair=chair, approver=karim, approved=True)


def test_a_hand_over_is_not_prepared_while_something_stands_against_it(karim):
    allocation = blocked(karim)
    assert len(choosing.open_blockers(allocation)) == 1
    with pytest.raises(planning.HandOverBlocked) as refusal, translation.override("en"):
        planning.prepare(allocation, by=karim, **IN_ORDER)
    assert "headrest" in refusal.value.message


def test_a_headrest_fitted_since_solves_it(karim):
    allocation = blocked(karim)
    allocation.chair.accessories = ["headrest"]
    allocation.chair.save()
    assert choosing.open_blockers(allocation) == []
    assert planning.prepare(allocation, by=karim, **IN_ORDER).status == "prepared"


def test_a_named_person_may_overrule_it_with_a_reason(karim, nadia):
    allocation = blocked(karim)
    allocation = choosing.overrule_blockers(allocation, by=nadia, reason=" Appui-tête commandé, posé au domicile. ")
    assert choosing.open_blockers(allocation) == []
    decision = choosing.overruled(allocation)["headrest"]
    assert (decision["by"], decision["reason"]) == (str(nadia.pk), "Appui-tête commandé, posé au domicile.")
    entry = allocation.history()[0]
    assert (entry.act, entry.actor) == ("allocation.fit_overruled", nadia)
    assert entry.details["against"] == ["headrest"]
    assert planning.prepare(allocation, by=karim, **IN_ORDER).status == "prepared"


def test_overruling_one_thing_overrules_nothing_that_is_found_later(karim, nadia):
    allocation = choosing.overrule_blockers(blocked(karim), by=nadia, reason="Appui-tête commandé.")
    PrescriptionFactory(need=allocation.need, must_have=["tray"])
    with translation.override("en"):
        (against,) = choosing.open_blockers(allocation)
    assert "tray" in against
    allocation = choosing.overrule_blockers(allocation, by=nadia, reason="Tablette commandée.")
    assert choosing.overruled(allocation)["headrest"]["reason"] == "Appui-tête commandé."
    assert choosing.overruled(allocation).keys() == {"headrest", "accessory:tray"}


def test_overruling_needs_a_reason_and_something_to_overrule(karim, nadia):
    allocation = blocked(karim)
    with pytest.raises(choosing.OverruleNeedsReason):
        choosing.overrule_blockers(allocation, by=nadia, reason="  ")
    choosing.overrule_blockers(allocation, by=nadia, reason="Essayé.")
    with pytest.raises(choosing.NothingToOverrule):
        choosing.overrule_blockers(allocation, by=nadia, reason="Encore.")


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("likely", "words"),
    [
        (None, "It is likely to serve until the child is 18."),
        (0, "It is too small today or within the month."),
        (1, "It is likely to serve for 1 month."),
        (20, "It is likely to serve for 20 months."),
    ],
)
def test_how_long_a_chair_lasts_is_one_sentence(likely, words):
    need = need_of()
    candidate = choosing.judged(need, ChairFactory(model=model_of()))
    window = growth.Window(likely, likely, likely)
    outgrow = growth.Outgrow(timezone.localdate(), window, window, "", "", ())
    with translation.override("en"):
        assert choosing.lasts(choosing.replace(candidate, outgrow=outgrow)) == words


def test_a_reason_that_no_rule_knows_any_more_says_nothing():
    assert choosing.say("fit.of_old") == ""
    assert choosing.say_growth("grow.of_old") == ""


def test_the_latest_prescription_counts():
    need = need_of()
    PrescriptionFactory(need=need, category="buggy")
    latest = PrescriptionFactory(need=need, category="tilt_in_space")
    assert choosing.subject_of(need).prescription == latest
    assert Prescription.objects.filter(need=need).count() == 2
