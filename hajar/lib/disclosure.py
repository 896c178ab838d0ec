"""Counts that may be shown: a rare disease in a small province is a name. No cell under five leaves the house."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

SMALLEST_SHOWN = 5
Key = TypeVar("Key", bound=Hashable)


def disclose(counts: Mapping[Key, int], *, total_is_shown: bool = True) -> dict[Key, int | None]:
    """The counts of one table row or column with the small ones hidden (None); zero may be shown.

    Where the total stands beside them and one single cell was hidden, or the hidden ones add up to less than five, the
    next smallest is hidden too: nobody gets a hidden number by subtraction.
    """
    shown: dict[Key, int | None] = {key: None if 0 < count < SMALLEST_SHOWN else count for key, count in counts.items()}
    hidden = [counts[key] for key, value in shown.items() if value is None]
    if not total_is_shown or not hidden:
        return shown
    for key in sorted((key for key, value in shown.items() if value), key=lambda key: (counts[key], str(key))):
        if len(hidden) >= 2 and sum(hidden) >= SMALLEST_SHOWN:
            break
        shown[key] = None
        hidden.append(counts[key])
    return shown


def disclose_total(total: int) -> int | None:
    """A count that stands alone."""
    return None if 0 < total < SMALLEST_SHOWN else total
