import base64
import binascii
import re
from datetime import UTC, datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Guardian
from distributions.models import Delivery
from hajar.lib import pictures
from hajar.lib.digits import WesternDigitsFormMixin, to_western

Outcome = Delivery.Outcome
NEEDS_REASON = (Outcome.REFUSED, Outcome.DID_NOT_FIT, Outcome.OTHER)
FITTING, TRAINING = Delivery.CHECKS[:4], Delivery.CHECKS[4:]
_DATA_ADDRESS = re.compile(r"data:image/(?:png|webp|jpeg);base64,([A-Za-z0-9+/=\s]+)")


class DataAddressField(forms.CharField):
    """A picture drawn or made small by the phone, as a data: address; cleans to bytes. It comes back with the form."""

    widget = forms.HiddenInput

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return b""
        match = _DATA_ADDRESS.fullmatch(text)
        try:
            return base64.b64decode(match[1], validate=False) if match else b"\0"  # what is no picture says so later
        except binascii.Error:
            return b"\0"


class DeliveryForm(WesternDigitsFormMixin, forms.Form):
    """What a volunteer says of one stop. `allocation` is the stop; a photo is asked for only where it is allowed."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    happened_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    stop = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    is_healthy = forms.BooleanField(
        label=_("I am well: no fever, cough, diarrhoea or rash, and nobody at home has chickenpox."),
        error_messages={"required": _("If you are not well, do not go in. Call the office.")},
    )
    outcome = forms.ChoiceField(label=_("What happened?"), choices=Outcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    is_this_chair = forms.BooleanField(required=False)
    chair_label = forms.CharField(
        label=_("Or type the number on its label"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "characters", "autocomplete": "off"}),
    )
    receiver_name = forms.CharField(label=_("Who received the chair"), max_length=120, required=False)
    receiver_relation = forms.ChoiceField(
        label=_("Relation to the child"), choices=[("", _("Choose…")), *Guardian.Relation.choices], required=False
    )
    signature = DataAddressField(required=False)
    photo = forms.FileField(
        label=_("Photo of the chair in place"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    photo_small = DataAddressField(required=False)
    note = forms.CharField(
        label=_("Note for the office"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, allocation, may_photograph: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.allocation = allocation
        for name, label in Delivery.questions():
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=Delivery.Check.choices,
                required=False,
                widget=forms.RadioSelect,
            )
        self.fields["is_this_chair"].label = _("I read %(label)s on the chair") % {"label": allocation.chair.label}
        self.asks_photo = may_photograph
        for name, field in self.fields.items():
            if name not in ("is_healthy", "outcome"):
                field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def fitting(self):
        return [self[name] for name in FITTING]

    @property
    def training(self):
        return [self[name] for name in TRAINING]

    def clean_happened_at(self):
        """The phone's time, aware; None when it gave none. One that cannot be read is no reason to lose the entry."""
        text = self.cleaned_data["happened_at"].strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def clean_photo(self):
        file = self.cleaned_data.get("photo")
        if file and file.size > pictures.MOST_BYTES:
            raise forms.ValidationError(_("This photo is too large. Take a smaller one."))
        return file

    def clean(self):
        cleaned = super().clean()
        outcome = cleaned.get("outcome")
        if outcome in NEEDS_REASON and not cleaned.get("reason"):
            self.add_error("reason", _("Say why."))
        if outcome == Outcome.DELIVERED:
            if not cleaned.get("receiver_name"):
                self.add_error("receiver_name", _("Write who received the chair."))
            if not cleaned.get("receiver_relation"):
                self.add_error("receiver_relation", _("Say who that is to the child."))
            self._check_the_chair(cleaned)
        return cleaned

    def _check_the_chair(self, cleaned) -> None:
        label = self.allocation.chair.label
        typed = re.sub(r"\D", "", to_western(cleaned.get("chair_label") or ""))
        if typed and int(typed) != self.allocation.chair.number:
            words = _("This is another chair: %(label)s was meant for this child. Do not leave it; call the office.")
            self.add_error("chair_label", words % {"label": label})
        elif not typed and not cleaned.get("is_this_chair"):
            self.add_error("is_this_chair", _("Compare the label: it must say %(label)s.") % {"label": label})

    def said(self) -> dict:
        """What goes to the activity. What belongs to another outcome (typed, then the outcome changed) is left out."""
        cleaned = self.cleaned_data
        is_delivered = cleaned["outcome"] == Outcome.DELIVERED
        was_tried = is_delivered or cleaned["outcome"] == Outcome.DID_NOT_FIT
        checks = {name: cleaned[name] for name in Delivery.CHECKS if is_delivered or (was_tried and name in FITTING)}
        photo = cleaned["photo_small"] or (cleaned["photo"].read() if cleaned["photo"] else b"")
        return {
            "id": cleaned["id"],
            "outcome": cleaned["outcome"],
            "happened_at": cleaned["happened_at"],
            "is_healthy": cleaned["is_healthy"],
            "reason": "" if is_delivered else cleaned["reason"],
            "receiver_name": cleaned["receiver_name"] if is_delivered else "",
            "receiver_relation": cleaned["receiver_relation"] if is_delivered else "",
            "checks": checks,
            "signature": cleaned["signature"] if is_delivered else b"",
            "photo": photo if is_delivered else b"",
            "note": cleaned["note"],
        }


class SettleForm(WesternDigitsFormMixin, forms.Form):
    note = forms.CharField(label=_("What you found out and decided"), max_length=300)


class MatterForm(SettleForm):
    """What came of a matter, and what holds if there is something to decide. `options`: (value, sentence) of each."""

    decision = forms.ChoiceField(label=_("What holds?"), widget=forms.RadioSelect)

    field_order = ["decision", "note"]

    def __init__(self, *args, options=(), **kwargs):
        super().__init__(*args, **kwargs)
        if options:
            self.fields["decision"].choices = options
        else:
            del self.fields["decision"]
