from django.core.management.base import BaseCommand

from beneficiaries import placing
from beneficiaries.models import Province, Region


class Command(BaseCommand):
    help = "Loads Morocco's regions, provinces and prefectures; safe to repeat."

    def handle(self, *args, **options):
        self.stdout.write(f"{placing.load_places(Region, Province)} places")
