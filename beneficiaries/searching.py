"""Find children and families by what people remember of them: a name in either script, a reference, digits of a phone.

Names are found by sound (sounding.py), phones by any run of their digits (PhoneKey). Other rooms add what they hold
(chairs by label, initiatives) to `finders`: a search shows their groups after the people.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Length

from beneficiaries import sounding
from beneficiaries.models import Child, Family, Guardian, PhoneKey, phones
from beneficiaries.models.names import beginning
from beneficiaries.sounding import COMPARED, Why
from hajar.lib import digits

__all__ = ["COMPARED", "Finder", "Group", "Hit", "Sought", "Why", "find_children", "find_families", "find_people"]

MANY_FAMILIES = 200  # of those whose phone has the digits, so many are looked at

_REFERENCE = re.compile(r"(HJ|FA|CH)[\s-]*0*(\d{1,7})", re.IGNORECASE)
_NUMBER = re.compile(r"0*(\d{1,6})")
_PHONE = re.compile(r"\+?[\d\s().\-/]+")


@dataclass(frozen=True)
class Sought:
    """What a typed text may mean: a reference, a phone or some digits of one, a bare number, or words of a name."""

    text: str = ""
    series: str = ""  # HJ a child, FA a family, CH a chair
    number: int | None = None
    phone: str = ""  # whole, in E.164
    digits: str = ""  # some digits of a phone, without country code or trunk zero
    words: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Hit:
    """One thing found that is nobody's file: its title, what is said of it, where it is."""

    title: str
    url: str
    sentence: str = ""
    direction: str = ""  # ltr for a label or a number


@dataclass(frozen=True)
class Group:
    """What one finder found."""

    title: str
    icon: str
    hits: list[Hit]


Finder = Callable[[Any, Sought], Group | None]
finders: list[Finder] = []  # each is given the user and what is sought, and answers what this user may see


def understand(text: str) -> Sought:
    """Read what was typed into a search box, in any digits."""
    text = digits.without_direction_marks(digits.to_western(text)).replace("\0", "").strip()[:100]
    if found := _REFERENCE.fullmatch(text):
        return Sought(text, series=found[1].upper(), number=int(found[2]))
    if _PHONE.fullmatch(text) and any(char.isdigit() for char in text):
        bare = re.sub(r"\D", "", text)
        national = re.sub(r"^(00212|212|0)", "", bare)
        number = _NUMBER.fullmatch(bare)
        whole = phones.parse(text) if len(bare) >= 9 else None
        return Sought(
            text,
            number=int(number[1]) if number and "+" not in text else None,
            phone=whole.as_e164 if whole else "",
            digits=national if len(national) >= PhoneKey.FEWEST else "",
        )
    return Sought(text, words=text)


def found_elsewhere_in_the_house(user: Any, sought: Sought) -> list[Group]:
    """What the other finders found, each within what this user may see."""
    groups = (find(user, sought) for find in finders) if sought else ()
    return [group for group in groups if group and group.hits]


def find_children(among: QuerySet, sought: Sought, limit: int = COMPARED) -> list[Child]:
    """The children meant, likeliest first, each with `why`; `among` says who may be found."""
    if sought.series and sought.series != "HJ":
        return []
    if sought.words:
        return sounding.people_named(among, sounding.read(sought.words), limit)
    found: dict[Any, Child] = {}
    if sought.number is not None:
        for child in among.filter(pk__in=_files_of(sought.number)):
            found[child.pk] = _because(child, Why.REFERENCE)
    if families := list(_by_phone(Guardian.objects.all(), sought).values_list("family", flat=True)):
        for child in _in_order(among.filter(family__in=families)):
            found.setdefault(child.pk, _because(child, Why.PHONE))
    return list(found.values())[:limit]


def _files_of(number: int) -> list[Any]:
    """The file with this number, or the one into which it was merged."""
    rows = Child.with_merged.filter(number=number).values_list("pk", "merged_into")
    return [merged_into or pk for pk, merged_into in rows]


def find_guardians(among: QuerySet, sought: Sought, limit: int = COMPARED) -> list[Guardian]:
    """The guardians meant, likeliest first, each with `why`; `among` says who may be found."""
    if sought.words:
        return sounding.people_named(among, sounding.read(sought.words), limit)
    return [_because(guardian, Why.PHONE) for guardian in _in_order(_by_phone(among, sought))[:limit]]


def find_people(
    children: QuerySet, adults: QuerySet, sought: Sought, limit: int = COMPARED
) -> tuple[list[Child], list[Guardian]]:
    """Children and guardians meant, looked for together: a slip is forgiven only where nobody is called so."""
    if not sought.words:
        return find_children(children, sought, limit), find_guardians(adults, sought, limit)
    found = sounding.people_named_in([children, adults], sounding.read(sought.words), limit)
    return found[0], found[1]


def find_families(user: Any, sought: Sought) -> list[Family]:
    """The families meant: by reference, by phone, by the name of a guardian or of a child. Likeliest first."""
    among = Family.objects.visible_to(user).select_related("province__region")
    if sought.series == "FA":
        return list(among.filter(number=sought.number))
    children, adults = find_people(Child.objects.visible_to(user), Guardian.objects.visible_to(user), sought)
    people: list[Child | Guardian] = [*adults, *children]
    order: dict[Any, int] = {}
    for person in people:
        order.setdefault(person.family_id, len(order))
    families = sorted(among.filter(pk__in=list(order)[:COMPARED]), key=lambda family: order[family.pk])
    if sought.number is not None:
        families = [*among.filter(number=sought.number).exclude(pk__in=order), *families]
    return families


def _because(person: Any, why: Why) -> Any:
    person.why = why
    return person


def _in_order(people: QuerySet) -> list:
    """In the order of names, put so here: the databases collate each in its own way."""
    some = people.order_by(Length("sort_key"), "pk")[:MANY_FAMILIES]
    return sorted(some, key=lambda person: (person.sort_key, person.pk))[:COMPARED]


def _by_phone(guardians: QuerySet, sought: Sought) -> QuerySet:
    """Guardians with this phone, or with these digits in theirs."""
    if sought.phone:
        return guardians.filter(phone=sought.phone)
    if sought.digits:
        keys = PhoneKey.objects.filter(beginning("digits", sought.digits)).order_by("guardian")
        return guardians.filter(pk__in=keys.values("guardian"))
    return guardians.none()
