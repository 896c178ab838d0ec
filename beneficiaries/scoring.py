"""NEED-1.0: how much a child needs a chair, from 0 to 100, with the reason of every point.

Plain Python: no framework, no database, no clock. The rule adds six parts (A to F); every point comes from one line,
every line from one answer (or one named group of answers) and one sentence. What is not known is never counted as zero:
the result is an interval [low, high] that holds every score the missing answers could still give.

Where the numbers come from: the interview items of the WHO wheelchair service (present chair, pressure risk,
worsening), published criteria for urgent referral, and field practice. Weights and cut-offs are the association's own
choice and have not been validated clinically. Diagnosis, means, donor's wish, religion, sex, region, distance and
"merit" are left out on purpose.

Decisions that the weights alone do not settle, each kept in one place below:

* a bad chair never counts more than no chair (``_equipment``);
* the child's mass counts as carrying load only if somebody lifts her at all (``_carrying_load``);
* pressure counts once, by the gravest finding (``_pressure``); one that cannot be staged is open (``INJURY``);
* a red flag is yes, no or to be checked, and "to be checked" is neither urgent nor harmless (``_flags``);
* the queue takes the high end of the interval (``queue_key``);
* waiting is added in the queue and never changes the need (``wait_bonus``);
* gait scales, school and diagnosis only propose an answer, a person gives it (``suggest_mobility``, ``preset_*``).
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any


def N_(text: str) -> str:
    """Mark a sentence for translation (the extractor looks for this name); whoever shows it translates it."""
    return text


VERSION = "NEED-1.0"
PROVENANCE = N_(
    "NEED-1.0 is the association's own rule, not a clinical instrument. "
    "It advises; a named person decides and may overrule it."
)

# --- The answers ----------------------------------------------------------------------------------

UNKNOWN = "unknown"
NOT_KNOWN = frozenset({None, "", UNKNOWN, "refused"})  # stored apart, scored alike

# Part A, points.
MOBILITY = {
    "independent": 0,
    "unsteady": 8,
    "short_distance": 15,
    "cannot_walk": 20,
    "lifted": 25,
}
# Part B, points of a child who has no chair.
NO_CHAIR = {
    "independent": 0,
    "unsteady": 8,
    "short_distance": 20,
    "cannot_walk": 20,
    "lifted": 20,
}
# Part B, points of each "no" about the present chair.
CHAIR_QUESTION = 4
CHAIR_QUESTIONS = (
    "chair_meets_needs",
    "chair_suits_home",
    "chair_fits",
    "chair_is_safe",
    "chair_cushion_relieves",
)
# Part C, points. A healed injury counts whenever it was; injuries that cannot be staged count as open, the safe side.
INJURY = {
    "none": 0,
    "past": 6,
    "stage_1": 6,
    "stage_2": 12,
    "stage_3": 12,
    "stage_4": 12,
    "unstageable": 12,
    "deep_tissue": 12,
}
OPEN_INJURY = max(INJURY.values())
AT_RISK = 4
AT_RISK_FACTORS = (
    "risk_cannot_move",
    "risk_moisture",
    "risk_poor_posture",
    "risk_poor_diet",
    "risk_weight",
)
AT_RISK_FROM = 3  # of the five above and a past or present injury
# Part D, points.
POSTURE = {"basic": 0, "intermediate": 6, "complex": 10}
# Part E, points (low, high).
PROGRESSION = {
    "static": (0, 0),
    "progressive": (6, 6),
    "progressive_unknown_rate": (6, 10),
    "rapid": (10, 10),
}
# Parts C and F, points of a "yes".
YES = {
    "swallowing_or_breathing_worse": 4,
    "pain_or_deformity": 4,
    "out_of_school": 5,
    "missed_treatment": 4,
    "sole_or_burdened_carer": 2,
}
# Part F, carrying load.
CARRYING_LOAD = 4
HEAVY_KG = 20
MANY_LIFTS = 5
MUCH_PAIN = 5
WORST_PAIN = 10

RED_FLAGS = (
    "falls_or_breathing_trouble_in_seat",
    "lost_chair_full_time_user",
    "palliative",
    "discharge_depends",
)

MAXIMA = {"A": 25, "B": 20, "C": 20, "D": 10, "E": 10, "F": 15}
HIGH_FROM, MEDIUM_FROM = 65, 40
CUT_OFFS = (HIGH_FROM, MEDIUM_FROM)
DOUBLE_RATING_WITHIN = 3
WIDEST_RANKABLE = 15
WAIT_FREE_DAYS, WAIT_DAYS_PER_POINT, WAIT_MOST = 60, 30, 10
DECISION_DAYS = 14

_YES_NO = frozenset({"yes", "no"})
ACCEPTED: dict[str, frozenset[str]] = {
    "mobility": frozenset(MOBILITY),
    "has_chair": _YES_NO,
    **dict.fromkeys(CHAIR_QUESTIONS, _YES_NO),
    "chair_cushion_relieves": _YES_NO | {"not_applicable"},
    "injury": frozenset(INJURY),
    "cannot_feel": _YES_NO,
    **dict.fromkeys(AT_RISK_FACTORS, _YES_NO),
    "posture_level": frozenset(POSTURE),
    "progression": frozenset(PROGRESSION),
    **dict.fromkeys(YES, _YES_NO),
    **dict.fromkeys(RED_FLAGS, _YES_NO),
}
"""The known answers of each question; "unknown", "refused", "" and None are accepted everywhere."""

GROUPS: dict[str, tuple[str, ...]] = {
    "present_chair": ("mobility", "has_chair", *CHAIR_QUESTIONS),
    "pressure_risk": ("cannot_feel", *AT_RISK_FACTORS, "injury"),
    "carrying_load": ("mass_kg", "lifts_per_day", "carer_pain"),
}
"""Answers that are counted together: a line whose field is one of these keys rests on all of them."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What an assessment says, as far as NEED-1.0 uses it. Whatever is left out is unknown.

    "Has a chair" means a mobility device of the child's own or lent for long, buggies included; one that is lost,
    stolen or unusable is none. Raises ValueError for an answer the rule does not know: a misspelt one is never scored.
    """

    mobility: str | None = ""
    has_chair: str | None = ""
    chair_meets_needs: str | None = ""
    chair_suits_home: str | None = ""
    chair_fits: str | None = ""
    chair_is_safe: str | None = ""
    chair_cushion_relieves: str | None = ""
    injury: str | None = ""
    cannot_feel: str | None = ""
    risk_cannot_move: str | None = ""
    risk_moisture: str | None = ""
    risk_poor_posture: str | None = ""
    risk_poor_diet: str | None = ""
    risk_weight: str | None = ""
    swallowing_or_breathing_worse: str | None = ""
    pain_or_deformity: str | None = ""
    posture_level: str | None = ""
    progression: str | None = ""
    out_of_school: str | None = ""
    missed_treatment: str | None = ""
    mass_kg: Decimal | None = None
    lifts_per_day: int | None = None
    carer_pain: int | None = None
    sole_or_burdened_carer: str | None = ""
    falls_or_breathing_trouble_in_seat: str | None = ""
    lost_chair_full_time_user: str | None = ""
    palliative: str | None = ""
    discharge_depends: str | None = ""

    def __post_init__(self) -> None:
        for name, accepted in ACCEPTED.items():
            value = getattr(self, name)
            if value not in NOT_KNOWN and value not in accepted:
                raise ValueError(f"{name}: {value!r} is not an answer of {VERSION}")
        if self.mass_kg is not None and not self.mass_kg > 0:
            raise ValueError("mass_kg must be above 0")
        if self.lifts_per_day is not None and not self.lifts_per_day >= 0:
            raise ValueError("lifts_per_day must be 0 or more")
        if self.carer_pain is not None and not 0 <= self.carer_pain <= WORST_PAIN:
            raise ValueError(f"carer_pain must be 0 to {WORST_PAIN}")

    @classmethod
    def taken_from(cls, source: Any) -> "Answers":
        """The answers of anything that has attributes of the same names."""
        return cls(**{each.name: getattr(source, each.name) for each in dataclasses.fields(cls)})

    def known(self, name: str) -> str:
        """The answer to a question with choices, or "unknown" for every way of not knowing."""
        value = getattr(self, name)
        return UNKNOWN if value in NOT_KNOWN else value


# --- The result -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """Points and their reason. ``field`` is an answer or a key of GROUPS, ``reason`` a key of REASONS."""

    field: str
    low: int
    high: int
    reason: str
    params: Mapping[str, int | Decimal] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def is_open(self) -> bool:
        return self.low != self.high


@dataclass(frozen=True)
class Part:
    """One of the six parts: ``name`` is a key of PART_NAMES."""

    code: str
    name: str
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        # The lines are made so that a part cannot exceed its maximum; nothing is ever cut off silently.
        if not 0 <= self.low <= self.high <= self.maximum:
            raise AssertionError(f"part {self.code}: {self.low} to {self.high} of {self.maximum}")

    @property
    def low(self) -> int:
        return sum(line.low for line in self.lines)

    @property
    def high(self) -> int:
        return sum(line.high for line in self.lines)

    @property
    def maximum(self) -> int:
        return MAXIMA[self.code]


@dataclass(frozen=True)
class Flag:
    """A red flag that is there ("yes") or still to be checked ("unknown"). One that is not there is not listed."""

    field: str
    state: str
    reason: str


@dataclass(frozen=True)
class Score:
    """The need of one child: an interval, its parts and its red flags. The flags stand outside the points."""

    parts: tuple[Part, ...]
    flags: tuple[Flag, ...]
    version: str = VERSION

    @property
    def low(self) -> int:
        return sum(part.low for part in self.parts)

    @property
    def high(self) -> int:
        return sum(part.high for part in self.parts)

    @property
    def bands(self) -> tuple[str, str]:
        """The bands of both ends."""
        return band(self.low), band(self.high)

    @property
    def band_name(self) -> str:
        """The key of BAND_NAMES: one word if both ends agree, else from the one to the other."""
        low, high = self.bands
        return low if low == high else f"{low}_{high}"

    @property
    def urgent(self) -> bool:
        return any(flag.state == "yes" for flag in self.flags)

    @property
    def flags_to_check(self) -> tuple[Flag, ...]:
        """Red flags nobody has answered yet: the assessment cannot be closed before they are."""
        return tuple(flag for flag in self.flags if flag.state == UNKNOWN)

    @property
    def incomplete(self) -> bool:
        """Too much is unknown: a decision must not pass this child over."""
        return self.high - self.low > WIDEST_RANKABLE

    @property
    def near_cutoff(self) -> bool:
        """Some score of the interval lies within 3 points of a cut-off: a second person rates blind."""
        return any(
            self.low <= cut_off + DOUBLE_RATING_WITHIN and self.high >= cut_off - DOUBLE_RATING_WITHIN
            for cut_off in CUT_OFFS
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for part in self.parts for line in part.lines)

    def as_dict(self) -> dict[str, Any]:
        """The whole result as plain JSON values, to be kept beside the answers it was made from."""
        return {
            "version": self.version,
            "low": self.low,
            "high": self.high,
            "bands": list(self.bands),
            "urgent": self.urgent,
            "incomplete": self.incomplete,
            "near_cutoff": self.near_cutoff,
            "flags": [dataclasses.asdict(flag) for flag in self.flags],
            "parts": [
                {
                    "code": part.code,
                    "name": part.name,
                    "low": part.low,
                    "high": part.high,
                    "maximum": part.maximum,
                    "lines": [
                        {
                            "field": line.field,
                            "low": line.low,
                            "high": line.high,
                            "reason": line.reason,
                            "params": {
                                key: str(value) if isinstance(value, Decimal) else value
                                for key, value in line.params.items()
                            },
                        }
                        for line in part.lines
                    ],
                }
                for part in self.parts
            ],
        }


# --- The rule -------------------------------------------------------------------------------------


def score(answers: Answers) -> Score:
    """NEED-1.0 of one assessment."""
    return Score(
        parts=(
            Part("A", "mobility", (_choice(answers, "mobility", MOBILITY),)),
            Part("B", "equipment", _equipment(answers)),
            Part(
                "C",
                "health",
                (
                    _pressure(answers),
                    _yes(answers, "swallowing_or_breathing_worse"),
                    _yes(answers, "pain_or_deformity"),
                ),
            ),
            Part("D", "posture", (_choice(answers, "posture_level", POSTURE),)),
            Part("E", "progression", (_progression(answers),)),
            Part(
                "F",
                "participation",
                (
                    _yes(answers, "out_of_school"),
                    _yes(answers, "missed_treatment"),
                    _carrying_load(answers),
                    _yes(answers, "sole_or_burdened_carer"),
                ),
            ),
        ),
        flags=_flags(answers),
    )


def band(points: int) -> str:
    """The band of one score: planned, medium or high."""
    return "high" if points >= HIGH_FROM else "medium" if points >= MEDIUM_FROM else "planned"


def _choice(answers: Answers, name: str, points: Mapping[str, int]) -> Line:
    """A line from a question whose every choice has its points."""
    answer = answers.known(name)
    if answer == UNKNOWN:
        return Line(name, 0, max(points.values()), f"{name}.unknown")
    return Line(name, points[answer], points[answer], f"{name}.{answer}")


def _yes(answers: Answers, name: str) -> Line:
    """A line from a question that counts if answered yes."""
    return _choice(answers, name, {"no": 0, "yes": YES[name]})


def _equipment(answers: Answers) -> tuple[Line, ...]:
    """Part B: four points for each "no" about the present chair, but never more than having no chair would count.

    Without that limit a child who walks unsteadily would score higher with a bad chair than with none.
    """
    mobility = answers.known("mobility")
    if mobility == UNKNOWN:
        none_low, none_high = min(NO_CHAIR.values()), max(NO_CHAIR.values())
    else:
        none_low = none_high = NO_CHAIR[mobility]
    if none_high == 0:
        return (Line("present_chair", 0, 0, "equipment.not_needed"),)

    has_chair = answers.known("has_chair")
    if has_chair == "no":
        if mobility == UNKNOWN:
            return (
                Line(
                    "present_chair",
                    none_low,
                    none_high,
                    "equipment.none_mobility_unknown",
                ),
            )
        reason = "equipment.none_unsteady" if mobility == "unsteady" else "equipment.none"
        return (Line("has_chair", none_low, none_high, reason),)

    lines = tuple(_chair_question(answers, name) for name in CHAIR_QUESTIONS)
    low, high = sum(line.low for line in lines), sum(line.high for line in lines)
    if has_chair == UNKNOWN:
        return (Line("present_chair", min(low, none_low), none_high, "equipment.unknown"),)
    if high <= none_low:
        return lines
    reason = "equipment.mobility_unknown" if mobility == UNKNOWN else "equipment.capped"
    return (Line("present_chair", min(low, none_low), min(high, none_high), reason),)


def _chair_question(answers: Answers, name: str) -> Line:
    """One of the five questions about the present chair; a cushion question that does not apply is no "no"."""
    return _choice(answers, name, {"yes": 0, "not_applicable": 0, "no": CHAIR_QUESTION})


def at_risk(answers: Answers) -> str:
    """Is the skin at risk of pressure injury: "yes", "possible" (answers are missing) or "no".

    The rule: cannot feel, or at least three of cannot move, moisture, poor posture, past or present injury, poor diet,
    under- or overweight. Age, the seventh factor for adults, does not apply to children. What counts as under- or
    overweight is the assessor's judgement.
    """
    injury = answers.known("injury")
    factors = [answers.known(name) for name in AT_RISK_FACTORS]
    factors.append(UNKNOWN if injury == UNKNOWN else "no" if injury == "none" else "yes")
    certain, open_ = factors.count("yes"), factors.count(UNKNOWN)
    feeling_lost = answers.known("cannot_feel")
    if feeling_lost == "yes" or certain >= AT_RISK_FROM:
        return "yes"
    if feeling_lost == UNKNOWN or certain + open_ >= AT_RISK_FROM:
        return "possible"
    return "no"


def _pressure(answers: Answers) -> Line:
    """Part C, pressure: the gravest finding alone counts, never a sum."""
    injury, risk = answers.known("injury"), at_risk(answers)
    if injury == UNKNOWN:
        if risk == "yes":
            return Line("injury", AT_RISK, OPEN_INJURY, "injury.unknown_at_risk")
        return Line("injury", 0, OPEN_INJURY, "injury.unknown")
    if INJURY[injury]:
        return Line("injury", INJURY[injury], INJURY[injury], f"injury.{injury}")
    if answers.known("cannot_feel") == "yes":
        return Line("cannot_feel", AT_RISK, AT_RISK, "pressure_risk.cannot_feel")
    low, high = {"yes": (AT_RISK, AT_RISK), "possible": (0, AT_RISK), "no": (0, 0)}[risk]
    return Line("pressure_risk", low, high, f"pressure_risk.{risk}")


def _progression(answers: Answers) -> Line:
    """Part E."""
    answer = answers.known("progression")
    low, high = PROGRESSION.get(answer, (0, MAXIMA["E"]))
    return Line("progression", low, high, f"progression.{answer}")


def _carrying_load(answers: Answers) -> Line:
    """Part F, carrying load: many lifts a day, a carer in pain, or a heavy child who is lifted at all.

    Mass alone does not count: else every child of 20 kg would score, also one who walks.
    """
    mass, lifts, pain = answers.mass_kg, answers.lifts_per_day, answers.carer_pain
    if lifts is not None and lifts >= MANY_LIFTS:
        return Line(
            "lifts_per_day",
            CARRYING_LOAD,
            CARRYING_LOAD,
            "carrying_load.many_lifts",
            {"lifts": lifts},
        )
    if pain is not None and pain >= MUCH_PAIN:
        return Line(
            "carer_pain",
            CARRYING_LOAD,
            CARRYING_LOAD,
            "carrying_load.pain",
            {"pain": pain, "worst": WORST_PAIN},
        )
    if mass is not None and mass >= HEAVY_KG and lifts is not None and lifts >= 1:
        return Line(
            "carrying_load",
            CARRYING_LOAD,
            CARRYING_LOAD,
            "carrying_load.heavy",
            {"mass_kg": mass},
        )
    if lifts is None or pain is None or (mass is None and lifts >= 1):
        return Line("carrying_load", 0, CARRYING_LOAD, "carrying_load.unknown")
    return Line("carrying_load", 0, 0, "carrying_load.light")


def _flags(answers: Answers) -> tuple[Flag, ...]:
    """The red flags that are there or to be checked. An injury nobody looked for leaves its flag to be checked."""
    injury = answers.known("injury")
    states = {"injury": UNKNOWN if injury == UNKNOWN else "yes" if INJURY[injury] == OPEN_INJURY else "no"}
    states.update((name, answers.known(name)) for name in RED_FLAGS)
    return tuple(Flag(name, state, f"flag.{name}.{state}") for name, state in states.items() if state != "no")


# --- The queue ------------------------------------------------------------------------------------


def days_waiting(requested_on: date, today: date) -> int:
    """Days since the first request or referral; re-scoring and re-assessment never reset it."""
    return max(0, (today - requested_on).days)


def wait_bonus(requested_on: date, today: date) -> int:
    """One point for every full 30 days after day 60, at most 10. Shown apart; the need stays what it is."""
    over = days_waiting(requested_on, today) - WAIT_FREE_DAYS
    return min(WAIT_MOST, max(0, over // WAIT_DAYS_PER_POINT))


def queue_key(*, urgent: bool, need_high: int, requested_on: date, today: date, pk: Any) -> tuple[int, int, int, Any]:
    """Sort by this, ascending: urgent first, then need and wait bonus, then days waiting, then the key.

    The need is the high end of the interval: the low end would count what is unknown as zero.
    """
    points = need_high + wait_bonus(requested_on, today)
    return (0 if urgent else 1, -points, -days_waiting(requested_on, today), pk)


def decision_due(flagged_on: date) -> date:
    """An urgent case is decided within 14 days of the day its flag was recorded."""
    return flagged_on + timedelta(days=DECISION_DAYS)


def decision_overdue(flagged_on: date, today: date) -> bool:
    """Marks an urgent case that waits too long for its decision; its place in the queue stays."""
    return today > decision_due(flagged_on)


# --- Proposals: a person confirms them, nothing here is scored ------------------------------------

FMS_RATINGS = frozenset("123456CN")
FMS_CANNOT_WALK = frozenset("1CN")
SARA_GAIT_MOST = 8


@dataclass(frozen=True)
class Suggestion:
    """What gait scales say about mobility. ``mobility`` is "" if they say nothing or contradict each other."""

    mobility: str
    conflict: bool
    reasons: tuple[str, ...]

    def asks_confirmation(self, answer: str | None) -> bool:
        """Must the assessor confirm this answer? Her category decides; the scales only ask."""
        if self.conflict:
            return True
        if not self.mobility or answer in NOT_KNOWN:
            return False
        agreeing = {"cannot_walk", "lifted"} if self.mobility == "cannot_walk" else {self.mobility}
        return answer not in agreeing


def suggest_mobility(
    fms_5m: str | int | None = None,
    fms_50m: str | int | None = None,
    sara_gait: int | None = None,
) -> Suggestion:
    """Propose a mobility category from FMS ratings (1 to 6, C crawls, N not applicable) and SARA gait (0 to 8).

    Ratings that point to neither category propose nothing. Raises ValueError for a rating that does not exist.
    """
    near, middle = _fms(fms_5m), _fms(fms_50m)
    if sara_gait is not None and not 0 <= sara_gait <= SARA_GAIT_MOST:
        raise ValueError(f"SARA gait is 0 to {SARA_GAIT_MOST}")
    found: dict[str, str] = {}
    if near in FMS_CANNOT_WALK:
        found["suggestion.fms_cannot_walk"] = "cannot_walk"
    if middle == "2" or (middle == "1" and near in FMS_RATINGS - FMS_CANNOT_WALK):
        found["suggestion.fms_short_distance"] = "short_distance"
    if sara_gait == SARA_GAIT_MOST:
        found["suggestion.sara_cannot_walk"] = "cannot_walk"
    elif sara_gait in (6, 7):
        found["suggestion.sara_short_distance"] = "short_distance"
    categories = set(found.values())
    return Suggestion(
        mobility=categories.pop() if len(categories) == 1 else "",
        conflict=len(set(found.values())) > 1,
        reasons=tuple(found),
    )


def _fms(rating: str | int | None) -> str:
    if rating in NOT_KNOWN:
        return ""
    text = str(rating).upper()
    if text not in FMS_RATINGS:
        raise ValueError(f"{rating!r} is not an FMS rating")
    return text


SCHOOL_PRESETS = {"dropped_out": "yes", "attends": "no", "too_young": "no"}


def preset_out_of_school(school_status: str | None) -> str:
    """Propose "out of school or absent because of mobility"; "dropped_out" means because of mobility.

    Any other status (irregular, never enrolled, home tuition) leaves it unknown: it must be asked.
    """
    return SCHOOL_PRESETS.get(school_status or "", UNKNOWN)


def preset_progression(
    *,
    condition_worsening: str | None = "",
    ataxia_telangiectasia: bool = False,
    lost_walking: str | None = "",
    sara_points_worse: int | None = None,
    fms_levels_lost: int | None = None,
) -> str:
    """Propose a progression, to be confirmed: a diagnosis alone never scores.

    Rapid, by any one of three findings in the last 12 months: lost walking (an accident counts), 3 SARA points or more,
    1 FMS level or more. A family that sees no worsening contradicts a diagnosis that expects it: unknown, to be asked.
    """
    if lost_walking == "yes" or (sara_points_worse or 0) >= 3 or (fms_levels_lost or 0) >= 1:
        return "rapid"
    if ataxia_telangiectasia:
        return UNKNOWN if condition_worsening == "no" else "progressive"
    return {"yes": "progressive_unknown_rate", "no": "static"}.get(condition_worsening or "", UNKNOWN)


def preset_cushion(answers: Answers) -> str:
    """Propose "not_applicable" for the cushion question if the skin is not at risk; unknown means: it must be asked."""
    return "not_applicable" if at_risk(answers) == "no" else UNKNOWN


@dataclass(frozen=True)
class Contradiction:
    """Answers that do not go together: the assessor looks again, the score does not guess."""

    fields: tuple[str, ...]
    reason: str


def contradictions(answers: Answers) -> tuple[Contradiction, ...]:
    """What to ask again before an assessment is closed."""
    found = []
    if answers.lost_chair_full_time_user == "yes" and answers.has_chair != "no":
        found.append(Contradiction(("lost_chair_full_time_user", "has_chair"), "contradiction.lost_chair"))
    if answers.mobility == "lifted" and answers.lifts_per_day == 0:
        found.append(Contradiction(("mobility", "lifts_per_day"), "contradiction.lifted_without_lifts"))
    if answers.chair_cushion_relieves == "not_applicable" and at_risk(answers) != "no":
        found.append(
            Contradiction(
                ("chair_cushion_relieves", *GROUPS["pressure_risk"]),
                "contradiction.cushion",
            )
        )
    return tuple(found)


# --- Words ----------------------------------------------------------------------------------------


def sentence(
    reason: str,
    params: Mapping[str, int | Decimal] | None = None,
    *,
    translate: Callable[[str], str] = str,
    number: Callable[[int | Decimal], str] = str,
) -> str:
    """The sentence of a reason, in the reader's language: pass the reader's gettext and number format."""
    return translate(REASONS[reason]).format(**{key: number(value) for key, value in (params or {}).items()})


PART_NAMES = {
    "mobility": N_("Moving about"),
    "equipment": N_("Present chair"),
    "health": N_("Health risk"),
    "posture": N_("Support for sitting"),
    "progression": N_("How the condition changes"),
    "participation": N_("School, care and family"),
}

BAND_NAMES = {
    "planned": N_("Planned need"),
    "medium": N_("Medium need"),
    "high": N_("High need"),
    "planned_medium": N_("Planned to medium need"),
    "medium_high": N_("Medium to high need"),
    "planned_high": N_("Planned to high need"),
}

HINTS = {
    "has_chair": N_(
        "A wheelchair, buggy or other mobility device of the child's own or lent for long. "
        "One that is lost, stolen or unusable counts as none."
    ),
    "injury": N_("Also ask about pressure sores that have healed. If nobody has looked at the skin, choose unknown."),
    "out_of_school": N_("Out of school, or often absent, because of mobility."),
    "progression": N_(
        "Rapid: in the last 12 months the child lost walking, or got worse by 3 SARA points or 1 FMS level."
    ),
    "sole_or_burdened_carer": N_("A single carer, a carer with a disability, or two or more affected children."),
}

REASONS: dict[str, str] = {
    # A
    "mobility.independent": N_("The child walks without help."),
    "mobility.unsteady": N_("The child walks unsteadily or falls often."),
    "mobility.short_distance": N_("The child walks only short distances, with support."),
    "mobility.cannot_walk": N_("The child cannot walk, but sits or moves on the floor alone."),
    "mobility.lifted": N_("The child cannot walk and is lifted for every move."),
    "mobility.unknown": N_("We do not know yet how the child moves about."),
    # B
    "equipment.not_needed": N_("The child walks without help, so having a chair or not does not count here."),
    "equipment.none": N_("The child has no usable chair and cannot walk, or walks only short distances."),
    "equipment.none_unsteady": N_("The child has no usable chair and walks unsteadily."),
    "equipment.none_mobility_unknown": N_(
        "The child has no usable chair. How much this counts depends on how the child moves about, "
        "which we do not know yet."
    ),
    "equipment.unknown": N_("We do not know yet whether the child has a usable chair."),
    "equipment.capped": N_(
        "What does not suit in the present chair counts, but never more than having no chair at all would."
    ),
    "equipment.mobility_unknown": N_(
        "How much the present chair counts depends on how the child moves about, which we do not know yet."
    ),
    "chair_meets_needs.yes": N_("The present chair meets the child's needs."),
    "chair_meets_needs.no": N_("The present chair does not meet the child's needs."),
    "chair_meets_needs.unknown": N_("We do not know yet whether the present chair meets the child's needs."),
    "chair_suits_home.yes": N_("The present chair suits the places where the child lives."),
    "chair_suits_home.no": N_("The present chair does not suit the places where the child lives."),
    "chair_suits_home.unknown": N_(
        "We do not know yet whether the present chair suits the places where the child lives."
    ),
    "chair_fits.yes": N_("The present chair fits and supports the child's body."),
    "chair_fits.no": N_("The present chair does not fit or does not support the child's body."),
    "chair_fits.unknown": N_("We do not know yet whether the present chair fits and supports the child's body."),
    "chair_is_safe.yes": N_("The present chair is safe and durable."),
    "chair_is_safe.no": N_("The present chair is not safe or not durable."),
    "chair_is_safe.unknown": N_("We do not know yet whether the present chair is safe and durable."),
    "chair_cushion_relieves.yes": N_("The present cushion protects the skin from pressure."),
    "chair_cushion_relieves.no": N_("The present cushion does not protect the skin from pressure."),
    "chair_cushion_relieves.not_applicable": N_("The question about the cushion does not apply."),
    "chair_cushion_relieves.unknown": N_(
        "We do not know yet whether the present cushion protects the skin from pressure."
    ),
    # C
    "injury.past": N_("The child has had a pressure sore that has healed."),
    "injury.stage_1": N_("The skin shows the first signs of a pressure sore (stage 1)."),
    "injury.stage_2": N_("The child has an open pressure sore (stage 2)."),
    "injury.stage_3": N_("The child has a deep pressure sore (stage 3)."),
    "injury.stage_4": N_("The child has a very deep pressure sore (stage 4)."),
    "injury.unstageable": N_("The child has a pressure sore whose depth cannot be seen; it counts as open."),
    "injury.deep_tissue": N_("The child has a pressure injury under the skin; it counts as open."),
    "injury.unknown": N_("We do not know yet whether the child has or had a pressure sore."),
    "injury.unknown_at_risk": N_(
        "The skin is at risk from pressure, and we do not know yet whether the child has or had a pressure sore."
    ),
    "pressure_risk.cannot_feel": N_("The child does not feel pressure on part of the body, so the skin is at risk."),
    "pressure_risk.yes": N_("Several things together put the child's skin at risk from pressure."),
    "pressure_risk.possible": N_("The child's skin may be at risk from pressure; some answers are missing."),
    "pressure_risk.no": N_("The child's skin is not at risk from pressure."),
    "swallowing_or_breathing_worse.yes": N_("Swallowing or breathing is harder when the child sits without support."),
    "swallowing_or_breathing_worse.no": N_(
        "Swallowing and breathing are no harder when the child sits without support."
    ),
    "swallowing_or_breathing_worse.unknown": N_(
        "We do not know yet whether swallowing or breathing is harder when the child sits without support."
    ),
    "pain_or_deformity.yes": N_("The child has pain when sitting, or a hip or back that is losing its shape."),
    "pain_or_deformity.no": N_("The child sits without pain, and hips and back keep their shape."),
    "pain_or_deformity.unknown": N_(
        "We do not know yet whether the child has pain when sitting, or a hip or back that is losing its shape."
    ),
    # D
    "posture_level.basic": N_("The child sits well in a chair that fits."),
    "posture_level.intermediate": N_("The child needs some extra support to sit well."),
    "posture_level.complex": N_("The child can sit only in a seat made for the child's own body."),
    "posture_level.unknown": N_("We do not know yet how much support the child needs to sit."),
    # E
    "progression.static": N_("The condition is not getting worse."),
    "progression.progressive": N_("The condition is slowly getting worse."),
    "progression.progressive_unknown_rate": N_("The condition is getting worse; we do not know yet how fast."),
    "progression.rapid": N_("The condition has become much worse in the last 12 months."),
    "progression.unknown": N_("We do not know yet whether the condition is getting worse."),
    # F
    "out_of_school.yes": N_("The child is out of school or often absent because of mobility."),
    "out_of_school.no": N_("Mobility does not keep the child from school."),
    "out_of_school.unknown": N_("We do not know yet whether mobility keeps the child from school."),
    "missed_treatment.yes": N_("The child has missed treatment because there was no way to get there."),
    "missed_treatment.no": N_("The child has not missed treatment for lack of transport."),
    "missed_treatment.unknown": N_("We do not know yet whether the child has missed treatment for lack of transport."),
    "carrying_load.many_lifts": N_("The family carries much: lifts by hand each day: {lifts}."),
    "carrying_load.pain": N_("The person who cares for the child has pain: {pain} out of {worst}."),
    "carrying_load.heavy": N_("The child weighs {mass_kg} kg and is lifted by hand."),
    "carrying_load.light": N_("The family does not report heavy lifting."),
    "carrying_load.unknown": N_("We do not know yet how heavy the daily lifting is for the family."),
    "sole_or_burdened_carer.yes": N_(
        "One person cares alone, or the carer has a disability, or two or more children are affected."
    ),
    "sole_or_burdened_carer.no": N_("The care is shared, and one child is affected."),
    "sole_or_burdened_carer.unknown": N_("We do not know yet whether one person carries the care alone."),
    # Red flags
    "flag.injury.yes": N_("Urgent: the child has an open pressure sore."),
    "flag.injury.unknown": N_("To be checked: does the child have an open pressure sore?"),
    "flag.falls_or_breathing_trouble_in_seat.yes": N_(
        "Urgent: the child falls from the present seat or has trouble breathing in it."
    ),
    "flag.falls_or_breathing_trouble_in_seat.unknown": N_(
        "To be checked: does the child fall from the present seat or have trouble breathing in it?"
    ),
    "flag.lost_chair_full_time_user.yes": N_("Urgent: the child used a chair all day and has just lost it."),
    "flag.lost_chair_full_time_user.unknown": N_("To be checked: has the child just lost a chair used all day?"),
    "flag.palliative.yes": N_("Urgent: the child receives palliative care."),
    "flag.palliative.unknown": N_("To be checked: does the child receive palliative care?"),
    "flag.discharge_depends.yes": N_("Urgent: the child can leave hospital only with a chair."),
    "flag.discharge_depends.unknown": N_("To be checked: does leaving hospital depend on a chair?"),
    # Suggestions
    "suggestion.fms_cannot_walk": N_("The FMS rating for 5 metres suggests that the child cannot walk."),
    "suggestion.fms_short_distance": N_(
        "The FMS rating for 50 metres suggests that the child walks only short distances."
    ),
    "suggestion.sara_cannot_walk": N_("The SARA gait item suggests that the child cannot walk."),
    "suggestion.sara_short_distance": N_(
        "The SARA gait item suggests that the child walks only short distances, with support."
    ),
    # Contradictions
    "contradiction.lost_chair": N_(
        "The child has just lost the chair, so the answer to having a chair should be no. "
        "Please look at both answers again."
    ),
    "contradiction.lifted_without_lifts": N_(
        "The child is lifted for every move, but no lift a day is counted. Please look at both answers again."
    ),
    "contradiction.cushion": N_(
        "The skin is or may be at risk, so the question about the cushion applies. Please answer it."
    ),
}
