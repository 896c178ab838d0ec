"""What is stored so that the files to think of are found at once, and that it is what the files say."""

from datetime import date, timedelta
from importlib import import_module
from io import BytesIO, StringIO
from random import Random

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from beneficiaries import erasing, guarding, importing, registration, reminding, undoing_imports, unmerging
from beneficiaries.models import Child, Consent, Family, Guardian
from beneficiaries.models.families import FamilyQuerySet
from beneficiaries.repointing import Writing
from hajar.lib import sheets
from tests.beneficiaries.test_importing import AYA, HEADINGS, REDA
from tests.factories import ChildFactory, ConsentFactory, FamilyFactory, GuardianFactory, province
from tests.merges import merge, two_files
from tests.racing import meeting, race

pytestmark = pytest.mark.django_db
LONG_AGO = date(2020, 1, 1)


def somebody_answers(family) -> bool:
    """Looked at one by one, as nobody should in a large register."""
    guardians = Guardian.with_merged.filter(family=family)
    return any(guardian.ended_on is None and guardian.merged_into_id is None for guardian in guardians)


def misjudged() -> list[str]:
    families = Family.with_merged.order_by("number")
    return [family.reference for family in families if family.is_answered_for != somebody_answers(family)]


def is_answered_for(family) -> bool:
    return Family.with_merged.values_list("is_answered_for", flat=True).get(pk=family.pk)


@pytest.fixture
def home():
    return FamilyFactory()


@pytest.fixture
def mother(home):
    return GuardianFactory(family=home)


@pytest.fixture
def empty_home():
    return FamilyFactory()


@pytest.fixture
def former(empty_home):
    return GuardianFactory(family=empty_home, ended_on=LONG_AGO)


# --- whichever way a guardian is written -----------------------------------------------------------------------------


def built(home):
    return GuardianFactory.build(family=home)


COMES = {
    "saved": lambda home: built(home).save(),
    "made in her family": lambda home: home.guardians.create(relation="mother", given_name_latin="Khadija"),
    "many at once": lambda home: Guardian.objects.bulk_create([built(home)]),
    "very many at once": lambda home: Guardian.objects.insert([built(home)]),
}


@pytest.mark.parametrize("write", COMES.values(), ids=COMES.keys())
def test_with_her_first_guardian_a_family_is_answered_for(empty_home, write):
    assert not is_answered_for(empty_home)
    write(empty_home)
    assert is_answered_for(empty_home)


def saved(guardian, **changes):
    for name, value in changes.items():
        setattr(guardian, name, value)
    guardian.save()


def saved_alone(guardian, **changes):
    for name, value in changes.items():
        setattr(guardian, name, value)
    guardian.save(update_fields=list(changes))


def updated(guardian, **changes):
    Guardian.objects.filter(pk=guardian.pk).update(**changes)


def updated_with_the_merged(guardian, **changes):
    Guardian.with_merged.filter(pk=guardian.pk).update(**changes)


def updated_in_many(guardian, **changes):
    for name, value in changes.items():
        setattr(guardian, name, value)
    Guardian.objects.bulk_update([guardian], list(changes))


def updated_in_many_with_a_name(guardian, **changes):
    updated_in_many(guardian, **changes, given_name_latin="Zoubida")


def put(guardian, **changes):
    Writing().put(guardian, **{guardian._meta.get_field(name).attname: value for name, value in changes.items()})


def by_another_hand(guardian, **changes):
    """As a form does: read again, changed, saved whole."""
    saved(Guardian.with_merged.get(pk=guardian.pk), **changes)


WAYS = [saved, saved_alone, updated, updated_with_the_merged, updated_in_many, updated_in_many_with_a_name]
WAYS += [put, by_another_hand]


@pytest.mark.parametrize("write", WAYS)
def test_a_guardian_who_ends_and_comes_back_takes_the_answer_along(home, mother, write):
    write(mother, ended_on=LONG_AGO)
    assert (is_answered_for(home), misjudged()) == (False, [])
    write(mother, ended_on=None)
    assert (is_answered_for(home), misjudged()) == (True, [])


def key_of(write, home):
    return home.pk if write is put else home


@pytest.mark.parametrize("write", WAYS)
def test_a_guardian_who_goes_to_another_family_answers_there(home, mother, empty_home, write):
    write(mother, family=key_of(write, empty_home))
    assert (is_answered_for(home), is_answered_for(empty_home)) == (False, True)


@pytest.mark.parametrize("write", [saved, updated_with_the_merged, put])
def test_a_guardian_who_is_merged_into_another_answers_no_more_by_herself(home, mother, write):
    twin = GuardianFactory(family=FamilyFactory())
    write(mother, merged_into=key_of(write, twin))
    assert (is_answered_for(home), misjudged()) == (False, [])
    write(mother, merged_into=None)
    assert (is_answered_for(home), misjudged()) == (True, [])


MOVES = {
    "by the column": lambda mother, home: Guardian.objects.filter(pk=mother.pk).update(family_id=home.pk),
    "by a sum": lambda mother, home: updated(mother, family=key_looked_up(home)),
    "added to the other": lambda mother, home: home.guardians.add(mother),
    "set as those of the other": lambda mother, home: home.guardians.set([mother]),
    "written over": lambda mother, home: Guardian.objects.bulk_create(
        [Guardian(pk=mother.pk, family=home, relation="mother", given_name_latin="Khadija")],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["family"],
    ),
    "saved under the same key": lambda mother, home: Guardian(
        pk=mother.pk, created_at=mother.created_at, family=home, relation="mother", given_name_latin="Khadija"
    ).save(force_update=True),
}


def key_looked_up(home):
    return Family.objects.filter(pk=home.pk).values("pk")[:1]


@pytest.mark.parametrize("write", MOVES.values(), ids=MOVES.keys())
def test_there_are_stranger_ways_to_go_to_another_family(home, mother, empty_home, write):
    write(mother, empty_home)
    assert (is_answered_for(home), is_answered_for(empty_home)) == (False, True)


DELETES = {
    "herself": lambda mother: mother.delete(),
    "among all": lambda mother: Guardian.objects.all().delete(),
    "from her family": lambda mother: mother.family.guardians.all().delete(),
}


@pytest.mark.parametrize("delete", DELETES.values(), ids=DELETES.keys())
def test_a_guardian_who_is_deleted_answers_no_more(home, mother, delete):
    delete(mother)
    assert not Guardian.objects.exists()
    assert not is_answered_for(home)


def test_a_guardian_who_cannot_be_deleted_answers_still_and_the_work_goes_on(home, mother):
    ConsentFactory(child=ChildFactory(family=home), guardian=mother)
    with pytest.raises(IntegrityError):
        mother.delete()
    assert is_answered_for(home)


def test_one_of_two_who_ends_leaves_the_other(home, mother):
    GuardianFactory(family=home, given_name_latin="Brahim", relation="father")
    updated(mother, ended_on=LONG_AGO)
    assert is_answered_for(home)


def test_a_family_that_was_read_before_does_not_overwrite_it(home, mother):
    assert not home.is_answered_for  # read before her guardian came
    home.notes = "vue en mars"
    home.save()
    assert is_answered_for(home)
    told = Family(number=77, province=province("MA-CAS"), is_answered_for=True)
    told.save()
    assert not is_answered_for(told)


def test_what_is_written_of_a_guardian_otherwise_costs_no_question(mother, django_assert_num_queries):
    with django_assert_num_queries(1):
        Guardian.objects.update(legal_basis="mother")
    mother.has_whatsapp = False
    with django_assert_num_queries(4):  # the row, and its sounds and digits
        mother.save(update_fields=["has_whatsapp"])


@pytest.mark.parametrize("number", [1, 15])
def test_many_guardians_cost_as_much_as_one(number, django_assert_max_num_queries):
    homes = FamilyFactory.create_batch(number)
    guardians = [built(home) for home in homes]
    with django_assert_max_num_queries(9):
        Guardian.objects.insert(guardians)
    with django_assert_max_num_queries(7):
        Guardian.objects.update(ended_on=LONG_AGO)
    assert misjudged() == []
    assert not Family.objects.filter(is_answered_for=True).exists()


def test_more_families_than_one_statement_speaks_of_are_all_counted(monkeypatch):
    monkeypatch.setattr("beneficiaries.models.families.AT_ONCE", 2)
    Guardian.objects.insert([built(home) for home in FamilyFactory.create_batch(5)])
    assert Family.objects.filter(is_answered_for=True).count() == 5
    Guardian.objects.update(ended_on=LONG_AGO)
    assert not Family.objects.filter(is_answered_for=True).exists()


# --- whatever people do ----------------------------------------------------------------------------------------------


def test_registering_adding_and_ending(samira):
    family = registration.register_family(province=province("MA-CAS"), by=samira, guardians=[built(None)])
    assert is_answered_for(family)
    guarding.end_guardianship(family.guardians.get(), by=samira, because="death")
    assert not is_answered_for(family)
    registration.add_guardian(family=family, by=samira, relation="other", given_name_latin="Said")
    assert is_answered_for(family)


def test_a_young_person_of_age_answers_for_herself(samira, home, mother):
    young = ChildFactory(family=home, born_on=date(2000, 1, 1))
    guarding.end_guardianship(mother, by=samira, because="majority")
    assert list(reminding.for_person(samira).nobody_answers) == [home]  # of age, and still nobody to call
    guarding.register_own_contact(young, by=samira)
    assert list(reminding.for_person(samira).nobody_answers) == []


def test_merging_two_files_and_taking_it_back(karim):
    kept, gone = two_files()
    joined, left = kept.family, gone.family
    GuardianFactory(family=left, given_name_latin="Brahim", relation="father")
    guarding.end_guardianship(joined.guardians.get(), by=karim, because="death")
    done = merge(kept, gone, karim)
    assert Family.with_merged.get(pk=left.pk).merged_into_id == joined.pk
    assert (is_answered_for(joined), is_answered_for(left), misjudged()) == (True, False, [])
    unmerging.take_back(done, by=karim, reason="Ce sont deux enfants.")
    assert (is_answered_for(joined), is_answered_for(left), misjudged()) == (False, True, [])


def test_the_same_mother_in_both_files_and_taking_it_back(karim):
    kept, gone = two_files()
    done = merge(kept, gone, karim)
    assert Guardian.with_merged.exclude(merged_into=None).exists()
    assert (is_answered_for(kept.family), is_answered_for(gone.family), misjudged()) == (True, False, [])
    unmerging.take_back(done, by=karim, reason="Ce sont deux enfants.")
    assert (is_answered_for(kept.family), is_answered_for(gone.family), misjudged()) == (True, True, [])


def an_import(by, *rows):
    file = BytesIO(b"".join(sheets.write_csv(HEADINGS, rows)))
    return importing.confirm_import(importing.upload_register(file=file, filename="registre.csv", by=by), by=by)


def test_an_import_and_its_undoing(karim):
    alone = list(REDA)
    alone[5:8] = ["", "", ""]
    imported = an_import(karim, AYA, alone)
    assert sorted(Family.objects.values_list("is_answered_for", flat=True)) == [False, True]
    assert misjudged() == []
    undoing_imports.undo_import(imported, by=karim)
    assert misjudged() == []


def test_an_import_says_it_of_new_families_at_once(karim, monkeypatch):
    """So that the guardians find nothing to mend: a large import writes no family twice."""
    mended = []
    refresh = FamilyQuerySet.refresh_answers
    monkeypatch.setattr(FamilyQuerySet, "refresh_answers", lambda self: mended.append(refresh(self)))
    an_import(karim, AYA, REDA)
    assert mended
    assert set(mended) == {0}


def test_an_import_that_joins_a_family_answers_in_it_until_it_is_undone(karim, home):
    GuardianFactory(
        family=home,
        phone="+212661000001",
        family_name_latin="Bennani",
        family_name_arabic="",
        given_name_latin="Brahim",
        relation="father",
        ended_on=LONG_AGO,
    )
    imported = an_import(karim, AYA)
    assert home.guardians.count() == 2
    assert is_answered_for(home)
    undoing_imports.undo_import(imported, by=karim)
    assert home.guardians.count() == 1
    assert not is_answered_for(home)


def test_a_file_that_is_forgotten_is_counted_as_before(karim, home, mother):
    child = ChildFactory(family=home)
    erasing.erase(child, by=karim, confirmation=child.reference)
    assert misjudged() == []


def test_the_administration_keeps_it(client, nadia, home, mother, empty_home):
    client.force_login(nadia)
    url = reverse("admin:beneficiaries_guardian_change", args=[mother.pk])
    form = client.get(url).context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url, {**typed, "family": empty_home.pk}).status_code == 302
    assert (is_answered_for(home), is_answered_for(empty_home)) == (False, True)


# --- what goes past, and how it is found and mended ------------------------------------------------------------------


def past_our_queryset(mother):
    QuerySet(Guardian).filter(pk=mother.pk).update(ended_on=LONG_AGO)


def past_the_database(mother):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE beneficiaries_guardian SET ended_on = '2020-01-01'")


def at_the_fact_itself(mother):
    Family.objects.update(is_answered_for=F("is_answered_for"))
    QuerySet(Family).filter(pk=mother.family_id).update(is_answered_for=False)


@pytest.mark.parametrize("write", [past_our_queryset, past_the_database, at_the_fact_itself])
def test_what_goes_past_is_found_and_mended(home, mother, write):
    """What the house never does: the tests above must be able to fail."""
    call_command("verify_register", stdout=StringIO())
    write(mother)
    assert misjudged() == [home.reference]
    said = StringIO()
    with pytest.raises(CommandError, match="1 families"):
        call_command("verify_register", stdout=StringIO(), stderr=said)
    assert home.reference in said.getvalue()
    assert misjudged() == [home.reference]  # it only looked
    call_command("verify_register", mend=True, stdout=StringIO(), stderr=StringIO())
    assert misjudged() == []
    call_command("verify_register", stdout=StringIO())


def test_the_migration_says_it_of_families_that_were_there():
    a_register()
    wanted = dict(Family.with_merged.values_list("pk", "is_answered_for"))
    assert set(wanted.values()) == {True, False}
    QuerySet(Family).update(is_answered_for=True)
    import_module("beneficiaries.migrations.0019_fill_who_is_answered_for").fill(Historical, None)
    assert dict(Family.with_merged.values_list("pk", "is_answered_for")) == wanted


class Historical:
    """The models as a migration has them: their managers hide nothing."""

    @staticmethod
    def get_model(app, name):
        class Plain:
            objects = QuerySet(apps.get_model(app, name))

        return Plain


# --- what is found is what was found before --------------------------------------------------------------------------


def a_register(number=40):
    """Families of every kind: with one, two or no guardian, ended, merged, of another region, with children or not."""
    rng = Random(7)
    homes = [FamilyFactory(province=province(rng.choice(["MA-CAS", "MA-TAR"]))) for _turn in range(number)]
    for place, home in enumerate(homes):
        for _turn in range(rng.choice([0, 1, 1, 2])):
            GuardianFactory(family=home, ended_on=rng.choice([None, LONG_AGO]))
        for _turn in range(rng.choice([0, 1, 2])):
            ChildFactory(family=home, status=rng.choice(["active", "moved", "closed", "of_age"]))
        if place % 10 == 9:
            Family.with_merged.filter(pk=home.pk).update(merged_into=homes[0])
        if place % 7 == 6:
            Guardian.objects.filter(family=home).update(merged_into=GuardianFactory(ended_on=LONG_AGO))
    return homes


def test_the_families_found_are_those_that_were_found_one_by_one(samira, karim):
    a_register()
    for user in (samira, karim):
        before = Family.objects.visible_to(user).filter(
            ~Exists(Guardian.objects.current().filter(family=OuterRef("pk"))),
            Exists(Child.objects.followed().filter(family=OuterRef("pk"))),
        )
        found = reminding.for_person(user).nobody_answers
        assert 0 < found.count() < 40
        assert set(found) == set(before)


def test_consents_of_former_guardians_are_those_that_were_found_among_all(django_assert_num_queries):
    rng, today = Random(8), timezone.localdate()
    for place in range(40):
        child = ChildFactory(
            born_on=rng.choice([date(2000, 1, 1), date(2018, 1, 1)]),
            requested_on=date(2019, 1, 1),
            status=rng.choice(["active", "active", "paused", "closed"]),
        )
        ended_on = rng.choice([None, LONG_AGO, today + timedelta(days=30)])
        guardian = GuardianFactory(family=child.family, ended_on=ended_on)
        for purpose in ("care", "messages"):
            ConsentFactory(
                child=child,
                guardian=guardian,
                purpose=purpose,
                answered_on=date(2022, 5, 1),
                expires_on=rng.choice([None, date(2023, 5, 1), today + timedelta(days=900)]),
                withdrawn_on=rng.choice([None, None, date(2022, 6, 1)]),
            )
        if place % 4 == 0:
            ConsentFactory(child=child, guardian=GuardianFactory(family=child.family), purpose="care")
    before = set(Consent.objects.to_renew().filter(guardian__ended_on__isnull=False))
    assert before
    with django_assert_num_queries(1):
        assert set(guarding.consents_to_ask_again()) == before
    assert before < set(Consent.objects.to_renew())
    assert any(consent.guardian.ended_on > today for consent in before)


# --- two at once -----------------------------------------------------------------------------------------------------


def both_end(guardians):
    """Each by herself, as the administration or a shell writes it: no activity holds the family for them."""

    def end(index):
        with transaction.atomic():
            saved_alone(guardians[index], ended_on=LONG_AGO)

    return race(2, end)


@pytest.mark.django_db(transaction=True)
def test_when_both_guardians_end_at_once_nobody_answers(home):
    both_end(GuardianFactory.create_batch(2, family=home))
    assert misjudged() == []
    assert not is_answered_for(home)


@pytest.mark.django_db(transaction=True)
def test_without_holding_the_family_each_would_count_on_the_other(home, monkeypatch):
    """The planted bug: both write before either is there for the other to see."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time: nobody can write beside it")
    guardians = GuardianFactory.create_batch(2, family=home)
    both_have_written = meeting(2)
    refresh = FamilyQuerySet.refresh_answers

    def refresh_once_both_have_written(self):
        both_have_written.wait()
        counted = refresh(self)
        both_have_written.wait()
        return counted

    monkeypatch.setattr(FamilyQuerySet, "hold", lambda self: None)
    monkeypatch.setattr(FamilyQuerySet, "refresh_answers", refresh_once_both_have_written)
    both_end(guardians)
    assert misjudged() == [home.reference]
