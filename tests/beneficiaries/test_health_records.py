import pytest
from django.urls import reverse

from beneficiaries.models import HealthRecord
from beneficiaries.views import health
from hajar.journal.models import Entry
from tests.factories import ChildFactory, HealthRecordFactory, province

pytestmark = pytest.mark.django_db
WHY = {"reason": "appelée par les urgences"}


def url(name, child):
    return reverse(f"beneficiaries:health_record_{name}", args=[child.pk])


@pytest.fixture
def record():
    return HealthRecordFactory(notes="très confidentiel")


@pytest.mark.parametrize(
    ("who", "status"),
    [("karim", 200), ("nadia", 200), ("salwa", 200), ("samira", 403), ("omar", 403), ("driss", 403), ("hind", 403)],
)
def test_the_record_is_for_few(client, request, record, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(url("detail", record.child)).status_code == status
    assert client.post(url("open", record.child), WHY).status_code == (302 if status == 200 else 403)


def test_a_closed_record_shows_nothing_and_a_look_at_the_door_writes_nothing(client, salwa, record):
    client.force_login(salwa)
    page = client.get(url("detail", record.child)).content.decode()
    assert "confidentiel" not in page
    assert "G11.3" not in page
    assert not Entry.objects.exists()


def test_opening_is_written_once_and_reading_again_is_not(client, salwa, record):
    client.force_login(salwa)
    page = client.post(url("open", record.child), WHY, follow=True)
    assert "confidentiel" in page.content.decode()
    assert "ORPHA 100" in page.content.decode()
    client.get(url("detail", record.child))
    entry = Entry.objects.get()
    assert (entry.act, entry.actor, entry.subject_id) == ("health_record.opened", salwa, record.child_id)


def test_the_door_is_open_for_one_child_one_session_and_some_minutes(client, salwa, karim, record, monkeypatch):
    other = HealthRecordFactory(notes="autre secret")
    client.force_login(salwa)
    client.post(url("open", record.child), WHY)
    assert "autre secret" not in client.get(url("detail", other.child)).content.decode()
    later = health.time.time() + health.OPEN_SECONDS + 1
    monkeypatch.setattr(health.time, "time", lambda: later)
    assert "confidentiel" not in client.get(url("detail", record.child)).content.decode()
    monkeypatch.undo()
    client.force_login(karim)
    assert "confidentiel" not in client.get(url("detail", record.child)).content.decode()


def test_a_get_cannot_open_the_door(client, salwa, record):
    client.force_login(salwa)
    assert client.get(url("open", record.child)).status_code == 405


def test_the_record_is_not_edited_behind_a_closed_door(client, salwa, record):
    client.force_login(salwa)
    assert client.get(url("edit", record.child)).url == url("detail", record.child)


def test_a_record_of_another_region_is_not_there(client, person, record):
    from hajar.accounts import roles

    far = HealthRecordFactory(child__family__province=province("MA-TAR"))
    client.force_login(person("Loubna", roles.CLINICIAN, "MA-06"))
    for name in ("detail", "edit"):
        assert client.get(url(name, far.child)).status_code == 404
    assert client.post(url("open", far.child), WHY).status_code == 404
    assert not Entry.objects.exists()


@pytest.mark.parametrize("diagnosis", ["AT", "CP_ATAXIC", ""])
def test_a_record_is_begun_with_or_without_a_diagnosis(client, salwa, diagnosis):
    child = ChildFactory()
    client.force_login(salwa)
    client.post(url("open", child))
    typed = {"diagnosis": diagnosis, "hospital": "Hôpital d'enfants", "transplanted_on": "٠٥/٠٨/٢٠٢٠"}
    assert client.post(url("edit", child), typed).url == url("detail", child)
    kept = HealthRecord.objects.get(child=child)
    assert (kept.diagnosis, kept.diagnosis_edition) == (diagnosis, "2024" if diagnosis else "")
    assert (kept.transplanted_on.day, kept.transplanted_on.month) == (5, 8)
    assert kept.updated_by == salwa


def test_a_code_of_an_older_edition_is_not_lost(client, salwa):
    record = HealthRecordFactory(diagnosis="OLD_CODE", diagnosis_edition="2022")
    client.force_login(salwa)
    client.post(url("open", record.child), WHY)
    client.post(url("edit", record.child), {"diagnosis": "OLD_CODE", "notes": "revu"})
    record.refresh_from_db()
    assert (record.diagnosis, record.diagnosis_edition, record.notes) == ("OLD_CODE", "2022", "revu")


def test_a_refusal_keeps_what_was_typed(client, salwa, record):
    client.force_login(salwa)
    page = client.post(url("edit", record.child), {"diagnosis": "NOTHING", "notes": "tapé longtemps"})
    assert page.context["form"].errors["diagnosis"]
    assert "tapé longtemps" in page.content.decode()


def test_limiting_radiation_stands_first(client, salwa, record):
    client.force_login(salwa)
    page = client.post(url("open", record.child), WHY, follow=True).content.decode()
    assert page.index('role="alert"') < page.index("confidentiel")
