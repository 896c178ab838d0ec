import pytest

from hajar.lib.portions import portions


@pytest.mark.parametrize(
    ("rows", "expected"), [([], []), ([1, 2], [[1, 2]]), ([1, 2, 3], [[1, 2], [3]]), ("abcde", ["ab", "cd", "e"])]
)
def test_every_row_is_in_one_portion_in_its_order(rows, expected):
    assert list(portions(rows, 2)) == expected
