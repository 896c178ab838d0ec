from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Place(models.Model):
    """What regions and provinces share: official codes and a name in three languages."""

    iso = models.CharField(_("ISO 3166-2 code"), max_length=8, unique=True)
    hcp = models.CharField(_("HCP code"), max_length=8, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=80)
    name_ar = models.CharField(_("name in Arabic"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    seat_fr = models.CharField(_("seat in French"), max_length=80)
    seat_ar = models.CharField(_("seat in Arabic"), max_length=80)
    latitude = models.DecimalField(_("latitude of the seat, degrees"), max_digits=5, decimal_places=2)
    longitude = models.DecimalField(_("longitude of the seat, degrees"), max_digits=5, decimal_places=2)
    population = models.PositiveIntegerField(_("population in 2024"))
    aliases = models.CharField(_("other spellings"), max_length=200, blank=True, help_text=_("Separated by |"))

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return {"ar": self.name_ar, "en": self.name_en}.get((get_language() or "fr")[:2], self.name_fr)


class RegionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The regions in which this user may act today."""
        return self if Mandate.covers_all(user) else self.filter(pk__in=Mandate.regions_of(user))

    def by_name(self):
        return self.order_by("name_ar" if get_language() == "ar" else "name_fr", "pk")


class Region(Place):
    """One row is one of Morocco's twelve regions."""

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")


class ProvinceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "region"))

    def by_name(self):
        return self.order_by("name_ar" if get_language() == "ar" else "name_fr", "pk")


class Province(Place):
    """One row is one of Morocco's 75 provinces and prefectures."""

    class Kind(models.TextChoices):
        PROVINCE = "province", _("province")
        PREFECTURE = "prefecture", _("prefecture")

    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="provinces")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)

    objects = ProvinceQuerySet.as_manager()

    class Meta:
        verbose_name = _("province or prefecture")
        verbose_name_plural = _("provinces and prefectures")


class MandateQuerySet(models.QuerySet):
    def current(self, today=None):
        today = today or timezone.localdate()
        return self.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gte=today))


class Mandate(models.Model):
    """One row lets one user act in one region, or in all, from a day to a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="mandates"
    )
    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mandates",
        help_text=_("Leave empty for the whole Kingdom."),
    )
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            models.CheckConstraint(
                name="mandate_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A mandate cannot end before it starts."),
            )
        ]

    def __str__(self):
        reach = self.region or _("whole Kingdom")  # out of the f-string, where no catalogue would find it
        return f"{self.user} · {reach}"

    @staticmethod
    def of(user) -> list[int | None]:
        """Ids of the regions in which the user may act today; None stands for all. One query, then remembered."""
        if not user.is_authenticated or not user.is_active:
            return []
        today = timezone.localdate()
        remembered = user.__dict__.get("_mandates")
        if remembered is None or remembered[0] != today:
            remembered = (
                today,
                list(Mandate.objects.filter(user=user).current(today).values_list("region_id", flat=True)),
            )
            user.__dict__["_mandates"] = remembered
        return remembered[1]

    @staticmethod
    def covers_all(user) -> bool:
        return bool(getattr(user, "is_superuser", False) and user.is_active) or None in Mandate.of(user)

    @staticmethod
    def regions_of(user) -> list[int]:
        return [region for region in Mandate.of(user) if region is not None]

    @staticmethod
    def reach_of(user) -> str:
        """How far this person sees, in a word that is the same for whoever sees the same: "all", or the regions."""
        return "all" if Mandate.covers_all(user) else ",".join(map(str, sorted(Mandate.regions_of(user))))


HOME = "family__province__region"  # how a path ends that leads over the family to the region where it lives


def scope(user, path: str, *, also: str = "") -> Q:
    """The condition that keeps rows in the user's regions; `path` leads from the row to its region.

    A second region may follow a family that moved: what leads over a family is seen from there as well. `also` is the
    path to that region; it follows from `path` where that ends in HOME. Both are columns of rows that the path passes
    anyway, so that no row comes twice and no table is joined for it.
    """
    if Mandate.covers_all(user):
        return Q()
    regions = Mandate.regions_of(user)
    mine = Q(**{f"{path}__in": regions})
    if path.endswith(HOME):
        also = f"{path.removesuffix(HOME)}family__also_followed_by"
    return mine | Q(**{f"{also}__in": regions}) if also else mine
