import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from hajar.lib import sheets

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def workbook(*rows, start=1, title="Registre"):
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for number, row in enumerate(rows, start=start):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    return book


def saved(book):
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def with_part(file, name, content):
    """The same workbook with one part of its archive replaced."""
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return changed


def refusal(content, name="registre.xlsx"):
    with pytest.raises(sheets.SheetError) as refused:
        sheets.read(content if hasattr(content, "read") else io.BytesIO(content), name)
    assert refused.value.message
    return refused.value.code


# --- workbooks -----------------------------------------------------------------------------------------------------


def test_rows_keep_the_number_that_the_spreadsheet_shows():
    book = workbook(["Nom", "Né le"], [None, None], ["Aya", datetime(2015, 8, 5)], start=3)
    sheet = sheets.read(saved(book), "r.xlsx")
    assert sheet.title == "Registre"
    assert sheet.rows == [sheets.Row(3, ("Nom", "Né le")), sheets.Row(5, ("Aya", datetime(2015, 8, 5)))]
    assert sheet.rows[0].cell(1) == "Né le" and sheet.rows[0].cell(2) is None


def test_cells_are_stripped_and_blank_ones_are_none():
    sheet = sheets.read(saved(workbook([" شيماء ", "\xa0", 21.5, True, "  "])), "r.xlsx")
    assert sheet.rows == [sheets.Row(1, ("شيماء", None, 21.5, True))]


def test_a_formula_is_text_and_never_computed():
    book = workbook(["=1+1", '=HYPERLINK("http://example.org","x")'])
    book.active["C1"] = ArrayFormula("C1:C2", "=SUM(A1:A2*2)")
    book.active["D1"] = "=1+1"
    book.active["D1"].data_type = "s"
    sheet = sheets.read(saved(book), "r.xlsx")
    assert sheet.rows[0].cells == ("=1+1", '=HYPERLINK("http://example.org","x")', "=SUM(A1:A2*2)", "=1+1")


def test_the_first_visible_filled_sheet_is_read_and_the_others_are_named():
    book = workbook(["caché"], title="Listes")
    book.active.sheet_state = "hidden"
    book.create_sheet("Vide")
    book.create_sheet("Enfants").append(["Aya"])
    book.create_sheet("Notes").append(["x"])
    sheet = sheets.read(saved(book), "r.xlsx")
    assert (sheet.title, sheet.rows[0].cells, sheet.unread) == ("Enfants", ("Aya",), ("Listes", "Vide", "Notes"))


def test_formatting_far_away_does_not_make_rows():
    book = workbook(["Aya"])
    book.active.cell(1_048_576, 1).number_format = "0.00"
    book.active.cell(1, 900).number_format = "0.00"
    assert len(sheets.read(saved(book), "r.xlsx").rows) == 1


def test_what_a_sheet_claims_about_its_size_is_not_believed():
    file = saved(workbook(["Aya"], ["Adam"]))
    with zipfile.ZipFile(file) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").replace(b'ref="A1:A2"', b'ref="A1:A1"')
    assert len(sheets.read(with_part(file, "xl/worksheets/sheet1.xml", xml), "r.xlsx").rows) == 2


# --- refusals ------------------------------------------------------------------------------------------------------


def test_a_large_file_is_refused():
    assert refusal(b"PK\x03\x04" + bytes(sheets.MAX_UPLOAD)) == "too_large"


def test_a_password_is_noticed():
    assert refusal(OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)) == "password_protected"


def test_an_old_workbook_is_not_taken_for_a_protected_one():
    assert refusal(OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(512), "registre.xls") == "wrong_type"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_cut_short_is_refused(share):
    content = saved(workbook(*[[f"Aya {n}", n] for n in range(500)])).getvalue()
    assert refusal(content[: int(len(content) * share)]) == "truncated"


def test_a_workbook_with_a_spoilt_byte_is_refused():
    content = bytearray(saved(workbook(*[[f"Aya {n}", n] for n in range(500)])).getvalue())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 200
    content[at] ^= 0xFF
    assert refusal(bytes(content)) == "truncated"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "registre.pdf"),
        (b"%PDF-1.7\n1 0 obj", "registre.csv"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "registre.xlsx"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "registre.csv"),
        (b"<html><table><tr><td>Aya</td></tr></table></html>", "registre.csv"),
        (b"{\\rtf1 Aya}", "registre.csv"),
        (b"Nom;Age", "registre.xlsx"),
        (b"Nom;Age", "registre"),
    ],
)
def test_what_is_no_workbook_is_refused(content, name):
    assert refusal(content, name) == "wrong_type"


def test_another_zip_is_refused():
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(document) == "wrong_type"


@pytest.mark.parametrize("content", [b"", b" \r\n", b"\xef\xbb\xbf\n", b"\x00\x00"])
def test_nothing_is_refused(content):
    assert refusal(content, "registre.csv") == "empty"


def test_a_workbook_without_a_filled_cell_is_refused():
    assert refusal(saved(Workbook())) == "empty"


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = with_part(saved(workbook(["Aya"])), "xl/media/image1.png", bytes(sheets.MAX_UNZIPPED))
    assert len(bomb.getvalue()) < sheets.MAX_UPLOAD
    assert refusal(bomb) == "too_large"


def test_a_part_larger_than_it_says_is_refused():
    file = with_part(saved(workbook(["Aya"])), "xl/worksheets/sheet1.xml", b"<x>" + bytes(5 * sheets.MEGABYTE))
    content = file.getvalue().replace((5 * sheets.MEGABYTE + 3).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert refusal(content) == "truncated"


def test_more_tags_than_any_register_has_are_refused():
    many = with_part(saved(workbook(["Aya"])), "xl/worksheets/sheet1.xml", b"<c/>" * (sheets.MAX_TAGS + 1))
    assert refusal(many) == "too_large"


LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
STEALS = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declaration", [LAUGHS, STEALS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/any.bin"])
def test_entities_are_refused_wherever_they_stand(declaration, encoding, part):
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!-- x -->{declaration}<w>&a;</w>'.encode(encoding)
    assert refusal(with_part(saved(workbook(["Aya"])), part, xml)) == "unsafe"


def test_a_cell_or_row_at_the_end_of_the_world_does_not_fill_the_memory():
    file = saved(workbook(["Aya"]))
    with zipfile.ZipFile(file) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b'r="A1"' in xml and b'<row r="1"' in xml
    far = with_part(file, "xl/worksheets/sheet1.xml", xml.replace(b'r="A1"', b'r="ZZZZZZZ1"'))
    assert refusal(far) in {"truncated", "empty"}
    deep = with_part(file, "xl/worksheets/sheet1.xml", xml.replace(b'<row r="1"', b'<row r="99999999999"'))
    assert refusal(deep) == "too_many_rows"


def test_rows_and_columns_have_limits(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    rows = [["Aya"]] * 3
    assert len(sheets.read(saved(workbook(*rows)), "r.xlsx").rows) == 3
    assert refusal(saved(workbook(*rows, ["Adam"]))) == "too_many_rows"
    assert refusal(b"Aya\n" * 4, "r.csv") == "too_many_rows"
    assert len(sheets.read(saved(workbook(["x"] * sheets.MAX_COLUMNS)), "r.xlsx").rows[0].cells) == 200
    assert refusal(saved(workbook(["x"] * (sheets.MAX_COLUMNS + 1)))) == "too_many_columns"
    assert refusal(b";" * 200 + b"x\n", "r.csv") == "too_many_columns"


@given(st.binary(max_size=400), st.sampled_from(["", "PK\x03\x04", "%PDF"]), st.sampled_from(["r.csv", "r.xlsx", "r"]))
def test_any_bytes_give_rows_or_a_refusal(noise, magic, name):
    try:
        assert sheets.read(io.BytesIO(magic.encode("latin-1") + noise), name).rows
    except sheets.SheetError as refused:
        assert refused.code in sheets.MESSAGES


# --- CSV -----------------------------------------------------------------------------------------------------------

TEXT = "Nom;Ville;Âge\nChaïmae;Béni Mellal;7,5\nشيماء;الجديدة;\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read_in_any_unicode(encoding):
    rows = sheets.read(io.BytesIO(TEXT.encode(encoding)), "registre.CSV").rows
    assert [row.cells for row in rows] == [
        ("Nom", "Ville", "Âge"),
        ("Chaïmae", "Béni Mellal", "7,5"),
        ("شيماء", "الجديدة"),
    ]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Prénom;Ville\nHélène;Fès\nGaëlle;Médiouna n° 3\n", "cp1252"),
        ("PRÉNOM;ÉTÉ\nÉLÉONORE;ÇA\n", "cp1252"),
        ("Nom;الاسم\nAya;آية الناصري\n", "cp1256"),
    ],
)
def test_windows_code_pages_are_told_apart(text, encoding):
    rows = sheets.read(io.BytesIO(text.encode(encoding)), "r.csv").rows
    assert [";".join(row.cells) for row in rows] == text.splitlines()


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(mark):
    text = f"Nom{mark}Masse{mark}Ville\nAya{mark}21.5{mark}Fès\n" + f'"Adam{mark}Sami"{mark}30{mark}Casa\n'
    rows = sheets.read(io.BytesIO(text.encode()), "r.csv").rows
    assert [len(row.cells) for row in rows] == [3, 3, 3]
    assert rows[2].cells[0] == f"Adam{mark}Sami"


def test_decimal_commas_do_not_pass_for_a_delimiter():
    rows = sheets.read(io.BytesIO(b"a;b\n1,5;2,5\n3,5;4,5\n"), "r.csv").rows
    assert rows[1].cells == ("1,5", "2,5")


def test_excels_announcement_of_the_delimiter_is_no_row():
    rows = sheets.read(io.BytesIO(b"sep=,\r\na,b;c\r\n"), "r.csv").rows
    assert rows == [sheets.Row(1, ("a", "b;c"))]


def test_csv_rows_are_numbered_with_the_blank_ones():
    rows = sheets.read(io.BytesIO(b"Registre;\n;\n\nNom;Age\n"), "r.csv").rows
    assert [row.number for row in rows] == [1, 4]


def test_an_endless_field_is_refused():
    assert refusal(b'a;"' + b"x" * 200_000, "r.csv") == "truncated"


# --- writing -------------------------------------------------------------------------------------------------------

DANGEROUS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", " =1+1", "\u200f=1", '=cmd|"/c calc"!A0']


def test_a_written_workbook_reads_back():
    rows = [["شيماء", 21.5, date(2015, 8, 5), None, True, Decimal("1234.50")], ["Aya", 3, None, "#N/A", False, 0]]
    file = sheets.write_xlsx(["Nom", gettext_lazy("Mass"), "Date", "Note", "x", "MAD"], rows, title="Enfants: liste")
    sheet = sheets.read(file, "x.xlsx")
    assert sheet.title == "Enfants  liste"
    assert sheet.rows[1].cells == ("شيماء", 21.5, datetime(2015, 8, 5), None, True, 1234.5)
    assert sheet.rows[2].cells[3] == "#N/A"


def test_an_arabic_workbook_runs_from_the_right():
    assert load_workbook(sheets.write_xlsx(["الاسم"], [], rtl=True)).active.sheet_view.rightToLeft
    assert not load_workbook(sheets.write_xlsx(["Nom"], [])).active.sheet_view.rightToLeft


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_written_cell_is_a_formula(text):
    cells = next(load_workbook(sheets.write_xlsx([text], [[text]])).active.iter_rows(min_row=2))
    assert cells[0].data_type == "s"
    with zipfile.ZipFile(sheets.write_xlsx([text], [[text]])) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")
    record = b"".join(sheets.write_csv(["Nom"], [[text]])).decode("utf-8-sig").splitlines(keepends=True)[1:]
    assert "".join(record).lstrip('"').startswith("'")


def test_a_negative_number_stays_a_number():
    assert b"".join(sheets.write_csv(["x"], [[-3]])).endswith(b"\r\n-3\r\n")


def test_moments_come_out_in_local_time(settings):
    settings.TIME_ZONE = "Africa/Casablanca"
    moment = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert sheets.read(sheets.write_xlsx(["x"], [[moment]]), "x.xlsx").rows[1].cells == (datetime(2026, 7, 2, 0, 30),)
    assert b"02/07/2026 00:30" in b"".join(sheets.write_csv(["x"], [[moment]]))


def test_what_cannot_stand_in_a_workbook_is_left_out():
    file = sheets.write_xlsx(["x"], [["a\x0bb", float("nan"), Decimal("Infinity"), "c"]])
    assert sheets.read(file, "x.xlsx").rows[1].cells == ("ab", None, None, "c")


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])), min_size=1, max_size=5))
def test_a_written_csv_reads_back(texts):
    file = io.BytesIO(b"".join(sheets.write_csv(["n", *texts], [["1", *texts]])))
    rows = sheets.read(file, "x.csv").rows
    expected = ("1", *(sheets._stripped(text) for text in texts))
    while expected[-1] is None:
        expected = expected[:-1]
    assert rows[-1].cells == expected


def test_a_csv_comes_in_pieces():
    pieces = list(sheets.write_csv(["n", "x"], ([number, "x" * 100] for number in range(5_000))))
    assert len(pieces) > 5
    assert b"".join(pieces).count(b"\r\n") == 5_001


def test_a_reader_that_believes_the_size_a_workbook_claims_sees_every_row():
    file = sheets.write_xlsx(["a", "b"], [[number, "x"] for number in range(1_200)], mark="mark")
    book = load_workbook(file, read_only=True)
    assert len(list(book.active.rows)) == 1_202
