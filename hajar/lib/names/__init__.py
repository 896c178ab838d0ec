"""Names of people in Latin and Arabic letters: cleaned, folded, split, and recognised across scripts.

No name is known by heart: the rules read letters, so that a name never seen before is recognised as well.
"""

from hajar.lib.names.matching import CLOSE, KEY_LENGTH, KEY_VERSION, SAME, keys, similarity
from hajar.lib.names.spelling import Problem, clean, fold, is_arabic, problem, sort_key
from hajar.lib.names.splitting import split_full_name

__all__ = [
    "CLOSE",
    "KEY_LENGTH",
    "KEY_VERSION",
    "SAME",
    "Problem",
    "clean",
    "fold",
    "is_arabic",
    "keys",
    "problem",
    "similarity",
    "sort_key",
    "split_full_name",
]
