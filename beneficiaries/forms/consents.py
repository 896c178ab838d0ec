from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.forms.entries import EntryForm, day_field, section, side_by_side
from beneficiaries.models import Consent


class ConsentForm(EntryForm):
    answered_on = day_field(label=_("Answered on"))
    evidence = forms.FileField(
        label=_("Signed paper"),
        required=False,
        help_text=_("A PDF file or a photo of the paper, at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
    )

    class Meta:
        model = Consent
        fields = [
            "purpose",
            "answer",
            "guardian",
            "legal_basis",
            "method",
            "witness",
            "evidence",
            "language",
            "assent",
            "answered_on",
        ]
        widgets = {
            "purpose": forms.RadioSelect,
            "answer": forms.RadioSelect,
            "method": forms.RadioSelect,
            "language": forms.RadioSelect,
            "assent": forms.RadioSelect,
        }
        help_texts = {
            "legal_basis": _("Who may sign for a minor. If you are not sure, choose “to be clarified” and go on."),
            "witness": _("Only for a spoken consent."),
            "assent": _("What the child says herself, if she can be asked."),
        }

    def __init__(self, *args, child, guardians, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.child = child
        self.fields["guardian"].queryset = guardians
        self.fields["purpose"].choices = Consent.Purpose.choices
        self.fields["assent"].choices = [(value, label) for value, label in Consent.Assent.choices if value]

    def layout(self):
        return Layout(
            section(_("What is asked"), "purpose", "answer", "answered_on"),
            section(_("Who answers"), side_by_side("guardian", "legal_basis"), "assent"),
            section(_("How it was answered"), "method", "witness", "language", "evidence"),
        )

    def _get_validation_exclusions(self):
        return {*super()._get_validation_exclusions(), "evidence"}


class WithdrawalForm(forms.Form):
    withdrawn_on = day_field(label=_("Withdrawn on"))
