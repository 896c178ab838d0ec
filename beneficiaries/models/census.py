from django.db import models
from django.utils.translation import gettext_lazy as _

from hajar.journal.models import Journalled


class Census(Journalled):
    """One row is the waiting list as it stood on one morning: who stood first, and how many waited.

    Whoever doubts later that the order was kept can lay the hand-overs beside it. Rows are never edited.
    """

    day = models.DateField(_("day"), unique=True)
    waiting = models.PositiveIntegerField(_("waiting"))
    urgent = models.PositiveIntegerField(_("urgent"))
    incomplete = models.PositiveIntegerField(_("assessment incomplete"))
    first = models.JSONField(
        _("who stood first"),
        default=list,
        help_text=_("The first needs in their order: need, reference of the child, points, urgent, days waiting."),
    )

    class Meta:
        verbose_name = _("census of the waiting list")
        verbose_name_plural = _("censuses of the waiting list")
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.day:%Y-%m-%d}"
