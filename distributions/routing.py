"""ROUTE-1.0: stops in a sensible driving order, and a province's stops shared out over several rounds.

Nearest neighbour from the depot, improved by 2-opt until no exchange of two legs shortens the way there and back.
Distances are great circles on a sphere of the earth's mean radius (IUGG, 6371.0088 km): a road is longer, but mostly
longer everywhere alike; a person who knows the roads changes the order by hand. The same stops always give the same
order. In a metric such a tour is at most √(n/2) times the shortest (Hougardy, Zaiser and Zhong, Operations Research
Letters 48, 2020); with the few places of a round it mostly is the shortest.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

VERSION = "ROUTE-1.0"
EARTH_KM = 6371.0088
LEAST_GAIN_KM = 1e-9  # less is no gain but arithmetic

T = TypeVar("T")


@dataclass(frozen=True, order=True)
class Point:
    """A place on the earth, in degrees."""

    latitude: float
    longitude: float


def distance_km(here: Point, there: Point) -> float:
    """The great circle between two points, in kilometres (haversine)."""
    up, across = math.radians(there.latitude - here.latitude), math.radians(there.longitude - here.longitude)
    level = math.cos(math.radians(here.latitude)) * math.cos(math.radians(there.latitude))
    half = math.sin(up / 2) ** 2 + level * math.sin(across / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def length_km(start: Point, route: Sequence[Point]) -> float:
    """The way from the start through the stops and back to it, in kilometres."""
    way = [start, *route, start]
    return sum(distance_km(here, there) for here, there in itertools.pairwise(way))


def order(start: Point, stops: Sequence[Point]) -> list[int]:
    """In which order to drive to the stops: their indexes. Stops in one place stay together, in the order given."""
    together: dict[Point, list[int]] = {}
    for index, stop in enumerate(stops):
        together.setdefault(stop, []).append(index)
    places = improve(start, nearest_neighbour(start, sorted(together)))
    return [index for place in places for index in together[place]]


def nearest_neighbour(start: Point, places: Sequence[Point]) -> list[Point]:
    """Always on to the nearest place not yet seen; of two equally near ones, the one given first."""
    left, here, route = list(places), start, list[Point]()
    while left:
        here = min(left, key=lambda place, here=here: distance_km(here, place))  # type: ignore[misc]
        left.remove(here)
        route.append(here)
    return route


def improve(start: Point, route: Sequence[Point]) -> list[Point]:
    """Turn stretches of the route round as long as that shortens it (2-opt)."""
    route = list(route)
    while stretch := _shortening(start, route):
        first, last = stretch
        route[first : last + 1] = reversed(route[first : last + 1])
    return route


def _shortening(start: Point, route: list[Point]) -> tuple[int, int] | None:
    """The first stretch that is better driven the other way round: (first, last) index; None where there is none."""
    way = [start, *route, start]
    for first in range(1, len(way) - 2):
        for last in range(first + 1, len(way) - 1):
            before, after = way[first - 1], way[last + 1]
            now = distance_km(before, way[first]) + distance_km(way[last], after)
            then = distance_km(before, way[last]) + distance_km(way[first], after)
            if then < now - LEAST_GAIN_KM:
                return first - 1, last - 1
    return None


def split(route: Sequence[T], most: int) -> list[list[T]]:
    """The route in as few stretches of at most `most` stops as it takes, as equally long as can be, in its order."""
    if most < 1:
        raise ValueError("a round has at least one stop")
    parts = math.ceil(len(route) / most)
    sizes = [len(route) // parts + (part < len(route) % parts) for part in range(parts)] if parts else []
    ends = [sum(sizes[: part + 1]) for part in range(parts)]
    return [list(route[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
