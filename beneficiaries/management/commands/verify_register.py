from django.core.management.base import BaseCommand, CommandError

from beneficiaries.models import Family
from beneficiaries.models.families import answers_follow


class Command(BaseCommand):
    help = "Says whether the guardians agree with what is stored of their families; with --mend it is stored anew."

    def add_arguments(self, parser):
        parser.add_argument("--mend", action="store_true", help="store anew what differs")

    def handle(self, *args, mend, **options):
        misjudged = list(Family.with_merged.misjudged().order_by("number", "pk"))
        for family in misjudged:
            stored = "somebody answers" if family.is_answered_for else "nobody answers"
            self.stderr.write(f"{family.reference}: stored that {stored}, its guardians say otherwise")
        if mend:
            with answers_follow(homes=[family.pk for family in misjudged]):
                pass  # nobody is written: what follows is stored anew
            self.stdout.write(self.style.SUCCESS(f"stored anew: {len(misjudged)} families"))
        elif misjudged:
            raise CommandError(f"what is stored disagrees with the guardians in {len(misjudged)} families")
        else:
            self.stdout.write(self.style.SUCCESS("what is stored of families is what their guardians say"))
