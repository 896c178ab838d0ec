import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from distributions import following_up, looking_ahead
from distributions.models import Chair, Delivery, FollowUp, Forecast, Repair
from tests.factories import ChairFactory, DeliveryFactory, FamilyFactory, FollowUpFactory, GuardianFactory, province

LIST = "/follow-ups/"
REMINDER = "GROW-1.0"


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


@pytest.mark.parametrize("show", ["due", "soon", "actions", "done"])
@pytest.mark.parametrize("number", [1, 15])
def test_the_lists_cost_the_same_with_many_rows(client, karim, django_assert_max_num_queries, show, number):
    for _row in range(number):
        delivery = handed_over(10 if show == "soon" else 20)
        if show in ("actions", "done"):
            FollowUpFactory(delivery=delivery, action="Rappeler", action_due_on=timezone.localdate())
    client.force_login(karim)
    with django_assert_max_num_queries(12):
        assert len(client.get(f"{LIST}?show={show}").context["lines"]) == number


def test_the_part_that_htmx_asks_for_is_in_the_page(client, karim):
    handed_over(20)
    client.force_login(karim)
    part = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode().strip()
    assert part
    assert part in client.get(LIST).content.decode()


def test_a_reason_from_the_list_is_enough(client, samira):
    delivery = handed_over(20)
    client.force_login(samira)
    answer = client.post(
        url("followup_create", delivery.pk), found(still_used="no", unused_because=["too_small", "shame"])
    )
    followup = FollowUp.objects.get()
    assert answer.url == followup.get_absolute_url()
    assert followup.unused_because == ["too_small", "shame"]


def test_an_unusual_measure_is_asked_about_and_kept_once_confirmed(client, samira):
    delivery = handed_over(20)
    client.force_login(samira)
    address = url("followup_create", delivery.pk)
    answer = client.post(address, found(hip_width_mm="١٤٠"))
    assert answer.status_code == 422
    assert "hip_width_mm" in answer.context["form"].errors
    doubts = answer.context["doubts"]
    assert all(doubt.sentence in html.unescape(answer.content.decode()) for doubt in doubts)
    confirmed = [doubt.key for doubt in doubts]
    assert client.post(address, found(hip_width_mm="140", confirmed=confirmed)).status_code == 302
    assert FollowUp.objects.get().measurement.hip_width_mm == 140


def test_the_last_measure_stands_beside_its_field(client, samira):
    client.force_login(samira)
    form = client.get(url("followup_create", handed_over(20).pk)).context["form"]
    assert "270" in str(form.fields["hip_width_mm"].help_text)
    assert form.fields["height_method"].help_text == ""


def test_an_open_wound_asks_for_a_new_assessment(client, samira):
    followup = FollowUpFactory(skin="stage_2", broken_parts=["brakes"])
    client.force_login(samira)
    page = client.get(followup.get_absolute_url()).content.decode()
    assert url("followup_create", followup.delivery_id) not in page
    child = followup.delivery.allocation.need.child
    assert reverse("beneficiaries:assessment_create", args=[child.pk]) in page


def test_a_broken_part_is_one_step_from_its_report(client, karim):
    followup = FollowUpFactory(broken_parts=["brakes"])
    client.force_login(karim)
    chair = followup.delivery.allocation.chair
    page = html.unescape(client.get(followup.get_absolute_url()).content.decode())
    (address,) = re.findall(r'href="([^"]*what=[^"]*)"', page)
    assert address.startswith(url("repair_create", chair.pk))
    assert client.get(address).context["form"]["what"].value() == str(FollowUp.Part.BRAKES.label)


def test_what_is_to_be_done_leaves_the_list_when_it_is_done(client, samira):
    later = FollowUpFactory(action="Rappeler", action_due_on=timezone.localdate() + timedelta(days=9))
    sooner = FollowUpFactory(action="Changer le pneu", action_due_on=timezone.localdate() - timedelta(days=1))
    client.force_login(samira)
    assert client.get(f"{LIST}?show=actions").context["lines"] == [sooner, later]
    assert client.post(url("followup_finish_action", sooner.pk)).status_code == 302
    assert client.get(f"{LIST}?show=actions").context["lines"] == [later]


def test_why_a_look_is_due_stands_in_the_list(client, samira):
    delivery = handed_over(100)
    FollowUpFactory(delivery=delivery, step="days_42", done_on=timezone.localdate() - timedelta(days=70))
    Forecast.objects.update(too_small_early_on=timezone.localdate())
    looking_ahead.keep_next_looks(Delivery.objects.all())
    client.force_login(samira)
    (line,) = client.get(LIST).context["lines"]
    assert line["because"] == following_up.Because.TOO_SMALL.label
    assert client.get(url("followup_create", delivery.pk)).context["form"]["contact"].value() == "call"


@pytest.mark.parametrize("page", ["followup_create", "followup_detail", "delivery_detail", "chair_detail"])
def test_each_page_about_a_chair_says_when_it_will_be_too_small(client, samira, page):
    followup = FollowUpFactory()
    pk = {
        "followup_create": followup.delivery_id,
        "followup_detail": followup.pk,
        "delivery_detail": followup.delivery_id,
        "chair_detail": followup.delivery.allocation.chair_id,
    }[page]
    client.force_login(samira)
    assert REMINDER in client.get(url(page, pk)).content.decode()


def test_the_childs_page_says_it_too_and_only_to_who_may_know(client, samira, omar):
    followup = FollowUpFactory()
    allocation = followup.delivery.allocation
    client.force_login(samira)
    assert REMINDER in client.get(allocation.need.child.get_absolute_url()).content.decode()
    client.force_login(omar)
    assert REMINDER not in client.get(url("chair_detail", allocation.chair_id)).content.decode()


def test_the_form_keeps_to_a_few_queries(client, samira, django_assert_max_num_queries):
    followup = FollowUpFactory(action="Rappeler", action_due_on=timezone.localdate())
    client.force_login(samira)
    with django_assert_max_num_queries(16):
        client.get(url("followup_create", followup.delivery_id))
    with django_assert_max_num_queries(16):
        client.get(followup.get_absolute_url())


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


def test_a_chair_is_lent_and_brought_back(client, omar):
    delivery = handed_over(60)
    repair = following_up.report_breakdown(chair=delivery.allocation.chair, by=omar, what="Frein")
    lent = ChairFactory()
    client.force_login(omar)
    choices = client.get(url("repair_lend", repair.pk)).context["form"].fields["chair"].choices
    assert [chair for _group, chairs in list(choices)[1:] for chair, _words in chairs] == [lent.pk]
    assert client.post(url("repair_lend", repair.pk), {"chair": ""}).status_code == 422
    assert client.post(url("repair_lend", repair.pk), {"chair": lent.pk}).status_code == 302
    (row,) = client.get("/repairs/").context["repairs"]
    assert (row.loan_chair, row.loan_is_out, row.days_without_chair) == (lent, True, 0)
    depot = lent.events.in_order().first().depot
    assert client.post(url("repair_take_back", repair.pk), {"depot": depot.pk}).status_code == 302
    assert client.post(url("repair_take_back", repair.pk), {"depot": depot.pk}).context["form"].non_field_errors()


def test_nothing_is_lent_for_a_chair_of_the_depot(client, omar):
    repair = following_up.report_breakdown(chair=ChairFactory(), by=omar, what="Pneu")
    client.force_login(omar)
    assert client.get(url("repair_lend", repair.pk)).status_code == 404


def test_the_report_hides_small_groups_from_who_may_not_see_them(client, karim, omar):
    following_up.report_breakdown(chair=handed_over(60).allocation.chair, by=omar, what="Frein")
    for user, broken in ((karim, 1), (omar, None)):
        client.force_login(user)
        answer = client.get("/repairs/report/?months=24")
        assert (answer.context["report"].broken, answer.context["months"]) == (broken, 24)
