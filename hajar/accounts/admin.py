from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from hajar.accounts import roles

admin.site.unregister(Group)  # roles follow the table in roles.py
admin.site.unregister(EmailAddress)  # the e-mail of an account is User.email and no other


class UserAdmin(DjangoUserAdmin):
    """Accounts and their roles. Passwords are set by their owners; nobody here makes a superuser."""

    form = UserChangeForm
    add_form = AdminUserCreationForm
    ordering = ["full_name", "email"]
    list_display = ["full_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["full_name", "email", "phone"]
    filter_horizontal = ["groups"]
    readonly_fields = ["last_login", "date_joined", "is_staff"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("Person"), {"fields": ["full_name", "phone", "language"]}),
        (_("Roles"), {"fields": ["groups", "is_active", "is_staff"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": [
                    "email",
                    "full_name",
                    "phone",
                    "language",
                    "usable_password",
                    "password1",
                    "password2",
                    "groups",
                ],
            },
        )
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).prefetch_related("groups")
        return rows if request.user.is_superuser else rows.filter(is_superuser=False)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("Roles"))
    def roles(self, user):
        names = {group.name for group in user.groups.all()}
        return ", ".join(str(role.label) for role in roles.ROLES.values() if role.name in names)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        user = form.instance
        roles.give(user, *user.groups.values_list("name", flat=True))
