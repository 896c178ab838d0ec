"""The administration, journalled: what is saved there goes through the journal, and its history is read from it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from hajar.journal import recording
from hajar.journal.models import Entry
from hajar.lib.digits import WesternDigitsFormMixin


class JournalledForm(WesternDigitsFormMixin, forms.ModelForm):
    """Arabic-Indic digits are as good as Western ones, here too."""


class JournalledAdmin(admin.ModelAdmin):
    """Scoped by mandate, written to the journal, and without hard deletes."""

    form: type[forms.ModelForm] = JournalledForm
    list_per_page = 50
    show_full_result_count = False
    object_history_template = "admin/journal_history.html"

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def has_delete_permission(self, request, obj=None):
        return False

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if "queryset" not in kwargs and hasattr(db_field.related_model.objects, "visible_to"):
            kwargs["queryset"] = db_field.related_model.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def log_addition(self, request, obj, message):
        recording.record("admin.added", obj, by=request.user, payload={"changes": message})

    def log_change(self, request, obj, message):
        recording.record("admin.changed", obj, by=request.user, payload={"changes": message})

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        entries = Entry.objects.about(obj).select_related("actor", "payload").latest_first()[:200]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(object)s") % {"object": obj},
            "entries": entries,
            "object": obj,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


class ReadOnlyAdmin(JournalledAdmin):
    """Rows that come about by daily work, and change only there."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["sequence", "received_at", "act_in_words", "object_type", "object_id", "actor"]
    list_filter = ["act", "received_at"]
    search_fields = ["object_id", "actor__email", "actor__full_name"]
    ordering = ["-sequence"]
    readonly_fields = ["payload_data"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("payload", "actor")

    @admin.display(description="act", ordering="act")
    def act_in_words(self, entry):
        return entry.words.sentence

    @admin.display(description="payload")
    def payload_data(self, entry):
        return entry.details
