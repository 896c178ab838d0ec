"""The assessment as a form for a kitchen table: sections in the order of the WHO interview, thumb-sized answers.

The form cleans what was typed and shows what the activity says about it. Each answer stands alone: those that make
sense are kept although others do not.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import assessing, measures, measuring, scoring
from beneficiaries.models import Assessment
from hajar.lib import digits

MOST_IN_A_SMALL_COLUMN = 32_767
# The measures that an assessment keeps.
MEASURED = tuple(name for name in measures.BY_FIELD if hasattr(Assessment, name))
MASS_AND_HEIGHT = ("mass_kg", "height_cm")
DOOR = "narrowest_door_mm"
# Units of numbers; measures carry their own.
UNITS = {DOOR: _("mm")}
HINTS: dict[str, str | Promise] = {
    "goals": _("For example: go to school alone, eat at the table with everybody, see the street."),
    DOOR: _("In millimetres: a door of 80 cm is 800. Measure the opening, not the leaf."),
    "lifts_per_day": _("Count every time somebody lifts or carries the child: bed, bath, toilet, stairs."),
    "carer_pain": _("0 is no pain, 10 the worst pain one can imagine."),
    "chair_cushion_relieves": _("Asked only where the skin is at risk from pressure."),
    "push_method": _("How the child or a helper will move the new chair."),
    "injury": _("Look, or ask who washes the child. Ask about sores that have healed, too."),
}


@dataclass(frozen=True)
class Section:
    """A part of the form: `fields` in their order on the page."""

    id: str
    title: str | Promise
    fields: tuple[str, ...]
    lead: str | Promise = ""
    tone: str = ""


SECTIONS = (
    Section("visit", _("The visit"), ("assessed_on", "place")),
    Section(
        "flags",
        _("Red flags"),
        scoring.RED_FLAGS,
        _("One yes makes the need urgent. Each must be answered before the assessment is complete."),
        "urgent",
    ),
    Section("moving", _("Moving about"), ("goals", "mobility")),
    Section(
        "chair",
        _("The present chair"),
        ("has_chair", *scoring.CHAIR_QUESTIONS),
        _("If the child has no chair that can be used, go on to the next section."),
    ),
    Section(
        "health",
        _("Skin and health"),
        (
            "injury",
            "cannot_feel",
            *scoring.AT_RISK_FACTORS,
            "swallowing_or_breathing_worse",
            "pain_or_deformity",
        ),
    ),
    Section("posture", _("Sitting and pushing"), ("posture_level", "push_method")),
    Section("progression", _("How it changes"), ("progression",)),
    Section(
        "life",
        _("School, care and family"),
        ("out_of_school", "missed_treatment", "lifts_per_day", "carer_pain", "sole_or_burdened_carer"),
    ),
    Section("home", _("The home"), (DOOR, "steps_at_entrance")),
    Section(
        "measures",
        _("Measures"),
        MEASURED,
        _("The child sits as upright as possible, feet supported. Heights count from the seat."),
    ),
    Section("remarks", _("Remarks"), ("remarks",)),
)


@dataclass(frozen=True)
class Question:
    """One question as the page shows it, with what there is to say about it."""

    bound: BoundField
    kind: str  # choice, number, text, lines
    hint: str = ""
    unit: str = ""
    proposal: str = ""
    theirs: str = ""
    when: str = ""
    said: "Said | None" = None
    limits: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.bound.name


@dataclass(frozen=True)
class Side:
    word: str
    question: Question


@dataclass(frozen=True)
class MeasureQuestion:
    """One measure: its letter, how to take it, one field or a left and a right one."""

    letter: str
    name: str
    how: str
    range: str
    sides: tuple[Side, ...]


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


class AssessmentForm(digits.WesternDigitsFormMixin, forms.ModelForm):
    """A draft: every answer may be missing, only what no column could hold is refused."""

    class Meta:
        model = Assessment
        fields = tuple(name for section in SECTIONS for name in section.fields)
        widgets = {
            "goals": forms.Textarea(attrs={"rows": 3}),
            "remarks": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(
        self,
        *args: Any,
        theirs: Mapping[str, str] | None = None,
        proposals: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.theirs, self.proposals = theirs or {}, proposals or {}
        super().__init__(*args, **kwargs)
        self.fields["carer_pain"] = forms.TypedChoiceField(
            label=self.fields["carer_pain"].label,
            choices=[*((str(pain), str(pain)) for pain in range(scoring.WORST_PAIN + 1)), ("", _("not known"))],
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
        )
        self.fields["lifts_per_day"] = digits.IntegerField(
            label=self.fields["lifts_per_day"].label, min_value=0, max_value=200, required=False
        )
        self.fields["steps_at_entrance"] = digits.IntegerField(
            label=self.fields["steps_at_entrance"].label, min_value=0, max_value=500, required=False
        )
        for name in (*MEASURED, DOOR):
            # Wider than the column, so that a wrong unit can be seen and the right value offered.
            self.fields[name] = digits.DecimalField(
                label=self.fields[name].label, min_value=0, max_digits=9, decimal_places=3, required=False
            )
        for name, each in self.fields.items():
            each.required = name == "assessed_on" and (not self.is_bound or name in self.data)
            if isinstance(each, forms.TypedChoiceField) and name != "carer_pain":
                each.widget = forms.RadioSelect()
                choices: Any = each.choices
                each.choices = [(value, word) for value, word in choices if value != ""]
            self._dress(name, each)

    def _dress(self, name: str, each: forms.Field) -> None:
        if isinstance(each.widget, forms.RadioSelect):
            each.widget.attrs["class"] = "form-check-input"
            return
        each.widget.attrs |= {"class": "form-control", "autocomplete": "off", "aria-describedby": f"said-{name}"}
        if name == "assessed_on":
            each.widget.attrs |= {"inputmode": "numeric", "dir": "ltr", "placeholder": "05/08/2026"}
        elif not isinstance(each.widget, forms.Textarea):
            each.widget.attrs |= {"dir": "ltr"}

    def _post_clean(self) -> None:
        """The row is written by the activity, which locks it first; here it stays as it was read."""

    def clean(self) -> dict[str, Any]:
        self.offers: dict[str, Offer] = {}
        for name in (*MEASURED, DOOR):
            value = self.cleaned_data.get(name)
            if value is None:
                continue
            whole = name not in MASS_AND_HEIGHT
            fits = value == value.to_integral_value() if whole else value == round(value, 1)
            if name == DOOR and 30 <= value < 300:
                self._refuse(name, measures.Finding(name, "hard", "measure.centimetres", _tenfold(value)))
            elif not fits or value > (MOST_IN_A_SMALL_COLUMN if whole else 999):
                found = [finding for finding in measures.check({name: value}) if "suggestion" in finding.params]
                self._refuse(name, *found)
            else:
                self.cleaned_data[name] = int(value) if whole else value
        return self.cleaned_data

    def _refuse(self, name: str, finding: measures.Finding | None = None) -> None:
        if finding:
            self.offers[name] = _offer(finding)
            self.add_error(name, measuring.in_words(finding))
        elif name in MASS_AND_HEIGHT:
            self.add_error(name, _("Give one digit after the comma, and not more than 999."))
        else:
            self.add_error(name, _("Give whole millimetres."))

    # --- what the form came to ------------------------------------------------------------------------------------

    @property
    def answers(self) -> dict[str, Any]:
        """The answers that were sent and make sense. A question that the page did not send stays as it is."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.data}

    @cached_property
    def candidate(self) -> Assessment:
        """The assessment as it would be with these answers; not to be saved."""
        candidate = copy(self.instance)
        if self.is_bound:
            self.is_valid()
            for name, value in self.answers.items():
                setattr(candidate, name, value)
        return candidate

    @property
    def confirmed(self) -> frozenset[str]:
        """The keys of the doubts that were ticked."""
        return frozenset(self.data.getlist("confirm")) if isinstance(self.data, QueryDict) else frozenset()

    def take_refusal(self, refusal: assessing.AssessmentRefused) -> None:
        """Show what the activity refused, each beside its field."""
        self.is_valid()
        for name, message in refusal.problems.items():
            if name in self.fields and not self._says_already(name):
                self.add_error(name, str(message))

    def show_stored_where_unsent(self) -> None:
        """A browser sends no unanswered question: show what the draft holds by now, perhaps from somebody else."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        self.data = data
        for name, each in self.fields.items():
            if name not in self.data and isinstance(each.widget, forms.RadioSelect):
                value = getattr(self.instance, name)
                data[name] = "" if value is None else str(value)

    def _says_already(self, name: str) -> bool:
        return bool(self.errors.get(name) or self.said(name))

    # --- what the page shows --------------------------------------------------------------------------------------

    @cached_property
    def _findings(self) -> list[measures.Finding]:
        return assessing.findings(self.candidate)

    @cached_property
    def _doubts(self) -> list[measuring.Doubt]:
        return assessing.doubts_about(self.candidate)

    def said(self, name: str) -> Said:
        hard = [finding for finding in self._findings if finding.field == name and finding.severity == "hard"]
        offers = [_offer(finding) for finding in hard if "suggestion" in finding.params]
        if self.is_bound and (typed := self.offers.get(name)):
            offers = [typed]
        return Said(
            name,
            errors=tuple(str(error) for error in self.errors.get(name, ())) if self.is_bound else (),
            warnings=tuple(measuring.in_words(finding) for finding in hard),
            offers=tuple(offers),
            ticks=tuple(
                Tick(doubt.key, doubt.sentence, doubt.key in self.confirmed)
                for doubt in self._doubts
                if doubt.fields[0] == name
            ),
        )

    def question(self, name: str) -> Question:
        bound = self[name]
        measure = measures.BY_FIELD.get(name)
        if isinstance(bound.field.widget, forms.RadioSelect):
            kind = "choice"
        elif isinstance(bound.field.widget, forms.Textarea):
            kind = "lines"
        else:
            kind = "number" if isinstance(bound.field, forms.IntegerField | forms.DecimalField) else "text"
        return Question(
            bound,
            kind,
            hint=str(HINTS[name]) if name in HINTS else gettext(scoring.HINTS[name]) if name in scoring.HINTS else "",
            unit=measuring.unit_in_words(measure.unit) if measure else str(UNITS.get(name, "")),
            proposal=self.proposals.get(name, ""),
            theirs=self.theirs.get(name, ""),
            when="has_chair=yes" if name in scoring.CHAIR_QUESTIONS else "",
            said=self.said(name),
            limits=_limits(measure) if measure else {},
        )

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The sections with their questions, as the page shows them."""
        return [
            {
                "section": section,
                "questions": [] if section.id == "measures" else [self.question(name) for name in section.fields],
                "measures": [self._measure(each) for each in measures.MEASURES if each.fields[0] in MEASURED]
                if section.id == "measures"
                else [],
            }
            for section in SECTIONS
        ]

    def _measure(self, measure: measures.Measure) -> MeasureQuestion:
        sides = [_sides()[side] for side in measure.sides] or [""]
        low, high = measure.soft or measure.hard
        return MeasureQuestion(
            letter=measure.code if len(measure.code) == 1 else "",
            name=gettext(measure.name),
            how=gettext(measure.how),
            range=gettext("usually {low} to {high} {unit}").format(
                low=low, high=high, unit=measuring.unit_in_words(measure.unit)
            ),
            sides=tuple(Side(word, self.question(name)) for word, name in zip(sides, measure.fields, strict=True)),
        )

    @property
    def standing(self) -> list[dict[str, Any]]:
        """How far each section is: answered of all, and what is missing by name."""
        return standing(self.candidate, labels={name: each.label for name, each in self.fields.items()})


def standing(assessment: Assessment, *, labels: Mapping[str, Any]) -> list[dict[str, Any]]:
    asked = assessing.not_asked(assessment) | assessing.NOT_A_QUESTION
    missing = set(assessing.missing(assessment))
    blocking = {flag.field for flag in assessment.score().flags_to_check}
    sections = []
    for section in SECTIONS:
        questions = [name for name in section.fields if name not in asked]
        if not questions:
            continue
        open_ = [
            {"name": name, "label": labels[name], "blocks": name in blocking}
            for name in questions
            if name in missing or name in blocking
        ]
        sections.append(
            {
                "id": section.id,
                "title": section.title,
                "total": len(questions),
                "answered": len(questions) - len(open_),
                "open": open_,
                "blocks": any(each["blocks"] for each in open_),
            }
        )
    return sections


def saved_otherwise(form: AssessmentForm, stored: Assessment) -> dict[str, str]:
    """What somebody else saved where this form says something else: field -> their answer in words."""
    return {
        name: answer_in_words(stored, name) for name, value in form.answers.items() if getattr(stored, name) != value
    }


def answer_in_words(assessment: Assessment, name: str) -> str:
    """An answer as people read it; "" where the question was not answered."""
    value = getattr(assessment, name)
    if value in ("", None):
        return ""
    if display := getattr(assessment, f"get_{name}_display", None):
        return str(display())
    if name == "assessed_on":
        return formats.date_format(value, "DATE_FORMAT")
    unit = measures.BY_FIELD[name].unit if name in measures.BY_FIELD else "mm" if name == DOOR else ""
    if isinstance(value, int | Decimal):
        shown = formats.number_format(value)
        return f"{shown} {measuring.unit_in_words(unit)}" if unit else shown
    return str(value)


def document(assessment: Assessment) -> list[dict[str, Any]]:
    """A complete assessment to read: sections of (label, answer); "" for what nobody asked."""
    left_out = assessing.not_asked(assessment) | {"assessed_on", "place", "goals", "remarks"}
    labels = {each.name: each.verbose_name for each in Assessment._meta.concrete_fields}
    sections = []
    for section in SECTIONS:
        answers = [
            {
                "label": _measure_label(name) if name in measures.BY_FIELD else labels[name],
                "words": answer_in_words(assessment, name),
                "value": getattr(assessment, name),
            }
            for name in section.fields
            if name not in left_out
        ]
        if answers:
            sections.append({"id": section.id, "title": section.title, "answers": answers})
    return sections


def _measure_label(name: str) -> str:
    """ "C: Calf length, left"."""
    measure = measures.BY_FIELD[name]
    label = gettext(measure.name) if len(measure.code) > 1 else f"{measure.code}: {gettext(measure.name)}"
    if measure.sides:
        label += pgettext("between words", ", ") + _sides()[measure.sides[measure.fields.index(name)]]
    return label


def _sides() -> dict[str, str]:
    return {"left": gettext("left"), "right": gettext("right")}


def open_count(sections: list[dict[str, Any]]) -> int:
    return sum(len(section["open"]) for section in sections)


def _offer(finding: measures.Finding) -> Offer:
    value = finding.params["suggestion"]
    shown = f"{formats.number_format(value)} {measuring.unit_in_words(finding.params['unit'])}"
    typed = finding.params["value"]
    sign = "×10" if value == typed * 10 else "×100" if value == typed * 100 else "÷10"
    words = gettext("{sign}: take {value}").format(sign=sign, value=shown)
    return Offer(finding.field, formats.number_format(value), words)


def _tenfold(value: Decimal) -> dict[str, Any]:
    return {"value": value.normalize(), "suggestion": int(value * 10), "unit": "mm"}


def _limits(measure: measures.Measure) -> dict[str, str]:
    """What the page's script needs to ask at once, without the network."""
    soft: Iterable[int] = measure.soft or ()
    return {
        "hard": " ".join(map(str, measure.hard)),
        "soft": " ".join(map(str, soft)),
        "slips": " ".join(f"{factor}" for factor, _key in measure.slips),
    }
