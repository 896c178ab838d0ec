"""Roles and what each may do: one table. Roles are Django groups, kept in step with it after every migration.

Where a person may act is not written here: mandates (user x region x dates) say that.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADMINISTRATOR, COORDINATOR, CASE_WORKER = "administrator", "coordinator", "case_worker"
STOREKEEPER, VOLUNTEER, CLINICIAN, OBSERVER = "storekeeper", "volunteer", "clinician", "observer"

REGISTER = ["family", "guardian", "child", "consent"]
STORE = ["chairmodel", "workshopchange", "depot", "chair", "stockcount", "transfer", "recall"]
CAMPAIGN = ["partner", "initiative", "round", "allocation"]
PLAN = ["planrule", "regionfloor"]


def _may(app: str, verbs: str, *models: str) -> set[str]:
    return {f"{app}.{verb}_{model}" for verb in verbs.split() for model in models}


_READ_REGISTER = _may("beneficiaries", "view", *REGISTER, "assessment", "measurement", "need", "region", "province")
_RIGHTS = _may("beneficiaries", "view add change", "rightsrequest", "nationalidentity") | _may(
    "beneficiaries", "view", "consenttext"
)
_WRITE_REGISTER = _may("beneficiaries", "add change", *REGISTER, "assessment", "measurement") | {
    "beneficiaries.import_register",
    "beneficiaries.export_register",
    "beneficiaries.add_export",
}
_READ_STORE = _may("distributions", "view", *STORE, "chairevent")
_READ_CAMPAIGN = _may("distributions", "view", *CAMPAIGN, "preparation", "delivery", "followup", "repair")
# What was chosen for a child, and when it will be too small
_READ_CHOICE = _may("distributions", "view", "prescription", "forecast")
_HEALTH = _may("beneficiaries", "view add change", "healthrecord")
_CASE_WORKER = (
    _READ_REGISTER
    | _WRITE_REGISTER
    | _RIGHTS
    | _READ_STORE
    | _READ_CAMPAIGN
    | _READ_CHOICE
    | _may("distributions", "add change", "followup")
    | _may("distributions", "add", "prescription")
    | _may("distributions", "add", "delivery")  # she types in the paper of a round
    | _may("distributions", "view add", "roundscan")
    | _may("distributions", "change", "recall")  # she calls the families, and hears when a chair is safe
    | {"distributions.propose_allocation", "distributions.release_allocation"}
)
_COORDINATOR = (
    _CASE_WORKER
    | _HEALTH
    | _may("beneficiaries", "change", "need")
    | _may("distributions", "add change", *CAMPAIGN, *STORE, "repair")
    | _may("distributions", "view add change", *PLAN)
    | _may("distributions", "view", "planlock")
    | _may("distributions", "view add change", "townposition")
    | _may("distributions", "view change", "device", "matter", "returnoffer")
    | _may("distributions", "view", "phoneentry", "keptround")
    | _may("beneficiaries", "view", "census", "duplicatepair", "export", "merge")
    | _may("beneficiaries", "view add", "erasure")
    | _may("backups", "view", "backup")
    | {
        "distributions.plan_initiative",
        "beneficiaries.override_need",
        "beneficiaries.close_child",
        "beneficiaries.merge_child",
        "beneficiaries.see_readers",
        "beneficiaries.see_small_counts",
        "distributions.record_chairevent",
        "distributions.approve_allocation",
        "distributions.prepare_allocation",
    }
)


@dataclass(frozen=True)
class Role:
    name: str
    label: str | Promise
    permissions: frozenset[str]
    enters_admin: bool = False
    second_factor: bool = False


_TABLE = [
    Role(
        ADMINISTRATOR,
        _("Administrator"),
        frozenset(
            _COORDINATOR
            | _may("accounts", "view add change", "user")
            | _may("beneficiaries", "view add change", "mandate", "association", "namealias")
            | _may("beneficiaries", "view", "registerimport", "columnmapping")
            | _may("beneficiaries", "add", "consenttext")
            | _may(
                "distributions",
                "view",
                "attachment",
                "countline",
                "transferline",
                "recallline",
                "phonefile",
                "roundchair",
            )
            | _may("journal", "view", "entry")
        ),
        enters_admin=True,
        second_factor=True,
    ),
    Role(COORDINATOR, _("Coordinator"), frozenset(_COORDINATOR), second_factor=True),
    Role(CASE_WORKER, _("Case worker"), frozenset(_CASE_WORKER)),
    Role(
        STOREKEEPER,
        _("Storekeeper"),
        frozenset(
            _READ_STORE
            | _may("distributions", "add change", *STORE, "repair")
            | _may("distributions", "view", *CAMPAIGN, "preparation", "repair")
            | {"distributions.record_chairevent", "distributions.prepare_allocation", "beneficiaries.add_export"}
        ),
    ),
    Role(VOLUNTEER, _("Volunteer"), frozenset({"distributions.record_delivery"})),
    Role(
        CLINICIAN,
        _("Clinician"),
        frozenset(
            _READ_REGISTER
            | _HEALTH
            | _may("beneficiaries", "add change", "assessment", "measurement")
            | _READ_STORE
            | _READ_CHOICE
            | _may("distributions", "add", "prescription")
        ),
    ),
    Role(OBSERVER, _("Observer"), frozenset({"distributions.view_initiative", "beneficiaries.view_region"})),
]
ROLES: dict[str, Role] = {role.name: role for role in _TABLE}
SECOND_FACTOR: frozenset[str] = frozenset(role.name for role in _TABLE if role.second_factor)


def keep_groups_in_step(**_kwargs) -> None:
    """Make the groups say exactly what the table says; safe to repeat.

    A permission whose model is not migrated yet is passed over: the signal comes again after each app.
    """
    from django.contrib.auth.models import Group, Permission

    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for role in ROLES.values():
        group, _created = Group.objects.get_or_create(name=role.name)
        group.permissions.set(known[name] for name in role.permissions if name in known)


def give(user, *names: str) -> None:
    """Give `user` exactly these roles, and entry to the administration if one of them has it."""
    from django.contrib.auth.models import Group

    user.groups.set(Group.objects.filter(name__in=names))
    user.is_staff = user.is_superuser or any(ROLES[name].enters_admin for name in names)
    user.save(update_fields=["is_staff"])
    user.__dict__.pop("role_names", None)
