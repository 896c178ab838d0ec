"""Make one file of two that are of one child.

Both files are kept as they were, with every row that was pointed elsewhere: `unmerging` restores exactly that.
What points to a child is found in the models themselves, so that rooms above need not be known here. The file that ends
stays as a row, for the events of chairs and the journal speak of it for ever; it is in no list, and its number, its
address and its names lead to the file that goes on.

The rules, where both files have something of which there can be one:

assessments    all of them; two begun and not completed: refused.
open needs     of the same purpose: the one with a chair reserved goes on, else the newer; the other closes as opened by
               mistake. It has waited since the earlier request. Chairs reserved for both: refused.
first request  the earlier one, never the later.
health record  who may see health records chooses whose goes on; nobody else can merge two of them.
photo          the one chosen; the other stays with the file that ended.
family         the one chosen. Once no child is left in the other, its adults move over; who is there twice becomes one.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import matching, measuring, pairing, registration
from beneficiaries.models import Assessment, Child, DuplicatePair, Family, Guardian, HealthRecord, Merge, Need
from beneficiaries.models.standing import merged_into
from beneficiaries.repointing import Writing, plain, pointers
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib import names
from hajar.lib.refusals import Refusal

PERMISSION = "beneficiaries.merge_child"
KEPT, GONE = "kept", "gone"
# What a person chooses, field by field. The name goes together in each script; the birth with how exactly it is known.
GROUPS: dict[str, tuple[str, ...]] = {
    "name_latin": ("given_name_latin", "family_name_latin"),
    "name_arabic": ("given_name_arabic", "family_name_arabic"),
    "born_on": ("born_on", "birth_precision"),
    "sex": ("sex",),
    "school": ("school",),
    "status": ("status",),
    "precautions": ("precautions", "precautions_note"),
    "previous_reference": ("previous_reference",),
    "photo": ("photo",),
    "family": ("family",),
}
LIVE = ("proposed", "approved", "prepared", "loaded")  # of a reservation, as the rooms above call it


class MergeRefused(Refusal):
    sentence = _("These two files cannot be merged.")


class MayNotMerge(MergeRefused):
    sentence = _("Only a coordinator may merge files.")


class NotConfirmed(MergeRefused):
    sentence = _("Confirm that you have compared both files.")


class MergedAlready(MergeRefused):
    sentence = _("One of these files was merged meanwhile. Look again.")


class TwoReservations(MergeRefused):
    sentence = _("A chair is reserved for the same need in both files. Release one of the two reservations first.")


class TwoDrafts(MergeRefused):
    sentence = _("An assessment was begun in both files. Complete or discard one of the two first.")


class TwoHealthRecords(MergeRefused):
    sentence = _(
        "Both files have a health record. Ask somebody who may see them, such as a coordinator, to merge them."
    )


class ChooseHealthRecord(MergeRefused):
    sentence = _("Both files have a health record: choose whose goes on.")


class TwoOfAKind(MergeRefused):
    sentence = _("Both files have a row of the kind “%(kind)s”, of which there can be only one.")


class FieldRefused(MergeRefused):
    sentence = _("What was chosen does not go together: %(why)s")


class NeedsAreOpen(MergeRefused):
    sentence = _(
        "The child waits for a chair: choose the status of the file that is followed, or close the need first."
    )


# --- merging --------------------------------------------------------------------------------------------------------


@transaction.atomic
def merge_children(
    kept: Child, gone: Child, *, by: User, choices: Mapping[str, str], confirmed: bool, health: str = ""
) -> Merge:
    """Make one file of two. `choices` says for each of GROUPS whose value goes on: KEPT (by default) or GONE.

    Raises a MergeRefused: the person may not, a file was merged meanwhile, or both have what there can be one of.
    """
    if not by.has_perm(PERMISSION):
        raise MayNotMerge
    if not confirmed:
        raise NotConfirmed
    kept, gone = _locked_pair(kept, gone)
    merge = Merge(kept=kept, gone=gone, by=by, kept_was=_snapshot(kept), gone_was=_snapshot(gone))
    writing = Writing()
    _settle_health(writing, kept, gone, by=by, health=health)
    _refuse_two_drafts(kept, gone)
    _settle_needs(writing, kept, gone)
    _move_rows(writing, Child, gone.pk, kept.pk)
    former_family, other_family = kept.family_id, gone.family_id
    _take_over(writing, kept, gone, choices)
    writing.put(gone, merged_into_id=kept.pk)
    if former_family != other_family:
        left = other_family if kept.family_id == former_family else former_family
        _join_families(writing, left=left, into=kept.family_id)
    merge.moved = writing.moved + _close_pairs(kept, gone, by=by)
    merge.save(force_insert=True)
    refresh_names(kept)
    measuring.foretell_anew(kept)
    registration.refresh_family_sort_keys({former_family, other_family})
    pairing.look_at([kept])
    told = {"gone": gone.reference, "moved": len(merge.moved), "merge": str(merge.pk)}
    journal.record("child.merged_away", gone, by=by, payload={"kept": kept.reference, "merge": str(merge.pk)})
    journal.record("child.merged", kept, by=by, payload=told)
    return merge


def _locked_pair(*children: Child) -> tuple[Child, ...]:
    """The rows, locked in the order of their keys, as everybody does who takes two.

    With them the files that were merged into them before: those are pointed elsewhere as well, and whoever locked them
    later would stand across those who wait for them.
    """
    keys = [child.pk for child in children]
    earlier = Child.with_merged.filter(merged_into(keys))
    wanted = [*keys, *earlier.values_list("pk", flat=True)]
    rows = Child.with_merged.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    locked = {row.pk: row for row in rows}
    if set(keys) - locked.keys() or any(locked[key].merged_into_id for key in keys):
        raise MergedAlready
    if earlier.exclude(pk__in=wanted).exists():  # one more since: nobody can add another while these are locked
        raise MergedAlready
    return tuple(locked[key] for key in keys)


def _snapshot(child: Child) -> dict[str, Any]:
    """A child's row as JSON, to be shown beside the other years later."""
    return {f.attname: plain(getattr(child, f.attname)) for f in child._meta.concrete_fields}


def _settle_health(writing: Writing, kept: Child, gone: Child, *, by: User, health: str) -> None:
    """Whose record goes on. Where both files have one, the other stays with the file that ends."""
    records = {record.child_id: record for record in HealthRecord.objects.filter(child__in=[kept, gone]).order_by("pk")}
    if len(records) < 2:
        return
    if not by.has_perm("beneficiaries.change_healthrecord"):
        raise TwoHealthRecords
    if health not in (KEPT, GONE):
        raise ChooseHealthRecord
    if health == GONE:
        writing.swap(records[kept.pk], records[gone.pk])


def _refuse_two_drafts(kept: Child, gone: Child) -> None:
    """Answers of two visits do not make one assessment: a person says which one counts."""
    drafts = Assessment.objects.filter(state=Assessment.State.DRAFT)
    if drafts.filter(child=kept).exists() and drafts.filter(child=gone).exists():
        raise TwoDrafts


def _settle_needs(writing: Writing, kept: Child, gone: Child) -> None:
    """Two open needs of one purpose become one; both are the kept child's afterwards."""
    rows = Need.objects.select_for_update(of=("self",), no_key=True).filter(child__in=[kept, gone], closed_on=None)
    by_purpose: dict[str, list[Need]] = {}
    for need in rows.select_related("assessment").order_by("pk"):
        by_purpose.setdefault(need.purpose, []).append(need)
    for needs in by_purpose.values():
        if len(needs) < 2:
            continue
        reserved = _with_reservation(needs)
        if len(reserved) > 1:
            raise TwoReservations
        needs.sort(key=lambda need: (need.pk in reserved, need.assessment.assessed_on, need.opened_on, str(need.pk)))
        *ended, goes_on = needs
        writing.put(goes_on, requested_on=min(need.requested_on for need in needs))
        for need in ended:
            writing.put(need, closed_on=timezone.localdate(), closing=Need.Closing.ERROR)


def _with_reservation(needs: Iterable[Need]) -> set[UUID]:
    """For which of these needs something is held, by whoever in the rooms above points to needs with a live status."""
    held: set[UUID] = set()
    for pointer in pointers(Need):
        if any(f.name == "status" for f in pointer.model._meta.concrete_fields):
            rows = pointer.model._base_manager.filter(**{f"{pointer.name}__in": list(needs), "status__in": LIVE})
            held |= set(rows.values_list(pointer.attname, flat=True))
    return held


def _move_rows(
    writing: Writing, model: type[models.Model], old: UUID, new: UUID, besides: tuple[type[models.Model], ...] = ()
) -> None:
    """Point everything from one row to another; refuse where there can be only one and there would be two."""
    for pointer in pointers(model):
        if pointer.model in besides:
            continue
        rows = pointer.model._base_manager.filter(**{pointer.attname: old}).order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        if not keys:
            continue
        if pointer.unique and pointer.model._base_manager.filter(**{pointer.attname: new}).exists():
            if pointer.model is HealthRecord:
                continue  # settled before: the other one stays where it is
            raise TwoOfAKind(kind=pointer.model._meta.verbose_name)
        try:
            with transaction.atomic():
                writing.point(pointer, keys, old, new)
        except IntegrityError:
            raise TwoOfAKind(kind=pointer.model._meta.verbose_name) from None


def _take_over(writing: Writing, kept: Child, gone: Child, choices: Mapping[str, str]) -> None:
    """Give the kept file what was chosen of the other one, and what nobody has to choose."""
    chosen = [name for group, fields in GROUPS.items() if choices.get(group) == GONE for name in fields]
    values = {_attname(name): getattr(gone, _attname(name)) for name in chosen if name != "photo"}
    values["requested_on"] = min(kept.requested_on, gone.requested_on)
    values["notes"] = _both(kept.notes, gone.notes)
    _refuse_what_does_not_fit(kept, values)
    if "photo" in chosen and gone.photo:
        mine, theirs = kept.photo.name or "", gone.photo.name
        writing.put(gone, photo=mine)
        writing.put(kept, photo=theirs)
    writing.put(kept, **values)


def _refuse_what_does_not_fit(kept: Child, values: Mapping[str, Any]) -> None:
    """A file without a name, a request before the birth, a closed file on the waiting list."""
    wanted = copy(kept)
    for name, value in values.items():
        setattr(wanted, name, value)
    try:
        wanted.clean_fields(exclude=["photo"])
        wanted.validate_constraints()
    except ValidationError as error:
        raise FieldRefused(why=" ".join(error.messages)) from None
    if not wanted.is_followed and Need.objects.filter(child=kept, closed_on=None).exists():
        raise NeedsAreOpen


def _attname(name: str) -> str:
    return str(Child._meta.get_field(name).attname)  # type: ignore[union-attr]


def _both(mine: str, theirs: str) -> str:
    """Two notes, one after the other; the same one once."""
    if not theirs.strip() or theirs.strip() in mine:
        return mine
    limit = Child._meta.get_field("notes").max_length
    return f"{mine.rstrip()}\n\n{theirs}".strip()[:limit]


def refresh_names(kept: Child) -> None:
    """Let a file be found by every name that stands in the files merged into it, and no longer by others."""
    pairs: list[tuple[str, str]] = []
    for merge in Merge.objects.standing().filter(kept=kept).order_by("at", "pk"):
        for was in (merge.kept_was, merge.gone_was):
            told = Child(**{name: was[name] for name in Child.NAME_FIELDS})
            pairs.append((told.full_name_latin, told.full_name_arabic))
        pairs += [(latin, arabic) for latin, arabic in merge.gone_was["other_names"]]
    kept.refresh_from_db()
    kept.other_names = [list(pair) for pair in dict.fromkeys(pairs)]
    kept.save(update_fields=["other_names"])  # and with it the sounds of the names


def _close_pairs(kept: Child, gone: Child, *, by: User) -> list[dict[str, Any]]:
    """The pair of the two is decided; what was open between the file that ended and others is about the kept one.

    Returns what unmerging hands back.
    """
    DuplicatePair.objects.of(kept, gone).update(
        state=DuplicatePair.State.MERGED, decided_by=by, decided_at=timezone.now()
    )
    handed = pairing.hand_on(gone, to=kept)
    return [{"model": DuplicatePair._meta.label_lower, "handed_on": asdict(one)} for one in handed]


# --- families -------------------------------------------------------------------------------------------------------


def _join_families(writing: Writing, *, left: UUID, into: UUID) -> None:
    """Once the family that was left has no child any more, its adults join the other one, and it ends."""
    locked = Family.with_merged.select_for_update(no_key=True).filter(pk__in=[left, into]).order_by("pk")
    families = {family.pk: family for family in locked}
    if Child.objects.filter(family=left).exists() or families[left].merged_into_id:
        return
    family = families[into]
    adults = Guardian.objects.select_for_update(no_key=True)
    there = list(adults.filter(family=into).order_by("pk"))
    for guardian in adults.filter(family=left).order_by("pk"):
        twin = next((other for other in there if is_same_adult(guardian, other)), None)
        if twin:
            _move_rows(writing, Guardian, guardian.pk, twin.pk)
            missing = ("phone", *Guardian.NAME_FIELDS)
            writing.put(twin, **{name: getattr(guardian, name) for name in missing if not getattr(twin, name)})
            if guardian.has_whatsapp and guardian.phone == twin.phone:
                writing.put(twin, has_whatsapp=True)
            twin.save(update_fields=["sort_key"])  # with the sounds of its names
            writing.put(guardian, merged_into_id=twin.pk)
            continue
        is_called_first = guardian.is_first_contact and not any(other.is_first_contact for other in there)
        writing.put(guardian, is_first_contact=is_called_first)
        writing.put(guardian, family_id=into)
        there.append(guardian)
    for name in ("commune", "address", "directions"):
        if not getattr(family, name):
            writing.put(family, **{name: getattr(families[left], name)})
    writing.put(family, notes=_both(family.notes, families[left].notes))
    # The children that were merged stay with the family that they had.
    _move_rows(writing, Family, left, into, besides=(Child, Guardian))
    writing.put(families[left], merged_into_id=into)


def is_same_adult(a: Guardian, b: Guardian) -> bool:
    """Whether two adults of the two families are one, and nothing is lost if they become one.

    Two phones are two ways to reach the family: then both stay.
    """
    if a.relation != b.relation or (a.phone and b.phone and a.phone != b.phone) or a.ended_on != b.ended_on:
        return False
    same_phone = bool(a.phone) and a.phone == b.phone
    return matching.adult_similarity(a, b) >= (names.CLOSE if same_phone else names.SAME)
