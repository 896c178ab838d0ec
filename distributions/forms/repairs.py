from django import forms
from django.utils.translation import gettext_lazy as _

from distributions.models import Repair
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
