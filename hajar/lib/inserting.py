"""Insert very many rows of one model: one statement, prepared once, fed row by row.

`bulk_create` writes every value into one long statement for each batch; for a hundred thousand small rows most of the
time goes into building those. This does no more than INSERT: no signals (the house has none), no values read back (keys
are made by us, or not needed), defaults and auto_now as `save` gives them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.db import connections, models, router

#: Fields of which every database takes text, numbers and truth as they are.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.SmallIntegerField,
    models.IntegerField,
    models.PositiveSmallIntegerField,
    models.PositiveIntegerField,
)
_ROWS_IN_A_STATEMENT = 500
_KEYS = (models.UUIDField, models.ForeignKey, models.OneToOneField)


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert new rows, all of one model, in the caller's transaction. An AutoField key is left to the database."""
    if not rows:
        return
    model = type(rows[0])
    using = router.db_for_write(model)
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    readers = [_reader(field, using) for field in fields]
    insert_values(model, [str(field.column) for field in fields], ([read(row) for read in readers] for row in rows))
    for row in rows:
        row._state.adding, row._state.db = False, using


def insert_values(model: type[models.Model], columns: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """The same for rows that are given as what the database itself holds, in the order of `columns`."""
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
    insert = f"INSERT INTO {into} VALUES"
    marks = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(f"{insert} {marks}", list(values))
            return
        left = iter(values)  # this driver's executemany would send each row by itself
        while some := list(islice(left, _ROWS_IN_A_STATEMENT)):
            cursor.execute(f"{insert} {', '.join([marks] * len(some))}", list(chain.from_iterable(some)))


def as_held(field: models.Field, value: Any, using: str) -> Any:
    """A value as the database itself holds it."""
    return field.get_db_prep_save(value, connections[using])


def _reader(field: models.Field, using: str) -> Callable[[models.Model], Any]:
    """What reads one field of a row as the database holds it; what most rows hold goes the shortest way."""
    connection, name, kind = connections[using], field.attname, type(field)
    if kind in _PLAIN:
        straight: dict[type, Callable[[Any], Any]] = dict.fromkeys((str, int, bool), lambda value: value)
    elif kind in _KEYS:
        straight = {UUID: str if connection.features.has_native_uuid_field else lambda value: value.hex}
    elif (
        kind is models.DateField and isinstance(field, models.DateField) and not (field.auto_now or field.auto_now_add)
    ):
        straight = {date: connection.ops.adapt_datefield_value}
    elif kind is models.DecimalField:
        straight = {}
    else:
        return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)

    def read(row: models.Model) -> Any:
        value = getattr(row, name)
        if value is None:
            return None
        if isinstance(value, models.Choices):
            value = value.value
        if way := straight.get(type(value)):
            return way(value)
        return field.get_db_prep_save(value, connection)

    return read


def _is_set_by_saving(field: models.DateField) -> bool:
    return field.auto_now or field.auto_now_add
