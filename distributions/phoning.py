"""Look after phones: which there are, what they have seen of our journal, and what they left for people."""

import base64
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Guardian, Mandate
from distributions import attention, syncing
from distributions.models import Allocation, Delivery, Device, KeptRound, PhoneFile, Round
from hajar.journal import recording as journal
from hajar.journal.models import Entry as JournalEntry
from hajar.journal.models import Head
from hajar.lib.refusals import Refusal

AGAIN = timedelta(minutes=1)  # a phone that says nothing new is not noted again sooner
OFTEN = timedelta(hours=1)  # a phone that says the same again is not written down again sooner


@dataclass(frozen=True)
class Place:
    """A place in the journal that a phone has seen."""

    sequence: int
    hash: str


def head() -> Place:
    """The end of the journal: what a phone remembers until it comes again."""
    end = Head.objects.get(pk=1)
    return Place(end.sequence, end.hash)


def knows(place: Place) -> bool:
    """Whether our journal has what a phone has seen; if not, we were restored or rewritten."""
    if not place.sequence:
        return True
    return JournalEntry.objects.filter(sequence=place.sequence, hash=place.hash).exists()


def meet(id: uuid.UUID, *, by, name: str = "", unsent: int = 0) -> Device | None:
    """The phone that speaks, noted when it is new or says something new. None: another person's phone has this number.

    Many phones speak several times a minute in the morning: each time costs no transaction.
    """
    known = Device.objects.filter(pk=id, user=by, unsent=unsent).first()
    if known and timedelta(0) <= timezone.now() - known.last_seen_at < AGAIN:
        return known
    return _note(id, by=by, name=name, unsent=unsent)


@transaction.atomic
def _note(id: uuid.UUID, *, by, name: str, unsent: int) -> Device | None:
    device, is_new = Device.objects.get_or_create(
        pk=id, defaults={"user": by, "name": name[:80], "last_seen_at": timezone.now(), "unsent": unsent}
    )
    if device.user_id != by.pk:
        return None
    if is_new:
        attention.notice_forgotten(device)
        journal.record("phone.first_seen", device, by=by, device=name)
        return device
    Device.objects.filter(pk=id).update(last_seen_at=timezone.now(), unsent=unsent)
    if device.unsent and not unsent:
        attention.phone_is_empty(device)
    return device


@transaction.atomic
def note_kept(device: Device, rounds: Collection[uuid.UUID], *, by) -> None:
    """Write down which of her rounds lie on this phone, so that we know what was on it the day it is lost."""
    now = timezone.now()
    known = dict(device.kept_rounds.filter(round__in=rounds).values_list("round", "last_told_at"))
    hers = Round.objects.filter(volunteer=by, pk__in=rounds).order_by("pk").values_list("pk", flat=True)
    new = [KeptRound(device=device, round_id=pk, last_told_at=now) for pk in hers if pk not in known]
    KeptRound.objects.bulk_create(new, ignore_conflicts=True)
    if [moment for moment in known.values() if now - moment > OFTEN]:
        device.kept_rounds.filter(round__in=known).update(last_told_at=now)


@transaction.atomic
def raise_alarm(device: Device | None, place: Place, *, by) -> None:
    """Write down, once for each phone and place, that it has seen a journal that we do not have."""
    Head.objects.select_for_update().get(pk=1)  # one after the other: twins of a request tell it once
    told = JournalEntry.objects.filter(act="phone.resync_asked", actor=by).select_related("payload")
    if all(line.details.get("hash") != place.hash for line in told):
        journal.record(
            "phone.resync_asked", device or by, by=by, payload={"sequence": place.sequence, "hash": place.hash}
        )


@transaction.atomic
def report_lost(device: Device, *, by) -> Device:
    """A phone is lost: it is told to forget all at its next contact, and what it still sends is looked at."""
    device = Device.objects.select_for_update(of=("self",), no_key=True).get(pk=device.pk)
    if device.lost_at is None:
        device.lost_at = timezone.now()
        device.save(update_fields=["lost_at"])
        journal.record("phone.lost", device, by=by)
    return device


# --- what lies on a phone --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OnPhone:
    """One round that lay on a phone; `is_certain`: the phone said so itself at its last contact."""

    round: Round
    is_certain: bool
    stops: tuple[Allocation, ...]
    told: frozenset[uuid.UUID]  # of the stops, those of which an entry came


@dataclass(frozen=True)
class Contents:
    """What lay on a phone when it was last heard of."""

    rounds: tuple[OnPhone, ...]
    received: int
    missing: str
    unsent: int
    came_after_loss: int
    hidden: int  # rounds of regions that are not the reader's

    @property
    def families(self) -> int:
        return len({stop.need.child.family_id for on_phone in self.rounds for stop in on_phone.stops})

    @property
    def stops_without_entry(self) -> int:
        return sum(len(on_phone.stops) - len(on_phone.told) for on_phone in self.rounds)


def contents_of(device: Device, *, by) -> Contents:
    """What a phone held at its last contact: rounds that it told of, and those of its days that it may have fetched.

    `by` sees the rounds of the own regions, and how many there are of others.
    """
    still = device.kept_rounds.filter(last_told_at__gte=device.last_seen_at - 2 * OFTEN)
    certain = set(still.values_list("round", flat=True))
    seen_on = timezone.localdate(device.last_seen_at)
    fetched = Q(volunteer=device.user_id, day__range=(seen_on - timedelta(days=3), seen_on + timedelta(days=2)))
    phones = Prefetch("need__child__family__guardians", Guardian.objects.exclude(phone="").to_call_first())
    stops = (
        Allocation.objects.exclude(status=Allocation.Status.PROPOSED)
        .select_related("need__child__family__province", "chair")
        .prefetch_related(phones)
        .order_by("stop", "pk")
    )
    lay = Q(pk__in=certain) | fetched
    rounds = (
        Round.objects.visible_to(by)
        .filter(lay)
        .select_related("province")
        .prefetch_related(
            Prefetch("allocations", stops), Prefetch("deliveries", Delivery.objects.only("allocation", "round"))
        )
        .order_by("-day", "pk")
    )
    after_loss = Q(received_at__gte=device.lost_at) if device.lost_at else Q(pk=None)
    came = device.entries.aggregate(all=Count("pk"), late=Count("pk", filter=after_loss))
    shown = tuple(_on_phone(round, round.pk in certain) for round in rounds)
    return Contents(
        rounds=shown,
        hidden=0 if Mandate.covers_all(by) else Round.objects.filter(lay).count() - len(shown),
        received=came["all"],
        missing=attention.in_words(attention.gaps_of(device)),
        unsent=device.unsent,
        came_after_loss=came["late"],
    )


def _on_phone(round: Round, is_certain: bool) -> OnPhone:
    stops = tuple(round.allocations.all())
    told = {delivery.allocation_id for delivery in round.deliveries.all()} & {stop.pk for stop in stops}
    return OnPhone(round, is_certain, stops, frozenset(told))


def read_contents(device: Device, *, by) -> Contents:
    """The same for a person, who is written down: it names families."""
    contents = contents_of(device, by=by)
    journal.record_reading("phone.contents_read", device, by=by, payload={"families": contents.families})
    return contents


class NotARescue(Refusal):
    sentence = _("This is no file in which a phone kept its entries.")


@dataclass(frozen=True)
class Rescued:
    """What came out of a rescue file: what became of each entry, and how many files were kept."""

    results: list[syncing.Result]
    files: int


def bring_in(content: dict) -> Rescued:
    """Take in what a phone kept in a file because it found no network; bringing it twice changes nothing.

    Everything in it is sealed for us, and goes out under the person whose phone it was. Raises NotARescue.
    """
    try:
        if content["format"] != "hajar-rescue-1":
            raise NotARescue
        person = get_user_model().objects.get(pk=uuid.UUID(content["owner"]))
        boxes = [{"sealed": str(box)} for box in content["entries"]]
        files = [(str(file["sha256"]), base64.b64decode(file["box"], validate=True)) for file in content["files"]]
    except (KeyError, TypeError, ValueError, AttributeError, get_user_model().DoesNotExist) as fault:
        raise NotARescue from fault
    is_gone = not (person.is_active and person.has_perm("distributions.record_delivery"))
    sender = syncing.Sender(person, is_gone=is_gone)
    results = syncing.receive(boxes, sender=sender)
    kept = 0
    for sha256, box in files:
        try:
            kept += syncing.keep_file(sha256, box, sender=sender) == PhoneFile.State.KEPT
        except (syncing.FileNotAwaited, syncing.FileAltered):
            continue
    return Rescued(results, kept)
