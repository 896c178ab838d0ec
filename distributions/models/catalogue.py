from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Mandate
from hajar.journal.models import Journalled


def _millimetres(label) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class ChairModelQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The catalogue is the association's as a whole: whoever has a mandate, and the permission, sees it."""
        return self if Mandate.of(user) or Mandate.covers_all(user) else self.none()

    def by_name(self):
        return self.order_by("manufacturer", "name", "size", "pk")


class ChairModel(Journalled):
    """One row is a product in one size: what it is, whom it holds, between which dimensions it can be set (mm, kg)."""

    class Category(models.TextChoices):
        BUGGY = "buggy", _("adaptive buggy")
        PUSH_CHAIR = "push_chair", _("push wheelchair")
        ACTIVE_MANUAL = "active_manual", _("active manual wheelchair")
        POSTURAL = "postural_chair", _("wheelchair with postural support")
        TILT = "tilt_in_space", _("tilt-in-space wheelchair")
        POWERED = "powered", _("powered wheelchair")

    class Posture(models.TextChoices):
        BASIC = "basic", _("basic")
        INTERMEDIATE = "intermediate", _("intermediate")
        COMPLEX = "complex", _("complex")

    class Terrain(models.TextChoices):
        URBAN = "indoor_urban", _("indoors and town")
        DUAL = "dual", _("town and track")
        ROUGH = "rough", _("rough ground")

    manufacturer = models.CharField(_("manufacturer"), max_length=80)
    name = models.CharField(_("model"), max_length=80)
    size = models.CharField(_("size"), max_length=20, blank=True)
    iso9999_code = models.CharField(_("ISO 9999 code"), max_length=10, blank=True)
    category = models.CharField(_("category"), max_length=14, choices=Category.choices)
    posture_class = models.CharField(_("posture class"), max_length=12, choices=Posture.choices)
    terrain_class = models.CharField(_("terrain"), max_length=12, choices=Terrain.choices)
    seat_width_min_mm = _millimetres(_("seat width from, mm"))
    seat_width_max_mm = _millimetres(_("seat width to, mm"))
    seat_depth_min_mm = _millimetres(_("seat depth from, mm"))
    seat_depth_max_mm = _millimetres(_("seat depth to, mm"))
    seat_to_footrest_min_mm = _millimetres(_("seat to footrest from, mm"))
    seat_to_footrest_max_mm = _millimetres(_("seat to footrest to, mm"))
    backrest_height_min_mm = _millimetres(_("backrest height from, mm"))
    backrest_height_max_mm = _millimetres(_("backrest height to, mm"))
    overall_width_mm = _millimetres(_("overall width, mm"))
    user_mass_min_kg = models.DecimalField(
        _("user mass from, kg"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    user_mass_max_kg = models.DecimalField(_("user mass to, kg"), max_digits=4, decimal_places=1, null=True, blank=True)
    chair_mass_kg = models.DecimalField(
        _("mass of the chair, kg"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    tilt_max_deg = models.PositiveSmallIntegerField(_("tilt up to, degrees"), null=True, blank=True)
    price_mad = models.DecimalField(_("usual price, MAD"), max_digits=10, decimal_places=2, null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True, max_length=2000)

    objects = ChairModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("chair model")
        verbose_name_plural = _("chair models")
        indexes = [models.Index(name="chairmodel_by_name", fields=["manufacturer", "name", "size"])]
        constraints = [
            models.UniqueConstraint(
                name="chairmodel_is_listed_once",
                fields=["manufacturer", "name", "size"],
                violation_error_message=_("This model is already in the catalogue in this size."),
            ),
            *[
                models.CheckConstraint(
                    name=f"chairmodel_{dimension}_range",
                    condition=Q(**{f"{low}": None}) | Q(**{f"{high}": None}) | Q(**{f"{low}__lte": F(high)}),
                    violation_error_message=_("The smallest value is above the largest."),
                )
                for dimension, low, high in [
                    ("seat_width", "seat_width_min_mm", "seat_width_max_mm"),
                    ("seat_depth", "seat_depth_min_mm", "seat_depth_max_mm"),
                    ("seat_to_footrest", "seat_to_footrest_min_mm", "seat_to_footrest_max_mm"),
                    ("backrest_height", "backrest_height_min_mm", "backrest_height_max_mm"),
                    ("user_mass", "user_mass_min_kg", "user_mass_max_kg"),
                ]
            ],
        ]

    def __str__(self):
        return " ".join(filter(None, [self.manufacturer, self.name, self.size]))
