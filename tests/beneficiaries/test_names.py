"""What is stored of a name beside the name itself: its sounds, its place in the alphabet."""

from datetime import date
from importlib import import_module
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import QuerySet
from django.urls import reverse

from beneficiaries import importing, registration
from beneficiaries.models import Child, Family, Guardian, NameAlias, NameKey, PhoneKey
from hajar.lib import names
from tests import world
from tests.factories import ChildFactory, FamilyFactory, GuardianFactory, province

pytestmark = pytest.mark.django_db


def stale() -> set[str]:
    """People whose stored keys are not the computed ones, and families out of their place."""
    found = set()
    for person in [*Child.objects.order_by("pk"), *Guardian.objects.order_by("pk")]:
        stored = sorted(person.name_keys.values_list("key", flat=True))
        if stored != sorted(person.computed_keys()) or person.sort_key != person.computed_sort_key():
            found.add(person.full_name_latin)
    for guardian in Guardian.objects.order_by("pk"):
        if set(guardian.phone_keys.values_list("digits", flat=True)) != PhoneKey.of(guardian.phone):
            found.add(guardian.full_name_latin)
    found |= {row.reference for row in Family.objects.order_by("pk") if row.commune_key != names.sound(row.commune)}
    for family in Family.objects.order_by("number"):
        first = family.children.order_by("number").first() or family.guardians.to_call_first().first()
        key = names.sort_key(first.family_name_latin, first.family_name_arabic) if first else ""
        if family.sort_key != key:
            found.add(family.reference)
    return found


@pytest.fixture
def family(samira):
    family = registration.register_family(
        province=province("MA-CAS"), by=samira, guardians=[GuardianFactory.build(family=None)]
    )
    names_and_birth = {"given_name_latin": "Aya", "family_name_latin": "Naciri", "born_on": date(2017, 5, 2)}
    registration.register_child(family=family, by=samira, sex="F", **names_and_birth)
    return family


def test_registering_and_correcting_keeps_the_keys(family, samira):
    assert stale() == set()
    registration.correct_child(family.children.get(), by=samira, family_name_latin="Bennani", given_name_arabic="آية")
    registration.correct_guardian(family.guardians.get(), by=samira, given_name_latin="Mina", given_name_arabic="")
    assert stale() == set()
    family.refresh_from_db()
    assert family.sort_key == names.sort_key("Bennani", "")


def test_a_name_taken_out_takes_its_sounds_with_it(family, samira):
    child = family.children.get()
    registration.correct_child(child, by=samira, given_name_latin="Malak")
    assert not child.name_keys.filter(key__in=names.keys("Aya")).exists()


def test_many_at_once_get_theirs():
    family = FamilyFactory()
    Child.objects.bulk_create(ChildFactory.build_batch(3, family=family))
    registration.refresh_family_sort_keys([family.pk])
    assert NameKey.objects.exists()
    assert stale() == set()


def in_one_update(child, guardian):
    Child.objects.filter(pk=child.pk).update(given_name_latin="Zoubida", given_name_arabic="زبيدة")
    Guardian.objects.filter(pk=guardian.pk).update(phone="+212700112233", family_name_latin="Qorchi")
    Family.objects.filter(pk=child.family_id).update(commune="Tétouan")


def in_many_updates(child, guardian):
    child.given_name_latin, guardian.phone, child.family.commune = "Zoubida", "+212700112233", "Tétouan"
    Child.objects.bulk_update([child], ["given_name_latin"])
    Guardian.objects.bulk_update([guardian], ["phone"])
    Family.objects.bulk_update([child.family], ["commune"])


def as_rows(child, guardian):
    child.given_name_latin, guardian.phone, child.family.commune = "Zoubida", "", ""
    child.save(update_fields=["given_name_latin"])
    guardian.save(update_fields=["phone"])
    child.family.save(update_fields=["commune"])


def without_a_queryset_of_ours(child, guardian):
    """What the house never does: the test must be able to fail."""
    QuerySet(Child).filter(pk=child.pk).update(given_name_latin="Zoubida")
    QuerySet(Guardian).filter(pk=guardian.pk).update(phone="+212700112233")


@pytest.mark.parametrize("write", [in_one_update, in_many_updates, as_rows])
def test_whichever_way_a_name_or_a_phone_is_written_the_keys_follow(family, write):
    write(family.children.get(), family.guardians.get())
    assert stale() - {family.reference} == set()
    family.refresh_from_db()
    assert family.commune_key == names.sound(family.commune)


def test_what_goes_past_them_leaves_stale_keys_and_is_mended_by_the_command(family):
    without_a_queryset_of_ours(family.children.get(), family.guardians.get())
    assert len(stale()) == 2
    call_command("rebuild_name_keys", stdout=StringIO())
    assert stale() == set()


def test_an_update_of_something_else_reads_no_name(family, django_assert_num_queries):
    with django_assert_num_queries(1):
        Child.objects.update(notes="vue en mars")


def test_who_goes_takes_the_keys_along(family):
    guardian = family.guardians.get()
    assert guardian.phone_keys.exists()
    guardian.delete()
    assert not PhoneKey.objects.exists()
    assert not NameKey.objects.filter(child=None).exists()


def test_an_import_gives_them_too(karim):
    imported = importing.upload_register(file=BytesIO(world.REGISTER.encode()), filename="registre.csv", by=karim)
    importing.confirm_import(imported, by=karim)
    assert Child.objects.get().name_keys.exists()
    assert stale() == set()


def administration_form(client, row) -> tuple[str, dict]:
    url = reverse(f"admin:beneficiaries_{row._meta.model_name}_change", args=[row.pk])
    form = client.get(url).context["adminform"].form
    return url, {name: form[name].value() or "" for name in form.fields}


@pytest.mark.parametrize("kind", ["children", "guardians"])
def test_the_administration_keeps_them(client, nadia, family, kind):
    client.force_login(nadia)
    person = getattr(family, kind).get()
    url, typed = administration_form(client, person)
    typed["born_on"] = "02/05/2017"
    typed["requested_on"] = "02/05/2020"
    response = client.post(url, {**typed, "family_name_latin": "Zeroual", "family_name_arabic": ""})
    assert response.status_code == 302, response.context["errors"]
    person.refresh_from_db()
    assert person.family_name_latin == "Zeroual"
    assert stale() == set()


def test_a_child_who_moves_to_another_family_renames_both(client, nadia, family):
    client.force_login(nadia)
    other = FamilyFactory()
    url, typed = administration_form(client, family.children.get())
    client.post(url, {**typed, "born_on": "02/05/2017", "requested_on": "02/05/2020", "family": other.pk})
    other.refresh_from_db()
    family.refresh_from_db()
    assert (other.sort_key, family.sort_key) == (names.sort_key("Naciri", ""), names.sort_key("El Amrani", ""))


def test_the_command_mends_what_an_older_rule_left(family):
    child, guardian = family.children.get(), family.guardians.get()
    child.name_keys.all().delete()
    NameKey.objects.create(guardian=guardian, key="of an older rule")
    Child.objects.update(sort_key="zzz")
    Family.objects.update(sort_key="zzz")
    assert len(stale()) == 3
    said = StringIO()
    call_command("rebuild_name_keys", stdout=said)
    assert stale() == set()
    assert said.getvalue() == "changed: 1 children, 1 guardians, 0 places\n"
    call_command("rebuild_name_keys", stdout=said)
    assert said.getvalue().endswith("changed: 0 children, 0 guardians, 0 places\n")


@pytest.mark.parametrize("number", [1, 15])
def test_mending_costs_the_same_for_1_and_15_people(number, django_assert_max_num_queries):
    ChildFactory.create_batch(number)
    NameKey.objects.all().delete()
    with django_assert_max_num_queries(8):
        assert Child.objects.all().rebuild_keys() == number


def mend_as_the_migration_does():
    """In one transaction, as tests run: the batches are savepoints then."""
    import_module("beneficiaries.migrations.0014_keys_of_names_1_1").mend(apps, None)


def test_the_migration_is_of_the_version_that_the_rules_are():
    newest = max(Path("beneficiaries/migrations").glob("*_keys_of_names_*.py"))
    assert import_module(f"beneficiaries.migrations.{newest.stem}").KEY_VERSION == names.KEY_VERSION


def test_the_migration_leaves_nothing_for_the_command_to_mend(family, samira, monkeypatch):
    monkeypatch.setattr(import_module("beneficiaries.migrations.0014_keys_of_names_1_1"), "MANY", 1)
    child, guardian = family.children.get(), family.guardians.get()
    NameAlias.objects.create(latin="Simo", arabic="محمد")
    registration.correct_child(child, by=samira, given_name_latin="Simo")
    ChildFactory(family=family, other_names=[["Aya Naciri", "آية الناصري"]])
    NameAlias.objects.update(is_bridge=False)
    NameKey.objects.create(guardian=guardian, key="OF NAME-1.0")
    child.name_keys.all().delete()
    Family.objects.filter(pk=family.pk).update(commune="Casablanca")
    QuerySet(Family).filter(pk=family.pk).update(commune_key="OLD")
    mend_as_the_migration_does()
    registration.refresh_family_sort_keys([family.pk])
    assert stale() == set()
    assert child.name_keys.filter(key__in=names.keys("محمد")).exists()


def test_the_migration_finds_an_alias_that_needs_no_bridge_any_more():
    alias = NameAlias.objects.create(latin="Squalli", arabic="السقلي")
    NameAlias.objects.filter(pk=alias.pk).update(is_bridge=True)
    mend_as_the_migration_does()
    alias.refresh_from_db()
    assert not alias.is_bridge
