from django.contrib import admin

from beneficiaries.models import DuplicatePair, Merge
from hajar.journal.admin import ReadOnlyAdmin


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReadOnlyAdmin):
    """Pairs are decided on their own page, where both files stand side by side."""

    list_display = ["first", "second", "band", "score", "state", "found_at", "decided_by"]
    list_select_related = ["first", "second", "decided_by"]
    list_filter = ["state", "band"]
    search_fields = ["first__number", "second__number"]
    ordering = ["-band", "-score", "pk"]


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """A merge is taken back on its own page."""

    list_display = ["kept", "gone", "by", "at", "undone_by", "undone_at"]
    list_select_related = ["kept", "gone", "by", "undone_by"]
    search_fields = ["kept__number", "gone__number"]
    ordering = ["-at", "pk"]
