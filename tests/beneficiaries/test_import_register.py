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
