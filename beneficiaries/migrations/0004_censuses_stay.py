from django.db import migrations

from hajar.journal.append_only import refuse


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0003_complete_assessments_stay")]

    operations = [
        refuse("beneficiaries_census", "UPDATE"),
        refuse("beneficiaries_census", "DELETE"),
    ]
