import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from distributions import planning
from distributions.models import Allocation
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


def reserve(client, need, chair, initiative, changed=None):
    form = {"chair": chair.pk, "initiative": initiative.pk, "reason": "Assise réglable"} | (changed or {})
    return client.post(url("allocation_create", need=need.pk), form)


def lots(page):
    return [(lot.chair, lot.number) for choice in page.context["choices"] for lot in choice.lots]


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
    assert f"?need={need.pk}&amp;initiative={initiative.pk}" in text
    assert client.get(url("allocation_create", initiative="nonsense")).status_code == 200


def test_a_chair_is_reserved(client, samira):
    client.force_login(samira)
    need, chair, initiative = NeedFactory(), ChairFactory(), InitiativeFactory()
    page = client.get(url("allocation_create", need=need.pk))
    assert lots(page) == [(chair, 1)]
    answer = reserve(client, need, chair, initiative)
    allocation = Allocation.objects.get()
    assert answer.url == allocation.get_absolute_url()
    assert (allocation.need, allocation.chair, allocation.proposed_by) == (need, chair, samira)
    assert allocation.reason == "Assise réglable"


def test_facts_stand_side_by_side_without_a_verdict(client, samira):
    client.force_login(samira)
    ChairFactory()
    need = NeedFactory(assessment__seat_depth_right_mm=380, assessment__mass_kg=None)
    (choice,) = client.get(url("allocation_create", need=need.pk)).context["choices"]
    facts = {(fact.chair, fact.child) for fact in choice.facts}
    assert ("260–320 mm", "270 mm") in facts
    assert any("350" in child and "380" in child for _chair, child in facts)
    assert any("45" in chair and child == "" for chair, child in facts)


def test_chairs_of_one_kind_are_one_choice_and_the_oldest_is_taken(client, samira):
    client.force_login(samira)
    first = ChairFactory()
    ChairFactory(model=first.model, depot=first.depot)
    ChairFactory(model=first.model, depot=first.depot, used=True)
    assert lots(client.get(url("allocation_create", need=NeedFactory().pk))) == [(first, 2)]


def test_a_chair_asked_for_by_its_page_is_offered_first(client, samira):
    client.force_login(samira)
    first = ChairFactory()
    second = ChairFactory(model=first.model, depot=first.depot)
    page = client.get(url("allocation_create", need=NeedFactory().pk, chair=second.pk))
    assert lots(page) == [(second, 1), (first, 2)]
    assert [lot.is_chosen for lot in page.context["choices"][0].lots] == [True, False]


def test_the_page_costs_the_same_with_many_chairs(client, samira, django_assert_max_num_queries):
    client.force_login(samira)
    need, page = NeedFactory(), None
    ChairFactory()
    page = url("allocation_create", need=need.pk)
    with django_assert_max_num_queries(16) as first:
        client.get(page)
    for _number in range(14):
        ChairFactory()
    with django_assert_max_num_queries(len(first)):
        client.get(page)


def test_a_chair_taken_meanwhile_is_refused_and_the_choice_kept(client, samira, karim):
    client.force_login(samira)
    taken = AllocationFactory().chair
    left, initiative = ChairFactory(), InitiativeFactory()
    answer = reserve(client, NeedFactory(), taken, initiative)
    assert answer.status_code == 200
    assert answer.context["form"].errors["chair"]
    assert lots(answer) == [(left, 1)]
    assert "Assise réglable" in answer.text


def test_a_second_chair_for_a_child_is_refused_in_words(client, samira):
    client.force_login(samira)
    allocation = AllocationFactory()
    page = client.get(url("allocation_create", need=allocation.need_id))
    assert allocation.get_absolute_url() in page.text
    answer = reserve(client, allocation.need, ChairFactory(), InitiativeFactory())
    assert answer.context["form"].non_field_errors() == [planning.NeedHasChair().message]


@pytest.mark.parametrize("changed", [{"chair": ""}, {"chair": "nonsense"}, {"initiative": ""}, {"initiative": "x"}])
def test_what_is_missing_is_said(client, samira, changed):
    client.force_login(samira)
    need, chair, initiative = NeedFactory(), ChairFactory(), InitiativeFactory()
    answer = reserve(client, need, chair, initiative, changed)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == set(changed)


def test_a_finished_initiative_is_not_offered(client, samira):
    client.force_login(samira)
    answer = reserve(client, NeedFactory(), ChairFactory(), InitiativeFactory(state="closed"))
    assert answer.context["form"].errors["initiative"]


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
