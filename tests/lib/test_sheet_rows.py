import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from hajar.lib.sheet_rows import numbered_rows

SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def sheet_of(rows, *, dimension=""):
    """A workbook whose only sheet has these rows, as XML, with one text in the table that cells share."""
    book, plain, file = Workbook(), io.BytesIO(), io.BytesIO()
    book.active["A1"] = date(2017, 8, 5)  # so that there is a style for days
    book.save(plain)
    changed = {
        SHEET: f'<worksheet xmlns="{NAMESPACE}">{dimension}<sheetData>{rows}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{NAMESPACE}"><si><t>partagé</t></si></sst>',
    }
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            content = changed.pop(part, old.read(part))
            new.writestr(part, content.replace(b"</Types>", SHARED) if part == "[Content_Types].xml" else content)
        for part, content in changed.items():
            new.writestr(part, content)
    return load_workbook(file, read_only=True).active


def both_ways(rows, **kwargs):
    """As read here, and as openpyxl reads it: by number, without what is empty at the end."""
    read = list(numbered_rows(sheet_of(rows, **kwargs), columns=30))
    sheet = sheet_of(rows, **kwargs)
    sheet.reset_dimensions()
    by_openpyxl = enumerate(sheet.iter_rows(max_col=30, values_only=True), start=1)
    return {number: _trimmed(row) for number, row in read}, {
        number: _trimmed(row) for number, row in by_openpyxl if _trimmed(row)
    }


def _trimmed(row):
    row = ["" if value is None else value for value in row]
    while row and row[-1] == "":
        row.pop()
    return row


def text(inner):
    return f'<row r="1"><c r="A1" t="inlineStr">{inner}</c><c r="B1"><v>7</v></c></row>'


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        (text("<is><t>Aya</t></is>"), ["Aya", 7]),
        (text('<is><t xml:space="preserve"> آية &amp; Aya\n</t></is>'), [" آية & Aya\n", 7]),
        (text("<is><t>007</t></is>"), ["007", 7]),
        (text("<is><t>=1+1</t></is>"), ["=1+1", 7]),
        (text("<is><r><t>A</t></r><r><rPr><b/></rPr><t>ya</t></r></is>"), ["Aya", 7]),
        (text("<is><t>Aya</t><rPh sb='0' eb='1'><t>phonetic</t></rPh></is>"), ["Aya", 7]),
        (text("<is><t/></is>"), ["", 7]),
        (text("<is/>"), ["", 7]),
        (text(""), ["", 7]),
        (text("<f>A2</f><is><t>Aya</t></is>"), ["=A2", 7]),
        ('<row r="1"><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>', ["a", "b"]),
        ('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="b"><v>1</v></c></row>', ["partagé", "", True]),
        ('<row r="1"><c r="A1" s="1"><v>42952</v></c></row>', [datetime(2017, 8, 5)]),
        ('<row r="1"><c r="B1"><v>1.5</v></c><c r="C1" t="e"><v>#N/A</v></c></row>', ["", 1.5, "#N/A"]),
        ('<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>', [1, "", 3]),
    ],
)
def test_each_cell_is_what_openpyxl_makes_of_it(rows, first):
    read, by_openpyxl = both_ways(rows)
    assert read == by_openpyxl == {1: first}


def test_rows_keep_their_numbers_and_gaps_cost_nothing():
    rows = '<row r="2"><c r="A2"><v>2</v></c></row><row r="900000"><c r="B900000"><v>9</v></c></row>'
    read = list(numbered_rows(sheet_of(rows), columns=30))
    assert read == [(2, [2]), (900_000, [None, 9])]


def test_a_row_that_comes_again_is_read_once_as_openpyxl_does():
    row = '<row r="2"><c r="A2"><v>{}</v></c></row>'
    read, by_openpyxl = both_ways(row.format(1) + row.format(2) + '<row r="1"><c r="A1"><v>3</v></c></row>')
    assert read == by_openpyxl == {2: [1]}


def test_the_size_that_a_sheet_claims_cuts_nothing_off():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="AC2"><v>2</v></c></row>'
    read, by_openpyxl = both_ways(rows, dimension='<dimension ref="A1"/>')
    assert read == by_openpyxl
    assert read[2][28] == 2


def test_what_lies_beyond_the_columns_is_left_out():
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>3</v></c></row>'
    assert list(numbered_rows(sheet_of(rows), columns=2)) == [(1, [1, None])]
    assert list(numbered_rows(sheet_of(rows), columns=3)) == [(1, [1, None, 3])]
