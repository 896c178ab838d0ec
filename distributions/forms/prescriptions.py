from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Guardian
from distributions.models import Accessory, ChairModel, Prescription
from hajar.accounts.models import User
from hajar.lib.digits import WesternDigitsFormMixin

# What a chair brings along that is no postural support: those are asked for by themselves.
BROUGHT_ALONG = [each for each in Accessory if each not in Prescription.Support.values and each != Accessory.CUSHION]

# A seat that is not given in millimetres is told before it is kept.
LEAST_MM, MOST_MM = 100, 800


class PrescriptionForm(WesternDigitsFormMixin, forms.ModelForm):
    """What was chosen with the family: the chair, what supports the child in it, what must be learnt, who agreed."""

    class Meta:
        model = Prescription
        fields = [
            "prescribed_on", "category", "posture_class", "model", "seat_width_mm", "seat_depth_mm",
            "seat_to_floor_mm", "set_up", "cushion", "cushion_size", "supports", "supports_note", "must_have",
            "nice_to_have", "substitution_allowed", "substitution_limits", "trainings", "agreed_by", "agreed_on",
            "second_signatory",
        ]  # fmt: skip
        widgets = {"set_up": forms.Textarea(attrs={"rows": 2}), "supports_note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, family, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.prescribed_by = by
        self.fields["model"].queryset = ChairModel.objects.by_name()
        self.fields["model"].empty_label = _("any model of this kind")
        self.fields["agreed_by"].queryset = Guardian.objects.current().filter(family=family).to_call_first()
        self.fields["agreed_by"].empty_label = _("nobody yet")
        self.fields["second_signatory"].queryset = signatories(by)
        self.fields["second_signatory"].empty_label = _("nobody")
        for name in ("must_have", "nice_to_have"):
            self.fields[name].choices = [(each.value, each.label) for each in BROUGHT_ALONG]
        for name in ("supports", "must_have", "nice_to_have", "trainings"):
            self.fields[name].label = capfirst(self.fields[name].label)
        for name in ("prescribed_on", "agreed_on"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}
        for name in ("category", "posture_class"):
            choices = self.fields[name].choices
            self.fields[name].choices = [choice for choice in choices if choice[0]]
            self.fields[name].widget = forms.RadioSelect(choices=self.fields[name].choices)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        third, half = "col-12 col-sm-4", "col-12 col-sm-6"
        self.helper.layout = Layout(
            Fieldset(
                _("The chair"),
                "category",
                "posture_class",
                Row(
                    Column("seat_width_mm", css_class=third),
                    Column("seat_depth_mm", css_class=third),
                    Column("seat_to_floor_mm", css_class=third),
                ),
                "model",
                "substitution_allowed",
                "substitution_limits",
                "set_up",
                css_class="section",
            ),
            Fieldset(
                _("What supports the child in it"),
                "supports",
                "supports_note",
                Row(Column("cushion", css_class=half), Column("cushion_size", css_class=half)),
                css_class="section",
            ),
            Fieldset(
                _("What the chair must bring along"),
                "must_have",
                "nice_to_have",
                css_class="section",
            ),
            Fieldset(_("What will be learnt"), "trainings", css_class="section"),
            Fieldset(
                _("Agreed"),
                Row(Column("agreed_by", css_class=half), Column("agreed_on", css_class=half)),
                Row(Column("prescribed_on", css_class=half), Column("second_signatory", css_class=half)),
                css_class="section",
            ),
        )

    def clean(self):
        """Sizes must be in millimetres; a family that agrees does so on the day, unless another one is given."""
        cleaned = super().clean()
        if cleaned.get("agreed_by") and not cleaned.get("agreed_on") and "agreed_on" not in self.errors:
            cleaned["agreed_on"] = cleaned.get("prescribed_on")
        for name in ("seat_width_mm", "seat_depth_mm", "seat_to_floor_mm"):
            value = cleaned.get(name)
            if value is not None and not LEAST_MM <= value <= MOST_MM:
                self.add_error(name, _("In millimetres: between %(least)s and %(most)s.") % _BOUNDS)
        return cleaned


_BOUNDS = {"least": LEAST_MM, "most": MOST_MM}


def signatories(by: User):
    """Who else may prescribe, by name."""
    codename = {"codename": "add_prescription", "content_type__app_label": "distributions"}
    may = Q(**{f"groups__permissions__{key}": value for key, value in codename.items()})
    return User.objects.filter(may, is_active=True).exclude(pk=by.pk).distinct().order_by("full_name", "pk")
