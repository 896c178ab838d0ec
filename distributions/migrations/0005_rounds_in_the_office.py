import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import distributions.models.rounds


class Migration(migrations.Migration):
    dependencies = [
        ("beneficiaries", "0005_guardians_end"),
        ("distributions", "0004_phones"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RoundChair",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("loaded_at", models.DateTimeField(null=True, verbose_name="loaded at")),
                ("back_at", models.DateTimeField(null=True, verbose_name="back at")),
                ("explanation", models.CharField(blank=True, max_length=300, verbose_name="why it does not agree")),
                ("explained_at", models.DateTimeField(null=True, verbose_name="explained at")),
            ],
            options={
                "verbose_name": "chair of a round",
                "verbose_name_plural": "chairs of rounds",
            },
        ),
        migrations.CreateModel(
            name="RoundScan",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "kind",
                    models.CharField(choices=[("photo", "photo"), ("pdf", "PDF")], max_length=5, verbose_name="kind"),
                ),
                ("file", models.FileField(upload_to=distributions.models.rounds.scan_path, verbose_name="file")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="added at")),
            ],
            options={
                "verbose_name": "scan of a round's paper",
                "verbose_name_plural": "scans of rounds' papers",
            },
        ),
        migrations.CreateModel(
            name="TownPosition",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name", models.CharField(max_length=120, verbose_name="town or village")),
                ("key", models.CharField(editable=False, help_text="The name as it is compared.", max_length=120)),
                (
                    "latitude",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(20),
                            django.core.validators.MaxValueValidator(37),
                        ],
                        verbose_name="latitude, degrees",
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(-18),
                            django.core.validators.MaxValueValidator(0),
                        ],
                        verbose_name="longitude, degrees",
                    ),
                ),
            ],
            options={
                "verbose_name": "position of a town",
                "verbose_name_plural": "positions of towns",
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="chair_left",
            field=models.ForeignKey(
                help_text="Where another chair was left than the one meant.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="distributions.chair",
                verbose_name="chair left instead",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="typed_in_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="typed in from paper by",
            ),
        ),
        migrations.AddField(
            model_name="phoneentry",
            name="round",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="distributions.round",
                verbose_name="round",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="closed at"),
        ),
        migrations.AddField(
            model_name="round",
            name="closed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="closed by",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="downloaded_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="kept on the phone"),
        ),
        migrations.AddIndex(
            model_name="round",
            index=models.Index(condition=models.Q(("closed_at", None)), fields=["day", "id"], name="round_open_by_day"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", None)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="round_closed_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="roundchair",
            name="allocation",
            field=models.ForeignKey(
                help_text="The stop that the chair is meant for; none for a spare chair.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="round_lines",
                to="distributions.allocation",
                verbose_name="allocation",
            ),
        ),
        migrations.AddField(
            model_name="roundchair",
            name="back_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="taken back by",
            ),
        ),
        migrations.AddField(
            model_name="roundchair",
            name="chair",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="round_lines",
                to="distributions.chair",
                verbose_name="chair",
            ),
        ),
        migrations.AddField(
            model_name="roundchair",
            name="explained_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="explained by",
            ),
        ),
        migrations.AddField(
            model_name="roundchair",
            name="loaded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="loaded by",
            ),
        ),
        migrations.AddField(
            model_name="roundchair",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="chairs",
                to="distributions.round",
                verbose_name="round",
            ),
        ),
        migrations.AddField(
            model_name="roundscan",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="added by",
            ),
        ),
        migrations.AddField(
            model_name="roundscan",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="scans",
                to="distributions.round",
                verbose_name="round",
            ),
        ),
        migrations.AddField(
            model_name="townposition",
            name="province",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="town_positions",
                to="beneficiaries.province",
                verbose_name="province or prefecture",
            ),
        ),
        migrations.AddConstraint(
            model_name="roundchair",
            constraint=models.UniqueConstraint(fields=("round", "chair"), name="chair_is_on_a_round_once"),
        ),
        migrations.AddConstraint(
            model_name="roundchair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("loaded_at", None), ("loaded_by", None)),
                    models.Q(("loaded_at__isnull", False), ("loaded_by__isnull", False)),
                    _connector="OR",
                ),
                name="roundchair_loaded_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="roundchair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("back_at", None), ("back_by", None)),
                    models.Q(
                        ("back_at__gte", models.F("loaded_at")), ("back_at__isnull", False), ("back_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="roundchair_back_by_somebody",
                violation_error_message="A chair comes back after it was loaded.",
            ),
        ),
        migrations.AddConstraint(
            model_name="roundchair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("explained_at", None), ("explained_by", None), ("explanation", "")),
                    models.Q(
                        models.Q(("explanation", ""), _negated=True),
                        ("explained_at__isnull", False),
                        ("explained_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="roundchair_explained_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="roundscan",
            constraint=models.UniqueConstraint(fields=("round", "sha256"), name="round_has_a_scan_once"),
        ),
        migrations.AddConstraint(
            model_name="townposition",
            constraint=models.UniqueConstraint(
                fields=("province", "key"),
                name="town_lies_in_one_place",
                violation_error_message="The position of this town is already known.",
            ),
        ),
        migrations.AddConstraint(
            model_name="townposition",
            constraint=models.CheckConstraint(
                condition=models.Q(("latitude__range", (20, 37)), ("longitude__range", (-18, 0))),
                name="town_lies_in_morocco",
                violation_error_message="This position is not in Morocco.",
            ),
        ),
    ]
