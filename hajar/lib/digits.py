"""Digits: whatever digits a person types, we store and show Western ones (٠٥/٠٨/٢٠٢٦ is 05/08/2026).

Fields here are drop-in replacements for Django's. A whole form, model form or admin form folds with one base:

    class ChildForm(WesternDigitsFormMixin, forms.ModelForm):
        ...
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NOT_A_DATE = _("This is not a date. Write day/month/year, for example 05/08/2015.")
_FOLD = {ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(digits)}
_FOLD |= {ord("\N{ARABIC DECIMAL SEPARATOR}"): ".", ord("\N{ARABIC THOUSANDS SEPARATOR}"): ""}
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))


def to_western(text: str) -> str:
    """Fold Arabic-Indic and Persian digits to 0-9, the Arabic decimal separator to a point; drop the thousands one."""
    return text.translate(_FOLD)


def read_decimal(value: str | int | float | Decimal) -> Decimal:
    """A number out of a cell or a field, in any digits, with a point or a comma: "٢١٫٥", "21,5", 21.5 are all 21.5.

    Units are not read ("21,5 kg" is no number). Raises ValueError.
    """
    text = str(value)
    try:
        number = Decimal(_with_point(to_western(without_direction_marks(text)).strip()))
    except InvalidOperation:
        raise ValueError("not a number") from None
    if isinstance(value, bool) or not number.is_finite() or "_" in text:
        raise ValueError("not a number")
    return number


def without_direction_marks(text: str) -> str:
    """Drop the invisible direction marks that come along when a number is pasted out of Arabic text."""
    return text.translate(_MARKS)


class WesternDigitsMixin:
    """A form field that folds what was typed before anything else looks at it."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = to_western(value)
        return super().to_python(value)  # type: ignore[misc]


class _TypedNumberMixin(WesternDigitsMixin):
    """As above, and forgiving of direction marks: nothing in a number or a date is meant by them."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = without_direction_marks(value).strip()
        return super().to_python(value)


class CharField(WesternDigitsMixin, forms.CharField):
    """Text in which digits come out Western: an address, a file number, a phone."""


class RegexField(WesternDigitsMixin, forms.RegexField):
    """Text checked against a pattern after its digits were folded."""


class DateField(_TypedNumberMixin, forms.DateField):
    """A day, typed dd/mm/yyyy in any digits; whoever types something else is shown how a day is written."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(NOT_A_DATE, code="invalid") from None


class DateTimeField(_TypedNumberMixin, forms.DateTimeField):
    """A moment, typed dd/mm/yyyy hh:mm in any digits."""


class TimeField(_TypedNumberMixin, forms.TimeField):
    """A time of day in any digits."""


class IntegerField(_TypedNumberMixin, forms.IntegerField):
    """A whole number in any digits."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


# 1,234.5 or 1.234,5 or 1,234,567: groups of three behind one mark, then perhaps the other mark and decimals.
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:\.\d{3})+,\d+|(?:,\d{3}){2,}|(?:\.\d{3}){2,})")


class _PointOrCommaMixin(_TypedNumberMixin):
    """A decimal typed with a point or a comma: 12,5 and 12.5 are the same mass in every language."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = _with_point(to_western(value))
        return super().to_python(value)


class DecimalField(_PointOrCommaMixin, forms.DecimalField):
    """A decimal number in any digits, with a point or a comma."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class FloatField(_PointOrCommaMixin, forms.FloatField):
    """A floating number in any digits, with a point or a comma."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


def _with_point(text: str) -> str:
    """Write a typed decimal the way Decimal() reads it: 1 234,5 and 1,234.5 and 1.234,5 all give 1234.5.

    A lone comma or point is always the decimal one ("1,234" is 1.234): people type masses and prices, and guessing
    thousands would turn 1,250 kg of a typing slip into a ton.
    """
    text = "".join(text.split())  # no-break spaces too
    if _GROUPED.fullmatch(text):
        mark = next(char for char in text if char in ",.")
        return text.replace(mark, "").replace(",", ".")
    return text.replace(",", ".") if text.count(",") + text.count(".") == 1 else text


_BY_STOCK: dict[type[forms.Field], type[forms.Field]] = {
    forms.CharField: CharField,
    forms.RegexField: RegexField,
    forms.DateField: DateField,
    forms.DateTimeField: DateTimeField,
    forms.TimeField: TimeField,
    forms.IntegerField: IntegerField,
    forms.DecimalField: DecimalField,
    forms.FloatField: FloatField,
}


def fold(field: forms.Field) -> None:
    """Teach a form's stock field, in place, to fold digits; other kinds (choices, e-mail, files) stay as they are."""
    if isinstance(field, forms.MultiValueField):
        for part in field.fields:
            fold(part)
        return
    ready = _BY_STOCK.get(type(field))
    if ready is None:
        return
    # Same constructor and state, one more to_python in front: re-classing keeps validators, limits and messages.
    field.__class__ = ready
    if type(field.widget) is forms.NumberInput:
        field.widget = _as_text_input(field.widget, mode="numeric" if isinstance(field, IntegerField) else "decimal")


def _as_text_input(number_input: forms.NumberInput, *, mode: str) -> forms.TextInput:
    """Browsers drop Arabic-Indic digits typed into type=number: a text input with a number pad takes them."""
    attrs = {name: value for name, value in number_input.attrs.items() if name not in {"min", "max", "step"}}
    widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", **attrs})
    widget.is_required = number_input.is_required
    widget.is_localized = number_input.is_localized
    return widget


class WesternDigitsFormMixin:
    """Put before Form or ModelForm: all its stock text, number and date fields accept Arabic-Indic digits."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            fold(field)
