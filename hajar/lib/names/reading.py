"""How a unit may be read aloud: consonants of a script-blind alphabet, each with the vowels that follow it.

A unit can be read in several ways: with its article or without, g soft or hard, a final h silent or not.

Consonants are classes that both scripts reach: ت ط ث and t, th are T; ق ك and q, k, g are K; ش and ch, sh are C; خ and
kh are X. The *shade* keeps what Arabic spelling knows and Latin does not (ط is T shaded t).

Vowels are letters too. Both scripts write A, I and U, Latin adds the weak E; Arabic adds signs that leave a vowel open:

    ANY         ayn or a seated hamza: some vowel or none
    HEH         final ه, perhaps a feminine ending without its dots
    ALEF        an initial alef without hamza: any vowel
    ON, UNDER   an initial alef with hamza above (a, u) or below (i)
    DOTLESS     after A: final ى, which some write for ي
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from hajar.lib.names.spelling import is_arabic

ANY, ALEF, HEH, ON, UNDER, DOTLESS = "*", "?", "h", "a", "i", "y"

CACHED_UNITS = 32_768


@dataclass(frozen=True, slots=True)
class Syllable:
    """One consonant and the vowels after it."""

    consonant: str
    vowels: str
    shade: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a unit."""

    arabic: bool
    servant: bool  # begins with "servant of", which is not among the syllables
    formulaic: int  # consonants that belong to ben-, bou-, -eddine and so tell little about who is named
    opening: str  # vowels before the first consonant
    syllables: tuple[Syllable, ...]

    @property
    def consonants(self) -> str:
        """The consonants that are heard, the same in both scripts, a doubled one once."""
        found = ""
        for syllable in self.syllables:
            if not found.endswith(syllable.consonant):
                found += syllable.consonant
        return "BD" + found if self.servant else found

    @property
    def skeleton(self) -> str:
        """The consonants alone; a short name that opens with a vowel says so."""
        return skeleton(self.opening, self.consonants)


def skeleton(opening: str, consonants: str) -> str:
    """What a name with these opening vowels and these consonants is looked up by."""
    if len(consonants) < 3 and opening and consonants[:1] not in ("W", "Y"):
        return "A" + consonants
    return consonants or "A"


@lru_cache(maxsize=CACHED_UNITS)
def readings(unit: str) -> tuple[Reading, ...]:
    """All ways to read a unit, the likeliest first; none for a script that is neither Latin nor Arabic."""
    if unit.isascii():
        return tuple(dict.fromkeys(_latin_readings(unit)))
    if is_arabic(unit):
        return tuple(dict.fromkeys(_arabic_readings(unit)))
    return ()


# ---------------------------------------------------------------------------------------------- Latin letters

_DIGRAPHS = {
    "tch": "C",
    "sch": "C",
    "dj": "J",
    "ch": "C",
    "sh": "C",
    "kh": "X",
    "gh": "G",
    "th": "T",
    "dh": "D",
    "ph": "F",
}
_DIGRAPHS |= {"ck": "K", "cq": "K"}
R_AS_GH = "0"  # stands for an r that may be the gh of who does not hear the difference
_LETTERS = dict(zip("bcdfghjklmnpqrstvz0", "BKDFKHJKLMNBKRSTFZG", strict=True))
_VOWELS = {"a": "A", "e": "E", "i": "I", "y": "I", "o": "U", "u": "U", "w": "U"}
_SOUND = re.compile("|".join([*_DIGRAPHS, "[a-z0]"]))

_DOUBLE_DIGRAPH = re.compile("(ch|kh|gh|sh|th|dh|dj)\\1")
_DOUBLE_LETTER = re.compile("([a-z])\\1+")
_SERVANT_LATIN = re.compile("abd(?:e|a|ou?|u|i)?(.{2,})")
_ARTICLE_LATIN = re.compile("(el|al)([a-z]{3,})")
_LIAISON_LATIN = re.compile("l((?:[bcdfghjkmnpqrstvxz]|[wy][aeiou]|a[bcdfghjkmnpqrstvxz]|aa|o).{2,})")  # Lamrani
_FRENCH_ARTICLE = re.compile("le([bcfghjkmpqvx].{3,})")  # Lemrabet, Lekbir
_VOWEL_OF_ARTICLE = re.compile("a[^aeiouy](?:[aeiouy]..|...*[iou]$)")  # Lahoucine, Laghmari; not the a of Lahcen
_ASSIMILATED = re.compile("e(?:(ss|nn|rr|zz|dd|tt|ll)|(?:ch)+[aeiou])|a(ss|nn|rr|zz|dd|tt).{4}")  # Essaid, Attahiri
_INNER_ARTICLE_LATIN = re.compile("(.{3,})[ea]l(?=[^aeiouyl])(.{4,})")  # Nourelhouda
_SOFT_OR_HARD_G = re.compile("g[eiy]")
_TWO_LETTERS = re.compile("(?<=[aeiouy])([tds])(?=h[aeiouy])")  # the th of Fathi, the sh of Ishak, the dh of Adham
_FAITH_LATIN = re.compile("dine?$")


def _latin_readings(unit: str) -> Iterator[Reading]:
    for servant, spelling in _latin_spellings(unit):
        for g in ("j", "k") if _SOFT_OR_HARD_G.search(spelling) else ("j",):
            opening, syllables = _latin_syllables(_respelled(spelling, g))
            formulaic = 0 if servant else _formulaic(syllables, unit.startswith(("ben", "bel")), unit.startswith("bou"))
            formulaic += _ends_in_faith(syllables, bool(_FAITH_LATIN.search(unit)))
            yield Reading(False, servant, formulaic, opening, syllables)


def _latin_spellings(unit: str) -> list[tuple[bool, str]]:
    """What may remain of a unit without its particles, each with whether it follows "servant of"."""
    single = _DOUBLE_LETTER.sub(r"\1", _DOUBLE_DIGRAPH.sub(r"\1", unit))
    servant = _SERVANT_LATIN.match(single)
    if servant and len(single) > 5:
        spellings = [(True, master) for master in _masters(servant.group(1))]
    else:
        spellings = [(False, spelling) for spelling in _with_and_without_article(unit)]
    for is_servant, spelling in list(spellings):
        of_god = spelling.endswith("lah") if is_servant else spelling.endswith("llah")
        if re.search("[aeiou]h$", spelling) and not of_god:  # the h of Sarah is silent, that of Farah is not
            spellings.append((is_servant, spelling[:-1]))
        if len(spelling) > 5 and _ASSIMILATED.match(spelling):
            spellings.append((is_servant, spelling[1:]))
        if "rh" in spelling[1:]:  # Abdelrhani is Abdelghani
            spellings.append((is_servant, spelling[0] + spelling[1:].replace("rh", "gh")))
        if _TWO_LETTERS.search(spelling):
            spellings.append((is_servant, _TWO_LETTERS.sub(r"\1-", spelling)))
        if "mb" in spelling[1:]:  # French writes m for the n of Anbar
            spellings.append((is_servant, spelling.replace("mb", "nb")))
        if re.match("r[aeiouy]", spelling):  # Rizlane is Ghizlane
            spellings.append((is_servant, R_AS_GH + spelling[1:]))
    return spellings


def _masters(rest: str) -> list[str]:
    """After "abd": the l of the article goes, the l of Latif stays."""
    if not rest.startswith("l"):
        return [rest]
    if rest[1] not in "aeiouy":
        return [rest[1:]]
    return [rest[1:], rest]


def _with_and_without_article(unit: str) -> Iterator[str]:
    yield unit
    article = _ARTICLE_LATIN.match(unit)
    if article and (article.group(1) == "el" or article.group(2)[0] not in "aeiouy" or len(article.group(2)) > 5):
        yield article.group(2)
    liaison = _LIAISON_LATIN.match(unit)
    if liaison and len(re.sub("[aeiouy]", "", liaison.group(1))) >= 2:
        yield liaison.group(1)
        if _VOWEL_OF_ARTICLE.match(liaison.group(1)):
            yield liaison.group(1)[1:]
    if french := _FRENCH_ARTICLE.fullmatch(unit):
        yield french.group(1)
    if re.match("benl[^aeiouy]...", unit):  # the l of Benlkadi too
        yield "ben" + unit[4:]
    inner = _INNER_ARTICLE_LATIN.fullmatch(unit)
    if inner:
        yield inner.group(1) + inner.group(2)


def _respelled(word: str, g: str) -> str:
    """One spelling for what French spells in many ways; `g` is the sound of g before e and i."""
    word = _DOUBLE_DIGRAPH.sub(r"\1", word).replace("oo", "ou").replace("ee", "i")
    word = _DOUBLE_LETTER.sub(r"\1", word)
    word = re.sub("^rh", "gh", word)
    word = re.sub("^i(?=[aou])", "y", word)  # Iazid is Yazid
    word = re.sub("gu(?=[eiy])|qu(?=[aeioy])", "k", word)
    word = re.sub("c(?=[eiy])", "s", word)
    return re.sub("g(?=[eiy])", g, word).replace("x", "ks")


def _latin_syllables(word: str) -> tuple[str, tuple[Syllable, ...]]:
    consonants, vowels = [], [""]
    start = 0
    if len(word) > 1 and word[0] in "yw" and word[1] in "aeiouyw":
        consonants, vowels, start = [word[0].upper()], ["", ""], 1
    elif len(word) > 2 and word.startswith("ou") and word[2] in "aeiy":
        consonants, vowels, start = ["W"], ["", ""], 2
    for sound in _SOUND.findall(word, start):
        vowel = _VOWELS.get(sound)
        if vowel is None:
            consonants.append(_DIGRAPHS.get(sound) or _LETTERS[sound])
            vowels.append("")
        elif not vowels[-1].endswith(vowel):
            vowels[-1] += vowel
    last = vowels[-1]
    if word.endswith("e") and len(last) == 1:  # the French silent e of Amine
        vowels[-1] = ""
    elif last.endswith("AE") or last == "IE":  # Asmae
        vowels[-1] = last[:-1]
    shades = ["r" if word.startswith(R_AS_GH) and not place else "" for place in range(len(consonants))]
    return vowels[0], _merged(map(Syllable, consonants, vowels[1:], shades))


# ---------------------------------------------------------------------------------------------- Arabic letters

_CONSONANTS = dict(zip("بتثجحخدذرزسشصضطظغفقكلمنه123", "BTTJHXDDRZSCSDTDGFKKLMNHSZZ", strict=True))
_SHADES = {"ط": "t", "ث": "th", "ص": "s", "ح": "h", "ض": "d", "ذ": "z", "ظ": "d", "ق": "q"}
_SHADES |= {"1": "th", "2": "z", "3": "d"}
_WRITTEN_VOWELS = {"ا": "A", "آ": "A", "ى": "A" + DOTLESS, "ة": "A", "و": "U", "ؤ": "U", "ي": "I", "ئ": "I"}
_WRITTEN_VOWELS |= dict.fromkeys("عءأإ", ANY)
_OPENINGS = {"ا": ALEF, "آ": "A", "أ": ON, "إ": UNDER, "ع": ANY, "ء": ANY}
_AS_S_AND_Z = str.maketrans("ثذظ", "123")  # said so by many: Soraya, Hafiz; the shade stays that of the letter
_SERVANT_ARABIC = re.compile("عبد(?:ال)?(.+)")
_OF_GOD = re.compile("لله$|(?:^|ل)[اإ]ل[اى]?ه$")  # the h of الله and إله is a letter of its own
_INNER_ARTICLE_ARABIC = re.compile("(.{2,})ال(.{3,})")


def _arabic_readings(unit: str) -> Iterator[Reading]:
    if len(unit) > 6 and unit.endswith("الدين"):
        name = unit.removesuffix("الدين")
        unit = f"{name}ءدين" if name.endswith("د") else f"{name}دين"  # both d of سعد الدين are heard
    for servant, spelling in _arabic_spellings(unit):
        opening, syllables = _arabic_syllables(spelling)
        formulaic = 0 if servant else _formulaic(syllables, unit.startswith(("بن", "بل")), unit.startswith("بو"))
        formulaic += _ends_in_faith(syllables, unit.endswith("دين"))
        yield Reading(True, servant, formulaic, opening, syllables)


def _arabic_spellings(unit: str) -> list[tuple[bool, str]]:
    servant = _SERVANT_ARABIC.match(unit)
    if servant and len(unit) >= 5:
        return [(True, servant.group(1))]
    bare = unit[2:] if unit.startswith("ال") and len(unit) >= 4 else unit
    spellings = [bare]
    if bare is not unit and re.match("[أا][^اوي]..", bare):  # الأخضر is said Lakhdar
        spellings.append(bare[1:])
    if bare is unit and re.match("ل[^ا]..", unit):  # لمرابط, the article as it is spoken
        spellings.append(unit[1:])
    if bare is not unit and len(unit) <= 5:  # الهام is إلهام typed without its hamza
        spellings.append(unit)
    inner = _INNER_ARTICLE_ARABIC.fullmatch(bare)
    if inner:  # نورالهدى
        spellings.append(inner.group(1) + inner.group(2))
    if unit.endswith("اة"):  # نجاة is said Najat
        spellings += [spelling[:-1] + "ت" for spelling in spellings]
    if re.match("و[^اوي]", unit):  # وجدة is said Oujda
        spellings.append("أ" + unit)
    if "ة" in bare[:-1]:  # before another word ة is said t: هبة الله
        spellings += [spelling[:-1].replace("ة", "ت") + spelling[-1] for spelling in spellings]
    spellings += [spelling.translate(_AS_S_AND_Z) for spelling in spellings if re.search("[ثذظ]", spelling)]
    return [(False, spelling) for spelling in spellings]


def _arabic_syllables(word: str) -> tuple[str, tuple[Syllable, ...]]:
    consonants: list[str] = []
    shades: list[str] = []
    vowels = [""]
    for place, letter in enumerate(word):
        if place == 0 and letter in "وي" and len(word) > 1:
            consonant = "W" if letter == "و" else "Y"
        elif letter == "ه" and place == len(word) - 1 and len(word) > 2 and not _OF_GOD.search(word):
            vowels[-1] += HEH
            continue
        else:
            consonant = _CONSONANTS.get(letter, "")
        if consonant:
            consonants.append(consonant)
            shades.append(_SHADES.get(letter, ""))
            vowels.append("")
            continue
        vowel = _WRITTEN_VOWELS.get(letter, "")
        if place == 0:
            vowel = _OPENINGS.get(letter, vowel)
        if vowel and not vowels[-1].endswith(vowel):
            vowels[-1] += vowel
    if len(vowels[-1]) > 1 and vowels[-1].endswith(ANY):  # the hamza that closes وفاء is not said
        vowels[-1] = vowels[-1][:-1]
    return vowels[0], _merged(map(Syllable, consonants, vowels[1:], shades))


# ---------------------------------------------------------------------------------------------- both scripts


def _merged(syllables: Iterator[Syllable]) -> tuple[Syllable, ...]:
    """A doubled consonant is one consonant."""
    merged: list[Syllable] = []
    for syllable in syllables:
        before = merged[-1] if merged else None
        if before and before.consonant == syllable.consonant and not before.vowels:
            merged[-1] = Syllable(before.consonant, syllable.vowels, before.shade)
        else:
            merged.append(syllable)
    return tuple(merged)


def _formulaic(syllables: tuple[Syllable, ...], son: bool, father: bool) -> int:
    if son and len(syllables) > 3:
        return 2
    if father and len(syllables) > 2:
        return 1
    return 0


def _ends_in_faith(syllables: tuple[Syllable, ...], spelled: bool) -> int:
    if spelled and len(syllables) > 2 and syllables[-2].consonant == "D" and syllables[-1].consonant == "N":
        return 2
    return 0
