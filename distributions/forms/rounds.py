from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Province
from distributions.models import Allocation, Initiative
from hajar.accounts import roles
from hajar.accounts.models import User
from hajar.lib import digits


class WhereForm(forms.Form):
    """Which reservations may become stops: those of one initiative, in one province."""

    initiative = forms.ModelChoiceField(label=_("Initiative"), queryset=Initiative.objects.none())
    province = forms.ModelChoiceField(label=_("Province or prefecture"), queryset=Province.objects.none())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["initiative"].queryset = Initiative.objects.visible_to(user).current().order_by("-starts_on", "pk")
        self.fields["province"].queryset = Province.objects.visible_to(user).by_name()


class RoundForm(digits.WesternDigitsFormMixin, forms.Form):
    """Who drives on which day, to which of these stops, in which order."""

    volunteer = forms.ModelChoiceField(label=_("Volunteer"), queryset=User.objects.none())
    day = forms.DateField(label=_("Day"))
    note = forms.CharField(
        label=_("Note for the volunteer"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The volunteer reads it: never write a diagnosis here."),
    )

    def __init__(self, *args, candidates: list[Allocation], chosen: list | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        volunteers = cast(forms.ModelChoiceField, self.fields["volunteer"])
        volunteers.queryset = User.objects.active().with_role(roles.VOLUNTEER).order_by("full_name", "pk")
        self.fields["day"].widget.attrs |= {
            "placeholder": timezone.localdate().strftime("%d/%m/%Y"), "inputmode": "numeric", "dir": "ltr",
        }  # fmt: skip
        first = [allocation.pk for allocation in candidates] if chosen is None else chosen
        for place, allocation in enumerate(candidates, 1):
            stands = first.index(allocation.pk) + 1 if allocation.pk in first else None
            self.fields[f"take_{allocation.pk}"] = forms.BooleanField(
                required=False,
                initial=stands is not None,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            order = digits.IntegerField(
                required=False, min_value=1, max_value=999, initial=stands or place,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "form-control order"}),
            )  # fmt: skip
            self.fields[f"order_{allocation.pk}"] = order

    @property
    def lines(self):
        """Each reservation with its box and its place in the order."""
        return [(row, self[f"take_{row.pk}"], self[f"order_{row.pk}"]) for row in self.candidates]

    def clean(self):
        cleaned = super().clean()
        taken = [row for row in self.candidates if cleaned.get(f"take_{row.pk}")]
        if not taken:
            self.add_error(None, _("Tick at least one stop."))
        places = {row.pk: place for place, row in enumerate(self.candidates, 1)}
        cleaned["allocations"] = sorted(taken, key=lambda row: (cleaned.get(f"order_{row.pk}") or 1000, places[row.pk]))
        return cleaned
