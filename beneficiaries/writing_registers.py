"""Write the rows of a plan into the register: families, guardians, children, drafts and health records, in bulk."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from beneficiaries import diagnoses, naming, registration, scoring
from beneficiaries.judging import MANY, ImportRow
from beneficiaries.models import Assessment, Child, Family, Guardian, HealthRecord, Province
from beneficiaries.models.families import place_key
from beneficiaries.models.references import next_numbers
from beneficiaries.register_plans import HEALTH_FIELDS, Plan, adult_key, has_draft, has_health
from hajar.accounts.models import User
from hajar.lib import names
from hajar.lib.inserting import insert_told
from hajar.lib.portions import portions


def write(planned: Plan, *, by: User, today: date) -> dict[str, list[str]]:
    """Write the rows of a plan in bulk; returns the ids of everything that is new."""
    provinces = {province.iso: province for province in Province.objects.all()}
    families = _write_families(planned, provinces)
    guardians = _guardians(planned, families)
    children = _children(planned, families, today=today)
    naming.learn([*guardians, *(child for _row, child in children)])  # before their keys are made of it
    Guardian.objects.insert(guardians)
    Child.objects.insert([child for _row, child in children])
    drafts = [_draft(child, row.child, by=by, today=today) for row, child in children if has_draft(row.child)]
    records = [_health_record(child, row.child, by=by) for row, child in children if has_health(row.child)]
    insert_told(Assessment, drafts)
    insert_told(HealthRecord, records)
    joined = [pk for home, pk in families.items() if home.startswith("family")]
    for some in portions(joined, MANY):  # a new family has its key already
        registration.refresh_family_sort_keys(some)
    return {
        "families": [str(pk) for home, pk in families.items() if not home.startswith("family")],
        "guardians": [str(guardian.pk) for guardian in guardians],
        "children": [str(child.pk) for _row, child in children],
        "assessments": [str(draft["id"]) for draft in drafts],
        "health_records": [str(record["id"]) for record in records],
    }


def _write_families(planned: Plan, provinces: Mapping[str, Province]) -> dict[str, UUID]:
    """The key of the family of each home of the plan: new ones written, the others as they are."""
    ids = [home.partition(":")[2] for home in planned.homes if home.startswith("family")]
    families = {
        f"family:{pk}": pk
        for some in portions(ids, MANY)
        for pk in Family.objects.filter(pk__in=some).values_list("pk", flat=True)
    }
    homes = {home: rows for home, rows in planned.homes.items() if not home.startswith("family")}
    written = []
    for number, (home, rows) in zip(next_numbers(registration.FAMILIES, len(homes)), homes.items(), strict=True):
        first, commune = rows[0].child, _first(rows, "commune")
        families[home] = uuid4()
        written.append(
            {
                "id": families[home],
                "number": number,
                "province_id": provinces[first["province"]].pk,
                "commune": commune,
                "commune_key": place_key(commune),
                "address": _first(rows, "address"),
                "directions": _first(rows, "directions"),
                "language": _first(rows, "language") or Family._meta.get_field("language").default,
                "sort_key": _family_sort_key(first),
                "is_answered_for": bool(planned.adults.get(home)),
            }
        )
    insert_told(Family, written)
    return families


def _first(rows: Iterable[ImportRow], name: str) -> str:
    return next((row.child[name] for row in rows if row.child.get(name)), "")


def _family_sort_key(child: Mapping[str, Any]) -> str:
    """As registration.refresh_family_sort_keys gives it: written at once, there is nothing left to refresh."""
    key = names.sort_key(child.get("family_name_latin", ""), child.get("family_name_arabic", ""))
    return (key or adult_key(child))[:170]


def _guardians(planned: Plan, families: Mapping[str, UUID]) -> list[Guardian]:
    guardians = []
    for home, adults in planned.adults.items():
        for place, adult in enumerate(adults):
            # In a family that is joined somebody is called first already.
            first = place == 0 and not home.startswith("family")
            guardians.append(Guardian(family_id=families[home], is_first_contact=first, **adult))
    return guardians


def _children(planned: Plan, families: Mapping[str, UUID], *, today: date) -> list[tuple[ImportRow, Child]]:
    home_of = {row.number: home for home, rows in planned.homes.items() for row in rows}
    pairs = []
    for number, row in zip(next_numbers(registration.CHILDREN, planned.children), planned.rows, strict=True):
        told = row.child
        child = Child(
            number=number,
            family_id=families[home_of[row.number]],
            born_on=date.fromisoformat(told["born_on"]),
            birth_precision=told["birth_precision"],
            sex=told["sex"],
            school=told.get("school", Child.School.UNKNOWN),
            requested_on=date.fromisoformat(told["requested_on"]) if "requested_on" in told else today,
            previous_reference=told.get("previous_reference", ""),
            notes=told.get("notes", ""),
            **{name: told.get(name, "") for name in Child.NAME_FIELDS},
        )
        row.written = str(child.pk)
        pairs.append((row, child))
    return pairs


def _draft(child: Child, told: Mapping[str, Any], *, by: User, today: date) -> dict[str, Any]:
    preset = scoring.preset_out_of_school(child.school)
    return {
        "id": uuid4(),
        "child_id": child.pk,
        "assessor_id": by.pk,
        "assessed_on": date.fromisoformat(told["assessed_on"]) if "assessed_on" in told else today,
        "out_of_school": "" if preset == scoring.UNKNOWN else preset,
        "mass_kg": Decimal(told["mass_kg"]) if "mass_kg" in told else None,
        "height_cm": Decimal(told["height_cm"]) if "height_cm" in told else None,
        "hip_width_mm": told.get("hip_width_mm"),
        **{name: told.get(name, "") for name in ("has_chair", "chair_meets_needs", "chair_fits", "remarks")},
    }


def _health_record(child: Child, told: Mapping[str, Any], *, by: User) -> dict[str, Any]:
    line = diagnoses.find(told.get("diagnosis", ""))
    return {
        "id": uuid4(),
        "child_id": child.pk,
        "updated_by_id": by.pk,
        "diagnosis_edition": diagnoses.EDITION if line else "",
        "limit_radiation": bool(line and line.limits_radiation),
        "no_live_vaccines": bool(line and line.no_live_vaccines),
        **{name: told.get(name, "") for name in HEALTH_FIELDS},
    }
