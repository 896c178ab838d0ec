import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from hajar.lib import charts
from hajar.lib.charts import Cell

SVG = "{http://www.w3.org/2000/svg}"
REGIONS = [f"MA-{number:02}" for number in range(1, 13)]


def drawn(chart):
    """The drawing as XML: it must be well formed, and quote what it was given."""
    return ElementTree.fromstring(chart.svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def number_of(text):
    return float(text)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def kingdom(**values):
    """Each region with one child, but for those named: MA_06=12."""
    return {code: Cell(f"Region {code}", values.get(code.replace("-", "_"), 1)) for code in REGIONS}


# --- the map -------------------------------------------------------------------------------------------------------


def test_the_map_has_the_twelve_regions_each_with_its_words():
    root = drawn(charts.morocco_map(kingdom(MA_06=12), title="Children waiting"))
    paths = {path.get("id"): path for path in root.iter(f"{SVG}path") if path.get("id")}
    assert sorted(paths) == [f"map-{code}" for code in REGIONS]
    assert paths["map-MA-06"].find(f"{SVG}title").text == "Region MA-06: 12"


def test_the_map_says_what_it_is():
    root = drawn(charts.morocco_map(kingdom(), title="Children <waiting>", name="home-map"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == root.find(f"{SVG}title").get("id") == "home-map-title"
    assert root.find(f"{SVG}title").text == "Children <waiting>"


def test_shades_go_from_none_to_the_greatest():
    values = {"MA-01": 0, "MA-02": 1, "MA-03": 20, "MA-04": 21, "MA-05": 100}
    chart = charts.morocco_map({code: Cell(code, value) for code, value in values.items()}, title="x")
    assert [row.shade for row in chart.rows] == ["step-0", "step-1", "step-1", "step-2", "step-5"]
    assert [(key.shade, re.sub("[\u2066\u2069]", "", key.text)) for key in chart.legend] == [
        ("step-0", "0"),
        ("step-1", "1–20"),
        ("step-2", "21–40"),
        ("step-3", "41–60"),
        ("step-4", "61–80"),
        ("step-5", "81–100"),
        ("step-none", "not known"),
    ]


def test_few_children_make_few_shades():
    chart = charts.morocco_map({"MA-01": Cell("x", 1), "MA-02": Cell("y", 3)}, title="x")
    assert [(key.shade, key.text) for key in chart.legend[:-1]] == [("step-1", "1"), ("step-2", "2"), ("step-3", "3")]


def test_the_darkest_shade_is_used_where_round_numbers_allow():
    chart = charts.morocco_map({"MA-06": Cell("x", 64)}, title="x")
    assert chart.rows[0].shade == "step-5"


def test_rates_have_shades_too():
    chart = charts.morocco_map({"MA-01": Cell("x", Decimal("0.37")), "MA-02": Cell("y", 1.2)}, title="x")
    assert [row.shade for row in chart.rows] == ["step-2", "step-5"]
    assert re.sub("[\u2066\u2069]", "", chart.legend[0].text) == "0–0.25"


@given(st.lists(st.one_of(st.integers(0, 10**7), st.floats(0, 1e9)), min_size=1, max_size=12))
@example([5e-324])
def test_every_value_finds_its_shade_and_the_legend_has_it(values):
    cells = {code: Cell(code, value) for code, value in zip(REGIONS, values, strict=False)}
    chart = charts.morocco_map(cells, title="x")
    shades = [row.shade for row in sorted(chart.rows, key=lambda row: row.value)]
    assert shades == sorted(shades)
    assert set(shades) <= {key.shade for key in chart.legend}
    assert all((row.shade == "step-0") == (row.value == 0) for row in chart.rows)


def test_a_hidden_number_is_nowhere_in_the_drawing():
    cells = {**kingdom(), "MA-12": Cell("Dakhla", 4321, hidden=True)}
    chart = charts.morocco_map(cells, title="x")
    assert "4,321" not in chart.svg and "4321" not in chart.svg
    assert chart.rows[-1] == charts.Row("Dakhla", "not shown", "step-hidden", None)
    assert 'fill="url(#map-hatch)"' in chart.svg
    assert chart.legend[-1].shade == "step-hidden"
    # Nor does it move the shades of the others.
    assert [row.shade for row in chart.rows[:-1]] == [
        row.shade for row in charts.morocco_map(kingdom(), title="x").rows[:-1]
    ]


def test_a_region_without_a_figure_is_not_known_and_not_in_the_table():
    chart = charts.morocco_map({"MA-01": Cell("Tanger", 3)}, title="x")
    assert chart.svg.count('class="step-none"') == 11
    assert len(chart.rows) == 1


def test_the_map_is_never_mirrored():
    french = charts.morocco_map(kingdom(), title="x").svg
    with translation.override("ar"):
        arabic = charts.morocco_map(kingdom(), title="x").svg
    places = re.compile(r' d="[^"]+"| [xy]="[^"]+"|direction="\w+"')
    assert places.findall(arabic) == places.findall(french)


def test_every_figure_stands_on_the_sheet():
    assert len(charts._shapes()) == 12
    for shape in charts._shapes().values():
        assert 0 < shape.x < 600 and 0 < shape.y < 644


def test_a_code_that_is_no_region_is_refused():
    with pytest.raises(KeyError):
        charts.morocco_map({"MA-99": Cell("x", 1)}, title="x")


def test_the_source_of_the_shapes_is_named():
    assert "OpenStreetMap" in charts.MAP_CREDIT
    assert "ODbL" in (Path(charts.__file__).parent / "map" / "NOTICE").read_text()


# --- bars ----------------------------------------------------------------------------------------------------------

REASONS = [Cell("Not at home", 8), Cell("Refused", 2), Cell("Wrong <address>", 0), Cell("Other", 3, hidden=True)]


def long_bars(chart):
    return [rect for rect in drawn(chart).iter(f"{SVG}rect") if rect.get("class") != "step-0"]


def test_a_bar_is_as_long_as_its_value():
    assert [number_of(bar.get("width")) for bar in long_bars(charts.bars(REASONS, title="x"))] == [360, 90, 0, 0]


def test_bars_run_from_the_side_where_reading_begins():
    assert [number_of(bar.get("x")) for bar in long_bars(charts.bars(REASONS[:2], title="x"))] == [0, 0]
    with translation.override("ar"):
        assert [number_of(bar.get("x")) for bar in long_bars(charts.bars(REASONS[:2], title="x"))] == [0, 270]
        assert drawn(charts.bars(REASONS, title="x")).get("direction") == "rtl"


def test_bars_come_with_their_rows():
    chart = charts.bars(REASONS, title="x")
    assert [(row.name, row.text) for row in chart.rows] == [
        ("Not at home", "8"),
        ("Refused", "2"),
        ("Wrong <address>", "0"),
        ("Other", "not shown"),
    ]
    assert "Wrong &lt;address&gt;" in chart.svg


# --- lines ---------------------------------------------------------------------------------------------------------


def dots(chart):
    return [(number_of(dot.get("cx")), number_of(dot.get("cy"))) for dot in drawn(chart).iter(f"{SVG}circle")]


def test_a_line_rises_with_its_values_and_runs_with_time():
    found = dots(charts.line([Cell("Jan", 10), Cell("Feb", 0), Cell("Mar", 5)], title="x"))
    assert [x for x, _y in found] == sorted(x for x, _y in found)
    assert found[0][1] < found[2][1] < found[1][1]


def test_time_runs_from_the_right_in_arabic():
    with translation.override("ar"):
        found = dots(charts.line([Cell("يناير", 10), Cell("فبراير", 0)], title="x"))
    assert found[0][0] > found[1][0]


def test_what_is_not_known_leaves_a_gap_in_the_line():
    points = [Cell("1", 3), Cell("2", 4), Cell("3"), Cell("4", 5), Cell("5", 999, hidden=True)]
    chart = charts.line(points, title="x")
    assert len(dots(chart)) == 3
    assert chart.svg.count('stroke-width="2.5"') == 2
    assert "999" not in chart.svg
    assert [row.text for row in chart.rows][2] == "not known"


@pytest.mark.parametrize("draw", [charts.bars, charts.line])
@pytest.mark.parametrize(
    "cells",
    [[], [Cell("x")], [Cell("x", 0)], [Cell("x", 7)], [Cell("x", 1, hidden=True)], [Cell("x", Decimal("0.1"))] * 40],
)
def test_little_or_much_can_be_drawn(draw, cells):
    chart = draw(cells, title="x")
    assert drawn(chart).get("role") == "img"
    assert len(chart.rows) == len(cells)
    assert "nan" not in chart.svg


# --- all -----------------------------------------------------------------------------------------------------------


def test_no_drawing_breaks_the_content_policy():
    for chart in (
        charts.morocco_map(kingdom(), title="x"),
        charts.bars(REASONS, title="x"),
        charts.line(REASONS, title="x"),
    ):
        assert not re.search(r"style=|<style|<script|\son\w+=|href=|https?:", chart.svg)


def test_numbers_are_written_as_the_language_does():
    with translation.override("fr"):
        assert Cell("x", 12345).shown == "12\xa0345"
        assert Cell("x", Decimal("3.50")).shown == "3,5"
    assert Cell("x", 12345).shown == "12,345"
    assert Cell("x", 0.5, text="50 %").shown == "50 %"


# --- lines over time ----------------------------------------------------------------------------------------------

MAY, JULY, OCTOBER = date(2026, 5, 1), date(2026, 7, 1), date(2026, 10, 1)


def over_time(*series, **options):
    return charts.over_time([charts.Series(name, points) for name, points in series], title="Growth", **options)


def dots_by_day(chart, number=1):
    return [
        (number_of(dot.get("cx")), number_of(dot.get("cy")))
        for dot in drawn(chart).iter(f"{SVG}circle")
        if dot.get("class") == f"dot-{number}"
    ]


def test_each_day_stands_in_its_place():
    (first, second, third) = dots_by_day(over_time(("", [(MAY, 120), (JULY, 122), (OCTOBER, 125)]), rtl=False))
    assert first[0] < second[0] < third[0]
    assert (second[0] - first[0]) / (third[0] - first[0]) == pytest.approx(61 / 153, abs=0.01)
    assert first[1] > second[1] > third[1]


def test_days_run_from_the_right_in_arabic():
    first, second = dots_by_day(over_time(("", [(MAY, 120), (JULY, 122)]), rtl=True))
    assert first[0] > second[0]


def test_a_drawing_over_time_need_not_begin_at_zero_but_at_round_numbers():
    chart = over_time(("", [(MAY, 121), (JULY, 124)]), rtl=False)
    words = [re.sub("[\u2066\u2069]", "", text.text) for text in drawn(chart).iter(f"{SVG}text")]
    assert words[:4] == ["121", "122", "123", "124"]


@pytest.mark.parametrize("values", [[(MAY, 120)], [(MAY, 120), (JULY, 120)], [(MAY, Decimal("0.1"))]])
def test_one_day_or_no_change_can_be_drawn(values):
    chart = over_time(("", values))
    assert len(dots_by_day(chart)) == len(values)
    assert all(12 <= y <= 152 for _x, y in dots_by_day(chart))


def test_two_sides_have_two_lines_a_legend_and_their_rows():
    chart = over_time(("left", [(MAY, 330), (JULY, 334)]), ("right", [(MAY, 331)]), unit="mm")
    assert (len(dots_by_day(chart, 1)), len(dots_by_day(chart, 2))) == (2, 1)
    assert [(key.shade, key.text) for key in chart.legend] == [("line-1", "left"), ("line-2", "right")]
    assert [(row.text, row.value) for row in chart.rows] == [("330 mm", 330), ("334 mm", 334), ("331 mm", 331)]


def test_nothing_over_time_is_no_drawing():
    with pytest.raises(ValueError, match="nothing"):
        over_time(("", []))


@given(
    st.lists(st.tuples(st.dates(), st.decimals(0, 10_000, places=1)), min_size=1, max_size=8, unique_by=lambda p: p[0])
)
def test_a_drawing_over_time_stays_on_its_sheet(points):
    for x, y in dots_by_day(over_time(("", points), rtl=False)):
        assert 0 <= x <= 360
        assert 11.9 <= y <= 152.1
