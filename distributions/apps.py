from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DistributionsConfig(AppConfig):
    name = "distributions"
    verbose_name = _("Chairs")

    def ready(self):
        from beneficiaries import closing, measuring, merging, moving, searching
        from distributions import forecasting, looking_up, planning, replanning, stocktaking
        from distributions.acts import ACTS
        from hajar.journal import acts, append_only

        acts.declare(*ACTS)
        for table in ("chairevent", "planlock", "prescription"):
            append_only.expect(f"distributions_{table}", "UPDATE", "DELETE")
        closing.holders.append(planning.hold_for_needs)
        merging.obstacles.append(stocktaking.told_since)
        measuring.after_measuring.append(forecasting.refresh_forecasts_of)
        searching.finders += [looking_up.find_chairs, looking_up.find_initiatives]
        moving.foretellers.append(replanning.foretell_move)
        moving.followers.append(replanning.follow_move)
