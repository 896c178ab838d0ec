from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from distributions.models import Initiative, Partner
from hajar.lib.digits import WesternDigitsFormMixin


class InitiativeForm(WesternDigitsFormMixin, forms.ModelForm):
    class Meta:
        model = Initiative
        fields = [
            "name_fr",
            "name_ar",
            "name_en",
            "occasion",
            "starts_on",
            "ends_on",
            "target",
            "budget_mad",
            "partners",
            "notes",
        ]
        widgets = {
            "name_ar": forms.TextInput(attrs={"dir": "rtl", "lang": "ar"}),
            "partners": forms.CheckboxSelectMultiple,
            "notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partners"].queryset = Partner.objects.order_by("name_latin", "pk")
        for name in ("starts_on", "ends_on"):
            self.fields[name].widget.attrs |= {"placeholder": "03/12/2026", "inputmode": "numeric", "dir": "ltr"}
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        half = "col-12 col-sm-6"
        self.helper.layout = Layout(
            Fieldset(_("The occasion"), "name_fr", "name_ar", "name_en", "occasion", css_class="section"),
            Fieldset(
                _("Dates and means"),
                Row(Column("starts_on", css_class=half), Column("ends_on", css_class=half)),
                Row(Column("target", css_class=half), Column("budget_mad", css_class=half)),
                css_class="section",
            ),
            Fieldset(_("With whom"), "partners", "notes", css_class="section"),
        )


class PartnerForm(WesternDigitsFormMixin, forms.ModelForm):
    class Meta:
        model = Partner
        fields = ["name_latin", "name_arabic", "contact"]
        widgets = {"name_arabic": forms.TextInput(attrs={"dir": "rtl", "lang": "ar"})}
