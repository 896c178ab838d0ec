"""A child who is forgotten is nowhere: not in the database, not among the files, not in the next backup."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from beneficiaries import erasing, holdings, merging
from beneficiaries.models import (
    Child,
    DuplicatePair,
    Erasure,
    Guardian,
    Merge,
    NameKey,
    NationalIdentity,
    RegisterImport,
    RightsRequest,
)
from distributions import planning
from distributions.models import Delivery, Matter, PhoneEntry, PhoneFile, Recall, ReturnOffer, RoundChair
from hajar.backups import archives, filing, keeping, taking
from hajar.journal import append_only, recording
from hajar.journal.models import Entry, Payload
from tests import factories, world
from tests.factories import ChildFactory, ConsentFactory, FamilyFactory, GuardianFactory, NeedFactory

pytestmark = pytest.mark.django_db(transaction=True)

# Text that a machine writes: codes, hashes, numbers of versions.
CODES = {
    "version", "text_version", "rule_version", "legal_basis", "device", "content_hash", "sha256", "reasons",
    "needs_a_look", "diagnosis_edition", "limiting", "key", "sort_key", "disinfectant", "cushion_size", "missing",
    "compared",
}  # fmt: skip
CANARY = "Zqanari"
STANDS = "undone_why"  # of a merge that was not taken back there is none


def settle(child):
    """Release what is reserved for her and close what her chair is recalled for, so that she may be forgotten."""
    Recall.objects.update(closed_on=timezone.localdate())
    for need in child.needs.all():
        for allocation in need.allocations.filter(status__in=["proposed", "approved", "prepared", "loaded"]):
            type(allocation).objects.filter(pk=allocation.pk).update(status="released", release="other", round=None)


def plant(child) -> list[str]:
    """Write a word of its own into every free text of every row of this child, and into every file."""
    planted = []
    held = list(holdings.every())
    guarded = [holding.model._meta.db_table for holding in held if holding.guarded]
    with transaction.atomic(), append_only.lifted(connection, *guarded):
        for holding in held:
            for row in holding.rows_of(*holdings.files_of(child)):
                planted += _plant_in(row)
    with transaction.atomic():
        for label in ("child.corrected", "need.overridden"):
            word = f"{CANARY}{len(planted)}"
            recording.record(label, child, by=None, payload={"changes": {"notes": ["", word]}})
            planted.append(word)
    return planted


def _plant_in(row) -> list[str]:
    planted, values = [], {}
    for field in row._meta.concrete_fields:
        if isinstance(field, models.FileField):
            word = f"{CANARY}-file-{row._meta.model_name}-{str(row.pk)[:6]}"
            file = getattr(row, field.attname)
            if file.name:
                with open(default_storage.path(file.name), "wb") as kept:
                    kept.write(word.encode())
                planted.append(word)
        elif (
            isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and field.name not in CODES
            and field.name != STANDS
            and field.max_length != 3
        ):
            word = f"{CANARY}{row._meta.model_name}{field.name}{str(row.pk)[:6]}"[: field.max_length or 200]
            if field.name == "phone":
                word = "+212612345678"
            values[field.name] = word
            planted.append(word)
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    return planted


@pytest.fixture
def folder(settings, tmp_path):
    settings.HAJAR_BACKUP_DIR = tmp_path / "backups"
    return settings.HAJAR_BACKUP_DIR


def _what_else_may_be_known(child, delivery, karim):
    factories.HealthRecordFactory(child=child)
    factories.MeasurementFactory(child=child, taken_back=True)
    need = NeedFactory(child=child)
    factories.PrescriptionFactory(need=need, by=karim, set_up="x", supports_note="y", substitution_limits="z")
    factories.PlanRuleFactory(need=need, initiative=delivery.allocation.initiative)
    delivery.allocation.preparations.get().photo.save("x.webp", ContentFile(b"RIFF"), save=True)
    asked = RightsRequest(child=child, kind="access", recorded_by=karim, answered_by=karim, outcome="done")
    asked.answered_on = timezone.localdate()
    asked.save()
    guardian = GuardianFactory(family=child.family)
    NationalIdentity.objects.create(guardian=guardian, sealed="x", fingerprint="y", last_three="123")
    told = PhoneEntry.objects.create(
        author=karim, kind="delivery", state="received", received_at=timezone.now(), said="{}", sequence=0,
        delivery=delivery,
    )  # fmt: skip
    PhoneFile.objects.create(entry=told, kind="photo", sha256="0" * 64)
    _what_the_office_noted(child, delivery, karim)


def _what_the_office_noted(child, delivery, karim):
    """Beside the file: doubts, differences, offers, and two other files that were taken for hers."""
    Matter.objects.create(
        delivery=delivery, kind="failed_stop", note="x", opens_at=timezone.now(), ended_at=timezone.now(),
        ended_by=karim,
    )  # fmt: skip
    allocation, chair = delivery.allocation, delivery.allocation.chair
    travels = {"allocation": allocation, "explanation": "x", "explained_at": timezone.now(), "explained_by": karim}
    RoundChair.objects.update_or_create(round=delivery.round, chair=chair, defaults=travels)
    ReturnOffer.objects.create(chair=chair, child=child, answer="keeps", note="x", answered_by=karim)
    first, second = DuplicatePair.in_order(child.pk, ChildFactory().pk)
    DuplicatePair.objects.create(first_id=first, second_id=second, band="possible", score=50, note="x", opened_why="x")
    merging.merge_children(child, ChildFactory(), by=karim, choices={}, confirmed=True)


@pytest.fixture
def child(karim, driss):
    """A child of whom everything is known, alone in her family."""
    known = world.build("MA-CAS", volunteer=driss)
    kept = Child.objects.get(needs__allocations__deliveries=known["delivery"])
    ConsentFactory(child=kept, guardian_id=known["guardian"]).evidence.save("x.pdf", ContentFile(b"%PDF"), save=True)
    kept.photo.save("y.webp", ContentFile(b"RIFF"), save=True)
    alone = FamilyFactory()
    Guardian.objects.filter(pk=known["guardian"]).update(family=alone)
    Child.with_merged.filter(pk__in=holdings.files_of(kept)).update(family=alone)
    kept.refresh_from_db()
    _what_else_may_be_known(kept, Delivery.objects.get(pk=known["delivery"]), karim)
    unknown = {holding.label for holding in holdings.every() if not holding.rows_of(kept.pk).exists()}
    assert unknown == set(), "a table that is empty here is not tried"
    return kept


def in_the_next_backup(words, folder) -> set[str]:
    """Those of the words that stand in a backup taken now: in its database or in one of its files."""
    taken = taking.take_backup(folder=folder, secret="", rule=keeping.Rule())
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch, "database")
        contents, _sealed = archives.unpack(folder / taken.backup.file_name, database, secret="")
        held = database.read_bytes()
        store = filing.Store(folder, secret="")
        for piece in contents.files.values():
            with store.get(piece) as content:
                held += content.read()
    return {word for word in words if word.encode() in held}


def in_the_storage(words) -> set[str]:
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return {word for word in words for path in files if word.encode() in path.read_bytes()}


def test_nothing_that_names_the_child_is_left_anywhere(child, karim, folder):
    words = plant(child)
    settle(child)
    assert len(words) > 55
    assert in_the_next_backup(words, folder) | in_the_storage(words) == set(words)
    child.refresh_from_db()
    erasing.erase(child, by=karim, confirmation=child.reference)
    assert in_the_storage(words) == set()
    assert in_the_next_backup(words, folder) == set()
    assert list(recording.faults()) == []


@pytest.mark.parametrize("forgets", ["_empty", "_forget_payloads", "_files_of", "_make_nameless"])
def test_the_canaries_notice_what_an_erasure_leaves_out(child, karim, folder, monkeypatch, forgets):
    """The twin of the test above: an erasure with a hole is found, whichever hole it is."""
    words = plant(child)
    settle(child)
    child.refresh_from_db()
    monkeypatch.setattr(erasing, forgets, lambda *args: {"_forget_payloads": 0, "_files_of": []}.get(forgets))
    erasing.erase(child, by=karim, confirmation=child.reference)
    assert in_the_next_backup(words, folder) | in_the_storage(words)


def test_what_is_counted_stays(child, karim):
    settle(child)
    before = {holding.label: holding.rows_of(child.pk).count() for holding in holdings.every() if not holding.rows_go}
    entries = Entry.objects.count()
    number, sex, year, province = child.number, child.sex, child.born_on.year, child.family.province
    erasing.erase(child, by=karim, confirmation=child.reference)
    child = Child.objects.get(pk=child.pk)
    before.pop("beneficiaries.NameKey")
    assert {label: holdings.find(label).rows_of(child.pk).count() for label in before} == before
    assert (child.number, child.sex, child.born_on, child.family.province) == (number, sex, date(year, 1, 1), province)
    assert Entry.objects.count() > entries
    assert list(recording.faults()) == []


def test_a_forgotten_child_is_found_by_no_name(child, karim):
    settle(child)
    erasing.erase(child, by=karim, confirmation=child.reference)
    assert not NameKey.objects.filter(child=child).exists()
    assert Child.objects.get(pk=child.pk).computed_keys() == set()


def test_a_file_that_was_merged_is_forgotten_with_the_one_that_goes_on(karim):
    child, twin = ChildFactory(given_name_latin="Salma"), ChildFactory(given_name_latin="Selma")
    sister = ChildFactory(family=twin.family, given_name_latin="Hiba")
    merging.merge_children(child, twin, by=karim, choices={}, confirmed=True)
    child.refresh_from_db()
    erasing.erase(child, by=karim, confirmation=child.reference)
    gone = Child.with_merged.get(pk=twin.pk)
    sister.refresh_from_db()
    assert (gone.given_name_latin, sister.given_name_latin) == ("—", "Hiba")
    assert set(Erasure.objects.values_list("child", flat=True)) == {child.pk, twin.pk}
    assert not Merge.objects.exists()


def test_brothers_and_sisters_keep_their_file_and_their_mother(karim):
    mother = GuardianFactory()
    gone = ChildFactory(family=mother.family, given_name_latin="Salma")
    stays = ChildFactory(family=mother.family, given_name_latin="Hiba", notes="aime la mer")
    erasing.erase(gone, by=karim, confirmation=gone.reference)
    mother.refresh_from_db()
    stays.refresh_from_db()
    assert (mother.given_name_latin, bool(mother.phone), stays.given_name_latin) == ("Khadija", True, "Hiba")
    erasing.erase(stays, by=karim, confirmation=stays.reference)
    mother.refresh_from_db()
    assert (mother.given_name_latin, bool(mother.phone), mother.family.address) == ("—", False, "")


def test_a_typed_reference_confirms(karim):
    child = ChildFactory()
    with pytest.raises(erasing.ErasureRefused):
        erasing.erase(child, by=karim, confirmation="HJ-1")
    erasing.erase(child, by=karim, confirmation=f" {child.reference.lower()} ")
    with pytest.raises(erasing.ErasureRefused):
        erasing.erase(child, by=karim, confirmation=child.reference)


def test_a_case_worker_cannot_erase(samira):
    child = ChildFactory()
    with pytest.raises(erasing.ErasureRefused):
        erasing.erase(child, by=samira, confirmation=child.reference)
    assert not Erasure.objects.exists()


def test_a_reserved_chair_is_settled_first(child, karim):
    from tests.factories import AllocationFactory

    waiting = ChildFactory()
    allocation = AllocationFactory(need=NeedFactory(child=waiting))
    with pytest.raises(erasing.ErasureRefused):
        erasing.erase(waiting, by=karim, confirmation=waiting.reference)
    planning.release(allocation, by=karim, release="mistake", note="")
    erasing.erase(waiting, by=karim, confirmation=waiting.reference)


def test_a_recalled_chair_is_made_safe_first(child, karim):
    assert [str(reason) for reason in erasing.reasons_against(child)]
    settle(child)
    assert erasing.reasons_against(child) == []


def test_the_guard_is_back_when_a_file_is_forgotten(child, karim):
    settle(child)
    erasing.erase(child, by=karim, confirmation=child.reference)
    assert append_only.missing(connection) == {}
    from beneficiaries.models import Assessment

    other = NeedFactory().assessment
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=other.pk).update(remarks="autre")


def test_the_guard_is_lifted_inside_a_transaction_only():
    with pytest.raises(RuntimeError), append_only.lifted(connection, "beneficiaries_assessment"):
        pass


def test_an_uploaded_register_forgets_the_rows_that_name_the_family(karim):
    mother = GuardianFactory(phone="+212612345678")
    child = ChildFactory(family=mother.family, given_name_latin="Chaimae", family_name_latin="El Amrani")
    named = {"number": 2, "child": {"given_name_latin": "Chaimae", "family_name_latin": "El Amrani"}}
    by_phone = {"number": 3, "typed": {"phone": "06 12 34 56 78"}}
    other = {"number": 4, "child": {"given_name_latin": "Aya"}}
    RegisterImport.objects.create(uploaded_by=karim, filename="r.csv", digest="0", rows=[named, by_phone, other])
    erasing.erase(child, by=karim, confirmation=child.reference)
    assert RegisterImport.objects.get().rows == [{"number": 2}, {"number": 3}, other]


def test_an_older_backup_that_comes_back_is_forgotten_again(karim, folder):
    child = ChildFactory(given_name_latin="Salma", notes="secret")
    erasing.erase(child, by=karim, confirmation=child.reference)
    assert erasing.noted() == {child.pk: timezone.localdate()}
    # what a restore does to the rows, and to the list in the database
    Child.objects.filter(pk=child.pk).update(given_name_latin="Salma", notes="secret", status="active")
    Erasure.objects.all().delete()
    call_command("reapply_erasures", stdout=tempfile.TemporaryFile("w+"))
    child.refresh_from_db()
    assert (child.given_name_latin, child.notes) == ("—", "")
    assert Erasure.objects.get().child == child.pk
    assert erasing.reapply() == 0


def test_details_of_other_files_stay_in_the_journal(child, karim):
    other = ChildFactory()
    with transaction.atomic():
        entry = recording.record("child.corrected", other, by=karim, payload={"changes": {}})
    settle(child)
    erasing.erase(child, by=karim, confirmation=child.reference)
    assert Payload.objects.filter(entry=entry).exists()
