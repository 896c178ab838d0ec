import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Guardian
from beneficiaries.models.places import scope
from distributions.models.allocations import Allocation
from distributions.models.chairs import Chair
from distributions.models.rounds import Round
from hajar.journal.models import Journalled


def attachment_path(attachment, filename: str) -> str:
    return f"deliveries/{secrets.token_hex(16)}.{attachment.suffix}"


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user):
        if user.has_perm("distributions.view_delivery"):
            return self.filter(scope(user, "allocation__need__child__family__province__region"))
        return self.filter(volunteer=user)

    def delivered(self):
        return self.filter(outcome=Delivery.Outcome.DELIVERED)

    def held(self):
        """Hand-overs whose chair is still with its child: nearly all of them.

        PostgreSQL takes two columns for equal once in thousands, and would then look for that pair first of all; it
        takes a case for true every other time.
        """
        with_child = When(allocation__chair__holder=F("allocation__need__child"), then=Value(True))
        found = Case(with_child, default=Value(False), output_field=models.BooleanField())
        return self.alias(is_with_child=found).filter(is_with_child=True, handed_over_on__isnull=False)

    def still_with_child(self):
        """The same where the child is followed: what follow-up is about."""
        return self.held().filter(allocation__need__child__status__in=Child.FOLLOWED)

    def in_doubt(self):
        """Entries that someone must look at."""
        return self.exclude(needs_a_look="")


class Delivery(Journalled):
    """One row is one attempt at handing over, born on a phone with its own UUID."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        NOT_AT_HOME = "not_at_home", _("not at home")
        WRONG_ADDRESS = "wrong_address", _("wrong address")
        REFUSED = "refused", _("refused")
        DID_NOT_FIT = "did_not_fit", _("did not fit and not left")
        OTHER = "other", _("other")

    class Check(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        NOT_DONE = "not_done", _("not done")

    class Doubt(models.TextChoices):
        """Why someone at the office must look at an entry. It is recorded all the same: what happened, happened."""

        CLOCK_AHEAD = "clock_ahead", _("The phone's clock was ahead of ours.")
        CLOCK_BEHIND = "clock_behind", _("The phone's time and ours are more than a day apart.")
        CLOCK_UNREADABLE = "clock_unreadable", _("The phone gave no time that can be true.")
        NOT_HEALTHY = "not_healthy", _("The volunteer did not declare herself healthy.")
        ALREADY_DELIVERED = "already_delivered", _("A delivery of this chair to this child was already recorded.")
        RELEASED = "released", _("The reservation had been released before.")
        NOT_LOADED = "not_loaded", _("The chair had not been recorded as loaded.")
        OTHER_ROUND = "other_round", _("The stop had been moved to another round.")
        FILE_CLOSED = "file_closed", _("The child's file had been closed.")
        CHECK_FAILED = "check_failed", _("The chair was left although a check failed.")
        CHAIR_DISPUTED = "chair_disputed", _("Two entries say that this chair was handed over.")
        TWO_CHAIRS = "two_chairs", _("Another entry says that this child was given another chair for the same need.")
        REASSIGNED = "reassigned", _("The round had been given to another volunteer.")
        AUTHOR_GONE = "author_gone", _("The volunteer's account had been closed or changed before the entry came.")
        DEVICE_LOST = "device_lost", _("The entry comes from a phone that was reported lost.")
        SPARE = "spare", _("Another chair was left than the one meant: decide which is whose.")
        ROUND_CLOSED = "round_closed", _("The round had been closed before.")
        OTHER_CONTENT = "other_content", _("The phone sent this entry twice, with different content.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    allocation = models.ForeignKey(
        Allocation, verbose_name=_("allocation"), on_delete=models.PROTECT, related_name="deliveries"
    )
    round = models.ForeignKey(
        Round, verbose_name=_("round"), null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    volunteer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("volunteer"), on_delete=models.PROTECT, related_name="deliveries"
    )
    chair_left = models.ForeignKey(
        Chair,
        verbose_name=_("chair left instead"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Where another chair was left than the one meant."),
    )
    outcome = models.CharField(_("what happened"), max_length=13, choices=Outcome.choices)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    happened_at = models.DateTimeField(_("happened at, by the phone"))
    received_at = models.DateTimeField(_("received at"))
    device = models.CharField(_("device"), max_length=80, blank=True)
    # None: a phone told it. Otherwise the volunteer wrote it on the round's paper, and this person typed it in.
    typed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("typed in from paper by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_healthy = models.BooleanField(_("the volunteer declared herself healthy"), default=False)
    receiver_name = models.CharField(_("received by"), max_length=120, blank=True)
    receiver_relation = models.CharField(
        _("relation to the child"), max_length=12, choices=Guardian.Relation.choices, blank=True
    )
    # Short fitting and training checks (WHO steps 6 and 7)
    fits_width = models.CharField(_("hips without pressure"), max_length=8, choices=Check.choices, blank=True)
    fits_depth = models.CharField(_("two fingers behind the knee"), max_length=8, choices=Check.choices, blank=True)
    feet_supported = models.CharField(_("feet supported"), max_length=8, choices=Check.choices, blank=True)
    sits_upright = models.CharField(_("sits upright and at ease"), max_length=8, choices=Check.choices, blank=True)
    brakes_shown = models.CharField(_("the family locked the brakes"), max_length=8, choices=Check.choices, blank=True)
    straps_shown = models.CharField(
        _("the family fastened the straps"), max_length=8, choices=Check.choices, blank=True
    )
    folding_shown = models.CharField(
        _("the family folded or lifted the chair"), max_length=8, choices=Check.choices, blank=True
    )
    care_explained = models.CharField(
        _("cleaning and whom to call explained"), max_length=8, choices=Check.choices, blank=True
    )
    note = models.TextField(_("note"), blank=True, max_length=2000)
    content_hash = models.CharField(max_length=64, editable=False)
    needs_a_look = models.CharField(
        _("someone must look"), max_length=200, blank=True, help_text=_("Codes of the doubts, parted by commas.")
    )
    # Only on the entry by which the chair became the child's: follow-up counts from this day, by the clock we trust.
    handed_over_on = models.DateField(_("handed over on"), null=True, editable=False)
    # While its chair is with a child who is followed: when to look at it next. A cache, see looking_ahead.
    next_look_on = models.DateField(_("next look on"), null=True, editable=False)

    CHECKS = (
        "fits_width",
        "fits_depth",
        "feet_supported",
        "sits_upright",
        "brakes_shown",
        "straps_shown",
        "folding_shown",
        "care_explained",
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        permissions = [("record_delivery", "Can record deliveries of her own rounds")]
        indexes = [
            models.Index(name="delivery_by_moment", fields=["-happened_at", "id"]),
            models.Index(name="delivery_by_outcome", fields=["outcome", "happened_at"]),
            models.Index(name="delivery_by_hand_over", fields=["handed_over_on", "id"]),
            models.Index(
                name="delivery_by_next_look", fields=["next_look_on", "id"], condition=Q(next_look_on__isnull=False)
            ),
            models.Index(name="delivery_in_doubt", fields=["-received_at", "id"], condition=~Q(needs_a_look="")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="allocation_is_handed_over_once",
                fields=["allocation"],
                condition=Q(handed_over_on__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_handed_over_is_delivered", condition=Q(handed_over_on=None) | Q(outcome="delivered")
            ),
            models.CheckConstraint(
                name="delivery_failed_has_reason",
                condition=~Q(outcome__in=["refused", "did_not_fit", "other"]) | ~Q(reason=""),
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                name="delivery_made_has_receiver",
                condition=~Q(outcome="delivered") | (~Q(receiver_name="") & ~Q(receiver_relation="")),
                violation_error_message=_("Write who received the chair, and the relation to the child."),
            ),
        ]

    def __str__(self):
        return self.get_outcome_display()

    def get_absolute_url(self):
        return reverse("distributions:delivery_detail", args=[self.pk])

    @property
    def is_delivered(self) -> bool:
        return self.outcome == self.Outcome.DELIVERED

    @property
    def is_from_paper(self) -> bool:
        return self.typed_in_by_id is not None

    @property
    def doubts(self) -> list[str]:
        """Why someone must look, as sentences in the reader's language."""
        known = dict(self.Doubt.choices)
        return [str(known.get(code, code)) for code in self.needs_a_look.split(",") if code]

    @property
    def checks(self) -> list[tuple[str, str]]:
        """Each fitting and training check that was answered: (question, code of the answer)."""
        return [(label, getattr(self, name)) for name, label in self.questions() if getattr(self, name)]

    @classmethod
    def questions(cls) -> list[tuple[str, str]]:
        """The fitting and training checks: (name of the field, question)."""
        labels = {field.name: field.verbose_name for field in cls._meta.fields}
        return [(name, str(labels[name])) for name in cls.CHECKS]


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Proofs go with their delivery."""
        return self.filter(delivery__in=Delivery.objects.visible_to(user))


class Attachment(Journalled):
    """One row is a file that proves one delivery: a signature or a photo."""

    class Kind(models.TextChoices):
        SIGNATURE = "signature", _("signature")
        PHOTO = "photo", _("photo")

    delivery = models.ForeignKey(
        Delivery, verbose_name=_("delivery"), on_delete=models.PROTECT, related_name="attachments"
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    file = models.FileField(_("file"), upload_to=attachment_path)
    sha256 = models.CharField(max_length=64, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [models.UniqueConstraint(name="delivery_has_one_of_each_kind", fields=["delivery", "kind"])]

    def __str__(self):
        return self.get_kind_display()

    @property
    def suffix(self) -> str:
        return "png" if self.kind == self.Kind.SIGNATURE else "webp"
