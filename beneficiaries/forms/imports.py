from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries import reading_registers
from beneficiaries.models import Child
from beneficiaries.register_words import BY_NAME


class UploadForm(forms.Form):
    """A register to look at. What the file is, its bytes say; whether it is a register, its headings."""

    file = forms.FileField(
        label=_("Register"),
        help_text=_("A workbook (.xlsx) or a CSV file of at most 10 MB and 20,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file holds no rows."),
            "max_length": _("The name of this file is too long."),
        },
    )


class RowForm(forms.Form):
    """The cells of one row that may need other words. What is typed is judged by the rules that judged the file."""

    def __init__(
        self, data: Any = None, *, fields: Iterable[str], columns: reading_registers.Columns, typed: Mapping[str, str]
    ) -> None:
        super().__init__(data, auto_id=False)
        for name in fields:
            self.fields[name] = forms.CharField(
                label=columns.heading(name),
                initial=typed.get(name, ""),
                required=False,
                max_length=BY_NAME[name].longest,
                strip=True,
                widget=self._widget(name),
            )

    @staticmethod
    def _widget(name: str) -> forms.Widget:
        attrs = {"class": "form-control", "autocomplete": "off"}
        if name == "sex":
            return forms.Select({**attrs, "class": "form-select"}, choices=[("", "—"), *Child.Sex.choices])
        if name.endswith("_arabic"):
            attrs |= {"lang": "ar", "dir": "rtl"}
        elif name.endswith("_latin"):
            attrs |= {"dir": "ltr"}
        elif name in ("phone", "other_phone", "born_on", "requested_on"):
            attrs |= {"dir": "ltr", "inputmode": "tel" if "phone" in name else "text"}
        elif name == "province":
            attrs |= {"list": "provinces"}
        return forms.TextInput(attrs)
