from django.contrib import admin

from beneficiaries.models import Association, Province, Region
from hajar.journal.admin import JournalledAdmin, ReadOnlyAdmin


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    list_display = ["iso", "name_fr", "name_ar", "population"]
    search_fields = ["name_fr", "name_ar", "name_en", "aliases"]
    ordering = ["iso"]


@admin.register(Province)
class ProvinceAdmin(ReadOnlyAdmin):
    list_display = ["iso", "hcp", "name_fr", "name_ar", "region", "kind"]
    list_select_related = ["region"]
    list_filter = ["region", "kind"]
    search_fields = ["name_fr", "name_ar", "name_en", "aliases"]
    ordering = ["hcp"]


@admin.register(Association)
class AssociationAdmin(JournalledAdmin):
    """The profile is one row: written once, corrected when needed."""

    list_display = ["name_latin", "name_arabic", "founded_year"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Association.objects.exists()
