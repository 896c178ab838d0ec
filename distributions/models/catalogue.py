from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Mandate
from hajar.journal.models import Journalled
from hajar.lib.several import SeveralField


def _millimetres(label) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


def _kilograms(label) -> models.DecimalField:
    return models.DecimalField(label, max_digits=4, decimal_places=1, null=True, blank=True)


class Accessory(models.TextChoices):
    """What can be added to a chair: the posture's supports and the rest."""

    HEADREST = "headrest", _("headrest")
    HIP_GUIDES = "hip_guides", _("hip guides")
    TRUNK_PADS = "trunk_pads", _("trunk pads")
    PELVIS_PAD = "pelvis_pad", _("rear pelvis pad")
    PELVIS_BELT = "pelvis_belt", _("pelvis belt")
    HARNESS = "harness", _("harness")
    KNEE_SEPARATOR = "knee_separator", _("knee separator")
    THIGH_PADS = "thigh_pads", _("outside thigh pads")
    CALF_SUPPORT = "calf_support", _("calf support")
    FOOT_BOX = "foot_box", _("foot box")
    FOOT_STRAPS = "foot_straps", _("foot straps")
    SEAT_SHELF = "seat_shelf", _("shelf before the seat bones")
    TRAY = "tray", _("tray")
    ANTI_TIPPERS = "anti_tippers", _("anti-tip bars")
    COVER = "cover", _("rain and sun cover")
    HANDLE_EXTENSION = "handle_extension", _("longer push handles")
    TIE_DOWNS = "tie_downs", _("tie-down points for transport")
    PUMP_HOLDER = "pump_holder", _("holder for oxygen or a feeding pump")
    CUSHION = "cushion", _("pressure-relief cushion")
    GROWTH_KIT = "growth_kit", _("growth kit")


# The dimensions of a model that have a range: `<name>_min_mm` and `<name>_max_mm` are their fields.
RANGED = {
    "seat_width": _("seat width"),
    "seat_depth": _("seat depth"),
    "seat_to_footrest": _("seat to footrest"),
    "backrest_height": _("backrest height"),
    "armrest_height": _("armrest height"),
    "headrest_height": _("middle of the headrest"),
    "hip_guides": _("between the hip guides"),
    "trunk_pads": _("between the trunk pads"),
    "trunk_pad_top": _("top of the trunk pads"),
    "pelvis_pad": _("middle of the pelvis pad"),
}


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

    class Tyres(models.TextChoices):
        SOLID = "solid", _("solid")
        PNEUMATIC = "pneumatic", _("with air")

    class Brakes(models.TextChoices):
        USER = "user", _("for the user")
        ATTENDANT = "attendant", _("for the helper")
        BOTH = "both", _("for both")

    manufacturer = models.CharField(_("manufacturer"), max_length=80)
    name = models.CharField(_("model"), max_length=80)
    size = models.CharField(_("size"), max_length=20, blank=True)
    gtin = models.CharField(_("article number (GTIN)"), max_length=14, blank=True)
    country = models.CharField(_("made in"), max_length=60, blank=True)
    iso9999_code = models.CharField(_("ISO 9999 code"), max_length=10, blank=True)
    category = models.CharField(_("category"), max_length=14, choices=Category.choices)
    posture_class = models.CharField(_("posture class"), max_length=12, choices=Posture.choices)
    terrain_class = models.CharField(_("terrain"), max_length=12, choices=Terrain.choices)
    # Between which dimensions it can be set; heights and the footrest count from the bare seat, without a cushion.
    seat_width_min_mm = _millimetres(_("seat width from, mm"))
    seat_width_max_mm = _millimetres(_("seat width to, mm"))
    seat_width_step_mm = _millimetres(_("seat width in steps of, mm"))
    seat_depth_min_mm = _millimetres(_("seat depth from, mm"))
    seat_depth_max_mm = _millimetres(_("seat depth to, mm"))
    seat_depth_step_mm = _millimetres(_("seat depth in steps of, mm"))
    seat_to_footrest_min_mm = _millimetres(_("seat to footrest from, mm"))
    seat_to_footrest_max_mm = _millimetres(_("seat to footrest to, mm"))
    seat_to_footrest_step_mm = _millimetres(_("seat to footrest in steps of, mm"))
    backrest_height_min_mm = _millimetres(_("backrest height from, mm"))
    backrest_height_max_mm = _millimetres(_("backrest height to, mm"))
    backrest_height_step_mm = _millimetres(_("backrest height in steps of, mm"))
    armrest_height_min_mm = _millimetres(_("armrest height from, mm"))
    armrest_height_max_mm = _millimetres(_("armrest height to, mm"))
    headrest_height_min_mm = _millimetres(_("middle of the headrest from, mm"))
    headrest_height_max_mm = _millimetres(_("middle of the headrest to, mm"))
    hip_guides_min_mm = _millimetres(_("between the hip guides from, mm"))
    hip_guides_max_mm = _millimetres(_("between the hip guides to, mm"))
    trunk_pads_min_mm = _millimetres(_("between the trunk pads from, mm"))
    trunk_pads_max_mm = _millimetres(_("between the trunk pads to, mm"))
    trunk_pad_top_min_mm = _millimetres(_("top of the trunk pads from, mm"))
    trunk_pad_top_max_mm = _millimetres(_("top of the trunk pads to, mm"))
    pelvis_pad_min_mm = _millimetres(_("middle of the pelvis pad from, mm"))
    pelvis_pad_max_mm = _millimetres(_("middle of the pelvis pad to, mm"))
    footrests_are_split = models.BooleanField(_("a footrest for each leg"), default=False)
    # The cushion it comes with: none, or one of this thickness under a seated child
    has_cushion = models.BooleanField(_("comes with a cushion"), default=False)
    cushion_compressed_mm = _millimetres(_("cushion when sat on, mm"))
    # Outside
    seat_height_front_mm = _millimetres(_("front of the seat above the ground, mm"))
    seat_height_rear_mm = _millimetres(_("rear of the seat above the ground, mm"))
    overall_width_mm = _millimetres(_("overall width, mm"))
    overall_length_mm = _millimetres(_("overall length, mm"))
    overall_height_mm = _millimetres(_("overall height, mm"))
    folded_width_mm = _millimetres(_("folded width, mm"))
    folded_length_mm = _millimetres(_("folded length, mm"))
    folded_height_mm = _millimetres(_("folded height, mm"))
    turning_diameter_mm = _millimetres(_("turning circle, mm"))
    push_handle_height_mm = _millimetres(_("push handles above the ground, mm"))
    rear_wheel_mm = _millimetres(_("rear wheels, mm"))
    castor_mm = _millimetres(_("castors, mm"))
    tyres = models.CharField(_("tyres"), max_length=9, choices=Tyres.choices, blank=True)
    brakes = models.CharField(_("brakes"), max_length=9, choices=Brakes.choices, blank=True)
    tilt_max_deg = models.PositiveSmallIntegerField(_("tilt up to, degrees"), null=True, blank=True)
    recline_max_deg = models.PositiveSmallIntegerField(_("recline up to, degrees"), null=True, blank=True)
    # Masses
    user_mass_min_kg = _kilograms(_("user mass from, kg"))
    user_mass_max_kg = _kilograms(_("user mass to, kg"))
    chair_mass_kg = _kilograms(_("mass of the chair, kg"))
    heaviest_part_kg = _kilograms(_("heaviest part when taken apart, kg"))
    # What comes with it, what it claims
    accessories = SeveralField(_("comes with"), options=Accessory.choices)
    accessories_possible = SeveralField(_("can be fitted with"), options=Accessory.choices)
    growth_kit = models.CharField(_("growth kit, part number"), max_length=60, blank=True)
    fits_taxi_boot = models.BooleanField(_("fits the boot of a taxi"), null=True, blank=True)
    is_crash_tested = models.BooleanField(_("tested as a seat in vehicles (ISO 7176-19)"), null=True, blank=True)
    standards = models.CharField(
        _("standards claimed"), max_length=200, blank=True, help_text=_("With the document that proves each.")
    )
    manual_url = models.CharField(
        _("address of the manual"), max_length=200, blank=True, validators=[URLValidator(schemes=["https", "http"])]
    )
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
                    *((name, f"{name}_min_mm", f"{name}_max_mm") for name in RANGED),
                    ("user_mass", "user_mass_min_kg", "user_mass_max_kg"),
                ]
            ],
            models.CheckConstraint(
                name="chairmodel_cushion_has_thickness_only_if_there",
                condition=Q(cushion_compressed_mm=None) | Q(has_cushion=True),
                violation_error_message=_("A cushion has a thickness only where there is one."),
            ),
        ]

    def __str__(self):
        return " ".join(filter(None, [self.manufacturer, self.name, self.size]))

    def get_absolute_url(self):
        return reverse("distributions:chairmodel_detail", args=[self.pk])

    def range_of(self, dimension: str) -> tuple[int | None, int | None, int | None]:
        """From, to and in steps of, in mm; None where the maker does not say, or where any setting is possible."""
        low, high = getattr(self, f"{dimension}_min_mm"), getattr(self, f"{dimension}_max_mm")
        return low, high, getattr(self, f"{dimension}_step_mm", None)


class WorkshopChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(model__in=ChairModel.objects.visible_to(user))


class WorkshopChange(Journalled):
    """One row is one change that a workshop can make to chairs of a model: a longer hanger, a headrest, pads."""

    model = models.ForeignKey(
        ChairModel, verbose_name=_("model"), on_delete=models.PROTECT, related_name="workshop_changes"
    )
    what = models.CharField(_("what the workshop does"), max_length=120)
    dimension = models.CharField(_("dimension that changes"), max_length=16, choices=list(RANGED.items()), blank=True)
    min_mm = _millimetres(_("then from, mm"))
    max_mm = _millimetres(_("then to, mm"))
    adds = models.CharField(_("accessory that it adds"), max_length=16, choices=Accessory.choices, blank=True)
    cost_mad = models.DecimalField(_("cost, MAD"), max_digits=8, decimal_places=2, null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("days it takes"), null=True, blank=True)

    objects = WorkshopChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("workshop change")
        verbose_name_plural = _("workshop changes")
        constraints = [
            models.CheckConstraint(
                name="workshopchange_changes_something",
                condition=~Q(dimension="", adds=""),
                violation_error_message=_("Say which dimension changes or what is added."),
            ),
            models.CheckConstraint(
                name="workshopchange_dimension_has_range",
                condition=Q(dimension="", min_mm=None, max_mm=None)
                | (~Q(dimension="") & Q(min_mm__isnull=False, max_mm__isnull=False, min_mm__lte=F("max_mm"))),
                violation_error_message=_("Give the range of the dimension after the change."),
            ),
        ]

    def __str__(self):
        return self.what
