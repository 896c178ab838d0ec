from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BeneficiariesConfig(AppConfig):
    name = "beneficiaries"
    verbose_name = _("Register")

    def ready(self):
        from beneficiaries.acts import ACTS
        from hajar.journal import acts

        acts.declare(*ACTS)
