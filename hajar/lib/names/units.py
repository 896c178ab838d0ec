"""The units of a name: its words with their particles attached, whatever the clerk's spacing.

"Ben Ali" and "Benali" are one unit, so are "Nour Eddine" and "Noureddine", "Abd el Aziz" and "Abdelaziz", in both
scripts. Articles that stand alone fall away; titles and clan words are set apart: one paper has them, the next has not.
"""

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
FAITH = frozenset(
    {"din", "dine", "edine", "eddine", "eddin", "addin", "addine", "uddin", "ddine", "ddin", "edin", "الدين", "دين"}
)
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
CLAN = frozenset(
    {"ait", "ayt", "oulad", "ould", "ouled", "awlad", "aulad"} | {"ايت", "أيت", "آيت", "إيت", "اولاد", "أولاد", "ولد"}
)  # children of ...

_PARTICLES = frozenset(fold(word) for word in ARTICLES | SERVANT | SON | OWNER | FAITH | TITLES | CLAN)

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
    written_out = [full for word in words(text) for full in _WRITTEN_OUT.get(word, (word,))]
    units = tuple(unit[:MAX_UNIT_LENGTH] for unit in _joined(written_out)[:MAX_UNITS])
    strong = tuple(unit for unit in units if unit not in TITLES and unit not in CLAN)
    if not strong:
        return Name(units)
    return Name(strong, has_clan=any(unit in CLAN for unit in units))


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
        elif word not in ARTICLES:
            _append(units, word)
    return units


def _append(units: list[str], word: str) -> None:
    """Add a word; "Eddine" belongs to the word before it."""
    if word in FAITH and units and units[-1] not in TITLES and units[-1] not in CLAN:
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
