"""Reckon a round up, chair by chair: what was loaded, to whom it was given, what came back, and what does not agree.

Nothing is stored here but what people counted and explained (RoundChair): the rest is read from the chairs' events and
the round's entries, so that an entry that comes late shows at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child
from distributions.models import Allocation, Chair, ChairEvent, Delivery, Round, RoundChair


class Difference(models.TextChoices):
    """Why the three numbers of a chair do not agree."""

    STILL_OUT = "still_out", _("loaded, but neither given nor back")
    GIVEN_AND_BACK = "given_and_back", _("handed over by its entry, but counted back")
    NOT_LOADED = "not_loaded", _("handed over, but never loaded")
    NOT_ON_LIST = "not_on_list", _("handed over, but not on this round's list")
    DISPUTED = "disputed", _("two entries say who has it")


@dataclass(frozen=True)
class ChairLine:
    """One chair of a round. `difference` is "" where everything agrees."""

    chair: Chair
    allocation: Allocation | None
    line: RoundChair | None
    given_to: Child | None
    entry: Delivery | None
    difference: str
    changed_at: datetime | None

    @property
    def is_spare(self) -> bool:
        return self.allocation is None

    @property
    def is_loaded(self) -> bool:
        return self.line is not None and self.line.is_loaded

    @property
    def is_back(self) -> bool:
        return self.line is not None and self.line.is_back

    @property
    def agrees(self) -> bool:
        return not self.difference

    @property
    def is_explained(self) -> bool:
        """Whether somebody explained it; an explanation older than the latest fact explains nothing."""
        if self.line is None or self.line.explained_at is None:
            return False
        return self.changed_at is None or self.line.explained_at >= self.changed_at

    @property
    def is_open(self) -> bool:
        return not self.agrees and not self.is_explained

    @property
    def why(self) -> str | Promise:
        return Difference(self.difference).label if self.difference else ""

    @property
    def can_come_back(self) -> bool:
        return self.is_loaded and not self.is_back


def reckon(round: Round) -> list[ChairLine]:
    """Every chair that was meant for the round, loaded on it or handed over on it, by label; four queries."""
    lines = {
        line.chair_id: line
        for line in round.chairs.select_related(
            "chair__model", "allocation__need__child", "loaded_by", "back_by", "explained_by"
        )
    }
    meant = {
        row.chair_id: row
        for row in Allocation.objects.filter(round=round).select_related("chair__model", "need__child").order_by("pk")
        if row.chair_id in lines or row.is_live or row.status == Allocation.Status.DELIVERED
    }
    entries = list(
        Delivery.objects.filter(round=round, outcome=Delivery.Outcome.DELIVERED)
        .select_related("allocation__need__child", "allocation__chair__model", "chair_left__model")
        .order_by("received_at", "pk")
    )
    told = {(chair_told(entry).pk, entry.allocation.need.child_id): entry for entry in reversed(entries)}
    given: dict = {}
    changed: dict = {}
    for event in _hand_overs({chair for chair, _child in told}):
        if event.child_id and (entry := told.get((event.chair_id, event.child_id))):
            given[event.chair_id] = entry
            changed[event.chair_id] = event.recorded_at
    chairs = {pk: line.chair for pk, line in lines.items()} | {pk: row.chair for pk, row in meant.items()}
    chairs |= {pk: chair_told(entry) for pk, entry in given.items() if pk not in chairs}
    found = []
    for pk, chair in chairs.items():
        line, entry = lines.get(pk), given.get(pk)
        allocation = (line.allocation if line else None) or meant.get(pk)
        found.append(
            ChairLine(
                chair=chair,
                allocation=allocation,
                line=line,
                given_to=entry.allocation.need.child if entry else None,
                entry=entry,
                difference=_difference(chair, line, is_given=entry is not None, is_meant=pk in meant),
                changed_at=max(filter(None, [changed.get(pk), line.back_at if line else None]), default=None),
            )
        )
    return sorted(found, key=lambda one: one.chair.number)


def chair_told(entry: Delivery) -> Chair:
    """The chair that an entry says was left: the one meant, unless another is named."""
    return entry.chair_left or entry.allocation.chair


def _hand_overs(chairs: Iterable) -> QuerySet[ChairEvent]:
    """The hand-overs of these chairs that stand."""
    events = ChairEvent.objects.filter(chair__in=chairs, kind=ChairEvent.Kind.HANDED_OVER, corrected_by=None)
    return events.order_by("chair", "sequence")


def _difference(chair: Chair, line: RoundChair | None, *, is_given: bool, is_meant: bool) -> str:
    is_loaded, is_back = line is not None and line.is_loaded, line is not None and line.is_back
    if is_given and chair.state == Chair.State.DISPUTED:
        return Difference.DISPUTED
    if is_given and is_back:
        return Difference.GIVEN_AND_BACK
    if is_given and not is_loaded:
        is_on_list = is_meant or (line is not None and not line.explanation)  # an explanation makes a line of its own
        return Difference.NOT_LOADED if is_on_list else Difference.NOT_ON_LIST
    if is_loaded and not is_given and not is_back:
        return Difference.STILL_OUT
    return ""


def late_entries(round: Round) -> QuerySet[Delivery]:
    """Entries that were written after the round had been closed: they open its reckoning again."""
    if round.closed_at is None:
        return Delivery.objects.none()
    return Delivery.objects.filter(round=round, created_at__gt=round.closed_at)


def came_late() -> Q:
    """The same as a condition on deliveries."""
    return Q(created_at__gt=F("round__closed_at"))
