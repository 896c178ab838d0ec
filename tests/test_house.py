"""House rules that no other tool watches over."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.models import QuerySet
from django.template.utils import get_app_template_dirs
from django.test import Client
from django.urls import reverse

from beneficiaries.models import Child
from hajar.accounts import roles
from hajar.journal import acts
from tests import world
from tests.factories import ChildFactory
from tests.permissions import RULES

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"hajar", "beneficiaries", "distributions"}
PURE = [
    "beneficiaries.scoring",
    "distributions.fitting",
    "distributions.fitting_words",
    "distributions.growth",
    "distributions.look_calendar",
    "distributions.routing",
    "distributions.solver",
    "hajar.lib.names",
]


def kept_files(*suffixes: str):
    """The project's own files: what git tracks, or would if asked; all, or those with one of these endings."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]
    return [path for path in paths if not suffixes or path.suffix in suffixes]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_are_three_rooms_and_no_other():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == ROOMS | {"tests"}


def module_paths(name):
    path = ROOT.joinpath(*name.split("."))
    return path, path.with_suffix(".py")


def test_every_pure_room_that_exists_is_under_the_import_law():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (law,) = (contract for contract in contracts if contract.get("forbidden_modules") == ["django"])
    there = {name for name in PURE if any(map(Path.exists, module_paths(name)))}
    assert set(law["source_modules"]) == there


def test_the_locks_name_no_host():
    for lock in [*ROOT.glob("requirements/*.txt"), ROOT / "package-lock.json"]:
        lines = [line for line in lock.read_text().splitlines() if "://" in line and '"url"' not in line]
        assert lines == [], lock.name
    assert "resolved" not in (ROOT / "package-lock.json").read_text()


def test_what_runs_is_what_is_tested():
    def pinned(name):
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

    tested = pinned("dev.txt")
    for lock in ("demo.txt", "production.txt"):
        differing = {name for name, version in pinned(lock).items() if tested.get(name, version) != version}
        assert differing == set(), lock


INLINE = {
    "a style": r"\sstyle\s*=|<style",
    "a handler": r"\son[a-z]+\s*=\s*[\"']|\shx-on",
    "a script": r"<script(?![^>]*\ssrc=)|javascript:",
}


@pytest.mark.parametrize("forbidden", INLINE.values(), ids=INLINE)
def test_no_template_has_what_the_policy_forbids(forbidden):
    assert [name_of(path) for path in kept_files(".html") if re.search(forbidden, path.read_text())] == []


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ('<p style="color:red">', "a style"),
        ("<button onclick='go()'>", "a handler"),
        ("<script>go()</script>", "a script"),
        ('<script type="module">go()</script>', "a script"),
    ],
)
def test_what_the_policy_forbids_is_found(template, what):
    assert re.search(INLINE[what], template)
    assert not re.search(INLINE["a script"], '<script type="module" src="/static/js/app.js"></script>')


# What turns round in Arabic: the start and the end of a line, never left and right.
PHYSICAL = re.compile(
    r"\b(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)|(?<![\w-])(?:left|right))[\w-]*\s*:"
    r"|\b(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)


def test_no_style_sheet_knows_left_from_right():
    found = [
        f"{name_of(path)}: {line.strip()}"
        for path in kept_files(".css")
        if "vendor" not in path.parts  # Bootstrap brings one sheet for each direction
        for line in re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL).splitlines()
        if PHYSICAL.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("rule", ["margin-left: 1rem", "border-right-width: 1px", "left: 0", "text-align: right"])
def test_left_and_right_are_found(rule):
    assert PHYSICAL.search(f"p {{ {rule}; }}")
    assert not PHYSICAL.search("p { margin-inline-start: 1rem; text-align: end; } .bi-arrow-left { scale: -1 1; }")


# Django finds these by their names.
FOUND_BY_NAME = {"400.html", "403.html", "404.html", "409.html", "500.html"}


def replaces_a_packages_own(name: str) -> bool:
    return any(Path(folder, name).is_file() for folder in get_app_template_dirs("templates"))


def test_every_template_is_used():
    """By a view, another template or a tag, or in the place of one that a package brings."""
    sources = {path: path.read_text() for path in kept_files(".py", ".html") if ROOT / "tests" not in path.parents}
    unused = []
    for path in kept_files(".html"):
        name = path.relative_to(ROOT / "templates").as_posix()
        ways = [f'"{name}"', f"'{name}'"]
        if name.startswith("components/"):
            ways.append(f"{{% {path.stem} ")  # a block tag of hajar_ui draws the component of its name
        is_named = any(way in text for at, text in sources.items() if at != path for way in ways)
        if not is_named and name not in FOUND_BY_NAME and not replaces_a_packages_own(name):
            unused.append(name)
    assert sorted(unused) == []


def test_every_static_file_that_a_template_names_is_there():
    """In production a name that is missing from the manifest is an error 500 on every page."""
    named = {
        (name_of(path), name)
        for path in kept_files(".html")
        for name in re.findall(r"""{% static ['"]([^'"]+)['"]""", path.read_text())
    }
    assert named, "the pattern finds nothing"
    assert {(path, name) for path, name in named if not finders.find(name)} == set()


def app_code():
    """The modules, scripts and style sheets that run; not the generated migrations and lists."""
    folders = {*ROOMS, "static"}
    return [
        path
        for path in kept_files(".py", ".js", ".css")
        if path.relative_to(ROOT).parts[0] in folders and "migrations" not in path.parts
    ]


def test_no_file_is_homeless():
    """Code that is put there lacks a name, not a room."""
    homeless = {"utils", "util", "helpers", "helper", "common", "misc", "services", "managers", "signals", "mixins"}
    assert [name_of(path) for path in app_code() if homeless & {path.stem, *path.relative_to(ROOT).parts[:-1]}] == []


MOST_LINES = 500
# Longer, and why that reads better than two files would.
LONG = {
    "beneficiaries/scoring.py": "NEED-1.0 in one piece: whoever checks the rule reads it from top to bottom",
    "distributions/choosing.py": "from rows to a ranked list and to what stops a hand-over, judged one single way",
    "distributions/fitting.py": "FIT-1.0 in one piece: whoever checks the rule reads it from top to bottom",
    "distributions/growth.py": "GROW-1.0 in one piece: whoever checks the rule reads it from top to bottom",
    "distributions/stocktaking.py": "the replay of a chair's events beside the acts that add to them",
    "hajar/demo/campaigns.py": "the stories of the campaigns, each told in the order in which it happened",
    "hajar/demo/crowd.py": "a story that runs from families to deliveries, for measuring only",
}


def test_long_files_say_why():
    long = {name_of(path) for path in app_code() if len(path.read_text().splitlines()) > MOST_LINES}
    assert long - LONG.keys() == set(), "split it, or say why not"
    assert LONG.keys() - long == set(), "no longer long"


def test_no_file_knows_the_machine_it_was_written_on():
    """Neither a folder of somebody's nor a host from which packages come: they differ on every machine."""
    machine = re.compile(r"(?<![\w.~-])/(?:root|work|Users/\w+|home/\w+)/|//[\w.]*(?:pypi|pythonhosted|npmjs)\.")
    found = []
    for path in kept_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if path != Path(__file__).resolve() and machine.search(text):
            found.append(name_of(path))
    assert found == []


def test_every_act_that_is_recorded_has_words():
    recorded = {
        act
        for path in app_code()
        if path.suffix == ".py"
        for act in re.findall(r"\b(?:record|record_reading|_journal)\(\s*\"(\w+\.\w+)\"", path.read_text())
    }
    assert len(recorded) > 30, "the pattern finds nothing"
    assert recorded - dict(acts.choices()).keys() == set()


# Rows that only the house itself reads: what people see of them stands elsewhere.
WITHOUT_ADMIN = {
    "beneficiaries.namekey",
    "beneficiaries.phonekey",
    "beneficiaries.counter",
    "journal.head",
    "journal.payload",
}


def test_every_model_is_in_the_administration():
    ours = {
        model._meta.label_lower
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "journal", "backups", "beneficiaries", "distributions")
    }
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert ours - registered == WITHOUT_ADMIN


def unordered(value, name: str):
    """Querysets without an order in what a page was given."""
    if isinstance(value, QuerySet):
        is_lookup = value._result_cache is None  # nobody has walked through it
        if not (is_lookup or value.ordered or len(value) < 2):
            yield f"{name}: {value.model.__name__}"
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from unordered(part, f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for part in value:
            yield from unordered(part, name)


@pytest.mark.django_db
def test_what_a_page_shows_is_in_order(person):
    """Without an order PostgreSQL shows rows as it likes, and a cut list shows any of them."""
    administrator, volunteer = person("Nadia", roles.ADMINISTRATOR), person("Driss", roles.VOLUNTEER)
    world.build("MA-CAS", volunteer=volunteer)
    things = world.build("MA-CAS", volunteer=volunteer) | world.an_import(administrator)
    found, cut = set(), re.compile(r"\bLIMIT (\d+)")

    def watch(execute, sql, params, many, context):
        limit = cut.search(sql)
        if (
            limit and int(limit[1]) not in (1, 21) and "ORDER BY" not in sql and "COUNT(*)" not in sql
        ):  # 1: exists(), 21: get()
            found.add(f"{rule.name}: {sql[:300]}")
        return execute(sql, params, many, context)

    for user in (administrator, volunteer):
        client = Client()
        client.force_login(user)
        for rule in RULES:
            if rule.post or not user.role_names & rule.roles:
                continue
            url = reverse(rule.name, kwargs={argument: things[key] for argument, key in rule.args.items()})
            with connection.execute_wrapper(watch):
                response = client.get(url)
            for context in response.context or []:
                for layer in context.dicts:
                    found |= {f"{rule.name}: {fault}" for fault in unordered(layer, "")}
    assert found == set()


@pytest.mark.django_db
def test_rows_without_an_order_are_found():
    ChildFactory.create_batch(2)
    rows = Child.objects.all()
    assert list(unordered({"rows": rows}, "page")) == []
    assert len(rows) == 2
    assert list(unordered({"rows": rows}, "page")) == ["page.rows: Child"]
