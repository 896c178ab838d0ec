"""Whether two files may be of one child: the names by their sound, the birth date, the family's phones, the sex.

Nothing is ever merged or refused on this alone: a person looks and decides. Traps it allows for: day and month swapped,
1 January written for "some time in that year", one script on one side and the other on the other, twins and brothers
(who share a phone, a family name and even a birth date, but not a given name), and namesakes (who share a name alone).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Length
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Child, Guardian
from beneficiaries.models.children import ChildQuerySet
from hajar.lib import names

CLOSE_DAYS = 31  # birth dates this far apart may still be one: written down late, or by heart
LOOKED_AT = 300  # of the children who share a sound of the name, so many are compared: the rarest sounds first


class Band(StrEnum):
    PROBABLE = "probable"
    POSSIBLE = "possible"


class Birth(StrEnum):
    """How two birth dates stand to each other, the surest first."""

    SAME = "same"
    SWAPPED = "swapped"
    MONTH = "month"  # one is known to the month only, and it is that month
    YEAR = "year"  # one is known to the year only, or 1 January, and it is that year
    CLOSE = "close"
    UNKNOWN = "unknown"
    DIFFERENT = "different"


_BIRTH_POINTS = {
    Birth.SAME: 30,
    Birth.SWAPPED: 26,
    Birth.MONTH: 24,
    Birth.YEAR: 18,
    Birth.CLOSE: 14,
    Birth.UNKNOWN: 8,
    Birth.DIFFERENT: 0,
}
_PHONE_POINTS = 10
_NAME_SHARE = 0.6
_OTHER_SEX_POINTS = -15

REASONS: dict[str, str | Promise] = {
    "same_name": _("The name sounds the same."),
    "similar_name": _("The name sounds alike."),
    "birth_same": _("The birth date is the same."),
    "birth_swapped": _("The birth date is the same with day and month exchanged."),
    "birth_month": _("The birth is in the same month."),
    "birth_year": _("The birth is in the same year, one date is approximate."),
    "birth_close": _("The birth dates are close."),
    "birth_different": _("The birth dates differ."),
    "same_phone": _("The family has the same phone number."),
    "other_sex": _("The sex is not the same."),
}


@dataclass(frozen=True)
class Like:
    """What is compared of a child, known or about to be registered. `row` is whatever the caller wants to get back."""

    latin: str = ""
    arabic: str = ""
    born_on: date | None = None
    precision: str = "exact"  # exact, month or year
    sex: str = ""  # F, M or "" when not known
    phones: frozenset[str] = frozenset()  # E.164
    row: Any = field(default=None, compare=False)

    def keys(self) -> set[str]:
        return names.keys(self.latin) | names.keys(self.arabic)


@dataclass(frozen=True)
class Match:
    """A known child who may be the one looked for: how surely, and why. `score` only puts matches in order."""

    known: Like
    band: Band
    score: float
    reasons: tuple[str, ...]

    @property
    def row(self) -> Any:
        return self.known.row

    @property
    def is_probable(self) -> bool:
        return self.band == Band.PROBABLE

    @property
    def sentences(self) -> list[str]:
        return [str(REASONS[reason]) for reason in self.reasons]


# --- pure ---------------------------------------------------------------------------------------------------------


def name_similarity(a: Like, b: Like) -> float:
    """0 to 100: the best of the two scripts where both sides have the same one, else across the scripts."""
    same_script = [(a.latin, b.latin), (a.arabic, b.arabic)]
    pairs = [pair for pair in same_script if all(pair)] or [(a.latin, b.arabic), (a.arabic, b.latin)]
    return max((names.similarity(*pair) for pair in pairs if all(pair)), default=0.0)


def compare_births(a: date | None, a_precision: str, b: date | None, b_precision: str) -> Birth:
    """How two birth dates stand to each other, whichever way round they are given."""
    if a is None or b is None:
        return Birth.UNKNOWN
    if a == b and a_precision == b_precision:
        return Birth.SAME
    if a.year == b.year:
        if "year" in (a_precision, b_precision) or (a.month, a.day) == (1, 1) or (b.month, b.day) == (1, 1):
            return Birth.YEAR
        if "month" in (a_precision, b_precision):
            return Birth.MONTH if a.month == b.month else Birth.CLOSE
        if a == b:
            return Birth.SAME
        if (a.month, a.day) == (b.day, b.month):
            return Birth.SWAPPED
        if a.month == b.month or a.day == b.day:
            return Birth.CLOSE
    elif abs(a.year - b.year) == 1 and (a.month, a.day) == (b.month, b.day):
        return Birth.CLOSE
    return Birth.CLOSE if abs((a - b).days) <= CLOSE_DAYS else Birth.DIFFERENT


def compare(sought: Like, known: Like) -> Match | None:
    """Judge one pair; None when nothing says that they may be one child."""
    birth = compare_births(sought.born_on, sought.precision, known.born_on, known.precision)
    same_phone = bool(sought.phones & known.phones)
    if birth == Birth.DIFFERENT and not same_phone:
        return None
    similarity = name_similarity(sought, known)
    if similarity < names.CLOSE:
        return None
    same_name = similarity >= names.SAME
    other_sex = bool(sought.sex and known.sex and sought.sex != known.sex)
    if not same_name and (other_sex or (birth == Birth.UNKNOWN and not same_phone)):
        return None
    sure_birth = birth in (Birth.SAME, Birth.SWAPPED, Birth.MONTH)
    likely_birth = sure_birth or birth in (Birth.YEAR, Birth.CLOSE)
    probable = same_name and not other_sex and (sure_birth or (same_phone and likely_birth))
    score = _NAME_SHARE * similarity + _BIRTH_POINTS[birth] + _PHONE_POINTS * same_phone + _OTHER_SEX_POINTS * other_sex
    reasons = ["same_name" if same_name else "similar_name"]
    if birth != Birth.UNKNOWN:
        reasons.append(f"birth_{birth}")
    if same_phone:
        reasons.append("same_phone")
    if other_sex:
        reasons.append("other_sex")
    band = Band.PROBABLE if probable else Band.POSSIBLE
    return Match(known, band, round(max(score, 0.0), 1), tuple(reasons))


def _best(sought: Like, known: Iterable[Like], limit: int) -> list[Match]:
    matches = [match for like in known if (match := compare(sought, like))]
    return sorted(matches, key=lambda match: (not match.is_probable, -match.score))[:limit]


class Matcher:
    """Known children, indexed in memory, for comparing many rows with them: no query for a row.

    Children may be added while rows are read, so that a register's rows are compared with each other as well.
    """

    def __init__(self, known: Iterable[Like] = ()) -> None:
        self._by_sound: dict[tuple[str, int | None], list[Like]] = defaultdict(list)
        self._by_phone: dict[str, list[Like]] = defaultdict(list)
        self._birth_years: set[int | None] = set()
        for like in known:
            self.add(like)

    def add(self, like: Like) -> None:
        year = like.born_on.year if like.born_on else None
        self._birth_years.add(year)
        for key in like.keys():
            self._by_sound[key, year].append(like)
        for phone in like.phones:
            self._by_phone[phone].append(like)

    def candidates(self, sought: Like, limit: int = 5) -> list[Match]:
        """The known children who may be this one, the likeliest first."""
        found: dict[int, Like] = {}
        shared: Counter[int] = Counter()
        for key in sought.keys():
            for like in chain.from_iterable(self._by_sound.get((key, year), ()) for year in self._years(sought)):
                found[id(like)] = like
                shared[id(like)] += len(key)
        looked_at = [found[place] for place, _length in shared.most_common(LOOKED_AT)]
        looked_at += [
            like for phone in sought.phones for like in self._by_phone.get(phone, ()) if id(like) not in found
        ]
        return _best(sought, {id(like): like for like in looked_at}.values(), limit)

    def _years(self, sought: Like) -> Iterable[int | None]:
        if sought.born_on is None:
            return self._birth_years
        return (None, sought.born_on.year - 1, sought.born_on.year, sought.born_on.year + 1)


# --- with the database ----------------------------------------------------------------------------------------------


def likes_of(children: QuerySet) -> Iterator[Like]:
    """The children of a queryset as Likes (`row` is the child), in two queries however many they are."""
    rows: list[Child] = list(children)
    phones: dict[Any, set[str]] = defaultdict(set)
    families = {child.family_id for child in rows}
    # A long list of ids is slower, and on SQLite limited: past some hundreds every phone is read.
    guardians = Guardian.objects.exclude(phone="")
    if len(families) <= LOOKED_AT:
        guardians = guardians.filter(family__in=families)
    for family, phone in guardians.values_list("family", "phone"):
        phones[family].add(str(phone))
    for child in rows:
        yield like_of(child, phones[child.family_id])


def like_of(child: Child, phones: Iterable[Any] = ()) -> Like:
    """One child, saved or about to be, as a Like; phones may be of any kind whose text is E.164."""
    return Like(
        latin=child.full_name_latin,
        arabic=child.full_name_arabic,
        born_on=child.born_on,
        precision=child.birth_precision,
        sex=child.sex,
        phones=frozenset(str(phone) for phone in phones if phone),
        row=child,
    )


def candidates(sought: Like, *, among: ChildQuerySet, limit: int = 5) -> list[Match]:
    """Children of `among` (a queryset that the reader may see) who may be the one sought, likeliest first.

    Four queries at most. Each match's `row` is the Child with its family, province and region.
    """
    keys = sought.keys()
    sounds = among.filter(name_keys__key__in=keys)
    if sought.born_on:
        first, last = sought.born_on.year - 1, sought.born_on.year + 1
        sounds = sounds.filter(born_on__gte=date(max(first, 1), 1, 1), born_on__lte=date(min(last, 9999), 12, 31))
    ids = set(
        sounds.annotate(shared=Sum(Length("name_keys__key")))
        .order_by("-shared", "pk")
        .values_list("pk", flat=True)[:LOOKED_AT]
    )
    if sought.phones:
        families = among.filter(family__guardians__phone__in=sought.phones)
        ids.update(families.order_by("pk").values_list("pk", flat=True)[:LOOKED_AT])
    known = among.filter(pk__in=ids).with_family().order_by("pk")
    return _best(sought, likes_of(known), limit)
