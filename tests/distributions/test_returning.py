from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries import closing
from distributions import returning
from distributions.models import ReturnOffer
from hajar.journal.models import Entry
from tests.factories import AllocationFactory, DeliveryFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(karim, driss):
    """A chair that stayed with a bereaved family."""
    allocation = AllocationFactory(loaded=True, volunteer=driss)
    DeliveryFactory(allocation=allocation, handed_over_on=timezone.localdate() - timedelta(days=90))
    closing.close_child(allocation.need.child, by=karim, status="deceased", confirmed=True)
    allocation.chair.refresh_from_db()
    return allocation.chair


def later(days: int):
    return timezone.localdate() + timedelta(days=days)


def url(chair):
    return reverse("distributions:return_offer_answer", args=[chair.pk])


def test_what_a_family_keeps_is_never_spoken_of_again(left, karim):
    returning.answer(left, by=karim, answer="keeps")
    assert returning.offers(karim, later(400)) == []
    assert Entry.objects.latest_first().first().act == "return_offer.answered"


def test_what_is_put_off_comes_back_on_its_day_and_not_before(left, karim):
    returning.answer(left, by=karim, answer="later", ask_again_on=later(100), note="Après le ramadan")
    assert returning.offers(karim, later(99)) == []
    (offer,) = returning.offers(karim, later(100))
    assert offer.put_off.note == "Après le ramadan"


def test_an_answer_may_be_changed(left, karim):
    returning.answer(left, by=karim, answer="keeps")
    returning.answer(left, by=karim, answer="returns")
    assert ReturnOffer.objects.get().answer == "returns"


def test_not_now_needs_a_day_to_come(left, karim, client):
    with pytest.raises(returning.DayMissing):
        returning.answer(left, by=karim, answer="later", ask_again_on=timezone.localdate())
    client.force_login(karim)
    page = client.post(url(left), {"answer": "later", "ask_again_on": "01/01/2020", "note": "tapé"})
    assert (page.status_code, "tapé" in page.content.decode()) == (422, True)
    assert page.context["form"].errors["ask_again_on"]
    assert not ReturnOffer.objects.exists()


def test_a_living_childs_chair_is_nobodys_offer(karim, driss, client):
    allocation = AllocationFactory(loaded=True, volunteer=driss)
    DeliveryFactory(allocation=allocation)
    allocation.chair.refresh_from_db()
    with pytest.raises(returning.NotBereaved):
        returning.answer(allocation.chair, by=karim, answer="keeps")
    client.force_login(karim)
    assert client.get(url(allocation.chair)).status_code == 404


def test_a_coordinator_writes_what_the_family_wishes(left, karim, client):
    client.force_login(karim)
    assert client.get(url(left)).status_code == 200
    assert (
        client.post(url(left), {"answer": "returns", "ask_again_on": "nonsense"}).url == left.holder.get_absolute_url()
    )
    assert ReturnOffer.objects.get().answered_by == karim


def test_the_list_takes_as_many_queries_with_many_chairs(left, karim, driss, client, django_assert_max_num_queries):
    for _number in range(15):
        allocation = AllocationFactory(loaded=True, volunteer=driss)
        DeliveryFactory(allocation=allocation, handed_over_on=timezone.localdate() - timedelta(days=90))
        closing.close_child(allocation.need.child, by=karim, status="deceased", confirmed=True)
    with django_assert_max_num_queries(5):
        assert len(returning.offers(karim, later(60))) == 16


def test_another_regions_chairs_are_not_offered_here(karim, driss, person):
    allocation = AllocationFactory(need__child__family__province=province("MA-TAR"), loaded=True, volunteer=driss)
    DeliveryFactory(allocation=allocation)
    closing.close_child(allocation.need.child, by=karim, status="deceased", confirmed=True)
    assert len(returning.offers(karim, later(60))) == 1
    assert returning.offers(person("Naima", "coordinator", "MA-06"), later(60)) == []
