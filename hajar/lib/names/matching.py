"""Whether two names may be the same person's: keys that find candidates, and a similarity that judges them.

Two names that share a key are worth comparing. `similarity` then aligns their consonants and weighs the vowels, so that
Karim and Karima, Jamal and Jamil stay apart while Mohammed, Mouhamed and محمد come together.

What no rule of letters can settle, since Arabic leaves short vowels unwritten: Omar and عمار, Salim and سالم, Malak and
مالك, Oussama and أسماء. Sex, birth date and mother's name settle most; nothing is ever merged on a similarity alone.
"""

import math
from functools import lru_cache
from itertools import pairwise, permutations

from hajar.lib.names import units
from hajar.lib.names.costs import (
    CLOSING,
    FINAL,
    INNER,
    ONE_IS_SERVANT,
    SWAP,
    VOWELS_ALONE,
    consonant_cost,
    consonant_gap_cost,
    elision_cost,
    gap_cost,
    opening_cost,
    vowel_cost,
)
from hajar.lib.names.reading import Reading, readings, skeleton

KEY_VERSION = "NAME-1.1"  # change it whenever keys() answers differently, with a migration as 0014: a test asks for it
KEY_LENGTH = 40  # no key is longer

SAME = 91.0  # from here on two spellings are probably one name
CLOSE = 75.0  # from here on a person should look

_CACHED_PAIRS = 65_536
_MOST_UNITS_PERMUTED = 5

LATER_READING = 1.5  # points off for any but the likeliest reading
BEST_OF_UNEQUAL = 99.0  # only equal spellings reach 100
WEIGHT_OF_WORST_UNIT = 0.45  # one clearly different unit tells two people apart, however long the rest
JOINED_UNITS = 1.0  # points off when two units had to be read as one
_MOST_TIMES_LONGER = 3  # than a word that was typed alone are two units that it may be
MISSING_UNIT = 0.6  # exponent: "Mohamed El Amrani" against "El Amrani"
ONE_HAS_CLAN = 0.88  # Ait Lahcen against Lahcen: a person should look


# ---------------------------------------------------------------------------------------------- keys


def keys(text: str) -> set[str]:
    """The keys of a name in either script, empty when it has no letter; names of one person nearly always share one."""
    written = units.read(text).units
    found = {key for unit in written for key in _unit_keys(unit)}
    found.update(_joined_key(unit, following) for unit, following in pairwise(written))  # Fatimazahra is Fatima Zahra
    return found


def unit_keys(text: str) -> list[set[str]]:
    """For each unit of a name, in the order written, the keys of which who bears the name has at least one.

    A unit may have been written together with its neighbour: Fatimazahra for Fatima Zahra.
    """
    written = units.read(text).units
    found = [set(_unit_keys(unit)) for unit in written]
    for place, (unit, following) in enumerate(pairwise(written)):
        joined = _joined_key(unit, following)
        found[place].add(joined)
        found[place + 1].add(joined)
    return found


def sound(text: str) -> str:
    """One string for how a text sounds, alike in both scripts: for what is looked up as a whole."""
    return "-".join(_unit_keys(unit)[0] for unit in units.read(text).units)


@lru_cache(maxsize=_CACHED_PAIRS)
def _unit_keys(unit: str) -> tuple[str, ...]:
    found = dict.fromkeys(reading.skeleton[:KEY_LENGTH] for reading in readings(unit))
    return tuple(found) or (unit[:KEY_LENGTH].upper(),)


@lru_cache(maxsize=_CACHED_PAIRS)
def _joined_key(unit: str, following: str) -> str:
    first, second = readings(unit), readings(following)
    if not first or not second:
        return (_unit_keys(unit)[0] + _unit_keys(following)[0])[:KEY_LENGTH]
    consonants = first[0].consonants
    consonants += second[0].consonants.removeprefix(consonants[-1:])
    return skeleton(first[0].opening, consonants)[:KEY_LENGTH]


# ---------------------------------------------------------------------------------------------- whole names


def similarity(a: str, b: str) -> float:
    """How alike two names are, 0 to 100, in any script and order of words; 0 when one of them has no letter."""
    first, second = units.read(a), units.read(b)
    if not first.units or not second.units:
        return 0.0
    fewer, more = sorted((first.units, second.units), key=lambda written: (len(written), written))
    score = _units_similarity(fewer, more)
    return score * ONE_HAS_CLAN if first.has_clan != second.has_clan else score


def part_similarity(part: str, whole: str) -> float:
    """How alike a few words are to as many words of a name, 0 to 100: what the name has besides costs nothing."""
    first, second = units.read(part), units.read(whole)
    if not first.units or not second.units:
        return 0.0
    if len(first.units) > len(second.units):
        return similarity(part, whole)
    score = _units_similarity(first.units, second.units, missing=0.0)
    return score * ONE_HAS_CLAN if first.has_clan and not second.has_clan else score


def _units_similarity(fewer: tuple[str, ...], more: tuple[str, ...], missing: float = MISSING_UNIT) -> float:
    if fewer == more:
        return 100.0
    best = _best_pairing(fewer, more, missing)
    if len(fewer) < len(more) <= _MOST_UNITS_PERMUTED:
        for place, (unit, following) in enumerate(pairwise(more)):
            if best >= 100.0 - JOINED_UNITS:  # no joining does better
                break
            if missing or len(fewer) > 1:
                joined = (*more[:place], unit + following, *more[place + 2 :])
            elif _MOST_TIMES_LONGER * len(fewer[0]) >= len(unit) + len(following):
                joined = (unit + following,)  # what the word is beside the others is known
            else:
                continue
            best = max(best, _best_pairing(fewer, joined, missing) - JOINED_UNITS)
    return best


def _best_pairing(fewer: tuple[str, ...], more: tuple[str, ...], missing: float) -> float:
    """The score of the pairing in which each unit of the shorter name meets the unit of the longer it suits best."""
    if len(fewer) == 1:  # most of what is typed: the same without the sums
        best = max(unit_similarity(fewer[0], other) for other in more)
        return best * math.pow(1 / len(more), missing) if missing else best
    table = [[unit_similarity(unit, other) for other in more] for unit in fewer]
    partners = _partners(table)
    scores = [row[partner] for row, partner in zip(table, partners, strict=True)]
    weights = [math.sqrt(max(len(unit), len(more[partner]))) for unit, partner in zip(fewer, partners, strict=True)]
    mean = sum(score * weight for score, weight in zip(scores, weights, strict=True)) / sum(weights)
    score = (1 - WEIGHT_OF_WORST_UNIT) * mean + WEIGHT_OF_WORST_UNIT * min(scores)
    return score * math.pow(len(fewer) / len(more), missing)


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
    cost = opening_cost(a, b)
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
    row_gaps = [gap_cost(syllable, a.arabic, place == len(rows)) for place, syllable in enumerate(rows, 1)]
    column_gaps = [gap_cost(syllable, b.arabic, place == len(columns)) for place, syllable in enumerate(columns, 1)]
    closed = min(len(rows), len(columns)) > 2 and not rows[-1].vowels and not columns[-1].vowels
    elided = None if a.arabic or b.arabic else elision_cost(rows, columns)
    above: list[float] = []
    line = [0.0]
    for syllable in columns:
        line.append(line[-1] + consonant_gap_cost(syllable))
    for i, row in enumerate(rows, 1):
        two_above, above, line = above, line, [line[0] + consonant_gap_cost(row)]
        for j, column in enumerate(columns, 1):
            place = INNER
            if i == len(rows) and j == len(columns):
                place = FINAL
            elif closed and i == len(rows) - 1 and j == len(columns) - 1:
                place = CLOSING
            if elided is not None and i == j == 1:
                vowels = elided
            else:
                vowels = vowel_cost(row.vowels, a.arabic, column.vowels, b.arabic, place, both_servants)
            same_place = above[j - 1] + consonant_cost(row, column, both_arabic) + vowels
            cheapest = min(same_place, above[j] + row_gaps[i - 1], line[j - 1] + column_gaps[j - 1])
            if i > 1 and j > 1 and row.consonant != column.consonant:
                if row.consonant == columns[j - 2].consonant and rows[i - 2].consonant == column.consonant:
                    cheapest = min(cheapest, two_above[j - 2] + SWAP)
            line.append(cheapest)
    return line[-1]
