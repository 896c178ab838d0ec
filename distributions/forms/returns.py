from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distributions.models import ReturnOffer
from hajar.lib.digits import DateField, WesternDigitsFormMixin


def _in_three_months():
    return timezone.localdate() + timedelta(days=90)


class ReturnOfferForm(WesternDigitsFormMixin, forms.Form):
    """What a family wishes about the chair of a child who has died."""

    answer = forms.ChoiceField(
        label=_("What the family wishes"), choices=ReturnOffer.Answer.choices, widget=forms.RadioSelect
    )
    ask_again_on = DateField(
        label=_("Think of it again on"),
        required=False,
        initial=_in_three_months,
        help_text=_("Only for “not now”. Day/month/year, for example 05/08/2015."),
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("answer") != ReturnOffer.Answer.LATER:
            cleaned["ask_again_on"] = None
            self.errors.pop("ask_again_on", None)
        elif "ask_again_on" not in self.errors:
            day = cleaned.get("ask_again_on")
            if day is None or day <= timezone.localdate():
                self.add_error("ask_again_on", _("Say when to think of it again: a day to come."))
        return cleaned
