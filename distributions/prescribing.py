"""What a trained person and the family choose together for a child, after a complete assessment (WHO step Select).

A prescription never changes; another choice is another prescription, and the latest counts. Locks: child, need, and the
journal's head last.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Assessment, Child, Guardian, Need
from distributions.models import ChairModel, Prescription
from distributions.planning import ChildNotFollowed, NeedIsClosed
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal


class NotAssessed(Refusal):
    sentence = _("The child has not been assessed completely yet: a prescription follows a complete assessment.")


class BeforeTheAssessment(Refusal):
    sentence = _("The prescription cannot be older than the assessment of %(day)s.")


class PrescribedInTheFuture(Refusal):
    sentence = _("The prescription cannot lie in the future.")


class SecondSignatoryMissing(Refusal):
    sentence = _("A complex posture needs a second person who looked with you.")


class SecondSignatoryIsTheSame(Refusal):
    sentence = _("The second signatory is another person.")


class SecondSignatoryMayNotPrescribe(Refusal):
    sentence = _("The second signatory is not a person who may prescribe.")


class NotOfTheFamily(Refusal):
    sentence = _("Only a guardian of this child's family can agree.")


class AgreedInTheFuture(Refusal):
    sentence = _("The family cannot have agreed in the future.")


class NotAChair(Refusal):
    sentence = _("This need is not about a chair: nothing is prescribed for it.")


@transaction.atomic
def prescribe(
    need: Need,
    *,
    by: User,
    category: str,
    posture_class: str,
    prescribed_on: date | None = None,
    agreed_by: Guardian | None = None,
    agreed_on: date | None = None,
    second_signatory: User | None = None,
    **chosen: Any,
) -> Prescription:
    """Keep what was chosen for a need; earlier prescriptions stay readable and count no more.

    `chosen` are further fields of a Prescription. Raises a Refusal of this module, NeedIsClosed or ChildNotFollowed;
    ValidationError where an answer cannot be.
    """
    today = timezone.localdate()
    prescribed_on = prescribed_on or today
    child = Child.with_merged.lock_of(need)
    need = Need.objects.select_for_update(of=("self",), no_key=True).get(pk=need.pk)
    if not need.is_open:
        raise NeedIsClosed
    if not child.is_followed:
        raise ChildNotFollowed
    if need.purpose not in Need.CHAIRS:
        raise NotAChair
    assessment = Assessment.objects.complete().filter(child=child).latest_first().first()
    if assessment is None:
        raise NotAssessed
    if prescribed_on > today:
        raise PrescribedInTheFuture
    if prescribed_on < assessment.assessed_on:
        raise BeforeTheAssessment(day=assessment.assessed_on.strftime("%d/%m/%Y"))
    _check_signatories(by, posture_class, second_signatory)
    if agreed_by is not None and agreed_by.family_id != child.family_id:
        raise NotOfTheFamily
    if agreed_by is not None and agreed_on is None:
        agreed_on = prescribed_on
    if agreed_on is not None and agreed_on > today:
        raise AgreedInTheFuture
    prescription = Prescription(
        need=need,
        prescribed_by=by,
        prescribed_on=prescribed_on,
        category=category,
        posture_class=posture_class,
        agreed_by=agreed_by,
        agreed_on=agreed_on,
        second_signatory=second_signatory,
        **chosen,
    )
    prescription.clean_fields(exclude=["need", "prescribed_by"])
    prescription.validate_constraints()
    prescription.save(force_insert=True)
    payload = {
        "day": prescribed_on,
        "category": category,
        "posture": posture_class,
        "model": str(prescription.model or ""),
        "agreed": agreed_by is not None,
    }
    journal.record("prescription.made", prescription, by=by, subject=child, payload=payload)
    return prescription


def _check_signatories(by: User, posture_class: str, second: User | None) -> None:
    if second is None:
        if posture_class == ChairModel.Posture.COMPLEX:
            raise SecondSignatoryMissing
        return
    if second.pk == by.pk:
        raise SecondSignatoryIsTheSame
    if not (second.is_active and second.has_perm("distributions.add_prescription")):
        raise SecondSignatoryMayNotPrescribe
