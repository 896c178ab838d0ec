"""Keep what a family agreed to, one purpose at a time, and what it took back."""

from datetime import date
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Consent, Guardian
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib import pictures
from hajar.lib.refusals import Refusal

MOST_EVIDENCE_BYTES = 10 * 1024 * 1024
EVIDENCE_SUFFIXES = (".pdf", ".jpg", ".jpeg", ".png", ".webp")
LONGEST_SIDE = 2400  # pixels: a photographed page must stay readable


class ConsentRefused(Refusal):
    """The act makes no sense for this consent."""


@transaction.atomic
def record_consent(
    *,
    child: Child,
    guardian: Guardian,
    by: User,
    purpose: str,
    answer: str = Consent.Answer.GIVEN,
    evidence: Any = None,
    answered_on: date | None = None,
    **fields: Any,
) -> Consent:
    """Write a guardian's answer for one purpose. A refusal ends what was given for that purpose before.

    The legal basis is the guardian's unless another is given. `evidence` is the signed paper: a PDF, or a photo, which
    loses its place and camera data. Raises ValidationError with the fields named.
    """
    answered_on = answered_on or timezone.localdate()
    fields.setdefault("legal_basis", guardian.legal_basis)
    consent = Consent(
        child=child,
        guardian=guardian,
        purpose=purpose,
        answer=answer,
        answered_on=answered_on,
        recorded_by=by,
        **fields,
    )
    if guardian.family_id != child.family_id:
        raise ValidationError({"guardian": _("This guardian belongs to another family.")})
    if guardian.herself_id not in (None, child.pk):
        raise ValidationError({"guardian": _("This young person answers for herself, not for brothers and sisters.")})
    if not guardian.is_current:
        raise ValidationError({"guardian": _("This person no longer answers for the children.")})
    if answered_on > timezone.localdate():
        raise ValidationError({"answered_on": _("The answer lies in the future.")})
    if answered_on < child.born_on:
        raise ValidationError({"answered_on": _("The answer lies before the child's birth.")})
    consent.full_clean(exclude=["evidence"])
    if evidence:
        name, content = _checked_evidence(evidence)
        consent.evidence.save(name, content, save=False)
    ended = 0
    if answer == Consent.Answer.REFUSED:
        given_before = child.consents.valid().filter(purpose=purpose, answered_on__lte=answered_on)
        ended = given_before.update(withdrawn_on=answered_on)
    consent.save()
    payload = {"purpose": purpose, "answer": answer, "ended": ended}
    journal.record("consent.recorded", consent, by=by, subject=child, payload=payload)
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: User, withdrawn_on: date | None = None) -> Consent:
    """End a consent from a day on. Raises ConsentRefused when there is nothing to end."""
    consent = Consent.objects.select_for_update(no_key=True, of=("self",)).select_related("child").get(pk=consent.pk)
    if not consent.is_valid:
        raise ConsentRefused(_("This consent is not in force."))
    consent.withdrawn_on = withdrawn_on or timezone.localdate()
    if not consent.answered_on <= consent.withdrawn_on <= timezone.localdate():
        raise ConsentRefused(_("A consent ends between the day it was given and today."))
    consent.save(update_fields=["withdrawn_on"])
    payload = {"purpose": consent.purpose}
    journal.record("consent.withdrawn", consent, by=by, subject=consent.child, payload=payload)
    return consent


def _checked_evidence(file: Any) -> tuple[str, ContentFile]:
    """A name and the content to keep; the content decides what the file is, the name only has to agree."""
    suffix = PurePath(file.name or "").suffix.lower()
    refusal = ValidationError({"evidence": _("Choose a PDF file or a photo of the paper, of at most 10 MB.")})
    if suffix not in EVIDENCE_SUFFIXES or file.size > MOST_EVIDENCE_BYTES:
        raise refusal
    data = file.read()
    if data.startswith(b"%PDF-"):
        return "paper.pdf", ContentFile(data)
    try:
        return "paper.webp", ContentFile(pictures.tidy(data, longest=LONGEST_SIDE))
    except pictures.NotAPicture:
        raise refusal from None
