"""A family that has a chair reserved moves: the reservation goes with it, what was planned by place is planned again.

A stop is taken off the round of the old province unless its chair is in the vehicle already; it then waits for a round
in the new one. A chair that lies in a depot of another region stays reserved: somebody sends it, or chooses another.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from beneficiaries.models import Family, Province
from distributions.models import Allocation
from hajar.accounts.models import User

Status = Allocation.Status


def foretell_move(family: Family, province: Province) -> list[str]:
    """What a move to that province asks of who plans, one sentence for each reserved chair. Registered with moving."""
    sentences = []
    for allocation in _reserved(family):
        words = {"chair": allocation.chair.label, "name": allocation.need.child.given_name}
        if allocation.round and allocation.round.province_id != province.pk:
            words |= {"day": formats.date_format(allocation.round.day), "place": allocation.round.province.name}
            if allocation.status == Status.LOADED:
                sentences.append(
                    _(
                        "{chair} for {name} is in the vehicle of the round of {day} in {place}: call the volunteer and "
                        "bring the chair back."
                    ).format(**words)
                )
            else:
                sentences.append(
                    _(
                        "{chair} for {name} is taken off the round of {day} in {place}: plan a stop where the family "
                        "lives now."
                    ).format(**words)
                )
        depot = allocation.chair.depot
        if depot and depot.province.region_id != province.region_id:
            sentences.append(
                _("{chair} for {name} lies in {depot}: send it to a depot near the family, or choose another.").format(
                    **words, depot=depot.name
                )
            )
    return sentences


def follow_move(family: Family, by: User) -> dict[str, Any]:
    """Take the family's stops off rounds of other provinces that have not left. Registered with moving."""
    moved = _reserved(family).select_for_update(of=("self",), no_key=True)
    taken_off = []
    for allocation in moved.exclude(round=None).exclude(status=Status.LOADED):
        if allocation.round and allocation.round.province_id != family.province_id:
            taken_off.append(allocation.chair.label)
            allocation.round = allocation.stop = None
            allocation.save(update_fields=["round", "stop"])
    return {"taken_off_rounds": taken_off} if taken_off else {}


def is_on_a_far_round(allocation: Allocation) -> bool:
    """Whether the stop is on a round that does not go where the family lives now."""
    family = allocation.need.child.family
    return allocation.is_live and allocation.round is not None and allocation.round.province_id != family.province_id


def _reserved(family: Family) -> QuerySet[Allocation]:
    return (
        Allocation.objects.live()
        .filter(need__child__family=family)
        .select_related("chair__depot__province", "need__child", "round__province")
        .order_by("pk")
    )
