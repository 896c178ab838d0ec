from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Guardian, Need
from beneficiaries.models.places import scope
from distributions.models.catalogue import Accessory, ChairModel
from hajar.journal.models import Journalled
from hajar.lib.several import SeveralField


class PrescriptionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "need__child__family__province__region"))

    def latest_first(self):
        return self.order_by("-prescribed_on", "-created_at", "pk")


class Prescription(Journalled):
    """One row is what a trained person and the family chose together for a need; a change is a new row.

    The latest one counts. It follows a complete assessment (WHO wheelchair service, step Select).
    """

    class Cushion(models.TextChoices):
        NONE = "none", _("none")
        FLAT_FOAM = "flat_foam", _("flat foam")
        CONTOURED_FOAM = "contoured_foam", _("shaped foam")
        PRESSURE_RELIEF = "pressure_relief", _("pressure relief: foam, gel or air")
        CUSTOM = "custom", _("made to measure")

    class Training(models.TextChoices):
        HANDLING = "handling", _("handling: folding, brakes, straps, cushion")
        TRANSFERS = "transfers", _("getting in and out")
        MOBILITY = "mobility", _("slopes, kerbs, rough ground")
        PRESSURE = "pressure", _("changing position, looking after the skin")
        CARE = "care", _("cleaning, oil, screws, tyres")
        PROBLEMS = "problems", _("whom to call, signs that it is too small")
        HYGIENE = "hygiene", _("disinfecting for a child who falls ill easily")

    class Support(models.TextChoices):
        PELVIS_PAD = "pelvis_pad", _("rear pelvis pad")
        HIP_GUIDES = "hip_guides", _("pelvis side pads")
        SEAT_SHELF = "seat_shelf", _("shelf before the seat bones")
        SEAT_WEDGE = "seat_wedge", _("seat wedge")
        THIGH_PADS = "thigh_pads", _("outside thigh pads")
        KNEE_SEPARATOR = "knee_separator", _("knee separator")
        CALF_SUPPORT = "calf_support", _("calf support")
        FOOT_STRAPS = "foot_straps", _("foot straps")
        FOOT_BOX = "foot_box", _("foot box")
        FOOT_WEDGES = "foot_wedges", _("foot wedges")
        TRUNK_PADS = "trunk_pads", _("trunk side pads")
        SHAPED_BACK = "shaped_back", _("shaped backrest")
        HEADREST = "headrest", _("headrest")
        TRAY = "tray", _("tray")
        PELVIS_BELT = "pelvis_belt", _("pelvis strap")
        THIGH_STRAP = "thigh_strap", _("thigh strap")
        HARNESS = "harness", _("trunk strap or harness")
        CALF_STRAP = "calf_strap", _("calf strap")

    need = models.ForeignKey(Need, verbose_name=_("need"), on_delete=models.PROTECT, related_name="prescriptions")
    prescribed_on = models.DateField(_("date"), default=timezone.localdate)
    prescribed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("prescribed by"), editable=False, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    category = models.CharField(_("kind of chair"), max_length=14, choices=ChairModel.Category.choices)
    posture_class = models.CharField(_("posture class"), max_length=12, choices=ChairModel.Posture.choices)
    model = models.ForeignKey(
        ChairModel, verbose_name=_("model"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seat_width_mm = models.PositiveSmallIntegerField(_("seat width, mm"), null=True, blank=True)
    seat_depth_mm = models.PositiveSmallIntegerField(_("seat depth, mm"), null=True, blank=True)
    seat_to_floor_mm = models.PositiveSmallIntegerField(_("seat to floor, mm"), null=True, blank=True)
    cushion = models.CharField(_("cushion"), max_length=15, choices=Cushion.choices, blank=True)
    cushion_size = models.CharField(_("size of the cushion"), max_length=40, blank=True)
    supports = SeveralField(_("postural supports"), options=Support.choices)
    supports_note = models.CharField(_("sides and sizes of the supports"), max_length=300, blank=True)
    set_up = models.CharField(_("set-up: axle, angles, heights"), max_length=300, blank=True)
    trainings = SeveralField(_("training needed"), options=Training.choices)
    must_have = SeveralField(_("must have"), options=Accessory.choices)
    nice_to_have = SeveralField(_("nice to have"), options=Accessory.choices)
    substitution_allowed = models.BooleanField(_("another model of the same kind may be given"), default=True)
    substitution_limits = models.CharField(_("within these limits"), max_length=300, blank=True)
    agreed_by = models.ForeignKey(
        Guardian, verbose_name=_("agreed with"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    second_signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("second signatory"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", help_text=_("For a complex posture: who looked with you."),
    )  # fmt: skip

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("prescription")
        verbose_name_plural = _("prescriptions")
        indexes = [models.Index(name="prescription_by_need", fields=["need", "-prescribed_on"])]
        constraints = [
            models.CheckConstraint(
                name="prescription_agreed_has_day_and_person",
                condition=Q(agreed_by=None, agreed_on=None) | Q(agreed_by__isnull=False, agreed_on__isnull=False),
                violation_error_message=_("Give both: who agreed, and when."),
            ),
            models.CheckConstraint(
                name="prescription_without_substitution_names_model",
                condition=Q(substitution_allowed=True) | Q(model__isnull=False),
                violation_error_message=_("Name the model, or allow another of the same kind."),
            ),
            models.CheckConstraint(
                name="prescription_second_signatory_is_another",
                condition=Q(second_signatory=None) | ~Q(second_signatory=models.F("prescribed_by")),
                violation_error_message=_("The second signatory is another person."),
            ),
        ]

    def __str__(self):
        return self.get_category_display()
