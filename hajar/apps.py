from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class HajarConfig(AppConfig):
    name = "hajar"

    def ready(self):
        from hajar import checks  # noqa: F401 (registers itself)
        from hajar.lib import settling_in

        # Once for all apps: the signal is sent for each that has models.
        post_migrate.connect(settling_in.after_migrations, sender=apps.get_app_config("journal"))
