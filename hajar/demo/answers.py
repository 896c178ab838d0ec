"""Invented assessments: answers and measures that go together, from how a child moves and how old she is."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from beneficiaries.scoring import AT_RISK_FACTORS, CHAIR_QUESTIONS, RED_FLAGS

GOALS = (
    "Aller à l'école avec ses cousins.",
    "Sortir de la maison sans être porté.",
    "Manger à table avec tout le monde.",
    "Aller à l'hôpital sans taxi payé deux fois.",
    "Que sa mère n'ait plus mal au dos.",
    "Jouer dehors le soir, devant la porte.",
    "Retourner en classe avant les examens.",
    "الذهاب إلى المدرسة مع إخوته.",
    "الخروج إلى الحي دون أن يحمله أحد.",
    "زيارة جدته في القرية.",
)


@dataclass(frozen=True)
class Profile:
    """How a child is, in one word for how she moves; `severity` 0 to 1 colours every other answer."""

    mobility: str
    severity: float


PROFILES = [
    (Profile("independent", 0.05), 4),
    (Profile("unsteady", 0.25), 20),
    (Profile("short_distance", 0.45), 28),
    (Profile("cannot_walk", 0.65), 28),
    (Profile("lifted", 0.85), 20),
]
DANGERS = ("injury", "falls_or_breathing_trouble_in_seat", "lost_chair_full_time_user", "discharge_depends")
# Questions that families most often cannot answer
OFTEN_UNKNOWN = ("progression", "posture_level", "swallowing_or_breathing_worse", "pain_or_deformity", "cannot_feel")


def some_profile(rng: Random) -> Profile:
    return rng.choices([profile for profile, _weight in PROFILES], [weight for _profile, weight in PROFILES])[0]


def answers(rng: Random, profile: Profile, *, age: int, school: str, danger: str = "", unknown: int = 0) -> dict:
    """Every answer of a complete assessment. `danger` is a red flag, `unknown` how many answers nobody could give."""

    def yes(chance: float) -> str:
        return "yes" if rng.random() < chance * 1.1 * profile.severity + 0.02 else "no"

    is_seated = profile.mobility in ("cannot_walk", "lifted")
    given: dict[str, Any] = {
        "place": rng.choices(["home", "office", "hospital", "outreach"], [60, 15, 15, 10])[0],
        "goals": rng.choice(GOALS),
        "mobility": profile.mobility,
        "push_method": "helper" if profile.severity > 0.6 else rng.choice(["helper", "both_arms", "both_legs"]),
        "has_chair": "yes" if rng.random() < 0.3 else "no",
        "injury": rng.choices(["none", "past", "stage_1"], [80, 12, 8])[0] if is_seated else "none",
        "cannot_feel": yes(0.15),
        **{name: yes(0.45) for name in AT_RISK_FACTORS},
        "swallowing_or_breathing_worse": yes(0.35),
        "pain_or_deformity": yes(0.5),
        "posture_level": rng.choices(["basic", "intermediate", "complex"], [1 - profile.severity, 0.6, 0.5])[0],
        "progression": rng.choices(["static", "progressive", "progressive_unknown_rate", "rapid"], [35, 40, 10, 15])[0],
        "out_of_school": "yes" if school in ("dropped_out", "never_enrolled") else "no",
        "missed_treatment": yes(0.6),
        "lifts_per_day": rng.randint(4, 14) if profile.mobility == "lifted" else round(rng.random() * 8 * is_seated),
        "carer_pain": min(10, round(profile.severity * 7 + rng.random() * 3)),
        "sole_or_burdened_carer": yes(0.4),
        **dict.fromkeys(RED_FLAGS, "no"),
        "narrowest_door_mm": rng.choice([600, 650, 700, 720, 750, 800]),
        "steps_at_entrance": rng.choice([0, 0, 1, 2, 3, 12]),
        **measures(rng, age),
    }
    if given["has_chair"] == "yes":
        given |= {name: rng.choice(["yes", "no", "no"]) for name in CHAIR_QUESTIONS}
    if danger == "injury":
        given["injury"] = rng.choice(["stage_2", "stage_3"])
    elif danger:
        given[danger] = "yes"
    if danger == "lost_chair_full_time_user":
        given |= {"has_chair": "no", **dict.fromkeys(CHAIR_QUESTIONS, "")}
    given |= dict.fromkeys(rng.sample(OFTEN_UNKNOWN, unknown), "unknown")
    return given


def measures(rng: Random, age: int) -> dict[str, Any]:
    """A seated child's measures (mm, kg, cm): slight for her age, sides a little different."""
    height = 82 + 5.9 * (age - 2) + rng.uniform(-4, 4)

    def part(share: float) -> int:
        return round(height * share * rng.uniform(0.97, 1.03))

    depth, calf, axilla = part(2.74), part(2.5), part(2.55)
    return {
        "hip_width_mm": part(2.05),
        "seat_depth_left_mm": depth,
        "seat_depth_right_mm": depth + rng.choice([0, 0, 2, 4, -3]),
        "calf_left_mm": calf,
        "calf_right_mm": calf + rng.choice([0, 0, 3, -2]),
        "rib_height_mm": part(1.6),
        "scapula_height_mm": part(2.3),
        "shoulder_height_mm": part(3.3),
        "axilla_left_mm": axilla,
        "axilla_right_mm": axilla + rng.choice([0, 2, -2]),
        "skull_base_mm": part(4.05),
        "mass_kg": _tenth(11 + 2.1 * (age - 2) + max(0, age - 10) * 1.6 + rng.uniform(-1.5, 2.5)),
        "height_cm": _tenth(height),
    }


def _tenth(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))
