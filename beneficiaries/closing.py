"""Change where a child's file stands, and close it.

Closing takes the child off the waiting list: her open needs are closed ("file closed"). A reserved chair needs no more:
this room knows nothing of chairs, and the rooms above treat a live allocation whose need is closed as one to be
released. Messages and reminders are computed for followed children only, so a closed file is silent at once.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries import assessing
from beneficiaries.models import Child, Need
from hajar.accounts.models import User
from hajar.journal import recording as journal

Status = Child.Status
ENDS = (Status.MOVED, Status.OF_AGE, Status.CLOSED, Status.DECEASED)  # the child is no longer followed
NARROW = (Status.CLOSED, Status.DECEASED)  # to set and to take back, only with the permission close_child
PERMISSION = "beneficiaries.close_child"


class StatusRefused(Exception):
    """The status cannot change so; `message` says why in words."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


@transaction.atomic
def change_status(child: Child, *, by: User, status: str, note: str = "", confirmed: bool = False) -> Child:
    """Follow, pause or resume a child; a status that ends the follow-up closes the file.

    Raises StatusRefused where the person may not, or where a death is not confirmed. A file taken up again starts
    without a need: the next assessment opens one.
    """
    if status in ENDS:
        return close_child(child, by=by, status=status, note=note, confirmed=confirmed)
    child = _locked(child, by=by, status=status)
    former, child.status = child.status, status
    child.save(update_fields=["status"])
    journal.record("child.status_changed", child, by=by, payload={"from": former, "to": status, "note": note.strip()})
    return child


@transaction.atomic
def close_child(child: Child, *, by: User, status: str, note: str = "", confirmed: bool = False) -> Child:
    """End the follow-up of a child, for the reason that `status` says, and close her open needs.

    A death needs the permission to close files and `confirmed`, which a person ticks. Raises StatusRefused.
    """
    if status not in ENDS:
        raise StatusRefused(_("This status does not close a file."))
    child = _locked(child, by=by, status=status)
    if status == Status.DECEASED and not confirmed:
        raise StatusRefused(_("Confirm that the child has died: every message to the family stops at once."))
    former, child.status = child.status, status
    child.save(update_fields=["status"])
    needs = list(child.needs.select_for_update(no_key=True).filter(closed_on=None).order_by("pk"))
    for need in needs:
        assessing.mark_closed(need, closing=Need.Closing.FILE_CLOSED, today=timezone.localdate())
    payload = {"from": former, "to": status, "note": note.strip(), "needs": [str(need.pk) for need in needs]}
    journal.record("child.closed", child, by=by, payload=payload)
    return child


def may_set(user: User, child: Child) -> list[tuple[str, str | Promise]]:
    """The statuses that this person may give this child now, with their words."""
    if child.status in NARROW and not user.has_perm(PERMISSION):
        return []
    return [
        (value, label)
        for value, label in Status.choices
        if value != child.status and (value not in NARROW or user.has_perm(PERMISSION))
    ]


def _locked(child: Child, *, by: User, status: str) -> Child:
    child = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    if child.status == status:
        raise StatusRefused(_("The file already stands so."))
    if (child.status in NARROW or status in NARROW) and not by.has_perm(PERMISSION):
        raise StatusRefused(_("Only a coordinator may close this file or open it again."))
    return child
