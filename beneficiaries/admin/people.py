from django.contrib import admin

from beneficiaries.models import Mandate
from hajar.accounts.admin import UserAdmin
from hajar.accounts.models import User
from hajar.journal.admin import JournalledAdmin


class MandateInline(admin.TabularInline):
    model = Mandate
    extra = 0


@admin.register(User)
class UserWithMandatesAdmin(JournalledAdmin, UserAdmin):
    """An account on one page: who, which roles, in which regions, from when to when."""

    form = UserAdmin.form
    inlines = [MandateInline]

    def get_queryset(self, request):
        return UserAdmin.get_queryset(self, request)


@admin.register(Mandate)
class MandateAdmin(JournalledAdmin):
    list_display = ["user", "region", "starts_on", "ends_on"]
    list_select_related = ["user", "region"]
    list_filter = ["region"]
    search_fields = ["user__full_name", "user__email"]
    autocomplete_fields = ["user"]
    ordering = ["user__full_name", "pk"]
