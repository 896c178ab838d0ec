"""Somebody writes about a file that another person merges: what was typed is not lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from beneficiaries import measuring, merging
from beneficiaries.models import Child, Measurement
from distributions import syncing
from tests.factories import ChildFactory
from tests.phones import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch, karim, client):
    """A measure of a child that is sent while somebody merges her file into another: its address and its fields."""
    child, record = ChildFactory(), measuring.record_measurement

    def too_late(**measures):
        merging.merge_children(ChildFactory(), child, by=karim, choices={}, confirmed=True)
        return record(**measures)

    monkeypatch.setattr(measuring, "record_measurement", too_late)
    client.force_login(karim)
    client.cookies["django_language"] = "en"
    fields = {"measured_on": f"{timezone.localdate():%d/%m/%Y}", "occasion": "visit", "hip_width_mm": "280"}
    return f"/children/{child.pk}/measurements/new/", fields


def test_who_writes_of_a_file_that_goes_meanwhile_is_told_so_and_may_send_the_same_again(client, typed):
    address, fields = typed
    fields["note"] = 'Bottes "neuves" <b>'
    answer = client.post(address, fields)
    assert answer.status_code == 409
    assert Measurement.objects.count() == 0
    page = answer.text
    assert "Somebody changed this meanwhile" in page
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert kept.pop("csrfmiddlewaretoken")
    assert kept == fields | {"note": "Bottes &quot;neuves&quot; &lt;b&gt;"}
    assert f'action="/children/{Child.objects.get().pk}/measurements/new/"' in page


def test_a_form_that_was_open_while_its_file_was_merged_goes_to_the_file_that_goes_on(client, karim, samira):
    gone, kept = ChildFactory(), ChildFactory()
    merging.merge_children(kept, gone, by=karim, choices={}, confirmed=True)
    client.force_login(samira)
    address = f"/children/{gone.pk}/measurements/new/"
    answer = client.post(address, {"hip_width_mm": "280"})
    assert answer.status_code == 409
    assert f'action="/children/{kept.pk}/measurements/new/"' in answer.text
    assert '<input type="hidden" name="hip_width_mm" value="280">' in answer.text
    assert client.get(address).status_code == 404


def test_whose_region_it_is_not_hears_nothing_of_a_merge(client, karim, youssef):
    gone, kept = ChildFactory(), ChildFactory()
    merging.merge_children(kept, gone, by=karim, choices={}, confirmed=True)
    client.force_login(youssef)
    assert client.post(f"/children/{gone.pk}/measurements/new/", {"hip_width_mm": "280"}).status_code == 404


def test_files_are_to_be_chosen_again(client, typed):
    address, fields = typed
    page = client.post(address, fields | {"paper": SimpleUploadedFile("paper.txt", b"paper")}).text
    assert "choose your files again" in page
    assert 'name="hip_width_mm"' not in page


def test_a_phone_is_not_told_so(driss, monkeypatch):
    """A 409 would tell the phone that its entries can never be taken; after a 500 it sends them again."""

    def gone(*_entries, **_sender):
        raise Measurement.DoesNotExist

    monkeypatch.setattr(syncing, "receive", gone)
    with pytest.raises(Measurement.DoesNotExist):
        Phone(driss).post()
