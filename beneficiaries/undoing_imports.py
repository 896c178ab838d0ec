"""Take back what an import wrote, whole, while nobody built on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import importing, registration, tracing_rows
from beneficiaries.judging import MANY
from beneficiaries.models import Assessment, Child, Consent, Family, Guardian, HealthRecord, Need
from beneficiaries.models.families import answers_follow
from beneficiaries.models.imports import RegisterImport
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.journal.models import Entry
from hajar.lib.portions import portions

READING = ("health_record.opened",)  # acts that look and change nothing
KINDS: dict[str, type[models.Model]] = {  # what an import writes, those that hold others first
    "assessments": Assessment,
    "health_records": HealthRecord,
    "children": Child,
    "guardians": Guardian,
    "families": Family,
}


class NotUndoable(importing.ImportRefused):
    """Somebody has worked with what was imported; `references` are the files."""

    sentence = _("This import cannot be undone: some of its files were already worked on.")

    def __init__(self, references: Sequence[str]) -> None:
        super().__init__()
        self.references = list(references)


class NotImported(importing.ImportRefused):
    sentence = _("Only an import that was confirmed can be undone.")


@transaction.atomic
def undo_import(imported: RegisterImport, *, by: User) -> RegisterImport:
    """Take out of the register what an import wrote, as one act. Raises NotUndoable when somebody built on it.

    One that is still being written stops: whoever works on it finds the work taken from her.
    """
    imported = RegisterImport.objects.select_for_update().get(pk=imported.pk)
    if imported.state not in (RegisterImport.State.DONE, RegisterImport.State.WRITING):
        raise NotImported
    ids = imported.written
    locked = (("families", Family.objects.select_for_update()), ("children", Child.objects.select_for_update()))
    for kind, rows in locked:  # nobody may build on them while we look
        for part in _parts(ids[kind]):
            list(rows.filter(pk__in=part).order_by("pk").values_list("pk", flat=True))
    if worked_on := sorted(_worked_on(ids)):
        raise NotUndoable(worked_on)
    joined = _families_of(ids["children"]) - set(map(UUID, ids["families"]))
    try:
        with transaction.atomic(), answers_follow(homes=joined):  # for _take_out goes past the guardians' own ways
            for kind, model in KINDS.items():
                for part in _parts(ids[kind]):
                    _take_out(model, part)
    except ProtectedError as error:
        raise NotUndoable(sorted({_reference_of(row) for row in error.protected_objects})) from error
    registration.refresh_family_sort_keys(joined)
    tracing_rows.forget_mended(imported)
    imported.state, imported.undone_at = RegisterImport.State.UNDONE, timezone.now()
    imported.worker, imported.worked_until, imported.sheet = "", None, {}
    imported.save(update_fields=["state", "undone_at", "worker", "worked_until", "sheet"])
    told = {**ids["counts"], "filename": imported.filename}
    journal.record("register.import_undone", imported, by=by, payload=told)
    return imported


def _take_out(model: type[models.Model], part: Sequence[UUID]) -> None:
    """Delete these rows and their keys, as `delete` would, without fetching ten thousand of each first.

    Raises ProtectedError, with the rows that hold them, where anything does.
    """
    for relation in _pointing_at(model):
        holding = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": part})
        if relation.on_delete is models.CASCADE and not _pointing_at(holding.model):
            holding._raw_delete(holding.db)
        elif held := set(holding[:MANY]):
            raise ProtectedError(f"{model.__name__} is held", held)
    gone = model._base_manager.filter(pk__in=part)
    gone._raw_delete(gone.db)


def _reference_of(row: Any) -> str:
    file = getattr(row, "child", row)
    return str(getattr(file, "reference", file))


def _pointing_at(model: type[models.Model]) -> list[models.ManyToOneRel]:
    return [one for one in model._meta.get_fields(include_hidden=True) if isinstance(one, models.ManyToOneRel)]


def _parts(ids: Sequence[str]) -> Iterator[list[UUID]]:
    return ([UUID(key) for key in some] for some in portions(ids, MANY))


def _families_of(children: Sequence[str]) -> set[UUID]:
    found: set[UUID] = set()
    for part in _parts(children):
        found |= set(Child.objects.filter(pk__in=part).values_list("family", flat=True))
    return found


def _worked_on(ids: Mapping[str, Any]) -> set[str]:
    """References of the files that are no longer as the import wrote them."""
    written = {key: set(ids[key]) for key in ("families", "guardians", "children", "assessments", "health_records")}
    children: set[Any] = set()
    families: set[Any] = set()

    def keep(rows: Iterable[tuple[Any, Any]], kind: str, into: set[Any]) -> None:
        into |= {owner for row, owner in rows if str(row) not in written[kind]}

    for part in _parts(ids["children"]):
        drafts = Assessment.objects.filter(child__in=part)
        keep(drafts.values_list("pk", "child"), "assessments", children)
        children |= set(
            drafts.filter(Q(state=Assessment.State.COMPLETE) | Q(version__gt=0)).values_list("child", flat=True)
        )
        keep(HealthRecord.objects.filter(child__in=part).values_list("pk", "child"), "health_records", children)
        children |= set(Consent.objects.filter(child__in=part).values_list("child", flat=True))
        children |= set(Need.objects.filter(child__in=part).values_list("child", flat=True))
        children |= set(Child.objects.filter(pk__in=part).exclude(photo="").values_list("pk", flat=True))
        children |= _with_later_entries(part)
    for part in _parts(ids["families"]):
        keep(Child.objects.filter(family__in=part).values_list("pk", "family"), "children", families)
        keep(Guardian.objects.filter(family__in=part).values_list("pk", "family"), "guardians", families)
        families |= _with_later_entries(part)
    for kind, owner in (("guardians", families), ("assessments", children), ("health_records", children)):
        for part in _parts(ids[kind]):
            owner |= _owners(kind, _with_later_entries(part))
    return _references(Child, children) | _references(Family, families)


def _with_later_entries(ids: Sequence[UUID]) -> set[UUID]:
    """Which of these rows or files the journal tells anything of: the import itself is told of elsewhere."""
    objects = [str(key) for key in ids]  # the journal names objects by their text, files by their key
    entries = Entry.objects.filter(Q(object_id__in=objects) | Q(subject_id__in=ids)).exclude(act__in=READING)
    told = {str(key) for pair in entries.values_list("object_id", "subject_id") for key in pair}
    return {key for key in ids if str(key) in told}


def _owners(kind: str, ids: set[UUID]) -> set[Any]:
    model, owner = {
        "guardians": (Guardian, "family"),
        "assessments": (Assessment, "child"),
        "health_records": (HealthRecord, "child"),
    }[kind]
    return set(model._default_manager.filter(pk__in=ids).values_list(owner, flat=True)) if ids else set()


def _references(model: type[Child] | type[Family], ids: set[Any]) -> set[str]:
    return {row.reference for row in model._base_manager.filter(pk__in=list(ids)[:MANY])}
