"""Find people by what their names sound like: every word that was typed, in any order, in either script.

Where nobody's name sounds so, the word may be half typed, or a finger may have slipped. All of it is asked of one plain
indexed table (NameKey) in a number of queries that does not grow, and put in order here, so that both databases answer
the same people in the same order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Collate, Left

from beneficiaries.models import NameAlias, NameKey
from beneficiaries.models.names import beginning
from hajar.lib import names

COMPARED = 50  # people answered at most
LOOKED_AT = 100  # people whose names are compared with what was typed
KEPT = 0.8  # those less alike than this share of the best are left out
FEWEST_LETTERS = 3  # from which the beginning of a word is looked for
LEAST_LIKE = 70.0  # with a slip in a word, or a word that is not there, names less alike than this are others
ALIAS, SLIP = 1.0, 5.0  # points off for an alias, for a slip
MOST_SLIPS = 3  # words in which one is looked for
COUNTED = 1000  # bearers of a word, from which it is as frequent as any
NOT_COUNTED: dict[frozenset[str], int] = {}
BEGUN = 400  # names that begin so are looked at
NEAR_KEYS, EACH = 10, 40  # so many keys a slip away are followed, each to so many people


class Why(StrEnum):
    """Why somebody was found; the face puts it into words."""

    REFERENCE = "reference"
    PHONE = "phone"
    IDENTITY = "identity"
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
    words: int  # in the name: the fewest hold least besides what was typed
    sort_key: str
    why: Why

    @property
    def order(self) -> tuple:
        return (-round(self.score, 4), self.words, self.sort_key, self.pk)


def read(text: str) -> Typed:
    """One query."""
    folded = names.fold(text)
    keys = tuple(map(frozenset, names.unit_keys(text)))
    others = tuple(other for alias in NameAlias.objects.bridges() for other in alias.other_forms(folded))
    return Typed(text, folded, keys, others)


def people_named(among: QuerySet, typed: Typed, limit: int = COMPARED) -> list:
    """People of `among` (who may be found) of this name, likeliest first, each with `why`. Six queries at most."""
    return people_named_in([among], typed, limit)[0]


def bearers(among: QuerySet, name: str) -> QuerySet:
    """Those of `among` in whose name every word of this one is heard, in either script; nobody for no word."""
    keys = names.unit_keys(name)
    return _with_keys(among, *keys) if keys else among.none()


def people_named_in(several: Sequence[QuerySet], typed: Typed, limit: int = COMPARED) -> list[list]:
    """The same for several kinds of people at once; slips are forgiven only where nobody of any kind is called so."""
    found = [_compared(typed, _bearing(among, typed), Why.SPELLING) for among in several]
    if not any(one.score >= names.SAME for some in found for one in some.values()):
        rarity = _rarity(several, typed)
        kinds = list(zip(several, rarity, strict=True))
        begun = [_compared(typed, _begun(among, typed, rare), Why.BEGINNING) for among, rare in kinds]
        if not any(begun):
            slipped = [_compared(typed, _slipped(among, typed, rare), Why.SLIP) for among, rare in kinds]
            begun = [{pk: one for pk, one in some.items() if one.score >= LEAST_LIKE} for some in slipped]
        found = [others | some for some, others in zip(found, begun, strict=True)]
        if len(typed.keys) > 1 and not any(found):
            found = [_compared(typed, _bearing_most(among, typed, rare), Why.PART) for among, rare in kinds]
    return [_likeliest(among, some, limit) for among, some in zip(several, found, strict=True)]


def _likeliest(among: QuerySet, found: dict[Any, Compared], limit: int) -> list:
    best = max((one.score for one in found.values()), default=0.0)
    kept = [one for one in found.values() if one.score >= best * KEPT or one.why is Why.BEGINNING]
    kept = sorted(kept, key=lambda one: one.order)[:limit]
    people = {person.pk: person for person in among.filter(pk__in=[one.pk for one in kept])} if kept else {}
    for one in kept:
        people[one.pk].why = one.why
    return [people[one.pk] for one in kept]


# --- who may be meant -----------------------------------------------------------------------------------------------


def _columns(model: Any) -> list[str]:
    """What is compared of a person: her names, and those in files merged into hers."""
    others = ["other_names"] if "other_names" in model.KEYED_FIELDS else []
    return ["pk", "sort_key", *model.NAME_FIELDS, *others]


def _looked_at(people: QuerySet) -> list[tuple]:
    """Their names; where very many bear one, any of them, but always the same."""
    rows = people.select_related(None).order_by("pk").values_list(*_columns(people.model))
    return list(rows[:LOOKED_AT])


Rarity = Mapping[frozenset[str], int]  # how many bear a word


def _with_keys(among: QuerySet, *wanted: Collection[str], rare: Rarity = NOT_COUNTED) -> QuerySet:
    """Those who have one key of each of these; the index is asked for the rarest, else the longest keys."""
    owner = NameKey.owner_field(among.model)
    if any(rare.get(frozenset(keys)) == 0 for keys in wanted):
        return among.none()
    first, *others = sorted(
        wanted,
        key=lambda keys: (rare.get(frozenset(keys), COUNTED), -min(map(len, keys)), len(keys), sorted(keys)),
    )
    bearers = NameKey.objects.filter(key__in=first, **{f"{owner}__isnull": False})
    people = among.filter(pk__in=bearers.values(owner))
    for keys in others:
        people = people.filter(_has_key(owner, Q(key__in=keys)))
    return people


def _has_key(owner: str, condition: Q) -> Exists:
    return Exists(NameKey.objects.filter(condition, **{owner: OuterRef("pk")}))


def _reads(owner: str, letters: int, wanted: Collection[str]) -> Exists:
    """The few keys of each person are read, their first letters: the index would be asked for everybody's of them."""
    read = NameKey.objects.alias(start=Left("key", letters))
    return Exists(read.filter(start__in=wanted, **{owner: OuterRef("pk")}))


def _bearing(among: QuerySet, typed: Typed) -> list[tuple]:
    """Whose name has every word that was typed; of a single word, those who write it so come first."""
    if not typed.keys:
        return []
    exact: list[tuple] = []
    if len(typed.keys) == 1 and " " not in typed.folded:
        exact = _looked_at(_with_keys(among, {typed.folded[: names.KEY_LENGTH]}))
    return exact if len(exact) >= COMPARED else exact + _looked_at(_with_keys(among, *typed.keys))


def _rarity(several: Sequence[QuerySet], typed: Typed) -> list[dict[frozenset[str], int]]:
    """For each kind of people, how many bear each of several words, up to COUNTED. One query for each kind."""
    if len(typed.keys) < 2:
        return [{} for _among in several]
    return [_bearers(NameKey.owner_field(among.model), list(dict.fromkeys(typed.keys))) for among in several]


def _bearers(owner: str, words: Sequence[frozenset[str]]) -> dict[frozenset[str], int]:
    table = connection.ops.quote_name(NameKey._meta.db_table)
    counts, params = [], []
    for place, keys in enumerate(words):
        marks = ", ".join(["%s"] * len(keys))
        some = f"SELECT 1 FROM {table} WHERE key IN ({marks}) AND {owner}_id IS NOT NULL LIMIT {COUNTED}"  # noqa: S608
        counts.append(f"SELECT {place}, (SELECT COUNT(*) FROM ({some}) AS counted)")  # noqa: S608
        params += sorted(keys)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts), params)
        return {words[place]: count for place, count in cursor.fetchall()}


def _begun(among: QuerySet, typed: Typed, rare: Rarity) -> list[tuple]:
    """Whose name has every word but the last, and one that begins as the last does."""
    last = typed.last_word[: names.KEY_LENGTH]
    owner = NameKey.owner_field(among.model)
    if len(typed.keys) > 1:
        people = _with_keys(among, *typed.keys[:-1], rare=rare)
        return _looked_at(people.filter(_reads(owner, len(last), [last])))
    if len(last) < FEWEST_LETTERS:
        return []
    binary = "C" if connection.vendor == "postgresql" else "BINARY"  # the same order on both
    begun = NameKey.objects.filter(beginning("key", last), **{f"{owner}__isnull": False})
    begun = begun.order_by(Collate("key", binary), owner)
    return _looked_at(among.filter(pk__in=begun.values(owner)[:BEGUN]))


def _bearing_most(among: QuerySet, typed: Typed, rare: Rarity) -> list[tuple]:
    """Whose name has one of two words, or of more all but the one that says least."""
    if len(typed.keys) == 2:
        return _looked_at(_with_keys(among, typed.keys[0] | typed.keys[1]))
    most = sorted(typed.keys, key=lambda keys: (-min(map(len, keys)), sorted(keys)))
    return _looked_at(_with_keys(among, *most[:-1], rare=rare))


def _slipped(among: QuerySet, typed: Typed, rare: Rarity) -> list[tuple]:
    """Whose name is this with one letter left out, put in, changed or exchanged in one of its words."""
    if len(typed.keys) < 2:
        return _slipped_alone(among, typed.folded) if typed.keys and " " not in typed.folded else []
    owner = NameKey.owner_field(among.model)
    rows: dict[Any, tuple] = {}
    for place, near in enumerate(names.near_unit_keys(typed.text)[:MOST_SLIPS]):
        others = [*typed.keys[:place], *typed.keys[place + 1 :]]
        people = _with_keys(among, *others, rare=rare)
        if len(others) == 1:  # with more, those who have them are few
            people = people.filter(_reads(owner, names.KEY_LENGTH, near))
        rows |= {row[0]: row for row in _looked_at(people)}
    return list(rows.values())


def _slipped_alone(among: QuerySet, word: str) -> list[tuple]:
    """With a single word many keys are a slip away: a few people of each of the likeliest that somebody has."""
    owner = NameKey.owner_field(among.model)
    near = _that_somebody_has(owner, names.near_keys(word))[:NEAR_KEYS]
    if not near:
        return []
    table = connection.ops.quote_name(NameKey._meta.db_table)
    some = f"SELECT * FROM (SELECT {owner}_id FROM {table} WHERE key = %s AND {owner}_id IS NOT NULL ORDER BY {owner}_id LIMIT {EACH}) bearers"  # noqa: S608, E501
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([some] * len(near)), near)
        pks = [row[0] for row in cursor.fetchall()]
    return list(among.select_related(None).filter(pk__in=pks).values_list(*_columns(among.model)))


def _that_somebody_has(owner: str, keys: Sequence[str]) -> list[str]:
    """Those of the keys that are in use, in the order given; one probe of the index each."""
    if not keys:
        return []
    table = connection.ops.quote_name(NameKey._meta.db_table)
    sql = (
        f"WITH near(key) AS (VALUES {', '.join(['(%s)'] * len(keys))}) SELECT key FROM near WHERE EXISTS "  # noqa: S608
        f"(SELECT 1 FROM {table} used WHERE used.key = near.key AND used.{owner}_id IS NOT NULL)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, list(keys))
        used = {row[0] for row in cursor.fetchall()}
    return [key for key in keys if key in used]


# --- how alike ------------------------------------------------------------------------------------------------------


def _compared(typed: Typed, rows: Iterable[tuple], why: Why) -> dict[Any, Compared]:
    found: dict[Any, Compared] = {}
    known: dict[tuple[str, str], tuple[float, int, Why]] = {}  # namesakes are compared once
    for pk, sort_key, given_latin, family_latin, given_arabic, family_arabic, *others in rows:
        written = [(f"{given_latin} {family_latin}".strip(), f"{given_arabic} {family_arabic}".strip())]
        written += [(latin, arabic) for pairs in others for latin, arabic in pairs]
        for latin, arabic in written:
            if (latin, arabic) not in known:
                known[latin, arabic] = _judged(typed, latin, arabic, why)
        score, words, reason = max((known[name] for name in written), key=lambda judged: judged[0])
        found.setdefault(pk, Compared(pk, score, words, sort_key, reason))
    return found


def _judged(typed: Typed, latin: str, arabic: str, why: Why) -> tuple[float, int, Why]:
    """How like what was typed a name is, how many words it has, and why it was found."""
    score = max(names.part_similarity(typed.text, name) for name in (latin, arabic))
    words = len((latin or arabic).split())
    as_alias = max(
        (names.part_similarity(other, name) for other in typed.others for name in (latin, arabic)), default=0
    )
    if as_alias - ALIAS > score:
        return as_alias - ALIAS, words, Why.ALIAS
    if why is Why.SLIP:
        score = max(score, *(_mended_score(typed, name) for name in (latin, arabic)))
    return score, words, _reason(typed, latin, arabic) if why is Why.SPELLING else why


def _mended_score(typed: Typed, name: str) -> float:
    """How alike they are once the words a slip away from a word of the name are written as it is."""
    written = names.fold(name).split()
    words = [
        next((word for word in written if names.is_one_slip(typed_word, word)), typed_word)
        for typed_word in typed.folded.split()
    ]
    return names.part_similarity(" ".join(words), name) - SLIP


def _reason(typed: Typed, latin: str, arabic: str) -> Why:
    words = set(typed.folded.split())
    if any(words <= names.written_words(name) | set(names.fold(name).split()) for name in (latin, arabic) if name):
        return Why.NAME
    return Why.SPELLING if (arabic if names.is_arabic(typed.text) else latin) else Why.SCRIPT
