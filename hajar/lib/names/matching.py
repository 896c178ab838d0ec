"""Whether two names may be the same person's: keys that find candidates, and a similarity that judges them.

Two names that share a key are worth comparing; `similarity` aligns their consonants and weighs the vowels, so that Karim and
Karima, Jamal and Jamil stay apart while Mohammed, Mouhamed and محمد come together. Every cost below was set on the pairs of
tests/lib/data/name_pairs.csv (half of them held back) and checked on names not in it. What no letter rule can settle, since
Arabic leaves short vowels unwritten: Omar and عمار, Salim and سالم, Malak and مالك. Sex, birth date and mother's name settle most;
nothing is ever merged on a similarity alone.
"""

from functools import lru_cache
from itertools import pairwise, permutations

from hajar.lib.names import units
from hajar.lib.names.reading import ALEF, ANY, HEH, ON, UNDER, Reading, readings

KEY_VERSION = "NAME-1.0"  # change it whenever keys() answers differently: stored keys are then built anew
KEY_LENGTH = 40  # no key is longer

SAME = 91.0  # from here on two spellings are probably one name
CLOSE = 75.0  # from here on a person should look

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
    frozenset(pair): cost
    for pair, cost in {
        **{"DZ": 0.4, "SZ": 0.5, "KG": 0.5, "XH": 0.5, "XK": 0.5, "GR": 0.5, "GX": 0.5, "TD": 0.6, "CS": 0.6, "GJ": 0.6},
        **{"MN": 0.7, "JC": 0.7, "JK": 0.8, "FB": 0.8, "WB": 0.8},
    }.items()
}
LATER_READING = 1.5  # points off for any but the likeliest reading
BEST_OF_UNEQUAL = 99.0  # only equal spellings reach 100
WEIGHT_OF_WORST_UNIT = 0.45  # one clearly different unit tells two people apart, however long the rest
MISSING_UNIT = 0.6  # exponent: "Mohamed El Amrani" against "El Amrani"
ONE_HAS_CLAN = 0.88  # Ait Lahcen against Lahcen: a person should look


# ---------------------------------------------------------------------------------------------- keys


def keys(text: str) -> set[str]:
    """The keys of a name in either script, empty when it has no letter; names of one person nearly always share one."""
    names = units.read(text).units
    found = {key for unit in names for key in _unit_keys(unit)}
    for unit, following in pairwise(names):  # Fatimazahra is Fatima Zahra
        found.add(_unit_keys(unit + following)[0] if _is_foreign(unit + following) else _joined_key(unit, following))
    return found


@lru_cache(maxsize=_CACHED_PAIRS)
def _unit_keys(unit: str) -> tuple[str, ...]:
    found = dict.fromkeys(reading.skeleton[:KEY_LENGTH] for reading in readings(unit))
    return tuple(found) or (unit[:KEY_LENGTH].upper(),)


@lru_cache(maxsize=_CACHED_PAIRS)
def _joined_key(unit: str, following: str) -> str:
    first, second = _unit_keys(unit)[0], _unit_keys(following)[0]
    return (first + second.removeprefix(first[-1]))[:KEY_LENGTH]
