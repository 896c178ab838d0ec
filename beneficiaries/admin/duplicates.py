from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from beneficiaries import matching
from beneficiaries.models import DuplicatePair, Merge
from hajar.journal.admin import ReadOnlyAdmin


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReadOnlyAdmin):
    """Pairs are decided on their own page, where both files stand side by side."""

    list_display = ["first", "second", "band", "score", "state", "found_at", "found_by", "decided_by"]
    list_select_related = ["first", "second", "found_by", "decided_by"]
    list_filter = ["state", "band"]
    search_fields = ["first__number", "second__number"]
    exclude = ["reasons", "compared"]
    readonly_fields = ["why"]
    ordering = ["-band", "-score", "pk"]

    @admin.display(description=_("reasons"))
    def why(self, pair):
        return " ".join(str(matching.REASONS[reason]) for reason in pair.reasons if reason in matching.REASONS)


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """A merge is taken back on its own page, which shows both files to who may see them."""

    exclude = ["kept_was", "gone_was", "moved"]

    list_display = ["kept", "gone", "by", "at", "undone_by", "undone_at"]
    list_select_related = ["kept", "gone", "by", "undone_by"]
    search_fields = ["kept__number", "gone__number"]
    ordering = ["-at", "pk"]
