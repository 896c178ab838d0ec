"""A family moves: its record and its open work go with it, and the staff of the new place see them from then on.

Nothing of a child is copied, closed or begun again: drafts, needs, reservations and follow-ups hang on the child, and
who sees them follows from where the family lives. What a move makes impossible (a stop of a round elsewhere) is told
before it is confirmed. Where a family lived before is read from the journal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Assessment, Child, Family, Need, Province, Region
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.journal.models import Entry
from hajar.lib.refusals import Refusal

# This room knows nothing of chairs. A room above that plans by place puts a function here when it starts
# (AppConfig.ready). `foretellers` say, in sentences, what a move of this family to that province asks for; `followers`
# do what must be done at once, in the same transaction, and return what the journal should keep of it.
foretellers: list[Callable[[Family, Province], list[str]]] = []
followers: list[Callable[[Family, User], dict[str, Any]]] = []


class MoveRefused(Refusal):
    """The family cannot move so."""


@dataclass(frozen=True)
class OpenWork:
    """What is under way for a family's children, and stays so wherever they live."""

    children: int
    drafts: int
    needs: int


@dataclass(frozen=True)
class Home:
    """A place where a family lived, until a day."""

    place: str
    until: date
    note: str


def open_work(family: Family) -> OpenWork:
    followed = Child.objects.followed().filter(family=family)
    return OpenWork(
        children=followed.count(),
        drafts=Assessment.objects.filter(child__in=followed, state=Assessment.State.DRAFT).count(),
        needs=Need.objects.open().filter(child__family=family).count(),
    )


def to_plan_again(family: Family, province: Province) -> list[str]:
    """What must be planned again when this family lives in that province, in the reader's language."""
    return [sentence for foretell in foretellers for sentence in foretell(family, province)]


@transaction.atomic
def move_family(
    family: Family,
    *,
    by: User,
    province: Province,
    moved_on: date | None = None,
    commune: str = "",
    address: str = "",
    directions: str = "",
    also_followed_by: Region | None = None,
    note: str = "",
) -> Family:
    """Write where the family lives from a day on. `also_followed_by` is a second region whose staff go on seeing it.

    Raises MoveRefused for a day to come, or where it lives there already; ValidationError for what cannot be kept.
    """
    moved_on = moved_on or timezone.localdate()
    if moved_on > timezone.localdate():
        raise MoveRefused(_("Write the move once the family has moved: the day lies ahead."))
    family = _locked(family)
    if (family.province_id, family.commune, family.address) == (province.pk, commune, address):
        raise MoveRefused(_("The family lives there already."))
    before = family.province
    payload = {
        "from": _place(before, family.commune),
        "to": _place(province, commune),
        "on": moved_on,
        "note": note.strip(),
    }
    family.province, family.commune, family.address, family.directions = province, commune, address, directions
    family.also_followed_by = also_followed_by if also_followed_by != province.region else None
    family.full_clean()
    family.save(update_fields=["province", "commune", "address", "directions", "also_followed_by"])
    if family.also_followed_by:
        payload["also_followed_by"] = family.also_followed_by.iso
    if before.pk != province.pk:
        for follow in followers:
            payload |= follow(family, by)
    journal.record("family.moved", family, by=by, payload=payload)
    return family


def _locked(family: Family) -> Family:
    """The family where it lives now: of two who write a move, the second begins where the first one ended.

    Its province is read afterwards: PostgreSQL joins a row that changed hands meanwhile to the province it had before,
    and finds none.
    """
    return Family.objects.select_for_update(no_key=True).get(pk=family.pk)


def homes(family: Family) -> list[Home]:
    """Where the family lived before, the latest first."""
    entries = Entry.objects.filter(subject_id=family.pk, act="family.moved").select_related("payload").latest_first()
    told = [entry.details for entry in entries]
    return [
        Home(details["from"], date.fromisoformat(details["on"]), details.get("note", "")) for details in told if details
    ]


def _place(province: Province, commune: str) -> str:
    return f"{commune}, {province.name_fr}" if commune else province.name_fr
