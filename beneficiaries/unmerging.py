"""Take a merge back: two files again of the one that was made of them, each with everything that was its own.

What came later stays with the file that went on; what cannot be put back is told in words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import measuring, merging, pairing, registration
from beneficiaries.models import Child, DuplicatePair, Family, Guardian, Merge, Need
from beneficiaries.repointing import exchange, plain
from hajar.accounts.models import User
from hajar.journal import recording as journal

# A room above may know why a merge cannot be taken back any more. It puts a function here when it starts
# (AppConfig.ready), which is given the merge and says so in the reader's words; nothing stands against it: [].
obstacles: list[Callable[[Merge], list[str]]] = []


class CannotBeTakenBack(merging.MergeRefused):
    """`obstacles` are what stands against it, in the reader's words."""

    sentence = _("This merge cannot be taken back.")

    def __init__(self, obstacles: Iterable[str]) -> None:
        super().__init__()
        self.obstacles = list(obstacles)


class UndoNeedsReason(merging.MergeRefused):
    sentence = _("Say why the merge is taken back.")


@dataclass
class Undone:
    """What became of a merge that was taken back. `left` says in words what stays as it was changed since."""

    merge: Merge
    left: list[str] = field(default_factory=list)
    without_first_call: set[UUID] = field(default_factory=set)  # families whose first contact went home


@transaction.atomic
def take_back(merge: Merge, *, by: User, reason: str) -> Undone:
    """Restore both files as they were, with everything that was theirs. What came later stays with the kept file.

    Raises CannotBeTakenBack, which lists what stands against it.
    """
    if not by.has_perm(merging.PERMISSION):
        raise merging.MayNotMerge
    if not reason.strip():
        raise UndoNeedsReason
    *keys, moved = Merge.objects.values_list("kept", "gone", "moved").get(pk=merge.pk)
    keys += [line["pk"] for line in moved if line["model"] == Child._meta.label_lower and "pk" in line]
    rows = Child.with_merged.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    locked = {row.pk: row for row in rows}
    merge = Merge.objects.select_for_update(of=("self",), no_key=True).get(pk=merge.pk)
    kept, gone = locked[merge.kept_id], locked[merge.gone_id]
    if against := list(_against(merge, kept)):
        raise CannotBeTakenBack(against)
    families = {kept.family_id, gone.family_id, *_families_named(merge)}
    list(Family.with_merged.select_for_update(no_key=True).filter(pk__in=families).order_by("pk"))
    undone = Undone(merge)
    try:
        with transaction.atomic():
            for line in reversed(merge.moved):
                if "handed_on" not in line:
                    _restore(line, undone)
    except IntegrityError as error:
        raise CannotBeTakenBack(
            [gettext("Something that was added since cannot stand beside what comes back.")]
        ) from error
    merge.undone_by, merge.undone_at, merge.undone_why = by, timezone.now(), reason.strip()[:300]
    merge.save(update_fields=["undone_by", "undone_at", "undone_why"])
    _rebuild(merge, families, undone)
    kept, gone = Child.objects.get(pk=merge.kept_id), Child.objects.get(pk=merge.gone_id)
    # Somebody saw that they are two: that is remembered like any other "two children".
    pair = DuplicatePair.objects.of(kept, gone)
    pair.update(
        state=DuplicatePair.State.NOT_THE_SAME,
        decided_by=by,
        decided_at=merge.undone_at,
        note=merge.undone_why,
        compared=pairing.fingerprint(kept, gone),
    )
    handed = [pairing.HandedOn(**line["handed_on"]) for line in merge.moved if "handed_on" in line]
    pairing.hand_back(gone, handed, by_way_of=kept)
    pairing.look_at([kept, gone])
    for child in (kept, gone):
        measuring.foretell_anew(child)
    told = {"merge": str(merge.pk), "note": merge.undone_why, "left": len(undone.left)}
    journal.record("child.merge_undone", gone, by=by, payload={**told, "kept": kept.reference})
    journal.record("child.merge_undone", kept, by=by, payload={**told, "gone": gone.reference})
    return undone


def _against(merge: Merge, kept: Child) -> Iterator[str]:
    """Why this merge cannot be taken back, in the reader's words."""
    if merge.undone_at:
        yield gettext("It was taken back already.")
        return
    if kept.merged_into_id:
        yield gettext("The file that goes on was itself merged into another one since: take that back first.")
        return
    yield from _needs_in_the_way(merge)
    for room in obstacles:
        yield from room(merge)


def _needs_in_the_way(merge: Merge) -> Iterator[str]:
    """Needs that would open again beside a newer one of the same purpose."""
    lines = [line for line in merge.moved if line["model"] == Need._meta.label_lower]
    going = {line["pk"] for line in lines if "child_id" in line["old"]}
    reopened = [line["pk"] for line in lines if line["old"].get("closed_on", "") is None]
    for need in Need.objects.filter(pk__in=reopened).order_by("pk"):
        beside = Need.objects.filter(child=merge.kept_id, purpose=need.purpose, closed_on=None).exclude(pk=need.pk)
        if any((str(other.pk) in going) == (str(need.pk) in going) for other in beside):
            yield gettext("A newer need is open beside the one that would open again: %(need)s.") % {
                "need": need.get_purpose_display()
            }


def _families_named(merge: Merge) -> set[UUID]:
    """The families that a merge touched."""
    named = {line["pk"] for line in merge.moved if line["model"] == Family._meta.label_lower}
    for line in merge.moved:
        named |= {line[side]["family_id"] for side in ("old", "new") if "family_id" in line.get(side, {})}
    return {UUID(key) for key in named}


def _restore(line: Mapping[str, Any], undone: Undone) -> None:
    """Put the values of one row back, unless somebody changed them since: those stay, and are told."""
    model = apps.get_model(line["model"])
    if "swapped" in line:
        first, second = (model._base_manager.get(pk=key) for key in line["swapped"])
        exchange(first, second)
        return
    row = model._base_manager.filter(pk=line["pk"]).first()
    if row is None:
        undone.left.append(gettext("%(kind)s: removed since.") % {"kind": model._meta.verbose_name})
        return
    fields = {f.attname: f for f in model._meta.concrete_fields if f.attname in line["old"]}
    changed = {name for name in fields if plain(getattr(row, name)) != line["new"][name]}
    if "is_first_contact" in changed:  # she goes home as she came; another is called first here
        undone.without_first_call.add(row.family_id)
        changed.remove("is_first_contact")
    for name in changed:
        words = {"kind": model._meta.verbose_name, "field": fields[name].verbose_name}
        undone.left.append(gettext("%(kind)s, %(field)s: changed since, and stays so.") % words)
    # Of a person's file each field stands for itself; what else was changed hangs together.
    back = fields.keys() - changed if model is Child or not changed else set()
    values = {name: fields[name].to_python(line["old"][name]) for name in back}
    if values:
        model._base_manager.filter(pk=row.pk).update(**values)


def _rebuild(merge: Merge, families: set[UUID], undone: Undone) -> None:
    """The sounds of the names and the places in the alphabet, as the restored rows have them."""
    kept, gone = (Child.with_merged.get(pk=key) for key in (merge.kept_id, merge.gone_id))
    merging.refresh_names(kept)
    gone.save(update_fields=["sort_key"])
    adults = {line["pk"] for line in merge.moved if line["model"] == Guardian._meta.label_lower}
    for guardian in Guardian.objects.filter(pk__in=adults).order_by("pk"):
        guardian.save(update_fields=["sort_key"])
    for family in undone.without_first_call:
        heir = Guardian.objects.filter(family=family).to_call_first().first()
        if heir and not heir.is_first_contact:
            Guardian.objects.filter(pk=heir.pk).update(is_first_contact=True)
    registration.refresh_family_sort_keys(families)
