from typing import cast

from django import forms
from django.forms import fields_for_model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Province
from distributions import stocktaking
from distributions.models import Chair, ChairEvent, ChairModel, Depot
from hajar.lib.digits import WesternDigitsFormMixin, fold

CONDITION = [("new", _("new")), ("used", _("used: to be disinfected and checked first"))]


def _moment() -> forms.DateTimeField:
    return forms.DateTimeField(
        label=_("When"),
        required=False,
        help_text=_("Leave empty for now. Otherwise dd/mm/yyyy hh:mm."),
        widget=forms.DateTimeInput(attrs={"autocomplete": "off", "placeholder": "31/12/2026 14:30", "dir": "ltr"}),
    )


# What may be known of all chairs that arrive together, or mended on one.
KNOWN_OF_ALL = ("grade", "batch", "acquired_on", "customs_reference", "cost_mad", "usable_until", "accessories")


def _dress(fields: dict[str, forms.Field]) -> None:
    for name in ("acquired_on", "usable_until"):
        fields[name].widget.attrs |= {"inputmode": "numeric", "dir": "ltr", "placeholder": "31/12/2026"}
    fields["accessories"].label = capfirst(fields["accessories"].label)
    for name in ("batch", "customs_reference"):
        fields[name].widget.attrs |= {"dir": "ltr", "autocomplete": "off"}


class ReceiveForm(WesternDigitsFormMixin, forms.Form):
    """Chairs of one model that arrive in one depot."""

    model = forms.ModelChoiceField(label=_("Model"), queryset=ChairModel.objects.by_name())
    depot = forms.ModelChoiceField(label=_("Depot"), queryset=Depot.objects.none())
    count = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=stocktaking.MOST_AT_ONCE, initial=1, required=True
    )
    serials = forms.CharField(
        label=_("Serial numbers"),
        required=False,
        max_length=61 * stocktaking.MOST_AT_ONCE,
        help_text=_("One on each line, as far as they are known."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "autocomplete": "off"}),
    )
    condition = forms.ChoiceField(label=_("Condition"), choices=CONDITION, initial="new", widget=forms.RadioSelect)
    ownership = forms.ChoiceField(
        label=_("Handed over later as"), choices=Chair.Ownership.choices, initial="gift", widget=forms.RadioSelect
    )
    donor = forms.CharField(label=_("Donor"), max_length=120, required=False)
    happened_at = _moment()
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["depot"].queryset = Depot.objects.in_use().by_name()
        for name in KNOWN_OF_ALL:
            self.fields[name] = fields_for_model(Chair, [name])[name]
            fold(self.fields[name])
        _dress(self.fields)

    @property
    def main(self) -> list:
        return [field for field in self if field.name not in KNOWN_OF_ALL]

    @property
    def more(self) -> list:
        return [self[name] for name in KNOWN_OF_ALL]

    @property
    def shows_more(self) -> bool:
        """Whether something was typed into what is folded away."""
        return any(self[name].errors or self[name].value() for name in KNOWN_OF_ALL)

    def clean_serials(self) -> list[str]:
        serials = [line.strip() for line in self.cleaned_data["serials"].splitlines() if line.strip()]
        if any(len(serial) > 60 for serial in serials):
            raise forms.ValidationError(_("A serial number has at most 60 characters."))
        return serials

    def clean(self):
        cleaned = super().clean()
        if len(cleaned.get("serials", ())) > stocktaking.MOST_AT_ONCE:
            self.add_error("serials", stocktaking.CountNotPossible(most=stocktaking.MOST_AT_ONCE).message)
        cleaned["is_new"] = cleaned.pop("condition", "new") == "new"
        return cleaned


class ChairForm(WesternDigitsFormMixin, forms.ModelForm):
    """What a chair's row says of itself; its state comes from events alone."""

    condition = forms.ChoiceField(
        label=_("Condition when received"), choices=CONDITION, widget=forms.RadioSelect, initial="new"
    )

    class Meta:
        model = Chair
        fields = ["model", "serial", "ownership", "donor", *KNOWN_OF_ALL]
        widgets = {"ownership": forms.RadioSelect, "serial": forms.TextInput(attrs={"dir": "ltr"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["model"].queryset = ChairModel.objects.by_name()
        self.fields["condition"].initial = "new" if self.instance.is_new else "used"
        self.fields["ownership"].choices = Chair.Ownership.choices
        _dress(self.fields)

    def clean(self):
        cleaned = super().clean()
        cleaned["is_new"] = cleaned.pop("condition", "new") == "new"
        return cleaned


class EventForm(WesternDigitsFormMixin, forms.Form):
    """One thing that happened to a chair: only the fields that this kind of event needs."""

    depot = forms.ModelChoiceField(label=_("Depot"), queryset=Depot.objects.none())
    was_tried_on = forms.BooleanField(
        label=_("It was tried on in a home"),
        required=False,
        help_text=_("It is then disinfected and checked before the next child."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    happened_at = _moment()

    def __init__(self, *args, kind: str, last_depot_id=None, **kwargs):
        super().__init__(*args, **kwargs)
        if kind in stocktaking.NEEDS_DEPOT:
            depot = cast(forms.ModelChoiceField, self.fields["depot"])
            depot.queryset = Depot.objects.in_use().by_name()
            if kind != ChairEvent.Kind.MOVED:
                depot.initial = last_depot_id
        else:
            del self.fields["depot"]
        if kind != ChairEvent.Kind.UNLOADED:
            del self.fields["was_tried_on"]
        if kind in stocktaking.NEEDS_REASON:
            self.fields["note"].required = True
            self.fields["note"].label = _("Why")


class CorrectionForm(WesternDigitsFormMixin, forms.Form):
    note = forms.CharField(label=_("Why it is taken back"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class DepotForm(WesternDigitsFormMixin, forms.ModelForm):
    class Meta:
        model = Depot
        fields = ["name", "province", "address", "is_open"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["province"].queryset = Province.objects.by_name()
