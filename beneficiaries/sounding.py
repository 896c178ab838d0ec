"""Find people by what their names sound like: every word that was typed, in any order, in either script.

Where nobody's name sounds so, the word may be half typed, or a finger may have slipped. All of it is asked of one plain
indexed table (NameKey) in a number of queries that does not grow, and put in order here, so that both databases answer
the same people in the same order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from beneficiaries.models import NameAlias, NameKey
from beneficiaries.models.names import beginning
from hajar.lib import names

COMPARED = 50  # people answered at most
LOOKED_AT = 120  # people whose names are compared with what was typed, those with the shortest names first
KEPT = 0.6  # those less alike than this share of the best are left out
FEWEST_LETTERS = 3  # from which the beginning of a word is looked for
LEAST_LIKE = 40.0  # with a slip in a word, names less alike than this are others
NEAR_KEYS, EACH = 10, 40  # so many keys a slip away are followed, each to so many people

_NAMES = ("given_name_latin", "family_name_latin", "given_name_arabic", "family_name_arabic")


class Why(StrEnum):
    """Why somebody was found; the face puts it into words."""

    REFERENCE = "reference"
    PHONE = "phone"
    NAME = "name"  # as it is written
    SPELLING = "spelling"
    SCRIPT = "script"
    ALIAS = "alias"
    BEGINNING = "beginning"
    SLIP = "slip"
    PART = "part"  # one of the words is not in the name


@dataclass(frozen=True)
class Typed:
    """A typed name made ready: its keys word by word, and what else it may be called."""

    text: str
    folded: str
    keys: tuple[frozenset[str], ...]
    others: tuple[str, ...] = ()  # the same in the words of an alias

    @property
    def last_word(self) -> str:
        return self.folded.rsplit(" ", 1)[-1]


@dataclass(frozen=True)
class Compared:
    """One person whose name was compared with what was typed."""

    pk: Any
    score: float
    sort_key: str
    why: Why

    @property
    def order(self) -> tuple:
        return (-round(self.score, 4), self.sort_key, self.pk)


def read(text: str) -> Typed:
    """One query."""
    folded = names.fold(text)
    keys = tuple(map(frozenset, names.unit_keys(text)))
    others = tuple(other for alias in NameAlias.objects.bridges() for other in alias.other_forms(folded))
    return Typed(text, folded, keys, others)


def people_named(among: QuerySet, typed: Typed) -> list:
    """People of `among` (who may be found) whose name this is, likeliest first, each with `why`. Six queries at most."""
    if not typed.keys:
        return []
    found = _compared(typed, _bearing(among, typed), Why.SPELLING)
    best = max((one.score for one in found.values()), default=0.0)
    if best < names.SAME:
        for other, why in ((_begun(among, typed), Why.BEGINNING), (_slipped(among, typed), Why.SLIP)):
            for pk, one in _compared(typed, other, why).items():
                if why is Why.BEGINNING or one.score >= LEAST_LIKE:
                    found.setdefault(pk, one)
        if not found and len(typed.keys) > 1:
            found = _compared(typed, _bearing_most(among, typed), Why.PART)
        best = max((one.score for one in found.values()), default=0.0)
    kept = [one for one in found.values() if one.score >= best * KEPT or one.why is Why.BEGINNING]
    kept = sorted(kept, key=lambda one: one.order)[:COMPARED]
    people = {person.pk: person for person in among.filter(pk__in=[one.pk for one in kept])} if kept else {}
    for one in kept:
        people[one.pk].why = one.why
    return [people[one.pk] for one in kept]


# --- who may be meant -----------------------------------------------------------------------------------------------


def _owners(model: Any, condition: Q) -> QuerySet:
    owner = NameKey.owner_field(model)
    return NameKey.objects.filter(condition, **{f"{owner}__isnull": False}).values(owner)


def _looked_at(people: QuerySet) -> list[tuple]:
    """Their names; the shortest first, which hold least besides what was typed."""
    rows = people.select_related(None).order_by(Length("sort_key"), "pk")
    return list(rows.values_list("pk", "sort_key", *_NAMES)[:LOOKED_AT])


def _bearing(among: QuerySet, typed: Typed) -> list[tuple]:
    """Whose name has every word that was typed; of a single word, those who write it so come first."""
    if len(typed.keys) == 1:
        exact: list[tuple] = []
        if " " not in typed.folded:
            exact = _looked_at(among.filter(pk__in=_owners(among.model, Q(key=typed.folded[: names.KEY_LENGTH]))))
        if len(exact) >= COMPARED:
            return exact
        return exact + _looked_at(among.filter(pk__in=_owners(among.model, Q(key__in=typed.keys[0]))))
    people = among
    for keys in typed.keys:
        people = people.filter(pk__in=_owners(among.model, Q(key__in=keys)))
    return _looked_at(people)


def _begun(among: QuerySet, typed: Typed) -> list[tuple]:
    """Whose name has every word but the last, and one that begins as the last does."""
    last = typed.last_word
    if (len(last) < FEWEST_LETTERS and len(typed.keys) == 1) or not last:
        return []
    people = among.filter(pk__in=_owners(among.model, beginning("key", last[: names.KEY_LENGTH])))
    for keys in typed.keys[:-1]:
        people = people.filter(pk__in=_owners(among.model, Q(key__in=keys)))
    return _looked_at(people)


def _bearing_most(among: QuerySet, typed: Typed) -> list[tuple]:
    """Whose name has all the words but one, or of two words the one that says most."""
    most = sorted(typed.keys, key=lambda keys: -max(map(len, keys)))
    people = among
    for keys in most[: max(len(most) - 1, 1)]:
        people = people.filter(pk__in=_owners(among.model, Q(key__in=keys)))
    return _looked_at(people)


def _slipped(among: QuerySet, typed: Typed) -> list[tuple]:
    """Whose name is this with one letter left out, put in, changed or exchanged in one of its words."""
    words = typed.folded.split()
    if len(words) == 1:
        return _slipped_alone(among, words[0])
    rows: dict[Any, tuple] = {}
    for place, near in enumerate(names.near_unit_keys(typed.text)[:3]):
        people = among.filter(pk__in=_owners(among.model, Q(key__in=near)))
        for keys in [*typed.keys[:place], *typed.keys[place + 1 :]]:
            people = people.filter(pk__in=_owners(among.model, Q(key__in=keys)))
        rows |= {row[0]: row for row in _looked_at(people)}
    return list(rows.values())


def _slipped_alone(among: QuerySet, word: str) -> list[tuple]:
    """With a single word many keys are a slip away: a few people of each of the likeliest that somebody has."""
    owner = NameKey.owner_field(among.model)
    near = _that_somebody_has(owner, names.near_keys(word))[:NEAR_KEYS]
    if not near:
        return []
    table = connection.ops.quote_name(NameKey._meta.db_table)
    some = f"SELECT * FROM (SELECT {owner}_id FROM {table} WHERE key = %s AND {owner}_id IS NOT NULL ORDER BY {owner}_id LIMIT {EACH}) some"  # noqa: S608, E501
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([some] * len(near)), near)
        pks = [row[0] for row in cursor.fetchall()]
    return list(among.select_related(None).filter(pk__in=pks).values_list("pk", "sort_key", *_NAMES))


def _that_somebody_has(owner: str, keys: list[str]) -> list[str]:
    """Those of the keys that are in use, in the order given; one probe of the index each."""
    if not keys:
        return []
    table = connection.ops.quote_name(NameKey._meta.db_table)
    sql = (
        f"WITH near(key) AS (VALUES {', '.join(['(%s)'] * len(keys))}) SELECT key FROM near WHERE EXISTS "  # noqa: S608
        f"(SELECT 1 FROM {table} used WHERE used.key = near.key AND used.{owner}_id IS NOT NULL)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, keys)
        used = {row[0] for row in cursor.fetchall()}
    return [key for key in keys if key in used]


# --- how alike ------------------------------------------------------------------------------------------------------


def _compared(typed: Typed, rows: Iterable[tuple], why: Why) -> dict[Any, Compared]:
    found: dict[Any, Compared] = {}
    for pk, sort_key, given_latin, family_latin, given_arabic, family_arabic in rows:
        if pk in found:
            continue
        latin, arabic = f"{given_latin} {family_latin}".strip(), f"{given_arabic} {family_arabic}".strip()
        score = max(names.similarity(typed.text, name) for name in (latin, arabic))
        reason = _reason(typed, latin, arabic) if why is Why.SPELLING else why
        for other in typed.others:
            as_alias = max(names.similarity(other, name) for name in (latin, arabic)) - 1.0
            if as_alias > score:
                score, reason = as_alias, Why.ALIAS
        found[pk] = Compared(pk, score, sort_key, reason)
    return found


def _reason(typed: Typed, latin: str, arabic: str) -> Why:
    words = set(typed.folded.split())
    if any(words <= names.written_words(name) | set(names.fold(name).split()) for name in (latin, arabic) if name):
        return Why.NAME
    return Why.SPELLING if (arabic if names.is_arabic(typed.text) else latin) else Why.SCRIPT
