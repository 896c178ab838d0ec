"""Charts and the map, drawn by the server as SVG: they print, need no script and no other host, and mind the language.

Every chart comes with its rows: a chart is never alone on a page, the same figures stand beside it as a table. Colours
are the classes step-0 (none) to step-5 (many), step-hidden and step-none of the style sheet; text and lines take the
colour of the text around them. Bars and lines run from the right in Arabic; the map is never mirrored.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, gettext, gettext_lazy

from hajar.lib.typesetting import isolate

#: To be shown under every map: the shapes are OpenStreetMap's, under the ODbL (see map/NOTICE).
MAP_CREDIT = gettext_lazy("© OpenStreetMap contributors")
#: Shades of the map, without the one for zero.
SHADES = 5

Number = int | float | Decimal


@dataclass(frozen=True)
class Cell:
    """One figure: what it is of, how much, and whether it must stay hidden (hajar.lib.disclosure decides that).

    `value` None and not hidden means that nothing is known; `text` replaces the number as it is shown ("12 %").
    """

    name: str
    value: Number | None = None
    hidden: bool = False
    text: str = ""

    @property
    def known(self) -> Number | None:
        """The value, if it may be drawn."""
        return None if self.hidden else self.value

    @property
    def shown(self) -> str:
        if self.hidden:
            return gettext("not shown")
        if self.value is None:
            return gettext("not known")
        return self.text or _number(self.value)


@dataclass(frozen=True)
class Row:
    """A line of the table beside a chart: the same name and figure, and the class of its shade."""

    name: str
    text: str
    shade: str
    value: Number | None


@dataclass(frozen=True)
class Key:
    """A line of the legend: <span class="legend__key {{ key.shade }}"></span>{{ key.text }}."""

    shade: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A drawing safe to put into a template as it is, the rows of its table, and its legend (empty where none)."""

    svg: SafeString
    rows: list[Row]
    legend: list[Key]


# --- the map -------------------------------------------------------------------------------------------------------


def morocco_map(cells: Mapping[str, Cell], *, title: str, name: str = "map") -> Chart:
    """The twelve regions in up to five even shades by value, each with its figure; what is hidden is hatched.

    `cells`: by ISO code (MA-01 to MA-12); a region without one is drawn as not known. Values are counts or rates, not
    negative. `name` makes the ids of this drawing unique on its page. Raises KeyError for a code that is no region.
    """
    shapes = _shapes()
    if unknown := set(cells) - set(shapes):
        raise KeyError(f"no such region: {', '.join(sorted(unknown))}")
    width = _shade_width([cell.known for cell in cells.values()])
    paths, figures, rows = [], [], []
    for code, shape in shapes.items():
        cell = cells.get(code) or Cell(code)
        shade = _shade(cell, width)
        rows += [Row(cell.name, cell.shown, shade, cell.known)] if code in cells else []
        paths.append(
            format_html(
                '<path id="{}-{}" class="{}"{} d="{}"><title>{}</title></path>',
                name,
                code,
                shade,
                format_html(_FILLS.get(shade, ""), name),
                shape.path,
                f"{cell.name}: {cell.shown}",
            )
        )
        if cell.known:
            figures.append((shape.x, shape.y, cell.text or _number(cell.known)))
    svg = format_html(
        '<svg class="chart chart--map" viewBox="0 0 600 644" role="img" aria-labelledby="{name}-title" direction="ltr">'
        '<title id="{name}-title">{title}</title><defs><pattern id="{name}-hatch" width="8" height="8"'
        ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="step-0" width="8" height="8"/>'
        '<path d="M0,0V8" stroke="currentColor" stroke-opacity=".4" stroke-width="3"/></pattern></defs>'
        '<g stroke="var(--card)" stroke-width="2" stroke-linejoin="round">{paths}</g>'
        '<g text-anchor="middle" font-size="22" font-weight="600" fill="var(--ink)" stroke="var(--card)"'
        ' stroke-width="5" stroke-linejoin="round" paint-order="stroke">{figures}</g></svg>',
        name=name,
        title=title,
        paths=format_html_join("", "{}", ((path,) for path in paths)),
        figures=format_html_join("", '<text x="{}" y="{}" dy=".35em">{}</text>', figures),
    )
    return Chart(svg, rows, _map_legend(cells.values(), width))


# Fills that no class can hold: the hatching has an id, and land of which nothing is known keeps its outline.
_FILLS = {
    "step-hidden": ' fill="url(#{}-hatch)"',
    "step-none": ' fill="var(--paper)" stroke="var(--line-strong)" stroke-dasharray="5"',
}


@dataclass(frozen=True)
class _Shape:
    path: str
    x: float
    y: float


@cache
def _shapes() -> dict[str, _Shape]:
    """Outline of each region on a sheet of 600 × 644, north up, and where its figure stands: the middle of its land."""
    paths = json.loads((Path(__file__).parent / "map" / "regions_paths.json").read_text(encoding="utf-8"))
    return {code: _Shape(path, *_middle(path)) for code, path in sorted(paths.items())}


def _middle(path: str) -> tuple[float, float]:
    """Centre of gravity of the largest ring."""
    rings = [
        [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", ring)] for ring in path.split("M")[1:]
    ]

    def pieces(ring: list[tuple[float, float]]) -> list[tuple[float, float, float]]:
        return [
            (x1 * y2 - x2 * y1, x1 + x2, y1 + y2) for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)
        ]

    largest = max((pieces(ring) for ring in rings), key=lambda parts: abs(sum(part[0] for part in parts)))
    area = sum(cross for cross, _x, _y in largest)
    return (
        round(sum(cross * x for cross, x, _y in largest) / (3 * area), 1),
        round(sum(cross * y for cross, _x, y in largest) / (3 * area), 1),
    )


def _shade_width(values: Iterable[Number | None]) -> float:
    """How much one shade spans: a round number, five of which hold the greatest value; whole for whole numbers."""
    known = [value for value in values if value]
    if not known:
        return 1
    width = _round_up(float(max(known)) / SHADES, _ROUND_SPANS)
    return max(1, math.ceil(width)) if all(isinstance(value, int) for value in known) else width


def _shade(cell: Cell, width: float) -> str:
    if cell.hidden:
        return "step-hidden"
    if cell.value is None:
        return "step-none"
    return f"step-{min(SHADES, _steps(cell.value, width))}" if cell.value else "step-0"


def _steps(value: Number, width: float) -> int:
    """How many spans hold a value; one at least, however small it is."""
    return max(1, math.ceil(round(float(value) / width, 9)))


def _map_legend(cells: Iterable[Cell], width: float) -> list[Key]:
    cells = list(cells)
    known = [cell.known for cell in cells if cell.known is not None]
    whole = all(isinstance(value, int) for value in known)
    keys = [Key("step-0", _number(0))] if 0 in known else []
    for step in range(1, _steps(max(known), width) + 1 if any(known) else 1):
        low, high = (step - 1) * width + (1 if whole else 0), step * width
        words = _number(high) if low == high else isolate(f"{_number(low)}–{_number(high)}")
        keys.append(Key(f"step-{step}", words))
    if any(cell.hidden for cell in cells):
        keys.append(Key("step-hidden", gettext("hidden to protect privacy")))
    if len(known) + sum(cell.hidden for cell in cells) < len(_shapes()):
        keys.append(Key("step-none", gettext("not known")))
    return keys


# --- bars ----------------------------------------------------------------------------------------------------------

_SHEET = 360  # wide as a phone: drawn at its own size there, larger at the desk


def bars(cells: Sequence[Cell], *, title: str, name: str = "bars", rtl: bool | None = None) -> Chart:
    """One bar under each name, from the side where reading begins; the longest fills the sheet. No negative values."""
    rtl = get_language_bidi() if rtl is None else rtl
    most = float(max((cell.known for cell in cells if cell.known is not None), default=0)) or 1.0
    parts, rows = [], []
    for position, cell in enumerate(cells):
        top = position * 44
        shade = "step-hidden" if cell.hidden else "step-none" if cell.value is None else "step-4"
        length = round(_SHEET * float(cell.known or 0) / most, 1)
        rows.append(Row(cell.name, cell.shown, shade, cell.known))
        parts.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="start">{}</text><text x="{}" y="{}" text-anchor="end"'
                ' font-weight="600">{}</text><rect class="step-0" x="0" y="{}" width="{}" height="10" rx="5"/>'
                '<rect class="{}" x="{}" y="{}" width="{}" height="10" rx="5"/>',
                *(_SHEET if rtl else 0, top + 18, cell.name),
                *(0 if rtl else _SHEET, top + 18, cell.shown if cell.known is None else isolate(cell.shown)),
                *(top + 26, _SHEET),
                *(shade, round(_SHEET - length, 1) if rtl else 0, top + 26, length),
            )
        )
    return Chart(_sheet("bars", name, title, max(1, len(cells) * 44), parts, rtl=rtl), rows, [])


# --- a line --------------------------------------------------------------------------------------------------------


def line(points: Sequence[Cell], *, title: str, name: str = "line", rtl: bool | None = None) -> Chart:
    """One value after another, in reading order, from zero up; unknown and hidden ones leave a gap. No negative values.

    `points`: in order of time, each Cell's name being its place on the time axis.
    """
    rtl = get_language_bidi() if rtl is None else rtl
    known = [float(point.known) for point in points if point.known is not None]
    step = _round_up(max(known) / 4, _ROUND_TICKS) if any(known) else 1
    if all(isinstance(point.known, int) for point in points if point.known is not None):
        step = max(1, math.ceil(step))
    levels = _steps(max(known, default=0), step)
    margin, top, bottom = 44, 12, 152

    def across(position: int) -> float:
        room = _SHEET - margin - 12
        x = margin + room * (position / (len(points) - 1) if len(points) > 1 else 0.5)
        return round(_SHEET - x if rtl else x, 1)

    def up(value: float) -> float:
        return round(bottom - (bottom - top) * value / (levels * step), 1)

    parts = []
    for level in range(levels + 1):
        parts.append(
            format_html(
                '<path d="M{},{}H{}" stroke="currentColor" stroke-opacity=".15"/><text x="{}" y="{}" dy=".35em"'
                ' text-anchor="end" fill-opacity=".75">{}</text>',
                *(0 if rtl else margin, up(level * step), _SHEET - margin if rtl else _SHEET),
                *(_SHEET - margin + 8 if rtl else margin - 8, up(level * step), isolate(_number(level * step))),
            )
        )
    for run in _runs(points):
        drawn = [(across(position), up(float(points[position].known or 0))) for position in run]
        parts.append(
            format_html(
                '<path d="M{}" fill="none" stroke="var(--step-4)" stroke-width="2.5" stroke-linejoin="round"'
                ' stroke-linecap="round"/>',
                "L".join(f"{x},{y}" for x, y in drawn),
            )
        )
        parts += [
            format_html(
                '<circle class="step-4" cx="{}" cy="{}" r="4"><title>{}: {}</title></circle>',
                *(x, y, points[position].name, points[position].shown),
            )
            for position, (x, y) in zip(run, drawn, strict=True)
        ]
    every = max(1, math.ceil(len(points) / 4))
    for position in range(0, len(points), every):
        anchor = "start" if position == 0 < len(points) - 1 else "end" if position == len(points) - 1 > 0 else "middle"
        parts.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="{}" fill-opacity=".75">{}</text>',
                *(across(position), bottom + 22, anchor, points[position].name),
            )
        )
    rows = [Row(point.name, point.shown, "step-4", point.known) for point in points]
    return Chart(_sheet("line", name, title, bottom + 32, parts, rtl=rtl), rows, [])


def _runs(points: Sequence[Cell]) -> list[list[int]]:
    """Positions of known points, in pieces between the gaps."""
    runs: list[list[int]] = [[]]
    for position, point in enumerate(points):
        if point.known is None:
            runs.append([])
        else:
            runs[-1].append(position)
    return [run for run in runs if run]


# --- lines over time ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """What one line of a drawing over time shows: (day, value) in order of days. Its name stands in the legend."""

    name: str
    points: Sequence[tuple[date, Number]]


def over_time(
    series: Sequence[Series], *, title: str, unit: str = "", name: str = "time", rtl: bool | None = None
) -> Chart:
    """One or two lines by day, each day in its place on the axis; values need not begin at zero.

    The second line is dashed. A line of one day is a dot, days without a value are left out. Rows are what the drawing
    shows, day by day. Raises ValueError where there is nothing to draw.
    """
    rtl = get_language_bidi() if rtl is None else rtl
    points = sorted({day for one in series for day, _value in one.points})
    if not points:
        raise ValueError("nothing to draw")
    levels = _levels([float(value) for one in series for _day, value in one.points])
    margin, top, bottom = 52, 12, 152
    span = (points[-1] - points[0]).days

    def across(day: date) -> float:
        room = _SHEET - margin - 14
        x = margin + room * ((day - points[0]).days / span if span else 0.5)
        return round(_SHEET - x if rtl else x, 1)

    def up(value: Number) -> float:
        return round(bottom - (bottom - top) * (float(value) - levels[0]) / (levels[-1] - levels[0]), 1)

    parts = [
        format_html(
            '<path d="M{},{}H{}" stroke="currentColor" stroke-opacity=".15"/><text x="{}" y="{}" dy=".35em"'
            ' text-anchor="end" fill-opacity=".75">{}</text>',
            *(0 if rtl else margin, up(level), _SHEET - margin if rtl else _SHEET),
            *(_SHEET - margin + 8 if rtl else margin - 8, up(level), isolate(_number(level))),
        )
        for level in levels
    ]
    for position, one in enumerate(series):
        drawn = [(across(day), up(value)) for day, value in one.points]
        if len(drawn) > 1:
            parts.append(
                format_html(
                    '<path class="line-{}" d="M{}" fill="none" stroke-width="2.5" stroke-linejoin="round"'
                    ' stroke-linecap="round"/>',
                    *(position + 1, "L".join(f"{x},{y}" for x, y in drawn)),
                )
            )
        parts += [
            format_html(
                '<circle class="dot-{}" cx="{}" cy="{}" r="4"><title>{}</title></circle>',
                *(position + 1, x, y, _told(one.name, day, value, unit)),
            )
            for (x, y), (day, value) in zip(drawn, one.points, strict=True)
        ]
    ends = [(points[0], "start"), (points[-1], "end")] if span else [(points[0], "middle")]
    parts += [
        format_html(
            '<text x="{}" y="{}" text-anchor="{}" fill-opacity=".75">{}</text>',
            *(across(day), bottom + 22, anchor, date_format(day, "SHORT_DATE_FORMAT")),
        )
        for day, anchor in ends
    ]
    rows = [
        Row(f"{date_format(day, 'DATE_FORMAT')} {one.name}".strip(), _with_unit(value, unit), f"line-{number}", value)
        for number, one in enumerate(series, 1)
        for day, value in one.points
    ]
    legend = [Key(f"line-{number}", one.name) for number, one in enumerate(series, 1) if len(series) > 1]
    return Chart(_sheet("time", name, title, bottom + 32, parts, rtl=rtl), rows, legend)


def _levels(values: Sequence[float]) -> list[float]:
    """Round numbers from just below the least to just above the greatest: never fewer than two."""
    least, most = min(values), max(values)
    step = _round_up(max(most - least, most * 0.02, 0.3) / 3, _ROUND_TICKS)
    low, high = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    high = max(high, low + 1)
    return [round(level * step, 6) for level in range(low, high + 1)]


def _told(name: str, day: date, value: Number, unit: str) -> str:
    said = f"{date_format(day, 'DATE_FORMAT')}: {_with_unit(value, unit)}"
    return f"{name}, {said}" if name else said


def _with_unit(value: Number, unit: str) -> str:
    return f"{_number(value)} {unit}".strip()


# --- what they share -----------------------------------------------------------------------------------------------


def _sheet(kind: str, name: str, title: str, height: int, parts: list[SafeString], *, rtl: bool) -> SafeString:
    return format_html(
        '<svg class="chart chart--{kind}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-title"'
        ' direction="{direction}" font-size="13" fill="currentColor">'
        '<title id="{name}-title">{title}</title>{parts}</svg>',
        kind=kind,
        width=_SHEET,
        height=height,
        name=name,
        direction="rtl" if rtl else "ltr",
        title=title,
        parts=format_html_join("", "{}", ((part,) for part in parts)),
    )


_ROUND_SPANS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_ROUND_TICKS = (1, 2, 2.5, 5, 10)


def _round_up(value: float, rounds: Sequence[float]) -> float:
    """The next of some round numbers and their tens: spans and ticks that a reader can count on."""
    if value <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in rounds if step * power >= value * (1 - 1e-9))


def _number(value: Any) -> str:
    """A number as the language writes it, without idle zeros."""
    value = round(float(value), 2) if not isinstance(value, int) else value
    decimals = 0 if value == int(value) else 1 if round(value, 1) == value else 2
    return number_format(value, decimals, force_grouping=True)
