from django.apps import AppConfig


class HajarConfig(AppConfig):
    name = "hajar"

    def ready(self):
        from hajar import checks  # noqa: F401 (registers itself)
