from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from distributions import following_up
from distributions.models import Chair, FollowUp, Repair
from tests.factories import ChairFactory, DeliveryFactory, FamilyFactory, FollowUpFactory, GuardianFactory, province

LIST = "/follow-ups/"


def url(name, *args):
    return reverse(f"distributions:{name}", args=args)


def handed_over(days: int, **options):
    return DeliveryFactory(handed_over_on=timezone.localdate() - timedelta(days=days), **options)


def found(**other):
    return {
        "step": "days_14",
        "done_on": timezone.localdate().strftime("%d/%m/%Y"),
        "still_used": "yes",
        "contact": "call",
        "skin": "none",
        "swallowing_change": "unknown",
        "needs_remeasuring": "no",
        "hours_per_day": "٥",
        "school_change": "better",
        "mobility_change": "unknown",
        "burden_change": "unknown",
    } | other


def test_the_list_says_what_is_due_and_since_when(client, samira):
    delivery = handed_over(20)
    GuardianFactory(family=delivery.allocation.need.child.family, phone="+212612345678", is_first_contact=True)
    client.force_login(samira)
    answer = client.get(LIST)
    (line,) = answer.context["lines"]
    assert (line["delivery"], line["day"]) == (delivery, timezone.localdate() - timedelta(days=6))
    assert "tel:+212612345678" in answer.content.decode()


def test_soon_and_done_are_pages_of_their_own(client, samira):
    near, seen = handed_over(10), FollowUpFactory()
    client.force_login(samira)
    assert [line["delivery"] for line in client.get(f"{LIST}?show=soon").context["lines"]] == [near]
    assert client.get(f"{LIST}?show=done").context["lines"] == [seen]
    assert client.get(f"{LIST}?show=nonsense").context["show"] == "due"


def test_a_look_is_recorded_and_leaves_the_list(client, samira):
    delivery = handed_over(20)
    client.force_login(samira)
    address = url("followup_create", delivery.pk)
    assert client.get(address).context["form"]["step"].value() == "days_14"
    assert client.post(address, found()).status_code == 302
    followup = FollowUp.objects.get()
    assert (followup.still_used, followup.hours_per_day, followup.has_skin_problem) == (True, 5, False)
    assert (followup.done_by, followup.school_change) == (samira, "better")
    assert client.get(LIST).context["lines"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"still_used": "no"}, "why_not_used"),
        ({"still_used": ""}, "still_used"),
        ({"step": "never"}, "step"),
        ({"done_on": "31/02/2026"}, "done_on"),
        ({"done_on": "01/01/2020"}, "done_on"),
        ({"done_on": "01/01/2099"}, "done_on"),
        ({"hours_per_day": "25"}, "__all__"),
        ({"satisfaction": "6"}, "satisfaction"),
        ({"skin": ""}, "skin"),
        ({"worn_parts": ["tyres"], "broken_parts": ["tyres"]}, "broken_parts"),
        ({"action": "Changer le pneu"}, "action_due_on"),
        ({"hip_width_mm": "9999"}, "hip_width_mm"),
        ({"hip_width_mm": "28"}, "hip_width_mm"),
        ({"note": "a\0b"}, "note"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(client, samira, wrong, field):
    delivery = handed_over(20)
    client.force_login(samira)
    answer = client.post(url("followup_create", delivery.pk), found(**{"note": "tout va bien", **wrong}))
    assert field in answer.context["form"].errors
    assert "tout va bien" in answer.content.decode() or field == "note"
    assert not FollowUp.objects.exists()


def test_a_step_done_is_not_recorded_again(client, samira):
    delivery = handed_over(20)
    client.force_login(samira)
    address = url("followup_create", delivery.pk)
    client.post(address, found())
    assert "step" in client.post(address, found()).context["form"].errors


def test_follow_up_belongs_to_hand_overs_of_ones_region(client, samira, youssef):
    here, failed = handed_over(20), DeliveryFactory(outcome="not_at_home")
    there = handed_over(20, allocation__need__child__family=FamilyFactory(province=province("MA-TAR")))
    client.force_login(samira)
    assert client.get(url("followup_create", here.pk)).status_code == 200
    assert client.get(url("followup_create", there.pk)).status_code == 404
    assert client.get(url("followup_create", failed.pk)).status_code == 404
    client.force_login(youssef)
    assert [line["delivery"] for line in client.get(LIST).context["lines"]] == [there]


@pytest.mark.parametrize("show", ["due", "soon", "done"])
@pytest.mark.parametrize("number", [1, 15])
def test_the_lists_cost_the_same_with_many_rows(client, karim, django_assert_max_num_queries, show, number):
    for _row in range(number):
        delivery = handed_over(10 if show == "soon" else 20)
        if show == "done":
            FollowUpFactory(delivery=delivery)
    client.force_login(karim)
    with django_assert_max_num_queries(12):
        assert len(client.get(f"{LIST}?show={show}").context["lines"]) == number


def test_the_part_that_htmx_asks_for_is_in_the_page(client, karim):
    handed_over(20)
    client.force_login(karim)
    part = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode().strip()
    assert part
    assert part in client.get(LIST).content.decode()


# --- repairs -------------------------------------------------------------------------------------------------------


def test_a_breakdown_is_reported_and_mended(client, omar):
    chair = ChairFactory()
    client.force_login(omar)
    today = timezone.localdate().strftime("%d/%m/%Y")
    assert client.post(url("repair_create", chair.pk), {"what": "Roue voilée", "broke_on": today}).status_code == 302
    repair = Repair.objects.get()
    assert client.get("/repairs/").context["repairs"] == [repair]
    answer = client.post(url("repair_finish", repair.pk), {"fixed_on": today, "parts": "Roue", "cost_mad": "120,50"})
    assert answer.status_code == 302
    assert Chair.objects.get().state == Chair.State.TO_CHECK
    assert client.get("/repairs/").context["repairs"] == []
    assert client.get("/repairs/?show=done").context["repairs"] == [repair]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"what": " "}, "what"), ({"broke_on": "01/01/2099"}, "broke_on"), ({"broke_on": "hier"}, "broke_on")],
)
def test_a_breakdown_that_cannot_be_is_said(client, omar, wrong, field):
    client.force_login(omar)
    typed = {"what": "Roue", "broke_on": timezone.localdate().strftime("%d/%m/%Y"), **wrong}
    assert field in client.post(url("repair_create", ChairFactory().pk), typed).context["form"].errors


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"fixed_on": "01/01/2020"}, "fixed_on"), ({"cost_mad": "-1"}, "cost_mad"), ({"cost_mad": "9" * 12}, "cost_mad")],
)
def test_a_repair_that_cannot_be_is_said(client, omar, wrong, field):
    repair = following_up.report_breakdown(chair=ChairFactory(), by=omar, what="Pneu")
    client.force_login(omar)
    typed = {"fixed_on": timezone.localdate().strftime("%d/%m/%Y"), **wrong}
    assert field in client.post(url("repair_finish", repair.pk), typed).context["form"].errors


def test_a_chair_already_in_repair_says_so(client, omar):
    chair = ChairFactory()
    following_up.report_breakdown(chair=chair, by=omar, what="Pneu")
    client.force_login(omar)
    typed = {"what": "Roue", "broke_on": timezone.localdate().strftime("%d/%m/%Y")}
    assert client.post(url("repair_create", chair.pk), typed).context["form"].non_field_errors()


def test_a_case_worker_reads_repairs_and_reports_none(client, samira):
    repair = following_up.report_breakdown(chair=ChairFactory(), by=samira, what="Pneu")
    client.force_login(samira)
    assert client.get("/repairs/").status_code == 200
    assert client.get(url("repair_create", repair.chair_id)).status_code == 403
    assert client.get(url("repair_finish", repair.pk)).status_code == 403


@pytest.mark.parametrize("number", [1, 15])
def test_the_list_of_repairs_costs_the_same_with_many_rows(client, omar, django_assert_max_num_queries, number):
    for _row in range(number):
        following_up.report_breakdown(chair=ChairFactory(), by=omar, what="Pneu")
    client.force_login(omar)
    with django_assert_max_num_queries(12):
        assert len(client.get("/repairs/").context["repairs"]) == number
