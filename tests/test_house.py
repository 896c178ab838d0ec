"""House rules that no other tool watches over."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"hajar", "beneficiaries", "distributions"}
PURE = [
    "beneficiaries.scoring",
    "distributions.fitting",
    "distributions.growth",
    "distributions.solver",
    "hajar.lib.names",
]


def kept_files():
    """The project's own files: what git tracks, or would if asked."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


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


@pytest.mark.parametrize("forbidden", [r"\sstyle=", r"\son[a-z]+=\"", r"javascript:"])
def test_no_template_has_what_the_policy_forbids(forbidden):
    found = [
        path.relative_to(ROOT).as_posix()
        for path in kept_files()
        if path.suffix == ".html" and re.search(forbidden, path.read_text())
    ]
    assert found == []


def test_every_static_file_that_a_template_names_is_there():
    """In production a name that is missing from the manifest is an error 500 on every page."""
    named = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in kept_files()
        if path.suffix == ".html"
        for name in re.findall(r"""{% static ['"]([^'"]+)['"]""", path.read_text())
    }
    assert named, "the pattern finds nothing"
    assert {(path, name) for path, name in named if not finders.find(name)} == set()
