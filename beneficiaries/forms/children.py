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
    """A new status. A death has its own page; every other status says what follows from it."""

    status = forms.ChoiceField(label=_("New status"), widget=forms.RadioSelect)
    paused_until = day_field(label=_("Paused until"), required=False)
    note = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("Staff read it in the file. No diagnosis: it belongs in the health record."),
    )

    def __init__(self, *args, statuses, reason_needed=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [choice for choice in statuses if choice[0] != Child.Status.DECEASED]
        self.fields["note"].required = reason_needed
        if Child.Status.PAUSED not in dict(self.fields["status"].choices):
            del self.fields["paused_until"]

    def clean(self):
        cleaned = super().clean()
        status = cleaned.get("status")
        if status != Child.Status.PAUSED:
            cleaned.pop("paused_until", None)
        elif (until := cleaned.get("paused_until")) and until <= timezone.localdate():
            self.add_error("paused_until", _("A pause ends on a day to come."))
        if status == Child.Status.CLOSED and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", _("Say why the file is closed."))
        return cleaned


class DeathForm(WesternDigitsFormMixin, forms.Form):
    """A child has died: nothing is asked but to be sure."""

    died_on = day_field(
        label=_("Day of the death"), required=False, help_text=_("Leave it empty if you do not know: nobody need ask.")
    )
    note = forms.CharField(
        label=_("A word for colleagues"),
        required=False,
        max_length=300,
        help_text=_("For example who told us, or how the family wishes to be spoken to."),
    )
    confirmed = forms.BooleanField(
        label=_("I am sure of it: the family or the hospital told us."),
        error_messages={"required": _("Tick this first: everything to the family stops at once.")},
    )

    def __init__(self, *args, child, **kwargs):
        super().__init__(*args, **kwargs)
        self.child = child

    def clean_died_on(self):
        day = self.cleaned_data["died_on"]
        if day and not self.child.born_on <= day <= timezone.localdate():
            raise forms.ValidationError(_("The day lies between the birth and today."))
        return day
