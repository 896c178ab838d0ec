from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from hajar.accounts import roles

admin.site.unregister(Group)  # roles follow the table in roles.py
admin.site.unregister(EmailAddress)  # the e-mail of an account is User.email and no other


class RoleField(forms.ModelMultipleChoiceField):
    """Roles by their words, each with a box to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, group):
        return roles.ROLES[group.name].label if group.name in roles.ROLES else group.name


class RoleFilter(admin.SimpleListFilter):
    title = _("Roles")
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return [(role.name, role.label) for role in roles.ROLES.values()]

    def queryset(self, request, users):
        return users.filter(groups__name=self.value()) if self.value() else users


class UserAdmin(DjangoUserAdmin):
    """Accounts and their roles. Passwords are set by their owners; nobody here makes a superuser."""

    form = UserChangeForm
    add_form = AdminUserCreationForm
    ordering = ["full_name", "email"]
    list_display = ["full_name", "email", "roles", "is_active", "last_login"]
    list_filter = [RoleFilter, "is_active"]
    search_fields = ["full_name", "email", "phone"]
    filter_horizontal = []
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

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name != "groups":
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        return RoleField(queryset=Group.objects.order_by("pk"), label=_("Roles"), required=False)

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
