"""Change where a child's file stands and close it, or take one need off the waiting list.

Closing a file closes the child's open needs ("file closed"). What is held for a need that closes, such as a reserved
chair, is let go in the same moment. Messages and reminders are computed for followed children only, so a closed file is
silent at once.
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries import assessing, measuring
from beneficiaries.models import Child, Need
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal

Status = Child.Status
ENDS = (Status.MOVED, Status.OF_AGE, Status.CLOSED, Status.DECEASED)  # the child is no longer followed
NARROW = (Status.CLOSED, Status.DECEASED)  # to set and to take back, only with the permission close_child
PERMISSION = "beneficiaries.close_child"

# What follows from each status, said before it is chosen.
CONSEQUENCES: dict[str, str | Promise] = {
    Status.ACTIVE: _("The child is followed: visits, calls, reminders and the waiting list go on."),
    Status.PAUSED: _(
        "For a stay elsewhere or in hospital. The place on the waiting list and a reserved chair are kept. On the day "
        "that you give, Hajar reminds you to call the family."
    ),
    Status.MOVED: _(
        "The family lives abroad or out of our reach. Open needs close, a reserved chair is released, reminders stop. "
        "A family that moves within Morocco stays followed: say it on the family’s page."
    ),
    Status.OF_AGE: _(
        "The young person is of age and others take over. Open needs close, a reserved chair is released, reminders "
        "stop; the chair that was given stays. Whoever still needs us may stay followed."
    ),
    Status.CLOSED: _(
        "Follow-up ends for another reason: write it down. Open needs close, a reserved chair is released, reminders "
        "stop. Only a coordinator opens the file again."
    ),
}

# This room knows nothing of chairs. A room above that holds something for needs puts a function here when it starts
# (AppConfig.ready). It is called with the needs that are about to close, locks what is held for them, for that comes
# before needs in the order of locks, and returns the function that lets it go: called once the needs are closed, with
# the person who closes them and the reason (Need.Closing). All of it is one transaction with the closing.
holders: list[Callable[[Collection[UUID]], Callable[[User, str], None]]] = []


class StatusRefused(Refusal):
    """The file or the need cannot change so."""


@transaction.atomic
def change_status(
    child: Child, *, by: User, status: str, note: str = "", paused_until: date | None = None, confirmed: bool = False
) -> Child:
    """Follow, pause or resume a child; a status that ends the follow-up closes the file.

    A pause may say until when: then Hajar reminds. A file closed by a coordinator is opened again only with a reason.
    It begins without a need: the next assessment opens one, and what was released stays released.
    Raises StatusRefused where the person may not, or where a death is not confirmed.
    """
    if status in ENDS:
        return close_child(child, by=by, status=status, note=note, confirmed=confirmed)
    child = _locked(child, by=by, status=status, note=note)
    if status != Status.PAUSED:
        paused_until = None
    elif paused_until and paused_until <= timezone.localdate():
        raise StatusRefused(_("A pause ends on a day to come."))
    former = _set(child, status, note, paused_until=paused_until)
    payload: dict[str, Any] = {"from": former, "to": status, "note": note.strip()}
    if paused_until:
        payload["until"] = paused_until
    journal.record("child.reopened" if former in NARROW else "child.status_changed", child, by=by, payload=payload)
    return child


@transaction.atomic
def close_child(
    child: Child, *, by: User, status: str, note: str = "", confirmed: bool = False, died_on: date | None = None
) -> Child:
    """End the follow-up of a child, for the reason that `status` says, and close her open needs.

    A death needs the permission to close files and `confirmed`, which a person ticks; its day may stay unknown.
    Nothing else has to be switched off: messages, lists, reminders and phones are computed for followed children.
    Raises StatusRefused.
    """
    if status not in ENDS:
        raise StatusRefused(_("This status does not close a file."))
    child = _locked(child, by=by, status=status, note=note)
    if status == Status.DECEASED and not confirmed:
        raise StatusRefused(_("Confirm that the child has died: every message to the family stops at once."))
    if died_on and not (status == Status.DECEASED and child.born_on <= died_on <= timezone.localdate()):
        raise StatusRefused(_("The day lies between the birth and today."))
    former = _set(child, status, note, died_on=died_on)
    needs = _close_needs(child.needs.all(), by=by, closing=Need.Closing.FILE_CLOSED)
    payload = {"from": former, "to": status, "note": note.strip(), "needs": [str(need.pk) for need in needs]}
    journal.record("child.closed", child, by=by, payload=payload)
    return child


def _set(child: Child, status: str, note: str, *, paused_until: date | None = None, died_on: date | None = None) -> str:
    """Write where a locked file stands; returns where it stood."""
    former, child.status = child.status, status
    child.status_note, child.paused_until, child.died_on = note.strip()[:300], paused_until, died_on
    child.save(update_fields=["status", "status_note", "paused_until", "died_on"])
    measuring.foretell_anew(child)
    return former


@transaction.atomic
def close_need(need: Need, *, by: User, closing: str, today: date | None = None) -> Need:
    """Take one need off the waiting list with a reason. Raises StatusRefused when it is closed already."""
    child = Child.with_merged.lock_of(need)
    closed = _close_needs(child.needs.filter(pk=need.pk), by=by, closing=closing, today=today)
    if not closed:
        raise StatusRefused(_("This need is closed already."))
    journal.record("need.closed", closed[0], by=by, subject=child, payload={"closing": closing})
    return closed[0]


def _close_needs(needs: QuerySet[Need], *, by: User, closing: str, today: date | None = None) -> list[Need]:
    """Close the open ones of these needs of a child whose row is locked, and let go what was held for them."""
    needs = needs.filter(closed_on=None)
    ids = list(needs.values_list("pk", flat=True))
    let_go = [hold(ids) for hold in holders]
    closed = list(needs.select_for_update(no_key=True).order_by("pk"))
    for need in closed:
        assessing.mark_closed(need, closing=closing, today=today)
    for release in let_go:
        release(by, closing)
    return closed


def status_before_closing(child: Child) -> str:
    """Where a closed file stood before; a mistaken closing is taken back to there."""
    entries = child.history().filter(act="child.closed")
    former = next((entry.details.get("from", "") for entry in entries[:1]), "")
    return former if former in Child.FOLLOWED else Status.ACTIVE


def may_set(user: User, child: Child) -> list[tuple[str, str | Promise]]:
    """The statuses that this person may give this child now, with their words."""
    if child.status in NARROW and not user.has_perm(PERMISSION):
        return []
    return [
        (value, label)
        for value, label in Status.choices
        if value != child.status and (value not in NARROW or user.has_perm(PERMISSION))
    ]


def _locked(child: Child, *, by: User, status: str, note: str) -> Child:
    child = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    if child.status == status:
        raise StatusRefused(_("The file already stands so."))
    if (child.status in NARROW or status in NARROW) and not by.has_perm(PERMISSION):
        raise StatusRefused(_("Only a coordinator may close this file or open it again."))
    if child.status in NARROW and status != Status.DECEASED and not note.strip():
        raise StatusRefused(_("Say why this file is opened again: the reason stays in the journal."))
    return child
