from collections.abc import Iterable

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.forms.entries import EntryForm, name_rows, section, side_by_side
from beneficiaries.models import Family, Guardian, Province, phones


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
        fields = ["province", "commune", "address", "directions", "language", "notes"]
        widgets = {
            "language": forms.RadioSelect,
            "directions": forms.Textarea(attrs={"rows": 2}),
            "notes": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["province"].queryset = Province.objects.visible_to(user)
        self.fields["province"].choices = [("", _("Choose a place")), *provinces_by_region(user)]

    def layout(self):
        return Layout(
            section(_("Where the family lives"), side_by_side("province", "commune"), "address", "directions"),
            section(_("To speak with the family"), "language", "notes"),
        )


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
        self.fields["relation"].choices = [("", _("Choose")), *Guardian.Relation.choices]
        if is_only_one or self.instance.is_first_contact:
            # The place is passed on, never dropped: to call somebody else first, tick it there.
            del self.fields["is_first_contact"]
            self.helper.layout = self.layout()

    def layout(self):
        first = ["is_first_contact"] if "is_first_contact" in self.fields else []
        return Layout(
            section(_("Who answers for the children"), *name_rows(), side_by_side("relation", "legal_basis")),
            section(_("How to reach this person"), "phone", "has_whatsapp", *first),
        )

    def _get_validation_exclusions(self):
        # Who is called first changes hands inside the activity: until then two would hold the place.
        return {*super()._get_validation_exclusions(), "is_first_contact", "family"}

    @property
    def has_doubtful_phone(self) -> bool:
        return phones.is_doubtful(self.cleaned_data.get("phone"))
