"""The database is told what it holds once much was written, and only then."""

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beneficiaries.models import Region
from hajar.lib import settling_in

pytestmark = pytest.mark.django_db

ASKED = {"postgresql": "ANALYZE", "sqlite": "PRAGMA optimize"}


def asked(queries) -> list[str]:
    return [query["sql"] for query in queries.captured_queries if query["sql"] == ASKED[connection.vendor]]


@pytest.mark.parametrize(("rows", "times"), [(settling_in.MANY, 1), (settling_in.MANY - 1, 0)])
def test_many_rows_are_made_known_once_they_stand(
    rows, times, django_capture_on_commit_callbacks, django_assert_max_num_queries
):
    with django_assert_max_num_queries(5) as queries:
        with django_capture_on_commit_callbacks(execute=True):
            settling_in.when_committed(rows)
            assert asked(queries) == []  # what is rolled back is told to nobody
    assert len(asked(queries)) == times


def test_a_table_that_was_called_empty_is_counted_again():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps no such count")
    table = Region._meta.db_table
    with connection.cursor() as cursor:
        settling_in.settle_in()
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        assert cursor.fetchone()[0] == Region.objects.count()


@pytest.mark.parametrize("plan", [[("a migration", False)], []])
def test_sqlite_looks_anew_after_migrations(plan):
    """Once for all apps; and not where nothing was changed."""
    with CaptureQueriesContext(connection) as queries:
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias, plan=plan)
    looked = [query["sql"] for query in queries if query["sql"].startswith("ANALYZE")]
    assert looked == ["ANALYZE"] * (connection.vendor == "sqlite" and bool(plan))
