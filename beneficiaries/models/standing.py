"""Rows of which two may turn out to be one: the second stays, points to the one that goes on, and is in no list."""

from collections.abc import Collection
from uuid import UUID

from django.db import models
from django.db.models import Q


def merged_into(keys: Collection[UUID]) -> Q:
    """Rows that were merged into one of these; for `with_merged`.

    The range says nothing new. But SQLite counts the empty values of a column as one value: while hardly any file was
    merged it believes that most rows have the one that is sought, and reads them all. A range it looks up in the index.
    """
    if not keys:
        return Q(pk__in=[])
    return Q(merged_into__in=list(keys), merged_into__gte=min(keys), merged_into__lte=max(keys))


class StandingManager(models.Manager):
    """The rows that stand for somebody: those merged into another are passed over, whatever way leads to them."""

    def get_queryset(self):
        return super().get_queryset().filter(merged_into=None)


class Mergeable(models.Model):
    """A row that may turn out to be the second one of the same person or household.

    What is append-only points to it for ever, so it is never deleted. `objects` does not see it any more, nor does any
    list that starts there; `with_merged` does, for who follows an old reference or takes the merge back.
    """

    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged_here"
    )

    class Meta:
        abstract = True
