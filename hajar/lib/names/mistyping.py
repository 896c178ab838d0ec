"""Names one slip of a finger away: a letter left out, put in, changed or exchanged with its neighbour.

Slips are looked for among keys, where few are left: a slip in a vowel or a doubled letter gives the same key. What a
slip does to a pair of letters that stand for one sound (Cahimae for Chaimae) is undone in the letters themselves.
"""

from functools import lru_cache
from itertools import pairwise

from hajar.lib.names import units
from hajar.lib.names.costs import NEAR_CONSONANTS
from hajar.lib.names.matching import KEY_LENGTH, unit_keys

SHORTEST = 2  # consonants of a key below which everything is a slip away
MOST = 300  # keys answered
_CACHED_WORDS = 65_536

_CONSONANTS = "BCDFGHJKLMNRSTWXYZ"


@lru_cache(maxsize=512)
def near_keys(word: str) -> tuple[str, ...]:
    """Keys that a word may have had before the slip, the likeliest first; its own are not among them."""
    own = {key for keys in unit_keys(word) for key in keys}
    costs: dict[str, float] = {}
    for undone in _letters_undone(word):
        for keys in unit_keys(undone):
            for key in keys:
                costs[key] = 0.5
    for key in own:
        if len(key) >= SHORTEST:
            for near, cost in _near(key):
                costs[near] = min(cost, costs.get(near, cost))
    ordered = sorted(costs.items(), key=lambda pair: (pair[1], pair[0]))
    return tuple([key[:KEY_LENGTH] for key, _cost in ordered if key not in own and len(key) >= SHORTEST][:MOST])


def near_unit_keys(text: str) -> list[tuple[str, ...]]:
    """The same for each unit of a name, in the order written."""
    return [near_keys(unit) for unit in units.read(text).units]


@lru_cache(maxsize=_CACHED_WORDS)
def is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter left out, put in, changed or exchanged with its neighbour makes one word of the other."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    shorter, longer = sorted((typed, meant), key=len)
    start = next((place for place, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    if shorter[start + 1 :] == longer[start + 1 :]:
        return True
    exchanged = shorter[start : start + 2] == longer[start : start + 2][::-1]
    return exchanged and shorter[start + 2 :] == longer[start + 2 :]


def _letters_undone(word: str) -> list[str]:
    """The word with two neighbours exchanged, or one letter less."""
    exchanged = [word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in range(len(word) - 1)]
    return exchanged + [word[:place] + word[place + 1 :] for place in range(len(word))]


def _near(key: str) -> list[tuple[str, float]]:
    found = []
    for place in range(len(key)):
        before, letter, after = key[:place], key[place], key[place + 1 :]
        found.append((before + after, 0.7 if letter == "H" else 1.0))
        if after:
            found.append((before + after[0] + letter + after[1:], 0.6))
        found += [(before + other + after, NEAR_CONSONANTS.get(letter + other, 1.1)) for other in _CONSONANTS]
    for place in range(len(key) + 1):
        found += [(key[:place] + other + key[place:], 0.7 if other == "H" else 1.0) for other in _CONSONANTS]
    return [(near, cost) for near, cost in found if not any(a == b for a, b in pairwise(near))]
