from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries import diagnoses
from beneficiaries.forms.entries import EntryForm, day_field, section, side_by_side
from beneficiaries.models import HealthRecord


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
            "hospital",
            "hospital_number",
            "transplanted_on",
            "has_immunoglobulin",
            "notes",
        ]
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "diagnosis_as_written": _("In the words of the hospital, where the list has none for it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["diagnosis"].help_text = _("May stay empty: many children have a motor disorder alone.")
        kept = self.instance.diagnosis
        if kept and diagnoses.find(kept) is None:  # of an older edition: never lost by saving something else
            self.fields["diagnosis"].choices = [*diagnoses.choices(), (kept, kept)]

    def layout(self):
        return Layout(
            section(
                _("Diagnosis"),
                side_by_side("diagnosis", "diagnosis_status"),
                "diagnosis_as_written",
                "limit_radiation",
            ),
            section(
                _("Hospital and treatment"),
                side_by_side("hospital", "hospital_number"),
                "transplanted_on",
                "has_immunoglobulin",
                "notes",
            ),
        )
