"""A row whose neighbour changes while somebody waits for it: a need that moves to another file."""

import time

import pytest
from django.db import connection, transaction

from beneficiaries.models import Need
from hajar.lib.locking import hold
from tests.factories import ChildFactory, NeedFactory
from tests.racing import meeting, race

pytestmark = pytest.mark.django_db(transaction=True)


def read_while_it_moves(need, child, read):
    """What `read` makes of the need when it has to wait for whoever gives it to another child."""
    is_held = meeting(2)

    @transaction.atomic
    def move():
        row = Need.objects.select_for_update().get(pk=need.pk)
        row.child = child
        row.save(update_fields=["child"])
        is_held.wait()
        time.sleep(0.5)  # the reader stands at the lock by now

    @transaction.atomic
    def look():
        return read(Need.objects.filter(pk=need.pk).select_related("child"))

    def act(index):
        if index == 0:
            return move()
        is_held.wait()
        return look()

    return race(2, act)[1]


def test_a_row_that_was_given_another_neighbour_meanwhile_is_read_with_the_new_one():
    need, child = NeedFactory(), ChildFactory()
    seen = read_while_it_moves(need, child, lambda rows: hold(rows).get())
    assert (seen, seen.child) == (need, child)


def test_joining_in_the_locking_query_would_lose_it():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time: the reader begins when the need has moved")
    need, child = NeedFactory(), ChildFactory()
    seen = read_while_it_moves(need, child, lambda rows: rows.select_for_update(of=("self",), no_key=True).get())
    assert isinstance(seen, Need.DoesNotExist)


def test_rows_are_held_in_the_order_of_their_keys_and_without_any_nothing_is():
    needs = sorted((NeedFactory() for _number in range(3)), key=lambda need: need.pk)
    with transaction.atomic():
        assert list(hold(Need.objects.order_by("-pk"))) == needs
        assert list(hold(Need.objects.none())) == []
