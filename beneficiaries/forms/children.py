from datetime import date

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.forms.entries import (
    BirthDateField,
    EntryForm,
    day_field,
    name_rows,
    section,
    side_by_side,
    written,
)
from beneficiaries.models import Child
from hajar.lib.digits import WesternDigitsFormMixin

# How little is known. Where a person chose it, the less exact of what was typed and what was chosen counts.
_LEAST_KNOWN_FIRST = ["year", "month", "exact"]


class ChildForm(EntryForm):
    born_on = BirthDateField(
        label=_("Birth date"),
        help_text=_("Day/month/year, for example 05/08/2015. If only the month or the year is known: 08/2015 or 2015."),
    )
    requested_on = day_field(
        label=_("First request"),
        initial=timezone.localdate,
        help_text=_("Waiting counts from this day and is never reset."),
    )

    class Meta:
        model = Child
        fields = [
            *Child.NAME_FIELDS,
            "born_on",
            "birth_precision",
            "sex",
            "school",
            "precautions",
            "precautions_note",
            "requested_on",
            "previous_reference",
            "notes",
        ]
        labels = {"birth_precision": _("How exactly it is known")}
        widgets = {
            "sex": forms.RadioSelect,
            "precautions": forms.RadioSelect,
            "notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sex"].choices = Child.Sex.choices
        if self.instance.born_on:
            self.initial["born_on"] = written(self.instance.born_on, self.instance.birth_precision)

    def layout(self):
        return Layout(
            section(_("Who the child is"), *name_rows(), side_by_side("born_on", "birth_precision"), "sex"),
            section(_("What a visitor must heed"), "precautions", "precautions_note"),
            section(_("School and file"), side_by_side("school", "requested_on"), "previous_reference", "notes"),
        )

    def clean(self):
        cleaned = super().clean()
        parsed = cleaned.get("born_on")
        if parsed is not None:
            precision = parsed.precision
            if "birth_precision" in self.changed_data:
                chosen = cleaned.get("birth_precision") or precision
                precision = min(precision, chosen, key=_LEAST_KNOWN_FIRST.index)
            elif "born_on" not in self.changed_data:
                precision = self.instance.birth_precision
            cleaned["birth_precision"] = precision
            cleaned["born_on"] = _rounded(parsed.date, precision)
        return cleaned

    @property
    def changes(self):
        changed = super().changes
        if {"born_on", "birth_precision"} & changed.keys():
            changed |= {name: self.cleaned_data[name] for name in ("born_on", "birth_precision")}
        return changed


def _rounded(day: date, precision: str) -> date:
    if precision == "year":
        return day.replace(month=1, day=1)
    return day.replace(day=1) if precision == "month" else day


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("A JPEG, PNG or WebP file. Where and when it was taken is removed from it."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class StatusForm(WesternDigitsFormMixin, forms.Form):
    status = forms.ChoiceField(label=_("New status"))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    confirmed = forms.BooleanField(
        label=_("I confirm: the child has died. Every message to the family stops at once."), required=False
    )

    def __init__(self, *args, statuses, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = statuses
        if Child.Status.DECEASED not in dict(statuses):
            del self.fields["confirmed"]
