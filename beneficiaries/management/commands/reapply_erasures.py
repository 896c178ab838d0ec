from django.core.management.base import BaseCommand

from beneficiaries import erasing


class Command(BaseCommand):
    help = "Forgets again whoever was forgotten since the backup that was brought back. Safe to repeat."

    def handle(self, *args, **options):
        again = erasing.reapply()
        self.stdout.write(self.style.SUCCESS(f"{len(erasing.forgotten())} files are forgotten, {again} of them again."))
