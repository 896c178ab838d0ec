"""Point rows from one row to another, whatever room they are in, and remember what stood there.

What points to a row is found in the models themselves, so that rooms above need not be known here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from beneficiaries.models import Assessment, DuplicatePair, Merge
from hajar.journal import append_only


def pointers(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    """The fields of all models that point to `model` and may be pointed elsewhere, in a fixed order.

    Left out are rows that nobody may ever change: those of tables whose every update a trigger refuses, and the pairs
    and merges themselves, which speak of two files. A complete assessment may change hands, and nothing else.
    """
    triggers = append_only.expected()
    fields = [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and not relation.field.model._meta.proxy
    ]
    for pointer in sorted(fields, key=lambda field: (field.model._meta.label, field.name)):
        table = pointer.model._meta.db_table
        is_frozen = append_only.trigger_name(table, "UPDATE") in triggers and pointer.model is not Assessment
        follows_the_name = pointer.remote_field.on_delete is models.CASCADE
        if not is_frozen and not follows_the_name and pointer.model not in (Merge, DuplicatePair):
            yield pointer


@dataclass
class Writing:
    """Writes values and remembers what stood there before, so that it can be put back in reverse.

    Past save() and its automatic fields: a row has these changes afterwards and no others.
    """

    moved: list[dict[str, Any]] = field(default_factory=list)

    def put(self, row: models.Model, **values: Any) -> None:
        """Give one row other values."""
        old = {name: getattr(row, name) for name in values}
        new = {name: value for name, value in values.items() if old[name] != value}
        if not new:
            return
        self._remember(row._meta.label_lower, row.pk, {name: old[name] for name in new}, new)
        type(row)._base_manager.filter(pk=row.pk).update(**new)
        for name, value in new.items():
            setattr(row, name, value)

    def point(self, pointer: models.ForeignKey, keys: Iterable[Any], old: Any, new: Any) -> None:
        """Point these rows from one row to another."""
        keys = list(keys)
        pointer.model._base_manager.filter(pk__in=keys).update(**{pointer.attname: new})
        for key in keys:
            self._remember(pointer.model._meta.label_lower, key, {pointer.attname: old}, {pointer.attname: new})

    def swap(self, first: models.Model, second: models.Model) -> None:
        """Exchange all that two rows say, but not whose they are. What they say is not written down a second time."""
        exchange(first, second)
        self.moved.append({"model": first._meta.label_lower, "swapped": [str(first.pk), str(second.pk)]})

    def _remember(self, model: str, key: Any, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        was, now = ({name: plain(value) for name, value in side.items()} for side in (old, new))
        self.moved.append({"model": model, "pk": str(key), "old": was, "new": now})


def plain(value: Any) -> Any:
    """As it is kept in JSON: what to_python() of its field understands again."""
    if isinstance(value, bool | int | str | list | dict | None):
        return value
    if isinstance(value, models.fields.files.FieldFile):
        return value.name or ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def exchange(first: models.Model, second: models.Model) -> None:
    own = {"id", "created_at"}
    told = [
        f.attname
        for f in first._meta.concrete_fields
        if f.attname not in own and not isinstance(f, models.OneToOneField)
    ]
    mine, theirs = ({name: getattr(row, name) for name in told} for row in (first, second))
    type(first)._base_manager.filter(pk=first.pk).update(**theirs)
    type(first)._base_manager.filter(pk=second.pk).update(**mine)
