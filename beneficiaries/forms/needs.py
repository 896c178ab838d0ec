"""What narrows the waiting list, and what a person decides about one need."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries import scoring
from beneficiaries.forms.filters import FilterForm
from beneficiaries.models import Need
from beneficiaries.models.needs import NeedQuerySet
from hajar.lib import digits


class NeedFilterForm(FilterForm):
    urgent = forms.ChoiceField(
        label=_("Urgency"), required=False, choices=[("", _("All")), ("yes", _("urgent")), ("no", _("not urgent"))]
    )
    band = forms.ChoiceField(
        label=_("Need"),
        required=False,
        choices=[("", _("All")), *((band, _(scoring.BAND_NAMES[band])) for band in ("high", "medium", "planned"))],
    )
    incomplete = forms.ChoiceField(
        label=_("Assessment"), required=False, choices=[("", _("All")), ("yes", _("incomplete")), ("no", _("complete"))]
    )
    default_sort = "queue"
    ORDERS = {"queue": Need.QUEUE_ORDER}

    def narrow_to_place(self, needs: NeedQuerySet) -> NeedQuerySet:
        """The queue of a region or a province: a place is counted in it."""
        if region := self.value("region"):
            needs = needs.filter(child__family__province__region=region)
        if province := self.value("province"):
            needs = needs.filter(child__family__province=province)
        return needs

    def pick(self, needs: NeedQuerySet) -> NeedQuerySet:
        """Some needs out of that queue, which keep their places; the queue itself where nothing is picked.

        The words of `q` are not looked at here.
        """
        if urgent := self.value("urgent"):
            needs = needs.filter(is_urgent=urgent == "yes")
        if band := self.value("band"):
            needs = needs.in_band(band)
        if incomplete := self.value("incomplete"):
            needs = needs.incomplete() if incomplete == "yes" else needs.complete()
        return needs


class OverrideForm(digits.WesternDigitsFormMixin, forms.Form):
    """What a person decides instead of the rule."""

    score = forms.IntegerField(
        label=_("Need decided, 0 to 100"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("Leave it empty to keep the points of the rule."),
    )
    urgent = forms.TypedChoiceField(
        label=_("Urgency decided"),
        choices=[("", _("as the rule says")), ("yes", _("urgent")), ("no", _("not urgent"))],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the history with your name. Write no diagnosis here."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and cleaned.get("score") is None and cleaned.get("urgent") is None:
            raise forms.ValidationError(_("Decide the points, the urgency, or both."))
        return cleaned


class TakeBackForm(digits.WesternDigitsFormMixin, forms.Form):
    """The rule counts again."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class CloseForm(forms.Form):
    """Why a need leaves the waiting list by hand; a delivery and a closed file do it by themselves."""

    closing = forms.ChoiceField(
        label=_("Why"),
        choices=[
            choice
            for choice in Need.Closing.choices
            if choice[0] not in (Need.Closing.DELIVERED, Need.Closing.FILE_CLOSED)
        ],
        widget=forms.RadioSelect,
    )
