import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from distributions import planning
from tests.factories import (
    IN_ORDER,
    AllocationFactory,
    ChairFactory,
    FamilyFactory,
    InitiativeFactory,
    NeedFactory,
    province,
)


def url(name, *args, **query):
    address = reverse(f"distributions:{name}", args=args)
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def test_children_who_wait_come_in_the_order_of_the_waiting_list(client, samira):
    client.force_login(samira)
    today = timezone.localdate()
    calm = NeedFactory(score_low=80, score_high=80)
    urgent = NeedFactory(score_low=20, score_high=20, is_urgent=True, urgent_since=today)
    patient = NeedFactory(score_low=78, score_high=78, requested_on=today - timedelta(days=400))
    NeedFactory(child__family=FamilyFactory(province=province("MA-TAR")))
    NeedFactory(closed_on=today, closing="declined")
    AllocationFactory()
    answer = client.get(url("allocation_create"))
    assert list(answer.context["needs"]) == [urgent, patient, calm]


def test_the_waiting_children_cost_the_same_when_many(client, samira, django_assert_max_num_queries):
    client.force_login(samira)
    NeedFactory()
    with django_assert_max_num_queries(12) as first:
        client.get(url("allocation_create"))
    NeedFactory.create_batch(14)
    with django_assert_max_num_queries(len(first)):
        client.get(url("allocation_create"))


def test_the_initiative_is_kept_while_one_chooses(client, samira):
    client.force_login(samira)
    initiative, need = InitiativeFactory(), NeedFactory()
    text = client.get(url("allocation_create", initiative=initiative.pk)).text
    assert url("need_choices", need.pk, initiative=initiative.pk) in text
    assert client.get(url("allocation_create", initiative="nonsense")).status_code == 200


def test_whose_need_is_known_goes_on_to_her_page(client, samira):
    client.force_login(samira)
    need, chair = NeedFactory(), ChairFactory()
    answer = client.get(url("allocation_create", need=need.pk, chair=chair.pk, initiative="nonsense"))
    assert answer.url == url("need_choices", need.pk, chair=chair.pk)
    assert client.get(url("allocation_create", need="nonsense")).status_code == 404


def test_a_need_of_another_region_is_not_found(client, youssef):
    client.force_login(youssef)
    for need in [NeedFactory().pk, uuid.uuid4(), "nonsense"]:
        assert client.get(url("allocation_create", need=need)).status_code == 404


@pytest.mark.parametrize("act", ["approve", "overrule"])
def test_acts_on_a_reservation_are_post_only(client, karim, act):
    client.force_login(karim)
    assert client.get(url(f"allocation_{act}", AllocationFactory().pk)).status_code == 405


def test_a_reservation_goes_from_proposal_to_prepared(client, samira, karim, omar):
    allocation = AllocationFactory(by=samira)
    client.force_login(samira)
    assert client.post(url("allocation_approve", allocation.pk)).status_code == 403
    client.force_login(karim)
    back = f"{allocation.initiative.get_absolute_url()}?status=proposed"
    assert client.post(url("allocation_approve", allocation.pk), {"next": back}).url == back
    client.force_login(omar)
    page = url("allocation_prepare", allocation.pk)
    assert client.get(page).status_code == 200
    said = IN_ORDER["answers"] | {"disinfectant": IN_ORDER["disinfectant"], "next": "https://elsewhere.example/"}
    assert client.post(page, said).url == allocation.get_absolute_url()
    allocation.refresh_from_db()
    assert allocation.status == "prepared"


def test_one_who_proposed_is_told_to_ask_a_colleague(client, karim):
    client.force_login(karim)
    allocation = AllocationFactory(by=karim)
    answer = client.post(url("allocation_approve", allocation.pk), follow=True)
    assert planning.SamePerson().message in answer.text
    allocation.refresh_from_db()
    assert allocation.status == "proposed"


def test_a_reservation_is_released_with_a_reason(client, samira):
    client.force_login(samira)
    allocation = AllocationFactory()
    page = url("allocation_release", allocation.pk)
    assert client.get(page).status_code == 200
    assert client.post(page, {"release": "other", "note": ""}).context["form"].errors["note"]
    assert client.post(page, {}).context["form"].errors["release"]
    assert client.post(page, {"release": "family_declined", "note": "A reçu un autre"}).status_code == 302
    again = client.post(page, {"release": "mistake"})
    assert again.context["form"].non_field_errors()


def test_the_page_of_a_reservation_tells_its_story(client, karim, django_assert_max_num_queries):
    client.force_login(karim)
    allocation = AllocationFactory(prepared=True)
    with django_assert_max_num_queries(16):
        answer = client.get(allocation.get_absolute_url())
    assert [entry.act for entry in answer.context["history"]] == [
        "allocation.prepared",
        "allocation.approved",
        "allocation.proposed",
    ]
    assert [step["state"] for step in answer.context["steps"]] == ["done", "done", "current", "next", "next"]


def test_scores_are_for_who_may_see_needs_and_measures_for_who_prepares(client, omar, karim):
    allocation = AllocationFactory(need__child__given_name_latin="Ghizlane")
    client.force_login(karim)
    facts = client.get(allocation.get_absolute_url()).context["facts"]
    assert facts["score"] == "78"
    client.force_login(omar)
    answer = client.get(allocation.get_absolute_url())
    assert "score" not in answer.context["facts"]
    assert answer.context["facts"]["measures"]
    assert "Ghizlane" not in answer.text


def test_a_reservation_of_another_region_is_not_found(client, youssef):
    client.force_login(youssef)
    allocation = AllocationFactory()
    assert client.get(allocation.get_absolute_url()).status_code == 404
    assert client.post(url("allocation_release", allocation.pk), {"release": "mistake"}).status_code == 404
