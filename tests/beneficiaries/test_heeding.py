"""What must be heeded of a child stands wherever somebody decides about her: the banner, never the why."""

import pytest
from django.urls import reverse

from tests.factories import AssessmentFactory, ChildFactory, HealthRecordFactory, NeedFactory

pytestmark = pytest.mark.django_db

RADIATION, VACCINES = "rayonnements ionisants", "vaccin vivant"
WHY = ("écrit par le Dr Untel", "X-4711")


@pytest.fixture
def need():
    child = ChildFactory(precautions="enhanced", precautions_note="Sonner deux fois")
    HealthRecordFactory(
        child=child, limit_radiation=True, no_live_vaccines=True, hospital_number="X-4711",
        diagnosis_as_written="écrit par le Dr Untel",
    )  # fmt: skip
    return NeedFactory(child=child)


def pages(need) -> list[str]:
    draft = AssessmentFactory(child=need.child)
    return [
        need.child.get_absolute_url(),
        reverse("beneficiaries:assessment_create", args=[need.child_id]),
        reverse("beneficiaries:assessment_edit", args=[draft.pk]),
        reverse("beneficiaries:assessment_detail", args=[need.assessment_id]),
        reverse("beneficiaries:need_detail", args=[need.pk]),
        reverse("distributions:need_choices", args=[need.pk]),
        reverse("distributions:prescription_create", args=[need.pk]),
    ]


def test_who_may_read_health_records_sees_the_alerts_where_she_decides(client, salwa, need):
    client.force_login(salwa)
    for url in pages(need):
        page = client.get(url).content.decode()
        assert RADIATION in page and VACCINES in page, url
        assert "Sonner deux fois" in page, url
        assert not any(why in page for why in WHY), url


def test_nobody_else_sees_an_alert_and_everybody_the_precautions(client, samira, need):
    client.force_login(samira)
    for url in pages(need):
        page = client.get(url).content.decode()
        assert RADIATION not in page and VACCINES not in page, url
        assert "Sonner deux fois" in page, url


def test_a_child_without_a_health_record_has_no_alert(client, salwa):
    client.force_login(salwa)
    for url in pages(NeedFactory()):
        answer = client.get(url)
        assert answer.status_code == 200
        assert not any(answer.context["alerts"].values()), url


def test_the_alerts_cost_one_query_and_only_who_may_see_them(client, salwa, samira, need, django_assert_num_queries):
    from beneficiaries import opening

    for person, queries in ((salwa, 1), (samira, 0)):
        person.has_perm("beneficiaries.view_healthrecord")
        with django_assert_num_queries(queries):
            opening.alerts(need.child, to=person)
