from django.core.management.base import BaseCommand

from beneficiaries import retaining


class Command(BaseCommand):
    help = "Says what is kept beyond its time (docs/registre-traitements.md); with --apply, does what the table says."

    def add_arguments(self, parser):
        parser.add_argument("--apply", action="store_true", help="delete or make anonymous what is over its time")

    def handle(self, *args, apply, **options):
        done = retaining.apply(by=None) if apply else retaining.review()
        for each in done:
            self.stdout.write(f"{each.number:>8}  {each.rule.words} ({each.category.then})")
        if not apply:
            self.stdout.write("Nothing was changed: say --apply.")
