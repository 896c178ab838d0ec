"""Files beside rows: they go only once what made them useless is written for good."""

from functools import partial

from django.db import transaction
from django.db.models.fields.files import FieldFile


def delete_once_certain(file: FieldFile) -> None:
    """Delete a stored file when the transaction is certain; one that is taken back keeps it. Nothing for no file."""
    if file:
        transaction.on_commit(partial(file.storage.delete, str(file.name)))
