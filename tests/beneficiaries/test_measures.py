"""Body measures: ranges, wrong units and comparisons."""

import string
from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beneficiaries import measures
from beneficiaries.measures import BY_FIELD, MEASURES, MESSAGES, check

unhurried = settings(deadline=None)  # a busy machine is not a wrong rule

GIRL_OF_NINE = {
    "hip_width_mm": 255,
    "seat_depth_left_mm": 345,
    "seat_depth_right_mm": 350,
    "calf_left_mm": 320,
    "calf_right_mm": 322,
    "rib_height_mm": 190,
    "scapula_height_mm": 310,
    "shoulder_height_mm": 435,
    "trunk_width_mm": 220,
    "axilla_left_mm": 330,
    "axilla_right_mm": 332,
    "pelvis_top_mm": 140,
    "knee_gap_mm": 60,
    "skull_base_mm": 520,
    "seat_bone_mm": 70,
    "elbow_height_mm": 180,
    "shoulder_width_mm": 290,
    "foot_length_mm": 190,
    "mass_kg": Decimal("26.5"),
    "height_cm": Decimal("128.4"),
    "substitute_cm": Decimal("38.5"),
}

HARD = {
    "hip_width_mm": (120, 550),
    "seat_depth_left_mm": (150, 600),
    "seat_depth_right_mm": (150, 600),
    "calf_left_mm": (140, 550),
    "calf_right_mm": (140, 550),
    "rib_height_mm": (80, 400),
    "scapula_height_mm": (150, 550),
    "shoulder_height_mm": (200, 700),
    "axilla_left_mm": (130, 520),
    "axilla_right_mm": (130, 520),
    "trunk_width_mm": (120, 450),
    "pelvis_top_mm": (60, 260),
    "knee_gap_mm": (0, 300),
    "skull_base_mm": (250, 800),
    "seat_bone_mm": (30, 200),
    "elbow_height_mm": (60, 350),
    "shoulder_width_mm": (150, 550),
    "foot_length_mm": (80, 330),
    "mass_kg": (5, 150),
    "height_cm": (60, 200),
    "substitute_cm": (15, 220),
}
IN_TENTHS = ("mass_kg", "height_cm", "substitute_cm")
SOFT = {
    "hip_width_mm": (150, 430),
    "seat_depth_left_mm": (180, 520),
    "seat_depth_right_mm": (180, 520),
    "calf_left_mm": (170, 480),
    "calf_right_mm": (170, 480),
}


def found(values):
    return [(each.field, each.severity, each.key) for each in check(values)]


def test_plausible_measures_raise_nothing():
    assert check(GIRL_OF_NINE) == []


def test_the_table_covers_every_field_once():
    assert set(BY_FIELD) == set(GIRL_OF_NINE)
    assert sum(len(measure.fields) for measure in MEASURES) == len(GIRL_OF_NINE)
    others = ["elbow", "shoulders", "foot", "mass", "height", "substitute"]
    assert [measure.code for measure in MEASURES] == [*"ABCDEFGHIJKL", *others]


def test_units_are_in_the_names_of_the_fields():
    for name, measure in BY_FIELD.items():
        assert name.endswith(f"_{measure.unit}")


def test_depth_calf_and_armpit_have_two_sides():
    assert {measure.code for measure in MEASURES if measure.sides} == {"B", "C", "H"}


@pytest.mark.parametrize("name", HARD)
def test_a_value_outside_the_possible_is_refused_and_the_ends_are_inside(name):
    low, high = HARD[name]
    step = Decimal("0.1") if name in IN_TENTHS else 1
    assert [each[1] for each in found({name: low})] in ([], ["soft"])
    assert [each[1] for each in found({name: high})] in ([], ["soft"])
    assert [each[1] for each in found({name: low - step})] == ["hard"]
    assert [each[1] for each in found({name: high + step})] == ["hard"]


@pytest.mark.parametrize("name", HARD)
def test_a_value_outside_the_usual_is_confirmed_and_the_ends_are_usual(name):
    low, high = SOFT.get(name, HARD[name])
    assert found({name: low}) == []
    assert found({name: high}) == []
    if name in SOFT:
        assert found({name: low - 1}) == [(name, "soft", "measure.unusual")]
        assert found({name: high + 1}) == [(name, "soft", "measure.unusual")]


@pytest.mark.parametrize("name", [name for name in HARD if name.endswith("_mm") and HARD[name][0] > 0])
def test_centimetres_typed_for_millimetres_are_asked_back_with_ten_times_the_value(name):
    (finding,) = check({name: GIRL_OF_NINE[name] // 10})
    assert (finding.field, finding.severity, finding.key) == (name, "hard", "measure.centimetres")
    assert finding.params["suggestion"] == GIRL_OF_NINE[name] // 10 * 10


@pytest.mark.parametrize(("value", "is_asked"), [(0, False), (1, True), (6, True), (19, True), (20, False)])
def test_a_gap_between_the_knees_may_be_nought_but_a_small_one_may_be_centimetres(value, is_asked):
    findings = check({"knee_gap_mm": value})
    asked = [("knee_gap_mm", "soft", "measure.small", value * 10)]
    found_now = [(each.field, each.severity, each.key, each.params["suggestion"]) for each in findings]
    assert found_now == (asked if is_asked else [])


@pytest.mark.parametrize(
    ("name", "now", "is_asked"),
    [
        ("calf_left_mm", 305, False),
        ("calf_left_mm", 304, True),
        ("height_cm", Decimal("126.9"), False),
        ("height_cm", Decimal("126.8"), True),
        ("hip_width_mm", 200, False),
        ("mass_kg", Decimal("20.0"), False),
        ("knee_gap_mm", 20, False),
    ],
)
def test_bones_do_not_become_shorter_but_hips_and_mass_may(name, now, is_asked):
    findings = measures.compare_with_before({name: now}, GIRL_OF_NINE)
    assert [(each.field, each.severity, each.key) for each in findings] == (
        [(name, "soft", "measure.shorter")] if is_asked else []
    )


def test_what_was_not_measured_before_cannot_have_become_shorter():
    assert measures.compare_with_before({"calf_left_mm": 200, "height_cm": None}, {"height_cm": Decimal(128)}) == []


@pytest.mark.parametrize(
    ("value", "key", "suggestion"),
    [
        (12, "measure.centimetres", 120),
        (55, "measure.centimetres", 550),
        (Decimal("25.5"), "measure.centimetres", 255),
        (11, "measure.impossible", None),
        (56, "measure.impossible", None),
        (0, "measure.impossible", None),
        (-25, "measure.impossible", None),
        (2550, "measure.impossible", None),
        (float("nan"), "measure.impossible", None),
        (Decimal("NaN"), "measure.impossible", None),
        (float("inf"), "measure.impossible", None),
    ],
)
def test_the_question_about_units_is_asked_only_if_its_answer_is_possible(value, key, suggestion):
    (finding,) = check({"hip_width_mm": value})
    assert (finding.severity, finding.key, finding.params.get("suggestion")) == ("hard", key, suggestion)


@unhurried
@given(st.sampled_from(sorted(BY_FIELD)), st.decimals(min_value=-10, max_value=3000, places=1))
def test_a_suggestion_is_always_a_possible_value(name, value):
    for finding in check({name: value}):
        if "suggestion" in finding.params:
            low, high = HARD[name]
            assert low <= finding.params["suggestion"] <= high


@pytest.mark.parametrize(
    ("typed", "key", "suggestion"),
    [
        (Decimal("1.28"), "measure.metres", 128),
        (Decimal("1.285"), "measure.metres", Decimal("128.5")),
        (1284, "measure.millimetres", Decimal("128.4")),
    ],
)
def test_a_height_in_metres_or_millimetres_is_asked_back(typed, key, suggestion):
    (finding,) = check({"height_cm": typed})
    assert (finding.severity, finding.key, finding.params["suggestion"]) == ("hard", key, suggestion)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scapula_height_mm": 190}, ("rib_height_mm", "measure.rib_above_scapula")),
        ({"scapula_height_mm": 436}, ("scapula_height_mm", "measure.scapula_above_shoulder")),
        ({"skull_base_mm": 435}, ("shoulder_height_mm", "measure.shoulder_above_skull")),
        ({"pelvis_top_mm": 190}, ("pelvis_top_mm", "measure.pelvis_above_rib")),
        ({"axilla_left_mm": 435}, ("axilla_left_mm", "measure.axilla_above_shoulder")),
        ({"axilla_right_mm": 460}, ("axilla_right_mm", "measure.axilla_above_shoulder")),
        ({"seat_depth_right_mm": 361}, ("seat_depth_left_mm", "measure.seat_depths_differ")),
        ({"calf_right_mm": 304}, ("calf_left_mm", "measure.calves_differ")),
        ({"hip_width_mm": 346}, ("hip_width_mm", "measure.wider_than_deep")),
    ],
)
def test_measures_that_do_not_go_together_are_confirmed(changes, expected):
    name, key = expected
    assert found(GIRL_OF_NINE | changes) == [(name, "soft", key)]


@pytest.mark.parametrize(
    "changes", [{"seat_depth_right_mm": 360}, {"calf_right_mm": 305}, {"hip_width_mm": 345}, {"skull_base_mm": 436}]
)
def test_measures_on_the_edge_of_a_comparison_pass(changes):
    assert check(GIRL_OF_NINE | changes) == []


def test_an_elbow_above_the_shoulder_is_confirmed():
    values = {"elbow_height_mm": 300, "shoulder_height_mm": 300}
    assert found(values) == [("elbow_height_mm", "soft", "measure.elbow_above_shoulder")]
    assert found(values | {"shoulder_height_mm": 301}) == []


def test_the_hip_width_is_compared_with_the_shorter_side():
    assert found(GIRL_OF_NINE | {"hip_width_mm": 347}) == [("hip_width_mm", "soft", "measure.wider_than_deep")]
    assert found({"hip_width_mm": 347, "seat_depth_right_mm": 350}) == []


def test_a_refused_value_takes_part_in_no_comparison():
    values = GIRL_OF_NINE | {"shoulder_height_mm": 43}
    assert found(values) == [("shoulder_height_mm", "hard", "measure.centimetres")]


def test_an_unusual_value_is_still_compared():
    values = GIRL_OF_NINE | {"hip_width_mm": 440}
    assert found(values) == [
        ("hip_width_mm", "soft", "measure.unusual"),
        ("hip_width_mm", "soft", "measure.wider_than_deep"),
    ]


@pytest.mark.parametrize("values", [{}, dict.fromkeys(HARD), dict.fromkeys(HARD, ""), {"remarks": "tired today"}])
def test_missing_measures_and_other_fields_are_not_checked(values):
    assert check(values) == []


@unhurried
@given(st.fixed_dictionaries({name: st.one_of(st.none(), st.integers(-50, 3000)) for name in HARD}))
def test_every_finding_can_be_said(values):
    for finding in check(values):
        template = MESSAGES[finding.key]
        assert finding.field in BY_FIELD
        assert finding.severity in ("hard", "soft")
        assert {name for _, name, _, _ in string.Formatter().parse(template) if name} <= set(finding.params)
        assert "{" not in template.format(**finding.params)


def test_every_message_is_given_by_some_finding():
    given_keys = {
        "measure.impossible",
        "measure.unusual",
        *(key for measure in MEASURES for _, key in measure.slips),
        *(key for _, _, key in (*measures.ORDER, *measures.SIDES)),
        "measure.wider_than_deep",
        "measure.small",
        "measure.shorter",
    }
    assert given_keys == set(MESSAGES)


def test_a_finding_never_changes():
    (finding,) = check({"mass_kg": 200})
    with pytest.raises(FrozenInstanceError):
        finding.severity = "soft"
