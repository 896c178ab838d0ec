from django.db import migrations
from django.db.models import Exists, OuterRef

TABLES = ("beneficiaries_family", "beneficiaries_child")


def fill(apps, schema_editor):
    """Say of which families nobody answers: one statement that looks at all of them and writes the few."""
    family, guardian = (apps.get_model("beneficiaries", name) for name in ("Family", "Guardian"))
    answers = guardian.objects.filter(family=OuterRef("pk"), ended_on=None, merged_into=None)
    family.objects.filter(~Exists(answers), is_answered_for=True).update(is_answered_for=False)


def settle_in(apps, schema_editor):
    """Let the planner of PostgreSQL know the new column and indexes; on SQLite that is done after every migration."""
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ANALYZE {table}")


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0018_files_to_think_of")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(settle_in, migrations.RunPython.noop),
    ]
