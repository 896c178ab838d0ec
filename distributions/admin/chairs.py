from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from distributions.models import (
    Chair,
    ChairEvent,
    ChairModel,
    CountLine,
    Depot,
    Recall,
    RecallLine,
    Repair,
    ReturnOffer,
    StockCount,
    Transfer,
    TransferLine,
    WorkshopChange,
)
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


@admin.register(WorkshopChange)
class WorkshopChangeAdmin(JournalledAdmin):
    list_display = ["model", "what", "dimension", "min_mm", "max_mm", "adds", "cost_mad", "days"]
    list_select_related = ["model"]
    list_filter = ["dimension", "adds"]
    search_fields = ["what", "model__manufacturer", "model__name"]
    autocomplete_fields = ["model"]
    ordering = ["model__manufacturer", "model__name", "what", "pk"]


@admin.register(StockCount)
class StockCountAdmin(ReadOnlyAdmin):
    list_display = ["depot", "begun_at", "begun_by", "finalised_at", "finalised_by"]
    list_select_related = ["depot", "begun_by", "finalised_by"]
    list_filter = ["depot"]
    search_fields = ["depot__name"]
    ordering = ["-begun_at", "pk"]


@admin.register(CountLine)
class CountLineAdmin(ReadOnlyAdmin):
    list_display = ["count", "chair", "found", "at"]
    list_select_related = ["count__depot", "chair"]
    list_filter = ["found"]
    search_fields = ["chair__number"]
    ordering = ["-at", "pk"]


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["origin", "destination", "sent_at", "sent_by", "received_at"]
    list_select_related = ["origin", "destination", "sent_by"]
    list_filter = ["origin", "destination"]
    search_fields = ["origin__name", "destination__name"]
    ordering = ["-sent_at", "pk"]


@admin.register(TransferLine)
class TransferLineAdmin(ReadOnlyAdmin):
    list_display = ["transfer", "chair", "arrived"]
    list_select_related = ["transfer__origin", "transfer__destination", "chair"]
    list_filter = ["arrived"]
    search_fields = ["chair__number"]
    ordering = ["-pk"]


@admin.register(Recall)
class RecallAdmin(ReadOnlyAdmin):
    list_display = ["model", "batch", "reason", "opened_on", "closed_on"]
    list_select_related = ["model"]
    list_filter = ["opened_on", "closed_on"]
    search_fields = ["model__name", "batch", "reason"]
    ordering = ["-opened_on", "pk"]


@admin.register(RecallLine)
class RecallLineAdmin(ReadOnlyAdmin):
    list_display = ["recall", "chair", "contacted_on", "safe_on"]
    list_select_related = ["recall__model", "chair"]
    list_filter = ["contacted_on", "safe_on"]
    search_fields = ["chair__number"]
    ordering = ["-pk"]


@admin.register(ReturnOffer)
class ReturnOfferAdmin(ReadOnlyAdmin):
    list_display = ["chair", "child", "answer", "ask_again_on", "answered_by"]
    list_select_related = ["chair__model", "child", "answered_by"]
    list_filter = ["answer"]
    search_fields = ["chair__number"]
    ordering = ["-created_at", "pk"]
