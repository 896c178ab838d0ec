"""Give the people already here the written words of their names and the keys of their phones, and the usual names."""

from django.db import migrations

from beneficiaries import naming
from hajar.lib import names

MANY = 500


def fill(apps, schema_editor):
    get = apps.get_model
    naming.load_common_names(get("beneficiaries", "NameAlias"))
    for name in ("Child", "Guardian"):
        _fill_names(get("beneficiaries", name), get("beneficiaries", "NameKey"), name.lower())
    _fill_phones(get("beneficiaries", "Guardian"), get("beneficiaries", "PhoneKey"))
    _fill_places(get("beneficiaries", "Family"))


def _batches(rows):
    batch = []
    for row in rows.order_by("pk").iterator(MANY):
        batch.append(row)
        if len(batch) == MANY:
            yield batch
            batch = []
    if batch:
        yield batch


def _fill_names(people, key_model, owner):
    for batch in _batches(people.objects.all()):
        key_model.objects.filter(**{f"{owner}__in": batch}).delete()
        rows = []
        for person in batch:
            latin = f"{person.given_name_latin} {person.family_name_latin}".strip()
            arabic = f"{person.given_name_arabic} {person.family_name_arabic}".strip()
            found = names.keys(latin) | names.keys(arabic) | names.written_words(latin) | names.written_words(arabic)
            rows += [key_model(key=key, **{owner: person}) for key in sorted({key[:40] for key in found})]
        key_model.objects.bulk_create(rows, batch_size=2000)


def _fill_phones(guardians, key_model):
    from beneficiaries.models.phones import PhoneKey

    for batch in _batches(guardians.objects.exclude(phone="")):
        rows = [
            key_model(digits=digits, guardian=guardian)
            for guardian in batch
            for digits in sorted(PhoneKey.of(guardian.phone))
        ]
        key_model.objects.bulk_create(rows, batch_size=2000)


def _fill_places(families):
    for batch in _batches(families.objects.exclude(commune="")):
        for family in batch:
            family.commune_key = names.sound(family.commune)[:80]
        families.objects.bulk_update(batch, ["commune_key"])


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0006_names_in_both_scripts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
