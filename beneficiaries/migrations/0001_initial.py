import uuid
from decimal import Decimal

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import beneficiaries.models.children
import beneficiaries.models.consents
import beneficiaries.models.names
import beneficiaries.models.phones
import hajar.lib.several


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Census",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("waiting", models.PositiveIntegerField(verbose_name="waiting")),
                ("urgent", models.PositiveIntegerField(verbose_name="urgent")),
                ("incomplete", models.PositiveIntegerField(verbose_name="assessment incomplete")),
                (
                    "first",
                    models.JSONField(
                        default=list,
                        help_text="The first needs in their order: need, reference of the child, points, urgent, days waiting.",
                        verbose_name="who stood first",
                    ),
                ),
            ],
            options={
                "verbose_name": "census of the waiting list",
                "verbose_name_plural": "censuses of the waiting list",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Child",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "given_name_latin",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[beneficiaries.models.names.check_name],
                        verbose_name="given name in Latin script",
                    ),
                ),
                (
                    "family_name_latin",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[beneficiaries.models.names.check_name],
                        verbose_name="family name in Latin script",
                    ),
                ),
                (
                    "given_name_arabic",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[beneficiaries.models.names.check_name],
                        verbose_name="given name in Arabic script",
                    ),
                ),
                (
                    "family_name_arabic",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[beneficiaries.models.names.check_name],
                        verbose_name="family name in Arabic script",
                    ),
                ),
                ("sort_key", models.CharField(default="", editable=False, max_length=170)),
                ("number", models.PositiveIntegerField(editable=False, unique=True, verbose_name="number")),
                ("born_on", models.DateField(verbose_name="birth date")),
                (
                    "birth_precision",
                    models.CharField(
                        choices=[("exact", "exact day"), ("month", "month and year"), ("year", "year only")],
                        default="exact",
                        max_length=5,
                        verbose_name="known to the",
                    ),
                ),
                ("sex", models.CharField(choices=[("F", "girl"), ("M", "boy")], max_length=1, verbose_name="sex")),
                (
                    "photo",
                    models.ImageField(
                        blank=True, upload_to=beneficiaries.models.children.photo_path, verbose_name="photo"
                    ),
                ),
                (
                    "school",
                    models.CharField(
                        choices=[
                            ("attends", "goes to school"),
                            ("irregular", "goes irregularly"),
                            ("dropped_out", "left school because of mobility"),
                            ("never_enrolled", "never enrolled"),
                            ("too_young", "too young"),
                            ("home_tuition", "taught at home"),
                            ("unknown", "not known"),
                        ],
                        default="unknown",
                        max_length=15,
                        verbose_name="school",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "followed"),
                            ("paused", "paused"),
                            ("moved", "moved away"),
                            ("of_age", "of age"),
                            ("closed", "closed"),
                            ("deceased", "deceased"),
                        ],
                        default="active",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "precautions",
                    models.CharField(
                        choices=[
                            ("standard", "standard visit"),
                            ("enhanced", "protected visit"),
                            ("no_home_visit", "no home visit"),
                        ],
                        default="enhanced",
                        max_length=15,
                        verbose_name="visit precautions",
                    ),
                ),
                (
                    "precautions_note",
                    models.CharField(
                        blank=True,
                        help_text="Never write a diagnosis here: volunteers read it.",
                        max_length=200,
                        verbose_name="what visitors should do",
                    ),
                ),
                (
                    "requested_on",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="Waiting counts from this day and is never reset.",
                        verbose_name="first request",
                    ),
                ),
                (
                    "previous_reference",
                    models.CharField(blank=True, max_length=40, verbose_name="number in the old register"),
                ),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
            ],
            options={
                "verbose_name": "child",
                "verbose_name_plural": "children",
                "permissions": [
                    ("close_child", "Can close the file of a child"),
                    ("import_register", "Can import a register"),
                    ("export_register", "Can export the register"),
                    ("see_small_counts", "Can see counts under five in reports"),
                ],
                "indexes": [
                    models.Index(fields=["sort_key", "id"], name="child_by_name"),
                    models.Index(fields=["status", "sort_key", "id"], name="child_by_status"),
                    models.Index(fields=["born_on", "id"], name="child_by_birth"),
                    models.Index(fields=["requested_on", "id"], name="child_by_request"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("family_name_arabic", ""),
                            ("family_name_latin", ""),
                            ("given_name_arabic", ""),
                            ("given_name_latin", ""),
                            _negated=True,
                        ),
                        name="child_has_a_name",
                        violation_error_message="Give the name in at least one script.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("requested_on__gte", models.F("born_on"))),
                        name="child_born_before_request",
                        violation_error_message="The first request cannot be before the birth.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("series", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Family",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("number", models.PositiveIntegerField(editable=False, unique=True, verbose_name="number")),
                ("commune", models.CharField(blank=True, max_length=120, verbose_name="town or village")),
                ("address", models.CharField(blank=True, max_length=250, verbose_name="address")),
                (
                    "directions",
                    models.TextField(
                        blank=True,
                        help_text="How to find the house: landmarks, colour of the door.",
                        max_length=1000,
                        verbose_name="directions",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("ar", "Arabic"), ("fr", "French"), ("zgh", "Tamazight")],
                        default="ar",
                        max_length=3,
                        verbose_name="preferred language",
                    ),
                ),
                ("notes", models.TextField(blank=True, max_length=2000, verbose_name="notes")),
                ("sort_key", models.CharField(default="", editable=False, max_length=170)),
            ],
            options={
                "verbose_name": "family",
                "verbose_name_plural": "families",
                "indexes": [models.Index(fields=["sort_key", "id"], name="family_by_name")],
            },
        ),
        migrations.CreateModel(
            name="Province",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("iso", models.CharField(max_length=8, unique=True, verbose_name="ISO 3166-2 code")),
                ("hcp", models.CharField(max_length=8, unique=True, verbose_name="HCP code")),
                ("name_fr", models.CharField(max_length=80, verbose_name="name in French")),
                ("name_ar", models.CharField(max_length=80, verbose_name="name in Arabic")),
                ("name_en", models.CharField(max_length=80, verbose_name="name in English")),
                ("seat_fr", models.CharField(max_length=80, verbose_name="seat in French")),
                ("seat_ar", models.CharField(max_length=80, verbose_name="seat in Arabic")),
                (
                    "latitude",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="latitude of the seat, degrees"),
                ),
                (
                    "longitude",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="longitude of the seat, degrees"),
                ),
                ("population", models.PositiveIntegerField(verbose_name="population in 2024")),
                (
                    "aliases",
                    models.CharField(
                        blank=True, help_text="Separated by |", max_length=200, verbose_name="other spellings"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("province", "province"), ("prefecture", "prefecture")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
            ],
            options={
                "verbose_name": "province or prefecture",
                "verbose_name_plural": "provinces and prefectures",
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("iso", models.CharField(max_length=8, unique=True, verbose_name="ISO 3166-2 code")),
                ("hcp", models.CharField(max_length=8, unique=True, verbose_name="HCP code")),
                ("name_fr", models.CharField(max_length=80, verbose_name="name in French")),
                ("name_ar", models.CharField(max_length=80, verbose_name="name in Arabic")),
                ("name_en", models.CharField(max_length=80, verbose_name="name in English")),
                ("seat_fr", models.CharField(max_length=80, verbose_name="seat in French")),
                ("seat_ar", models.CharField(max_length=80, verbose_name="seat in Arabic")),
                (
                    "latitude",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="latitude of the seat, degrees"),
                ),
                (
                    "longitude",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="longitude of the seat, degrees"),
                ),
                ("population", models.PositiveIntegerField(verbose_name="population in 2024")),
                (
                    "aliases",
                    models.CharField(
                        blank=True, help_text="Separated by |", max_length=200, verbose_name="other spellings"
                    ),
                ),
            ],
            options={
                "verbose_name": "region",
                "verbose_name_plural": "regions",
            },
        ),
        migrations.CreateModel(
            name="Association",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                (
                    "name_latin",
                    models.CharField(default="Association Hajar", max_length=120, verbose_name="name in Latin script"),
                ),
                (
                    "name_arabic",
                    models.CharField(default="جمعية هاجر", max_length=120, verbose_name="name in Arabic script"),
                ),
                ("founded_year", models.PositiveSmallIntegerField(default=1997, verbose_name="founded in")),
                ("presentation_fr", models.TextField(blank=True, verbose_name="presentation in French")),
                ("presentation_ar", models.TextField(blank=True, verbose_name="presentation in Arabic")),
                ("presentation_en", models.TextField(blank=True, verbose_name="presentation in English")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("map_note", models.CharField(blank=True, max_length=200, verbose_name="note under maps")),
                (
                    "growth_ataxia",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.80"),
                        max_digits=3,
                        verbose_name="growth with ataxia-telangiectasia",
                    ),
                ),
                (
                    "growth_underweight",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.70"),
                        max_digits=3,
                        verbose_name="growth when tube-fed or much under weight",
                    ),
                ),
                (
                    "growth_steroids",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.50"),
                        max_digits=3,
                        verbose_name="growth under high-dose steroids",
                    ),
                ),
                (
                    "growth_transplant",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.70"),
                        max_digits=3,
                        verbose_name="growth after a transplant",
                    ),
                ),
                (
                    "growth_late_puberty",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.80"),
                        max_digits=3,
                        verbose_name="growth when puberty is late",
                    ),
                ),
            ],
            options={
                "verbose_name": "association profile",
                "verbose_name_plural": "association profile",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="there_is_one_association"),
                    models.CheckConstraint(
                        condition=models.Q(("growth_ataxia__range", (Decimal("0.1"), Decimal("1.5")))),
                        name="association_growth_ataxia_is_a_factor",
                        violation_error_message="A factor lies between 0.1 and 1.5.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("growth_underweight__range", (Decimal("0.1"), Decimal("1.5")))),
                        name="association_growth_underweight_is_a_factor",
                        violation_error_message="A factor lies between 0.1 and 1.5.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("growth_steroids__range", (Decimal("0.1"), Decimal("1.5")))),
                        name="association_growth_steroids_is_a_factor",
                        violation_error_message="A factor lies between 0.1 and 1.5.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("growth_transplant__range", (Decimal("0.1"), Decimal("1.5")))),
                        name="association_growth_transplant_is_a_factor",
                        violation_error_message="A factor lies between 0.1 and 1.5.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("growth_late_puberty__range", (Decimal("0.1"), Decimal("1.5")))),
                        name="association_growth_late_puberty_is_a_factor",
                        violation_error_message="A factor lies between 0.1 and 1.5.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "hip_width_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="A: hip width, mm"),
                ),
                (
                    "seat_depth_left_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="B left: seat depth, mm"),
                ),
                (
                    "seat_depth_right_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="B right: seat depth, mm"),
                ),
                (
                    "calf_left_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="C left: calf length, mm"),
                ),
                (
                    "calf_right_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="C right: calf length, mm"),
                ),
                (
                    "rib_height_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="D: seat to bottom of ribs, mm"
                    ),
                ),
                (
                    "scapula_height_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="E: seat to bottom of shoulder blade, mm"
                    ),
                ),
                (
                    "shoulder_height_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="F: seat to top of shoulder, mm"
                    ),
                ),
                (
                    "trunk_width_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="G: trunk width, mm"),
                ),
                (
                    "axilla_left_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="H left: seat to armpit, mm"),
                ),
                (
                    "axilla_right_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="H right: seat to armpit, mm"),
                ),
                (
                    "pelvis_top_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="I: seat to top of pelvis, mm"
                    ),
                ),
                (
                    "knee_gap_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="J: distance between knees, mm"
                    ),
                ),
                (
                    "skull_base_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="K: seat to base of skull, mm"
                    ),
                ),
                (
                    "seat_bone_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="L: back of pelvis to seat bones, mm"
                    ),
                ),
                (
                    "elbow_height_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat to elbow, mm"),
                ),
                (
                    "shoulder_width_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="shoulder width, mm"),
                ),
                (
                    "foot_length_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="foot length, mm"),
                ),
                (
                    "mass_kg",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="mass, kg"),
                ),
                (
                    "height_method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("standing", "standing"),
                            ("lying", "lying"),
                            ("knee_height", "not measurable: knee height instead"),
                            ("arm_span", "not measurable: arm span instead"),
                            ("segments", "not measurable: sum of segments instead"),
                            ("unknown", "not known"),
                        ],
                        max_length=11,
                        verbose_name="how height was taken",
                    ),
                ),
                (
                    "height_cm",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="height, cm"
                    ),
                ),
                (
                    "substitute_cm",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=4,
                        null=True,
                        verbose_name="knee height, arm span or sum of segments, cm",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("complete", "complete")],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("assessed_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="date")),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("home", "at home"),
                            ("office", "at the office"),
                            ("hospital", "at the hospital"),
                            ("outreach", "at an outreach clinic"),
                            ("school", "at school"),
                        ],
                        default="home",
                        max_length=8,
                        verbose_name="place",
                    ),
                ),
                ("completed_at", models.DateTimeField(editable=False, null=True, verbose_name="completed at")),
                (
                    "version",
                    models.PositiveIntegerField(default=0, editable=False, help_text="Counts the savings of a draft."),
                ),
                (
                    "goals",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="what the family hopes for, in their words"
                    ),
                ),
                (
                    "goal_1",
                    models.CharField(blank=True, max_length=200, verbose_name="first goal that can be looked at again"),
                ),
                (
                    "goal_1_importance",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="how much it matters, 0 to 10"
                    ),
                ),
                (
                    "goal_1_now",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="how well it goes today, 0 to 10"
                    ),
                ),
                (
                    "goal_2",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="second goal that can be looked at again"
                    ),
                ),
                (
                    "goal_2_importance",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="how much it matters, 0 to 10"
                    ),
                ),
                (
                    "goal_2_now",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="how well it goes today, 0 to 10"
                    ),
                ),
                (
                    "conditions",
                    hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="what makes moving hard"),
                ),
                ("issues", hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="what else to heed")),
                ("pain_where", models.CharField(blank=True, max_length=200, verbose_name="where it hurts")),
                (
                    "continence_is_managed",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="urine and stool are managed",
                    ),
                ),
                (
                    "growth_factors",
                    hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="what may slow growth"),
                ),
                (
                    "mobility",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("independent", "walks alone"),
                            ("unsteady", "unsteady, falls often"),
                            ("short_distance", "walks only a short distance, with support"),
                            ("cannot_walk", "cannot walk, sits or moves alone on the floor"),
                            ("lifted", "cannot walk, is lifted for every move"),
                            ("unknown", "not known"),
                        ],
                        max_length=15,
                        verbose_name="how the child moves",
                    ),
                ),
                (
                    "push_method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("helper", "pushed by a helper"),
                            ("both_arms", "both arms"),
                            ("left_arm", "left arm"),
                            ("right_arm", "right arm"),
                            ("both_legs", "both legs"),
                            ("left_leg", "left leg"),
                            ("right_leg", "right leg"),
                            ("unknown", "not known"),
                        ],
                        max_length=10,
                        verbose_name="how the chair will be moved",
                    ),
                ),
                (
                    "use_places",
                    hajar.lib.several.SeveralField(
                        blank=True, default=list, verbose_name="where the chair will be used"
                    ),
                ),
                (
                    "daily_ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("indoor_urban", "smooth: indoors and paved streets"),
                            ("dual", "now smooth, now rough"),
                            ("rough", "rough track, sand or stones every day"),
                            ("unknown", "not known"),
                        ],
                        max_length=12,
                        verbose_name="ground of every day",
                    ),
                ),
                (
                    "distance_per_day",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("up_to_1_km", "up to 1 km"),
                            ("1_to_5_km", "1 to 5 km"),
                            ("over_5_km", "more than 5 km"),
                            ("unknown", "not known"),
                        ],
                        max_length=10,
                        verbose_name="distance a day",
                    ),
                ),
                (
                    "hours_in_chair",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("under_1", "less than 1 hour"),
                            ("1_to_3", "1 to 3 hours"),
                            ("3_to_5", "3 to 5 hours"),
                            ("5_to_8", "5 to 8 hours"),
                            ("over_8", "more than 8 hours"),
                            ("unknown", "not known"),
                        ],
                        max_length=8,
                        verbose_name="hours in the chair a day",
                    ),
                ),
                (
                    "sits_elsewhere",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="how and where the child sits or lies otherwise"
                    ),
                ),
                (
                    "transfer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("alone", "alone"),
                            ("assisted", "with help"),
                            ("standing", "standing up with help"),
                            ("non_standing", "without standing, with help"),
                            ("lifted", "is lifted"),
                            ("other", "otherwise"),
                            ("unknown", "not known"),
                        ],
                        max_length=12,
                        verbose_name="into and out of the chair",
                    ),
                ),
                (
                    "toilet",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("squat", "squat toilet"),
                            ("seat", "toilet with a seat"),
                            ("adapted", "adapted toilet"),
                            ("unknown", "not known"),
                        ],
                        max_length=8,
                        verbose_name="toilet",
                    ),
                ),
                (
                    "transport",
                    hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="how the family travels"),
                ),
                (
                    "has_chair",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="has a wheelchair or buggy that can be used",
                    ),
                ),
                (
                    "chair_meets_needs",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="it meets the child's needs",
                    ),
                ),
                (
                    "chair_suits_home",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="it suits the places where it is used",
                    ),
                ),
                (
                    "chair_fits",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="it fits and supports the posture",
                    ),
                ),
                (
                    "chair_is_safe",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="it is safe and lasting",
                    ),
                ),
                (
                    "chair_cushion_relieves",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("not_applicable", "not applicable"),
                            ("unknown", "not known"),
                        ],
                        max_length=15,
                        verbose_name="the cushion relieves pressure",
                    ),
                ),
                (
                    "injury",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "never"),
                            ("past", "healed"),
                            ("stage_1", "red skin, unbroken (stage 1)"),
                            ("stage_2", "broken skin (stage 2)"),
                            ("stage_3", "deep wound (stage 3)"),
                            ("stage_4", "very deep wound (stage 4)"),
                            ("unstageable", "covered wound, depth not seen"),
                            ("deep_tissue", "dark skin, injury beneath"),
                            ("unknown", "not known"),
                        ],
                        max_length=15,
                        verbose_name="pressure injury",
                    ),
                ),
                (
                    "injury_story",
                    models.CharField(blank=True, max_length=300, verbose_name="since when, and from what"),
                ),
                (
                    "skin_marks",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="{place of the body: mark}, codes of Spot and SkinMark.",
                        verbose_name="body map",
                    ),
                ),
                (
                    "cannot_feel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="cannot feel part of the body that sits",
                    ),
                ),
                (
                    "risk_cannot_move",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="cannot change position alone",
                    ),
                ),
                (
                    "risk_moisture",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="skin often moist",
                    ),
                ),
                (
                    "risk_poor_posture",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="poor posture when sitting",
                    ),
                ),
                (
                    "risk_poor_diet",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="eats or drinks too little",
                    ),
                ),
                (
                    "risk_weight",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="much under or over weight",
                    ),
                ),
                (
                    "swallowing_or_breathing_worse",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="swallows or breathes worse without supported sitting",
                    ),
                ),
                (
                    "pain_or_deformity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="pain in sitting, or hip or spine becoming deformed",
                    ),
                ),
                (
                    "posture_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("basic", "sits well"),
                            ("intermediate", "needs some support"),
                            ("complex", "cannot sit without much support"),
                            ("unknown", "not known"),
                        ],
                        max_length=12,
                        verbose_name="sitting posture",
                    ),
                ),
                (
                    "head_control",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "not at all"),
                            ("partial", "for a moment"),
                            ("full", "well"),
                            ("unknown", "not known"),
                        ],
                        max_length=8,
                        verbose_name="holds the head",
                    ),
                ),
                (
                    "trunk_control",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "not at all"),
                            ("partial", "for a moment"),
                            ("full", "well"),
                            ("unknown", "not known"),
                        ],
                        max_length=8,
                        verbose_name="holds the trunk",
                    ),
                ),
                (
                    "sits_alone_10_s",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="sits on the floor alone for ten seconds",
                    ),
                ),
                (
                    "sits_without_support",
                    models.TextField(blank=True, max_length=1000, verbose_name="how the child sits without support"),
                ),
                (
                    "pelvis_levels",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="the pelvis can be brought level",
                    ),
                ),
                (
                    "hip_left_sits",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="the left hip bends far enough to sit upright",
                    ),
                ),
                (
                    "hip_right_sits",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="the right hip bends far enough to sit upright",
                    ),
                ),
                (
                    "hip_left_deg",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="left hip bends to, degrees"),
                ),
                (
                    "hip_right_deg",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="right hip bends to, degrees"),
                ),
                (
                    "hand_simulation",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='{part: {"neutral": yes, no or unknown, "support": words}}, codes of BodyPart.',
                        verbose_name="hand simulation",
                    ),
                ),
                (
                    "needs_tilt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="needs a seat that tilts or reclines",
                    ),
                ),
                (
                    "progression",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("static", "stable"),
                            ("progressive", "slowly harder"),
                            ("rapid", "much harder within a year"),
                            ("progressive_unknown_rate", "harder, pace not known"),
                            ("unknown", "not known"),
                        ],
                        max_length=25,
                        verbose_name="over the last year moving became",
                    ),
                ),
                (
                    "out_of_school",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="out of school, or often absent, because of mobility",
                    ),
                ),
                (
                    "missed_treatment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="missed treatment for lack of transport",
                    ),
                ),
                (
                    "lifts_per_day",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="times lifted or carried on a usual day"
                    ),
                ),
                (
                    "carer_pain",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="back or shoulder pain of the main carer, 0 to 10"
                    ),
                ),
                (
                    "longest_carry",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "not carried"),
                            ("under_50_m", "less than 50 m"),
                            ("50_to_200_m", "50 to 200 m"),
                            ("over_200_m", "more than 200 m"),
                            ("unknown", "not known"),
                        ],
                        max_length=11,
                        verbose_name="longest carry without a rest",
                    ),
                ),
                (
                    "hours_seated_supported",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="hours yesterday out of bed, sitting with support"
                    ),
                ),
                (
                    "days_out_of_28",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days out of the home in the last 28"
                    ),
                ),
                (
                    "school_days_missed_of_20",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="school days missed of the last 20 because of mobility"
                    ),
                ),
                (
                    "appointments_missed",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        verbose_name="appointments missed or late in three months for lack of transport",
                    ),
                ),
                (
                    "safely_seated_10_min",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("never", "never"),
                            ("rarely", "rarely"),
                            ("sometimes", "sometimes"),
                            ("often", "often"),
                            ("always", "always"),
                            ("unknown", "not known"),
                        ],
                        max_length=9,
                        verbose_name="the child can be left safely seated for ten minutes",
                    ),
                ),
                (
                    "meal_minutes",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="minutes that a meal takes"),
                ),
                (
                    "sole_or_burdened_carer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="single carer, carer with a disability, or two or more affected children",
                    ),
                ),
                (
                    "falls_or_breathing_trouble_in_seat",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="falls out of the present seat, or breathes badly in it",
                    ),
                ),
                (
                    "lost_chair_full_time_user",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="used a chair all day and has just lost it",
                    ),
                ),
                (
                    "palliative",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="receives comfort care at the end of life",
                    ),
                ),
                (
                    "discharge_depends",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="leaving hospital depends on the chair",
                    ),
                ),
                (
                    "narrowest_door_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="narrowest door, mm"),
                ),
                (
                    "steps_at_entrance",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="steps at the entrance"),
                ),
                (
                    "floor",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("tiles", "tiles or cement"),
                            ("carpets", "carpets and mats"),
                            ("earth", "beaten earth"),
                            ("uneven", "uneven, with thresholds"),
                            ("unknown", "not known"),
                        ],
                        max_length=8,
                        verbose_name="floor",
                    ),
                ),
                (
                    "slope",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("flat", "flat"),
                            ("gentle", "gentle slope"),
                            ("steep", "steep slope"),
                            ("unknown", "not known"),
                        ],
                        max_length=8,
                        verbose_name="way to the house",
                    ),
                ),
                (
                    "has_room_for_chair",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "yes"),
                            ("no", "no"),
                            ("unknown", "not known"),
                            ("refused", "preferred not to answer"),
                        ],
                        max_length=10,
                        verbose_name="room to keep the chair dry",
                    ),
                ),
                ("remarks", models.TextField(blank=True, max_length=4000, verbose_name="remarks")),
                (
                    "assessor",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assessor",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="beneficiaries.child",
                        verbose_name="child",
                    ),
                ),
            ],
            options={
                "verbose_name": "assessment",
                "verbose_name_plural": "assessments",
                "indexes": [models.Index(fields=["child", "-assessed_on"], name="assessment_by_child")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("child",),
                        name="child_has_one_draft",
                        violation_error_message="A draft of an assessment is already open for this child.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("completed_at", None), ("state", "draft")),
                            models.Q(("completed_at__isnull", False), ("state", "complete")),
                            _connector="OR",
                        ),
                        name="assessment_complete_has_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("carer_pain", None), ("carer_pain__lte", 10), _connector="OR"),
                        name="assessment_pain_is_0_to_10",
                        violation_error_message="Pain is given from 0 to 10.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("goal_1_importance", None), ("goal_1_importance__lte", 10), _connector="OR"
                        ),
                        name="assessment_goal_1_importance_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("goal_1_now", None), ("goal_1_now__lte", 10), _connector="OR"),
                        name="assessment_goal_1_now_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("goal_2_importance", None), ("goal_2_importance__lte", 10), _connector="OR"
                        ),
                        name="assessment_goal_2_importance_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("goal_2_now", None), ("goal_2_now__lte", 10), _connector="OR"),
                        name="assessment_goal_2_now_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hip_left_deg", None), ("hip_left_deg__lte", 180), _connector="OR"),
                        name="assessment_hip_left_deg_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hip_right_deg", None), ("hip_right_deg__lte", 180), _connector="OR"),
                        name="assessment_hip_right_deg_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hours_seated_supported", None), ("hours_seated_supported__lte", 24), _connector="OR"
                        ),
                        name="assessment_hours_seated_supported_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days_out_of_28", None), ("days_out_of_28__lte", 28), _connector="OR"),
                        name="assessment_days_out_of_28_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("school_days_missed_of_20", None), ("school_days_missed_of_20__lte", 20), _connector="OR"
                        ),
                        name="assessment_school_days_missed_of_20_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("appointments_missed", None), ("appointments_missed__lte", 100), _connector="OR"
                        ),
                        name="assessment_appointments_missed_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("meal_minutes", None), ("meal_minutes__lte", 300), _connector="OR"),
                        name="assessment_meal_minutes_at_most",
                        violation_error_message="This is more than there can be.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="child",
            name="family",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="beneficiaries.family",
                verbose_name="family",
            ),
        ),
        migrations.CreateModel(
            name="Guardian",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "given_name_latin",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[beneficiaries.models.names.check_name],
                        verbose_name="given name in Latin script",
                    ),
                ),
                (
                    "family_name_latin",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[beneficiaries.models.names.check_name],
                        verbose_name="family name in Latin script",
                    ),
                ),
                (
                    "given_name_arabic",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[beneficiaries.models.names.check_name],
                        verbose_name="given name in Arabic script",
                    ),
                ),
                (
                    "family_name_arabic",
                    models.CharField(
                        blank=True,
                        max_length=80,
                        validators=[beneficiaries.models.names.check_name],
                        verbose_name="family name in Arabic script",
                    ),
                ),
                ("sort_key", models.CharField(default="", editable=False, max_length=170)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("mother", "mother"),
                            ("father", "father"),
                            ("grandparent", "grandparent"),
                            ("uncle_aunt", "uncle or aunt"),
                            ("sibling", "brother or sister of age"),
                            ("guardian", "guardian"),
                            ("institution", "institution"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="relation to the children",
                    ),
                ),
                (
                    "legal_basis",
                    models.CharField(
                        choices=[
                            ("father", "father"),
                            ("mother", "mother, in default of the father"),
                            ("testamentary", "testamentary guardian"),
                            ("judge", "judge or guardian named by the judge"),
                            ("de_facto", "actually protects the child (art. 232)"),
                            ("unknown", "to be clarified"),
                        ],
                        default="unknown",
                        max_length=12,
                        verbose_name="legal basis",
                    ),
                ),
                (
                    "phone",
                    beneficiaries.models.phones.PhoneField(
                        blank=True, max_length=128, region=None, verbose_name="phone"
                    ),
                ),
                ("has_whatsapp", models.BooleanField(default=False, verbose_name="uses WhatsApp")),
                ("is_first_contact", models.BooleanField(default=False, verbose_name="call first")),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guardians",
                        to="beneficiaries.family",
                        verbose_name="family",
                    ),
                ),
            ],
            options={
                "verbose_name": "guardian",
                "verbose_name_plural": "guardians",
                "indexes": [models.Index(fields=["phone"], name="guardian_by_phone")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("family_name_arabic", ""),
                            ("family_name_latin", ""),
                            ("given_name_arabic", ""),
                            ("given_name_latin", ""),
                            _negated=True,
                        ),
                        name="guardian_has_a_name",
                        violation_error_message="Give the name in at least one script.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_first_contact", True)),
                        fields=("family",),
                        name="family_has_one_first_contact",
                        violation_error_message="Another guardian of this family is already called first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("care", "care and wheelchair service"),
                            ("hospital", "sharing with the hospital"),
                            ("proof_photo", "photo as proof of delivery"),
                            ("publication_photo", "photo for publication"),
                            ("research", "contact for research"),
                            ("messages", "messages and reminders"),
                        ],
                        max_length=20,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[("given", "given"), ("refused", "refused")],
                        default="given",
                        max_length=8,
                        verbose_name="answer",
                    ),
                ),
                (
                    "legal_basis",
                    models.CharField(
                        choices=[
                            ("father", "father"),
                            ("mother", "mother, in default of the father"),
                            ("testamentary", "testamentary guardian"),
                            ("judge", "judge or guardian named by the judge"),
                            ("de_facto", "actually protects the child (art. 232)"),
                            ("unknown", "to be clarified"),
                        ],
                        max_length=12,
                        verbose_name="legal basis",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("paper", "signed on paper"),
                            ("screen", "signed on a screen"),
                            ("witnessed", "spoken before a witness"),
                        ],
                        default="paper",
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                ("witness", models.CharField(blank=True, max_length=120, verbose_name="witness")),
                (
                    "language",
                    models.CharField(
                        choices=[("ar", "Arabic"), ("fr", "French"), ("zgh", "Tamazight")],
                        default="ar",
                        max_length=3,
                        verbose_name="language",
                    ),
                ),
                (
                    "text_version",
                    models.CharField(default="2026-11", max_length=20, verbose_name="version of the text"),
                ),
                (
                    "evidence",
                    models.FileField(
                        blank=True, upload_to=beneficiaries.models.consents.evidence_path, verbose_name="signed paper"
                    ),
                ),
                (
                    "assent",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "the child agrees"),
                            ("no", "the child does not agree"),
                            ("not_capable", "cannot be asked yet"),
                            ("", "not asked"),
                        ],
                        max_length=12,
                        verbose_name="the child's own answer",
                    ),
                ),
                ("answered_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="answered on")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="withdrawn on")),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="beneficiaries.child",
                        verbose_name="child",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="beneficiaries.guardian",
                        verbose_name="guardian",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "indexes": [models.Index(fields=["child", "purpose", "-answered_on"], name="consent_by_child")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_on", None), ("withdrawn_on__gte", models.F("answered_on")), _connector="OR"
                        ),
                        name="consent_withdrawn_after_given",
                        violation_error_message="A consent cannot be withdrawn before it was given.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", "witnessed"), _negated=True),
                            models.Q(("witness", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="consent_spoken_has_witness",
                        violation_error_message="Name the witness of a spoken consent.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthRecord",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "diagnosis",
                    models.CharField(
                        blank=True,
                        help_text="May stay empty: many children have a motor disorder alone.",
                        max_length=20,
                        verbose_name="diagnosis",
                    ),
                ),
                (
                    "diagnosis_edition",
                    models.CharField(blank=True, max_length=12, verbose_name="edition of the code list"),
                ),
                (
                    "diagnosis_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("suspected", "suspected"),
                            ("clinical", "confirmed clinically"),
                            ("genetic", "confirmed genetically"),
                            ("excluded", "ruled out"),
                        ],
                        max_length=10,
                        verbose_name="status of the diagnosis",
                    ),
                ),
                (
                    "diagnosis_as_written",
                    models.CharField(blank=True, max_length=200, verbose_name="diagnosis as written"),
                ),
                ("hospital", models.CharField(blank=True, max_length=120, verbose_name="hospital")),
                ("hospital_number", models.CharField(blank=True, max_length=40, verbose_name="hospital file number")),
                ("transplanted_on", models.DateField(blank=True, null=True, verbose_name="bone marrow transplant on")),
                ("has_immunoglobulin", models.BooleanField(default=False, verbose_name="receives immunoglobulin")),
                (
                    "limit_radiation",
                    models.BooleanField(
                        default=False,
                        help_text="Ask the hospital before any X-ray or CT scan.",
                        verbose_name="limit ionising radiation",
                    ),
                ),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                (
                    "child",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="health_record",
                        to="beneficiaries.child",
                        verbose_name="child",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "health record",
                "verbose_name_plural": "health records",
            },
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "hip_width_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="A: hip width, mm"),
                ),
                (
                    "seat_depth_left_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="B left: seat depth, mm"),
                ),
                (
                    "seat_depth_right_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="B right: seat depth, mm"),
                ),
                (
                    "calf_left_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="C left: calf length, mm"),
                ),
                (
                    "calf_right_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="C right: calf length, mm"),
                ),
                (
                    "rib_height_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="D: seat to bottom of ribs, mm"
                    ),
                ),
                (
                    "scapula_height_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="E: seat to bottom of shoulder blade, mm"
                    ),
                ),
                (
                    "shoulder_height_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="F: seat to top of shoulder, mm"
                    ),
                ),
                (
                    "trunk_width_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="G: trunk width, mm"),
                ),
                (
                    "axilla_left_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="H left: seat to armpit, mm"),
                ),
                (
                    "axilla_right_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="H right: seat to armpit, mm"),
                ),
                (
                    "pelvis_top_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="I: seat to top of pelvis, mm"
                    ),
                ),
                (
                    "knee_gap_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="J: distance between knees, mm"
                    ),
                ),
                (
                    "skull_base_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="K: seat to base of skull, mm"
                    ),
                ),
                (
                    "seat_bone_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="L: back of pelvis to seat bones, mm"
                    ),
                ),
                (
                    "elbow_height_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat to elbow, mm"),
                ),
                (
                    "shoulder_width_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="shoulder width, mm"),
                ),
                (
                    "foot_length_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="foot length, mm"),
                ),
                (
                    "mass_kg",
                    models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="mass, kg"),
                ),
                (
                    "height_method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("standing", "standing"),
                            ("lying", "lying"),
                            ("knee_height", "not measurable: knee height instead"),
                            ("arm_span", "not measurable: arm span instead"),
                            ("segments", "not measurable: sum of segments instead"),
                            ("unknown", "not known"),
                        ],
                        max_length=11,
                        verbose_name="how height was taken",
                    ),
                ),
                (
                    "height_cm",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="height, cm"
                    ),
                ),
                (
                    "substitute_cm",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=4,
                        null=True,
                        verbose_name="knee height, arm span or sum of segments, cm",
                    ),
                ),
                ("measured_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="measured on")),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("visit", "visit"),
                            ("follow_up", "follow-up"),
                            ("fitting", "fitting"),
                            ("hospital", "hospital"),
                        ],
                        default="visit",
                        max_length=10,
                        verbose_name="occasion",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("taken_back_at", models.DateTimeField(editable=False, null=True, verbose_name="taken back at")),
                (
                    "taken_back_why",
                    models.CharField(blank=True, editable=False, max_length=300, verbose_name="why it was taken back"),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measurements",
                        to="beneficiaries.child",
                        verbose_name="child",
                    ),
                ),
                (
                    "measured_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="measured by",
                    ),
                ),
            ],
            options={
                "verbose_name": "measurement",
                "verbose_name_plural": "measurements",
                "indexes": [models.Index(fields=["child", "-measured_on"], name="measurement_by_child")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at", None), models.Q(("taken_back_why", ""), _negated=True), _connector="OR"
                        ),
                        name="measurement_taken_back_has_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NameKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                (
                    "child",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="name_keys",
                        to="beneficiaries.child",
                    ),
                ),
                (
                    "guardian",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="name_keys",
                        to="beneficiaries.guardian",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["key", "child"], name="namekey_child"),
                    models.Index(fields=["key", "guardian"], name="namekey_guardian"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("child", None), ("guardian__isnull", False)),
                            models.Q(("child__isnull", False), ("guardian", None)),
                            _connector="OR",
                        ),
                        name="namekey_has_one_owner",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("main_chair", "main chair"),
                            ("replacement", "replacement"),
                            ("accessory", "accessory"),
                            ("repair", "repair of the present chair"),
                        ],
                        default="main_chair",
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                ("requested_on", models.DateField(verbose_name="first request")),
                ("opened_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="opened on")),
                ("rule_version", models.CharField(max_length=12, verbose_name="rules")),
                ("score_low", models.PositiveSmallIntegerField(verbose_name="need, low end")),
                ("score_high", models.PositiveSmallIntegerField(verbose_name="need, high end")),
                ("parts", models.JSONField(default=list, verbose_name="parts")),
                ("flags", models.JSONField(default=list, verbose_name="red flags")),
                ("is_urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("urgent_since", models.DateField(blank=True, null=True, verbose_name="urgent since")),
                (
                    "override_score",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="need decided"),
                ),
                ("override_urgent", models.BooleanField(blank=True, null=True, verbose_name="urgency decided")),
                ("override_reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("overridden_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("rank_score", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                (
                    "closing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("delivered", "chair handed over"),
                            ("no_longer_needed", "no longer needed"),
                            ("declined", "declined by the family"),
                            ("served_elsewhere", "served elsewhere"),
                            ("file_closed", "file closed"),
                            ("error", "opened by mistake"),
                        ],
                        max_length=16,
                        verbose_name="closed because",
                    ),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="beneficiaries.assessment",
                        verbose_name="assessment",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="beneficiaries.child",
                        verbose_name="child",
                    ),
                ),
                (
                    "overridden_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "need",
                "verbose_name_plural": "needs",
                "permissions": [("override_need", "Can overrule the score of a need")],
                "indexes": [
                    models.Index(
                        fields=["closed_on", "-is_urgent", "-rank_score", "requested_on", "child"], name="need_queue"
                    ),
                    models.Index(fields=["child", "closed_on"], name="need_by_child"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on", None)),
                        fields=("child", "purpose"),
                        name="child_has_one_open_need_per_purpose",
                        violation_error_message="This need is already on the waiting list.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score_high__lte", 100), ("score_low__lte", models.F("score_high"))),
                        name="need_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on", None), ("closing", "")),
                            models.Q(("closed_on__isnull", False), models.Q(("closing", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="need_closed_has_reason",
                        violation_error_message="Say why the need is closed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("override_score", None), ("override_urgent", None)),
                            models.Q(
                                models.Q(("override_reason", ""), _negated=True),
                                ("overridden_at__isnull", False),
                                ("overridden_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="need_override_has_reason_and_author",
                        violation_error_message="A decision that overrules the score needs a reason and a name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("override_score", None), ("override_score__lte", 100), _connector="OR"),
                        name="need_override_score_is_0_to_100",
                        violation_error_message="A need lies between 0 and 100.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_urgent", False), ("urgent_since__isnull", False), _connector="OR"),
                        name="need_urgent_has_day",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="family",
            name="province",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="families",
                to="beneficiaries.province",
                verbose_name="province or prefecture",
            ),
        ),
        migrations.AddField(
            model_name="province",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="provinces",
                to="beneficiaries.region",
                verbose_name="region",
            ),
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mandates",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        help_text="Leave empty for the whole Kingdom.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="beneficiaries.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "mandate",
                "verbose_name_plural": "mandates",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="mandate_ends_after_it_starts",
                        violation_error_message="A mandate cannot end before it starts.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterImport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("filename", models.CharField(max_length=200, verbose_name="file")),
                ("digest", models.CharField(db_index=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("preview", "to be confirmed"), ("done", "imported"), ("undone", "undone")],
                        default="preview",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("columns", models.JSONField(default=dict, help_text="Which field each column of the workbook feeds.")),
                (
                    "rows",
                    models.JSONField(default=list, help_text="Each row as read, with its verdict and corrections."),
                ),
                ("written", models.JSONField(default=dict, help_text="Ids of what the import created.")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="imported at")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="undone at")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "indexes": [models.Index(fields=["uploaded_by", "-created_at"], name="import_by_user")],
            },
        ),
        migrations.AddIndex(
            model_name="child",
            index=models.Index(fields=["family", "born_on"], name="child_by_family"),
        ),
        migrations.AddIndex(
            model_name="family",
            index=models.Index(fields=["province", "sort_key", "id"], name="family_by_province"),
        ),
    ]
