from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from beneficiaries import pairing


class Command(BaseCommand):
    help = (
        "Compares the whole register with itself and brings the queue of possible duplicates in step; for every night."
    )

    def handle(self, **options):
        found = pairing.find_duplicates()
        words = _(
            "%(compared)s children compared. New pairs: %(fresh)s, to look at again: %(again)s, settled: %(gone)s."
        )
        self.stdout.write(words % vars(found))
