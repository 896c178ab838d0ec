"""What confirming an import writes: which rows, in which families, with which adults."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from beneficiaries.judging import MANY, ImportRow
from beneficiaries.models import Guardian
from hajar.lib import names


@dataclass
class Plan:
    """What confirming writes: rows by family, the adults new to each, and how many files of each kind that makes."""

    homes: dict[str, list[ImportRow]]
    adults: dict[str, list[dict[str, Any]]]

    @property
    def families(self) -> int:
        return sum(not home.startswith("family") for home in self.homes)

    @property
    def joined(self) -> int:
        return len(self.homes) - self.families

    @property
    def guardians(self) -> int:
        return sum(map(len, self.adults.values()))

    @property
    def rows(self) -> list[ImportRow]:
        """In the order of the file: so the numbers of the register run."""
        return sorted((row for rows in self.homes.values() for row in rows), key=lambda row: row.number)

    @property
    def children(self) -> int:
        return sum(map(len, self.homes.values()))

    @property
    def assessments(self) -> int:
        return sum(has_draft(row.child) for row in self.rows)

    @property
    def health_records(self) -> int:
        return sum(has_health(row.child) for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "families": self.families,
            "guardians": self.guardians,
            "children": self.children,
            "assessments": self.assessments,
            "health_records": self.health_records,
        }

    @property
    def token(self) -> str:
        """What the person saw when she confirmed: which rows, and how many files."""
        seen = [[row.number for row in self.rows], list(self.counts.values())]
        return hashlib.sha256(str(seen).encode()).hexdigest()[:16]


def plan(rows: Iterable[ImportRow]) -> Plan:
    """What these rows come to. One query, for the adults of families that are joined."""
    homes: dict[str, list[ImportRow]] = defaultdict(list)
    for row in rows:
        if row.is_writable:
            kind, place = next(iter(row.home.items()))
            homes[f"{kind}:{place}"].append(row)
    joined = [home.partition(":")[2] for home in homes if home.startswith("family")]
    known: dict[str, set[str]] = defaultdict(set)
    about = Q(family__in=joined) if len(joined) <= MANY else Q()
    for family, *written in Guardian.objects.filter(about).values_list("family", *Guardian.NAME_FIELDS):
        known[f"family:{family}"].add(adult_key(dict(zip(Guardian.NAME_FIELDS, written, strict=True))))
    adults: dict[str, list[dict[str, Any]]] = {}
    for home, members in homes.items():
        for adult in (adult for row in members for adult in row.guardians):
            if (key := adult_key(adult)) not in known[home]:
                known[home].add(key)
                adults.setdefault(home, []).append(adult)
    return Plan(dict(homes), adults)


def adult_key(person: Mapping[str, Any]) -> str:
    """One adult of one family, named alike twice, is one."""
    latin, arabic = (
        f"{person.get(f'family_name_{script}', '')} {person.get(f'given_name_{script}', '')}".strip()
        for script in ("latin", "arabic")
    )
    return names.sort_key(latin, arabic)


_MEASURED = ("mass_kg", "height_cm", "hip_width_mm", "has_chair", "chair_meets_needs", "chair_fits", "remarks")
HEALTH_FIELDS = ("diagnosis", "diagnosis_as_written", "hospital", "hospital_number")


def has_draft(child: Mapping[str, Any]) -> bool:
    return any(name in child for name in _MEASURED)


def has_health(child: Mapping[str, Any]) -> bool:
    return any(name in child for name in HEALTH_FIELDS)
