from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from beneficiaries import assessing, closing, measuring
from beneficiaries.models import Measurement
from distributions import cataloguing, choosing, forecasting, growth, stocktaking
from distributions.models import Chair, Delivery, Forecast, Prescription
from tests.factories import (
    AllocationFactory,
    AssessmentFactory,
    ChairFactory,
    ChairModelFactory,
    ChildFactory,
    DeliveryFactory,
    NeedFactory,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def handed_over(days=20, **options):
    return DeliveryFactory(handed_over_on=TODAY - timedelta(days=days), **options)


def without(*measures) -> dict:
    """A hand-over to a child of whom these measures were not taken."""
    return {f"allocation__need__assessment__{name}": None for name in measures}


def kept(delivery) -> Forecast:
    return Forecast.objects.get(delivery=delivery)


def values(forecast) -> dict:
    return {name: getattr(forecast, name) for name in forecasting.KEPT}


# --- when it is renewed ---------------------------------------------------------------------------------------------


def test_a_hand_over_is_foretold_at_once():
    delivery = handed_over()
    forecast = kept(delivery)
    assert (forecast.rule_version, forecast.measured_on) == ("GROW-1.0", TODAY)
    assert TODAY < forecast.good_fit_likely_on <= forecast.too_small_likely_on
    assert forecast.too_small_early_on < forecast.too_small_likely_on
    assert forecast.too_small_late_on is None  # with slow growth it lasts until she is 18
    assert list(forecasting.forecast_faults()) == []


def test_it_says_what_the_rule_says():
    delivery = handed_over()
    need, chair = delivery.allocation.need, delivery.allocation.chair
    subject = choosing.subject_of(need)
    found = growth.outgrow(subject.trajectory, choosing.limits_of(choosing.seat_of(chair.model), subject.body))
    forecast = kept(delivery)
    assert forecast.too_small_likely_on == found.day(found.too_small.likely)
    assert forecast.good_fit_early_on == found.day(found.good_fit.early)
    assert set(forecast.limiting.split("+")) <= set(found.limiting_too_small.split("+"))


def test_an_attempt_that_failed_is_not_foretold():
    DeliveryFactory(outcome="not_at_home")
    assert not Forecast.objects.exists()


def test_a_measurement_renews_it_and_its_taking_back_too(samira):
    delivery = handed_over()
    before = values(kept(delivery))
    child = delivery.allocation.need.child
    measurement = measuring.record_measurement(
        child=child, by=samira, measured_on=TODAY, seat_depth_left_mm=360, seat_depth_right_mm=362
    )
    after = values(kept(delivery))
    assert after["too_small_likely_on"] < before["too_small_likely_on"]
    assert list(forecasting.forecast_faults()) == []
    measuring.take_back_measurement(measurement, by=samira, why="Erreur de ruban")
    assert values(kept(delivery)) == before


def test_an_assessment_renews_it(samira):
    delivery = handed_over()
    before = kept(delivery).too_small_likely_on
    draft = AssessmentFactory(
        child=delivery.allocation.need.child, assessor=samira, seat_depth_left_mm=375, seat_depth_right_mm=375
    )
    draft.refresh_from_db()
    assessing.complete_assessment(draft, by=samira, confirmed=[doubt.key for doubt in assessing.doubts_about(draft)])
    assert kept(delivery).too_small_likely_on < before
    assert list(forecasting.forecast_faults()) == []


def test_correcting_the_chair_or_its_model_renews_it(omar):
    delivery = handed_over()
    before = kept(delivery).too_small_likely_on
    chair = delivery.allocation.chair
    cataloguing.correct_model(chair.model, by=omar, seat_depth_max_mm=300)
    assert kept(delivery).too_small_likely_on < before
    smaller = kept(delivery).too_small_likely_on
    stocktaking.correct_chair(chair, by=omar, model=ChairModelFactory(seat_depth_max_mm=330))
    assert kept(delivery).too_small_likely_on > smaller
    assert list(forecasting.forecast_faults()) == []


def test_what_was_not_measured_is_named_and_a_date_is_not_invented():
    forecast = kept(
        handed_over(**without("seat_depth_left_mm", "seat_depth_right_mm", "calf_left_mm", "calf_right_mm"))
    )
    assert (forecast.is_known, forecast.too_small_likely_on) == (False, None)
    assert set(forecast.not_evaluated) >= {"depth", "footrest"}


def test_without_any_measure_there_is_no_forecast_and_that_is_no_fault():
    handed_over(**without(*measuring.GROWING, "height_cm"))
    assert not Forecast.objects.exists()
    assert list(forecasting.forecast_faults()) == []


# --- what is kept is what the rule says -----------------------------------------------------------------------------


def test_a_kept_forecast_that_is_wrong_is_found():
    delivery = handed_over()
    Forecast.objects.update(too_small_likely_on=TODAY, limiting="width")
    faults = {(fault.delivery, fault.field) for fault in forecasting.forecast_faults()}
    assert faults == {(delivery.pk, "too_small_likely_on"), (delivery.pk, "limiting")}
    with pytest.raises(CommandError, match="2 places"):
        call_command("refresh_forecasts", "--check")
    call_command("refresh_forecasts")
    call_command("refresh_forecasts", "--check")


def test_one_that_is_missing_or_left_over_is_found():
    lost, returned = handed_over(), handed_over()
    Forecast.objects.filter(delivery=lost).delete()
    Chair.objects.filter(pk=returned.allocation.chair_id).update(holder=None)  # behind the activities' back
    assert {(fault.delivery, fault.field) for fault in forecasting.forecast_faults()} == {
        (lost.pk, "row"),
        (returned.pk, "row"),
    }
    assert forecasting.refresh_forecasts() == 1
    assert [each.delivery for each in Forecast.objects.all()] == [lost]


def test_a_chair_that_comes_back_takes_its_forecast_with_it(omar):
    delivery = handed_over()
    chair = delivery.allocation.chair
    depot = chair.events.in_order().first().depot
    event = stocktaking.record_chair_event(chair=chair, kind="returned", by=omar, depot=depot)
    assert not Forecast.objects.exists()
    stocktaking.correct_event(event, by=omar, note="Le fauteuil est resté chez l'enfant")
    assert kept(delivery).too_small_likely_on > TODAY
    assert list(forecasting.forecast_faults()) == []


def test_a_file_that_was_closed_and_opened_again_has_the_right_forecast(karim, omar):
    delivery = handed_over()
    child = delivery.allocation.need.child
    closing.change_status(child, by=karim, status="moved")
    cataloguing.correct_model(delivery.allocation.chair.model, by=omar, seat_depth_max_mm=300)
    closing.change_status(child, by=karim, status="active")
    assert list(forecasting.forecast_faults()) == []


def test_a_measurement_that_slipped_past_the_hook_is_found():
    """A fault planted in the house: a row written without its activity."""
    delivery = handed_over()
    Measurement.objects.create(
        child=delivery.allocation.need.child,
        measured_by=delivery.volunteer,
        seat_depth_left_mm=365,
        seat_depth_right_mm=365,
    )
    assert {fault.delivery for fault in forecasting.forecast_faults()} == {delivery.pk}


@pytest.mark.parametrize("number", [1, 8])
def test_renewing_many_costs_the_same_few_queries(django_assert_max_num_queries, number):
    for _row in range(number):
        handed_over()
    with django_assert_max_num_queries(14):
        assert forecasting.refresh_forecasts() == number


def test_forecasts_of_closed_files_and_returned_chairs_are_not_current():
    delivery = handed_over()
    assert Forecast.objects.current().count() == 1
    child = delivery.allocation.need.child
    child.status = "moved"
    child.save()
    assert Forecast.objects.current().count() == 0


# --- what will be needed --------------------------------------------------------------------------------------------


def sizes(rows):
    return [(wanted.size.width, wanted.size.depth, wanted.number) for wanted in rows]


def test_who_waits_without_a_chair_that_fits_is_counted_by_size():
    NeedFactory()
    NeedFactory(is_urgent=True, urgent_since=TODAY)
    found = forecasting.purchases()
    (wanted,) = found.waiting
    assert (wanted.size.width, wanted.size.depth) == ((240, 280), (300, 360))
    assert (wanted.size.posture, wanted.number, wanted.urgent, wanted.models) == ("intermediate", 2, 1, [])
    assert [(order.model, order.now) for order in found.orders] == [(None, 2)]


def test_a_chair_in_stock_serves_one_child_only():
    first, second = NeedFactory(rank_score=90), NeedFactory(rank_score=60)
    chair = ChairFactory()
    found = forecasting.purchases()
    assert found.in_stock == 1
    assert [each.child for wanted in found.waiting for each in wanted.children] == [second.child]
    assert found.orders[0].model == chair.model
    assert first.child not in [each.child for wanted in found.waiting for each in wanted.children]


def test_as_many_as_possible_are_served():
    """The first in the queue takes the chair that only suits her, not the only one that suits the other."""
    wide = AssessmentFactory(complete=True, hip_width_mm=300)
    NeedFactory(child=wide.child, assessment=wide, rank_score=90)
    NeedFactory(rank_score=60)
    both = ChairModelFactory(seat_width_min_mm=260, seat_width_max_mm=320)
    only_wide = ChairModelFactory(seat_width_min_mm=310, seat_width_max_mm=330)
    ChairFactory(model=both)
    ChairFactory(model=only_wide)
    assert forecasting.purchases().in_stock == 2


def test_who_has_a_promised_chair_or_is_not_followed_is_not_counted():
    AllocationFactory()
    NeedFactory(child__status="moved")
    assert forecasting.purchases().number == 0


def test_who_was_not_measured_is_named_apart():
    need = NeedFactory(assessment__hip_width_mm=None)
    found = forecasting.purchases()
    assert (found.to_measure, found.number) == ((need.child,), 0)


@pytest.mark.parametrize(
    ("in_days", "expected"), [(-30, (1, 0)), (10, (1, 0)), (170, (1, 0)), (200, (0, 1)), (360, (0, 1)), (400, (0, 0))]
)
def test_who_will_outgrow_a_chair_is_counted_by_when(in_days, expected):
    handed_over()
    Forecast.objects.update(too_small_likely_on=TODAY + timedelta(days=in_days))
    found = forecasting.purchases(TODAY)
    assert tuple(sum(wanted.number for wanted in later) for _months, later in found.outgrowing) == expected


def test_the_next_chair_is_chosen_for_the_body_of_that_day():
    delivery = handed_over()
    ChairModelFactory(name="Grand", seat_depth_min_mm=300, seat_depth_max_mm=420, user_mass_max_kg=Decimal(70))
    Forecast.objects.update(too_small_likely_on=TODAY + timedelta(days=350))
    (_six, none), (_twelve, (wanted,)) = forecasting.purchases(TODAY).outgrowing
    assert none == ()
    assert wanted.size.depth == (300, 360)
    (each,) = wanted.children
    assert each.child == delivery.allocation.need.child
    assert each.model is not None


def test_who_waits_again_is_counted_once():
    child = handed_over().allocation.need.child
    Forecast.objects.update(too_small_likely_on=TODAY)
    assert forecasting.purchases(TODAY).number == 1
    NeedFactory(child=child)
    found = forecasting.purchases(TODAY)
    assert (found.number, sizes(found.waiting)) == (1, [((240, 280), (300, 360), 1)])


def test_the_prescription_counts():
    need = NeedFactory()
    Prescription.objects.create(
        need=need, prescribed_by=need.assessment.assessor, category="tilt_in_space", posture_class="complex"
    )
    (wanted,) = forecasting.purchases().waiting
    assert wanted.size.posture == "complex"


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_costs_the_same_with_many(client, karim, django_assert_max_num_queries, number):
    for place in range(number):
        ChairFactory()
        NeedFactory()
        handed_over(20 + place)
    NeedFactory()
    Forecast.objects.update(too_small_likely_on=TODAY + timedelta(days=100))
    client.force_login(karim)
    with django_assert_max_num_queries(20):
        answer = client.get("/chairs/needed/")
    assert sum(wanted.number for wanted in answer.context["sections"][1]["sizes"]) == number


def test_names_are_for_who_may_read_them(client, samira, omar, youssef):
    need = NeedFactory(child=ChildFactory(given_name_latin="Zoubida"))
    for user, sees in ((samira, True), (youssef, False), (omar, False)):
        client.force_login(user)
        answer = client.get("/chairs/needed/")
        assert answer.context["purchases"].number == 1
        assert (need.child.get_absolute_url() in answer.content.decode()) is sees


def test_deliveries_still_with_their_child_are_those_that_count():
    delivery = handed_over()
    assert list(Delivery.objects.still_with_child()) == [delivery]
