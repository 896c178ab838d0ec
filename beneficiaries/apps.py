from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BeneficiariesConfig(AppConfig):
    name = "beneficiaries"
    verbose_name = _("Register")

    def ready(self):
        from beneficiaries.acts import ACTS
        from hajar.journal import acts, append_only

        acts.declare(*ACTS)
        for table in ("assessment", "census", "consenttext"):
            append_only.expect(f"beneficiaries_{table}", "UPDATE", "DELETE")
