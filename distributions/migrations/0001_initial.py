import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import distributions.models.deliveries
import distributions.models.preparations
import hajar.lib.several


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("beneficiaries", "0004_censuses_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="Initiative",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name_fr", models.CharField(max_length=120, verbose_name="name in French")),
                ("name_ar", models.CharField(blank=True, max_length=120, verbose_name="name in Arabic")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="name in English")),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("disability_day", "International Day of Persons with Disabilities"),
                            ("rare_disease_day", "Rare Disease Day"),
                            ("ramadan", "Ramadan"),
                            ("school_year", "start of the school year"),
                            ("other", "other occasion"),
                        ],
                        max_length=20,
                        verbose_name="occasion",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                ("target", models.PositiveIntegerField(verbose_name="chairs aimed at")),
                (
                    "budget_mad",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="budget, MAD"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("locked", "locked"),
                            ("approved", "approved"),
                            ("under_way", "under way"),
                            ("reconciled", "reconciled"),
                            ("closed", "closed"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                (
                    "plan_version",
                    models.PositiveIntegerField(
                        default=0,
                        editable=False,
                        help_text="Counts the decisions on the plan: two planners notice each other.",
                    ),
                ),
            ],
            options={
                "verbose_name": "initiative",
                "verbose_name_plural": "initiatives",
                "permissions": [("plan_initiative", "Can share out the chairs of an initiative")],
                "indexes": [models.Index(fields=["-starts_on", "id"], name="initiative_by_date")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="initiative_ends_after_it_starts",
                        violation_error_message="An initiative cannot end before it starts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("budget_mad", None), ("budget_mad__gte", 0), _connector="OR"),
                        name="initiative_budget_is_positive",
                        violation_error_message="A budget cannot be negative.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name_latin", models.CharField(max_length=120, unique=True, verbose_name="name in Latin script")),
                ("name_arabic", models.CharField(blank=True, max_length=120, verbose_name="name in Arabic script")),
                ("contact", models.CharField(blank=True, max_length=200, verbose_name="contact")),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
            },
        ),
        migrations.CreateModel(
            name="Chair",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("number", models.PositiveIntegerField(editable=False, unique=True, verbose_name="number")),
                ("serial", models.CharField(blank=True, max_length=60, verbose_name="serial number")),
                (
                    "ownership",
                    models.CharField(
                        choices=[("gift", "given for good"), ("loan", "lent")],
                        default="gift",
                        max_length=5,
                        verbose_name="handed over as",
                    ),
                ),
                ("is_new", models.BooleanField(default=True, verbose_name="new")),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "new"),
                            ("refurb_a", "refurbished, like new"),
                            ("refurb_b", "refurbished, with marks of use"),
                            ("as_is", "given as it is"),
                        ],
                        max_length=8,
                        verbose_name="condition",
                    ),
                ),
                ("donor", models.CharField(blank=True, max_length=120, verbose_name="donor")),
                ("batch", models.CharField(blank=True, max_length=60, verbose_name="batch")),
                ("acquired_on", models.DateField(blank=True, null=True, verbose_name="acquired on")),
                ("customs_reference", models.CharField(blank=True, max_length=60, verbose_name="customs reference")),
                (
                    "cost_mad",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="cost, MAD"
                    ),
                ),
                ("usable_until", models.DateField(blank=True, null=True, verbose_name="usable until")),
                (
                    "accessories",
                    hajar.lib.several.SeveralField(
                        blank=True, default=list, verbose_name="fitted with, beside what the model brings"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("expected", "expected"),
                            ("to_disinfect", "to be disinfected"),
                            ("to_check", "to be checked"),
                            ("available", "available"),
                            ("reserved", "reserved"),
                            ("loaded", "loaded"),
                            ("in_transfer", "on the way to another depot"),
                            ("handed_over", "with a child"),
                            ("in_repair", "in repair"),
                            ("lost", "lost"),
                            ("scrapped", "scrapped"),
                            ("disputed", "disputed"),
                        ],
                        default="expected",
                        editable=False,
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chairs",
                        to="beneficiaries.child",
                        verbose_name="with",
                    ),
                ),
            ],
            options={
                "verbose_name": "chair",
                "verbose_name_plural": "chairs",
                "permissions": [("record_chairevent", "Can record what happens to a chair")],
                "indexes": [models.Index(fields=["state", "number"], name="chair_by_state")],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("approved", "approved"),
                            ("prepared", "prepared"),
                            ("loaded", "loaded"),
                            ("delivered", "delivered"),
                            ("released", "released"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why this chair")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved at")),
                (
                    "plan_order",
                    models.PositiveSmallIntegerField(
                        editable=False,
                        help_text="Where the need stood when the plan was locked.",
                        null=True,
                        verbose_name="place in the plan",
                    ),
                ),
                (
                    "order_overruled",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="why the order was overruled"
                    ),
                ),
                ("facts", models.JSONField(default=dict, verbose_name="facts")),
                ("stop", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="stop")),
                (
                    "release",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("better_chair", "another chair suits better"),
                            ("chair_damaged", "the chair is damaged"),
                            ("did_not_fit", "the chair did not fit"),
                            ("family_declined", "the family declined"),
                            ("not_reached", "the family could not be reached"),
                            ("file_closed", "the child's file was closed"),
                            ("mistake", "proposed by mistake"),
                            ("other", "other reason"),
                        ],
                        max_length=16,
                        verbose_name="released because",
                    ),
                ),
                ("release_note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="beneficiaries.need",
                        verbose_name="need",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="distributions.chair",
                        verbose_name="chair",
                    ),
                ),
                (
                    "initiative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="distributions.initiative",
                        verbose_name="initiative",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "verbose_name_plural": "allocations",
                "permissions": [
                    ("propose_allocation", "Can reserve a chair for a need"),
                    ("approve_allocation", "Can approve an allocation proposed by another person"),
                    ("prepare_allocation", "Can prepare and load an allocated chair"),
                    ("release_allocation", "Can release an allocation"),
                ],
                "indexes": [models.Index(fields=["initiative", "status"], name="allocation_by_initiative")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["proposed", "approved", "prepared", "loaded"])),
                        fields=("chair",),
                        name="chair_has_one_live_allocation",
                        violation_error_message="This chair is already promised to another child.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["proposed", "approved", "prepared", "loaded"])),
                        fields=("need",),
                        name="need_has_one_live_allocation",
                        violation_error_message="A chair is already reserved for this child.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="allocation_approved_by_another",
                        violation_error_message="The person who proposed cannot approve.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["proposed", "released"]),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="allocation_past_proposal_is_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "released"), _negated=True),
                            models.Q(("release", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="allocation_released_has_reason",
                        violation_error_message="Say why the chair is released.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChairModel",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("manufacturer", models.CharField(max_length=80, verbose_name="manufacturer")),
                ("name", models.CharField(max_length=80, verbose_name="model")),
                ("size", models.CharField(blank=True, max_length=20, verbose_name="size")),
                ("gtin", models.CharField(blank=True, max_length=14, verbose_name="article number (GTIN)")),
                ("country", models.CharField(blank=True, max_length=60, verbose_name="made in")),
                ("iso9999_code", models.CharField(blank=True, max_length=10, verbose_name="ISO 9999 code")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("buggy", "adaptive buggy"),
                            ("push_chair", "push wheelchair"),
                            ("active_manual", "active manual wheelchair"),
                            ("postural_chair", "wheelchair with postural support"),
                            ("tilt_in_space", "tilt-in-space wheelchair"),
                            ("powered", "powered wheelchair"),
                        ],
                        max_length=14,
                        verbose_name="category",
                    ),
                ),
                (
                    "posture_class",
                    models.CharField(
                        choices=[("basic", "basic"), ("intermediate", "intermediate"), ("complex", "complex")],
                        max_length=12,
                        verbose_name="posture class",
                    ),
                ),
                (
                    "terrain_class",
                    models.CharField(
                        choices=[
                            ("indoor_urban", "indoors and town"),
                            ("dual", "town and track"),
                            ("rough", "rough ground"),
                        ],
                        max_length=12,
                        verbose_name="terrain",
                    ),
                ),
                (
                    "seat_width_min_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat width from, mm"),
                ),
                (
                    "seat_width_max_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat width to, mm"),
                ),
                (
                    "seat_width_step_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat width in steps of, mm"),
                ),
                (
                    "seat_depth_min_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat depth from, mm"),
                ),
                (
                    "seat_depth_max_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat depth to, mm"),
                ),
                (
                    "seat_depth_step_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat depth in steps of, mm"),
                ),
                (
                    "seat_to_footrest_min_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat to footrest from, mm"),
                ),
                (
                    "seat_to_footrest_max_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat to footrest to, mm"),
                ),
                (
                    "seat_to_footrest_step_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="seat to footrest in steps of, mm"
                    ),
                ),
                (
                    "backrest_height_min_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="backrest height from, mm"),
                ),
                (
                    "backrest_height_max_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="backrest height to, mm"),
                ),
                (
                    "backrest_height_step_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="backrest height in steps of, mm"
                    ),
                ),
                (
                    "armrest_height_min_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="armrest height from, mm"),
                ),
                (
                    "armrest_height_max_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="armrest height to, mm"),
                ),
                (
                    "headrest_height_min_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="middle of the headrest from, mm"
                    ),
                ),
                (
                    "headrest_height_max_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="middle of the headrest to, mm"
                    ),
                ),
                (
                    "hip_guides_min_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="between the hip guides from, mm"
                    ),
                ),
                (
                    "hip_guides_max_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="between the hip guides to, mm"
                    ),
                ),
                (
                    "trunk_pads_min_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="between the trunk pads from, mm"
                    ),
                ),
                (
                    "trunk_pads_max_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="between the trunk pads to, mm"
                    ),
                ),
                (
                    "trunk_pad_top_min_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="top of the trunk pads from, mm"
                    ),
                ),
                (
                    "trunk_pad_top_max_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="top of the trunk pads to, mm"
                    ),
                ),
                (
                    "pelvis_pad_min_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="middle of the pelvis pad from, mm"
                    ),
                ),
                (
                    "pelvis_pad_max_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="middle of the pelvis pad to, mm"
                    ),
                ),
                ("footrests_are_split", models.BooleanField(default=False, verbose_name="a footrest for each leg")),
                ("has_cushion", models.BooleanField(default=False, verbose_name="comes with a cushion")),
                (
                    "cushion_compressed_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="cushion when sat on, mm"),
                ),
                (
                    "seat_height_front_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="front of the seat above the ground, mm"
                    ),
                ),
                (
                    "seat_height_rear_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="rear of the seat above the ground, mm"
                    ),
                ),
                (
                    "overall_width_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="overall width, mm"),
                ),
                (
                    "overall_length_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="overall length, mm"),
                ),
                (
                    "overall_height_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="overall height, mm"),
                ),
                (
                    "folded_width_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="folded width, mm"),
                ),
                (
                    "folded_length_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="folded length, mm"),
                ),
                (
                    "folded_height_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="folded height, mm"),
                ),
                (
                    "turning_diameter_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="turning circle, mm"),
                ),
                (
                    "push_handle_height_mm",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="push handles above the ground, mm"
                    ),
                ),
                (
                    "rear_wheel_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="rear wheels, mm"),
                ),
                ("castor_mm", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="castors, mm")),
                (
                    "tyres",
                    models.CharField(
                        blank=True,
                        choices=[("solid", "solid"), ("pneumatic", "with air")],
                        max_length=9,
                        verbose_name="tyres",
                    ),
                ),
                (
                    "brakes",
                    models.CharField(
                        blank=True,
                        choices=[("user", "for the user"), ("attendant", "for the helper"), ("both", "for both")],
                        max_length=9,
                        verbose_name="brakes",
                    ),
                ),
                (
                    "tilt_max_deg",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="tilt up to, degrees"),
                ),
                (
                    "recline_max_deg",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="recline up to, degrees"),
                ),
                (
                    "user_mass_min_kg",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="user mass from, kg"
                    ),
                ),
                (
                    "user_mass_max_kg",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="user mass to, kg"
                    ),
                ),
                (
                    "chair_mass_kg",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="mass of the chair, kg"
                    ),
                ),
                (
                    "heaviest_part_kg",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=4,
                        null=True,
                        verbose_name="heaviest part when taken apart, kg",
                    ),
                ),
                ("accessories", hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="comes with")),
                (
                    "accessories_possible",
                    hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="can be fitted with"),
                ),
                ("growth_kit", models.CharField(blank=True, max_length=60, verbose_name="growth kit, part number")),
                ("fits_taxi_boot", models.BooleanField(blank=True, null=True, verbose_name="fits the boot of a taxi")),
                (
                    "is_crash_tested",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="tested as a seat in vehicles (ISO 7176-19)"
                    ),
                ),
                (
                    "standards",
                    models.CharField(
                        blank=True,
                        help_text="With the document that proves each.",
                        max_length=200,
                        verbose_name="standards claimed",
                    ),
                ),
                (
                    "manual_url",
                    models.CharField(
                        blank=True,
                        max_length=200,
                        validators=[django.core.validators.URLValidator(schemes=["https", "http"])],
                        verbose_name="address of the manual",
                    ),
                ),
                (
                    "price_mad",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="usual price, MAD"
                    ),
                ),
                ("notes", models.TextField(blank=True, max_length=2000, verbose_name="notes")),
            ],
            options={
                "verbose_name": "chair model",
                "verbose_name_plural": "chair models",
                "indexes": [models.Index(fields=["manufacturer", "name", "size"], name="chairmodel_by_name")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("manufacturer", "name", "size"),
                        name="chairmodel_is_listed_once",
                        violation_error_message="This model is already in the catalogue in this size.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seat_width_min_mm", None),
                            ("seat_width_max_mm", None),
                            ("seat_width_min_mm__lte", models.F("seat_width_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_seat_width_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seat_depth_min_mm", None),
                            ("seat_depth_max_mm", None),
                            ("seat_depth_min_mm__lte", models.F("seat_depth_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_seat_depth_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seat_to_footrest_min_mm", None),
                            ("seat_to_footrest_max_mm", None),
                            ("seat_to_footrest_min_mm__lte", models.F("seat_to_footrest_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_seat_to_footrest_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("backrest_height_min_mm", None),
                            ("backrest_height_max_mm", None),
                            ("backrest_height_min_mm__lte", models.F("backrest_height_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_backrest_height_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("armrest_height_min_mm", None),
                            ("armrest_height_max_mm", None),
                            ("armrest_height_min_mm__lte", models.F("armrest_height_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_armrest_height_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("headrest_height_min_mm", None),
                            ("headrest_height_max_mm", None),
                            ("headrest_height_min_mm__lte", models.F("headrest_height_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_headrest_height_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hip_guides_min_mm", None),
                            ("hip_guides_max_mm", None),
                            ("hip_guides_min_mm__lte", models.F("hip_guides_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_hip_guides_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trunk_pads_min_mm", None),
                            ("trunk_pads_max_mm", None),
                            ("trunk_pads_min_mm__lte", models.F("trunk_pads_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_trunk_pads_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trunk_pad_top_min_mm", None),
                            ("trunk_pad_top_max_mm", None),
                            ("trunk_pad_top_min_mm__lte", models.F("trunk_pad_top_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_trunk_pad_top_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pelvis_pad_min_mm", None),
                            ("pelvis_pad_max_mm", None),
                            ("pelvis_pad_min_mm__lte", models.F("pelvis_pad_max_mm")),
                            _connector="OR",
                        ),
                        name="chairmodel_pelvis_pad_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("user_mass_min_kg", None),
                            ("user_mass_max_kg", None),
                            ("user_mass_min_kg__lte", models.F("user_mass_max_kg")),
                            _connector="OR",
                        ),
                        name="chairmodel_user_mass_range",
                        violation_error_message="The smallest value is above the largest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cushion_compressed_mm", None), ("has_cushion", True), _connector="OR"),
                        name="chairmodel_cushion_has_thickness_only_if_there",
                        violation_error_message="A cushion has a thickness only where there is one.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="chair",
            name="model",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="chairs",
                to="distributions.chairmodel",
                verbose_name="model",
            ),
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("delivered", "delivered"),
                            ("not_at_home", "not at home"),
                            ("wrong_address", "wrong address"),
                            ("refused", "refused"),
                            ("did_not_fit", "did not fit and not left"),
                            ("other", "other"),
                        ],
                        max_length=13,
                        verbose_name="what happened",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("happened_at", models.DateTimeField(verbose_name="happened at, by the phone")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                ("device", models.CharField(blank=True, max_length=80, verbose_name="device")),
                (
                    "is_healthy",
                    models.BooleanField(default=False, verbose_name="the volunteer declared herself healthy"),
                ),
                ("receiver_name", models.CharField(blank=True, max_length=120, verbose_name="received by")),
                (
                    "receiver_relation",
                    models.CharField(
                        blank=True,
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
                        verbose_name="relation to the child",
                    ),
                ),
                (
                    "fits_width",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="hips without pressure",
                    ),
                ),
                (
                    "fits_depth",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="two fingers behind the knee",
                    ),
                ),
                (
                    "feet_supported",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="feet supported",
                    ),
                ),
                (
                    "sits_upright",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="sits upright and at ease",
                    ),
                ),
                (
                    "brakes_shown",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="the family locked the brakes",
                    ),
                ),
                (
                    "straps_shown",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="the family fastened the straps",
                    ),
                ),
                (
                    "folding_shown",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="the family folded or lifted the chair",
                    ),
                ),
                (
                    "care_explained",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="cleaning and whom to call explained",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                ("content_hash", models.CharField(editable=False, max_length=64)),
                (
                    "needs_a_look",
                    models.CharField(
                        blank=True,
                        help_text="Codes of the doubts, parted by commas.",
                        max_length=200,
                        verbose_name="someone must look",
                    ),
                ),
                ("handed_over_on", models.DateField(editable=False, null=True, verbose_name="handed over on")),
                (
                    "allocation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="distributions.allocation",
                        verbose_name="allocation",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="volunteer",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "permissions": [("record_delivery", "Can record deliveries of her own rounds")],
                "indexes": [
                    models.Index(fields=["-happened_at", "id"], name="delivery_by_moment"),
                    models.Index(fields=["outcome", "happened_at"], name="delivery_by_outcome"),
                    models.Index(fields=["handed_over_on", "id"], name="delivery_by_hand_over"),
                    models.Index(
                        condition=models.Q(("needs_a_look", ""), _negated=True),
                        fields=["-received_at", "id"],
                        name="delivery_in_doubt",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("handed_over_on__isnull", False)),
                        fields=("allocation",),
                        name="allocation_is_handed_over_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("handed_over_on", None), ("outcome", "delivered"), _connector="OR"),
                        name="delivery_handed_over_is_delivered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ["refused", "did_not_fit", "other"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="delivery_failed_has_reason",
                        violation_error_message="Say why.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "delivered"), _negated=True),
                            models.Q(
                                models.Q(("receiver_name", ""), _negated=True),
                                models.Q(("receiver_relation", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="delivery_made_has_receiver",
                        violation_error_message="Write who received the chair, and the relation to the child.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Depot",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("address", models.CharField(blank=True, max_length=250, verbose_name="address")),
                ("is_open", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="depots",
                        to="beneficiaries.province",
                        verbose_name="province or prefecture",
                    ),
                ),
            ],
            options={
                "verbose_name": "depot",
                "verbose_name_plural": "depots",
            },
        ),
        migrations.AddField(
            model_name="chair",
            name="depot",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="chairs",
                to="distributions.depot",
                verbose_name="depot",
            ),
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("days_14", "call after 14 days"),
                            ("days_42", "visit after six weeks"),
                            ("half_yearly", "half-yearly look"),
                        ],
                        max_length=12,
                        verbose_name="step",
                    ),
                ),
                ("done_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="done on")),
                (
                    "contact",
                    models.CharField(
                        choices=[
                            ("call", "by phone"),
                            ("visit", "visit at home"),
                            ("centre", "at the centre"),
                            ("other", "elsewhere"),
                        ],
                        default="visit",
                        max_length=7,
                        verbose_name="how",
                    ),
                ),
                ("still_used", models.BooleanField(default=True, verbose_name="the chair is used")),
                (
                    "unused_because",
                    hajar.lib.several.SeveralField(
                        blank=True, default=list, verbose_name="what keeps the child from using it"
                    ),
                ),
                ("why_not_used", models.CharField(blank=True, max_length=200, verbose_name="why it is not used")),
                ("places", hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="where it is used")),
                (
                    "hours_per_day",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="hours of use a day"),
                ),
                ("has_skin_problem", models.BooleanField(default=False, verbose_name="red or broken skin")),
                (
                    "skin",
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
                        verbose_name="skin",
                    ),
                ),
                (
                    "pain",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="pain when sitting, 0 to 10"),
                ),
                (
                    "falls",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="falls or tips since the last look"
                    ),
                ),
                (
                    "swallowing_change",
                    models.CharField(
                        choices=[
                            ("better", "better"),
                            ("same", "the same"),
                            ("worse", "worse"),
                            ("unknown", "not known"),
                        ],
                        default="unknown",
                        max_length=8,
                        verbose_name="swallowing and breathing in the chair",
                    ),
                ),
                (
                    "fits_width",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="hips without pressure",
                    ),
                ),
                (
                    "fits_depth",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="two fingers behind the knee",
                    ),
                ),
                (
                    "feet_supported",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="feet supported",
                    ),
                ),
                (
                    "sits_upright",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("not_done", "not done")],
                        max_length=8,
                        verbose_name="sits upright and at ease",
                    ),
                ),
                ("worn_parts", hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="worn")),
                ("broken_parts", hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="broken")),
                ("training_refreshed", models.BooleanField(default=False, verbose_name="training refreshed")),
                ("action", models.CharField(blank=True, max_length=300, verbose_name="what is to be done")),
                ("action_due_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("action_done_on", models.DateField(blank=True, editable=False, null=True, verbose_name="done")),
                ("needs_remeasuring", models.BooleanField(default=False, verbose_name="to be measured again")),
                (
                    "school_change",
                    models.CharField(
                        choices=[
                            ("better", "better"),
                            ("same", "the same"),
                            ("worse", "worse"),
                            ("unknown", "not known"),
                        ],
                        default="unknown",
                        max_length=8,
                        verbose_name="school",
                    ),
                ),
                (
                    "mobility_change",
                    models.CharField(
                        choices=[
                            ("better", "better"),
                            ("same", "the same"),
                            ("worse", "worse"),
                            ("unknown", "not known"),
                        ],
                        default="unknown",
                        max_length=8,
                        verbose_name="getting about",
                    ),
                ),
                (
                    "burden_change",
                    models.CharField(
                        choices=[
                            ("better", "better"),
                            ("same", "the same"),
                            ("worse", "worse"),
                            ("unknown", "not known"),
                        ],
                        default="unknown",
                        max_length=8,
                        verbose_name="carrying and care for the family",
                    ),
                ),
                (
                    "satisfaction",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="satisfaction, 1 to 5"),
                ),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                (
                    "action_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who does it",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followups",
                        to="distributions.delivery",
                        verbose_name="delivery",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="done by",
                    ),
                ),
                (
                    "measurement",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followup",
                        to="beneficiaries.measurement",
                        verbose_name="measures taken",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up",
                "verbose_name_plural": "follow-ups",
                "indexes": [
                    models.Index(fields=["-done_on", "id"], name="followup_by_day"),
                    models.Index(fields=["delivery", "step", "done_on"], name="followup_by_delivery"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("still_used", True), models.Q(("why_not_used", ""), _negated=True), _connector="OR"
                        ),
                        name="followup_unused_has_reason",
                        violation_error_message="Say why the chair is not used.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours_per_day", None), ("hours_per_day__lte", 24), _connector="OR"),
                        name="followup_hours_fit_in_a_day",
                        violation_error_message="A day has 24 hours.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pain", None), ("pain__lte", 10), _connector="OR"),
                        name="followup_pain_is_0_to_10",
                        violation_error_message="Pain is given from 0 to 10.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action", ""), ("action_due_on__isnull", False), _connector="OR"),
                        name="followup_action_has_day",
                        violation_error_message="Say until when it is to be done.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("satisfaction", None), ("satisfaction__range", (1, 5)), _connector="OR"),
                        name="followup_satisfaction_is_1_to_5",
                        violation_error_message="Satisfaction is given from 1 to 5.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Forecast",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("rule_version", models.CharField(max_length=12, verbose_name="rules")),
                ("measured_on", models.DateField(verbose_name="measures of")),
                ("good_fit_early_on", models.DateField(null=True, verbose_name="leaves its good fit, early")),
                ("good_fit_likely_on", models.DateField(null=True, verbose_name="leaves its good fit, likely")),
                ("good_fit_late_on", models.DateField(null=True, verbose_name="leaves its good fit, late")),
                ("too_small_early_on", models.DateField(null=True, verbose_name="too small, early")),
                ("too_small_likely_on", models.DateField(db_index=True, null=True, verbose_name="too small, likely")),
                ("too_small_late_on", models.DateField(null=True, verbose_name="too small, late")),
                ("limiting", models.CharField(blank=True, max_length=20, verbose_name="what is too small first")),
                ("not_evaluated", models.JSONField(default=list, verbose_name="not evaluated")),
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="forecast",
                        to="distributions.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "growth forecast",
                "verbose_name_plural": "growth forecasts",
                "default_permissions": ("view",),
            },
        ),
        migrations.AddField(
            model_name="initiative",
            name="partners",
            field=models.ManyToManyField(
                blank=True, related_name="initiatives", to="distributions.partner", verbose_name="partners"
            ),
        ),
        migrations.CreateModel(
            name="PlanLock",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("facts", models.JSONField(default=dict, verbose_name="facts")),
                (
                    "initiative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locks",
                        to="distributions.initiative",
                        verbose_name="initiative",
                    ),
                ),
                (
                    "locked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="locked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "locked plan",
                "verbose_name_plural": "locked plans",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["initiative", "-created_at"], name="planlock_by_initiative")],
            },
        ),
        migrations.CreateModel(
            name="PlanRule",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fix", "this chair for this child"),
                            ("forbid", "not this chair for this child"),
                            ("exclude_need", "not this child in this initiative"),
                            ("exclude_chair", "not this chair in this initiative"),
                        ],
                        max_length=13,
                        verbose_name="decision",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("taken_back_at", models.DateTimeField(editable=False, null=True, verbose_name="taken back at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_rules",
                        to="distributions.chair",
                        verbose_name="chair",
                    ),
                ),
                (
                    "initiative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_rules",
                        to="distributions.initiative",
                        verbose_name="initiative",
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_rules",
                        to="beneficiaries.need",
                        verbose_name="need",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on a plan",
                "verbose_name_plural": "decisions on plans",
                "indexes": [models.Index(fields=["initiative", "taken_back_at"], name="planrule_by_initiative")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("chair__isnull", False), ("kind__in", ["fix", "forbid"]), ("need__isnull", False)
                            ),
                            models.Q(("chair", None), ("kind", "exclude_need"), ("need__isnull", False)),
                            models.Q(("chair__isnull", False), ("kind", "exclude_chair"), ("need", None)),
                            _connector="OR",
                        ),
                        name="planrule_names_what_it_is_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="planrule_has_reason",
                        violation_error_message="Say why.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "fix"), ("taken_back_at", None)),
                        fields=("initiative", "need"),
                        name="need_is_fixed_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "fix"), ("taken_back_at", None)),
                        fields=("initiative", "chair"),
                        name="chair_is_fixed_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preparation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("answers", models.JSONField(default=dict, verbose_name="points")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("disinfectant", models.CharField(blank=True, max_length=80, verbose_name="disinfected with")),
                (
                    "photo",
                    models.FileField(
                        blank=True, upload_to=distributions.models.preparations.preparation_path, verbose_name="photo"
                    ),
                ),
                ("prepared_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="prepared at")),
                (
                    "allocation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="preparations",
                        to="distributions.allocation",
                        verbose_name="allocation",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prepared by",
                    ),
                ),
            ],
            options={
                "verbose_name": "preparation",
                "verbose_name_plural": "preparations",
                "indexes": [models.Index(fields=["allocation", "-prepared_at"], name="preparation_by_allocation")],
            },
        ),
        migrations.CreateModel(
            name="Prescription",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("prescribed_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="date")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("buggy", "adaptive buggy"),
                            ("push_chair", "push wheelchair"),
                            ("active_manual", "active manual wheelchair"),
                            ("postural_chair", "wheelchair with postural support"),
                            ("tilt_in_space", "tilt-in-space wheelchair"),
                            ("powered", "powered wheelchair"),
                        ],
                        max_length=14,
                        verbose_name="kind of chair",
                    ),
                ),
                (
                    "posture_class",
                    models.CharField(
                        choices=[("basic", "basic"), ("intermediate", "intermediate"), ("complex", "complex")],
                        max_length=12,
                        verbose_name="posture class",
                    ),
                ),
                (
                    "seat_width_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat width, mm"),
                ),
                (
                    "seat_depth_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat depth, mm"),
                ),
                (
                    "seat_to_floor_mm",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat to floor, mm"),
                ),
                (
                    "cushion",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "none"),
                            ("flat_foam", "flat foam"),
                            ("contoured_foam", "shaped foam"),
                            ("pressure_relief", "pressure relief: foam, gel or air"),
                            ("custom", "made to measure"),
                        ],
                        max_length=15,
                        verbose_name="cushion",
                    ),
                ),
                ("cushion_size", models.CharField(blank=True, max_length=40, verbose_name="size of the cushion")),
                (
                    "supports",
                    hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="postural supports"),
                ),
                (
                    "supports_note",
                    models.CharField(blank=True, max_length=300, verbose_name="sides and sizes of the supports"),
                ),
                ("set_up", models.CharField(blank=True, max_length=300, verbose_name="set-up: axle, angles, heights")),
                ("trainings", hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="training needed")),
                ("must_have", hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="must have")),
                ("nice_to_have", hajar.lib.several.SeveralField(blank=True, default=list, verbose_name="nice to have")),
                (
                    "substitution_allowed",
                    models.BooleanField(default=True, verbose_name="another model of the same kind may be given"),
                ),
                (
                    "substitution_limits",
                    models.CharField(blank=True, max_length=300, verbose_name="within these limits"),
                ),
                ("agreed_on", models.DateField(blank=True, null=True, verbose_name="agreed on")),
                (
                    "agreed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="beneficiaries.guardian",
                        verbose_name="agreed with",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="distributions.chairmodel",
                        verbose_name="model",
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prescriptions",
                        to="beneficiaries.need",
                        verbose_name="need",
                    ),
                ),
                (
                    "prescribed_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prescribed by",
                    ),
                ),
                (
                    "second_signatory",
                    models.ForeignKey(
                        blank=True,
                        help_text="For a complex posture: who looked with you.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="second signatory",
                    ),
                ),
            ],
            options={
                "verbose_name": "prescription",
                "verbose_name_plural": "prescriptions",
                "indexes": [models.Index(fields=["need", "-prescribed_on"], name="prescription_by_need")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agreed_by", None), ("agreed_on", None)),
                            models.Q(("agreed_by__isnull", False), ("agreed_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="prescription_agreed_has_day_and_person",
                        violation_error_message="Give both: who agreed, and when.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("substitution_allowed", True), ("model__isnull", False), _connector="OR"),
                        name="prescription_without_substitution_names_model",
                        violation_error_message="Name the model, or allow another of the same kind.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_signatory", None),
                            models.Q(("second_signatory", models.F("prescribed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="prescription_second_signatory_is_another",
                        violation_error_message="The second signatory is another person.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "batch",
                    models.CharField(
                        blank=True,
                        help_text="Leave empty for every chair of the model.",
                        max_length=60,
                        verbose_name="batch",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="what is wrong")),
                ("what_to_do", models.CharField(max_length=300, verbose_name="what makes a chair safe")),
                ("opened_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="opened on")),
                ("closed_on", models.DateField(null=True, verbose_name="closed on")),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recalls",
                        to="distributions.chairmodel",
                        verbose_name="model",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opened by",
                    ),
                ),
            ],
            options={
                "verbose_name": "recall",
                "verbose_name_plural": "recalls",
                "indexes": [models.Index(fields=["-opened_on", "id"], name="recall_by_day")],
            },
        ),
        migrations.CreateModel(
            name="RecallLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("contacted_on", models.DateField(null=True, verbose_name="family told on")),
                ("safe_on", models.DateField(null=True, verbose_name="safe since")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recall_lines",
                        to="distributions.chair",
                        verbose_name="chair",
                    ),
                ),
                (
                    "contacted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="told by",
                    ),
                ),
                (
                    "recall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="distributions.recall",
                        verbose_name="recall",
                    ),
                ),
                (
                    "safe_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made safe by",
                    ),
                ),
            ],
            options={
                "verbose_name": "recalled chair",
                "verbose_name_plural": "recalled chairs",
                "constraints": [
                    models.UniqueConstraint(fields=("recall", "chair"), name="chair_is_recalled_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contacted_by", None), ("contacted_on", None)),
                            models.Q(("contacted_by__isnull", False), ("contacted_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="recallline_days_have_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("safe_by", None), ("safe_on", None)),
                            models.Q(("safe_by__isnull", False), ("safe_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="recallline_safe_has_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegionFloor",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("least", models.PositiveSmallIntegerField(verbose_name="at least")),
                (
                    "initiative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="floors",
                        to="distributions.initiative",
                        verbose_name="initiative",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="beneficiaries.region",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "regional floor",
                "verbose_name_plural": "regional floors",
                "constraints": [
                    models.UniqueConstraint(fields=("initiative", "region"), name="region_has_one_floor"),
                    models.CheckConstraint(condition=models.Q(("least__gte", 1)), name="region_floor_is_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Repair",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("broke_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="broken since")),
                ("fixed_on", models.DateField(blank=True, null=True, verbose_name="working again since")),
                ("what", models.CharField(max_length=300, verbose_name="what is broken")),
                ("parts", models.CharField(blank=True, max_length=300, verbose_name="parts")),
                (
                    "cost_mad",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="cost, MAD"
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repairs",
                        to="distributions.chair",
                        verbose_name="chair",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        editable=False,
                        help_text="Who had the chair when it broke.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repairs",
                        to="beneficiaries.child",
                        verbose_name="child without the chair",
                    ),
                ),
                (
                    "loan_chair",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lent_for",
                        to="distributions.chair",
                        verbose_name="chair lent meanwhile",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reported by",
                    ),
                ),
            ],
            options={
                "verbose_name": "repair",
                "verbose_name_plural": "repairs",
                "indexes": [models.Index(fields=["-broke_on", "id"], name="repair_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fixed_on", None), ("fixed_on__gte", models.F("broke_on")), _connector="OR"
                        ),
                        name="repair_ends_after_it_begins",
                        violation_error_message="A repair cannot end before it begins.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("day", models.DateField(verbose_name="day")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note for the volunteer")),
                ("opened_at", models.DateTimeField(editable=False, null=True, verbose_name="opened on the phone")),
                (
                    "initiative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="distributions.initiative",
                        verbose_name="initiative",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="beneficiaries.province",
                        verbose_name="province or prefecture",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="volunteer",
                    ),
                ),
            ],
            options={
                "verbose_name": "round",
                "verbose_name_plural": "rounds",
                "indexes": [
                    models.Index(fields=["-day", "id"], name="round_by_day"),
                    models.Index(fields=["volunteer", "day"], name="round_by_volunteer"),
                ],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="round",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="distributions.round",
                verbose_name="round",
            ),
        ),
        migrations.AddField(
            model_name="allocation",
            name="round",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="distributions.round",
                verbose_name="round",
            ),
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="begun at")),
                ("finalised_at", models.DateTimeField(null=True, verbose_name="finalised at")),
                ("abandoned_at", models.DateTimeField(null=True, verbose_name="abandoned at")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="counted by",
                    ),
                ),
                (
                    "depot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counts",
                        to="distributions.depot",
                        verbose_name="depot",
                    ),
                ),
                (
                    "finalised_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="finalised by",
                    ),
                ),
            ],
            options={
                "verbose_name": "count of a depot",
                "verbose_name_plural": "counts of depots",
                "indexes": [models.Index(fields=["-begun_at", "id"], name="stockcount_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("abandoned_at", None), ("finalised_at", None)),
                        fields=("depot",),
                        name="depot_has_one_open_count",
                        violation_error_message="This depot is already being counted.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finalised_at", None), ("finalised_by", None)),
                            models.Q(
                                ("finalised_at__isnull", False),
                                ("finalised_by__isnull", False),
                                models.Q(("finalised_by", models.F("begun_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="stockcount_finalised_by_another",
                        violation_error_message="Another person finalises the count.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CountLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "found",
                    models.CharField(
                        choices=[("seen", "seen"), ("missing", "looked for, not found")],
                        max_length=7,
                        verbose_name="found",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="distributions.chair",
                        verbose_name="chair",
                    ),
                ),
                (
                    "count",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="distributions.stockcount",
                        verbose_name="count",
                    ),
                ),
            ],
            options={
                "verbose_name": "counted chair",
                "verbose_name_plural": "counted chairs",
                "constraints": [models.UniqueConstraint(fields=("count", "chair"), name="chair_is_counted_once")],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("carrier", models.CharField(blank=True, max_length=120, verbose_name="carried by")),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sent at")),
                ("received_at", models.DateTimeField(null=True, verbose_name="received at")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="distributions.depot",
                        verbose_name="to",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="distributions.depot",
                        verbose_name="from",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="received by",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "transfer",
                "verbose_name_plural": "transfers",
                "indexes": [models.Index(fields=["-sent_at", "id"], name="transfer_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin", models.F("destination")), _negated=True),
                        name="transfer_leads_elsewhere",
                        violation_error_message="Choose another depot.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("received_at", None), ("received_by", None)),
                            models.Q(("received_at__isnull", False), ("received_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="transfer_received_has_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("arrived", models.BooleanField(null=True, verbose_name="arrived")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer_lines",
                        to="distributions.chair",
                        verbose_name="chair",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="distributions.transfer",
                        verbose_name="transfer",
                    ),
                ),
            ],
            options={
                "verbose_name": "transferred chair",
                "verbose_name_plural": "transferred chairs",
                "constraints": [
                    models.UniqueConstraint(fields=("transfer", "chair"), name="chair_is_in_a_transfer_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("arrived", None)), fields=("chair",), name="chair_is_in_one_open_transfer"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkshopChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("what", models.CharField(max_length=120, verbose_name="what the workshop does")),
                (
                    "dimension",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("seat_width", "seat width"),
                            ("seat_depth", "seat depth"),
                            ("seat_to_footrest", "seat to footrest"),
                            ("backrest_height", "backrest height"),
                            ("armrest_height", "armrest height"),
                            ("headrest_height", "middle of the headrest"),
                            ("hip_guides", "between the hip guides"),
                            ("trunk_pads", "between the trunk pads"),
                            ("trunk_pad_top", "top of the trunk pads"),
                            ("pelvis_pad", "middle of the pelvis pad"),
                        ],
                        max_length=16,
                        verbose_name="dimension that changes",
                    ),
                ),
                ("min_mm", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="then from, mm")),
                ("max_mm", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="then to, mm")),
                (
                    "adds",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("headrest", "headrest"),
                            ("hip_guides", "hip guides"),
                            ("trunk_pads", "trunk pads"),
                            ("pelvis_pad", "rear pelvis pad"),
                            ("pelvis_belt", "pelvis belt"),
                            ("harness", "harness"),
                            ("knee_separator", "knee separator"),
                            ("thigh_pads", "outside thigh pads"),
                            ("calf_support", "calf support"),
                            ("foot_box", "foot box"),
                            ("foot_straps", "foot straps"),
                            ("seat_shelf", "shelf before the seat bones"),
                            ("tray", "tray"),
                            ("anti_tippers", "anti-tip bars"),
                            ("cover", "rain and sun cover"),
                            ("handle_extension", "longer push handles"),
                            ("tie_downs", "tie-down points for transport"),
                            ("pump_holder", "holder for oxygen or a feeding pump"),
                            ("cushion", "pressure-relief cushion"),
                            ("growth_kit", "growth kit"),
                        ],
                        max_length=16,
                        verbose_name="accessory that it adds",
                    ),
                ),
                (
                    "cost_mad",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="cost, MAD"
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="days it takes")),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workshop_changes",
                        to="distributions.chairmodel",
                        verbose_name="model",
                    ),
                ),
            ],
            options={
                "verbose_name": "workshop change",
                "verbose_name_plural": "workshop changes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("adds", ""), ("dimension", ""), _negated=True),
                        name="workshopchange_changes_something",
                        violation_error_message="Say which dimension changes or what is added.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dimension", ""), ("max_mm", None), ("min_mm", None)),
                            models.Q(
                                models.Q(("dimension", ""), _negated=True),
                                ("max_mm__isnull", False),
                                ("min_mm__isnull", False),
                                ("min_mm__lte", models.F("max_mm")),
                            ),
                            _connector="OR",
                        ),
                        name="workshopchange_dimension_has_range",
                        violation_error_message="Give the range of the dimension after the change.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "kind",
                    models.CharField(
                        choices=[("signature", "signature"), ("photo", "photo")], max_length=9, verbose_name="kind"
                    ),
                ),
                (
                    "file",
                    models.FileField(upload_to=distributions.models.deliveries.attachment_path, verbose_name="file"),
                ),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="distributions.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "constraints": [
                    models.UniqueConstraint(fields=("delivery", "kind"), name="delivery_has_one_of_each_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="ChairEvent",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "sequence",
                    models.PositiveIntegerField(
                        help_text="1 for the chair's first event, and so on without gaps.", verbose_name="number"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("disinfected", "disinfected"),
                            ("checked", "safety checked"),
                            ("reserved", "reserved"),
                            ("released", "released"),
                            ("prepared", "prepared"),
                            ("loaded", "loaded"),
                            ("unloaded", "brought back"),
                            ("moved", "moved to another depot"),
                            ("sent", "sent to another depot"),
                            ("arrived", "arrived in the depot"),
                            ("handed_over", "handed over"),
                            ("returned", "returned"),
                            ("repair_begun", "repair begun"),
                            ("repaired", "repaired"),
                            ("lost", "lost"),
                            ("found", "found again"),
                            ("scrapped", "scrapped"),
                            ("corrected", "corrected"),
                        ],
                        max_length=12,
                        verbose_name="event",
                    ),
                ),
                ("happened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="distributions.chair",
                        verbose_name="chair",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="beneficiaries.child",
                        verbose_name="child",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="distributions.chairevent",
                        verbose_name="takes back",
                    ),
                ),
                (
                    "depot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="distributions.depot",
                        verbose_name="depot",
                    ),
                ),
            ],
            options={
                "verbose_name": "chair event",
                "verbose_name_plural": "chair events",
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(fields=("chair", "sequence"), name="chair_events_are_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "handed_over"), _negated=True), ("child__isnull", False), _connector="OR"
                        ),
                        name="chair_handed_over_to_a_child",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["received", "moved", "arrived"]), _negated=True),
                            ("depot__isnull", False),
                            _connector="OR",
                        ),
                        name="chair_received_in_a_depot",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="chair",
            index=models.Index(fields=["depot", "state", "number"], name="chair_by_depot"),
        ),
        migrations.AddIndex(
            model_name="chair",
            index=models.Index(fields=["model", "batch"], name="chair_by_batch"),
        ),
        migrations.AddConstraint(
            model_name="chair",
            constraint=models.UniqueConstraint(
                condition=models.Q(("serial", ""), _negated=True),
                fields=("model", "serial"),
                name="chair_serial_is_known_once",
                violation_error_message="A chair of this model with this serial number is already known.",
            ),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["round", "stop"], name="allocation_by_round"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "loaded"), _negated=True), ("round__isnull", False), _connector="OR"
                ),
                name="allocation_loaded_has_round",
            ),
        ),
    ]
