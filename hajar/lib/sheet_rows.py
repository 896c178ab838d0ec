"""The rows of a sheet as openpyxl's own parser reads them, on two shorter ways: a cell's plain text, and a row's end.

Text that lies in its cell, as our exports, openpyxl itself and pandas write it, costs openpyxl four objects; a row read
up to a column is filled up to there. Together that was half of the time in which a register is read.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

_TEXT_TAG = f"{{{SHEET_MAIN_NS}}}t"


class _Parser(WorkSheetParser):
    def parse_cell(self, element: Element) -> dict[str, Any]:
        if element.get("t") == "inlineStr" and (text := _plain_text(element)) is not None:
            text.tag = VALUE_TAG
            element[:] = [text]
            element.set("t", "str")  # what it is from here on: a value that is text
        return super().parse_cell(element)


def _plain_text(cell: Element) -> Element | None:
    """The one <t> of a cell whose text is not cut into runs of several fonts."""
    is_single = len(cell) == 1 and len(cell[0]) == 1 and cell[0][0].tag == _TEXT_TAG
    return cell[0][0] if is_single else None


def numbered_rows(sheet: ReadOnlyWorksheet, *, columns: int) -> Iterator[tuple[int, list[Any]]]:
    """The number of each row and its values up to its last cell, or to so many columns; what the sheet claims of its
    size is not believed.
    """
    book, last = sheet.parent, 0
    with sheet._get_source() as source:
        parser = _Parser(
            source,
            sheet._shared_strings,
            data_only=book.data_only,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            if number <= last or not cells:
                continue
            last = number
            values: list[Any] = [None] * min(max(cell["column"] for cell in cells), columns)
            for cell in cells:
                if cell["column"] <= columns:
                    values[cell["column"] - 1] = cell["value"]
            yield number, values
