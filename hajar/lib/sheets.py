"""Workbooks and CSV files: read a register that strangers may have prepared, write lists that are safe to open.

Reading believes nothing: the bytes say what a file is, not its name; what it unpacks to is measured before a parser
sees it; a formula is text and is never computed. Writing lets no cell begin a formula.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from typing import IO, Any
from xml.parsers import expat

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from hajar.lib.sheet_rows import numbered_rows

MEGABYTE = 1024 * 1024
MAX_UPLOAD = 10 * MEGABYTE
MAX_UNZIPPED = 200 * MEGABYTE
MAX_ROWS = 20_000
MAX_COLUMNS = 200
#: XML tags in a whole workbook: 20,000 rows of 50 filled cells have four million.
MAX_TAGS = 8_000_000
#: Columns looked at: text right of MAX_COLUMNS is refused, not lost; no register reaches further than this.
_COLUMNS_SEEN = 1_024
_LAST_ROW_OF_EXCEL = 1_048_576

Cell = str | int | float | bool | datetime | date | time | timedelta | None

MESSAGES = {
    "too_large": _("This file is too large: a register may have 10 MB."),
    "password_protected": _("This workbook is protected by a password. Save it without one and choose it again."),
    "truncated": _("This file is damaged or was not copied to its end. Open it, save it again as .xlsx and retry."),
    "wrong_type": _("This is not a workbook. Save the register as .xlsx or .csv and choose that file."),
    "unsafe": _("This workbook holds something that no register needs and that could do harm. It was not read."),
    "empty": _("This file holds no rows."),
    "too_many_rows": _("This file has more than 20,000 rows. Divide it and import the parts one after the other."),
    "too_many_columns": _("This file has more than 200 columns. Keep only those of the register."),
}


class SheetError(ValueError):
    """A file that was not read: `code` is a key of MESSAGES, `message` says it in the reader's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code])


@dataclass(frozen=True)
class Row:
    """One filled row: its number as the spreadsheet shows it (from 1) and its cells, without the empty ones at the end.

    Text is stripped and never empty; a formula is its text, "=1+1".
    """

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell of a column counted from 0; None beyond the last filled one."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True)
class Sheet:
    """The first visible sheet that holds anything: its filled rows in order, and the names of sheets left unread."""

    title: str
    rows: list[Row]
    unread: tuple[str, ...] = ()


# --- reading -------------------------------------------------------------------------------------------------------


def read(file: IO[bytes], name: str) -> Sheet:
    """Read the first filled sheet of a .xlsx or .csv; raises SheetError with a code of MESSAGES, and nothing else.

    `name` only tells text from accident: text is read as CSV when the name ends in .csv, .tsv or .txt.
    """
    return _read(file, name, all_sheets=False)[0]


def read_all(file: IO[bytes], name: str) -> list[Sheet]:
    """Every visible sheet that holds anything, the first one first; raises as `read` does.

    A further sheet that cannot be read (too many rows) is named as unread by the first one.
    """
    return _read(file, name, all_sheets=True)


def _read(file: IO[bytes], name: str, *, all_sheets: bool) -> list[Sheet]:
    file.seek(0)
    content = file.read(MAX_UPLOAD + 1)
    if len(content) > MAX_UPLOAD:
        raise SheetError("too_large")
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise SheetError("empty")
    if content.startswith(b"PK\x03\x04"):
        found = _read_workbook(content, all_sheets=all_sheets)
    elif content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # The old container of Office: an encrypted .xlsx lies in one as the stream "EncryptedPackage"; else it is .xls.
        raise SheetError("password_protected" if "EncryptedPackage".encode("utf-16-le") in content else "wrong_type")
    elif name.lower().endswith((".csv", ".tsv", ".txt")):
        found = [_read_csv(content)]
    else:
        raise SheetError("wrong_type")
    if not found[0].rows:
        raise SheetError("empty")
    return found


def _read_workbook(content: bytes, *, all_sheets: bool) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bombs(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # extensions that openpyxl does not know
            workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            return _filled_sheets(workbook, all_sheets=all_sheets)
    except SheetError:
        raise
    except Exception as error:
        # A damaged workbook makes zipfile, zlib, expat and openpyxl raise whatever they stumble over.
        raise SheetError("truncated") from error


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    """Measure what the archive unpacks to, part by part, before any parser builds objects from it."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise SheetError("password_protected")
    if "xl/workbook.xml" not in archive.namelist():
        raise SheetError("wrong_type")
    # zipfile never reads more of a part than the size declared here.
    if len(parts) > 2_000 or sum(part.file_size for part in parts) > MAX_UNZIPPED:
        raise SheetError("too_large")
    tags = 0
    for part in parts:
        with archive.open(part) as stream:
            _refuse_doctype(stream.read(65_536))
            stream.seek(0)
            while chunk := stream.read(MEGABYTE):
                tags += chunk.count(b"<")
                if tags > MAX_TAGS:
                    raise SheetError("too_large")


def _refuse_doctype(opening: bytes) -> None:
    """Entities (billion laughs, files of the server) need a document type, which comes before the first element."""

    class Seen(Exception):
        pass

    def doctype(*_declaration: Any) -> None:
        raise SheetError("unsafe")

    def element(*_start: Any) -> None:
        raise Seen

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    try:
        parser.Parse(opening, False)
    except (Seen, expat.ExpatError):
        return  # a part that is no XML at all is for the reader proper to refuse
    if len(opening) >= 65_536:
        raise SheetError("unsafe")  # 64 kB and still no element


def _filled_sheets(workbook: Any, *, all_sheets: bool) -> list[Sheet]:
    titles = [sheet.title for sheet in workbook.worksheets]
    found: list[tuple[str, list[Row]]] = []
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible" or (found and not all_sheets):
            continue
        try:
            rows = _filled(numbered_rows(sheet, columns=_COLUMNS_SEEN), _from_excel)
        except SheetError:
            if not found:
                raise
            continue
        if rows:
            found.append((sheet.title, rows))
    if not found:
        return [Sheet("", [])]
    read = {title for title, _rows in found}
    first, *others = found
    unread = tuple(title for title in titles if title not in read)
    return [Sheet(*first, unread), *(Sheet(title, rows) for title, rows in others)]


def _filled(numbered: Iterable[tuple[int, Sequence[Any]]], clean: Any) -> list[Row]:
    rows = []
    for number, values in numbered:
        if number > _LAST_ROW_OF_EXCEL:
            raise SheetError("too_many_rows")
        if values.count(None) == len(values):
            continue
        cells = [None if value is None else clean(value) for value in values[:MAX_COLUMNS]]
        beyond = values[MAX_COLUMNS:]
        if beyond.count(None) != len(beyond) and any(clean(value) is not None for value in beyond if value is not None):
            raise SheetError("too_many_columns")
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            rows.append(Row(number, tuple(cells)))
        if len(rows) > MAX_ROWS:
            raise SheetError("too_many_rows")
    return rows


def _from_excel(value: Any) -> Cell:
    if isinstance(value, ArrayFormula):
        value = value.text or "="
    elif isinstance(value, DataTableFormula):
        value = "="
    return _stripped(value) if isinstance(value, str) else value


_INVISIBLE = " \t\r\n\xa0\u200b\u202f\ufeff"


def _stripped(text: str) -> str | None:
    return text.strip(_INVISIBLE) or None


def _read_csv(content: bytes) -> Sheet:
    text = _decoded(content)
    if re.match(r"\s*(?:<|%PDF|\{\\rtf)", text):
        raise SheetError("wrong_type")
    first, _newline, rest = text.partition("\n")
    if announced := re.fullmatch(r'"?sep=(.)"?\r?', first):
        delimiter, text = announced[1], rest  # Excel's own first line, which Excel does not count either
    else:
        delimiter = _delimiter(text)
    try:
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return Sheet("", _filled(enumerate(records, start=1), _from_csv))
    except csv.Error as error:
        raise SheetError("truncated") from error


def _from_csv(text: str) -> Cell:
    stripped = _stripped(text)
    if stripped and stripped[0] == "'" and _begins_a_formula(stripped[1:]):
        return stripped[1:]  # the guard that write_csv puts there
    return stripped


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or the two 8-bit code pages of French and Arabic Windows."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "cp1256"]
        if b"\x00" in content:
            raise SheetError("wrong_type")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" and _ARABIC_WORD.search(content.decode("cp1256")):
            continue
        if len(re.findall(r"[\x01-\x08\x0e-\x1f]", text)) > 2:
            break
        return text
    raise SheetError("wrong_type")


# French lower-case accents stand at the same bytes in both code pages: only Arabic gives whole words of Arabic letters.
_ARABIC_WORD = re.compile(r"(?<![A-Za-zÀ-ÿ])[\u0621-\u064a]{3,}(?![A-Za-zÀ-ÿ])")


def _delimiter(text: str) -> str:
    """The mark that cuts the most of the first lines to one width; decimal commas are not in the heading."""
    lines = text[:20_000].splitlines(keepends=True)[:40]

    def evenness(mark: str) -> tuple[int, int]:
        try:
            widths = Counter(len(record) for record in csv.reader(lines, delimiter=mark) if len(record) > 1)
        except csv.Error:
            return (0, 0)
        return max(((times, width) for width, times in widths.items()), default=(0, 0))

    return max(";,\t|", key=evenness)


# --- writing -------------------------------------------------------------------------------------------------------

_FORMULA_MARKS = frozenset("=+-@\t\r\n＝＋－＠﹢﹣﹦﹫")


def _begins_a_formula(text: str) -> bool:
    if text[:1].isalnum():
        return False
    return text[:1] in _FORMULA_MARKS or text.lstrip(" \t\r\n\xa0\u200b\u200e\u200f\u202f\ufeff")[:1] in _FORMULA_MARKS


def _plain(value: Any) -> Any:
    """What a cell can hold: numbers, days and truth as they are, all the rest as clean text."""
    kind = type(value)
    if (kind is str and value.isprintable()) or kind is int or value is None:  # most cells by far
        return value
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | Decimal | timedelta):
        return value
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if isinstance(value, date | time):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))


def write_xlsx(
    headers: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    rtl: bool = False,
    tags: Sequence[str] | None = None,
    mark: str = "",
) -> IO[bytes]:
    """A workbook of one sheet, as an open temporary file at its start (give it to FileResponse).

    Rows may be a generator over 100,000 of them: each is written and forgotten. Text stays text whatever it begins
    with; moments come out in local time. `tags` is a row under the headings (HXL); `mark` stands on every printed page,
    in the properties of the file and in a row of its own at the end.
    """
    skeleton, dress = _skeleton(headers, title=title, rtl=rtl, frozen="A3" if tags else "A2", mark=mark)
    output = tempfile.TemporaryFile()
    with (
        zipfile.ZipFile(skeleton) as parts,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for part in parts.infolist():
            if part.filename != _FIRST_SHEET:
                archive.writestr(part.filename, parts.read(part))
        before, _rows, after = _ROWS.split(_SIZE.sub("", parts.read(_FIRST_SHEET).decode()), maxsplit=1)
        with archive.open(_FIRST_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(f"{before}<sheetData>".encode())
            everything = chain([headers], [tags] if tags else [], rows, [[mark]] if mark else [])
            for piece in _row_pieces(everything, dress):
                sheet.write(piece.encode())
            sheet.write(f"</sheetData>{after}".encode())
    output.seek(0)
    return output


_FIRST_SHEET = "xl/worksheets/sheet1.xml"
_ROWS = re.compile(r"(<sheetData>.*?</sheetData>|<sheetData ?/>)", re.S)
_SIZE = re.compile(r"<dimension [^>]*/>")  # that of the skeleton: a reader may believe it
_DAY_NOUGHT = date(1899, 12, 30)


@dataclass(frozen=True)
class _Dress:
    """The numbers under which the styles of the skeleton stand: headings, text that stays text, days, moments."""

    heading: str
    guarded_heading: str
    guarded: str
    day: str
    moment: str


def _skeleton(headers: Sequence[Any], *, title: str, rtl: bool, frozen: str, mark: str) -> tuple[IO[bytes], _Dress]:
    """A workbook with everything but its rows. openpyxl knows the format; for very many rows it is slow."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "1"
    sheet.sheet_view.rightToLeft = rtl
    sheet.freeze_panes = frozen
    if mark:
        sheet.oddFooter.center.text = _printable(mark)[:200].replace("&", "&&")
        workbook.properties.creator = "Hajar"
        workbook.properties.description = _printable(mark)
    for column, header in enumerate(headers, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = max(12, min(40, len(str(header)) + 4))
    for place in ("A1", "B1"):
        sheet[place].font = Font(bold=True)
    for place in ("B1", "C1"):
        sheet[place].quotePrefix = True  # stays text when a person edits it, too
    sheet["D1"].number_format, sheet["E1"].number_format = "yyyy-mm-dd", "yyyy-mm-dd h:mm:ss"
    file = io.BytesIO()
    workbook.save(file)
    with zipfile.ZipFile(file) as parts:
        text = parts.read(_FIRST_SHEET).decode()
    styles = dict(re.findall(r'<c r="([A-E]1)" s="(\d+)"', text))
    return file, _Dress(*(styles[place] for place in ("A1", "B1", "C1", "D1", "E1")))


def _row_pieces(rows: Iterable[Sequence[Any]], dress: _Dress) -> Iterator[str]:
    """The rows as the sheet holds them, some thousands of cells at a time; the first one is the headings."""
    letters: list[str] = []
    pieces: list[str] = []
    for number, row in enumerate(rows, start=1):
        while len(letters) < len(row):
            letters.append(get_column_letter(len(letters) + 1))
        cells = [
            _cell(f"{letter}{number}", value, dress, is_heading=number == 1)
            for letter, value in zip(letters, row, strict=False)
            if value is not None and value != ""
        ]
        pieces.append(f'<row r="{number}">{"".join(cells)}</row>')
        if len(pieces) >= 500:
            yield "".join(pieces)
            pieces.clear()
    yield "".join(pieces)


def _cell(place: str, value: Any, dress: _Dress, *, is_heading: bool = False) -> str:
    """One cell: numbers and days as such; all the rest is text, and stays text whatever it begins with."""
    value = _plain(value)
    kind = type(value)
    if kind is bool:
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if kind in (int, float, Decimal):
        return f'<c r="{place}"><v>{value}</v></c>'
    if kind is date:
        return f'<c r="{place}" s="{dress.day}"><v>{(value - _DAY_NOUGHT).days}</v></c>'
    if isinstance(value, datetime):
        return f'<c r="{place}" s="{dress.moment}"><v>{to_excel(value)}</v></c>'
    text, style = "" if value is None else str(value), ""
    if _begins_a_formula(text) or text.startswith("#"):
        style = f' s="{dress.guarded_heading if is_heading else dress.guarded}"'
    elif is_heading:
        style = f' s="{dress.heading}"'
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _printable(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def write_csv(
    headers: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    delimiter: str = ";",
    tags: Sequence[str] | None = None,
    mark: str = "",
) -> Generator[bytes, None, None]:
    """A CSV file in pieces (give it to StreamingHttpResponse): UTF-8 with its mark and semicolons, as Excel wants it.

    Text that a spreadsheet would take for a formula gets a leading apostrophe, which `read` takes off again; days are
    written dd/mm/yyyy. `tags` and `mark` as in a workbook.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    yield codecs.BOM_UTF8
    for row in chain([headers], [tags] if tags else [], rows, [[mark]] if mark else []):
        writer.writerow([_for_csv(value) for value in row])
        if buffer.tell() > 65_536:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _for_csv(value: Any) -> Any:
    value = _plain(value)
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, str) and _begins_a_formula(value):
        return f"'{value}"
    return value
