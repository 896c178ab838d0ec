from django import forms
from django.utils.translation import gettext_lazy as _


class HospitalForm(forms.Form):
    """What the hospital needs a child's file for."""

    reason = forms.CharField(
        label=_("What does the hospital need it for?"),
        max_length=200,
        help_text=_("One line, such as: seating clinic of 12 January. It stands in the journal."),
        error_messages={"required": _("Say what the hospital needs it for.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
