"""Keep what a family agreed to, one purpose at a time, and what it took back.

What may be relied on is asked in one place: Consent.objects.in_force(), or `in_force` here for one child. A consent
that ends takes with it what was kept because of it: rooms that keep such files say how, in `purgers`.
"""

import base64
import binascii
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Consent, ConsentText, Guardian
from beneficiaries.models.consents import ADULT, Purpose
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib import dates, pictures
from hajar.lib.locking import hold
from hajar.lib.refusals import Refusal

MOST_EVIDENCE_BYTES = 10 * 1024 * 1024
EVIDENCE_SUFFIXES = (".pdf", ".jpg", ".jpeg", ".png", ".webp")
LONGEST_SIDE = 2400  # pixels: a photographed page must stay readable
LONGEST_SIGNATURE = 1000  # pixels
DRAWN = "data:image/png;base64,"  # how a page sends what was signed on it

# What a room above keeps of a child because of one purpose: called inside the transaction in which that consent ends,
# deletes rows and files (files once the transaction is certain) and returns how many files went.
purgers: dict[str, list[Callable[[Child], int]]] = {purpose: [] for purpose in Purpose.values}


class ConsentRefused(Refusal):
    """The act makes no sense for this consent."""


def in_force(child: Child, purpose: str, on: date | None = None) -> Consent | None:
    """The consent on which this use of a child's data rests that day, the newest where there are several; else None."""
    return child.consents.in_force(on).filter(purpose=purpose).select_related("guardian").latest_first().first()


def who_agreed(children: Iterable[UUID], purpose: str, on: date | None = None) -> set[UUID]:
    """Of these children, those for whom that use of their data rests on a consent; one query."""
    consents = Consent.objects.in_force(on).filter(child__in=children, purpose=purpose)
    return set(consents.values_list("child", flat=True))


@transaction.atomic
def record_consent(
    *,
    child: Child,
    guardian: Guardian | None,
    by: User,
    purpose: str,
    answer: str = Consent.Answer.GIVEN,
    evidence: Any = None,
    signature: str = "",
    answered_on: date | None = None,
    expires_on: date | None = None,
    **fields: Any,
) -> Consent:
    """Write an answer for one purpose; `guardian` None is the person herself, of age.

    A refusal ends what was given for that purpose before. The legal basis is the guardian's unless another is given,
    the text the one in use that day in that language, the end the purpose's own. `evidence` is the signed paper: a PDF,
    or a photo, which loses its place and camera data; `signature` what was drawn on the screen, as a data address.
    Raises ValidationError with the fields named.
    """
    answered_on = answered_on or timezone.localdate()
    fields["legal_basis"] = (fields.get("legal_basis") or guardian.legal_basis) if guardian else Consent.OWN
    consent = Consent(
        child=child,
        guardian=guardian,
        purpose=purpose,
        answer=answer,
        answered_on=answered_on,
        expires_on=expires_on,
        recorded_by=by,
        **fields,
    )
    _check(consent)
    if consent.text is None:
        consent.text = ConsentText.objects.current(purpose, consent.language, answered_on)
    if consent.text:
        consent.text_version = consent.text.version
    if answer == Consent.Answer.GIVEN and expires_on is None and (years := Consent.LASTS.get(Purpose(purpose))):
        consent.expires_on = dates.years_later(answered_on, years)
    consent.full_clean(exclude=["evidence", "child"])
    if kept := _kept_evidence(consent, evidence, signature):
        consent.evidence.save(*kept, save=False)
    Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    ended = purged = 0
    if answer == Consent.Answer.REFUSED:
        given_before = child.consents.given(answered_on).filter(purpose=purpose)
        ended = Consent.objects.filter(pk__in=list(given_before.values_list("pk", flat=True))).update(
            withdrawn_on=answered_on, withdrawn_by=guardian, withdrawn_how=Consent.Way.SAID
        )
        purged = _purge(child, purpose)
    consent.save()
    payload = {"purpose": purpose, "answer": answer, "ended": ended, "files": purged}
    journal.record("consent.recorded", consent, by=by, subject=child, payload=payload)
    return consent


@transaction.atomic
def withdraw_consent(
    consent: Consent,
    *,
    by: User,
    withdrawn_on: date | None = None,
    withdrawn_by: Guardian | None = None,
    how: str = Consent.Way.SAID,
) -> Consent:
    """End a consent from a day on, and delete what was kept because of it.

    `withdrawn_by` None is the person herself. Raises ConsentRefused when there is nothing to end.
    """
    child = Child.objects.select_for_update(no_key=True).get(pk=consent.child_id)
    consent = hold(Consent.objects.filter(pk=consent.pk).select_related("guardian")).get()
    if not consent.may_be_withdrawn:
        raise ConsentRefused(_("This consent is not in force."))
    if withdrawn_by and withdrawn_by.family_id != child.family_id:
        raise ConsentRefused(_("This guardian belongs to another family."))
    consent.withdrawn_on = withdrawn_on or timezone.localdate()
    consent.withdrawn_by, consent.withdrawn_how = withdrawn_by, how
    if not consent.answered_on <= consent.withdrawn_on <= timezone.localdate():
        raise ConsentRefused(_("A consent ends between the day it was given and today."))
    consent.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_how"])
    purged = _purge(child, consent.purpose)
    payload = {"purpose": consent.purpose, "how": how, "files": purged}
    journal.record("consent.withdrawn", consent, by=by, subject=child, payload=payload)
    return consent


@transaction.atomic
def oppose(child: Child, *, purposes: Iterable[str], by: User, asked_by: Guardian | None = None) -> list[Consent]:
    """Stop these uses of a child's data at once: withdraw every consent for them, whoever gave it."""
    standing = child.consents.given().filter(purpose__in=list(purposes)).order_by("answered_on", "pk")
    return [
        withdraw_consent(consent, by=by, withdrawn_by=asked_by, how=Consent.Way.OPPOSITION)
        for consent in list(standing)
    ]


def _purge(child: Child, purpose: str) -> int:
    """Delete what is kept for a purpose, unless another consent still carries it; returns how many files went."""
    if in_force(child, purpose):
        return 0
    return sum(purge(child) for purge in purgers[purpose])


def _check(consent: Consent) -> None:
    child, guardian = consent.child, consent.guardian
    if guardian and guardian.family_id != child.family_id:
        raise ValidationError({"guardian": _("This guardian belongs to another family.")})
    if guardian and guardian.herself_id not in (None, child.pk):
        raise ValidationError({"guardian": _("This young person answers for herself, not for brothers and sisters.")})
    if consent.answered_on > timezone.localdate():
        raise ValidationError({"answered_on": _("The answer lies in the future.")})
    if consent.answered_on < child.born_on:
        raise ValidationError({"answered_on": _("The answer lies before the child's birth.")})
    if guardian and consent.guardian_has_ended(consent.answered_on):
        raise ValidationError({"guardian": _("This person no longer answered for the child on that day.")})
    is_of_age = child.age_on(consent.answered_on) >= ADULT
    if is_of_age and guardian:
        raise ValidationError({"guardian": _("The person is of age: she answers herself.")})
    if not is_of_age and guardian is None:
        raise ValidationError({"guardian": _("A child under age cannot answer alone: choose who answers for her.")})


def _kept_evidence(consent: Consent, evidence: Any, signature: str) -> tuple[str, ContentFile] | None:
    """The file that proves the answer: a signature for what was signed on a screen, else the paper."""
    if consent.method != Consent.Method.SCREEN:
        return _checked_evidence(evidence) if evidence else None
    if not signature.startswith(DRAWN):
        raise ValidationError({"signature": _("Sign on the screen, or choose another way.")})
    try:
        drawn = base64.b64decode(signature.removeprefix(DRAWN), validate=True)
        picture = pictures.tidy(drawn, longest=LONGEST_SIGNATURE)
    except (binascii.Error, ValueError):  # NotAPicture is a ValueError
        raise ValidationError({"signature": _("The signature cannot be read. Sign again.")}) from None
    return "signature.webp", ContentFile(picture)


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
