"""A child's measures: in an assessment, and taken again between two assessments."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.children import Child
from beneficiaries.models.places import scope
from hajar.journal.models import Journalled


def _millimetres(label) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class HeightMethod(models.TextChoices):
    STANDING = "standing", _("standing")
    LYING = "lying", _("lying")
    KNEE_HEIGHT = "knee_height", _("not measurable: knee height instead")
    ARM_SPAN = "arm_span", _("not measurable: arm span instead")
    SEGMENTS = "segments", _("not measurable: sum of segments instead")
    UNKNOWN = "unknown", _("not known")


class Measured(models.Model):
    """What can be measured of a seated child. Letters as in the WHO wheelchair service training; mm, kg, cm."""

    # Knee height and arm span say nothing of the stature without an equation, and none is fit for our children.
    STATURE_METHODS = ("", HeightMethod.STANDING, HeightMethod.LYING)
    SUBSTITUTES = (HeightMethod.KNEE_HEIGHT, HeightMethod.ARM_SPAN, HeightMethod.SEGMENTS)

    hip_width_mm = _millimetres(_("A: hip width, mm"))
    seat_depth_left_mm = _millimetres(_("B left: seat depth, mm"))
    seat_depth_right_mm = _millimetres(_("B right: seat depth, mm"))
    calf_left_mm = _millimetres(_("C left: calf length, mm"))
    calf_right_mm = _millimetres(_("C right: calf length, mm"))
    rib_height_mm = _millimetres(_("D: seat to bottom of ribs, mm"))
    scapula_height_mm = _millimetres(_("E: seat to bottom of shoulder blade, mm"))
    shoulder_height_mm = _millimetres(_("F: seat to top of shoulder, mm"))
    trunk_width_mm = _millimetres(_("G: trunk width, mm"))
    axilla_left_mm = _millimetres(_("H left: seat to armpit, mm"))
    axilla_right_mm = _millimetres(_("H right: seat to armpit, mm"))
    pelvis_top_mm = _millimetres(_("I: seat to top of pelvis, mm"))
    knee_gap_mm = _millimetres(_("J: distance between knees, mm"))
    skull_base_mm = _millimetres(_("K: seat to base of skull, mm"))
    seat_bone_mm = _millimetres(_("L: back of pelvis to seat bones, mm"))
    elbow_height_mm = _millimetres(_("seat to elbow, mm"))
    shoulder_width_mm = _millimetres(_("shoulder width, mm"))
    foot_length_mm = _millimetres(_("foot length, mm"))
    mass_kg = models.DecimalField(_("mass, kg"), max_digits=4, decimal_places=1, null=True, blank=True)
    height_method = models.CharField(_("how height was taken"), max_length=11, choices=HeightMethod.choices, blank=True)
    height_cm = models.DecimalField(_("height, cm"), max_digits=4, decimal_places=1, null=True, blank=True)
    substitute_cm = models.DecimalField(
        _("knee height, arm span or sum of segments, cm"), max_digits=4, decimal_places=1, null=True, blank=True
    )

    class Meta:
        abstract = True


class MeasurementQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "child__family__province__region"))

    def standing(self):
        """Those that nobody took back."""
        return self.filter(taken_back_at=None)

    def latest_first(self):
        return self.order_by("-measured_on", "-created_at", "pk")

    def oldest_first(self):
        return self.order_by("measured_on", "created_at", "pk")


class Measurement(Measured, Journalled):
    """One row is some of a child's measures taken again on one day; what is empty was not taken."""

    class Occasion(models.TextChoices):
        VISIT = "visit", _("visit")
        FOLLOW_UP = "follow_up", _("follow-up")
        FITTING = "fitting", _("fitting")
        HOSPITAL = "hospital", _("hospital")

    child = models.ForeignKey(Child, verbose_name=_("child"), on_delete=models.PROTECT, related_name="measurements")
    measured_on = models.DateField(_("measured on"), default=timezone.localdate)
    measured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("measured by"), editable=False, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    occasion = models.CharField(_("occasion"), max_length=10, choices=Occasion.choices, default=Occasion.VISIT)
    note = models.CharField(_("note"), max_length=300, blank=True)
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, editable=False)
    taken_back_why = models.CharField(_("why it was taken back"), max_length=300, blank=True, editable=False)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        indexes = [models.Index(name="measurement_by_child", fields=["child", "-measured_on"])]
        constraints = [
            models.CheckConstraint(
                name="measurement_taken_back_has_reason", condition=Q(taken_back_at=None) | ~Q(taken_back_why="")
            )
        ]

    def __str__(self):
        return f"{self.measured_on:%Y-%m-%d}"
