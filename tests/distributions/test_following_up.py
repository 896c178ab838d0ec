from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from beneficiaries import measuring
from distributions import following_up, growth, looking_ahead, reporting, stocktaking
from distributions.models import Chair, Delivery, FollowUp, Forecast, Repair
from tests.factories import AllocationFactory, ChairFactory, DeliveryFactory, FamilyFactory, FollowUpFactory, province

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def handed_over(days: int, **options):
    return DeliveryFactory(handed_over_on=TODAY - timedelta(days=days), **options)


def lines(user, **options):
    return [(line.due_step, (TODAY - line.next_look_on).days) for line in following_up.due(user, TODAY, **options)]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (13, []),
        (14, [("days_14", 0)]),
        (41, [("days_14", 27)]),
        (42, [("days_42", 28)]),
        (182, [("days_42", 168)]),
        (183, [("half_yearly", 169)]),
        (600, [("half_yearly", 586)]),
    ],
)
def test_the_latest_step_due_is_named_with_the_days_since_somebody_should_have_looked(karim, days, expected):
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


# --- fast growth, and the forecast -----------------------------------------------------------------------------------


def aged(sex, years, **child):
    """A child who had this many birthdays, the last one a month ago."""
    born_on = growth.add_months(TODAY, -12 * years - 1)
    return {
        f"allocation__need__child__{name}": value for name, value in {"sex": sex, "born_on": born_on, **child}.items()
    }


def with_forecast(delivery, **in_days):
    """Let the forecast of a hand-over say these days, counted from today."""
    forecast, _made = Forecast.objects.get_or_create(
        delivery=delivery, defaults={"rule_version": "GROW-1.0", "measured_on": TODAY}
    )
    for name, days in in_days.items():
        setattr(forecast, name, TODAY + timedelta(days=days))
    forecast.save()
    looking_ahead.keep_next_looks(Delivery.objects.filter(pk=delivery.pk))
    return delivery


def forget_forecasts():
    Forecast.objects.update(good_fit_likely_on=None, too_small_early_on=None)
    looking_ahead.keep_next_looks(Delivery.objects.all())


def visited(delivery):
    """The call and the visit were made in time."""
    FollowUpFactory(delivery=delivery, step="days_14", done_on=delivery.handed_over_on + timedelta(days=14))
    FollowUpFactory(delivery=delivery, step="days_42", done_on=delivery.handed_over_on + timedelta(days=42))
    return delivery


@pytest.mark.parametrize(
    ("sex", "years"), [(sex, years) for sex in "FM" for years in (3, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16)]
)
def test_children_who_grow_fast_are_seen_every_four_months(karim, sex, years):
    """As GROW-1.0 says when to measure again; a look is never rarer than twice a year."""
    visited(handed_over(130, **aged(sex, years)))
    forget_forecasts()
    is_fast = growth.remeasure_every_months(sex, years) == 4
    assert lines(karim) == ([("half_yearly", 8)] if is_fast else [])
    assert [line.due_because for line in following_up.due(karim, TODAY)] == ["fast"] * is_fast


@pytest.mark.parametrize(("days", "expected"), [(121, []), (122, [("half_yearly", 0)])])
def test_four_months_are_counted_in_days(karim, days, expected):
    visited(handed_over(days, **aged("F", 4)))
    forget_forecasts()
    assert lines(karim) == expected


@pytest.mark.parametrize(
    ("days_ago", "expected"), [(121, []), (122, [("half_yearly", 0)]), (150, [("half_yearly", 28)])]
)
def test_the_next_look_comes_four_months_after_the_last(karim, days_ago, expected):
    delivery = handed_over(300, **aged("F", 4))
    forget_forecasts()
    FollowUpFactory(delivery=delivery, step="half_yearly", done_on=TODAY - timedelta(days=days_ago))
    assert lines(karim) == expected


def test_a_condition_that_worsens_rapidly_is_seen_every_four_months(karim):
    visited(handed_over(130, **aged("F", 8), allocation__need__assessment__progression="rapid"))
    forget_forecasts()
    assert lines(karim) == [("half_yearly", 8)]


@pytest.mark.parametrize(("in_days", "expected"), [(92, []), (91, [("half_yearly", 0)]), (60, [("half_yearly", 31)])])
def test_three_months_before_the_chair_leaves_its_good_fit_a_look_is_due(karim, in_days, expected):
    delivery = handed_over(100, **aged("F", 8))
    forget_forecasts()
    FollowUpFactory(delivery=delivery, step="days_42", done_on=TODAY - timedelta(days=70))
    with_forecast(delivery, good_fit_likely_on=in_days)
    assert lines(karim) == expected
    assert [line.due_because for line in following_up.due(karim, TODAY)] == ["growth"] * len(expected)


@pytest.mark.parametrize(("in_days", "expected"), [(31, []), (30, [("half_yearly", 0)]), (-2, [("half_yearly", 32)])])
def test_a_month_before_the_chair_may_be_too_small_a_call_is_due(karim, in_days, expected):
    delivery = handed_over(100, **aged("F", 8))
    forget_forecasts()
    FollowUpFactory(delivery=delivery, step="days_42", done_on=TODAY - timedelta(days=80))
    with_forecast(delivery, too_small_early_on=in_days)
    assert lines(karim) == expected
    assert [line.due_because for line in following_up.due(karim, TODAY)] == ["too_small"] * len(expected)


@pytest.mark.parametrize(
    ("step", "seen", "good_fit_in", "is_due"),
    [
        ("half_yearly", 0, 60, False),
        ("half_yearly", 61, 60, False),  # 30 days before the day on which it would have been due
        ("half_yearly", 62, 60, True),
        ("days_14", 5, 60, True),  # a call sees no fit
        ("days_42", 5, 60, False),
    ],
)
def test_who_looked_shortly_before_need_not_look_again(karim, step, seen, good_fit_in, is_due):
    delivery = handed_over(100, **aged("F", 8))
    forget_forecasts()
    FollowUpFactory(delivery=delivery, step="days_42", done_on=TODAY - timedelta(days=99))
    if step != "days_42":
        FollowUpFactory(delivery=delivery, step=step, done_on=TODAY - timedelta(days=seen))
    else:
        delivery.followups.update(done_on=TODAY - timedelta(days=seen))
    with_forecast(delivery, good_fit_likely_on=good_fit_in)
    assert bool(lines(karim)) is is_due


@pytest.mark.parametrize(("days", "is_due"), [(10, False), (9, False), (11, True)])
def test_what_was_foretold_when_the_chair_was_given_is_no_news(karim, days, is_due):
    """A chair that already left its good fit at the hand-over is followed by the calendar."""
    delivery = with_forecast(handed_over(days, **aged("F", 8)), good_fit_likely_on=81)
    Forecast.objects.update(too_small_early_on=None)
    looking_ahead.keep_next_looks(Delivery.objects.all())
    assert (delivery.handed_over_on < TODAY - timedelta(days=10)) is is_due
    assert bool(lines(karim)) is is_due


def test_the_reason_is_named_also_where_the_calendar_asks(karim):
    delivery = handed_over(50, **aged("F", 8))
    forget_forecasts()
    with_forecast(delivery, too_small_early_on=3)
    assert lines(karim) == [("days_42", 36)]
    assert following_up.due(karim, TODAY).get().due_because == "too_small"


def test_a_forecast_of_a_closed_file_is_silent(karim):
    delivery = with_forecast(handed_over(100), too_small_early_on=-5)
    child = delivery.allocation.need.child
    child.status = "deceased"
    child.save()
    assert lines(karim) == []


def test_soon_sees_the_forecast_come(karim):
    delivery = handed_over(100, **aged("F", 8))
    forget_forecasts()
    FollowUpFactory(delivery=delivery, step="days_42", done_on=TODAY - timedelta(days=58))
    with_forecast(delivery, good_fit_likely_on=100)
    assert list(following_up.soon(karim, TODAY)) == [delivery]
    assert lines(karim) == []


def test_a_hand_over_without_forecast_is_due_by_the_calendar(karim):
    handed_over(20)
    Forecast.objects.all().delete()
    handed_over(5)
    Forecast.objects.all().delete()
    assert lines(karim) == [("days_14", 6)]
    assert following_up.soon(karim, TODAY).count() == 1


@pytest.mark.parametrize(
    ("days", "done", "because"),
    [
        (41, [], "time"),
        (42, [], "missed"),
        (50, ["days_14"], "time"),
        (200, ["days_14"], "missed"),
        (200, ["days_14", "days_42"], "time"),
        (200, ["days_42"], "time"),  # who made the visit need no longer make the call
    ],
)
def test_a_look_that_was_not_made_is_named_as_the_reason(karim, days, done, because):
    delivery = handed_over(days, **aged("F", 8))
    for step in done:
        FollowUpFactory(delivery=delivery, step=step, done_on=delivery.handed_over_on + timedelta(days=int(step[5:])))
    forget_forecasts()
    assert [line.due_because for line in following_up.due(karim, TODAY)] == [because]


def test_a_look_that_was_due_stays_due_when_the_years_of_fast_growth_end(karim):
    """Due since eight days, she has her sixth birthday: nobody has looked, so it does not fall silent again."""
    delivery = visited(handed_over(130, **aged("F", 5)))
    forget_forecasts()
    six = growth.add_months(delivery.allocation.need.child.born_on, 72)
    looks = following_up.due(karim, max(six, TODAY)).values_list("due_step", flat=True)
    assert list(looks) == ["half_yearly"]


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


# --- a chair lent meanwhile ------------------------------------------------------------------------------------------


def broken(days=10, **options):
    """A chair that a child has had for two months and that broke some days ago."""
    delivery = handed_over(60, **options)
    return following_up.report_breakdown(
        chair=delivery.allocation.chair,
        by=delivery.volunteer,
        what="Frein cassé",
        broke_on=TODAY - timedelta(days=days),
    )


def test_a_breakdown_names_the_child_who_is_without_her_chair(omar):
    repair = broken()
    assert repair.child == repair.chair.holder
    assert following_up.report_breakdown(chair=ChairFactory(), by=omar, what="Pneu").child is None


def test_a_lent_chair_is_with_the_child_until_it_comes_back(omar):
    repair, lent = broken(), ChairFactory()
    repair = following_up.lend_chair(repair, by=omar, chair=lent)
    lent.refresh_from_db()
    assert (lent.state, lent.holder, repair.loan_chair) == (Chair.State.HANDED_OVER, repair.child, lent)
    assert following_up.is_lent(repair)
    depot = lent.events.in_order().first().depot
    repair = following_up.take_loan_back(repair, by=omar, depot=depot)
    lent.refresh_from_db()
    assert (lent.state, lent.depot, lent.holder) == (Chair.State.TO_DISINFECT, depot, None)
    assert [entry.act for entry in repair.history()][:2] == ["repair.loan_returned", "repair.chair_lent"]
    assert list(stocktaking.stock_faults()) == []
    with pytest.raises(following_up.NothingLent):
        following_up.take_loan_back(repair, by=omar, depot=depot)


def test_a_lent_chair_asks_for_no_follow_up_of_its_own(karim):
    repair = broken()
    before = lines(karim)
    following_up.lend_chair(repair, by=karim, chair=ChairFactory())
    assert lines(karim) == before


def test_only_an_available_chair_is_lent(omar):
    with pytest.raises(stocktaking.EventNotPossible):
        following_up.lend_chair(broken(), by=omar, chair=ChairFactory(used=True))
    with pytest.raises(stocktaking.EventNotPossible):
        following_up.lend_chair(broken(), by=omar, chair=AllocationFactory().chair)


def test_one_chair_is_lent_for_one_repair_that_is_still_open(omar):
    repair = following_up.lend_chair(broken(), by=omar, chair=ChairFactory())
    with pytest.raises(following_up.LoanStands):
        following_up.lend_chair(repair, by=omar, chair=ChairFactory())
    mended = following_up.finish_repair(broken(), by=omar)
    in_depot = following_up.report_breakdown(chair=ChairFactory(), by=omar, what="Pneu")
    for repair in (mended, in_depot):
        with pytest.raises(following_up.NobodyWaits):
            following_up.lend_chair(repair, by=omar, chair=ChairFactory())


def test_nothing_is_lent_to_a_child_who_is_no_longer_followed(omar):
    repair = broken()
    repair.child.status = "moved"
    repair.child.save()
    with pytest.raises(following_up.ChildNotFollowed):
        following_up.lend_chair(repair, by=omar, chair=ChairFactory())


# --- days without a chair --------------------------------------------------------------------------------------------


def lend(repair, *, since, until=None):
    """A chair lent some days ago and perhaps brought back, as the stock's events tell it."""
    chair = ChairFactory(by=repair.reported_by, happened_at=at(90))
    for kind, days, more in (
        ("reserved", since, {"child": repair.child}),
        ("handed_over", since, {"child": repair.child}),
        ("returned", until, {"depot": chair.depot}),
    ):
        if days is not None:
            stocktaking.append_event(chair, kind, by=repair.reported_by, happened_at=at(days), **more)
    Repair.objects.filter(pk=repair.pk).update(loan_chair=chair)
    repair.refresh_from_db()
    return repair


def at(days_ago):
    return timezone.now() - timedelta(days=days_ago)


def days_without(repair):
    return reporting.days_without_chairs([repair], TODAY)[repair.pk]


def test_days_count_from_the_breakdown_to_today_or_to_its_mending(omar):
    repair = broken(10)
    assert days_without(repair) == 10
    assert days_without(following_up.finish_repair(repair, by=omar, fixed_on=TODAY - timedelta(days=4))) == 6


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(7, None, 3), (7, 5, 8), (10, None, 0), (3, 1, 8)],
)
def test_days_with_a_lent_chair_do_not_count(since, until, expected):
    assert days_without(lend(broken(10), since=since, until=until)) == expected


def test_a_lent_chair_kept_after_the_mending_takes_nothing_off(omar):
    repair = lend(broken(10), since=6)
    assert days_without(following_up.finish_repair(repair, by=omar, fixed_on=TODAY - timedelta(days=5))) == 4


def test_days_end_when_the_chair_leaves_the_child(omar):
    repair = broken(10)
    chair = repair.chair
    depot = chair.events.in_order().first().depot
    stocktaking.record_chair_event(chair=chair, kind="returned", by=omar, depot=depot, happened_at=at(0))
    Repair.objects.filter(pk=repair.pk).update(broke_on=TODAY - timedelta(days=10))
    assert days_without(repair) == 10
    assert reporting.days_without_chairs([repair], TODAY + timedelta(days=30))[repair.pk] == 10


def report(**options):
    options = {"since": TODAY - timedelta(days=365), "small_counts": True} | options
    return reporting.repair_report(today=TODAY, **options)


def test_the_report_counts_by_the_childs_region(omar):
    following_up.finish_repair(broken(10), by=omar, fixed_on=TODAY - timedelta(days=4), cost_mad=120)
    lend(broken(10), since=7)
    broken(8, allocation__need__child__family=FamilyFactory(province=province("MA-TAR")))
    following_up.report_breakdown(chair=ChairFactory(), by=omar, what="Pneu")  # nobody was without a chair
    found = report()
    assert [(row.region.iso, row.broken, row.mended, row.lent, row.days, row.days_each) for row in found.regions] == [
        ("MA-06", 2, 1, 1, 9, 4),
        ("MA-09", 1, 0, 0, 8, 8),
    ]
    assert (found.regions[0].cost_mad, found.broken, found.days_each) == (120, 3, 6)


def test_a_breakdown_of_before_is_not_in_the_report():
    broken(10)
    assert report(since=TODAY - timedelta(days=9)).regions == []


def test_small_groups_are_not_shown_to_who_may_not_see_them():
    broken(10)
    found = report(small_counts=False)
    (row,) = found.regions
    assert (row.broken, row.days, row.days_each, row.cost_mad, found.broken, found.days_each) == (None,) * 6


@pytest.mark.parametrize("number", [1, 6])
def test_the_report_costs_the_same_with_many(django_assert_max_num_queries, number):
    for _row in range(number):
        lend(broken(10), since=5)
    with django_assert_max_num_queries(3):
        assert report().broken == number


# --- what a look finds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skin", "has_problem", "is_open"),
    [
        ("none", False, False),
        ("unknown", False, False),
        ("stage_1", True, False),
        ("stage_2", True, True),
        ("unstageable", True, True),
    ],
)
def test_what_is_seen_of_the_skin_says_whether_it_is_a_problem(samira, skin, has_problem, is_open):
    followup = following_up.record_followup(delivery=handed_over(20), by=samira, step="days_14", skin=skin)
    assert (followup.has_skin_problem, followup.has_open_wound) == (has_problem, is_open)


def test_a_chosen_reason_needs_no_words(samira):
    followup = following_up.record_followup(
        delivery=handed_over(20), by=samira, step="days_14", still_used=False, unused_because=["pain"]
    )
    assert [str(word) for word in followup.unused_words] == [str(FollowUp.Unused.PAIN.label)]


def test_measures_taken_at_a_look_are_a_measurement_and_renew_the_forecast(samira):
    delivery = handed_over(20)
    before = delivery.forecast.too_small_likely_on
    followup = following_up.record_followup(
        delivery=delivery, by=samira, step="days_14", taken={"seat_depth_left_mm": 362, "seat_depth_right_mm": 362}
    )
    measurement = followup.measurement
    assert (measurement.occasion, measurement.seat_depth_left_mm) == ("follow_up", 362)
    delivery.forecast.refresh_from_db()
    assert delivery.forecast.too_small_likely_on < before


def test_impossible_measures_leave_no_look_behind(samira):
    delivery = handed_over(20)
    with pytest.raises(measuring.MeasurementRefused):
        following_up.record_followup(delivery=delivery, by=samira, step="days_14", taken={"hip_width_mm": 28})
    assert not FollowUp.objects.exists()


def test_an_action_is_done_once(samira):
    followup = FollowUpFactory(action="Changer le pneu", action_due_on=TODAY - timedelta(days=1))
    assert followup.action_is_late
    followup = following_up.finish_action(followup, by=samira)
    assert (followup.action_done_on, followup.action_is_late) == (TODAY, False)
    assert not FollowUp.objects.with_open_action().exists()
    with pytest.raises(following_up.NothingToDo):
        following_up.finish_action(followup, by=samira)
    with pytest.raises(following_up.NothingToDo):
        following_up.finish_action(FollowUpFactory(), by=samira)


def test_a_closed_file_asks_for_nothing_more():
    followup = FollowUpFactory(action="Changer le pneu", action_due_on=TODAY)
    assert FollowUp.objects.with_open_action().count() == 1
    child = followup.delivery.allocation.need.child
    child.status = "deceased"
    child.save()
    assert not FollowUp.objects.with_open_action().exists()
