import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from beneficiaries.models import Child
from beneficiaries.models.imports import RegisterImport

DATA = Path(__file__).parent / "data"
REGISTER = DATA / "registre.xlsx"
EXPECTED = json.loads((DATA / "registre.expected.json").read_text())
VERDICTS = {"ok": "new", "sibling": "sibling", "duplicate": "duplicate", "cm_as_mm": "warning"}
WRONG = {"bad_birth": "birth", "future_birth": "birth", "bad_phone": "phone", "bad_city": "province"}


def run(tmp_path, *options):
    report = tmp_path / "report.json"
    call_command("import_register", str(REGISTER), "--report", str(report), *options)
    return {line["row"]: line for line in json.loads(report.read_text())}


@pytest.fixture
def report(nadia, tmp_path):
    return run(tmp_path, "--dry-run")


def test_every_row_of_the_sample_is_judged_as_expected(report):
    assert list(report) == [expected["row"] for expected in EXPECTED]
    judged = {number: line["verdict"] for number, line in report.items()}
    assert judged == {expected["row"]: VERDICTS.get(expected["kind"], "error") for expected in EXPECTED}


def test_every_row_of_the_sample_is_read_as_expected(report):
    wrong = []
    for expected in EXPECTED:
        child = report[expected["row"]]["child"]
        for name in ("birth", "sex", "province", "phone"):
            if name != WRONG.get(expected["kind"]) and child[name] != expected[name]:
                wrong.append((expected["row"], name, expected[name], child[name]))
    assert wrong == []


def test_a_reason_names_the_column_and_says_what_is_wrong(report):
    (reason,) = report[97]["reasons"]
    assert (reason["column"], reason["field"], reason["code"]) == (
        "Largeur hanches",
        "hip_width_mm",
        "measure.centimetres",
    )
    assert "214" in reason["words"]
    assert [reason["column"] for reason in report[125]["reasons"] if reason["code"] == "place_unknown"] == ["Ville"]


def test_a_dry_run_writes_nothing(report):
    assert not Child.objects.exists()
    assert not RegisterImport.objects.exists()


def test_new_rows_and_siblings_are_written_and_a_second_run_adds_nothing(nadia, tmp_path, capsys):
    run(tmp_path)
    assert Child.objects.count() == 155
    assert RegisterImport.objects.get().uploaded_by == nadia
    again = run(tmp_path)
    assert Child.objects.count() == 155
    assert {line["verdict"] for line in again.values()} == {"duplicate", "warning", "error"}
    assert capsys.readouterr().out


def test_somebody_has_to_answer_for_an_import(db, tmp_path):
    with pytest.raises(CommandError):
        run(tmp_path)


@pytest.mark.parametrize("email", ["salwa@hajar.example", "nobody@hajar.example"])
def test_who_may_not_import_is_refused(salwa, tmp_path, email):
    with pytest.raises(CommandError):
        run(tmp_path, "--user", email)


def test_a_case_worker_may_be_named(samira, tmp_path):
    report = run(tmp_path, "--user", samira.email)
    regions = set(Child.objects.values_list("family__province__region__iso", flat=True))
    assert regions == {"MA-06"}
    assert any(reason["code"] == "place_outside" for line in report.values() for reason in line["reasons"])


@pytest.mark.parametrize("content", [b"", b"no register"])
def test_a_file_that_is_no_register_is_refused_in_words(nadia, tmp_path, content):
    file = tmp_path / "registre.csv"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=r"\w{3}"):
        call_command("import_register", str(file))
    with pytest.raises(CommandError, match=r"\w{3}"):
        call_command("import_register", str(tmp_path / "nowhere.csv"))
