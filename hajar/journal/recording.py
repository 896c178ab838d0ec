"""Append to the journal and check that its chain is whole."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from hajar.journal import acts
from hajar.journal.models import GENESIS, Entry, Head, Payload


class NotInTransaction(RuntimeError):
    """An entry must live or die with the change that it tells of."""


def record(
    act: str,
    obj: models.Model,
    *,
    by,
    payload: dict | None = None,
    subject: models.Model | None = None,
    device: str = "",
    claimed_at: datetime | None = None,
) -> Entry:
    """Append one entry about `obj` in the caller's transaction.

    Call it last in an activity: it takes the head's row lock, and whoever holds that lock must need no other.
    `act` is "noun.verb-past" ("child.registered"), `payload` is JSON-able, `subject` the file on whose page the entry
    belongs (by default `obj` itself when its key is a UUID). `claimed_at` is the time a phone gives.
    Raises NotInTransaction outside an atomic block, UnknownAct for an act that no app declares.
    """
    acts.find(act)
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(act)
    subject_id = getattr(subject or obj, "pk", None)
    body = json.loads(json.dumps(payload or {}, cls=DjangoJSONEncoder))
    salt = secrets.token_hex(16)
    head = Head.objects.select_for_update().get(pk=1)
    entry = Entry(
        sequence=head.sequence + 1,
        act=act,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        subject_id=subject_id if hasattr(subject_id, "hex") else None,
        actor=by,
        device=device[:80],
        claimed_at=claimed_at,
        received_at=timezone.now(),
        payload_hash=hash_payload(body, salt),
        previous_hash=head.hash,
    )
    entry.hash = hash_entry(entry)
    entry.save(force_insert=True)
    Payload.objects.create(entry=entry, data=body, salt=salt)
    head.sequence, head.hash = entry.sequence, entry.hash
    head.save(update_fields=["sequence", "hash"])
    return entry


@transaction.atomic
def record_reading(
    act: str, obj: models.Model, *, by, subject: models.Model | None = None, payload: dict | None = None
) -> Entry:
    """Append that `by` opened something narrow, such as a health record, in a transaction of its own."""
    return record(act, obj, by=by, subject=subject, payload=payload)


def end_of_chain() -> str:
    """The hash of the last entry: while it is the same, no activity has changed anything."""
    return Head.objects.values_list("hash", flat=True).get(pk=1)


def erase_payload(entry: Entry) -> None:
    """Forget what the entry says in detail. The entry, its hash and the chain stay."""
    Payload.objects.filter(entry=entry).delete()


def hash_payload(data: dict, salt: str) -> str:
    """The salt goes with the payload: once erased, nobody can guess the content from its hash."""
    return _digest([salt, data])


def hash_entry(entry: Entry) -> str:
    return _digest(
        [
            entry.sequence,
            entry.previous_hash,
            entry.act,
            entry.object_type,
            entry.object_id,
            str(entry.subject_id or ""),
            str(entry.actor_id or ""),
            entry.device,
            _moment(entry.claimed_at),
            _moment(entry.received_at),
            entry.payload_hash,
        ]
    )


def _moment(value: datetime | None) -> str:
    return value.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="microseconds") if value else ""


def _digest(parts: list) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Fault:
    """Where the chain is broken and how: gap, link, entry, payload or head."""

    sequence: int
    kind: str


def faults() -> Iterator[Fault]:
    """Walk the whole chain and yield what does not hold. Erased payloads are no fault."""
    entries = Entry.objects.select_related("payload").order_by("sequence").iterator(chunk_size=2000)
    head = Head.objects.get(pk=1)
    yield from walk(((entry, getattr(entry, "payload", None)) for entry in entries), head.sequence, head.hash)


def walk(entries: Iterable[tuple[Entry, Payload | None]], last_sequence: int, last_hash: str) -> Iterator[Fault]:
    """Yield what does not hold in this chain, given in order; it may lie in a copy of the database."""
    expected, previous = 1, GENESIS
    for entry, payload in entries:
        if entry.sequence != expected:
            yield Fault(entry.sequence, "gap")
        if entry.previous_hash != previous:
            yield Fault(entry.sequence, "link")
        if entry.hash != hash_entry(entry):
            yield Fault(entry.sequence, "entry")
        if payload is not None and entry.payload_hash != hash_payload(payload.data, payload.salt):
            yield Fault(entry.sequence, "payload")
        expected, previous = entry.sequence + 1, entry.hash
    if (last_sequence, last_hash) != (expected - 1, previous):
        yield Fault(last_sequence, "head")
