"""What the field leaves for the office: failed stops that somebody settles week by week, and a phone with a gap."""

import uuid
from datetime import timedelta
from random import Random

from django.utils import timezone

from distributions import phoning, settling, syncing
from distributions.models import Matter, PhoneEntry, Round
from hajar.demo.clock import Story, moment
from hajar.demo.house import House, some_id

FIRST_LOOK, LAST_LOOK = -60, -28  # days: what came later still waits
NAME = "Mozilla/5.0 (Linux; Android 11; SM-A125F)"


def stories(house: House) -> list[Story]:
    return [weekly_look(house), phone(house)]


def weekly_look(house: House) -> Story:
    """The coordinator goes through the failed stops every week and says what came of each."""
    for days in range(FIRST_LOOK, LAST_LOOK, 7):
        yield house.when(days, 17)
        for matter in Matter.objects.waiting().filter(kind=Matter.Kind.FAILED_STOP).order_by("opens_at", "pk"):
            settling.handle(matter, by=house.users["karim"], note="Famille rappelée ; nouvelle visite convenue.")


def phone(house: House) -> Story:
    """Khadija's phone tells what she saw on the way; two of its entries never came."""
    rng = Random("hajar: a phone")  # noqa: S311 made up, no secret
    khadija = house.users["khadija"]
    yield moment(house.day(-21), 18, 20)
    round = Round.objects.filter(volunteer=khadija, day__lte=house.day(-21)).order_by("-day", "pk").first()
    if round is None:
        return
    device = phoning.meet(some_id(rng), by=khadija, name=NAME, unsent=0)
    if device:
        phoning.note_kept(device, [round.pk], by=khadija)
    told = [
        (1, PhoneEntry.Kind.HEALTHY, {}),
        (2, PhoneEntry.Kind.NEED_SEEN, {"what": "Une fillette d'environ six ans, portée à bras, au douar voisin."}),
        (5, PhoneEntry.Kind.NEED_SEEN, {"what": "Le frère aîné marche avec de plus en plus de peine."}),
    ]
    sender = syncing.Sender(khadija, device)
    syncing.receive(
        [_entry(rng, number, kind, {"round": str(round.pk), **said}) for number, kind, said in told], sender=sender
    )


def _entry(rng: Random, number: int, kind: str, data: dict) -> dict:
    pk: uuid.UUID = some_id(rng)
    claimed = (timezone.now() - timedelta(minutes=5 * (6 - number))).isoformat()
    return {"id": str(pk), "number": number, "kind": str(kind), "claimed_at": claimed, "data": data}
