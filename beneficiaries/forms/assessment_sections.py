"""In which order an assessment is asked: talk first, then look, then measure, then the home and the carer."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries import assessing, measures, scoring

DOOR = "narrowest_door_mm"
# Answers from 0 to 10, as one row of thumbs.
SCALES = ("carer_pain", "goal_1_importance", "goal_1_now", "goal_2_importance", "goal_2_now")
# Units of numbers; measures carry their own.
UNITS = {DOOR: _("mm"), "hip_left_deg": "°", "hip_right_deg": "°", "meal_minutes": _("min")}
HINTS: dict[str, str | Promise] = {
    "goals": _("For example: go to school alone, eat at the table with everybody, see the street."),
    "goal_1": _("Something that can be seen and asked about again in six months."),
    "goal_1_importance": _("0 is not at all, 10 more than anything."),
    "goal_1_now": _("0 is not at all, 10 as she wishes."),
    "conditions": _("As far as the family or a doctor has said. It scores nothing."),
    "issues": _("Tick all that apply; leave it empty where nothing does."),
    "pain_where": _("Only if pain is ticked above."),
    "continence_is_managed": _("Only if urine or stool is ticked above."),
    "growth_factors": _("Tick what applies. It only makes the forecast of her growth more careful."),
    "daily_ground": _("The roughest ground that she meets every day decides which wheels hold."),
    "sits_elsewhere": _("On what, in which position, for how long."),
    DOOR: _("In millimetres: a door of 80 cm is 800. Measure the opening, not the leaf."),
    "lifts_per_day": _("Count every time somebody lifts or carries the child: bed, bath, toilet, stairs."),
    "carer_pain": _("0 is no pain, 10 the worst pain one can imagine."),
    "chair_cushion_relieves": _("Asked only where the skin is at risk from pressure."),
    "push_method": _("How the child or a helper will move the new chair."),
    "injury": _("Look, or ask who washes the child. Ask about sores that have healed, too."),
    "injury_story": _("Only if there is or was an injury."),
    "skin_marks": _("Mark only what was seen or felt; the rest may stay as it is."),
    "sits_without_support": _("What you see: leans to one side, slides forward, holds on with the hands …"),
    "hip_left_deg": _("Only if the left hip does not bend far enough. A right angle is 90."),
    "hip_right_deg": _("Only if the right hip does not bend far enough. A right angle is 90."),
    "hand_simulation": _("Hold each part gently by hand: does it come to the middle, and what held it there?"),
    "needs_tilt": _("For a child who cannot hold herself long, who chokes, or whose head falls forward."),
    "height_method": _("Choose knee height, arm span or segments only where she can neither stand nor lie straight."),
}


@dataclass(frozen=True)
class Section:
    """A part of the form: `fields` in their order on the page, measures after the other questions.

    A folded section is optional as a whole; it opens by a tap, or by itself once something in it is answered.
    """

    id: str
    title: str | Promise
    fields: tuple[str, ...]
    lead: str | Promise = ""
    tone: str = ""
    is_folded: bool = False

    @property
    def questions(self) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in measures.BY_FIELD)

    @property
    def measures(self) -> tuple[measures.Measure, ...]:
        return tuple(measure for measure in measures.MEASURES if measure.fields[0] in self.fields)


def _fields_of(*codes: str) -> tuple[str, ...]:
    return tuple(name for measure in measures.MEASURES if measure.code in codes for name in measure.fields)


SECTIONS = (
    Section("visit", _("The visit"), ("assessed_on", "place")),
    Section(
        "flags",
        _("Red flags"),
        scoring.RED_FLAGS,
        _("One yes makes the need urgent. Each must be answered before the assessment is complete."),
        "urgent",
    ),
    Section("moving", _("Moving about"), ("goals", "mobility", "transfer")),
    Section(
        "goals",
        _("Goals to look at again"),
        ("goal_1", "goal_1_importance", "goal_1_now", "goal_2", "goal_2_importance", "goal_2_now"),
        _("One or two wishes that can be rated today and again after the chair has come."),
        is_folded=True,
    ),
    Section(
        "body",
        _("The child's body"),
        ("conditions", "issues", "pain_where", "continence_is_managed", "progression", "growth_factors"),
    ),
    Section(
        "life",
        _("Life with a chair"),
        (
            "use_places",
            "daily_ground",
            "distance_per_day",
            "hours_in_chair",
            "sits_elsewhere",
            "toilet",
            "transport",
        ),
    ),
    Section(
        "chair",
        _("The present chair"),
        ("has_chair", *scoring.CHAIR_QUESTIONS),
        _("If the child has no chair that can be used, go on to the next section."),
    ),
    Section(
        "health",
        _("Skin and health"),
        (
            "injury",
            "injury_story",
            "cannot_feel",
            *scoring.AT_RISK_FACTORS,
            "swallowing_or_breathing_worse",
            "pain_or_deformity",
        ),
    ),
    Section(
        "skin",
        _("Body map"),
        ("skin_marks",),
        _("Where a seat or a bed presses. Look with the family, warm hands, one side after the other."),
        is_folded=True,
    ),
    Section(
        "posture",
        _("Sitting and pushing"),
        (
            "push_method",
            "posture_level",
            "head_control",
            "trunk_control",
            "sits_alone_10_s",
            "sits_without_support",
            "pelvis_levels",
            "hip_left_sits",
            "hip_left_deg",
            "hip_right_sits",
            "hip_right_deg",
            "needs_tilt",
        ),
    ),
    Section(
        "simulation",
        _("Hand simulation"),
        ("hand_simulation",),
        _("For a child who does not sit well alone, with two people. It shows which supports the chair needs."),
        is_folded=True,
    ),
    Section(
        "measures",
        _("Measures for the seat"),
        _fields_of("A", "B", "C", "D", "E", "F"),
        _("The child sits as upright as possible, feet supported. Heights count from the seat."),
    ),
    Section(
        "supports",
        _("Measures for supports"),
        _fields_of("G", "H", "I", "J", "K", "L", "elbow", "shoulders", "foot"),
        _("For what holds trunk, pelvis, knees and head, for armrests and a tray. What is not needed may stay empty."),
    ),
    Section("size", _("Mass and height"), ("height_method", *_fields_of("mass", "height", "substitute"))),
    Section("home", _("The home"), (DOOR, "steps_at_entrance", "floor", "slope", "has_room_for_chair")),
    Section(
        "care",
        _("School, care and family"),
        ("out_of_school", "missed_treatment", "lifts_per_day", "carer_pain", "sole_or_burdened_carer"),
    ),
    Section(
        "days",
        _("Daily life of the child and the carer"),
        (
            "longest_carry",
            "hours_seated_supported",
            "days_out_of_28",
            "school_days_missed_of_20",
            "appointments_missed",
            "safely_seated_10_min",
            "meal_minutes",
        ),
        _("Asked again later: it shows what the chair has changed. Each answer stands alone, nothing is added up."),
        is_folded=True,
    ),
    Section("remarks", _("Remarks"), ("remarks",)),
)
# Reported answer by answer, before and after, never summed: times carried and pain are asked with the care above.
CARER_SET = (
    "lifts_per_day",
    "longest_carry",
    "carer_pain",
    "hours_seated_supported",
    "days_out_of_28",
    "school_days_missed_of_20",
    "appointments_missed",
    "safely_seated_10_min",
    "meal_minutes",
)


def condition_of(name: str) -> str:
    """When a question is asked, as static/js/autosave.js reads it: "issues=bladder|bowel"; "" for always."""
    other, answers = assessing.ASKED_IF.get(name, ("", ()))
    return f"{other}={'|'.join(map(str, answers))}" if other else ""


def may_stay_empty(name: str) -> bool:
    """Whether the form says that a question is optional, whatever the other answers."""
    return name not in assessing.COUNTED | assessing.FOR_SUPPORTS | {"assessed_on", "place", "goals", "remarks"}
