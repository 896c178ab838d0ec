"""The protocol is pure and cannot look at the models: here they are held against each other."""

from typing import get_args

import pytest

from distributions import protocol
from distributions.models import Delivery


def test_the_checks_are_those_of_a_delivery():
    assert get_args(protocol.Check) == Delivery.CHECKS
    assert set(get_args(protocol.Answer)) == {*Delivery.Check.values, ""}


@pytest.mark.parametrize(("name", "field"), [("Name", "receiver_name"), ("Sentence", "reason"), ("Account", "note")])
def test_what_may_be_said_fits_its_column(name, field):
    (limit,) = getattr(protocol, name).__metadata__[-1].metadata
    assert limit.max_length == Delivery._meta.get_field(field).max_length


def test_what_a_database_cannot_hold_is_found_at_any_place():
    assert protocol.is_plain({"a": [1, "ع", None, True, 1.5]})
    for odd in ("\0", "\ud800", float("nan"), float("inf")):
        assert not protocol.is_plain({"a": [odd]})
    assert not protocol.is_plain({"\0": 1})
    assert not protocol.is_plain([[[[[[[[1]]]]]]]])
