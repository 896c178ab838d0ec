from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Region
from distributions.models import PlanRule
from hajar.lib.digits import WesternDigitsFormMixin

Kind = PlanRule.Kind
SWAP = "swap"
# What can be decided, in the words of a button.
DECISIONS = {
    Kind.FIX: _("Keep this chair for this child"),
    Kind.FORBID: _("Not this chair for this child"),
    SWAP: _("Swap the chairs of two children"),
    Kind.EXCLUDE_NEED: _("Leave this child out of this initiative"),
    Kind.EXCLUDE_CHAIR: _("Leave this chair out of this initiative"),
}


class DecisionForm(WesternDigitsFormMixin, forms.Form):
    """What is decided about which child and which chair; looked at first, then decided with a reason."""

    kind = forms.ChoiceField(label=_("What do you decide?"), choices=[*DECISIONS.items()])
    need = forms.UUIDField(required=False, widget=forms.HiddenInput)
    chair = forms.UUIDField(label=_("Chair"), required=False)
    other = forms.UUIDField(label=_("Swap with"), required=False)

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if kind != Kind.EXCLUDE_CHAIR and not cleaned.get("need"):
            self.add_error(None, _("Choose a child."))
        if kind in (Kind.FIX, Kind.FORBID, Kind.EXCLUDE_CHAIR) and not cleaned.get("chair"):
            self.add_error("chair", _("Choose a chair."))
        if kind == SWAP and not cleaned.get("other"):
            self.add_error("other", _("Choose with which child."))
        return cleaned


class ReasonForm(WesternDigitsFormMixin, forms.Form):
    """Why, and on which version of the plan."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why.")},
        help_text=_("It stays beside the decision with your name."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class FloorForm(WesternDigitsFormMixin, forms.Form):
    region = forms.ModelChoiceField(label=_("Region"), queryset=Region.objects.none())
    least = forms.IntegerField(label=_("At least, children"), min_value=0, max_value=500)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, regions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions


class LockForm(forms.Form):
    version = forms.IntegerField(min_value=0)
    fingerprint = forms.CharField(max_length=40)


class ApprovalForm(WesternDigitsFormMixin, forms.Form):
    """How far the approval goes: the first so many, as many as a sum pays for, or those that were ticked."""

    HOW = [
        ("count", _("The first of the order")),
        ("budget", _("As many as a sum pays for")),
        ("chosen", _("Those that I tick")),
    ]
    how = forms.ChoiceField(label=_("How many?"), choices=HOW, widget=forms.RadioSelect, initial="count")
    count = forms.IntegerField(label=_("How many children"), min_value=1, required=False)
    budget_mad = forms.DecimalField(label=_("Sum, MAD"), min_value=0, max_digits=12, decimal_places=2, required=False)
    chosen = forms.MultipleChoiceField(choices=[], required=False)
    reason = forms.CharField(
        label=_("Why not in this order"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where you overtake somebody: it stays with your name."),
    )

    def __init__(self, *args, keys=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(str(key), str(key)) for key in keys]

    def clean(self):
        cleaned = super().clean()
        how = cleaned.get("how")
        if how == "count" and cleaned.get("count") is None:
            self.add_error("count", _("Say how many."))
        if how == "budget" and cleaned.get("budget_mad") is None:
            self.add_error("budget_mad", _("Say which sum."))
        if how == "chosen" and not cleaned.get("chosen"):
            self.add_error(None, _("Tick at least one child."))
        return cleaned

    def limits(self) -> dict:
        """What sharing.approve_plan is asked for."""
        how, cleaned = self.cleaned_data["how"], self.cleaned_data
        value = {"chosen": "chosen", "count": "count", "budget": "budget_mad"}[how]
        return {value: cleaned[value], "reason": cleaned["reason"]}
