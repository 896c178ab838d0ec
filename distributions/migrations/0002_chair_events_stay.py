from django.db import migrations

from hajar.journal.append_only import refuse


class Migration(migrations.Migration):
    dependencies = [("distributions", "0001_initial")]

    operations = [
        refuse("distributions_chairevent", "UPDATE"),
        refuse("distributions_chairevent", "DELETE"),
    ]
