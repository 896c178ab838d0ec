from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0015_files_named_by_a_person")]

    operations = [
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("expires_on__isnull", False)), fields=["expires_on"], name="consent_running_out"
            ),
        ),
        migrations.AddIndex(
            model_name="guardian",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", False)), fields=["ended_on"], name="guardian_who_ended"
            ),
        ),
    ]
