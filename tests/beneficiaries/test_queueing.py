"""The census: who stood first, once a day, never changed."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from beneficiaries import queueing
from beneficiaries.models import Census
from hajar.journal.models import Entry
from tests.factories import ChildFactory, NeedFactory

pytestmark = pytest.mark.django_db


def need_of(points, **more):
    return NeedFactory(child=ChildFactory(), score_low=points, score_high=points, **more)


def test_the_census_keeps_who_stood_first_in_the_order_of_the_queue(karim):
    low, high = need_of(30), need_of(90)
    urgent = need_of(10, is_urgent=True, urgent_since=timezone.localdate())
    census = queueing.take_census(by=karim)
    assert [line["need"] for line in census.first] == [str(need.pk) for need in (urgent, high, low)]
    assert census.first[0] == {
        "place": 1,
        "need": str(urgent.pk),
        "reference": urgent.child.reference,
        "points": 11,
        "urgent": True,
        "days": 100,
    }
    assert (census.waiting, census.urgent, census.incomplete) == (3, 1, 0)


def test_a_day_has_one_census_however_often_it_is_asked_for():
    need_of(30)
    first = queueing.take_census()
    need_of(90)
    assert queueing.take_census(timezone.localdate()) == first
    assert queueing.take_census().waiting == 1
    assert Entry.objects.filter(act="census.taken").count() == 1


def test_another_days_list_is_gone():
    with pytest.raises(ValueError, match="today"):
        queueing.take_census(timezone.localdate() - timedelta(days=1))


def test_only_the_first_are_kept(monkeypatch):
    monkeypatch.setattr(queueing, "KEPT", 2)
    for points in (10, 20, 30):
        need_of(points)
    census = queueing.take_census()
    assert len(census.first) == 2
    assert census.waiting == 3


def test_no_name_is_in_a_census():
    need = need_of(30)
    assert need.child.family_name_latin not in str(queueing.take_census().first)


def test_a_census_is_never_edited():
    census = queueing.take_census()
    census.waiting = 99
    with pytest.raises(DatabaseError), transaction.atomic():
        census.save()


def test_the_timetable_takes_it(capsys):
    need_of(30)
    call_command("take_census")
    call_command("take_census")
    assert Census.objects.get().waiting == 1


def test_the_page_lists_the_censuses(client, karim, django_assert_max_num_queries):
    need = need_of(30)
    queueing.take_census()
    client.force_login(karim)
    with django_assert_max_num_queries(8):
        page = client.get(reverse("beneficiaries:need_census"))
    assert need.child.reference in page.content.decode()


def test_the_page_without_a_census_says_when_one_comes(client, karim):
    client.force_login(karim)
    assert client.get(reverse("beneficiaries:need_census")).status_code == 200
