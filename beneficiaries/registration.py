"""Enter families, guardians and children in the register, and correct what was entered.

Every activity raises ValidationError, with the fields named, for what the register cannot hold.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import diagnoses, measuring, naming, pairing
from beneficiaries.models import Child, Family, Guardian, HealthRecord, Province
from beneficiaries.models.references import next_numbers
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib import files, names, pictures

FIRST_TRANSPLANT = date(2010, 1, 1)  # in Morocco
FAMILIES, CHILDREN = "family", "child"  # the series of references
# What is compared to tell whether two files may be of one child
COMPARED_OF_CHILD = {*Child.NAME_FIELDS, "born_on", "birth_precision", "sex", "family"}
COMPARED_OF_GUARDIAN = {*Guardian.NAME_FIELDS, "relation", "phone"}


# --- families -------------------------------------------------------------------------------------------------------


@transaction.atomic
def register_family(
    *,
    province: Province,
    by: User,
    guardians: Sequence[Guardian | Mapping[str, Any]] = (),
    not_the_same: Collection[Any] = (),
    **fields: Any,
) -> Family:
    """Open a family's file with the adults who answer for its children; the first is called first if none is.

    `not_the_same` are families who look alike, seen by the person who goes on: the journal keeps how many.
    """
    adults = [guardian if isinstance(guardian, Guardian) else Guardian(**guardian) for guardian in guardians]
    if adults and not any(guardian.is_first_contact for guardian in adults):
        adults[0].is_first_contact = True
    (number,) = next_numbers(FAMILIES)
    family = Family(province=province, number=number, **fields)
    family.full_clean()
    family.save()
    for guardian in adults:
        guardian.family = family
        guardian.full_clean()
        guardian.save()
    refresh_family_sort_keys([family.pk])
    family.refresh_from_db(fields=["sort_key"])
    naming.learn(adults)
    told = {"guardians": len(adults)} | ({"not_the_same": len(not_the_same)} if not_the_same else {})
    journal.record("family.registered", family, by=by, payload=told)
    return family


@transaction.atomic
def correct_family(family: Family, *, by: User, **changes: Any) -> Family:
    """Change what is known of a family; fields not named stay as they are."""
    family = Family.objects.select_for_update(no_key=True).get(pk=family.pk)
    changed = _apply(family, changes)
    if changed:
        family.full_clean()
        family.save(update_fields=changed.keys())
        journal.record("family.corrected", family, by=by, payload={"changes": changed})
    return family


@transaction.atomic
def add_guardian(*, family: Family, by: User, is_first_contact: bool = False, **fields: Any) -> Guardian:
    """Add an adult who answers for the children. The first one of a family is the one to call first."""
    family = Family.objects.select_for_update(no_key=True).get(pk=family.pk)
    guardian = Guardian(family=family, **fields)
    guardian.is_first_contact = is_first_contact or not family.guardians.filter(is_first_contact=True).exists()
    if guardian.is_first_contact:
        family.guardians.filter(is_first_contact=True).update(is_first_contact=False)
    guardian.full_clean()
    guardian.save()
    refresh_family_sort_keys([family.pk])
    naming.learn([guardian])
    pairing.look_at_family(family.pk)
    journal.record("guardian.added", guardian, by=by, subject=family, payload={"relation": guardian.relation})
    return guardian


@transaction.atomic
def correct_guardian(guardian: Guardian, *, by: User, **changes: Any) -> Guardian:
    """Change what is known of a guardian. Who becomes the first to call takes the place of who was, at once.

    The place is only ever passed on: to take it from a guardian, give it to another.
    """
    Family.objects.select_for_update(no_key=True).get(pk=guardian.family_id)
    guardian = Guardian.objects.select_for_update(no_key=True).get(pk=guardian.pk)
    if not changes.get("is_first_contact", True):
        changes.pop("is_first_contact")
    changed = _apply(guardian, changes)
    if changed:
        if "is_first_contact" in changed:
            Guardian.objects.filter(family=guardian.family_id, is_first_contact=True).update(is_first_contact=False)
        guardian.full_clean()
        guardian.save()
        refresh_family_sort_keys([guardian.family_id])
        naming.learn([guardian] if changed.keys() & set(Guardian.NAME_FIELDS) else [])
        if COMPARED_OF_GUARDIAN & changed.keys():
            pairing.look_at_family(guardian.family_id)
        journal.record("guardian.corrected", guardian, by=by, subject=guardian.family, payload={"changes": changed})
    return guardian


# --- children -------------------------------------------------------------------------------------------------------


@transaction.atomic
def register_child(
    *, family: Family, by: User, not_the_same: Collection[Any] = (), why: str = "", **fields: Any
) -> Child:
    """Open a child's file under the next number of the register.

    `not_the_same` are keys of children who look alike and of whom the person said, with her reason, that they are
    others.
    """
    photo = fields.pop("photo", None)
    (number,) = next_numbers(CHILDREN)
    # Locked (after the numbers, as an import does): a family that loses its last child may just now join another.
    if not Family.objects.select_for_update(no_key=True).filter(pk=family.pk).values_list("pk").first():
        raise ValidationError(_("This family's file was merged into another one. Open the child's file there."))
    child = Child(family=family, number=number, **fields)
    _check_dates(child)
    child.full_clean(exclude=["photo"])
    if photo:
        _put_photo(child, photo)
    child.save()
    refresh_family_sort_keys([family.pk])
    naming.learn([child])
    pairing.look_at([child])
    if not_the_same:
        pairing.keep_answer(child, not_the_same, by=by, why=why)
    told = {"family": family.reference} | ({"not_the_same": len(not_the_same), "note": why} if not_the_same else {})
    journal.record("child.registered", child, by=by, payload=told)
    return child


@transaction.atomic
def correct_child(
    child: Child, *, by: User, not_the_same: Collection[Any] = (), why: str = "", **changes: Any
) -> Child:
    """Change what is known of a child; fields not named stay as they are. Status and photo have their own acts."""
    child = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    former_family = child.family_id
    changed = _apply(child, changes)
    if changed:
        _check_dates(child)
        child.full_clean(exclude=["photo"])
        child.save()
        refresh_family_sort_keys({former_family, child.family_id})
        naming.learn([child] if changed.keys() & set(Child.NAME_FIELDS) else [])
        if changed.keys() & {"born_on", "sex"}:
            measuring.foretell_anew(child)
        if COMPARED_OF_CHILD & changed.keys():
            pairing.look_at([child])
        if not_the_same:
            pairing.keep_answer(child, not_the_same, by=by, why=why)
        told = {"changes": changed} | ({"not_the_same": len(not_the_same), "note": why} if not_the_same else {})
        journal.record("child.corrected", child, by=by, payload=told)
    return child


@transaction.atomic
def change_photo(child: Child, *, by: User, file: Any) -> Child:
    """Put a new photo in the file, without its place and camera data."""
    child = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    files.delete_once_certain(child.photo)
    _put_photo(child, file)
    child.save(update_fields=["photo"])
    journal.record("child.photo_changed", child, by=by)
    return child


@transaction.atomic
def remove_photo(child: Child, *, by: User) -> Child:
    """Take the photo out of the file and off the disk."""
    child = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    if child.photo:
        files.delete_once_certain(child.photo)
        child.photo = ""
        child.save(update_fields=["photo"])
        journal.record("child.photo_changed", child, by=by, payload={"removed": True})
    return child


# --- health records -------------------------------------------------------------------------------------------------


@transaction.atomic
def save_health_record(child: Child, *, by: User, **changes: Any) -> HealthRecord:
    """Write what the hospital knows. The journal keeps which fields changed, never what they say."""
    Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    record = HealthRecord.objects.filter(child=child).first() or HealthRecord(child=child)
    is_new = record._state.adding
    if changes.get("diagnosis", record.diagnosis) != record.diagnosis:
        changes |= _follow_from_diagnosis(record, changes)
    changed = _apply(record, changes)
    _check_transplant(record)
    if changed or is_new:
        record.updated_by = by
        record.full_clean()
        record.save()
        journal.record("health_record.changed", record, by=by, subject=child, payload={"fields": sorted(changed)})
    return record


def _follow_from_diagnosis(record: HealthRecord, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The edition of a new code, and the warnings it proposes: whoever writes the record may have decided otherwise."""
    follow: dict[str, Any] = {"diagnosis_edition": diagnoses.EDITION if changes["diagnosis"] else ""}
    line = diagnoses.find(changes["diagnosis"])
    status = changes.get("diagnosis_status", record.diagnosis_status)
    if line and status != HealthRecord.DiagnosisStatus.EXCLUDED:
        proposed = {"limit_radiation": line.limits_radiation, "no_live_vaccines": line.no_live_vaccines}
        follow |= {name: True for name, is_proposed in proposed.items() if is_proposed and name not in changes}
    return follow


def _check_transplant(record: HealthRecord) -> None:
    """Refuse what cannot be: the first transplant of bone marrow for such a child in Morocco was in 2010."""
    day = record.transplanted_on
    if day and day > timezone.localdate():
        raise ValidationError({"transplanted_on": _("The transplant lies in the future.")})
    if day and day < record.child.born_on:
        raise ValidationError({"transplanted_on": _("The transplant lies before the birth.")})
    if day and day < FIRST_TRANSPLANT and not record.transplanted_abroad:
        raise ValidationError(
            {"transplanted_on": _("In Morocco the first was in 2010: check the year, or say that it was abroad.")}
        )


# --- what they share ------------------------------------------------------------------------------------------------


def refresh_family_sort_keys(family_ids: Iterable[UUID]) -> None:
    """Give families the place in the alphabet of their name: the first child's, else the first guardian's.

    Three queries however many families. Whoever writes children or guardians in bulk calls this afterwards.
    """
    families = {family.pk: family for family in Family.objects.filter(pk__in=list(family_ids)).only("sort_key")}
    keys: dict[UUID, str] = {}
    people = [
        *Child.objects.filter(family__in=families).only("family_id", *Child.NAME_FIELDS).order_by("number"),
        *Guardian.objects.filter(family__in=families).only("family_id", *Guardian.NAME_FIELDS).to_call_first(),
    ]
    for person in people:
        key = names.sort_key(person.family_name_latin, person.family_name_arabic) or person.sort_key
        if key:
            keys.setdefault(person.family_id, key[:170])
    stale = [family for family in families.values() if family.sort_key != keys.get(family.pk, "")]
    for family in stale:
        family.sort_key = keys.get(family.pk, "")
    Family.objects.bulk_update(stale, ["sort_key"], batch_size=500)


def _apply(row: models.Model, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set the fields that differ and return {field: [old, new]} in words that a journal can keep."""
    changed = {}
    for name, new in changes.items():
        old = getattr(row, name)
        if old != new:
            setattr(row, name, new)
            changed[name] = [_plain(old), _plain(new)]
    return changed


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value)
    return value if isinstance(value, bool | int | None) else str(value)


def _check_dates(child: Child) -> None:
    today = timezone.localdate()
    errors = {}
    if child.born_on and child.born_on > today:
        errors["born_on"] = _("The birth date lies in the future.")
    if child.requested_on and child.requested_on > today:
        errors["requested_on"] = _("The first request lies in the future.")
    if errors:
        raise ValidationError(errors)


def _put_photo(child: Child, file: Any) -> None:
    try:
        picture = pictures.tidy(file.read())
    except pictures.NotAPicture:
        raise ValidationError({"photo": _("Choose a photo: a JPEG, PNG or WebP file of at most 15 MB.")}) from None
    child.photo.save("photo.webp", ContentFile(picture), save=False)
