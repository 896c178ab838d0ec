import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("sequence", models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name="number")),
                ("act", models.CharField(db_index=True, max_length=60, verbose_name="act")),
                ("object_type", models.CharField(max_length=60, verbose_name="kind")),
                ("object_id", models.CharField(max_length=40, verbose_name="row")),
                (
                    "subject_id",
                    models.UUIDField(
                        help_text="The child, family or initiative on whose page this belongs.",
                        null=True,
                        verbose_name="file",
                    ),
                ),
                ("device", models.CharField(blank=True, max_length=80, verbose_name="device")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="happened")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("payload_hash", models.CharField(max_length=64, verbose_name="fingerprint of the details")),
                ("previous_hash", models.CharField(max_length=64, verbose_name="fingerprint of the entry before")),
                ("hash", models.CharField(max_length=64, verbose_name="fingerprint")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "journal entry",
                "verbose_name_plural": "journal entries",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["object_type", "object_id", "-sequence"], name="journal_by_object"),
                    models.Index(fields=["subject_id", "-sequence"], name="journal_by_subject"),
                    models.Index(fields=["actor", "-sequence"], name="journal_by_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payload",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="payload",
                        serialize=False,
                        to="journal.entry",
                    ),
                ),
                ("data", models.JSONField(default=dict)),
                ("salt", models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                (
                    "hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000", max_length=64
                    ),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="journal_has_one_head")],
            },
        ),
    ]
