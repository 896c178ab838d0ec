"""What the chairs' side writes in the journal, in words for people."""

from django.utils.translation import gettext_lazy as _

from hajar.journal.acts import Act

ACTS = [
    Act("chairmodel.added", _("Model added to the catalogue"), "journal-plus"),
    Act("chairmodel.corrected", _("Model corrected"), "pencil"),
    Act("depot.added", _("Depot added"), "building-add"),
    Act("depot.corrected", _("Depot corrected"), "pencil"),
    Act("chair.received", _("Chair received"), "box-seam", "info"),
    Act("chair.corrected", _("Chair corrected"), "pencil"),
    Act("chair.event_recorded", _("Event of a chair recorded"), "box"),
    Act("partner.added", _("Partner added"), "people"),
    Act("initiative.created", _("Initiative created"), "gift", "good"),
    Act("initiative.corrected", _("Initiative corrected"), "pencil"),
    Act("initiative.state_changed", _("Initiative moved on"), "arrow-right-circle", "info"),
    Act("allocation.proposed", _("Chair reserved"), "bookmark-plus", "info"),
    Act("allocation.approved", _("Reservation approved"), "bookmark-check", "good"),
    Act("allocation.prepared", _("Chair prepared"), "tools", "info"),
    Act("allocation.loaded", _("Chair loaded"), "truck", "info"),
    Act("allocation.brought_back", _("Chair brought back"), "box-arrow-in-down", "warn"),
    Act("allocation.released", _("Reservation released"), "bookmark-dash", "warn"),
    Act("round.planned", _("Round planned"), "signpost-2", "info"),
    Act("round.corrected", _("Round corrected"), "pencil"),
    Act("round.opened", _("Round opened on the phone"), "phone"),
    Act("delivery.recorded", _("Delivery recorded"), "truck", "good"),
    Act("delivery.contested", _("The same entry came with other content"), "exclamation-diamond", "warn"),
    Act("delivery.file_added", _("Proof added to a delivery"), "paperclip"),
    Act("delivery.settled", _("Doubt about a delivery settled"), "check2-square", "good"),
    Act("entry.received", _("Entry of a phone received"), "phone-vibrate"),
    Act("entry.handled", _("Entry of a phone looked at"), "check2-square", "good"),
    Act("phone.first_seen", _("Phone first seen"), "phone"),
    Act("phone.lost", _("Phone reported lost"), "phone-flip", "warn"),
    Act("phone.resync_asked", _("A phone knows a journal that we do not have"), "exclamation-octagon", "warn"),
    Act("followup.recorded", _("Follow-up recorded"), "heart-pulse", "good"),
    Act("repair.reported", _("Breakdown reported"), "wrench", "warn"),
    Act("repair.done", _("Repair done"), "wrench-adjustable", "good"),
    Act("report.opened", _("Report opened"), "bar-chart"),
]
