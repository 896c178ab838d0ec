"""What happens in and between depots: counting what is there, sending chairs to another, calling a model back."""

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Mandate
from distributions.models.catalogue import ChairModel
from distributions.models.chairs import Chair, Depot
from hajar.journal.models import Journalled


class KingdomQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the stock: the association's as a whole."""
        return self if Mandate.of(user) or Mandate.covers_all(user) else self.none()


class StockCountQuerySet(KingdomQuerySet):
    def open(self):
        return self.filter(finalised_at=None, abandoned_at=None)


class StockCount(Journalled):
    """One row is one counting of a depot: one person counts, another finalises. What was not counted stays as it is."""

    depot = models.ForeignKey(Depot, verbose_name=_("depot"), on_delete=models.PROTECT, related_name="counts")
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("counted by"), on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField(_("begun at"), default=timezone.now)
    finalised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("finalised by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    finalised_at = models.DateTimeField(_("finalised at"), null=True)
    abandoned_at = models.DateTimeField(_("abandoned at"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = StockCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of a depot")
        verbose_name_plural = _("counts of depots")
        indexes = [models.Index(name="stockcount_by_day", fields=["-begun_at", "id"])]
        constraints = [
            models.UniqueConstraint(
                name="depot_has_one_open_count",
                fields=["depot"],
                condition=Q(finalised_at=None, abandoned_at=None),
                violation_error_message=_("This depot is already being counted."),
            ),
            models.CheckConstraint(
                name="stockcount_finalised_by_another",
                condition=Q(finalised_by=None, finalised_at=None)
                | (Q(finalised_by__isnull=False, finalised_at__isnull=False) & ~Q(finalised_by=F("begun_by"))),
                violation_error_message=_("Another person finalises the count."),
            ),
        ]

    def __str__(self):
        return f"{self.depot} · {self.begun_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("distributions:count_detail", args=[self.pk])

    @property
    def day(self):
        return timezone.localtime(self.begun_at).date()

    @property
    def is_open(self) -> bool:
        return self.finalised_at is None and self.abandoned_at is None


class CountLine(models.Model):
    """One row is what the count says of one chair: seen in the depot, or looked for and not found."""

    class Found(models.TextChoices):
        SEEN = "seen", _("seen")
        MISSING = "missing", _("looked for, not found")

    id = models.BigAutoField(primary_key=True)
    count = models.ForeignKey(StockCount, verbose_name=_("count"), on_delete=models.PROTECT, related_name="lines")
    chair = models.ForeignKey(Chair, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="+")
    found = models.CharField(_("found"), max_length=7, choices=Found.choices)
    at = models.DateTimeField(_("at"), default=timezone.now)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("counted chair")
        verbose_name_plural = _("counted chairs")
        constraints = [models.UniqueConstraint(name="chair_is_counted_once", fields=["count", "chair"])]

    def __str__(self):
        return self.get_found_display()


class TransferQuerySet(KingdomQuerySet):
    def under_way(self):
        return self.filter(received_at=None)

    def with_numbers(self):
        """Each with `sent`, `arrived` and `missed`: how many left, how many came, how many were not there."""
        return self.annotate(
            sent=Count("lines"),
            arrived=Count("lines", filter=Q(lines__arrived=True)),
            missed=Count("lines", filter=Q(lines__arrived=False)),
        )


class Transfer(Journalled):
    """One row is some chairs on their way from one depot to another: what left, and what arrived."""

    origin = models.ForeignKey(Depot, verbose_name=_("from"), on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Depot, verbose_name=_("to"), on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(_("carried by"), max_length=120, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sent by"), on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("received by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField(_("received at"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        indexes = [models.Index(name="transfer_by_day", fields=["-sent_at", "id"])]
        constraints = [
            models.CheckConstraint(
                name="transfer_leads_elsewhere",
                condition=~Q(origin=F("destination")),
                violation_error_message=_("Choose another depot."),
            ),
            models.CheckConstraint(
                name="transfer_received_has_person",
                condition=Q(received_at=None, received_by=None)
                | Q(received_at__isnull=False, received_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.origin} → {self.destination}"

    def get_absolute_url(self):
        return reverse("distributions:transfer_detail", args=[self.pk])


class TransferLine(models.Model):
    """One row is one chair of a transfer; `arrived` is empty until somebody unpacked it or missed it."""

    id = models.BigAutoField(primary_key=True)
    transfer = models.ForeignKey(Transfer, verbose_name=_("transfer"), on_delete=models.PROTECT, related_name="lines")
    chair = models.ForeignKey(Chair, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="transfer_lines")
    arrived = models.BooleanField(_("arrived"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("transferred chair")
        verbose_name_plural = _("transferred chairs")
        constraints = [
            models.UniqueConstraint(name="chair_is_in_a_transfer_once", fields=["transfer", "chair"]),
            models.UniqueConstraint(name="chair_is_in_one_open_transfer", fields=["chair"], condition=Q(arrived=None)),
        ]

    def __str__(self):
        return str(self.chair_id)


class RecallQuerySet(KingdomQuerySet):
    def open(self):
        return self.filter(closed_on=None)

    def concerning(self, chair: Chair):
        """The recalls of its model: those of every chair, and those of its batch."""
        return self.filter(Q(batch="") | Q(batch__iexact=chair.batch), model=chair.model_id)

    def with_numbers(self):
        """Each with `concerned`, `told` and `safe`: its chairs, those whose family was told, those made safe."""
        return self.annotate(
            concerned=Count("lines"),
            told=Count("lines", filter=Q(lines__contacted_on__isnull=False)),
            safe=Count("lines", filter=Q(lines__safe_on__isnull=False)),
        )


class Recall(Journalled):
    """One row is a model, or one batch of it, called back because it may harm: who has one, was called, is safe."""

    model = models.ForeignKey(ChairModel, verbose_name=_("model"), on_delete=models.PROTECT, related_name="recalls")
    batch = models.CharField(
        _("batch"), max_length=60, blank=True, help_text=_("Leave empty for every chair of the model.")
    )
    reason = models.CharField(_("what is wrong"), max_length=300)
    what_to_do = models.CharField(_("what makes a chair safe"), max_length=300)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("opened by"), on_delete=models.PROTECT, related_name="+"
    )
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)
    closed_on = models.DateField(_("closed on"), null=True)

    objects = RecallQuerySet.as_manager()

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")
        indexes = [models.Index(name="recall_by_day", fields=["-opened_on", "id"])]

    def __str__(self):
        return f"{self.model} {self.batch}".strip()

    def get_absolute_url(self):
        return reverse("distributions:recall_detail", args=[self.pk])


class RecallLine(models.Model):
    """One row is one chair of a recall: when its family was told, when it was made safe, by whom."""

    id = models.BigAutoField(primary_key=True)
    recall = models.ForeignKey(Recall, verbose_name=_("recall"), on_delete=models.PROTECT, related_name="lines")
    chair = models.ForeignKey(Chair, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="recall_lines")
    contacted_on = models.DateField(_("family told on"), null=True)
    contacted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("told by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    safe_on = models.DateField(_("safe since"), null=True)
    safe_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made safe by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("recalled chair")
        verbose_name_plural = _("recalled chairs")
        constraints = [
            models.UniqueConstraint(name="chair_is_recalled_once", fields=["recall", "chair"]),
            models.CheckConstraint(
                name="recallline_days_have_people",
                condition=Q(contacted_on=None, contacted_by=None)
                | Q(contacted_on__isnull=False, contacted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="recallline_safe_has_person",
                condition=Q(safe_on=None, safe_by=None) | Q(safe_on__isnull=False, safe_by__isnull=False),
            ),
        ]

    def __str__(self):
        return str(self.chair_id)
