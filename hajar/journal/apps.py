from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "hajar.journal"
    label = "journal"
    verbose_name = _("Journal")

    def ready(self):
        from hajar.journal import acts, append_only

        append_only.expect("journal_entry", "UPDATE", "DELETE")
        append_only.expect("journal_payload", "UPDATE")  # it may be erased, never changed
        append_only.expect("journal_head", "DELETE")
        acts.declare(
            acts.Act("admin.added", _("Added in the administration"), "plus-square"),
            acts.Act("admin.changed", _("Changed in the administration"), "pencil-square"),
            acts.Act("admin.deleted", _("Deleted in the administration"), "trash"),
            acts.Act("admin.acted", _("Action in the administration"), "lightning"),
        )
