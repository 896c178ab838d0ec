"""Requests of families: taken, answered in ten days, and what each of them leads to."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from beneficiaries import answering
from beneficiaries.models import Child, Consent, Erasure, RightsRequest
from hajar.lib import dates
from tests.beneficiaries.test_registration import last_entry
from tests.factories import ChildFactory, ConsentFactory, GuardianFactory, RightsRequestFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def mother():
    return GuardianFactory(family=ChildFactory().family, is_first_contact=True)


@pytest.fixture
def child(mother):
    return mother.family.children.get()


def typed(mother, **changes):
    said = {
        "kind": "access",
        "asked_by": str(mother.pk),
        "asked_on": f"{timezone.localdate():%d/%m/%Y}",
        "identity": "known",
        "details": "",
    }
    return said | changes


def url(name, row):
    return reverse(f"beneficiaries:{name}", args=[row.pk])


def test_a_request_is_due_in_ten_days(client, samira, child, mother):
    client.force_login(samira)
    answer = client.post(url("rightsrequest_create", child), typed(mother, details="ما عندكم عنا؟"))
    asked = RightsRequest.objects.get()
    assert answer.url == asked.get_absolute_url()
    assert (asked.due_on, asked.days_left) == (timezone.localdate() + timedelta(days=10), 10)
    assert (last_entry().act, last_entry().subject_id) == ("rights_request.recorded", child.pk)


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"asked_on": "01/01/2099"}, "asked_on"),
        ({"kind": "opposition"}, "stop"),
        ({"kind": "everything"}, "kind"),
        ({"asked_by": ""}, "asked_by"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    client, samira, child, mother, wrong, beside
):
    client.force_login(samira)
    page = client.post(url("rightsrequest_create", child), typed(mother, details="gardé") | wrong)
    assert page.status_code == 422
    assert beside in page.context["form"].errors
    assert "gardé" in page.content.decode()
    assert not RightsRequest.objects.exists()


def test_the_form_says_what_follows_where_a_use_shall_stop(client, samira, child):
    client.force_login(samira)
    field = client.get(url("rightsrequest_create", child)).context["form"]["stop"]
    assert field.label == "Ce qui doit cesser"
    assert "il cesse aussitôt" in field.help_text


def test_to_be_left_in_peace_happens_at_once(client, samira, child, mother):
    for purpose in ("messages", "care"):
        ConsentFactory(child=child, guardian=mother, purpose=purpose)
    client.force_login(samira)
    client.post(url("rightsrequest_create", child), typed(mother, kind="opposition", stop=["messages"]))
    assert list(Consent.objects.in_force().values_list("purpose", flat=True)) == ["care"]
    assert RightsRequest.objects.get().is_open, "the family is still to be told"


def test_an_answer_closes_the_request(client, samira, child, mother):
    asked = RightsRequestFactory(child=child, asked_by=mother)
    client.force_login(samira)
    client.post(asked.get_absolute_url(), {"outcome": "done", "answer": "Imprimé et remis."})
    asked.refresh_from_db()
    assert (asked.outcome, asked.answered_by, asked.answered_on) == ("done", samira, timezone.localdate())
    page = client.post(asked.get_absolute_url(), {"outcome": "done", "answer": "Encore."})
    assert page.status_code == 422


def test_nothing_is_given_before_somebody_knows_who_asks(client, samira, child, mother):
    asked = RightsRequestFactory(child=child, asked_by=mother, identity="not_yet")
    client.force_login(samira)
    page = client.post(asked.get_absolute_url(), {"outcome": "done", "answer": "Oui"})
    assert page.status_code == 422
    shown = page.content.decode()
    assert shown.count("data-hajar-refused") == shown.count('role="alert"') == 1  # seen, read aloud, and said once
    client.post(url("rightsrequest_identity", asked), {"identity": "called_back"})
    client.post(asked.get_absolute_url(), {"outcome": "done", "answer": "Oui"})
    asked.refresh_from_db()
    assert (asked.identity, asked.outcome) == ("called_back", "done")


def test_whoever_asks_who_looked_is_told_with_the_list_and_its_paper(client, karim, child, mother):
    asked = RightsRequestFactory(child=child, asked_by=mother, kind="looked")
    client.force_login(karim)
    shown = client.get(asked.get_absolute_url()).content.decode()
    assert reverse("beneficiaries:health_record_readers", args=[child.pk]) in shown


def test_a_refusal_says_why(client, samira, child, mother):
    asked = RightsRequestFactory(child=child, asked_by=mother)
    client.force_login(samira)
    assert client.post(asked.get_absolute_url(), {"outcome": "refused", "answer": " "}).status_code == 422
    client.post(asked.get_absolute_url(), {"outcome": "refused", "answer": "La loi nous oblige à garder la preuve."})
    assert RightsRequest.objects.get().outcome == "refused"


def test_a_person_of_age_asks_herself_and_a_child_does_not(child, mother, samira):
    with pytest.raises(ValidationError):
        answering.record_request(child=child, kind="access", by=samira)
    Child.objects.filter(pk=child.pk).update(born_on=dates.years_later(timezone.localdate(), -18))
    child.refresh_from_db()
    assert answering.record_request(child=child, kind="access", by=samira).asked_by is None


def test_the_most_pressing_comes_first_and_answered_ones_stand_apart(client, samira):
    late = RightsRequestFactory(due_on=timezone.localdate() - timedelta(days=1))
    fresh = RightsRequestFactory()
    done = RightsRequestFactory(answered_on=timezone.localdate(), outcome="done", answered_by=samira, identity="known")
    RightsRequestFactory(child__family__province=province("MA-TAR"))
    client.force_login(samira)
    page = client.get(reverse("beneficiaries:rightsrequest_list"))
    assert page.context["requests"] == [late, fresh]
    assert client.get(page.request["PATH_INFO"], {"show": "done"}).context["requests"] == [done]


@pytest.mark.parametrize("rows", [1, 15])
def test_the_list_takes_as_many_queries_for_one_as_for_fifteen(client, samira, rows, django_assert_max_num_queries):
    for _row in range(rows):
        RightsRequestFactory()
    client.force_login(samira)
    with django_assert_max_num_queries(12):
        assert len(client.get(reverse("beneficiaries:rightsrequest_list")).context["requests"]) == rows


@pytest.mark.parametrize("kind", RightsRequest.Kind.values)
def test_each_kind_of_request_says_what_to_do(
    client, karim, samira, child, mother, kind, django_assert_max_num_queries
):
    asked = RightsRequestFactory(child=child, asked_by=mother, kind=kind, stop=["messages"])
    for person in (samira, karim):
        client.force_login(person)
        with django_assert_max_num_queries(16):
            page = client.get(asked.get_absolute_url())
        assert page.status_code == 200
    shown = page.content.decode()
    ways = {
        "access": reverse("beneficiaries:child_disclosure_json", args=[child.pk]),
        "correction": url("child_edit", child),
        "erasure": url("child_erase", child),
    }
    for other, way in ways.items():
        assert (way in shown) is (other == kind)


def test_a_case_worker_is_not_offered_what_only_a_coordinator_may_give(client, samira, child, mother):
    asked = RightsRequestFactory(child=child, asked_by=mother)
    client.force_login(samira)
    assert "disclosure" not in client.get(asked.get_absolute_url()).content.decode()


def test_erasing_asks_for_the_reference_and_for_certainty(client, karim, child):
    client.force_login(karim)
    page = url("child_erase", child)
    assert client.post(page, {"confirmation": child.reference}).status_code == 422
    assert client.post(page, {"confirmation": "HJ-1", "understood": "on"}).status_code == 422
    assert not Erasure.objects.exists()
    answer = client.post(page, {"confirmation": child.reference, "understood": "on"})
    assert answer.url == reverse("beneficiaries:rightsrequest_list")
    assert Erasure.objects.get().erased_by == karim
    assert client.get(child.get_absolute_url()).status_code == 200, "what is counted can still be opened"


def test_the_home_page_tells_who_waits_for_an_answer_and_what_to_renew(client, samira, driss):
    asked = RightsRequestFactory()
    ConsentFactory(expires_on=timezone.localdate())
    client.force_login(samira)
    today = client.get("/").context["today"]
    assert (today.rights_requests, today.consents_to_renew) == ([asked], 1)
    client.force_login(driss)
    assert client.get("/").context["today"].rights_requests is None


def test_the_retention_page_counts_and_changes_nothing(client, karim):
    client.force_login(karim)
    page = client.get(reverse("beneficiaries:retention"))
    assert [each.number for each in page.context["over"]] == [0] * len(page.context["over"])
    assert len(page.context["over"]) >= 8
