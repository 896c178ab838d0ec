"""Dates as people write them in a register: 18 février 2019, 05/08/2026, ٠٥-٠٨-٢٦, 12 غشت 2014, 2015, an Excel number.

Always day first, never month first: a cell that only makes sense month first is refused, not turned round.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hajar.lib.digits import NOT_A_DATE, to_western, without_direction_marks

Precision = Literal["exact", "month", "year"]

#: What Excel counts its days from, with its invented 29 February 1900 (serial 60) already allowed for.
EXCEL_EPOCH = date(1899, 12, 30)
#: Below, a bare number is a year; serials begin at 1 January 1920. A cell of 2015 is a year, not 7 July 1905.
FIRST_SERIAL = 7306
#: No child, guardian or chair of a register is older than this.
FIRST_YEAR = 1900

MESSAGES = {
    "empty": _("The date is missing."),
    "not_a_date": NOT_A_DATE,
    "no_such_day": _("This day does not exist in the calendar."),
    "no_such_month": _("There are only twelve months: write the day first, then the month."),
    "out_of_range": _("This year is too far from today."),
}


class DateError(ValueError):
    """A cell that holds no date: `code` is a key of MESSAGES, `message` says it in the reader's language.

    Its text never repeats what was typed: a birth date is not for logs.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code])


@dataclass(frozen=True)
class Parsed:
    """A day and how much of it was written: with precision "month" the day is the 1st, with "year" 1 January."""

    date: date
    precision: Precision


# Folded as by _fold(). Morocco's own Arabic names first, then the eastern ones; French and English with their usual
# abbreviations. "mar" is left out: mars or mardi, March or Tuesday.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january يناير جانفي",
            "fevrier fevr fev february feb فبراير فيفري شباط",
            "mars march مارس اذار",
            "avril avr april apr ابريل افريل نيسان",
            "mai may ماي مايو ايار",
            "juin june jun يونيو يونيه جوان حزيران",
            "juillet juil jul july يوليوز يوليو يوليه جويليه تموز",
            "aout august aug غشت اغسطس اوت",
            "septembre sept sep september شتنبر سبتمبر ايلول",
            "octobre oct october اكتوبر",
            "novembre nov november نونبر نوفمبر",
            "decembre dec december دجنبر ديسمبر",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTHS["juill"] = 7

_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"
)
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_WORDS = re.compile(r"(?:(\d{1,2})(?:er|eme|st|nd|rd|th)?[ \-/.]*(?:de )?)?([^\W\d_]+)[ \-/.,]*(\d{4}|\d{2})")
_MONTH_FIRST_WORDS = re.compile(r"([^\W\d_]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_WEEKDAY = re.compile(
    r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه|السبت|الاحد)[ ,،]+"
)
_SERIAL = re.compile(r"\d{4,5}(?:\.\d+)?")


def parse(value: Any, *, today: date | None = None) -> Parsed:
    """Read a register's cell: text in French, Arabic or English, a date or datetime, a year or an Excel serial.

    `today` (default: today in the association's time zone) decides two-digit years: they are the latest that does not
    lie after it, so "07.06.31" read in 2026 is 1931. Four-digit years may lie in the future: whether that is allowed is
    the caller's rule.
    Raises DateError with the code empty, not_a_date, no_such_day, no_such_month or out_of_range.
    """
    if isinstance(value, datetime):
        return Parsed(_in_range(value.date()), "exact")
    if isinstance(value, date):
        return Parsed(_in_range(value), "exact")
    if value is None:
        raise DateError("empty")
    if isinstance(value, bool):
        raise DateError("not_a_date")
    if isinstance(value, int | float):
        return _from_number(value)
    return _from_text(_fold(str(value)), today or timezone.localdate())


def age_on(birth: date, today: date) -> int:
    """Whole years lived on a day; someone born on 29 February grows a year older on 1 March. Negative before birth."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKD", to_western(without_direction_marks(text)).casefold())
    text = "".join(char for char in text if not unicodedata.combining(char) and char != "\N{ARABIC TATWEEL}")
    text = text.translate(str.maketrans("أإآىة", "ااايه")).replace("–", "-").replace("—", "-").replace("\\", "/")
    return " ".join(text.split()).strip(" '\"،,;")


def _from_number(number: float) -> Parsed:
    # NaN and infinity fail both comparisons.
    if FIRST_YEAR <= number <= 2200 and number == int(number):
        return Parsed(date(int(number), 1, 1), "year")
    if FIRST_SERIAL <= number < 110_000:
        return Parsed(_in_range(EXCEL_EPOCH + timedelta(days=int(number))), "exact")
    raise DateError("not_a_date")


def _from_text(text: str, latest: date) -> Parsed:
    if not text or text in {"-", "--"}:
        raise DateError("empty")
    text = _WEEKDAY.sub("", text)
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()
        return _exact(year, int(month), day, latest)
    if found := _DAY_MONTH_YEAR.fullmatch(text):
        day, month, year = found.groups()
        return _exact(year, int(month), day, latest)
    if found := _MONTH_YEAR.fullmatch(text):
        return _month(found[2], int(found[1]), latest)
    if found := _YEAR_MONTH.fullmatch(text):
        return _month(found[1], int(found[2]), latest)
    if found := _WORDS.fullmatch(text):
        day, word, year = found.groups()
        if word in _MONTHS:
            return _exact(year, _MONTHS[word], day, latest) if day else _month(year, _MONTHS[word], latest)
    if (found := _MONTH_FIRST_WORDS.fullmatch(text)) and found[1] in _MONTHS:
        return _exact(found[3], _MONTHS[found[1]], found[2], latest)
    if _SERIAL.fullmatch(text):
        return _from_number(float(text))
    raise DateError("not_a_date")


def _exact(year: str, month: int, day: str, latest: date) -> Parsed:
    if not 1 <= month <= 12:
        raise DateError("no_such_month")
    if len(year) == 4:
        return Parsed(_in_range(_day(int(year), month, int(day))), "exact")
    century = latest.year // 100 * 100
    candidate = _day(century + int(year), month, int(day))
    if candidate > latest:
        candidate = _day(century - 100 + int(year), month, int(day))
    return Parsed(_in_range(candidate), "exact")


def _month(year: str, month: int, latest: date) -> Parsed:
    parsed = _exact(year, month, "1", latest)
    return Parsed(parsed.date, "month")


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError("no_such_day") from None


def _in_range(day: date) -> date:
    if not FIRST_YEAR <= day.year <= 2200:
        raise DateError("out_of_range")
    return day


def years_later(day: date, years: int) -> date:
    """The same day some years later, or earlier where `years` is negative; 28 February for a 29th that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
