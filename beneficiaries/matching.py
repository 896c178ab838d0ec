"""Whether two files may be of one child: the names by their sound, the birth date, the mother, the phones, the sex.

Nothing is ever merged or refused on this alone: a person looks and decides. Traps it allows for: day and month swapped,
1 January written for "some time in that year", one script on one side and the other on the other, twins and brothers
(who share a phone, a family name and even a birth date, but not a given name), and namesakes (who share a name alone).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any

from django.db.models import Sum
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
_PHONE_POINTS = 8
_MOTHER_POINTS = 7
_NAME_SHARE = 0.55
_OTHER_SEX_POINTS = -15
_OTHER_MOTHER_POINTS = -10

REASONS: dict[str, str | Promise] = {
    "same_name": _("The name sounds the same."),
    "similar_name": _("The name sounds alike."),
    "birth_same": _("The birth date is the same."),
    "birth_swapped": _("The birth date is the same with day and month exchanged."),
    "birth_month": _("The birth is in the same month."),
    "birth_year": _("The birth is in the same year, one date is approximate."),
    "birth_close": _("The birth dates are close."),
    "birth_different": _("The birth dates differ."),
    "same_mother": _("The mother has the same name."),
    "other_mother": _("The mothers have different names."),
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
    mothers: frozenset[tuple[str, str]] = frozenset()  # given name and full name, in either script
    other_names: tuple[str, ...] = ()  # full names in files that were merged into this one
    row: Any = field(default=None, compare=False)

    def keys(self) -> set[str]:
        return {key for name in (self.latin, self.arabic, *self.other_names) for key in names.keys(name)}


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
    if a.other_names or b.other_names:
        pairs += [(former, name) for former in a.other_names for name in (b.latin, b.arabic, *b.other_names)]
        pairs += [(name, former) for former in b.other_names for name in (a.latin, a.arabic)]
    return max((names.similarity(*pair) for pair in pairs if all(pair)), default=0.0)


def adult_similarity(a: Guardian, b: Guardian) -> float:
    """0 to 100: how alike two adults are called, in one script or across both."""
    return name_similarity(*(Like(latin=one.full_name_latin, arabic=one.full_name_arabic) for one in (a, b)))


def compare_mothers(a: Like, b: Like) -> bool | None:
    """Whether the mothers bear one name; None where one is not known, or a name by marriage may be all that differs."""
    if not a.mothers or not b.mothers:
        return None
    pairs = [(one, other) for one in a.mothers for other in b.mothers]
    if any(names.similarity(one[1], other[1]) >= names.SAME for one, other in pairs):
        return True
    called_alike = any(names.similarity(one[0], other[0]) >= names.CLOSE for one, other in pairs)
    return None if called_alike else False


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
    same_mother = compare_mothers(sought, known)
    sure_birth = birth in (Birth.SAME, Birth.SWAPPED, Birth.MONTH)
    likely_birth = sure_birth or birth in (Birth.YEAR, Birth.CLOSE)
    same_home = same_phone or same_mother is True
    namesakes = same_mother is False and not same_phone
    if namesakes and not (same_name and sure_birth):
        return None
    probable = same_name and not other_sex and not namesakes and (sure_birth or (same_home and likely_birth))
    score = (
        _NAME_SHARE * similarity
        + _BIRTH_POINTS[birth]
        + _PHONE_POINTS * same_phone
        + _MOTHER_POINTS * (same_mother is True)
        + _OTHER_MOTHER_POINTS * (same_mother is False)
        + _OTHER_SEX_POINTS * other_sex
    )
    reasons = ["same_name" if same_name else "similar_name"]
    if birth != Birth.UNKNOWN:
        reasons.append(f"birth_{birth}")
    if same_mother is not None:
        reasons.append("same_mother" if same_mother else "other_mother")
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


def pairs(likes: Iterable[Like], keys_of: Callable[[Like], Iterable[str]] = Like.keys) -> Iterator[tuple[Like, Match]]:
    """Every two of these that may be one child, each pair once: (a child, its match among the ones before).

    Compared are those who share a sound of the name and whose births can stand to each other in any way but
    DIFFERENT, and those who share a phone. `keys_of` may give the keys that are stored already.
    """
    by_sound: dict[tuple[str, Any], list[Like]] = defaultdict(list)
    by_phone: dict[str, list[Like]] = defaultdict(list)
    for like in likes:
        keys = set(keys_of(like))
        near: dict[int, Like] = {}
        for key in keys:
            for place in _places_to_look(like):
                for other in by_sound.get((key, place), ()):
                    near[id(other)] = other
        for phone in like.phones:
            near.update((id(other), other) for other in by_phone.get(phone, ()))
        for other in near.values():
            if match := compare(like, other):
                yield like, match
        for key in keys:
            for place in _places_of(like):
                by_sound[key, place].append(like)
        for phone in like.phones:
            by_phone[phone].append(like)


_ANYWHERE = "anywhere"


def _is_vague(like: Like) -> bool:
    """Whether the birth stands for a whole year: known no better, or written as 1 January."""
    return like.born_on is not None and (like.precision != "exact" or (like.born_on.month, like.born_on.day) == (1, 1))


def _places_of(like: Like) -> list[Any]:
    """Under which births this one is kept, for others to find."""
    born = like.born_on
    if born is None:
        return [_ANYWHERE, None]
    places: list[Any] = [_ANYWHERE, born.year, (born.year, "month", born.month), (born.year, "day", born.day)]
    return [*places, (born.year, "vague")] if _is_vague(like) else places


def _places_to_look(like: Like) -> list[Any]:
    """Where those are kept whose birth is not DIFFERENT from this one, as compare_births has it; and some more."""
    born = like.born_on
    if born is None:
        return [_ANYWHERE]
    months = [(born + timedelta(days=days)) for days in (-CLOSE_DAYS, -15, 0, 15, CLOSE_DAYS)]
    places: list[Any] = [None, *dict.fromkeys((day.year, "month", day.month) for day in months)]
    places += [(born.year + years, "month", born.month) for years in (-1, 1)]
    if _is_vague(like):
        return [*places, born.year]
    return [*places, (born.year, "vague"), (born.year, "day", born.day), (born.year, "day", born.month)]


# --- with the database ----------------------------------------------------------------------------------------------


def likes_of(children: Iterable[Child]) -> Iterator[Like]:
    """These children as Likes (`row` is the child), in two queries however many they are."""
    rows: list[Child] = list(children)
    homes: dict[Any, list[Guardian]] = defaultdict(list)
    families = {child.family_id for child in rows}
    guardians = Guardian.objects.only("family_id", "relation", "phone", *Guardian.NAME_FIELDS)
    # A long list of ids is slower, and on SQLite limited: past some hundreds every guardian is read.
    if len(families) <= LOOKED_AT:
        guardians = guardians.filter(family__in=families)
    for guardian in guardians:
        homes[guardian.family_id].append(guardian)
    for child in rows:
        yield like_of(child, homes[child.family_id])


def mothers_among(guardians: Iterable[Guardian]) -> frozenset[tuple[str, str]]:
    """The mothers of a family as they are compared: each script by itself."""
    written = [
        name
        for guardian in guardians
        if guardian.relation == Guardian.Relation.MOTHER
        for name in (
            (guardian.given_name_latin, guardian.full_name_latin),
            (guardian.given_name_arabic, guardian.full_name_arabic),
        )
    ]
    return frozenset(name for name in written if name[0])


def like_of(child: Child, guardians: Iterable[Guardian] = ()) -> Like:
    """One child, saved or about to be, with the adults of her family, as a Like."""
    guardians = list(guardians)
    return Like(
        latin=child.full_name_latin,
        arabic=child.full_name_arabic,
        born_on=child.born_on,
        precision=child.birth_precision,
        sex=child.sex,
        phones=frozenset(str(guardian.phone) for guardian in guardians if guardian.phone),
        mothers=mothers_among(guardians),
        other_names=tuple(name for pair in child.other_names for name in pair if name),
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
