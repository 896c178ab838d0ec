from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.forms.entries import EntryForm, day_field, section, side_by_side
from beneficiaries.models import RightsRequest
from beneficiaries.models.consents import ADULT
from hajar.lib import digits


class RequestForm(EntryForm):
    asked_on = day_field(label=_("Asked on"))

    class Meta:
        model = RightsRequest
        fields = ["kind", "stop", "asked_by", "asked_on", "identity", "details"]
        widgets = {
            "kind": forms.RadioSelect,
            "identity": forms.RadioSelect,
            "details": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "stop": _("Only where a use shall stop: it stops at once."),
            "asked_by": "",
            "identity": _("Never keep a copy of an identity card."),
        }

    def __init__(self, *args, child, **kwargs):
        self.is_of_age = child.age >= ADULT
        super().__init__(*args, **kwargs)
        self.instance.child = child
        self.fields["kind"].choices = RightsRequest.Kind.choices
        self.fields["identity"].choices = RightsRequest.Identity.choices
        if self.is_of_age:
            del self.fields["asked_by"]
            return
        self.fields["asked_by"].queryset = child.family.guardians.current().to_call_first()
        self.fields["asked_by"].required = True
        self.fields["asked_by"].empty_label = None

    def layout(self):
        who = ["asked_on"] if self.is_of_age else [side_by_side("asked_by", "asked_on")]
        return Layout(
            section(_("What the family asks"), "kind", "stop", "details"),
            section(_("Who asks"), *who, "identity"),
        )


class AnswerForm(digits.WesternDigitsFormMixin, forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=RightsRequest.Outcome.choices, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("What was answered"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In plain words, as the family heard them. A refusal needs its reason."),
    )


class IdentityForm(forms.Form):
    identity = forms.ChoiceField(
        label=_("How do you know that it is the family who asks?"),
        choices=[choice for choice in RightsRequest.Identity.choices if choice[0] != RightsRequest.Identity.NOT_YET],
        widget=forms.RadioSelect,
    )


class ErasureForm(digits.WesternDigitsFormMixin, forms.Form):
    confirmation = forms.CharField(
        label=_("Type the reference of the file"),
        max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters"}),
    )
    understood = forms.BooleanField(label=_("I know that nobody can bring the file back."))
