import re

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Mandate, Province
from distributions.models.catalogue import Accessory, ChairModel
from hajar.journal.models import Journalled
from hajar.lib.digits import to_western
from hajar.lib.several import SeveralField

LABEL = re.compile(r"(?:https?://\S+/c/|(?:CH)?\s*-?\s*)(\d{1,9})/?", re.IGNORECASE)


class DepotQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the chairs in them: whoever has a mandate, and the permission, sees all."""
        return self if Mandate.of(user) or Mandate.covers_all(user) else self.none()

    def in_use(self):
        return self.filter(is_open=True)

    def by_name(self):
        return self.order_by("name", "pk")


class Depot(Journalled):
    """One row is a place that holds chairs."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    province = models.ForeignKey(
        Province, verbose_name=_("province or prefecture"), on_delete=models.PROTECT, related_name="depots"
    )
    address = models.CharField(_("address"), max_length=250, blank=True)
    is_open = models.BooleanField(_("in use"), default=True)

    objects = DepotQuerySet.as_manager()

    class Meta:
        verbose_name = _("depot")
        verbose_name_plural = _("depots")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("distributions:depot_detail", args=[self.pk])


class ChairQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Stock is the association's as a whole: whoever has a mandate, and the permission, sees it."""
        return self if Mandate.of(user) or Mandate.covers_all(user) else self.none()

    def available(self):
        """In a depot, clean, checked, promised to nobody."""
        return self.filter(state=Chair.State.AVAILABLE)

    def offered(self, day=None):
        """Available, not called back by anybody, and usable on this day: what a child may be offered."""
        return (
            self.available()
            .not_recalled()
            .filter(Q(usable_until=None) | Q(usable_until__gte=day or timezone.localdate()))
        )

    def recalled(self):
        """Called back by their maker or by us, and not made safe yet: no child gets one, wherever it is."""
        return self.filter(_is_recalled())

    def not_recalled(self):
        return self.exclude(_is_recalled())

    def with_recall(self):
        """Each with `is_recalled`."""
        return self.annotate(is_recalled=_is_recalled())

    def with_model(self):
        return self.select_related("model", "depot")


def _is_recalled() -> Exists:
    lines = apps.get_model("distributions", "RecallLine")._default_manager  # its module imports this one
    return Exists(lines.filter(chair=OuterRef("pk"), safe_on=None))


class Chair(Journalled):
    """One row is one physical chair. Its state is a cache: the replay of its events is the truth."""

    class Ownership(models.TextChoices):
        GIFT = "gift", _("given for good")
        LOAN = "loan", _("lent")

    class Grade(models.TextChoices):
        NEW = "new", _("new")
        REFURBISHED_A = "refurb_a", _("refurbished, like new")
        REFURBISHED_B = "refurb_b", _("refurbished, with marks of use")
        AS_IS = "as_is", _("given as it is")

    class State(models.TextChoices):
        EXPECTED = "expected", _("expected")
        TO_DISINFECT = "to_disinfect", _("to be disinfected")
        TO_CHECK = "to_check", _("to be checked")
        AVAILABLE = "available", _("available")
        RESERVED = "reserved", _("reserved")
        LOADED = "loaded", _("loaded")
        IN_TRANSFER = "in_transfer", _("on the way to another depot")
        HANDED_OVER = "handed_over", _("with a child")
        IN_REPAIR = "in_repair", _("in repair")
        LOST = "lost", _("lost")
        SCRAPPED = "scrapped", _("scrapped")
        DISPUTED = "disputed", _("disputed")

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False)
    model = models.ForeignKey(ChairModel, verbose_name=_("model"), on_delete=models.PROTECT, related_name="chairs")
    serial = models.CharField(_("serial number"), max_length=60, blank=True)
    ownership = models.CharField(_("handed over as"), max_length=5, choices=Ownership.choices, default=Ownership.GIFT)
    is_new = models.BooleanField(_("new"), default=True)
    grade = models.CharField(_("condition"), max_length=8, choices=Grade.choices, blank=True)
    donor = models.CharField(_("donor"), max_length=120, blank=True)
    batch = models.CharField(_("batch"), max_length=60, blank=True)
    acquired_on = models.DateField(_("acquired on"), null=True, blank=True)
    customs_reference = models.CharField(_("customs reference"), max_length=60, blank=True)
    cost_mad = models.DecimalField(_("cost, MAD"), max_digits=10, decimal_places=2, null=True, blank=True)
    usable_until = models.DateField(_("usable until"), null=True, blank=True)
    accessories = SeveralField(_("fitted with, beside what the model brings"), options=Accessory.choices)
    # The cache of the replay (distributions.stocktaking keeps it, verify_stock checks it)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.EXPECTED, editable=False)
    depot = models.ForeignKey(
        Depot, verbose_name=_("depot"), null=True, editable=False, on_delete=models.PROTECT, related_name="chairs"
    )
    holder = models.ForeignKey(
        Child, verbose_name=_("with"), null=True, editable=False, on_delete=models.PROTECT, related_name="chairs"
    )

    objects = ChairQuerySet.as_manager()

    class Meta:
        verbose_name = _("chair")
        verbose_name_plural = _("chairs")
        permissions = [("record_chairevent", "Can record what happens to a chair")]
        indexes = [
            models.Index(name="chair_by_state", fields=["state", "number"]),
            models.Index(name="chair_by_depot", fields=["depot", "state", "number"]),
            models.Index(name="chair_by_batch", fields=["model", "batch"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="chair_serial_is_known_once",
                fields=["model", "serial"],
                condition=~Q(serial=""),
                violation_error_message=_("A chair of this model with this serial number is already known."),
            )
        ]

    def __str__(self):
        return self.label

    def get_absolute_url(self):
        return reverse("distributions:chair_detail", args=[self.pk])

    @property
    def label(self) -> str:
        return f"CH-{self.number:04d}"

    @staticmethod
    def number_in(text: str) -> int | None:
        """The number of a chair in what somebody typed or scanned: CH-0012, 12, or the address on its label."""
        found = LABEL.fullmatch(to_western(text).strip())
        return int(found[1]) if found else None


class ChairEventQuerySet(models.QuerySet):
    def in_order(self):
        """Each with `bearer_id`: the child it speaks of, or the one into whose file hers was merged since."""
        return self.order_by("sequence").annotate(
            bearer_id=Coalesce("child__merged_into", "child", output_field=models.UUIDField())
        )


class ChairEvent(models.Model):
    """One row is one thing that happened to a chair; a trigger refuses edits, a correction is another event."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        DISINFECTED = "disinfected", _("disinfected")
        CHECKED = "checked", _("safety checked")
        RESERVED = "reserved", _("reserved")
        RELEASED = "released", _("released")
        PREPARED = "prepared", _("prepared")
        LOADED = "loaded", _("loaded")
        UNLOADED = "unloaded", _("brought back")
        MOVED = "moved", _("moved to another depot")
        SENT = "sent", _("sent to another depot")
        ARRIVED = "arrived", _("arrived in the depot")
        HANDED_OVER = "handed_over", _("handed over")
        SETTLED = "settled", _("dispute settled")
        RETURNED = "returned", _("returned")
        REPAIR_BEGUN = "repair_begun", _("repair begun")
        REPAIRED = "repaired", _("repaired")
        LOST = "lost", _("lost")
        FOUND = "found", _("found again")
        SCRAPPED = "scrapped", _("scrapped")
        CORRECTED = "corrected", _("corrected")

    id = models.UUIDField(primary_key=True, editable=False)
    chair = models.ForeignKey(Chair, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField(
        _("number"), help_text=_("1 for the chair's first event, and so on without gaps.")
    )
    kind = models.CharField(_("event"), max_length=12, choices=Kind.choices)
    happened_at = models.DateTimeField(_("when"), default=timezone.now)
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+")
    depot = models.ForeignKey(Depot, verbose_name=_("depot"), null=True, on_delete=models.PROTECT, related_name="+")
    child = models.ForeignKey(Child, verbose_name=_("child"), null=True, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", verbose_name=_("takes back"), null=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = ChairEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("chair event")
        verbose_name_plural = _("chair events")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(name="chair_events_are_numbered", fields=["chair", "sequence"]),
            models.CheckConstraint(
                name="chair_handed_over_to_a_child", condition=~Q(kind="handed_over") | Q(child__isnull=False)
            ),
            models.CheckConstraint(
                name="chair_received_in_a_depot",
                condition=~Q(kind__in=["received", "moved", "arrived"]) | Q(depot__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.sequence} · {self.get_kind_display()}"
