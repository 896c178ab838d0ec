"""Calling a model or a batch back because it may harm: who has one, was told, is safe.

A chair that is called back and not safe yet is reserved, prepared and loaded for nobody, wherever it is
(ChairQuerySet.not_recalled()). One that comes in later joins the open recalls of its model and batch.
Locks: the recall, then the chair, and the journal's head last.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from distributions.models import Chair, ChairModel, Recall, RecallLine
from distributions.stocktaking import InTheFuture
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal

GONE = (Chair.State.SCRAPPED, Chair.State.LOST)  # nobody can make these safe; a lost one found again is still held back


class AlreadyCalledBack(Refusal):
    sentence = _("This model or batch is already called back.")


class NobodyHasOne(Refusal):
    sentence = _("We have no chair of this model and batch.")


class RecallIsClosed(Refusal):
    sentence = _("This recall is closed.")


class SomeNotSafe(Refusal):
    sentence = _("Not every chair is safe yet: %(chairs)s.")


class AlreadySafe(Refusal):
    sentence = _("This chair was already made safe.")


@transaction.atomic
def open_recall(*, model: ChairModel, reason: str, what_to_do: str, by, batch: str = "") -> Recall:
    """Call back every chair of a model, or of one batch of it, whoever has it.

    Raises NobodyHasOne, or AlreadyCalledBack while a recall of the same model and batch is open.
    """
    batch = batch.strip()
    lock_model(model)
    if Recall.objects.open().filter(Q(batch__iexact=batch), model=model).exists():
        raise AlreadyCalledBack
    chairs = list(concerned(model, batch))
    if not chairs:
        raise NobodyHasOne
    recall = Recall.objects.create(
        model=model, batch=batch, reason=reason.strip(), what_to_do=what_to_do.strip(), opened_by=by
    )
    RecallLine.objects.bulk_create(RecallLine(recall=recall, chair=chair) for chair in chairs)
    payload = {"model": str(model), "batch": batch, "chairs": len(chairs), "reason": recall.reason}
    journal.record("recall.opened", recall, by=by, payload=payload)
    return recall


def lock_model(model: ChairModel) -> None:
    """Two people who call a model back at once wait for one another, as do chairs of it that are being received."""
    ChairModel.objects.select_for_update(no_key=True).get(pk=model.pk)


def concerned(model: ChairModel, batch: str = "") -> Iterable[Chair]:
    """The chairs that a recall of this model and batch concerns: all that still exist."""
    chairs = Chair.objects.filter(model=model).exclude(state=Chair.State.SCRAPPED).order_by("number", "pk")
    return chairs.filter(batch__iexact=batch) if batch else chairs


def _lock(line: RecallLine) -> RecallLine:
    """The line and its recall, locked. A closed recall still takes a chair that was lost when it closed, once found."""
    recall = Recall.objects.select_for_update(no_key=True).get(pk=line.recall_id)
    locked = RecallLine.objects.select_related("chair").get(pk=line.pk)
    locked.recall = recall
    if recall.closed_on is not None and not is_left(locked):
        raise RecallIsClosed
    return locked


def is_left(line: RecallLine) -> bool:
    """Whether somebody still has to make this chair safe, and can."""
    return line.safe_on is None and line.chair.state not in GONE


@transaction.atomic
def record_contact(line: RecallLine, *, by, on: date | None = None, note: str = "") -> RecallLine:
    """Write down that whoever has the chair was told, and what to do until it is safe."""
    line = _lock(line)
    line.contacted_on, line.contacted_by, line.note = _day(on), by, note.strip() or line.note
    line.save(update_fields=["contacted_on", "contacted_by", "note"])
    payload = {"chair": line.chair.label, "on": line.contacted_on, "note": note.strip()}
    journal.record("recall.contacted", line.recall, by=by, payload=payload)
    return line


@transaction.atomic
def record_safe(line: RecallLine, *, by, on: date | None = None, note: str = "") -> RecallLine:
    """Write down that a chair was made safe: from now on it is a chair like any other."""
    line = _lock(line)
    if line.safe_on is not None:
        raise AlreadySafe
    line.safe_on, line.safe_by, line.note = _day(on), by, note.strip() or line.note
    line.save(update_fields=["safe_on", "safe_by", "note"])
    payload = {"chair": line.chair.label, "on": line.safe_on, "note": note.strip()}
    journal.record("recall.made_safe", line.recall, by=by, payload=payload)
    return line


def _day(on: date | None) -> date:
    today = timezone.localdate()
    if on is not None and on > today:
        raise InTheFuture
    return on or today


@transaction.atomic
def close_recall(recall: Recall, *, by) -> Recall:
    """End a recall once every chair is safe; scrapped and lost ones need not be. Raises SomeNotSafe."""
    locked = Recall.objects.select_for_update(no_key=True).get(pk=recall.pk)
    if locked.closed_on is not None:
        raise RecallIsClosed
    left = [line.chair.label for line in unsafe(locked).select_related("chair")]
    if left:
        raise SomeNotSafe(chairs=" ".join(left))
    locked.closed_on = timezone.localdate()
    locked.save(update_fields=["closed_on"])
    journal.record("recall.closed", locked, by=by, payload={"model": str(locked.model), "batch": locked.batch})
    return locked


def unsafe(recall: Recall):
    """The chairs of a recall that somebody still has to make safe."""
    return recall.lines.filter(safe_on=None).exclude(chair__state__in=GONE).order_by("chair__number", "pk")
