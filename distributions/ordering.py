"""In which order a round drives to its stops, by where its towns lie; the rule itself is ROUTE-1.0 (routing.py)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction

from beneficiaries.models import Province
from distributions import routing
from distributions.models import Allocation, Depot, TownPosition
from distributions.routing import Point
from hajar.journal import recording as journal


def in_driving_order(allocations: Sequence[Allocation], province: Province) -> list[Allocation]:
    """The reservations in a sensible order of stops, from the depot of most of the chairs and back; two queries.

    A family lies where its town does, as far as somebody has said where that is, else at the province's seat. Needs
    select_related("need__child__family"). The same reservations always come out in the same order.
    """
    allocations = sorted(allocations, key=lambda row: (_town(row), row.need.child.sort_key, row.pk))
    known = {position.key: position for position in TownPosition.objects.filter(province=province)}
    seat = Point(float(province.latitude), float(province.longitude))

    def place(allocation: Allocation) -> Point:
        position = known.get(_town(allocation))
        return Point(float(position.latitude), float(position.longitude)) if position else seat

    order = routing.order(_start(allocations, seat), [place(allocation) for allocation in allocations])
    return [allocations[index] for index in order]


def _town(allocation: Allocation) -> str:
    return TownPosition.key_of(allocation.need.child.family.commune)


def _start(allocations: Iterable[Allocation], seat: Point) -> Point:
    depots = Counter(row.chair.depot_id for row in allocations if row.chair.depot_id)
    if not depots:
        return seat
    most = max(sorted(depots, key=str), key=lambda pk: depots[pk])
    province = Depot.objects.select_related("province").get(pk=most).province
    return Point(float(province.latitude), float(province.longitude))


def towns_without_position(allocations: Iterable[Allocation], province: Province) -> list[str]:
    """The towns of these families of which nobody has said where they lie; one query."""
    known = set(TownPosition.objects.filter(province=province).values_list("key", flat=True))
    known |= {TownPosition.key_of(name) for name in (province.seat_fr, province.seat_ar, "")}
    towns = {_town(row): row.need.child.family.commune for row in allocations}
    return sorted(name for key, name in towns.items() if key not in known)


@transaction.atomic
def place_town(*, province: Province, name: str, latitude: Decimal, longitude: Decimal, by) -> TownPosition:
    """Say where a town lies, or say it better."""
    position, is_new = TownPosition.objects.update_or_create(
        province=province,
        key=TownPosition.key_of(name),
        defaults={"name": " ".join(name.split()), "latitude": latitude, "longitude": longitude},
    )
    payload = {"town": position.name, "latitude": str(latitude), "longitude": str(longitude), "is_new": is_new}
    journal.record("town.placed", position, by=by, payload=payload)
    return position
