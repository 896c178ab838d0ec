"""What a person says about two files: which goes on, whose word counts field by field, or why they are two children."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries import merging
from beneficiaries.forms.filters import ALL, FilterForm
from beneficiaries.models import Child, DuplicatePair
from beneficiaries.models.children import ChildQuerySet
from beneficiaries.models.duplicates import DuplicatePairQuerySet
from hajar.lib.digits import WesternDigitsFormMixin

FIRST, SECOND = "first", "second"
SIDES = [(FIRST, _("the file on this side")), (SECOND, _("the file on that side"))]


class DuplicateFilterForm(FilterForm):
    """Which pairs are shown: of a region, of a band, decided or not."""

    FOLDED = ("province", "state")
    default_sort = "likeliest"
    ORDERS = {"likeliest": DuplicatePair.ORDER}
    q = None  # type: ignore[assignment]  # a pair is looked for on a child's own page
    band = forms.ChoiceField(
        label=_("How surely"), required=False, choices=[("", _("All")), *DuplicatePair.Band.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("to be looked at")), *DuplicatePair.State.choices[1:], (ALL, _("all"))],
    )

    def apply(self, pairs: DuplicatePairQuerySet) -> DuplicatePairQuerySet:
        for name, path in (("region", "family__province__region"), ("province", "family__province")):
            if value := self.value(name):
                pairs = pairs.filter(Q(**{f"first__{path}": value}) | Q(**{f"second__{path}": value}))
        if band := self.value("band"):
            pairs = pairs.filter(band=band)
        state = self.value("state")
        return pairs if state == ALL else pairs.filter(state=state or DuplicatePair.State.OPEN)


class OtherFileForm(forms.Form):
    """Which file may be of the same child, of those that the person may see."""

    other = forms.ModelChoiceField(
        label=_("The other file"),
        queryset=Child.objects.none(),
        error_messages={
            "required": _("Look for the other file first, then choose it."),
            "invalid_choice": _("This file is not among those you see. Look for it again."),
        },
    )

    def __init__(self, data: Any = None, *, among: ChildQuerySet):
        super().__init__(data)
        self.fields["other"].queryset = among  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """Which file goes on, and for each field that differs whose word counts."""

    goes_on = forms.ChoiceField(label=_("The file that goes on"), choices=SIDES, widget=forms.RadioSelect)
    confirmed = forms.BooleanField(
        label=_("I have compared both files: they are of one child."),
        error_messages={"required": _("Confirm that you have compared both files.")},
    )

    def __init__(self, data: Any = None, *, groups: dict[str, str], asks_health: bool, goes_on: str):
        """`groups` are the groups of merging.GROUPS that differ, each with the side that is proposed."""
        super().__init__(data, initial={"goes_on": goes_on, **groups})
        for group in groups:
            self.fields[group] = forms.ChoiceField(choices=SIDES, widget=forms.RadioSelect, required=False)
        if asks_health:
            self.fields["health"] = forms.ChoiceField(
                choices=SIDES,
                widget=forms.RadioSelect,
                error_messages={"required": _("Both files have a health record: choose whose goes on.")},
            )

    @property
    def choices(self) -> dict[str, str]:
        """As merging takes them: of the file that goes on, or of the one that ends."""
        return {group: self._as_kept(group) for group in merging.GROUPS if group in self.fields}

    @property
    def health(self) -> str:
        return self._as_kept("health") if "health" in self.fields else ""

    def _as_kept(self, name: str) -> str:
        side = self.cleaned_data.get(name) or self.cleaned_data["goes_on"]
        return merging.KEPT if side == self.cleaned_data["goes_on"] else merging.GONE

    def value_of(self, name: str) -> str:
        """The side that is ticked now."""
        return str(self[name].value() or "")


class ApartForm(WesternDigitsFormMixin, forms.Form):
    note = forms.CharField(label=_("Why they are two children"), required=False, max_length=300)


class TakeBackForm(WesternDigitsFormMixin, forms.Form):
    reason = forms.CharField(
        label=_("Why is the merge taken back?"),
        max_length=300,
        error_messages={"required": _("Say why the merge is taken back.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
