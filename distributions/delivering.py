"""Hand a chair over: what happened at one stop, told by a volunteer's phone or paper, recorded once and for good.

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
from distributions import attention, planning, stocktaking
from distributions.models import Allocation, Attachment, Chair, ChairEvent, Delivery, Matter, PhoneEntry, Round
from distributions.stocktaking import AlreadyWithChild
from hajar.journal import recording as journal
from hajar.lib import pictures
from hajar.lib.locking import hold
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


class ToBeDecided(Refusal):
    sentence = _("Two entries do not go together here: decide which one holds, under “Someone must look”.")


@dataclass(frozen=True)
class Recorded:
    """The entry, and whether this call wrote it: a second copy only finds it."""

    delivery: Delivery
    is_new: bool


@dataclass(frozen=True)
class _Files:
    signature: bytes = b""
    photo: bytes = b""


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
    typed_in_by=None,
) -> Recorded:
    """Write one attempt at a hand-over, and what follows from it for the chair, the reservation and the need.

    `id` was made by the phone: however many copies of the entry arrive, one row is written. `happened_at` is the
    phone's time (None: it gave none), `received_at` ours. Pictures are JPEG, PNG or WebP as sent. `known_doubts` is
    what the caller has found doubtful; with REASSIGNED the round was hers when she went and is another's now.
    `typed_in_by` is who typed it in from the round's paper; `by` is the volunteer in any case.
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
        typed_in_by=typed_in_by,
        chair_left=spare,
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
    entry.clean_fields(exclude=["allocation", "round", "volunteer", "chair_left", "typed_in_by"])
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
    locked = Round.objects.select_for_update(no_key=True).get(pk=round.pk)
    given = Allocation.objects.filter(pk=entry.allocation_id)
    allocation = hold(given.select_related("need__child", "chair", "initiative")).get()
    if earlier := Delivery.objects.filter(pk=entry.pk).first():
        return earlier
    doubts = [*doubts, *_doubts(entry, allocation, locked)]
    if entry.is_delivered and _has_another(entry, allocation, spare):
        doubts.append(Doubt.TWO_CHAIRS)
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
            by = entry.typed_in_by or entry.volunteer
            planning.release(allocation, by=by, release=ENDS_WITH[entry.outcome], note=entry.reason[:300])
        attention.ask_about_delivery(entry, chair=spare if is_spare else allocation.chair)
        journal.record(
            "delivery.recorded",
            entry,
            by=entry.typed_in_by or entry.volunteer,
            subject=allocation.need.child,
            device=entry.device,
            claimed_at=entry.happened_at,
            payload={
                "outcome": entry.outcome,
                "source": "paper" if entry.is_from_paper else "phone",
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


def _doubts(entry: Delivery, allocation: Allocation, round: Round) -> list[str]:
    late = entry.received_at - entry.happened_at
    is_confirmed = _is_on_paper(entry, allocation)
    reasons = [
        (late < -AHEAD, Doubt.CLOCK_AHEAD),
        (late > APART and not entry.is_from_paper, Doubt.CLOCK_BEHIND),  # paper is typed in when it comes back
        (not entry.is_healthy, Doubt.NOT_HEALTHY),
        (allocation.status == Status.DELIVERED and not is_confirmed, Doubt.ALREADY_DELIVERED),
        (allocation.status == Status.RELEASED and not is_confirmed, Doubt.RELEASED),
        (allocation.status in (Status.PROPOSED, Status.APPROVED, Status.PREPARED), Doubt.NOT_LOADED),
        (allocation.is_live and allocation.round_id != entry.round_id, Doubt.OTHER_ROUND),
        (round.is_closed, Doubt.ROUND_CLOSED),
        (not allocation.need.child.is_followed, Doubt.FILE_CLOSED),
        (
            entry.is_delivered and any(getattr(entry, name) == Delivery.Check.NO for name in Delivery.CHECKS),
            Doubt.CHECK_FAILED,
        ),
    ]
    return [doubt for holds, doubt in reasons if holds]


def _is_on_paper(entry: Delivery, allocation: Allocation) -> bool:
    """Whether the round's paper has told the same of this stop before: then the phone only confirms it."""
    if entry.is_from_paper or allocation.status not in (Status.DELIVERED, Status.RELEASED):
        return False
    same = allocation.deliveries.filter(round=entry.round_id, outcome=entry.outcome)
    return same.exclude(typed_in_by=None).exists()


def _has_another(entry: Delivery, allocation: Allocation, spare: Chair | None) -> bool:
    """Whether somebody told before that this child was given another chair for the same need."""
    chair = spare.pk if spare else allocation.chair_id
    told = Delivery.objects.delivered().filter(allocation__need=allocation.need_id).exclude(pk=entry.pk)
    left = {pk: left or meant for pk, meant, left in told.values_list("pk", "allocation__chair", "matters__chair")}
    return any(other != chair for other in left.values())


def _clock_is_trusted(doubts: Iterable[str]) -> bool:
    return not {Doubt.CLOCK_AHEAD, Doubt.CLOCK_BEHIND, Doubt.CLOCK_UNREADABLE} & set(doubts)


def trusted_moment(delivery: Delivery) -> datetime:
    """When it happened, by the phone where its clock could be true, else by ours."""
    return delivery.happened_at if _clock_is_trusted(delivery.needs_a_look.split(",")) else delivery.received_at


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
    need = hold(Need.objects.filter(pk=allocation.need_id).select_related("child")).get()
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
                attention.ask_about_delivery(entry, chair=None)
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
def settle(delivery: Delivery, *, by, note: str, decision: str = "") -> Delivery:
    """Say that a person has looked at a doubtful entry, and what came of it. The entry itself stays as it is."""
    delivery = Delivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.pk)
    if not delivery.needs_a_look:
        raise NothingToSettle
    note = note.strip()[:300]
    if not note:
        raise stocktaking.ReasonMissing
    if delivery.matters.filter(ended_at=None, kind__in=Matter.DISPUTES).exists():
        raise ToBeDecided
    doubts, delivery.needs_a_look = delivery.needs_a_look, ""
    delivery.save(update_fields=["needs_a_look"])
    told = {"ended_at": timezone.now(), "ended_by": by, "note": note}
    Matter.objects.filter(delivery=delivery, ended_at=None).exclude(kind=Matter.Kind.FILE).update(**told)
    entries = PhoneEntry.objects.waiting().filter(delivery=delivery)
    entries.update(handled_at=told["ended_at"], handled_by=by, handled_note=note)
    payload = {"doubts": doubts, "note": note} | ({"decision": decision} if decision else {})
    journal.record("delivery.settled", delivery, by=by, subject=delivery.allocation.need.child, payload=payload)
    return delivery
