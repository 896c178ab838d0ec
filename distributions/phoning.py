"""Look after phones: which there are, what they have seen of our journal, and what they left for people."""

import base64
import uuid
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distributions import delivering, stocktaking, syncing
from distributions.models import Allocation, Chair, Device, PhoneEntry, PhoneFile, Round
from hajar.journal import recording as journal
from hajar.journal.models import Entry as JournalEntry
from hajar.journal.models import Head
from hajar.lib.refusals import Refusal


class AlreadyHandled(Refusal):
    sentence = _("Somebody has looked at this entry already.")


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


@transaction.atomic
def meet(id: uuid.UUID, *, by, name: str = "", unsent: int = 0) -> Device | None:
    """The phone that speaks, noted when it is new. None: another person's phone has this number."""
    device, is_new = Device.objects.get_or_create(
        pk=id, defaults={"user": by, "name": name[:80], "last_seen_at": timezone.now(), "unsent": unsent}
    )
    if device.user_id != by.pk:
        return None
    if is_new:
        journal.record("phone.first_seen", device, by=by, device=name)
    else:
        Device.objects.filter(pk=id).update(last_seen_at=timezone.now(), unsent=unsent)
    return device


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
def handle(entry: PhoneEntry, *, by, note: str) -> PhoneEntry:
    """Say that a person has looked at an entry, and what came of it. The entry itself stays as it is.

    The doubts about its delivery are settled with it. Raises AlreadyHandled, ReasonMissing.
    """
    if entry.delivery and entry.delivery.needs_a_look:
        delivering.settle(entry.delivery, by=by, note=note)
        return PhoneEntry.objects.get(pk=entry.pk)
    entry = PhoneEntry.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    if entry.handled_at or entry.state == PhoneEntry.State.RECEIVED:
        raise AlreadyHandled
    if not note.strip():
        raise stocktaking.ReasonMissing
    entry.handled_at, entry.handled_by, entry.handled_note = timezone.now(), by, note.strip()[:300]
    entry.save(update_fields=["handled_at", "handled_by", "handled_note"])
    journal.record("entry.handled", entry, by=by, payload={"note": entry.handled_note})
    return entry


@transaction.atomic
def report_lost(device: Device, *, by) -> Device:
    """A phone is lost: it is told to forget all at its next contact, and what it still sends is looked at."""
    device = Device.objects.select_for_update(of=("self",), no_key=True).get(pk=device.pk)
    if device.lost_at is None:
        device.lost_at = timezone.now()
        device.save(update_fields=["lost_at"])
        journal.record("phone.lost", device, by=by)
    return device


def spare_chairs(round: Round) -> QuerySet[Chair]:
    """The chairs that travel on a round although no stop waits for them, with their models."""
    waited_for = Allocation.objects.live().filter(chair=OuterRef("pk"))
    return (
        Chair.objects.filter(state=Chair.State.LOADED, allocations__round=round)
        .exclude(Exists(waited_for))
        .select_related("model")
        .distinct()
        .order_by("number", "pk")
    )


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
