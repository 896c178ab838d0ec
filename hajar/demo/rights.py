"""What some families asked about their own data, and answers of theirs that end soon or have ended."""

from collections.abc import Iterable

from beneficiaries import answering
from beneficiaries.models import Child, Consent, RightsRequest
from hajar.demo.clock import Story, moment
from hajar.demo.house import House

Kind = RightsRequest.Kind
# Days ago, what was asked, in which words, and what it was answered (nothing: the family waits).
ASKED = [
    (-60, Kind.ACCESS, "Que gardez-vous sur ma fille ?", "Imprimé et lu ensemble, en arabe."),
    (-38, Kind.OPPOSITION, "لا نريد رسائل على الهاتف", "Les messages sont arrêtés ; nous appelons seulement."),
    (-8, Kind.CORRECTION, "La date de naissance n’est pas la bonne.", ""),
    (-3, Kind.LOOKED, "من اطلع على الملف الطبي؟", ""),
]


def requests(house: House) -> Iterable[Story]:
    return [_request(house, place, *asked) for place, asked in enumerate(ASKED)]


def _request(house: House, place: int, days: int, kind: str, details: str, answer: str) -> Story:
    yield moment(house.day(days), 11, place)
    agreed = Consent.objects.in_force().filter(purpose=Consent.Purpose.MESSAGES, guardian__isnull=False)
    children = Child.objects.followed().filter(pk__in=set(agreed.values_list("child", flat=True))).order_by("number")
    child = children[place * 3]
    worker = house.case_worker(child.family.province.region.iso, place)
    asked = answering.record_request(
        child=child,
        kind=kind,
        by=worker,
        asked_by=child.family.guardians.current().to_call_first().first(),
        identity=RightsRequest.Identity.KNOWN if answer else RightsRequest.Identity.NOT_YET,
        stop=[Consent.Purpose.MESSAGES] if kind == Kind.OPPOSITION else [],
        details=details,
    )
    if answer:
        yield moment(house.day(days + 4), 15)
        answering.answer(asked, by=worker, outcome=RightsRequest.Outcome.DONE, answer=answer)


def endings(house: House) -> Story:
    """A few answers were given for a shorter time: they end soon, or have ended."""
    yield moment(house.day(-2), 18)
    given = Consent.objects.given().filter(purpose=Consent.Purpose.PUBLICATION_PHOTO, child__status="active")
    for consent, days in zip(given.order_by("answered_on", "pk"), (-6, 12, 40), strict=False):
        ends_on = max(house.day(days), consent.answered_on)
        Consent.objects.filter(pk=consent.pk).update(expires_on=ends_on)
