import django.db.models.manager
from django.db import migrations, models


def answered_for(default):
    return migrations.AddField(
        model_name="family",
        name="is_answered_for",
        field=models.BooleanField(default=default, editable=False),
    )


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0017_keys_in_the_indexes_of_their_kind")]

    operations = [
        # A new family has nobody until somebody is written in it. Nearly all that are here have: that is said of all
        # while the column is made, and 0019 writes the few others.
        migrations.SeparateDatabaseAndState(
            database_operations=[answered_for(default=True)], state_operations=[answered_for(default=False)]
        ),
        migrations.AddIndex(
            model_name="family",
            index=models.Index(
                condition=models.Q(("is_answered_for", False)),
                fields=["merged_into", "sort_key", "id"],
                name="family_nobody_answers",
            ),
        ),
        migrations.AddIndex(
            model_name="child",
            index=models.Index(fields=["status", "born_on", "id"], name="child_by_status_and_birth"),
        ),
        migrations.AlterModelManagers(
            name="guardian",
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("with_merged", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AlterModelOptions(
            name="guardian",
            options={
                "base_manager_name": "with_merged",
                "verbose_name": "guardian",
                "verbose_name_plural": "guardians",
            },
        ),
    ]
