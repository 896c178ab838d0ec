import json
from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from distributions import phoning
from hajar.lib.refusals import Refusal


class Command(BaseCommand):
    help = "Takes in the file in which a phone kept its entries because it found no network. Safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("file", help="hajar-YYYY-MM-DD.json, as the phone saved it")

    def handle(self, *args, file, **options):
        try:
            with open(file, encoding="utf-8") as text:
                content = json.load(text)
            rescued = phoning.bring_in(content)
        except (OSError, ValueError, RecursionError, Refusal) as fault:
            raise CommandError(f"{file}: {fault}") from fault
        for status, number in sorted(Counter(result.status for result in rescued.results).items()):
            self.stdout.write(f"{number} {status}")
        self.stdout.write(self.style.SUCCESS(f"{len(rescued.results)} entries, {rescued.files} files"))
