"""What the forms of the register share: any digits, sections, names in two scripts, dates as people write them."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from hajar.lib import dates, digits

_LATIN = {"lang": "fr", "dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
_ARABIC = {"lang": "ar", "dir": "rtl", "autocomplete": "off", "spellcheck": "false"}


class EntryForm(digits.WesternDigitsFormMixin, forms.ModelForm):
    """A form of one row. The page owns the form tag and the buttons; an activity does what the form asks."""

    sections: Layout

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, attrs in (("latin", _LATIN), ("arabic", _ARABIC)):
            for part in ("given_name", "family_name"):
                if field := self.fields.get(f"{part}_{name}"):
                    field.widget.attrs |= attrs | self._offers(part, name)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self.layout()

    def _offers(self, part: str, script: str) -> dict[str, Any]:
        """What js/name_suggestions.js needs to offer this part of a name in the other script."""
        other = f"{part}_{'arabic' if script == 'latin' else 'latin'}"
        if other not in self.fields:
            return {}
        key = self[other].auto_id
        return {"data-hajar-other-script": key, "data-url": reverse_lazy("beneficiaries:name_suggest")}

    def layout(self) -> Layout:
        return Layout(*self.fields)

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that the person changed, cleaned: what two people changed apart stays together."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def take_errors(self, error: ValidationError) -> None:
        """Show what an activity refused, each beside its field where the form has it."""
        for name, messages in getattr(error, "error_dict", {None: [error]}).items():
            self.add_error(name if name in self.fields else None, messages)


def section(legend: Any, *fields: Any) -> Fieldset:
    return Fieldset(legend, *fields, css_class="section")


def side_by_side(*names: str) -> Row:
    return Row(*(Column(name, css_class="col-sm-6") for name in names))


def name_rows() -> tuple[Row, Row]:
    """Both scripts, each on its own line."""
    return (
        side_by_side("given_name_latin", "family_name_latin"),
        side_by_side("given_name_arabic", "family_name_arabic"),
    )


class BirthDateField(forms.CharField):
    """A birth date as a family knows it: 05/08/2015, ٠٥/٠٨/٢٠١٥, 08/2015 or 2015. Cleans to a dates.Parsed."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> dates.Parsed:
        text = super().clean(value)
        try:
            return dates.parse(text)
        except dates.DateError as error:
            raise ValidationError(error.message, code=error.code) from None


def written(day: Any, precision: str) -> str:
    """A birth date as BirthDateField reads it back, no more exact than it is known."""
    if not day:
        return ""
    return {"year": f"{day:%Y}", "month": f"{day:%m/%Y}"}.get(precision, f"{day:%d/%m/%Y}")


def day_field(**kwargs: Any) -> digits.DateField:
    """A day, typed dd/mm/yyyy in any digits."""
    kwargs.setdefault("help_text", _("Day/month/year, for example 05/08/2015."))
    attrs = {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}
    return digits.DateField(widget=forms.DateInput(attrs=attrs), **kwargs)
