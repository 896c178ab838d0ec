"""SHARE-1.0: the best way to share chairs out among the children who wait. Plain Python, no database, no clock.

Best means, in this order and without exception:

1. as many urgent needs served as can be,
2. as few children missing from the regional floors as can be,
3. the greatest sum of need, waiting and fit; a chair that suits somebody never stands idle,
4. the least waste (a large chair is not spent on a small child when a smaller one does as well),
5. among equals, whoever stands earlier in the queue, and for her the chair that stands earlier in the store.

It is an assignment problem, solved exactly (a shortest augmenting path algorithm, as scipy has it). The solver computes
in floating point, which is exact for whole numbers below 2**53: the aims are packed into one number as far as that
holds, and those that do not go in decide among the best solutions in a further pass.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = "SHARE-1.0"
EXACT_BELOW = 2**53

Key = Any  # whatever can be a key of a dictionary


@dataclass(frozen=True)
class Wish:
    """One need that waits. `points`: need and wait bonus; `group`: what regional floors are set for."""

    key: Key
    is_urgent: bool
    points: int
    group: Key = None


@dataclass(frozen=True)
class Pair:
    """A chair that can be given to a need: its points by FIT, and how much of the chair would be wasted (0 or more)."""

    need: Key
    chair: Key
    fit_points: int
    waste: int = 0


@dataclass(frozen=True)
class Solution:
    """Who gets what, in the order of the wishes; floors that cannot be met, with how many children are missing."""

    pairs: tuple[tuple[Key, Key], ...]
    unmet_floors: Mapping[Key, int] = field(default_factory=dict)
    value: int = 0

    @property
    def chair_of(self) -> dict[Key, Key]:
        return dict(self.pairs)


def value_of(wish: Wish, pair: Pair) -> int:
    """What a pair adds to the plan: need, waiting and fit. May be negative: FIT-1.0 takes points off without an end."""
    return wish.points + pair.fit_points


def solve(
    wishes: Sequence[Wish],
    chairs: Sequence[Key],
    pairs: Iterable[Pair],
    *,
    fixed: Collection[tuple[Key, Key]] = (),
    forbidden: Collection[tuple[Key, Key]] = (),
    floors: Mapping[Key, int] | None = None,
) -> Solution:
    """The best assignment of chairs to wishes, both given in their order. Exact, and the same whenever asked again.

    `fixed` pairs stand whatever they are worth, and whether or not they are among `pairs`; `forbidden` ones never do.
    `floors`: least number of children to be served, by group. Raises ValueError where a fixed pair names what is not
    there, or something twice.
    """
    known = {(pair.need, pair.chair): pair for pair in pairs}
    by_key = {wish.key: wish for wish in wishes}
    taken = _check(fixed, by_key, chairs)
    free_wishes = [wish for wish in wishes if wish.key not in taken]
    free_chairs = [chair for chair in chairs if chair not in taken.values()]
    served = Counter(by_key[need].group for need in taken)
    left = {group: least - served[group] for group, least in (floors or {}).items()}
    barred = set(forbidden)
    usable = [pair for key, pair in known.items() if key not in barred]
    chosen = taken | _assign(free_wishes, free_chairs, usable, left)
    served = Counter(by_key[need].group for need in chosen)
    return Solution(
        pairs=tuple((wish.key, chosen[wish.key]) for wish in wishes if wish.key in chosen),
        unmet_floors={group: least - served[group] for group, least in (floors or {}).items() if served[group] < least},
        value=sum(
            value_of(by_key[need], known[need, chair]) for need, chair in chosen.items() if (need, chair) in known
        ),
    )


def _check(fixed: Collection[tuple[Key, Key]], wishes: Mapping[Key, Wish], chairs: Sequence[Key]) -> dict[Key, Key]:
    taken = dict(fixed)
    if len(taken) < len(set(fixed)) or len(set(taken.values())) < len(taken):
        raise ValueError("a need or a chair is fixed twice")
    if not (taken.keys() <= wishes.keys() and set(taken.values()) <= set(chairs)):
        raise ValueError("a fixed pair names a need or a chair that is not there")
    return taken


# --- the assignment --------------------------------------------------------------------------------------------------


def _assign(
    wishes: Sequence[Wish], chairs: Sequence[Key], pairs: Iterable[Pair], floors: Mapping[Key, int]
) -> dict[Key, Key]:
    """The pairs of the best assignment."""
    import numpy
    from scipy.optimize import linear_sum_assignment

    pairs = list(pairs)
    suited = {pair.need for pair in pairs}
    wishes = [wish for wish in wishes if wish.key in suited]  # the others wait, whatever is decided
    rows, columns, *aims = _edges(wishes, chairs, pairs, floors)
    best: Any = numpy.zeros(0, dtype=int)
    least = 1
    while aims and wishes:
        weights, packed = _pack(aims, pairs=min(len(wishes), len(chairs)), rows=len(wishes), least=least)
        costs = numpy.full((len(wishes), len(chairs) + len(wishes)), numpy.inf)
        costs[rows, columns] = sum(weight * aim for weight, aim in zip(weights, aims, strict=False))
        _rows, best = linear_sum_assignment(costs)
        aims = aims[packed:]
        if aims:  # they decide among the assignments that are as good as this one
            prices = _prices(costs, best)
            own = costs[numpy.arange(len(wishes)), best] - prices[best]
            is_kept = costs[rows, columns] - prices[columns] == own[rows]
            rows, columns = rows[is_kept], columns[is_kept]
            must = -1.0 * (prices[columns] < 0)  # what is scarce stays used
            aims, least = [must, *(aim[is_kept] for aim in aims)], 2
    return {wishes[row].key: chairs[column] for row, column in enumerate(best) if column < len(chairs)}


def _edges(
    wishes: Sequence[Wish], chairs: Sequence[Key], pairs: Iterable[Pair], floors: Mapping[Key, int]
) -> list["NDArray[Any]"]:
    """What can be chosen, a wish (row) for a chair or a place to wait (column), and what it does to each aim.

    The first two arrays are rows and columns, then come the aims, the weightiest first: the lower, the better.
    """
    import numpy

    row_of = {wish.key: row for row, wish in enumerate(wishes)}
    column_of = {chair: column for column, chair in enumerate(chairs)}
    lines = []
    for pair in pairs:
        if pair.need in row_of and pair.chair in column_of:
            row, column = row_of[pair.need], column_of[pair.chair]
            wish, turn = wishes[row], len(wishes) - row
            lines.append((row, column, -wish.is_urgent, 0, -value_of(wish, pair), pair.waste, -turn, turn * column))
    # Where a pair counts less than 1, all are lifted alike: none is better left undone, and their order stays.
    lift = max(0, 1 + max((line[4] for line in lines), default=0))
    lines = [(*line[:4], line[4] - lift, *line[5:]) for line in lines]
    for rows, missing in _waiting_places(wishes, floors):
        columns = [len(chairs) + row for row in rows]
        free = len(columns) - missing
        lines += [
            (row, column, 0, int(place >= free), 0, 0, 0, 0) for row in rows for place, column in enumerate(columns)
        ]
    table = numpy.array(lines, dtype=float).reshape(-1, 8)
    return [table[:, 0].astype(int), table[:, 1].astype(int), *table[:, 2:].T]


def _waiting_places(wishes: Sequence[Wish], floors: Mapping[Key, int]) -> list[tuple[list[int], int]]:
    """The rows that share places to wait, and how many of these places mean that a floor is missed.

    A place to wait is a wish's own; in a group with a floor f, its wishes share as many places as they are, and the
    last f of them cost: whoever must take one of those stands for a child missing from the floor.
    """
    shared: dict[Key, list[int]] = {}
    places: list[tuple[list[int], int]] = []
    for row, wish in enumerate(wishes):
        if floors.get(wish.group, 0) > 0:
            shared.setdefault(wish.group, []).append(row)
        else:
            places.append(([row], 0))
    return places + [(rows, min(floors[group], len(rows))) for group, rows in shared.items()]


def _pack(aims: Sequence[Any], *, pairs: int, rows: int, least: int) -> tuple[list[int], int]:
    """Weights for as many aims as go into one exact number, and how many these are: `least` or more.

    An aim weighs more than all that the lighter ones can add up to in as many `pairs` as can be chosen. The solver sums
    up costs along paths through the rows, back and forth: what it reckons with stays below 8 (rows + 1) times the
    largest cost.
    """
    spans = [int(abs(aim).max()) * pairs for aim in aims]
    for packed in range(len(aims), least - 1, -1):
        weights = [1] * packed
        for index in range(packed - 2, -1, -1):
            weights[index] = weights[index + 1] * (spans[index + 1] + 1)
        largest = sum(weight * int(abs(aim).max()) for weight, aim in zip(weights, aims, strict=False))
        if largest * 8 * (rows + 1) < EXACT_BELOW:
            return weights, packed
    raise OverflowError("too many pairs, or points too large, to be compared exactly")


def _prices(costs: Any, best: Any) -> Any:
    """What each column is worth to the best assignment, never above 0: its dual solution.

    An assignment is as good as the best one if and only if each of its pairs costs exactly the wish's own price and the
    column's, and it uses all columns with a price below 0. The prices are shortest ways by which a column can be set
    free, found as Bellman and Ford found them.
    """
    import numpy

    gains = costs - costs[numpy.arange(len(best)), best][:, None]
    prices = numpy.zeros(costs.shape[1])
    while True:
        lower = numpy.minimum(prices, (gains + prices[best][:, None]).min(axis=0))
        if (lower == prices).all():
            return prices
        prices = lower
