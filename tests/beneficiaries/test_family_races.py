"""Two people write of one family at the same instant: who answers for its children, and where it lives."""

import pytest
from django.db import connection

from beneficiaries import guarding, moving
from beneficiaries.models import Family, Guardian
from hajar.journal.models import Entry
from tests.factories import FamilyFactory, GuardianFactory, province
from tests.racing import meeting, race

pytestmark = pytest.mark.django_db(transaction=True)


def unexpected(results, refusal) -> list:
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, refusal)]


def without_a_lock(monkeypatch, room, rows) -> None:
    """The planted bug: both look before either writes."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time: nobody can look beside it")
    both_have_looked = meeting(2)

    def look(row):
        seen = rows.get(pk=row.pk)
        both_have_looked.wait()
        return seen

    monkeypatch.setattr(room, "_locked", look)


# --- who answers for the children -----------------------------------------------------------------------------------


def end(guardian, by):
    return guarding.end_guardianship(guardian, by=by, because="other")


def test_a_guardianship_is_ended_once_and_everybody_else_is_told_so(karim):
    guardian = GuardianFactory(is_first_contact=True)
    results = race(6, lambda index: end(guardian, karim))
    assert unexpected(results, guarding.GuardianshipRefused) == []
    assert sum(isinstance(result, Guardian) for result in results) == 1
    assert Entry.objects.filter(act="guardian.ended").count() == 1


def test_looking_without_a_lock_would_end_it_twice(karim, monkeypatch):
    guardian = GuardianFactory()
    without_a_lock(monkeypatch, guarding, Guardian.objects)
    results = race(2, lambda index: end(guardian, karim))
    assert unexpected(results, ()) or Entry.objects.filter(act="guardian.ended").count() == 2


def test_when_two_guardianships_end_at_once_somebody_who_stays_is_called_first(karim):
    family = FamilyFactory()
    called, second, last = (
        GuardianFactory(family=family, is_first_contact=basis == "father", legal_basis=basis)
        for basis in ("father", "mother", "de_facto")
    )
    results = race(2, lambda index: end((called, second)[index], karim))
    assert unexpected(results, ()) == []
    assert list(family.guardians.filter(is_first_contact=True)) == [last]


# --- where it lives -------------------------------------------------------------------------------------------------


def move(family, iso, by):
    return moving.move_family(family, by=by, province=province(iso), commune="Centre")


def told(family) -> list[tuple[str, str]]:
    entries = Entry.objects.filter(act="family.moved", subject_id=family.pk).order_by("sequence")
    return [(entry.details["from"], entry.details["to"]) for entry in entries]


def test_one_move_that_six_people_write_is_written_once(karim):
    family = FamilyFactory()
    results = race(6, lambda index: move(family, "MA-TAR", karim))
    assert unexpected(results, moving.MoveRefused) == []
    assert sum(isinstance(result, Family) for result in results) == 1
    assert len(told(family)) == 1


def test_of_two_moves_the_second_begins_where_the_first_one_ended(karim):
    family = FamilyFactory()
    results = race(2, lambda index: move(family, ("MA-TAR", "MA-MOH")[index], karim))
    assert unexpected(results, ()) == []
    (_start, between), (again, end_of_it) = told(family)
    assert between == again
    family.refresh_from_db()
    assert family.province.name_fr in end_of_it


def test_looking_without_a_lock_would_let_both_begin_at_the_old_home(karim, monkeypatch):
    family = FamilyFactory()
    without_a_lock(monkeypatch, moving, Family.objects)
    results = race(2, lambda index: move(family, ("MA-TAR", "MA-MOH")[index], karim))
    if not unexpected(results, ()):
        (first, _to), (second, _end) = told(family)
        assert first == second
