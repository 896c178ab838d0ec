"""Keep the queue of files that may be of one child: filled as the register is written, looked through whole at night.

A pair lives as long as something says that the two may be one. Who looked and said "two children" is not asked again,
unless one of them is written otherwise since.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import matching
from beneficiaries.models import Child, DuplicatePair, Guardian, NameKey
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.locking import hold
from hajar.lib.portions import portions
from hajar.lib.refusals import Refusal

State = DuplicatePair.State
Key = tuple[UUID, UUID]  # the two children in order
BATCH = 500
# Of two files that a person alone brings together. The pair stands last in the queue, behind what the names say.
NOTHING_SAYS_SO: dict[str, Any] = {"band": str(matching.Band.POSSIBLE), "score": 0, "reasons": []}
READ = ("id", "family_id", "born_on", "birth_precision", "sex", "other_names", *Child.NAME_FIELDS)


class PairRefused(Refusal):
    sentence = _("This pair cannot be decided so.")


class AlreadyDecided(PairRefused):
    sentence = _("Somebody has decided about these two files already.")


class ReasonMissing(PairRefused):
    sentence = _("Say why these are two children.")


class OneFile(PairRefused):
    sentence = _("This is the same file: name the other one.")


class FileEnded(PairRefused):
    sentence = _("One of these files was merged meanwhile. Look again.")


@dataclass(frozen=True)
class Found:
    """What a pass over the register came to."""

    compared: int
    fresh: int
    again: int  # looked at before, and written otherwise since
    gone: int  # nothing says any more that they may be one


# --- finding --------------------------------------------------------------------------------------------------------


def look_at(children: Iterable[Child]) -> None:
    """Bring the pairs of these children in step with what is written of them now; to be called inside an activity.

    The whole register is compared, whoever writes: the queue shows each reader the pairs of which she may see both.
    """
    for child in children:
        (like,) = matching.likes_of([child])
        matches = matching.candidates(like, among=Child.objects.exclude(pk=child.pk), limit=matching.LOOKED_AT)
        found = {DuplicatePair.in_order(child.pk, match.row.pk): (child, match) for match in matches}
        about = models.Q(first=child) | models.Q(second=child)
        _keep(found, DuplicatePair.objects.filter(about | _pairs_in(found)))


def look_at_family(family_id: UUID) -> None:
    """The same for the children of a family whose phones or mother are written otherwise."""
    look_at(Child.objects.filter(family=family_id).order_by("pk"))


def look_between(pairs: Collection[Key]) -> None:
    """Compare these children and keep what is found; for who knows already which may be one, as an import does."""
    ids = {key for pair in pairs for key in pair}
    likes = {like.row.pk: like for like in matching.likes_of(Child.objects.filter(pk__in=ids).order_by("pk"))}
    found: dict[Key, tuple[Child, matching.Match]] = {}
    for a, b in pairs:
        if a in likes and b in likes and (match := matching.compare(likes[a], likes[b])):
            found[DuplicatePair.in_order(a, b)] = (likes[a].row, match)
    _keep(found, DuplicatePair.objects.filter(_pairs_in(found)))


def find_duplicates() -> Found:
    """Compare the whole register with itself, and bring the queue in step with it.

    In memory, by the stored sounds of the names: some six seconds for 20,000 children, in which people go on working.
    Only what was found is written as one act.
    """
    keys: dict[UUID, list[str]] = {}
    for pk, key in NameKey.objects.filter(child__merged_into=None, child__isnull=False).values_list("child", "key"):
        keys.setdefault(pk, []).append(key)
    likes = list(matching.likes_of(Child.objects.only(*READ).order_by("pk")))
    found = {
        DuplicatePair.in_order(like.row.pk, match.row.pk): (like.row, match)
        for like, match in matching.pairs(likes, keys_of=lambda like: keys.get(like.row.pk, ()))
    }
    compared = {like.row.pk for like in likes}
    with transaction.atomic():
        standing = set(Child.objects.values_list("pk", flat=True))  # some were merged or erased meanwhile
        found = {key: match for key, match in found.items() if standing.issuperset(key)}
        fresh, again, gone = _keep(found, DuplicatePair.objects.all(), compared=compared)
    return Found(len(likes), fresh, again, gone)


def _pairs_in(keys: Iterable[Key]) -> models.Q:
    wanted = models.Q(pk__in=[])
    for first, second in keys:
        wanted |= models.Q(first=first, second=second)
    return wanted


def _keep(
    found: Mapping[Key, tuple[Child, matching.Match]],
    known: models.QuerySet[DuplicatePair],
    compared: Set[UUID] | None = None,
) -> tuple[int, int, int]:
    """Make the known pairs say what was found; returns how many are fresh, looked at again, and gone.

    Of pairs with a child who was not `compared`, as one who came meanwhile, nothing is taken away.
    """
    locked = known.select_for_update(no_key=True).order_by("pk")  # nobody decides about one of them meanwhile
    stored = {(pair.first_id, pair.second_id): pair for pair in locked}
    fresh, changed, again = [], [], 0
    for key, (child, match) in found.items():
        said = _said_of(match)
        pair = stored.get(key)
        if pair is None:
            first, second = key
            fresh.append(DuplicatePair(first_id=first, second_id=second, **said))
            continue
        is_news = pair.state != State.OPEN and pair.compared != fingerprint(child, match.row)
        if is_news or any(getattr(pair, name) != value for name, value in said.items()):
            _say(pair, said)
            if is_news:
                pair.state, again = State.OPEN, again + 1
            changed.append(pair)
    unfound = [pair for key, pair in stored.items() if pair.state == State.OPEN and key not in found]
    lost = [pair for pair in unfound if compared is None or compared >= {pair.first_id, pair.second_id}]
    gone = [pair.pk for pair in lost if not pair.found_by_id]
    for pair in lost:
        if pair.found_by_id and pair.reasons:  # a person found it as well: hers it stays
            _say(pair, NOTHING_SAYS_SO)
            changed.append(pair)
    # Somebody may find the same pair at the same moment: it is kept once.
    DuplicatePair.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    DuplicatePair.objects.bulk_update(changed, ["band", "score", "reasons", "state"], batch_size=BATCH)
    for some in portions(gone, BATCH):
        DuplicatePair.objects.filter(pk__in=some).delete()
    return len(fresh), again, len(gone)


def _said_of(match: matching.Match | None) -> dict[str, Any]:
    """What a pair keeps of a comparison."""
    if match is None:
        return NOTHING_SAYS_SO
    return {"band": str(match.band), "score": round(match.score), "reasons": list(match.reasons)}


def _say(pair: DuplicatePair, said: Mapping[str, Any]) -> None:
    for name, value in said.items():
        setattr(pair, name, value)


def fingerprint(a: Child, b: Child) -> str:
    """What a decision about two files was made on: their names, births and sexes."""
    told = sorted((str(row.pk), *row.known_names, str(row.born_on), row.birth_precision, row.sex) for row in (a, b))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


# --- what is compared while somebody writes -------------------------------------------------------------------------


@dataclass(frozen=True)
class Doubts:
    """Who may be the child that somebody writes down, as far as she may know."""

    matches: tuple[matching.Match, ...] = ()
    is_elsewhere: bool = False  # probably known in a region that she does not see: a coordinator can say more

    def __bool__(self) -> bool:
        return bool(self.matches) or self.is_elsewhere

    @property
    def needs_reason(self) -> bool:
        """A pair that is probably one child takes more than a tick."""
        return self.is_elsewhere or any(match.is_probable for match in self.matches)


def doubts_about(child: Child, guardians: Iterable[Guardian], *, by: User) -> Doubts:
    """The children who may be this one, known or about to be; without those already answered for."""
    like = matching.like_of(child, guardians)
    matches = matching.candidates(like, among=Child.objects.exclude(pk=child.pk))
    if matches and not child._state.adding:
        answered = _answered(child)
        matches = [match for match in matches if match.row.pk not in answered]
    if not matches:
        return Doubts()
    seen = set(
        Child.objects.visible_to(by).filter(pk__in=[match.row.pk for match in matches]).values_list("pk", flat=True)
    )
    elsewhere = any(match.is_probable and match.row.pk not in seen for match in matches)
    return Doubts(tuple(match for match in matches if match.row.pk in seen), elsewhere)


def _answered(child: Child) -> set[UUID]:
    """The others of whom somebody already said that they are not this child, as both are written now."""
    about = models.Q(first=child) | models.Q(second=child)
    pairs = (
        DuplicatePair.objects.filter(about).exclude(state=State.OPEN, opened_why="").select_related("first", "second")
    )
    answered = set()
    for pair in pairs:
        other = pair.second if pair.first_id == child.pk else pair.first
        if pair.state != State.NOT_THE_SAME or pair.compared == fingerprint(child, other):
            answered.add(other.pk)
    return answered


def keep_answer(child: Child, others: Iterable[Any], *, by: User, why: str) -> None:
    """Keep why somebody went on although these others looked alike; a coordinator still looks at the pair."""
    for other in others:
        first, second = DuplicatePair.in_order(child.pk, other)
        DuplicatePair.objects.filter(first=first, second=second).update(opened_by=by, opened_why=why[:300])


# --- found by a person ----------------------------------------------------------------------------------------------


@transaction.atomic
def name_pair(child: Child, other: Child, *, by: User) -> DuplicatePair:
    """Put two files side by side that somebody knows to be perhaps of one child, and keep who found them.

    A pair that is there already is that pair, with what was said of it. Raises OneFile, or FileEnded where one of the
    two was merged meanwhile.
    """
    if child.pk == other.pk:
        raise OneFile
    first, second = _both_standing(child, other)
    match = matching.compare(*matching.likes_of([first, second]))
    fresh = DuplicatePair(first=first, second=second, found_by=by, **_said_of(match))
    # The register may be looked through at the same moment, and find the same pair: it is kept once.
    DuplicatePair.objects.bulk_create([fresh], ignore_conflicts=True)
    pair = DuplicatePair.objects.of(first, second).select_for_update(no_key=True).get()
    if not pair.is_open or (pair.found_by_id and pair.pk != fresh.pk):
        return pair
    pair.found_by = by
    pair.save(update_fields=["found_by"])
    journal.record("duplicate.named", pair, by=by, subject=first, payload={"other": second.reference})
    return pair


def _both_standing(*children: Child) -> list[Child]:
    """The two files in order, locked: neither is merged away while they are paired."""
    keys = [child.pk for child in children]
    rows = list(Child.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    if len(rows) != len(keys):
        raise FileEnded
    return rows


@dataclass(frozen=True)
class HandedOn:
    """Who found what file to be perhaps of one child with a file that ended, in words that JSON keeps."""

    other: str
    found_by: str
    found_at: str


def hand_on(gone: Child, *, to: Child) -> list[HandedOn]:
    """What is open between a file that ends and others: who found it meant the child, whose file is another now.

    What the comparison found is found anew. Returns what was handed on, for hand_back.
    """
    about = models.Q(first=gone) | models.Q(second=gone)
    pairs = DuplicatePair.objects.filter(about, state=State.OPEN)
    named = list(pairs.exclude(found_by=None).select_related("first", "second").order_by("pk"))
    pairs.delete()
    handed = []
    for pair in named:
        other = pair.second if pair.first_id == gone.pk else pair.first
        _found_by_a_person(to, other, found_by_id=pair.found_by_id, found_at=pair.found_at)
        handed.append(HandedOn(str(other.pk), str(pair.found_by_id), pair.found_at.isoformat()))
    return handed


def hand_back(gone: Child, handed: Iterable[HandedOn], *, by_way_of: Child) -> None:
    """What was handed on with a merge that is taken back is again about the file that it was about.

    What somebody decided meanwhile about the other two stays decided. To be followed by look_at of both files.
    """
    for told in handed:
        found = {"found_by_id": told.found_by, "found_at": told.found_at}
        named = Child.with_merged.get(pk=told.other)
        other = Child.with_merged.get(pk=named.merged_into_id or named.pk)  # merged since: it is about that file now
        # Without its finder the pair lives on only where something else says so.
        DuplicatePair.objects.open().of(by_way_of, other).filter(**found).update(found_by=None)
        if other.pk not in (gone.pk, by_way_of.pk):
            _found_by_a_person(gone, other, **found)


def _found_by_a_person(child: Child, other: Child, **found: Any) -> None:
    """Keep the pair of these two, or who found it with the open one that is there and that nobody found by hand."""
    first, second = DuplicatePair.in_order(child.pk, other.pk)
    pair = DuplicatePair(first_id=first, second_id=second, **found, **NOTHING_SAYS_SO)
    DuplicatePair.objects.bulk_create([pair], ignore_conflicts=True)
    DuplicatePair.objects.open().filter(first=first, second=second, found_by=None).update(**found)


# --- deciding -------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_apart(pair: DuplicatePair, *, by: User, note: str = "") -> DuplicatePair:
    """Say that these are two children. Raises ReasonMissing for a probable pair without a note."""
    pair = hold(DuplicatePair.objects.filter(pk=pair.pk).with_children()).get()
    if not pair.is_open:
        raise AlreadyDecided
    if pair.is_probable and not note.strip():
        raise ReasonMissing
    pair.state, pair.decided_by, pair.decided_at = State.NOT_THE_SAME, by, timezone.now()
    pair.note, pair.compared = note.strip()[:300], fingerprint(pair.first, pair.second)
    pair.save(update_fields=["state", "decided_by", "decided_at", "note", "compared"])
    told = {"other": pair.second.reference, "note": pair.note}
    journal.record("duplicate.kept_apart", pair, by=by, subject=pair.first, payload=told)
    return pair


@transaction.atomic
def look_again(pair: DuplicatePair, *, by: User) -> DuplicatePair:
    """Put a pair that was said to be two children back into the queue."""
    pair = hold(DuplicatePair.objects.filter(pk=pair.pk).with_children()).get()
    if pair.state != State.NOT_THE_SAME:
        raise AlreadyDecided
    pair.state = State.OPEN
    pair.save(update_fields=["state"])
    told = {"other": pair.second.reference}
    journal.record("duplicate.taken_up", pair, by=by, subject=pair.first, payload=told)
    return pair
