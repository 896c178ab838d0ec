"""The units of a name: its words with their particles attached, whatever the clerk's spacing.

"Ben Ali" and "Benali" are one unit, so are "Nour Eddine" and "Noureddine", "Abd el Aziz" and "Abdelaziz", in both
scripts. Articles that stand alone fall away; titles and clan words are set apart: one paper has them, the next has not.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from hajar.lib.names.spelling import MAX_LENGTH, MAX_WORD_LENGTH, fold, is_arabic, words

MAX_UNITS = 8  # units read of any name
CACHED_NAMES = 16_384
MAX_UNIT_LENGTH = 48  # letters read of any unit

ARTICLES = frozenset({"el", "al", "l", "il", "ul", "ال"})
SERVANT = frozenset({"abd", "abde", "abdel", "abdul", "abdol", "abdoul", "abdal", "abdu", "عبد"})  # servant of ...
SON = frozenset({"ben", "bin", "ibn", "بن", "ابن"})
OWNER = frozenset({"bel", "bou", "bu", "abou", "abu", "بل", "بو", "ابو", "أبو"})  # son of the ..., father of ...
MOTHER = frozenset({"oum", "oumou", "om", "um", "umm", "oumm", "ام", "أم"})  # mother of ...
FAITH = frozenset(
    {"din", "dine", "edine", "eddine", "eddin", "addin", "addine", "uddin", "ddine", "ddin", "edin", "الدين", "دين"}
)
GOD = frozenset({"allah", "alah", "ellah", "الله"})  # gift of ..., victory of ...
TITLES = frozenset(
    {
        "moulay",
        "mulay",
        "sidi",
        "si",
        "lalla",
        "lala",
        "haj",
        "hadj",
        "hajj",
        "haja",
        "hajja",
        "mr",
        "mme",
        "mlle",
        "dr",
    }
    | {"مولاي", "سيدي", "سي", "للا", "لالة", "لالا", "حاج", "الحاج", "حاجة", "الحاجة"}
)
_ASSIMILATED = re.compile("[ea](?:[stdznr]|ch|sh)")
CLAN = frozenset(
    {"ait", "ayt", "oulad", "ould", "ouled", "awlad", "aulad"} | {"ايت", "أيت", "آيت", "إيت", "اولاد", "أولاد", "ولد"}
)  # children of ...

_JOINED = re.compile(
    "a[iy]t(?=[b-dfgj-np-tv-xz].{3}|h[aeiou].{2})|oul[ae]d(?=.{3})|moulay(?=.{4})|lalla(?=.{3})|[اأآ]يت(?=[^اويةه].{2})"
)
_PARTICLES = frozenset(fold(word) for word in ARTICLES | SERVANT | SON | OWNER | MOTHER | FAITH | GOD | TITLES | CLAN)

# What clerks shorten, and the few names whose usual spellings no letter rule brings together.
_WRITTEN_OUT = {
    **dict.fromkeys(("med", "mohd", "mhd", "moh"), ("mohamed",)),
    "fz": ("fatima", "zahra"),
    "my": ("moulay",),
    "b": ("ben",),
    "bt": ("bent",),
    "fatma": ("fatima",),
    "faical": ("faissal",),
    "soraya": ("thoraya",),
    "souraya": ("thoraya",),
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared: its units in the order written, and whether a clan word stood among them."""

    units: tuple[str, ...]
    has_clan: bool = False


@lru_cache(maxsize=CACHED_NAMES)
def read(text: str) -> Name:
    """The units of a text; titles and clan words count only when nothing else is there."""
    separate = [part for word in words(text) for part in _set_apart(word)]
    written_out = [full for word in separate for full in _WRITTEN_OUT.get(word, (word,))]
    units = tuple(unit[:MAX_UNIT_LENGTH] for unit in _joined(written_out)[:MAX_UNITS])
    strong = tuple(unit for unit in units if unit not in TITLES and unit not in CLAN)
    if not strong:
        return Name(units)
    return Name(strong, has_clan=any(unit in CLAN for unit in units))


def _set_apart(word: str) -> tuple[str, ...]:
    """A title or clan word that was written together with its name, and the name: Aithammou, Moulayrachid."""
    found = _JOINED.match(word)
    return (found.group(), word[found.end() :]) if found else (word,)


def written_words(text: str) -> set[str]:
    """The words of a name as they are typed to look for it: folded, without particles, with and without article."""
    found = {word[:MAX_WORD_LENGTH] for word in fold(text[:MAX_LENGTH]).split() if len(word) > 1}
    telling = found - _PARTICLES or found
    return telling | {word[2:] for word in telling if word.startswith("ال") and len(word) > 4}


def _joined(separate: list[str]) -> list[str]:
    units: list[str] = []
    waiting = list(reversed(separate))
    while waiting:
        word = waiting.pop()
        if not waiting:
            _append(units, word)
        elif word in SERVANT:
            if _drop_article(waiting):
                word = _in_script_of(word, "عبدال", "abdel")
            units.append(word + waiting.pop())
        elif word in SON:
            _drop_article(waiting)
            units.append(_in_script_of(word, "بن", "ben") + _without_article(waiting.pop()))
        elif word in OWNER:
            _drop_article(waiting)
            prefix = word if word in ("bel", "بل") else _in_script_of(word, "بو", "bou")
            units.append(prefix + _without_article(waiting.pop()))
        elif word in MOTHER:
            _drop_article(waiting)
            units.append(_in_script_of(word, "أم", "oum") + _without_article(waiting.pop()))
        elif word not in ARTICLES and not _is_assimilated(word, waiting[-1]):
            _append(units, word)
    return units


def _is_assimilated(word: str, following: str) -> bool:
    """Whether a word is the article as it sounds before its noun: Ed-Doha, Ech-Chafi, As Salam."""
    return _ASSIMILATED.fullmatch(word) is not None and following.startswith(word[1:])


def _append(units: list[str], word: str) -> None:
    """Add a word; "Eddine" and "Allah" belong to the word before them."""
    if word in GOD and units:
        units[-1] += word
    elif word in FAITH and units and units[-1] not in TITLES and units[-1] not in CLAN:
        units[-1] = units[-1].removesuffix("e") + _in_script_of(units[-1], "الدين", "edine")
    else:
        units.append(word)


def _drop_article(waiting: list[str]) -> bool:
    """Take a free-standing article away when a word follows it."""
    if len(waiting) > 1 and waiting[-1] in ARTICLES:
        waiting.pop()
        return True
    return False


def _without_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def _in_script_of(word: str, arabic: str, latin: str) -> str:
    return arabic if is_arabic(word) else latin
