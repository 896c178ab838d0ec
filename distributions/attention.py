"""Ask a person to look: what the field sent is filed as one matter, and stays until it has ended.

A matter ends by a person's tick (distributions.settling), or by itself when what was missing comes. Each is written in
the transaction of what it is about. Locks: delivery before matter, device before matter; the journal is not touched.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from distributions.models import Chair, Delivery, Device, Matter, PhoneEntry, PhoneFile, Round

Kind, Doubt, Reason = Matter.Kind, Delivery.Doubt, PhoneEntry.Reason

PATIENCE = timedelta(hours=24)  # a picture, or an entry between two others, may come this much later
SILENT = timedelta(days=3)  # a phone with unsent entries, not heard of for so long, is worth a call

# Which kind a matter is, by the doubts of its entry: the first that holds.
BY_DOUBT: dict[str, frozenset[str]] = {
    Kind.CHAIR_TWICE: frozenset({Doubt.CHAIR_DISPUTED}),
    Kind.TWO_CHAIRS: frozenset({Doubt.TWO_CHAIRS}),
    Kind.TOLD_TWICE: frozenset({Doubt.ALREADY_DELIVERED}),
    Kind.CONTENT: frozenset({Reason.DIFFERENT, Doubt.OTHER_CONTENT}),
    Kind.LOST_PHONE: frozenset({Doubt.DEVICE_LOST}),
    Kind.ACCOUNT: frozenset({Doubt.AUTHOR_GONE, Doubt.REASSIGNED}),
    Kind.REFUSED: frozenset(
        {
            Reason.UNREADABLE,
            Reason.SEALED,
            Reason.UNKNOWN_KIND,
            Reason.INCOMPLETE,
            Reason.NOT_GIVEN,
            Reason.CHAIR,
            Reason.FILE_REFUSED,
        }
    ),
    Kind.SPARE: frozenset({Doubt.SPARE}),
    Kind.AGAINST_PLAN: frozenset(
        {
            Doubt.NOT_HEALTHY,
            Doubt.RELEASED,
            Doubt.NOT_LOADED,
            Doubt.OTHER_ROUND,
            Doubt.FILE_CLOSED,
            Doubt.CHECK_FAILED,
            Doubt.ROUND_CLOSED,
        }
    ),
    Kind.CLOCK: frozenset({Doubt.CLOCK_AHEAD, Doubt.CLOCK_BEHIND, Doubt.CLOCK_UNREADABLE}),
}
SEEN: dict[str, str] = {
    PhoneEntry.Kind.BREAKDOWN: Kind.BREAKDOWN,
    PhoneEntry.Kind.NEED_SEEN: Kind.NEED_SEEN,
    PhoneEntry.Kind.TAKEN_BACK: Kind.TAKEN_BACK,
}


def kind_of(codes: Iterable[str], *, entry_kind: str = "") -> str:
    """Under which kind something with these doubts is filed; what was seen on the way has kinds of its own."""
    codes = set(codes)
    filed = next((kind for kind, doubts in BY_DOUBT.items() if doubts & codes), "")
    if entry_kind in SEEN and filed not in (Kind.LOST_PHONE, Kind.ACCOUNT):
        return SEEN[entry_kind]
    return filed or Kind.REFUSED


# --- asking ----------------------------------------------------------------------------------------------------------


def ask_about_delivery(delivery: Delivery, *, chair: Chair | None) -> None:
    """File a hand-over that is in doubt, or a stop that failed; `chair` is the one that it tells of.

    To be called where the delivery is written, its row locked or new.
    """
    codes = [code for code in delivery.needs_a_look.split(",") if code]
    if not codes and delivery.is_delivered:
        return
    kind = kind_of(codes) if codes else Kind.FAILED_STOP
    if not delivery.is_delivered and kind in (Kind.AGAINST_PLAN, Kind.CLOCK):
        kind = Kind.FAILED_STOP  # what is next for the family comes first
    if kind == Kind.CHAIR_TWICE and Doubt.TWO_CHAIRS in codes and chair and not _went_to_another(delivery, chair):
        kind = Kind.TWO_CHAIRS  # nobody else is said to have it: what matters is that she has two
    round = delivery.round
    Matter.objects.get_or_create(
        delivery=delivery,
        kind=kind,
        ended_at=None,
        defaults={
            "chair": chair,
            "round": round,
            "province_id": round.province_id if round else delivery.allocation.need.child.family.province_id,
            "author_id": delivery.volunteer_id,
            "opens_at": delivery.received_at,
        },
    )


def _went_to_another(delivery: Delivery, chair: Chair) -> bool:
    child = delivery.allocation.need.child_id
    return chair.events.filter(kind="handed_over", corrected_by=None).exclude(child=child).exists()


def ask_about_entry(entry: PhoneEntry, *, round: Round | None = None) -> None:
    """File an entry that a person must look at; one whose delivery was filed already is joined to that."""
    if entry.delivery_id == entry.pk:
        Matter.objects.filter(delivery=entry.delivery_id, entry=None).update(entry=entry, device=entry.device_id)
    if entry.state == PhoneEntry.State.RECEIVED or entry.matters.filter(ended_at=None).exclude(kind=Kind.FILE).exists():
        return
    doubts = entry.delivery.needs_a_look.split(",") if entry.delivery else []
    Matter.objects.create(
        kind=kind_of([*entry.reasons.split(","), *doubts], entry_kind=entry.kind),
        entry=entry,
        delivery=entry.delivery,
        device=entry.device,
        round=round,
        province_id=entry.province_id,
        author_id=entry.author_id,
        opens_at=entry.received_at,
    )


def expect_files(entry: PhoneEntry, *, round: Round | None = None) -> None:
    """Ask about an entry's files once they are late."""
    Matter.objects.create(
        kind=Kind.FILE,
        entry=entry,
        delivery_id=entry.pk,
        device=entry.device,
        round=round,
        province_id=round.province_id if round else None,
        author_id=entry.author_id,
        opens_at=entry.received_at + PATIENCE,
    )


def files_came(entry: PhoneEntry) -> None:
    """Let the question end by itself once nothing is awaited any more."""
    if not entry.files.filter(state=PhoneFile.State.MISSING).exists():
        entry.matters.filter(kind=Kind.FILE, ended_at=None).update(ended_at=timezone.now())


# --- gaps ------------------------------------------------------------------------------------------------------------


def gaps_in(numbers: Iterable[int]) -> list[range]:
    """What lacks between 1 and the greatest of these numbers; pure.

    >>> gaps_in([1, 2, 5, 7])
    [range(3, 5), range(6, 7)]
    """
    there = [0, *sorted({number for number in numbers if number > 0})]
    return [range(before + 1, after) for before, after in pairwise(there) if after > before + 1]


def in_words(gaps: Iterable[range], longest: int = 200) -> str:
    """The numbers as people write them, 3–4, 6; "…" where there are too many."""
    parts: list[str] = []
    for gap in gaps:
        part = str(gap.start) if len(gap) == 1 else f"{gap.start}–{gap.stop - 1}"
        if len(", ".join([*parts, part])) > longest - 3:
            return ", ".join([*parts, "…"])
        parts.append(part)
    return ", ".join(parts)


def _numbered(device: Device) -> tuple[int, bool]:
    """The last number of a phone, and whether every number up to it came by the phone itself; one query."""
    own = device.entries.filter(number__gt=0)
    found = own.aggregate(last=Max("number"), distinct=Count("number", distinct=True))
    return found["last"] or 0, (found["last"] or 0) == found["distinct"]


def gaps_of(device: Device) -> list[range]:
    """Which numbers of this phone never came, neither by itself nor in a rescue file of its owner."""
    last, is_whole = _numbered(device)
    if is_whole:
        return []
    came = PhoneEntry.objects.filter(
        Q(device=device) | Q(device=None, author=device.user_id), number__gt=0, number__lte=last
    )
    return gaps_in(number for number in came.values_list("number", flat=True).iterator() if number)


def watch_numbers(device: Device) -> None:
    """After a phone has spoken: note its last number, ask about those that lack, and stop asking once they came."""
    last, is_whole = _numbered(device)
    if device.last_number != last:
        Device.objects.filter(pk=device.pk).update(last_number=last)
    if not is_whole or Matter.objects.filter(device=device, kind=Kind.GAP, ended_at=None).exists():
        _ask_about_numbers(device)


@transaction.atomic
def _ask_about_numbers(device: Device) -> None:
    device = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    missing = in_words(gaps_of(device))
    waiting = Matter.objects.filter(device=device, kind=Kind.GAP, ended_at=None)
    if not missing:
        waiting.exclude(missing="").update(ended_at=timezone.now())
    elif waiting.exists():
        waiting.update(missing=missing)
    elif not Matter.objects.filter(device=device, kind=Kind.GAP, missing=missing).exists():  # nobody ticked it before
        _ask_about_phone(device, missing)


@transaction.atomic
def notice_forgotten(device: Device) -> None:
    """A phone that is new, of a person whose earlier one still held entries: they may be gone with it."""
    earlier = Device.objects.filter(user=device.user_id, unsent__gt=0, lost_at=None).exclude(pk=device.pk)
    for one in earlier.select_for_update(no_key=True).order_by("pk"):
        if not Matter.objects.filter(device=one, kind=Kind.GAP, ended_at=None).exists():
            _ask_about_phone(one, "")


def phone_is_empty(device: Device) -> None:
    """It has sent all that it held: nobody need ask where that stayed."""
    Matter.objects.filter(device=device, kind=Kind.GAP, missing="", ended_at=None).update(ended_at=timezone.now())


def _ask_about_phone(device: Device, missing: str) -> None:
    round = Round.objects.filter(volunteer=device.user_id).order_by("-day", "pk").first()
    Matter.objects.create(
        kind=Kind.GAP,
        device=device,
        round=round,
        province_id=round.province_id if round else None,
        author_id=device.user_id,
        missing=missing,
        opens_at=timezone.now() + PATIENCE,
    )


# --- how much waits --------------------------------------------------------------------------------------------------


def waiting_for(user, now: datetime | None = None) -> int:
    """How many matters this person may see and tick; one query on the index of what is open."""
    if not user.has_perm("distributions.change_matter"):
        return 0
    return Matter.objects.visible_to(user).waiting(now).count()


def counts(user, now: datetime | None = None) -> dict[str, int]:
    """How many wait, of each kind that does."""
    rows = Matter.objects.visible_to(user).waiting(now).values_list("kind").annotate(number=Count("pk")).order_by()
    return dict(rows)


def silent_phones(now: datetime | None = None):
    """Phones that hold entries and have not been heard of for days."""
    now = now or timezone.now()
    return Device.objects.filter(unsent__gt=0, lost_at=None, last_seen_at__lt=now - SILENT)
