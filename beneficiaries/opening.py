"""Open a health record: who may, with which reason, and what a family is told of who looked.

Two things let a person read a record: the permission, which clinicians, coordinators and administrators have (an
administrator may give it to a named person), and a mandate where the child lives. Then:

  one's own case   whoever worked on the child's file within the last year (registered, assessed, measured, prescribed,
                   looked after a hand-over, wrote the health record) opens it at once
  another's case   says why first; a few words are enough, and stay

Every opening is a line of the journal, with its reason. A coordinator shows a family who looked, on paper if it wishes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beneficiaries.models import Child, HealthRecord
from hajar.accounts.models import User
from hajar.accounts.roles import ROLES
from hajar.journal import recording as journal
from hajar.journal.models import Entry
from hajar.lib.refusals import Refusal

OWN_FOR = timedelta(days=365)
# What makes a child one's own case: work on her file. Reading makes no case, nor does starting what is not finished.
WORK = (
    "child.registered",
    "assessment.completed",
    "measurement.recorded",
    "prescription.made",
    "followup.recorded",
    "health_record.changed",
)
SHORTEST_REASON = 8  # characters: "urgence" alone says nothing
MOST_READERS = 500


class ReasonNeeded(Refusal):
    sentence = gettext_lazy("This child is not one of your own cases: say in a few words why you open the record.")


@dataclass(frozen=True)
class Reading:
    """One opening: when, by whom in which role, and why; `why` is "" for one's own case."""

    at: datetime
    who: str
    role: str
    why: str


def is_own_case(child: Child, user: User) -> bool:
    """Whether this person worked on the child's file within the last year."""
    since = timezone.now() - OWN_FOR
    return Entry.objects.filter(subject_id=child.pk, actor=user, act__in=WORK, received_at__gte=since).exists()


@transaction.atomic
def open_health_record(child: Child, *, by: User, reason: str = "") -> HealthRecord | None:
    """Read a child's health record, and keep that it was read and why; None where there is none yet.

    Raises ReasonNeeded for a child who is not one's own case.
    """
    record = HealthRecord.objects.filter(child=child).select_related("updated_by").first()
    if record is None:
        return None
    reason = reason.strip()[:200]
    if len(reason) < SHORTEST_REASON and not is_own_case(child, by):
        raise ReasonNeeded
    journal.record("health_record.opened", record, by=by, subject=child, payload={"reason": reason} if reason else {})
    return record


def alerts(child: Child, *, to: User) -> dict[str, bool]:
    """What must be heeded of a child's health, never why, for who may read the record; no opening. One query."""
    if not to.has_perm("beneficiaries.view_healthrecord"):
        return {}
    record = HealthRecord.objects.filter(child=child).only("limit_radiation", "no_live_vaccines").first()
    return record.alerts if record else {}


def readings(child: Child) -> list[Reading]:
    """Who opened the child's health record, the latest first; three queries. An administrator's look counts too."""
    entries = (
        Entry.objects.filter(subject_id=child.pk, act="health_record.opened")
        .select_related("actor", "payload")
        .prefetch_related("actor__groups")
        .latest_first()[:MOST_READERS]
    )
    return [
        Reading(
            at=entry.received_at,
            who=entry.actor.get_full_name() if entry.actor else "",
            role=_role(entry.actor),
            why=_why(entry.details),
        )
        for entry in entries
    ]


def record_showing(child: Child, *, by: User, language: str) -> None:
    """Keep that the list of readers was given to the family."""
    journal.record_reading("health_record.readers_shown", child, by=by, payload={"language": language})


def _role(user: User | None) -> str:
    names = {group.name for group in user.groups.all()} if user else set()
    return next((str(role.label) for name, role in ROLES.items() if name in names), "")


def _why(details: dict[str, Any]) -> str:
    return str(details.get("reason", "")) or (_("in the administration") if details.get("in_admin") else "")
