"""A crowd must be such as the activities would have left it: else what is measured with it means nothing."""

import pytest

from beneficiaries import searching
from beneficiaries.models import Child, Guardian, NameKey, Need
from distributions import following_up, stocktaking
from distributions.models import Allocation, Chair, Delivery
from hajar.demo import crowd
from hajar.journal import recording
from hajar.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def gathered(karim, nadia, driss):
    crowd.gather(400, by=karim, approver=nadia, volunteer=driss, say=lambda words: None)


def test_its_size_is_as_asked_and_the_rest_in_proportion(gathered):
    assert Child.objects.count() == 400
    assert Need.objects.open().count() == 40
    assert Delivery.objects.delivered().count() == 32
    assert Chair.objects.count() == 32 + 4 + 12
    assert Allocation.objects.live().count() == 4
    assert Entry.objects.count() > 1000


def test_its_journal_is_whole(gathered):
    assert list(recording.faults()) == []


def test_its_stock_is_the_replay_of_its_events(gathered):
    assert list(stocktaking.stock_faults()) == []


def test_its_people_are_found_by_their_names(gathered, karim):
    child = Child.objects.exclude(given_name_latin="").order_by("number")[7]
    found = searching.find_children(Child.objects.visible_to(karim), searching.understand(child.full_name_latin))
    assert child in found
    for person in [*Child.objects.all()[:50], *Guardian.objects.all()[:50]]:
        stored = set(NameKey.objects.filter(**{NameKey.owner_field(person): person}).values_list("key", flat=True))
        assert stored == person.computed_keys()
    assert not Child.objects.all().rebuild_keys()
    assert not Guardian.objects.all().rebuild_keys()  # the keys of their phones, too


def test_its_follow_ups_are_due(gathered, karim):
    assert following_up.due(karim).exists()


def test_a_second_crowd_joins_the_first(gathered, karim, nadia, driss):
    crowd.gather(100, by=karim, approver=nadia, volunteer=driss, say=lambda words: None)
    assert Child.objects.count() == 500
    assert list(recording.faults()) == []
