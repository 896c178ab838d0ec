from django.core.management.base import BaseCommand, CommandError

from distributions import forecasting, looking_ahead
from distributions.models import Delivery


class Command(BaseCommand):
    help = (
        "Forecasts anew when each chair with a child will be too small, and when to look at it next; "
        "with --check it only says what differs."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing, fail where a kept forecast is wrong")

    def handle(self, *args, check, **options):
        if not check:
            kept = forecasting.refresh_forecasts()
            self.stdout.write(self.style.SUCCESS(f"forecasts computed anew: {kept}"))
            return
        faults = list(forecasting.forecast_faults())
        for fault in faults:
            self.stderr.write(f"{fault.delivery} {fault.field}: stored {fault.stored}, computed {fault.computed}")
        looks = list(looking_ahead.look_faults(Delivery.objects.all()))
        for look in looks:
            self.stderr.write(f"{look.delivery} next look: stored {look.stored}, computed {look.computed}")
        if faults:
            raise CommandError(f"the kept forecasts disagree with GROW-1.0 in {len(faults)} places")
        if looks:
            raise CommandError(f"the day of the next look is wrong beside {len(looks)} hand-overs")
        self.stdout.write(self.style.SUCCESS("the kept forecasts are what GROW-1.0 says"))
