"""Who answers for the children changes: a guardianship ends, another person follows, a young person comes of age.

What a guardian answered stays written. It is no longer in force once she no longer answers for the children: each
consent is asked again, from who does now.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Consent, Family, Guardian
from beneficiaries.models.consents import ADULT
from beneficiaries.registration import refresh_family_sort_keys
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal


class GuardianshipRefused(Refusal):
    """Who answers for the children cannot change so."""


@transaction.atomic
def end_guardianship(
    guardian: Guardian,
    *,
    by: User,
    because: str,
    ended_on: date | None = None,
    successor: Guardian | None = None,
    note: str = "",
) -> Guardian:
    """This person no longer answers for the children, from a day on. Who is called first is handed over at once.

    `successor` is another guardian of the family; where nobody is named, the one who comes next by law is called first.
    Raises GuardianshipRefused.
    """
    ended_on = ended_on or timezone.localdate()
    guardian = _locked(guardian)
    if not guardian.is_current:
        raise GuardianshipRefused(_("This person no longer answers for the children."))
    if ended_on > timezone.localdate():
        raise GuardianshipRefused(_("The day lies ahead: write it once it has come."))
    others = guardian.family.guardians.current().exclude(pk=guardian.pk)
    if successor and not others.filter(pk=successor.pk).exists():
        raise GuardianshipRefused(_("Choose somebody who answers for the children of this family."))
    next_one = successor or (others.representing_first().first() if guardian.is_first_contact else None)
    guardian.ended_on, guardian.ended_because, guardian.is_first_contact = ended_on, because, False
    guardian.save(update_fields=["ended_on", "ended_because", "is_first_contact"])
    if next_one:
        guardian.family.guardians.filter(is_first_contact=True).update(is_first_contact=False)
        Guardian.objects.filter(pk=next_one.pk).update(is_first_contact=True)
    refresh_family_sort_keys([guardian.family_id])
    payload: dict[str, Any] = {
        "because": because,
        "on": ended_on,
        "note": note.strip()[:300],
        "consents_to_ask_again": consents_to_ask_again().filter(guardian=guardian).count(),
    }
    if next_one:
        payload["called_first"] = str(next_one.pk)
    journal.record("guardian.ended", guardian, by=by, subject=guardian.family, payload=payload)
    return guardian


def _locked(guardian: Guardian) -> Guardian:
    """This guardian as she stands now, and with her the family: who is called first changes hands once at a time."""
    Family.objects.select_for_update(no_key=True).get(pk=guardian.family_id)
    return Guardian.objects.select_for_update(no_key=True).get(pk=guardian.pk)


@transaction.atomic
def register_own_contact(
    child: Child, *, by: User, phone: Any = "", has_whatsapp: bool = False, is_first_contact: bool = False
) -> Guardian:
    """A young person of age answers for herself, with her own phone. Her guardians stay for brothers and sisters.

    Raises GuardianshipRefused; ValidationError for what cannot be kept.
    """
    child = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    family = Family.objects.select_for_update(no_key=True).get(pk=child.family_id)
    if child.age < ADULT:
        raise GuardianshipRefused(_("Before the eighteenth birthday a guardian answers."))
    if not child.is_followed:
        raise GuardianshipRefused(_("The association no longer follows this child."))
    if Guardian.objects.filter(herself=child).exists():
        raise GuardianshipRefused(_("The young person is registered already."))
    if is_first_contact or not family.guardians.filter(is_first_contact=True).exists():
        is_first_contact = True
        family.guardians.filter(is_first_contact=True).update(is_first_contact=False)
    own = Guardian(
        family=family,
        herself=child,
        relation=Guardian.Relation.HERSELF,
        legal_basis=Guardian.LegalBasis.OF_AGE,
        phone=phone,
        has_whatsapp=has_whatsapp,
        is_first_contact=is_first_contact,
        **{name: getattr(child, name) for name in Guardian.NAME_FIELDS},
    )
    own.full_clean()
    own.save()
    refresh_family_sort_keys([family.pk])
    journal.record("guardian.of_age", own, by=by, subject=child, payload={"called_first": is_first_contact})
    return own


def consents_to_ask_again() -> QuerySet[Consent]:
    """What was given by guardians who no longer answer, and that nobody has answered since."""
    return Consent.objects.to_renew_of_former()
