"""FIT-1.0: how a chair fits a child, dimension by dimension, with the reason of every verdict.

Plain Python: no framework, no database, no clock. Lengths are whole millimetres, masses exact tenths of a kilogram; no
verdict rests on a rounded number. Heights count from the seated child: the catalogue's, which count from the bare seat,
are corrected by the cushion under a seated child.

Where the numbers come from: seat width, depth, footrest and supports follow the WHO wheelchair service training;
limits around them follow published seating practice. They are the association's own choice, have not been validated
clinically, and are one profile: rules of other schools are not mixed in (F14).

Decisions that the table of bands alone does not settle, each kept in one place below:

* edges are exact and an edge shared by two cells belongs to the better one (``BANDS``: closed, best first; F1, F11);
  cells that the table leaves empty are warnings (``BANDS``; F4, F6, F7);
* measuring noise only adds a note, where it would change the verdict (``_is_noisy``; F1);
* a core fail excludes a chair, any other fail must be solved before the hand-over (``CORE``, ``Fit.blockers``; F2);
* of an adjustable chair the best setting counts, nearest the aim, the smaller of two (``_choose``; F3), and the
  clearance is judged at the setting of the footrest (``_clearance``; F3, F17);
* width with or without pads, pushed or not (``_width``; F4);
* mass from 95 to 100 % of the greatest, and a mass that will grow past it (``_mass``; F5);
* which back a child needs (``back_target``; F6);
* a rougher or smoother chair than the ground asks for (``TERRAIN_STEPS``; F7), a higher class (``score``; F8);
* what is not known is never good: an unknown core dimension leaves the fit incomplete (``Fit.overall``; F9); a measure
  in the wrong unit is not known either (``PLAUSIBLE``), one side stands in for the other and is marked (``_sides``);
* legs of unequal length (``_footrest``; F12);
* months until the chair is too small: exclusive tiers, "never" counts as 36 (``score``; F13);
* a cushion of unknown thickness leaves every height unknown (``Seat.settings``; F15);
* room beyond 30 mm behind the knee is never ordered to grow into (``order_specification``; F16).

Equipment that the catalogue does not name (an accessory, a tilt) counts as not there: that is the safe side.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, NamedTuple

from distributions.fitting_words import (
    ACCEPTABLE,
    FAIL,
    GOOD,
    INCOMPLETE,
    N_,
    NAMES,
    NOT_APPLICABLE,
    ORDER_NAMES,
    UNKNOWN,
    WARNING,
    sentence,
)

__all__ = [
    "Body",
    "Fit",
    "FitScore",
    "Line",
    "Range",
    "Seat",
    "SpecLine",
    "fit",
    "order_specification",
    "score",
    "sentence",
]

VERSION = "FIT-1.0"
PROVENANCE = N_(
    "FIT-1.0 is the association's own rule, not a clinical instrument. "
    "It advises; a named person decides and may overrule it."
)

# --- The rule's numbers ---------------------------------------------------------------------------

WORSE = {NOT_APPLICABLE: 0, GOOD: 0, ACCEPTABLE: 1, WARNING: 2, UNKNOWN: 3, FAIL: 4}

CORE = ("width", "depth", "footrest", "mass", "posture")
FAR = 10_000  # mm: no limit on this side
NOISE_MM = 9  # seated tape measures repeat within 10 mm


@dataclass(frozen=True)
class Bands:
    """How far a setting may lie from its reference, mm: closed spans, the best first; outside all: ``otherwise``."""

    aim: int
    spans: tuple[tuple[str, int, int], ...]
    otherwise: str

    @cached_property
    def good(self) -> tuple[int, int]:
        return self.spans[0][1:]


BANDS: dict[str, Bands] = {
    # seat width - hip width A
    "width": Bands(0, ((GOOD, 0, 20), (WARNING, -5, 50)), FAIL),
    "width_padded": Bands(0, ((GOOD, 0, 20), (ACCEPTABLE, 0, 40), (WARNING, -5, 50)), FAIL),
    "width_self": Bands(0, ((GOOD, 0, 20), (ACCEPTABLE, 0, 25), (WARNING, -5, 50)), FAIL),
    # seat depth - seat depth of the body B, the shorter side
    "depth": Bands(-40, ((GOOD, -50, -30), (ACCEPTABLE, -70, -30), (WARNING, -100, -20)), FAIL),
    # seat to footrest - calf C
    "footrest": Bands(0, ((GOOD, -10, 10), (ACCEPTABLE, -20, 20), (WARNING, -30, 30)), FAIL),
    # footrest above the ground
    "clearance": Bands(50, ((GOOD, 50, FAR), (ACCEPTABLE, 38, FAR), (WARNING, 25, FAR)), FAIL),
    # backrest - D, E or F
    "back": Bands(0, ((GOOD, -20, 20), (ACCEPTABLE, -40, 40), (WARNING, -60, FAR)), FAIL),
    # middle of the headrest - base of the skull K
    "headrest": Bands(0, ((GOOD, -30, 30),), WARNING),
    # between the trunk pads - trunk width G; their top - armpit H, the lower side
    "trunk_pads": Bands(0, ((GOOD, 0, 20),), WARNING),
    "trunk_pad_top": Bands(-30, ((GOOD, -FAR, -30), (WARNING, -FAR, -20)), FAIL),
    # middle of the pelvis pad - top of the pelvis I
    "pelvis_pad": Bands(0, ((GOOD, -20, 20),), WARNING),
    # armrest - elbow
    "armrest": Bands(0, ((GOOD, 0, 25), (ACCEPTABLE, -40, 40)), WARNING),
    # narrowest door - overall width
    "door": Bands(40, ((GOOD, 40, FAR), (ACCEPTABLE, 20, FAR), (WARNING, 0, FAR)), FAIL),
}
PAD_GAP = (0, 10)  # mm between hips and hip guides that a wider seat is narrowed to

# The child's mass in % of the chair's greatest.
MASS_GOOD, MASS_ACCEPTABLE, MASS_MOST = 85, 95, 100

POSTURES = ("basic", "intermediate", "complex")
TERRAINS = ("indoor_urban", "dual", "rough")
# How many classes the chair lies above the need; lower than any: fail.
POSTURE_STEPS = {0: GOOD, 1: ACCEPTABLE, 2: WARNING}
TERRAIN_STEPS = {0: GOOD, 1: ACCEPTABLE, 2: ACCEPTABLE, -1: WARNING}
TILT_FROM_DEG = 20

PUSHED = "helper"
SELF_PROPELLED = frozenset({"both_arms", "left_arm", "right_arm", "both_legs", "left_leg", "right_leg"})
BY_FOOT = frozenset({"both_legs", "left_leg", "right_leg"})

# A number outside was not measured in millimetres (or kilograms), or not on a child of 2 to 18 years.
PLAUSIBLE: dict[str, tuple[int, int]] = {
    "hip_width_mm": (120, 550),
    "seat_depth_left_mm": (150, 600),
    "seat_depth_right_mm": (150, 600),
    "calf_left_mm": (140, 550),
    "calf_right_mm": (140, 550),
    "rib_height_mm": (80, 400),
    "scapula_height_mm": (150, 550),
    "shoulder_height_mm": (200, 700),
    "trunk_width_mm": (120, 450),
    "axilla_left_mm": (130, 520),
    "axilla_right_mm": (130, 520),
    "pelvis_top_mm": (60, 260),
    "skull_base_mm": (250, 800),
    "elbow_height_mm": (60, 400),
    "mass_kg": (5, 150),
    "narrowest_door_mm": (400, 3000),
}
# The same of a chair; a dimension that is not listed has no way to be told.
PLAUSIBLE_CHAIR: dict[str, tuple[int, int]] = {
    "width": (100, 800),
    "depth": (100, 800),
    "footrest": (80, 700),
    "back": (80, 1000),
    "armrest": (60, 500),
    "headrest": (150, 1000),
    "trunk_pads": (60, 600),
    "trunk_pad_top": (60, 700),
    "pelvis_pad": (30, 400),
    "overall_width": (250, 1500),
    "seat_height": (100, 1200),
    "mass": (10, 400),
}
# Whether the cushion raises the child away from it (+) or towards it (-).
CUSHION_SIGN = {"footrest": 1, "back": -1, "armrest": -1, "headrest": -1, "trunk_pad_top": -1, "pelvis_pad": -1}

PENALTY = {GOOD: 0, NOT_APPLICABLE: 0, ACCEPTABLE: 5, WARNING: 20, UNKNOWN: 20, FAIL: 40}
OVER_SPECIFIED = 10
SOON_MONTHS, SOON = 12, 25
BEFORE_LONG_MONTHS, BEFORE_LONG = 18, 10
MONTHS_UNKNOWN = 20  # as a warning: what is not known is never free
WORKSHOP = 8
MISSING_ACCESSORIES, MISSING_FROM = 8, 2
NEVER_MONTHS = 36

# What an ordered chair should still be able to grow, mm.
GROWTH_MM = {"depth": 75, "footrest": 60, "back": 75}


# --- What goes in ---------------------------------------------------------------------------------


class Range(NamedTuple):
    """From where to where a chair can be set, mm; ``step`` None: without steps."""

    low: int
    high: int
    step: int | None = None


@dataclass(frozen=True, kw_only=True)
class Body:
    """The child as far as FIT-1.0 looks at her, mm and kg; whatever is left out is not known.

    ``supports`` are the codes of the accessories that the prescription asks for; ``projected_mass_kg`` is the likely
    mass at the planned review.
    """

    hip_width_mm: int | None = None
    seat_depth_left_mm: int | None = None
    seat_depth_right_mm: int | None = None
    calf_left_mm: int | None = None
    calf_right_mm: int | None = None
    rib_height_mm: int | None = None
    scapula_height_mm: int | None = None
    shoulder_height_mm: int | None = None
    trunk_width_mm: int | None = None
    axilla_left_mm: int | None = None
    axilla_right_mm: int | None = None
    pelvis_top_mm: int | None = None
    skull_base_mm: int | None = None
    elbow_height_mm: int | None = None
    mass_kg: Decimal | None = None
    projected_mass_kg: Decimal | None = None
    push_method: str = ""
    posture: str = ""
    ground: str = ""
    head_control: str = ""
    trunk_control: str = ""
    has_ataxia: bool = False
    needs_tilt: bool | None = None
    swallowing_worse: bool | None = None
    narrowest_door_mm: int | None = None
    supports: frozenset[str] = frozenset()

    @cached_property
    def references(self) -> dict[str, "Reference"]:
        """What each dimension of a chair is held against."""
        back = {"D": "rib_height_mm", "E": "scapula_height_mm", "F": "shoulder_height_mm"}[back_target(self)]
        feet = ("footrest.by_foot",) if self.push_method in BY_FOOT else ()
        return {
            "width": _measure(self, "hip_width_mm"),
            "depth": _sides(self, "seat_depth_left_mm", "seat_depth_right_mm"),
            "footrest": _sides(self, "calf_left_mm", "calf_right_mm", notes=feet),
            "back": _measure(self, back, notes=(f"back.target_{back_target(self)}",)),
            "headrest": _measure(self, "skull_base_mm"),
            "trunk_pads": _measure(self, "trunk_width_mm"),
            "trunk_pad_top": _sides(self, "axilla_left_mm", "axilla_right_mm"),
            "pelvis_pad": _measure(self, "pelvis_top_mm"),
            "armrest": _measure(self, "elbow_height_mm"),
            "mass": _measure(self, "mass_kg"),
            "door": _measure(self, "narrowest_door_mm"),
        }

    @cached_property
    def longer_calf_mm(self) -> int | None:
        """The other leg, where both were measured."""
        left, right = _measure(self, "calf_left_mm").value, _measure(self, "calf_right_mm").value
        return None if left is None or right is None else max(left, right)

    @cached_property
    def mass_tenths(self) -> int:
        return int(self.mass_kg * 10) if self.mass_kg else 0

    @cached_property
    def projected_tenths(self) -> int | None:
        return None if self.projected_mass_kg is None else int(self.projected_mass_kg * 10)


class Reference(NamedTuple):
    """A measure that a dimension is held against; without a value, the reason and the number that cannot be."""

    value: int | None
    missing: str = ""
    found: int | Decimal | None = None
    notes: tuple[str, ...] = ()


def _measure(body: Body, field: str, notes: tuple[str, ...] = ()) -> Reference:
    value = getattr(body, field)
    if value is None:
        return Reference(None, f"missing.{field}", notes=notes)
    low, high = PLAUSIBLE[field]
    if not low <= value <= high:
        return Reference(None, f"implausible.{field}", value, notes)
    return Reference(value, notes=notes)


def _sides(body: Body, left: str, right: str, notes: tuple[str, ...] = ()) -> Reference:
    """The shorter side; where one was not taken the other stands for both, with a note (F9)."""
    one, other = _measure(body, left, notes), _measure(body, right, notes)
    if one.value is None and other.value is None:
        return one if one.found is not None else other
    if one.value is None or other.value is None:
        return (one if other.value is None else other)._replace(notes=(*notes, "one_side"))
    return one if one.value <= other.value else other


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A chair as the catalogue describes it, with what is fitted to it: mm from the bare seat, kg, degrees."""

    width: Range | None = None
    depth: Range | None = None
    footrest: Range | None = None
    back: Range | None = None
    armrest: Range | None = None
    headrest: Range | None = None
    hip_guides: Range | None = None
    trunk_pads: Range | None = None
    trunk_pad_top: Range | None = None
    pelvis_pad: Range | None = None
    footrests_are_split: bool = False
    has_cushion: bool = False
    cushion_mm: int | None = None
    seat_height_front_mm: int | None = None
    overall_width_mm: int | None = None
    user_mass_min_kg: Decimal | None = None
    user_mass_max_kg: Decimal | None = None
    posture: str = ""
    terrain: str = ""
    tilt_max_deg: int | None = None
    recline_max_deg: int | None = None
    accessories: frozenset[str] = frozenset()

    @cached_property
    def settings(self) -> dict[str, Range | str]:
        """Between which values each dimension can be set as the child feels it, or the reason why nobody knows."""
        return {dimension: self._setting(dimension) for dimension in SETTABLE}

    def _setting(self, dimension: str) -> Range | str:
        given: Range | None = getattr(self, dimension)
        if given is None:
            return "chair.missing"
        low, high = PLAUSIBLE_CHAIR[dimension]
        if not low <= given.low <= given.high <= high:
            return "chair.implausible"
        sign = CUSHION_SIGN.get(dimension, 0)
        if sign and self.has_cushion:
            if self.cushion_mm is None:
                return "chair.cushion"
            shift = sign * self.cushion_mm
            return Range(given.low + shift, given.high + shift, given.step)
        return given

    @cached_property
    def mass_limits(self) -> tuple[int, int] | str:
        """The least and the greatest mass of a user in tenths of a kilogram."""
        if self.user_mass_max_kg is None:
            return "chair.missing"
        low, high = PLAUSIBLE_CHAIR["mass"]
        if not low <= self.user_mass_max_kg <= high:
            return "chair.implausible"
        return int((self.user_mass_min_kg or 0) * 10), int(self.user_mass_max_kg * 10)

    @cached_property
    def tilts(self) -> bool:
        return (self.tilt_max_deg or 0) >= TILT_FROM_DEG or (self.recline_max_deg or 0) > 0


SETTABLE = (
    "width", "depth", "footrest", "back", "armrest", "headrest", "trunk_pads", "trunk_pad_top", "pelvis_pad",
)  # fmt: skip


# --- What comes out -------------------------------------------------------------------------------


class Line(NamedTuple):
    """The verdict on one dimension. ``name`` and ``reason`` are words to translate: see NAMES and ``sentence``.

    ``setting`` is the chair's best setting as the child feels it (with the cushion), ``target`` what it is held against
    as a setting, ``low`` to ``high`` what would be good; the unit is mm, kg or "". ``notes`` are further reasons.
    """

    dimension: str
    name: str
    verdict: str
    is_core: bool
    setting: int | Decimal | None
    target: int | None
    low: int | Decimal | None
    high: int | Decimal | None
    unit: str
    reason: str
    params: Mapping[str, int | Decimal]
    is_noisy: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fit:
    """How one chair fits one child: a line for every dimension, core dimensions first."""

    lines: tuple[Line, ...]
    version: str = VERSION

    @cached_property
    def overall(self) -> str:
        """The worst of the core dimensions; with one of them unknown, incomplete unless another fails."""
        worst = max((line.verdict for line in self.lines if line.is_core), key=WORSE.__getitem__)
        return INCOMPLETE if worst == UNKNOWN else worst

    @property
    def is_possible(self) -> bool:
        """May be ranked and proposed: nothing that matters fails, nothing that matters is unknown."""
        return self.overall not in (FAIL, INCOMPLETE)

    @cached_property
    def blockers(self) -> tuple[Line, ...]:
        """What must be solved, or overruled by name, before the hand-over."""
        return tuple(line for line in self.lines if line.verdict == FAIL and not line.is_core)

    @cached_property
    def excluding(self) -> Line | None:
        """The one line that says why this chair is not proposed."""
        verdict = {FAIL: FAIL, INCOMPLETE: UNKNOWN}.get(self.overall)
        return next((line for line in self.lines if line.is_core and line.verdict == verdict), None)

    def line(self, dimension: str) -> Line:
        return next(line for line in self.lines if line.dimension == dimension)

    def as_dict(self) -> dict[str, Any]:
        """The whole result as plain JSON values, to be kept beside the decision that was taken on it."""
        return {
            "version": self.version,
            "overall": self.overall,
            "lines": [{key: _plain(value) for key, value in line._asdict().items()} for line in self.lines],
        }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value


# --- The rule -------------------------------------------------------------------------------------


def fit(body: Body, seat: Seat) -> Fit:
    """FIT-1.0 of one chair for one child."""
    footrest = _footrest(body, seat)
    return Fit(
        (
            _width(body, seat),
            _banded(body, seat, "depth"),
            footrest,
            _mass(body, seat),
            _class("posture", POSTURES, POSTURE_STEPS, need=body.posture, chair=seat.posture),
            _clearance(seat, footrest),
            _banded(body, seat, "back"),
            _headrest(body, seat),
            _support(body, seat, "trunk_pads", "trunk_pads"),
            _support(body, seat, "trunk_pads", "trunk_pad_top"),
            _support(body, seat, "pelvis_pad", "pelvis_pad"),
            _banded(body, seat, "armrest"),
            _door(body, seat),
            _class("terrain", TERRAINS, TERRAIN_STEPS, need=body.ground, chair=seat.terrain),
            _tilt(body, seat),
        )
    )


def back_target(body: Body) -> str:
    """Which height the back must reach: D ribs, E shoulder blades, F shoulders (F6)."""
    if body.has_ataxia or body.trunk_control == "none" or body.needs_tilt:
        return "F"
    return "D" if body.push_method in SELF_PROPELLED and body.trunk_control == "full" else "E"


def missing_accessories(body: Body, seat: Seat) -> tuple[str, ...]:
    """What the prescription asks for and the chair does not have, in the order of their codes."""
    return tuple(sorted(body.supports - seat.accessories))


def _choose(setting: Range, reference: int, bands: Bands) -> tuple[str, int]:
    """The best verdict that some setting reaches, and of the settings that reach it the one nearest the aim (F3)."""
    for verdict, low, high in bands.spans:
        found = _nearest(setting, reference + bands.aim, reference + low, reference + high)
        if found is not None:
            return verdict, found
    return bands.otherwise, _nearest(setting, reference + bands.aim, -FAR, 2 * FAR)  # type: ignore[return-value]


def _nearest(setting: Range, aim: int, low: int, high: int) -> int | None:
    """The setting between low and high that is nearest the aim, the smaller of two; None if there is none."""
    start, end, step = setting.low, setting.high, setting.step or 1
    first = start if low <= start else start - (start - low) // step * step
    last = start + (min(end, high) - start) // step * step
    if first > last:
        return None
    if aim <= first:
        return first
    if aim >= last:
        return last
    below = start + (aim - start) // step * step
    return below if aim - below <= below + step - aim else below + step


def _is_noisy(setting: Range, reference: int, bands: Bands, verdict: str) -> bool:
    """Would a measure less than 10 mm off give another verdict? Where the chair can follow the measure, it does not."""
    low_end, high_end = reference - NOISE_MM, reference + NOISE_MM
    step = setting.step or 1
    last = setting.low + (setting.high - setting.low) // step * step
    better = ""
    for name, low, high in bands.spans:
        if name == verdict:
            if low_end + high < setting.low or high_end + low > last:
                return True
            if step > high - low + 1:
                windows = ((at + low, at + high) for at in range(low_end, high_end + 1))
                if any(_nearest(setting, a, a, b) is None for a, b in windows):
                    return True
            break
        better = name
    return bool(better) and any(
        _nearest(setting, low_end + low, low_end + low, high_end + high) is not None
        for name, low, high in bands.spans
        if WORSE[name] < WORSE[verdict]
    )


def _banded(body: Body, seat: Seat, dimension: str, profile: str = "") -> Line:
    """A dimension that can be set, held against one measure of the child."""
    reference, setting = body.references[dimension], seat.settings[dimension]
    if reference.value is None or isinstance(setting, str):
        return _unknown(dimension, reference, setting, getattr(seat, dimension))
    return _judged(dimension, setting, reference.value, profile or dimension, reference.notes)


def _judged(dimension: str, setting: Range, reference: int, profile: str, notes: tuple[str, ...]) -> Line:
    bands = BANDS[profile]
    verdict, chosen = _choose(setting, reference, bands)
    low, high = reference + bands.good[0], reference + bands.good[1]
    if verdict == GOOD:
        reason = f"{dimension}.good"
    else:
        stem = profile if verdict == ACCEPTABLE else dimension
        reason = f"{stem}.{verdict}.{'below' if chosen < low else 'above'}"
    return Line(
        dimension,
        NAMES[dimension],
        verdict,
        dimension in CORE,
        chosen,
        reference + bands.aim,
        low if low > -FAR // 2 else None,
        high if high < FAR // 2 else None,
        "mm",
        reason,
        {"setting": chosen, "low": low, "high": high, "difference": abs(chosen - reference)},
        _is_noisy(setting, reference, bands, verdict),
        notes,
    )


def _unknown(dimension: str, reference: Reference, setting: Any, given: Range | None = None) -> Line:
    """What is missing on the child's side is said first: it can be measured at the next visit."""
    params: dict[str, int | Decimal] = {}
    if reference.value is None:
        reason: str = reference.missing
        if reference.found is not None:
            params = {"found": reference.found}
    else:
        reason = setting
        if reason == "chair.implausible" and given is not None:
            params = {"low": given.low, "high": given.high}
            reason = "chair.implausible_range"
    return _plain_line(dimension, UNKNOWN, reason, params=params)


@cache
def _said(dimension: str, verdict: str, reason: str) -> Line:
    """A verdict without numbers; the same few come back for every chair."""
    return _plain_line(dimension, verdict, reason)


def _plain_line(
    dimension: str,
    verdict: str,
    reason: str,
    *,
    setting: int | Decimal | None = None,
    low: int | Decimal | None = None,
    high: int | Decimal | None = None,
    unit: str = "",
    params: Mapping[str, int | Decimal] | None = None,
    notes: tuple[str, ...] = (),
) -> Line:
    return Line(
        dimension, NAMES[dimension], verdict, dimension in CORE, setting, None, low, high, unit, reason, params or {},
        False, notes,
    )  # fmt: skip


def _width(body: Body, seat: Seat) -> Line:
    """The seat may be wider for a pushed child whom hip guides hold, or a little for one who pushes herself (F4)."""
    hips = body.references["width"].value
    if body.push_method in SELF_PROPELLED:
        return _banded(body, seat, "width", "width_self")
    if body.push_method == PUSHED and hips is not None and "hip_guides" in seat.accessories and seat.hip_guides:
        inner = hips + PAD_GAP[0], hips + PAD_GAP[1]
        if _nearest(seat.hip_guides, inner[0], *inner) is not None:
            return _banded(body, seat, "width", "width_padded")
    return _banded(body, seat, "width")


def _footrest(body: Body, seat: Seat) -> Line:
    """One footrest serves the shorter leg; with two, each leg has its own and the worse verdict counts (F12)."""
    shorter = _banded(body, seat, "footrest")
    longer, setting = body.longer_calf_mm, seat.settings["footrest"]
    if shorter.verdict == UNKNOWN or longer is None or longer == body.references["footrest"].value:
        return shorter
    if not seat.footrests_are_split or isinstance(setting, str):
        return shorter._replace(notes=(*shorter.notes, "footrest.shorter_leg"))
    other = _judged("footrest", setting, longer, "footrest", shorter.notes)
    worse = shorter if WORSE[shorter.verdict] > WORSE[other.verdict] else other
    return worse._replace(
        params={**worse.params, "lowest": max(shorter.params["setting"], other.params["setting"])},
        is_noisy=shorter.is_noisy or other.is_noisy,
        notes=(*worse.notes, "footrest.each_leg"),
    )


def _clearance(seat: Seat, footrest: Line) -> Line:
    """The footrest above the ground, at the setting that the child's leg asks for; the cushion cancels out (F3)."""
    if footrest.verdict == UNKNOWN:
        return _said("clearance", UNKNOWN, "clearance.no_footrest")
    height = seat.seat_height_front_mm
    if height is None:
        return _said("clearance", UNKNOWN, "chair.missing")
    low, high = PLAUSIBLE_CHAIR["seat_height"]
    if not low <= height <= high:
        return _plain_line("clearance", UNKNOWN, "chair.implausible", params={"found": height})
    cushion = (seat.cushion_mm or 0) if seat.has_cushion else 0
    above = height + cushion - int(footrest.params.get("lowest", footrest.setting or 0))
    line = _free("clearance", above)
    return line if above > 0 else line._replace(reason="clearance.fail.touches")


def _door(body: Body, seat: Seat) -> Line:
    door, width = body.references["door"], seat.overall_width_mm
    if door.value is None or width is None:
        return _unknown("door", door, "chair.missing")
    low, high = PLAUSIBLE_CHAIR["overall_width"]
    if not low <= width <= high:
        return _plain_line("door", UNKNOWN, "chair.implausible", params={"found": width})
    line = _free("door", door.value - width)
    return line._replace(
        setting=width,
        low=None,
        high=door.value - BANDS["door"].good[0],
        params={"setting": width, "door": door.value, "difference": abs(door.value - width)},
    )


def _free(dimension: str, space: int) -> Line:
    """A space that must be large enough."""
    bands = BANDS[dimension]
    verdict = next((name for name, low, high in bands.spans if low <= space <= high), bands.otherwise)
    return _plain_line(
        dimension,
        verdict,
        f"{dimension}.{verdict}",
        setting=space,
        low=bands.good[0],
        unit="mm",
        params={"setting": space, "low": bands.good[0]},
    )


def _mass(body: Body, seat: Seat) -> Line:
    """The mass now against the chair's greatest, and at the planned review (F5). Unknown then, it is never good."""
    reference, limits = body.references["mass"], seat.mass_limits
    if reference.value is None or isinstance(limits, str):
        line = _unknown("mass", reference, limits)
        return (
            line._replace(params={"found": seat.user_mass_max_kg or 0}) if line.reason == "chair.implausible" else line
        )
    least, most = limits
    now, later = body.mass_tenths, body.projected_tenths
    if now < least:
        verdict, reason = FAIL, "mass.fail.below"
    elif now * 100 > MASS_MOST * most:
        verdict, reason = FAIL, "mass.fail.above"
    elif now * 100 > MASS_ACCEPTABLE * most:
        verdict, reason = WARNING, "mass.warning"
    elif now * 100 > MASS_GOOD * most:
        verdict, reason = ACCEPTABLE, "mass.acceptable"
    elif later is None:
        verdict, reason = ACCEPTABLE, "mass.acceptable.not_projected"
    elif later > most:
        verdict, reason = ACCEPTABLE, "mass.acceptable.will_outgrow"
    else:
        verdict, reason = GOOD, "mass.good"
    params: dict[str, int | Decimal] = {"setting": body.mass_kg or 0, "high": seat.user_mass_max_kg or 0}
    if verdict == FAIL and seat.user_mass_min_kg is not None:
        params["low"] = seat.user_mass_min_kg
    if later is not None:
        params["later"] = body.projected_mass_kg or 0
    return _plain_line(
        "mass", verdict, reason, setting=body.mass_kg, low=seat.user_mass_min_kg, high=seat.user_mass_max_kg,
        unit="kg", params=params,
    )  # fmt: skip


def _class(dimension: str, classes: tuple[str, ...], verdicts: Mapping[int, str], *, need: str, chair: str) -> Line:
    """A class of the chair held against the class that the child needs, by how many steps it lies above."""
    if need not in classes:
        return _said(dimension, UNKNOWN, f"missing.{dimension}")
    if chair not in classes:
        return _said(dimension, UNKNOWN, "chair.missing")
    steps = classes.index(chair) - classes.index(need)
    return _said(dimension, verdicts.get(steps, FAIL), f"{dimension}.{steps}")


def _headrest(body: Body, seat: Seat) -> Line:
    """A headrest is needed where the child does not hold her head, sits tilted, or was prescribed one."""
    is_there = "headrest" in seat.accessories
    is_asked = bool(body.needs_tilt) or "headrest" in body.supports or body.head_control in ("none", "partial")
    if not is_asked and body.head_control == "full":
        return _said("headrest", NOT_APPLICABLE, "headrest.not_needed")
    if is_there:
        return _banded(body, seat, "headrest")
    if is_asked:
        return _said("headrest", FAIL, "headrest.fail")
    return _said("headrest", UNKNOWN, "missing.head_control")


def _support(body: Body, seat: Seat, accessory: str, dimension: str) -> Line:
    """Pads that are there must lie where the body needs them."""
    if accessory not in seat.accessories:
        return _said(dimension, NOT_APPLICABLE, f"{dimension}.not_there")
    return _banded(body, seat, dimension)


def _tilt(body: Body, seat: Seat) -> Line:
    """A child who swallows or breathes badly when upright, or was found to need it, sits in a seat that tilts."""
    if seat.tilts:
        return _said("tilt", GOOD, "tilt.good")
    if body.swallowing_worse:
        if body.posture == "complex":
            return _said("tilt", FAIL, "tilt.fail")
        return _said("tilt", WARNING, "tilt.warning")
    if body.needs_tilt:
        return _said("tilt", WARNING, "tilt.warning.asked")
    if body.swallowing_worse is None:
        return _said("tilt", UNKNOWN, "missing.swallowing_worse")
    return _said("tilt", NOT_APPLICABLE, "tilt.not_needed")


# --- The points of a fit --------------------------------------------------------------------------


class Penalty(NamedTuple):
    """Points that a fit loses, and why."""

    code: str
    points: int
    reason: str
    params: Mapping[str, int | Decimal]


@dataclass(frozen=True)
class FitScore:
    """100 less all penalties; it may fall below zero. Only fits that are possible are ranked by it."""

    penalties: tuple[Penalty, ...]

    @cached_property
    def points(self) -> int:
        return 100 - sum(penalty.points for penalty in self.penalties)


def score(
    fit: Fit,
    *,
    months_until_too_small: int | None,
    known_months: bool,
    needs_workshop: bool,
    accessories_missing: int,
) -> FitScore:
    """The points of a fit. ``months_until_too_small`` None means never, if ``known_months``; else nobody knows."""
    found = [
        Penalty(line.dimension, PENALTY[line.verdict], line.reason, line.params)
        for line in fit.lines
        if PENALTY[line.verdict]
    ]
    if fit.line("posture").verdict in (ACCEPTABLE, WARNING):  # a higher class counts twice on purpose (F8)
        found.append(Penalty("over_specified", OVER_SPECIFIED, "penalty.over_specified", {}))
    months = NEVER_MONTHS if months_until_too_small is None else months_until_too_small
    if not known_months:
        found.append(Penalty("months", MONTHS_UNKNOWN, "penalty.months_unknown", {}))
    elif months < SOON_MONTHS:
        found.append(Penalty("months", SOON, "penalty.months", {"months": months}))
    elif months < BEFORE_LONG_MONTHS:
        found.append(Penalty("months", BEFORE_LONG, "penalty.months", {"months": months}))
    if needs_workshop:
        found.append(Penalty("workshop", WORKSHOP, "penalty.workshop", {}))
    if accessories_missing >= MISSING_FROM:
        found.append(Penalty("accessories", MISSING_ACCESSORIES, "penalty.accessories", {"count": accessories_missing}))
    return FitScore(tuple(found))


# --- What to order when nothing fits --------------------------------------------------------------


class SpecLine(NamedTuple):
    """What a chair to be ordered must have in one dimension; ``target`` None where it is not a number or not known."""

    dimension: str
    name: str
    target: int | None
    low: int | Decimal | None
    high: int | Decimal | None
    unit: str
    reason: str
    params: Mapping[str, int | Decimal]


def order_specification(body: Body) -> tuple[SpecLine, ...]:
    """Target and range per dimension, heights from the top of the cushion under the seated child."""
    needed = [dimension for dimension in ("width", "depth", "footrest", "back", "armrest")]
    if body.needs_tilt or "headrest" in body.supports or body.head_control in ("none", "partial"):
        needed.append("headrest")
    if "trunk_pads" in body.supports:
        needed += ["trunk_pads", "trunk_pad_top"]
    if "pelvis_pad" in body.supports:
        needed.append("pelvis_pad")
    return (
        *(_ordered(body, dimension) for dimension in needed),
        SpecLine("clearance", NAMES["clearance"], None, BANDS["clearance"].good[0], None, "mm", "spec.clearance", {}),
        _ordered_mass(body),
        _ordered_door(body),
        _ordered_class("posture", POSTURES, body.posture),
        _ordered_class("terrain", TERRAINS, body.ground),
        *(
            [SpecLine("tilt", NAMES["tilt"], None, TILT_FROM_DEG, None, "°", "spec.tilt", {"low": TILT_FROM_DEG})]
            if body.needs_tilt or body.swallowing_worse
            else []
        ),
    )


def _ordered(body: Body, dimension: str) -> SpecLine:
    reference, bands = body.references[dimension], BANDS[dimension]
    if reference.value is None:
        return SpecLine(dimension, NAMES[dimension], None, None, None, "mm", "spec.to_measure", {})
    low, high = (reference.value + edge if abs(edge) < FAR else None for edge in (bands.good[0], bands.good[1]))
    params = {"growth": GROWTH_MM[dimension]} if dimension in GROWTH_MM else {}
    target = reference.value + bands.aim
    return SpecLine(dimension, NAMES[dimension], target, low, high, "mm", f"spec.{dimension}", params)


def _ordered_mass(body: Body) -> SpecLine:
    """The least that the chair's greatest user mass must be, in whole kilograms."""
    if body.references["mass"].value is None:
        return SpecLine("mass", ORDER_NAMES["mass"], None, None, None, "kg", "spec.to_measure", {})
    now = -(-body.mass_tenths * 10 // MASS_GOOD)
    later = -(-(body.projected_tenths or 0) // 10)
    return SpecLine("mass", ORDER_NAMES["mass"], None, max(now, later), None, "kg", "spec.mass", {})


def _ordered_door(body: Body) -> SpecLine:
    door = body.references["door"].value
    if door is None:
        return SpecLine("door", ORDER_NAMES["door"], None, None, None, "mm", "spec.to_measure", {})
    return SpecLine(
        "door", ORDER_NAMES["door"], None, None, door - BANDS["door"].good[0], "mm", "spec.door", {"door": door}
    )


def _ordered_class(dimension: str, classes: tuple[str, ...], need: str) -> SpecLine:
    reason = f"spec.{dimension}.{need}" if need in classes else "spec.to_assess"
    return SpecLine(dimension, NAMES[dimension], None, None, None, "", reason, {})
