from django import forms
from django.utils.translation import gettext_lazy as _

from distributions import planning
from distributions.models import Allocation, Chair, Initiative
from hajar.lib.digits import WesternDigitsFormMixin


class AllocationForm(WesternDigitsFormMixin, forms.Form):
    """Which chair, in which initiative, and why; the need comes with the address."""

    initiative = forms.ModelChoiceField(label=_("Initiative"), queryset=Initiative.objects.none())
    chair = forms.ModelChoiceField(
        label=_("Chair"),
        queryset=Chair.objects.available(),
        error_messages={
            "required": _("Choose a chair."),
            "invalid_choice": planning.ChairIsPromised.sentence,
        },
    )
    reason = forms.CharField(
        label=_("Why this chair"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, initiatives, choices, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["initiative"]
        field.queryset = initiatives
        known = [(initiative.pk, field.label_from_instance(initiative)) for initiative in initiatives]  # read once
        field.choices = [("", field.empty_label), *known]
        self.choices = choices

    def clean(self):
        """A chair that does not fit, or is not the best, may be chosen: with the reason."""
        cleaned = super().clean()
        chair = cleaned.get("chair")
        if chair and not cleaned.get("reason", "").strip() and (why := self.choices.to_explain(chair.pk)):
            self.add_error("reason", why)
        return cleaned


class ReleaseForm(WesternDigitsFormMixin, forms.Form):
    release = forms.ChoiceField(
        label=_("Why the chair is released"), choices=Allocation.Release.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("release") == Allocation.Release.OTHER and not cleaned.get("note", "").strip():
            self.add_error("note", _("Say why."))
        return cleaned
