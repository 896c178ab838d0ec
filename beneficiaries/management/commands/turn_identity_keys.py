from django.core.management.base import BaseCommand

from beneficiaries import identifying


class Command(BaseCommand):
    help = "Seals every national identity number again with the first of HAJAR_NATIONAL_ID_KEYS."

    def handle(self, *args, **options):
        self.stdout.write(self.style.SUCCESS(f"{identifying.turn_keys()} numbers are sealed with the newest key."))
