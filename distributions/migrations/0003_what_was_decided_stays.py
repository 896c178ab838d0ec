from django.db import migrations

from hajar.journal.append_only import refuse


class Migration(migrations.Migration):
    dependencies = [("distributions", "0002_chair_events_stay")]

    operations = [
        refuse("distributions_planlock", "UPDATE"),
        refuse("distributions_planlock", "DELETE"),
        refuse("distributions_prescription", "UPDATE"),
        refuse("distributions_prescription", "DELETE"),
    ]
