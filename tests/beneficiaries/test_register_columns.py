"""Naming the columns, further sheets of a workbook, templates, files of corrections, and what strangers send."""

import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from beneficiaries import importing, register_columns, register_files, tracing_rows, undoing_imports
from beneficiaries.models import Assessment, Child, ColumnMapping, Family, Guardian
from beneficiaries.models.imports import RegisterImport
from beneficiaries.register_words import FIELDS
from hajar.journal.models import Entry
from hajar.lib import sheets
from tests.beneficiaries.test_importing import AYA, HEADINGS, OMAR, REDA, with_cells

pytestmark = pytest.mark.django_db

ODD = ["champ_a", "champ_b", "champ_c", "champ_d", "champ_e", "rien"]
ODD_ROWS = [
    ["Bennani", "Aya", "F", "05/08/2017", "Casablanca", "x"],
    ["Tahiri", "Reda", "M", "30/10/2012", "Settat", "y"],
]
CHOSEN = {"family_name_latin": 0, "given_name_latin": 1, "sex": 2, "born_on": 3, "province": 4}


def csv_of(headings, rows):
    return io.BytesIO(b"".join(sheets.write_csv(headings, rows)))


def upload(headings, rows, by, **more):
    return importing.upload_register(file=csv_of(headings, rows), filename="registre.csv", by=by, **more)


def workbook_of(**pages):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in pages.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    workbook.save(file)
    return file


def read_again(file, by, name="registre.xlsx"):
    return importing.upload_register(file=io.BytesIO(file.read()), filename=name, by=by)


# --- naming the columns


def test_a_person_names_the_columns_and_the_house_remembers(karim, samira):
    imported = upload(ODD, ODD_ROWS, karim, asks=True)
    assert imported.state == RegisterImport.State.MAPPING
    imported = importing.name_columns(imported, by=karim, chosen=CHOSEN)
    assert imported.state == RegisterImport.State.PREVIEW
    assert [row.verdict for row in importing.rows_of(imported)] == ["new", "new"]
    assert Entry.objects.latest_first().first().act == "register.columns_named"
    again = upload([heading.upper() for heading in ODD], ODD_ROWS[:1], samira)
    assert importing.columns_of(again).fields == CHOSEN
    assert ColumnMapping.objects.get().said_by == karim


def test_what_was_recognised_wrongly_is_corrected(karim):
    headings = ["Nom", "Prénom", "Sexe", "Date de naissance", "Ville", "Remarque", "Divers"]
    imported = upload(headings, [[*AYA[:5], "0661000001", "rien"]], karim)
    assert "phone" not in importing.columns_of(imported).fields
    fields = importing.columns_of(imported).fields
    chosen = {name: place for name, place in fields.items() if place != 5} | {"phone": 5}
    imported = importing.name_columns(imported, by=karim, chosen=chosen)
    (row,) = importing.rows_of(imported)
    assert row.child["phone"] == "+212661000001" and "notes" not in row.child


def test_columns_that_make_no_register_are_refused(client, karim):
    imported = upload(ODD, ODD_ROWS, karim, asks=True)
    with pytest.raises(importing.ColumnsRefused):
        importing.name_columns(imported, by=karim, chosen={"sex": 2})
    client.force_login(karim)
    address = reverse("beneficiaries:import_columns", args=[imported.pk])
    assert client.post(address, {"column_2": "sex"}).status_code == 422
    twice = client.post(address, {"column_1": "sex", "column_2": "sex", "column_0": "full_name_latin"})
    assert twice.status_code == 422 and twice.context["form"].errors["column_2"]


def test_the_page_shows_examples_and_leads_to_the_rows(client, samira):
    client.force_login(samira)
    file = csv_of(ODD, ODD_ROWS[:1])
    file.name = "registre.csv"
    page = client.post(reverse("beneficiaries:import_create"), {"file": file}, follow=True)
    imported = RegisterImport.objects.get()
    address = reverse("beneficiaries:import_columns", args=[imported.pk])
    assert page.redirect_chain[-1][0] == address
    text = page.content.decode()
    assert "champ_a" in text and "Casablanca" in text
    sent = {f"column_{place}": name for name, place in CHOSEN.items()}
    answer = client.post(address, sent)
    assert answer.url == reverse("beneficiaries:import_detail", args=[imported.pk])
    assert address in client.get(answer.url).content.decode()


def test_who_may_not_write_health_neither_keeps_nor_names_it(samira, karim):
    headings = [*ODD[:5], "Diagnostic"]
    imported = upload(headings, [[*ODD_ROWS[0][:5], "ataxie"]], samira, asks=True)
    chosen = {**CHOSEN, "diagnosis": 5}
    imported = importing.name_columns(imported, by=samira, chosen=chosen)
    assert "diagnosis" not in importing.columns_of(imported).fields
    known = upload([*HEADINGS, "Diagnostic"], [[*AYA, "Zzataxie"]], samira)
    assert "Zzataxie" not in str(known.sheet) + str(known.rows)
    assert "Zzataxie" in str(upload([*HEADINGS, "Diagnostic"], [[*AYA, "Zzataxie"]], karim).rows)


def test_once_written_no_cell_of_the_file_is_kept(karim):
    imported = importing.confirm_import(upload(HEADINGS, [AYA], karim), by=karim)
    assert imported.sheet == {}
    with pytest.raises(importing.NotInPreview):
        importing.name_columns(imported, by=karim, chosen=CHOSEN)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_what_we_call_a_field_is_read_as_that_field(language):
    with translation.override(language):
        read = {one.name: register_columns.recognise(register_columns.heading_for(one.name))[0] for one in FIELDS}
    assert {name: found for name, found in read.items() if found != name} == {}


# --- sheets


CHILDREN = [
    ["N° dossier", "Clé famille", "Nom", "Prénom", "Sexe", "Date de naissance"],
    ["A1", 1, "Bennani", "Aya", "F", "05/08/2017"],
    ["A2", 1, "Bennani", "Omar", "M", "11/02/2015"],
    ["A3", "2", "Tahiri", "Reda", "M", "30/10/2012"],
]
FAMILIES = [
    ["Clé famille", "Province", "Adresse", "Langue"],
    ["1", "Casablanca", "Rue 3", "arabe"],
    [2, "Settat", "", ""],
]
GUARDIANS = [
    ["Clé famille", "Tuteur", "Lien", "Téléphone"],
    [1, "Khadija Alami", "mère", "0661000001"],
    [1, "Hassan Bennani", "père", "0661000003"],
    [1, "Rachid Bennani", "oncle", ""],
    [1, "Une quatrième", "tante", ""],
    [2, "Said Tahiri", "père", "0661000002"],
]
ASSESSMENTS = [
    ["N° dossier", "Date d'évaluation", "Poids (kg)", "Largeur hanches (cm)"],
    ["A1", "01/02/2026", 20, 24.0],
    ["A1", "03/09/2026", 22, 25.4],
]


def test_families_guardians_and_assessments_are_sheets_of_one_workbook(karim):
    file = workbook_of(
        Enfants=CHILDREN, Familles=FAMILIES, Tuteurs=GUARDIANS, Mesures=ASSESSMENTS, Autre=[["x"], ["y"]]
    )
    imported = importing.upload_register(file=file, filename="registre.xlsx", by=karim)
    assert [row.verdict for row in importing.rows_of(imported)] == ["new", "sibling", "new"]
    assert importing.columns_of(imported).unread_sheets == ["Autre"]
    importing.confirm_import(imported, by=karim)
    bennani = Family.objects.get(children__given_name_latin="Aya")
    assert (bennani.province.iso, bennani.address, bennani.language, bennani.children.count()) == (
        "MA-CAS",
        "Rue 3",
        "ar",
        2,
    )
    assert set(bennani.guardians.values_list("given_name_latin", "relation", "phone")) == {
        ("Khadija", "mother", "+212661000001"),
        ("Hassan", "father", "+212661000003"),
        ("Rachid", "uncle_aunt", ""),
    }
    draft = Assessment.objects.get()
    assert (draft.child.given_name_latin, str(draft.mass_kg), draft.hip_width_mm) == ("Aya", "22.0", 254)
    assert f"{draft.assessed_on:%d/%m/%Y}" == "03/09/2026"
    assert Guardian.objects.count() == 4


def test_two_families_of_one_name_with_keys_of_their_own_stay_two(karim):
    rows = [["A1", 1, "Bennani", "Aya", "F", "05/08/2017"], ["A2", 2, "Bennani", "Omar", "M", "11/02/2015"]]
    both = [
        ["Clé famille", "Tuteur", "Téléphone"],
        [1, "Said Bennani", "0661000001"],
        [2, "Said Bennani", "0661000001"],
    ]
    file = workbook_of(Enfants=[CHILDREN[0], *rows], Familles=FAMILIES, Tuteurs=both)
    imported = importing.upload_register(file=file, filename="registre.xlsx", by=karim)
    assert [row.verdict for row in importing.rows_of(imported)] == ["new", "new"]


# --- templates


@pytest.mark.parametrize("language", register_files.LANGUAGES)
def test_a_template_is_read_as_it_was_filled_in(karim, language):
    workbook = openpyxl.load_workbook(register_files.template(language, with_health=True))
    children, families, guardians, assessments = workbook.worksheets[:4]
    assert all(sheet.sheet_view.rightToLeft == (language == "ar") for sheet in workbook.worksheets[:4])
    choices = {name: words[language][0] for name, words in register_files.CHOICES.items()}
    with translation.override(language):
        province = str(workbook["_"]["A1"].value)

    def fill(sheet, page, **cells):
        fields = register_files.PAGES[page].fields
        for name, value in cells.items():
            sheet.cell(3, fields.index(name) + 1, value)

    fill(
        children,
        0,
        previous_reference="A1",
        family_key="1",
        given_name_latin="Aya",
        family_name_latin="Bennani",
        sex=choices["sex"],
        born_on="05/08/2017",
        school=choices["school"],
        diagnosis="DICV",
    )
    fill(families, 1, family_key="1", province=province, town="Aïn Chock", language=choices["language"])
    fill(guardians, 2, family_key="1", guardian_name="Khadija Alami", relation=choices["relation"], phone="0661000001")
    fill(assessments, 3, previous_reference="A1", mass_kg=22, hip_width_mm=254, present_chair=choices["present_chair"])
    file = io.BytesIO()
    workbook.save(file)
    imported = importing.upload_register(file=file, filename="registre.xlsx", by=karim)
    (row,) = importing.rows_of(imported)
    assert (row.verdict, row.reasons) == ("new", [])
    assert (row.child["sex"], row.child["school"], row.child["language"]) == ("F", "attends", "ar")
    assert (row.child["guardians"][0]["relation"], row.child["has_chair"]) == ("mother", "yes")
    assert row.child["diagnosis"] == "CVID"
    assert importing.columns_of(imported).unread == importing.columns_of(imported).unread_sheets == []


def test_every_choice_of_a_template_is_read():
    from beneficiaries import register_words

    tables = {
        "sex": register_words.SEX,
        "relation": register_words.RELATIONS,
        "language": register_words.LANGUAGES,
        "whatsapp": register_words.YES_NO,
        "present_chair": register_words.CHAIR,
        "school": register_words.SCHOOL,
    }
    from hajar.lib import names

    unread = [
        word
        for name, languages in register_files.CHOICES.items()
        for words in languages.values()
        for word in words
        if names.fold(word) not in tables[name]
    ]
    assert unread == []


def test_a_template_offers_its_choices_and_asks_for_no_diagnosis_of_who_may_not_write_it(client, samira):
    client.force_login(samira)
    answer = client.get(reverse("beneficiaries:import_template", args=["fr"]))
    workbook = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    offered = [rule.formula1 for sheet in workbook.worksheets for rule in sheet.data_validations.dataValidation]
    assert any("fille" in formula for formula in offered) and any("'_'" in formula for formula in offered)
    headings = [cell.value for cell in workbook.worksheets[0][2]]
    assert "Diagnostic" not in headings
    assert client.get(reverse("beneficiaries:import_template", args=["xx"])).status_code == 404


# --- files of corrections

DOUBTFUL = with_cells(AYA, hip=25.4)
REFUSED = with_cells(REDA, place="Xyzville")


def corrected(imported, by, **cells):
    """The file of corrections, with the cells of this heading put right in every row."""
    workbook = openpyxl.load_workbook(register_files.corrections(imported))
    sheet = workbook.active
    headings = [cell.value for cell in sheet[1]]
    for heading, value in cells.items():
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, headings.index(heading) + 1, value)
    file = io.BytesIO()
    workbook.save(file)
    return importing.upload_register(file=file, filename="corrections.xlsx", by=by)


def test_corrected_rows_go_back_to_their_place_in_the_preview(karim):
    imported = upload(HEADINGS, [OMAR, DOUBTFUL, REFUSED], karim)
    same = corrected(imported, karim, **{"Largeur hanches": "254", "Ville": "Settat"})
    assert same == imported and RegisterImport.objects.count() == 1
    rows = importing.rows_of(same)
    assert [row.verdict for row in rows] == ["new", "sibling", "new"]
    assert [row.is_corrected for row in rows] == [False, True, True]


def test_corrected_rows_of_a_written_import_are_written_once(karim):
    first = importing.confirm_import(upload(HEADINGS, [OMAR, REFUSED], karim), by=karim)
    again = corrected(first, karim, Ville="Settat")
    assert [row.verdict for row in importing.rows_of(again)] == ["new"]
    importing.confirm_import(again, by=karim)
    assert Child.objects.count() == 2
    first.refresh_from_db()
    assert register_files.to_mend(first) == []
    # The same file once more, with the name spelt so differently that no comparison of names would tell.
    workbook_rows = [[*REFUSED]]
    workbook_rows[0][:5] = ["Autrement", "Nommé", "M", "01/01/2014", "Settat"]
    identity = tracing_rows.identity_of(first, importing.rows_of(first)[1])
    third = upload([*HEADINGS, "Ligne de l'import"], [[*workbook_rows[0], identity]], karim)
    assert [row.verdict for row in importing.rows_of(third)] == ["duplicate"]
    assert not importing.rows_of(third)[0].may_be_accepted
    undoing_imports.undo_import(again, by=karim)
    first.refresh_from_db()
    assert len(register_files.to_mend(first)) == 1, "what is undone is to be mended again"


def test_a_row_of_somebody_else_is_corrected_by_nobody(karim, samira):
    theirs = upload(HEADINGS, [REFUSED], karim)
    identity = tracing_rows.identity_of(theirs, importing.rows_of(theirs)[0])
    mine = upload([*HEADINGS, "Ligne de l'import"], [[*AYA, identity]], samira)
    assert mine != theirs
    theirs.refresh_from_db()
    assert not importing.rows_of(theirs)[0].is_corrected


def test_the_file_of_corrections_says_what_is_wrong_and_is_no_formula(client, samira):
    hostile = with_cells(REFUSED, given="=cmd|'/c calc'!A0")
    imported = upload(HEADINGS, [OMAR, hostile], samira)
    client.force_login(samira)
    address = reverse("beneficiaries:import_corrections", args=[imported.pk])
    assert address in client.get(reverse("beneficiaries:import_detail", args=[imported.pk])).content.decode()
    answer = client.get(address)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert all(cell.data_type != "f" for cell in cells)
    assert any("=cmd" in str(cell.value) for cell in cells)
    assert len(list(sheet.iter_rows())) == 2, "only the rows to mend"


# --- what strangers send


HOSTILE = [
    "\u202eayA",
    "A\u2066ya\u2069",
    "Ay\x00a",
    "Aya 💥",
    "A" * 300,
    '"; DROP TABLE child; --',
    "<script>alert(1)</script>",
    "Aya\u200f\u200e",
    "{{ 7*7 }}",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_refused_or_shown_literally(client, samira, name):
    client.force_login(samira)
    imported = upload(HEADINGS, [with_cells(AYA, given=name)], samira)
    (row,) = importing.rows_of(imported)
    assert row.verdict == "error" or row.child["given_name_latin"] in ("Aya", "Ay A", "Ay a"), row.child
    page = client.get(reverse("beneficiaries:import_detail", args=[imported.pk]), {"verdict": "all"}).content.decode()
    assert "<script>alert" not in page and "\x00" not in page and ">49<" not in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_text_file_is_read_whatever_its_letters_and_marks(karim, encoding, mark):
    lines = [["الاسم العائلي", "الاسم الشخصي", "الجنس", "تاريخ الازدياد", "الإقليم"]]
    lines += [["العمراني", "شيماء", "أنثى", "05/08/2017", "تارودانت"]] * 1
    content = "\r\n".join(mark.join(line) for line in lines).encode(encoding)
    imported = importing.upload_register(file=io.BytesIO(content), filename="registre.csv", by=karim)
    (row,) = importing.rows_of(imported)
    assert (row.verdict, row.full_name_arabic, row.child["province"]) == ("new", "شيماء العمراني", "MA-TAR")


def test_an_old_xls_is_refused_with_what_to_do(karim):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2_000
    with pytest.raises(sheets.SheetError) as refusal:
        importing.upload_register(file=io.BytesIO(content), filename="registre.xls", by=karim)
    assert refusal.value.code == "wrong_type" and "xlsx" in refusal.value.message


def test_a_bomb_is_refused_within_memory(karim):
    import tracemalloc

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<a>" + b" " * (300 * 1024 * 1024))
    tracemalloc.start()
    with pytest.raises(sheets.SheetError) as refusal:
        importing.upload_register(file=file, filename="registre.xlsx", by=karim)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refusal.value.code == "too_large"
    assert peak < 60 * 1024 * 1024


def test_a_further_sheet_with_too_many_rows_is_left_unread_and_said_to_be(karim, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    file = workbook_of(Enfants=CHILDREN[:2], Journal=[[number] for number in range(9)], Familles=FAMILIES)
    imported = importing.upload_register(file=file, filename="registre.xlsx", by=karim)
    assert importing.columns_of(imported).unread_sheets == ["Journal"]
