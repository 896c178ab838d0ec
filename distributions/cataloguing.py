"""The catalogue: which models there are, between which dimensions each can be set, and what a workshop can change.

A maker's sheet is read by people, and people take centimetres for millimetres: what cannot be a chair is refused, what
is unusual has to be confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from distributions import forecasting, stocktaking
from distributions.models import ChairModel, WorkshopChange
from hajar.journal import recording as journal

# ISO 9999:2022, as far as chairs and seats for children go; the titles are ours.
ISO_9999: tuple[tuple[str, Any], ...] = (
    ("12 22 03", _("wheelchair pushed with both hand rims")),
    ("12 22 06", _("wheelchair with levers")),
    ("12 22 09", _("wheelchair pushed from one side")),
    ("12 22 18", _("wheelchair pushed by a helper")),
    ("12 23 06", _("powered wheelchair with electric steering")),
    ("12 27 04", _("transport chair")),
    ("12 27 07", _("pushchair and buggy")),
    ("18 09 21", _("special seat")),
    ("18 09 39", _("modular seating system")),
)


@dataclass(frozen=True)
class Limits:
    """Beyond `hard` it is no chair for a child or young adult; beyond `soft` it is rare. Both ends included."""

    hard: tuple[int, int]
    soft: tuple[int, int]


# Widened from the ranges of makers' sheets for children's chairs and buggies; not a standard.
_SEAT = Limits((120, 700), (150, 550))
_HEIGHT = Limits((60, 900), (80, 750))
_STEP = Limits((1, 200), (2, 60))
LIMITS: dict[str, Limits] = {
    "seat_width": _SEAT,
    "seat_depth": _SEAT,
    "seat_to_footrest": Limits((100, 700), (140, 560)),
    "backrest_height": Limits((120, 1000), (200, 850)),
    "armrest_height": Limits((60, 450), (80, 350)),
    "headrest_height": Limits((150, 1100), (250, 900)),
    "hip_guides": _SEAT,
    "trunk_pads": Limits((100, 600), (130, 450)),
    "trunk_pad_top": _HEIGHT,
    "pelvis_pad": Limits((40, 400), (60, 300)),
    "cushion_compressed_mm": Limits((5, 200), (10, 120)),
    "seat_height_front_mm": Limits((150, 900), (250, 700)),
    "seat_height_rear_mm": Limits((150, 900), (230, 700)),
    "overall_width_mm": Limits((300, 1000), (400, 800)),
    "overall_length_mm": Limits((400, 1800), (550, 1400)),
    "overall_height_mm": Limits((400, 1700), (600, 1400)),
    "folded_width_mm": Limits((150, 1000), (200, 800)),
    "folded_length_mm": Limits((200, 1800), (350, 1300)),
    "folded_height_mm": Limits((150, 1500), (200, 1100)),
    "turning_diameter_mm": Limits((400, 3000), (700, 2000)),
    "push_handle_height_mm": Limits((500, 1500), (700, 1250)),
    "rear_wheel_mm": Limits((100, 720), (150, 660)),
    "castor_mm": Limits((50, 500), (75, 350)),
}


def limits_of(field: str) -> Limits | None:
    """The limits of a length of the catalogue, by the name of its field; None for what is no length."""
    if field.endswith("_step_mm"):
        return _STEP
    return LIMITS.get(field) or LIMITS.get(field.removesuffix("_mm").removesuffix("_min").removesuffix("_max"))


@dataclass(frozen=True)
class Doubt:
    """A length that cannot be, or that is rare. `in_mm` is what it would be had centimetres been typed."""

    field: str
    value: int | Decimal
    low: int
    high: int
    is_impossible: bool
    in_mm: int | None = None

    @property
    def key(self) -> str:
        """What confirms this very value: another one asks again."""
        return f"{self.field}={self.value}"


def doubts_about(lengths: Mapping[str, Any]) -> list[Doubt]:
    """What is impossible or rare among these lengths (field: mm), in their order; unknown ones are not doubted."""
    found = []
    for field, value in lengths.items():
        limits = limits_of(field)
        if limits is None or value is None:
            continue
        if not limits.hard[0] <= value <= limits.hard[1]:
            in_mm = int(value * 10)
            is_slip = limits.hard[0] <= in_mm <= limits.hard[1] and not field.endswith("_step_mm")
            found.append(Doubt(field, value, *limits.hard, is_impossible=True, in_mm=in_mm if is_slip else None))
        elif not limits.soft[0] <= value <= limits.soft[1]:
            found.append(Doubt(field, value, *limits.soft, is_impossible=False))
    return found


# From which range on a dimension grows with a child for a year or two (domain rules of FIT-1.0's growth policy).
GROWS_FROM_MM = {"seat_depth": 75, "seat_to_footrest": 60, "backrest_height": 75}


@transaction.atomic
def add_model(*, by, **fields) -> ChairModel:
    """Add a model to the catalogue."""
    model = ChairModel.objects.create(**fields)
    journal.record("chairmodel.added", model, by=by, payload={"model": str(model)})
    return model


@transaction.atomic
def correct_model(model: ChairModel, *, by, **fields) -> ChairModel:
    """Mend a model of the catalogue. Chairs already promised keep the facts frozen in their allocation."""
    locked, changed = stocktaking.change_row(ChairModel, model, fields)
    if changed:
        forecasting.refresh_forecasts_of_model(locked)
        journal.record("chairmodel.corrected", locked, by=by, payload={"changed": changed})
    return locked


@transaction.atomic
def add_change(*, model: ChairModel, by, **fields) -> WorkshopChange:
    """Write down what a workshop can change on chairs of a model."""
    change = WorkshopChange.objects.create(model=model, **fields)
    journal.record("chairmodel.change_added", model, by=by, payload={"what": change.what})
    return change


@transaction.atomic
def correct_change(change: WorkshopChange, *, by, **fields) -> WorkshopChange:
    """Mend what is known of a workshop's change."""
    locked, changed = stocktaking.change_row(WorkshopChange, change, fields)
    if changed:
        payload = {"what": locked.what, "changed": changed}
        journal.record("chairmodel.change_corrected", locked.model, by=by, payload=payload)
    return locked
