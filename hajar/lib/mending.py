"""Make the keys stored beside many rows equal to the computed ones, writing only what differs.

Used by the models and, with the models of its time, by a data migration.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models

WRITTEN_AT_ONCE = 2000


def mend_keys(key_model: Any, wanted: Mapping[Any, Collection[str]], *, owner: str, field: str) -> set:
    """`wanted` are the keys that each owner should have, by its pk; returns the pks of those who had others.

    In the caller's transaction; three statements however many owners.
    """
    stored: dict[Any, dict[str, Any]] = {pk: {} for pk in wanted}
    rows: models.QuerySet = key_model.objects.filter(**{f"{owner}__in": list(wanted)})
    for of, key, pk in rows.values_list(owner, field, "pk"):
        stored[of][key] = pk
    missing, gone, changed = [], [], set()
    for pk, keys in wanted.items():
        held = stored[pk]
        if held.keys() == set(keys):
            continue
        changed.add(pk)
        missing += [key_model(**{f"{owner}_id": pk, field: key}) for key in sorted(set(keys) - held.keys())]
        gone += [held[key] for key in held.keys() - set(keys)]
    if gone:
        key_model.objects.filter(pk__in=gone).delete()
    key_model.objects.bulk_create(missing, batch_size=WRITTEN_AT_ONCE)
    return changed
