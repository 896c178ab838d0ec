from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DistributionsConfig(AppConfig):
    name = "distributions"
    verbose_name = _("Chairs")

    def ready(self):
        from beneficiaries import closing, measuring
        from distributions import forecasting, planning
        from distributions.acts import ACTS
        from hajar.journal import acts

        acts.declare(*ACTS)
        closing.holders.append(planning.hold_for_needs)
        measuring.after_measuring.append(forecasting.refresh_forecasts_of)
