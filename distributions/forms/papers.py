import re
from datetime import time

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Guardian
from distributions.models import Chair, Delivery
from hajar.lib.digits import WesternDigitsFormMixin

Outcome, Check = Delivery.Outcome, Delivery.Check
NEEDS_REASON = (Outcome.REFUSED, Outcome.DID_NOT_FIT, Outcome.OTHER)
FITTING = Delivery.CHECKS[:4]
BOX = {"class": "form-check-input"}


class HealthForm(forms.Form):
    """What the volunteer ticked once, above her first stop."""

    is_healthy = forms.BooleanField(
        label=_("On the paper, she ticked that she was well"), required=False, widget=forms.CheckboxInput(attrs=BOX)
    )


class PaperStopForm(WesternDigitsFormMixin, forms.Form):
    """What the paper says of one stop. A stop of which nothing was typed says nothing: it waits."""

    outcome = forms.ChoiceField(
        label=_("What happened?"), choices=Outcome.choices, required=False, widget=forms.RadioSelect
    )
    at = forms.CharField(
        label=_("Time"),
        max_length=8,
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off", "placeholder": "14:30"}
        ),
    )
    receiver_name = forms.CharField(label=_("Received by"), max_length=120, required=False)
    receiver_relation = forms.ChoiceField(
        label=_("Relation to the child"), choices=[("", _("Choose…")), *Guardian.Relation.choices], required=False
    )
    all_done = forms.BooleanField(label=_("All checks in order"), required=False, widget=forms.CheckboxInput(attrs=BOX))
    chair = forms.ChoiceField(label=_("Chair that was left"), required=False)
    reason = forms.CharField(label=_("Why?"), max_length=280, required=False)
    note = forms.CharField(label=_("Note for the office"), max_length=2000, required=False)

    def __init__(self, *args, stop, spares: list[Chair], **kwargs):
        super().__init__(*args, **kwargs)
        self.stop, self.spares = stop, {str(chair.pk): chair for chair in spares}
        self.fields["chair"].choices = [  # type: ignore[attr-defined]
            ("", stop.chair),
            *((pk, _("%(label)s, a spare one") % {"label": chair.label}) for pk, chair in self.spares.items()),
        ]
        for name, label in Delivery.questions():
            self.fields[name] = forms.ChoiceField(label=label, choices=[("", "—"), *Check.choices], required=False)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def checks(self):
        return [self[name] for name in Delivery.CHECKS]

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was typed: an answer beside a check, a name or a time is something."""
        return self.is_bound and not any(
            self.data.get(self.add_prefix(name), "").strip() for name in self.fields if name != "chair"
        )

    @property
    def shows_all(self) -> bool:
        """Whether the checks, one by one, must be open: there is an exception, or an error beside one."""
        return self.is_bound and any(self.data.get(self.add_prefix(name)) for name in Delivery.CHECKS)

    def clean_at(self):
        """14:30, 14h30, 1430 or 9 as a time of day."""
        text = self.cleaned_data["at"].strip().lower()
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,2})(?:\s*[:h.]?\s*(\d{2}))?\s*h?", text)
        try:
            return time(int(found[1]), int(found[2] or 0)) if found else self._no_time()
        except ValueError:
            return self._no_time()

    def _no_time(self):
        raise forms.ValidationError(_("A time of day, such as 14:30."))

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("outcome"):
            if "outcome" not in self.errors:
                self.add_error("outcome", _("Say what happened."))
            return cleaned
        outcome = cleaned["outcome"]
        if cleaned.get("at") is None and "at" not in self.errors:
            self.add_error("at", _("Type the time on the paper; if there is none, about when it was."))
        is_spare = outcome == Outcome.DELIVERED and cleaned.get("chair")
        if (outcome in NEEDS_REASON or is_spare) and not cleaned.get("reason"):
            self.add_error("reason", _("Say why another chair was left.") if is_spare else _("Say why."))
        if outcome == Outcome.DELIVERED:
            if not cleaned.get("receiver_name"):
                self.add_error("receiver_name", _("Write who received the chair."))
            if not cleaned.get("receiver_relation"):
                self.add_error("receiver_relation", _("Say who that is to the child."))
        return cleaned

    def said(self) -> dict:
        """What goes to the activity. What belongs to another outcome is left out."""
        cleaned = self.cleaned_data
        is_delivered = cleaned["outcome"] == Outcome.DELIVERED
        was_tried = is_delivered or cleaned["outcome"] == Outcome.DID_NOT_FIT
        usual = Check.YES if cleaned["all_done"] and is_delivered else ""
        checks = {
            name: cleaned[name] or usual for name in Delivery.CHECKS if is_delivered or (was_tried and name in FITTING)
        }
        spare = self.spares.get(cleaned["chair"]) if is_delivered else None
        return {
            "outcome": cleaned["outcome"],
            "at": cleaned["at"],
            "reason": cleaned["reason"] if spare or not is_delivered else "",
            "receiver_name": cleaned["receiver_name"] if is_delivered else "",
            "receiver_relation": cleaned["receiver_relation"] if is_delivered else "",
            "checks": {name: answer for name, answer in checks.items() if answer},
            "note": cleaned["note"],
            "spare": spare,
        }
