"""Children registered twice: as many as one wants, to measure how many are found, and three to show in the demo.

A double is written by another hand: in the other script or in another French spelling, the birth date swapped, rounded
or mistyped, the mother under her own name, one of two phones. A fourth one goes by another name at home: no comparison
finds her, somebody who knows the family does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from beneficiaries import matching, pairing, registration
from beneficiaries.matching import Like
from beneficiaries.models import Child, Guardian
from hajar.demo import people
from hajar.demo.clock import Story
from hajar.demo.house import House, some_id

SHARE = 0.05
# How another hand spells it in French: of an ending, of the inside of a word
SPELLINGS = [
    ("ou", "u"), ("ch", "sh"), ("kh", "k"), ("dj", "j"), ("ss", "s"), ("aa", "a"), ("ai", "ay"), ("ae", "aa"),
    ("ei", "i"), ("i", "y"), ("q", "k"), ("gh", "r"), ("mm", "m"), ("el ", "al "), ("ine", "in"), ("ane", "an"),
    ("oui", "wi"),
]  # fmt: skip


@dataclass(frozen=True)
class Found:
    """How well doubles were found: of the true pairs, and of what was called probable."""

    children: int
    doubles: int
    recall: float  # of the true pairs, how many were shown at all
    recall_probable: float
    precision: float  # of the pairs called probable, how many are true
    possible: int  # wrong pairs that a person has to look at and put aside

    @property
    def words(self) -> str:
        return (
            f"recall {self.recall:.3f} ({self.recall_probable:.3f} as probable), precision {self.precision:.3f}, "
            f"{self.possible} more to put aside"
        )


def register_of(count: int, rng: Random) -> tuple[list[Like], set[frozenset[int]]]:
    """A register of `count` rows of which SHARE are doubles, in any order, and the pairs of rows of one child."""
    singles = [_invented(rng, number) for number in range(round(count * (1 - SHARE)))]
    likes = [replace(like, row=number) for number, (like, _whole) in enumerate(singles)]
    truth = set()
    for twin in rng.sample(range(len(singles)), count - len(singles)):
        likes.append(replace(_written_again(*singles[twin], rng), row=len(likes)))
        truth.add(frozenset((twin, len(likes) - 1)))
    rng.shuffle(likes)
    return likes, truth


def measure(count: int, seed: int = 1) -> Found:
    """Find the doubles of such a register; the time is the caller's to take."""
    likes, truth = register_of(count, Random(seed))  # noqa: S311 invented people, no secret
    found = {frozenset((like.row, match.row)): match.is_probable for like, match in matching.pairs(likes)}
    probable = {pair for pair, is_probable in found.items() if is_probable}
    return Found(
        children=count,
        doubles=len(truth),
        recall=len(truth & found.keys()) / len(truth),
        recall_probable=len(truth & probable) / len(truth),
        precision=len(truth & probable) / len(probable),
        possible=len(found.keys() - probable - truth),
    )


@dataclass(frozen=True)
class _Whole:
    """All that there is to know of a child; each file knows a part."""

    name: people.Name
    mother: people.Name
    phones: tuple[str, str]


def _invented(rng: Random, number: int) -> tuple[Like, _Whole]:
    is_girl = rng.random() < 0.5
    name = _joined(rng.choice(people.GIRLS if is_girl else people.BOYS), _family_name(rng))
    mother = _joined(rng.choice(people.MOTHERS), _family_name(rng))
    whole = _Whole(name, mother, (f"+2126{number:08d}", f"+2127{number:08d}"))
    like = Like(
        born_on=date(2008, 1, 1) + timedelta(days=rng.randrange(17 * 365)),
        sex="F" if is_girl else "M",
        phones=frozenset({whole.phones[0]}),
        mothers=_mother(mother, rng),
    )
    return replace(like, **_some_script(name, rng)), whole


def _joined(given: people.Name, family: people.Name) -> people.Name:
    return people.Name(f"{given.latin} {family.latin}", f"{given.arabic} {family.arabic}")


def _family_name(rng: Random) -> people.Name:
    name = rng.choice(people.FAMILIES)
    before = rng.choice([None, None, people.Name("Ben", "بن "), people.Name("Ait", "أيت "), people.Name("Bou", "بو ")])
    return people.Name(f"{before.latin} {name.latin}", f"{before.arabic}{name.arabic}") if before else name


def _some_script(name: people.Name, rng: Random) -> dict[str, Any]:
    scripts = rng.choices(["both", "latin", "arabic"], [40, 35, 25])[0]
    return {"latin": name.latin if scripts != "arabic" else "", "arabic": name.arabic if scripts != "latin" else ""}


def _mother(name: people.Name, rng: Random) -> frozenset[tuple[str, str]]:
    if rng.random() < 0.25:
        return frozenset()
    written = rng.choice([name.latin, name.arabic])
    return frozenset({(written.split()[0], written)})


def _written_again(like: Like, whole: _Whole, rng: Random) -> Like:
    """The same child in another file."""
    crosses = rng.random() < 0.6
    latin, arabic = (whole.name.latin, "") if crosses and like.arabic and not like.latin else ("", whole.name.arabic)
    if not crosses or (like.latin and like.arabic):
        latin, arabic = rng.choice([(respelled(whole.name.latin, rng), ""), ("", whole.name.arabic)])
    born_on, precision = _born_again(like.born_on, rng)
    return replace(
        like,
        latin=latin,
        arabic=arabic,
        born_on=born_on,
        precision=precision,
        phones=frozenset({rng.choice(whole.phones)}),
        mothers=_mother(whole.mother, rng),
    )


def respelled(latin: str, rng: Random) -> str:
    """A name as another hand writes it in French."""
    fits = [(old, new) for old, new in SPELLINGS if old in latin.lower()]
    for old, new in rng.sample(fits, min(len(fits), 2)):
        latin = latin.lower().replace(old, new, 1).title()
    return latin


def _born_again(born_on: Any, rng: Random) -> tuple[date, str]:
    kind = rng.choices(["same", "swapped", "new_year", "year", "typo"], [70, 8, 8, 6, 8])[0]
    if kind == "swapped" and born_on.day <= 12:
        return born_on.replace(month=born_on.day, day=born_on.month), "exact"
    if kind in ("new_year", "year"):
        return born_on.replace(month=1, day=1), "exact" if kind == "new_year" else "year"
    if kind == "typo":
        return born_on + timedelta(days=rng.choice([-20, -10, -1, 1, 10, 20])), "exact"
    return born_on, "exact"


# --- the demo ---------------------------------------------------------------------------------------------------------


def registered_twice(house: House) -> Iterator[Story]:
    """Children whom a second person registers once more, the day before yesterday; the rules find three of them."""
    yield _twice(house)
    yield _by_her_name_at_home(house)


def _twice(house: House) -> Story:
    rng = Random("hajar: doubles")  # noqa: S311 invented people, no secret
    yield house.when(-2, 11)
    chosen = _known_in_both_scripts()[:3]
    hands = [("latin", "", "same"), ("arabic", "", "swapped"), ("latin", "Sa cousine, m’a dit la voisine.", "new_year")]
    for child, (script, why, birth) in zip(chosen, hands, strict=False):
        mother = child.family.guardians.to_call_first().first()
        family = registration.register_family(
            id=some_id(rng),
            province=child.family.province,
            by=house.users["meriem"],
            guardians=[_as_written(mother, script) | _reached(mother)],
            commune=child.family.commune,
        )
        born = {"swapped": _swapped(child.born_on), "new_year": child.born_on.replace(month=1, day=1)}
        registration.register_child(
            id=some_id(rng),
            family=family,
            by=house.users["meriem"],
            not_the_same=[child.pk] if why else [],
            why=why,
            sex=child.sex,
            born_on=born.get(birth, child.born_on),
            requested_on=house.day(-2),
            **_as_written(child, script),
        )


def _by_her_name_at_home(house: House) -> Story:
    """An aunt brings a child under another name and a guessed year; a case worker, who knows them, pairs the files."""
    rng = Random("hajar: named by hand")  # noqa: S311 invented people, no secret
    yield house.when(-2, 15)
    child = _known_in_both_scripts().filter(sex=Child.Sex.GIRL, status=Child.Status.ACTIVE)[4]
    family = registration.register_family(
        id=some_id(rng),
        province=child.family.province,
        by=house.users["meriem"],
        guardians=[
            {
                "given_name_latin": "Mina",
                "family_name_latin": child.family_name_latin,
                "relation": Guardian.Relation.UNCLE_AUNT,
                "phone": people.invented_phone(818_204),
            }
        ],
        commune=child.family.commune,
    )
    other = registration.register_child(
        id=some_id(rng),
        family=family,
        by=house.users["meriem"],
        given_name_latin="Batoul",
        family_name_latin=child.family_name_latin,
        given_name_arabic="البتول",
        family_name_arabic=child.family_name_arabic,
        sex=child.sex,
        born_on=date(child.born_on.year - 2, 1, 1),
        birth_precision=Child.Precision.YEAR,
        requested_on=house.day(-2),
        notes="Amenée par sa tante, qui ne connaît pas la date exacte.",
    )
    yield house.when(-2, 16, 40)
    pairing.name_pair(child, other, by=house.users["samira"])


def _known_in_both_scripts():
    """Of Casablanca-Settat, in the order in which they came."""
    known = Child.objects.followed().exclude(given_name_latin="").exclude(given_name_arabic="")
    return known.filter(family__province__region__iso="MA-06").order_by("number")


def _swapped(born_on: date) -> date:
    return born_on.replace(month=born_on.day, day=born_on.month) if born_on.day <= 12 else born_on


def _as_written(person: Child | Guardian, script: str) -> dict[str, str]:
    return {
        f"{part}_name_{script}": getattr(person, f"{part}_name_{script}") or getattr(person, f"{part}_name_latin")
        for part in ("given", "family")
    }


def _reached(mother: Guardian) -> dict[str, object]:
    return {"relation": mother.relation, "legal_basis": mother.legal_basis, "phone": mother.phone}
