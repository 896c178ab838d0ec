"""What travels: one volunteer's trip on one day, the chairs in the vehicle, the paper that comes back."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Mandate, Province
from beneficiaries.models.places import scope
from distributions.models.chairs import Chair
from distributions.models.initiatives import Initiative
from hajar.journal.models import Journalled


def scan_path(scan, filename: str) -> str:
    return f"rounds/{secrets.token_hex(16)}.{scan.suffix}"


class RoundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Office: rounds of one's regions. A volunteer: only her own."""
        if user.has_perm("distributions.view_round"):
            return self.filter(scope(user, "province__region"))
        return self.filter(volunteer=user)

    def for_phone(self, user, today=None):
        """A volunteer's own rounds from two days before their day to three days after it."""
        from datetime import timedelta

        today = today or timezone.localdate()
        return self.filter(volunteer=user, day__range=(today - timedelta(days=3), today + timedelta(days=2)))

    def open(self):
        """Rounds whose chairs nobody has reckoned up yet."""
        return self.filter(closed_at=None)


class Round(Journalled):
    """One row is one volunteer's trip on one day: what a phone shows."""

    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), on_delete=models.PROTECT, related_name="rounds"
    )
    volunteer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("volunteer"), on_delete=models.PROTECT, related_name="rounds"
    )
    province = models.ForeignKey(
        Province, verbose_name=_("province or prefecture"), on_delete=models.PROTECT, related_name="rounds"
    )
    day = models.DateField(_("day"))
    note = models.CharField(_("note for the volunteer"), max_length=300, blank=True)
    downloaded_at = models.DateTimeField(_("kept on the phone"), null=True, editable=False)
    opened_at = models.DateTimeField(_("opened on the phone"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("closed by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        indexes = [
            models.Index(name="round_by_day", fields=["-day", "id"]),
            models.Index(name="round_by_volunteer", fields=["volunteer", "day"]),
            models.Index(name="round_open_by_day", fields=["day", "id"], condition=Q(closed_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="round_closed_by_somebody",
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.province} · {self.day:%d/%m/%Y}"

    def get_absolute_url(self):
        return reverse("distributions:round_detail", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def spare_chairs(self):
        """The chairs that travel without a stop, in case one does not fit, with their models."""
        return (
            Chair.objects.filter(round_lines__round=self, round_lines__allocation=None)
            .select_related("model")
            .order_by("number", "pk")
        )


class RoundChairQuerySet(models.QuerySet):
    def spare(self):
        """The chairs that travel without a stop."""
        return self.filter(allocation=None)

    def in_order(self):
        return self.order_by("chair__number", "pk")


class RoundChair(models.Model):
    """One row is one chair that travels, or is meant to, on a round: loaded, come back, a difference explained."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, verbose_name=_("round"), on_delete=models.PROTECT, related_name="chairs")
    chair = models.ForeignKey(Chair, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="round_lines")
    allocation = models.ForeignKey(
        "distributions.Allocation",
        verbose_name=_("allocation"),
        null=True,
        on_delete=models.PROTECT,
        related_name="round_lines",
        help_text=_("The stop that the chair is meant for; none for a spare chair."),
    )
    loaded_at = models.DateTimeField(_("loaded at"), null=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("loaded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    back_at = models.DateTimeField(_("back at"), null=True)
    back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("taken back by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    explanation = models.CharField(_("why it does not agree"), max_length=300, blank=True)
    explained_at = models.DateTimeField(_("explained at"), null=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("explained by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RoundChairQuerySet.as_manager()

    class Meta:
        verbose_name = _("chair of a round")
        verbose_name_plural = _("chairs of rounds")
        constraints = [
            models.UniqueConstraint(name="chair_is_on_a_round_once", fields=["round", "chair"]),
            models.CheckConstraint(
                name="roundchair_loaded_by_somebody",
                condition=Q(loaded_at=None, loaded_by=None) | Q(loaded_at__isnull=False, loaded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="roundchair_back_by_somebody",
                condition=Q(back_at=None, back_by=None)
                | Q(back_at__isnull=False, back_by__isnull=False, back_at__gte=F("loaded_at")),
                violation_error_message=_("A chair comes back after it was loaded."),
            ),
            models.CheckConstraint(
                name="roundchair_explained_by_somebody",
                condition=Q(explanation="", explained_at=None, explained_by=None)
                | (~Q(explanation="") & Q(explained_at__isnull=False, explained_by__isnull=False)),
            ),
        ]

    def __str__(self):
        return str(self.chair_id)

    @property
    def is_spare(self) -> bool:
        return self.allocation_id is None

    @property
    def is_loaded(self) -> bool:
        return self.loaded_at is not None

    @property
    def is_back(self) -> bool:
        return self.back_at is not None


class RoundScanQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Scans go with their round; they show what families signed, so a volunteer sees none."""
        return self.filter(scope(user, "round__province__region"))


class RoundScan(Journalled):
    """One row is a photo or a scan of a round's paper, kept as evidence of what was typed in."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("photo")
        PDF = "pdf", _("PDF")

    round = models.ForeignKey(Round, verbose_name=_("round"), on_delete=models.PROTECT, related_name="scans")
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    file = models.FileField(_("file"), upload_to=scan_path)
    sha256 = models.CharField(max_length=64, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now)

    objects = RoundScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan of a round's paper")
        verbose_name_plural = _("scans of rounds' papers")
        constraints = [models.UniqueConstraint(name="round_has_a_scan_once", fields=["round", "sha256"])]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.added_at:%Y-%m-%d}"

    @property
    def suffix(self) -> str:
        return "pdf" if self.kind == self.Kind.PDF else "webp"


class TownPositionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Where a town lies is no secret: whoever has a mandate, and the permission, sees it."""
        return self if Mandate.of(user) or Mandate.covers_all(user) else self.none()


class TownPosition(Journalled):
    """One row is where a town or village lies, as a person read it off a map: it puts a round's stops in order."""

    province = models.ForeignKey(
        Province, verbose_name=_("province or prefecture"), on_delete=models.PROTECT, related_name="town_positions"
    )
    name = models.CharField(_("town or village"), max_length=120)
    key = models.CharField(max_length=120, editable=False, help_text=_("The name as it is compared."))
    latitude = models.DecimalField(
        _("latitude, degrees"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(20), MaxValueValidator(37)],
    )
    longitude = models.DecimalField(
        _("longitude, degrees"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(-18), MaxValueValidator(0)],
    )

    objects = TownPositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("position of a town")
        verbose_name_plural = _("positions of towns")
        constraints = [
            models.UniqueConstraint(
                name="town_lies_in_one_place",
                fields=["province", "key"],
                violation_error_message=_("The position of this town is already known."),
            ),
            models.CheckConstraint(
                name="town_lies_in_morocco",
                condition=Q(latitude__range=(20, 37), longitude__range=(-18, 0)),
                violation_error_message=_("This position is not in Morocco."),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.key = self.key_of(self.name)
        super().save(*args, **kwargs)

    @staticmethod
    def key_of(name: str) -> str:
        """A town's name as it is compared: "Sidi  Slimane" and "sidi-slimane" are one."""
        return " ".join(name.casefold().replace("-", " ").split())
