from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Province
from distributions import stocktaking
from distributions.models import Chair, ChairEvent, ChairModel, Depot
from hajar.lib.digits import WesternDigitsFormMixin

CONDITION = [("new", _("new")), ("used", _("used: to be disinfected and checked first"))]


def _moment() -> forms.DateTimeField:
    return forms.DateTimeField(
        label=_("When"),
        required=False,
        help_text=_("Leave empty for now. Otherwise dd/mm/yyyy hh:mm."),
        widget=forms.DateTimeInput(attrs={"autocomplete": "off", "placeholder": "31/12/2026 14:30", "dir": "ltr"}),
    )


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
        fields = ["model", "serial", "ownership", "donor"]
        widgets = {"ownership": forms.RadioSelect, "serial": forms.TextInput(attrs={"dir": "ltr"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["model"].queryset = ChairModel.objects.by_name()
        self.fields["condition"].initial = "new" if self.instance.is_new else "used"
        self.fields["ownership"].choices = Chair.Ownership.choices

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


def _pair(dimension: str) -> Row:
    return Row(Column(f"{dimension}_min_mm", css_class="col-6"), Column(f"{dimension}_max_mm", css_class="col-6"))


class ChairModelForm(WesternDigitsFormMixin, forms.ModelForm):
    class Meta:
        model = ChairModel
        fields = [
            "manufacturer", "name", "size", "iso9999_code", "category", "posture_class", "terrain_class",
            "seat_width_min_mm", "seat_width_max_mm", "seat_depth_min_mm", "seat_depth_max_mm",
            "seat_to_footrest_min_mm", "seat_to_footrest_max_mm", "backrest_height_min_mm", "backrest_height_max_mm",
            "overall_width_mm", "tilt_max_deg", "user_mass_min_kg", "user_mass_max_kg", "chair_mass_kg", "price_mad",
            "notes",
        ]  # fmt: skip
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        third, half = "col-12 col-sm-4", "col-6"
        self.helper.layout = Layout(
            Fieldset(
                _("The product"),
                Row(
                    Column("manufacturer", css_class=third),
                    Column("name", css_class=third),
                    Column("size", css_class=third),
                ),
                Row(
                    Column("category", css_class=third),
                    Column("posture_class", css_class=third),
                    Column("terrain_class", css_class=third),
                ),
                Row(Column("iso9999_code", css_class=half), Column("price_mad", css_class=half)),
                css_class="section",
            ),
            Fieldset(
                _("Between which dimensions it can be set"),
                _pair("seat_width"),
                _pair("seat_depth"),
                _pair("seat_to_footrest"),
                _pair("backrest_height"),
                Row(Column("tilt_max_deg", css_class=half), Column("overall_width_mm", css_class=half)),
                css_class="section",
            ),
            Fieldset(
                _("Whom it carries"),
                Row(Column("user_mass_min_kg", css_class=half), Column("user_mass_max_kg", css_class=half)),
                Row(Column("chair_mass_kg", css_class=half)),
                "notes",
                css_class="section",
            ),
        )


class DepotForm(WesternDigitsFormMixin, forms.ModelForm):
    class Meta:
        model = Depot
        fields = ["name", "province", "address", "is_open"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["province"].queryset = Province.objects.by_name()
