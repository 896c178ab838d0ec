"""What phones said, word for word: kept before anything is made of it, and for good."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Mandate, Province
from beneficiaries.models.places import scope
from distributions.models.deliveries import Attachment, Delivery
from distributions.models.rounds import Round
from hajar.journal.models import Journalled


class DeviceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Phones belong to people, not to regions: whoever may look after phones sees them all."""
        return self if user.has_perm("distributions.view_device") else self.filter(user=user)


class Device(Journalled):
    """One row is one phone as one person uses it; it made its own number when she first kept a round on it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("volunteer"), on_delete=models.PROTECT, related_name="devices"
    )
    name = models.CharField(_("what it says it is"), max_length=80, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"))
    last_number = models.PositiveBigIntegerField(
        _("last entry"), default=0, help_text=_("A phone numbers its entries: a gap means that it lost some.")
    )
    unsent = models.PositiveIntegerField(_("entries still on the phone"), default=0)
    lost_at = models.DateTimeField(_("reported lost"), null=True, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        indexes = [models.Index(name="device_by_sight", fields=["-last_seen_at", "id"])]

    def __str__(self):
        return self.name or str(self.pk)[:8]


class PhoneEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Office: entries of rounds in one's regions, and those that name no round. A volunteer: only her own."""
        if not user.has_perm("distributions.view_phoneentry"):
            return self.filter(author=user)
        if Mandate.covers_all(user):
            return self
        return self.filter(scope(user, "province__region") | Q(province=None))

    def waiting(self):
        """Entries that someone must look at and nobody has."""
        return self.filter(handled_at=None).exclude(state=PhoneEntry.State.RECEIVED)


class PhoneEntry(Journalled):
    """One row is one event that a phone told, as it told it; it keeps the phone's UUID and is never edited."""

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("hand-over")
        HEALTHY = "healthy", _("declared herself healthy")
        BREAKDOWN = "breakdown", _("breakdown seen on the way")
        NEED_SEEN = "need_seen", _("need seen on the way")
        TAKEN_BACK = "taken_back", _("chair taken back")
        UNKNOWN = "unknown", _("unknown")

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        REVIEW = "review", _("someone must look")
        INVALID = "invalid", _("not understood")

    class Reason(models.TextChoices):
        """Why someone must look, beside the doubts of a delivery."""

        UNREADABLE = "unreadable", _("This entry could not be read. It is kept as it came.")
        SEALED = "sealed", _("This entry was sealed for another key. It is kept as it came.")
        UNKNOWN_KIND = "unknown_kind", _("This entry comes from a newer version of the pages. It is kept.")
        INCOMPLETE = "incomplete", _("This entry lacks something that its outcome needs.")
        NOT_GIVEN = "not_given", _("This stop had not been given to this volunteer.")
        DIFFERENT = "different", _("This entry came before with other content. Both are kept.")
        AUTHOR_GONE = "author_gone", _("The account had been closed or changed before the entry came.")
        DEVICE_LOST = "device_lost", _("It comes from a phone that was reported lost.")
        CHAIR = "chair", _("What we know of this chair does not allow it.")
        TO_READ = "to_read", _("Something was seen on the way: read it and decide.")
        FILE_REFUSED = "file_refused", _("A picture of this entry could not be kept.")

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("volunteer"), on_delete=models.PROTECT, related_name="+"
    )
    device = models.ForeignKey(
        Device, verbose_name=_("phone"), null=True, on_delete=models.PROTECT, related_name="entries"
    )
    number = models.PositiveBigIntegerField(_("number on the phone"), null=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    reasons = models.CharField(_("someone must look"), max_length=200, blank=True)
    claimed_at = models.DateTimeField(_("happened at, by the phone"), null=True)
    received_at = models.DateTimeField(_("received at"))
    said = models.TextField(_("what the phone said"), help_text=_("JSON in ASCII, or base64 of what cannot be opened."))
    content_hash = models.CharField(max_length=64, editable=False)
    sequence = models.PositiveBigIntegerField(_("number in the journal"))
    province = models.ForeignKey(
        Province, verbose_name=_("province or prefecture"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    round = models.ForeignKey(
        Round, verbose_name=_("round"), null=True, on_delete=models.PROTECT, related_name="entries"
    )
    delivery = models.ForeignKey(
        Delivery, verbose_name=_("delivery"), null=True, on_delete=models.PROTECT, related_name="entries"
    )
    contests = models.ForeignKey(
        "self", verbose_name=_("came with the number of"), null=True, on_delete=models.PROTECT, related_name="rivals"
    )
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("handled by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    handled_note = models.CharField(_("what came of it"), max_length=300, blank=True)

    objects = PhoneEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a phone")
        verbose_name_plural = _("entries of phones")
        indexes = [
            models.Index(name="phone_entry_by_moment", fields=["-received_at", "id"]),
            models.Index(
                name="phone_entry_waiting",
                fields=["-received_at", "id"],
                condition=Q(handled_at=None) & ~Q(state="received"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="phone_entry_waits_for_a_reason", condition=Q(state="received") | ~Q(reasons="")
            ),
            models.CheckConstraint(
                name="phone_entry_handled_by_somebody",
                condition=Q(handled_at=None, handled_by=None) | Q(handled_at__isnull=False, handled_by__isnull=False),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    def get_absolute_url(self):
        return reverse("distributions:phoneentry_detail", args=[self.pk])

    @property
    def sentences(self) -> list[str]:
        """Why someone must look, in the reader's language. Needs select_related("delivery")."""
        known = dict(self.Reason.choices)
        of_delivery = self.delivery.needs_a_look.split(",") if self.delivery else []
        own = [code for code in self.reasons.split(",") if code in known and code not in of_delivery]
        return [str(known[code]) for code in own] + (self.delivery.doubts if self.delivery else [])


class PhoneFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Files go with their entry."""
        return self.filter(entry__in=PhoneEntry.objects.visible_to(user))

    def awaited_from(self, user):
        return self.filter(entry__author=user, state=PhoneFile.State.MISSING)


class PhoneFile(Journalled):
    """One row is a file that an entry names by its SHA-256; it comes later, and again as often as the phone likes."""

    class State(models.TextChoices):
        MISSING = "missing", _("not here yet")
        KEPT = "kept", _("here")
        REFUSED = "refused", _("refused")

    entry = models.ForeignKey(PhoneEntry, verbose_name=_("entry"), on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(_("kind"), max_length=9, choices=Attachment.Kind.choices)
    sha256 = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.MISSING)

    objects = PhoneFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a phone")
        verbose_name_plural = _("files of phones")
        constraints = [models.UniqueConstraint(name="phone_entry_has_one_of_each_file", fields=["entry", "kind"])]
        indexes = [models.Index(name="phone_file_by_content", fields=["sha256"])]

    def __str__(self):
        return self.get_kind_display()
