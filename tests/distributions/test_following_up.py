from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from distributions import following_up, stocktaking
from distributions.models import Chair, FollowUp, Repair
from tests.factories import ChairFactory, DeliveryFactory, FamilyFactory, FollowUpFactory, province

TODAY = timezone.localdate()


def handed_over(days: int, **options):
    return DeliveryFactory(handed_over_on=TODAY - timedelta(days=days), **options)


def lines(user, **options):
    return [
        (line.due_step, (TODAY - following_up.due_day(line)).days) for line in following_up.due(user, TODAY, **options)
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (13, []),
        (14, [("days_14", 0)]),
        (41, [("days_14", 27)]),
        (42, [("days_42", 0)]),
        (182, [("days_42", 140)]),
        (183, [("half_yearly", 0)]),
        (600, [("half_yearly", 417)]),
    ],
)
def test_the_latest_step_due_is_named_with_the_days_it_is_overdue(karim, days, expected):
    handed_over(days)
    assert lines(karim) == expected


@pytest.mark.parametrize(
    ("days", "done", "expected"),
    [
        (20, [("days_14", 15)], []),
        (50, [("days_14", 15)], [("days_42", 8)]),
        (50, [("days_14", 15), ("days_42", 45)], []),
        (50, [("days_42", 45)], []),  # who made the visit need no longer make the call
        (200, [("days_14", 15), ("days_42", 45)], [("half_yearly", 17)]),
        (200, [("half_yearly", 190)], []),
        (400, [("half_yearly", 190)], [("half_yearly", 27)]),
        (400, [("half_yearly", 190), ("half_yearly", 380)], []),
    ],
)
def test_steps_done_are_skipped(karim, days, done, expected):
    delivery = handed_over(days)
    for step, after in done:
        FollowUpFactory(delivery=delivery, step=step, done_on=delivery.handed_over_on + timedelta(days=after))
    assert lines(karim) == expected


def test_the_longest_overdue_comes_first(karim):
    late, later, latest = handed_over(15), handed_over(60), handed_over(400)
    assert list(following_up.due(karim, TODAY)) == [latest, later, late]


@pytest.mark.parametrize("status", ["deceased", "closed", "of_age", "moved"])
def test_a_closed_file_is_silent_at_once(karim, status):
    child = handed_over(20).allocation.need.child
    child.status = status
    child.save()
    assert lines(karim) == []


def test_a_chair_that_came_back_is_silent(karim, omar):
    chair = handed_over(20).allocation.chair
    depot = chair.events.in_order().first().depot
    stocktaking.record_chair_event(chair=chair, kind="returned", by=omar, depot=depot)
    assert lines(karim) == []


def test_a_chair_in_repair_is_still_followed(karim):
    delivery = handed_over(20)
    following_up.report_breakdown(chair=delivery.allocation.chair, by=karim, what="Roue avant")
    assert lines(karim) == [("days_14", 6)]


def test_a_second_entry_about_the_same_chair_is_not_followed_twice(karim):
    delivery = handed_over(20)
    handed_over(19, allocation=delivery.allocation)
    assert lines(karim) == [("days_14", 6)]


def test_each_sees_what_is_due_in_her_own_region(samira, youssef):
    here = handed_over(20)
    there = handed_over(
        20,
        allocation__need__child__family=FamilyFactory(province=province("MA-TAR")),
    )
    assert list(following_up.due(samira, TODAY)) == [here]
    assert list(following_up.due(youssef, TODAY)) == [there]


def test_a_volunteer_has_no_follow_ups_of_others(khadija):
    handed_over(20)
    assert lines(khadija) == []


def test_what_is_soon_due_is_not_due_yet(karim):
    near, far, now = handed_over(5), handed_over(20), handed_over(30)
    FollowUpFactory(delivery=far, step="days_14", done_on=TODAY)
    assert list(following_up.soon(karim, TODAY)) == [near]
    assert list(following_up.due(karim, TODAY)) == [now]


@pytest.mark.parametrize("number", [1, 15])
def test_the_list_is_one_query(karim, django_assert_num_queries, number):
    for _row in range(number):
        handed_over(20)
    following_up.due(karim, TODAY)  # the mandate is remembered on the user
    with django_assert_num_queries(1):
        assert len(following_up.due(karim, TODAY)) == number


def test_a_look_is_recorded_in_the_childs_story(samira):
    delivery = handed_over(20)
    followup = following_up.record_followup(delivery=delivery, by=samira, step="days_14", has_skin_problem=True)
    entry = followup.history().get()
    assert (entry.actor, entry.subject_id) == (samira, delivery.allocation.need.child_id)
    assert entry.details["has_skin_problem"] is True


@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        ({"done_on": TODAY + timedelta(days=1)}, following_up.InTheFuture),
        ({"done_on": TODAY - timedelta(days=30)}, following_up.BeforeTheHandOver),
        ({"still_used": False}, ValidationError),
        ({"hours_per_day": 25}, ValidationError),
        ({"satisfaction": 6}, ValidationError),
        ({"step": "never"}, ValidationError),
    ],
)
def test_a_look_that_cannot_be_is_refused(samira, found, refusal):
    with pytest.raises(refusal):
        following_up.record_followup(**{"delivery": handed_over(20), "by": samira, "step": "days_14", **found})
    assert not FollowUp.objects.exists()


def test_a_step_is_recorded_once(samira):
    delivery = handed_over(400)
    for step in ("days_14", "days_42", "half_yearly"):
        following_up.record_followup(delivery=delivery, by=samira, step=step)
        with pytest.raises(following_up.AlreadyDone):
            following_up.record_followup(delivery=delivery, by=samira, step=step)
    following_up.record_followup(delivery=delivery, by=samira, step="half_yearly", done_on=TODAY - timedelta(days=200))


def test_a_failed_stop_has_no_follow_up(samira):
    delivery = DeliveryFactory(outcome="not_at_home")
    with pytest.raises(following_up.NotHandedOver):
        following_up.record_followup(delivery=delivery, by=samira, step="days_14")


def test_a_breakdown_opens_a_repair_and_its_end_gives_the_chair_back(karim):
    delivery = handed_over(20)
    chair = delivery.allocation.chair
    repair = following_up.report_breakdown(chair=chair, by=karim, what="Frein cassé")
    assert Chair.objects.get().state == Chair.State.IN_REPAIR
    following_up.finish_repair(repair, by=karim, parts="Patins", cost_mad=120)
    chair = Chair.objects.get()
    assert (chair.state, chair.holder_id) == (Chair.State.HANDED_OVER, delivery.allocation.need.child_id)
    assert list(chair.events.in_order().values_list("kind", flat=True))[-2:] == ["repair_begun", "repaired"]
    assert repair.history().filter(subject_id=delivery.allocation.need.child_id).count() == 2
    with pytest.raises(following_up.AlreadyMended):
        following_up.finish_repair(repair, by=karim)


def test_a_mended_chair_in_a_depot_is_checked_before_it_is_promised(omar):
    repair = following_up.report_breakdown(chair=ChairFactory(), by=omar, what="Pneu")
    following_up.finish_repair(repair, by=omar)
    assert Chair.objects.get().state == Chair.State.TO_CHECK


def test_a_chair_in_repair_cannot_break_again(omar):
    chair = ChairFactory()
    following_up.report_breakdown(chair=chair, by=omar, what="Pneu")
    with pytest.raises(stocktaking.EventNotPossible):
        following_up.report_breakdown(chair=chair, by=omar, what="Pneu")
    assert Repair.objects.count() == 1


@pytest.mark.parametrize(("days", "refusal"), [(1, following_up.InTheFuture), (-5, following_up.BeforeItBroke)])
def test_a_repair_ends_between_its_beginning_and_today(omar, days, refusal):
    repair = following_up.report_breakdown(chair=ChairFactory(), by=omar, what="Pneu")
    with pytest.raises(refusal):
        following_up.finish_repair(repair, by=omar, fixed_on=TODAY + timedelta(days=days))
