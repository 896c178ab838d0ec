from crispy_forms.layout import HTML, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.forms.entries import EntryForm, day_field, section, side_by_side
from beneficiaries.models import Consent, Guardian
from beneficiaries.models.consents import ADULT


class ConsentForm(EntryForm):
    answered_on = day_field(label=_("Answered on"))
    expires_on = day_field(
        label=_("Holds until"),
        required=False,
        help_text=_("Empty: the usual time. One year for a publication, two for the others, no end for care."),
    )
    evidence = forms.FileField(
        label=_("Signed paper"),
        required=False,
        help_text=_("A PDF file or a photo of the paper, at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
    )
    signature = forms.CharField(required=False, widget=forms.HiddenInput)

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
            "expires_on",
        ]
        widgets = {
            "purpose": forms.RadioSelect,
            "answer": forms.RadioSelect,
            "method": forms.RadioSelect,
            "language": forms.RadioSelect,
            "assent": forms.RadioSelect,
        }
        help_texts = {
            "guardian": "",
            "legal_basis": _("Who may sign for a minor. If you are not sure, choose “to be clarified” and go on."),
            "witness": _("Only for a spoken consent."),
            "assent": _("What the child says herself, if she can be asked."),
        }

    def __init__(self, *args, child, guardians, **kwargs):
        self.is_of_age = child.age >= ADULT
        super().__init__(*args, **kwargs)
        self.instance.child = child
        self.fields["purpose"].choices = Consent.Purpose.choices
        self.fields["assent"].choices = [(value, label) for value, label in Consent.Assent.choices if value]
        if self.is_of_age:
            del self.fields["guardian"], self.fields["legal_basis"], self.fields["assent"]
            return
        self.fields["guardian"].queryset = guardians
        self.fields["guardian"].required = True
        self.fields["guardian"].empty_label = None
        self.fields["legal_basis"].choices = Guardian.LegalBasis.choices

    def layout(self):
        who = [] if self.is_of_age else [section(_("Who answers"), side_by_side("guardian", "legal_basis"), "assent")]
        return Layout(
            section(_("What is asked"), "purpose", "language", HTML(_READ_ALOUD)),
            section(_("What is answered"), "answer", side_by_side("answered_on", "expires_on")),
            *who,
            section(_("How it was answered"), "method", HTML(_SIGN), "witness", "evidence"),
        )

    def _get_validation_exclusions(self):
        return {*super()._get_validation_exclusions(), "evidence"}

    def _post_clean(self):
        """The activity checks the whole row: here only what single fields can say."""
        if self.is_of_age:
            self.instance.legal_basis = Consent.OWN
        super()._post_clean()

    def clean(self):
        cleaned = super().clean()
        if self.is_of_age:
            cleaned |= {"guardian": None}
        return cleaned


_READ_ALOUD = '{% include "beneficiaries/_consent_texts.html" %}'
_SIGN = '{% include "beneficiaries/_consent_sign.html" %}'


class WithdrawalForm(forms.Form):
    withdrawn_on = day_field(label=_("Withdrawn on"))
    withdrawn_by = forms.ModelChoiceField(label=_("Who takes it back"), queryset=Guardian.objects.none())
    how = forms.ChoiceField(
        label=_("How"),
        choices=[choice for choice in Consent.Way.choices if choice[0] != Consent.Way.OPPOSITION],
        widget=forms.RadioSelect,
        initial=Consent.Way.SAID,
    )

    def __init__(self, *args, child, **kwargs):
        super().__init__(*args, **kwargs)
        if child.age >= ADULT:
            del self.fields["withdrawn_by"]
            return
        self.fields["withdrawn_by"].queryset = child.family.guardians.to_call_first()
        self.fields["withdrawn_by"].empty_label = None
