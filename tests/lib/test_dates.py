from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hajar.lib import dates

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("05/08/2015", date(2015, 8, 5)),
        ("5/8/2015", date(2015, 8, 5)),
        (" 05 / 08 / 2015 ", date(2015, 8, 5)),
        ("05-08-2015", date(2015, 8, 5)),
        ("05.08.2015", date(2015, 8, 5)),
        ("05.08.15", date(2015, 8, 5)),
        ("05/08/2015 00:00:00", date(2015, 8, 5)),
        ("2019-07-24", date(2019, 7, 24)),
        ("2019/07/24", date(2019, 7, 24)),
        ("2019-07-24T00:00:00", date(2019, 7, 24)),
        ("18 février 2019", date(2019, 2, 18)),
        ("18 FEVRIER 2019", date(2019, 2, 18)),
        ("10 septembre 2017", date(2017, 9, 10)),
        ("1er août 2016", date(2016, 8, 1)),
        ("mardi 1er août 2016", date(2016, 8, 1)),
        ("3 déc. 2016", date(2016, 12, 3)),
        ("3-juil.-16", date(2016, 7, 3)),
        ("3 March 2016", date(2016, 3, 3)),
        ("March 3, 2016", date(2016, 3, 3)),
        ("12 غشت 2014", date(2014, 8, 12)),
        ("12 أغسطس 2014", date(2014, 8, 12)),
        ("١٢ غشت ٢٠١٤", date(2014, 8, 12)),
        ("3 ماي 2014", date(2014, 5, 3)),
        ("3 مايو 2014", date(2014, 5, 3)),
        ("3 شتنبر 2014", date(2014, 9, 3)),
        ("3 سبتمبر 2014", date(2014, 9, 3)),
        ("3 فبراير 2014", date(2014, 2, 3)),
        ("3 نونبر 2014", date(2014, 11, 3)),
        ("3 نوفمبر 2014", date(2014, 11, 3)),
        ("3 دجنبر 2014", date(2014, 12, 3)),
        ("3 ديسمبر 2014", date(2014, 12, 3)),
        ("3 يوليوز 2014", date(2014, 7, 3)),
        ("3 يوليو 2014", date(2014, 7, 3)),
        ("3 أبريل 2014", date(2014, 4, 3)),
        ("3 إبريل 2014", date(2014, 4, 3)),
        ("الأربعاء 3 أكتوبر 2014", date(2014, 10, 3)),
        ("٠٥/٠٨/٢٠١٥", date(2015, 8, 5)),
        ("۰۵/۰۸/۲۰۱۵", date(2015, 8, 5)),
        ("\u200f05/08/2015\u200f", date(2015, 8, 5)),
        (datetime(2015, 8, 5, 23, 59), date(2015, 8, 5)),
        (date(2015, 8, 5), date(2015, 8, 5)),
        (42221, date(2015, 8, 5)),
        (42221.0, date(2015, 8, 5)),
        ("42221", date(2015, 8, 5)),
    ],
)
def test_a_day_is_read_however_it_was_written(written, day):
    assert dates.parse(written, today=TODAY) == dates.Parsed(day, "exact")


@pytest.mark.parametrize("number", range(1, 13))
def test_every_moroccan_and_french_month_is_known(number):
    french = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ]
    arabic = ["يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"]
    for month in (french[number - 1], arabic[number - 1]):
        assert dates.parse(f"9 {month} 2012", today=TODAY).date == date(2012, number, 9)


@pytest.mark.parametrize(
    ("written", "parsed"),
    [
        ("2015", dates.Parsed(date(2015, 1, 1), "year")),
        (2015, dates.Parsed(date(2015, 1, 1), "year")),
        (2015.0, dates.Parsed(date(2015, 1, 1), "year")),
        ("٢٠١٥", dates.Parsed(date(2015, 1, 1), "year")),
        ("03/2015", dates.Parsed(date(2015, 3, 1), "month")),
        ("2015-03", dates.Parsed(date(2015, 3, 1), "month")),
        ("mars 2015", dates.Parsed(date(2015, 3, 1), "month")),
        ("غشت 2015", dates.Parsed(date(2015, 8, 1), "month")),
    ],
)
def test_a_month_or_a_year_alone_says_that_it_is_no_more(written, parsed):
    assert dates.parse(written, today=TODAY) == parsed


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "empty"),
        (None, "empty"),
        ("  ", "empty"),
        ("-", "empty"),
        ("n/a", "not_a_date"),
        ("??", "not_a_date"),
        ("31/02/2019", "no_such_day"),
        ("31/02/2015", "no_such_day"),
        ("29/02/2015", "no_such_day"),
        ("0/1/2015", "no_such_day"),
        ("35/13/2011", "no_such_month"),
        ("08/25/2015", "no_such_month"),
        ("2015-13-01", "no_such_month"),
        ("13/2015", "no_such_month"),
        ("30 فبراير 2015", "no_such_day"),
        ("12 brumaire 2015", "not_a_date"),
        ("12 mai", "not_a_date"),
        ("8 ans", "not_a_date"),
        ("05/08/1815", "out_of_range"),
        ("0000-00-00", "no_such_month"),
        (datetime(1600, 1, 1), "out_of_range"),
        (-4, "not_a_date"),
        (12, "not_a_date"),
        (10**12, "not_a_date"),
        (float("nan"), "not_a_date"),
        (float("inf"), "not_a_date"),
        (True, "not_a_date"),
        (time(8, 30), "not_a_date"),
        ("9" * 5000, "not_a_date"),
    ],
)
def test_what_is_no_date_is_refused_with_a_reason(written, code):
    with pytest.raises(dates.DateError) as refusal:
        dates.parse(written, today=TODAY)
    assert refusal.value.code == code
    assert refusal.value.message


def test_a_refusal_does_not_repeat_what_was_typed():
    with pytest.raises(dates.DateError) as refusal:
        dates.parse("31/02/2019", today=TODAY)
    assert "2019" not in str(refusal.value)


@pytest.mark.parametrize(
    ("written", "year"), [("23/11/26", 2026), ("24/11/26", 1926), ("07.06.17", 2017), ("07.06.31", 1931)]
)
def test_a_two_digit_year_is_never_in_the_future(written, year):
    assert dates.parse(written, today=TODAY).date.year == year


@given(st.dates(date(1930, 1, 1), date(2099, 12, 31)))
def test_day_month_year_comes_back_as_it_went(day):
    assert dates.parse(f"{day:%d/%m/%Y}", today=TODAY) == dates.Parsed(day, "exact")
    assert dates.parse(day.isoformat(), today=TODAY) == dates.Parsed(day, "exact")
    assert dates.parse((day - dates.EXCEL_EPOCH).days, today=TODAY) == dates.Parsed(day, "exact")


@given(st.one_of(st.text(), st.floats(), st.integers(), st.text(alphabet="0123456789/-. ٠٥مايgmars")))
def test_any_cell_gives_a_date_or_a_refusal(value):
    try:
        assert isinstance(dates.parse(value, today=TODAY), dates.Parsed)
    except dates.DateError as refusal:
        assert refusal.code in dates.MESSAGES


@pytest.mark.parametrize(
    ("birth", "today", "age"),
    [
        (date(2015, 8, 5), date(2026, 8, 4), 10),
        (date(2015, 8, 5), date(2026, 8, 5), 11),
        (date(2016, 2, 29), date(2026, 2, 28), 9),
        (date(2016, 2, 29), date(2026, 3, 1), 10),
        (date(2026, 11, 24), date(2026, 11, 23), -1),
    ],
)
def test_age_counts_whole_years(birth, today, age):
    assert dates.age_on(birth, today) == age
