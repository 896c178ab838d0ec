"""Take in what phones said: each entry once, in a transaction of its own, whatever has become of its author since.

An entry is an event with a UUID that the phone made. The same one again is a duplicate; another content under its
number is kept beside the first for a person to look at. What cannot be understood is kept as it came, and holds up no
other. What happened, happened: a hand-over is recorded although its author has been moved since, and marked.
Locks: the entry's own new row, then whatever its activity takes, the journal's head last.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel
from pydantic import ValidationError as NotSaid

from distributions import attention, delivering, following_up
from distributions.models import Allocation, Chair, Delivery, Device, PhoneEntry, PhoneFile, Round
from distributions.protocol import (
    MOST_CHARACTERS,
    ChairSeenSaid,
    DeliverySaid,
    HealthySaid,
    Said,
    Sealed,
    SeenSaid,
    is_plain,
)
from hajar.journal import recording as journal
from hajar.lib import boxes
from hajar.lib.refusals import Refusal

Kind, State, Reason, Doubt = PhoneEntry.Kind, PhoneEntry.State, PhoneEntry.Reason, Delivery.Doubt

MOST_FILE_BYTES = 6 * 1024 * 1024
GREATEST_NUMBER = 2**53
GIVEN_STOPS = "distributions.mobile.stop"
_HOMELESS = uuid.UUID("6f1f4d5e-6b1c-4b58-9a0e-6a2f3a1d7c55")  # names entries that brought no usable name


class FileNotAwaited(Refusal):
    sentence = _("No entry of yours waits for this file.")


class FileAltered(Refusal):
    sentence = _("The file is not the one that its entry names.")


# --- what is answered ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What became of one entry. `status` is received, duplicate, review or invalid; `state` what stands now."""

    id: str
    status: str
    state: str
    reason: str
    sequence: int


@dataclass(frozen=True)
class _Verdict:
    state: str
    reasons: tuple[str, ...] = ()
    delivery: Delivery | None = None
    round: Round | None = None


class _Doubtful(Exception):
    """The entry stands and a person must look; nothing is made of it."""

    def __init__(self, state: str, *reasons: str, round: Round | None = None):
        super().__init__(state)
        self.verdict = _Verdict(state, reasons, round=round)


@dataclass(frozen=True)
class Sender:
    """Who hands entries in, by which phone, and whether her account has been closed or changed meanwhile."""

    person: Any
    device: Device | None = None
    is_gone: bool = False
    rounds: dict[str, Round | None] = field(default_factory=dict)  # hers, as this request has met them

    @property
    def doubts(self) -> tuple[str, ...]:
        lost = self.device is not None and self.device.lost_at is not None
        reasons = [(self.is_gone, Doubt.AUTHOR_GONE), (lost, Doubt.DEVICE_LOST)]
        return tuple(doubt for holds, doubt in reasons if holds)


def receive(raws: Sequence[Any], *, sender: Sender) -> list[Result]:
    """Take in entries in the order given, each on its own; the answer has one result for each."""
    heard = [_hear(raw, sender) for raw in raws]
    earlier = PhoneEntry.objects.in_bulk([one.pk for one in heard])
    results = [_take(one, earlier.get(one.pk), sender) for one in heard]
    if sender.device and raws:
        attention.watch_numbers(sender.device)
    return results


@dataclass(frozen=True)
class _Heard:
    """One entry as it came: `said` is None where it cannot be read, for the `reason`; `words` are kept as they are."""

    pk: uuid.UUID
    said: Said | None
    raw: Any
    named: Any
    words: str
    content_hash: str
    reason: str


def _hear(raw: Any, sender: Sender) -> _Heard:
    named = raw.get("id") if isinstance(raw, dict) else None
    if isinstance(raw, dict) and "sealed" in raw:
        raw, named = _opened(raw)
    said, words, reason = _read(raw)
    content_hash = hashlib.sha256(words.encode()).hexdigest()
    if said is not None:
        pk = uuid.UUID(said.id)
    else:
        pk = uuid.uuid5(_HOMELESS, f"{sender.person.pk}:{content_hash}")
    return _Heard(pk, said, raw, named, words, content_hash, reason)


def _take(heard: _Heard, earlier: PhoneEntry | None, sender: Sender) -> Result:
    """Keep one entry and make of it what can be made. It never raises for what the phone said.

    `earlier` is the entry that already had its key when the request was read.
    """
    said, words, content_hash = heard.said, heard.words, heard.content_hash
    if earlier is None:
        try:
            with transaction.atomic():
                entry = _keep(heard.pk, said, heard.raw, words, content_hash, heard.reason, sender)
        except IntegrityError:  # another copy was quicker, or stands before it in the same request
            earlier = PhoneEntry.objects.filter(pk=heard.pk).first()
            if earlier is None:
                raise
        else:
            return _result(entry, entry.state, heard.named)
    if earlier.author_id == sender.person.pk and earlier.content_hash == content_hash:
        return _result(earlier, "duplicate", heard.named)
    return _result(_keep_rival(earlier, said, words, content_hash, sender), State.REVIEW, heard.named)


def _opened(raw: dict) -> tuple[Any, str]:
    """What is in a box; what cannot be opened stays as it came."""
    try:
        box = base64.b64decode(Sealed.model_validate(raw).sealed, validate=True)
        inside = json.loads(boxes.unseal(box, settings.PHONE_SECRETS))
    except (NotSaid, ValueError, RecursionError):
        return raw, ""
    return inside, inside.get("id", "") if isinstance(inside, dict) else ""


def _read(raw: Any) -> tuple[Said | None, str, str]:
    """The entry, its words as they are kept (ASCII: every database can hold them), and why it cannot be read."""
    try:
        words = json.dumps(raw, sort_keys=True, separators=(",", ":"))
    except (RecursionError, ValueError, TypeError):
        words = repr(raw)[:MOST_CHARACTERS].encode("ascii", "backslashreplace").decode()
        return None, words, Reason.UNREADABLE
    if isinstance(raw, dict) and set(raw) == {"sealed"}:
        return None, words[: 2 * MOST_CHARACTERS], Reason.SEALED
    if len(words) > MOST_CHARACTERS or not is_plain(raw):
        return None, words[:MOST_CHARACTERS], Reason.UNREADABLE
    try:
        return Said.model_validate(raw), words, ""
    except (NotSaid, ValueError):
        return None, words, Reason.UNREADABLE


def _number_of(said: Said | None, raw: Any) -> int | None:
    """Its number on the phone, also where nothing else of it can be read: what came is no gap."""
    number = said.number if said else raw.get("number") if isinstance(raw, dict) else None
    return number if type(number) is int and 0 <= number <= GREATEST_NUMBER else None


def _keep(
    pk: uuid.UUID, said: Said | None, raw: Any, words: str, content_hash: str, reason: str, sender: Sender
) -> PhoneEntry:
    """Write the entry and let its consequences follow. Its row comes first: the key keeps other copies out."""
    kind = said.kind if said and said.kind in _READERS else Kind.UNKNOWN
    entry = PhoneEntry(
        pk=pk,
        author=sender.person,
        device=sender.device,
        number=_number_of(said, raw),
        kind=kind,
        state=State.INVALID,
        reasons=reason or Reason.UNREADABLE,
        claimed_at=_moment(said.claimed_at) if said else None,
        received_at=timezone.now(),
        said=words,
        content_hash=content_hash,
        sequence=0,
    )
    entry.save(force_insert=True)
    verdict = _Verdict(State.INVALID, (reason,)) if said is None else _make_of(entry, said, sender)
    entry.state, entry.delivery = verdict.state, verdict.delivery
    if sender.doubts and verdict.state == State.RECEIVED:
        entry.state = State.REVIEW
    reasons = [*verdict.reasons, *sender.doubts] if entry.state != State.RECEIVED else []
    entry.reasons = ",".join(dict.fromkeys(reasons))
    entry.round = verdict.round
    entry.province_id = verdict.round.province_id if verdict.round else None
    return _journal(entry, "entry.received", sender, round=verdict.round)


def _journal(entry: PhoneEntry, act: str, sender: Sender, *, round: Round | None = None) -> PhoneEntry:
    attention.ask_about_entry(entry, round=round)
    line = journal.record(
        act,
        entry,
        by=sender.person,
        device=str(sender.device or ""),
        claimed_at=entry.claimed_at,
        payload={
            "kind": entry.kind,
            "state": entry.state,
            "reasons": entry.reasons,
            "content_hash": entry.content_hash,
        },
    )
    entry.sequence = line.sequence
    entry.save(update_fields=["state", "reasons", "delivery", "round", "province", "sequence"])
    return entry


def _keep_rival(first: PhoneEntry, said: Said | None, words: str, content_hash: str, sender: Sender) -> PhoneEntry:
    """Keep other content that came under the number of an entry we have; the first stays as it is."""
    pk = uuid.uuid5(first.pk, f"{sender.person.pk}:{content_hash}")
    try:
        with transaction.atomic():
            entry = PhoneEntry(
                pk=pk,
                author=sender.person,
                device=sender.device,
                number=said.number if said else None,
                kind=said.kind if said and said.kind in _READERS else Kind.UNKNOWN,
                state=State.REVIEW,
                reasons=Reason.DIFFERENT,
                claimed_at=_moment(said.claimed_at) if said else None,
                received_at=timezone.now(),
                said=words,
                content_hash=content_hash,
                sequence=0,
                contests=first if first.author_id == sender.person.pk else None,
                province_id=first.province_id if first.author_id == sender.person.pk else None,
            )
            entry.save(force_insert=True)
            return _journal(entry, "entry.received", sender)
    except IntegrityError:
        return PhoneEntry.objects.get(pk=pk)


def _result(entry: PhoneEntry, status: str, named: Any) -> Result:
    """The number that the phone gave comes back as it gave it, if it is one."""
    is_text = isinstance(named, str) and len(named) <= 40 and named.isascii() and named.isprintable()
    reason = " ".join(entry.sentences) if entry.state != State.RECEIVED else ""
    return Result(named if is_text else "", str(status), entry.state, reason, entry.sequence)


def _moment(text: str) -> datetime | None:
    """The phone's time where it is one that can be kept, however wrong."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if moment.year in delivering.YEARS else None


# --- what is made of an entry -------------------------------------------------------------------------------------


def _make_of(entry: PhoneEntry, said: Said, sender: Sender) -> _Verdict:
    if said.kind not in _READERS:
        return _Verdict(State.REVIEW, (Reason.UNKNOWN_KIND,))
    shape, act = _READERS[said.kind]
    try:
        data = shape.model_validate(said.data)
    except (NotSaid, ValueError):
        return _Verdict(State.INVALID, (Reason.INCOMPLETE,))
    try:
        with transaction.atomic() if said.kind in _WRITING else nullcontext():
            return act(entry, said, data, sender)
    except _Doubtful as doubtful:
        return doubtful.verdict


def _make_delivery(entry: PhoneEntry, said: Said, data: DeliverySaid, sender: Sender) -> _Verdict:
    allocation, round, doubts = _given_stop(data, sender)
    spare, reason = None, data.reason
    if data.spare is not None:
        spare = Chair.objects.filter(number=int(data.spare.chair)).first()
        reason = f"{spare.label if spare else data.spare.chair} · {data.spare.reason}"[:300]
        doubts = (*doubts, Doubt.SPARE)
    try:
        recorded = delivering.record_delivery(
            id=entry.pk,
            allocation=allocation,
            round=round,
            by=sender.person,
            outcome=data.outcome,
            happened_at=_claimed(said.claimed_at),
            received_at=entry.received_at,
            reason=reason,
            is_healthy=data.is_healthy,
            receiver_name=data.receiver_name,
            receiver_relation=data.receiver_relation,
            checks={str(name): str(answer) for name, answer in data.checks.items()},
            note=data.note,
            device=str(sender.device or ""),
            known_doubts=doubts,
            spare=spare,
        )
    except delivering.DifferentContent as refusal:
        return _Verdict(State.REVIEW, (Reason.DIFFERENT,), delivery=refusal.delivery, round=round)
    except ValidationError:
        raise _Doubtful(State.INVALID, Reason.INCOMPLETE, round=round) from None
    except Refusal:
        raise _Doubtful(State.REVIEW, Reason.NOT_GIVEN, round=round) from None
    _expect_files(entry, said, round)
    delivery = recorded.delivery
    if delivery.needs_a_look:
        return _Verdict(State.REVIEW, ("doubt",), delivery, round)
    return _Verdict(State.RECEIVED, (), delivery, round)


def _claimed(text: str) -> datetime | None:
    """The phone's time, aware; None when it gave none that can be read. The delivery marks what cannot be true."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def give(user, round_pk, allocation_pk) -> str:
    """A proof, kept by the phone, that we gave this stop of this round to this volunteer."""
    return signing.dumps([str(user.pk), str(round_pk), str(allocation_pk)], salt=GIVEN_STOPS)


def _given_stop(data: DeliverySaid, sender: Sender) -> tuple[Allocation, Round, tuple[str, ...]]:
    """The stop that the entry tells of, if it is or was hers; the same answer where there is none at all."""
    allocation = (
        Allocation.objects.exclude(status=Allocation.Status.PROPOSED)
        .select_related("need__child", "chair")
        .filter(pk=data.allocation)
        .first()
    )
    round = Round.objects.filter(pk=data.round).first()
    if allocation is None or round is None:
        raise _Doubtful(State.REVIEW, Reason.NOT_GIVEN)
    is_hers = round.volunteer_id == sender.person.pk
    if not (is_hers and allocation.round_id == round.pk):
        try:
            # However old: a phone may have been without a network for weeks.
            given = signing.loads(data.proof, salt=GIVEN_STOPS)
        except signing.BadSignature:
            given = None
        if given != [str(sender.person.pk), data.round, data.allocation]:
            raise _Doubtful(State.REVIEW, Reason.NOT_GIVEN)
    return allocation, round, sender.doubts if is_hers else (*sender.doubts, Doubt.REASSIGNED)


def _round_of(pk: str, sender: Sender) -> Round:
    if pk not in sender.rounds:
        sender.rounds[pk] = Round.objects.filter(pk=pk, volunteer=sender.person).first()
    round = sender.rounds[pk]
    if round is None:
        raise _Doubtful(State.REVIEW, Reason.NOT_GIVEN)
    return round


def _note_health(entry: PhoneEntry, said: Said, data: HealthySaid, sender: Sender) -> _Verdict:
    """She declared herself healthy before the first stop: the entry itself is the record."""
    return _Verdict(State.RECEIVED, round=_round_of(data.round, sender))


def _report_breakdown(entry: PhoneEntry, said: Said, data: ChairSeenSaid, sender: Sender) -> _Verdict:
    """Open a repair where the chair's state allows it; a person looks in any case."""
    round = _round_of(data.round, sender)
    chair = Chair.objects.filter(number=int(data.chair)).first()
    if chair is None:
        raise _Doubtful(State.REVIEW, Reason.CHAIR, round=round)
    try:
        following_up.report_breakdown(chair=chair, by=sender.person, what=data.what)
    except Refusal:
        raise _Doubtful(State.REVIEW, Reason.CHAIR, round=round) from None
    return _Verdict(State.REVIEW, (Reason.TO_READ,), round=round)


def _pass_on(entry: PhoneEntry, said: Said, data: SeenSaid | ChairSeenSaid, sender: Sender) -> _Verdict:
    """What only a person can decide about: a need seen on the way, a chair taken back."""
    return _Verdict(State.REVIEW, (Reason.TO_READ,), round=_round_of(data.round, sender))


_Reader = tuple[type[BaseModel], Callable[..., _Verdict]]
_WRITING = (Kind.DELIVERY, Kind.BREAKDOWN)  # what they wrote is taken back where a doubt comes up in the middle
_READERS: dict[str, _Reader] = {
    Kind.DELIVERY: (DeliverySaid, _make_delivery),
    Kind.HEALTHY: (HealthySaid, _note_health),
    Kind.BREAKDOWN: (ChairSeenSaid, _report_breakdown),
    Kind.NEED_SEEN: (SeenSaid, _pass_on),
    Kind.TAKEN_BACK: (ChairSeenSaid, _pass_on),
}


# --- files --------------------------------------------------------------------------------------------------------


def _expect_files(entry: PhoneEntry, said: Said, round: Round) -> None:
    if said.files:
        attention.expect_files(entry, round=round)
    PhoneFile.objects.bulk_create(
        PhoneFile(entry=entry, kind=kind, sha256=sha256) for kind, sha256 in sorted(said.files.items())
    )


def missing_files(user) -> list[str]:
    """SHA-256 of each file that this person's entries name and that has not come yet."""
    awaited = PhoneFile.objects.awaited_from(user).order_by("created_at", "pk")
    return list(dict.fromkeys(awaited.values_list("sha256", flat=True)[:100]))


def keep_file(sha256: str, data: bytes, *, sender: Sender) -> str:
    """Keep a file that entries name; the same again changes nothing. Returns "kept" or "refused".

    The content may come sealed. Raises FileNotAwaited, FileAltered.
    """
    named = PhoneFile.objects.filter(entry__author=sender.person, sha256=sha256)
    if not named.exists():
        raise FileNotAwaited
    if boxes.is_box(data):
        try:
            data = boxes.unseal(data, settings.PHONE_SECRETS)
        except boxes.CannotOpen:
            raise FileAltered from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FileAltered
    for pk in named.filter(state=PhoneFile.State.MISSING).order_by("pk").values_list("pk", flat=True):
        _attach(pk, data, sender)
    return PhoneFile.State.REFUSED if named.filter(state=PhoneFile.State.REFUSED).exists() else PhoneFile.State.KEPT


def _attach(pk: uuid.UUID, data: bytes, sender: Sender) -> None:
    file = PhoneFile.objects.select_related("entry__delivery__allocation__need__child").get(pk=pk)
    entry = file.entry
    if entry.delivery is None:  # files are expected for deliveries only
        return
    try:
        delivering.add_file(entry.delivery, file.kind, data, by=sender.person, device=str(sender.device or ""))
    except Refusal:
        with transaction.atomic():
            PhoneFile.objects.filter(pk=pk).update(state=PhoneFile.State.REFUSED)
            locked = PhoneEntry.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
            reasons = dict.fromkeys([*filter(None, locked.reasons.split(",")), Reason.FILE_REFUSED])
            locked.state, locked.reasons, locked.handled_at, locked.handled_by = (
                State.REVIEW,
                ",".join(reasons),
                None,
                None,
            )
            locked.save(update_fields=["state", "reasons", "handled_at", "handled_by"])
            attention.ask_about_entry(locked)
            attention.files_came(locked)
    else:
        PhoneFile.objects.filter(pk=pk).update(state=PhoneFile.State.KEPT)
        attention.files_came(entry)
