from django.core.management.base import BaseCommand

from beneficiaries import queueing


class Command(BaseCommand):
    help = "Writes down who stands first on the waiting list today; safe to repeat. Meant for a daily timetable."

    def handle(self, *args, **options):
        census = queueing.take_census()
        self.stdout.write(
            self.style.SUCCESS(f"{census.day:%Y-%m-%d}: {census.waiting} waiting, {census.urgent} urgent")
        )
