"""Lists as files: the order of the page, no health data, nothing a spreadsheet would compute, noted in the journal."""

import io

import openpyxl
import pytest
from django.urls import reverse

from beneficiaries import exporting
from beneficiaries.models import Child, Need
from hajar.journal.models import Entry
from hajar.lib import sheets
from tests.beneficiaries.test_needs import LIST, queue_of_many, walk
from tests.factories import ChildFactory, HealthRecordFactory, NeedFactory

pytestmark = pytest.mark.django_db

EXPORT = reverse("beneficiaries:need_export")


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


def download(client, **sent):
    response = client.post(EXPORT, sent)
    assert response.status_code == 200
    return response, io.BytesIO(b"".join(response.streaming_content))


def numbers(file, name):
    rows = sheets.read(file, name).rows
    column = rows[0].cells.index("Number")
    return [row.cells[column] for row in rows[1:]]


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_the_file_is_in_the_order_of_the_page(client, karim, file_format):
    queue_of_many(30)
    client.force_login(karim)
    response, file = download(client, format=file_format)
    assert numbers(file, f"list.{file_format}") == [need.child.reference for need in walk(client)]
    assert response.headers["Content-Disposition"].endswith(f'.{file_format}"')
    assert response.headers["Content-Type"].startswith(exporting.CONTENT_TYPES[file_format].split(";")[0])


def test_the_file_is_narrowed_as_the_page_is(client, karim):
    queue_of_many(30)
    client.force_login(karim)
    _response, file = download(client, format="xlsx", urgent="yes", band="planned")
    shown = [need.child.reference for need in walk(client, f"{LIST}?urgent=yes&band=planned")]
    assert shown and numbers(file, "list.xlsx") == shown


def test_an_export_is_written_in_the_journal_with_its_count_and_filters_but_no_name(client, karim):
    NeedFactory(is_urgent=True, urgent_since="2026-11-01")
    client.force_login(karim)
    download(client, format="csv", urgent="yes", q="Chaimae")
    entry = Entry.objects.get(act="register.exported")
    assert entry.actor == karim
    assert entry.details == {
        "list": "needs",
        "format": "csv",
        "count": 1,
        "filters": {"urgent": "yes", "searched": True},
    }


def test_one_takes_out_only_what_one_may_see(client, youssef):
    NeedFactory()
    client.force_login(youssef)
    _response, file = download(client, format="csv")
    assert numbers(file, "list.csv") == []


def test_who_may_not_export_is_refused(client, salwa):
    client.force_login(salwa)
    assert client.post(EXPORT, {"format": "csv"}).status_code == 403
    assert not Entry.objects.exists()


def test_a_link_never_exports(client, karim):
    client.force_login(karim)
    assert client.get(EXPORT).status_code == 405


def test_another_format_is_refused(client, karim):
    client.force_login(karim)
    assert client.post(EXPORT, {"format": "docm"}).status_code == 400
    assert not Entry.objects.exists()


@pytest.mark.parametrize("columns", [exporting.CHILDREN, exporting.NEEDS])
def test_no_column_tells_of_health(columns):
    child = HealthRecordFactory(
        diagnosis="AT", diagnosis_as_written="Ataxie", hospital="Rabat", hospital_number="H-1"
    ).child
    row = NeedFactory(child=child) if columns is exporting.NEEDS else child
    row.place = 1
    cells = " ".join(str(value(row)) for _heading, value in columns)
    assert not any(word in cells for word in ("AT", "Ataxie", "Rabat", "H-1"))


def test_a_name_that_looks_like_a_formula_stays_text(karim):
    child = ChildFactory()
    Child.objects.filter(pk=child.pk).update(given_name_latin="=1+1")
    made = exporting.export_children(Child.objects.all(), by=karim, file_format="xlsx", filters={})
    cells = list(openpyxl.load_workbook(made.file).active.iter_rows())[1]
    cell = next(cell for cell in cells if cell.value == "=1+1")
    assert cell.data_type == "s"
    made = exporting.export_children(Child.objects.all(), by=karim, file_format="csv", filters={})
    assert ";'=1+1;" in made.file.read().decode("utf-8-sig")


def test_the_sheet_runs_from_right_to_left_in_arabic(client, karim):
    NeedFactory()
    client.cookies["django_language"] = "ar"
    client.force_login(karim)
    _response, file = download(client, format="xlsx")
    assert openpyxl.load_workbook(file).active.sheet_view.rightToLeft


def test_children_are_exported_in_the_order_given(karim):
    for name in ("Zineb", "Amal", "Meryem"):
        ChildFactory(given_name_latin=name)
    made = exporting.export_children(
        Child.objects.order_by("-sort_key", "pk"), by=karim, file_format="xlsx", filters={"status": "active"}
    )
    rows = list(openpyxl.load_workbook(made.file).active.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["Zineb", "Meryem", "Amal"]
    assert (made.count, Entry.objects.get().details["count"]) == (3, 3)


def test_an_export_takes_a_constant_number_of_queries(karim, django_assert_max_num_queries):
    counts = []
    for number in (1, 30):
        queue_of_many(number)
        with django_assert_max_num_queries(8) as asked:
            exporting.export_needs(Need.objects.open(), by=karim, file_format="csv", filters={})
        counts.append(len(asked))
    assert counts[0] == counts[1]
