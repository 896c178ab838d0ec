"""What a difference between two readings costs, counted in whole consonants.

The numbers were found by trial on tests/lib/data/name_pairs.csv; the reasons are habits of spelling in Morocco: Arabic
leaves short vowels unwritten, French writes them as they sound in Darija, and a feminine -a is never a trifle.
"""

from functools import lru_cache
from typing import Literal

from hajar.lib.names.reading import ALEF, ANY, DOTLESS, HEH, ON, UNDER, Reading, Syllable

Place = Literal["inner", "closing", "final"]  # where the vowels stand: closing is before the last consonant
INNER: Place = "inner"
CLOSING: Place = "closing"
FINAL: Place = "final"

CLASH = 0.62  # two different vowels: Jamal, Jamil
CLASH_WITH_WEAK_E, CLASH_OF_U_WITH_WEAK_E = 0.05, 0.30  # Aziz, Azez; Nouzha, Nezha
FINAL_VOWEL = 0.95  # a vowel at the end of one name only: Karim, Karima
FINAL_CLASH = 1.5  # factor on a clash at the end
UNSAID = {"E": 0.12, "A": 0.40, "U": 0.50, "I": 0.55}  # a vowel in one Latin spelling only
ELIDED_A, ELIDED_ECHO = 0.30, 0.25  # Hlima for Halima; Slam for Salam, Zhour for Zohour, whose next vowel says it
EXTRA = {"E": 0.05, "A": 0.12, "I": 0.30, "U": 0.45}  # a further vowel beside a shared one: Soufian, Soufan
ELIDES_FROM = 3  # consonants in a name
EXTRA_NEAR_WEAK_E = 0.04  # Zineb, Zeineb
UNWRITTEN = 0.60  # a long vowel in one Arabic spelling only: رشيد, رشاد
UNWRITTEN_OF_SERVANT = 0.25  # as in عبد الرحمن and عبد الرحمان, عبد الملك and عبد المالك
OPENING_VOWEL = 0.80  # at the start of one name only; Driss and Idriss cost less, see opening_cost
R_FOR_GH = 0.25  # Rizlane for Ghizlane: of a longer name no doubt, of a short one a person should look
SHADE = 0.50  # two letters of one sound: ت and ط
SWAP = 0.60  # two consonants in the other order
ONE_IS_SERVANT = 1.2
H_UNSAID = 0.70  # an h or ح left out
NEAR_CONSONANTS = {
    pair: cost
    for cost, pairs in {0.4: "DZ", 0.5: "SZ KG XH XK GR GX", 0.6: "TD CS GJ", 0.7: "MN JC", 0.8: "JK FB WB"}.items()
    for both in pairs.split()
    for pair in (both, both[::-1])
}
VOWELS_ALONE = 0.3  # two names of vowels only, in one script: Aya, Iya


def consonant_cost(a: Syllable, b: Syllable, both_arabic: bool) -> float:
    if a.consonant == b.consonant:
        if a.shade == b.shade:
            return 0.0
        return R_FOR_GH if "r" in (a.shade, b.shade) else SHADE if both_arabic else 0.0
    return NEAR_CONSONANTS.get(a.consonant + b.consonant, 1.0)


def consonant_gap_cost(syllable: Syllable) -> float:
    return H_UNSAID if syllable.consonant == "H" else 1.0


def gap_cost(syllable: Syllable, arabic: bool, final: bool) -> float:
    """A syllable in one name only; its vowels weigh half, and nothing in Arabic, where they may go unwritten."""
    cost = consonant_gap_cost(syllable)
    return cost if arabic else cost + 0.5 * _unsaid_cost(syllable.vowels, final)


# ---------------------------------------------------------------------------------------------- vowels inside a name


@lru_cache(maxsize=8192)
def vowel_cost(a: str, a_arabic: bool, b: str, b_arabic: bool, place: Place, servants: bool) -> float:
    """What it costs that these vowels follow one consonant, here `a` and there `b`."""
    if a_arabic and b_arabic:
        return _arabic_vowel_cost(a, b, place == FINAL, servants)
    if a_arabic:
        return _mixed_vowel_cost(a, b, place)
    if b_arabic:
        return _mixed_vowel_cost(b, a, place)
    return _latin_vowel_cost(a, b, place == FINAL)


def elision_cost(a: tuple[Syllable, ...], b: tuple[Syllable, ...]) -> float | None:
    """The vowel of an open first syllable, which Darija swallows, in one Latin spelling only; None if this is none."""
    if min(len(a), len(b)) < ELIDES_FROM or bool(a[0].vowels) == bool(b[0].vowels):
        return None
    vowel = a[0].vowels or b[0].vowels
    if vowel == a[1].vowels == b[1].vowels:
        return ELIDED_ECHO
    return ELIDED_A if vowel == "A" and a[1].vowels and b[1].vowels else None


def _clash_cost(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if "E" in (a, b):
        return CLASH_OF_U_WITH_WEAK_E if "U" in (a, b) else CLASH_WITH_WEAK_E
    return CLASH


def _unsaid_cost(vowels: str, final: bool) -> float:
    """Vowels in one Latin spelling, none in the other."""
    if final:
        return 0.0 if vowels in ("", "E") else FINAL_VOWEL
    if not vowels:
        return 0.0
    return max(UNSAID[vowel] for vowel in vowels) + 0.1 * (len(set(vowels)) - 1)


def _latin_vowel_cost(a: str, b: str, final: bool) -> float:
    if a == b:
        return 0.0
    if not a or not b:
        return _unsaid_cost(a or b, final)
    factor = FINAL_CLASH if final else 1.0
    ours, theirs = set(a), set(b)
    if len(ours) == len(theirs) == 1:
        return factor * _clash_cost(a[0], b[0])
    if not ours & theirs and min(_clash_cost(x, y) for x in ours for y in theirs) > 0.1:
        return factor * CLASH
    cost = sum(_extra_cost(vowel, theirs) for vowel in sorted(ours - theirs))
    cost += sum(_extra_cost(vowel, ours) for vowel in sorted(theirs - ours))
    if final and (_clash_cost(a[-1], b[-1]) > 0.1 or ("I" in ours) != ("I" in theirs)):
        cost = max(cost, 0.75)  # Nadia, Nada; Samia, Sami
    return cost


def _extra_cost(vowel: str, others: set[str]) -> float:
    near_weak_e = (vowel == "E" and others & {"A", "I"}) or (vowel in "AI" and "E" in others)
    return EXTRA_NEAR_WEAK_E if near_weak_e else EXTRA[vowel]


def _arabic_vowel_cost(a: str, b: str, final: bool, servants: bool) -> float:
    if a == b:
        return 0.0
    ours, theirs = _long_vowels(a), _long_vowels(b)
    if ours == theirs:
        return 0.8 if final and (HEH in a) != (HEH in b) and not ours.endswith("A") else 0.08
    if final:
        if HEH in (a, b) and "A" in (ours + theirs or "A"):  # سارة written ساره
            return 0.08
        if DOTLESS in a + b and {ours[-1:], theirs[-1:]} == {"A", "I"}:  # مصطفى written مصطفي
            return 0.2
        return 0.8 if ours and theirs else FINAL_VOWEL
    if ours and theirs:
        return CLASH if len(ours) == len(theirs) == 1 else 0.4
    if servants and ours + theirs == "A":
        return UNWRITTEN_OF_SERVANT
    return UNWRITTEN + 0.2 * (len(ours + theirs) - 1)


def _long_vowels(arabic: str) -> str:
    return "".join(vowel for vowel in arabic if vowel in "AIU")


def _mixed_vowel_cost(arabic: str, latin: str, place: Place) -> float:
    written = _long_vowels(arabic)
    is_open = any(sign in arabic for sign in (ANY, ALEF, HEH, ON, UNDER))
    if not written:
        return _unwritten_final_cost(arabic, latin) if place == FINAL else _unwritten_cost(latin, is_open, place)
    if not latin:
        return FINAL_VOWEL if place == FINAL else 0.15 if is_open else 0.35
    cost = sum(min(_mixed_clash_cost(long, vowel) for vowel in latin) for long in written) / len(written)
    if not is_open:
        cost += 0.06 * sum(all(_mixed_clash_cost(long, vowel) == CLASH for long in written) for vowel in latin)
    if place == FINAL:
        return _mixed_final_cost(arabic, written, latin, cost)
    if ANY in arabic:
        if len(set(latin)) == 1:  # سعاد is Souad, not Saad
            cost += 0.25
        elif "I" in latin and "I" not in written:  # nor Said
            cost += 0.4
    return cost


def _mixed_clash_cost(long: str, vowel: str) -> float:
    if long == vowel:
        return 0.0
    return 0.08 if vowel == "E" and long in "AI" else CLASH


def _mixed_final_cost(arabic: str, written: str, latin: str, cost: float) -> float:
    if arabic.endswith("I") and latin.endswith("A"):  # Mustapha, مصطفي
        return 0.3
    if "I" in latin and "I" not in written:  # Nadia, ندى
        cost = max(cost, 0.6)
    cost *= 1.4
    if _mixed_clash_cost(written[-1], latin[-1]) == CLASH:
        cost = max(cost, 0.6)
    return cost


def _unwritten_cost(latin: str, is_open: bool, place: Place) -> float:
    """Inside a name: Arabic writes no long vowel, perhaps an ayn; Latin may write the short ones."""
    if place == CLOSING and latin == "U":  # the last u of Mahmoud is long; محمد would write it
        return 0.5
    if not latin:
        return 0.05 if is_open else 0.0
    if is_open:
        return 0.3 if len(latin) > 1 and ("I" in latin or latin == "UA") else 0.02  # سعد is not Said, nor Souad
    if len(latin) == 1:
        return 0.03
    return 0.15 if latin in ("AI", "EI", "AU") else 0.3  # diphthongs whose glide went unwritten


def _unwritten_final_cost(arabic: str, latin: str) -> float:
    """At the end of a name: Arabic writes no vowel, perhaps a heh or an ayn."""
    if not latin:
        return FINAL_VOWEL if HEH in arabic else 0.05 if arabic else 0.0
    if HEH in arabic:
        return 0.05 if latin.endswith("A") else 0.0 if latin == "E" else 0.5
    if latin == "E":
        return 0.0
    return 0.25 if ANY in arabic else FINAL_VOWEL


# ---------------------------------------------------------------------------------------------- vowels that open a name


def opening_cost(a: Reading, b: Reading) -> float:
    """What it costs that these vowels stand before the first consonant."""
    if a.opening == b.opening:
        return 0.0
    servants = a.servant and b.servant
    if a.arabic and b.arabic:
        return _arabic_opening_cost(a.opening, b.opening, servants)
    if a.arabic:
        return _mixed_opening_cost(a.opening, b, servants)
    if b.arabic:
        return _mixed_opening_cost(b.opening, a, servants)
    if a.opening and b.opening:
        clash = _clash_cost(a.opening[0], b.opening[0]) * OPENING_VOWEL / CLASH
        return clash if len(a.opening) == len(b.opening) else clash + 0.1
    return _unsaid_opening_cost(a.opening or b.opening, b if a.opening else a, servants)


def _unsaid_opening_cost(opening: str, without: Reading, servants: bool) -> float:
    """An opening vowel in one Latin spelling only."""
    if opening.startswith("E"):
        return 0.1
    if servants:
        return OPENING_VOWEL
    return 0.15 if opening.startswith("I") and _begins_with_cluster(without) else 0.6


def _begins_with_cluster(reading: Reading) -> bool:
    """Driss, Brahim, Smail: Darija says them without the vowel that Idriss, Ibrahim and Ismail begin with."""
    return len(reading.syllables) > 1 and not reading.opening and not reading.syllables[0].vowels


def _arabic_opening_cost(a: str, b: str, servants: bool) -> float:
    if not a or not b:
        return 0.5 if servants else 0.25
    signs = {a[0], b[0]}
    if ALEF in signs or signs == {ON, "A"}:
        return 0.05
    return 0.5 if ANY in signs else 0.6


def _mixed_opening_cost(arabic: str, reading: Reading, servants: bool) -> float:
    latin = reading.opening
    if not arabic:
        if latin.startswith("E"):
            return 0.15
        return OPENING_VOWEL if servants else 0.3
    sign = arabic[0]
    if not latin:
        if servants:
            return 0.5
        if sign == ANY or (sign == ALEF and not _begins_with_cluster(reading)):
            return 0.4
        return {UNDER: 0.15, ALEF: 0.25}.get(sign, 0.6) if _begins_with_cluster(reading) else 0.6
    if sign == UNDER:
        return 0.0 if latin[0] in "IE" else OPENING_VOWEL
    if sign == ON:
        return 0.0 if latin[0] in "AUE" else 0.55
    return 0.0
