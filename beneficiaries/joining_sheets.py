"""One workbook of several sheets, as one: families, guardians and assessments join the row of their child.

The sheet of children says of each the key of its family; a sheet of families or guardians bears the same key, one of
assessments the child's number. What a row of another sheet tells becomes further cells of the child's row, under its
own heading. Nothing here touches the database.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from beneficiaries import register_columns
from beneficiaries.register_columns import Columns
from beneficiaries.register_words import MEASURED, MORE_GUARDIANS, NAMES, OFFERED
from hajar.lib import dates, names, sheets

FAMILY_KEY, CHILD_KEY = "family_key", "previous_reference"
OF_A_FAMILY = ("province", "town", "address", "directions", "language", "phone", "other_phone", "whatsapp")
OF_A_GUARDIAN = ("guardian_name", "relation", "phone")
OF_AN_ASSESSMENT = ("assessed_on", *MEASURED, "present_chair", "school", "notes")


class _Children:
    """The sheet of children, to whose rows the others add cells."""

    def __init__(self, sheet: sheets.Sheet, columns: Columns) -> None:
        self.sheet, self.columns = sheet, columns
        self.added: dict[str, str] = {}  # field: heading, in the order of the new columns
        self.cells: dict[int, dict[str, sheets.Cell]] = defaultdict(dict)  # of a row's number

    def rows_by(self, field: str) -> dict[str, list[sheets.Row]]:
        found: dict[str, list[sheets.Row]] = defaultdict(list)
        if field in self.columns.fields:
            for row in self.sheet.rows:
                if row.number > self.columns.heading_row and (key := key_of(row.cell(self.columns.fields[field]))):
                    found[key].append(row)
        return found

    def add(self, row: sheets.Row, field: str, heading: str, cell: sheets.Cell) -> None:
        """What the row of the child says itself goes first."""
        own = self.columns.fields.get(field)
        if cell is None or (own is not None and row.cell(own) is not None):
            return
        self.added.setdefault(field, heading)
        self.cells[row.number].setdefault(field, cell)

    def joined(self, unread: Sequence[str]) -> tuple[sheets.Sheet, Columns]:
        """The sheet with the further cells, and its columns. A column that was there is filled where it was empty."""
        columns, width = self.columns, max(len(row.cells) for row in self.sheet.rows)
        for field, heading in self.added.items():
            if field not in columns.fields:
                columns.fields[field], columns.headings[field] = width, heading
                width += 1
        rows = []
        for row in self.sheet.rows:
            told = self.cells.get(row.number, {})
            if row.number == columns.heading_row:
                told = {field: columns.headings[field] for field in self.added if field not in _filled(row, columns)}
            if told:
                cells = [*row.cells, *[None] * (width - len(row.cells))]
                for field, cell in told.items():
                    cells[columns.fields[field]] = cell
                row = sheets.Row(row.number, tuple(cells))
            rows.append(row)
        columns.unread_sheets = list(unread)
        return sheets.Sheet(self.sheet.title, rows, tuple(unread)), columns


def _filled(row: sheets.Row, columns: Columns) -> set[str]:
    return {field for field, place in columns.fields.items() if row.cell(place) is not None}


def key_of(cell: sheets.Cell) -> str:
    """A key as two people may have written it: 7, "7" and " 7 " are one."""
    return names.fold(register_columns.as_text(cell)) if cell is not None else ""


def join(workbook: Sequence[sheets.Sheet]) -> tuple[sheets.Sheet, Columns]:
    """The sheet of children with what the other sheets tell of them, and its columns. Raises NotARegister."""
    read = [(sheet, register_columns.likely_columns(sheet)) for sheet in workbook]
    known = [(sheet, columns) for sheet, columns in read if columns and register_columns.is_register(columns)]
    of_children = [pair for pair in known if {"born_on"} & pair[1].fields.keys() and set(NAMES) & pair[1].fields.keys()]
    if not known:
        raise register_columns.NotARegister
    sheet, columns = (of_children or known)[0]
    children, unread = _Children(sheet, columns), [title for title in sheet.unread if title != OFFERED]
    for other, found in read:
        if other is not sheet and not (found and _join(children, other, found)):
            unread.append(other.title)
    return children.joined(unread)


def _join(children: _Children, sheet: sheets.Sheet, columns: Columns) -> bool:
    """Whether the sheet was one whose rows belong to children, and joined them."""
    fields = columns.fields
    if CHILD_KEY in fields and {*MEASURED, "present_chair"} & fields.keys() and not set(NAMES) & fields.keys():
        return _join_assessments(children, sheet, columns)
    if FAMILY_KEY not in fields or FAMILY_KEY not in children.columns.fields:
        return False
    if "guardian_name" in fields:
        return _join_guardians(children, sheet, columns)
    if set(OF_A_FAMILY) & fields.keys():
        return _join_families(children, sheet, columns)
    return False


def _rows_of(sheet: sheets.Sheet, columns: Columns) -> list[sheets.Row]:
    return [row for row in sheet.rows if row.number > columns.heading_row]


def _join_families(children: _Children, sheet: sheets.Sheet, columns: Columns) -> bool:
    by_key = children.rows_by(FAMILY_KEY)
    for row in _rows_of(sheet, columns):
        for child in by_key.get(key_of(row.cell(columns.fields[FAMILY_KEY])), ()):
            for field in OF_A_FAMILY:
                if field in columns.fields:
                    children.add(child, field, columns.heading(field), row.cell(columns.fields[field]))
    return True


def _join_guardians(children: _Children, sheet: sheets.Sheet, columns: Columns) -> bool:
    """The first guardian takes the child's own columns, the next ones columns of their own, the rest the notes."""
    by_key, seen = children.rows_by(FAMILY_KEY), defaultdict[str, int](int)
    for row in _rows_of(sheet, columns):
        key = key_of(row.cell(columns.fields[FAMILY_KEY]))
        seen[key] += 1
        for child in by_key.get(key, ()):
            for field in (*OF_A_GUARDIAN, "whatsapp", "language"):
                if field not in columns.fields or (seen[key] > 1 and field in ("whatsapp", "language")):
                    continue
                cell = row.cell(columns.fields[field])
                if seen[key] == 1:
                    children.add(child, field, columns.heading(field), cell)
                elif seen[key] in MORE_GUARDIANS:
                    name = f"{'guardian_phone' if field == 'phone' else field}_{seen[key]}"
                    children.add(child, name, f"{columns.heading(field)} {seen[key]}", cell)
    return True


def _join_assessments(children: _Children, sheet: sheets.Sheet, columns: Columns) -> bool:
    """Of several assessments of one child the latest is taken: it opens one draft."""
    by_key = children.rows_by(CHILD_KEY)
    rows = sorted(_rows_of(sheet, columns), key=lambda row: _day_of(row, columns), reverse=True)
    done: set[str] = set()
    for row in rows:
        key = key_of(row.cell(columns.fields[CHILD_KEY]))
        if key in done:
            continue
        done.add(key)
        for child in by_key.get(key, ()):
            for field in OF_AN_ASSESSMENT:
                if field in columns.fields:
                    children.add(child, field, columns.heading(field), row.cell(columns.fields[field]))
                    if field in columns.units:
                        children.columns.units.setdefault(field, columns.units[field])
    return bool(by_key)


def _day_of(row: sheets.Row, columns: Columns) -> date:
    """The day of an assessment; rows without one come last."""
    cell = row.cell(columns.fields["assessed_on"]) if "assessed_on" in columns.fields else None
    try:
        return dates.parse(cell).date
    except dates.DateError:
        return date.min
