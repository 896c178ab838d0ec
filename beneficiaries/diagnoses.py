"""The diagnoses that a health record may name: a short versioned code list, no free text to misspell.

One file for each edition lies in data/diagnoses: immune disorders by the classification of the International Union of
Immunological Societies of that year (table numbers), motor disorders by ICD-10 (WHO, version 2019), with their names in
three languages. ORPHA numbers only where one was seen in a source; else empty. A new edition is a new file: records
keep the edition by which they were coded, and stay readable by it. A child may have a motor disorder alone: the field
may stay empty, or name one of the second part.

`no_live_vaccines` marks the disorders in which a live vaccine may harm (combined and syndromic, antibody, phagocyte and
intrinsic disorders; IUIS 1-6, not selective IgA deficiency): the record proposes the warning, the immunologist decides.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

EDITIONS = Path(__file__).with_name("data") / "diagnoses"
PARTS = {"immune": _("Immune disorders"), "motor": _("Motor disorders")}


@dataclass(frozen=True)
class Diagnosis:
    """One line of a list: a key that never changes its meaning, its names, and its place in the classifications."""

    key: str
    part: str
    names: tuple[tuple[str, str], ...]  # language, name
    group: str = ""  # IUIS table
    icd10: str = ""
    orpha: str = ""
    limits_radiation: bool = False  # chromosomes break under ionising radiation: the record proposes the banner
    no_live_vaccines: bool = False
    edition: str = ""

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        names = dict(self.names)
        return names.get((get_language() or "fr")[:2], names["fr"])

    @property
    def codes(self) -> str:
        """The codes for a person to read: "IUIS 2.2 · ICD-10 G11.3 · ORPHA 100"."""
        named = [("IUIS", self.group), ("ICD-10", self.icd10), ("ORPHA", self.orpha)]
        return " · ".join(f"{system} {code}" for system, code in named if code)


def editions() -> list[str]:
    """The editions that we have, the oldest first."""
    return sorted(path.stem for path in EDITIONS.glob("*.csv"))


@cache
def edition(name: str) -> dict[str, Diagnosis]:
    """The list of one edition by its keys, in its order; empty for an edition that we do not have."""
    if name not in editions():
        return {}
    with (EDITIONS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = [_read(row, name) for row in csv.DictReader(file)]
    return {line.key: line for line in lines}


def _read(row: dict[str, str], edition: str) -> Diagnosis:
    return Diagnosis(
        key=row["key"],
        part=row["part"],
        names=tuple((language, row[f"label_{language}"]) for language in ("fr", "ar", "en")),
        group=row["iuis"],
        icd10=row["icd10"],
        orpha=row["orpha"],
        limits_radiation=row["limits_radiation"] == "yes",
        no_live_vaccines=row["no_live_vaccines"] == "yes",
        edition=edition,
    )


EDITION = editions()[-1]
DIAGNOSES = edition(EDITION)
IMMUNE = [line for line in DIAGNOSES.values() if line.part == "immune"]
MOTOR = [line for line in DIAGNOSES.values() if line.part == "motor"]


def find(key: str, of: str = "") -> Diagnosis | None:
    """The line of this key, in the edition `of` that it was coded by, else in the newest; None where neither has it."""
    return edition(of or EDITION).get(key) or DIAGNOSES.get(key)


def choices() -> list:
    """For a select: nothing, then the two parts of the newest list."""
    parts = [(PARTS["immune"], IMMUNE), (PARTS["motor"], MOTOR)]
    return [
        ("", _("none, or not known")),
        *[(title, [(line.key, line.label) for line in lines]) for title, lines in parts],
    ]
