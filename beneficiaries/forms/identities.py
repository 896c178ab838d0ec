from django import forms
from django.utils.translation import gettext_lazy as _


class IdentityNumberForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the card"),
        required=False,
        max_length=30,
        help_text=_("Leave it empty to delete the number that is kept."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters"}),
    )
