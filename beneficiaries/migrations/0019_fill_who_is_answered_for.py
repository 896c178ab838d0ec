from django.db import migrations
from django.db.models import Exists, OuterRef

TABLES = ("beneficiaries_family", "beneficiaries_child")


def fill(apps, schema_editor):
    """Say of which families nobody answers: one statement that looks at all of them and writes the few."""
    family, guardian = (apps.get_model("beneficiaries", name) for name in ("Family", "Guardian"))
    answers = guardian.objects.filter(family=OuterRef("pk"), ended_on=None, merged_into=None)
    family.objects.filter(~Exists(answers), is_answered_for=True).update(is_answered_for=False)


def settle_in(apps, schema_editor):
    """Let the planner know the new column and the new indexes.

    On SQLite a table that was made anew has lost its statistics, and an index without any looks as if it found ten rows
    whatever it is asked for. Where SQLite never had any, there is nothing to bring back.
    """
    connection = schema_editor.connection
    if connection.vendor == "postgresql" or "sqlite_stat1" in _tables_of_sqlite(connection):
        for table in TABLES:
            schema_editor.execute(f"ANALYZE {table}")


def _tables_of_sqlite(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in cursor.fetchall()}


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0018_files_to_think_of")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(settle_in, migrations.RunPython.noop),
    ]
