"""What was done, by whom, on which device, when: append-only and chained by hashes.

Each business change appends one entry in its own transaction and takes the head's row lock last. That one mechanism
gives order without gaps, attribution, tamper evidence and a cursor that loses nothing. Payloads lie apart, so that what
a family asks to forget can be erased while the chain stays whole. Triggers on both databases refuse edits.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hajar.journal import acts

GENESIS = "0" * 64


class Head(models.Model):
    """One single row is the end of the chain: the last sequence and hash."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [models.CheckConstraint(name="journal_has_one_head", condition=models.Q(id=1))]

    def __str__(self):
        return f"{self.sequence}"


class EntryQuerySet(models.QuerySet):
    def about(self, *objects):
        """Entries whose object is one of these rows."""
        wanted = models.Q(pk__in=[])
        for row in objects:
            wanted |= models.Q(object_type=row._meta.label_lower, object_id=str(row.pk))
        return self.filter(wanted)

    def latest_first(self):
        return self.order_by("-sequence")


class Entry(models.Model):
    """One row is one thing that was done or read; never edited, never deleted."""

    sequence = models.PositiveBigIntegerField(_("number"), primary_key=True)
    act = models.CharField(_("act"), max_length=60, db_index=True)
    object_type = models.CharField(_("kind"), max_length=60)
    object_id = models.CharField(_("row"), max_length=40)
    subject_id = models.UUIDField(
        pgettext_lazy("journal", "file"),
        null=True,
        help_text=_("The child, family or initiative on whose page this belongs."),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    device = models.CharField(_("device"), max_length=80, blank=True)
    claimed_at = models.DateTimeField(_("happened"), null=True)
    received_at = models.DateTimeField(_("received"))
    payload_hash = models.CharField(_("fingerprint of the details"), max_length=64)
    previous_hash = models.CharField(_("fingerprint of the entry before"), max_length=64)
    hash = models.CharField(_("fingerprint"), max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        default_permissions = ("view",)
        indexes = [
            models.Index(name="journal_by_object", fields=["object_type", "object_id", "-sequence"]),
            models.Index(name="journal_by_subject", fields=["subject_id", "-sequence"]),
            models.Index(name="journal_by_actor", fields=["actor", "-sequence"]),
        ]

    def __str__(self):
        return f"{self.sequence} · {self.words.sentence}"

    @property
    def words(self) -> acts.Act:
        """The act with its sentence in the reader's language, its icon and tone."""
        return acts.find(self.act)

    @property
    def details(self) -> dict:
        """The payload, or nothing once it was erased. Needs select_related("payload")."""
        return self.payload.data if hasattr(self, "payload") else {}


class Payload(models.Model):
    """One row is what an entry says in detail; it may be erased, never changed."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    data = models.JSONField(default=dict)
    salt = models.CharField(max_length=32)

    def __str__(self):
        return str(self.entry_id)


class Journalled(models.Model):
    """A noun of the house: a row with a UUID, whose history is in the journal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        abstract = True

    def history(self):
        """Entries about this row, newest first; one query."""
        return Entry.objects.about(self).select_related("actor", "payload").latest_first()
