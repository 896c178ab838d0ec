"""Insert very many rows of one model: one statement, prepared once, fed row by row.

`bulk_create` writes every value into one long statement for each batch; for a hundred thousand small rows most of the
time goes into building those. This does no more than INSERT: no signals (the house has none), no values read back (keys
are made by us, or not needed), defaults and auto_now as `save` gives them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connections, models, router

#: Fields whose values every database takes as they are.
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.SmallIntegerField, models.IntegerField)


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
    names, marks = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
    insert = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.executemany(insert, list(values))


def as_held(field: models.Field, value: Any, using: str) -> Any:
    """A value as the database itself holds it."""
    return field.get_db_prep_save(value, connections[using])


def _reader(field: models.Field, using: str) -> Callable[[models.Model], Any]:
    connection, name = connections[using], field.attname
    if type(field) in _PLAIN:

        def plain(row: models.Model) -> Any:
            value = getattr(row, name)
            return value if type(value) in (str, int, bool) else field.get_db_prep_save(value, connection)

        return plain
    return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)
