"""What follows from values alone is kept under all of them: never old, the same name in every process."""

import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache

from hajar.lib import keeping

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Body:
    width: int | None = None
    supports: frozenset[str] = frozenset()
    mass: Decimal | None = None


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


def test_the_same_is_worked_out_once():
    assert keeping.kept("plan", [Body(1)], lambda: ["worked out"]) == ["worked out"]
    assert keeping.kept("plan", [Body(1)], lambda: pytest.fail("worked out twice")) == ["worked out"]


def test_nothing_found_is_kept_as_well():
    keeping.kept("plan", [], list)
    assert keeping.kept("plan", [], lambda: pytest.fail("worked out twice")) == []


@pytest.mark.parametrize(
    ("name", "follows_from"),
    [
        ("other", [Body(1), date(2026, 1, 1)]),
        ("plan", [Body(2), date(2026, 1, 1)]),
        ("plan", [Body(1, frozenset({"tray"})), date(2026, 1, 1)]),
        ("plan", [Body(1, mass=Decimal("1.0")), date(2026, 1, 1)]),
        ("plan", [Body(1), date(2026, 1, 2)]),
        ("plan", [date(2026, 1, 1), Body(1)]),
        ("plan", [[Body(1)], date(2026, 1, 1)]),
        ("plan", [Body(1)]),
    ],
)
def test_whatever_differs_is_worked_out_anew(name, follows_from):
    keeping.kept("plan", [Body(1), date(2026, 1, 1)], lambda: "before")
    assert keeping.kept(name, follows_from, lambda: "now") == "now"


def test_what_does_not_say_all_that_it_is_made_of_is_no_part_of_a_name():
    with pytest.raises(TypeError, match="object"):
        keeping.kept("plan", [object()], list)


def test_who_asks_for_it_anew_gets_it_and_leaves_alone_what_is_kept():
    keeping.kept("plan", [], lambda: "before")
    assert keeping.kept("plan", [], lambda: "now", anew=True) == "now"
    assert keeping.kept("plan", [], lambda: pytest.fail("worked out twice")) == "before"


def test_the_name_is_the_same_in_every_process():
    tell = "from hajar.lib.keeping import fingerprint; print(fingerprint(frozenset({'tray', 'headrest', 'cushion'})))"
    told = {
        subprocess.run(
            [sys.executable, "-c", tell], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in "123"
    }
    assert len(told) == 1
