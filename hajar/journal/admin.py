"""The administration, journalled: what is saved there goes through the journal, and its history is read from it."""

from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hajar.journal import acts, recording
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
            "title": gettext("History: %(object)s") % {"object": obj},
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


class ActFilter(admin.SimpleListFilter):
    """The acts in words, not by their names."""

    title = _("act")
    parameter_name = "act"

    def lookups(self, request, model_admin):
        return sorted(acts.choices(), key=lambda choice: str(choice[1]))

    def queryset(self, request, entries):
        return entries.filter(act=self.value()) if self.value() else entries


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["sequence", "received_at", "act_in_words", "kind", "object_id", "actor"]
    list_filter = [ActFilter, "received_at"]
    search_fields = ["object_id", "actor__email", "actor__full_name"]
    ordering = ["-sequence"]
    fields = ["sequence", "act_in_words", "kind", "object_id", "subject_id", "actor", "device", "claimed_at"]
    fields += ["received_at", "payload_data", "payload_hash", "previous_hash", "hash"]
    readonly_fields = ["act_in_words", "kind", "payload_data"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("payload", "actor")

    @admin.display(description=_("act"), ordering="act")
    def act_in_words(self, entry):
        return entry.words.sentence

    @admin.display(description=_("kind"), ordering="object_type")
    def kind(self, entry):
        return capfirst(apps.get_model(entry.object_type)._meta.verbose_name)

    @admin.display(description=_("details"))
    def payload_data(self, entry):
        return entry.details
