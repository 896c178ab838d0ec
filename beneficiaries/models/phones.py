"""Phone numbers as families give them: any Moroccan or foreign spelling, kept in E.164.

Numbering plans change faster than any list of them: a possible number that is not in the list is kept (the face that
takes it shows a warning), only an impossible one is refused.
"""

from collections.abc import Sequence
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models, router
from django.db.models import CharField
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField as StockFormField
from phonenumber_field.modelfields import PhoneNumberField as StockModelField
from phonenumber_field.phonenumber import PhoneNumber
from phonenumber_field.phonenumber import to_python as read

from hajar.lib import digits
from hajar.lib.inserting import as_held, insert_values
from hajar.lib.mending import mend_keys

REFUSAL = _("This is not a phone number. Write it as 06 12 34 56 78, or with the country code: +33 6 12 34 56 78.")


def parse(text: str) -> PhoneNumber | None:
    """The number that was typed, in E.164 whatever its spelling; None for what cannot be a phone number."""
    number = parse_as_typed(text)
    return None if number is None else PhoneNumber.from_string(number.as_e164)


def parse_as_typed(text: str) -> PhoneNumber | None:
    """The same for who asks for its E.164 and its truth alone: the number still holds the words that were typed."""
    number = read(digits.without_direction_marks(digits.to_western(text)).strip())
    if not isinstance(number, PhoneNumber) or not is_possible(number):  # its truth would cost as much as reading it
        return None
    return number


def is_possible(number: PhoneNumber) -> bool:
    return bool(number.country_code and number.national_number) and phonenumbers.is_possible_number(number)


def is_doubtful(number: PhoneNumber | str) -> bool:
    """Whether a number is possible, and yet in no known block: worth a second look."""
    return isinstance(number, PhoneNumber) and not number.is_valid() and bool(number)


def check_possible(number: PhoneNumber | str) -> None:
    if number and not (isinstance(number, PhoneNumber) and is_possible(number)):
        raise ValidationError(REFUSAL, code="phone")


class PhoneFormField(StockFormField):
    """A phone typed in any spelling and any digits."""

    default_validators = [check_possible]

    def to_python(self, value):
        text = CharField().to_python(value) or ""
        if not text.strip():
            return self.empty_value
        if (number := parse(text)) is None:
            raise ValidationError(REFUSAL, code="phone")
        return number


class PhoneField(StockModelField):
    """A phone kept in E.164."""

    default_validators = [check_possible]

    def get_prep_value(self, value):
        """As the library has it, which asks several times for a number's truth; each costs as much as reading it."""
        number = self.to_python(value)
        if not isinstance(number, PhoneNumber):
            return super().get_prep_value(number)
        return number.as_e164 if number.is_valid() else number.raw_input

    def formfield(self, form_class=None, **kwargs):
        return super().formfield(form_class=form_class or PhoneFormField, **kwargs)


class PhoneKey(models.Model):
    """One row is a guardian's phone from one of its digits to the last: any run of its digits begins one of them.

    Digits are those of the national number, without country code or trunk zero: "5678" is looked for as a beginning,
    by the index, and not inside every number.
    """

    FEWEST = 4  # digits from which a phone is looked for

    digits = models.CharField(max_length=20)
    guardian = models.ForeignKey("beneficiaries.Guardian", on_delete=models.CASCADE, related_name="phone_keys")

    class Meta:
        indexes = [
            models.Index(
                name="phonekey_by_digits", fields=["digits", "guardian"], opclasses=["varchar_pattern_ops", "uuid_ops"]
            )
        ]

    def __str__(self):
        return self.digits

    @staticmethod
    def of(phone: Any) -> set[str]:
        """The keys of one phone; none without a phone."""
        number = phone if isinstance(phone, PhoneNumber) else read(str(phone or ""))
        if not isinstance(number, PhoneNumber) or not number.national_number:  # its truth would cost as much as reading
            return set()
        national = str(number.national_number)[:20]
        return {national[start:] for start in range(max(len(national) - PhoneKey.FEWEST + 1, 1))}

    @staticmethod
    def write_many(guardians: Sequence[Any]) -> None:
        """Store the keys of new guardians."""
        owner: Any = PhoneKey._meta.get_field("guardian")
        using = router.db_for_write(PhoneKey)
        held = ((as_held(owner, guardian.pk, using), PhoneKey.of(guardian.phone)) for guardian in guardians)
        keys = ((digits, pk) for pk, found in held for digits in found)
        insert_values(PhoneKey, ["digits", owner.column], sorted(keys))  # as its index has them: it grows in order

    @staticmethod
    def rewrite_many(guardians: Sequence[Any]) -> set:
        """Make the stored keys equal to the computed ones, writing only what differs; returns whose did."""
        wanted = {guardian.pk: PhoneKey.of(guardian.phone) for guardian in guardians}
        return mend_keys(PhoneKey, wanted, owner="guardian", field="digits")
