"""Rows of which two may turn out to be one: the second stays, points to the one that goes on, and is in no list."""

from django.db import models


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
