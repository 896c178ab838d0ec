"""The chair of a child who has died: offered, never asked for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child
from beneficiaries.models.places import scope
from distributions.models.chairs import Chair
from hajar.journal.models import Journalled


class ReturnOfferQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "child__family__province__region"))


class ReturnOffer(Journalled):
    """One row is what became of offering a bereaved family to take a chair back: put off, kept, or coming back."""

    class Answer(models.TextChoices):
        LATER = "later", _("not now, think of it again later")
        KEEPS = "keeps", _("the family keeps the chair")
        RETURNS = "returns", _("the family gives the chair back")

    chair = models.ForeignKey(Chair, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="return_offers")
    child = models.ForeignKey(Child, verbose_name=_("child"), on_delete=models.PROTECT, related_name="return_offers")
    answer = models.CharField(_("answer"), max_length=8, choices=Answer.choices)
    ask_again_on = models.DateField(_("think of it again on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ReturnOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer to take a chair back")
        verbose_name_plural = _("offers to take a chair back")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                name="chair_is_offered_back_once",
                fields=["chair", "child"],
                violation_error_message=_("This family has been asked about this chair."),
            ),
            models.CheckConstraint(
                name="return_offer_put_off_has_a_day",
                condition=Q(answer="later", ask_again_on__isnull=False) | (~Q(answer="later") & Q(ask_again_on=None)),
                violation_error_message=_("Say when to think of it again."),
            ),
        ]

    def __str__(self):
        return self.get_answer_display()
