"""Who may open what: one row for every address of the house.

Each row names the address, the rows of the world its arguments come from, the roles that may, and how far they reach:

REGION  rows of one's own regions; elsewhere 404
KINGDOM whoever has the permission (and a mandate) reaches every row
OWN     one's own rows only (a volunteer's rounds, one's own imports); others' 404
ANYONE  every signed-in person
PUBLIC  strangers, too
"""

from dataclasses import dataclass, field

REGION, KINGDOM, OWN, ANYONE, PUBLIC = "region", "kingdom", "own", "anyone", "public"

ADMINISTRATOR, COORDINATOR, CASE_WORKER = "administrator", "coordinator", "case_worker"
STOREKEEPER, VOLUNTEER, CLINICIAN, OBSERVER = "storekeeper", "volunteer", "clinician", "observer"
EVERYBODY = {ADMINISTRATOR, COORDINATOR, CASE_WORKER, STOREKEEPER, VOLUNTEER, CLINICIAN, OBSERVER}
DECIDERS = {ADMINISTRATOR, COORDINATOR}
REGISTRARS = DECIDERS | {CASE_WORKER}
HEALTH = DECIDERS | {CLINICIAN}
READERS = REGISTRARS | {CLINICIAN}
STORE = DECIDERS | {STOREKEEPER}
OFFICE = READERS | {STOREKEEPER}


@dataclass(frozen=True)
class Rule:
    """One address. `args` maps its arguments to keys of the world, `post` sends a POST instead of a GET."""

    name: str
    roles: set[str]
    reach: str
    args: dict[str, str] = field(default_factory=dict)
    post: bool = False


def page(name: str, roles: set[str], reach: str = KINGDOM, **args: str) -> Rule:
    return Rule(name, roles, reach, args)


def act(name: str, roles: set[str], reach: str = KINGDOM, **args: str) -> Rule:
    return Rule(name, roles, reach, args, post=True)


RULES = [
    Rule("home", EVERYBODY, ANYONE),
    Rule("health", EVERYBODY, PUBLIC),
    Rule("set_language", EVERYBODY, PUBLIC, post=True),
    page("status", DECIDERS),
    # Stock
    page("distributions:hospital_bundle", HEALTH, REGION, pk="child"),
    page("distributions:search", OFFICE),
    page("distributions:chair_list", OFFICE),
    page("distributions:chair_export", REGISTRARS | {STOREKEEPER}),
    page("distributions:transfer_export", REGISTRARS | {STOREKEEPER}),
    page("distributions:recall_export", REGISTRARS | {STOREKEEPER}),
    page("distributions:repair_export", REGISTRARS | {STOREKEEPER}),
    page("distributions:round_export", REGISTRARS | {STOREKEEPER}),
    page("distributions:delivery_export", REGISTRARS),
    page("distributions:followup_export", REGISTRARS),
    page("distributions:followup_due_export", REGISTRARS),
    page("distributions:allocation_export", REGISTRARS | {STOREKEEPER}, pk="initiative"),
    page("distributions:purchase_forecast", OFFICE),
    page("distributions:chair_detail", OFFICE, pk="chair"),
    page("distributions:chair_create", STORE),
    page("distributions:chair_edit", STORE, pk="chair"),
    Rule("distributions:chair_record", STORE, KINGDOM, {"pk": "chair", "kind": "chair_act"}),
    Rule("distributions:chair_correct", STORE, KINGDOM, {"pk": "chair", "event": "chair_event"}),
    page("distributions:return_offer_list", DECIDERS),
    page("distributions:return_offer_answer", DECIDERS, REGION, pk="chair_left"),
    page("distributions:label_list", STORE),
    page("distributions:label_sheet", STORE),
    page("distributions:chair_scan", OFFICE, number="chair_number"),
    page("distributions:depot_list", OFFICE),
    page("distributions:depot_detail", OFFICE, pk="depot"),
    page("distributions:depot_create", STORE),
    page("distributions:depot_edit", STORE, pk="depot"),
    page("distributions:count_create", STORE, pk="depot"),
    page("distributions:count_detail", OFFICE, pk="count"),
    act("distributions:count_mark", STORE, pk="count"),
    act("distributions:count_unmark", STORE, pk="count", line="count_line"),
    page("distributions:count_finalise", STORE, pk="count"),
    act("distributions:count_abandon", STORE, pk="count"),
    page("distributions:transfer_list", OFFICE),
    page("distributions:transfer_create", STORE),
    page("distributions:transfer_detail", OFFICE, pk="transfer"),
    act("distributions:transfer_receive", STORE, pk="transfer"),
    page("distributions:recall_list", OFFICE),
    page("distributions:recall_create", STORE),
    page("distributions:recall_detail", OFFICE, pk="recall"),
    page("distributions:recall_contact", REGISTRARS, REGION, pk="recall", line="recall_line"),
    page("distributions:recall_safe", REGISTRARS | {STOREKEEPER}, pk="recall", line="recall_line"),
    act("distributions:recall_close", REGISTRARS | {STOREKEEPER}, pk="recall"),
    page("distributions:chairmodel_list", OFFICE),
    page("distributions:chairmodel_detail", OFFICE, pk="chair_model"),
    page("distributions:chairmodel_create", STORE),
    page("distributions:chairmodel_edit", STORE, pk="chair_model"),
    page("distributions:workshopchange_create", STORE, pk="chair_model"),
    page("distributions:workshopchange_edit", STORE, pk="chair_model", change="workshop_change"),
    # Initiatives
    page("distributions:initiative_list", REGISTRARS | {STOREKEEPER, OBSERVER}),
    page("distributions:initiative_detail", REGISTRARS | {STOREKEEPER, OBSERVER}, pk="initiative"),
    page("distributions:initiative_create", DECIDERS),
    page("distributions:initiative_edit", DECIDERS, pk="initiative"),
    act("distributions:initiative_move", DECIDERS, pk="initiative"),
    page("distributions:initiative_report", REGISTRARS | {STOREKEEPER, OBSERVER}, pk="initiative"),
    page("distributions:initiative_summary", REGISTRARS | {STOREKEEPER, OBSERVER}, pk="initiative"),
    page("distributions:initiative_summary_pdf", REGISTRARS | {STOREKEEPER, OBSERVER}, pk="initiative"),
    page("distributions:initiative_plan", DECIDERS, pk="initiative"),
    page("distributions:initiative_decide", DECIDERS, pk="initiative"),
    page("distributions:initiative_take_back", DECIDERS, REGION, pk="initiative", rule="rule"),
    act("distributions:initiative_floor", DECIDERS, pk="initiative"),
    act("distributions:initiative_lock", DECIDERS, pk="initiative"),
    act("distributions:initiative_unlock", DECIDERS, pk="initiative"),
    act("distributions:initiative_approve", DECIDERS, pk="initiative"),
    page("distributions:report_fairness", REGISTRARS | {STOREKEEPER, OBSERVER}),
    page("distributions:report_list", REGISTRARS | {STOREKEEPER, OBSERVER}),
    page("distributions:partner_create", DECIDERS),
    # Reservations
    page("distributions:allocation_create", REGISTRARS),
    page("distributions:allocation_detail", REGISTRARS | {STOREKEEPER}, REGION, pk="allocation"),
    act("distributions:allocation_approve", DECIDERS, REGION, pk="allocation"),
    page("distributions:allocation_prepare", STORE, REGION, pk="allocation"),
    act("distributions:allocation_overrule", DECIDERS, REGION, pk="allocation"),
    page("distributions:preparation_photo", REGISTRARS | {STOREKEEPER}, REGION, pk="preparation"),
    page("distributions:allocation_release", REGISTRARS, REGION, pk="allocation"),
    # What a child needs and which chair fits
    page("distributions:need_choices", READERS, REGION, pk="need"),
    page("distributions:need_specification", READERS, REGION, pk="need"),
    page("distributions:need_specification_pdf", READERS, REGION, pk="need"),
    page("distributions:prescription_create", READERS, REGION, pk="need"),
    # The register
    page("beneficiaries:search", READERS),
    act("beneficiaries:search_elsewhere", READERS),
    act("beneficiaries:name_suggest", REGISTRARS),
    page("beneficiaries:child_list", READERS),
    page("beneficiaries:child_detail", READERS, REGION, pk="child"),
    page("beneficiaries:child_create", REGISTRARS),
    act("beneficiaries:child_matches", REGISTRARS),
    act("beneficiaries:child_export", REGISTRARS),
    page("beneficiaries:family_export", REGISTRARS),
    page("beneficiaries:export_list", DECIDERS),
    page("beneficiaries:child_edit", REGISTRARS, REGION, pk="child"),
    page("beneficiaries:child_photo", READERS, REGION, pk="child"),
    page("beneficiaries:child_photo_edit", REGISTRARS, REGION, pk="child"),
    page("beneficiaries:child_status_edit", REGISTRARS, REGION, pk="child"),
    page("beneficiaries:child_death", DECIDERS, REGION, pk="child"),
    page("beneficiaries:family_list", READERS),
    page("beneficiaries:family_detail", READERS, REGION, pk="family"),
    page("beneficiaries:family_create", REGISTRARS),
    act("beneficiaries:family_matches", REGISTRARS),
    page("beneficiaries:family_edit", REGISTRARS, REGION, pk="family"),
    page("beneficiaries:family_move", REGISTRARS, REGION, pk="family"),
    page("beneficiaries:guardian_create", REGISTRARS, REGION, pk="family"),
    page("beneficiaries:guardian_end", REGISTRARS, REGION, pk="guardian"),
    page("beneficiaries:child_own_contact", REGISTRARS, REGION, pk="child"),
    page("beneficiaries:reminder_list", REGISTRARS),
    page("beneficiaries:guardian_edit", REGISTRARS, REGION, pk="guardian"),
    page("beneficiaries:consent_create", REGISTRARS, REGION, pk="child"),
    page("beneficiaries:consent_paper", READERS, REGION, pk="consent"),
    page("beneficiaries:consent_withdraw", REGISTRARS, REGION, pk="consent"),
    # Families' rights
    page("beneficiaries:renewal_list", READERS),
    page("beneficiaries:rightsrequest_list", REGISTRARS),
    page("beneficiaries:rightsrequest_create", REGISTRARS, REGION, pk="child"),
    page("beneficiaries:rightsrequest_detail", REGISTRARS, REGION, pk="rights_request"),
    act("beneficiaries:rightsrequest_identity", REGISTRARS, REGION, pk="rights_request"),
    page("beneficiaries:child_disclosure_json", DECIDERS, REGION, pk="child"),
    page("beneficiaries:child_disclosure_pdf", DECIDERS, REGION, pk="child", language="language"),
    page("beneficiaries:child_erase", DECIDERS, REGION, pk="child"),
    page("beneficiaries:retention", DECIDERS),
    page("beneficiaries:guardian_identity", REGISTRARS, REGION, pk="guardian"),
    page("beneficiaries:health_record_detail", HEALTH, REGION, pk="child"),
    act("beneficiaries:health_record_open", HEALTH, REGION, pk="child"),
    page("beneficiaries:health_record_edit", HEALTH, REGION, pk="child"),
    page("beneficiaries:duplicate_list", DECIDERS),
    page("beneficiaries:duplicate_create", DECIDERS, REGION, pk="child"),
    page("beneficiaries:duplicate_detail", DECIDERS, REGION, pk="pair"),
    act("beneficiaries:duplicate_apart", DECIDERS, REGION, pk="pair"),
    act("beneficiaries:duplicate_again", DECIDERS, REGION, pk="pair"),
    page("beneficiaries:merge_detail", DECIDERS, REGION, pk="merge"),
    page("beneficiaries:health_record_readers", DECIDERS, REGION, pk="child"),
    page("beneficiaries:health_record_readers_pdf", DECIDERS, REGION, pk="child"),
    # Assessments and needs
    page("beneficiaries:assessment_create", READERS, REGION, pk="child"),
    page("beneficiaries:assessment_detail", READERS, REGION, pk="assessment"),
    page("beneficiaries:assessment_edit", READERS, REGION, pk="draft"),
    act("beneficiaries:assessment_autosave", READERS, REGION, pk="draft"),
    act("beneficiaries:assessment_complete", READERS, REGION, pk="draft"),
    act("beneficiaries:assessment_discard", READERS, REGION, pk="draft"),
    page("beneficiaries:measurement_create", READERS, REGION, pk="child"),
    page("beneficiaries:measurement_take_back", READERS, REGION, pk="measurement"),
    page("beneficiaries:need_list", READERS),
    page("beneficiaries:need_census", DECIDERS),
    page("beneficiaries:need_export", REGISTRARS),
    page("beneficiaries:need_detail", READERS, REGION, pk="need"),
    page("beneficiaries:need_explanation", READERS, REGION, pk="need"),
    page("beneficiaries:need_explanation_pdf", READERS, REGION, pk="need"),
    act("beneficiaries:need_override", DECIDERS, REGION, pk="need"),
    act("beneficiaries:need_close", DECIDERS, REGION, pk="need"),
    # Imports
    page("beneficiaries:import_list", REGISTRARS),
    page("beneficiaries:import_create", REGISTRARS),
    page("beneficiaries:import_detail", REGISTRARS, OWN, pk="import"),
    page("beneficiaries:import_template", REGISTRARS, language="language"),
    page("beneficiaries:import_columns", REGISTRARS, OWN, pk="import"),
    page("beneficiaries:import_corrections", REGISTRARS, OWN, pk="import"),
    act("beneficiaries:import_work", REGISTRARS, OWN, pk="import"),
    act("beneficiaries:import_row", REGISTRARS, OWN, pk="import", number="import_row"),
    act("beneficiaries:import_confirm", REGISTRARS, OWN, pk="import"),
    act("beneficiaries:import_undo", REGISTRARS, OWN, pk="import"),
    act("beneficiaries:import_discard", REGISTRARS, OWN, pk="import"),
    # The field
    page("distributions:round_list", OFFICE - {CLINICIAN}),
    page("distributions:round_create", DECIDERS),
    page("distributions:round_detail", OFFICE - {CLINICIAN}, REGION, pk="round"),
    page("distributions:round_edit", DECIDERS, REGION, pk="round"),
    act("distributions:round_reorder", DECIDERS, REGION, pk="round"),
    page("distributions:round_as_volunteer", DECIDERS, REGION, pk="round"),
    page("distributions:round_loading", STORE, REGION, pk="round"),
    act("distributions:round_load", STORE, REGION, pk="round"),
    page("distributions:round_load_list", OFFICE - {CLINICIAN}, REGION, pk="round"),
    page("distributions:round_reckoning", STORE, REGION, pk="round"),
    act("distributions:round_count_back", STORE, REGION, pk="round"),
    act("distributions:round_explain", STORE, REGION, pk="round", chair="chair"),
    act("distributions:round_close", DECIDERS, REGION, pk="round"),
    page("distributions:round_paper", REGISTRARS, REGION, pk="round"),
    page("distributions:round_type_in", REGISTRARS, REGION, pk="round"),
    act("distributions:round_scan_add", REGISTRARS, REGION, pk="round"),
    page("distributions:round_scan", REGISTRARS, REGION, pk="round", scan="round_scan"),
    act("distributions:town_place", DECIDERS),
    act("distributions:round_bring_back", STORE, REGION, pk="round", allocation="allocation"),
    page("distributions:delivery_detail", REGISTRARS, REGION, pk="delivery"),
    page("distributions:delivery_receipt", REGISTRARS, REGION, pk="delivery"),
    act("distributions:delivery_settle", DECIDERS, REGION, pk="delivery"),
    page("distributions:delivery_file", REGISTRARS, REGION, pk="delivery", kind="attachment_kind"),
    page("distributions:followup_list", REGISTRARS),
    page("distributions:followup_create", REGISTRARS, REGION, pk="delivery"),
    page("distributions:followup_detail", REGISTRARS, REGION, pk="followup"),
    act("distributions:followup_finish_action", REGISTRARS, REGION, pk="followup"),
    page("distributions:repair_list", REGISTRARS | {STOREKEEPER}),
    page("distributions:repair_report", REGISTRARS | {STOREKEEPER}),
    page("distributions:repair_lend", STORE, pk="repair"),
    page("distributions:repair_take_back", STORE, pk="repair"),
    page("distributions:repair_create", STORE, pk="chair"),
    page("distributions:repair_finish", STORE, pk="repair"),
    page("distributions:matter_list", DECIDERS),
    page("distributions:matter_detail", DECIDERS, REGION, pk="matter"),
    act("distributions:matter_handle", DECIDERS, REGION, pk="matter"),
    page("distributions:phoneentry_detail", DECIDERS, REGION, pk="phone_entry"),
    page("distributions:device_list", DECIDERS),
    page("distributions:device_detail", DECIDERS, pk="phone"),
    act("distributions:device_lost", DECIDERS, pk="phone"),
    # The phone
    page("distributions:mobile_round_list", {VOLUNTEER}),
    page("distributions:mobile_round_detail", {VOLUNTEER}, OWN, pk="round"),
    act("distributions:mobile_round_open", {VOLUNTEER}, OWN, pk="round"),
    page("distributions:mobile_stop", {VOLUNTEER}, OWN, round_pk="round", pk="allocation"),
    page("distributions:mobile_delivery_create", {VOLUNTEER}, OWN, round_pk="round", pk="allocation"),
    act("distributions:mobile_sync", {VOLUNTEER}),
    Rule("distributions:mobile_hand_in", EVERYBODY, PUBLIC, post=True),
    page("distributions:mobile_pack", {VOLUNTEER}, device="device"),
    act("distributions:mobile_file", {VOLUNTEER}, sha256="content"),
    Rule("distributions:mobile_worker", EVERYBODY, PUBLIC),
    Rule("distributions:mobile_manifest", EVERYBODY, PUBLIC),
    Rule("distributions:mobile_shell", EVERYBODY, PUBLIC, {"language": "language"}),
]
