from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from beneficiaries import registration
from beneficiaries.models import Family, Guardian
from beneficiaries.models.references import next_numbers
from hajar.journal.admin import JournalledAdmin


class NumberedAdmin(JournalledAdmin):
    """Rows with a human reference: the next number of their series is taken when they are first saved."""

    series = ""

    def save_model(self, request, obj, form, change):
        if not change:
            obj.number = next_numbers(self.series)[0]
        super().save_model(request, obj, form, change)

    @admin.display(description=_("number"), ordering="number")
    def numbered(self, row):
        return row.reference


class FamilyMemberAdmin(JournalledAdmin):
    """People by whose name their family is found in the alphabet."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        registration.refresh_family_sort_keys({form.initial.get("family"), obj.family_id} - {None})

    @admin.display(description=_("name in Latin script"), ordering="family_name_latin")
    def latin(self, person):
        return person.full_name_latin

    @admin.display(description=_("name in Arabic script"), ordering="family_name_arabic")
    def arabic(self, person):
        return person.full_name_arabic


@admin.register(Family)
class FamilyAdmin(NumberedAdmin):
    series = "family"
    list_display = ["numbered", "alphabetical", "province", "commune", "language"]
    list_select_related = ["province"]
    list_filter = ["province__region", "language"]
    search_fields = ["number", "sort_key", "commune", "guardians__phone"]
    autocomplete_fields = ["province"]
    readonly_fields = ["numbered"]
    ordering = ["number"]

    @admin.display(description=_("in the alphabet"), ordering="sort_key")
    def alphabetical(self, family):
        return family.sort_key


@admin.register(Guardian)
class GuardianAdmin(FamilyMemberAdmin):
    list_display = ["latin", "arabic", "relation", "phone", "family"]
    list_select_related = ["family"]
    list_filter = ["relation", "legal_basis", "has_whatsapp"]
    search_fields = [
        "given_name_latin",
        "family_name_latin",
        "given_name_arabic",
        "family_name_arabic",
        "phone",
        "family__number",
    ]
    autocomplete_fields = ["family"]
    ordering = ["sort_key", "pk"]
