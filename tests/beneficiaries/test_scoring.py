"""NEED-1.0: its six test vectors, the decisions that complete it (N1 to N17), and what holds for any answers."""

import ast
import functools
import json
import string
import uuid
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beneficiaries import scoring
from beneficiaries.scoring import ACCEPTED, CHAIR_QUESTIONS, REASONS, Answers, score

unhurried = settings(deadline=None)  # a busy machine is not a wrong rule

TODAY = date(2026, 12, 3)

BEST = Answers(
    mobility="independent",
    has_chair="yes",
    **dict.fromkeys(CHAIR_QUESTIONS, "yes"),
    injury="none",
    cannot_feel="no",
    risk_cannot_move="no",
    risk_moisture="no",
    risk_poor_posture="no",
    risk_poor_diet="no",
    risk_weight="no",
    swallowing_or_breathing_worse="no",
    pain_or_deformity="no",
    posture_level="basic",
    progression="static",
    out_of_school="no",
    missed_treatment="no",
    mass_kg=Decimal("14.0"),
    lifts_per_day=0,
    carer_pain=0,
    sole_or_burdened_carer="no",
    falls_or_breathing_trouble_in_seat="no",
    lost_chair_full_time_user="no",
    palliative="no",
    discharge_depends="no",
)
WORST = Answers(
    mobility="lifted",
    has_chair="no",
    **dict.fromkeys(CHAIR_QUESTIONS, "no"),
    injury="stage_4",
    cannot_feel="yes",
    risk_cannot_move="yes",
    risk_moisture="yes",
    risk_poor_posture="yes",
    risk_poor_diet="yes",
    risk_weight="yes",
    swallowing_or_breathing_worse="yes",
    pain_or_deformity="yes",
    posture_level="complex",
    progression="rapid",
    out_of_school="yes",
    missed_treatment="yes",
    mass_kg=Decimal("60.0"),
    lifts_per_day=12,
    carer_pain=9,
    sole_or_burdened_carer="yes",
    falls_or_breathing_trouble_in_seat="yes",
    lost_chair_full_time_user="yes",
    palliative="yes",
    discharge_depends="yes",
)
UNKNOWN = Answers()

V1 = replace(
    BEST,
    mobility="lifted",
    has_chair="no",
    risk_cannot_move="yes",
    risk_poor_posture="yes",
    risk_poor_diet="yes",
    swallowing_or_breathing_worse="yes",
    posture_level="intermediate",
    progression="progressive",
    out_of_school="yes",
    missed_treatment="yes",
    mass_kg=Decimal("26.0"),
    lifts_per_day=8,
)
V2 = replace(
    BEST,
    mobility="lifted",
    chair_meets_needs="no",
    chair_fits="no",
    chair_is_safe="no",
    injury="stage_2",
    swallowing_or_breathing_worse="yes",
    pain_or_deformity="yes",
    posture_level="complex",
    out_of_school="yes",
    mass_kg=Decimal("34.0"),
    lifts_per_day=6,
)
V3 = replace(
    BEST,
    mobility="unsteady",
    has_chair="no",
    progression="progressive",
    mass_kg=Decimal("21.4"),
    sole_or_burdened_carer="yes",
)
V6 = replace(V1, swallowing_or_breathing_worse="unknown", out_of_school="unknown", lifts_per_day=None)

VECTORS = {
    "V1": (V1, [25, 20, 8, 6, 6, 13], 78, "high", False),
    "V2": (V2, [25, 12, 20, 10, 0, 9], 76, "high", True),
    "V3": (V3, [8, 8, 0, 0, 6, 2], 24, "planned", False),
    "V4": (WORST, [25, 20, 20, 10, 10, 15], 100, "high", True),
    "V5": (BEST, [0, 0, 0, 0, 0, 0], 0, "planned", False),
}

# Each question's answers from best to worst; answers of equal weight in any order.
GRADED = {name: ("no", "yes") for name in ACCEPTED} | {
    "mobility": ("independent", "unsteady", "short_distance", "cannot_walk", "lifted"),
    "has_chair": ("yes", "no"),
    **dict.fromkeys(CHAIR_QUESTIONS, ("yes", "no")),
    "chair_cushion_relieves": ("not_applicable", "yes", "no"),
    "injury": (
        "none",
        "past",
        "stage_1",
        "stage_2",
        "stage_3",
        "stage_4",
        "unstageable",
        "deep_tissue",
    ),
    "posture_level": ("basic", "intermediate", "complex"),
    "progression": ("static", "progressive", "progressive_unknown_rate", "rapid"),
    "mass_kg": tuple(Decimal(n) / 10 for n in (140, 199, 200, 201, 600)),
    "lifts_per_day": (0, 1, 4, 5, 12),
    "carer_pain": (0, 4, 5, 10),
}
NUMBERS = ("mass_kg", "lifts_per_day", "carer_pain")
NOT_KNOWN = {name: ("", "unknown", "refused", None) for name in ACCEPTED} | dict.fromkeys(NUMBERS, (None,))


def known_answers():
    return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in GRADED.items()})


def any_answers():
    return st.fixed_dictionaries(
        {name: st.sampled_from((*values, *NOT_KNOWN[name])) for name, values in GRADED.items()}
    ).map(lambda given: Answers(**given))


def part(answers, code):
    found = next(each for each in score(answers).parts if each.code == code)
    return found.low, found.high


def is_known(answers, name):
    return getattr(answers, name) not in NOT_KNOWN[name]


# --- The test vectors ------------------------------------------------------------------------


@pytest.mark.parametrize("name", VECTORS)
def test_a_test_vector_holds_part_by_part(name):
    answers, parts, total, band, urgent = VECTORS[name]
    result = score(answers)
    assert [(each.low, each.high) for each in result.parts] == [(n, n) for n in parts]
    assert (result.low, result.high) == (total, total)
    assert result.bands == (band, band)
    assert result.urgent is urgent


def test_v6_is_an_interval_of_thirteen_and_can_be_ranked():
    result = score(V6)
    assert [(each.low, each.high) for each in result.parts] == [(25, 25), (20, 20), (4, 8), (6, 6), (6, 6), (4, 13)]
    assert (result.low, result.high) == (65, 78)
    assert not result.incomplete
    assert result.band_name == "high"


def test_the_result_names_its_version_and_its_six_parts():
    result = score(BEST)
    assert result.version == "NEED-1.0"
    assert [(each.code, each.maximum) for each in result.parts] == [
        ("A", 25),
        ("B", 20),
        ("C", 20),
        ("D", 10),
        ("E", 10),
        ("F", 15),
    ]
    assert [each.name for each in result.parts] == list(scoring.PART_NAMES)


# --- N1: carrying load ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mass", "lifts", "pain", "expected"),
    [
        ("21.4", 0, 0, (0, 0)),  # heavy enough, but walks
        ("19.9", 4, 4, (0, 0)),
        ("20.0", 1, 0, (4, 4)),
        ("12.0", 5, 0, (4, 4)),
        ("12.0", 0, 5, (4, 4)),
        ("60.0", 9, 9, (4, 4)),  # once, not three times
        ("20.0", None, 0, (0, 4)),
        ("12.0", None, 0, (0, 4)),
        ("20.0", None, 5, (4, 4)),
        (None, 1, 0, (0, 4)),
        (None, 0, 0, (0, 0)),
        (None, 5, None, (4, 4)),
        ("12.0", 1, None, (0, 4)),
    ],
)
def test_mass_counts_as_load_only_if_the_child_is_lifted(mass, lifts, pain, expected):
    answers = replace(BEST, mass_kg=mass and Decimal(mass), lifts_per_day=lifts, carer_pain=pain)
    assert part(answers, "F") == expected


# --- N2: the present chair ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mobility", "noes", "expected"),
    [
        ("independent", 5, 0),
        ("unsteady", 1, 4),
        ("unsteady", 2, 8),
        ("unsteady", 5, 8),
        ("short_distance", 5, 20),
        ("cannot_walk", 3, 12),
        ("lifted", 0, 0),
    ],
)
def test_each_no_about_the_chair_counts_four_up_to_what_no_chair_counts(mobility, noes, expected):
    answers = replace(BEST, mobility=mobility, **dict.fromkeys(CHAIR_QUESTIONS[:noes], "no"))
    assert part(answers, "B") == (expected, expected)


@pytest.mark.parametrize(
    ("mobility", "expected"),
    [
        ("independent", (0, 0)),
        ("unsteady", (8, 8)),
        ("short_distance", (20, 20)),
        ("cannot_walk", (20, 20)),
        ("lifted", (20, 20)),
        ("unknown", (0, 20)),
    ],
)
def test_no_chair_counts_by_mobility(mobility, expected):
    assert part(replace(BEST, mobility=mobility, has_chair="no"), "B") == expected


@unhurried
@given(any_answers())
def test_losing_a_chair_however_bad_never_lowers_the_need(answers):
    with_chair, without = score(replace(answers, has_chair="yes")), score(replace(answers, has_chair="no"))
    assert without.low >= with_chair.low
    assert without.high >= with_chair.high


def test_a_capped_chair_is_one_line_on_the_whole_group():
    answers = replace(BEST, mobility="unsteady", **dict.fromkeys(CHAIR_QUESTIONS, "no"))
    lines = score(answers).parts[1].lines
    assert [(line.field, line.low, line.high, line.reason) for line in lines] == [
        ("present_chair", 8, 8, "equipment.capped")
    ]


def test_an_uncapped_chair_has_one_line_per_question():
    answers = replace(BEST, mobility="lifted", chair_fits="no", chair_is_safe="unknown")
    lines = score(answers).parts[1].lines
    assert [line.field for line in lines] == list(CHAIR_QUESTIONS)
    assert {line.field: (line.low, line.high) for line in lines if line.high} == {
        "chair_fits": (4, 4),
        "chair_is_safe": (0, 4),
    }


@pytest.mark.parametrize(("mobility", "expected"), [("independent", (0, 0)), ("unsteady", (0, 8)), ("lifted", (8, 20))])
def test_an_unknown_chair_lies_between_the_chair_described_and_none(mobility, expected):
    answers = replace(BEST, mobility=mobility, has_chair="unknown")
    if mobility == "lifted":
        answers = replace(answers, chair_fits="no", chair_is_safe="no")
    assert part(answers, "B") == expected


# --- N3, N14: intervals, bands, incomplete, double rating -----------------------------------------


def test_the_queue_takes_the_high_end():
    wide, narrow = score(replace(BEST, mobility="unknown", has_chair="no")), score(V3)
    assert (wide.low, wide.high) == (0, 45)
    assert narrow.high == 24
    order = sorted(
        [("narrow", narrow), ("wide", wide)],
        key=lambda each: scoring.queue_key(
            urgent=each[1].urgent, need_high=each[1].high, requested_on=TODAY, today=TODAY, pk=each[0]
        ),
    )
    assert [name for name, _ in order] == ["wide", "narrow"]


@pytest.mark.parametrize(
    ("points", "expected"),
    [(0, "planned"), (39, "planned"), (40, "medium"), (64, "medium"), (65, "high"), (100, "high")],
)
def test_a_band_begins_at_its_cut_off(points, expected):
    assert scoring.band(points) == expected


def test_the_band_of_an_interval_names_both_ends():
    assert score(UNKNOWN).bands == ("planned", "high")
    assert score(UNKNOWN).band_name == "planned_high"
    medium_high = replace(V1, mobility="cannot_walk", out_of_school="unknown", progression="unknown")
    assert score(medium_high).bands == ("medium", "high")
    assert score(medium_high).band_name == "medium_high"
    planned_medium = replace(V3, has_chair="yes", mobility="short_distance", injury="unknown", posture_level="unknown")
    assert score(planned_medium).band_name == "planned_medium"


@unhurried
@given(any_answers())
def test_every_band_of_an_interval_has_a_name(answers):
    assert score(answers).band_name in scoring.BAND_NAMES


def test_an_interval_wider_than_fifteen_is_incomplete():
    fifteen = replace(BEST, posture_level="unknown", out_of_school="unknown")
    sixteen = replace(BEST, injury="unknown", missed_treatment="unknown")
    assert score(fifteen).high - score(fifteen).low == 15
    assert not score(fifteen).incomplete
    assert score(sixteen).high - score(sixteen).low == 16
    assert score(sixteen).incomplete


def totals(low, high):
    """A result whose ends are as asked, to look at the edges of a rule about both."""
    line = scoring.Line("mobility", low, high, "mobility.unknown")
    shell = scoring.Part.__new__(scoring.Part)
    for name, value in {"code": "A", "name": "mobility", "lines": (line,)}.items():
        object.__setattr__(shell, name, value)
    return scoring.Score(parts=(shell,), flags=())


@pytest.mark.parametrize(
    ("low", "high", "near"),
    [
        (36, 36, False),
        (37, 37, True),
        (43, 43, True),
        (44, 44, False),
        (61, 61, False),
        (62, 62, True),
        (68, 68, True),
        (69, 69, False),
        (44, 61, False),
        (44, 62, True),
        (30, 37, True),
        (30, 80, True),  # cut-offs inside the interval
        (69, 100, False),
    ],
)
def test_a_score_within_three_of_a_cut_off_is_rated_twice(low, high, near):
    assert totals(low, high).near_cutoff is near


# --- N4, N5, N9: red flags and pressure -----------------------------------------------------------


def test_all_red_flags_are_checked_if_nothing_is_known():
    result = score(UNKNOWN)
    assert {flag.field for flag in result.flags_to_check} == {"injury", *scoring.RED_FLAGS}
    assert not result.urgent


@pytest.mark.parametrize("name", scoring.RED_FLAGS)
def test_a_red_flag_is_urgent_if_yes_and_listed_if_unknown(name):
    present, unknown = score(replace(BEST, **{name: "yes"})), score(replace(BEST, **{name: "refused"}))
    assert present.urgent
    assert [(flag.field, flag.state) for flag in present.flags] == [(name, "yes")]
    assert present.flags_to_check == ()
    assert not unknown.urgent
    assert [(flag.field, flag.state) for flag in unknown.flags_to_check] == [(name, "unknown")]


@pytest.mark.parametrize("name", scoring.RED_FLAGS)
def test_a_red_flag_adds_no_points(name):
    assert score(replace(BEST, **{name: "yes"})).high == 0


def test_no_flag_is_listed_if_all_are_answered_no():
    assert score(BEST).flags == ()


@pytest.mark.parametrize(
    ("injury", "points", "urgent"),
    [
        ("none", 0, False),
        ("past", 6, False),
        ("stage_1", 6, False),
        ("stage_2", 12, True),
        ("stage_3", 12, True),
        ("stage_4", 12, True),
        ("unstageable", 12, True),
        ("deep_tissue", 12, True),
    ],
)
def test_an_injury_scores_by_its_stage_and_an_open_one_is_urgent(injury, points, urgent):
    answers = replace(BEST, injury=injury)
    assert part(answers, "C") == (points, points)
    assert score(answers).urgent is urgent
    assert score(answers).flags_to_check == ()


def test_an_unknown_injury_leaves_the_pressure_flag_unknown():
    result = score(replace(BEST, injury="unknown"))
    assert [(flag.field, flag.state) for flag in result.flags] == [("injury", "unknown")]
    assert not result.urgent


def risks(count, answer="yes"):
    return dict.fromkeys(scoring.AT_RISK_FACTORS[:count], answer)


@pytest.mark.parametrize(
    ("changes", "risk", "expected"),
    [
        ({"cannot_feel": "yes"}, "yes", (4, 4)),
        ({"cannot_feel": "unknown"}, "possible", (0, 4)),
        (risks(2), "no", (0, 0)),
        (risks(3), "yes", (4, 4)),
        (risks(5), "yes", (4, 4)),
        (risks(2, "unknown"), "no", (0, 0)),
        (risks(3, "unknown"), "possible", (0, 4)),
        (risks(2) | {"risk_weight": "refused"}, "possible", (0, 4)),
        (risks(2) | {"injury": "past"}, "yes", (6, 6)),
        (risks(2) | {"injury": "stage_2"}, "yes", (12, 12)),
        (risks(1) | {"injury": "stage_1"}, "no", (6, 6)),
        ({"injury": "unknown"}, "no", (0, 12)),
        (risks(2) | {"injury": "unknown"}, "possible", (0, 12)),
        (risks(3) | {"injury": "unknown"}, "yes", (4, 12)),
        ({"cannot_feel": "yes", "injury": "unknown"}, "yes", (4, 12)),
    ],
)
def test_pressure_counts_once_by_the_gravest_finding(changes, risk, expected):
    answers = replace(BEST, **changes)
    assert scoring.at_risk(answers) == risk
    assert part(answers, "C") == expected


# --- N6, N7, N13: proposals -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("dropped_out", "yes"),
        ("attends", "no"),
        ("too_young", "no"),
        ("irregular", "unknown"),
        ("never_enrolled", "unknown"),
        ("home_tuition", "unknown"),
        ("unknown", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_school_status_only_proposes_an_answer(status, expected):
    assert scoring.preset_out_of_school(status) == expected


@pytest.mark.parametrize(
    ("near", "middle", "gait", "mobility"),
    [
        ("1", "1", None, "cannot_walk"),
        ("N", "N", None, "cannot_walk"),
        ("c", "", None, "cannot_walk"),
        (None, None, 8, "cannot_walk"),
        (1, 1, 8, "cannot_walk"),
        ("3", "2", None, "short_distance"),
        ("", "2", None, "short_distance"),
        ("2", "1", None, "short_distance"),
        ("", "1", None, ""),
        (None, None, 6, "short_distance"),
        (None, None, 7, "short_distance"),
        (None, None, 5, ""),
        (None, None, 3, ""),
        (None, None, 0, ""),
        ("4", "3", None, ""),
        ("6", "6", 0, ""),
        ("4", "3", 6, "short_distance"),
        (None, None, None, ""),
        ("unknown", "refused", None, ""),
    ],
)
def test_gait_scales_suggest_a_mobility(near, middle, gait, mobility):
    suggestion = scoring.suggest_mobility(near, middle, gait)
    assert suggestion.mobility == mobility
    assert not suggestion.conflict
    assert bool(suggestion.reasons) == bool(mobility)


@pytest.mark.parametrize(("near", "middle", "gait"), [("1", "1", 6), ("3", "2", 8), ("1", "2", None)])
def test_gait_scales_that_contradict_each_other_suggest_nothing_and_ask(near, middle, gait):
    suggestion = scoring.suggest_mobility(near, middle, gait)
    assert suggestion.mobility == ""
    assert suggestion.conflict
    assert suggestion.asks_confirmation("lifted")


def test_an_answer_that_contradicts_the_scales_asks_for_confirmation():
    cannot_walk, short = scoring.suggest_mobility(sara_gait=8), scoring.suggest_mobility(sara_gait=6)
    assert not cannot_walk.asks_confirmation("cannot_walk")
    assert not cannot_walk.asks_confirmation("lifted")
    assert cannot_walk.asks_confirmation("unsteady")
    assert short.asks_confirmation("lifted")
    assert not short.asks_confirmation("short_distance")
    assert not short.asks_confirmation("unknown")
    assert not scoring.suggest_mobility(sara_gait=4).asks_confirmation("independent")


@pytest.mark.parametrize("ratings", [{"fms_5m": "7"}, {"fms_50m": "walks"}, {"sara_gait": 9}, {"sara_gait": -1}])
def test_a_rating_that_does_not_exist_is_refused(ratings):
    with pytest.raises(ValueError, match=r"rating|SARA"):
        scoring.suggest_mobility(**ratings)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "unknown"),
        ({"condition_worsening": "yes"}, "progressive_unknown_rate"),
        ({"condition_worsening": "no"}, "static"),
        ({"condition_worsening": "refused"}, "unknown"),
        ({"ataxia_telangiectasia": True}, "progressive"),
        ({"ataxia_telangiectasia": True, "condition_worsening": "yes"}, "progressive"),
        ({"ataxia_telangiectasia": True, "condition_worsening": "no"}, "unknown"),
        ({"lost_walking": "yes"}, "rapid"),
        ({"lost_walking": "yes", "condition_worsening": "no"}, "rapid"),  # an accident
        ({"sara_points_worse": 2, "condition_worsening": "yes"}, "progressive_unknown_rate"),
        ({"sara_points_worse": 3}, "rapid"),
        ({"fms_levels_lost": 1}, "rapid"),
        ({"fms_levels_lost": 0, "condition_worsening": "no"}, "static"),
    ],
)
def test_a_progression_is_proposed_from_what_was_seen(known, expected):
    assert scoring.preset_progression(**known) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("static", (0, 0)),
        ("progressive", (6, 6)),
        ("progressive_unknown_rate", (6, 10)),
        ("rapid", (10, 10)),
        ("unknown", (0, 10)),
    ],
)
def test_progression_scores_in_three_steps_and_an_unknown_rate_between(answer, expected):
    assert part(replace(BEST, progression=answer), "E") == expected


def test_nothing_the_rule_must_not_know_is_an_answer():
    names = {each.name for each in fields(Answers)}
    assert names == set(GRADED)
    for word in ("diagnosis", "sex", "region", "distance", "income", "religion", "donor", "merit", "school_status"):
        assert not any(word in name for name in names)


# --- N8: caps -------------------------------------------------------------------------------------


@unhurried
@given(any_answers())
def test_the_maxima_are_never_exceeded_so_nothing_is_cut_off(answers):
    for each in score(answers).parts:
        assert 0 <= each.low <= each.high <= each.maximum


def test_a_part_beyond_its_maximum_is_a_fault_of_the_rule():
    with pytest.raises(AssertionError, match="part D"):
        scoring.Part("D", "posture", (scoring.Line("posture_level", 11, 11, "posture_level.complex"),))


# --- N10: the cushion -----------------------------------------------------------------------------


def test_a_cushion_question_that_does_not_apply_is_no_no():
    noes = dict.fromkeys(CHAIR_QUESTIONS, "no") | {"chair_cushion_relieves": "not_applicable"}
    assert part(replace(BEST, mobility="lifted", **noes), "B") == (16, 16)
    assert part(replace(BEST, mobility="lifted", **noes | {"chair_cushion_relieves": "unknown"}), "B") == (16, 20)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "not_applicable"),
        ({"cannot_feel": "yes"}, "unknown"),
        ({"cannot_feel": "unknown"}, "unknown"),
        (risks(3), "unknown"),
    ],
)
def test_the_cushion_is_asked_about_if_the_skin_is_or_may_be_at_risk(changes, expected):
    assert scoring.preset_cushion(replace(BEST, **changes)) == expected


# --- N11, N12: waiting and the queue --------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "bonus"),
    [(-5, 0), (0, 0), (60, 0), (89, 0), (90, 1), (119, 1), (120, 2), (359, 9), (360, 10), (3000, 10)],
)
def test_the_wait_bonus_is_a_point_per_full_thirty_days_after_sixty(days, bonus):
    assert scoring.wait_bonus(TODAY - timedelta(days=days), TODAY) == bonus


@unhurried
@given(st.integers(min_value=0, max_value=5000))
def test_the_wait_bonus_never_decreases(days):
    asked = TODAY - timedelta(days=days)
    assert scoring.wait_bonus(asked, TODAY) <= scoring.wait_bonus(asked, TODAY + timedelta(days=1)) <= 10


def key(*, urgent=False, need=50, days=0, pk="a"):
    return scoring.queue_key(
        urgent=urgent, need_high=need, requested_on=TODAY - timedelta(days=days), today=TODAY, pk=pk
    )


def test_the_queue_is_urgent_then_need_and_wait_then_days_then_key():
    expected = [
        key(urgent=True, need=70),
        key(urgent=True, need=5, days=400),
        key(need=100),
        key(need=58, days=400),  # 58 + 10
        key(need=68),
        key(need=50, days=40),  # no bonus yet: days break the tie
        key(need=50, days=10, pk="a"),
        key(need=50, days=10, pk="b"),
    ]
    assert sorted(reversed(expected)) == expected


def test_a_uuid_can_break_the_last_tie():
    first, second = uuid.UUID(int=1), uuid.UUID(int=2)
    assert key(pk=first) < key(pk=second)


def test_an_urgent_case_is_decided_within_fourteen_days_of_its_flag():
    assert scoring.decision_due(date(2026, 12, 20)) == date(2027, 1, 3)
    assert not scoring.decision_overdue(date(2026, 12, 20), date(2027, 1, 3))
    assert scoring.decision_overdue(date(2026, 12, 20), date(2027, 1, 4))


# --- N15, N16, N17: not knowing -------------------------------------------------------------------


@unhurried
@given(any_answers())
def test_every_way_of_not_knowing_scores_alike(answers):
    unknown = replace(answers, **{name: "unknown" for name in ACCEPTED if not is_known(answers, name)})
    assert score(unknown) == score(answers)


def test_nothing_known_is_the_widest_interval():
    result = score(UNKNOWN)
    assert (result.low, result.high) == (0, 100)
    assert result.incomplete


@pytest.mark.parametrize(
    ("mobility", "expected"), [("unsteady", 8), ("short_distance", 20), ("cannot_walk", 20), ("lifted", 20)]
)
def test_a_lost_chair_counts_as_none_and_is_a_red_flag_for_a_full_time_user(mobility, expected):
    result = score(replace(BEST, mobility=mobility, has_chair="no", lost_chair_full_time_user="yes"))
    assert result.parts[1].low == expected
    assert result.urgent


def test_mobility_and_chair_unknown_together_open_both_parts():
    answers = replace(BEST, mobility="unknown", has_chair="no")
    assert part(answers, "A") == (0, 25)
    assert part(answers, "B") == (0, 20)
    with_chair = replace(BEST, mobility="unknown", **dict.fromkeys(CHAIR_QUESTIONS[:3], "no"))
    assert part(with_chair, "B") == (0, 12)


@pytest.mark.parametrize("name", sorted(GRADED))
def test_an_unknown_answer_opens_the_score_or_a_flag_wherever_the_question_matters(name):
    """Where nothing else already gives the points, an unknown never passes as the best answer."""
    base = replace(BEST, mobility="lifted", mass_kg=Decimal("60"), lifts_per_day=0 if name == "carer_pain" else 1)
    if name in scoring.AT_RISK_FACTORS or name == "injury":
        others = [each for each in scoring.AT_RISK_FACTORS if each != name][:2]
        base = replace(base, **dict.fromkeys(others, "yes"))
    unknown = score(replace(base, **{name: NOT_KNOWN[name][0]}))
    best = score(replace(base, **{name: GRADED[name][0]}))
    if name in scoring.RED_FLAGS:
        assert name in {flag.field for flag in unknown.flags_to_check}
        assert name not in {flag.field for flag in best.flags}
    else:
        assert unknown.high > best.high
        assert unknown.low <= best.low


# --- What holds for any answers -------------------------------------------------------------------


@unhurried
@given(any_answers())
def test_the_interval_lies_between_zero_and_one_hundred(answers):
    result = score(answers)
    assert 0 <= result.low <= result.high <= 100


@unhurried
@given(any_answers(), known_answers(), st.sets(st.sampled_from(sorted(GRADED))))
def test_an_answer_to_an_open_question_stays_within_the_interval(answers, found, asked):
    now_known = {name: found[name] for name in asked if not is_known(answers, name)}
    before, after = score(answers), score(replace(answers, **now_known))
    for open_part, closer_part in zip(before.parts, after.parts, strict=True):
        assert open_part.low <= closer_part.low <= closer_part.high <= open_part.high
    assert {flag for flag in before.flags if flag.state == "yes"} <= set(after.flags)
    assert len(after.flags_to_check) <= len(before.flags_to_check)


@unhurried
@given(any_answers())
def test_the_interval_is_no_wider_than_the_open_questions_make_it(answers):
    open_names = [name for name in GRADED if not is_known(answers, name)]
    at_best = score(replace(answers, **{name: getattr(BEST, name) for name in open_names}))
    at_worst = score(replace(answers, **{name: getattr(WORST, name) for name in open_names}))
    assert score(answers).low == at_best.low
    assert score(answers).high == at_worst.high


@unhurried
@given(known_answers(), st.sampled_from(sorted(GRADED)), st.data())
def test_a_worse_answer_never_lowers_the_need(found, name, data):
    grades = GRADED[name]
    better = data.draw(st.integers(min_value=0, max_value=len(grades) - 2))
    worse = data.draw(st.integers(min_value=better + 1, max_value=len(grades) - 1))
    before = score(Answers(**found | {name: grades[better]}))
    after = score(Answers(**found | {name: grades[worse]}))
    assert before.low <= after.low
    assert before.high <= after.high


@unhurried
@given(any_answers())
def test_lines_add_up_to_parts_and_parts_to_the_total(answers):
    result = score(answers)
    for each in result.parts:
        assert each.low == sum(line.low for line in each.lines)
        assert each.high == sum(line.high for line in each.lines)
    assert result.low == sum(line.low for line in result.lines)
    assert result.high == sum(line.high for line in result.lines)


@unhurried
@given(any_answers())
def test_every_point_comes_from_one_answer_or_one_named_group(answers):
    names = {each.name for each in fields(Answers)}
    result = score(answers)
    sources = [line.field for line in result.lines]
    assert len(sources) == len(set(sources))
    assert set(sources) <= names | set(scoring.GROUPS)
    for line in result.lines:
        if line.field in names and line.is_open and line.field not in ("injury", "progression"):
            assert not is_known(answers, line.field)
    for flag in result.flags:
        assert flag.field in names


def test_every_group_is_made_of_answers():
    names = {each.name for each in fields(Answers)}
    for members in scoring.GROUPS.values():
        assert set(members) <= names


@unhurried
@given(any_answers())
def test_the_result_can_be_kept_as_json(answers):
    result = score(answers)
    kept = json.loads(json.dumps(result.as_dict()))
    assert (kept["low"], kept["high"], kept["version"]) == (result.low, result.high, "NEED-1.0")
    assert sum(line["high"] for each in kept["parts"] for line in each["lines"]) == result.high
    assert [flag["field"] for flag in kept["flags"]] == [flag.field for flag in result.flags]


# --- The answers ----------------------------------------------------------------------------------


def test_the_graded_answers_of_these_tests_are_all_there_are():
    assert {name: frozenset(GRADED[name]) for name in ACCEPTED} == ACCEPTED


@pytest.mark.parametrize(
    "wrong",
    [
        {"mobility": "flies"},
        {"has_chair": "not_applicable"},
        {"has_chair": True},
        {"injury": "stage_5"},
        {"progression": "yes"},
        {"mass_kg": Decimal(0)},
        {"lifts_per_day": -1},
        {"carer_pain": 11},
        {"carer_pain": -1},
    ],
)
def test_an_answer_the_rule_does_not_know_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Answers(**wrong)


def test_answers_are_taken_from_anything_with_the_same_names():
    source = SimpleNamespace(**{each.name: getattr(V1, each.name) for each in fields(Answers)}, remarks="kept out")
    assert Answers.taken_from(source) == V1


def test_answers_and_results_never_change():
    with pytest.raises(FrozenInstanceError):
        V1.mobility = "independent"
    with pytest.raises(FrozenInstanceError):
        score(V1).version = "NEED-2.0"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (BEST, []),
        (replace(BEST, lost_chair_full_time_user="yes"), ["contradiction.lost_chair"]),
        (replace(BEST, lost_chair_full_time_user="yes", has_chair="no"), []),
        (replace(BEST, mobility="lifted"), ["contradiction.lifted_without_lifts"]),
        (replace(BEST, mobility="lifted", lifts_per_day=None), []),
        (replace(BEST, chair_cushion_relieves="not_applicable"), []),
        (replace(BEST, chair_cushion_relieves="not_applicable", cannot_feel="unknown"), ["contradiction.cushion"]),
    ],
)
def test_answers_that_do_not_go_together_are_asked_again(answers, expected):
    assert [each.reason for each in scoring.contradictions(answers)] == expected


# --- Words ----------------------------------------------------------------------------------------


@functools.cache
def spoken():
    """Every reason the rule can give, with its parameters, from walks that change one or two answers at a time."""
    bases = [BEST, WORST, UNKNOWN, V3, replace(WORST, has_chair="yes", injury="none", cannot_feel="no")]
    bases += [replace(base, mobility=mobility) for base in bases for mobility in (*GRADED["mobility"], "unknown")]
    bases += [replace(base, has_chair=answer) for base in bases for answer in ("yes", "no", "unknown")]
    found = {}
    for base in bases:
        for name, values in GRADED.items():
            for value in (*values, NOT_KNOWN[name][0]):
                answers = replace(base, **{name: value})
                result = score(answers)
                found.update({line.reason: dict(line.params) for line in result.lines})
                found.update({flag.reason: {} for flag in result.flags})
                found.update({each.reason: {} for each in scoring.contradictions(answers)})
    for at_five in ("", *scoring.FMS_RATINGS):
        for at_fifty in ("", *scoring.FMS_RATINGS):
            for gait in (None, *range(9)):
                suggestion = scoring.suggest_mobility(at_five, at_fifty, gait)
                found.update({reason: {} for reason in suggestion.reasons})
    answers = replace(BEST, lifts_per_day=1, mass_kg=Decimal("20.0"))
    found.update({line.reason: dict(line.params) for line in score(answers).lines})
    at_risk = replace(BEST, **risks(3))
    for case in (at_risk, replace(at_risk, injury="unknown"), replace(BEST, cannot_feel="yes")):
        found.update({line.reason: {} for line in score(case).lines if line.reason.startswith(("injury", "pressure"))})
    return found


def placeholders(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_reason_has_its_sentence_and_every_sentence_its_reason():
    assert set(spoken()) == set(REASONS)


def test_every_sentence_gets_exactly_its_parameters():
    for reason, params in spoken().items():
        assert placeholders(REASONS[reason]) == set(params), reason
        assert "{" not in scoring.sentence(reason, params)


@unhurried
@given(any_answers())
def test_every_line_and_flag_can_be_said(answers):
    result = score(answers)
    for line in result.lines:
        assert scoring.sentence(line.reason, line.params)
    for flag in result.flags:
        assert scoring.sentence(flag.reason)


def test_a_sentence_is_said_in_the_readers_language_and_numbers():
    french = {REASONS["carrying_load.heavy"]: "L'enfant pèse {mass_kg} kg et on la porte."}
    said = scoring.sentence(
        "carrying_load.heavy",
        {"mass_kg": Decimal("26.5")},
        translate=french.__getitem__,
        number=lambda value: str(value).replace(".", ","),
    )
    assert said == "L'enfant pèse 26,5 kg et on la porte."


def test_sentences_speak_of_the_child_and_end_as_sentences():
    for reason, text in REASONS.items():
        assert text.endswith((".", "?")), reason
        for word in (" he ", " she ", " her ", " his ", "patient", "suffer", "victim", "confined", "bound"):
            assert word not in f" {text.lower()} ", reason


@pytest.mark.parametrize("module", ["scoring", "measures"])
def test_every_sentence_of_a_table_is_marked_for_translation(module):
    """A string in REASONS, MESSAGES or a table of names that is not inside N_() would stay English for ever."""
    path = Path(scoring.__file__).with_name(f"{module}.py")
    tables = {"REASONS", "PART_NAMES", "BAND_NAMES", "HINTS", "MESSAGES"}
    seen = 0
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        if ast.unparse(target) not in tables:
            continue
        for value in node.value.values:
            seen += 1
            assert isinstance(value, ast.Call), ast.unparse(value)
            assert value.func.id == "N_"
    assert seen > 5
