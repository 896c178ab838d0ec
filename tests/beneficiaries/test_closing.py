import pytest
from django.utils import timezone

from beneficiaries import closing
from beneficiaries.models import Need
from hajar.journal.models import Entry
from tests.beneficiaries.test_registration import last_entry
from tests.factories import ChildFactory, NeedFactory

pytestmark = pytest.mark.django_db


def test_closing_a_file_takes_the_child_off_the_waiting_list(karim):
    need = NeedFactory()
    child = closing.close_child(need.child, by=karim, status="closed", note="Suivie à l'étranger")
    need.refresh_from_db()
    assert (need.closing, need.closed_on) == ("file_closed", timezone.localdate())
    assert not Need.objects.open().exists()
    assert not child.is_followed
    assert last_entry().details == {
        "from": "active",
        "to": "closed",
        "note": "Suivie à l'étranger",
        "needs": [str(need.pk)],
    }


def test_a_pause_keeps_the_place_on_the_waiting_list(samira):
    need = NeedFactory()
    closing.change_status(need.child, by=samira, status="paused")
    assert Need.objects.open().get() == need
    assert last_entry().act == "child.status_changed"


def test_a_case_worker_may_say_that_a_family_moved_but_not_close_or_bury(samira):
    child = ChildFactory()
    closing.change_status(child, by=samira, status="moved")
    for status in ("closed", "deceased"):
        with pytest.raises(closing.StatusRefused):
            closing.change_status(child, by=samira, status=status, confirmed=True)
    assert {status for status, _label in closing.may_set(samira, child)} == {"paused", "moved", "of_age"}


def test_a_death_is_written_only_when_it_is_confirmed(karim):
    need = NeedFactory()
    with pytest.raises(closing.StatusRefused) as refusal:
        closing.change_status(need.child, by=karim, status="deceased")
    assert str(refusal.value.message)
    need.refresh_from_db()
    assert need.is_open
    closing.change_status(need.child, by=karim, status="deceased", confirmed=True)
    need.refresh_from_db()
    assert not need.is_open


def test_a_closed_file_is_opened_again_only_by_who_may_close_it(samira, karim):
    child = ChildFactory(status="deceased")
    with pytest.raises(closing.StatusRefused):
        closing.change_status(child, by=samira, status="active")
    assert closing.may_set(samira, child) == []
    with pytest.raises(closing.StatusRefused):
        closing.change_status(child, by=karim, status="active")
    assert closing.change_status(child, by=karim, status="active", note="Erreur de dossier").is_followed
    assert (last_entry().act, last_entry().details["note"]) == ("child.reopened", "Erreur de dossier")


def test_the_same_status_again_is_refused_and_not_journalled(karim):
    with pytest.raises(closing.StatusRefused):
        closing.change_status(ChildFactory(), by=karim, status="active")
    with pytest.raises(closing.StatusRefused):
        closing.close_child(ChildFactory(), by=karim, status="paused")
    assert not Entry.objects.exists()
