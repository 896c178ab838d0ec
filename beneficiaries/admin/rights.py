from django.contrib import admin

from beneficiaries.models import ConsentText, Erasure, NationalIdentity, RightsRequest
from hajar.journal.admin import JournalledAdmin, ReadOnlyAdmin


@admin.register(ConsentText)
class ConsentTextAdmin(JournalledAdmin):
    """A new wording is added as a new version; what was read aloud before stays as it was read."""

    list_display = ["purpose", "language", "version", "from_on"]
    list_filter = ["purpose", "language"]
    search_fields = ["text", "version"]
    ordering = ["purpose", "language", "-from_on", "pk"]

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(RightsRequest)
class RightsRequestAdmin(ReadOnlyAdmin):
    list_display = ["kind", "child", "asked_on", "due_on", "answered_on", "outcome"]
    list_select_related = ["child"]
    list_filter = ["kind", "outcome"]
    search_fields = ["child__family_name_latin", "child__family_name_arabic"]
    ordering = ["-asked_on", "pk"]


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Which files were forgotten: keys and days."""

    list_display = ["child", "erased_on", "erased_by"]
    list_select_related = ["erased_by"]
    search_fields = ["child"]
    ordering = ["-erased_on", "pk"]


@admin.register(NationalIdentity)
class NationalIdentityAdmin(ReadOnlyAdmin):
    """That a number is sealed, and its end; the number itself is shown nowhere."""

    list_display = ["guardian", "last_three", "created_at"]
    list_select_related = ["guardian"]
    search_fields = ["guardian__family_name_latin", "guardian__family_name_arabic"]
    exclude = ["sealed", "fingerprint"]
    ordering = ["-created_at", "pk"]
