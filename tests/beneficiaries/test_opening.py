import shutil
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from beneficiaries import diagnoses, documents, opening, registration
from beneficiaries.models import HealthRecord
from hajar.journal.models import Entry
from tests.factories import ChildFactory, HealthRecordFactory
from tests.papers import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    return HealthRecordFactory(notes="très confidentiel")


def url(name, child):
    return reverse(f"beneficiaries:health_record_{name}", args=[child.pk])


# --- a reason --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "   ", "urgent"])
def test_outside_ones_cases_a_record_stays_closed_without_a_reason(client, salwa, record, reason):
    client.force_login(salwa)
    page = client.post(url("open", record.child), {"reason": reason})
    assert page.status_code == 422
    assert "confidentiel" not in page.content.decode()
    assert page.context["form"].errors["reason"] == [opening.ReasonNeeded().message]
    assert not Entry.objects.exists()
    assert "confidentiel" not in client.get(url("detail", record.child)).content.decode()


def test_the_reason_stays_in_the_journal(client, salwa, record):
    client.force_login(salwa)
    client.post(url("open", record.child), {"reason": "appelée par les urgences"})
    assert Entry.objects.select_related("payload").get().details == {"reason": "appelée par les urgences"}


def test_whoever_worked_on_the_file_opens_it_at_once(client, salwa, record):
    registration.save_health_record(record.child, by=salwa, hospital="CHU Ibn Rochd")
    client.force_login(salwa)
    assert client.get(url("detail", record.child)).context["form"] is None
    assert client.post(url("open", record.child)).status_code == 302


def test_reading_makes_no_case_nor_does_work_of_long_ago(salwa, record, monkeypatch):
    opening.open_health_record(record.child, by=salwa, reason="avis demandé par une collègue")
    assert not opening.is_own_case(record.child, salwa)
    registration.save_health_record(record.child, by=salwa, hospital="CHU Ibn Rochd")
    assert opening.is_own_case(record.child, salwa)
    monkeypatch.setattr(opening, "OWN_FOR", timedelta(seconds=-1))
    assert not opening.is_own_case(record.child, salwa)


def test_a_case_of_one_person_is_no_case_of_another(salwa, karim, record):
    registration.save_health_record(record.child, by=salwa, hospital="CHU Ibn Rochd")
    with pytest.raises(opening.ReasonNeeded):
        opening.open_health_record(record.child, by=karim)


# --- who looked ------------------------------------------------------------------------------------------------------


def test_a_coordinator_sees_who_looked_and_a_clinician_does_not(client, salwa, karim, record):
    opening.open_health_record(record.child, by=salwa, reason="consultation de contrôle")
    client.force_login(karim)
    (reading,) = client.get(url("readers", record.child)).context["readings"]
    assert (reading.who, reading.why) == ("Salwa", "consultation de contrôle")
    assert reading.role
    client.force_login(salwa)
    for name in ("readers", "readers_pdf"):
        assert client.get(url(name, record.child)).status_code == 403


def test_an_administrator_who_looks_in_the_administration_is_told_too(client, nadia, record):
    client.force_login(nadia)
    client.get(reverse("admin:beneficiaries_healthrecord_change", args=[record.pk]))
    (reading,) = opening.readings(record.child)
    assert (reading.who, bool(reading.why)) == ("Nadia", True)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_paper_names_who_looked_and_nothing_of_the_record(karim, salwa, record, language):
    opening.open_health_record(record.child, by=salwa, reason="consultation")
    with translation.override(language):
        text = words(documents.readers_pdf(record.child, by=karim))
    assert "Salwa" in text
    assert "consultation" in text
    for secret in ("confidentiel", "G11.3", "ORPHA"):
        assert secret not in text


def test_giving_the_paper_is_itself_written(client, karim, record):
    client.force_login(karim)
    paper = client.get(url("readers_pdf", record.child))
    assert (paper["Content-Type"], paper["Cache-Control"]) == ("application/pdf", "no-store")
    assert paper.content.startswith(b"%PDF-")
    assert Entry.objects.get().act == "health_record.readers_shown"


def test_many_readings_cost_no_more_queries(karim, record, django_assert_max_num_queries):
    for number in range(15):
        opening.open_health_record(record.child, by=karim, reason=f"lecture numéro {number}")
    with django_assert_max_num_queries(3):
        assert len(opening.readings(record.child)) == 15


# --- what is written -------------------------------------------------------------------------------------------------


def test_some_diagnoses_propose_the_warnings_and_a_person_may_decide_otherwise(salwa):
    record = registration.save_health_record(ChildFactory(), by=salwa, diagnosis="AT")
    assert (record.limit_radiation, record.no_live_vaccines) == (True, True)
    other = registration.save_health_record(ChildFactory(), by=salwa, diagnosis="AT", no_live_vaccines=False)
    assert (other.limit_radiation, other.no_live_vaccines) == (True, False)
    motor = registration.save_health_record(ChildFactory(), by=salwa, diagnosis="CP")
    assert (motor.limit_radiation, motor.no_live_vaccines) == (False, False)
    out = registration.save_health_record(ChildFactory(), by=salwa, diagnosis="AT", diagnosis_status="excluded")
    assert not out.limit_radiation


@pytest.mark.parametrize(
    ("born", "day", "abroad", "is_kept"),
    [
        (date(2004, 3, 1), date(2009, 12, 31), False, False),
        (date(2004, 3, 1), date(2009, 12, 31), True, True),
        (date(2004, 3, 1), date(2010, 1, 1), False, True),
        (date(2017, 3, 1), date(2016, 1, 1), True, False),
        (date(2017, 3, 1), date(2099, 1, 1), False, False),
    ],
)
def test_a_transplant_lies_where_one_can_lie(salwa, born, day, abroad, is_kept):
    child = ChildFactory(born_on=born)
    told = {"transplanted_on": day, "transplanted_abroad": abroad, "transplant_donor": "sibling"}
    if is_kept:
        assert registration.save_health_record(child, by=salwa, **told).transplanted_on == day
        return
    with pytest.raises(ValidationError) as refusal:
        registration.save_health_record(child, by=salwa, **told)
    assert "transplanted_on" in refusal.value.message_dict


@pytest.mark.parametrize(
    "told",
    [
        {"transplant_donor": "cord"},
        {"immunoglobulin_route": "intravenous"},
        {"has_immunoglobulin": True, "immunoglobulin_every_days": 400},
        {"prophylaxis": ["magic"]},
    ],
)
def test_what_contradicts_itself_is_refused(salwa, told):
    with pytest.raises(ValidationError):
        registration.save_health_record(ChildFactory(), by=salwa, **told)
    assert not HealthRecord.objects.exists()


def test_a_whole_record_is_written_on_its_page_and_read_again(client, salwa):
    child = ChildFactory()
    client.force_login(salwa)
    client.post(url("open", child))
    typed = {
        "diagnosis": "AT",
        "diagnosis_status": "genetic",
        "limit_radiation": "on",
        "no_live_vaccines": "on",
        "transplanted_on": "14/05/2019",
        "transplanted_abroad": "on",
        "transplant_donor": "sibling",
        "transplant_outcome": "cured",
        "has_immunoglobulin": "on",
        "immunoglobulin_route": "subcutaneous",
        "immunoglobulin_place": "home",
        "immunoglobulin_every_days": "٧",
        "prophylaxis": ["bacterial", "pneumocystis"],
        "prophylaxis_drugs": "Cotrimoxazole",
    }
    assert client.post(url("edit", child), typed).status_code == 302
    kept = HealthRecord.objects.get(child=child)
    assert (kept.immunoglobulin_every_days, kept.prophylaxis) == (7, ["bacterial", "pneumocystis"])
    page = client.get(url("detail", child)).content.decode()
    assert page.count('role="alert"') == 1
    assert "Cotrimoxazole" in page


def test_the_warnings_are_for_who_may_read_and_come_without_the_diagnosis(client, salwa, samira, record):
    HealthRecord.objects.filter(pk=record.pk).update(no_live_vaccines=True)
    client.force_login(salwa)
    page = client.get(record.child.get_absolute_url())
    assert page.context["alerts"] == {"limits_radiation": True, "no_live_vaccines": True}
    for secret in ("G11.3", "confidentiel", diagnoses.find("AT").label):
        assert secret not in page.content.decode()
    client.force_login(samira)
    assert client.get(record.child.get_absolute_url()).context["alerts"] == {}


# --- editions --------------------------------------------------------------------------------------------------------


def test_a_code_stays_readable_by_the_edition_it_was_coded_by(tmp_path, monkeypatch):
    for path in diagnoses.EDITIONS.glob("*.csv"):
        shutil.copy(path, tmp_path)
    older = (tmp_path / "2024.csv").read_text(encoding="utf-8").splitlines()
    renamed = [older[0], "OLD,immune,Ancien nom,اسم قديم,Old name,9.9,D84.9,,,yes"]
    (tmp_path / "2022.csv").write_text("\n".join(renamed), encoding="utf-8")
    monkeypatch.setattr(diagnoses, "EDITIONS", tmp_path)
    diagnoses.edition.cache_clear()
    try:
        assert diagnoses.editions() == ["2022", "2024"]
        with translation.override("fr"):
            assert diagnoses.find("OLD", "2022").label == "Ancien nom"
        assert diagnoses.find("OLD") is None
        assert diagnoses.find("AT", "2022").edition == "2024", "a key that the older list lacks is read by the newest"
    finally:
        diagnoses.edition.cache_clear()


def test_every_line_of_a_list_has_its_names_in_three_languages():
    for name in diagnoses.editions():
        for line in diagnoses.edition(name).values():
            assert all(dict(line.names).values()), line.key
            assert line.icd10 or line.key == "MOTOR_UNS", line.key
            assert line.part in diagnoses.PARTS
