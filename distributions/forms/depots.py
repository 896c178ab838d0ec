"""What is written down of counts, transfers and recalls."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from distributions.models import Chair, ChairModel, Depot
from hajar.lib.digits import WesternDigitsFormMixin

TYPED_DAY = {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}


def _note(**more) -> forms.CharField:
    return forms.CharField(label=_("Note"), max_length=200, required=False, **more)


class CountForm(WesternDigitsFormMixin, forms.Form):
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("For example: only the shelves of the first room.")
    )


class MarkForm(WesternDigitsFormMixin, forms.Form):
    """One chair, by the number that is typed or scanned from its label."""

    number = forms.CharField(
        label=_("Number on the label"),
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "off",
                "dir": "ltr",
                "placeholder": "CH-0012",
                "autofocus": True,
                "inputmode": "text",
            }
        ),
        error_messages={"required": _("Type a number, or scan a label.")},
    )

    def clean_number(self) -> Chair:
        number = Chair.number_in(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(_("This is no number of a chair: it looks like CH-0012."))
        chair = Chair.objects.filter(number=number).first()
        if chair is None:
            raise forms.ValidationError(
                _("We have no chair with the number CH-%(number)04d."), params={"number": number}
            )
        return chair


class TransferForm(WesternDigitsFormMixin, forms.Form):
    """Which chairs of one depot go to another, and who takes them."""

    destination = forms.ModelChoiceField(label=_("To"), queryset=Depot.objects.none())
    carrier = forms.CharField(
        label=_("Carried by"), max_length=120, required=False, help_text=_("A person, a carrier, a number plate.")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    chairs = forms.ModelMultipleChoiceField(
        label=_("Chairs"),
        queryset=Chair.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one chair."),
            "invalid_choice": _("A chair is no longer in this depot. Look at the list again."),
        },
    )

    def __init__(self, *args, origin: Depot, chairs, **kwargs):
        super().__init__(*args, **kwargs)
        destination = cast(forms.ModelChoiceField, self.fields["destination"])
        destination.queryset = Depot.objects.in_use().exclude(pk=origin.pk).by_name()
        cast(forms.ModelMultipleChoiceField, self.fields["chairs"]).queryset = chairs

    @property
    def chosen(self) -> set[str]:
        return {str(key) for key in self["chairs"].value() or ()}


class RecallForm(WesternDigitsFormMixin, forms.Form):
    """Which chairs may harm, why, and what makes them safe."""

    model = forms.ModelChoiceField(label=_("Model"), queryset=ChairModel.objects.by_name())
    batch = forms.CharField(
        label=_("Batch"),
        max_length=60,
        required=False,
        help_text=_("Leave empty for every chair of the model."),
        widget=forms.TextInput(attrs={"list": "batches", "dir": "ltr", "autocomplete": "off"}),
    )
    reason = forms.CharField(label=_("What is wrong"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    what_to_do = forms.CharField(
        label=_("What makes a chair safe"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class RecallStepForm(WesternDigitsFormMixin, forms.Form):
    """A day and a note: when a family was told, when a chair was made safe."""

    on = forms.DateField(label=_("When"), widget=forms.DateInput(attrs=TYPED_DAY))
    note = _note()
