from django.contrib import admin

from beneficiaries.admin.families import FamilyMemberAdmin, NumberedAdmin
from beneficiaries.models import Child, ColumnMapping, Consent, Export, HealthRecord, RegisterImport
from hajar.journal import recording
from hajar.journal.admin import JournalledAdmin, ReadOnlyAdmin

CHILD_SEARCH = ["given_name_latin", "family_name_latin", "given_name_arabic", "family_name_arabic"]


@admin.register(Child)
class ChildAdmin(NumberedAdmin, FamilyMemberAdmin):
    series = "child"
    list_display = ["numbered", "latin", "arabic", "born_on", "sex", "status", "family"]
    list_select_related = ["family"]
    list_filter = ["status", "sex", "school", "precautions", "family__province__region"]
    search_fields = [*CHILD_SEARCH, "number"]
    autocomplete_fields = ["family"]
    readonly_fields = ["numbered", "status"]  # the status changes on the child's page: closing has consequences
    exclude = ["photo"]  # photos change on the child's page, where their data is stripped
    date_hierarchy = None
    ordering = ["number"]


@admin.register(HealthRecord)
class HealthRecordAdmin(JournalledAdmin):
    """Opening a record here is written to the journal as it is on the child's page."""

    list_display = ["child", "updated_at", "updated_by"]
    list_select_related = ["child", "updated_by"]
    search_fields = [f"child__{field}" for field in CHILD_SEARCH]
    autocomplete_fields = ["child"]
    ordering = ["child__number"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("child")  # its name is the child's

    def save_model(self, request, obj, form, change):
        obj.updated_by = request.user
        super().save_model(request, obj, form, change)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and request.method == "GET":
            where = {"in_admin": True}
            recording.record_reading("health_record.opened", obj, by=request.user, subject=obj.child, payload=where)
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(Consent)
class ConsentAdmin(JournalledAdmin):
    list_display = ["child", "purpose", "answer", "guardian", "answered_on", "withdrawn_on"]
    list_select_related = ["child", "guardian"]
    list_filter = ["purpose", "answer", "method"]
    search_fields = [f"child__{field}" for field in CHILD_SEARCH]
    autocomplete_fields = ["child", "guardian"]
    exclude = ["evidence", "text"]  # the signed paper is seen on the child's page
    ordering = ["-answered_on", "pk"]


@admin.register(RegisterImport)
class RegisterImportAdmin(ReadOnlyAdmin):
    list_display = ["filename", "uploaded_by", "state", "created_at", "confirmed_at"]
    list_select_related = ["uploaded_by"]
    list_filter = ["state"]
    search_fields = ["filename"]
    exclude = ["rows", "sheet", "worker"]
    ordering = ["-created_at"]


@admin.register(ColumnMapping)
class ColumnMappingAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "said_by", "said_at"]
    list_select_related = ["said_by"]
    ordering = ["-said_at", "pk"]


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "name", "file_format", "count", "taken_by", "reason"]
    list_select_related = ["taken_by"]
    list_filter = ["name", "file_format"]
    search_fields = ["reason"]
    ordering = ["-created_at", "pk"]
