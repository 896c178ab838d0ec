import re
from decimal import Decimal
from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Province
from distributions.models import Allocation, Chair, Depot, Initiative
from distributions.travelling import MOST_SPARES
from hajar.accounts import roles
from hajar.accounts.models import User
from hajar.lib import digits

POSITION = re.compile(r"(\d{2}(?:\.\d+)?)°?\s*N?[\s,;،]+[-−]?(\d{1,2}(?:\.\d+)?)°?\s*[WO]?")
MOST_STOPS = 6  # a long day: an hour at each family, and the roads between


class WhereForm(digits.WesternDigitsFormMixin, forms.Form):
    """Which reservations may become stops: those of one initiative in one province, so many to a round."""

    initiative = forms.ModelChoiceField(label=_("Initiative"), queryset=Initiative.objects.none())
    province = forms.ModelChoiceField(label=_("Province or prefecture"), queryset=Province.objects.none())
    most = forms.IntegerField(
        label=_("At most, stops a round"), required=False, min_value=1, max_value=40, initial=MOST_STOPS
    )
    depot = forms.ModelChoiceField(label=_("Spare chairs from"), queryset=Depot.objects.none(), required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["initiative"].queryset = Initiative.objects.visible_to(user).current().order_by("-starts_on", "pk")
        self.fields["province"].queryset = Province.objects.visible_to(user).by_name()
        self.fields["depot"].queryset = Depot.objects.visible_to(user).in_use().by_name()
        self.fields["depot"].empty_label = _("no spare chair")


class SpareChairsField(forms.ModelMultipleChoiceField):
    """Chairs to tick, each by its label and model."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})

    def label_from_instance(self, obj: Chair) -> str:
        return f"{obj.label} · {obj.model}"


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

    spares = SpareChairsField(label=_("Spare chairs"), queryset=Chair.objects.none(), required=False)
    spare_labels = forms.CharField(
        label=_("Other spare chairs, by the numbers on their labels"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "CH-0012, CH-0034"}),
    )

    def __init__(self, *args, candidates: list[Allocation], chosen: list | None = None, offered=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        if offered is not None:
            spares = cast(forms.ModelMultipleChoiceField, self.fields["spares"])
            spares.queryset = offered
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

    def clean_spare_labels(self):
        """The chairs that were typed; one that is not known is an error beside the field."""
        parts = [
            part
            for part in re.split(r"[\s,;،]+", re.sub(r"(?i)\bch\s+", "CH-", self.cleaned_data["spare_labels"]))
            if part
        ]
        numbers = {part: Chair.number_in(part) for part in parts}
        known = {chair.number: chair for chair in Chair.objects.filter(number__in=filter(None, numbers.values()))}
        if strangers := [part for part, number in numbers.items() if number not in known]:
            raise forms.ValidationError(_("No chair has this label: %(label)s") % {"label": ", ".join(strangers)})
        return list(known.values())

    def clean(self):
        cleaned = super().clean()
        spares = {chair.pk: chair for chair in [*(cleaned.get("spares") or ()), *(cleaned.get("spare_labels") or ())]}
        cleaned["spares"] = list(spares.values())
        if len(spares) > MOST_SPARES:
            self.add_error("spares", _("A round takes at most %(most)s spare chairs.") % {"most": MOST_SPARES})
        taken = [row for row in self.candidates if cleaned.get(f"take_{row.pk}")]
        if not taken:
            self.add_error(None, _("Tick at least one stop."))
        places = {row.pk: place for place, row in enumerate(self.candidates, 1)}
        cleaned["allocations"] = sorted(taken, key=lambda row: (cleaned.get(f"order_{row.pk}") or 1000, places[row.pk]))
        return cleaned


class TownForm(digits.WesternDigitsFormMixin, forms.Form):
    """Where a town lies, as it is copied from a map: latitude, then longitude."""

    province = forms.ModelChoiceField(queryset=Province.objects.none(), widget=forms.HiddenInput)
    name = forms.CharField(max_length=120, widget=forms.HiddenInput)
    position = forms.CharField(
        label=_("Position, from a map"),
        max_length=60,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "30.4703, -8.8770"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["province"].queryset = Province.objects.visible_to(user)

    def clean_position(self):
        """(latitude, longitude); all of Morocco lies west of Greenwich, so the second one is negative, sign or not."""
        found = POSITION.fullmatch(self.cleaned_data["position"].strip())
        if not found:
            raise forms.ValidationError(_("Two numbers as a map gives them: 30.4703, -8.8770"))
        latitude, longitude = round(Decimal(found[1]), 4), -round(Decimal(found[2]), 4)
        if not (20 <= latitude <= 37 and -18 <= longitude <= 0):
            raise forms.ValidationError(_("This position is not in Morocco."))
        return latitude, longitude


class ExplainForm(digits.WesternDigitsFormMixin, forms.Form):
    explanation = forms.CharField(label=_("Why it does not agree"), max_length=300)


class ScanForm(forms.Form):
    file = forms.FileField(
        label=_("Photo or PDF of the paper"), widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"})
    )
