from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child
from beneficiaries.register_columns import Columns
from beneficiaries.register_words import BY_NAME, FIELDS


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

    def __init__(self, data: Any = None, *, fields: Iterable[str], columns: Columns, typed: Mapping[str, str]) -> None:
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


@dataclass(frozen=True)
class NamedColumn:
    """One column of a workbook as the page shows it: its heading, some of its cells, the choice of a field."""

    heading: str
    examples: list[str]
    field: forms.BoundField

    @property
    def is_read(self) -> bool:
        return bool(self.field.value())


class ColumnsForm(forms.Form):
    """Which of our fields each column of a workbook is. A column that is none of them is left out, and said to be."""

    def __init__(
        self, data: Any = None, *, sheet: Mapping[str, Any], columns: Columns, withheld: Iterable[str] = ()
    ) -> None:
        super().__init__(data)
        self.sheet = sheet
        read = {place: name for name, place in columns.fields.items()}
        choices: list[tuple[str, Any]] = [("", _("leave this column out"))]
        choices += [(one.name, one.label) for one in FIELDS if one.name not in withheld]
        self.width = max([len(sheet["headings"]), *(len(cells) for _number, cells in sheet["rows"][:200])], default=0)
        for place in range(self.width):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=self._heading(place) or _("Column %(number)d without a heading") % {"number": place + 1},
                choices=choices,
                initial=read.get(place, ""),
                required=False,
                widget=forms.Select({"class": "form-select"}),
            )

    def _heading(self, place: int) -> str:
        headings = self.sheet["headings"]
        return (headings[place] or "") if place < len(headings) else ""

    @property
    def rows(self) -> list[NamedColumn]:
        """The columns that hold anything, each with its first three different values."""
        shown = []
        for place in range(self.width):
            cells = (cells[place] for _number, cells in self.sheet["rows"][:200] if place < len(cells) and cells[place])
            examples = [Truncator(text).chars(40) for text in dict.fromkeys(cells)][:3]
            if examples or self._heading(place):
                shown.append(NamedColumn(self._heading(place), examples, self[f"column_{place}"]))
        return shown

    @property
    def chosen(self) -> dict[str, int]:
        return {name: int(key.rpartition("_")[2]) for key, name in self.cleaned_data.items() if name}

    def clean(self) -> dict[str, Any]:
        """One field has one column."""
        cleaned = super().clean() or self.cleaned_data
        seen: dict[str, str] = {}
        for key, name in list(cleaned.items()):
            if name and name in seen:
                self.add_error(key, _("Another column is said to be this already."))
            elif name:
                seen[name] = key
        return cleaned
