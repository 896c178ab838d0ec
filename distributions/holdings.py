"""What this room holds of families, field by field (see beneficiaries/holdings.py)."""

from django.utils.translation import gettext_lazy as _

from beneficiaries.holdings import EMPTY, KEEP, MARK, Holding, fields

_ROW = fields("work", KEEP, "id created_at")
_CHILD = "allocation__need__child"

CHAIRS = [
    Holding(
        "distributions.Prescription",
        "need__child",
        (
            _ROW,
            fields(
                "need",
                KEEP,
                "need prescribed_on category posture_class model seat_width_mm seat_depth_mm seat_to_floor_mm cushion"
                " cushion_size supports trainings must_have nice_to_have substitution_allowed agreed_by agreed_on",
            ),
            fields("notes", EMPTY, "supports_note set_up substitution_limits"),
            fields("work", KEEP, "prescribed_by second_signatory"),
        ),
        guarded=True,
    ),
    Holding(
        "distributions.Allocation",
        "need__child",
        (
            _ROW,
            fields("need", KEEP, "need chair initiative status release plan_order facts ended_at"),
            fields("notes", EMPTY, "reason order_overruled release_note"),
            fields("work", KEEP, "proposed_by approved_by approved_at round stop"),
        ),
    ),
    Holding(
        "distributions.Preparation",
        _CHILD,
        (
            _ROW,
            fields("chair", KEEP, "allocation answers disinfectant prepared_at"),
            fields("notes", EMPTY, "note"),
            fields("photo", EMPTY, "photo"),
            fields("work", KEEP, "prepared_by"),
        ),
    ),
    Holding(
        "distributions.Delivery",
        _CHILD,
        (
            fields(
                "work", KEEP, "id created_at round volunteer typed_in_by received_at device content_hash needs_a_look"
            ),
            fields(
                "handover",
                KEEP,
                "allocation outcome happened_at is_healthy receiver_relation chair_left fits_width fits_depth"
                " feet_supported sits_upright brakes_shown straps_shown folding_shown care_explained handed_over_on"
                " next_look_on",
            ),
            fields("handover", MARK, "reason receiver_name"),
            fields("notes", EMPTY, "note"),
        ),
    ),
    Holding(
        "distributions.Attachment",
        f"delivery__{_CHILD}",
        (_ROW, fields("photo", EMPTY, "delivery kind file sha256")),
        rows_go=True,
    ),
    Holding(
        "distributions.FollowUp",
        f"delivery__{_CHILD}",
        (
            _ROW,
            fields(
                "mobility",
                KEEP,
                "delivery step done_on contact still_used unused_because places hours_per_day has_skin_problem skin"
                " pain falls swallowing_change measurement fits_width fits_depth feet_supported sits_upright"
                " worn_parts broken_parts training_refreshed action_due_on action_done_on needs_remeasuring"
                " school_change mobility_change burden_change satisfaction",
            ),
            fields("notes", EMPTY, "action note"),
            fields("notes", MARK, "why_not_used"),
            fields("work", KEEP, "done_by action_by"),
        ),
    ),
    Holding(
        "distributions.Forecast",
        f"delivery__{_CHILD}",
        (
            _ROW,
            fields(
                "mobility",
                KEEP,
                "delivery rule_version measured_on good_fit_early_on good_fit_likely_on good_fit_late_on"
                " too_small_early_on too_small_likely_on too_small_late_on limiting not_evaluated",
            ),
        ),
    ),
    Holding(
        "distributions.Repair",
        "child",
        (
            _ROW,
            fields("chair", KEEP, "chair broke_on fixed_on cost_mad loan_chair child"),
            fields("notes", MARK, "what"),
            fields("notes", EMPTY, "parts"),
            fields("work", KEEP, "reported_by"),
        ),
    ),
    Holding(
        "distributions.PlanRule",
        "need__child",
        (
            _ROW,
            fields("need", KEEP, "initiative kind need chair taken_back_at"),
            fields("notes", MARK, "reason"),
            fields("work", KEEP, "by"),
        ),
    ),
    Holding(
        "distributions.ChairEvent",
        "child",
        (
            fields("work", KEEP, "id sequence recorded_at by"),
            fields("chair", KEEP, "chair kind happened_at depot child corrects"),
            fields("notes", EMPTY, "note"),
        ),
        guarded=True,
    ),
    Holding(
        "distributions.PhoneEntry",
        f"delivery__{_CHILD}",
        (
            _ROW,
            fields("phone", KEEP, "kind state reasons claimed_at received_at province round delivery contests"),
            fields("phone", MARK, "said"),
            fields("work", KEEP, "author device number content_hash sequence handled_at handled_by"),
            fields("notes", EMPTY, "handled_note"),
        ),
    ),
    Holding(
        "distributions.PhoneFile",
        f"entry__delivery__{_CHILD}",
        (_ROW, fields("phone", KEEP, "entry kind sha256 state")),
    ),
    Holding(
        "distributions.Matter",
        f"delivery__{_CHILD}",
        (
            _ROW,
            fields("phone", KEEP, "kind entry delivery device chair round province missing opens_at decision"),
            fields("notes", MARK, "note"),
            fields("work", KEEP, "author ended_at ended_by"),
        ),
    ),
    Holding(
        "distributions.RoundChair",
        _CHILD,
        (
            fields("chair", KEEP, "id round chair allocation loaded_at loaded_by back_at back_by"),
            fields("notes", MARK, "explanation"),
            fields("work", KEEP, "explained_at explained_by"),
        ),
    ),
    Holding(
        "distributions.ReturnOffer",
        "child",
        (
            _ROW,
            fields("chair", KEEP, "chair child answer ask_again_on"),
            fields("notes", EMPTY, "note"),
            fields("work", KEEP, "answered_by"),
        ),
    ),
]

LOOSE = [
    Holding(
        "distributions.RoundScan",
        "",
        (_ROW, fields("photo", EMPTY, "round kind file sha256"), fields("work", EMPTY, "added_by added_at")),
        rows_go=True,
    ),
    Holding(
        "distributions.Device",
        "",
        (_ROW, fields("staff", KEEP, "user name last_seen_at last_number unsent lost_at")),
    ),
]

# On the paper for the family: the chapters of this room, and what is not repeated there.
TITLES = {
    "distributions.Prescription": _("The chair that was prescribed"),
    "distributions.Allocation": _("The chair that was chosen"),
    "distributions.Delivery": _("The hand-over"),
    "distributions.FollowUp": _("How it went on"),
    "distributions.Forecast": _("How long the chair will fit"),
    "distributions.Repair": _("Repairs"),
    "distributions.PlanRule": _("Decisions in a plan"),
}
NOT_ON_PAPER = {
    "distributions.Preparation": "how the chair was checked before it left",
    "distributions.ChairEvent": "the life of the chair; the hand-over has its chapter",
    "distributions.Attachment": "named among the files",
    "distributions.PhoneEntry": "word for word what became the hand-over",
    "distributions.PhoneFile": "which file came with an entry; named among the files",
    "distributions.Matter": "what the office looked at; what came of it is the hand-over",
    "distributions.RoundChair": "which chair was in the vehicle; the hand-over has its chapter",
    "distributions.ReturnOffer": "what was said of the chair of a child who died; nobody is asked again",
}
ELSEWHERE = {
    "distributions.Chair": "what we own; whose it is follows from its events, which are shown and erased",
    "distributions.CountLine": "where a chair stood on a day; says nothing of a family",
    "distributions.TransferLine": "chairs between two depots; says nothing of a family",
    "distributions.RecallLine": "which chair a recall concerns, and when the family was called; its note is erased",
}
