"""Say how many chairs stand where, and what they can do: the words and the numbers of the stock pages."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Need
from distributions.models import Allocation, Chair, ChairModel, Depot, TransferLine
from distributions.stocktaking import IN_A_DEPOT

State = Chair.State

# The words of the stock, each with the one sentence that says what it counts. StockLine and its pages follow them.
STOCK_WORDS: dict[str, tuple[Any, Any]] = {
    "in_stock": (_("In stock"), _("every chair that lies in a depot, in whatever state")),
    "available": (_("Available"), _("in a depot, clean, checked, not called back and promised to nobody")),
    "allocated": (_("Allocated"), _("promised to a child: reserved in a depot, or on the road to her")),
    "to_clean": (_("To clean or check"), _("in a depot, waiting to be disinfected or checked")),
    "damaged": (_("Damaged"), _("in a depot and in repair: in stock, but not available")),
    "recalled": (_("Called back"), _("in a depot and called back for safety: not available until it is made safe")),
    "on_the_way": (_("On the way"), _("sent from one depot to another and not arrived yet: in no depot's stock")),
    "required": (_("Required"), _("children who wait for a chair, in the whole association")),
    "deficit": (_("Deficit"), _("waiting children for whom there is neither a promised nor an available chair")),
}


@dataclass
class StockLine:
    """Chairs counted by what they can do: see STOCK_WORDS. Damaged and called-back ones are not available."""

    in_stock: int = 0
    available: int = 0
    allocated: int = 0
    to_clean: int = 0
    damaged: int = 0
    recalled: int = 0
    on_the_road: int = 0  # the allocated ones that have left
    on_the_way: int = 0

    def add(self, state: str, number: int, *, in_depot: bool, is_recalled: bool = False) -> None:
        self.in_stock += number if in_depot else 0
        self.available += number if state == State.AVAILABLE and not is_recalled else 0
        self.allocated += number if state in (State.RESERVED, State.LOADED) else 0
        self.to_clean += number if state in (State.TO_DISINFECT, State.TO_CHECK) else 0
        self.damaged += number if state == State.IN_REPAIR and in_depot else 0
        self.recalled += number if is_recalled and in_depot else 0
        self.on_the_road += number if state == State.LOADED else 0
        self.on_the_way += number if state == State.IN_TRANSFER else 0


@dataclass
class StockSummary:
    """The stock by depot and by model, and what the waiting list requires of it."""

    by_depot: dict[uuid.UUID, StockLine] = field(default_factory=dict)
    by_model: dict[uuid.UUID, StockLine] = field(default_factory=dict)
    total: StockLine = field(default_factory=StockLine)
    required: int = 0  # open needs
    unmet: int = 0  # open needs to which no chair is promised

    @property
    def deficit(self) -> int:
        """Needs that neither a promised nor an available chair can meet."""
        return max(0, self.unmet - self.total.available)


COUNTED = (*IN_A_DEPOT, State.IN_REPAIR, State.LOADED, State.IN_TRANSFER)


def stock_summary(depots: Iterable[Depot] | None = None) -> StockSummary:
    """Count the chairs we hold, in all depots or in these; four queries however many there are.

    A chair on the way is counted with the depot that it is sent to.
    """
    rows = Chair.objects.filter(state__in=COUNTED)
    summary = StockSummary()
    coming = _coming()
    if depots is not None:
        depots = list(depots)
        rows = rows.filter(depot__in=depots)
        summary.by_depot = {depot.pk: StockLine() for depot in depots}
        coming = {depot: number for depot, number in coming.items() if depot in summary.by_depot}
    for (depot, model, state, is_recalled), number in _counted(rows, "depot", "model", "state", "is_recalled"):
        lines = [summary.by_model.setdefault(model, StockLine()), summary.total]
        if depot is not None:
            lines.append(summary.by_depot.setdefault(depot, StockLine()))
        for line in lines:
            line.add(state, number, in_depot=depot is not None, is_recalled=is_recalled)
    for destination, number in coming.items():
        summary.by_depot.setdefault(destination, StockLine()).on_the_way += number
    needs = Need.objects.open()
    summary.required = needs.count()
    # Promised chairs are few: begin with them. A need has one live allocation at most.
    promised = Allocation.objects.filter(status__in=Allocation.LIVE)
    summary.unmet = summary.required - needs.filter(pk__in=promised.values("need")).count()
    return summary


def _counted(rows, *names: str) -> Iterator[tuple[tuple, int]]:
    """How many chairs there are with each combination of these columns; one query."""
    for *values, number in rows.with_recall().values_list(*names).annotate(number=Count("pk")).order_by(*names):
        yield tuple(values), number


def _coming() -> dict[uuid.UUID, int]:
    """How many chairs are on the way to each depot: by the last transfer that each was put on."""
    last = TransferLine.objects.filter(chair=models.OuterRef("pk")).order_by("-pk")
    rows = Chair.objects.filter(state=State.IN_TRANSFER).annotate(
        destination=models.Subquery(last.values("transfer__destination")[:1], output_field=models.UUIDField())
    )
    counted = rows.values_list("destination").annotate(number=Count("pk")).order_by("destination")
    return {destination: number for destination, number in counted if destination is not None}


def stock_of_models(chair_models: Iterable[ChairModel]) -> dict[uuid.UUID, StockLine]:
    """The stock of each of these models, zero where there is none; one query."""
    lines = {model.pk: StockLine() for model in chair_models}
    rows = Chair.objects.filter(state__in=COUNTED, model__in=lines)
    for (model, state, depot, is_recalled), number in _counted(rows, "model", "state", "depot", "is_recalled"):
        lines[model].add(state, number, in_depot=depot is not None, is_recalled=is_recalled)
    return lines
