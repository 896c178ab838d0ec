"""Call to mind the children of the register, as an import compares its rows with them: in a few queries."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q

from beneficiaries import matching
from beneficiaries.models import Child, Guardian
from beneficiaries.models.names import NameKey

MANY = 2_000  # values in one condition; with more, the whole table is read once


@dataclass(frozen=True)
class KnownLike(matching.Like):
    """A child of the register, with the keys that are stored for her where they were read."""

    stored: set[str] | None = field(default=None, compare=False)

    def keys(self) -> set[str]:
        return self.stored if self.stored is not None else super().keys()


@dataclass(frozen=True)
class Known:
    """A child of the register, as far as a verdict needs to know."""

    pk: UUID
    province: str


def children_like(
    likes: Sequence[matching.Like], phones_of: Mapping[UUID, set[str]], *, whole: bool = False
) -> Iterator[KnownLike]:
    """The children of the register whom these could be: all of them for a large file, few for a small one."""
    keys = {key for like in likes for key in like.keys()}
    children = Child.objects.all()
    if not whole and len(likes) <= MANY and len(keys) + len(phones_of) <= MANY:
        years = [like.born_on.year for like in likes if like.born_on]
        sounds = Q(pk__in=NameKey.objects.filter(key__in=keys, child__isnull=False).values("child"))
        if years and len(years) == len(likes):
            sounds &= Q(born_on__gte=date(min(years) - 1, 1, 1), born_on__lte=date(max(years) + 1, 12, 31))
        children = children.filter(sounds | Q(family__in=phones_of))
        mothers = _mothers_of(Q(family__in=children.values("family")))
    else:
        mothers = _mothers_of(Q())
    stored = _stored_keys() if whole else {}
    told = ("pk", "family", "family__province__iso", "born_on", "birth_precision", "sex", "other_names")
    rows_known = children.values_list(*told, *Child.NAME_FIELDS).iterator()
    for pk, family, province, born_on, precision, sex, other_names, *written in rows_known:
        given_latin, family_latin, given_arabic, family_arabic = written
        yield KnownLike(
            latin=f"{given_latin} {family_latin}".strip(),
            arabic=f"{given_arabic} {family_arabic}".strip(),
            born_on=born_on,
            precision=precision,
            sex=sex,
            phones=frozenset(phones_of.get(family, ())),
            mothers=matching.mothers_among(mothers.get(family, ())),
            other_names=tuple(name for pair in other_names for name in pair if name),
            row=Known(pk, province),
            stored=stored.get(pk),
        )


def _mothers_of(families: Q) -> dict[UUID, list[Guardian]]:
    """The mothers of these families; one query."""
    mothers: dict[UUID, list[Guardian]] = defaultdict(list)
    rows = Guardian.objects.filter(families, relation=Guardian.Relation.MOTHER)
    for mother in rows.only("family_id", "relation", *Guardian.NAME_FIELDS).iterator():
        mothers[mother.family_id].append(mother)
    return mothers


def _stored_keys() -> dict[UUID, set[str]]:
    """The sounds of every child's name: for a whole register, reading them costs less than hearing them again."""
    found: dict[UUID, set[str]] = defaultdict(set)
    stored = NameKey.objects.filter(child__isnull=False).values_list("child", "key")
    for child, key in stored.iterator(chunk_size=10_000):
        if key.isupper():  # the others are words as they are written
            found[child].add(key)
    return found
