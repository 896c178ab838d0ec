"""Whether two names may be the same person's: keys that find candidates, and a similarity that judges them.

Two names that share a key are worth comparing; `similarity` aligns their consonants and weighs the vowels, so that Karim and
Karima, Jamal and Jamil stay apart while Mohammed, Mouhamed and محمد come together. Every cost below was set on the pairs of
tests/lib/data/name_pairs.csv (half of them held back) and checked on names not in it. What no letter rule can settle, since
Arabic leaves short vowels unwritten: Omar and عمار, Salim and سالم, Malak and مالك. Sex, birth date and mother's name settle most;
nothing is ever merged on a similarity alone.
"""

from functools import lru_cache
from itertools import pairwise, permutations
from typing import Literal

from hajar.lib.names import units
from hajar.lib.names.reading import ALEF, ANY, DOTLESS, HEH, ON, UNDER, Reading, Syllable, readings

KEY_VERSION = "NAME-1.0"  # change it whenever keys() answers differently: stored keys are then built anew
KEY_LENGTH = 40  # no key is longer

SAME = 91.0  # from here on two spellings are probably one name
CLOSE = 75.0  # from here on a person should look

Place = Literal["inner", "closing", "final"]  # where the vowels stand: closing is before the last consonant
INNER: Place = "inner"
CLOSING: Place = "closing"
FINAL: Place = "final"

_CACHED_PAIRS = 65_536
_MOST_UNITS_PERMUTED = 5

# Costs of a difference; 1 is a whole consonant.
CLASH = 0.62  # two different vowels: Jamal, Jamil
CLASH_WITH_WEAK_E, CLASH_OF_U_WITH_WEAK_E = 0.05, 0.30  # Aziz, Azez; Nouzha, Nezha
FINAL_VOWEL = 0.95  # a vowel at the end of one name only: Karim, Karima
FINAL_CLASH = 1.5  # factor on a clash at the end
UNSAID = {"E": 0.12, "A": 0.40, "U": 0.50, "I": 0.55}  # a vowel in one Latin spelling only
EXTRA = {"E": 0.05, "A": 0.12, "I": 0.30, "U": 0.45}  # a further vowel beside a shared one: Soufian, Soufan
EXTRA_NEAR_WEAK_E = 0.04  # Zineb, Zeineb
UNWRITTEN = 0.60  # a long vowel in one Arabic spelling only: رشيد, رشاد
UNWRITTEN_OF_SERVANT = 0.25  # as in عبد الرحمن and عبد الرحمان, عبد الملك and عبد المالك
OPENING_VOWEL = 0.80  # at the start of one name only: Driss, Idriss costs less, see _opening_cost
SHADE = 0.50  # two letters of one sound: ت and ط
SWAP = 0.60  # two consonants in the other order
ONE_IS_SERVANT = 1.2
H_UNSAID = 0.70  # an h or ح left out
NEAR_CONSONANTS = {
    pair: cost
    for both, cost in {
        **{"DZ": 0.4, "SZ": 0.5, "KG": 0.5, "XH": 0.5, "XK": 0.5, "GR": 0.5, "GX": 0.5, "TD": 0.6, "CS": 0.6, "GJ": 0.6},
        **{"MN": 0.7, "JC": 0.7, "JK": 0.8, "FB": 0.8, "WB": 0.8},
    }.items()
    for pair in (both, both[::-1])
}
VOWELS_ALONE = 0.3  # two names of vowels only, in one script: Aya, Iya
LATER_READING = 1.5  # points off for any but the likeliest reading
BEST_OF_UNEQUAL = 99.0  # only equal spellings reach 100
WEIGHT_OF_WORST_UNIT = 0.45  # one clearly different unit tells two people apart, however long the rest
JOINED_UNITS = 1.0  # points off when two units had to be read as one
MISSING_UNIT = 0.6  # exponent: "Mohamed El Amrani" against "El Amrani"
ONE_HAS_CLAN = 0.88  # Ait Lahcen against Lahcen: a person should look


# ---------------------------------------------------------------------------------------------- keys


def keys(text: str) -> set[str]:
    """The keys of a name in either script, empty when it has no letter; names of one person nearly always share one."""
    written = units.read(text).units
    found = {key for unit in written for key in _unit_keys(unit)}
    found.update(_joined_key(unit, following) for unit, following in pairwise(written))  # Fatimazahra is Fatima Zahra
    return found


@lru_cache(maxsize=_CACHED_PAIRS)
def _unit_keys(unit: str) -> tuple[str, ...]:
    found = dict.fromkeys(reading.skeleton[:KEY_LENGTH] for reading in readings(unit))
    return tuple(found) or (unit[:KEY_LENGTH].upper(),)


@lru_cache(maxsize=_CACHED_PAIRS)
def _joined_key(unit: str, following: str) -> str:
    first, second = _unit_keys(unit)[0], _unit_keys(following)[0]
    return (first + second.removeprefix(first[-1]))[:KEY_LENGTH]


# ---------------------------------------------------------------------------------------------- whole names


def similarity(a: str, b: str) -> float:
    """How alike two names are, 0 to 100, whatever their script and the order of their words; 0 when one has no letter."""
    first, second = units.read(a), units.read(b)
    if not first.units or not second.units:
        return 0.0
    score = _units_similarity(*sorted((first.units, second.units), key=lambda written: (len(written), written)))
    return score * ONE_HAS_CLAN if first.has_clan != second.has_clan else score


def _units_similarity(fewer: tuple[str, ...], more: tuple[str, ...]) -> float:
    if fewer == more:
        return 100.0
    best = _best_pairing(fewer, more)
    if len(fewer) < len(more) <= _MOST_UNITS_PERMUTED:
        for place in range(len(more) - 1):
            joined = (*more[:place], more[place] + more[place + 1], *more[place + 2 :])
            best = max(best, _best_pairing(fewer, joined) - JOINED_UNITS)
    return best


def _best_pairing(fewer: tuple[str, ...], more: tuple[str, ...]) -> float:
    """The score of the pairing in which each unit of the shorter name meets the unit of the longer it suits best."""
    table = [[unit_similarity(unit, other) for other in more] for unit in fewer]
    partners = _partners(table)
    scores = [row[partner] for row, partner in zip(table, partners, strict=True)]
    weights = [max(len(unit), len(more[partner])) ** 0.5 for unit, partner in zip(fewer, partners, strict=True)]
    mean = sum(score * weight for score, weight in zip(scores, weights, strict=True)) / sum(weights)
    score = (1 - WEIGHT_OF_WORST_UNIT) * mean + WEIGHT_OF_WORST_UNIT * min(scores)
    return score * (len(fewer) / len(more)) ** MISSING_UNIT


def _partners(table: list[list[float]]) -> tuple[int, ...]:
    """For each row the column it is paired with: the best sum for short names, the best free one for long names."""
    columns = range(len(table[0]))
    if len(columns) <= _MOST_UNITS_PERMUTED:
        return max(
            permutations(columns, len(table)),
            key=lambda partners: sum(row[partner] for row, partner in zip(table, partners, strict=True)),
        )
    chosen: list[int] = []
    for row in table:
        chosen.append(max((column for column in columns if column not in chosen), key=row.__getitem__))
    return tuple(chosen)


# ---------------------------------------------------------------------------------------------- units


def unit_similarity(a: str, b: str) -> float:
    """How alike two units are, 0 to 100, in their best readings."""
    return _ordered_unit_similarity(a, b) if a <= b else _ordered_unit_similarity(b, a)


@lru_cache(maxsize=_CACHED_PAIRS)
def _ordered_unit_similarity(a: str, b: str) -> float:
    if a == b:
        return 100.0
    best = 0.0
    for place, reading in enumerate(readings(a)):
        for other_place, other in enumerate(readings(b)):
            points_off = LATER_READING * ((place > 0) + (other_place > 0))
            best = max(best, _reading_similarity(reading, other) - points_off)
    return min(best, BEST_OF_UNEQUAL)


def _reading_similarity(a: Reading, b: Reading) -> float:
    cost = _opening_cost(a, b)
    if a.servant != b.servant:
        cost += ONE_IS_SERVANT
    if a.syllables or b.syllables:
        cost += _alignment_cost(a, b)
    elif a.arabic == b.arabic and a.opening[a.arabic :] != b.opening[b.arabic :]:
        cost += VOWELS_ALONE
    telling = max(len(a.syllables), len(b.syllables)) - min(a.formulaic, b.formulaic)
    return 100 * (1 - cost / max(telling + 0.5, 1.5))


def _alignment_cost(a: Reading, b: Reading) -> float:
    """The cheapest way to turn the syllables of one reading into the other's (edit distance with swaps)."""
    rows, columns = a.syllables, b.syllables
    both_arabic, both_servants = a.arabic and b.arabic, a.servant and b.servant
    row_gaps = [_gap_cost(syllable, a.arabic, place == len(rows)) for place, syllable in enumerate(rows, 1)]
    column_gaps = [_gap_cost(syllable, b.arabic, place == len(columns)) for place, syllable in enumerate(columns, 1)]
    above: list[float] = []
    line = [0.0]
    for syllable in columns:
        line.append(line[-1] + _consonant_gap_cost(syllable))
    for i, row in enumerate(rows, 1):
        two_above, above, line = above, line, [line[0] + _consonant_gap_cost(row)]
        for j, column in enumerate(columns, 1):
            place = FINAL if i == len(rows) and j == len(columns) else _place(i, rows, j, columns)
            same_place = (
                above[j - 1]
                + _consonant_cost(row, column, both_arabic)
                + _vowel_cost(row.vowels, a.arabic, column.vowels, b.arabic, place, both_servants)
            )
            cheapest = min(same_place, above[j] + row_gaps[i - 1], line[j - 1] + column_gaps[j - 1])
            if i > 1 and j > 1 and row.consonant != column.consonant:
                if row.consonant == columns[j - 2].consonant and rows[i - 2].consonant == column.consonant:
                    cheapest = min(cheapest, two_above[j - 2] + SWAP)
            line.append(cheapest)
    return line[-1]


def _place(i: int, rows: tuple[Syllable, ...], j: int, columns: tuple[Syllable, ...]) -> Place:
    closing = 1 < i == len(rows) - 1 and 1 < j == len(columns) - 1 and not rows[-1].vowels and not columns[-1].vowels
    return CLOSING if closing else INNER


def _consonant_cost(a: Syllable, b: Syllable, both_arabic: bool) -> float:
    if a.consonant == b.consonant:
        return SHADE if both_arabic and a.shade != b.shade else 0.0
    return NEAR_CONSONANTS.get(a.consonant + b.consonant, 1.0)


def _consonant_gap_cost(syllable: Syllable) -> float:
    return H_UNSAID if syllable.consonant == "H" else 1.0


def _gap_cost(syllable: Syllable, arabic: bool, final: bool) -> float:
    """A syllable in one name only; its vowels weigh half, and nothing in Arabic, where they may go unwritten."""
    cost = _consonant_gap_cost(syllable)
    return cost if arabic else cost + 0.5 * _unsaid_cost(syllable.vowels, final)


# ---------------------------------------------------------------------------------------------- vowels inside a name


@lru_cache(maxsize=8192)
def _vowel_cost(a: str, a_arabic: bool, b: str, b_arabic: bool, place: Place, servants: bool) -> float:
    """What it costs that these vowels follow one consonant, here `a` and there `b`."""
    if a_arabic and b_arabic:
        return _arabic_vowel_cost(a, b, place == FINAL, servants)
    if a_arabic:
        return _mixed_vowel_cost(a, b, place)
    if b_arabic:
        return _mixed_vowel_cost(b, a, place)
    return _latin_vowel_cost(a, b, place == FINAL)


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
        return 0.08
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
        return 0.3 if "I" in latin and len(latin) > 1 else 0.02  # سعد is not Said
    if len(latin) == 1:
        return 0.03
    return 0.15 if latin in ("AI", "EI", "AU") else 0.3  # diphthongs whose glide went unwritten


def _unwritten_final_cost(arabic: str, latin: str) -> float:
    """At the end of a name: Arabic writes no vowel, perhaps a heh or an ayn."""
    if not latin:
        return 0.05 if arabic else 0.0
    if HEH in arabic:
        return 0.05 if latin.endswith("A") else 0.0 if latin == "E" else 0.5
    if latin == "E":
        return 0.0
    return 0.25 if ANY in arabic else FINAL_VOWEL


# ---------------------------------------------------------------------------------------------- vowels that open a name


def _opening_cost(a: Reading, b: Reading) -> float:
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
