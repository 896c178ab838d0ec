"""Body measures of a seated child: what they are called, what is possible, what must be asked again.

Plain Python. Lengths are whole millimetres, mass kilograms to 0.1, height centimetres to 0.1. Heights on the trunk
count from the seat; if a cushion will be used, from the compressed cushion. The child sits upright as far as possible,
feet supported.

The ranges cover ages 2 to 18. They are widened from a large published survey of children's bodies (Snyder and others,
1977) and not clinically validated. A value outside the hard range is refused, one outside the soft range has to be
confirmed. Whatever compares two measures only asks: a bent spine or a stiff hip may truly break the order of an upright
body.
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

    ``slips`` are wrong units people type: what to multiply by, and the key of the question.
    """

    code: str
    name: str
    how: str
    unit: str
    hard: tuple[int, int]
    soft: tuple[int, int] | None
    fields: tuple[str, ...]
    slips: tuple[tuple[Decimal, str], ...] = ()

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

MEASURES: tuple[Measure, ...] = (
    Measure(
        "A",
        N_("Hip width"),
        N_("Across the widest part of hips or thighs, over the clothes usually worn, pockets empty."),
        "mm",
        (120, 550),
        (150, 430),
        ("hip_width_mm",),
        _CENTIMETRES,
    ),
    Measure(
        "B",
        N_("Seat depth"),
        N_("From the back of the pelvis to the back of the knee."),
        "mm",
        (150, 600),
        (180, 520),
        ("seat_depth_left_mm", "seat_depth_right_mm"),
        _CENTIMETRES,
    ),
    Measure(
        "C",
        N_("Calf length"),
        N_("From the back of the knee to the bottom of the heel, usual shoes on, ankle at a right angle."),
        "mm",
        (140, 550),
        (170, 480),
        ("calf_left_mm", "calf_right_mm"),
        _CENTIMETRES,
    ),
    Measure(
        "D",
        N_("Height of the rib cage"),
        N_("From the seat to the bottom of the rib cage."),
        "mm",
        (80, 400),
        None,
        ("rib_height_mm",),
        _CENTIMETRES,
    ),
    Measure(
        "E",
        N_("Height of the shoulder blade"),
        N_("From the seat to the bottom of the shoulder blade."),
        "mm",
        (150, 550),
        None,
        ("scapula_height_mm",),
        _CENTIMETRES,
    ),
    Measure(
        "F",
        N_("Height of the shoulder"),
        N_("From the seat to the top of the shoulder."),
        "mm",
        (200, 700),
        None,
        ("shoulder_height_mm",),
        _CENTIMETRES,
    ),
    Measure(
        "H",
        N_("Height of the armpit"),
        N_("From the seat to the armpit."),
        "mm",
        (130, 520),
        None,
        ("axilla_left_mm", "axilla_right_mm"),
        _CENTIMETRES,
    ),
    Measure(
        "I",
        N_("Height of the pelvis"),
        N_("From the seat to the bony points at the top of the back of the pelvis."),
        "mm",
        (60, 260),
        None,
        ("pelvis_top_mm",),
        _CENTIMETRES,
    ),
    Measure(
        "K",
        N_("Height of the base of the skull"),
        N_("From the seat to the base of the skull."),
        "mm",
        (250, 800),
        None,
        ("skull_base_mm",),
        _CENTIMETRES,
    ),
    Measure(
        "mass",
        N_("Body mass"),
        N_("In light clothes, without shoes."),
        "kg",
        (5, 150),
        None,
        ("mass_kg",),
    ),
    Measure(
        "height",
        N_("Body height or length"),
        N_("Standing or lying straight, without shoes."),
        "cm",
        (60, 200),
        None,
        ("height_cm",),
        ((Decimal(100), "measure.metres"), (Decimal("0.1"), "measure.millimetres")),
    ),
)

BY_FIELD: dict[str, Measure] = {name: measure for measure in MEASURES for name in measure.fields}

# The upright body, from the seat up: the first field lies below the second, else the question is asked.
ORDER = (
    ("rib_height_mm", "scapula_height_mm", "measure.rib_above_scapula"),
    ("scapula_height_mm", "shoulder_height_mm", "measure.scapula_above_shoulder"),
    ("shoulder_height_mm", "skull_base_mm", "measure.shoulder_above_skull"),
    ("pelvis_top_mm", "rib_height_mm", "measure.pelvis_above_rib"),
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


MESSAGES: dict[str, str] = {
    "measure.impossible": N_("This must be between {low} and {high} {unit}. Please measure again."),
    "measure.unusual": N_("This is usually between {low} and {high} {unit}. Please confirm it or measure again."),
    "measure.centimetres": N_("Was {value} measured in centimetres? That would be {suggestion} {unit}."),
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
