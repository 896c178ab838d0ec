from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from distributions.models import FollowUp
from hajar.lib.digits import WesternDigitsFormMixin

YES_NO = [("yes", _("yes")), ("no", _("no"))]


class YesNoField(forms.ChoiceField):
    """Two big answers, none given beforehand; cleans to True or False."""

    def __init__(self, **options):
        super().__init__(choices=YES_NO, widget=forms.RadioSelect, **options)

    def clean(self, value):
        return super().clean(value) == "yes"


class FollowUpForm(WesternDigitsFormMixin, forms.ModelForm):
    """What a call or a visit after the hand-over found."""

    still_used = YesNoField(label=_("Is the chair used?"))
    has_skin_problem = YesNoField(label=_("Red or broken skin?"))
    needs_remeasuring = YesNoField(label=_("Should the child be measured again?"))

    class Meta:
        model = FollowUp
        fields = [
            "step", "done_on", "still_used", "why_not_used", "hours_per_day", "has_skin_problem", "needs_remeasuring",
            "school_change", "mobility_change", "burden_change", "satisfaction", "note",
        ]  # fmt: skip
        widgets = {
            "step": forms.RadioSelect,
            "school_change": forms.RadioSelect,
            "mobility_change": forms.RadioSelect,
            "burden_change": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["done_on"].widget.attrs |= {"inputmode": "numeric", "dir": "ltr"}
        self.fields["hours_per_day"].help_text = _("Leave empty when not known.")
        self.fields["step"].choices = FollowUp.Step.choices
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        half = "col-12 col-sm-6"
        self.helper.layout = Layout(
            Fieldset(_("Which look"), "step", "done_on", css_class="section"),
            Fieldset(
                _("The chair"),
                "still_used",
                "why_not_used",
                Row(Column("hours_per_day", css_class=half), Column("satisfaction", css_class=half)),
                css_class="section",
            ),
            Fieldset(_("The child"), "has_skin_problem", "needs_remeasuring", css_class="section"),
            Fieldset(
                _("Since the chair is there"), "school_change", "mobility_change", "burden_change", css_class="section"
            ),
            Fieldset(_("Note"), "note", css_class="section"),
        )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("still_used") is False and not cleaned.get("why_not_used") and "still_used" not in self.errors:
            self.add_error("why_not_used", _("Say why the chair is not used."))
        return cleaned
