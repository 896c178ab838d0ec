"""What the register writes in the journal, in words for people."""

from django.utils.translation import gettext_lazy as _

from hajar.journal.acts import Act

ACTS = [
    Act("family.registered", _("Family registered"), "house-heart", "good"),
    Act("family.corrected", _("Family file corrected"), "pencil"),
    Act("guardian.added", _("Guardian added"), "person-plus"),
    Act("guardian.corrected", _("Guardian corrected"), "pencil"),
    Act("child.registered", _("File opened"), "person-heart", "good"),
    Act("child.corrected", _("File corrected"), "pencil"),
    Act("child.photo_changed", _("Photo changed"), "camera"),
    Act("child.status_changed", _("Status changed"), "arrow-repeat"),
    Act("child.closed", _("File closed"), "archive"),
    Act("health_record.changed", _("Health record changed"), "clipboard2-pulse"),
    Act("health_record.opened", _("Health record opened"), "eye"),
    Act("consent.recorded", _("Consent recorded"), "check2-circle", "good"),
    Act("consent.withdrawn", _("Consent withdrawn"), "x-circle", "warn"),
    Act("assessment.started", _("Assessment begun"), "clipboard", "info"),
    Act("assessment.completed", _("Assessment completed"), "clipboard-check", "good"),
    Act("assessment.discarded", _("Draft of an assessment discarded"), "clipboard-x"),
    Act("measurement.recorded", _("Measured again"), "rulers", "info"),
    Act("measurement.taken_back", _("Measures taken back"), "arrow-counterclockwise", "warn"),
    Act("need.opened", _("Placed on the waiting list"), "hourglass-split", "info"),
    Act("need.rescored", _("Need scored again"), "calculator", "info"),
    Act("need.overridden", _("Priority decided by a person"), "person-check", "warn"),
    Act("need.explained", _("Explanation for the family opened"), "chat-left-text"),
    Act("need.closed", _("Need closed"), "check-circle", "good"),
    Act("census.taken", _("Census of the waiting list taken"), "list-ol", "info"),
    Act("register.columns_named", _("Columns of a register named"), "layout-three-columns", "info"),
    Act("register.imported", _("Register imported"), "file-earmark-arrow-up", "info"),
    Act("register.import_undone", _("Import undone"), "arrow-counterclockwise", "warn"),
    Act("register.exported", _("List exported"), "file-earmark-arrow-down", "info"),
]
