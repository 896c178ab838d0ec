from django.core.management.base import BaseCommand, CommandError

from hajar.journal import recording
from hajar.journal.models import Entry


class Command(BaseCommand):
    help = "Walks the journal from its first entry and says whether the chain is whole."

    def handle(self, *args, **options):
        faults = list(recording.faults())
        for fault in faults:
            self.stderr.write(f"entry {fault.sequence}: {fault.kind}")
        if faults:
            raise CommandError(f"the journal is broken in {len(faults)} places")
        self.stdout.write(self.style.SUCCESS(f"the journal is whole: {Entry.objects.count()} entries"))
