"""What we hold of people: each table, field by field, and what becomes of it when a family asks to be forgotten.

One table serves four: the register of processing (docs/), what a family may see (disclosing), what is erased (erasing)
and how long it is kept (retaining). A test walks every model that leads to a family and fails until a new field stands
here. Rooms above declare theirs when they start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final, Literal
from uuid import UUID

from django.apps import apps
from django.db import models

from beneficiaries.models import Child

KEEP: Final = "keep"
EMPTY: Final = "empty"
MARK: Final = "mark"
COARSEN: Final = "coarsen"
MARKED = "—"  # what stands where a constraint wants words

# What becomes of a field: it stays (it says nothing of a person once the names are gone), it is emptied (a file is
# deleted), it gets MARKED because something must stand there, or it is made coarser by erasing.py (names, birth date).
Fate = Literal["keep", "empty", "mark", "coarsen"]


@dataclass(frozen=True)
class Fields:
    """Fields of one table that share a category (retaining.CATEGORIES) and a fate."""

    category: str
    fate: Fate
    names: tuple[str, ...]


@dataclass(frozen=True)
class Holding:
    """One table that says something of a family, and how its rows are found.

    `path` leads from a row to the child ("need__child"), `or_path` to another child where the row tells of two.
    `rows_go` deletes the rows of a file that is forgotten, and `is_shared` says that the rows belong to the whole
    family: they are forgotten with the last of its children. `guarded`: the database refuses to change the rows
    (journal.append_only).
    """

    label: str
    path: str
    fields: tuple[Fields, ...]
    rows_go: bool = False
    is_shared: bool = False
    guarded: bool = False
    or_path: str = ""

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    def rows_of(self, *files: Any) -> models.QuerySet:
        """The rows that say something of this child: `files` is the key of hers, and of those merged into it."""
        paths = filter(None, (self.path, self.or_path))
        about = reduce(or_, (models.Q(**{f"{path}__in": files}) for path in paths))
        return self.model._base_manager.filter(about).distinct()

    def field(self, name: str) -> models.Field:
        """A column of the table, by its name."""
        found = self.model._meta.get_field(name)
        assert isinstance(found, models.Field)  # noqa: S101 (only columns are named here: a test walks them)
        return found

    def named(self, *fates: Fate) -> list[str]:
        return [name for group in self.fields if group.fate in fates for name in group.names]


def fields(category: str, fate: Fate, names: str) -> Fields:
    return Fields(category, fate, tuple(names.split()))


_NAMES = "given_name_latin family_name_latin given_name_arabic family_name_arabic sort_key"
_ROW = fields("work", KEEP, "id created_at")
_MEASURES = (
    "hip_width_mm seat_depth_left_mm seat_depth_right_mm calf_left_mm calf_right_mm rib_height_mm scapula_height_mm"
    " shoulder_height_mm trunk_width_mm axilla_left_mm axilla_right_mm pelvis_top_mm knee_gap_mm skull_base_mm"
    " seat_bone_mm elbow_height_mm shoulder_width_mm foot_length_mm mass_kg height_method height_cm substitute_cm"
)

REGISTER = [
    Holding(
        "beneficiaries.Child",
        "pk",
        (
            _ROW,
            fields("identity", COARSEN, f"{_NAMES} born_on birth_precision"),
            fields("identity", KEEP, "number sex"),
            fields("identity", EMPTY, "previous_reference other_names died_on"),
            fields("photo", EMPTY, "photo"),
            fields("household", KEEP, "family"),
            fields("mobility", KEEP, "school precautions"),
            fields("mobility", EMPTY, "precautions_note"),
            fields("work", KEEP, "status paused_until requested_on merged_into"),
            fields("notes", EMPTY, "status_note notes"),
        ),
    ),
    Holding(
        "beneficiaries.Family",
        "children",
        (
            _ROW,
            fields("household", KEEP, "number province also_followed_by language is_answered_for"),
            fields("contact", EMPTY, "commune commune_key address directions"),
            fields("health", EMPTY, "other_affected"),
            fields("work", KEEP, "merged_into"),
            fields("identity", COARSEN, "sort_key"),
            fields("notes", EMPTY, "notes"),
        ),
        is_shared=True,
    ),
    Holding(
        "beneficiaries.Guardian",
        "family__children",
        (
            _ROW,
            fields("identity", COARSEN, _NAMES),
            fields("household", KEEP, "family relation legal_basis herself ended_on ended_because is_first_contact"),
            fields("work", KEEP, "merged_into"),
            fields("contact", EMPTY, "phone has_whatsapp"),
        ),
        is_shared=True,
    ),
    Holding(
        "beneficiaries.NameKey",
        "child",
        (fields("identity", COARSEN, "id key child guardian"),),
    ),
    Holding(
        "beneficiaries.PhoneKey",
        "guardian__family__children",
        (fields("contact", EMPTY, "id digits guardian"),),
        rows_go=True,
        is_shared=True,
    ),
    Holding(
        "beneficiaries.DuplicatePair",
        "first",
        (
            _ROW,
            fields(
                "work", EMPTY, "first second band score reasons found_at found_by state decided_by decided_at compared"
            ),
            fields("work", EMPTY, "opened_by"),
            fields("notes", EMPTY, "note opened_why"),
        ),
        rows_go=True,
        or_path="second",
    ),
    Holding(
        "beneficiaries.Merge",
        "kept",
        (
            _ROW,
            fields("identity", EMPTY, "kept gone kept_was gone_was moved"),
            fields("work", EMPTY, "by at undone_by undone_at"),
            fields("notes", EMPTY, "undone_why"),
        ),
        rows_go=True,
        or_path="gone",
    ),
    Holding(
        "beneficiaries.NationalIdentity",
        "guardian__family__children",
        (_ROW, fields("national_identity", EMPTY, "guardian sealed fingerprint last_three")),
        rows_go=True,
        is_shared=True,
    ),
    Holding(
        "beneficiaries.HealthRecord",
        "child",
        (
            _ROW,
            fields(
                "health",
                EMPTY,
                "child diagnosis diagnosis_edition diagnosis_status diagnosis_as_written hospital hospital_number"
                " transplanted_on transplanted_abroad transplant_donor transplant_outcome has_immunoglobulin"
                " immunoglobulin_route immunoglobulin_every_days immunoglobulin_place prophylaxis prophylaxis_drugs"
                " limit_radiation no_live_vaccines notes",
            ),
            fields("work", EMPTY, "updated_by updated_at"),
        ),
        rows_go=True,
    ),
    Holding(
        "beneficiaries.Consent",
        "child",
        (
            _ROW,
            fields(
                "consent",
                KEEP,
                "child guardian purpose answer legal_basis method language text text_version assent answered_on"
                " expires_on withdrawn_on withdrawn_by withdrawn_how",
            ),
            fields("consent", MARK, "witness"),
            fields("consent", EMPTY, "evidence"),
            fields("work", KEEP, "recorded_by"),
        ),
    ),
    Holding(
        "beneficiaries.RightsRequest",
        "child",
        (
            _ROW,
            fields("rights", KEEP, "child kind asked_by asked_on stop identity due_on answered_on outcome answered_by"),
            fields("rights", EMPTY, "details"),
            fields("rights", MARK, "answer"),
            fields("work", KEEP, "recorded_by"),
        ),
    ),
    Holding(
        "beneficiaries.Assessment",
        "child",
        (
            _ROW,
            fields("mobility", KEEP, f"child {_MEASURES}"),
            fields(
                "mobility",
                KEEP,
                "conditions issues continence_is_managed growth_factors mobility push_method use_places daily_ground"
                " distance_per_day hours_in_chair transfer toilet transport has_chair chair_meets_needs"
                " chair_suits_home chair_fits chair_is_safe chair_cushion_relieves injury skin_marks cannot_feel"
                " risk_cannot_move risk_moisture risk_poor_posture risk_poor_diet risk_weight"
                " swallowing_or_breathing_worse pain_or_deformity posture_level head_control trunk_control"
                " sits_alone_10_s pelvis_levels hip_left_sits hip_right_sits hip_left_deg hip_right_deg"
                " needs_tilt progression out_of_school missed_treatment lifts_per_day carer_pain"
                " longest_carry hours_seated_supported days_out_of_28 school_days_missed_of_20 appointments_missed"
                " safely_seated_10_min meal_minutes sole_or_burdened_carer falls_or_breathing_trouble_in_seat"
                " lost_chair_full_time_user palliative discharge_depends narrowest_door_mm steps_at_entrance floor"
                " slope has_room_for_chair goal_1_importance goal_1_now goal_2_importance goal_2_now",
            ),
            fields(
                "notes",
                EMPTY,
                "goals goal_1 goal_2 pain_where sits_elsewhere injury_story sits_without_support hand_simulation"
                " remarks",
            ),
            fields("work", KEEP, "state assessed_on place assessor completed_at version"),
        ),
        guarded=True,
    ),
    Holding(
        "beneficiaries.Measurement",
        "child",
        (
            _ROW,
            fields("mobility", KEEP, f"child measured_on occasion {_MEASURES}"),
            fields("work", KEEP, "measured_by taken_back_at"),
            fields("notes", EMPTY, "note"),
            fields("notes", MARK, "taken_back_why"),
        ),
    ),
    Holding(
        "beneficiaries.Need",
        "child",
        (
            _ROW,
            fields(
                "need",
                KEEP,
                "child assessment purpose requested_on opened_on rule_version score_low score_high parts flags"
                " is_urgent urgent_since override_score override_urgent rank_score closed_on closing",
            ),
            fields("notes", MARK, "override_reason"),
            fields("work", KEEP, "overridden_by overridden_at"),
        ),
    ),
]

# What tells of people and hangs on no child: described in the register of processing, erased by its own means.
LOOSE = [
    Holding(
        "beneficiaries.RegisterImport",
        "",
        (
            _ROW,
            fields("import", EMPTY, "rows sheet"),
            fields("import", KEEP, "filename digest state columns written progress confirmed_at undone_at"),
            fields("work", KEEP, "worker worked_until"),
            fields("work", KEEP, "uploaded_by"),
        ),
    ),
    Holding(
        "beneficiaries.Export",
        "",
        (
            _ROW,
            fields("work", KEEP, "taken_by name file_format reason count"),
            fields("work", EMPTY, "filters"),
        ),
    ),
    Holding(
        "journal.Entry",
        "",
        (
            fields(
                "journal",
                KEEP,
                "sequence act object_type object_id subject_id actor device claimed_at received_at payload_hash"
                " previous_hash hash",
            ),
        ),
    ),
    Holding("journal.Payload", "", (fields("journal", EMPTY, "entry data salt"),)),
    Holding(
        "accounts.User",
        "",
        (
            fields(
                "staff",
                KEEP,
                "id email full_name phone language password last_login is_superuser is_active is_staff date_joined",
            ),
        ),
    ),
    Holding("beneficiaries.Mandate", "", (fields("staff", KEEP, "id user region starts_on ends_on"),)),
]

# What leads to a family and is no room of its own to it: label -> why nothing of it is shown or erased here.
ELSEWHERE: dict[str, str] = {}

_holdings: dict[str, Holding] = {}


def declare(*holdings: Holding) -> None:
    """Say what a room holds of families; the room does so when it starts."""
    _holdings.update({holding.label: holding for holding in holdings})


def every() -> Iterator[Holding]:
    """What all rooms hold, in the order in which they said so."""
    yield from _holdings.values()


def shown() -> Iterator[Holding]:
    """What a family may see of it: a row that tells of two children is nobody's alone, so that it is erased only."""
    yield from (holding for holding in every() if not holding.or_path)


def files_of(child: Child) -> list[UUID]:
    """The keys of a child's file and of those that were merged into it."""
    return [child.pk, *child.merged_files().values_list("pk", flat=True)]


def find(label: str) -> Holding | None:
    return _holdings.get(label)
