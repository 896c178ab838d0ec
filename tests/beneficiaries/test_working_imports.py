"""Large imports in slices: the same as at once, resumed wherever they stopped, never doubled, whoever works on them."""

import io
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from beneficiaries import importing, registration, undoing_imports, working_imports
from beneficiaries.models import Child, Family, Guardian, Province
from beneficiaries.models.imports import RegisterImport
from beneficiaries.models.names import NameKey
from hajar.journal import recording
from hajar.journal.models import Entry
from hajar.lib import sheets
from tests.beneficiaries.test_importing import AYA, HEADINGS, OMAR, REDA, many, with_cells
from tests.racing import meeting, race


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    """Three rows are many here."""
    monkeypatch.setattr(importing, "AT_ONCE", 3)
    monkeypatch.setattr(working_imports, "WRITE_AT_ONCE", 3)
    monkeypatch.setattr(working_imports, "READ_AT_ONCE", 4)


def content(rows):
    return b"".join(sheets.write_csv(HEADINGS, rows))


def upload(rows, by):
    return importing.upload_register(file=io.BytesIO(content(rows)), filename="registre.csv", by=by)


def read(rows, by):
    imported = upload(rows, by)
    assert imported.state == RegisterImport.State.READING
    assert working_imports.work(imported)
    imported.refresh_from_db()
    return imported


def writing(rows, by):
    imported = importing.confirm_import(read(rows, by), by=by)
    assert imported.state == RegisterImport.State.WRITING
    return imported


def stop_after(monkeypatch, number):
    """As a worker that is killed: its lease stays, its last whole slice as well."""
    done = []
    real = working_imports._held

    def dies(*args, **more):
        if len(done) >= number:
            raise KeyboardInterrupt
        done.append(1)
        return real(*args, **more)

    monkeypatch.setattr(working_imports, "_held", dies)
    monkeypatch.setattr(working_imports, "release", lambda *_args: None)


FAMILY_OF_SEVEN = [
    with_cells(AYA, given=name, born=f"0{place}/03/20{10 + place}", sex="F" if place % 2 else "M")
    for place, name in enumerate(["Aya", "Omar", "Zineb", "Hamza", "Ikram", "Taha", "Wiam"], start=1)
]


@pytest.mark.django_db
def test_in_slices_comes_to_the_same_as_at_once(karim, monkeypatch):
    rows = [*many(10), *FAMILY_OF_SEVEN, with_cells(REDA, hip=25.4), FAMILY_OF_SEVEN[0]]
    imported = read(rows, karim)
    in_slices = [row.as_json() for row in importing.rows_of(imported)]
    monkeypatch.setattr(importing, "AT_ONCE", 1_000)
    at_once = [row.as_json() for row in importing.rows_of(upload(rows, karim))]
    assert in_slices == at_once
    promised = importing.plan(importing.rows_of(imported))
    monkeypatch.setattr(importing, "AT_ONCE", 3)
    working_imports.work(importing.confirm_import(imported, by=karim, seen=promised.token))
    imported.refresh_from_db()
    assert imported.state == RegisterImport.State.DONE
    assert imported.written["counts"] == promised.counts
    assert (Child.objects.count(), Family.objects.count()) == (promised.children, promised.families)
    (home,) = Family.objects.filter(children__family_name_latin="Bennani").distinct()
    assert home.children.count() == 7 and home.guardians.count() == 1
    assert imported.sheet == {} and "Zineb" not in str(imported.rows)


@pytest.mark.django_db
def test_a_large_import_is_one_act_of_the_journal(karim):
    before = Entry.objects.count()
    working_imports.work(writing(many(10), karim))
    (entry,) = Entry.objects.order_by("sequence")[before:]
    assert (entry.act, entry.details["children"]) == ("register.imported", 10)


@pytest.mark.django_db
@pytest.mark.parametrize("slices", [0, 1, 2])
@pytest.mark.parametrize("begin", [upload, writing])
def test_a_worker_that_is_killed_leaves_whole_slices_and_another_goes_on(karim, monkeypatch, begin, slices):
    imported = begin(list(many(10)), karim)
    with monkeypatch.context() as killed:
        stop_after(killed, slices)
        with pytest.raises(KeyboardInterrupt):
            working_imports.work(imported)
    size = 4 if begin is upload else 3
    imported.refresh_from_db()
    assert imported.progress == slices * size
    assert Child.objects.count() == (0 if begin is upload else slices * size)
    assert not working_imports.work(imported), "the lease of the dead one still runs"
    RegisterImport.objects.update(worked_until=timezone.now() - timedelta(seconds=1))
    assert working_imports.work(imported)
    imported.refresh_from_db()
    assert imported.state == ("preview" if begin is upload else "done")
    assert Child.objects.count() == (0 if begin is upload else 10)
    assert sorted(Child.objects.values_list("number", flat=True)) == list(range(1, Child.objects.count() + 1))


@pytest.mark.django_db
def test_a_family_that_an_earlier_worker_opened_is_joined_by_the_next(karim, monkeypatch):
    imported = writing(FAMILY_OF_SEVEN, karim)
    with monkeypatch.context() as killed:
        stop_after(killed, 1)
        with pytest.raises(KeyboardInterrupt):
            working_imports.work(imported)
    RegisterImport.objects.update(worked_until=None)
    working_imports.work(imported)
    assert (Family.objects.count(), Guardian.objects.count(), Child.objects.count()) == (1, 1, 7)


@pytest.mark.django_db
def test_work_goes_on_from_question_to_question(karim):
    imported = upload(list(many(10)), karim)
    asked = 0
    while imported.state == RegisterImport.State.READING:
        assert working_imports.work(imported, seconds=0)
        imported.refresh_from_db()
        asked += 1
    assert asked == 3
    assert (imported.worker, imported.worked_until) == ("", None)


@pytest.mark.django_db
def test_a_child_registered_while_the_import_writes_is_not_doubled(karim, monkeypatch):
    rows = [*many(6), AYA]
    imported = writing(rows, karim)
    working_imports.work(imported, seconds=0)
    family = registration.register_family(province=Province.objects.get(iso="MA-CAS"), by=karim)
    registration.register_child(
        family=family,
        by=karim,
        given_name_latin="Aya",
        family_name_latin="Bennani",
        born_on=date(2017, 8, 5),
        sex="F",
    )
    working_imports.work(imported)
    imported.refresh_from_db()
    assert Child.objects.filter(given_name_latin="Aya", family_name_latin="Bennani").count() == 1
    assert importing.rows_of(imported)[-1].verdict == "duplicate"
    assert imported.written["counts"]["children"] == 6


@pytest.mark.django_db
def test_whoever_stops_an_import_takes_back_what_it_wrote(karim):
    imported = writing(many(10), karim)
    working_imports.work(imported, seconds=0)
    assert Child.objects.count() == 3
    undoing_imports.undo_import(imported, by=karim)
    assert not Child.objects.exists() and not Family.objects.exists() and not NameKey.objects.exists()
    assert not working_imports.work(imported)


@pytest.mark.django_db
def test_a_slice_whose_lease_was_taken_keeps_nothing(karim):
    imported = writing(many(10), karim)
    token = working_imports.take(imported)
    slices = working_imports._slices(imported, token, today=timezone.localdate())
    next(slices)
    RegisterImport.objects.update(worker="another")
    with pytest.raises(working_imports.Superseded):
        next(slices)
    assert Child.objects.count() == 3


@pytest.mark.django_db
def test_the_command_works_through_everything_that_waits(karim, samira, capsys):
    first, second = upload(list(many(5)), karim), writing(FAMILY_OF_SEVEN, samira)
    call_command("work_imports")
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.state, second.state) == ("preview", "done")
    assert capsys.readouterr().out.startswith("2 ")


# --- races


def workers_at_once(imported, number=4):
    def act(_index):
        try:
            return working_imports.work(RegisterImport.objects.get(pk=imported.pk))
        except Exception as problem:
            return problem

    return race(number, act)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_does_each_slice(karim):
    imported = writing(many(12), karim)
    workers_at_once(imported)
    RegisterImport.objects.update(worked_until=None)
    working_imports.work(imported)
    imported.refresh_from_db()
    assert imported.state == RegisterImport.State.DONE
    assert Child.objects.count() == 12
    assert len(set(imported.written["numbers"])) == 12
    assert not list(recording.faults())


@pytest.mark.django_db(transaction=True)
def test_without_the_lease_and_the_look_at_the_slice_the_race_doubles_children(karim, monkeypatch):
    """The planted bug: whoever comes works, and writes without looking whether the slice is still to be done."""
    imported = writing(many(12), karim)
    everybody_has_read, everybody_has_written = meeting(4), meeting(4)

    @contextmanager
    def careless(imported, token, *, at):
        if at == 0:
            everybody_has_read.wait()
        with transaction.atomic():
            yield RegisterImport.objects.select_for_update().defer("rows", "sheet").get(pk=imported.pk)
        if at == 0:
            everybody_has_written.wait()

    monkeypatch.setattr(working_imports, "take", lambda imported: "everybody")
    monkeypatch.setattr(working_imports, "_held", careless)
    workers_at_once(imported, number=4)
    assert Child.objects.count() > 12, "the race that the lease prevents never happened"


# --- on the page


@pytest.mark.django_db
def test_a_large_register_is_read_while_the_page_asks(client, samira):
    client.force_login(samira)
    file = SimpleUploadedFile("registre.csv", content(FAMILY_OF_SEVEN))
    page = client.post(reverse("beneficiaries:import_create"), {"file": file}, follow=True)
    imported = RegisterImport.objects.get()
    detail, work = (reverse(f"beneficiaries:import_{name}", args=[imported.pk]) for name in ("detail", "work"))
    assert page.templates[0].name == "beneficiaries/import_progress.html"
    assert f'hx-post="{work}"' in page.content.decode()
    answer = client.post(work, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, detail)
    seen = client.get(detail).context["plan"].token
    assert client.post(reverse("beneficiaries:import_confirm", args=[imported.pk]), {"seen": seen}).url == detail
    assert not Child.objects.exists()
    assert client.post(work).url == detail, "without JavaScript as well"
    assert Child.objects.count() == 7


@pytest.mark.django_db
def test_while_it_is_at_work_the_page_says_how_far(client, samira, monkeypatch):
    monkeypatch.setattr("beneficiaries.views.imports.AT_A_TIME", 0)
    client.force_login(samira)
    imported = upload(list(many(10)), samira)
    answer = client.post(
        reverse("beneficiaries:import_work", args=[imported.pk]), headers={"HX-Request": "true"}
    ).content.decode()
    assert 'id="import-progress"' in answer and "<html" not in answer
    page = client.get(reverse("beneficiaries:import_detail", args=[imported.pk])).content.decode()
    assert 'id="import-progress"' in page and "4" in page


@pytest.mark.django_db
def test_the_import_of_somebody_else_is_not_worked_on(client, samira, youssef):
    imported = upload(list(many(10)), samira)
    client.force_login(youssef)
    assert client.post(reverse("beneficiaries:import_work", args=[imported.pk])).status_code == 404
    imported.refresh_from_db()
    assert imported.progress == 0


@pytest.mark.django_db
def test_brothers_in_different_slices_are_found_as_brothers(karim):
    imported = read([*many(5), AYA, *list(many(9))[6:], OMAR], karim)
    assert importing.rows_of(imported)[-1].verdict == "sibling"
