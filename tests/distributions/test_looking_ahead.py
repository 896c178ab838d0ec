"""The day of the next look, beside each hand-over, is what the calendar says, whoever wrote what."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from beneficiaries import closing, merging, registration, unmerging
from beneficiaries.models import Child
from distributions import following_up, looking_ahead, stocktaking
from distributions.models import Delivery, FollowUp
from tests.factories import ChildFactory, DeliveryFactory, FollowUpFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def handed_over(days: int = 20, **options) -> Delivery:
    return DeliveryFactory(handed_over_on=TODAY - timedelta(days=days), **options)


def next_look(delivery: Delivery):
    return Delivery.objects.values_list("next_look_on", flat=True).get(pk=delivery.pk)


def faults() -> list:
    return list(looking_ahead.look_faults(Delivery.objects.all()))


def the_child(delivery: Delivery) -> Child:
    return Child.objects.get(pk=delivery.allocation.need.child_id)


def test_a_hand_over_has_its_day_at_once_and_a_failed_attempt_has_none():
    assert next_look(handed_over(3)) == TODAY + timedelta(days=11)
    assert next_look(DeliveryFactory(outcome="not_at_home")) is None
    assert faults() == []


def test_a_look_moves_it(samira):
    delivery = handed_over(20)
    following_up.record_followup(delivery=delivery, by=samira, step="days_14")
    assert next_look(delivery) == delivery.handed_over_on + timedelta(days=42)
    assert faults() == []


def test_a_chair_that_came_back_has_none_and_has_one_again_when_that_was_a_mistake(omar):
    delivery = handed_over()
    before, chair = next_look(delivery), delivery.allocation.chair
    depot = chair.events.in_order().first().depot
    event = stocktaking.record_chair_event(chair=chair, kind="returned", by=omar, depot=depot)
    assert next_look(delivery) is None
    stocktaking.correct_event(event, by=omar, note="Le fauteuil est resté chez l'enfant")
    assert next_look(delivery) == before
    assert faults() == []


@pytest.mark.parametrize("status", ["moved", "of_age", "closed"])
def test_a_closed_file_has_none_and_an_opened_one_has_it_again(karim, status):
    delivery = handed_over()
    before = next_look(delivery)
    closing.change_status(the_child(delivery), by=karim, status=status, note="Parti à l'étranger")
    assert next_look(delivery) is None
    closing.change_status(the_child(delivery), by=karim, status="active", note="Revenu")
    assert next_look(delivery) == before
    assert faults() == []


def test_a_corrected_birth_or_sex_brings_another_day(karim):
    delivery = handed_over(60, allocation__need__child__sex="F", allocation__need__child__born_on=years_ago(8))
    for step, day in (("days_14", 14), ("days_42", 42)):
        FollowUpFactory(delivery=delivery, step=step, done_on=delivery.handed_over_on + timedelta(days=day))
    before = next_look(delivery)
    registration.correct_child(the_child(delivery), by=karim, born_on=years_ago(12))
    girl_of_twelve = next_look(delivery)
    assert girl_of_twelve < before
    assert faults() == []
    registration.correct_child(the_child(delivery), by=karim, sex="M", born_on=years_ago(11))
    assert faults() == []


def test_two_files_that_become_one_and_two_again(karim):
    delivery = handed_over(60, allocation__need__child__born_on=years_ago(8))
    gone, kept = the_child(delivery), ChildFactory(born_on=years_ago(4))
    merge = merging.merge_children(kept, gone, by=karim, choices={}, confirmed=True)
    assert faults() == []
    unmerging.take_back(merge, by=karim, reason="Deux enfants")
    assert faults() == []


def years_ago(years: int):
    return TODAY.replace(year=TODAY.year - years, day=min(TODAY.day, 28))


def test_a_look_that_slipped_past_its_activity_is_found_and_mended():
    """A fault planted in the house: a row written behind the activities' back."""
    delivery = handed_over(20)
    volunteer = delivery.volunteer
    FollowUp.objects.create(delivery=delivery, step="days_14", done_on=TODAY, done_by=volunteer)
    (fault,) = faults()
    assert (fault.delivery, fault.stored) == (delivery.pk, delivery.handed_over_on + timedelta(days=14))
    with pytest.raises(CommandError, match="beside 1 hand-over"):
        call_command("refresh_forecasts", "--check")
    call_command("refresh_forecasts")
    assert next_look(delivery) == fault.computed
    call_command("refresh_forecasts", "--check")


def test_the_day_of_a_chair_that_is_gone_is_found_and_taken_away():
    delivery = handed_over(20)
    type(delivery.allocation.chair).objects.filter(pk=delivery.allocation.chair_id).update(holder=None)
    assert [fault.computed for fault in faults()] == [None]
    call_command("refresh_forecasts")
    assert next_look(delivery) is None
