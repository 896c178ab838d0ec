"""What a family may ask of those who hold its data (law 09-08), and what was forgotten because of it."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.children import Child
from beneficiaries.models.consents import Purpose
from beneficiaries.models.families import Guardian
from beneficiaries.models.places import scope
from hajar.journal.models import Journalled
from hajar.lib.several import SeveralField

DAYS_TO_ANSWER = 10  # law 09-08: a correction is free and done within ten clear days; here every request is


def _due_on() -> date:
    return timezone.localdate() + timedelta(days=DAYS_TO_ANSWER)


class RightsRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "child__family__province__region"))

    def open(self):
        return self.filter(answered_on=None)

    def most_pressing_first(self):
        return self.order_by("due_on", "pk")


class RightsRequest(Journalled):
    """One row is one thing that a family asks about its own data, and what it was answered."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("see all that we hold")
        LOOKED = "looked", _("know who looked at the file")
        CORRECTION = "correction", _("have something corrected")
        OPPOSITION = "opposition", _("stop messages, photos or research")
        ERASURE = "erasure", _("be forgotten")

    class Identity(models.TextChoices):
        """How we know that it is the family who asks."""

        KNOWN = "known", _("known in person")
        CALLED_BACK = "called_back", _("called back on the number in the file")
        PAPER_SEEN = "paper_seen", _("a paper was seen, not kept")
        NOT_YET = "not_yet", _("not checked yet")

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        IN_PART = "in_part", _("done in part")
        REFUSED = "refused", _("refused, with the reason")
        WITHDRAWN = "withdrawn", _("taken back by the family")

    STOPPABLE = [
        (Purpose.MESSAGES, Purpose.MESSAGES.label),
        (Purpose.PROOF_PHOTO, Purpose.PROOF_PHOTO.label),
        (Purpose.PUBLICATION_PHOTO, Purpose.PUBLICATION_PHOTO.label),
        (Purpose.RESEARCH, Purpose.RESEARCH.label),
        (Purpose.HOSPITAL, Purpose.HOSPITAL.label),
    ]

    child = models.ForeignKey(Child, verbose_name=_("child"), on_delete=models.PROTECT, related_name="rights_requests")
    kind = models.CharField(_("what is asked"), max_length=10, choices=Kind.choices)
    asked_by = models.ForeignKey(
        Guardian,
        verbose_name=_("who asks"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Nobody: the person asks herself, of age."),
    )
    asked_on = models.DateField(_("asked on"), default=timezone.localdate)
    details = models.TextField(_("in their words"), blank=True, max_length=2000)
    stop = SeveralField(_("what shall stop"), options=STOPPABLE)
    identity = models.CharField(
        _("how identity was checked"), max_length=12, choices=Identity.choices, default=Identity.NOT_YET
    )
    due_on = models.DateField(_("to answer by"), default=_due_on)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, blank=True)
    answer = models.TextField(_("what was answered"), blank=True, max_length=2000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request of a family")
        verbose_name_plural = _("requests of families")
        indexes = [
            models.Index(name="rights_request_open", fields=["due_on", "id"], condition=Q(answered_on=None)),
            models.Index(name="rights_request_answered", fields=["-answered_on", "id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="rights_request_answer_is_whole",
                condition=Q(answered_on=None, outcome="", answered_by=None)
                | (Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="rights_request_refused_has_reason",
                condition=~Q(outcome="refused") | ~Q(answer=""),
                violation_error_message=_("Say why the request is refused: the family has a right to the reason."),
            ),
            models.CheckConstraint(
                name="rights_request_answered_after_asked",
                condition=Q(answered_on=None) | Q(answered_on__gte=F("asked_on")),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    def get_absolute_url(self):
        return reverse("beneficiaries:rightsrequest_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.answered_on is None

    @property
    def days_left(self) -> int:
        """Days until the answer is due; negative once it is late."""
        return (self.due_on - timezone.localdate()).days


class Erasure(Journalled):
    """One row says that a file was forgotten on a day: nothing but keys, so that a restored backup forgets it again."""

    child = models.UUIDField(_("file"), unique=True)
    erased_on = models.DateField(_("erased on"), default=timezone.localdate)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("erased by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        default_permissions = ("add", "view")

    def __str__(self):
        return str(self.child)
