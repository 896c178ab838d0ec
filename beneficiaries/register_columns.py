"""Which column of a register is what: read from its headings, or said by a person and remembered.

Nothing here touches the database.
"""

import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from beneficiaries.register_words import BY_NAME, FIELDS, HARMLESS, MEASURED, NAMES, OUR_HEADINGS, UNITS
from hajar.lib import names, sheets

HEADING_ROWS = 30  # a heading stands among the first filled rows, or nowhere


@cache
def _headings() -> dict[str, str]:
    """Every heading, folded; and without its small words, where that still means one field alone."""
    known = {names.fold(heading): one.name for one in FIELDS for heading in one.headings.split("|")}
    bare: dict[str, set[str]] = {}
    for heading, name in known.items():
        bare.setdefault(_bare(heading.split()), set()).add(name)
    known = {heading: min(meant) for heading, meant in bare.items() if heading and len(meant) == 1} | known
    for language in ("fr", "ar", "en"):  # what we call a field ourselves, in templates and files of corrections
        with translation.override(language):
            for one in FIELDS:
                known.setdefault(names.fold(str(OUR_HEADINGS.get(one.name, one.label))), one.name)
    return known


def heading_for(name: str, unit: str = "") -> str:
    """A heading in the reader's language under which the field is found again."""
    label = str(OUR_HEADINGS.get(name, BY_NAME[name].label))
    return f"{label.partition(' (')[0]} ({unit})" if unit else label


def _bare(words: Iterable[str]) -> str:
    return " ".join(word for word in words if word not in UNITS and word not in HARMLESS)


@dataclass
class Columns:
    """Which column feeds which field, counted from 0; the headings as they stand; units that a heading names."""

    heading_row: int
    fields: dict[str, int]
    headings: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    unread_sheets: list[str] = field(default_factory=list)
    said_by_person: bool = False  # somebody named the columns, for this file or for one with the same headings

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def heading(self, name: str) -> str:
        """The heading over a field's column; the field's own label where the register has no such column."""
        return self.headings.get(name) or (str(BY_NAME[name].label) if name in BY_NAME else "")


class NotARegister(ValueError):
    """A workbook in which no row looks like the headings of a register."""

    code = "no_headings"

    @property
    def message(self) -> str:
        return gettext(
            "No row with headings was found. A register needs at least a name and a birth date, under headings in "
            "French, Arabic or English."
        )


def find_columns(sheet: sheets.Sheet) -> Columns:
    """The heading row, wherever it is, and what its columns are. Raises NotARegister."""
    best = likely_columns(sheet)
    if best is None or not is_register(best):
        raise NotARegister
    best.unread_sheets = list(sheet.unread)
    return best


def is_register(columns: Columns) -> bool:
    return len(columns.fields) >= 3 and bool(set(NAMES) & columns.fields.keys())


def likely_columns(sheet: sheets.Sheet) -> Columns | None:
    """Of the first rows the one with the most known headings; None where no row has any."""
    found = [read_headings(row) for row in sheet.rows[:HEADING_ROWS] if _could_be_headings(row)]
    return max(found, key=lambda columns: len(columns.fields), default=None)


def guessed_heading_row(sheet: sheets.Sheet) -> int | None:
    """The row that a person may be asked about where no heading is known: the first of the widest rows of words."""
    wide = [row for row in sheet.rows[:HEADING_ROWS] if len(row.cells) >= 4 and _could_be_headings(row)]
    widest = max((len(row.cells) for row in wide), default=0)
    return next((row.number for row in wide if len(row.cells) == widest and row is not sheet.rows[-1]), None)


def _could_be_headings(row: sheets.Row) -> bool:
    """Headings are words: a row of which a third is numbers and days is a row of the register."""
    told = [cell for cell in row.cells if cell is not None]
    words = sum(isinstance(cell, str) and not cell[:1].isdigit() for cell in told)
    return words * 3 > len(told) * 2


def read_headings(row: sheets.Row) -> Columns:
    """What the cells of one row name, as far as they are known headings."""
    columns = Columns(row.number, {}, {})
    for place, cell in enumerate(row.cells):
        if not isinstance(cell, str):
            continue
        name, unit = recognise(cell)
        if name == "phone" and "phone" in columns.fields:
            name = "other_phone"
        if name and name not in columns.fields:
            columns.fields[name] = place
            columns.headings[name] = cell[:80]
            if unit and name in MEASURED:
                columns.units[name] = unit
        else:
            columns.unread.append(cell[:80])
    _settle(columns)
    return columns


def _settle(columns: Columns) -> None:
    """Headings that mean one thing alone and another beside their neighbours."""
    # "Nom" alone is the whole name; "الاسم" beside "النسب" is the given one.
    for whole, given, family in (
        ("full_name_latin", "given_name_latin", "family_name_latin"),
        ("full_name_arabic", "given_name_arabic", "family_name_arabic"),
    ):
        if family in columns.fields and given not in columns.fields and whole not in columns.fields:
            _rename(columns, family, whole)
        elif family in columns.fields and given not in columns.fields and whole in columns.fields:
            _rename(columns, whole, given)
    # A register of towns alone: the town says the province.
    if "province" not in columns.fields and "town" in columns.fields:
        _rename(columns, "town", "province")


def _rename(columns: Columns, old: str, new: str) -> None:
    for table in (columns.fields, columns.headings, columns.units):
        if old in table:
            table[new] = table.pop(old)  # type: ignore[assignment]


@lru_cache(maxsize=2_048)
def recognise(heading: str) -> tuple[str | None, str]:
    """The field that a heading names, and the unit it states: "Largeur hanches (cm)" is hip_width_mm in cm."""
    words = names.fold(heading.replace("°", " ")).split()
    unit = next((UNITS[word] for word in reversed(words) if word in UNITS), "") if len(words) > 1 else ""
    known = _headings()
    typed = " ".join(word for word in words if word not in UNITS)
    for form in (" ".join(words), typed, _bare(words)):
        if name := known.get(form):
            return name, unit
    return _nearly(typed, known), unit


def _nearly(typed: str, known: Mapping[str, str]) -> str | None:
    """A heading with one wrong letter, or two in a long one; nothing when two fields are as near."""
    if len(typed) < 5:
        return None
    near: dict[str, float] = {}
    for heading, name in known.items():
        longest = max(len(typed), len(heading))
        needed = 1 - (1 if longest < 10 else 2) / longest
        if abs(len(typed) - len(heading)) > 4:
            continue  # too far apart in length to be as near as that
        likeness = difflib.SequenceMatcher(None, typed, heading, autojunk=False)
        if likeness.real_quick_ratio() >= needed and likeness.ratio() >= needed:
            near[name] = max(near.get(name, 0.0), likeness.ratio())
    best = sorted(near, key=lambda name: -near[name])
    return best[0] if best and (len(best) == 1 or near[best[0]] > near[best[1]]) else None


# --- what a person says of the columns ------------------------------------------------------------------------------


def signature_of(headings: Sequence[str | None]) -> str:
    """The same headings in the same order have the same signature, whatever their case and accents."""
    folded = "|".join(names.fold(heading or "") for heading in headings)
    return hashlib.sha256(folded.encode()).hexdigest()


def named_columns(
    headings: Sequence[str | None], chosen: Mapping[str, int], *, heading_row: int, unread_sheets: Sequence[str] = ()
) -> Columns:
    """The columns as a person named them: {field: place}. Units are still read from the headings."""
    columns = Columns(heading_row, {}, {}, unread_sheets=list(unread_sheets), said_by_person=True)
    for name, place in chosen.items():
        if name in BY_NAME and 0 <= place < len(headings):
            columns.fields[name] = place
            columns.headings[name] = (headings[place] or str(BY_NAME[name].label))[:80]
            if name in MEASURED and (unit := recognise(headings[place] or "")[1]):
                columns.units[name] = unit
    return columns


def typed_rows(sheet: sheets.Sheet, columns: Columns) -> list[tuple[int, dict[str, str]]]:
    """The rows under the headings: number and {field: text as typed}.

    Left out are rows that were only numbered, headings that a printer repeats on each page, and sums.
    """
    rows = []
    for row in sheet.rows:
        if row.number <= columns.heading_row:
            continue
        typed = {}
        for name, place in columns.fields.items():
            cell = row.cell(place)
            if cell is not None and (text := as_text(cell)):
                typed[name] = text
        told = typed.keys() - {"previous_reference"}
        repeats = sum(text == columns.headings[name] for name, text in typed.items())
        if not told or repeats >= 3 or (len(told) == 1 and _is_a_sum(typed)):
            continue
        rows.append((row.number, typed))
    return rows


def _is_a_sum(typed: Mapping[str, str]) -> bool:
    return any(names.fold(text).split()[:1] in (["total"], ["sum"], ["المجموع"]) for text in typed.values())


def as_text(cell: sheets.Cell) -> str:
    """A cell as a person would type it."""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return _without_controls(str(cell)).strip()


def _without_controls(text: str) -> str:
    """Without what no database and no page can hold: NUL and other control characters, halves of characters."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter >= " " or letter == "\n" else " "
        for letter in text
        if not "\ud800" <= letter <= "\udfff" and letter != "\x7f"
    )
