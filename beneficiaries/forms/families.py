from collections.abc import Iterable

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from beneficiaries.forms.entries import EntryForm, day_field, name_rows, section, side_by_side
from beneficiaries.models import Family, Guardian, Province, Region, phones
from hajar.lib.digits import WesternDigitsFormMixin


def provinces_by_region(user) -> list:
    """Provinces where this person may act, under their regions, for a select; one query."""
    return under_regions(Province.objects.visible_to(user).select_related("region").by_name())


def under_regions(provinces: Iterable[Province]) -> list:
    groups: dict[str, list] = {}
    for province in provinces:
        groups.setdefault(province.region.name, []).append((province.pk, province.name))
    return sorted(groups.items())


class FamilyForm(EntryForm):
    class Meta:
        model = Family
        fields = [
            "province",
            "commune",
            "address",
            "directions",
            "language",
            "also_followed_by",
            "other_affected",
            "notes",
        ]
        widgets = {
            "language": forms.RadioSelect,
            "other_affected": forms.RadioSelect,
            "directions": forms.Textarea(attrs={"rows": 2}),
            "notes": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["also_followed_by"]
            self.fields["province"].queryset = Province.objects.visible_to(user)
            self.fields["province"].choices = [("", _("Choose a place")), *provinces_by_region(user)]
        else:  # whoever follows a family that lives elsewhere may correct it, too
            mine = Province.objects.visible_to(user) | Province.objects.filter(pk=self.instance.province_id)
            self.fields["province"].queryset = mine
            groups = under_regions(mine.select_related("region").by_name())
            self.fields["province"].choices = [("", _("Choose a place")), *groups]
            self.fields["also_followed_by"].empty_label = _("no other region")
        self.fields["other_affected"].choices = [("", _("not asked")), *Family.OtherAffected.choices]
        self.helper.layout = self.layout()

    def layout(self):
        return Layout(
            section(_("Where the family lives"), side_by_side("province", "commune"), "address", "directions"),
            section(_("To speak with the family"), "language", "notes"),
            section(_("Brothers and sisters"), "other_affected"),
            *([section(_("Who follows the family"), "also_followed_by")] if "also_followed_by" in self.fields else []),
        )


class MoveForm(WesternDigitsFormMixin, forms.Form):
    """Where a family lives from a day on. Any place of the Kingdom: its staff take over."""

    moved_on = day_field(label=_("Since when"), initial=timezone.localdate)
    province = forms.ModelChoiceField(label=_("Province or prefecture"), queryset=Province.objects.none())
    commune = forms.CharField(label=_("Town or village"), max_length=120, required=False)
    address = forms.CharField(label=_("Address"), max_length=250, required=False)
    directions = forms.CharField(
        label=_("Directions"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("How to find the house: landmarks, colour of the door."),
    )
    also_followed_by = forms.ModelChoiceField(
        label=_("Also followed by"),
        queryset=Region.objects.none(),
        required=False,
        empty_label=_("no other region"),
        help_text=_("For example the region that the family leaves, until the new one knows it."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        provinces = Province.objects.select_related("region").by_name()
        self.fields["province"].queryset = provinces
        self.fields["province"].choices = [("", _("Choose a place")), *under_regions(provinces)]
        self.fields["also_followed_by"].queryset = Region.objects.by_name()

    def clean_moved_on(self):
        day = self.cleaned_data["moved_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Write the move once the family has moved: the day lies ahead."))
        return day


class EndGuardianshipForm(WesternDigitsFormMixin, forms.Form):
    """Since when and why somebody no longer answers for the children, and who is called first now."""

    ended_on = day_field(label=_("Since when"), initial=timezone.localdate)
    because = forms.ChoiceField(label=_("Why"), choices=Guardian.Ending.choices, widget=forms.RadioSelect)
    successor = forms.ModelChoiceField(
        label=_("Who is called first now"),
        queryset=Guardian.objects.none(),
        required=False,
        empty_label=_("whoever comes next by law"),
    )
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("For example the number of the judge’s decision.")
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = others
        self.fields["successor"].label_from_instance = lambda one: f"{one.name} · {one.get_relation_display()}"
        if not others:
            del self.fields["successor"]

    def clean_ended_on(self):
        day = self.cleaned_data["ended_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The day lies ahead: write it once it has come."))
        return day


class OwnContactForm(WesternDigitsFormMixin, forms.Form):
    """How to reach a young person who answers for herself."""

    phone = phones.PhoneFormField(
        label=_("Own phone"), required=False, widget=forms.TelInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    has_whatsapp = forms.BooleanField(label=capfirst(_("uses WhatsApp")), required=False)
    is_first_contact = forms.BooleanField(label=capfirst(_("call first")), required=False)


class GuardianForm(EntryForm):
    class Meta:
        model = Guardian
        fields = [
            *Guardian.NAME_FIELDS,
            "relation",
            "legal_basis",
            "phone",
            "has_whatsapp",
            "is_first_contact",
        ]
        widgets = {"phone": forms.TelInput(attrs={"inputmode": "tel", "autocomplete": "off"})}
        help_texts = {
            "legal_basis": _("Who may sign for a minor. If you are not sure, choose “to be clarified” and go on."),
            "phone": _("In any spelling: 06 12 34 56 78, +212 6…, or a foreign number with its country code."),
            "has_whatsapp": _("Only if the family agrees to be written to there."),
        }

    def __init__(self, *args, is_only_one=False, **kwargs):
        self.is_only_one = is_only_one
        super().__init__(*args, **kwargs)
        if self.instance.herself_id:
            for name in ("relation", "legal_basis"):
                del self.fields[name]
        else:
            relations, bases = Guardian.Relation, Guardian.LegalBasis
            known = [choice for choice in relations.choices if choice[0] != relations.HERSELF]
            self.fields["relation"].choices = [("", _("Choose")), *known]
            self.fields["legal_basis"].choices = [choice for choice in bases.choices if choice[0] != bases.OF_AGE]
        if is_only_one or self.instance.is_first_contact or not self.instance.is_current:
            # The place is passed on, never dropped: to call somebody else first, tick it there. Nor does it go back to
            # somebody who no longer answers.
            del self.fields["is_first_contact"]
        self.helper.layout = self.layout()

    def layout(self):
        first = ["is_first_contact"] if "is_first_contact" in self.fields else []
        who = [side_by_side("relation", "legal_basis")] if "relation" in self.fields else []
        return Layout(
            section(_("Who answers for the children"), *name_rows(), *who),
            section(_("How to reach this person"), "phone", "has_whatsapp", *first),
        )

    def _get_validation_exclusions(self):
        # Who is called first changes hands inside the activity: until then two would hold the place.
        return {*super()._get_validation_exclusions(), "is_first_contact", "family"}

    @property
    def has_doubtful_phone(self) -> bool:
        return phones.is_doubtful(self.cleaned_data.get("phone"))
