"""Body measures of a seated child: what they are called, what is possible, what must be asked again.

Plain Python. Lengths are whole millimetres, mass kilograms to 0.1, height centimetres to 0.1. Heights on the trunk
count from the seat; if a cushion will be used, from the compressed cushion. The child sits upright as far as possible,
feet supported.

The ranges cover ages 2 to 18. They are widened from a large published survey of children's bodies (Snyder and others,
1977) and not clinically validated; those of the elbow, the shoulders, the foot and what stands in for height are wider
still, for the survey does not have them as we take them. A value outside the hard range is refused, one outside the
soft range has to be confirmed. Whatever compares two measures only asks: a bent spine or a stiff hip may truly break
the order of an upright body.
"""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from beneficiaries.scoring import N_

SIDES_DIFFER_MM = 15


@dataclass(frozen=True)
class Measure:
    """One measure: ``fields`` holds one field, or the left and the right one. Ranges include both ends.

    ``slips`` are wrong units people type: what to multiply by, and the key of the question. A value above 0 and under
    ``asks_under`` is possible, but may be centimetres just as well.
    """

    code: str
    name: str
    how: str
    unit: str
    hard: tuple[int, int]
    soft: tuple[int, int] | None
    fields: tuple[str, ...]
    slips: tuple[tuple[Decimal, str], ...] = ()
    asks_under: int = 0

    @property
    def sides(self) -> tuple[str, ...]:
        return ("left", "right") if len(self.fields) == 2 else ()


@dataclass(frozen=True)
class Finding:
    """Something to refuse ("hard") or to confirm ("soft") about a field. ``key`` is a key of MESSAGES.

    If a wrong unit is likely, ``params["suggestion"]`` is the value to offer instead.
    """

    field: str
    severity: str
    key: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict, hash=False)


_CENTIMETRES = ((Decimal(10), "measure.centimetres"),)
_METRES_OR_MILLIMETRES = ((Decimal(100), "measure.metres"), (Decimal("0.1"), "measure.millimetres"))


def _length(
    code: str,
    name: str,
    how: str,
    hard: tuple[int, int],
    *fields: str,
    soft: tuple[int, int] | None = None,
    asks_under: int = 0,
) -> Measure:
    return Measure(code, name, how, "mm", hard, soft, fields, _CENTIMETRES, asks_under)


MEASURES: tuple[Measure, ...] = (
    _length(
        "A",
        N_("Hip width"),
        N_("Across the widest part of hips or thighs, over the clothes usually worn, pockets empty."),
        (120, 550),
        "hip_width_mm",
        soft=(150, 430),
    ),
    _length(
        "B",
        N_("Seat depth"),
        N_("From the back of the pelvis to the back of the knee."),
        (150, 600),
        "seat_depth_left_mm",
        "seat_depth_right_mm",
        soft=(180, 520),
    ),
    _length(
        "C",
        N_("Calf length"),
        N_("From the back of the knee to the bottom of the heel, usual shoes on, ankle at a right angle."),
        (140, 550),
        "calf_left_mm",
        "calf_right_mm",
        soft=(170, 480),
    ),
    _length(
        "D",
        N_("Height of the rib cage"),
        N_("From the seat to the bottom of the rib cage."),
        (80, 400),
        "rib_height_mm",
    ),
    _length(
        "E",
        N_("Height of the shoulder blade"),
        N_("From the seat to the bottom of the shoulder blade."),
        (150, 550),
        "scapula_height_mm",
    ),
    _length(
        "F",
        N_("Height of the shoulder"),
        N_("From the seat to the top of the shoulder."),
        (200, 700),
        "shoulder_height_mm",
    ),
    _length(
        "G",
        N_("Trunk width"),
        N_("Across the widest part of the chest, arms a little away."),
        (120, 450),
        "trunk_width_mm",
    ),
    _length(
        "H",
        N_("Height of the armpit"),
        N_("From the seat to the armpit."),
        (130, 520),
        "axilla_left_mm",
        "axilla_right_mm",
    ),
    _length(
        "I",
        N_("Height of the pelvis"),
        N_("From the seat to the bony points at the top of the back of the pelvis."),
        (60, 260),
        "pelvis_top_mm",
    ),
    _length(
        "J",
        N_("Distance between the knees"),
        N_("Between the insides of the knees, thighs as straight as they will lie. 0 where they touch."),
        (0, 300),
        "knee_gap_mm",
        asks_under=20,
    ),
    _length(
        "K",
        N_("Height of the base of the skull"),
        N_("From the seat to the base of the skull."),
        (250, 800),
        "skull_base_mm",
    ),
    _length(
        "L",
        N_("Place of the seat bones"),
        N_("From the back of the pelvis to the bones the child sits on."),
        (30, 200),
        "seat_bone_mm",
    ),
    _length(
        "elbow",
        N_("Height of the elbow"),
        N_("From the seat to the bent elbow, upper arm hanging. For armrests and a tray."),
        (60, 350),
        "elbow_height_mm",
    ),
    _length(
        "shoulders",
        N_("Shoulder width"),
        N_("Across the widest part of the shoulders."),
        (150, 550),
        "shoulder_width_mm",
    ),
    _length(
        "foot",
        N_("Foot length"),
        N_("From the heel to the longest toe, usual shoes on."),
        (80, 330),
        "foot_length_mm",
    ),
    Measure("mass", N_("Body mass"), N_("In light clothes, without shoes."), "kg", (5, 150), None, ("mass_kg",)),
    Measure(
        "height",
        N_("Body height or length"),
        N_("Standing or lying straight, without shoes."),
        "cm",
        (60, 200),
        None,
        ("height_cm",),
        _METRES_OR_MILLIMETRES,
    ),
    Measure(
        "substitute",
        N_("What was measured instead of height"),
        N_("Knee height, arm span or the sum of segments, as chosen above."),
        "cm",
        (15, 220),
        None,
        ("substitute_cm",),
        _METRES_OR_MILLIMETRES,
    ),
)

BY_FIELD: dict[str, Measure] = {name: measure for measure in MEASURES for name in measure.fields}

# The upright body, from the seat up: the first field lies below the second, else the question is asked.
ORDER = (
    ("rib_height_mm", "scapula_height_mm", "measure.rib_above_scapula"),
    ("scapula_height_mm", "shoulder_height_mm", "measure.scapula_above_shoulder"),
    ("shoulder_height_mm", "skull_base_mm", "measure.shoulder_above_skull"),
    ("pelvis_top_mm", "rib_height_mm", "measure.pelvis_above_rib"),
    ("elbow_height_mm", "shoulder_height_mm", "measure.elbow_above_shoulder"),
    ("axilla_left_mm", "shoulder_height_mm", "measure.axilla_above_shoulder"),
    ("axilla_right_mm", "shoulder_height_mm", "measure.axilla_above_shoulder"),
)

SIDES = (
    ("seat_depth_left_mm", "seat_depth_right_mm", "measure.seat_depths_differ"),
    ("calf_left_mm", "calf_right_mm", "measure.calves_differ"),
)


def check(values: Mapping[str, Any]) -> list[Finding]:
    """What is wrong or doubtful about these measures, in the order of MEASURES, comparisons last.

    ``values`` maps field names to numbers; missing, None and "" are not checked, other fields are ignored. A refused
    value takes part in no comparison.
    """
    findings: list[Finding] = []
    sound: dict[str, Any] = {}
    for name, measure in BY_FIELD.items():
        value = values.get(name)
        if value is None or value == "":
            continue
        finding = _check_range(name, measure, value)
        if finding:
            findings.append(finding)
        if not finding or finding.severity == "soft":
            sound[name] = value
    return findings + _compare(sound)


def _check_range(name: str, measure: Measure, value: Any) -> Finding | None:
    if not _within(value, measure.hard):
        for factor, key in measure.slips:
            suggestion = _scaled(value, factor)
            if suggestion is not None and _within(suggestion, measure.hard):
                return Finding(
                    name,
                    "hard",
                    key,
                    {"value": value, "suggestion": suggestion, "unit": measure.unit},
                )
        low, high = measure.hard
        return Finding(
            name,
            "hard",
            "measure.impossible",
            {"low": low, "high": high, "unit": measure.unit},
        )
    if 0 < value < measure.asks_under:
        params = {"value": value, "suggestion": _scaled(value, Decimal(10)), "unit": measure.unit}
        return Finding(name, "soft", "measure.small", params)
    if measure.soft and not _within(value, measure.soft):
        low, high = measure.soft
        return Finding(
            name,
            "soft",
            "measure.unusual",
            {"low": low, "high": high, "unit": measure.unit},
        )
    return None


def _within(value: Any, limits: tuple[int, int]) -> bool:
    """Not a number is never within."""
    return not math.isnan(value) and limits[0] <= value <= limits[1]


def _scaled(value: Any, factor: Decimal) -> int | Decimal | None:
    """The value in the right unit: whole if it comes out whole; None for what is no finite number."""
    exact = Decimal(str(value))
    if not exact.is_finite():
        return None
    scaled = exact * factor
    return int(scaled) if scaled == scaled.to_integral_value() else scaled.normalize()


def _compare(values: Mapping[str, Any]) -> list[Finding]:
    findings = [
        Finding(below, "soft", key, {"value": values[below], "other": values[above]})
        for below, above, key in ORDER
        if below in values and above in values and not values[below] < values[above]
    ]
    for left, right, key in SIDES:
        if left in values and right in values:
            difference = abs(values[left] - values[right])
            if difference > SIDES_DIFFER_MM:
                findings.append(Finding(left, "soft", key, {"difference": difference}))
    depths = [values[name] for name in BY_FIELD["seat_depth_left_mm"].fields if name in values]
    if "hip_width_mm" in values and depths and values["hip_width_mm"] > min(depths):
        params = {"value": values["hip_width_mm"], "other": min(depths)}
        findings.append(Finding("hip_width_mm", "soft", "measure.wider_than_deep", params))
    return findings


def compare_with_before(values: Mapping[str, Any], before: Mapping[str, Any]) -> list[Finding]:
    """Bones do not become shorter: what is well below an earlier measure is asked about. Hips and mass may shrink."""
    findings = []
    for name, value in values.items():
        earlier = before.get(name)
        if name not in _BONES or value in (None, "") or earlier in (None, ""):
            continue
        unit = BY_FIELD[name].unit
        lost = earlier - value
        if lost > (SIDES_DIFFER_MM if unit == "mm" else Decimal(SIDES_DIFFER_MM) / 10):
            findings.append(Finding(name, "soft", "measure.shorter", {"value": lost, "unit": unit}))
    return findings


_BONES = frozenset(
    name
    for name, measure in BY_FIELD.items()
    if measure.unit != "kg" and measure.code not in ("A", "G", "J", "L", "shoulders", "substitute")
)

MESSAGES: dict[str, str] = {
    "measure.impossible": N_("This must be between {low} and {high} {unit}. Please measure again."),
    "measure.unusual": N_("This is usually between {low} and {high} {unit}. Please confirm it or measure again."),
    "measure.centimetres": N_("Was {value} measured in centimetres? That would be {suggestion} {unit}."),
    "measure.small": N_(
        "Is this {value} {unit}, or was it measured in centimetres? That would be {suggestion} {unit}. "
        "Please confirm it or correct it."
    ),
    "measure.shorter": N_(
        "This is {value} {unit} less than the last time. A bent spine or a stiff joint may explain it. Please confirm "
        "it or measure again."
    ),
    "measure.metres": N_("Was {value} measured in metres? That would be {suggestion} {unit}."),
    "measure.millimetres": N_("Was {value} measured in millimetres? That would be {suggestion} {unit}."),
    "measure.rib_above_scapula": N_(
        "The bottom of the rib cage ({value} mm) is usually lower than the bottom of the shoulder blade ({other} mm). "
        "Please confirm it or measure again."
    ),
    "measure.scapula_above_shoulder": N_(
        "The bottom of the shoulder blade ({value} mm) is usually lower than the top of the shoulder ({other} mm). "
        "Please confirm it or measure again."
    ),
    "measure.shoulder_above_skull": N_(
        "The top of the shoulder ({value} mm) is usually lower than the base of the skull ({other} mm). "
        "Please confirm it or measure again."
    ),
    "measure.pelvis_above_rib": N_(
        "The top of the pelvis ({value} mm) is usually lower than the bottom of the rib cage ({other} mm). "
        "Please confirm it or measure again."
    ),
    "measure.elbow_above_shoulder": N_(
        "The elbow ({value} mm) is usually lower than the top of the shoulder ({other} mm). "
        "Please confirm it or measure again."
    ),
    "measure.axilla_above_shoulder": N_(
        "The armpit ({value} mm) is usually lower than the top of the shoulder ({other} mm). "
        "Please confirm it or measure again."
    ),
    "measure.seat_depths_differ": N_(
        "The left and the right seat depth differ by {difference} mm. Check that the pelvis is level, then confirm or "
        "measure again."
    ),
    "measure.calves_differ": N_(
        "The left and the right calf length differ by {difference} mm. Please confirm it or measure again."
    ),
    "measure.wider_than_deep": N_(
        "The hip width ({value} mm) is larger than the seat depth ({other} mm). Please confirm it or measure again."
    ),
}
