"""Counts of a whole register, kept for a while and shown with the moment at which they were made.

A report says what is in the register now. Where that takes a walk through a hundred thousand rows, the count is kept
for an hour, the page says of which moment it is, and whoever wants to know counts anew. A small register is counted
each time: what is quick is never old.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.core.cache import cache
from django.utils import timezone

from hajar.lib import keeping

T = TypeVar("T")

KEPT_FOR = 60 * 60  # seconds
KEPT_FROM = 5_000  # rows: fewer are counted before anybody notices


@dataclass(frozen=True)
class Counted(Generic[T]):
    """What was counted, and when; `is_kept` where somebody may ask how old it is."""

    value: T
    at: datetime
    is_kept: bool


def counted(name: str, of: str, count: Callable[[], tuple[T, int]], *, anew: bool = False) -> Counted[T]:
    """The count called `name` of what `of` says, made now or within the last hour of today.

    `of` must name everything on which the count depends beside the register: above all whose rows may be counted.
    `count` gives the value, of plain numbers and words, and how many rows it took. `anew`: do not take a kept one.
    """
    now = timezone.now()
    key = f"counted.{keeping.fingerprint([name, of, timezone.localdate(now)])}"
    if not anew and (kept := cache.get(key)):
        value, at = kept
        return Counted(value, at, is_kept=True)
    value, rows = count()
    is_kept = rows >= KEPT_FROM
    if is_kept:
        cache.set(key, (value, now), KEPT_FOR)
    return Counted(value, now, is_kept)
