from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from distributions.models import (
    Allocation,
    Initiative,
    Partner,
    PlanLock,
    PlanRule,
    Preparation,
    Prescription,
    RegionFloor,
    Round,
    RoundChair,
    RoundScan,
    TownPosition,
)
from hajar.journal.admin import JournalledAdmin, ReadOnlyAdmin


@admin.register(Partner)
class PartnerAdmin(JournalledAdmin):
    list_display = ["name_latin", "name_arabic", "contact"]
    search_fields = ["name_latin", "name_arabic"]
    ordering = ["name_latin"]


@admin.register(Initiative)
class InitiativeAdmin(JournalledAdmin):
    list_display = ["name_fr", "occasion", "starts_on", "ends_on", "target", "state"]
    list_filter = ["occasion", "state"]
    search_fields = ["name_fr", "name_ar", "name_en"]
    autocomplete_fields = ["partners"]
    readonly_fields = ["state"]
    ordering = ["-starts_on", "pk"]


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    list_display = ["day", "province", "volunteer", "initiative", "downloaded_at", "opened_at", "closed_at"]
    list_select_related = ["province", "volunteer", "initiative"]
    list_filter = ["initiative", "province__region"]
    search_fields = ["volunteer__full_name", "province__name_fr", "province__name_ar"]
    ordering = ["-day", "pk"]


@admin.register(RoundChair)
class RoundChairAdmin(ReadOnlyAdmin):
    list_display = ["round", "chair", "is_spare", "loaded_at", "back_at", "explanation"]
    list_select_related = ["round__province", "chair"]
    list_filter = ["loaded_at", "back_at"]
    search_fields = ["chair__number", "explanation"]
    ordering = ["-pk"]

    @admin.display(description=_("spare chair"), boolean=True)
    def is_spare(self, line):
        return line.is_spare


@admin.register(RoundScan)
class RoundScanAdmin(ReadOnlyAdmin):
    """That a scan exists; the file itself is seen on the round's page."""

    list_display = ["round", "kind", "added_by", "added_at"]
    list_select_related = ["round__province", "added_by"]
    list_filter = ["kind"]
    search_fields = ["sha256"]
    exclude = ["file"]
    ordering = ["-added_at", "pk"]


@admin.register(TownPosition)
class TownPositionAdmin(JournalledAdmin):
    list_display = ["name", "province", "latitude", "longitude"]
    list_select_related = ["province"]
    list_filter = ["province__region"]
    search_fields = ["name", "province__name_fr", "province__name_ar"]
    ordering = ["name", "pk"]


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ["chair", "child", "initiative", "status", "proposed_by", "approved_by"]
    list_select_related = ["chair", "need__child", "initiative", "proposed_by", "approved_by"]
    list_filter = ["status", "initiative"]
    search_fields = ["chair__number", "need__child__family_name_latin", "need__child__family_name_arabic"]
    ordering = ["-created_at", "pk"]

    @admin.display(description=_("child"), ordering="need__child__sort_key")
    def child(self, allocation):
        return allocation.need.child


@admin.register(Prescription)
class PrescriptionAdmin(ReadOnlyAdmin):
    list_display = ["child", "prescribed_on", "prescribed_by", "category", "posture_class", "model"]
    list_select_related = ["need__child", "prescribed_by", "model"]
    list_filter = ["category", "posture_class"]
    search_fields = ["need__child__family_name_latin", "need__child__family_name_arabic"]
    ordering = ["-prescribed_on", "pk"]

    @admin.display(description=_("child"), ordering="need__child__sort_key")
    def child(self, prescription):
        return prescription.need.child


@admin.register(Preparation)
class PreparationAdmin(ReadOnlyAdmin):
    """That a chair was looked at; the photo itself is seen on the reservation's page."""

    list_display = ["allocation", "prepared_at", "prepared_by"]
    list_select_related = ["allocation", "prepared_by"]
    search_fields = ["allocation__chair__number"]
    exclude = ["photo"]
    ordering = ["-prepared_at", "pk"]


@admin.register(PlanRule)
class PlanRuleAdmin(ReadOnlyAdmin):
    list_display = ["initiative", "kind", "need", "chair", "reason", "by", "taken_back_at"]
    list_select_related = ["initiative", "need", "chair", "by"]
    list_filter = ["kind", "initiative"]
    search_fields = ["reason", "chair__number"]
    ordering = ["-created_at", "pk"]


@admin.register(RegionFloor)
class RegionFloorAdmin(ReadOnlyAdmin):
    list_display = ["initiative", "region", "least"]
    list_select_related = ["initiative", "region"]
    list_filter = ["initiative"]
    search_fields = ["region__name_fr"]
    ordering = ["initiative", "region"]


@admin.register(PlanLock)
class PlanLockAdmin(ReadOnlyAdmin):
    list_display = ["initiative", "created_at", "locked_by"]
    list_select_related = ["initiative", "locked_by"]
    list_filter = ["initiative"]
    search_fields = ["initiative__name_fr"]
    ordering = ["-created_at", "pk"]
