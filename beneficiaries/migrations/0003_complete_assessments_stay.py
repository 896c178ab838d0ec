from django.db import migrations

from hajar.journal.append_only import refuse


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0002_places")]

    operations = [
        # Merging two files of one child may move an assessment to the other file; nothing else may touch it.
        refuse("beneficiaries_assessment", "UPDATE", when="OLD.state = 'complete' AND OLD.child_id = NEW.child_id"),
        refuse("beneficiaries_assessment", "DELETE", when="OLD.state = 'complete'"),
    ]
