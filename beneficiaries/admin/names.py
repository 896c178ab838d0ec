from django.contrib import admin

from beneficiaries import naming
from beneficiaries.models import NameAlias
from hajar.journal.admin import JournalledAdmin


@admin.register(NameAlias)
class NameAliasAdmin(JournalledAdmin):
    """How names are written in both scripts. What is changed here is suggested, and finds people, from now on."""

    list_display = ["latin", "arabic", "times", "source", "is_active"]
    list_filter = ["is_active", "source"]
    search_fields = ["latin", "arabic", "latin_folded", "arabic_folded"]
    fields = ["latin", "arabic", "is_active", "times", "source"]
    readonly_fields = ["times", "source"]
    ordering = ["is_active", "-times", "latin", "pk"]  # what waits for a yes comes first

    def save_model(self, request, obj, form, change):
        naming.keep_alias(obj, by=request.user)
