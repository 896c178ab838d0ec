from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HajarConfig(AppConfig):
    name = "hajar"

    def ready(self):
        from hajar import checks  # noqa: F401 (registers itself)
        from hajar.lib import settling_in

        post_migrate.connect(settling_in.after_migrations, sender=self, dispatch_uid="settle in")
