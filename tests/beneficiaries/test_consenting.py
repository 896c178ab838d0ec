from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from beneficiaries import consenting
from beneficiaries.models import Consent
from hajar.journal.models import Entry
from tests.beneficiaries.test_registration import last_entry, picture
from tests.factories import ChildFactory, ConsentFactory, GuardianFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chaimae():
    return ChildFactory()


@pytest.fixture
def mother(chaimae):
    return GuardianFactory(family=chaimae.family, legal_basis="mother")


def test_a_consent_takes_the_guardians_legal_basis(chaimae, mother, samira):
    consent = consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care")
    assert (consent.legal_basis, consent.recorded_by, consent.is_valid) == ("mother", samira, True)
    assert (last_entry().act, last_entry().subject_id) == ("consent.recorded", chaimae.pk)


def test_a_guardian_of_another_family_cannot_answer(chaimae, samira):
    with pytest.raises(ValidationError) as refusal:
        consenting.record_consent(child=chaimae, guardian=GuardianFactory(), by=samira, purpose="care")
    assert "guardian" in refusal.value.message_dict


def test_a_spoken_consent_needs_its_witness(chaimae, mother, samira):
    with pytest.raises(ValidationError):
        consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care", method="witnessed")


@pytest.mark.parametrize("days", [1, -10_000])
def test_an_answer_lies_between_birth_and_today(chaimae, mother, samira, days):
    day = timezone.localdate() + timedelta(days=days)
    with pytest.raises(ValidationError) as refusal:
        consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care", answered_on=day)
    assert "answered_on" in refusal.value.message_dict


def test_a_refusal_ends_what_was_given_before_for_this_purpose_alone(chaimae, mother, samira):
    for purpose in ("care", "publication_photo"):
        consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose=purpose)
    consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="publication_photo", answer="refused")
    assert list(Consent.objects.valid().values_list("purpose", flat=True)) == ["care"]


def test_a_withdrawn_consent_is_no_longer_valid(samira):
    consent = consenting.withdraw_consent(ConsentFactory(), by=samira)
    assert consent.withdrawn_on == timezone.localdate()
    assert not consent.is_valid
    assert last_entry().act == "consent.withdrawn"


def test_nothing_is_withdrawn_twice_or_before_it_was_given(samira):
    consent = ConsentFactory()
    with pytest.raises(consenting.ConsentRefused):
        consenting.withdraw_consent(consent, by=samira, withdrawn_on=consent.answered_on - timedelta(days=1))
    consenting.withdraw_consent(consent, by=samira)
    with pytest.raises(consenting.ConsentRefused) as refusal:
        consenting.withdraw_consent(consent, by=samira)
    assert str(refusal.value.message)
    assert Entry.objects.count() == 1


def test_a_photographed_paper_keeps_nothing_of_where_it_was_taken(chaimae, mother, samira):
    consent = consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care", evidence=picture())
    with Image.open(consent.evidence) as kept:
        assert not kept.getexif()


def test_a_pdf_is_kept_as_it_is(chaimae, mother, samira):
    paper = ContentFile(b"%PDF-1.7 signed", name="accord de Khadija.pdf")
    consent = consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care", evidence=paper)
    assert consent.evidence.read() == b"%PDF-1.7 signed"
    assert "Khadija" not in consent.evidence.name


@pytest.mark.parametrize(
    "file",
    [
        ContentFile(b"<script>", name="page.html"),
        ContentFile(b"<script>", name="page.pdf"),
        ContentFile(b"%PDF-" + b"0" * (10 * 1024 * 1024), name="large.pdf"),
        ContentFile(b"", name="empty.jpg"),
    ],
)
def test_what_is_no_paper_is_refused_and_nothing_is_written(chaimae, mother, samira, file):
    with pytest.raises(ValidationError) as refusal:
        consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care", evidence=file)
    assert "evidence" in refusal.value.message_dict
    assert not Consent.objects.exists()
