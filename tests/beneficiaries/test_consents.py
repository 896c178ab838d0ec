import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from beneficiaries import consenting
from beneficiaries.models import Consent
from tests.beneficiaries.test_registration import last_entry, picture
from tests.factories import ChildFactory, ConsentFactory, GuardianFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def guardian():
    return GuardianFactory(family=ChildFactory().family)


@pytest.fixture
def child(guardian):
    return guardian.family.children.get()


def answer(guardian, **changes):
    return {
        "purpose": "care",
        "answer": "given",
        "guardian": str(guardian.pk),
        "legal_basis": "mother",
        "method": "paper",
        "witness": "",
        "language": "ar",
        "assent": "yes",
        "answered_on": f"{timezone.localdate():%d/%m/%Y}",
    } | changes


def create_url(child):
    return reverse("beneficiaries:consent_create", args=[child.pk])


def test_an_answer_is_recorded_with_its_paper(client, samira, child, guardian):
    client.force_login(samira)
    assert client.post(create_url(child), answer(guardian, evidence=picture())).url == child.get_absolute_url()
    consent = Consent.objects.get()
    assert (consent.recorded_by, consent.assent, consent.is_valid) == (samira, "yes", True)
    paper = client.get(reverse("beneficiaries:consent_paper", args=[consent.pk]))
    assert (paper["Content-Type"], paper["Cache-Control"]) == ("image/webp", "no-store")
    assert last_entry().subject_id == child.pk


def test_a_pdf_is_downloaded_never_opened_inside_the_site(client, samira, child, guardian):
    paper = ContentFile(b"%PDF-1.7", name="x.pdf")
    consent = consenting.record_consent(child=child, guardian=guardian, by=samira, purpose="care", evidence=paper)
    client.force_login(samira)
    sent = client.get(reverse("beneficiaries:consent_paper", args=[consent.pk]))
    assert sent["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "wrong",
    [
        {"answered_on": "01/01/2099"},
        {"answered_on": "31/02/2026"},
        {"method": "witnessed"},
        {"purpose": "everything"},
        {"guardian": "0a0a0a0a-0000-0000-0000-000000000000"},
        {"evidence": ContentFile(b"MZ", name="virus.exe")},
    ],
)
def test_a_refusal_keeps_what_was_typed(client, samira, child, guardian, wrong):
    client.force_login(samira)
    page = client.post(create_url(child), answer(guardian, witness="") | wrong)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Consent.objects.exists()


def test_without_an_adult_the_way_leads_to_adding_one(client, samira):
    child = ChildFactory()
    client.force_login(samira)
    answer = client.get(create_url(child))
    assert answer.url == reverse("beneficiaries:guardian_create", args=[child.family_id])


def test_the_form_begins_with_the_purpose_that_was_clicked(client, samira, child, guardian):
    client.force_login(samira)
    form = client.get(create_url(child), {"purpose": "messages"}).context["form"]
    assert form["purpose"].value() == "messages"
    assert form["guardian"].value() == guardian.pk
    assert client.get(create_url(child), {"purpose": "<script>"}).status_code == 200


def test_a_consent_is_withdrawn_once_and_the_second_time_says_why_not(client, samira):
    consent = ConsentFactory()
    url = reverse("beneficiaries:consent_withdraw", args=[consent.pk])
    client.force_login(samira)
    day = {"withdrawn_on": f"{timezone.localdate():%d/%m/%Y}"}
    assert client.post(url, day).url == consent.child.get_absolute_url()
    assert client.post(url, day).context["form"].non_field_errors()
    page = client.get(consent.child.get_absolute_url())
    assert [row["consent"].is_valid for row in page.context["consents"] if row["consent"]] == [False]


@pytest.mark.parametrize("name", ["consent_paper", "consent_withdraw"])
def test_a_consent_of_another_region_is_not_there(client, samira, name):
    consent = ConsentFactory(child__family__province=province("MA-TAR"))
    client.force_login(samira)
    assert client.get(reverse(f"beneficiaries:{name}", args=[consent.pk])).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("salwa", 403), ("omar", 403), ("driss", 403), ("karim", 200)])
def test_a_consent_is_recorded_by_those_who_keep_the_register(client, request, child, guardian, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(create_url(child)).status_code == status
