import re
import zlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import typst
from django.utils.translation import gettext_lazy

from hajar.lib import typesetting

TEMPLATE = """\
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a5")
#set text(font: "IBM Plex Sans Arabic", lang: d.lang)
= #d.title
#d.name
#d.phone
"""
DATA = {
    "lang": "ar",
    "title": "وصل تسليم كرسي متحرك",
    "name": "شيماء الخطابي",
    "phone": typesetting.isolate("+212 6 12 34 56 78"),
}


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "receipt.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def streams(document):
    """Every stream of a PDF, unpacked where it is packed."""
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            yield found[1]


def meanings(document):
    """What each glyph stands for when a reader searches or copies."""
    cmaps = b"\n".join(stream for stream in streams(document) if b"begincmap" in stream)
    codes = re.findall(rb"<[0-9a-fA-F]+>\s*<([0-9a-fA-F]+)>", cmaps)
    return {bytes.fromhex(code.decode()).decode("utf-16-be", "replace") for code in codes}


def test_a_document_is_an_archivable_pdf_in_the_house_font(template):
    document = typesetting.pdf(template, DATA)
    assert document.startswith(b"%PDF-")
    everything = document + b"".join(streams(document))
    assert b"pdfaid:part" in everything
    assert b"IBMPlexSansArabic" in everything


def test_arabic_can_be_searched_and_copied(template):
    found = meanings(typesetting.pdf(template, DATA))
    assert set("وصلتسليمكرسيمتحركشيماءالخطابي") | set("+12345678") <= set("".join(found))
    # A joined pair is one glyph and keeps the order in which it is typed. (pdftotext turns such pairs round, whatever
    # the font; the file is right.)
    assert "سي" in found and "يس" not in found


def test_data_is_never_a_command(template):
    hostile = {**DATA, "name": '#read("/etc/passwd") \\ $x$ *b* @ref "quote" #panic()'}
    assert typesetting.pdf(template, hostile).startswith(b"%PDF-")


def test_a_template_sees_only_its_own_folder(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.txt").write_text("x")
    template = tmp_path / "inner" / "t.typ"
    template.write_text('#read("../secret.txt")')
    with pytest.raises(typst.TypstError):
        typesetting.pdf(template, {})


def test_days_amounts_and_translations_can_be_data(template):
    data = {**DATA, "on": date(2026, 8, 5), "amount": Decimal("12.50"), "word": gettext_lazy("Arabic")}
    assert typesetting.pdf(template, data).startswith(b"%PDF-")


def test_numbers_keep_their_order_inside_arabic():
    assert typesetting.isolate("+212 6") == "\u2066+212 6\u2069"


def test_the_font_is_in_the_package_not_on_the_machine():
    (folder,) = typesetting._fonts()
    assert list(Path(folder).glob("IBMPlexSansArabic-Regular.ttf"))
