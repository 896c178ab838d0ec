"""Fairness: who waits how long, whose turn comes, and what stays hidden."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Need
from distributions import monitoring
from hajar.lib import counting
from tests.factories import ChildFactory, FamilyFactory, NeedFactory, province

pytestmark = pytest.mark.django_db


def asked(number, *, iso="MA-CAS", commune="", served=False, days=100, **child):
    today = timezone.localdate()
    ended = {"closed_on": today, "closing": "delivered"} if served else {}
    for _number in range(number):
        family = FamilyFactory(province=province(iso), commune=commune)
        NeedFactory(child=ChildFactory(family=family, requested_on=today - timedelta(days=days), **child), **ended)


def comparison(code, *, small_counts=True):
    tally, _rows = monitoring.tally(Need.objects.all())
    found = monitoring.fairness(tally, small_counts=small_counts)
    return {group.name: group for group in next(each for each in found if each.code == code).groups}


def test_waiting_and_served_are_counted_by_region_with_their_days():
    asked(3, days=50)
    asked(1, days=90)
    asked(2, served=True, days=200)
    asked(1, iso="MA-TAR", days=10)
    groups = comparison("region")
    casablanca = groups["Casablanca-Settat"]
    assert (casablanca.waiting, casablanca.served, casablanca.share) == (4, 2, 33)
    assert (casablanca.days_waiting, casablanca.days_served) == (50, 200)
    assert groups["Souss-Massa"].share == 0
    assert groups["Souss-Massa"].days_served is None


def test_what_was_closed_otherwise_or_long_ago_or_is_no_chair_counts_nowhere():
    asked(1)
    today = timezone.localdate()
    NeedFactory(closed_on=today, closing="declined")
    NeedFactory(closed_on=today - timedelta(days=800), closing="delivered")
    NeedFactory(purpose="repair")
    NeedFactory(child__status="moved")
    (group,) = comparison("region").values()
    assert (group.waiting, group.served) == (1, 0)


def test_girls_and_boys_and_ages_are_compared():
    today = timezone.localdate()
    asked(2, sex="F", born_on=today - timedelta(days=4 * 366))
    asked(1, sex="M", born_on=today - timedelta(days=13 * 366))
    assert sorted(group.waiting for group in comparison("sex").values()) == [1, 2]
    assert [group.waiting for group in comparison("age").values()] == [2, 1]


@pytest.mark.parametrize(
    ("iso", "commune", "where"),
    [
        ("MA-CAS", "", "town"),
        ("MA-TAR", "Taroudannt", "town"),
        ("MA-TAR", "تارودانت", "town"),
        ("MA-TAR", "Aoulouz", "country"),
        ("MA-TAR", "", None),
    ],
    ids=["a prefecture", "the seat", "the seat in Arabic", "a village", "not written down"],
)
def test_town_and_country_are_told_from_what_is_known(iso, commune, where):
    asked(1, iso=iso, commune=commune)
    groups = comparison("place")
    assert [name for name, group in groups.items() if group.waiting] == (
        [str(monitoring.PLACES[where])] if where else []
    )


def test_small_groups_are_hidden_and_cannot_be_had_by_subtraction():
    asked(2, sex="F")
    asked(9, sex="M")
    groups = list(comparison("sex", small_counts=False).values())
    assert [group.waiting for group in groups] == [None, None]
    assert all(group.days_waiting is None and group.share is None for group in groups)


def test_groups_of_five_are_shown():
    asked(5, sex="F")
    asked(6, sex="M", served=True)
    groups = list(comparison("sex", small_counts=False).values())
    assert [(group.waiting, group.served) for group in groups] == [(5, 0), (0, 6)]


def test_the_number_of_queries_does_not_grow():
    def count():
        with CaptureQueriesContext(connection) as queries:
            monitoring.fairness(monitoring.tally(Need.objects.all())[0], small_counts=False)
        return len(queries)

    asked(1)
    one = count()
    asked(15, iso="MA-TAR")
    assert count() == one <= 4


def test_an_observer_reads_the_page_without_small_groups(client, hind):
    asked(2)
    asked(7, iso="MA-TAR", served=True)
    client.force_login(hind)
    page = client.get(reverse("distributions:report_fairness"))
    assert page.context["is_masked"]
    assert page.status_code == 200


def test_a_coordinator_sees_all_groups_of_her_regions(client, karim):
    asked(2)
    client.force_login(karim)
    page = client.get(reverse("distributions:report_fairness"))
    (region, _chart) = page.context["comparisons"][0]
    assert [group.waiting for group in region.groups] == [2]


def test_the_page_says_that_nobody_asked_yet(client, karim):
    client.force_login(karim)
    assert client.get(reverse("distributions:report_fairness")).context["comparisons"] == []


@pytest.fixture
def large(monkeypatch):
    """A register that counts as a large one from its first row: what is counted is kept."""
    cache.clear()
    monkeypatch.setattr(counting, "KEPT_FROM", 1)


def waiting(client):
    (region, _chart), *_others = client.get(reverse("distributions:report_fairness")).context["comparisons"]
    return [group.waiting for group in region.groups]


def test_a_large_count_says_of_which_moment_it_is_until_somebody_counts_anew(client, karim, large):
    client.force_login(karim)
    asked(6)
    assert waiting(client) == [6]
    asked(1)
    address = reverse("distributions:report_fairness")
    page = client.get(address)
    assert page.context["counted"].is_kept
    assert 'href="?anew=1"' in page.text
    assert waiting(client) == [6]
    client.get(address, {"anew": "1"})
    assert waiting(client) == [7]


def test_a_kept_count_is_shown_to_nobody_who_may_not_see_those_regions(client, karim, youssef, large):
    asked(6)
    asked(7, iso="MA-TAR")
    client.force_login(karim)
    assert waiting(client) == [6, 7]
    client.force_login(youssef)
    assert waiting(client) == [7]


def test_a_kept_count_hides_small_groups_from_who_may_not_see_them(client, karim, hind, large):
    asked(6)
    asked(2, iso="MA-TAR")
    asked(9, iso="MA-FES")
    client.force_login(karim)
    assert 2 in waiting(client)
    client.force_login(hind)
    assert 2 not in waiting(client)
