"""Looking a chair over before it leaves for its child: safe and ready, point by point (WHO, step 5).

planning.prepare() locks and moves the reservation; what has to be in order, and the row that says so, are here.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distributions.models import Accessory, Allocation, Chair, ChairModel, Preparation
from hajar.lib import pictures
from hajar.lib.refusals import Refusal

Point, Answer = Preparation.Point, Preparation.Answer

# These apply to every chair: "does not apply" is no answer to them.
ALWAYS = (Point.EDGES, Point.STRAIGHT, Point.BRAKES, Point.NO_MOULD, Point.SET_TO_CHILD)
STRAPS = {Accessory.PELVIS_BELT, Accessory.HARNESS, Accessory.FOOT_STRAPS}


class PointsUnanswered(Refusal):
    sentence = _("Answer every point. Still open: %(points)s.")


class PointsFailed(Refusal):
    sentence = _("The chair is not ready. Not in order: %(points)s. Mend it, then look it over again.")


class PointsAlwaysApply(Refusal):
    sentence = _("This applies to every chair: %(points)s.")


class DisinfectantMissing(Refusal):
    sentence = _("Say with what the chair was disinfected.")


class PhotoUnreadable(Refusal):
    sentence = _("This photo cannot be read. Send a JPEG, PNG or WebP picture.")


def not_applicable(chair: Chair) -> set[str]:
    """The points that do not apply to this chair, as far as its model and its accessories tell."""
    model = chair.model
    fitted = {*model.accessories, *chair.accessories}
    absent = {
        Point.TYRES: model.tyres == ChairModel.Tyres.SOLID,
        Point.HANDRIMS: model.category != ChairModel.Category.ACTIVE_MANUAL,
        Point.FRAME: model.category == ChairModel.Category.POWERED,
        Point.TILT: not (model.tilt_max_deg or model.recline_max_deg),
        Point.STRAPS: not fitted & STRAPS,
        Point.CUSHION: not model.has_cushion and Accessory.CUSHION not in fitted,
    }
    return {point.value for point, is_absent in absent.items() if is_absent}


def write(
    allocation: Allocation,
    *,
    by,
    answers: Mapping[str, str],
    disinfectant: str = "",
    note: str = "",
    photo: bytes | None = None,
) -> Preparation:
    """Keep the look at a chair. To be called inside planning.prepare(), which holds the locks and journals.

    Raises PointsUnanswered, PointsFailed, PointsAlwaysApply, DisinfectantMissing or PhotoUnreadable.
    """
    given = {point.value: answers.get(point.value, "") for point in Point}
    _refuse(PointsUnanswered, [point for point, answer in given.items() if answer not in Answer.values])
    _refuse(PointsFailed, [point for point, answer in given.items() if answer == Answer.FAIL])
    _refuse(PointsAlwaysApply, [point.value for point in ALWAYS if given[point.value] == Answer.NOT_APPLICABLE])
    if given[Point.DISINFECTED] == Answer.PASS and not disinfectant.strip():
        raise DisinfectantMissing
    preparation = Preparation(
        allocation=allocation,
        answers=given,
        disinfectant=disinfectant.strip(),
        note=note.strip(),
        prepared_by=by,
        prepared_at=timezone.now(),
    )
    if photo:
        try:
            preparation.photo.save("photo.webp", ContentFile(pictures.tidy(photo)), save=False)
        except pictures.NotAPicture as fault:
            raise PhotoUnreadable from fault
    preparation.save()
    return preparation


def _refuse(refusal: type[Refusal], points: Collection[str]) -> None:
    if points:
        raise refusal(points=in_words(points))


def in_words(points: Collection[str]) -> Any:
    """Points as one enumeration, in the language of whoever reads it."""
    return _Enumeration(points)


class _Enumeration:
    """A refusal is written for its reader, whose language is known when it is read."""

    def __init__(self, points: Collection[str]) -> None:
        self.points = tuple(points)

    def __str__(self) -> str:
        return " · ".join(str(Point(point).label) for point in self.points)
