"""One child registered twice, made one, and the whole house row by row: for the tests of merging and unmerging."""

import json
from datetime import timedelta

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from beneficiaries import merging, registration
from beneficiaries.models import NameKey
from tests.factories import ChildFactory, GuardianFactory

# Bookkeeping that a merge adds to for ever: the journal, the merge itself, and what is found of pairs.
ADDED = {"journal.entry", "journal.payload", "journal.head", "beneficiaries.merge", "beneficiaries.duplicatepair"}


def every_row() -> dict:
    """The whole house, row by row, as the database has it; name keys by what they say."""
    rows = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        if label in ADDED or model is NameKey or model._meta.app_label in ("sessions", "contenttypes", "auth"):
            continue
        for values in model._base_manager.values():
            key = values[model._meta.pk.attname]
            rows[label, str(key)] = json.loads(json.dumps(values, cls=DjangoJSONEncoder, default=str))
    for key, child, guardian in NameKey.objects.values_list("key", "child", "guardian"):
        rows["namekey", f"{key} {child} {guardian}"] = True
    return rows


def merge(kept, gone, by, health="", **choices):
    return merging.merge_children(kept, gone, by=by, choices=choices, confirmed=True, health=health)


def two_files(**changes):
    """One child registered twice, in two families of the same mother."""
    kept = ChildFactory(number=101, school="attends")
    gone = ChildFactory(
        latin_only=True,
        number=102,
        given_name_latin="Chaymaa",
        family_name_latin="Lamrani",
        requested_on=timezone.localdate() - timedelta(days=300),
        **changes,
    )
    for child in (kept, gone):
        GuardianFactory(family=child.family, is_first_contact=True, phone="+212612345678")
        registration.refresh_family_sort_keys([child.family_id])
    return kept, gone
