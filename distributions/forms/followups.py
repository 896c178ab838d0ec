from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Fieldset, Layout, Row
from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from beneficiaries.measuring import KnownMeasures
from beneficiaries.models import Measurement
from beneficiaries.models.measurements import HeightMethod
from distributions.models import FollowUp
from hajar.accounts import roles
from hajar.accounts.models import User
from hajar.lib.digits import WesternDigitsFormMixin, fold

YES_NO = [("yes", _("yes")), ("no", _("no"))]
# What is measured again at a look, when there is time for it
MEASURES = (
    "hip_width_mm", "seat_depth_left_mm", "seat_depth_right_mm", "calf_left_mm", "calf_right_mm",
    "mass_kg", "height_cm", "height_method",
)  # fmt: skip
HALF, THIRD = "col-12 col-sm-6", "col-12 col-sm-4"
# Who may be asked to do something
DOERS = (roles.ADMINISTRATOR, roles.COORDINATOR, roles.CASE_WORKER, roles.STOREKEEPER, roles.CLINICIAN)


class YesNoField(forms.ChoiceField):
    """Two big answers, none given beforehand; cleans to True or False."""

    def __init__(self, **options):
        super().__init__(choices=YES_NO, widget=forms.RadioSelect, **options)

    def clean(self, value):
        return super().clean(value) == "yes"


class FollowUpForm(WesternDigitsFormMixin, forms.ModelForm):
    """What a call or a visit after the hand-over found; `found` and `taken` part the answers from the measures."""

    still_used = YesNoField(label=_("Is the chair used?"))
    needs_remeasuring = YesNoField(label=_("Should the child be measured again?"))
    skin = forms.ChoiceField(
        label=_("The skin where the child sits"), choices=FollowUp.skin_choices, widget=forms.RadioSelect
    )
    satisfaction = forms.TypedChoiceField(
        label=_("How content is the family?"),
        choices=[(number, str(number)) for number in range(1, 6)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("1 not at all, 5 very. Leave open when nobody asked."),
    )

    class Meta:
        model = FollowUp
        fields = [
            "step", "contact", "done_on", "still_used", "unused_because", "why_not_used", "hours_per_day", "places",
            "falls", "pain", "skin", "swallowing_change", *FollowUp.FIT, "worn_parts", "broken_parts",
            "school_change", "mobility_change", "burden_change", "satisfaction", "training_refreshed",
            "needs_remeasuring", "action", "action_by", "action_due_on", "note",
        ]  # fmt: skip
        labels = {
            "unused_because": _("If not, or too little: what keeps the child from it?"),
            "why_not_used": _("In their own words"),
            "places": _("Where it is used"),
            "worn_parts": _("Worn: still works, but not for long"),
            "broken_parts": _("Broken"),
        }
        help_texts = {
            "hours_per_day": _("Leave empty when not known."),
            "falls": _("0 if there was none; leave empty when nobody asked."),
            "pain": _("0 is none, 10 the worst; leave empty when nobody asked."),
            "action": _("One thing, for one person, until one day."),
        }
        widgets = {
            "step": forms.RadioSelect,
            "contact": forms.RadioSelect,
            "swallowing_change": forms.RadioSelect,
            "school_change": forms.RadioSelect,
            "mobility_change": forms.RadioSelect,
            "burden_change": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
            **dict.fromkeys(FollowUp.FIT, forms.RadioSelect),
        }

    def __init__(self, *args, known: KnownMeasures | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        measures = forms.fields_for_model(Measurement, fields=MEASURES, widgets={"height_method": forms.RadioSelect})
        for name, field in measures.items():
            field.required = False
            field.help_text = _before(known, name)
            fold(field)
            self.fields[name] = field
        fields: dict[str, Any] = self.fields
        fields["height_method"].choices = [
            (HeightMethod.STANDING.value, HeightMethod.STANDING.label),
            (HeightMethod.LYING.value, HeightMethod.LYING.label),
        ]
        fields["height_method"].help_text = ""
        for name in FollowUp.FIT:
            fields[name].choices = [each for each in fields[name].choices if each[0]]
        for name in ("done_on", "action_due_on"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "dir": "ltr"}
        fields["step"].choices = [(code, FollowUp.words_of_step(code)) for code in FollowUp.Step.values]
        doers = User.objects.filter(is_active=True, groups__name__in=DOERS).distinct().order_by("full_name", "pk")
        fields["action_by"].queryset = doers
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = _layout()

    @property
    def found(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in MEASURES}

    @property
    def taken(self) -> dict[str, Any]:
        measured = {name: self.cleaned_data.get(name) for name in MEASURES}
        if measured["height_cm"] is None:
            measured["height_method"] = ""
        return measured

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("still_used") is False and "still_used" not in self.errors:
            if not cleaned.get("why_not_used"):
                if cleaned.get("unused_because"):
                    cleaned["why_not_used"] = FollowUp.SAID_ABOVE
                else:
                    self.add_error("why_not_used", _("Say why the chair is not used."))
        if both := set(cleaned.get("worn_parts") or ()) & set(cleaned.get("broken_parts") or ()):
            words = pgettext("between words", ", ").join(FollowUp._meta.get_field("worn_parts").words(both))
            self.add_error("broken_parts", _("Worn or broken, not both: %s") % words)
        if cleaned.get("action") and not cleaned.get("action_due_on") and "action_due_on" not in self.errors:
            self.add_error("action_due_on", _("Say until when it is to be done."))
        return cleaned


def _before(known: KnownMeasures | None, name: str) -> str:
    """What was measured last, beside the field: a wrong unit strikes the eye."""
    value = known.get(name) if known else None
    if known is None or not isinstance(value, int | Decimal):
        return ""
    day: date = known.taken_on[name]
    return _("last: %(value)s on %(day)s") % {
        "value": formats.number_format(value),
        "day": formats.date_format(day, "SHORT_DATE_FORMAT"),
    }


def _layout() -> Layout:
    def chips(*names: str) -> Div:
        return Div(*names, css_class="chips")

    def side_by_side(*names: str, each: str = HALF) -> Row:
        return Row(*(Column(name, css_class=each) for name in names))

    return Layout(
        Fieldset(_("Which look"), "step", "contact", "done_on", css_class="section"),
        Fieldset(
            _("The chair in daily life"),
            "still_used",
            chips("unused_because"),
            "why_not_used",
            "hours_per_day",
            chips("places"),
            css_class="section",
        ),
        Fieldset(_("The child"), "skin", side_by_side("falls", "pain"), "swallowing_change", css_class="section"),
        Fieldset(
            _("Measures taken again"),
            HTML('{% include "distributions/_followup_measuring.html" %}'),
            side_by_side("hip_width_mm", "mass_kg"),
            side_by_side("seat_depth_left_mm", "seat_depth_right_mm"),
            side_by_side("calf_left_mm", "calf_right_mm"),
            side_by_side("height_cm", "height_method"),
            css_class="section",
        ),
        Fieldset(_("Does it still fit?"), *FollowUp.FIT, css_class="section"),
        Fieldset(_("The state of the chair"), chips("worn_parts"), chips("broken_parts"), css_class="section"),
        Fieldset(
            _("Since the chair is there"),
            "school_change",
            "mobility_change",
            "burden_change",
            "satisfaction",
            css_class="section",
        ),
        Fieldset(
            _("What comes next"),
            "training_refreshed",
            "needs_remeasuring",
            "action",
            side_by_side("action_by", "action_due_on"),
            "note",
            css_class="section",
        ),
    )


def ask_again(form: FollowUpForm, problems: Mapping[str, Any]) -> None:
    """Put what is wrong with the measures beside their fields; the day is the look's own."""
    for name, sentence in problems.items():
        name = "done_on" if name == "measured_on" else name
        form.add_error(name if name in form.fields else None, sentence)
