"""How long pages take with few and with very many children: measured through Django's test client, never asserted."""

import io
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median, quantiles

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode

from beneficiaries import finding, importing, pairing, searching, working_imports
from beneficiaries.forms.filters import ChildFilterForm, FamilyFilterForm
from beneficiaries.forms.needs import NeedFilterForm
from beneficiaries.models import Child, Family, Guardian, Mandate, Need, Region
from distributions import solver
from distributions.models import Chair, Delivery, Initiative, Round
from hajar.accounts import roles
from hajar.accounts.models import User
from hajar.demo import crowd, doubles, people, searches
from hajar.journal.models import Entry
from hajar.lib import paging, sheets

RUNS, HEAVY_RUNS, WARM_UPS = 20, 3, 2
IMPORTED = 1_000  # rows of the workbook
DOUBLED = 20_000  # files of an invented register, some of them of one child
USUAL = 1_000  # children, unless more are asked for
SHARED = 500  # chairs shared out among as many children
DATABASE = "hajar_bench"


@dataclass(frozen=True)
class Measure:
    """One page or job: what it is called, how to do it once, how many rows it handles."""

    name: str
    act: Callable[[], int]  # returns the rows it handled, 0 where rows are not the point
    is_heavy: bool = False
    told: Callable[[], str] | None = None  # what it found beside the time it took


@dataclass(frozen=True)
class Result:
    name: str
    queries: int
    seconds: list[float]
    cpu: list[float]  # seconds of the processor in this process; on PostgreSQL the server's own come on top
    rows: int

    @property
    def cells(self) -> list[str]:
        middle = median(self.seconds)
        worst = quantiles(self.seconds, n=20, method="inclusive")[-1]
        speed = f"{self.rows / middle:,.0f}" if self.rows else ""
        return [
            self.name,
            str(self.queries),
            f"{middle * 1000:,.1f}",
            f"{worst * 1000:,.1f}",
            f"{median(self.cpu) * 1000:,.1f}",
            speed,
        ]


HEADINGS = ["page", "queries", "median ms", "p95 ms", "CPU ms", "rows/s"]


class Command(BaseCommand):
    help = (
        "Fills a database of its own with invented children and measures every main page. DATABASE_URL says on which "
        "server; without it, or with SQLite, the database is a file that is thrown away."
    )

    def add_arguments(self, parser):
        parser.add_argument("--children", type=int, default=USUAL, help="how many (default 1000)")
        parser.add_argument("--runs", type=int, default=RUNS, help=f"times that each page is opened (default {RUNS})")
        parser.add_argument("--keep", action="store_true", help="keep the database, and use it again where it is")
        parser.add_argument("--markdown", type=Path, help="append the table to this file as Markdown")
        parser.add_argument("--only", default="", help="measure only what has this in its name")
        parser.add_argument("--explain", action="store_true", help="print the slowest query of each page and its plan")

    def handle(self, *args, children, runs, keep, markdown, only, explain, **options):
        if children < 100:
            raise CommandError("measure with at least 100 children")
        with _database(keep) as place, _as_in_production():
            self.stdout.write(f"{children:,} children on {connection.vendor} ({place})")
            filled_in = self._fill(children)
            user = User.objects.get(email="bench@hajar.example")
            measures = [measure for measure in self._measures(user) if only in measure.name]
            results = []
            for measure in measures:
                results.append(_measured(measure, runs))
                self._print_row(results[-1].cells)
                if explain:
                    self._explain(measure)
        if markdown:
            with markdown.open("a", encoding="utf-8") as file:
                file.write(_as_markdown(children, filled_in, results))

    def _fill(self, children) -> float:
        begun = time.perf_counter()
        if missing := children - Child.objects.count():
            office, approver, volunteer = _accounts()
            crowd.gather(
                missing, by=office, approver=approver, volunteer=volunteer, say=lambda words: self.stdout.write(words)
            )
            _settle()
        seconds = time.perf_counter() - begun
        counted = {
            "families": Family,
            "needs": Need,
            "chairs": Chair,
            "deliveries": Delivery,
            "lines of journal": Entry,
        }
        counts = ", ".join(f"{model._default_manager.count():,} {words}" for words, model in counted.items())
        self.stdout.write(f"filled in {seconds:.0f} s: {counts}\n")
        self._print_row(HEADINGS)
        return seconds

    def _print_row(self, cells):
        name, *numbers = cells
        self.stdout.write(f"{name:<44}" + "".join(f"{number:>12}" for number in numbers))

    def _measures(self, user) -> Iterator[Measure]:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        for name, address in _pages(user):
            if callable(address):
                yield Measure(name, address, is_heavy=True, told=getattr(address, "told", None))
                continue
            url, query = address
            try:
                path = reverse(url[0], args=url[1:])
            except NoReverseMatch:
                self.stderr.write(self.style.WARNING(f"{name}: there is no page {url[0]}, not measured"))
                continue
            yield Measure(name, partial(_open, client, f"{path}?{query}" if query else path))
        yield from _of_one_region()
        for name, text in searches.sought(user):
            yield Measure(f"finding: {name}", partial(_find, user, text))
        exports = {"export of the children (xlsx)": "child_export", "export of the list (xlsx)": "need_export"}
        for name, url in exports.items():
            try:
                path = reverse(f"beneficiaries:{url}")
            except NoReverseMatch:
                self.stderr.write(self.style.WARNING(f"{name}: there is no page {url}, not measured"))
                continue
            rows = Need.objects.open().count() if "need" in url else Child.objects.followed().count()
            yield Measure(name, partial(_take_out, client, path, rows), is_heavy=True)

    def _explain(self, measure):
        with CaptureQueriesContext(connection) as queries:
            measure.act()
        slowest = max(queries.captured_queries, key=lambda query: float(query["time"]), default=None)
        if slowest is None or not slowest["sql"].startswith("SELECT"):
            return
        self.stdout.write(f"    {slowest['time']} s: {slowest['sql'][:1500]}")
        with connection.cursor() as cursor:
            how = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS) "
            try:
                cursor.execute(how + slowest["sql"])
            except Exception as fault:  # what is captured is written for people: not every value is quoted
                self.stdout.write(f"    no plan: {fault}")
                return
            for row in cursor.fetchall():
                self.stdout.write(f"    | {row[-1]}")


# --- the database ----------------------------------------------------------------------------------------------------


@contextmanager
def _database(keep: bool) -> Iterator[str]:
    """A database of our own on the server of DATABASE_URL, or a SQLite file; gone at the end unless it is kept."""
    before = connection.settings_dict["NAME"]
    folder = Path(tempfile.gettempdir()) if keep else Path(tempfile.mkdtemp(prefix="hajar-bench-"))
    name = str(folder / f"{DATABASE}.sqlite3") if connection.vendor == "sqlite" else DATABASE
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        yield name
    finally:
        connection.creation.destroy_test_db(before, verbosity=0, keepdb=keep)
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _as_in_production() -> Iterator[None]:
    """Without the developer's tools; the account enters with a password alone."""
    with override_settings(
        DEBUG=False,
        HAJAR_DEMO=True,
        ALLOWED_HOSTS=["localhost"],
        SECURE_SSL_REDIRECT=False,
        LANGUAGE_CODE="fr",
        EXPORTS_A_DAY=10**6,
        EXPORTED_ROWS_A_DAY=10**9,
        HAJAR_NATIONAL_ID=True,
        HAJAR_NATIONAL_ID_KEYS=["a key of invented numbers"],
    ):
        yield


def _settle() -> None:
    """What the database's own housekeeping does in the night: statistics for the planner."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # on SQLite, too, where `settling_in` asks for what has changed only
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _accounts() -> tuple[User, User, User]:
    users = []
    accounts = {"bench": roles.COORDINATOR, "approver": roles.COORDINATOR, "volunteer": roles.VOLUNTEER}
    for name, role in accounts.items():
        user, _is_new = User.objects.get_or_create(email=f"{name}@hajar.example", defaults={"full_name": name.title()})
        roles.give(user, role)
        if role == roles.COORDINATOR:
            Mandate.objects.get_or_create(user=user, region=None)
        users.append(user)
    return users[0], users[1], users[2]


def _of_one_region() -> Iterator[Measure]:
    """The lists again, as a case worker sees them: her region's files and those that it also follows."""
    user, _is_new = User.objects.get_or_create(email="region@hajar.example", defaults={"full_name": "Region"})
    roles.give(user, roles.CASE_WORKER)
    Mandate.objects.get_or_create(user=user, region=Region.objects.get(iso="MA-06"))
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    for name in ("home", "beneficiaries:child_list", "beneficiaries:family_list", "beneficiaries:need_list"):
        yield Measure(f"{name.rpartition(':')[2]}, of one region's case worker", partial(_open, client, reverse(name)))


# --- searches ---------------------------------------------------------------------------------------------------------


def _find(user: User, text: str) -> int:
    """The search itself, without the page around it."""
    sought = searching.understand(text)
    children = Child.objects.visible_to(user).with_family()
    adults = Guardian.objects.visible_to(user).select_related("family__province__region")
    if not finding.find_holders(user, sought):
        searching.find_people(children, adults, sought, 21)
    searching.found_elsewhere_in_the_house(user, sought)
    return 0


# --- what is measured ------------------------------------------------------------------------------------------------


def _pages(user: User) -> Iterator[tuple[str, tuple | Callable[[], int]]]:
    """(name, ((URL name, arguments), query string)), or a job to do."""
    casablanca = Region.objects.get(iso="MA-06").pk
    child = searches.middle(
        Child.objects.followed().filter(needs__closed_on=None, needs__isnull=False).order_by("sort_key")
    )
    need = child.needs.filter(closed_on=None).get()
    family = child.family
    served = searches.middle(Delivery.objects.delivered().order_by("happened_at", "pk"))
    children = Child.objects.followed()
    by_name, by_request = ChildFilterForm.ORDERS["name"], ChildFilterForm.ORDERS["request"]
    queue = Need.objects.open().with_queue()
    latin = searches.middle(children.exclude(family_name_latin="").order_by("sort_key"))
    initiative = served.allocation.initiative
    coming = Initiative.objects.current().order_by("starts_on").first() or initiative

    def page(name: str, url: str, *args, **query):
        return name, ((url, *args), urlencode(query))

    yield page("home", "home")
    yield page("children, first page", "beneficiaries:child_list")
    yield page("children of one region", "beneficiaries:child_list", region=casablanca)
    yield page("children of 6 to 11, waiting", "beneficiaries:child_list", age="6-11", need="open")
    yield page("children, urgent", "beneficiaries:child_list", need="urgent")
    yield page("children, longest wait first", "beneficiaries:child_list", sort="request")
    yield page("children, moved away", "beneficiaries:child_list", status="moved")
    yield page("children, a page in the middle", "beneficiaries:child_list", page=_token(children, by_name))
    yield page(
        "children by request, in the middle",
        "beneficiaries:child_list",
        sort="request",
        page=_token(children, by_request),
    )
    for name, text in searches.sought(user):
        yield page(f"search: {name}", "beneficiaries:search", q=text)
    yield page("children found by name", "beneficiaries:child_list", q=latin.full_name_latin)
    yield page("child", "beneficiaries:child_detail", child.pk)
    yield page("family", "beneficiaries:family_detail", family.pk)
    yield page("families, first page", "beneficiaries:family_list")
    yield page(
        "families, a page in the middle",
        "beneficiaries:family_list",
        page=_token(Family.objects.all(), FamilyFilterForm.ORDERS["name"]),
    )
    yield page("waiting list, first page", "beneficiaries:need_list")
    yield page("waiting list of one region", "beneficiaries:need_list", region=casablanca)
    yield page(
        "waiting list, in the middle",
        "beneficiaries:need_list",
        page=_token(queue, NeedFilterForm.ORDERS[NeedFilterForm.default_sort]),
    )
    yield page("need", "beneficiaries:need_detail", need.pk)
    yield page("assessment", "beneficiaries:assessment_detail", need.assessment_id)
    yield page("consents to ask again", "beneficiaries:renewal_list")
    yield page("files to think of", "beneficiaries:reminder_list")
    yield page("chairs, first page", "distributions:chair_list")
    yield page("chairs available", "distributions:chair_list", state="available")
    yield page("chairs: a serial number", "distributions:chair_list", q=served.allocation.chair.serial)
    yield page("chair", "distributions:chair_detail", served.allocation.chair_id)
    yield page("stock and depots", "distributions:depot_list")
    yield page("choose a chair for a need", "distributions:need_choices", need.pk)
    yield page("initiatives", "distributions:initiative_list")
    yield page("initiative, finished", "distributions:initiative_detail", initiative.pk)
    yield page("initiative, coming", "distributions:initiative_detail", coming.pk)
    draft = Initiative.objects.filter(state=Initiative.State.DRAFT).order_by("starts_on").first()
    if draft:
        yield page("plan of a draft", "distributions:initiative_plan", draft.pk)
    yield f"share {SHARED:,} chairs out among {SHARED:,} children", _share_out
    yield page("initiative's report", "distributions:initiative_report", initiative.pk)
    yield page("initiative's summary", "distributions:initiative_summary", initiative.pk)
    yield page("reports", "distributions:report_list")
    yield page("fairness", "distributions:report_fairness")
    yield page("rounds", "distributions:round_list")
    yield page("round", "distributions:round_detail", searches.middle(Round.objects.order_by("day", "pk")).pk)
    yield page("delivery", "distributions:delivery_detail", served.pk)
    yield page("follow-ups due", "distributions:followup_list")
    yield page("someone must look", "distributions:matter_list")
    yield page("rights requests", "beneficiaries:rightsrequest_list")
    yield page("the same child twice?", "beneficiaries:duplicate_list")
    children = Child.objects.count()
    if children <= DOUBLED:  # of many more it takes minutes, at night
        yield "duplicates, the whole register", _find_duplicates
    files = DOUBLED if children >= USUAL else USUAL  # few for who only looks whether measuring works
    yield f"{files:,} children, {doubles.SHARE:.0%} doubles", _Doubles(files)
    yield page("imports", "beneficiaries:import_list")
    yield f"import of {IMPORTED:,} rows, looked at only", partial(_import, user, _workbook())


def _find_duplicates() -> int:
    with transaction.atomic():
        found = pairing.find_duplicates()
        transaction.set_rollback(True)
    return found.compared


class _Doubles:
    """Look for children registered twice by another hand, and say how many were found."""

    def __init__(self, files: int) -> None:
        self.files = files
        self.found: doubles.Found | None = None

    def __call__(self) -> int:
        self.found = doubles.measure(self.files)
        return self.files

    def told(self) -> str:
        return self.found.words if self.found else ""


def _share_out() -> int:
    """SHARE-1.0 alone, on an invented case: every second pair is possible."""
    chance = Random(SHARED)  # noqa: S311 - an invented case, the same every time
    wishes = [
        solver.Wish(number, chance.random() < 0.1, chance.randint(10, 110), chance.randint(1, 12))
        for number in range(SHARED)
    ]
    pairs = [
        solver.Pair(need, chair, chance.randint(-20, 100), chance.randint(0, 15))
        for need in range(SHARED)
        for chair in range(SHARED)
        if chance.random() < 0.5
    ]
    return len(solver.solve(wishes, range(SHARED), pairs, floors=dict.fromkeys(range(1, 13), 20)).pairs)


def _token(rows, order) -> str:
    """The token of a page about the middle of a list: that of the rows after the one in the middle."""
    column = order[0] if order[0] != "-is_urgent" else order[1]
    value = getattr(searches.middle(rows.order_by(column, "pk")), column.lstrip("-"))
    further = rows.filter(**{f"{column.lstrip('-')}__{'lte' if column.startswith('-') else 'gte'}": value})
    return paging.page(further, order=order).next_token or ""


def _open(client: Client, address: str) -> int:
    response = client.get(address)
    if response.status_code not in (200, 302):
        raise CommandError(f"{address}: {response.status_code}")
    _read(response)
    return 0


def _take_out(client: Client, path: str, rows: int) -> int:
    response = client.post(path, {"file_format": "xlsx", "reason": "bench"})
    if response.status_code != 200:
        raise CommandError(f"{path}: {response.status_code}")
    _read(response)
    return rows


def _read(response) -> None:
    if response.streaming:
        for _part in response.streaming_content:
            pass
        response.close()


def _workbook() -> bytes:
    """A register of new children, some of whose names sound like known ones."""
    headings = ["Prénom", "Nom", "الاسم", "النسب", "Date de naissance", "Sexe", "Province", "Téléphone"]
    provinces = ["Casablanca", "Taroudannt", "Fès", "Settat", "Agadir"]
    rows = []
    for number in range(IMPORTED):
        given = (people.GIRLS if number % 2 else people.BOYS)[number % 40]
        family = people.FAMILIES[number * 7 % len(people.FAMILIES)]
        born = f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/{2010 + number % 12}"
        phone = f"06{10_000_000 + number * 3:08d}"
        sex = "F" if number % 2 else "M"
        rows.append([given.latin, family.latin, given.arabic, family.arabic, born, sex, provinces[number % 5], phone])
    with sheets.write_xlsx(headings, rows, title="Registre") as file:
        return file.read()


def _import(user: User, workbook: bytes) -> int:
    with transaction.atomic():
        found = importing.upload_register(file=io.BytesIO(workbook), filename="registre.xlsx", by=user)
        working_imports.work(found)
        transaction.set_rollback(True)
    return len(found.rows)


# --- measuring -------------------------------------------------------------------------------------------------------


def _measured(measure: Measure, runs: int) -> Result:
    runs = min(runs, HEAVY_RUNS) if measure.is_heavy else runs
    with CaptureQueriesContext(connection) as queries:
        rows = measure.act()
    count = len(queries)
    for _turn in range(0 if measure.is_heavy else WARM_UPS):
        measure.act()
    seconds, cpu = [], []
    for _turn in range(max(runs, 2)):
        begun, begun_cpu = time.perf_counter(), time.process_time()
        measure.act()
        seconds.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - begun_cpu)
    name = f"{measure.name}: {measure.told()}" if measure.told else measure.name
    return Result(name, count, seconds, cpu, rows)


def _as_markdown(children: int, filled_in: float, results: list[Result]) -> str:
    engine = connection.display_name
    version = ".".join(str(number) for number in connection.get_database_version())
    lines = [
        f"\n### {children:,} children, {engine} {version}\n",
        f"{timezone.localdate():%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores at a load of "
        f"{os.getloadavg()[1]:.1f}; filled in {filled_in:.0f} s\n",
        f"| {' | '.join(HEADINGS)} |",
        "|---|---:|---:|---:|---:|---:|",
        *(f"| {' | '.join(result.cells)} |" for result in results),
    ]
    return "\n".join(lines) + "\n"
