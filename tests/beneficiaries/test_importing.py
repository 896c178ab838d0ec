import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from beneficiaries import assessing, consenting, importing, judging, registration, undoing_imports
from beneficiaries.judging import ImportRow
from beneficiaries.models import Assessment, Child, Family, Guardian, HealthRecord, Province
from beneficiaries.models.imports import RegisterImport
from beneficiaries.models.names import NameKey
from beneficiaries.register_columns import NotARegister
from hajar.journal.models import Entry
from hajar.lib import sheets
from tests.factories import ChildFactory, FamilyFactory, GuardianFactory, RightsRequestFactory

REGISTER = Path(__file__).parent / "data" / "registre.xlsx"
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
HEADINGS = ["Nom", "Prénom", "Sexe", "Date de naissance", "Ville", "Tuteur", "Lien", "Téléphone", "Largeur hanches"]
AYA = ["Bennani", "Aya", "F", "05/08/2017", "Casablanca", "Khadija Bennani", "mère", "0661000001", 250]
OMAR = ["Bennani", "Omar", "M", "11/02/2015", "Casablanca", "Khadija Bennani", "mère", "0661000001", 280]
REDA = ["Tahiri", "Reda", "M", "30/10/2012", "Settat", "Said Tahiri", "père", "0661000002", 310]


@pytest.fixture
def upload(karim):
    def upload(*rows, by=karim, headings=HEADINGS, name="registre.csv"):
        content = b"".join(sheets.write_csv(headings, rows))
        return importing.upload_register(file=io.BytesIO(content), filename=name, by=by)

    return upload


@pytest.fixture
def sample(karim):
    def sample():
        with REGISTER.open("rb") as file:
            return importing.upload_register(file=file, filename="registre.xlsx", by=karim)

    return sample


def verdicts(imported):
    return [row.verdict for row in importing.rows_of(imported)]


def codes(imported, number):
    (row,) = (row for row in importing.rows_of(imported) if row.number == number)
    return {reason["code"] for reason in row.reasons if reason["level"] != "note"}


def with_cells(row, **cells):
    places = {"name": 0, "given": 1, "sex": 2, "born": 3, "place": 4, "guardian": 5, "phone": 7, "hip": 8}
    changed = list(row)
    for name, cell in cells.items():
        changed[places[name]] = cell
    return changed


# --- verdicts


def test_a_brother_joins_the_family_of_an_earlier_row(upload):
    assert verdicts(upload(AYA, OMAR, REDA)) == ["new", "sibling", "new"]


def test_a_sister_joins_a_family_of_the_register(upload, karim):
    family = FamilyFactory()
    GuardianFactory(family=family, phone="+212661000001", family_name_latin="Bennani", family_name_arabic="بناني")
    imported = upload(AYA)
    assert verdicts(imported) == ["sibling"]
    importing.confirm_import(imported, by=karim)
    assert Family.objects.get() == family
    assert family.children.get().given_name_latin == "Aya"
    assert family.guardians.filter(is_first_contact=True).count() <= 1


def test_without_phones_the_guardian_the_town_and_the_address_make_the_family(upload):
    without = [with_cells(row, phone="") for row in (AYA, OMAR)]
    assert verdicts(upload(*without)) == ["new", "sibling"]
    elsewhere = with_cells(without[1], place="Settat")
    assert verdicts(upload(without[0], elsewhere)) == ["new", "new"]


def test_a_phone_shared_by_families_of_other_names_is_asked_about(upload, karim):
    imported = upload(AYA, with_cells(REDA, phone="0661000001"))
    assert verdicts(imported) == ["new", "warning"]
    assert codes(imported, 3) == {"phone_of_another_family"}
    importing.accept_row(imported, number=3, by=karim)
    imported.refresh_from_db()
    importing.confirm_import(imported, by=karim)
    assert Family.objects.count() == 2


def test_the_same_child_is_found_across_scripts(upload):
    ChildFactory(
        latin_only=True, given_name_latin="Nour", family_name_latin="Boukhari", born_on=date(2011, 4, 12), sex="F"
    )
    arabic = ["الاسم الكامل", "الجنس", "تاريخ الازدياد", "المدينة"]
    imported = upload(["نور البخاري", "أنثى", "12 أبريل 2011", "الدار البيضاء"], headings=arabic)
    assert verdicts(imported) == ["duplicate"]


def test_a_match_in_another_region_is_told_but_not_shown(upload, samira):
    agadir = FamilyFactory(province=Province.objects.get(iso="MA-AGD"))
    ChildFactory(family=agadir, given_name_latin="Aya", family_name_latin="Bennani", born_on=date(2017, 8, 5))
    imported = upload(AYA, by=samira)
    (row,) = importing.rows_of(imported)
    assert (row.verdict, row.match, row.may_be_accepted) == ("duplicate", {"elsewhere": True}, False)
    importing.accept_row(imported, number=2, by=samira)
    imported.refresh_from_db()
    assert verdicts(imported) == ["duplicate"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"name": "", "given": ""}, "name_missing"),
        ({"given": "Aya<script>"}, "name_letters"),
        ({"given": "A" * 81}, "name_too_long"),
        ({"born": ""}, "date.empty"),
        ({"born": "31/02/2015"}, "date.no_such_day"),
        ({"born": "05/13/2015"}, "date.no_such_month"),
        ({"born": "??"}, "date.not_a_date"),
        ({"born": "12/05/2099"}, "birth_in_future"),
        ({"sex": ""}, "sex_missing"),
        ({"sex": "zz"}, "sex_unknown"),
        ({"place": "Xyzville"}, "place_unknown"),
        ({"place": ""}, "place_missing"),
        ({"phone": "abc"}, "phone_unreadable"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused(upload, cells, code):
    imported = upload(with_cells(AYA, **cells))
    assert verdicts(imported) == ["error"]
    assert code in codes(imported, 2)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"hip": 25.4}, "measure.centimetres"),
        ({"hip": 540}, "measure.unusual"),
        ({"hip": 9000}, "measure.impossible"),
        ({"hip": "large"}, "number_unreadable"),
        ({"born": "05/08/1990"}, "birth_long_ago"),
        ({"given": ""}, "given_name_missing"),
        ({"guardian": "0612"}, "guardian_letters"),
    ],
)
def test_a_doubtful_row_asks(upload, cells, code):
    imported = upload(with_cells(AYA, **cells))
    assert verdicts(imported) == ["warning"]
    assert codes(imported, 2) == {code}


def test_a_heading_that_says_centimetres_is_believed(upload, karim):
    headings = [*HEADINGS[:-1], "Largeur hanches (cm)"]
    imported = upload(with_cells(AYA, hip=25.4), headings=headings)
    assert verdicts(imported) == ["new"]
    importing.confirm_import(imported, by=karim)
    assert Assessment.objects.get().hip_width_mm == 254


def test_a_phone_in_no_known_series_is_told_and_not_asked(upload):
    imported = upload(with_cells(AYA, phone="0799192200"))
    assert verdicts(imported) == ["new"]
    assert [finding["code"] for finding in importing.rows_of(imported)[0].findings] == ["phone_doubtful"]


def test_a_case_worker_imports_into_her_regions_only(upload, samira):
    imported = upload(AYA, with_cells(REDA, place="Agadir"), by=samira)
    assert verdicts(imported) == ["new", "error"]
    assert codes(imported, 3) == {"place_outside"}


# --- what is read


def test_a_formula_is_kept_as_text(sample, karim):
    importing.confirm_import(sample(), by=karim)
    assert Child.objects.filter(notes="=1+1").exists()
    assert not Child.objects.filter(notes="2").exists()


def test_arabic_headings_digits_and_words_are_read(upload, karim):
    headings = [
        "ر.ت",
        "الاسم العائلي",
        "الاسم الشخصي",
        "الجنس",
        "تاريخ الازدياد",
        "الإقليم",
        "اسم الأم",
        "الهاتف",
        "الوزن (كغ)",
    ]
    imported = upload(
        ["١", "العمراني", "شيماء", "أنثى", "٠٥/٠٨/٢٠١٧", "تارودانت", "خديجة", "٠٦١٢٣٤٥٦٧٨", "٢٦,٤"], headings=headings
    )
    assert verdicts(imported) == ["new"]
    importing.confirm_import(imported, by=karim)
    child = Child.objects.get()
    assert (child.full_name_arabic, child.born_on, child.sex) == ("شيماء العمراني", date(2017, 8, 5), "F")
    guardian = Guardian.objects.get()
    assert (guardian.relation, str(guardian.phone), guardian.given_name_arabic) == ("mother", "+212612345678", "خديجة")
    assert str(Assessment.objects.get().mass_kg) == "26.4"
    assert child.family.province.iso == "MA-TAR"


def test_what_a_no_to_school_means_is_left_to_who_assesses(upload, karim):
    imported = upload([*AYA, "non"], headings=[*HEADINGS, "Scolarisé"])
    importing.confirm_import(imported, by=karim)
    assert Child.objects.get().school == "unknown"
    assert "Scolarisé : non" in Assessment.objects.get().remarks


def test_a_diagnosis_reaches_the_health_record_of_who_may_write_it(upload, karim, samira):
    headings = [*HEADINGS, "Diagnostic"]
    importing.confirm_import(upload([*AYA, "ataxie-télangiectasie"], headings=headings), by=karim)
    record = HealthRecord.objects.get()
    assert (record.diagnosis, record.diagnosis_as_written, record.limit_radiation) == (
        "AT",
        "ataxie-télangiectasie",
        True,
    )
    imported = upload([*REDA, "DICV"], headings=headings, by=samira)
    assert "DICV" not in json.dumps(imported.rows)
    importing.confirm_import(imported, by=samira)
    assert HealthRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"PK\x03\x04" + b"x" * 400, "registre.xlsx", "truncated"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "registre.xlsx",
            "password_protected",
        ),
        (b"%PDF-1.7", "registre.pdf", "wrong_type"),
        (b"x" * (50 * 1024 * 1024), "registre.csv", "too_large"),
        (b"", "registre.csv", "empty"),
        (b"Nom;Sexe;Date de naissance\n", "registre.csv", "empty"),
        (b"un;deux;trois\n1;2;3\n", "registre.csv", "no_headings"),
    ],
)
def test_a_file_that_is_no_register_is_refused(karim, content, name, code):
    with pytest.raises((sheets.SheetError, NotARegister)) as refusal:
        importing.upload_register(file=io.BytesIO(content), filename=name, by=karim)
    assert refusal.value.code == code
    assert refusal.value.message
    assert not RegisterImport.objects.exists()


# --- correcting


def row_of(imported, number):
    imported.refresh_from_db()
    return next(row for row in importing.rows_of(imported) if row.number == number)


def test_a_corrected_cell_is_judged_again(upload, karim):
    imported = upload(with_cells(AYA, hip=25.4))
    importing.correct_row(imported, number=2, by=karim, typed={"hip_width_mm": "254"})
    row = row_of(imported, 2)
    assert (row.verdict, row.child["hip_width_mm"], row.is_corrected) == ("new", 254, True)


def test_correcting_one_row_touches_the_rows_that_point_to_it(upload, karim):
    imported = upload(AYA, OMAR)
    assert importing.set_row_aside(imported, number=2, by=karim) == {2, 3}
    assert row_of(imported, 3).verdict == "new"
    importing.set_row_aside(imported, number=2, by=karim, aside=False)
    assert row_of(imported, 3).verdict == "sibling"
    importing.correct_row(
        imported, number=3, by=karim, typed={"given_name_latin": "Aya", "sex": "F", "born_on": "5/8/2017"}
    )
    assert row_of(imported, 3).verdict == "duplicate"
    importing.correct_row(imported, number=2, by=karim, typed={"given_name_latin": "Hajar", "born_on": "1/2/2010"})
    assert row_of(imported, 3).verdict == "sibling"


def test_mending_a_few_rows_comes_to_the_same_as_judging_all(sample, karim):
    imported = sample()
    importing.correct_row(imported, number=97, by=karim, typed={"hip_width_mm": "214"})
    importing.correct_row(imported, number=17, by=karim, typed={"given_name_latin": "Amine"})
    importing.correct_row(imported, number=23, by=karim, typed={"phone": "06 87 46 33 19"})
    importing.set_row_aside(imported, number=12, by=karim)
    importing.correct_row(imported, number=32, by=karim, typed={"phone": "0661000009"})
    importing.accept_row(imported, number=38, by=karim)
    imported.refresh_from_db()
    mended = imported.rows
    importing.judge_again(imported, by=karim)
    imported.refresh_from_db()
    assert imported.rows == mended


def test_a_doubt_that_is_accepted_leaves_the_impossible_out(upload, karim):
    imported = upload(with_cells(AYA, hip=9000))
    importing.accept_row(imported, number=2, by=karim)
    assert row_of(imported, 2).verdict == "new"
    importing.confirm_import(imported, by=karim)
    assert Child.objects.count() == 1
    assert not Assessment.objects.exists()


def test_a_probable_twin_may_be_another_child(upload, karim):
    imported = upload(AYA, AYA)
    importing.accept_row(imported, number=3, by=karim)
    assert row_of(imported, 3).verdict == "sibling"
    importing.confirm_import(imported, by=karim)
    assert Child.objects.count() == 2


def test_what_is_typed_as_a_correction_holds_no_control_characters(upload, karim):
    imported = upload(AYA)
    importing.correct_row(imported, number=2, by=karim, typed={"given_name_latin": "Ay\x00a", "unknown": "x"})
    assert row_of(imported, 2).typed["given_name_latin"] == "Ay a"
    assert "unknown" not in row_of(imported, 2).typed


# --- confirming


def test_confirming_writes_exactly_what_the_preview_promised(sample, karim):
    imported = sample()
    promised = importing.plan(importing.rows_of(imported))
    importing.confirm_import(imported, by=karim, seen=promised.token)
    assert promised.counts == {
        "families": Family.objects.count(),
        "guardians": Guardian.objects.count(),
        "children": Child.objects.count(),
        "assessments": Assessment.objects.count(),
        "health_records": HealthRecord.objects.count(),
    }
    assert promised.children == 155
    assert set(Assessment.objects.values_list("state", flat=True)) == {"draft"}


def test_an_import_is_one_act_of_the_journal(sample, karim):
    before = Entry.objects.count()
    imported = importing.confirm_import(sample(), by=karim)
    (entry,) = Entry.objects.order_by("sequence")[before:]
    assert (entry.act, entry.object_id, entry.actor) == ("register.imported", str(imported.pk), karim)
    assert entry.payload.data["children"] == 155
    assert entry.payload.data["digest"] == imported.digest


def test_what_an_import_writes_is_found_and_sorted_like_all_the_rest(sample, karim):
    importing.confirm_import(sample(), by=karim)
    for person in [*Child.objects.all(), *Guardian.objects.all()]:
        stored = {key.key for key in person.name_keys.all()}
        assert stored == {key[:40] for key in person.computed_keys()}
    written = dict(Family.objects.values_list("pk", "sort_key"))
    Family.objects.update(sort_key="")
    registration.refresh_family_sort_keys(written)
    assert dict(Family.objects.values_list("pk", "sort_key")) == written
    assert sorted(Child.objects.values_list("number", flat=True)) == list(range(1, 156))
    for row in [*Family.objects.all()[:20], *Guardian.objects.all()[:20], *Child.objects.all()[:20]]:
        row.full_clean(exclude=["photo"] if isinstance(row, Child) else None)


def test_twice_the_same_file_adds_nothing(sample, karim):
    first = importing.confirm_import(sample(), by=karim)
    again = sample()
    assert importing.earlier_import(again) == first
    assert importing.plan(importing.rows_of(again)).children == 0
    with pytest.raises(importing.NothingToWrite):
        importing.confirm_import(again, by=karim)
    assert Child.objects.count() == 155


def test_a_child_registered_meanwhile_is_not_doubled(upload, karim):
    imported = upload(AYA, REDA)
    seen = importing.plan(importing.rows_of(imported)).token
    casablanca = Province.objects.get(iso="MA-CAS")
    family = registration.register_family(province=casablanca, by=karim)
    registration.register_child(
        family=family,
        by=karim,
        given_name_latin="Aya",
        family_name_latin="Bennani",
        born_on=date(2017, 8, 5),
        sex="F",
    )
    with pytest.raises(importing.RegisterHasChanged):
        importing.confirm_import(imported, by=karim, seen=seen)
    importing.judge_again(imported, by=karim)
    imported.refresh_from_db()
    assert verdicts(imported) == ["duplicate", "new"]
    importing.confirm_import(imported, by=karim, seen=importing.plan(importing.rows_of(imported)).token)
    assert Child.objects.count() == 2


def test_a_mandate_that_ended_meanwhile_counts(upload, samira):
    imported = upload(AYA, by=samira)
    samira.mandates.update(ends_on=timezone.localdate() - timedelta(days=1), starts_on=date(2020, 1, 1))
    samira.__dict__.pop("_mandates", None)
    with pytest.raises(importing.NothingToWrite):
        importing.confirm_import(imported, by=samira)
    assert not Child.objects.exists()


def test_an_import_is_confirmed_once(upload, karim):
    imported = upload(AYA)
    importing.confirm_import(imported, by=karim)
    for act in (
        lambda: importing.confirm_import(imported, by=karim),
        lambda: importing.correct_row(imported, number=2, by=karim, typed={}),
        lambda: importing.discard_import(imported),
    ):
        with pytest.raises(importing.NotInPreview):
            act()


def test_once_written_the_words_of_a_row_are_forgotten(upload, karim):
    imported = importing.confirm_import(upload(AYA, with_cells(REDA, place="Xyzville")), by=karim)
    kept = json.dumps(imported.rows, ensure_ascii=False)
    assert "Bennani" not in kept
    assert "Tahiri" in kept, "a refused row stays to be mended"


# --- taking back


def test_an_import_can_be_undone(sample, karim):
    imported = importing.confirm_import(sample(), by=karim)
    imported = undoing_imports.undo_import(imported, by=karim)
    assert imported.state == RegisterImport.State.UNDONE
    for model in (Family, Guardian, Child, Assessment, HealthRecord, NameKey):
        assert not model.objects.exists()
    assert Entry.objects.latest_first().first().act == "register.import_undone"
    with pytest.raises(undoing_imports.NotImported):
        undoing_imports.undo_import(imported, by=karim)


def test_what_anything_holds_is_not_taken_out(sample, karim):
    imported = importing.confirm_import(sample(), by=karim)
    before = {model: model.objects.count() for model in (Family, Guardian, Child, Assessment, NameKey)}
    held = Child.objects.order_by("number").last()
    RightsRequestFactory(child=held, asked_by=held.family.guardians.first())
    with pytest.raises(undoing_imports.NotUndoable) as refused:
        undoing_imports.undo_import(imported, by=karim)
    assert refused.value.references == [held.reference]
    assert {model: model.objects.count() for model in before} == before


def test_undoing_leaves_the_family_that_was_joined(upload, karim):
    family = FamilyFactory()
    GuardianFactory(family=family, phone="+212661000001", family_name_latin="Bennani", is_first_contact=True)
    ChildFactory(family=family, given_name_latin="Imane", family_name_latin="Bennani")
    undoing_imports.undo_import(importing.confirm_import(upload(AYA), by=karim), by=karim)
    assert family.children.count() == family.guardians.count() == 1


def complete(child, by):
    draft = child.assessments.get()
    flags = ("falls_or_breathing_trouble_in_seat", "lost_chair_full_time_user", "palliative", "discharge_depends")
    answers = {**dict.fromkeys(flags, "no"), "mobility": "lifted", "injury": "none"}
    assessing.save_draft(draft, version=0, answers=answers)


BUILT = {
    "a draft filled in": lambda child, by: complete(child, by),
    "a consent": lambda child, by: consenting.record_consent(
        child=child,
        guardian=child.family.guardians.get(),
        by=by,
        purpose="care",
        legal_basis="mother",
        method="paper",
        language="fr",
    ),
    "a correction": lambda child, by: registration.correct_child(child, by=by, notes="Rappeler"),
    "a correction of the guardian": lambda child, by: registration.correct_guardian(
        child.family.guardians.get(), by=by, has_whatsapp=True
    ),
    "a sister": lambda child, by: registration.register_child(
        family=child.family, by=by, given_name_latin="Lina", family_name_latin="X", born_on=date(2019, 1, 2), sex="F"
    ),
    "a health record": lambda child, by: registration.save_health_record(child, by=by, hospital="CHU"),
}


@pytest.mark.parametrize("built", BUILT)
def test_an_import_on_which_somebody_built_stays(upload, karim, built):
    imported = importing.confirm_import(upload(AYA, REDA), by=karim)
    child = Child.objects.get(given_name_latin="Aya")
    BUILT[built](child, karim)
    with pytest.raises(undoing_imports.NotUndoable) as refusal:
        undoing_imports.undo_import(imported, by=karim)
    assert set(refusal.value.references) & {child.reference, child.family.reference}
    assert Child.objects.filter(given_name_latin="Reda").exists()


# --- cost


def many(number):
    sounds = ("bar", "kim", "dol", "fas", "gun", "lit", "mor", "nab", "rif", "zot")
    for place in range(number):
        name = f"{sounds[place % 10]}{sounds[place // 10 % 10]}{sounds[place // 100]}".title()
        yield [name, "Aya", "F", f"{place % 27 + 1}/{place % 12 + 1}/{2009 + place % 12}", "Fès", "", "", "", 250]


@pytest.mark.parametrize("rows", [1, 15, 200])
def test_judging_costs_the_same_queries_for_any_number_of_rows(upload, karim, rows, django_assert_max_num_queries):
    ChildFactory()
    karim.has_perm("x")
    with django_assert_max_num_queries(12):
        imported = upload(*many(rows))
    assert len(imported.rows) == rows


@pytest.mark.parametrize("rows", [1, 15])
def test_confirming_costs_the_same_queries_for_any_number_of_rows(upload, karim, rows, django_assert_max_num_queries):
    imported = upload(*many(rows))
    with django_assert_max_num_queries(40):
        importing.confirm_import(imported, by=karim)
    assert Child.objects.count() == rows


def test_a_row_survives_its_json():
    row = ImportRow(4, {"sex": "F"}, {"sex": "F"}, verdict="error", match={"row": 2}, is_aside=True)
    assert ImportRow.from_json(json.loads(json.dumps(row.as_json()))) == row


def test_every_reason_has_words_in_every_language(sample):
    from django.utils import translation

    for language in ("fr", "ar", "en"):
        with translation.override(language):
            for row in importing.rows_of(sample()):
                assert all(judging.words_of(reason) for reason in row.reasons)
