"""Moroccan dates and numbers: the same day is typed and shown in all three languages."""

from datetime import date, datetime

import pytest
from django import forms
from django.utils import formats, translation

LANGUAGES = ["fr", "ar", "en"]
MONTHS = {
    "fr": [
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
    ],
    "ar": ["يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


@pytest.fixture(params=LANGUAGES)
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize("typed", ["05/08/2026", "5/8/2026", "05-08-2026", "05.08.2026", "2026-08-05"])
def test_typed_05_08_is_the_fifth_of_august(language, typed):
    assert forms.DateField().clean(typed) == date(2026, 8, 5)


def test_month_first_is_refused(language):
    with pytest.raises(forms.ValidationError):
        forms.DateField().clean("08/25/2026")


def test_a_moment_is_typed_day_first(language):
    moment = forms.DateTimeField().clean("05/08/2026 14:07")
    assert f"{moment:%Y-%m-%d %H:%M}" == "2026-08-05 14:07"


def test_the_picker_of_a_browser_is_understood(language):
    moment = forms.DateTimeField().clean("2026-08-05T14:07")
    assert f"{moment:%Y-%m-%d %H:%M}" == "2026-08-05 14:07"


def test_the_week_starts_on_monday(language):
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_a_short_date_can_be_typed_back(language):
    shown = formats.date_format(date(2026, 8, 5), "SHORT_DATE_FORMAT")
    assert shown == "05/08/2026"
    assert forms.DateField().clean(shown) == date(2026, 8, 5)


def test_a_date_in_a_form_is_shown_as_it_is_typed(language):
    assert 'value="05/08/2026"' in forms.DateInput().render("birth_date", date(2026, 8, 5))


@pytest.mark.parametrize("number", range(1, 13))
def test_months_are_those_of_morocco(language, number):
    assert formats.date_format(date(2026, number, 5)) == f"5 {MONTHS[language][number - 1]} 2026"


def test_times_have_twenty_four_hours(language):
    assert formats.date_format(datetime(2026, 8, 5, 14, 7), "DATETIME_FORMAT").endswith("2026 14:07")


@pytest.mark.parametrize(("code", "shown"), [("fr", "1\xa0234,5"), ("ar", "1\xa0234,5"), ("en", "1,234.5")])
def test_numbers_are_grouped_with_western_digits(code, shown):
    with translation.override(code):
        assert formats.number_format(1234.5, 1, force_grouping=True) == shown
