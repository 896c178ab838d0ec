from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Need
from beneficiaries.models.places import scope
from distributions.models.chairs import Chair
from distributions.models.initiatives import Initiative
from distributions.models.rounds import Round
from hajar.journal.models import Journalled


class AllocationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Office: allocations for children of one's regions. A volunteer: only those of her own rounds."""
        if user.has_perm("distributions.view_allocation"):
            return self.filter(scope(user, "need__child__family__province__region"))
        return self.filter(round__volunteer=user)

    def live(self):
        return self.filter(status__in=Allocation.LIVE)

    def to_drive_to(self):
        """Those that a round may show on a phone, released ones too; never one for a child who has died."""
        return self.exclude(status=Allocation.Status.PROPOSED).exclude(need__child__status=Child.Status.DECEASED)

    def planned(self):
        """Those that a locked plan proposes and nobody approved yet."""
        return self.filter(status=Allocation.Status.PROPOSED, plan_order__isnull=False)


class Allocation(Journalled):
    """One row is this chair for this need in this initiative."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        PREPARED = "prepared", _("prepared")
        LOADED = "loaded", _("loaded")
        DELIVERED = "delivered", _("delivered")
        RELEASED = "released", _("released")

    class Release(models.TextChoices):
        BETTER_CHAIR = "better_chair", _("another chair suits better")
        CHAIR_DAMAGED = "chair_damaged", _("the chair is damaged")
        DID_NOT_FIT = "did_not_fit", _("the chair did not fit")
        FAMILY_DECLINED = "family_declined", _("the family declined")
        NOT_REACHED = "not_reached", _("the family could not be reached")
        FILE_CLOSED = "file_closed", _("the child's file was closed")
        MISTAKE = "mistake", _("proposed by mistake")
        OTHER = "other", _("other reason")

    LIVE = (Status.PROPOSED, Status.APPROVED, Status.PREPARED, Status.LOADED)

    need = models.ForeignKey(Need, verbose_name=_("need"), on_delete=models.PROTECT, related_name="allocations")
    chair = models.ForeignKey(Chair, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="allocations")
    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), on_delete=models.PROTECT, related_name="allocations"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PROPOSED)
    reason = models.CharField(_("why this chair"), max_length=300, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("proposed by"), on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    plan_order = models.PositiveSmallIntegerField(
        _("place in the plan"), null=True, editable=False, help_text=_("Where the need stood when the plan was locked.")
    )
    order_overruled = models.CharField(_("why the order was overruled"), max_length=300, blank=True, editable=False)
    # Facts as they were when it was proposed: score, urgency, measures
    facts = models.JSONField(_("facts"), default=dict)
    round = models.ForeignKey(
        Round, verbose_name=_("round"), null=True, blank=True, on_delete=models.PROTECT, related_name="allocations"
    )
    stop = models.PositiveSmallIntegerField(_("stop"), null=True, blank=True)
    release = models.CharField(_("released because"), max_length=16, choices=Release.choices, blank=True)
    release_note = models.CharField(_("note"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        permissions = [
            ("propose_allocation", "Can reserve a chair for a need"),
            ("approve_allocation", "Can approve an allocation proposed by another person"),
            ("prepare_allocation", "Can prepare and load an allocated chair"),
            ("release_allocation", "Can release an allocation"),
        ]
        indexes = [
            models.Index(name="allocation_by_initiative", fields=["initiative", "status"]),
            models.Index(name="allocation_by_round", fields=["round", "stop"]),
            models.Index(name="allocation_proposed", fields=["created_at", "id"], condition=Q(status="proposed")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="chair_has_one_live_allocation",
                fields=["chair"],
                condition=Q(status__in=["proposed", "approved", "prepared", "loaded"]),
                violation_error_message=_("This chair is already promised to another child."),
            ),
            models.UniqueConstraint(
                name="need_has_one_live_allocation",
                fields=["need"],
                condition=Q(status__in=["proposed", "approved", "prepared", "loaded"]),
                violation_error_message=_("A chair is already reserved for this child."),
            ),
            models.CheckConstraint(
                name="allocation_approved_by_another",
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("proposed_by")),
                violation_error_message=_("The person who proposed cannot approve."),
            ),
            models.CheckConstraint(
                name="allocation_past_proposal_is_approved",
                condition=Q(status__in=["proposed", "released"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="allocation_released_has_reason",
                condition=~Q(status="released") | ~Q(release=""),
                violation_error_message=_("Say why the chair is released."),
            ),
            models.CheckConstraint(
                name="allocation_loaded_has_round", condition=~Q(status="loaded") | Q(round__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.get_status_display()}"

    def get_absolute_url(self):
        return reverse("distributions:allocation_detail", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE
