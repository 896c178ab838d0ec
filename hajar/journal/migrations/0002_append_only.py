from django.db import migrations

from hajar.journal.append_only import refuse


def open_the_chain(apps, schema_editor):
    apps.get_model("journal", "Head").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.RunPython(open_the_chain, migrations.RunPython.noop),
        refuse("journal_entry", "UPDATE"),
        refuse("journal_entry", "DELETE"),
        refuse("journal_payload", "UPDATE"),
        refuse("journal_head", "DELETE"),
    ]
