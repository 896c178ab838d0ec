import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.places import scope
from distributions.models.allocations import Allocation
from hajar.journal.models import Journalled


def preparation_path(preparation, filename: str) -> str:
    return f"preparations/{secrets.token_hex(16)}.webp"


class PreparationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "allocation__need__child__family__province__region"))


class Preparation(Journalled):
    """One row is the look at one chair before it leaves for its child: safe and ready, point by point."""

    class Answer(models.TextChoices):
        PASS = "pass", _("in order")
        FAIL = "fail", _("not in order")
        NOT_APPLICABLE = "n_a", _("does not apply")

    class Point(models.TextChoices):
        """What is looked at (WHO step 5), and what a child who falls ill easily needs beside."""

        EDGES = "edges", _("no sharp edge, nothing broken or cracked")
        STRAIGHT = "straight", _("rolls straight")
        CASTORS = "castors", _("castors turn and swivel freely, bolts tight")
        REAR_WHEELS = "rear_wheels", _("rear wheels turn freely, axles lock, spokes tight")
        TYRES = "tyres", _("tyres firm under the thumb")
        HANDRIMS = "handrims", _("hand rims fast")
        BRAKES = "brakes", _("brakes hold on a slope")
        FOOTRESTS = "footrests", _("footrests lock and fold")
        FRAME = "frame", _("frame folds and opens")
        TILT = "tilt", _("tilt and recline lock, anti-tip bars in place")
        STRAPS = "straps", _("straps and buckles close and open")
        CUSHION = "cushion", _("cushion the right way up, cover on")
        LABELS = "labels", _("labels there: greatest mass, serial number, maker")
        DISINFECTED = "disinfected", _("cleaned and disinfected")
        NO_MOULD = "no_mould", _("no mould, no damp foam, cover washed")
        SEALED = "sealed", _("kept wrapped since")
        SET_TO_CHILD = "set_to_child", _("set to the child's measures")

    allocation = models.ForeignKey(
        Allocation, verbose_name=_("allocation"), on_delete=models.PROTECT, related_name="preparations"
    )
    answers = models.JSONField(_("points"), default=dict)
    note = models.CharField(_("note"), max_length=300, blank=True)
    disinfectant = models.CharField(_("disinfected with"), max_length=80, blank=True)
    photo = models.FileField(_("photo"), upload_to=preparation_path, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("prepared by"), on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField(_("prepared at"), default=timezone.now)

    objects = PreparationQuerySet.as_manager()

    class Meta:
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        indexes = [models.Index(name="preparation_by_allocation", fields=["allocation", "-prepared_at"])]

    def __str__(self):
        return f"{self.prepared_at:%Y-%m-%d}"

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Each point that was answered: its name, the answer's code, the answer in words."""
        words = dict(self.Answer.choices)
        return [
            (str(label), code, str(words.get(code, code)))
            for point, label in self.Point.choices
            if (code := self.answers.get(point))
        ]

    @property
    def failed(self) -> list[str]:
        """The points that were not in order, in words."""
        return [
            str(self.Point(code).label)
            for code, answer in self.answers.items()
            if answer == self.Answer.FAIL and code in self.Point.values
        ]
