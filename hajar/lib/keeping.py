"""What takes long to work out and follows from values alone is kept under all of them.

Nothing that is kept can be old: whatever it follows from is part of its name, so that after any change it is not found,
and is worked out anew. It is forgotten after a day in any case.
"""

import hashlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import Any, TypeVar
from uuid import UUID

from django.core.cache import cache

T = TypeVar("T")

KEPT_FOR = 24 * 60 * 60  # seconds
PLAIN = (str, int, float, Decimal, date, UUID, NoneType)


def kept(name: str, follows_from: Any, work_out: Callable[[], T], *, anew: bool = False) -> T:
    """What `work_out` gives, from the cache where it was worked out from the same before.

    `follows_from`: everything that the result depends on, as plain values, containers of them, and dataclasses of
    them. `anew`: work it out and leave what is kept alone, as before a decision that rests on it.
    """
    if anew:
        return work_out()
    key = f"{name}.{fingerprint(follows_from)}"
    found = cache.get(key)
    if found is None:
        found = work_out()
        cache.set(key, found, KEPT_FOR)
    return found


def fingerprint(value: Any) -> str:
    """The same for equal values in every process; sets have no order, so they are told in one."""
    return hashlib.sha256(repr(_told(value)).encode()).hexdigest()


def _told(value: Any) -> Any:
    if isinstance(value, PLAIN):
        return value
    if is_dataclass(value):
        return [_told(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, list | tuple):
        return [*map(_told, value)]
    if isinstance(value, dict):
        return [(_told(key), _told(each)) for key, each in value.items()]
    if isinstance(value, set | frozenset):
        return ("set", *sorted(map(repr, map(_told, value))))
    raise TypeError(f"A {type(value).__name__} does not say all that it is made of.")
