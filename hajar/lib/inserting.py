"""Insert very many rows of one model: one statement, prepared once, fed row by row; PostgreSQL takes them by COPY.

`bulk_create` writes every value into one long statement for each batch; for a hundred thousand small rows most of the
time goes into building those, and the server's into reading them. This does no more than INSERT: no signals (the house
has none), no values read back (keys are made by us, or not needed), defaults and auto_now as `save` gives them.
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connections, models, router
from psycopg2.extras import Json  # type: ignore[import-untyped]

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
_HELD_AS_THEY_ARE = frozenset((str, int, bool, type(None)))
_KEYS = (models.UUIDField, models.ForeignKey, models.OneToOneField)
_ROWS_IN_A_COPY = 20_000


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert new rows, all of one model, in the caller's transaction. An AutoField key is left to the database."""
    if not rows:
        return
    model = type(rows[0])
    using = router.db_for_write(model)
    fields = _inserted(model)
    readers = [_reader(field, using) for field in fields]
    insert_values(model, [str(field.column) for field in fields], ([read(row) for read in readers] for row in rows))
    for row in rows:
        row._state.adding, row._state.db = False, using


def insert_told(model: type[models.Model], told: Sequence[Mapping[str, Any]]) -> None:
    """The same for rows that are told as {attname: value}, their key among them: no object is made of a row.

    What a row does not tell is as its field has it by default, and the same in all of them.
    """
    if not told:
        return
    using, untold = router.db_for_write(model), model()
    fields = _inserted(model)
    places = {field.attname: (place, _holder(field, using)) for place, field in enumerate(fields)}
    by_default = [_reader(field, using)(untold) for field in fields]

    def held(row: Mapping[str, Any]) -> list[Any]:
        values = by_default.copy()
        for name, value in row.items():
            place, hold = places[name]
            values[place] = hold(value)
        return values

    insert_values(model, [str(field.column) for field in fields], map(held, told))


def insert_values(model: type[models.Model], columns: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """The same for rows that are given as what the database itself holds, in the order of `columns`."""
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    table, named = quote(model._meta.db_table), ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({marks})", list(values))  # noqa: S608 - quoted names
            return
        left = iter(values)
        while some := list(islice(left, _ROWS_IN_A_COPY)):
            lines = io.BytesIO("".join(map(_line, some)).encode())
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {table} ({named}) FROM STDIN", lines)


def as_held(field: models.Field, value: Any, using: str) -> Any:
    """A value as the database itself holds it."""
    return field.get_db_prep_save(value, connections[using])


def _inserted(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]


def _reader(field: models.Field, using: str) -> Callable[[models.Model], Any]:
    """What reads one field of a row as the database holds it."""
    if _is_set_by_saving(field):
        return lambda row: as_held(field, field.pre_save(row, True), using)
    name, hold = field.attname, _holder(field, using)
    return lambda row: hold(getattr(row, name))


def _holder(field: models.Field, using: str) -> Callable[[Any], Any]:
    """What makes of a field's value what the database holds; what most rows hold goes the shortest way."""
    connection, kind = connections[using], type(field)

    def prepared(value: Any) -> Any:
        if value is None:
            return None
        return as_held(field, value.value if isinstance(value, models.Choices) else value, using)

    if kind in _PLAIN:
        return lambda value: value if type(value) in _HELD_AS_THEY_ARE else prepared(value)
    if kind in _KEYS:
        as_key = str if connection.features.has_native_uuid_field else attrgetter("hex")
        return lambda value: as_key(value) if type(value) is UUID else prepared(value)
    if kind is models.DateField:
        as_day = connection.ops.adapt_datefield_value
        return lambda value: as_day(value) if type(value) is date else prepared(value)
    return prepared


def _is_set_by_saving(field: models.Field) -> bool:
    """Whether a field has a word of its own when a row is saved: by the clock, or by storing a file."""
    by_clock = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return by_clock or isinstance(field, models.FileField)


# --- COPY, in its text format ---------------------------------------------------------------------------------------

_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_WRITTEN_AS_THEY_ARE = frozenset((int, bool, float, Decimal, date, datetime, time, UUID))


def _line(values: Sequence[Any]) -> str:
    return "\t".join([_copied(value) for value in values]) + "\n"


def _copied(value: Any) -> str:
    """A value as COPY reads it. Raises TypeError for a kind that nobody has thought of here."""
    kind = type(value)
    if kind is str:
        return value.translate(_ESCAPED)
    if value is None:
        return r"\N"
    if kind in _WRITTEN_AS_THEY_ARE:
        return str(value)
    if isinstance(value, Json):
        return value.dumps(value.adapted).translate(_ESCAPED)
    if isinstance(value, str):
        return str(value).translate(_ESCAPED)
    if isinstance(value, bytes | memoryview):
        return rf"\\x{bytes(value).hex()}"
    raise TypeError(f"COPY is not told how a {kind.__name__} is written")
