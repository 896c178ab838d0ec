"""Phone numbers as families give them: any Moroccan or foreign spelling, kept in E.164.

Numbering plans change faster than any list of them: a possible number that is not in the list is kept (the face that
takes it shows a warning), only an impossible one is refused.
"""

import phonenumbers
from django.core.exceptions import ValidationError
from django.db.models import CharField
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField as StockFormField
from phonenumber_field.modelfields import PhoneNumberField as StockModelField
from phonenumber_field.phonenumber import PhoneNumber
from phonenumber_field.phonenumber import to_python as read

from hajar.lib import digits

REFUSAL = _("This is not a phone number. Write it as 06 12 34 56 78, or with the country code: +33 6 12 34 56 78.")


def parse(text: str) -> PhoneNumber | None:
    """The number that was typed, in E.164 whatever its spelling; None for what cannot be a phone number."""
    number = read(digits.without_direction_marks(digits.to_western(text)).strip())
    if not isinstance(number, PhoneNumber) or not is_possible(number):  # its truth would cost as much as reading it
        return None
    return PhoneNumber.from_string(number.as_e164)


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

    def formfield(self, form_class=None, **kwargs):
        return super().formfield(form_class=form_class or PhoneFormField, **kwargs)
