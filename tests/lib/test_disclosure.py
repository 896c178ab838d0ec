from hypothesis import given
from hypothesis import strategies as st

from hajar.lib.disclosure import SMALLEST_SHOWN, disclose, disclose_total

COUNTS = st.dictionaries(st.integers(0, 12), st.integers(0, 30), max_size=12)


@given(COUNTS)
def test_no_cell_under_five_is_ever_shown(counts):
    assert all(value is None or value == 0 or value >= SMALLEST_SHOWN for value in disclose(counts).values())


@given(COUNTS)
def test_a_hidden_cell_cannot_be_had_by_subtraction(counts):
    shown = disclose(counts)
    hidden = [counts[key] for key, value in shown.items() if value is None]
    everything_is_hidden = all(value in (None, 0) for value in shown.values())
    assert not hidden or everything_is_hidden or (len(hidden) >= 2 and sum(hidden) >= SMALLEST_SHOWN)


@given(COUNTS)
def test_what_is_shown_is_true(counts):
    assert all(value is None or value == counts[key] for key, value in disclose(counts).items())


def test_one_small_region_takes_the_next_smallest_with_it():
    assert disclose({"Fès": 3, "Souss": 7, "Casa": 20}) == {"Fès": None, "Souss": None, "Casa": 20}


def test_zero_names_nobody():
    assert disclose({"Fès": 0, "Casa": 20}) == {"Fès": 0, "Casa": 20}
    assert disclose_total(0) == 0


def test_a_total_under_five_is_hidden():
    assert disclose_total(4) is None
    assert disclose_total(5) == 5
