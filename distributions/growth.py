"""GROW-1.0: when a child will have outgrown a chair, from her own measures and a reference of growth.

Plain Python: no framework, no database, no clock. It gives a reminder date, not a size: the day to measure again and to
order, never the width of a chair.

Where the numbers come from: heights and masses are medians of 2,880 children of Moroccan origin, 0 to 20 years
(published 2004), in whole years and rounded to 0.1 (``REFERENCE``). The gain of a seated measure per millimetre of
stature comes from 3,900 children measured for the US CPSC (1977, ``GAIN``) and holds for children without disability.
The factors that slow growth are guesses; they are handed in by the caller and shown as guesses.

Decisions that the rule's text leaves open, each kept in one place below:

* years are joined by straight lines; at 18 the last row ends, and nothing is forecast after it (``_between_years``);
* mass stays the same share of the median mass of its age, whatever slows the growth in height (``_mass``);
* a measured change counts once the reference expects a change larger than the noise of measuring, however small it
  was, and never below zero: a child who stopped growing is not forecast to grow as if unmeasured (``_own_pace``);
* what slows growth acts on the reference alone: the child's own pace is already slow (``_model``);
* hips, seat depth and calf keep their own measured pace, within half and double of what stature says (``_seated``);
* D and E grow in proportion to F, a guess (``_back``); knee height and arm span give no stature (``_stature``);
* two dates: a chair "leaves its good fit", then it is "too small"; the second is a warning in FIT-1.0 (``ALLOWED``);
* what cannot be evaluated is named beside the date; without seat depth and calf there is no date (``outgrow``);
* measures that were taken on different days each grow from their own day (``_grown``).
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal


def N_(text: str) -> str:
    """Mark a sentence for translation (the extractor looks for this name); whoever shows it translates it."""
    return text


VERSION = "GROW-1.0"
PROVENANCE = N_(
    "GROW-1.0 is the association's own rule: a reminder date, not a size. Its reference measured children without a "
    "disability, and what slows growth is a guess."
)

# --- The numbers ----------------------------------------------------------------------------------

#: Whole years: median height (cm), its standard deviation (cm), median mass (kg); Moroccan-origin reference.
#: The row of 18 is that of 17 plus its last yearly gain, with the standard deviation held.
REFERENCE: dict[str, dict[int, tuple[float, float, float]]] = {
    "M": {
        2: (87.7, 3.4, 13.2), 3: (96.3, 3.8, 15.2), 4: (103.8, 4.2, 17.1), 5: (110.3, 4.5, 19.2),
        6: (116.2, 4.9, 21.4), 7: (122.2, 5.3, 23.9), 8: (128.0, 5.6, 26.4), 9: (133.4, 5.9, 29.2),
        10: (138.7, 6.2, 32.2), 11: (143.3, 6.6, 35.5), 12: (148.1, 7.1, 39.2), 13: (153.8, 7.6, 43.5),
        14: (160.3, 7.8, 48.7), 15: (166.8, 7.5, 54.2), 16: (171.2, 7.0, 58.7), 17: (173.5, 6.7, 62.0),
        18: (174.0, 6.7, 64.5),
    },
    "F": {
        2: (86.8, 2.9, 12.9), 3: (94.8, 3.3, 14.8), 4: (102.4, 3.9, 16.8), 5: (109.0, 4.5, 18.9),
        6: (114.6, 5.0, 21.1), 7: (120.2, 5.5, 23.4), 8: (126.3, 5.9, 26.0), 9: (132.4, 6.3, 28.8),
        10: (138.0, 6.5, 32.2), 11: (144.0, 6.6, 36.5), 12: (150.5, 6.5, 41.9), 13: (155.7, 6.2, 47.4),
        14: (158.6, 6.0, 51.7), 15: (159.8, 5.9, 54.6), 16: (160.3, 5.8, 56.4), 17: (160.4, 5.8, 57.6),
        18: (160.9, 5.8, 58.4),
    },
}  # fmt: skip
YOUNGEST, OLDEST = 2, 18  # years

#: Millimetres that a seated measure gains for each millimetre of stature. F is 0.62 of the gain in sitting height.
GAIN: dict[str, dict[str, float]] = {
    "M": {"A": 0.18, "B": 0.31, "C": 0.27, "F": 0.62 * 0.43},
    "F": {"A": 0.18, "B": 0.32, "C": 0.25, "F": 0.62 * 0.45},
}

MONTHS_APART = 6  # two measures say something of a child's pace from here
NOISE_MM = 10  # repeatability of a seated tape measure
MOST_OWN, OWN_AFTER_MONTHS = 0.8, 15  # how much the child's own pace weighs
OWN_BOUNDS = (0.5, 2.0)  # of what stature says
SPREAD, WIDE_SPREAD = 0.3, 0.5  # of the gain; about one standard deviation of a year's pace

#: What a chair may lack before it (leaves its good fit, is too small), in mm beyond its largest setting.
ALLOWED: dict[str, tuple[int, int]] = {
    "width": (0, 0),
    "depth": (70, 70),
    "footrest": (10, 20),
    "back": (20, 40),
    "mass": (0, 0),  # kg
}
DIMENSION_NAMES = {
    "width": N_("the seat's width"),
    "depth": N_("the seat's depth"),
    "footrest": N_("the footrests"),
    "back": N_("the backrest"),
    "mass": N_("the child's mass"),
}
DIMENSIONS = tuple(DIMENSION_NAMES)
NEEDED_FOR_A_DATE = ("depth", "footrest")
FACTOR_NAMES = {
    "ataxia": N_("ataxia-telangiectasia"),
    "underweight": N_("tube-fed or much under weight"),
    "steroids": N_("high-dose steroids"),
    "transplant": N_("after a transplant"),
    "late_puberty": N_("late puberty"),
}

ORDER_WITHIN, VISIT_WITHIN, CALL_WITHIN = 6, 3, 1  # months before a chair is outgrown
FAST_UNTIL = 6
FAST_YEARS = {"F": range(10, 14), "M": range(12, 16)}


# --- What goes in ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What was measured of a child on one day; None was not taken. Height only where it is a stature."""

    on: date
    height_cm: Decimal | None = None
    mass_kg: Decimal | None = None
    hip_width_mm: int | None = None
    seat_depth_left_mm: int | None = None
    seat_depth_right_mm: int | None = None
    calf_left_mm: int | None = None
    calf_right_mm: int | None = None
    shoulder_height_mm: int | None = None
    rib_height_mm: int | None = None
    scapula_height_mm: int | None = None
    is_non_standing: bool = False


#: The measures that grow, by their letters: how a reading gives each. Legs: the shorter one for a one-piece footrest.
MEASURES: dict[str, Callable[[Reading], float | None]] = {
    "height": lambda each: float(each.height_cm) if each.height_cm else None,
    "mass": lambda each: float(each.mass_kg) if each.mass_kg else None,
    "A": lambda each: each.hip_width_mm,
    "B": lambda each: _smallest(each.seat_depth_left_mm, each.seat_depth_right_mm),
    "C_short": lambda each: _smallest(each.calf_left_mm, each.calf_right_mm),
    "C_long": lambda each: _largest(each.calf_left_mm, each.calf_right_mm),
    "F": lambda each: each.shoulder_height_mm,
    "D": lambda each: each.rib_height_mm,
    "E": lambda each: each.scapula_height_mm,
}


def _smallest(*values: int | None) -> int | None:
    return min((value for value in values if value), default=None)


def _largest(*values: int | None) -> int | None:
    return max((value for value in values if value), default=None)


@dataclass(frozen=True)
class Factor:
    """What slows (or speeds) a child's growth, by how much: `code` is a key of FACTOR_NAMES."""

    code: str
    value: Decimal

    def __post_init__(self) -> None:
        if self.code not in FACTOR_NAMES:
            raise ValueError(f"{self.code!r} is not a factor of {VERSION}")
        if not self.value > 0:
            raise ValueError(f"{self.code}: a factor is above 0")


@dataclass(frozen=True)
class Child:
    """Whom growth is forecast for: `sex` F or M, readings in any order."""

    sex: str
    born_on: date | None
    birth_is_exact: bool = True
    readings: tuple[Reading, ...] = ()
    factors: tuple[Factor, ...] = ()


@dataclass(frozen=True)
class Limits:
    """How far a chair can be set, as FIT counts it (the cushion applied); None is not known."""

    width_max_mm: int | None = None
    depth_max_mm: int | None = None
    footrest_max_mm: int | None = None
    back_max_mm: int | None = None
    back_target: str = "E"
    mass_max_kg: Decimal | None = None
    footrests_are_split: bool = False


# --- What comes out -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """Something to say beside a forecast; `reason` is a key of REASONS. Text parameters are marked words."""

    reason: str
    params: Mapping[str, int | Decimal | str] = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Curve:
    """One measure month by month, never falling: the latest value and what is added to it."""

    early: tuple[float, ...]
    likely: tuple[float, ...]
    late: tuple[float, ...]


@dataclass(frozen=True)
class At:
    """The likely measures after some months: cm and kg to 0.1, the rest in whole mm. For showing, not for ordering."""

    month: int
    height_cm: Decimal | None
    mass_kg: Decimal | None
    hip_width_mm: int | None
    seat_depth_mm: int | None
    calf_mm: int | None
    shoulder_height_mm: int | None


@dataclass(frozen=True)
class Trajectory:
    """How a child is likely to grow from month 0 (`starts_on`) to the 18th birthday, or as far as was asked."""

    starts_on: date
    z: float | None  # of the stature; None without one
    curves: Mapping[str, Curve] = dataclasses.field(hash=False)
    marks: tuple[Mark, ...] = ()
    version: str = VERSION

    @property
    def months(self) -> int:
        """The last month."""
        return len(next(iter(self.curves.values())).likely) - 1

    def at(self, month: int) -> At:
        """The likely measures after `month` months; after the last month they stay."""
        month = max(0, min(month, self.months))
        value = {name: curve.likely[month] for name, curve in self.curves.items()}
        return At(
            month,
            _tenths(value.get("height")),
            _tenths(value.get("mass")),
            *(_whole(value.get(name)) for name in ("A", "B", "C_short", "F")),
        )

    def day(self, month: int) -> date:
        return add_months(self.starts_on, month)


@dataclass(frozen=True)
class Window:
    """Months until something happens; None: not as far as growth was forecast."""

    early: int | None = None
    likely: int | None = None
    late: int | None = None


@dataclass(frozen=True)
class Outgrow:
    """When a child has outgrown a chair, counted in months from `starts_on`. Limiting: keys of DIMENSIONS, "+" between.

    Without seat depth and footrest there is no date at all (`is_known` is false): it would be too late.
    """

    starts_on: date
    good_fit: Window
    too_small: Window
    limiting_good_fit: str
    limiting_too_small: str
    not_evaluated: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    version: str = VERSION

    @property
    def is_known(self) -> bool:
        return not set(NEEDED_FOR_A_DATE) <= set(self.not_evaluated)

    def day(self, month: int | None) -> date | None:
        return None if month is None else add_months(self.starts_on, month)


# --- The rule -------------------------------------------------------------------------------------


def why_not(child: Child) -> str | None:
    """The reason (of REASONS) why growth cannot be forecast for this child; None where it can."""
    if child.born_on is None:
        return "no_birth_date"
    readings = [each for each in child.readings if any(measure(each) for measure in MEASURES.values())]
    if not readings:
        return "no_readings"
    age = months_between(child.born_on, max(each.on for each in readings)) / 12
    return "too_young" if age < YOUNGEST else "of_age" if age > OLDEST else None


def trajectory(child: Child, *, starts_on: date | None = None, months: int | None = None) -> Trajectory | None:
    """How a child is likely to grow, month by month to the 18th birthday or for `months`; None where why_not says so.

    Month 0 is the day of the last reading, or `starts_on` if that is later.
    """
    if why_not(child) or child.born_on is None:
        return None
    born = child.born_on
    # Below two years the reference is another one; after the 18th birthday there is none.
    readings = sorted(
        (
            each
            for each in child.readings
            if YOUNGEST * 12 <= months_between(born, each.on) <= OLDEST * 12
            and any(measure(each) for measure in MEASURES.values())
        ),
        key=lambda each: each.on,
    )
    start = max(filter(None, [readings[-1].on, starts_on]))
    first_age = months_between(born, start)
    if first_age > OLDEST * 12:
        return None
    last = math.floor(OLDEST * 12 - first_age)
    ages = [first_age + month for month in range((last if months is None else min(last, months)) + 1)]
    known = {
        name: points
        for name, measure in MEASURES.items()
        if (points := tuple((months_between(born, each.on), float(v)) for each in readings if (v := measure(each))))
    }
    return _Forecaster(child, known, ages, readings[-1].is_non_standing).trajectory(start)


class _Forecaster:
    """The working of one child's trajectory. Ages in months; a point is (age, value); a pace is per month."""

    def __init__(self, child: Child, known: Mapping[str, Sequence[tuple[float, float]]], ages, is_non_standing: bool):
        self.sex, self.known, self.ages = child.sex, known, ages
        self.reference = functools.cache(self._reference)
        self.model = functools.cache(self._model)
        self.slowing = math.prod(float(value) for value in {each.code: each.value for each in child.factors}.values())
        self.marks: list[Mark] = [
            Mark("factor", {"what": FACTOR_NAMES[each.code], "value": each.value}) for each in child.factors
        ]
        if not child.birth_is_exact:
            self.marks.append(Mark("birth_estimated"))
        self.z = self._stature()
        self.spread = SPREAD if self.z is not None and not is_non_standing else WIDE_SPREAD
        if self.z is None:
            self.marks.append(Mark("no_stature"))
        elif is_non_standing:
            self.marks.append(Mark("non_standing"))
        self.own_share, self.own_pace = 0.0, 0.0
        if own := self._own_pace("height", scale=10):
            self.own_pace, apart = own
            self.own_share = min(MOST_OWN, apart / OWN_AFTER_MONTHS)

    def trajectory(self, start: date) -> Trajectory:
        curves = {}
        if self.z is not None:
            curves["height"] = self._grown("height", self.model, scale=10)
        if "mass" in self.known:
            curves["mass"] = self._grown("mass", self._mass)
        for name in ("A", "B", "C_short", "C_long"):
            if name in self.known:
                curves[name] = self._grown(name, self._seated(name))
        if self.z is not None and "F" in self.known:
            curves["F"] = self._grown("F", self._back(1.0))
            shoulder = self.known["F"][-1][1]
            for name in ("D", "E"):
                if name in self.known:
                    curves[name] = self._grown(name, self._back(self.known[name][-1][1] / shoulder))
        marks = [mark for number, mark in enumerate(self.marks) if mark not in self.marks[:number]]
        return Trajectory(start, self.z, curves, tuple(marks))

    def _stature(self) -> float | None:
        """The z of the last stature. Height has L = 1 in this reference: z is a plain distance in deviations."""
        if "height" not in self.known:
            return None
        age, height = self.known["height"][-1]
        median, deviation, _mass = _between_years(self.sex, age)
        return (height - median) / deviation

    def _reference(self, age: float) -> float:
        """The stature (mm) of a child of the same z at this age; of a median child where no stature is known."""
        median, deviation, _mass = _between_years(self.sex, age)
        return 10 * (median + (self.z or 0.0) * deviation)

    def _own_pace(self, name: str, *, gain: float = 1.0, scale: int = 1) -> tuple[float, float] | None:
        """The child's own pace (mm a month) in a measure, and the months it was watched; None where nothing shows it.

        The last value against the most recent one that is half a year older and across which the reference expects
        more than the noise of measuring.
        """
        *before, (last_age, last) = self.known.get(name, [(0.0, 0.0)])
        for age, value in reversed(before):
            apart = last_age - age
            if apart < MONTHS_APART or gain * (self.reference(last_age) - self.reference(age)) < NOISE_MM:
                continue
            if last < value:
                self.marks.append(Mark("shrunk", {"what": MEASURE_NAMES[name]}))
            return max(0.0, scale * (last - value)) / apart, apart
        return None

    def _model(self, since: float, until: float) -> float:
        """What stature gains between two ages (mm): the child's own pace and the reference, which alone is slowed."""
        expected = max(0.0, self.reference(until) - self.reference(since))
        own = self.own_pace * (until - since)
        return self.own_share * own + (1 - self.own_share) * self.slowing * expected

    def _seated(self, name: str) -> Callable[[float, float], float]:
        """What A, B or C gains: from stature, or at its own pace within bounds of that."""
        gain = GAIN[self.sex][name[0]]
        pace = self._own_pace(name, gain=gain)

        def gained(since: float, until: float) -> float:
            by_stature = gain * self.model(since, until)
            if pace is None:
                return by_stature
            low, high = (bound * by_stature for bound in OWN_BOUNDS)
            return min(max(pace[0] * (until - since), low), high)

        return gained

    def _back(self, share: float) -> Callable[[float, float], float]:
        """What F gains from stature; D and E gain their share of it."""
        gain = share * GAIN[self.sex]["F"]
        return lambda since, until: gain * self.model(since, until)

    def _mass(self, since: float, until: float) -> float:
        """What the child gains (kg) by staying the same share of the median mass. Nothing slows it: steroids do not."""
        age, mass = self.known["mass"][-1]
        share = mass / _between_years(self.sex, age)[2]
        return share * (_between_years(self.sex, until)[2] - _between_years(self.sex, since)[2])

    def _grown(self, name: str, gained: Callable[[float, float], float], *, scale: int = 1) -> Curve:
        """A measure's curve: its last value, from its own day to month 0 and then month by month."""
        age, value = self.known[name][-1]
        steps = [gained(since, until) / scale for since, until in itertools.pairwise([age, *self.ages])]
        gains = list(itertools.accumulate(steps))
        early, likely, late = (
            tuple(value + times * gain for gain in gains) for times in (1 + self.spread, 1.0, 1 - self.spread)
        )
        return Curve(early, likely, late)


def outgrow(trajectory: Trajectory, limits: Limits) -> Outgrow:
    """When this child leaves a chair's good fit and when it is too small for her: the first month that anything is.

    Compared unrounded, and only what lies beyond a limit counts. Cheap: a trajectory serves for any number of chairs.
    """
    checked = dict(_checked(trajectory, limits))
    missing = tuple(name for name in DIMENSIONS if name not in checked)
    if set(NEEDED_FOR_A_DATE) <= set(missing):
        return Outgrow(trajectory.starts_on, Window(), Window(), "", "", missing)
    good_fit, limiting_good_fit = _window(checked, stage=0)
    too_small, limiting_too_small = _window(checked, stage=1)
    marks = (Mark("back_is_a_guess"),) if "back" in checked and limits.back_target != "F" else ()
    return Outgrow(trajectory.starts_on, good_fit, too_small, limiting_good_fit, limiting_too_small, missing, marks)


def _window(checked: Mapping[str, tuple[Curve, float]], *, stage: int) -> tuple[Window, str]:
    """The first months in which any dimension goes beyond what this stage allows, and which likely does so first."""
    early, likely, late = (
        {
            name: month
            for name, (curve, most) in checked.items()
            if (month := _first_beyond(getattr(curve, case), most + ALLOWED[name][stage])) is not None
        }
        for case in ("early", "likely", "late")
    )
    window = Window(*(min(months.values(), default=None) for months in (early, likely, late)))
    first = [name for name in DIMENSIONS if name in likely and likely[name] == window.likely]
    return window, "+".join(first)


def _checked(trajectory: Trajectory, limits: Limits) -> Iterable[tuple[str, tuple[Curve, float]]]:
    """What can be evaluated: the child's curve and the chair's largest setting of each dimension where both are known.

    Unequal legs: one footrest for both is set for the shorter, one for each must reach the longer.
    """
    pairs = {
        "width": ("A", limits.width_max_mm),
        "depth": ("B", limits.depth_max_mm),
        "footrest": ("C_long" if limits.footrests_are_split else "C_short", limits.footrest_max_mm),
        "back": (limits.back_target, limits.back_max_mm),
        "mass": ("mass", limits.mass_max_kg),
    }
    for name, (letter, most) in pairs.items():
        if most is not None and letter in trajectory.curves:
            yield name, (trajectory.curves[letter], float(most))


def _first_beyond(values: Sequence[float], limit: float) -> int | None:
    month = bisect_right(values, limit)
    return month if month < len(values) else None


def remeasure_every_months(sex: str, age_years: int) -> int:
    """How often a child is measured again: every 4 months while growth is fast, every 6 before it, every 12 after."""
    fast = FAST_YEARS[sex]
    if age_years < FAST_UNTIL or age_years in fast:
        return 4
    return 6 if age_years < fast.start else 12


# --- Years and months -----------------------------------------------------------------------------


def _between_years(sex: str, months: float) -> tuple[float, float, float]:
    """The reference at an age in months: a straight line between two whole years."""
    rows = REFERENCE[sex]
    year = min(int(months // 12), OLDEST - 1)
    part = months / 12 - year
    low, high = rows[year], rows[year + 1]
    return (
        low[0] + part * (high[0] - low[0]),
        low[1] + part * (high[1] - low[1]),
        low[2] + part * (high[2] - low[2]),
    )


def add_months(day: date, months: int) -> date:
    """The same day of the month some months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(earlier: date, later: date) -> float:
    """Whole months from one day to another, and the part of the month begun."""
    whole = (later.year - earlier.year) * 12 + later.month - earlier.month
    if add_months(earlier, whole) > later:
        whole -= 1
    begun, ends = add_months(earlier, whole), add_months(earlier, whole + 1)
    return whole + (later - begun).days / (ends - begun).days


def _tenths(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP))


# --- Words ----------------------------------------------------------------------------------------

MEASURE_NAMES = {
    "height": N_("the height"),
    "A": N_("the hip width"),
    "B": N_("the seat depth"),
    "C_short": N_("the calf length"),
    "C_long": N_("the calf length"),
}

REASONS = {
    "no_birth_date": N_("Without a birth date growth cannot be forecast."),
    "no_readings": N_("No measure is known from which growth could be forecast."),
    "too_young": N_("The child was not yet two years old when measured: growth is not forecast from there."),
    "of_age": N_("The child had come of age when measured: growth is not forecast any more."),
    "birth_estimated": N_("The birth date is not exact, so neither is the forecast."),
    "no_stature": N_("No height is known: the growth of an average child is assumed, with wide limits."),
    "non_standing": N_("The child was not measured standing: the limits are wide."),
    "back_is_a_guess": N_("How the lower back heights grow is a guess made from the shoulder height."),
    "shrunk": N_("Measure {what} again: the last value is below an earlier one."),
    "factor": N_("Growth is multiplied by {value} ({what}): a guess, not a measure."),
}


def sentence(
    reason: str,
    params: Mapping[str, int | Decimal | str] | None = None,
    *,
    translate: Callable[[str], str] = str,
    number: Callable[[int | Decimal], str] = str,
) -> str:
    """The sentence of a reason, in the reader's language: pass the reader's gettext and number format."""
    words = {
        key: translate(value) if isinstance(value, str) else number(value) for key, value in (params or {}).items()
    }
    return translate(REASONS[reason]).format(**words)
