import base64
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from beneficiaries import consenting
from beneficiaries.models import Child, Consent
from hajar.lib import dates
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
    assert (consent.recorded_by, consent.assent, consent.is_in_force) == (samira, "yes", True)
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
    assert page.status_code == 422
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
    day = {
        "withdrawn_on": f"{timezone.localdate():%d/%m/%Y}",
        "withdrawn_by": str(consent.guardian_id),
        "how": "call",
    }
    assert client.post(url, day).url == consent.child.get_absolute_url()
    assert client.post(url, day).context["form"].non_field_errors()
    page = client.get(consent.child.get_absolute_url())
    consent.refresh_from_db()
    assert (consent.withdrawn_by_id, consent.withdrawn_how) == (consent.guardian_id, "call")
    assert [row["consent"].is_in_force for row in page.context["consents"] if row["consent"]] == [False]


@pytest.mark.parametrize("name", ["consent_paper", "consent_withdraw"])
def test_a_consent_of_another_region_is_not_there(client, samira, name):
    consent = ConsentFactory(child__family__province=province("MA-TAR"))
    client.force_login(samira)
    assert client.get(reverse(f"beneficiaries:{name}", args=[consent.pk])).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("salwa", 403), ("omar", 403), ("driss", 403), ("karim", 200)])
def test_a_consent_is_recorded_by_those_who_keep_the_register(client, request, child, guardian, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(create_url(child)).status_code == status


def drawn():
    """A signature as a page sends it."""
    return "data:image/png;base64," + base64.b64encode(picture().read()).decode()


def test_what_is_read_aloud_is_on_the_page_in_every_language_and_one_is_shown(client, samira, child, guardian):
    client.force_login(samira)
    page = client.get(create_url(child), {"purpose": "publication_photo"})
    assert len(page.context["texts"]) == len(Consent.Purpose.values) * 3
    shown = page.context["shown_text"]
    assert (shown.purpose, shown.language) == ("publication_photo", child.family.language)
    assert shown.text.split(".")[0] in page.content.decode()


def test_a_signature_on_the_screen_is_kept_as_the_proof(client, samira, child, guardian):
    client.force_login(samira)
    client.post(create_url(child), answer(guardian, method="screen", signature=drawn()))
    consent = Consent.objects.get()
    assert (consent.method, consent.evidence.name.endswith(".webp")) == ("screen", True)
    assert consent.text.language == "ar"


@pytest.mark.parametrize("signature", ["", "data:image/png;base64,AAAA", "data:image/png;base64,é", "x"])
def test_what_is_no_signature_is_refused_beside_its_place(client, samira, child, guardian, signature):
    client.force_login(samira)
    page = client.post(create_url(child), answer(guardian, method="screen", signature=signature))
    assert "signature" in page.context["form"].errors
    assert not Consent.objects.exists()


def test_a_person_of_age_answers_herself(client, samira, guardian, child):
    Child.objects.filter(pk=child.pk).update(born_on=dates.years_later(timezone.localdate(), -18))
    client.force_login(samira)
    form = client.get(create_url(child)).context["form"]
    assert "guardian" not in form.fields
    said = answer(guardian)
    for name in ("guardian", "legal_basis", "assent"):
        del said[name]
    assert client.post(create_url(child), said).url == child.get_absolute_url()
    consent = Consent.objects.get()
    assert (consent.guardian, consent.legal_basis, consent.is_in_force) == (None, "of_age", True)
    page = client.get(reverse("beneficiaries:consent_withdraw", args=[consent.pk]))
    assert "withdrawn_by" not in page.context["form"].fields


def test_a_guardian_whose_time_ended_is_not_asked(client, samira, child, guardian):
    other = GuardianFactory(family=child.family, ended_on=timezone.localdate())
    client.force_login(samira)
    asked = client.get(create_url(child)).context["form"].fields["guardian"].queryset
    assert list(asked) == [guardian]
    assert other not in asked


def test_the_list_shows_what_to_ask_again_and_why(client, samira):
    today = timezone.localdate()
    soon = ConsentFactory(expires_on=today + timedelta(days=30))
    over = ConsentFactory(answered_on=today - timedelta(days=400), expires_on=today - timedelta(days=35))
    ended = ConsentFactory(guardian__ended_on=today)
    ConsentFactory(expires_on=today + timedelta(days=300))
    ConsentFactory(child__family__province=province("MA-TAR"), expires_on=today)
    client.force_login(samira)
    rows = client.get(reverse("beneficiaries:renewal_list")).context["consents"]
    assert {row: row.standing for row in rows} == {soon: "ends_soon", over: "expired", ended: "ask_again"}


@pytest.mark.parametrize("rows", [1, 15])
def test_the_list_takes_as_many_queries_for_one_as_for_fifteen(client, samira, rows, django_assert_max_num_queries):
    for _row in range(rows):
        ConsentFactory(expires_on=timezone.localdate())
    client.force_login(samira)
    with django_assert_max_num_queries(12):
        assert len(client.get(reverse("beneficiaries:renewal_list")).context["consents"]) == rows
