"""Pages of a long list by key, not by number: page 4,000 costs what page 1 costs, and no row is shown twice or missed.

    found = paging.page(children, order=("-score", "waiting_since", "pk"), token=request.GET.get("page"))

A page takes two queries: its rows, and a count that stops at COUNT_CAP; one more where keys come first. Works on
SQLite and PostgreSQL, on columns, related columns and annotations, ascending or descending, with empty values last.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import Exists, F, Field, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import Col, OrderBy
from django.db.models.sql.constants import LOUTER

M = TypeVar("M", bound=Model)

#: Counting stops here: beyond it, "1,000+" says enough and costs the same with a hundred thousand rows.
COUNT_CAP = 1_000
SIZE = 25  # rows on a page


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of rows; a token is None where there is nothing further that way.

    `count` is that of the whole list; when `count_is_capped` it is COUNT_CAP and there are more.
    """

    rows: list[M]
    next_token: str | None
    previous_token: str | None
    count: int
    count_is_capped: bool


@dataclass(frozen=True)
class _Key:
    """One part of the order: where it stands in the query, which way it runs, and how its values are read back."""

    alias: str
    descending: bool
    nullable: bool
    field: Field[Any, Any]

    def order(self, *, forward: bool) -> OrderBy:
        descending = self.descending if forward else not self.descending
        # Empty values last, both ways, as both databases can say it; left out where there are none, so that a plain
        # index serves.
        nulls = {} if not self.nullable else {"nulls_last": True} if forward else {"nulls_first": True}
        return OrderBy(F(self.alias), descending=descending, **nulls)

    def beyond(self, value: Any, *, forward: bool, inclusive: bool = False) -> Q:
        """Rows that this key alone puts after (before) a value; a Q that no row meets where there are none."""
        if value is None:
            if forward:
                return Q(**{f"{self.alias}__isnull": True}) if inclusive else _NOTHING
            return Q() if inclusive else Q(**{f"{self.alias}__isnull": False})
        lookup = ("lt" if self.descending else "gt") if forward else ("gt" if self.descending else "lt")
        further = Q(**{f"{self.alias}__{lookup}{'e' if inclusive else ''}": value})
        return further | Q(**{f"{self.alias}__isnull": True}) if self.nullable and forward else further

    def equal(self, value: Any) -> Q:
        return Q(**{f"{self.alias}__isnull": True}) if value is None else Q(**{self.alias: value})


_NOTHING = Q(pk__in=[])


#: From the sort values of a place (None for the start) and the way on: conditions on the rows of the list. Each picks
#: all the rows from the place as far as it reaches, without a gap; the next one reaches further.
Stretches = Callable[[list[Any] | None, bool], Iterable[Q]]


def page(
    queryset: QuerySet[M],
    *,
    order: Sequence[str] = ("pk",),
    size: int = SIZE,
    token: str | None = None,
    count: int | None = None,
    walk: bool | QuerySet[M] = False,
    stretches: Stretches | None = None,
) -> Page[M]:
    """The page that a token of an earlier page names; the first one without a token.

    `order`: names of columns, related columns or annotations, "-" before one for descending; "pk" is added at the end
    if it is not there, so that ties have an order. The queryset gives model instances (not values()) and may be
    distinct, annotated and filtered. `count`: the length of the list where the caller knows it, which spares a query.
    `walk`: an index has this order but not what the list is filtered by, and the filter has nothing to do with the
    order: where more than COUNT_CAP rows are left, the order is followed until a page is full. A queryset: the same
    list, written so that one row is quickly asked for, where the other is written to find all of them.
    `stretches`: for an order that no index gives, what an index finds of the rows around a place; asked where there are
    so many, too. A page that no stretch fills is looked for in the whole list.
    A token that is broken, forged, of another order or of rows that are gone gives the first page: never an error.
    """
    if not any(name.lstrip("-") == "pk" for name in order):
        order = (*order, "pk")
    if count is None:
        count = queryset.order_by().values("pk")[: COUNT_CAP + 1].count()
    keyed, keys = _with_keys(queryset, order)
    purpose = f"{queryset.model._meta.label} {' '.join(order)}"
    forward, values = _opened(token, purpose, keys) or (True, None)

    are_many = count > COUNT_CAP
    found = whole = keyed
    if walk is not False and are_many:  # a queryset is true only once it is read
        asked = queryset if walk is True else walk
        found, whole = _with_keys(_walked(asked), order)[0], _without_conditions(keyed)
    near = stretches if are_many else None
    rows = _slice(found, keys, values, size=size, forward=forward, near=near)
    if not rows and values is not None:
        forward, values = True, None
        rows = _slice(found, keys, None, size=size, forward=True, near=near)
    if found is not keyed:
        rows = _whole(whole, [row.pk for row in rows])
    more = len(rows) > size
    rows = rows[:size] if forward else rows[:size][::-1]

    def token_at(row: M, *, onwards: bool) -> str:
        return _sealed(purpose, onwards, [getattr(row, key.alias) for key in keys])

    return Page(
        rows,
        # Whoever comes from a page may go back to it; further on there is something when one row too many was found.
        next_token=token_at(rows[-1], onwards=True) if rows and (more or not forward) else None,
        previous_token=token_at(rows[0], onwards=False) if rows and (more if not forward else values) else None,
        count=min(count, COUNT_CAP),
        count_is_capped=count > COUNT_CAP,
    )


def _walked(queryset: QuerySet[M]) -> QuerySet[M]:
    """The keys of the same rows, each asked whether it belongs to the list: SQLite then follows the order.

    It would begin with the index of a filter and sort all that it finds. PostgreSQL weighs the two by itself.
    """
    if connections[queryset.db].vendor == "sqlite":
        asked = queryset.order_by().filter(pk=OuterRef("pk"))
        queryset = queryset.model._base_manager.using(queryset.db).filter(Exists(asked))
    return queryset.select_related(None).prefetch_related(None).only("pk")


def _whole(queryset: QuerySet[M], pks: list[Any]) -> list[M]:
    """These rows of a list with all that it selects, in this order; without those that left it meanwhile."""
    found = {row.pk: row for row in queryset.order_by().filter(pk__in=pks)}
    return [found[pk] for pk in pks if pk in found]


def _without_conditions(queryset: QuerySet[M]) -> QuerySet[M]:
    """For rows of which it was just found that they belong to the list."""
    rows = queryset.order_by()
    rows.query.where = type(rows.query.where)()
    return rows


def _with_keys(queryset: QuerySet[M], order: Sequence[str]) -> tuple[QuerySet[M], list[_Key]]:
    """The queryset with each part of the order under a name of its own, so that a row tells its place unasked."""
    names = [name.lstrip("-") for name in order]
    aliases = [f"place_{position}" for position in range(len(order))]
    keyed = queryset.annotate(**{alias: F(name) for alias, name in zip(aliases, names, strict=True)})
    keys = []
    for name, alias in zip(order, aliases, strict=True):
        expression = keyed.query.annotations[alias]
        nullable = True
        if isinstance(expression, Col):
            join = keyed.query.alias_map[expression.alias]
            nullable = expression.target.null or join.join_type == LOUTER
        keys.append(_Key(alias, name.startswith("-"), nullable, expression.output_field))
    return keyed, keys


def _slice(
    queryset: QuerySet[M],
    keys: list[_Key],
    values: list[Any] | None,
    *,
    size: int,
    forward: bool,
    near: Stretches | None = None,
) -> list[M]:
    """Up to size + 1 rows after (before) a place, nearest first."""
    if values is not None:
        queryset = queryset.filter(_beyond(keys, values, forward=forward))
    queryset = queryset.order_by(*(key.order(forward=forward) for key in keys))
    for stretch in near(values, forward) if near else ():
        rows = list(queryset.filter(stretch)[: size + 1])
        if len(rows) > size:
            return rows
    return list(queryset[: size + 1])


def _beyond(keys: list[_Key], values: list[Any], *, forward: bool) -> Q:
    # The first key alone narrows the search to a range of its index; the rest breaks its ties.
    condition = keys[0].beyond(values[0], forward=forward, inclusive=True)
    further, same = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        further |= same & key.beyond(value, forward=forward)
        same &= key.equal(value)
    return condition & further


# --- tokens ----------------------------------------------------------------------------------------------------------
# A token holds the last row's sort values, and one may be a name: it is encrypted because addresses lie in logs and
# histories. Deterministic (SIV), so that the same page always writes the same links.


def _ciphers() -> list[AESSIV]:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [AESSIV(hashlib.sha512(f"hajar.lib.paging {secret}".encode()).digest()) for secret in secrets]


def _sealed(purpose: str, forward: bool, values: list[Any]) -> str:
    content = json.dumps([int(forward), *map(_plain, values)], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(_ciphers()[0].encrypt(content.encode(), [purpose.encode()])).decode().rstrip("=")


def _opened(token: str | None, purpose: str, keys: list[_Key]) -> tuple[bool, list[Any]] | None:
    if not token or len(token) > 4_000:
        return None
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    for cipher in _ciphers():
        try:
            forward, *plain = json.loads(cipher.decrypt(sealed, [purpose.encode()]))
            values = [key.field.to_python(value) for key, value in zip(keys, plain, strict=True)]
        except (InvalidTag, ValueError, ValidationError):
            continue
        return bool(forward), values
    return None


def _plain(value: Any) -> Any:
    """A sort value as JSON keeps it whole (Django's own encoder cuts moments to milliseconds)."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"A list cannot be paged by a {type(value).__name__}.")
