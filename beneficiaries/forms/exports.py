from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Export


class ExportForm(forms.Form):
    """What a file is for, and how it is wanted."""

    reason = forms.CharField(
        label=_("What is the file for?"),
        max_length=200,
        help_text=_("One line, such as: list for the meeting of 3 December. It stands in the file and in the journal."),
        error_messages={"required": _("Say what the file is for.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    file_format = forms.ChoiceField(
        label=_("Format"), choices=Export.Format.choices, initial=Export.Format.XLSX, widget=forms.RadioSelect
    )
    with_hxl = forms.BooleanField(
        label=_("With HXL tags"),
        required=False,
        help_text=_("A row under the headings by which humanitarian tools know the columns (#adm1+name, …)."),
    )
