"""Invented assessments: answers and measures that go together, from how a child moves and how old she is."""

from collections.abc import Mapping
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


CONDITIONS = ("unknown", "unknown", "cerebral_palsy", "cerebral_palsy", "muscular_dystrophy", "other_neuromuscular")
ISSUES = {
    "fatigue": 0.6,
    "spasms": 0.2,
    "high_tone": 0.3,
    "pain": 0.3,
    "swallowing": 0.25,
    "bladder": 0.3,
    "epilepsy": 0.12,
}
# By sitting posture: how head and trunk are held
HOLDS = {
    "basic": (["full"], ["full", "full", "partial"]),
    "intermediate": (["full", "partial"], ["partial"]),
    "complex": (["partial", "none"], ["none", "partial"]),
}
GOALS_TO_RATE = (
    "Rester assise tout un repas avec la famille.",
    "Aller jusqu'à l'école sans être porté.",
    "Voir passer les gens depuis la porte.",
    "الجلوس ساعة كاملة مع إخوته.",
)


def some_profile(rng: Random) -> Profile:
    return rng.choices([profile for profile, _weight in PROFILES], [weight for _profile, weight in PROFILES])[0]


def answers(
    rng: Random,
    profile: Profile,
    *,
    age: int,
    school: str,
    danger: str = "",
    unknown: int = 0,
    condition: str = "",
    known: Mapping[str, Any] | None = None,
) -> dict:
    """Every answer of a complete assessment. `danger` is a red flag, `unknown` how many answers nobody could give.

    `condition` is what makes moving hard, where that is known; `known` the measures that take the place of new ones.
    """

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
        **(known or {}),
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
    return given | _the_rest(given, profile, school=school, condition=condition)


def _the_rest(given: dict[str, Any], profile: Profile, *, school: str, condition: str) -> dict[str, Any]:
    """What is asked for the choice of a chair and for daily life, in keeping with the other answers."""
    rng = Random(repr(given))  # noqa: S311 of its own: what else is told stays as it is
    severity, is_seated = profile.severity, profile.mobility in ("cannot_walk", "lifted")
    posture = given["posture_level"] if given["posture_level"] in HOLDS else "intermediate"
    condition = condition or rng.choice(CONDITIONS)
    rest: dict[str, Any] = {
        "conditions": [condition],
        "issues": [issue for issue, chance in ISSUES.items() if rng.random() < chance * (0.4 + severity)],
        "head_control": rng.choice(HOLDS[posture][0]),
        "trunk_control": rng.choice(HOLDS[posture][1]),
        "sits_alone_10_s": {"basic": "yes", "intermediate": rng.choice(["yes", "no"])}.get(posture, "no"),
        "needs_tilt": {"basic": "no", "intermediate": rng.choice(["no", "no", "yes"])}.get(posture, "yes"),
        "pelvis_levels": "no" if posture == "complex" and rng.random() < 0.4 else "yes",
        "transfer": "lifted" if profile.mobility == "lifted" else rng.choice(["assisted", "standing", "alone"]),
        "use_places": sorted({"indoors", *rng.sample(["yard", "school", "street", "track", "public_building"], 2)}),
        "daily_ground": rng.choices(["indoor_urban", "dual", "rough"], [50, 35, 15])[0],
        "distance_per_day": rng.choice(["up_to_1_km", "up_to_1_km", "1_to_5_km", "over_5_km"]),
        "hours_in_chair": rng.choice(["3_to_5", "5_to_8", "over_8"] if is_seated else ["under_1", "1_to_3"]),
        "toilet": rng.choice(["squat", "squat", "seat"]),
        "transport": rng.sample(["car", "taxi", "bus", "motorcycle"], rng.choice([1, 2])),
        "floor": rng.choice(["tiles", "tiles", "carpets", "earth", "uneven"]),
        "slope": rng.choice(["flat", "flat", "gentle", "steep"]),
        "has_room_for_chair": rng.choice(["yes", "yes", "yes", "no"]),
        "longest_carry": rng.choice(
            ["50_to_200_m", "over_200_m", "under_50_m"] if is_seated else ["none", "under_50_m"]
        ),
        "hours_seated_supported": rng.randint(0, 3) if is_seated else rng.randint(3, 9),
        "days_out_of_28": rng.randint(1, 9) if is_seated else rng.randint(6, 26),
        "appointments_missed": rng.choice([0, 0, 1, 2]) + (given["missed_treatment"] == "yes"),
        "safely_seated_10_min": rng.choice(["never", "rarely"] if is_seated else ["sometimes", "often", "always"]),
        "meal_minutes": rng.choice([20, 30, 40, 60]) + 10 * is_seated,
        "goal_1": rng.choice(GOALS_TO_RATE),
        "goal_1_importance": rng.randint(7, 10),
        "goal_1_now": rng.randint(0, 4),
    }
    if school in ("attends", "irregular"):
        rest["school_days_missed_of_20"] = rng.randint(0, 6) + 6 * (school == "irregular")
    if "pain" in rest["issues"]:
        rest["pain_where"] = rng.choice(["Hanches, le soir", "Bas du dos", "Genoux"])
    if {"bladder", "bowel"} & set(rest["issues"]):
        rest["continence_is_managed"] = rng.choice(["yes", "no"])
    if given["injury"] != "none":
        here = rng.choice(["sacrum", "seat_bone_left", "seat_bone_right", "heel_left", "ankle_right"])
        rest["skin_marks"] = {here: "healed" if given["injury"] == "past" else "present"}
        rest["injury_story"] = "Depuis le printemps, à force de rester couché sur le même côté."
    if posture == "complex":
        rest["hand_simulation"] = {
            "pelvis": {"neutral": "yes", "support": "deux mains sur les hanches"},
            "trunk": {"neutral": rng.choice(["yes", "no"]), "support": "une main de chaque côté"},
            "head": {"neutral": "yes", "support": "derrière la nuque"},
        }
    if given.get("height_method") is None:
        rest |= _height(rng, given, profile)
    return rest


def _height(rng: Random, given: dict[str, Any], profile: Profile) -> dict[str, Any]:
    """How height was taken; of a few children who cannot lie straight, the knee height stands in for it."""
    if profile.mobility == "lifted" and rng.random() < 0.12:
        knee = _tenth(float(given["calf_left_mm"]) / 10 + rng.uniform(4, 6))
        return {"height_method": "knee_height", "height_cm": None, "substitute_cm": knee}
    return {"height_method": "lying" if profile.severity > 0.5 else "standing"}


def measures(rng: Random, age: int) -> dict[str, Any]:
    """A seated child's measures (mm, kg, cm): slight for her age, sides a little different."""
    height = 82 + 5.9 * (age - 2) + rng.uniform(-4, 4)

    def part(share: float) -> int:
        return round(height * share * rng.uniform(0.97, 1.03))

    depth, calf, axilla = part(2.74), part(2.5), part(2.55)
    seated = {
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
    return seated | {name: round(height * share) for name, share in OF_HEIGHT.items()} | {"knee_gap_mm": 30 + age * 5}


# Measures in mm for each cm of height, of a slight child
OF_HEIGHT = {
    "trunk_width_mm": 1.75,
    "pelvis_top_mm": 1.0,
    "seat_bone_mm": 0.55,
    "elbow_height_mm": 1.4,
    "shoulder_width_mm": 2.25,
    "foot_length_mm": 1.5,
}


def grown(known: Mapping[str, Any], days: int, rng: Random) -> dict[str, Any]:
    """These measures so many days later: some five centimetres a year, in proportion, and a little heavier."""
    years = days / 365
    by = 1 + years * rng.uniform(0.035, 0.055)
    now: dict[str, Any] = {}
    for name, value in known.items():
        if name == "mass_kg":
            now[name] = _tenth(float(value) + years * rng.uniform(1.2, 2.8))
        elif name.endswith("_mm"):
            now[name] = round(value * by)
        elif name.endswith("_cm"):
            now[name] = _tenth(float(value) * by)
        else:
            now[name] = value
    return now


def _tenth(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))
