"""Measures taken again: only what is typed is kept, beside what was known before."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import measures, measuring
from beneficiaries.forms.entries import day_field
from beneficiaries.forms.questions import (
    MEASURED,
    MeasureQuestion,
    MeasuresFormMixin,
    Question,
    limits_of,
    measure_in_words,
    measure_label,
)
from beneficiaries.models import Measurement
from beneficiaries.models.measurements import HeightMethod, Measured
from hajar.lib import digits
from hajar.lib.typesetting import isolate

# What a growing child changes first, then the rest.
OFTEN = ("mass", "height", "substitute", "A", "B", "C")


@dataclass(frozen=True)
class Group:
    id: str
    title: str | Promise
    questions: tuple[Question, ...]
    measures: tuple[MeasureQuestion, ...]
    lead: str | Promise = ""
    is_folded: bool = False
    is_open: bool = True


class MeasurementForm(MeasuresFormMixin, forms.Form):
    measured_on = day_field(label=_("Measured on"), initial=timezone.localdate, help_text="")
    occasion = forms.ChoiceField(
        label=_("Occasion"),
        choices=Measurement.Occasion.choices,
        initial=Measurement.Occasion.VISIT,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    height_method = forms.ChoiceField(
        label=_("How height was taken"), choices=HeightMethod.choices, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, known: measuring.KnownMeasures, **kwargs: Any) -> None:
        self.known = known
        super().__init__(*args, **kwargs)
        self.fields["height_method"].initial = known.get("height_method") or ""
        for name in MEASURED:
            self.fields[name] = digits.DecimalField(label=measure_label(name), required=False)
        self.widen(*MEASURED)
        for name, each in self.fields.items():
            self.dress(name, each)

    def clean(self) -> dict[str, Any]:
        self.clean_measures(*MEASURED)
        method = self.cleaned_data.get("height_method")
        self.cleaned_data.pop("height_cm" if method in Measured.SUBSTITUTES else "substitute_cm", None)
        return self.cleaned_data

    @property
    def taken(self) -> dict[str, Any]:
        """What was typed: measures by their fields, with how height was taken only where it was taken."""
        taken = {name: value for name in MEASURED if (value := self.cleaned_data.get(name)) is not None}
        if taken.keys() & {"height_cm", "substitute_cm"}:
            taken["height_method"] = self.cleaned_data.get("height_method", "")
        return taken

    def take_refusal(self, refusal: measuring.MeasurementRefused) -> None:
        """Show what the activity refused, each beside its field; what the page says already is not said twice."""
        for name, message in refusal.problems.items():
            if name in self.fields and not self.said(name):
                self.add_error(name, str(message))
        self.add_error(None, str(refusal.message))

    # --- what the page shows --------------------------------------------------------------------------------------

    @cached_property
    def findings(self) -> list[measures.Finding]:
        return measures.check(self._typed)

    @cached_property
    def doubts(self) -> list[measuring.Doubt]:
        return measuring.doubts_about(self._typed, known=self.known)

    @property
    def _typed(self) -> dict[str, Any]:
        """The measures that could be read, before the form is refused."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return self.taken

    def question(self, name: str) -> Question:
        bound = self[name]
        measure = measures.BY_FIELD.get(name)
        kind = "choice" if isinstance(bound.field.widget, forms.RadioSelect) else "number" if measure else "text"
        return Question(
            bound,
            kind,
            unit=measuring.unit_in_words(measure.unit) if measure else "",
            when=_WHEN.get(name, ""),
            is_optional=name == "note",
            said=self.said(name),
            limits=limits_of(measure) if measure else {},
        )

    @property
    def groups(self) -> list[Group]:
        before = {
            name: f"{measure_in_words(name, value)} · {formats.date_format(self.known.taken_on[name], 'DATE_FORMAT')}"
            for name, value in self.known.values.items()
            if name in measures.BY_FIELD
        }

        def some(codes: Iterable[str]) -> tuple[MeasureQuestion, ...]:
            return tuple(self.measure(_BY_CODE[code], before) for code in codes)

        rest = [measure for measure in measures.MEASURES if measure.code not in OFTEN]
        is_used = any(self.data.get(name) for measure in rest for name in measure.fields)
        size, seat = OFTEN[:3], OFTEN[3:]
        return [
            Group("visit", _("The visit"), tuple(map(self.question, ("measured_on", "occasion"))), ()),
            Group("size", _("Mass and height"), (self.question("height_method"),), some(size)),
            Group("seat", _("What she grows out of first"), (), some(seat)),
            Group(
                "rest",
                _("Other measures"),
                (),
                some(measure.code for measure in rest),
                _("Measure again what no longer seems right: heights of the trunk, supports, armrests."),
                is_folded=True,
                is_open=is_used,
            ),
            Group("note", _("Remarks"), (self.question("note"),), ()),
        ]


_BY_CODE = {measure.code: measure for measure in measures.MEASURES}
_WHEN = {
    "height_cm": "height_method=" + "|".join(map(str, (*Measured.STATURE_METHODS, HeightMethod.UNKNOWN))),
    "substitute_cm": "height_method=" + "|".join(map(str, Measured.SUBSTITUTES)),
}


class TakeBackMeasurementForm(digits.WesternDigitsFormMixin, forms.Form):
    """Why measures that were taken count no more."""

    why = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_("For example: another child was measured, or the tape was read wrongly."),
    )


@dataclass(frozen=True)
class MeasurementLine:
    """A measurement as a line of the child's page: the day, what was measured in words, who measured."""

    row: Measurement
    words: str


def line_of(row: Measurement) -> MeasurementLine:
    """ "A 329 mm · B 446 / 443 mm": a letter where the measure has one, else its name; left before right."""
    words = []
    for measure in measures.MEASURES:
        values = [getattr(row, name) for name in measure.fields]
        if any(value is not None for value in values):
            name = measure.code if len(measure.code) == 1 else gettext(measure.name)
            shown = " / ".join("–" if value is None else formats.number_format(value) for value in values)
            words.append(f"{name} {isolate(f'{shown} {measuring.unit_in_words(measure.unit)}')}")
    return MeasurementLine(row, " · ".join(words))
