from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from beneficiaries import consenting
from beneficiaries.models import Consent, ConsentText
from distributions import delivering
from distributions.models import Attachment
from hajar.journal.models import Entry
from hajar.lib import dates
from tests.beneficiaries.test_registration import last_entry, picture
from tests.factories import ChildFactory, ConsentFactory, DeliveryFactory, GuardianFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chaimae():
    return ChildFactory()


@pytest.fixture
def mother(chaimae):
    return GuardianFactory(family=chaimae.family, legal_basis="mother")


def test_a_consent_takes_the_guardians_legal_basis(chaimae, mother, samira):
    consent = consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care")
    assert (consent.legal_basis, consent.recorded_by, consent.is_in_force) == ("mother", samira, True)
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
    assert list(Consent.objects.in_force().values_list("purpose", flat=True)) == ["care"]


def test_a_withdrawn_consent_is_no_longer_valid(samira):
    consent = consenting.withdraw_consent(ConsentFactory(), by=samira)
    assert consent.withdrawn_on == timezone.localdate()
    assert not consent.is_in_force
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


# --- what may be relied on ------------------------------------------------------------------------------------------


def days(number):
    return timezone.localdate() + timedelta(days=number)


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"answer": "refused"}, False),
        ({"withdrawn_on": days(0), "answered_on": days(-5)}, False),
        ({"expires_on": days(0)}, True),
        ({"answered_on": days(-5), "expires_on": days(-1)}, False),
        ({"guardian__ended_on": days(1)}, True),
        ({"guardian__ended_on": days(0)}, False),
        ({"child__born_on": dates.years_later(days(1), -18)}, True),
        ({"child__born_on": dates.years_later(days(0), -18)}, False),
        ({"child__born_on": dates.years_later(days(0), -18), "guardian": None, "legal_basis": "of_age"}, True),
        ({"purpose": "proof_photo", "assent": "no"}, False),
        ({"purpose": "care", "assent": "no"}, True),
    ],
)
def test_the_query_and_the_row_agree_on_what_holds_today(changes, holds):
    if "child__born_on" in changes:
        changes = {**changes, "child__requested_on": days(0)}
    consent = ConsentFactory(**changes)
    assert Consent.objects.in_force().filter(pk=consent.pk).exists() is holds
    assert consent.is_in_force is holds
    assert (consenting.in_force(consent.child, consent.purpose) == consent) is holds


def test_what_held_on_a_day_is_known_later(samira):
    consent = ConsentFactory(answered_on=days(-30))
    consenting.withdraw_consent(consent, by=samira, withdrawn_on=days(-10))
    assert consenting.in_force(consent.child, "care", days(-11)) == consent
    assert consenting.in_force(consent.child, "care", days(-10)) is None
    assert consenting.in_force(consent.child, "care", days(-31)) is None


def test_one_guardians_later_refusal_outweighs_the_others_consent():
    given = ConsentFactory(purpose="research", answered_on=days(-3))
    ConsentFactory(child=given.child, purpose="research", answer="refused")
    assert not Consent.objects.in_force().filter(child=given.child).exists()
    again = ConsentFactory(child=given.child, purpose="research")
    assert consenting.in_force(given.child, "research") == again


def test_an_answer_ends_by_itself_after_the_time_of_its_purpose(chaimae, mother, samira):
    ends = {
        purpose: consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose=purpose).expires_on
        for purpose in ("care", "publication_photo", "messages")
    }
    assert ends == {
        "care": None,
        "publication_photo": dates.years_later(days(0), 1),
        "messages": dates.years_later(days(0), 2),
    }


def test_the_text_in_use_that_day_is_kept_and_an_older_one_stays_as_it_was(chaimae, mother, samira):
    first = consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care", language="fr")
    newer = ConsentText.objects.create(purpose="care", language="fr", version="2027-01", text="Autrement dit.")
    second = consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care", language="fr")
    assert (first.text_version, second.text, second.text_version) == ("2026-11", newer, "2027-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentText.objects.filter(pk=newer.pk).update(text="Encore autrement.")


def test_a_language_without_a_text_is_read_in_arabic():
    ConsentText.objects.create(purpose="care", language="ar", version="2020-01", text="قديم", from_on=days(-3000))
    assert ConsentText.objects.current("care", "en").language == "ar"
    assert ConsentText.objects.current("care", "en").version == "2026-11"


@pytest.mark.parametrize("ended", [0, -3])
def test_who_no_longer_answers_for_the_child_cannot_consent(chaimae, mother, samira, ended):
    mother.ended_on = days(ended)
    mother.save()
    with pytest.raises(ValidationError) as refusal:
        consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care")
    assert "guardian" in refusal.value.message_dict


def test_nobody_answers_for_a_person_of_age_and_no_child_answers_alone(chaimae, mother, samira):
    with pytest.raises(ValidationError):
        consenting.record_consent(child=chaimae, guardian=None, by=samira, purpose="care")
    chaimae.born_on = dates.years_later(days(0), -18)
    chaimae.save()
    with pytest.raises(ValidationError):
        consenting.record_consent(child=chaimae, guardian=mother, by=samira, purpose="care")


def test_to_oppose_ends_every_consent_for_these_purposes_and_no_other(chaimae, mother, samira):
    father = GuardianFactory(family=chaimae.family, relation="father")
    for guardian, purpose in [(mother, "messages"), (father, "messages"), (mother, "research"), (mother, "care")]:
        consenting.record_consent(child=chaimae, guardian=guardian, by=samira, purpose=purpose)
    ended = consenting.oppose(chaimae, purposes=["messages", "research"], by=samira, asked_by=mother)
    assert sorted(consent.purpose for consent in ended) == ["messages", "messages", "research"]
    assert {consent.withdrawn_how for consent in ended} == {"opposition"}
    assert list(Consent.objects.in_force().values_list("purpose", flat=True)) == ["care"]


# --- what goes with a consent ---------------------------------------------------------------------------------------


@pytest.fixture
def photographed(samira):
    """A child with a photo of her delivery, and the consent on which it rests."""
    delivery = DeliveryFactory()
    child = delivery.allocation.need.child
    consent = ConsentFactory(child=child, purpose="proof_photo")
    photo = delivering.add_file(delivery, "photo", picture().read(), by=delivery.volunteer)
    delivering.add_file(delivery, "signature", picture().read(), by=delivery.volunteer)
    return child, consent, photo


def kinds_left(child):
    left = Attachment.objects.filter(delivery__allocation__need__child=child).order_by("kind")
    return [attachment.kind for attachment in left]


@pytest.mark.parametrize("ends", ["withdraws", "refuses", "opposes"])
def test_with_the_consent_goes_the_photo_and_nothing_else(
    photographed, samira, ends, django_capture_on_commit_callbacks
):
    child, consent, photo = photographed
    with django_capture_on_commit_callbacks(execute=True):
        if ends == "withdraws":
            consenting.withdraw_consent(consent, by=samira, withdrawn_by=consent.guardian)
        elif ends == "refuses":
            consenting.record_consent(
                child=child, guardian=consent.guardian, by=samira, purpose="proof_photo", answer="refused"
            )
        else:
            consenting.oppose(child, purposes=["proof_photo"], by=samira)
    assert kinds_left(child) == ["signature"]
    assert not photo.file.storage.exists(photo.file.name)
    assert last_entry().details["files"] == 1
    assert not delivering.may_photograph(child)


def test_a_withdrawal_without_its_purge_leaves_the_photo(photographed, samira, monkeypatch):
    """The twin of the test above: it would notice a purge that does not happen."""
    monkeypatch.setattr(consenting, "_purge", lambda child, purpose: 0)
    child, consent, photo = photographed
    consenting.withdraw_consent(consent, by=samira)
    assert kinds_left(child) == ["photo", "signature"]
    assert photo.file.storage.exists(photo.file.name)


def test_what_another_guardian_still_allows_stays(photographed, samira):
    child, consent, _photo = photographed
    ConsentFactory(child=child, purpose="proof_photo")
    consenting.withdraw_consent(consent, by=samira)
    assert kinds_left(child) == ["photo", "signature"]


def test_another_purpose_takes_no_photo_away(photographed, samira):
    child, _consent, _photo = photographed
    consenting.withdraw_consent(ConsentFactory(child=child, purpose="messages"), by=samira)
    assert kinds_left(child) == ["photo", "signature"]


def test_a_photo_is_taken_only_where_the_consent_still_holds(photographed):
    child, consent, _photo = photographed
    assert delivering.those_who_may_be_photographed([child.pk]) == {child.pk}
    Consent.objects.filter(pk=consent.pk).update(answered_on=days(-900), expires_on=days(-1))
    assert delivering.those_who_may_be_photographed([child.pk]) == set()
