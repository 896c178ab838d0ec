from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BeneficiariesConfig(AppConfig):
    name = "beneficiaries"
    verbose_name = _("Register")

    def ready(self):
        from beneficiaries import erasing, finding, holdings, searching
        from beneficiaries.acts import ACTS
        from hajar.backups import restoring
        from hajar.journal import acts, append_only

        acts.declare(*ACTS)
        holdings.declare(*holdings.REGISTER)
        restoring.carriers.append(erasing.carry_over)
        for table in ("assessment", "census", "consenttext"):
            append_only.expect(f"beneficiaries_{table}", "UPDATE", "DELETE")
        searching.finders.append(finding.find_places)
