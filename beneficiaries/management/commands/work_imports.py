from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from beneficiaries import working_imports


class Command(BaseCommand):
    help = "Works through large imports that wait, wherever they stopped. For cron: it may run beside itself."

    def handle(self, **options):
        worked = working_imports.work_all()
        words = ngettext("%(count)d import worked through.", "%(count)d imports worked through.", worked)
        self.stdout.write(words % {"count": worked})
