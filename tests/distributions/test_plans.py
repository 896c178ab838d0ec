"""The pages of a plan: what they show, what they ask, and that they cost the same for one line as for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from distributions.models import PlanRule
from tests.factories import ChairFactory, ChildFactory, InitiativeFactory, NeedFactory, PlanRuleFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative():
    return InitiativeFactory()


@pytest.fixture
def planner(client, karim):
    client.force_login(karim)
    return client


def need_of(points, **more):
    child = ChildFactory(family__province=province("MA-CAS"))
    return NeedFactory(child=child, score_low=points, score_high=points, **more)


def plan_url(initiative):
    return reverse("distributions:initiative_plan", args=[initiative.pk])


def decide_url(initiative, **asked):
    return reverse("distributions:initiative_decide", args=[initiative.pk], query=asked)


def lock(client, initiative):
    plan = client.get(plan_url(initiative)).context["plan"]
    initiative.refresh_from_db()
    return client.post(
        reverse("distributions:initiative_lock", args=[initiative.pk]),
        {"version": initiative.plan_version, "fingerprint": plan.fingerprint},
    )


def test_the_plan_shows_who_gets_what_who_is_left_out_and_which_chair_stays(planner, initiative):
    high, low = need_of(90), need_of(30)
    chair = ChairFactory()
    page = planner.get(plan_url(initiative))
    text = page.content.decode()
    assert [pair.need.pk for pair in page.context["pairs"]] == [high.pk]
    assert [each.need.pk for each in page.context["left_out"]] == [low.pk]
    assert chair.label in text
    assert page.context["left_out"][0].reasons[1] in text


def test_a_plan_without_chairs_or_children_says_so(planner, initiative):
    assert planner.get(plan_url(initiative)).status_code == 200


def test_deciding_shows_first_what_it_changes_and_for_whom(planner, initiative):
    high, low = need_of(90), need_of(30)
    chair = ChairFactory()
    page = planner.get(decide_url(initiative, need=low.pk, chair=chair.pk, kind="fix"))
    effect = page.context["effect"]
    assert [change.seeker.need.pk for change in effect.lose] == [high.pk]
    assert not PlanRule.objects.exists()


def test_a_decision_is_kept_with_its_reason(planner, initiative, karim):
    need_of(90)
    low, chair = need_of(30), ChairFactory()
    url = decide_url(initiative, need=low.pk, chair=chair.pk, kind="fix")
    answer = planner.post(url, {"reason": "Fauteuil fait pour elle", "version": 0})
    assert answer.status_code == 302
    rule = PlanRule.objects.get()
    assert (rule.need, rule.chair, rule.by) == (low, chair, karim)
    page = planner.get(plan_url(initiative))
    assert "Fauteuil fait pour elle" in page.content.decode()
    assert page.context["rules"][0][1].points == -60


def test_a_decision_without_a_reason_is_asked_for_one(planner, initiative):
    low, chair = need_of(30), ChairFactory()
    answer = planner.post(decide_url(initiative, need=low.pk, chair=chair.pk, kind="forbid"), {"version": 0})
    assert answer.status_code == 422
    assert "reason" in answer.context["reason_form"].errors
    assert not PlanRule.objects.exists()


def test_who_decides_on_an_older_plan_is_told_and_keeps_the_words(planner, initiative):
    low, chair = need_of(30), ChairFactory()
    initiative.plan_version = 4
    initiative.save()
    url = decide_url(initiative, need=low.pk, chair=chair.pk, kind="forbid")
    answer = planner.post(url, {"reason": "Couleur", "version": 3})
    assert answer.status_code == 422
    assert answer.context["reason_form"].non_field_errors()
    assert "Couleur" in answer.content.decode()


def test_two_children_swap_their_chairs(planner, initiative):
    one, other = need_of(90), need_of(50)
    ChairFactory()
    ChairFactory()
    before = {pair.need.pk: pair.chair.pk for pair in planner.get(plan_url(initiative)).context["plan"].pairs}
    url = decide_url(initiative, need=one.pk, chair=before[one.pk], kind="swap", other=other.pk)
    assert len(planner.get(url).context["effect"].move) == 2
    planner.post(url, {"reason": "Taille", "version": 0})
    after = {pair.need.pk: pair.chair.pk for pair in planner.get(plan_url(initiative)).context["plan"].pairs}
    assert after == {one.pk: before[other.pk], other.pk: before[one.pk]}


@pytest.mark.parametrize("asked", [{"kind": "swap"}, {"kind": "fix"}, {"kind": "nonsense"}])
def test_a_decision_that_is_not_complete_is_asked_again(planner, initiative, asked):
    need = need_of(50)
    assert planner.get(decide_url(initiative, need=need.pk, **asked)).status_code == 422


@pytest.mark.parametrize(
    "asked",
    [{"need": "x"}, {"chair": "x"}, {"need": "7e1d7ae0-5d2c-4b7f-9a53-7f5a1d9c9b11"}],
)
def test_what_does_not_lie_on_the_table_is_not_found(planner, initiative, asked):
    assert planner.get(decide_url(initiative, **asked)).status_code == 404


def test_taking_a_decision_back_shows_what_comes_back(planner, initiative):
    high = need_of(90)
    ChairFactory()
    rule = PlanRuleFactory(initiative=initiative, need=high)
    url = reverse("distributions:initiative_take_back", args=[initiative.pk, rule.pk])
    assert [change.seeker.need.pk for change in planner.get(url).context["effect"].gain] == [high.pk]
    assert planner.post(url, {"version": 0}).status_code == 422
    assert planner.post(url, {"version": 0, "reason": "De retour"}).status_code == 302
    rule.refresh_from_db()
    assert rule.taken_back_at
    assert planner.get(url).status_code == 404


def test_a_floor_is_set_in_digits_of_either_kind(planner, initiative):
    region = province("MA-CAS").region
    url = reverse("distributions:initiative_floor", args=[initiative.pk])
    planner.post(url, {"region": region.pk, "least": "٣", "version": 0})
    assert initiative.floors.get().least == 3
    assert planner.post(url, {"region": region.pk, "least": "many", "version": 1}).status_code == 422


def test_the_plan_is_locked_and_approved_by_two_people(client, karim, nadia, initiative):
    for points in (90, 60, 30):
        need_of(points)
        ChairFactory()
    client.force_login(karim)
    lock(client, initiative)
    initiative.refresh_from_db()
    assert initiative.state == "locked"
    approve = reverse("distributions:initiative_approve", args=[initiative.pk])
    assert client.post(approve, {"how": "count", "count": 1}).status_code == 422
    client.force_login(nadia)
    page = client.get(plan_url(initiative))
    assert [line.allocation.plan_order for line in page.context["lines"]] == [1, 2, 3]
    assert client.post(approve, {"how": "budget", "budget_mad": "٢٠٠٠٠"}).status_code == 302
    assert initiative.allocations.filter(status="approved").count() == 2
    last = initiative.allocations.get(status="proposed")
    assert client.post(approve, {"how": "chosen", "chosen": [str(last.pk)]}).status_code == 302
    assert not initiative.allocations.filter(status="proposed").exists()
    assert client.get(plan_url(initiative)).status_code == 200


@pytest.mark.parametrize("said", [{"how": "count"}, {"how": "budget"}, {"how": "chosen"}, {}])
def test_an_approval_that_says_no_limit_is_asked_again(client, karim, nadia, initiative, said):
    need_of(90)
    ChairFactory()
    client.force_login(karim)
    lock(client, initiative)
    client.force_login(nadia)
    approve = reverse("distributions:initiative_approve", args=[initiative.pk])
    assert client.post(approve, said).status_code == 422
    assert not initiative.allocations.filter(status="approved").exists()


def test_a_locked_plan_goes_back_to_the_draft_with_a_reason(planner, initiative):
    need_of(90)
    ChairFactory()
    lock(planner, initiative)
    url = reverse("distributions:initiative_unlock", args=[initiative.pk])
    assert planner.post(url, {"version": 1}).status_code == 422
    assert planner.post(url, {"version": 1, "reason": "Encore un fauteuil"}).status_code == 302
    initiative.refresh_from_db()
    assert initiative.state == "draft"


def test_a_lock_on_nothing_says_why(planner, initiative):
    answer = lock(planner, initiative)
    assert answer.status_code == 302
    initiative.refresh_from_db()
    assert initiative.state == "draft"


def test_a_locked_plan_is_not_decided_on(planner, initiative):
    need_of(90)
    chair = ChairFactory()
    lock(planner, initiative)
    answer = planner.get(decide_url(initiative, chair=chair.pk))
    assert answer.status_code == 302
    assert answer["Location"] == plan_url(initiative)


def test_long_lists_are_cut_until_one_asks_for_all(planner, initiative, monkeypatch):
    from distributions.views import plans

    monkeypatch.setattr(plans, "SHOWN", 2)
    for points in (90, 80, 70):
        need_of(points)
    page = planner.get(plan_url(initiative))
    assert len(page.context["left_out"]) == 2
    assert page.context["is_cut"]
    assert len(planner.get(plan_url(initiative) + "?all=1").context["left_out"]) == 3


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_draft_asks_the_same_for_one_line_as_for_many(planner, initiative):
    need_of(90)
    ChairFactory()
    PlanRuleFactory(initiative=initiative, need=need_of(2))
    planner.get(plan_url(initiative))  # what is kept of the plan
    one = queries(planner, plan_url(initiative))
    for points in range(20):
        need_of(points)
        ChairFactory() if points % 2 else None
    planner.get(plan_url(initiative))
    assert queries(planner, plan_url(initiative)) <= one
    assert one <= 30


def test_the_locked_plan_asks_the_same_for_one_line_as_for_many(planner, nadia, client):
    counts = []
    for number in (1, 2, 12):  # the first leaves nobody out
        initiative = InitiativeFactory()
        for points in range(number):
            need_of(90 - points)
            ChairFactory()
        lock(planner, initiative)
        counts.append(queries(planner, plan_url(initiative)))
    assert counts[1] == counts[2]


def test_the_initiatives_page_leads_to_its_plan(planner, initiative):
    assert plan_url(initiative) in planner.get(initiative.get_absolute_url()).content.decode()
