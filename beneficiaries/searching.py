"""Find children and families by what people remember of them: a name in either script, a reference, digits of a phone.

Names are found by sound (NameKey) and put in order by similarity; the words need no order and may be few.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Length

from beneficiaries.models import Child, Family, Guardian, phones
from hajar.lib import digits, names

COMPARED = 50  # of the people who share a sound, so many are compared with what was typed: the rarest sounds first
KEPT = 0.6  # those less alike than this share of the best are left out
FEW = 5  # with fewer found by sound, the word may be half typed: names that begin so are added
FEWEST_PHONE_DIGITS = 4
FEWEST_LETTERS = 2  # from which the beginning of a name is looked for

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
            digits=national if len(national) >= FEWEST_PHONE_DIGITS else "",
        )
    return Sought(text, words=text)


def find_children(among: QuerySet, sought: Sought) -> list[Child]:
    """The children meant, likeliest first, at most COMPARED; `among` says who may be found. Three queries at most."""
    if sought.series and sought.series != "HJ":
        return []
    if sought.words:
        return _ranked(among, sought.words)
    wanted = Q(pk__in=[])
    if sought.number is not None:
        wanted |= Q(pk__in=_files_of(sought.number))
    if phone := _phone_condition(sought, "phone"):
        # The families first: as a subquery it would be asked of every child, in the order of names.
        wanted |= Q(family__in=list(Guardian.objects.filter(phone).values_list("family", flat=True)[:COMPARED]))
    return list(among.filter(wanted).order_by("sort_key", "pk")[:COMPARED])


def _files_of(number: int) -> list[Any]:
    """The file with this number, or the one into which it was merged."""
    rows = Child.with_merged.filter(number=number).values_list("pk", "merged_into")
    return [merged_into or pk for pk, merged_into in rows]


def find_guardians(among: QuerySet, sought: Sought) -> list[Guardian]:
    """The guardians meant, likeliest first, at most COMPARED; `among` says who may be found."""
    if sought.words:
        return _ranked(among, sought.words)
    if phone := _phone_condition(sought, "phone"):
        return list(among.filter(phone).order_by("sort_key", "pk")[:COMPARED])
    return []


def find_families(user: Any, sought: Sought) -> list[Family]:
    """The families meant: by reference, by phone, by the name of a guardian or of a child. Likeliest first."""
    among = Family.objects.visible_to(user).select_related("province__region")
    if sought.series == "FA":
        return list(among.filter(number=sought.number))
    people: list[Child | Guardian] = [
        *find_guardians(Guardian.objects.visible_to(user), sought),
        *find_children(Child.objects.visible_to(user), sought),
    ]
    order: dict[Any, int] = {}
    for person in people:
        order.setdefault(person.family_id, len(order))
    families = sorted(among.filter(pk__in=list(order)[:COMPARED]), key=lambda family: order[family.pk])
    if sought.number is not None:
        families = [*among.filter(number=sought.number).exclude(pk__in=order), *families]
    return families


def _phone_condition(sought: Sought, field: str) -> Q | None:
    if sought.phone:
        return Q(**{field: sought.phone})
    if sought.digits:
        return Q(**{f"{field}__contains": sought.digits})
    return None


def _ranked(among: QuerySet, words: str) -> list:
    """People whose name sounds like these words, or begins so, likeliest first."""
    sounds = (
        among.select_related(None)
        .filter(name_keys__key__in=names.keys(words))
        .annotate(shared=Sum(Length("name_keys__key")))
        .order_by("-shared", "pk")
    )
    ids = set(sounds.values_list("pk", flat=True)[:COMPARED])
    wanted = Q(pk__in=ids) if len(ids) >= FEW else Q(pk__in=ids) | _begins_with(words)
    people = list(among.filter(wanted).order_by("sort_key", "pk")[: 2 * COMPARED])
    scored = [(_likeness(words, person), person) for person in people if person.pk in ids]
    best = max((score for score, _person in scored), default=0.0)
    scored = [(score, person) for score, person in scored if score >= best * KEPT]
    scored.sort(key=lambda pair: -pair[0])
    found = [person for _score, person in scored]
    return [*found, *(person for person in people if person.pk not in ids)][:COMPARED]


def _likeness(words: str, person: Any) -> float:
    return max((names.similarity(words, name) for name in person.known_names), default=0.0)


def _begins_with(words: str) -> Q:
    """For a name half typed: those whose family name, or given name, begins so."""
    start = names.sort_key("", words) if names.is_arabic(words) else names.fold(words)
    if len(start) < FEWEST_LETTERS:
        return Q(pk__in=[])
    return Q(sort_key__startswith=start) | Q(sort_key__contains=f" {start}")
