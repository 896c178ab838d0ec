from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DistributionsConfig(AppConfig):
    name = "distributions"
    verbose_name = _("Chairs")

    def ready(self):
        from beneficiaries import (
            closing,
            consenting,
            disclosing,
            erasing,
            holdings,
            measuring,
            moving,
            retaining,
            searching,
            unmerging,
        )
        from beneficiaries.models.consents import Purpose
        from distributions import forecasting, forgetting, looking_up, planning, replanning, stocktaking
        from distributions.acts import ACTS
        from distributions.holdings import CHAIRS, ELSEWHERE, LOOSE, NOT_ON_PAPER, TITLES
        from hajar.journal import acts, append_only

        acts.declare(*ACTS)
        for table in ("chairevent", "planlock", "prescription"):
            append_only.expect(f"distributions_{table}", "UPDATE", "DELETE")
        closing.holders.append(planning.hold_for_needs)
        unmerging.obstacles.append(stocktaking.told_since)
        holdings.declare(*CHAIRS)
        holdings.ELSEWHERE.update(ELSEWHERE)
        holdings.LOOSE.extend(LOOSE)
        disclosing.NOT_ON_PAPER.update(NOT_ON_PAPER)
        for label, words in TITLES.items():
            disclosing.title(label, words)
        erasing.holders.append(forgetting.forget)
        erasing.obstacles.append(forgetting.obstacles)
        retaining.rules += forgetting.RULES
        consenting.purgers[Purpose.PROOF_PHOTO].append(forgetting.purge_photos)
        measuring.foretellers.append(forecasting.refresh_forecasts_of)
        searching.finders += [looking_up.find_chairs, looking_up.find_initiatives]
        moving.foretellers.append(replanning.foretell_move)
        moving.followers.append(replanning.follow_move)
