import io
import sqlite3

import pytest

from hajar.backups import copies, postgresql


@pytest.mark.parametrize(
    ("cell", "said"), [(b"a\\tb\\nc\\\\d", "a\tb\nc\\d"), (b"\\N", None), ("ياسمين".encode(), "ياسمين"), (b"", "")]
)
def test_a_dumps_cells_are_read_as_they_were(cell, said):
    assert postgresql._text(cell) == said


def test_a_dump_that_ends_in_the_middle_of_a_table_is_no_copy():
    with sqlite3.connect(":memory:") as copy, pytest.raises(copies.Broken, match="middle"):
        postgresql._load_table("beneficiaries_child", ["id"], io.BytesIO(b"1\n2\n"), copy)


def test_rows_of_a_table_are_counted_to_its_end():
    with sqlite3.connect(":memory:") as copy:
        assert postgresql._load_table("beneficiaries_child", ["id"], io.BytesIO(b"1\n2\n\\.\nmore\n"), copy) == 2
        rows = io.BytesIO(b"1\tadmin.changed\n\\.\n")
        assert postgresql._load_table("journal_entry", ["sequence", "act"], rows, copy) == 1
        assert copy.execute("SELECT * FROM journal_entry").fetchall() == [(1, "admin.changed")]
