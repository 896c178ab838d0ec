"""National identity numbers, where a site may hold them: sealed, found by a keyed fingerprint, never shown whole.

Off by default (HAJAR_NATIONAL_ID): holding them needs the CNDP's authorisation (law 09-08). The numbers are few enough
to be tried one by one, so that a plain hash would give them away: the fingerprint needs a key, too. Keys are turned by
putting the new one first in HAJAR_NATIONAL_ID_KEYS and running `manage.py turn_identity_keys`.
"""

import base64
import hashlib
import hmac
import re

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Family, Guardian, NationalIdentity
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.digits import to_western

SHAPE = re.compile(r"[A-Z]{1,2}[0-9]{4,7}")  # the Moroccan card: one or two letters, then digits


class Off(Exception):
    """This site holds no national identity numbers."""


def is_on() -> bool:
    return bool(settings.HAJAR_NATIONAL_ID)


def cleaned(number: str) -> str:
    """The number as it is compared: Western digits, capitals, nothing between; "" for nothing.

    Raises ValidationError for what is no number of a card.
    """
    text = re.sub(r"[\s.\-]", "", to_western(number)).upper()
    if text and not SHAPE.fullmatch(text):
        raise ValidationError(_("A number is one or two letters and four to seven digits, such as AB123456."))
    return text


@transaction.atomic
def keep(guardian: Guardian, number: str, *, by: User) -> NationalIdentity | None:
    """Seal a guardian's number in the place of the one before; "" deletes it. The journal never says the number.

    Raises Off, and ValidationError for what is no number.
    """
    if not is_on():
        raise Off
    text = cleaned(number)
    family = Family.objects.select_for_update(no_key=True).get(pk=guardian.family_id)
    before = NationalIdentity.objects.filter(guardian=guardian).first()
    if not text:
        if before:
            before.delete()
            journal.record("guardian.identity_changed", guardian, by=by, subject=family, payload={"removed": True})
        return None
    mark = fingerprint(text)
    if before and before.fingerprint == mark:
        return before
    identity = before or NationalIdentity(guardian=guardian)
    identity.sealed = _sealer().encrypt(text.encode()).decode()
    identity.fingerprint, identity.last_three = mark, text[-3:]
    identity.save()
    journal.record("guardian.identity_changed", guardian, by=by, subject=family)
    return identity


def holders_of(number: str, *, user: User) -> list[Guardian]:
    """Guardians of one's regions with exactly this number; [] where numbers are off or this is none."""
    if not is_on():
        return []
    try:
        text = cleaned(number)
    except ValidationError:
        return []
    if not text:
        return []
    found = NationalIdentity.objects.visible_to(user).filter(fingerprint__in=[_mark(key, text) for key in _keys()])
    return [row.guardian for row in found.select_related("guardian__family__province__region").order_by("pk")]


def fingerprint(number: str) -> str:
    """What stands for a number in searches: with the newest key."""
    return _mark(_keys()[0], number)


def turn_keys() -> int:
    """Seal every number again with the newest key; returns how many. Afterwards the older keys may go."""
    turned = 0
    for identity in NationalIdentity.objects.order_by("pk").iterator(chunk_size=500):
        with transaction.atomic():
            number = opened(identity)
            NationalIdentity.objects.filter(pk=identity.pk).update(
                sealed=_sealer().encrypt(number.encode()).decode(), fingerprint=fingerprint(number)
            )
        turned += 1
    return turned


def opened(identity: NationalIdentity) -> str:
    """The number itself, to be sealed again or compared; no page shows it. Raises InvalidToken without its key."""
    return _sealer().decrypt(identity.sealed.encode()).decode()


def _keys() -> list[str]:
    return settings.HAJAR_NATIONAL_ID_KEYS


def _sealer() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, b"seal")) for key in _keys()])


def _mark(key: str, number: str) -> str:
    return hmac.new(_derived(key, b"fingerprint"), number.encode(), hashlib.sha256).hexdigest()


def _derived(key: str, purpose: bytes) -> bytes:
    """One secret, two keys: whoever learns the fingerprints' key opens nothing."""
    raw = HKDF(algorithm=SHA256(), length=32, salt=b"hajar identity", info=purpose).derive(key.encode())
    return base64.urlsafe_b64encode(raw)
