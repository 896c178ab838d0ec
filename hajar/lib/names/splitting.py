"""A full name from one cell, cut into given name and family name.

Moroccan papers put the given name first; French ones often the family name, in capitals or before a comma. A given name
may have several words (عبد الرحيم, نور الدين, فاطمة الزهراء, مولاي علي). Whether "آية ملاك بناني" is Aya Malak, of the
Bennani, or Aya, of the Malak Bennani, no rule can know: the given name in the other script, as a hint, decides.
"""

from hajar.lib.names.matching import CLOSE, similarity
from hajar.lib.names.spelling import clean, is_arabic, words
from hajar.lib.names.units import ARTICLES, CLAN, FAITH, MAX_UNITS, OWNER, SERVANT, SON, TITLES

_CIVILITIES = frozenset({"mr", "mme", "mlle", "dr"})  # dropped: no part of a name
_MOTHER = frozenset({"oum", "om", "umm", "أم", "ام"})  # أم كلثوم
_LEADS = SERVANT | SON | OWNER | CLAN | ARTICLES | TITLES | _MOTHER  # words that need the next one
_BINDING_ARTICLES = frozenset({"ez", "az", "ed", "ad"}) | ARTICLES

# Given names of two words, by the words they are made of.
_FATIMA = frozenset({"fatima", "fatema", "fatma", "فاطمة", "فاطمه"})
_ZAHRA = frozenset(
    {
        "zahra",
        "zahrae",
        "zohra",
        "ezzahra",
        "ezzahrae",
        "ezahra",
        "azzahra",
        "ezzohra",
        "الزهراء",
        "الزهرة",
        "الزهرا",
        "زهراء",
    }
)
_NOUR = frozenset({"nour", "nor", "noor", "نور"})
_HOUDA = frozenset({"houda", "hoda", "elhouda", "الهدى", "الهدي"})
_COMPOUNDS = ((_FATIMA, _ZAHRA), (_NOUR, _HOUDA))

# Mohamed is mostly followed by a second given name when two more words follow: Mohamed Reda Bennani.
_MOHAMED = frozenset({"mohamed", "mohammed", "mohammad", "muhammad", "med", "محمد"})

_SHORTEST_MARKED = 5  # letters: الله is no family, العلوي may be


def split_full_name(text: str, given_hint: str | None = None) -> tuple[str, str]:
    """Given and family name as written; one is empty when there is only the other.

    `given_hint` is the given name known from elsewhere, in either script: the part most like it is the given name.
    """
    commas = [part.strip() for part in clean(text).replace("،", ",").split(",") if part.strip()]
    if len(commas) == 2 and not given_hint:
        return commas[1], commas[0]
    parts = _parts(" ".join(commas).split())
    hinted = _cut_by_hint(parts, given_hint) if given_hint else None
    return hinted or _cut_by_capitals(parts) or _cut_by_habit(parts)


def _parts(written: list[str]) -> list[str]:
    """The words of a name with those that belong together kept together, as written."""
    waiting = [word for word in reversed(written) if _plain(word) not in _CIVILITIES]
    parts: list[str] = []
    while waiting:
        part = [waiting.pop()]
        while waiting and _plain(part[-1]) in _LEADS:
            part.append(waiting.pop())
        if waiting and _belongs(part[-1], waiting[-1]):
            part.append(waiting.pop())
        elif len(waiting) > 1 and _plain(waiting[-1]) in _BINDING_ARTICLES and _belongs(part[-1], waiting[-2]):
            part += [waiting.pop(), waiting.pop()]
        parts.append(" ".join(part))
    return parts


def _plain(word: str) -> str:
    return "".join(words(word))


def _belongs(first: str, second: str) -> bool:
    """Nour Eddine, Fatima Zahra: the second word belongs to the given name that the first began."""
    first, second = _plain(first), _plain(second)
    return second in FAITH or any(first in heads and second in tails for heads, tails in _COMPOUNDS)


def _cut(parts: list[str], place: int) -> tuple[str, str]:
    return " ".join(parts[:place]), " ".join(parts[place:])


def _cut_by_hint(parts: list[str], hint: str) -> tuple[str, str] | None:
    """The cut whose first or last parts are most like the hint, if any is close to it."""
    given_first = [_cut(parts, place) for place in range(1, len(parts) + 1)][:MAX_UNITS]
    family_first = [_cut(parts, place)[::-1] for place in range(1, len(parts))][-MAX_UNITS:]
    likeness = {cut: similarity(cut[0], hint) for cut in given_first + family_first}
    best = max(likeness, key=likeness.__getitem__, default=None)
    return best if best and likeness[best] >= CLOSE else None


def _cut_by_capitals(parts: list[str]) -> tuple[str, str] | None:
    """EL AMRANI Mohammed: what is in capitals is the family name, if not all is."""
    capitals = " ".join(part for part in parts if _is_in_capitals(part))
    others = " ".join(part for part in parts if not _is_in_capitals(part))
    return (others, capitals) if capitals and others else None


def _is_in_capitals(part: str) -> bool:
    last = part.split()[-1]
    return len(last) > 1 and last.isupper()


def _cut_by_habit(parts: list[str]) -> tuple[str, str]:
    if len(parts) < 2:
        return _cut(parts, 1)
    if _plain(parts[0].split()[0]) in CLAN | SON:  # no given name begins so
        return _cut(parts, 1)[::-1]
    marked = next((place for place, part in enumerate(parts) if place > 0 and _is_marked_as_family(part)), None)
    if marked in (1, 2):
        return _cut(parts, marked)
    return _cut(parts, 2 if len(parts) > 2 and _plain(parts[0]) in _MOHAMED else 1)


def _is_marked_as_family(part: str) -> bool:
    """Family names begin with an article, ben, bou, ait more often than second given names do."""
    first = part.split()[0]
    if _plain(first) in ARTICLES | SON | OWNER | CLAN:
        return True
    if is_arabic(first):
        return first.startswith("ال") and len(first) >= _SHORTEST_MARKED
    return first.lower().startswith(("el-", "al-"))
