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
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Collate

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
class Clue:
    """What a name must have: one of these keys, or a key that begins so."""

    keys: frozenset[str] = frozenset()
    start: str = ""
    is_near: bool = False  # the keys are those a slip away, and many

    @property
    def is_read(self) -> bool:
        """Whether it is read among the keys of a person: the index would be asked for everybody's of them."""
        return self.is_near or bool(self.start)


Counts = Mapping[Clue, int]  # how many bear it, counted up to COUNTED
NOT_COUNTED: Counts = {}
_TABLE = NameKey._meta.db_table


@dataclass(frozen=True)
class Typed:
    """A typed name made ready: its keys word by word, and what else it may be called."""

    text: str
    folded: str
    clues: tuple[Clue, ...]
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
    name: tuple[str, str] = ("", "")  # the one that is likest, in Latin and in Arabic letters

    @property
    def order(self) -> tuple:
        return (-round(self.score, 4), self.words, self.sort_key, self.pk)


def read(text: str) -> Typed:
    """One query."""
    folded = names.fold(text)
    clues = tuple(Clue(frozenset(keys)) for keys in names.unit_keys(text))
    others = tuple(other for alias in NameAlias.objects.bridges() for other in alias.other_forms(folded))
    return Typed(text, folded, clues, others)


def people_named(among: QuerySet, typed: Typed, limit: int = COMPARED) -> list:
    """People of `among` (who may be found) of this name, likeliest first, each with `why`. Six queries at most."""
    return people_named_in([among], typed, limit)[0]


def bearers(among: QuerySet, name: str) -> QuerySet:
    """Those of `among` in whose name every word of this one is heard, in either script; nobody for no word."""
    clues = [Clue(frozenset(keys)) for keys in names.unit_keys(name)]
    return _having(among, clues, NOT_COUNTED) if clues else among.none()


def people_named_in(several: Sequence[QuerySet], typed: Typed, limit: int = COMPARED) -> list[list]:
    """The same for several kinds of people at once; slips are forgiven only where nobody of any kind is called so."""
    kinds = list(zip(several, _counted(several, typed.clues if len(typed.clues) > 1 else ()), strict=True))
    found = [_compared(typed, _bearing(among, typed, counts), Why.SPELLING) for among, counts in kinds]
    if not any(one.score >= names.SAME for some in found for one in some.values()):
        others = _begun(kinds, typed)
        if not any(others):
            slipped = _slipped(kinds, typed)
            others = [{pk: one for pk, one in some.items() if one.score >= LEAST_LIKE} for some in slipped]
        found = [more | some for some, more in zip(found, others, strict=True)]
        if len(typed.clues) > 1 and not any(found):
            found = [_compared(typed, _bearing_most(among, typed, counts), Why.PART) for among, counts in kinds]
    return [_likeliest(among, typed, some, limit) for among, some in zip(several, found, strict=True)]


def _likeliest(among: QuerySet, typed: Typed, found: dict[Any, Compared], limit: int) -> list:
    best = max((one.score for one in found.values()), default=0.0)
    kept = [one for one in found.values() if one.score >= best * KEPT or one.why is Why.BEGINNING]
    kept = sorted(kept, key=lambda one: one.order)[:limit]
    people = {person.pk: person for person in among.filter(pk__in=[one.pk for one in kept])} if kept else {}
    for one in kept:
        people[one.pk].why = _reason(typed, *one.name) if one.why is Why.SPELLING else one.why
    return [people[one.pk] for one in kept]


# --- who may be meant -----------------------------------------------------------------------------------------------


def _columns(model: Any) -> list[str]:
    """What is compared of a person: her names, and those in files merged into hers."""
    others = ["other_names"] if "other_names" in model.KEYED_FIELDS else []
    return ["pk", "sort_key", *model.NAME_FIELDS, *others]


def _looked_at(people: QuerySet, most: int = LOOKED_AT) -> list[tuple]:
    """Their names; where very many bear one, any of them, but always the same."""
    rows = people.select_related(None).order_by("pk").values_list(*_columns(people.model))
    return list(rows[:most])


Kind = tuple[QuerySet, Counts]  # who may be found, and how many of them bear each word


def _bearing(among: QuerySet, typed: Typed, counts: Counts) -> list[tuple]:
    """Whose name has every word that was typed; of a single word, those who write it so come first."""
    if not typed.clues:
        return []
    exact: list[tuple] = []
    if len(typed.clues) == 1 and " " not in typed.folded:
        exact = _looked_at(_having(among, [Clue(frozenset({typed.folded[: names.KEY_LENGTH]}))], counts))
    return exact if len(exact) >= COMPARED else exact + _looked_at(_having(among, typed.clues, counts))


def _begun(kinds: Sequence[Kind], typed: Typed) -> list[dict[Any, Compared]]:
    """Whose name has every word but the last, and one that begins as the last does."""
    last = typed.last_word[: names.KEY_LENGTH]
    if len(typed.clues) < 2:
        some = [_begun_alone(among, last) if len(last) >= FEWEST_LETTERS else [] for among, _counts in kinds]
    else:
        clues = [*typed.clues[:-1], Clue(start=last)]
        some = [_looked_at(_having(among, clues, counts)) for among, counts in _counted_further(kinds, clues[-1:])]
    return [_compared(typed, rows, Why.BEGINNING) for rows in some]


def _begun_alone(among: QuerySet, start: str) -> list[tuple]:
    owner = NameKey.owner_field(among.model)
    binary = "C" if connection.vendor == "postgresql" else "BINARY"  # the same order on both
    begun = NameKey.objects.filter(beginning("key", start), **{f"{owner}__isnull": False})
    begun = begun.order_by(Collate("key", binary), owner).values(owner)[:BEGUN]
    return _looked_at(_those(among, *begun.query.sql_with_params()))


def _bearing_most(among: QuerySet, typed: Typed, counts: Counts) -> list[tuple]:
    """Whose name has one of two words, or of more all but the one that says least."""
    if len(typed.clues) == 2:
        return _looked_at(_having(among, [Clue(typed.clues[0].keys | typed.clues[1].keys)], NOT_COUNTED))
    return _looked_at(_having(among, sorted(typed.clues, key=_telling)[:-1], counts))


def _slipped(kinds: Sequence[Kind], typed: Typed) -> list[dict[Any, Compared]]:
    """Whose name is this with one letter left out, put in, changed or exchanged in one of its words."""
    if len(typed.clues) < 2:
        is_word = bool(typed.clues) and " " not in typed.folded
        some = [_slipped_alone(among, typed.folded) if is_word else [] for among, _counts in kinds]
    else:
        near = [Clue(frozenset(keys), is_near=True) for keys in names.near_unit_keys(typed.text)[:MOST_SLIPS]]
        some = [_with_a_slip(among, typed, near, counts) for among, counts in _counted_further(kinds, near)]
    return [_compared(typed, rows, Why.SLIP) for rows in some]


def _with_a_slip(among: QuerySet, typed: Typed, near: Sequence[Clue], counts: Counts) -> list[tuple]:
    """One query for all the words in which the slip may be."""
    parts = []
    for place, slip in enumerate(near):
        others = [*typed.clues[:place], *typed.clues[place + 1 :]]
        has_few = min(counts.get(clue, COUNTED) for clue in others) < COUNTED
        if len(others) > 1 and all(counts.get(clue) != 0 for clue in others):
            parts.append(_ids(among, others, counts) if has_few else _ids_if_few(among, others, slip))
        elif len(others) == 1 and slip.keys and counts.get(others[0]) != 0 and counts.get(slip) != 0:
            parts.append(_ids(among, [*others, slip], counts))
    if not parts:
        return []
    return _looked_at(_those(among, *_joined(" UNION ALL ", parts)), most=LOOKED_AT * len(parts))


def _slipped_alone(among: QuerySet, word: str) -> list[tuple]:
    """With a single word many keys are a slip away: a few people of each of the likeliest that somebody has."""
    owner = NameKey.owner_field(among.model)
    near = _that_somebody_has(owner, names.near_keys(word))[:NEAR_KEYS]
    if not near:
        return []
    some = f"SELECT * FROM (SELECT {owner}_id FROM {_TABLE} WHERE key = %s AND {owner}_id IS NOT NULL ORDER BY {owner}_id LIMIT {EACH}) bearers"  # noqa: S608, E501
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([some] * len(near)), near)
        pks = [row[0] for row in cursor.fetchall()]
    return list(among.select_related(None).filter(pk__in=pks).values_list(*_columns(among.model)))


def _that_somebody_has(owner: str, keys: Sequence[str]) -> list[str]:
    """Those of the keys that are in use, in the order given; one probe of the index each."""
    if not keys:
        return []
    sql = (
        f"WITH near(key) AS (VALUES {', '.join(['(%s)'] * len(keys))}) SELECT key FROM near WHERE EXISTS "  # noqa: S608
        f"(SELECT 1 FROM {_TABLE} used WHERE used.key = near.key AND used.{owner}_id IS NOT NULL)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, list(keys))
        used = {row[0] for row in cursor.fetchall()}
    return [key for key in keys if key in used]


# --- what is asked of the index -------------------------------------------------------------------------------------
# Written by hand: a search asks a dozen of these, and the index alone answers them, without a row of any person.


def _having(among: QuerySet, clues: Sequence[Clue], counts: Counts) -> QuerySet:
    """Those of `among` who have all of these in their names."""
    if any(counts.get(clue) == 0 for clue in clues):
        return among.none()
    sql, params = _ids(among, clues, counts)
    if len(clues) > 1:
        return _those(among, sql, params)
    return among.filter(pk__in=RawSQL(sql, params))  # noqa: S611 its values are parameters


def _those(among: QuerySet, sql: str, params: Sequence[Any]) -> QuerySet:
    """Those of `among` whose keys a query for few gives.

    PostgreSQL works it out before all else: it would go through everybody in the order of the list and ask each.
    """
    ids = f"SELECT unnest(ARRAY({sql}))" if connection.vendor == "postgresql" else sql
    return among.filter(pk__in=RawSQL(ids, params))  # noqa: S611 its values are parameters


def _ids(among: QuerySet, clues: Sequence[Clue], counts: Counts) -> tuple[str, list[str]]:
    """The query for the keys of those who have all of these: the rarest is looked for, else the longest.

    Where that one is rare, each of its bearers is asked for the others; else the bearers of each are put beside
    each other. Of keys that are many, or that only begin so, the few of each person are read.
    """
    owner = f"{NameKey.owner_field(among.model)}_id"
    first, *others = sorted(clues, key=lambda clue: (counts.get(clue, COUNTED), _telling(clue)))
    words, read = [clue for clue in others if not clue.is_read], [clue for clue in others if clue.is_read]
    if counts.get(first, 0) < COUNTED:
        sql, params = _bearers(owner, first)
        conditions = [_condition("other", clue) for clue in words]
    else:
        together, params = _together(owner, [first, *words])
        sql = f"SELECT bearer.{owner} FROM ({together}) bearer WHERE TRUE"  # noqa: S608
        conditions = []
    for condition, more in [*conditions, *(_read("other", clue) for clue in read)]:
        sql += f" AND {_also(owner, condition)}"
        params = [*params, *more]
    return sql, params


def _ids_if_few(among: QuerySet, clues: Sequence[Clue], slip: Clue) -> tuple[str, list[str]]:
    """The same for frequent words; where more have them all than are looked at, those near to one word more."""
    owner = f"{NameKey.owner_field(among.model)}_id"
    together, params = _together(owner, clues)
    condition, more = _read("other", slip) if slip.keys else ("FALSE", [])
    sql = (
        f"SELECT slipped.{owner} FROM (WITH bearer AS ({together}) SELECT bearer.{owner} FROM bearer "  # noqa: S608
        f"WHERE (SELECT COUNT(*) FROM bearer) <= {LOOKED_AT} "
        f"OR {_also(owner, condition)}) slipped"
    )
    return sql, [*params, *more]


def _together(owner: str, clues: Sequence[Clue]) -> tuple[str, list[str]]:
    return _joined(" INTERSECT ", [_bearers(owner, clue) for clue in clues])


def _joined(word: str, parts: Sequence[tuple[str, list[str]]]) -> tuple[str, list[str]]:
    """One query of several, and the values of all."""
    return word.join(sql for sql, _params in parts), [one for _sql, params in parts for one in params]


def _also(owner: str, condition: str) -> str:
    """What a bearer must have besides."""
    return f"EXISTS (SELECT 1 FROM {_TABLE} other WHERE other.{owner} = bearer.{owner} AND {condition})"  # noqa: S608


def _bearers(owner: str, clue: Clue) -> tuple[str, list[str]]:
    condition, params = _condition("bearer", clue)
    return f"SELECT bearer.{owner} FROM {_TABLE} bearer WHERE {condition} AND bearer.{owner} IS NOT NULL", params  # noqa: S608


def _telling(clue: Clue) -> tuple:
    """Puts first what the fewest bear, as far as letters say that."""
    return (-min(map(len, clue.keys), default=0), len(clue.keys), sorted(clue.keys), clue.start)


def _condition(table: str, clue: Clue) -> tuple[str, list[str]]:
    """What the index is asked."""
    if not clue.start:
        return f"{table}.key IN ({_marks(clue.keys)})", sorted(clue.keys)
    if connection.vendor == "postgresql":
        return f"{table}.key LIKE %s", [f"{clue.start}%"]  # folded words have no sign of a pattern
    return f"{table}.key >= %s AND {table}.key < %s", [clue.start, f"{clue.start}\U0010ffff"]


def _read(table: str, clue: Clue) -> tuple[str, list[str]]:
    """The same of keys that are read, in a way that keeps the index out of it."""
    letters = len(clue.start) or names.KEY_LENGTH
    wanted = clue.keys or [clue.start]
    is_whole = connection.vendor == "sqlite" and not clue.start  # there a plus sign is enough, and quicker
    key = f"+{table}.key" if is_whole else f"SUBSTR({table}.key, 1, {letters})"
    return f"{key} IN ({_marks(wanted)})", sorted(wanted)


def _marks(values: Collection[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _counted(several: Sequence[QuerySet], clues: Sequence[Clue]) -> list[Counts]:
    """For each kind of people, how many bear each of these, up to COUNTED. One query, none for nothing."""
    asked = [(kind, clue) for kind in range(len(several)) for clue in dict.fromkeys(clues) if clue.keys or clue.start]
    if not asked:
        return [NOT_COUNTED for _among in several]
    counts, params = [], []
    for place, (kind, clue) in enumerate(asked):
        owner = f"{NameKey.owner_field(several[kind].model)}_id"
        condition, values = _condition("used", clue)
        bearers = f"SELECT 1 FROM {_TABLE} used WHERE {condition} AND used.{owner} IS NOT NULL"  # noqa: S608
        some = f"WITH bearers AS {_first()} ({bearers}) SELECT 1 FROM bearers LIMIT {COUNTED}"  # noqa: S608
        counts.append(f"SELECT {place}, (SELECT COUNT(*) FROM ({some}) AS counted)")  # noqa: S608
        params += values
    found: list[dict[Clue, int]] = [{} for _among in several]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts), params)
        for place, count in cursor.fetchall():
            kind, clue = asked[place]
            found[kind][clue] = count
    return list(found)


def _first() -> str:
    """PostgreSQL expects some bearers of every key, so that with a limit it would read the table until it has them.

    Asked for all of them first it takes the index, and still reads no more than the limit wants.
    """
    return "MATERIALIZED" if connection.vendor == "postgresql" else ""


def _counted_further(kinds: Sequence[Kind], clues: Sequence[Clue]) -> list[Kind]:
    """The same kinds, these counted as well."""
    more = _counted([among for among, _counts in kinds], clues)
    return [(among, {**counts, **others}) for (among, counts), others in zip(kinds, more, strict=True)]


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
        name = max(written, key=lambda name: known[name][0])
        found.setdefault(pk, Compared(pk, known[name][0], known[name][1], sort_key, known[name][2], name))
    return found


def _judged(typed: Typed, latin: str, arabic: str, why: Why) -> tuple[float, int, Why]:
    """How like what was typed a name is, how many words it has, and why it was found, as far as that is known."""
    score = max(names.part_similarity(typed.text, name) for name in (latin, arabic))
    words = len((latin or arabic).split())
    as_alias = max(
        (names.part_similarity(other, name) for other in typed.others for name in (latin, arabic)), default=0
    )
    if as_alias - ALIAS > score:
        return as_alias - ALIAS, words, Why.ALIAS
    if why is Why.SLIP:
        score = max(score, *(_mended_score(typed, name) for name in (latin, arabic)))
    return score, words, why


def _mended_score(typed: Typed, name: str) -> float:
    """How alike they are once the words a slip away from a word of the name are written as it is."""
    written = names.fold(name).split()
    words = [
        typed_word
        if typed_word in written
        else next((word for word in written if names.is_one_slip(typed_word, word)), typed_word)
        for typed_word in typed.folded.split()
    ]
    return names.part_similarity(" ".join(words), name) - SLIP


def _reason(typed: Typed, latin: str, arabic: str) -> Why:
    words = set(typed.folded.split())
    if any(words <= names.written_words(name) | set(names.fold(name).split()) for name in (latin, arabic) if name):
        return Why.NAME
    return Why.SPELLING if (arabic if names.is_arabic(typed.text) else latin) else Why.SCRIPT
