from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from beneficiaries.models import Assessment, Child, Family, Guardian, Province
from beneficiaries.models.imports import RegisterImport
from beneficiaries.models.names import NameKey
from hajar.lib import inserting
from hajar.lib.inserting import insert_many, insert_told, insert_values

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
def test_very_many_rows_are_one_statement(number, django_assert_num_queries):
    rows = families(number)
    with django_assert_num_queries(1):
        insert_many(rows)
    assert Family.objects.count() == number
    assert not rows[0]._state.adding


def test_more_rows_than_one_copy_takes_are_all_written(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(inserting, "_ROWS_IN_A_COPY", 2)
    rows = families(5)
    with django_assert_num_queries(3 if connection.vendor == "postgresql" else 1):
        insert_many(rows)
    assert Family.objects.count() == 5


def test_nothing_is_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_many([])
        insert_told(Family, [])


STRANGE = [
    "", " ", "\\", "\\N", "\\.", "\\\\N", "a\tb", "a\nb", "a\r\nb", "\\t\\n", "d'Aït \"Ali\"", "أمينة بنت عليّ",
    "\u200f١٢٣",
    "NULL", "%s %(a)s %", "{}", "a\x1fb\x0bc", "🦽", "a,b;c|d", "$1 $$", "-- ;", "\ufeff", "é\u0301", "x" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE)
def test_every_text_comes_back_as_it_was(text):
    (family,) = families(1)
    family.address, family.directions = text[:200], text
    insert_many([family])
    kept = Family.objects.get()
    assert (kept.address, kept.directions) == (text[:200], text)
    child = Child(number=1, family=kept, given_name_latin="Aya", other_names=[[text, "بناني"]], **CHILD)
    insert_many([child])
    assert Child.objects.get().other_names == [[text, "بناني"]]


def test_every_kind_of_value_comes_back_as_saving_keeps_it(nadia):
    (family,) = families(1)
    family.save()
    first, second, third = (
        Child.objects.create(number=number, family=family, given_name_latin="Aya", **CHILD) for number in (1, 2, 3)
    )
    told = {
        "assessor_id": nadia.pk,
        "assessed_on": date(2024, 2, 29),
        "mass_kg": Decimal("17.5"),
        "height_cm": None,
        "hip_width_mm": 0,
        "conditions": ["\\N", "a\tb", "ا\"'"],
        "skin_marks": {"back": {"x": 0.25, "is_open": True, "said": None}},
        "place": Assessment.Place.HOME,
        "remarks": "C:\\N\t\n",
    }
    Assessment(child=first, **told).save()
    insert_many([Assessment(child=second, **told)])
    insert_told(Assessment, [{"id": uuid4(), "child_id": third.pk, **told}])
    rows = {row.pop("child_id"): row for row in Assessment.objects.values()}
    assert len({row.pop("id") for row in rows.values()}) == 3
    moments = [row.pop("created_at") for row in rows.values()]
    assert rows[first.pk] == rows[second.pk] == rows[third.pk]
    assert rows[first.pk]["skin_marks"] == told["skin_marks"]
    assert all(timezone.now() - moment < timedelta(minutes=1) for moment in moments)


def test_truth_is_kept_as_such():
    (family,) = families(1)
    family.save()
    people = [
        Guardian(family=family, given_name_latin=name, has_whatsapp=name == "Amal") for name in ("Amal", "Btissam")
    ]
    insert_many(people)
    assert dict(Guardian.objects.values_list("given_name_latin", "has_whatsapp")) == {"Amal": True, "Btissam": False}


def test_moments_keep_their_microseconds_and_their_zone(karim):
    until = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=ZoneInfo("Africa/Casablanca"))
    digest = "0" * 64
    told = {"id": uuid4(), "uploaded_by_id": karim.pk, "filename": "a", "digest": digest, "worked_until": until}
    insert_told(RegisterImport, [told])
    assert RegisterImport.objects.get().worked_until == until


def test_what_is_not_told_is_as_the_field_has_it():
    province = Province.objects.get(iso="MA-CAS")
    Family(number=1, province=province).save()
    insert_told(Family, [{"id": uuid4(), "number": 2, "province_id": province.pk}])
    saved, written = Family.objects.order_by("number").values()
    for name in saved.keys() - {"id", "number", "created_at"}:
        assert saved[name] == written[name], name


def test_a_field_that_does_not_exist_is_not_told_in_vain():
    with pytest.raises(KeyError):
        insert_told(Family, [{"id": uuid4(), "numbre": 2}])


def test_a_text_that_no_database_holds_is_refused_whole():
    good, bad = families(2)
    bad.address = "a\ud800"
    with pytest.raises(UnicodeEncodeError), transaction.atomic():
        insert_many([good, bad])
    assert not Family.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no COPY")
def test_a_kind_that_copy_was_not_told_of_is_no_guess():
    with pytest.raises(TypeError, match="timedelta"):
        insert_values(NameKey, ["key"], [[timedelta(1)]])


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
