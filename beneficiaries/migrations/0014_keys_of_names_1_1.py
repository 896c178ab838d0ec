"""Bring the keys of names and towns in step with the rules of NAME-1.1, and alone those that differ.

Each batch is a transaction of its own: what was mended stays so when the machine stops, and nobody waits long.
"""

from django.db import migrations, transaction

from hajar.lib import names
from hajar.lib.mending import mend_keys

KEY_VERSION = "NAME-1.1"
MANY = 1000
NAMES = ("given_name_latin", "family_name_latin", "given_name_arabic", "family_name_arabic")


def mend(apps, schema_editor):
    get = apps.get_model
    _mend_aliases(get("beneficiaries", "NameAlias"))
    bridges = list(get("beneficiaries", "NameAlias").objects.filter(is_bridge=True).order_by("pk"))
    mend_names(get("beneficiaries", "Child"), get("beneficiaries", "NameKey"), "child", bridges, "other_names")
    mend_names(get("beneficiaries", "Guardian"), get("beneficiaries", "NameKey"), "guardian", bridges)
    _mend_places(get("beneficiaries", "Family"))


def _mend_aliases(aliases):
    """An alias bridges what the keys alone do not bring together: fewer need to, now."""
    for alias in aliases.objects.filter(is_active=True).order_by("pk"):
        is_bridge = not names.keys(alias.latin) & names.keys(alias.arabic)
        if is_bridge != alias.is_bridge:
            aliases.objects.filter(pk=alias.pk).update(is_bridge=is_bridge)


def _batches(rows):
    """Rows in the order of their keys, so many at a time."""
    last = None
    while batch := list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:MANY]):
        yield batch
        last = batch[-1][0]


def mend_names(people, key_model, owner, bridges, *others):
    for batch in _batches(people.objects.values_list("pk", *NAMES, *others)):
        wanted = {}
        for pk, given_latin, family_latin, given_arabic, family_arabic, *merged in batch:
            known = [f"{given_latin} {family_latin}", f"{given_arabic} {family_arabic}"]
            known += [name for pairs in merged for pair in pairs for name in pair]
            wanted[pk] = _keys_of(known, bridges)
        with transaction.atomic():
            mend_keys(key_model, wanted, owner=owner, field="key")


def _keys_of(known, bridges):
    found = set()
    for name in known:
        found |= names.keys(name) | names.written_words(name)
        text = f" {names.fold(name)} "
        for alias in bridges:
            if alias.latin_folded and f" {alias.latin_folded} " in text:
                found |= names.keys(alias.arabic)
            if alias.arabic_folded and f" {alias.arabic_folded} " in text:
                found |= names.keys(alias.latin)
    return {key[: names.KEY_LENGTH] for key in found}


def _mend_places(families):
    for batch in _batches(families.objects.exclude(commune="").values_list("pk", "commune", "commune_key")):
        stale = [
            families(pk=pk, commune_key=key)
            for pk, commune, stored in batch
            if (key := names.sound(commune)[:80]) != stored
        ]
        families.objects.bulk_update(stale, ["commune_key"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("beneficiaries", "0013_imports_and_exports")]

    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
