"""Two files that may be of one child, and what became of them once a person looked."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.children import Child
from beneficiaries.models.places import scope
from hajar.journal.models import Journalled


class DuplicatePairQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Pairs of which the reader may see both children: one across two regions is for who sees both."""
        return self.filter(
            scope(user, "first__family__province__region") & scope(user, "second__family__province__region")
        )

    def open(self):
        return self.filter(state=DuplicatePair.State.OPEN)

    def of(self, a: Child, b: Child):
        first, second = DuplicatePair.in_order(a.pk, b.pk)
        return self.filter(first=first, second=second)

    def with_children(self):
        """Both files, and their places; a merged one, too."""
        return self.select_related("first__family__province__region", "second__family__province__region")


class DuplicatePair(Journalled):
    """One row is two files that may be of one child: how surely, why, and what a person said of them."""

    class Band(models.TextChoices):
        PROBABLE = "probable", _("probably the same")
        POSSIBLE = "possible", _("perhaps the same")

    class State(models.TextChoices):
        OPEN = "open", _("to be looked at")
        NOT_THE_SAME = "not_the_same", _("two children")
        MERGED = "merged", _("merged")

    # The probable ones first: by chance, their word comes later in the alphabet.
    ORDER = ("-band", "-score", "pk")

    first = models.ForeignKey(Child, verbose_name=_("child"), on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Child, verbose_name=_("other child"), on_delete=models.CASCADE, related_name="+")
    band = models.CharField(_("how surely"), max_length=8, choices=Band.choices)
    score = models.PositiveSmallIntegerField(_("likeness"), help_text=_("0 to 100; it only puts pairs in order."))
    reasons = models.JSONField(_("reasons"), default=list)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # What was compared when somebody decided: once it is written otherwise, the pair is looked at again.
    compared = models.CharField(max_length=32, blank=True, editable=False)
    # Who opened the second file saw the first one, and went on: her reason.
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("registered anyway by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    opened_why = models.CharField(_("registered anyway because"), max_length=300, blank=True)
    # Two files that nothing brings together but somebody who knows: the pair stays until a person decides.
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("found by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        default_permissions = ("view",)
        indexes = [
            models.Index(name="pair_queue", fields=["state", "-band", "-score", "id"]),
            models.Index(name="pair_by_second", fields=["second"]),
        ]
        constraints = [
            models.UniqueConstraint(name="pair_is_kept_once", fields=["first", "second"]),
            models.CheckConstraint(name="pair_is_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="pair_decided_by_somebody",
                condition=Q(state="open") | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.get_band_display()} · {self.score}"

    def get_absolute_url(self):
        return reverse("beneficiaries:duplicate_detail", args=[self.pk])

    @staticmethod
    def in_order(a, b) -> tuple:
        return (a, b) if a < b else (b, a)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_probable(self) -> bool:
        return self.band == self.Band.PROBABLE

    @property
    def was_looked_at(self) -> bool:
        """Somebody said before that these are two children; since then one of them is written otherwise."""
        return self.is_open and self.decided_at is not None


class MergeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(
            scope(user, "kept__family__province__region") & scope(user, "gone__family__province__region")
        )

    def standing(self):
        return self.filter(undone_at=None)

    def with_children(self):
        return self.select_related(
            "kept__family__province__region", "gone__family__province__region", "by", "undone_by"
        )


class Merge(Journalled):
    """One row is one merging of two files of one child: both as they were, and every row that was pointed elsewhere."""

    kept = models.ForeignKey(Child, verbose_name=_("file that goes on"), on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Child, verbose_name=_("file that ended"), on_delete=models.PROTECT, related_name="+")
    kept_was = models.JSONField(_("file that goes on, before"), default=dict)
    gone_was = models.JSONField(_("file that ended, before"), default=dict)
    moved = models.JSONField(
        _("what changed"), default=list, help_text=_("Each row: its kind, key and field, the value before and after.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("merged by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("merged at"), default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken back by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    undone_why = models.CharField(_("why it was taken back"), max_length=300, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                name="child_is_merged_once",
                fields=["gone"],
                condition=Q(undone_at=None),
                violation_error_message=_("This file is merged already."),
            ),
            models.CheckConstraint(name="merge_is_of_two", condition=~Q(kept=F("gone"))),
            models.CheckConstraint(
                name="merge_taken_back_has_reason_and_author",
                condition=Q(undone_at=None, undone_by=None, undone_why="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_why="")),
                violation_error_message=_("Say why the merge is taken back."),
            ),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("beneficiaries:merge_detail", args=[self.pk])

    @property
    def is_standing(self) -> bool:
        return self.undone_at is None
