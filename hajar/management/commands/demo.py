from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from beneficiaries.models import Child
from distributions.models import Chair
from hajar.accounts import roles
from hajar.demo import people, story
from hajar.lib import settling_in


class Command(BaseCommand):
    help = "Loads the invented families of the demo once, and says where and how to sign in."

    def add_arguments(self, parser):
        parser.add_argument("--port", default="8000", help="the port on which the demo will answer")
        parser.add_argument("--reset", action="store_true", help="forget what was entered and begin again")

    def handle(self, *args, port, reset, **options):
        if not settings.HAJAR_DEMO:
            raise CommandError("these accounts have a known password: set HAJAR_DEMO=1 where nobody is real")
        if reset:
            self._forget()
        if not story.is_told():
            self.stdout.write("Inviting the families of the demo, one moment ...")
            try:
                story.tell()
            except story.OtherData:
                raise CommandError("this database holds other data: the demo wants one of its own") from None
            settling_in.settle_in()
        self._welcome(port)

    def _forget(self):
        """Empty the database of a demo. Its history refuses to be deleted row by row: the tables go and come anew."""
        if not story.is_told():
            if Child.objects.exists():
                raise CommandError("this database holds other data than the demo's: it stays as it is")
            return
        with transaction.atomic(), connection.cursor() as cursor, connection.constraint_checks_disabled():
            for table in connection.introspection.table_names(cursor):
                cascade = " CASCADE" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{cascade}")
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)

    def _welcome(self, port):
        self.stdout.write(
            self.style.SUCCESS(
                f"\n  Hajar: http://localhost:{port}/    "
                f"{Child.objects.count()} invented children, {Chair.objects.count()} chairs\n"
            )
        )
        for account in people.ACCOUNTS:
            role = roles.ROLES[account.role].name.replace("_", " ")
            self.stdout.write(f"  {account.email:<24} {role:<14} {account.name}")
        self.stdout.write(f"\n  password of all: {people.PASSWORD}\n")
