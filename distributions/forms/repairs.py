from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from distributions.choosing import Choices
from distributions.models import Chair, Depot, Repair
from hajar.lib.digits import WesternDigitsFormMixin

TYPED_DAY = {"inputmode": "numeric", "dir": "ltr"}


class BreakdownForm(WesternDigitsFormMixin, forms.ModelForm):
    class Meta:
        model = Repair
        fields = ["what", "broke_on"]
        labels = {"what": _("What is broken?"), "broke_on": _("Since when?")}
        widgets = {"what": forms.Textarea(attrs={"rows": 2}), "broke_on": forms.DateInput(attrs=TYPED_DAY)}


class MendedForm(WesternDigitsFormMixin, forms.ModelForm):
    fixed_on = forms.DateField(label=_("Works again since"), widget=forms.DateInput(attrs=TYPED_DAY))

    class Meta:
        model = Repair
        fields = ["fixed_on", "parts", "cost_mad"]
        labels = {"parts": _("Parts used"), "cost_mad": _("Cost in dirhams")}

    def clean_cost_mad(self):
        cost = self.cleaned_data["cost_mad"]
        if cost is not None and cost < 0:
            raise forms.ValidationError(_("A cost cannot be negative."))
        return cost


class LoanForm(forms.Form):
    """Which chair is lent: those that fit first, the oldest of each kind."""

    chair = forms.ModelChoiceField(label=_("Chair to lend"), queryset=Chair.objects.none())

    def __init__(self, *args, choices: Choices, **kwargs):
        super().__init__(*args, **kwargs)
        chair: Any = self.fields["chair"]
        chair.queryset = Chair.objects.available().with_model()
        groups = [(_("They fit"), choices.fitting), (_("They do not fit, or cannot be judged"), choices.excluded)]
        chair.choices = [
            ("", _("Choose a chair")),
            *(
                (words, [(each.chairs[0].pk, f"{each.chairs[0].label} · {each.model}") for each in candidates])
                for words, candidates in groups
                if candidates
            ),
        ]


class TakeBackForm(forms.Form):
    """Where a chair that was lent comes back to."""

    depot = forms.ModelChoiceField(label=_("Depot"), queryset=Depot.objects.none())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["depot"].queryset = Depot.objects.in_use().by_name()
