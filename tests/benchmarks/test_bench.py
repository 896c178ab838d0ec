"""That measuring works, on this engine; how long things take is for docs/performance.md, never for a test."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.engine
def test_bench_measures_every_page(tmp_path):
    environment = dict(os.environ)
    if connection.vendor == "sqlite":
        environment.pop("DATABASE_URL", None)
    table = tmp_path / "table.md"
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "bench"]
    done = subprocess.run(
        [*command, "--children", "200", "--runs", "1", "--markdown", str(table)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=220,
    )
    assert done.returncode == 0, done.stderr
    assert "not measured" not in done.stderr, done.stderr
    written = table.read_text()
    assert "### 200 children" in written
    rows = [line for line in written.splitlines() if line.startswith("| ") and "median" not in line]
    assert len(rows) > 30
    for name in (
        "home",
        "children, first page",
        "search: name in Arabic script",
        "finding: a slip in a name",
        "waiting list",
        "import of",
        "export",
    ):
        assert any(line.startswith(f"| {name}") for line in rows), name
