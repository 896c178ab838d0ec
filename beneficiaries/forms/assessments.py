"""The assessment as a form for a kitchen table: sections in the order of a visit, thumb-sized answers.

The form cleans what was typed and shows what the activity says about it. Each answer stands alone: those that make
sense are kept although others do not.
"""

from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import assessing, measures, measuring, scoring
from beneficiaries.forms import bodies
from beneficiaries.forms.assessment_sections import (
    DOOR,
    HINTS,
    SCALES,
    SECTIONS,
    UNITS,
    condition_of,
    may_stay_empty,
)
from beneficiaries.forms.questions import (
    MEASURED,
    MeasuresFormMixin,
    Question,
    limits_of,
    measure_in_words,
    measure_label,
)
from beneficiaries.models import Assessment
from beneficiaries.models.assessments import MOST
from hajar.lib import digits
from hajar.lib.several import SeveralField

SEVERAL = {each.name: each for each in Assessment._meta.concrete_fields if isinstance(each, SeveralField)}
# Numbers that are counted, and the most that there can be.
COUNTS = {"lifts_per_day": 200, "steps_at_entrance": 500, **{n: most for n, most in MOST.items() if n not in SCALES}}


class AssessmentForm(MeasuresFormMixin, forms.ModelForm):
    """A draft: every answer may be missing, only what no column could hold is refused."""

    class Meta:
        model = Assessment
        fields = tuple(name for section in SECTIONS for name in section.fields)
        widgets = {
            "goals": forms.Textarea(attrs={"rows": 3}),
            "sits_without_support": forms.Textarea(attrs={"rows": 2}),
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
        for name in SCALES:
            self.fields[name] = forms.TypedChoiceField(
                label=self.fields[name].label,
                choices=[*((str(step), str(step)) for step in range(scoring.WORST_PAIN + 1)), ("", _("not known"))],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
        for name, most in COUNTS.items():
            self.fields[name] = digits.IntegerField(
                label=self.fields[name].label, min_value=0, max_value=most, required=False
            )
        for name in SEVERAL:
            self.fields[name].widget = bodies.SeveralSelect(choices=SEVERAL[name].options)
        self.fields["skin_marks"] = bodies.MarksField(
            label=self.fields["skin_marks"].label,
            parts=Assessment.Spot.choices,
            answers=Assessment.SkinMark.choices,
        )
        self.fields["hand_simulation"] = bodies.SimulationField(
            label=self.fields["hand_simulation"].label, parts=Assessment.BodyPart.choices
        )
        self.widen(*MEASURED, DOOR)
        for name, each in self.fields.items():
            each.required = name == "assessed_on" and (not self.is_bound or name in self.data)
            if isinstance(each, forms.TypedChoiceField) and name not in SCALES:
                each.widget = forms.RadioSelect()
                choices: Any = each.choices
                each.choices = [(value, word) for value, word in choices if value != ""]
            self.dress(name, each)

    def _post_clean(self) -> None:
        """The row is written by the activity, which locks it first; here it stays as it was read."""

    def clean(self) -> dict[str, Any]:
        self.clean_measures(*MEASURED, DOOR)
        return self.cleaned_data

    def slip_of(self, name: str, value: Decimal) -> measures.Finding | None:
        if name == DOOR and 30 <= value < 300:
            tenfold = {"value": value.normalize(), "suggestion": int(value * 10), "unit": "mm"}
            return measures.Finding(name, "hard", "measure.centimetres", tenfold)
        return None

    # --- what the form came to ------------------------------------------------------------------------------------

    def was_sent(self, name: str) -> bool:
        return not self.fields[name].widget.value_omitted_from_data(self.data, {}, name)

    @property
    def answers(self) -> dict[str, Any]:
        """The answers that were sent and make sense. A question that the page did not send stays as it is."""
        answers = {name: value for name, value in self.cleaned_data.items() if self.was_sent(name)}
        for name in answers:
            each = self.fields[name]
            if isinstance(each, bodies.MarksField | bodies.SimulationField):
                answers[name] = each.merged(getattr(self.instance, name), answers[name])
        return answers

    @cached_property
    def candidate(self) -> Assessment:
        """The assessment as it would be with these answers; not to be saved."""
        candidate = copy(self.instance)
        if self.is_bound:
            self.is_valid()
            for name, value in self.answers.items():
                setattr(candidate, name, value)
        return candidate

    def take_refusal(self, refusal: assessing.AssessmentRefused) -> None:
        """Show what the activity refused, each beside its field."""
        self.is_valid()
        for name, message in refusal.problems.items():
            if name in self.fields and not self._says_already(name):
                self.add_error(name, str(message))

    def show_stored_where_unsent(self) -> None:
        """A browser sends no unanswered question: show what the draft holds by now, perhaps from somebody else."""
        data: Any = self.data.copy()
        self.data = data
        for name, each in self.fields.items():
            if name in self.data:
                continue
            value = getattr(self.instance, name)
            if name in SEVERAL:
                data.setlist(name, ["", *value])
            elif isinstance(each.widget, forms.RadioSelect):
                data[name] = "" if value is None else str(value)

    def _says_already(self, name: str) -> bool:
        return bool(self.errors.get(name) or self.said(name))

    # --- what the page shows --------------------------------------------------------------------------------------

    @cached_property
    def findings(self) -> list[measures.Finding]:
        return assessing.findings(self.candidate)

    @cached_property
    def doubts(self) -> list[measuring.Doubt]:
        return assessing.doubts_about(self.candidate)

    def question(self, name: str) -> Question:
        bound = self[name]
        measure = measures.BY_FIELD.get(name)
        return Question(
            bound,
            self._kind(name),
            hint=str(HINTS[name]) if name in HINTS else gettext(scoring.HINTS[name]) if name in scoring.HINTS else "",
            unit=measuring.unit_in_words(measure.unit) if measure else str(UNITS.get(name, "")),
            proposal=self.proposals.get(name, ""),
            theirs=self.theirs.get(name, ""),
            when=condition_of(name),
            is_optional=may_stay_empty(name),
            said=self.said(name),
            limits=limits_of(measure) if measure else {},
            parts=self._parts(name),
        )

    def _kind(self, name: str) -> str:
        each = self.fields[name]
        if name in ("skin_marks", "hand_simulation"):
            return "marks" if name == "skin_marks" else "simulation"
        if isinstance(each.widget, forms.CheckboxSelectMultiple):
            return "several"
        if isinstance(each.widget, forms.RadioSelect):
            return "choice"
        if isinstance(each.widget, forms.Textarea):
            return "lines"
        return "number" if isinstance(each, forms.IntegerField | forms.DecimalField) else "text"

    def _parts(self, name: str) -> list[bodies.Part]:
        each = self.fields[name]
        if not isinstance(each, bodies.MarksField | bodies.SimulationField):
            return []
        sent = each.widget.value_from_datadict(self.data, {}, name) if self.is_bound else {}
        return each.drawn(name, getattr(self.instance, name), sent)

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The sections with their questions, as the page shows them."""
        return [
            {
                "section": section,
                "questions": [self.question(name) for name in section.questions],
                "measures": [self.measure(measure) for measure in section.measures],
                "is_open": not section.is_folded or self._is_answered(section.fields),
            }
            for section in SECTIONS
        ]

    def _is_answered(self, names: tuple[str, ...]) -> bool:
        return any(self.errors.get(name) or getattr(self.candidate, name) not in assessing.NOTHING for name in names)

    @property
    def standing(self) -> list[dict[str, Any]]:
        """How far each section is: answered of all, and what is missing by name."""
        return standing(self.candidate, labels={name: each.label for name, each in self.fields.items()})


def standing(assessment: Assessment, *, labels: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each section with what counts in it; a section in which nothing does is optional."""
    counted = assessing.counted(assessment)
    missing = set(assessing.missing(assessment))
    blocking = {flag.field for flag in assessment.score().flags_to_check}
    sections = []
    for section in SECTIONS:
        questions = [name for name in section.fields if name in counted]
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
                "is_optional": all(may_stay_empty(name) for name in section.fields),
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
    if value in assessing.NOTHING:
        return ""
    if name in SEVERAL:
        return pgettext("between words", ", ").join(SEVERAL[name].words(value))
    if name == "skin_marks":
        return "\n".join(assessment.skin_marks_words)
    if name == "hand_simulation":
        return "\n".join(assessment.hand_simulation_words)
    if display := getattr(assessment, f"get_{name}_display", None):
        return str(display())
    if name == "assessed_on":
        return formats.date_format(value, "DATE_FORMAT")
    if name in measures.BY_FIELD:
        return measure_in_words(name, value)
    if isinstance(value, int | Decimal):
        unit = str(UNITS.get(name, ""))
        return formats.number_format(value) + (unit if unit == "°" else f" {unit}" if unit else "")
    return str(value)


def label_of(name: str) -> str:
    """What a question is called on paper; a measure by its letter and side."""
    return measure_label(name) if name in measures.BY_FIELD else str(_LABELS[name])


_LABELS = {each.name: each.verbose_name for each in Assessment._meta.concrete_fields}


def open_count(sections: list[dict[str, Any]]) -> int:
    return sum(len(section["open"]) for section in sections)
