"""A child's file for the hospital: valid by a public library, only with consent, nothing that is not its business."""

import json
import uuid

import pytest
from django.urls import reverse
from django.utils import translation
from fhir.resources.R4B.bundle import Bundle

from beneficiaries.models import Child, Consent
from distributions import hospital_bundle
from hajar.journal.models import Entry
from tests import world
from tests.factories import ChildFactory, ConsentFactory, GuardianFactory, HealthRecordFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(driss):
    """A child with everything a bundle may hold."""
    things = world.build("MA-CAS", volunteer=driss)
    child = Child.objects.get(pk=things["child"])
    guardian = child.family.guardians.first() or GuardianFactory(family=child.family)
    Consent.objects.filter(child=child).delete()
    ConsentFactory(child=child, guardian=guardian, purpose=Consent.Purpose.HOSPITAL)
    return child


def resources(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_bundle_is_valid_by_a_public_library(child, language):
    with translation.override(language):
        made = hospital_bundle.bundle(child)
    Bundle.model_validate(json.loads(json.dumps(made)))
    assert resources(made, "Patient") and resources(made, "Observation") and resources(made, "DeviceRequest")
    assert made["language"] == language


WRONG = [("Patient", {"birthDate": "yesterday"}), ("Observation", {"valueQuantity": {"value": "much"}})]


@pytest.mark.parametrize(("kind", "wrong"), WRONG)
def test_the_validator_would_tell(child, kind, wrong):
    made = hospital_bundle.bundle(child)
    resources(made, kind)[0].update(wrong)
    with pytest.raises(ValueError):
        Bundle.model_validate(made)


# What R4 binds and the library does not look at.
BOUND = {
    ("Patient", "gender"): {"male", "female", "other", "unknown"},
    ("Observation", "status"): {"final"},
    ("Device", "status"): {"active", "inactive", "entered-in-error", "unknown"},
    ("DeviceRequest", "status"): {"active", "revoked", "completed", "entered-in-error"},
    ("DeviceRequest", "intent"): {"order", "proposal"},
}


def test_every_code_is_one_that_r4_knows(child):
    for entry in hospital_bundle.bundle(child)["entry"]:
        resource = entry["resource"]
        for (kind, name), known in BOUND.items():
            assert resource["resourceType"] != kind or resource[name] in known, (kind, name)


HOSTILE = ('"><script>alert(1)</script>', "=1+1", "أ" * 80, "O'Brien & Söhne", "\u202eevil", "💥")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_keeps_the_bundle_valid_and_its_text_harmless(name):
    child = ChildFactory()
    Child.objects.filter(pk=child.pk).update(given_name_latin=name, family_name_arabic="")
    made = hospital_bundle.bundle(Child.objects.with_family().get(pk=child.pk))
    Bundle.model_validate(json.loads(json.dumps(made)))
    (patient,) = resources(made, "Patient")
    assert "<script" not in patient["text"]["div"]
    assert patient["name"][0]["given"] == [name]


@pytest.mark.parametrize(("precision", "said"), [("exact", "2015-03-02"), ("month", "2015-03"), ("year", "2015")])
def test_as_much_of_the_birth_date_is_told_as_is_known(precision, said):
    child = ChildFactory(born_on="2015-03-02", birth_precision=precision)
    made = hospital_bundle.bundle(Child.objects.with_family().get(pk=child.pk))
    assert resources(made, "Patient")[0]["birthDate"] == said
    Bundle.model_validate(made)


def test_a_mass_and_a_width_have_their_codes_and_units(child):
    told = {
        observation["code"]["coding"][-1]["code"]: observation
        for observation in resources(hospital_bundle.bundle(child), "Observation")
    }
    assert told["mass_kg"]["code"]["coding"][0] == {
        "system": "http://loinc.org",
        "code": "29463-7",
        "display": "Body weight",
    }
    assert told["mass_kg"]["valueQuantity"]["code"] == "kg"
    assert told["hip_width_mm"]["valueQuantity"]["code"] == "mm"


def test_the_ids_stay_the_same_from_one_bundle_to_the_next(child):
    first, second = (hospital_bundle.bundle(child) for _turn in range(2))
    assert [entry["fullUrl"] for entry in first["entry"]] == [entry["fullUrl"] for entry in second["entry"]]
    assert first["id"] == second["id"]
    assert len({entry["fullUrl"] for entry in first["entry"]}) == len(first["entry"])
    assert all(uuid.UUID(entry["resource"]["id"]) for entry in first["entry"])


def test_no_score_note_or_diagnosis_goes_to_the_hospital(child):
    HealthRecordFactory._meta.model.objects.filter(child=child).update(diagnosis_as_written="Zzataxie")
    Child.objects.filter(pk=child.pk).update(notes="Zznote")
    child.needs.update(score_low=73, score_high=79, override_reason="")
    text = json.dumps(hospital_bundle.bundle(Child.objects.with_family().get(pk=child.pk)))
    assert not [word for word in ("Zzataxie", "Zznote", "score", ": 73", ": 79") if word in text]


# --- consent, reason, journal


def test_without_a_consent_in_force_nothing_is_shared(child, karim):
    Consent.objects.filter(child=child).update(withdrawn_on="2026-11-25", answered_on="2026-11-01")
    with pytest.raises(hospital_bundle.NoConsent):
        hospital_bundle.share_with_hospital(child, by=karim, reason="Seating clinic")
    assert not Entry.objects.filter(act="child.shared_with_hospital").exists()


def test_a_consent_to_something_else_is_none(child, karim):
    Consent.objects.filter(child=child).update(purpose=Consent.Purpose.CARE)
    with pytest.raises(hospital_bundle.NoConsent):
        hospital_bundle.share_with_hospital(child, by=karim, reason="Seating clinic")


def test_sharing_is_in_the_journal_with_the_reason(client, child, salwa):
    client.force_login(salwa)
    address = reverse("distributions:hospital_bundle", args=[child.pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    answer = client.post(address, {"reason": "Seating clinic"})
    assert answer.headers["Content-Type"] == "application/fhir+json"
    assert "attachment" in answer.headers["Content-Disposition"]
    Bundle.model_validate(json.loads(answer.content))
    entry = Entry.objects.get(act="child.shared_with_hospital")
    assert (entry.actor, entry.subject_id, entry.details["reason"]) == (salwa, child.pk, "Seating clinic")
    assert entry.details["held"]["Patient"] == 1


def test_the_page_says_what_is_missing(client, child, karim):
    Consent.objects.filter(child=child).delete()
    client.force_login(karim)
    address = reverse("distributions:hospital_bundle", args=[child.pk])
    page = client.get(address)
    assert not page.context["may_share"]
    form = client.get(reverse("beneficiaries:consent_create", args=[child.pk])).context["form"]
    asked_for = dict(form.fields["purpose"].choices)["hospital"]  # by the name that it has where it is asked for
    assert f"“{asked_for}”" in page.content.decode() or f"\u202f{asked_for}\u202f" in page.content.decode()
    assert client.post(address, {"reason": "Seating clinic"}).status_code == 422


@pytest.mark.parametrize("number", [1, 15])
def test_a_bundle_takes_the_same_queries_however_much_there_is(child, number, django_assert_max_num_queries):
    for _turn in range(number):
        GuardianFactory(family=child.family)
    with django_assert_max_num_queries(9):
        hospital_bundle.bundle(Child.objects.with_family().get(pk=child.pk))
