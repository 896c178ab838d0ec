"""What waits for a person at the office: one list, whatever the field sent and whatever was wrong with it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Mandate, Province
from beneficiaries.models.places import scope
from distributions.models.chairs import Chair
from distributions.models.deliveries import Delivery
from distributions.models.entries import Device, PhoneEntry
from distributions.models.rounds import Round
from hajar.journal.models import Journalled


class MatterQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Matters of one's regions, and those that name no place; nobody's without the permission."""
        if not user.has_perm("distributions.view_matter"):
            return self.none()
        if Mandate.covers_all(user):
            return self
        return self.filter(scope(user, "province__region") | Q(province=None))

    def waiting(self, now=None):
        """Those that a person must look at now. The index of what is open keeps this small, however long the past."""
        return self.filter(ended_at=None, opens_at__lte=now or timezone.now())


class Matter(Journalled):
    """One row is one thing from the field that a person must look at, until it has ended."""

    class Kind(models.TextChoices):
        """In the order of their weight: an entry with several doubts is filed under the first of them."""

        CHAIR_TWICE = "chair_twice", _("one chair given twice")
        TWO_CHAIRS = "two_chairs", _("one child given two chairs")
        TOLD_TWICE = "told_twice", _("the same hand-over told twice")
        CONTENT = "content", _("one entry with two contents")
        LOST_PHONE = "lost_phone", _("from a phone reported lost")
        ACCOUNT = "account", _("of a volunteer moved or gone")
        REFUSED = "refused", _("refused or not understood")
        SPARE = "spare", _("another chair left")
        BREAKDOWN = "breakdown", _("breakdown")
        NEED_SEEN = "need_seen", _("need seen on the way")
        TAKEN_BACK = "taken_back", _("chair taken back")
        AGAINST_PLAN = "against_plan", _("not as planned")
        CLOCK = "clock", _("doubtful clock")
        FAILED_STOP = "failed_stop", _("failed stop")
        FILE = "file", _("file that does not come")
        GAP = "gap", _("gap in a phone's entries")

    DISPUTES = (Kind.CHAIR_TWICE, Kind.TWO_CHAIRS, Kind.TOLD_TWICE)

    class Decision(models.TextChoices):
        """What a person decides where two entries cannot both be as they say."""

        FIRST = "first", _("The first family keeps the chair.")
        SECOND = "second", _("The second family keeps the chair.")
        NEITHER = "neither", _("Neither has it: the chair is looked for.")
        KEEP_FIRST = "keep_first", _("The child keeps the first chair; the second is to be brought back.")
        KEEP_SECOND = "keep_second", _("The child keeps the second chair; the first is to be brought back.")
        KEEP_BOTH = "keep_both", _("The child keeps both chairs.")
        SAME = "same", _("Both entries tell of one and the same hand-over.")
        INSTEAD = (
            "instead",
            _("The child keeps the chair that was left: the need is met, the chair meant for it is free."),
        )
        STILL_WAITS = "still_waits", _("The child still waits for the chair that was meant.")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    entry = models.ForeignKey(
        PhoneEntry, verbose_name=_("entry"), null=True, on_delete=models.PROTECT, related_name="matters"
    )
    delivery = models.ForeignKey(
        Delivery, verbose_name=_("delivery"), null=True, on_delete=models.PROTECT, related_name="matters"
    )
    device = models.ForeignKey(
        Device, verbose_name=_("phone"), null=True, on_delete=models.PROTECT, related_name="matters"
    )
    chair = models.ForeignKey(Chair, verbose_name=_("chair"), null=True, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(
        Round, verbose_name=_("round"), null=True, on_delete=models.PROTECT, related_name="matters"
    )
    province = models.ForeignKey(
        Province, verbose_name=_("province or prefecture"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("volunteer"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    missing = models.CharField(_("numbers that lack"), max_length=200, blank=True)
    opens_at = models.DateTimeField(
        _("since"), help_text=_("What may still settle itself, such as a picture on its way, is shown later only.")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("handled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Nobody, where it settled itself: what was missing came."),
    )
    decision = models.CharField(_("decision"), max_length=11, choices=Decision.choices, blank=True)
    note = models.CharField(_("what came of it"), max_length=300, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter to look at")
        verbose_name_plural = _("matters to look at")
        indexes = [
            models.Index(name="matter_waiting", fields=["opens_at", "id"], condition=Q(ended_at=None)),
            models.Index(name="matter_ended", fields=["-ended_at", "id"], condition=Q(ended_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="matter_is_about_something",
                condition=Q(entry__isnull=False) | Q(delivery__isnull=False) | Q(device__isnull=False),
            ),
            models.CheckConstraint(
                name="matter_handled_has_note",
                condition=Q(ended_by=None) | (Q(ended_at__isnull=False) & ~Q(note="")),
                violation_error_message=_("Say what came of it."),
            ),
            models.UniqueConstraint(
                name="matter_waits_once_for_an_entry", fields=["entry", "kind"], condition=Q(ended_at=None)
            ),
            models.UniqueConstraint(
                name="matter_waits_once_for_a_gap",
                fields=["device"],
                condition=Q(ended_at=None, kind="gap"),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    def get_absolute_url(self):
        return reverse("distributions:matter_detail", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        return self.ended_at is None

    @property
    def is_dispute(self) -> bool:
        return self.kind in self.DISPUTES

    @property
    def sentences(self) -> list[str]:
        """Why someone must look, in the reader's language. Needs select_related("entry__delivery", "delivery")."""
        if self.kind == self.Kind.GAP and not self.missing:
            return [
                str(
                    _(
                        "The phone held entries when it was last heard of, and its owner has begun anew on another: "
                        "they may be gone."
                    )
                )
            ]
        if self.kind == self.Kind.GAP:
            return [str(_("The phone numbered entries that never came: {numbers}.")).format(numbers=self.missing)]
        if self.kind == self.Kind.FILE:
            return [str(_("A signature or a photo that the entry names has not come."))]
        if self.kind == self.Kind.FAILED_STOP and self.delivery:
            return [self.delivery.get_outcome_display(), *filter(None, [self.delivery.reason]), *self.delivery.doubts]
        said = self.entry.sentences if self.entry else []
        return said or (self.delivery.doubts if self.delivery else [])


class KeptRoundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What lies on a phone goes with the phone."""
        return self.filter(device__in=Device.objects.visible_to(user))


class KeptRound(Journalled):
    """One row is one round that lay on one phone, as the phone itself told us."""

    device = models.ForeignKey(Device, verbose_name=_("phone"), on_delete=models.PROTECT, related_name="kept_rounds")
    round = models.ForeignKey(Round, verbose_name=_("round"), on_delete=models.PROTECT, related_name="kept_on")
    last_told_at = models.DateTimeField(_("last told"))

    objects = KeptRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round kept on a phone")
        verbose_name_plural = _("rounds kept on phones")
        constraints = [models.UniqueConstraint(name="round_is_kept_once_on_a_phone", fields=["device", "round"])]

    def __str__(self):
        return f"{self.round}"
