"""Lists as files: the order of the page, no health data, nothing a spreadsheet would compute, a reason, a limit."""

import io
import re
import tracemalloc
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from beneficiaries import exporting
from beneficiaries.models import Child, Export, Family, Need
from beneficiaries.models.references import Counter
from distributions import exporting as chairs_exporting
from hajar.journal.models import Entry
from hajar.lib import sheets
from tests import world
from tests.beneficiaries.test_needs import LIST, queue_of_many, walk
from tests.factories import ChildFactory, FamilyFactory, GuardianFactory, HealthRecordFactory, NeedFactory

pytestmark = pytest.mark.django_db

EXPORT = reverse("beneficiaries:need_export")
REASON = "List for the meeting"
LISTS = (exporting.CHILDREN, exporting.NEEDS, exporting.FAMILIES, *chairs_exporting.LISTS)


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["django_language"] = "en"


def download(client, address=EXPORT, query="", **sent):
    response = client.post(f"{address}?{query}", {"reason": REASON, "file_format": "xlsx", **sent})
    assert response.status_code == 200, response.content.decode()[:2000]
    return response, io.BytesIO(b"".join(response.streaming_content))


def take_out(rows, what=exporting.CHILDREN, *, by, file_format="xlsx", **more):
    return exporting.take_out(what, rows, by=by, reason=REASON, file_format=file_format, filters={}, **more)


def opened(made):
    return io.BytesIO(b"".join(made.content))


def numbers(file, name):
    rows = sheets.read(file, name).rows
    column = rows[0].cells.index("Number")
    return [row.cells[column] for row in rows[1:-1]]


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_the_file_is_in_the_order_of_the_page(client, karim, file_format):
    queue_of_many(30)
    client.force_login(karim)
    response, file = download(client, file_format=file_format)
    assert numbers(file, f"list.{file_format}") == [need.child.reference for need in walk(client)]
    assert response.headers["Content-Disposition"].endswith(f'.{file_format}"')
    assert response.headers["Content-Type"].startswith(exporting.CONTENT_TYPES[file_format].split(";")[0])


def test_the_file_is_narrowed_as_the_page_is(client, karim):
    queue_of_many(30)
    client.force_login(karim)
    _response, file = download(client, query="urgent=yes&band=planned")
    shown = [need.child.reference for need in walk(client, f"{LIST}?urgent=yes&band=planned")]
    assert shown and numbers(file, "list.xlsx") == shown


def test_an_export_is_kept_with_its_count_reason_and_filters_but_no_name(client, karim):
    NeedFactory(is_urgent=True, urgent_since="2026-11-01")
    client.force_login(karim)
    download(client, query="urgent=yes&q=Chaimae", file_format="csv")
    entry = Entry.objects.get(act="register.exported")
    told = {"count": 1, "filters": {"urgent": "yes", "searched": True}, "reason": REASON}
    assert (entry.actor, entry.details) == (karim, {"list": "needs", "format": "csv", **told})
    export = Export.objects.get()
    assert (export.taken_by, export.count, export.filters, export.reason) == (karim, *told.values())


def test_without_a_reason_nothing_leaves_the_house(client, karim):
    NeedFactory()
    client.force_login(karim)
    response = client.post(EXPORT, {"file_format": "xlsx", "reason": "  "})
    assert response.status_code == 422
    assert "reason" in response.context["form"].errors
    with pytest.raises(exporting.NoReason):
        exporting.take_out(exporting.NEEDS, Need.objects.all(), by=karim, reason=" ", file_format="csv", filters={})
    assert not Export.objects.exists() and not Entry.objects.filter(act="register.exported").exists()


def test_one_takes_out_only_what_one_may_see(client, youssef):
    NeedFactory()
    client.force_login(youssef)
    _response, file = download(client, file_format="csv")
    assert numbers(file, "list.csv") == []


def test_who_may_not_export_is_refused(client, salwa, hind):
    for person in (salwa, hind):
        client.force_login(person)
        assert client.post(EXPORT, {"file_format": "csv", "reason": REASON}).status_code == 403
    assert not Entry.objects.exists()


def test_looking_at_the_page_takes_nothing_out(client, karim):
    NeedFactory()
    client.force_login(karim)
    page = client.get(f"{EXPORT}?urgent=no")
    assert "1 row" in page.content.decode()
    assert not Export.objects.exists()


def test_another_format_is_refused(client, karim):
    client.force_login(karim)
    assert client.post(EXPORT, {"file_format": "docm", "reason": REASON}).status_code == 422
    with pytest.raises(exporting.UnknownFormat):
        take_out(Child.objects.all(), by=karim, file_format="docm")
    assert not Entry.objects.exists()


# --- limits


def test_a_person_takes_out_so_many_rows_a_day(karim, samira, settings):
    settings.EXPORTED_ROWS_A_DAY = 3
    ChildFactory.create_batch(2)
    take_out(Child.objects.all(), by=karim)
    with pytest.raises(exporting.TooMuchToday):
        take_out(Child.objects.all(), by=karim)
    take_out(Child.objects.all(), by=samira)
    assert Export.objects.count() == 2
    Export.objects.filter(taken_by=karim).update(created_at=timezone.now() - timedelta(days=1))
    take_out(Child.objects.all(), by=karim)


def test_a_person_takes_out_so_many_files_a_day(client, karim, settings):
    settings.EXPORTS_A_DAY = 1
    take_out(Child.objects.all(), by=karim)
    client.force_login(karim)
    response = client.post(EXPORT, {"file_format": "csv", "reason": REASON})
    assert response.status_code == 422
    assert str(exporting.TooMuchToday.sentence) in response.content.decode()


# --- what the file holds


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_the_file_says_who_took_it_when_and_what_for(karim, file_format):
    ChildFactory()
    made = take_out(Child.objects.all(), by=karim, file_format=file_format)
    file = opened(made)
    *_rows, last = sheets.read(file, f"list.{file_format}").rows
    assert karim.full_name in last.cells[0] and REASON in last.cells[0]
    if file_format == "xlsx":
        file.seek(0)
        workbook = openpyxl.load_workbook(file)
        assert REASON in workbook.properties.description
        assert karim.full_name in workbook.active.oddFooter.center.text


def cells_of(what, rows, by, file_format="csv"):
    made = take_out(rows, what, by=by, file_format=file_format)
    return [str(cell) for row in sheets.read(opened(made), f"list.{file_format}").rows for cell in row.cells]


def test_no_list_tells_of_health(nadia, driss):
    things = world.build("MA-CAS", volunteer=driss)
    child = Child.objects.get(pk=things["child"])
    child.health_record.__class__.objects.filter(pk=child.health_record.pk).update(
        diagnosis="AT", diagnosis_as_written="Zzataxie", hospital="Zzrabat", hospital_number="ZZ-1"
    )
    taken = [cell for what, rows in rows_of_every_list(nadia) for cell in cells_of(what, rows, nadia)]
    assert taken
    assert not [cell for cell in taken if any(word in cell for word in ("Zzataxie", "Zzrabat", "ZZ-1"))]
    paths = " ".join(path for what in LISTS for column in what.columns for path in column.sources)
    assert not re.search(r"diagnos|hospital|health|skin|pain|injury|notes|remarks|parts_of|override_reason", paths)


def rows_of_every_list(user):
    """Each list with its rows, as its page gives them."""
    from django.test import RequestFactory

    from beneficiaries.views import children, families, needs
    from distributions.views import exports

    request = RequestFactory().get("/")
    request.user = user
    yield exporting.CHILDREN, children.narrowed(request)[0]
    yield exporting.FAMILIES, families.narrowed(request)[0]
    yield exporting.NEEDS, needs.narrowed(request)[0]
    for what, narrow in (
        (chairs_exporting.CHAIRS, exports._chairs),
        (chairs_exporting.DELIVERIES, exports._deliveries),
        (chairs_exporting.DUE, exports._followups_due),
        (chairs_exporting.FOLLOWUPS, exports._followups),
        (chairs_exporting.REPAIRS, exports._repairs),
        (chairs_exporting.ROUNDS, exports._rounds),
        (chairs_exporting.TRANSFERS, exports._transfers),
        (chairs_exporting.RECALLS, exports._recalls),
    ):
        yield what, narrow(request)[0]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_list_comes_out_whole_in_every_language(nadia, driss, language):
    from django.utils import translation

    world.build("MA-CAS", volunteer=driss)
    with translation.override(language):
        for what, rows in rows_of_every_list(nadia):
            made = take_out(rows, what, by=nadia, file_format="csv")
            table = sheets.read(opened(made), "list.csv").rows
            assert made.count == rows.count() == len(table) - 2, what.name
            assert len(table[0].cells) == len(what.columns), what.name


def test_phones_and_names_are_for_who_may_see_them(samira, omar):
    GuardianFactory(family=FamilyFactory(), phone="+212661000001", is_first_contact=True)
    NeedFactory()
    families = exporting.with_people(Family.objects.order_by("number"))
    assert "+212661000001" in cells_of(exporting.FAMILIES, families, samira)
    headings = [str(column.heading) for column in exporting.FAMILIES.columns_for(omar)]
    assert "Phone" not in headings and "Given name (Latin)" not in headings
    of_store = [column.sources[0] for column in chairs_exporting.ALLOCATIONS.columns_for(omar)]
    assert not any("name_latin" in path or "name_arabic" in path for path in of_store)


PAYLOADS = [
    f"{mark}{rest}"
    for mark in ("=", "+", "-", "@", "\t=", " =", "\r=", "＝", "＋", "－", "＠")
    for rest in ("1+1", 'HYPERLINK("http://x","y")', "cmd|'/c calc'!A0", "SUM(A1:A9)*2")
]


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_nothing_that_leaves_the_house_is_a_formula(karim, file_format):
    assert len(PAYLOADS) >= 40
    family = FamilyFactory()
    for payload in PAYLOADS:
        child = ChildFactory(family=family)
        Child.objects.filter(pk=child.pk).update(given_name_latin=payload, previous_reference=payload[:40])
    what = exporting.ListOut(
        "hostile",
        "Hostile",
        [exporting.Column(payload, "given_name_latin") for payload in PAYLOADS],
        (),
    )
    made = take_out(Child.objects.order_by("number"), what, by=karim, file_format=file_format)
    if file_format == "csv":
        text = opened(made).read().decode("utf-8-sig")
        import csv

        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        assert all(cell[:1] not in tuple("=+-@\t\r＝＋－＠ ") for row in table for cell in row)
        assert [cell.removeprefix("'") for cell in table[0]] == PAYLOADS
        assert [row[0].removeprefix("'") for row in table[1:-1]] == PAYLOADS
        return
    rows = list(openpyxl.load_workbook(opened(made)).active.iter_rows())
    assert all(cell.data_type != "f" for row in rows for cell in row)
    shown = [payload.replace("\r", "\n") for payload in PAYLOADS]  # as XML reads the end of a line
    assert [cell.value.replace("\r", "\n") for cell in rows[0]] == shown
    assert [row[0].value.replace("\r", "\n") for row in rows[1:-1]] == shown
    assert all(row[0].quotePrefix for row in rows[:-1])


def test_the_sheet_runs_from_right_to_left_in_arabic(client, karim):
    NeedFactory()
    client.cookies["django_language"] = "ar"
    client.force_login(karim)
    _response, file = download(client)
    assert openpyxl.load_workbook(file).active.sheet_view.rightToLeft


def test_children_are_exported_in_the_order_given(karim):
    for name in ("Zineb", "Amal", "Meryem"):
        ChildFactory(given_name_latin=name)
    made = take_out(Child.objects.order_by("-sort_key", "pk"), by=karim)
    rows = list(openpyxl.load_workbook(opened(made)).active.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:-1]] == ["Zineb", "Meryem", "Amal"]
    assert (made.count, Export.objects.get().count) == (3, 3)


# https://hxlstandard.org/standard/1-1final/dictionary/
HASHTAGS = set(
    "#access #activity #adm1 #adm2 #adm3 #adm4 #adm5 #affected #beneficiary #capacity #cause #channel #contact "
    "#country #crisis #currency #date #delivery #description #event #frequency #geo #group #impact #indicator "
    "#inneed #item #loc #meta #modality #need #operations #org #output #population #reached #region #respondee "
    "#sector #service #severity #status #subsector #targeted #value".split()
)


def test_every_column_has_a_tag_of_the_hxl_dictionary_and_no_list_has_one_twice():
    for what in LISTS:
        tags = [column.hxl for column in what.columns]
        assert all(re.fullmatch(r"#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*", tag) for tag in tags), what.name
        assert {tag.partition("+")[0] for tag in tags} <= HASHTAGS, what.name
        assert len(tags) == len(set(tags)), (what.name, sorted(tag for tag in tags if tags.count(tag) > 1))


def test_the_tags_stand_under_the_headings_when_they_are_asked_for(client, karim):
    NeedFactory()
    client.force_login(karim)
    _response, file = download(client, with_hxl="on", file_format="csv")
    tags = sheets.read(file, "list.csv").rows[1].cells
    assert "#adm1+name" in tags and "#beneficiary+code" in tags


def test_an_export_takes_a_constant_number_of_queries(karim, django_assert_max_num_queries):
    counts = []
    for number in (1, 30):
        queue_of_many(number)
        with django_assert_max_num_queries(14) as asked:
            opened(take_out(Need.objects.open().in_queue_order(), exporting.NEEDS, by=karim, file_format="csv"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- a CSV leaves while it is read


def counters(number):
    """Rows that cost nothing to make."""
    Counter.objects.bulk_create([Counter(series=f"s{place:07d}", last=place) for place in range(number)])
    return Counter.objects.filter(series__startswith="s0").order_by("pk")


def listed(seen=None):
    def say():
        return lambda value: value if seen is None else seen.append(value) or value

    return exporting.ListOut("counted", "Counted", [exporting.Column("Last", "last", say)] * 8, ())


def test_the_first_bytes_leave_before_the_last_row_is_read(karim):
    seen = []
    made = take_out(counters(20_000), listed(seen), by=karim, file_format="csv")
    assert Export.objects.get().count == made.count == 20_000, "noted before the first byte leaves"
    assert not seen
    pieces = iter(made.content)
    first = next(pieces) + next(pieces)
    assert len(first) > 60_000 and 0 < len(seen) < 8 * 5_000
    if connection.vendor == "postgresql":  # the rows wait in the server, not in our memory
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '\\_django\\_curs\\_%%'")
            assert cursor.fetchone() == (1,)
    rest = b"".join(pieces)
    assert len((first + rest).splitlines()) == 20_002 and len(seen) == 8 * 20_000


def test_memory_does_not_grow_with_the_rows(karim):
    everything, peaks = counters(24_000), []
    for number in (4_000, 24_000):
        made = take_out(everything.filter(last__lt=number), listed(), by=karim, file_format="csv")
        tracemalloc.start()
        sent = sum(map(len, made.content))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert sent > number * 8
    assert peaks[1] < peaks[0] + 200_000, peaks


def test_no_more_rows_leave_than_were_noted(karim):
    made = take_out(counters(3), listed(), by=karim, file_format="csv")
    Counter.objects.create(series="s0000009", last=9)
    assert len(opened(made).read().splitlines()) == 1 + 3 + 1
    assert Export.objects.get().count == 3


def test_the_words_stay_in_the_language_in_which_the_file_was_asked_for(karim):
    ChildFactory(sex="F")
    with translation.override("ar"):
        made = take_out(Child.objects.all(), by=karim, file_format="csv")
        headings = [str(column.heading) for column in exporting.CHILDREN.columns]
        girl = str(Child.Sex.GIRL.label)
    with translation.override("fr"):
        text = opened(made).read().decode()
    assert all(word in text for word in [*headings, girl])


def test_a_csv_is_sent_in_pieces_by_its_page(client, karim):
    queue_of_many(3)
    client.force_login(karim)
    response = client.post(EXPORT, {"reason": REASON, "file_format": "csv"})
    assert response.streaming and "Content-Length" not in response.headers
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert Entry.objects.filter(act="register.exported").count() == 1, "whether or not it is read to its end"
    response.close()


# --- who took what


def test_a_coordinator_sees_who_took_what(client, karim, samira, django_assert_max_num_queries):
    client.force_login(karim)
    ChildFactory()
    for number in range(15):
        exporting.take_out(
            exporting.CHILDREN,
            Child.objects.all(),
            by=samira,
            reason=f"Reason {number}",
            file_format="csv",
            filters={},
        )
    with django_assert_max_num_queries(12):
        page = client.get(reverse("beneficiaries:export_list")).content.decode()
    assert "Reason 14" in page and samira.full_name in page


def test_a_case_worker_does_not_see_what_others_took(client, samira):
    client.force_login(samira)
    assert client.get(reverse("beneficiaries:export_list")).status_code == 403


def test_no_health_record_is_read_for_an_export(karim):
    HealthRecordFactory()
    assert not [path for column in exporting.CHILDREN.columns for path in column.sources if "health" in path]
