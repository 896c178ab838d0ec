"""Questions as a page shows them: an answer, a measure with its sides, and what is to be said beside them.

The assessment and the measures taken again share them. A measure is read wider than its column, so that a wrong unit
can be seen and the right value offered, one tap away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import measures, measuring
from hajar.lib import digits

MEASURED = tuple(measures.BY_FIELD)
IN_TENTHS = ("mass_kg", "height_cm", "substitute_cm")
MOST_IN_A_SMALL_COLUMN = 32_767


@dataclass(frozen=True)
class Question:
    """One question as the page shows it, with what there is to say about it."""

    bound: BoundField
    kind: str  # choice, several, number, text, lines, marks, simulation
    hint: str = ""
    unit: str = ""
    proposal: str = ""
    theirs: str = ""
    when: str = ""
    is_optional: bool = False
    said: "Said | None" = None
    limits: dict[str, str] = field(default_factory=dict)
    parts: Sequence[Any] = ()

    @property
    def name(self) -> str:
        return self.bound.name

    @property
    def is_grouped(self) -> bool:
        """Whether it has several inputs, under one legend."""
        return self.kind in ("choice", "several", "marks", "simulation")


@dataclass(frozen=True)
class Side:
    word: str
    question: Question
    before: str = ""


@dataclass(frozen=True)
class MeasureQuestion:
    """One measure: its letter, how to take it, one field or a left and a right one, and what it was before."""

    code: str
    letter: str
    name: str
    how: str
    range: str
    sides: tuple[Side, ...]

    @property
    def first(self) -> Question:
        return self.sides[0].question


@dataclass(frozen=True)
class Offer:
    """Another value instead of the one typed, one tap away."""

    name: str
    value: str
    words: str

    @property
    def taken(self) -> str:
        return f"{self.name}:{self.value}"


@dataclass(frozen=True)
class Tick:
    """Something unusual that a person confirms by a tick."""

    key: str
    sentence: str
    is_set: bool


@dataclass(frozen=True)
class Said:
    """What stands beside a field: what is wrong, what to confirm, what to take instead."""

    name: str
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    ticks: tuple[Tick, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.errors or self.warnings or self.offers or self.ticks)


class MeasuresFormMixin(digits.WesternDigitsFormMixin):
    """A form with measures. It says what is in `findings` and `doubts`, which the form takes from its activity."""

    data: Any
    cleaned_data: dict[str, Any]
    errors: Any
    is_bound: bool

    @cached_property
    def findings(self) -> list[measures.Finding]:
        raise NotImplementedError

    @cached_property
    def doubts(self) -> list[measuring.Doubt]:
        raise NotImplementedError

    def widen(self, *names: str) -> None:
        """Let these fields take more than their columns can."""
        for name in names:
            self.fields[name] = digits.DecimalField(
                label=self.fields[name].label, min_value=0, max_digits=9, decimal_places=3, required=False
            )

    def dress(self, name: str, each: forms.Field) -> None:
        """Give a field the look and the manners of the house."""
        if isinstance(each.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            each.widget.attrs["class"] = "form-check-input"
            return
        each.widget.attrs |= {"class": "form-control", "autocomplete": "off", "aria-describedby": f"said-{name}"}
        if isinstance(each, forms.DateField):
            each.widget.attrs |= {"inputmode": "numeric", "dir": "ltr", "placeholder": "05/08/2026"}
        elif isinstance(each, forms.IntegerField | forms.DecimalField):
            each.widget.attrs |= {"dir": "ltr"}
        else:
            each.widget.attrs |= {"dir": "auto"}

    @cached_property
    def offers(self) -> dict[str, Offer]:
        """What was offered while cleaning, because no column could hold what was typed."""
        return {}

    def clean_measures(self, *names: str) -> None:
        """Make whole millimetres and tenths of what was typed; refuse the rest, with what was perhaps meant."""
        for name in names:
            value = self.cleaned_data.get(name)
            if value is None:
                continue
            whole = name not in IN_TENTHS
            fits = value == value.to_integral_value() if whole else value == round(value, 1)
            if slip := self.slip_of(name, value):
                self.refuse_measure(name, slip)
            elif not fits or value > (MOST_IN_A_SMALL_COLUMN if whole else 999):
                found = [finding for finding in measures.check({name: value}) if "suggestion" in finding.params]
                self.refuse_measure(name, *found)
            else:
                self.cleaned_data[name] = int(value) if whole else value

    def slip_of(self, name: str, value: Decimal) -> measures.Finding | None:
        """A wrong unit of something that is no measure of the body."""
        return None

    def refuse_measure(self, name: str, finding: measures.Finding | None = None) -> None:
        if finding:
            self.offers[name] = offer_of(finding)
            self.add_error(name, measuring.in_words(finding))  # type: ignore[attr-defined]
        elif name in IN_TENTHS:
            self.add_error(name, _("Give one digit after the comma, and not more than 999."))  # type: ignore[attr-defined]
        else:
            self.add_error(name, _("Give whole millimetres."))  # type: ignore[attr-defined]

    @property
    def confirmed(self) -> frozenset[str]:
        """The keys of the doubts that were ticked."""
        return frozenset(self.data.getlist("confirm")) if isinstance(self.data, QueryDict) else frozenset()

    def said(self, name: str) -> Said:
        mine = [finding for finding in self.findings if finding.field == name]
        offers = [offer_of(finding) for finding in mine if "suggestion" in finding.params]
        if self.is_bound and (typed := self.offers.get(name)):
            offers = [typed]
        return Said(
            name,
            errors=tuple(str(error) for error in self.errors.get(name, ())) if self.is_bound else (),
            warnings=tuple(measuring.in_words(finding) for finding in mine if finding.severity == "hard"),
            offers=tuple(offers),
            ticks=tuple(
                Tick(doubt.key, doubt.sentence, doubt.key in self.confirmed)
                for doubt in self.doubts
                if doubt.fields[0] == name
            ),
        )

    def question(self, name: str) -> Question:
        raise NotImplementedError

    def measure(self, measure: measures.Measure, before: Mapping[str, str] | None = None) -> MeasureQuestion:
        words = [sides()[side] for side in measure.sides] or [""]
        low, high = measure.soft or measure.hard
        return MeasureQuestion(
            code=measure.code,
            letter=measure.code if len(measure.code) == 1 else "",
            name=gettext(measure.name),
            how=gettext(measure.how),
            range=gettext("usually {low} to {high} {unit}").format(
                low=low, high=high, unit=measuring.unit_in_words(measure.unit)
            ),
            sides=tuple(
                Side(word, self.question(name), (before or {}).get(name, ""))
                for word, name in zip(words, measure.fields, strict=True)
            ),
        )


def with_offer_taken(data: QueryDict, names: Iterable[str]) -> QueryDict:
    """What was typed, with the value instead that a button offered ("hip_width_mm:270")."""
    name, _colon, value = data.get("take", "").partition(":")
    typed = data.copy()
    if name in names:
        typed[name] = value
    return typed


def offer_of(finding: measures.Finding) -> Offer:
    value = finding.params["suggestion"]
    shown = f"{formats.number_format(value)} {measuring.unit_in_words(finding.params['unit'])}"
    typed = finding.params["value"]
    sign = "×10" if value == typed * 10 else "×100" if value == typed * 100 else "÷10"
    words = gettext("{sign}: take {value}").format(sign=sign, value=shown)
    return Offer(finding.field, formats.number_format(value), words)


def limits_of(measure: measures.Measure) -> dict[str, str]:
    """What the page's script needs to ask at once, without the network."""
    soft: Iterable[int] = measure.soft or ()
    return {
        "hard": " ".join(map(str, measure.hard)),
        "soft": " ".join(map(str, soft)),
        "slips": " ".join(f"{factor}" for factor, _key in measure.slips),
        "asks_under": str(measure.asks_under or ""),
    }


def measure_label(name: str) -> str:
    """ "C: Calf length, left"."""
    measure = measures.BY_FIELD[name]
    label = gettext(measure.name) if len(measure.code) > 1 else f"{measure.code}: {gettext(measure.name)}"
    if measure.sides:
        label += pgettext("between words", ", ") + sides()[measure.sides[measure.fields.index(name)]]
    return label


def measure_in_words(name: str, value: Any) -> str:
    """ "270 mm"."""
    return f"{formats.number_format(value)} {measuring.unit_in_words(measures.BY_FIELD[name].unit)}"


def sides() -> dict[str, str]:
    return {"left": gettext("left"), "right": gettext("right")}
