from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from beneficiaries.models import Child, Family, Guardian, Province
from beneficiaries.models.names import NameKey
from hajar.lib.inserting import insert_many

pytestmark = pytest.mark.django_db
CHILD = {"born_on": date(2017, 8, 5), "sex": "F"}


def families(number):
    province = Province.objects.get(iso="MA-CAS")
    return [Family(number=place, province=province, address=f"Rue {place} 'ا\"") for place in range(1, number + 1)]


def test_what_is_inserted_reads_back_as_what_is_saved():
    inserted, saved = families(2)
    insert_many([inserted])
    saved.save()
    names = [field.attname for field in Family._meta.concrete_fields]
    told = [{name: row[name] for name in names} for row in Family.objects.order_by("number").values()]
    assert told[0].keys() == told[1].keys()
    for name in set(names) - {"id", "number", "address", "created_at"}:
        assert told[0][name] == told[1][name], name
    assert told[0]["address"] == inserted.address
    assert told[0]["created_at"] is not None


@pytest.mark.parametrize("number", [1, 2_500])
def test_very_many_rows_are_few_statements(number, django_assert_num_queries):
    rows = families(number)
    most = -(-number // 500) if connection.vendor == "postgresql" else 1
    with django_assert_num_queries(most):
        insert_many(rows)
    assert Family.objects.count() == number
    assert not rows[0]._state.adding


def test_nothing_is_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_many([])


def test_what_must_be_true_is_still_refused():
    first, second = families(2)
    second.number = first.number
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many([first, second])
    assert not Family.objects.exists()


def test_people_come_with_the_keys_by_which_they_are_found():
    (family,) = families(1)
    family.save()
    phone = "0661000001"
    Guardian.objects.insert([Guardian(family=family, given_name_latin=" Khadija ", relation="mother", phone=phone)])
    Child.objects.insert([Child(number=1, family=family, given_name_latin="Aya", family_name_arabic="بناني", **CHILD)])
    for person in (Guardian.objects.get(), Child.objects.get()):
        assert {key.key for key in person.name_keys.all()} == {key[:40] for key in person.computed_keys()}
        assert person.sort_key == person.computed_sort_key()
    assert str(Guardian.objects.get().phone) == "+212661000001"
    assert Guardian.objects.get().given_name_latin == "Khadija"
    assert NameKey.objects.count() > 2
