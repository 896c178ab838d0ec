"""What is kept too long is counted first, then deleted; what still has time stays."""

from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from beneficiaries import retaining
from beneficiaries.models import Child, Consent, Erasure, RegisterImport, RightsRequest
from distributions.models import Attachment, PhoneEntry, Preparation
from hajar.journal import recording
from hajar.journal.models import Entry, Payload
from hajar.lib import dates
from tests import world
from tests.factories import ChildFactory, ConsentFactory, RightsRequestFactory

pytestmark = pytest.mark.django_db


def ago(years: int) -> datetime:
    day = dates.years_later(timezone.localdate(), -years) - timedelta(days=1)
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


def counted() -> dict[str, int]:
    return {str(each.rule.words): each.number for each in retaining.review() if each.number}


@pytest.fixture
def old(karim, driss):
    """One of each thing that is over its time."""
    known = world.build("MA-CAS", volunteer=driss)
    photo = Attachment(delivery_id=known["delivery"], kind="photo", sha256="1" * 64)
    photo.file.save("x.webp", ContentFile(b"RIFF"), save=True)
    Attachment.objects.filter(pk=photo.pk).update(created_at=ago(2))
    Preparation.objects.filter(pk=known["preparation"]).update(prepared_at=ago(2))
    PhoneEntry.objects.filter(pk=known["phone_entry"]).update(
        received_at=ago(2), handled_at=timezone.now(), handled_by=karim
    )
    paper = ConsentFactory(answered_on=ago(7).date(), withdrawn_on=ago(5).date())
    paper.evidence.save("x.pdf", ContentFile(b"%PDF"), save=True)
    asked = RightsRequestFactory(details="mots", asked_on=ago(6).date())
    RightsRequest.objects.filter(pk=asked.pk).update(
        answered_on=ago(5).date(), outcome="done", answered_by=karim, answer="oui"
    )
    uploaded = RegisterImport.objects.create(uploaded_by=karim, filename="r.csv", digest="0", rows=[{"number": 1}])
    RegisterImport.objects.filter(pk=uploaded.pk).update(created_at=timezone.now() - timedelta(days=91))
    gone = ChildFactory(born_on=dates.years_later(timezone.localdate(), -21), status="of_age", given_name_latin="Salma")
    Child.objects.filter(pk=gone.pk).update(created_at=ago(6))
    return {**known, "photo": photo, "paper": paper, "asked": asked, "uploaded": uploaded, "child": gone}


def test_what_is_over_its_time_is_counted_one_by_one(old):
    assert sorted(counted().values()) == [1] * 7


def test_a_dry_run_changes_nothing(old, capsys):
    before = Entry.objects.count()
    call_command("retain")
    assert "Nothing was changed" in capsys.readouterr().out
    assert sorted(counted().values()) == [1] * 7
    assert Entry.objects.count() == before


def test_the_job_does_what_the_table_says(old, django_capture_on_commit_callbacks):
    files = [
        (old["photo"].file.storage, old["photo"].file.name),
        (old["photo"].file.storage, old["paper"].evidence.name),
    ]
    with django_capture_on_commit_callbacks(execute=True):
        call_command("retain", "--apply", verbosity=0)
    assert counted() == {}
    assert not Attachment.objects.filter(pk=old["photo"].pk).exists()
    assert not any(storage.exists(name) for storage, name in files)
    assert Consent.objects.get(pk=old["paper"].pk).evidence == ""
    assert Consent.objects.get(pk=old["paper"].pk).withdrawn_on, "the answer stays"
    assert RightsRequest.objects.get(pk=old["asked"].pk).details == ""
    assert RegisterImport.objects.get(pk=old["uploaded"].pk).rows == []
    assert PhoneEntry.objects.get(pk=old["phone_entry"]).said == "—"
    assert Child.objects.get(pk=old["child"].pk).name == "—"
    assert Erasure.objects.get().child == old["child"].pk
    assert Entry.objects.filter(act="retention.applied").count() == 1


def test_what_still_has_time_stays(old, django_capture_on_commit_callbacks):
    signatures = Attachment.objects.filter(kind="signature").count()
    with django_capture_on_commit_callbacks(execute=True):
        retaining.apply(by=None)
    assert Attachment.objects.filter(kind="signature").count() == signatures
    fresh = Child.objects.get(pk=old["child"].pk).family
    assert Child.objects.exclude(family=fresh).exclude(given_name_latin="—").count() >= 3
    assert retaining.apply(by=None) and counted() == {}, "to repeat it changes nothing"


def test_a_file_of_which_somebody_heard_lately_stays(old, karim):
    with transaction.atomic():
        recording.record("child.corrected", old["child"], by=karim)
    retaining.apply(by=karim)
    assert Child.objects.get(pk=old["child"].pk).given_name_latin == "Salma"


def test_old_details_leave_the_chain_whole(karim, monkeypatch):
    child, then = ChildFactory(), ago(3)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: then)
        with transaction.atomic():
            recording.record("child.corrected", child, by=karim, payload={"changes": {}})
    retaining.apply(by=karim)
    assert not Payload.objects.filter(entry__object_id=str(child.pk)).exists()
    assert list(recording.faults()) == []


def test_every_rule_belongs_to_a_category():
    assert {rule.category for rule in retaining.rules} <= retaining.CATEGORIES.keys()
    assert all(each.words for each in retaining.rules)
