from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "hajar.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self):
        from hajar.accounts import roles

        # After every migration Django creates the permissions; the groups follow the table.
        post_migrate.connect(roles.keep_groups_in_step, dispatch_uid="hajar.accounts.roles")
