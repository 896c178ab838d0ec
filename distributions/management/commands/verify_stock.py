from django.core.management.base import BaseCommand, CommandError

from distributions import stocktaking
from distributions.models import Chair


class Command(BaseCommand):
    help = "Replays the events of every chair and says whether the stored stock agrees with them."

    def handle(self, *args, **options):
        faults = list(stocktaking.stock_faults())
        for fault in faults:
            self.stderr.write(f"{fault.label} {fault.kind}: stored {fault.stored}, replayed {fault.replayed}")
        if faults:
            raise CommandError(f"the stock disagrees with its events in {len(faults)} places")
        self.stdout.write(self.style.SUCCESS(f"the stock is the replay of its events: {Chair.objects.count()} chairs"))
