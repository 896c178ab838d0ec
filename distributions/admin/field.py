from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from distributions.models import (
    Attachment,
    Delivery,
    Device,
    FollowUp,
    Forecast,
    KeptRound,
    Matter,
    PhoneEntry,
    PhoneFile,
)
from hajar.journal.admin import ReadOnlyAdmin


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["happened_at", "received_at", "child", "outcome", "volunteer", "needs_a_look"]
    list_select_related = ["allocation__need__child", "volunteer"]
    list_filter = ["outcome", "happened_at"]
    search_fields = ["receiver_name", "allocation__need__child__family_name_latin", "allocation__chair__number"]
    ordering = ["-happened_at", "pk"]

    @admin.display(description=_("child"), ordering="allocation__need__child__sort_key")
    def child(self, delivery):
        return delivery.allocation.need.child


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """That a proof exists; the file itself is seen on the delivery's page."""

    list_display = ["delivery", "kind", "created_at"]
    list_select_related = ["delivery"]
    list_filter = ["kind"]
    search_fields = ["sha256"]
    exclude = ["file"]
    ordering = ["-created_at", "pk"]


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnlyAdmin):
    list_display = ["done_on", "step", "child", "still_used", "satisfaction", "done_by"]
    list_select_related = ["delivery__allocation__need__child", "done_by"]
    list_filter = ["step", "still_used", "has_skin_problem", "needs_remeasuring"]
    search_fields = ["delivery__allocation__need__child__family_name_latin", "note"]
    ordering = ["-done_on", "pk"]

    @admin.display(description=_("child"), ordering="delivery__allocation__need__child__sort_key")
    def child(self, followup):
        return followup.delivery.allocation.need.child


@admin.register(Forecast)
class ForecastAdmin(ReadOnlyAdmin):
    list_display = ["child", "rule_version", "measured_on", "good_fit_likely_on", "too_small_likely_on", "limited_by"]
    list_select_related = ["delivery__allocation__need__child"]
    list_filter = ["rule_version"]
    exclude = ["limiting", "not_evaluated"]
    readonly_fields = ["limited_by", "left_out"]
    search_fields = ["delivery__allocation__need__child__family_name_latin"]
    ordering = ["too_small_likely_on", "pk"]

    @admin.display(description=_("child"), ordering="delivery__allocation__need__child__sort_key")
    def child(self, forecast):
        return forecast.delivery.allocation.need.child

    @admin.display(description=_("what is too small first"))
    def limited_by(self, forecast):
        return pgettext("between words", ", ").join(forecast.limiting_words)

    @admin.display(description=_("not evaluated"))
    def left_out(self, forecast):
        return pgettext("between words", ", ").join(forecast.not_evaluated_words)


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "user", "last_seen_at", "last_number", "unsent", "lost_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__full_name"]
    ordering = ["-last_seen_at", "pk"]


@admin.register(PhoneEntry)
class PhoneEntryAdmin(ReadOnlyAdmin):
    """What phones said. The words themselves, which may name families, are on the entry's own page."""

    list_display = ["received_at", "claimed_at", "author", "kind", "state", "why", "handled_at"]
    list_select_related = ["author", "delivery"]
    list_filter = ["state", "kind"]
    search_fields = ["author__full_name", "reasons"]
    exclude = ["said", "reasons"]
    readonly_fields = ["why"]
    ordering = ["-received_at", "pk"]

    @admin.display(description=_("someone must look"))
    def why(self, entry):
        return " ".join(entry.sentences)


@admin.register(PhoneFile)
class PhoneFileAdmin(ReadOnlyAdmin):
    list_display = ["entry", "kind", "state", "created_at"]
    list_select_related = ["entry"]
    list_filter = ["state", "kind"]
    search_fields = ["sha256"]
    ordering = ["-created_at", "pk"]


@admin.register(Matter)
class MatterAdmin(ReadOnlyAdmin):
    list_display = ["opens_at", "kind", "province", "author", "ended_at", "ended_by", "decision"]
    list_select_related = ["province", "author", "ended_by"]
    list_filter = ["kind", "decision"]
    search_fields = ["author__full_name"]
    ordering = ["-opens_at", "pk"]


@admin.register(KeptRound)
class KeptRoundAdmin(ReadOnlyAdmin):
    list_display = ["round", "device", "last_told_at"]
    list_select_related = ["round__province", "device"]
    search_fields = ["device__user__full_name"]
    ordering = ["-last_told_at", "pk"]
