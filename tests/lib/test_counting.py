"""Counts that are kept a while: what keeps two apart, when they end, and that small ones are made each time."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from hajar.lib import counting
from hajar.lib.counting import KEPT_FROM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def register():
    """So many rows; each time that they are counted there is one more."""
    rows = iter(range(KEPT_FROM, KEPT_FROM + 9))

    def count():
        number = next(rows)
        return number, number

    return count


def test_a_large_count_is_made_once_and_says_when(register):
    first = counting.counted("register", "all", register)
    again = counting.counted("register", "all", register)
    assert (again.value, again.at, again.is_kept) == (first.value, first.at, True)


def test_a_small_count_is_made_each_time():
    numbers = iter([KEPT_FROM - 1, KEPT_FROM - 2])
    found = [counting.counted("register", "all", lambda: (next(numbers), KEPT_FROM - 1)) for _turn in range(2)]
    assert [(each.value, each.is_kept) for each in found] == [(KEPT_FROM - 1, False), (KEPT_FROM - 2, False)]


def test_it_is_counted_anew_when_somebody_asks_and_that_is_kept(register):
    counting.counted("register", "all", register)
    asked = counting.counted("register", "all", register, anew=True)
    assert asked.value == KEPT_FROM + 1
    assert counting.counted("register", "all", register).at == asked.at


@pytest.mark.parametrize(("name", "of"), [("register", "6"), ("register", "6,9"), ("fairness", "all")])
def test_counts_of_something_else_are_kept_apart(register, name, of):
    counting.counted("register", "all", register)
    assert counting.counted(name, of, register).value == KEPT_FROM + 1


def test_after_an_hour_it_is_counted_anew(register, monkeypatch):
    monkeypatch.setattr(counting, "KEPT_FOR", 0)
    counting.counted("register", "all", register)
    assert counting.counted("register", "all", register).value == KEPT_FROM + 1


def test_after_midnight_it_is_counted_anew(register, monkeypatch):
    evening = timezone.localtime().replace(hour=23, minute=50)
    for moment, expected in ((evening, 0), (evening + timedelta(minutes=5), 0), (evening + timedelta(minutes=11), 1)):
        monkeypatch.setattr(counting.timezone, "now", lambda moment=moment: moment)
        assert counting.counted("register", "all", register).value == KEPT_FROM + expected
