"""Hand a chair over: what happened at one stop, told by a volunteer's phone, recorded once and for good.

A delivery is a fact: it is written down even when the office had decided otherwise in the meantime, at worst marked so
that someone looks. Locks are taken in this order: round, allocation, need, chair, and the journal's head last.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import assessing, consenting
from beneficiaries.models import Child, Consent, Need
from distributions import planning, stocktaking
from distributions.models import Allocation, Attachment, Chair, ChairEvent, Delivery, PhoneEntry, Round
from distributions.stocktaking import AlreadyWithChild
from hajar.journal import recording as journal
from hajar.lib import pictures
from hajar.lib.refusals import Refusal

Outcome, Doubt, Status = Delivery.Outcome, Delivery.Doubt, Allocation.Status

AHEAD = timedelta(minutes=5)  # phones and servers differ a little
APART = timedelta(days=1)
YEARS = range(1970, 2101)  # what a clock can say, however wrong
LONGEST_SIGNATURE, LONGEST_PHOTO = 900, 1280  # pixels

# Outcomes that end the reservation; the chair stays in the vehicle until it is brought back.
ENDS_WITH: dict[str, str] = {
    Outcome.REFUSED: Allocation.Release.FAMILY_DECLINED,
    Outcome.DID_NOT_FIT: Allocation.Release.DID_NOT_FIT,
}
FITTING = ("fits_width", "fits_depth", "feet_supported", "sits_upright")


class NotYourRound(Refusal):
    sentence = _("This round belongs to another volunteer.")


class NoConsentForPhoto(Refusal):
    sentence = _("The family has not agreed to a photo: the entry cannot hold one.")


class PhotoUnreadable(Refusal):
    sentence = _("The photo cannot be read. Take it again, or send the entry without it.")


class SignatureUnreadable(Refusal):
    sentence = _("The signature cannot be read. Sign again, or send the entry without it.")


class DifferentContent(Refusal):
    """The first entry stays as it is; someone must look. `delivery` is that first entry."""

    sentence = _(
        "This entry was received before, with other content. The first one is kept and the office will look at both."
    )

    def __init__(self, delivery: Delivery):
        super().__init__()
        self.delivery = delivery


class NothingToSettle(Refusal):
    sentence = _("Nobody has to look at this entry any more.")


class NotOnTheRoad(Refusal):
    sentence = _("This chair is not on the road.")


@dataclass(frozen=True)
class Recorded:
    """The entry, and whether this call wrote it: a second copy only finds it."""

    delivery: Delivery
    is_new: bool


@dataclass(frozen=True)
class _Files:
    signature: bytes = b""
    photo: bytes = b""


@transaction.atomic
def open_round(round: Round, *, by, device: str = "") -> Round:
    """Note that the volunteer has looked at her round for the first time; to look again changes nothing."""
    round = Round.objects.select_for_update(no_key=True).get(pk=round.pk)
    if round.volunteer_id != by.pk:
        raise NotYourRound
    if round.opened_at is None:
        round.opened_at = timezone.now()
        round.save(update_fields=["opened_at"])
        journal.record("round.opened", round, by=by, device=device)
    return round


def may_photograph(child: Child) -> bool:
    """Whether a consent that is in force allows a photo as proof."""
    return bool(those_who_may_be_photographed([child.pk]))


def those_who_may_be_photographed(children: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """The same for many children at once, by their keys; one query."""
    return consenting.who_agreed(children, Consent.Purpose.PROOF_PHOTO)


def record_delivery(
    *,
    id: uuid.UUID,
    allocation: Allocation,
    round: Round,
    by,
    outcome: str,
    happened_at: datetime | None,
    received_at: datetime | None = None,
    reason: str = "",
    is_healthy: bool = False,
    receiver_name: str = "",
    receiver_relation: str = "",
    checks: Mapping[str, str] | None = None,
    note: str = "",
    device: str = "",
    signature: bytes = b"",
    photo: bytes = b"",
    known_doubts: Sequence[str] = (),
    spare: Chair | None = None,
) -> Recorded:
    """Write one attempt at a hand-over, and what follows from it for the chair, the reservation and the need.

    `id` was made by the phone: however many copies of the entry arrive, one row is written. `happened_at` is the
    phone's time (None: it gave none), `received_at` ours. Pictures are JPEG, PNG or WebP as sent. `known_doubts` is
    what the caller has found doubtful; with REASSIGNED the round was hers when she went and is another's now.
    Raises NotYourRound, NoConsentForPhoto, PhotoUnreadable, SignatureUnreadable, DifferentContent (a first entry with
    this id says something else), and ValidationError when the entry lacks what its outcome needs.
    """
    if round.volunteer_id != by.pk and Doubt.REASSIGNED not in known_doubts:
        raise NotYourRound
    received_at = received_at or timezone.now()
    entry = Delivery(
        id=id,
        allocation=allocation,
        round=round,
        volunteer=by,
        outcome=outcome,
        reason=reason,
        happened_at=happened_at or received_at,
        received_at=received_at,
        device=device[:80],
        is_healthy=is_healthy,
        receiver_name=receiver_name,
        receiver_relation=receiver_relation,
        note=note,
        **{name: answer for name, answer in (checks or {}).items() if name in Delivery.CHECKS},
    )
    entry.content_hash = _fingerprint(entry, happened_at, signature, photo)
    doubts: list[str] = list(known_doubts)
    if happened_at and happened_at.year not in YEARS:
        entry.happened_at = received_at
        doubts.append(Doubt.CLOCK_UNREADABLE)
    if earlier := Delivery.objects.filter(pk=id).first():
        return _same_or_different(earlier, entry)
    entry.clean_fields(exclude=["allocation", "round", "volunteer"])
    entry.validate_constraints(exclude=["allocation"])
    files = _tidy(_Files(signature, photo), allocation)
    try:
        with transaction.atomic():
            written = _write(entry, round, files, doubts, spare)
    except IntegrityError:
        earlier = Delivery.objects.filter(pk=id).first()
        if earlier is None:
            raise
        return _same_or_different(earlier, entry)
    return Recorded(written, True) if written is entry else _same_or_different(written, entry)


def _fingerprint(entry: Delivery, claimed_at: datetime | None, signature: bytes, photo: bytes) -> str:
    """What the phone said, as one hash. What the server adds (its time, its doubts) is no part of it."""
    said = [
        str(entry.allocation_id),
        str(entry.round_id),
        str(entry.volunteer_id),
        entry.outcome,
        entry.reason,
        claimed_at.isoformat() if claimed_at else "",
        entry.is_healthy,
        entry.receiver_name,
        entry.receiver_relation,
        [getattr(entry, name) for name in Delivery.CHECKS],
        entry.note,
        hashlib.sha256(signature).hexdigest(),
        hashlib.sha256(photo).hexdigest(),
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _tidy(files: _Files, allocation: Allocation) -> _Files:
    """The pictures as we keep them; done before the transaction, so that no lock waits for it."""
    if files.photo:
        if not may_photograph(allocation.need.child):
            raise NoConsentForPhoto
        try:
            files = replace(files, photo=pictures.tidy(files.photo, longest=LONGEST_PHOTO))
        except pictures.NotAPicture as fault:
            raise PhotoUnreadable from fault
    if files.signature:
        try:
            files = replace(files, signature=pictures.tidy(files.signature, longest=LONGEST_SIGNATURE, to="PNG"))
        except pictures.NotAPicture as fault:
            raise SignatureUnreadable from fault
    return files


def _write(entry: Delivery, round: Round, files: _Files, doubts: list[str], spare: Chair | None) -> Delivery:
    """Insert the entry and let its consequences follow; returns the earlier entry where another copy was quicker."""
    # An entry's foreign keys are checked when it commits, after the journal's lock: hold their rows before.
    Round.objects.select_for_update(no_key=True).get(pk=round.pk)
    allocation = (
        Allocation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("need__child", "chair", "initiative")
        .get(pk=entry.allocation_id)
    )
    if earlier := Delivery.objects.filter(pk=entry.pk).first():
        return earlier
    doubts = [*doubts, *_doubts(entry, allocation)]
    moment = entry.happened_at if _clock_is_trusted(doubts) else entry.received_at
    # A chair put in the vehicle without a line in the journal is no reason to leave a child out.
    is_spare = Doubt.SPARE in doubts
    hands_over = (
        entry.is_delivered and not is_spare and allocation.status in (Status.LOADED, Status.PREPARED, Status.APPROVED)
    )
    if hands_over:
        entry.handed_over_on = timezone.localdate(moment)
    entry.needs_a_look = ",".join(doubts)
    entry.save(force_insert=True)
    attachments = []
    try:
        attachments += _keep_files(entry, files)
        if hands_over:
            _close(allocation, entry, moment)
        if entry.is_delivered:
            if chair := spare if is_spare else allocation.chair:
                _tell_the_chair(chair, allocation.need.child, entry, moment)
        elif entry.outcome in ENDS_WITH and allocation.status == Status.LOADED and Doubt.OTHER_ROUND not in doubts:
            planning.release(allocation, by=entry.volunteer, release=ENDS_WITH[entry.outcome], note=entry.reason[:300])
        journal.record(
            "delivery.recorded",
            entry,
            by=entry.volunteer,
            subject=allocation.need.child,
            device=entry.device,
            claimed_at=entry.happened_at,
            payload={
                "outcome": entry.outcome,
                "chair": spare.label if spare else allocation.chair.label,
                "round": str(entry.round_id),
                "initiative": str(allocation.initiative_id),
                "doubts": entry.needs_a_look,
                "files": [attachment.kind for attachment in attachments],
                "content_hash": entry.content_hash,
            },
        )
    except BaseException:
        for attachment in attachments:
            attachment.file.storage.delete(str(attachment.file.name))
        raise
    return entry


def _doubts(entry: Delivery, allocation: Allocation) -> list[str]:
    late = entry.received_at - entry.happened_at
    reasons = [
        (late < -AHEAD, Doubt.CLOCK_AHEAD),
        (late > APART, Doubt.CLOCK_BEHIND),
        (not entry.is_healthy, Doubt.NOT_HEALTHY),
        (allocation.status == Status.DELIVERED, Doubt.ALREADY_DELIVERED),
        (allocation.status == Status.RELEASED, Doubt.RELEASED),
        (allocation.status in (Status.PROPOSED, Status.APPROVED, Status.PREPARED), Doubt.NOT_LOADED),
        (allocation.is_live and allocation.round_id != entry.round_id, Doubt.OTHER_ROUND),
        (not allocation.need.child.is_followed, Doubt.FILE_CLOSED),
        (
            entry.is_delivered and any(getattr(entry, name) == Delivery.Check.NO for name in Delivery.CHECKS),
            Doubt.CHECK_FAILED,
        ),
    ]
    return [doubt for holds, doubt in reasons if holds]


def _clock_is_trusted(doubts: list[str]) -> bool:
    return not {Doubt.CLOCK_AHEAD, Doubt.CLOCK_BEHIND, Doubt.CLOCK_UNREADABLE} & set(doubts)


def _keep_files(entry: Delivery, files: _Files) -> list[Attachment]:
    kept = []
    for kind, data in [(Attachment.Kind.SIGNATURE, files.signature), (Attachment.Kind.PHOTO, files.photo)]:
        if data:
            attachment = Attachment(delivery=entry, kind=kind, sha256=hashlib.sha256(data).hexdigest())
            attachment.file.save("", ContentFile(data), save=False)
            attachment.save(force_insert=True)
            kept.append(attachment)
    return kept


@transaction.atomic
def add_file(delivery: Delivery, kind: str, data: bytes, *, by, device: str = "") -> Attachment:
    """Keep a proof that came after its entry; one that is already there stays.

    Raises NoConsentForPhoto, PhotoUnreadable, SignatureUnreadable.
    """
    if not data:
        raise PhotoUnreadable if kind == Attachment.Kind.PHOTO else SignatureUnreadable
    files = _tidy(_Files(**{kind: data}), delivery.allocation)
    delivery = (
        Delivery.objects.select_for_update(of=("self",), no_key=True)
        .select_related("allocation__need__child")
        .get(pk=delivery.pk)
    )
    if earlier := delivery.attachments.filter(kind=kind).first():
        return earlier
    (attachment,) = _keep_files(delivery, files)
    try:
        child = delivery.allocation.need.child
        journal.record("delivery.file_added", delivery, by=by, subject=child, device=device, payload={"kind": kind})
    except BaseException:
        attachment.file.storage.delete(str(attachment.file.name))
        raise
    return attachment


def _close(allocation: Allocation, entry: Delivery, moment: datetime) -> None:
    """The reservation is fulfilled and the need is met."""
    need = Need.objects.select_for_update(of=("self",), no_key=True).select_related("child").get(pk=allocation.need_id)
    allocation.status, allocation.ended_at = Status.DELIVERED, moment
    allocation.save(update_fields=["status", "ended_at"])
    if need.is_open:
        assessing.mark_closed(need, closing=Need.Closing.DELIVERED, today=entry.handed_over_on)


def _tell_the_chair(chair: Chair, child: Child, entry: Delivery, moment: datetime) -> None:
    """The chair is with the child now, expected or not; where another family was said to have it, it is disputed."""
    try:
        stocktaking.append_event(
            chair,
            ChairEvent.Kind.HANDED_OVER,
            by=entry.volunteer,
            child=child,
            happened_at=moment,
            is_claimed=True,
        )
    except AlreadyWithChild:
        return
    if chair.state == Chair.State.DISPUTED:
        _add_doubt(entry, Doubt.CHAIR_DISPUTED)


def _add_doubt(entry: Delivery, doubt: str) -> None:
    entry.needs_a_look = ",".join(filter(None, [entry.needs_a_look, doubt]))
    entry.save(update_fields=["needs_a_look"])


def _same_or_different(earlier: Delivery, copy: Delivery) -> Recorded:
    """Same content: it is already here. Other content: the first stays, the other is journalled, someone must look."""
    if earlier.volunteer_id != copy.volunteer_id:
        raise NotYourRound
    if earlier.content_hash == copy.content_hash:
        return Recorded(earlier, False)
    with transaction.atomic():
        entry = Delivery.objects.select_for_update(of=("self",), no_key=True).get(pk=earlier.pk)
        told = entry.history().filter(act="delivery.contested")
        if all(line.details.get("content_hash") != copy.content_hash for line in told):
            if Doubt.OTHER_CONTENT not in entry.needs_a_look.split(","):
                _add_doubt(entry, Doubt.OTHER_CONTENT)
            journal.record(
                "delivery.contested",
                entry,
                by=copy.volunteer,
                subject=entry.allocation.need.child,
                device=copy.device,
                claimed_at=copy.happened_at,
                payload={
                    "content_hash": copy.content_hash,
                    "allocation": str(copy.allocation_id),
                    "outcome": copy.outcome,
                    "reason": copy.reason,
                    "receiver_name": copy.receiver_name,
                    "receiver_relation": copy.receiver_relation,
                    "checks": {name: getattr(copy, name) for name in Delivery.CHECKS if getattr(copy, name)},
                    "note": copy.note,
                },
            )
    raise DifferentContent(entry)


@transaction.atomic
def settle(delivery: Delivery, *, by, note: str) -> Delivery:
    """Say that a person has looked at a doubtful entry, and what came of it. The entry itself stays as it is."""
    delivery = Delivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.pk)
    if not delivery.needs_a_look:
        raise NothingToSettle
    if not note.strip():
        raise stocktaking.ReasonMissing
    doubts, delivery.needs_a_look = delivery.needs_a_look, ""
    delivery.save(update_fields=["needs_a_look"])
    told = PhoneEntry.objects.waiting().filter(delivery=delivery)
    told.update(handled_at=timezone.now(), handled_by=by, handled_note=note.strip()[:300])
    child = delivery.allocation.need.child
    journal.record("delivery.settled", delivery, by=by, subject=child, payload={"doubts": doubts, "note": note.strip()})
    return delivery


@transaction.atomic
def bring_back(allocation: Allocation, *, by) -> None:
    """Unload a chair that was not left, into the depot it came from; what was tried on is disinfected before all else.

    A stop that merely failed keeps its reservation and waits for another round.
    """
    allocation = (
        Allocation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("need__child", "chair")
        .get(pk=allocation.pk)
    )
    tried_on = Delivery.objects.filter(allocation=allocation, outcome=Outcome.DID_NOT_FIT).exists() or any(
        getattr(entry, name) in (Delivery.Check.YES, Delivery.Check.NO)
        for entry in allocation.deliveries.exclude(outcome=Outcome.DELIVERED)
        for name in FITTING
    )
    if allocation.status == Status.LOADED:
        planning.bring_back(allocation, by=by, was_tried_on=tried_on)
    elif allocation.status == Status.RELEASED and stocktaking.lock(allocation.chair).state == Chair.State.LOADED:
        stocktaking.record_chair_event(
            chair=allocation.chair,
            kind=ChairEvent.Kind.UNLOADED,
            by=by,
            child=allocation.need.child if tried_on else None,
        )
    else:
        raise NotOnTheRoad
