"""Whether the family that somebody writes down is in the register already: by a phone, or by an adult so called there.

Nothing is refused on this alone: a person looks, opens the family that may be the same, or goes on. A phone is often a
neighbour's and Fatima lives in every town, so that only both together, phone and name, are told of another region.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries import matching, sounding
from beneficiaries.models import Child, Family, Guardian
from hajar.accounts.models import User
from hajar.lib import names

SHOWN = 5
FEWEST_WORDS = 2  # of a name: Fatima alone names nobody

REASONS: dict[str, str | Promise] = {
    "same_phone": _("The phone number is the same."),
    "same_name": _("An adult’s name sounds the same."),
    "similar_name": _("An adult’s name sounds alike."),
    "same_town": _("They live in the same town or village."),
    "same_province": _("They live in the same province."),
}
# Two adults whose relation is one of these and not the same are two people, whatever they are called.
TELLING = {Guardian.Relation.MOTHER, Guardian.Relation.FATHER, Guardian.Relation.INSTITUTION}


@dataclass(frozen=True)
class Likeness:
    """A family of the register that may be the one written down: by which of its adults, how surely, and why."""

    guardian: Guardian  # with its family
    similarity: float  # of the names, 0 to 100
    reasons: tuple[str, ...]

    @property
    def family(self) -> Family:
        return self.guardian.family

    @property
    def is_probable(self) -> bool:
        return "same_phone" in self.reasons and self.similarity >= names.CLOSE

    @property
    def sentences(self) -> list[str]:
        return [str(REASONS[reason]) for reason in self.reasons]

    @property
    def order(self) -> tuple:
        """The likeliest first."""
        return (not self.is_probable, "same_phone" not in self.reasons, -self.similarity, str(self.guardian.pk))


@dataclass(frozen=True)
class Doubts:
    """Which families may be the one that somebody writes down, as far as she may know."""

    likely: tuple[Likeness, ...] = ()
    is_elsewhere: bool = False  # probably known in a region that she does not see: a coordinator can say more

    def __bool__(self) -> bool:
        return bool(self.likely) or self.is_elsewhere

    @property
    def keys(self) -> set[str]:
        """By what a page says which of them a person has seen."""
        return {str(one.family.pk) for one in self.likely} | ({"elsewhere"} if self.is_elsewhere else set())

    @property
    def written_keys(self) -> str:
        return ",".join(sorted(self.keys))


def doubts_about(family: Family, adults: Iterable[Guardian], *, by: User) -> Doubts:
    """The families who may be this one, which is about to be registered. Six queries at most for one adult."""
    family.tidy_place()
    best: dict[UUID, Likeness] = {}
    for adult in adults:
        for known in _known_like(adult, family).select_related("family__province__region"):
            likeness = compare(adult, family, known)
            if likeness and (known.family_id not in best or likeness.order < best[known.family_id].order):
                best[known.family_id] = likeness
    if not best:
        return Doubts()
    seen = set(Family.objects.visible_to(by).filter(pk__in=list(best)).values_list("pk", flat=True))
    elsewhere = any(one.is_probable and one.family.pk not in seen for one in best.values())
    likely = sorted((one for one in best.values() if one.family.pk in seen), key=lambda one: one.order)[:SHOWN]
    children = Prefetch("children", Child.objects.order_by("born_on", "pk"))
    prefetch_related_objects([one.family for one in likely], children)
    return Doubts(tuple(likely), elsewhere)


def compare(adult: Guardian, family: Family, known: Guardian) -> Likeness | None:
    """Judge an adult about to be written down, of a family that lives there, beside one of the register."""
    same_phone = bool(adult.phone) and adult.phone == known.phone
    similarity = matching.adult_similarity(adult, known)
    town = {family.commune_key, known.family.commune_key} - {""}
    in_one_place = family.province_id == known.family.province_id and len(town) < 2
    are_two = adult.relation != known.relation and {adult.relation, known.relation} <= TELLING
    if not same_phone and (similarity < names.SAME or are_two or not in_one_place):
        return None
    reasons = ["same_phone"] if same_phone else []
    if similarity >= names.CLOSE:
        reasons.append("same_name" if similarity >= names.SAME else "similar_name")
    if in_one_place:
        reasons.append("same_town" if family.commune_key and known.family.commune_key else "same_province")
    return Likeness(known, similarity, tuple(reasons))


def _known_like(adult: Guardian, family: Family) -> QuerySet[Guardian]:
    """Adults of the register with this phone, and those of the same place in whose name are all words of this one."""
    pks = _pks(Guardian.objects.filter(phone=adult.phone)) if adult.phone else set()
    if family.province_id:
        towns = Q(family__commune_key__in=["", family.commune_key]) if family.commune_key else Q()
        there = Guardian.objects.filter(towns, family__province=family.province_id)
        for name in adult.known_names:
            if len(names.unit_keys(name)) >= FEWEST_WORDS:
                pks |= _pks(sounding.bearers(there, name))
    return Guardian.objects.filter(pk__in=pks)


def _pks(guardians: QuerySet[Guardian]) -> set[UUID]:
    return set(guardians.order_by("pk").values_list("pk", flat=True)[: matching.LOOKED_AT])
