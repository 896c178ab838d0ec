"""The whole story, told once from its first day to this morning, through the same activities that people use."""

from django.db import transaction

from beneficiaries.models import Family
from distributions.models import Initiative
from hajar.accounts.models import User
from hajar.demo import campaigns, desk, doubles, families, field, house, living, rights
from hajar.demo.clock import at, moment, play


class OtherData(Exception):
    """The database holds what somebody entered: invented families must not come among them."""


def is_told() -> bool:
    """Whether the story is in this database. Accounts may be renamed since; a campaign with deliveries stays."""
    return Initiative.objects.filter(pk=campaigns.FINISHED_ID).exists()


@transaction.atomic
def tell() -> None:
    """Fill an empty house with the story. All or nothing; raises OtherData where families are already there."""
    if User.objects.exists() or Family.objects.exists():
        raise OtherData
    place = house.House.open()
    with at(moment(place.day(-house.FOUNDED_DAYS_AGO), 9)):
        house.furnish(place)
    play(
        [
            house.new_chairs(place, -118, house.FIRST_GIFT, donor="Fondation Les Amandiers", series="A"),
            house.new_chairs(place, -26, house.SECOND_GIFT, donor="Fondation Les Amandiers", series="B"),
            house.used_chairs(place, -40),
            house.breakdowns(place),
            house.move_with_chair(place),
            house.recall(place),
            house.shipment(place),
            house.counts(place),
            *families.stories(place),
            *families.measurings(place),
            *living.stories(place),
            *doubles.registered_twice(place),
            *desk.stories(place),
            *campaigns.stories(place),
            *field.stories(place),
            *rights.requests(place),
            rights.endings(place),
        ]
    )
