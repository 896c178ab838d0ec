from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from distributions.models import Chair, ChairEvent, ChairModel, Depot, Repair
from hajar.journal.admin import JournalledAdmin, ReadOnlyAdmin


@admin.register(ChairModel)
class ChairModelAdmin(JournalledAdmin):
    list_display = ["manufacturer", "name", "size", "category", "posture_class", "terrain_class"]
    list_filter = ["category", "posture_class", "terrain_class"]
    search_fields = ["manufacturer", "name", "size", "iso9999_code"]
    ordering = ["manufacturer", "name", "size"]


@admin.register(Depot)
class DepotAdmin(JournalledAdmin):
    list_display = ["name", "province", "is_open"]
    list_select_related = ["province"]
    search_fields = ["name"]
    autocomplete_fields = ["province"]
    ordering = ["name"]


@admin.register(Chair)
class ChairAdmin(JournalledAdmin):
    """What a chair is may be corrected here; where it is and what happened to it come from its events."""

    list_display = ["labelled", "model", "serial", "state", "depot", "ownership"]
    list_select_related = ["model", "depot"]
    list_filter = ["state", "depot", "ownership", "is_new"]
    search_fields = ["number", "serial", "model__name", "donor"]
    autocomplete_fields = ["model"]
    readonly_fields = ["labelled", "state", "depot"]
    ordering = ["number"]

    def has_add_permission(self, request):
        return False  # a chair is received into a depot

    @admin.display(description=_("number"), ordering="number")
    def labelled(self, chair):
        return chair.label


@admin.register(ChairEvent)
class ChairEventAdmin(ReadOnlyAdmin):
    list_display = ["chair", "sequence", "kind", "happened_at", "by", "depot"]
    list_select_related = ["chair", "by", "depot"]
    list_filter = ["kind", "depot"]
    search_fields = ["chair__number", "chair__serial"]
    ordering = ["-recorded_at", "pk"]


@admin.register(Repair)
class RepairAdmin(ReadOnlyAdmin):
    list_display = ["chair", "what", "broke_on", "fixed_on", "cost_mad"]
    list_select_related = ["chair"]
    list_filter = ["broke_on", "fixed_on"]
    search_fields = ["chair__number", "what"]
    ordering = ["-broke_on", "pk"]
