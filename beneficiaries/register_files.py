"""Workbooks that a person fills in: an empty register in her language, and the rows of an import to be mended."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi, gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from beneficiaries import importing, judging, tracing_rows
from beneficiaries.judging import ImportRow, Verdict
from beneficiaries.models import Province
from beneficiaries.models.imports import RegisterImport
from beneficiaries.reading_registers import ERROR, WARNING
from beneficiaries.register_columns import heading_for, read_headings
from beneficiaries.register_words import HEALTH, OFFERED
from hajar.lib import sheets

ROWS_PREPARED = 5_000  # rows under the headings that offer their choices
LANGUAGES = ("fr", "ar", "en")
TO_MEND = (Verdict.WARNING, Verdict.ERROR)

#: What a cell offers, in words that are read again.
CHOICES: dict[str, dict[str, Sequence[str]]] = {
    "sex": {"fr": ("fille", "garçon"), "ar": ("بنت", "ولد"), "en": ("girl", "boy")},
    "relation": {
        "fr": ("mère", "père", "grand-mère", "grand-père", "oncle", "tante", "frère", "sœur", "tuteur", "autre"),
        "ar": ("الأم", "الأب", "الجدة", "الجد", "العم", "العمة", "الخال", "الخالة", "الأخ", "الأخت", "الوصي", "آخر"),
        "en": (
            "mother",
            "father",
            "grandmother",
            "grandfather",
            "uncle",
            "aunt",
            "brother",
            "sister",
            "guardian",
            "other",
        ),
    },
    "language": {
        "fr": ("arabe", "français", "amazigh"),
        "ar": ("العربية", "الفرنسية", "الأمازيغية"),
        "en": ("Arabic", "French", "Amazigh"),
    },
    "whatsapp": {"fr": ("oui", "non"), "ar": ("نعم", "لا"), "en": ("yes", "no")},
    "present_chair": {
        "fr": ("oui", "non", "trop petit", "trop grand", "cassé"),
        "ar": ("نعم", "لا", "صغير", "كبير", "مكسور"),
        "en": ("yes", "no", "too small", "too big", "broken"),
    },
    "school": {
        "fr": ("scolarisé", "irrégulier", "abandon", "jamais", "trop jeune"),
        "ar": ("متمدرس", "غير منتظم", "منقطع", "أبدا", "دون سن التمدرس"),
        "en": ("attends", "irregular", "dropped out", "never", "too young"),
    },
}


@dataclass(frozen=True)
class _Page:
    title: str | Promise
    told: str | Promise
    fields: Sequence[str]


PAGES = (
    _Page(
        _("Children"),
        _("One row for each child. The family key is a number of your own: brothers and sisters have the same."),
        (
            "previous_reference",
            "family_key",
            "given_name_latin",
            "family_name_latin",
            "given_name_arabic",
            "family_name_arabic",
            "sex",
            "born_on",
            "school",
            "requested_on",
            "diagnosis",
            "notes",
        ),
    ),
    _Page(
        _("Families"),
        _("One row for each family, with the key that its children have."),
        ("family_key", "province", "town", "address", "directions", "language"),
    ),
    _Page(
        _("Guardians"),
        _("One row for each adult, the one to call first above the others; three at the most for one family."),
        ("family_key", "guardian_name", "relation", "phone", "whatsapp"),
    ),
    _Page(
        _("Assessments"),
        _("One row for each child who was measured, with her number; of several rows the latest counts."),
        ("previous_reference", "assessed_on", "mass_kg", "height_cm", "hip_width_mm", "present_chair"),
    ),
)


def template(language: str, *, with_health: bool) -> IO[bytes]:
    """An empty register in this language: four sheets, what to do above their headings, choices to click."""
    with translation.override(language):
        workbook = Workbook()
        workbook.remove(workbook.active)
        for page in PAGES:
            fields = [name for name in page.fields if with_health or name not in HEALTH]
            _add_page(workbook, page, fields)
        _offer_provinces(workbook)
        return _saved(workbook)


def _add_page(workbook: Workbook, page: _Page, fields: Sequence[str]) -> None:
    sheet = workbook.create_sheet(str(page.title)[:31])
    sheet.sheet_view.rightToLeft = get_language_bidi()
    sheet.append([str(page.told)])
    sheet.append([heading_for(name) for name in fields])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=max(len(fields), 6))
    sheet["A1"].alignment = Alignment(wrap_text=True, vertical="center")
    sheet["A1"].font = Font(italic=True)
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A3"
    for place, name in enumerate(fields, start=1):
        letter = get_column_letter(place)
        heading = sheet.cell(2, place)
        heading.font, heading.fill = Font(bold=True), PatternFill("solid", fgColor="E6F2F1")
        sheet.column_dimensions[letter].width = max(14, min(36, len(heading.value) + 4))
        if name in CHOICES:
            listed = ",".join(CHOICES[name][get_language() or "en"])
            _offer(sheet, f'"{listed}"', letter)
        if name in ("phone", "previous_reference", "family_key", "born_on", "assessed_on", "requested_on"):
            for row in range(3, 203):  # text: no spreadsheet takes 0612345678 for a quantity, or turns a day round
                sheet.cell(row, place).number_format = "@"


def _offer(sheet: Any, formula: str, letter: str) -> None:
    offered = DataValidation(type="list", formula1=formula, allow_blank=True)
    offered.showErrorMessage = False  # other words are read as well
    offered.add(f"{letter}3:{letter}{ROWS_PREPARED}")
    sheet.add_data_validation(offered)


def _offer_provinces(workbook: Workbook) -> None:
    """A hidden sheet of their names: too many for the cell itself."""
    names = sorted(province.name for province in Province.objects.all())
    hidden = workbook.create_sheet(OFFERED)
    hidden.sheet_state = "hidden"
    for name in names:
        hidden.append([name])
    page = PAGES[1]
    letter = get_column_letter(page.fields.index("province") + 1)
    _offer(workbook[str(page.title)[:31]], f"{quote_sheetname(OFFERED)}!$A$1:$A${len(names)}", letter)


def _saved(workbook: Workbook) -> IO[bytes]:
    output = tempfile.TemporaryFile()
    workbook.save(output)
    output.seek(0)
    return output


# --- the rows to mend -----------------------------------------------------------------------------------------------


def to_mend(imported: RegisterImport) -> list[ImportRow]:
    """The doubtful and the refused rows of an import that nobody set aside or wrote since."""
    mended = imported.written.get("mended", {})
    return [
        row
        for row in importing.rows_of(imported)
        if row.verdict in TO_MEND and not row.is_aside and not row.written and str(row.number) not in mended
    ]


def corrections(imported: RegisterImport) -> IO[bytes]:
    """The rows to mend as a workbook: what to look at beside the cells, and which row each is."""
    columns = importing.columns_of(imported)
    fields = [
        name for name, _place in sorted(columns.fields.items(), key=lambda pair: pair[1]) if name != "row_identity"
    ]
    own = [columns.headings.get(name, "") for name in fields]
    found = read_headings(sheets.Row(1, tuple(own))).fields
    headings = [
        heading_for("row_identity"),
        gettext("To look at"),
        *(
            own[place] if found.get(name) == place else heading_for(name, columns.units.get(name, ""))
            for place, name in enumerate(fields)
        ),
    ]
    rows = (
        [
            tracing_rows.identity_of(imported, row),
            _what_to_look_at(row, columns),
            *(row.typed.get(name, "") for name in fields),
        ]
        for row in to_mend(imported)
    )
    return sheets.write_xlsx(headings, rows, title=gettext("Rows to correct"), rtl=get_language_bidi())


def _what_to_look_at(row: ImportRow, columns: Any) -> str:
    told = [reason for reason in row.reasons if reason["level"] in (ERROR, WARNING)]
    return " ".join(f"{columns.heading(reason['field'])}: {judging.words_of(reason)}" for reason in told)
