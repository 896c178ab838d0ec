"""Names of people in Latin and Arabic letters: cleaned, folded, split, and recognised across scripts.

No name is known by heart: the rules read letters, so that a name never seen before is recognised as well.
"""

from hajar.lib.names.matching import (
    CLOSE,
    KEY_LENGTH,
    KEY_VERSION,
    SAME,
    keys,
    part_similarity,
    similarity,
    sound,
    unit_keys,
)
from hajar.lib.names.mistyping import is_one_slip, near_keys, near_unit_keys
from hajar.lib.names.spelling import Problem, clean, fold, is_arabic, problem, sort_key
from hajar.lib.names.splitting import split_full_name
from hajar.lib.names.transliterating import to_arabic, to_latin
from hajar.lib.names.units import written_words

__all__ = [
    "CLOSE",
    "KEY_LENGTH",
    "KEY_VERSION",
    "SAME",
    "Problem",
    "clean",
    "fold",
    "is_arabic",
    "is_one_slip",
    "keys",
    "near_keys",
    "near_unit_keys",
    "part_similarity",
    "problem",
    "similarity",
    "sort_key",
    "sound",
    "split_full_name",
    "to_arabic",
    "to_latin",
    "unit_keys",
    "written_words",
]
