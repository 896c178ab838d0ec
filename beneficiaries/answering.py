"""Take what a family asks about its own data, and answer in time: law 09-08 gives them these rights, free of charge."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import consenting
from beneficiaries.models import Child, Guardian, RightsRequest
from beneficiaries.models.consents import ADULT
from beneficiaries.models.rights import DAYS_TO_ANSWER
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.locking import hold
from hajar.lib.refusals import Refusal


class AnswerRefused(Refusal):
    """The request cannot be answered so."""


@transaction.atomic
def record_request(
    *,
    child: Child,
    kind: str,
    by: User,
    asked_by: Guardian | None = None,
    asked_on: date | None = None,
    **fields: Any,
) -> RightsRequest:
    """Write down what a family asks; `asked_by` None is the person herself, of age. An answer is due in ten days.

    To be left in peace is done at once: the consents in question end now, and only the confirmation is still to come.
    Raises ValidationError with the fields named.
    """
    asked_on = asked_on or timezone.localdate()
    request = RightsRequest(
        child=child,
        kind=kind,
        asked_by=asked_by,
        asked_on=asked_on,
        due_on=asked_on + timedelta(days=DAYS_TO_ANSWER),
        recorded_by=by,
        **fields,
    )
    _check(request)
    request.full_clean(exclude=["recorded_by", "answered_by"])
    request.save()
    stopped = []
    if kind == RightsRequest.Kind.OPPOSITION:
        stopped = consenting.oppose(child, purposes=request.stop, by=by, asked_by=asked_by)
    payload = {"kind": kind, "stopped": [consent.purpose for consent in stopped]}
    journal.record("rights_request.recorded", request, by=by, subject=child, payload=payload)
    return request


@transaction.atomic
def check_identity(request: RightsRequest, *, by: User, identity: str) -> RightsRequest:
    """Say how it is known that the family itself asks."""
    request = _open(request)
    request.identity = identity
    request.full_clean(exclude=["recorded_by", "answered_by"])
    request.save(update_fields=["identity"])
    payload = {"identity": identity}
    journal.record("rights_request.corrected", request, by=by, subject=request.child, payload=payload)
    return request


@transaction.atomic
def answer(
    request: RightsRequest, *, by: User, outcome: str, answer: str = "", answered_on: date | None = None
) -> RightsRequest:
    """Close a request with what the family was told.

    Raises AnswerRefused where it is answered already, or where nobody checked who asks and data would be given or
    erased; ValidationError where a refusal has no reason.
    """
    request = _open(request)
    needs_identity = outcome in (RightsRequest.Outcome.DONE, RightsRequest.Outcome.IN_PART)
    if needs_identity and request.identity == RightsRequest.Identity.NOT_YET:
        raise AnswerRefused(_("First say how you know that it is the family who asks."))
    request.outcome, request.answer, request.answered_by = outcome, answer.strip(), by
    request.answered_on = answered_on or timezone.localdate()
    if request.answered_on > timezone.localdate():
        raise ValidationError({"answered_on": _("The answer lies in the future.")})
    if request.answered_on < request.asked_on:
        raise ValidationError({"answered_on": _("The answer lies before the question.")})
    request.full_clean(exclude=["recorded_by", "answered_by"])
    request.save(update_fields=["outcome", "answer", "answered_by", "answered_on"])
    payload = {"kind": request.kind, "outcome": outcome}
    journal.record("rights_request.answered", request, by=by, subject=request.child, payload=payload)
    return request


def _open(request: RightsRequest) -> RightsRequest:
    request = hold(RightsRequest.objects.filter(pk=request.pk).select_related("child")).get()
    if not request.is_open:
        raise AnswerRefused(_("This request is answered already."))
    return request


def _check(request: RightsRequest) -> None:
    if request.asked_by and request.asked_by.family_id != request.child.family_id:
        raise ValidationError({"asked_by": _("This guardian belongs to another family.")})
    if request.asked_on > timezone.localdate():
        raise ValidationError({"asked_on": _("The request lies in the future.")})
    if request.asked_by is None and request.child.age_on(request.asked_on) < ADULT:
        raise ValidationError({"asked_by": _("A child under age cannot ask alone: choose who asks for her.")})
    if request.kind == RightsRequest.Kind.OPPOSITION and not request.stop:
        raise ValidationError({"stop": _("Choose what shall stop.")})
