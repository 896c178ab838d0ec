"""How a child has grown, for her page: small drawings, the same figures as a table, and what was measured when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beneficiaries import measuring
from beneficiaries.forms.measurements import MeasurementLine, line_of
from beneficiaries.forms.questions import measure_in_words, sides
from beneficiaries.measuring import Reading
from beneficiaries.models import Assessment, Child
from hajar.lib import charts

LINES = 5  # newest measurements shown
# Each drawing: a name for its id, its words, its unit, and the fields of its one or two lines.
DRAWINGS = (
    ("height", gettext_lazy("Height"), "cm", ("height_cm",)),
    ("mass", gettext_lazy("Mass"), "kg", ("mass_kg",)),
    ("hips", gettext_lazy("A: Hip width"), "mm", ("hip_width_mm",)),
    ("depth", gettext_lazy("B: Seat depth"), "mm", ("seat_depth_left_mm", "seat_depth_right_mm")),
    ("calf", gettext_lazy("C: Calf length"), "mm", ("calf_left_mm", "calf_right_mm")),
)
COLUMNS = tuple(name for _id, _words, _unit, names in DRAWINGS for name in names)


@dataclass(frozen=True)
class Drawing:
    title: str
    latest: str
    chart: charts.Chart


@dataclass(frozen=True)
class Growth:
    """What the card of a child's growth shows; no drawing before there are two days to compare."""

    readings: Sequence[Reading]
    lines: Sequence[MeasurementLine]

    @property
    def is_known(self) -> bool:
        return bool(self.readings)

    @property
    def has_grown(self) -> bool:
        """Whether something was measured on two days at least."""
        return bool(self.drawings)

    @cached_property
    def drawings(self) -> list[Drawing]:
        drawn = []
        for key, words, unit, names in DRAWINGS:
            series = [charts.Series(word, self._points(name)) for word, name in zip(_words(names), names, strict=True)]
            series = [one for one in series if one.points]
            days = {day for one in series for day, _value in one.points}
            if len(days) > 1:
                unit_word = measuring.unit_in_words(unit)
                title = _("{measure} over time, {unit}").format(measure=words, unit=unit_word)
                chart = charts.over_time(series, title=title, unit=unit_word, name=f"growth-{key}")
                drawn.append(Drawing(str(words), self._latest(names), chart))
        return drawn

    @property
    def heads(self) -> list[str]:
        """The headings of the table's columns."""
        return [f"{words} {word}".strip() for _id, words, _unit, names in DRAWINGS for word in _words(names)]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table, newest day first: each with (heading, words); "" for what was not measured."""
        heads = self.heads
        return [
            {
                "day": reading.on,
                "cells": [
                    (head, measure_in_words(name, value) if (value := getattr(reading, name)) is not None else "")
                    for head, name in zip(heads, COLUMNS, strict=True)
                ],
            }
            for reading in reversed(self.readings)
        ]

    def _points(self, name: str) -> list[tuple[Any, Any]]:
        """One value for each day: the last that was written down."""
        return list({reading.on: value for reading in self.readings if (value := getattr(reading, name))}.items())

    def _latest(self, names: Sequence[str]) -> str:
        values = [(name, points[-1][1]) for name in names if (points := self._points(name))]
        return " · ".join(measure_in_words(name, value) for name, value in values)


def growth_of(child: Child, assessments: Sequence[Assessment]) -> Growth:
    """From the assessments that the page has read already; one query for the measurements."""
    measurements = list(child.measurements.select_related("measured_by").latest_first())
    standing = [row for row in measurements if not row.taken_back_at]
    complete = [row for row in assessments if row.is_complete]
    return Growth(
        readings=tuple(measuring.readings([*complete, *standing])),
        lines=[line_of(row) for row in measurements[:LINES]],
    )


def _words(names: Sequence[str]) -> list[str]:
    return list(sides().values()) if len(names) > 1 else [""]
