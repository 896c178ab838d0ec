"""Counting a depot: one person looks at every chair, another draws the conclusions.

Only what somebody says is done: a chair that nobody looked for stays as it is, a chair promised to a child is not taken
away from her unless the one who finalises says so, and a chair that the books have elsewhere is moved only if ticked.
Locks: the count, then the chairs in the order of their keys, and the journal's head last.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from distributions import stocktaking
from distributions.models import Chair, ChairEvent, CountLine, Depot, StockCount
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal

Found, Kind, State = CountLine.Found, ChairEvent.Kind, Chair.State


class AlreadyCounted(Refusal):
    sentence = _("This depot is already being counted.")


class CountIsOver(Refusal):
    sentence = _("This count is over: it was finalised or abandoned.")


class NotTheCounter(Refusal):
    sentence = _("Only the person who began this count says what is there; another one finalises it.")


class SamePerson(Refusal):
    sentence = _("The person who counted cannot finalise the count: ask a colleague.")


class NothingCounted(Refusal):
    sentence = _("No chair was counted yet.")


@dataclass(frozen=True)
class Elsewhere:
    """A chair that was seen here although the books have it elsewhere; `way` is how the count can bring it here."""

    line: CountLine
    way: ChairEvent.Kind | None


@dataclass
class Standing:
    """What a count says so far, against what the books say now."""

    seen: list[CountLine] = field(default_factory=list)  # seen, and of this depot
    unexpected: list[Elsewhere] = field(default_factory=list)  # seen, but recorded elsewhere
    missing: list[CountLine] = field(default_factory=list)  # looked for: these become lost
    promised: list[CountLine] = field(default_factory=list)  # looked for, but promised to a child
    changed: list[CountLine] = field(default_factory=list)  # looked for, but no longer of this depot
    unseen: list[Chair] = field(default_factory=list)  # of this depot, not looked for yet

    @property
    def expected(self) -> int:
        return len(self.seen) + len(self.missing) + len(self.promised) + len(self.unseen)

    @property
    def looked_for(self) -> int:
        return self.expected - len(self.unseen)


@transaction.atomic
def begin_count(*, depot: Depot, by, note: str = "") -> StockCount:
    """Begin to count a depot. Raises AlreadyCounted while another count of it is open."""
    count = StockCount(depot=depot, begun_by=by, begun_at=timezone.now(), note=note.strip())
    try:
        with transaction.atomic():
            count.save(force_insert=True)
    except IntegrityError as fault:
        raise AlreadyCounted from fault
    journal.record("count.begun", count, by=by, payload={"depot": depot.name})
    return count


def lock(count: StockCount) -> StockCount:
    """The count's row, locked; refused once it is over."""
    locked = StockCount.objects.select_for_update(of=("self",), no_key=True).select_related("depot").get(pk=count.pk)
    if not locked.is_open:
        raise CountIsOver
    return locked


@transaction.atomic
def mark(*, count: StockCount, chair: Chair, found: str, by, note: str = "") -> CountLine:
    """Say of one chair that it was seen, or looked for and not found; the last word counts.

    Not journalled one by one: finalising writes the whole count down.
    """
    locked = lock(count)
    if locked.begun_by_id != by.pk:
        raise NotTheCounter
    said = {"found": Found(found), "at": timezone.now(), "note": note.strip()}
    line, _is_new = CountLine.objects.update_or_create(count=locked, chair=chair, defaults=said)
    return line


@transaction.atomic
def unmark(line: CountLine, *, by) -> None:
    """Take back what was said of a chair: it counts as not looked for."""
    locked = lock(line.count)
    if locked.begun_by_id != by.pk:
        raise NotTheCounter
    CountLine.objects.filter(pk=line.pk, count=locked).delete()


def standing(count: StockCount) -> Standing:
    """The count against the books; two queries."""
    result = Standing()
    lines = list(count.lines.select_related("chair__model", "chair__depot").order_by("-at", "-pk"))
    for line in lines:
        _place(result, line, count)
    counted = {line.chair_id for line in lines}
    here = Chair.objects.filter(depot=count.depot_id).with_model().order_by("number", "pk")
    result.unseen = [chair for chair in here if chair.pk not in counted]
    return result


def _place(result: Standing, line: CountLine, count: StockCount) -> None:
    chair, is_here = line.chair, line.chair.depot_id == count.depot_id
    if line.found == Found.SEEN:
        if is_here:
            result.seen.append(line)
        else:
            result.unexpected.append(Elsewhere(line, way_here(chair)))
    elif not is_here:
        result.changed.append(line)
    elif chair.state == State.RESERVED:
        result.promised.append(line)
    else:
        result.missing.append(line)


def way_here(chair: Chair) -> ChairEvent.Kind | None:
    """How a count brings a chair here that was seen here. None where its own page, round or transfer must say more."""
    if chair.state == State.LOST:
        return Kind.FOUND
    return Kind.MOVED if chair.depot_id is not None else None


@transaction.atomic
def finalise(
    count: StockCount,
    *,
    by,
    bring: Collection[uuid.UUID] = (),
    give_up: Collection[uuid.UUID] = (),
) -> StockCount:
    """Draw the conclusions, as a second person: chairs marked missing are lost, with the count as reason.

    `bring`: keys of chairs seen here but recorded elsewhere that are moved here (or found again). `give_up`: keys of
    missing chairs that are promised to a child and become lost all the same; their reservations stay for a person to
    release. Everything else stays as it is.
    """
    locked = lock(count)
    if locked.begun_by_id == by.pk:
        raise SamePerson
    keys = sorted(locked.lines.values_list("chair_id", flat=True))
    if not keys:
        raise NothingCounted
    list(Chair.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk"))
    found = standing(locked)
    why = gettext("Count of %(day)s: looked for, not found.") % {"day": f"{locked.day:%d/%m/%Y}"}
    lost = found.missing + [line for line in found.promised if line.chair_id in give_up]
    for line in lost:
        stocktaking.append_event(line.chair, Kind.LOST, by=by, note=line.note or why)
    brought = [(each.line.chair, each.way) for each in found.unexpected if each.way and each.line.chair_id in bring]
    for chair, way in brought:
        note = gettext("Seen in the count of %(day)s.") % {"day": f"{locked.day:%d/%m/%Y}"}
        stocktaking.append_event(chair, way, by=by, depot=locked.depot, note=note)
    locked.finalised_by, locked.finalised_at = by, timezone.now()
    locked.save(update_fields=["finalised_by", "finalised_at"])
    payload = {
        "depot": locked.depot.name,
        "seen": len(found.seen) + len(found.unexpected),
        "lost": sorted(line.chair.label for line in lost),
        "brought": sorted(chair.label for chair, _way in brought),
        "not_looked_for": len(found.unseen),
    }
    journal.record("count.finalised", locked, by=by, payload=payload)
    return locked


@transaction.atomic
def abandon(count: StockCount, *, by) -> StockCount:
    """Give a count up; no chair changes."""
    locked = lock(count)
    locked.abandoned_at = timezone.now()
    locked.save(update_fields=["abandoned_at"])
    journal.record("count.abandoned", locked, by=by, payload={"depot": locked.depot.name})
    return locked
