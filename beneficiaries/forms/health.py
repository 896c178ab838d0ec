from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries import diagnoses, opening
from beneficiaries.forms.entries import EntryForm, day_field, section, side_by_side
from beneficiaries.models import HealthRecord
from hajar.lib.digits import WesternDigitsFormMixin


class HealthRecordForm(EntryForm):
    diagnosis = forms.ChoiceField(label=_("Diagnosis"), required=False, choices=diagnoses.choices)
    transplanted_on = day_field(label=_("Bone marrow transplant on"), required=False)

    class Meta:
        model = HealthRecord
        fields = [
            "diagnosis",
            "diagnosis_status",
            "diagnosis_as_written",
            "limit_radiation",
            "no_live_vaccines",
            "hospital",
            "hospital_number",
            "transplanted_on",
            "transplanted_abroad",
            "transplant_donor",
            "transplant_outcome",
            "has_immunoglobulin",
            "immunoglobulin_route",
            "immunoglobulin_place",
            "immunoglobulin_every_days",
            "prophylaxis",
            "prophylaxis_drugs",
            "notes",
        ]
        widgets = {"notes": forms.Textarea(attrs={"rows": 3}), "prophylaxis": forms.CheckboxSelectMultiple}
        help_texts = {
            "diagnosis_as_written": _("In the words of the hospital, where the list has none for it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["diagnosis"].help_text = _(
            "May stay empty: many children have a motor disorder alone. Some diagnoses tick the warnings below."
        )
        kept, edition = self.instance.diagnosis, self.instance.diagnosis_edition
        if kept and kept not in diagnoses.DIAGNOSES:  # of an older edition: never lost by saving something else
            line = diagnoses.find(kept, edition)
            word = f"{line.label} ({edition})" if line else kept
            self.fields["diagnosis"].choices = [*diagnoses.choices(), (kept, word)]

    def layout(self):
        return Layout(
            section(
                _("Diagnosis"),
                side_by_side("diagnosis", "diagnosis_status"),
                "diagnosis_as_written",
                "limit_radiation",
                "no_live_vaccines",
            ),
            section(_("Hospital"), side_by_side("hospital", "hospital_number")),
            section(
                _("Bone marrow transplant"),
                side_by_side("transplanted_on", "transplant_donor"),
                side_by_side("transplant_outcome", "transplanted_abroad"),
            ),
            section(
                _("Immunoglobulin"),
                "has_immunoglobulin",
                side_by_side("immunoglobulin_route", "immunoglobulin_place"),
                "immunoglobulin_every_days",
            ),
            section(_("Prophylaxis"), "prophylaxis", "prophylaxis_drugs"),
            section(_("Notes"), "notes"),
        )


class ReasonForm(WesternDigitsFormMixin, forms.Form):
    """Why somebody opens the record of a child who is not her own case."""

    reason = forms.CharField(
        label=_("Why do you open it?"),
        min_length=opening.SHORTEST_REASON,
        max_length=200,
        error_messages=dict.fromkeys(("required", "min_length"), opening.ReasonNeeded.sentence),
        help_text=_("A few words, for example “called by the emergency ward”. The family may read them."),
    )
