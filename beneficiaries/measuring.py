"""A child's measures: what is known today, how she has grown, and what is measured again between two assessments.

What counts is the latest complete assessment, with what was measured since laid over it field by field. An older
assessment gives nothing: the latest may be its correction. A measurement never changes; one that was wrong is taken
back with a reason and then counts nowhere.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import measures
from beneficiaries.models import Assessment, Child, Measurement
from beneficiaries.models.measurements import Measured
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.refusals import Refusal

FIELDS: tuple[str, ...] = tuple(each.name for each in Measured._meta.local_fields)
# Height and what stands in for it are one answer: a new one takes the place of all three.
STATURE = ("height_method", "height_cm", "substitute_cm")
GROWING = (
    "mass_kg",
    "hip_width_mm",
    "seat_depth_left_mm",
    "seat_depth_right_mm",
    "calf_left_mm",
    "calf_right_mm",
    "shoulder_height_mm",
    "rib_height_mm",
    "scapula_height_mm",
)
NON_STANDING = (Assessment.Mobility.CANNOT_WALK, Assessment.Mobility.LIFTED)

# This room knows nothing of chairs. A room above that foretells from measures puts a function here when it starts
# (AppConfig.ready). It is called with the child, whose row is locked, whenever what it foretells from changes: in the
# same transaction, before the journal.
foretellers: list[Callable[[Child], None]] = []


class MeasurementRefused(Refusal):
    """The measures cannot be kept so; `problems` says what is wrong with which field, `doubts` what to confirm."""

    def __init__(
        self,
        message: str | Promise,
        *,
        problems: Mapping[str, str | Promise] | None = None,
        doubts: "Collection[Doubt]" = (),
    ) -> None:
        super().__init__(message)
        self.problems = dict(problems or {})
        self.doubts = tuple(doubts)


def foretell_anew(child: Child) -> None:
    """Tell the rooms above that what they foretell from has changed: measures, birth, sex, where the file stands."""
    for foretell in foretellers:
        foretell(child)


# --- What is known ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KnownMeasures:
    """The latest value of each measure and the day it was taken; what nobody took is missing. mm, kg, cm."""

    values: Mapping[str, Any] = field(default_factory=dict)
    taken_on: Mapping[str, date] = field(default_factory=dict)
    assessment: Assessment | None = None

    def get(self, name: str) -> Any:
        """The latest value, or None."""
        return self.values.get(name)


@dataclass(frozen=True)
class Reading:
    """What was measured of a growing child on one day; height only where it is a stature, standing or lying."""

    on: date
    height_cm: Decimal | None = None
    mass_kg: Decimal | None = None
    hip_width_mm: int | None = None
    seat_depth_left_mm: int | None = None
    seat_depth_right_mm: int | None = None
    calf_left_mm: int | None = None
    calf_right_mm: int | None = None
    shoulder_height_mm: int | None = None
    rib_height_mm: int | None = None
    scapula_height_mm: int | None = None
    is_non_standing: bool = False


@dataclass(frozen=True)
class Measures:
    """What is known of a child's measures today, and every day on which something that grows was measured."""

    known: KnownMeasures
    readings: tuple[Reading, ...]


def measures_of(children: Iterable[Child]) -> dict[UUID, Measures]:
    """Both for each of these children, from the same rows; two queries however many they are."""
    assessments: dict[UUID, list[Assessment]] = {child.pk: [] for child in children}
    later: dict[UUID, list[Measurement]] = {pk: [] for pk in assessments}
    for assessment in Assessment.objects.complete().filter(child__in=assessments).latest_first():
        assessments[assessment.child_id].append(assessment)
    for measurement in Measurement.objects.standing().filter(child__in=later).oldest_first():
        later[measurement.child_id].append(measurement)
    return {
        pk: Measures(_overlaid(next(iter(rows), None), later[pk]), tuple(readings([*rows, *later[pk]])))
        for pk, rows in assessments.items()
    }


def known_measures(child: Child) -> KnownMeasures:
    return known_measures_of([child])[child.pk]


def known_measures_of(children: Iterable[Child]) -> dict[UUID, KnownMeasures]:
    """What is known of each of these children; two queries however many they are."""
    return {pk: measures.known for pk, measures in measures_of(children).items()}


def _overlaid(assessment: Assessment | None, measurements: Iterable[Measurement]) -> KnownMeasures:
    values: dict[str, Any] = {}
    taken_on: dict[str, date] = {}
    rows: list[Assessment | Measurement] = [assessment] if assessment else []
    rows += [row for row in measurements if not assessment or _moment(row) >= _moment(assessment)]
    for row in rows:
        taken = _taken(row)
        if taken.keys() & {"height_cm", "substitute_cm"}:
            for name in STATURE:
                values.pop(name, None)
                taken_on.pop(name, None)
        values |= taken
        taken_on |= dict.fromkeys(taken, _day(row))
    return KnownMeasures(MappingProxyType(values), MappingProxyType(taken_on), assessment)


def growth_readings_of(children: Iterable[Child]) -> dict[UUID, tuple[Reading, ...]]:
    """Every day on which something that grows was measured, oldest first; two queries however many children."""
    return {pk: measures.readings for pk, measures in measures_of(children).items()}


def readings(rows: Iterable[Assessment | Measurement]) -> Iterable[Reading]:
    """What these complete assessments and standing measurements of one child say of her growth, oldest first."""
    is_non_standing = False
    for row in sorted(rows, key=_moment):
        if isinstance(row, Assessment) and row.mobility not in ("", Assessment.Mobility.UNKNOWN):
            is_non_standing = row.mobility in NON_STANDING
        taken = {name: getattr(row, name) for name in GROWING}
        taken["height_cm"] = row.height_cm if row.height_method in Measured.STATURE_METHODS else None
        if any(value is not None for value in taken.values()):
            yield Reading(_day(row), **taken, is_non_standing=is_non_standing)


def _taken(row: Assessment | Measurement) -> dict[str, Any]:
    """What was measured; of a height and what stands in for it only the one that the method names."""
    taken = {name: value for name in FIELDS if (value := getattr(row, name)) not in (None, "")}
    taken.pop("height_cm" if row.height_method in Measured.SUBSTITUTES else "substitute_cm", None)
    return taken


def _day(row: Assessment | Measurement) -> date:
    return row.assessed_on if isinstance(row, Assessment) else row.measured_on


def _moment(row: Assessment | Measurement) -> tuple[date, datetime]:
    """The day it was taken, then the moment it was kept."""
    kept_at = (row.completed_at or row.created_at) if isinstance(row, Assessment) else row.created_at
    return _day(row), kept_at


# --- Measuring again ----------------------------------------------------------------------------------------------


@transaction.atomic
def record_measurement(
    *,
    child: Child,
    by: User,
    measured_on: date,
    occasion: str = Measurement.Occasion.VISIT,
    note: str = "",
    confirmed: Collection[str] = (),
    **taken: Any,
) -> Measurement:
    """Keep the measures that were taken again on one day; what is None or "" was not taken.

    `taken` maps fields of Measured to values; `confirmed` holds the keys of the doubts that a person looked at again.
    Raises MeasurementRefused when nothing was measured, a value is impossible, a doubt unconfirmed, the day is not
    between the child's birth and today, or the child is no longer followed; TypeError for what is no measure.
    """
    if strange := taken.keys() - set(FIELDS):
        raise TypeError(f"not a measure: {', '.join(sorted(strange))}")
    child = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    taken = {name: value for name, value in taken.items() if value not in (None, "")}
    _check(child, taken, measured_on=measured_on, confirmed=confirmed)
    measurement = Measurement.objects.create(
        child=child, measured_by=by, measured_on=measured_on, occasion=occasion, note=note.strip(), **taken
    )
    foretell_anew(child)
    payload = {"measured_on": measured_on, "occasion": str(occasion), "measured": sorted(taken)}
    confirmations = {"confirmed": sorted(confirmed)} if confirmed else {}
    journal.record("measurement.recorded", measurement, by=by, subject=child, payload=payload | confirmations)
    return measurement


@transaction.atomic
def take_back_measurement(measurement: Measurement, *, by: User, why: str, now: datetime | None = None) -> Measurement:
    """Let a measurement count no more, with a reason; it stays readable.

    Raises MeasurementRefused without a reason or when it was taken back already.
    """
    if not why.strip():
        raise MeasurementRefused(_("Write why these measures are taken back."), problems={"why": _("Write why.")})
    child = Child.objects.select_for_update(no_key=True).get(pk=measurement.child_id)
    measurement = Measurement.objects.select_for_update().get(pk=measurement.pk)
    if measurement.taken_back_at:
        raise MeasurementRefused(_("These measures were taken back already."))
    measurement.taken_back_at, measurement.taken_back_why = now or timezone.now(), why.strip()
    measurement.save(update_fields=["taken_back_at", "taken_back_why"])
    foretell_anew(child)
    payload = {"measured_on": measurement.measured_on, "note": measurement.taken_back_why}
    journal.record("measurement.taken_back", measurement, by=by, subject=child, payload=payload)
    return measurement


def _check(child: Child, taken: Mapping[str, Any], *, measured_on: date, confirmed: Collection[str]) -> None:
    if not child.is_followed:
        raise MeasurementRefused(_("This file is closed: nothing more can be measured."))
    problems: dict[str, str | Promise] = {}
    reasons: list[str | Promise] = []
    if not taken.keys() - {"height_method"}:
        reasons.append(_("Type at least one measure."))
    if not child.born_on <= measured_on <= timezone.localdate():
        problems["measured_on"] = _("The day lies between the child's birth and today.")
        reasons.append(_("Correct the day."))
    impossible = [finding for finding in measures.check(taken) if finding.severity == "hard"]
    if impossible:
        reasons.append(_("Correct the measures that cannot be right."))
        problems |= {finding.field: in_words(finding) for finding in impossible}
    doubts = [doubt for doubt in doubts_about(taken, known=known_measures(child)) if doubt.key not in confirmed]
    if doubts:
        reasons.append(_("Look again at what is unusual, and confirm it or correct it."))
        for doubt in doubts:
            problems.setdefault(doubt.fields[0], doubt.sentence)
    if reasons:
        raise MeasurementRefused(" ".join(map(str, reasons)), problems=problems, doubts=doubts)


# --- What is doubtful ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Doubt:
    """Something unusual that a person confirms or corrects. The key holds the values: once changed, it asks again."""

    key: str
    fields: tuple[str, ...]
    sentence: str


def doubts_about(taken: Mapping[str, Any], *, known: KnownMeasures) -> list[Doubt]:
    """What is unusual about measures taken again: in themselves, together, and beside what was known before."""
    found = [*measures.check(taken), *measures.compare_with_before(taken, known.values)]
    return doubtful(found, taken)


def doubtful(found: Iterable[measures.Finding], values: Mapping[str, Any]) -> list[Doubt]:
    """The findings that a person may confirm, each with its key and its sentence."""
    return [
        Doubt(
            ":".join([finding.key, finding.field, str(values[finding.field]), *map(str, finding.params.values())]),
            (finding.field,),
            in_words(finding),
        )
        for finding in found
        if finding.severity == "soft"
    ]


def in_words(finding: measures.Finding) -> str:
    """A finding as a sentence in the reader's language."""
    params = {
        name: formats.number_format(value) if isinstance(value, int | float | Decimal) else unit_in_words(value)
        for name, value in finding.params.items()
    }
    return gettext(measures.MESSAGES[finding.key]).format(**params)


def unit_in_words(unit: str) -> str:
    return {"mm": gettext("mm"), "cm": gettext("cm"), "kg": gettext("kg")}.get(unit, unit)
