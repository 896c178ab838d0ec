from django.contrib import admin
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from beneficiaries.admin.children import CHILD_SEARCH
from beneficiaries.models import Assessment, Census, Measurement, Need
from hajar.journal.admin import JournalledAdmin, ReadOnlyAdmin


@admin.register(Assessment)
class AssessmentAdmin(JournalledAdmin):
    """Drafts may be mended; a complete assessment never changes."""

    list_display = ["child", "assessed_on", "state", "assessor", "place"]
    list_select_related = ["child", "assessor"]
    list_filter = ["state", "place", "mobility"]
    search_fields = [f"child__{field}" for field in CHILD_SEARCH]
    autocomplete_fields = ["child"]
    readonly_fields = ["state"]
    ordering = ["-assessed_on", "pk"]

    def has_add_permission(self, request):
        return False  # an assessment is begun on the child's page, where its author is known

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.is_complete)


@admin.register(Need)
class NeedAdmin(ReadOnlyAdmin):
    """The waiting list in the very order of its page."""

    list_display = ["child", "is_urgent", "score", "requested_on", "opened_on", "closed_on", "closing"]
    list_select_related = ["child"]
    list_filter = ["is_urgent", "purpose", "closing", "child__family__province__region"]
    search_fields = [f"child__{field}" for field in CHILD_SEARCH]
    sortable_by = []

    def get_queryset(self, request):
        # The order asks for what with_queue() adds: Django's own get_queryset() would put in order first.
        return Need.objects.visible_to(request.user).with_queue().order_by(*self.get_ordering(request))

    @admin.display(description=_("Score"))
    def score(self, need):
        return need.score_text

    def get_ordering(self, request):
        return [F("closed_on").desc(nulls_first=True), *Need.QUEUE_ORDER]


@admin.register(Measurement)
class MeasurementAdmin(ReadOnlyAdmin):
    list_display = ["child", "measured_on", "occasion", "measured_by", "taken_back_at"]
    list_select_related = ["child", "measured_by"]
    list_filter = ["occasion", "measured_on"]
    search_fields = [f"child__{field}" for field in CHILD_SEARCH]
    ordering = ["-measured_on", "pk"]


@admin.register(Census)
class CensusAdmin(ReadOnlyAdmin):
    list_display = ["day", "waiting", "urgent", "incomplete"]
    list_filter = ["day"]
    search_fields = ["day"]
    ordering = ["-day"]
