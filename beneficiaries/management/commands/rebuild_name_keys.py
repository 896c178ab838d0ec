from django.core.management.base import BaseCommand

from beneficiaries import registration
from beneficiaries.models import Child, Family, Guardian
from hajar.lib.portions import portions

MANY = 500


class Command(BaseCommand):
    help = "Brings the keys of names, phones and towns in step with the rules as they are now; safe to repeat."

    def handle(self, *args, **options):
        children, guardians = (model.objects.rebuild_keys(MANY) for model in (Child, Guardian))
        places = Family.objects.rebuild_place_keys(MANY)
        families = list(Family.objects.order_by("pk").values_list("pk", flat=True))
        for some in portions(families, MANY):
            registration.refresh_family_sort_keys(some)
        self.stdout.write(f"changed: {children} children, {guardians} guardians, {places} places")
