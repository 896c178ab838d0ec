"""Rows that were merged into another: found by the file that goes on, at once where there are very many."""

import pytest
from django.db import connection

from beneficiaries.models import Child
from beneficiaries.models.standing import merged_into
from tests.factories import ChildFactory

pytestmark = pytest.mark.django_db


def test_who_was_merged_into_one_of_some_files_is_found_and_nobody_else():
    kept = ChildFactory.create_batch(5)
    gone = {child.pk: {ChildFactory(merged_into=child).pk for _n in range(2)} for child in kept[:4]}
    for sought in ([], kept[:1], kept[1:3], kept[4:], kept):
        keys = [child.pk for child in sought]
        found = set(Child.with_merged.filter(merged_into(keys)).values_list("pk", flat=True))
        assert found == set().union(*(gone.get(key, set()) for key in keys))


def test_they_are_looked_up_even_where_nobody_was_merged_yet():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL counts empty values apart")
    first, second = ChildFactory.create_batch(2)
    with connection.cursor() as cursor:  # what SQLite notes of a hundred thousand children of whom none was merged
        cursor.execute("ANALYZE")
        table = Child._meta.db_table
        cursor.execute("DELETE FROM sqlite_stat1 WHERE tbl = %s", [table])
        cursor.execute(
            "INSERT INTO sqlite_stat1 SELECT tbl_name, name, '100000 100000' FROM sqlite_master"
            " WHERE type = 'index' AND tbl_name = %s AND name LIKE '%%merged_into%%'",
            [table],
        )
        cursor.execute("ANALYZE sqlite_master")
    assert "SCAN" in Child.with_merged.filter(merged_into=first).explain()  # what it would do
    for keys in ([first.pk], [first.pk, second.pk]):
        assert "SCAN" not in Child.with_merged.filter(merged_into(keys)).explain()
