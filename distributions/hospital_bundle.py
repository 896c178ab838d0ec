"""One child's file for the hospital, as a FHIR R4 bundle: who she is, who answers for her, her measures and her chairs.

Only while the family's consent to share with the hospital is in force. What a NEED score says, who visited and what was
noted stay here. The ids are ours and stable: a hospital that takes a second bundle updates what it has. Plain
dictionaries, ready for JSON; the tests have a public library validate them.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beneficiaries import consenting
from beneficiaries.models import Assessment, Child, Consent, Guardian, HealthRecord, Measurement, Need
from beneficiaries.models.measurements import HeightMethod, Measured
from distributions.models import Chair, Prescription
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.locking import hold
from hajar.lib.refusals import Refusal

CONTENT_TYPE = "application/fhir+json"
OURS = "urn:x-hajar:"  # our own lists of codes and numbers
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
KINDS = "http://terminology.hl7.org/CodeSystem/observation-category"
ISO_9999 = "urn:iso:std:iso:9999"
LANGUAGE_OF_TEXT = "http://hl7.org/fhir/StructureDefinition/language"

RELATIONS = {
    Guardian.Relation.MOTHER: "MTH",
    Guardian.Relation.FATHER: "FTH",
    Guardian.Relation.GRANDPARENT: "GRPRN",
    Guardian.Relation.SIBLING: "SIB",
    Guardian.Relation.GUARDIAN: "GUARD",
}


class BundleRefused(Refusal):
    pass


class NoConsent(BundleRefused):
    sentence = _("The family has not agreed, or no longer agrees, that the hospital hears of this child.")


class NoReason(BundleRefused):
    sentence = _("Say what the hospital needs it for.")


def may_share(child: Child) -> bool:
    """Whether a consent to share with the hospital is in force."""
    return consenting.in_force(child, Consent.Purpose.HOSPITAL) is not None


@transaction.atomic
def share_with_hospital(child: Child, *, by: User, reason: str) -> dict[str, Any]:
    """The child's bundle, told in the journal with what it holds. Raises NoConsent or NoReason."""
    child = hold(Child.objects.filter(pk=child.pk).with_family()).get()
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise NoReason
    if not may_share(child):
        raise NoConsent
    made = bundle(child)
    held: dict[str, int] = {}
    for entry in made["entry"]:
        kind = entry["resource"]["resourceType"]
        held[kind] = held.get(kind, 0) + 1
    journal.record("child.shared_with_hospital", child, by=by, payload={"reason": reason, "held": held})
    return made


def bundle(child: Child) -> dict[str, Any]:
    """What the hospital is given of one child. Some seven queries, however much there is."""
    resources = [
        _patient(child),
        *(_guardian(guardian, child) for guardian in _guardians(child)),
        *_observations(child),
        *_devices(child),
        *_requests(child),
    ]
    return {
        "resourceType": "Bundle",
        "id": _id_of("bundle", child.pk),
        "language": get_language() or "fr",
        "identifier": {"system": f"{OURS}bundle", "value": child.reference},
        "type": "collection",
        "timestamp": timezone.now().isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": f"urn:uuid:{resource['id']}", "resource": _without_empty(resource)} for resource in resources
        ],
    }


# --- people ---------------------------------------------------------------------------------------------------------


def _patient(child: Child) -> dict[str, Any]:
    record = HealthRecord.objects.filter(child=child).only("hospital", "hospital_number").first()
    numbers: list[dict[str, Any]] = [{"use": "official", "system": f"{OURS}child", "value": child.reference}]
    if record and record.hospital_number:
        numbers.append(
            {
                "use": "secondary",
                "system": f"{OURS}hospital-file",
                "value": record.hospital_number,
                "assigner": {"display": record.hospital},
            }
        )
    place = child.family.province
    address = {"city": child.family.commune, "district": place.name, "state": place.region.name, "country": "MA"}
    return {
        "resourceType": "Patient",
        "id": str(child.pk),
        "language": get_language() or "fr",
        "text": _narrative(child),
        "identifier": numbers,
        "active": child.is_followed,
        "name": _names(child),
        "gender": {Child.Sex.GIRL: "female", Child.Sex.BOY: "male"}.get(Child.Sex(child.sex), "unknown"),
        "birthDate": _birth_date(child),
        "deceasedBoolean": True if child.status == Child.Status.DECEASED else None,
        "address": [address],
        "communication": [
            {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": child.family.language}]}, "preferred": True}
        ],
    }


def _birth_date(child: Child) -> str:
    """As much of it as is known."""
    known = {Child.Precision.YEAR: "%Y", Child.Precision.MONTH: "%Y-%m"}
    return child.born_on.strftime(known.get(Child.Precision(child.birth_precision), "%Y-%m-%d"))


def _names(person: Child | Guardian) -> list[dict[str, Any]]:
    """The name in each script that it is known in; a language says which."""
    found = []
    for script, language in (("latin", "fr"), ("arabic", "ar")):
        given, family = getattr(person, f"given_name_{script}"), getattr(person, f"family_name_{script}")
        if given or family:
            found.append(
                {
                    "extension": [{"url": LANGUAGE_OF_TEXT, "valueCode": language}],
                    "use": "official",
                    "text": f"{given} {family}".strip(),
                    "family": family,
                    "given": [given] if given else [],
                }
            )
    return found


def _narrative(child: Child) -> dict[str, str]:
    """Who this is, for a person who reads the bundle itself."""
    language = get_language() or "fr"
    told = " · ".join(filter(None, [child.name, child.other_name, child.reference, _birth_date(child)]))
    turned = ' dir="rtl"' if language == "ar" else ""
    start = f'<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}" lang="{language}"{turned}>'
    return {"status": "generated", "div": f"{start}<p>{escape(told)}</p></div>"}


def _guardians(child: Child) -> Iterable[Guardian]:
    return child.family.guardians.current().to_call_first()


def _guardian(guardian: Guardian, child: Child) -> dict[str, Any]:
    code = RELATIONS.get(Guardian.Relation(guardian.relation))
    relation: dict[str, Any] = {"text": guardian.get_relation_display()}
    if code:
        relation["coding"] = [{"system": ROLES, "code": code}]
    return {
        "resourceType": "RelatedPerson",
        "id": str(guardian.pk),
        "active": True,
        "patient": _about(child),
        "relationship": [relation],
        "name": _names(guardian),
        "telecom": [{"system": "phone", "value": str(guardian.phone), "use": "mobile"}] if guardian.phone else [],
    }


# --- measures -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Coded:
    """How a measure is known outside: its LOINC code, where one means just this, and its UCUM unit."""

    unit: str
    loinc: str = ""
    shown: str = ""
    kind: str = "exam"


_KNOWN = {
    "mass_kg": _Coded("kg", "29463-7", "Body weight", "vital-signs"),
    "height_cm": _Coded("cm", "8302-2", "Body height", "vital-signs"),
}
_LYING = _Coded("cm", "8306-3", "Body height --lying", "vital-signs")
MEASURES = tuple(
    field.name for field in Measured._meta.get_fields() if field.name.endswith(("_mm", "_kg", "height_cm"))
)


def _observations(child: Child) -> Iterator[dict[str, Any]]:
    """Every measure of every complete assessment and standing measurement, the oldest first."""
    rows: list[tuple[date, Assessment | Measurement]] = [
        (row.assessed_on, row)
        for row in Assessment.objects.complete().filter(child=child).order_by("assessed_on", "pk")
    ]
    rows += [(row.measured_on, row) for row in Measurement.objects.standing().filter(child=child).oldest_first()]
    for day, row in sorted(rows, key=lambda pair: (pair[0], str(pair[1].pk))):
        for name in MEASURES:
            value = getattr(row, name)
            if value is not None and not (name == "height_cm" and row.height_method not in Measured.STATURE_METHODS):
                yield _observation(child, row, day, name, value)


def _observation(child: Child, row: Any, day: date, name: str, value: Any) -> dict[str, Any]:
    known = _KNOWN.get(name, _Coded("mm"))
    if name == "height_cm" and row.height_method == HeightMethod.LYING:
        known = _LYING
    codes = [{"system": f"{OURS}measure", "code": name}]
    if known.loinc:
        codes.insert(0, {"system": LOINC, "code": known.loinc, "display": known.shown})
    return {
        "resourceType": "Observation",
        "id": _id_of(name, row.pk),
        "status": "final",
        "category": [{"coding": [{"system": KINDS, "code": known.kind}]}],
        "code": {"coding": codes, "text": _label(Measured, name)},
        "subject": _about(child),
        "effectiveDateTime": day.isoformat(),
        "valueQuantity": {"value": float(value), "unit": known.unit, "system": UCUM, "code": known.unit},
    }


# --- chairs ---------------------------------------------------------------------------------------------------------


def _devices(child: Child) -> Iterator[dict[str, Any]]:
    """The chairs that the child has now."""
    for chair in Chair.objects.filter(holder=child).select_related("model").order_by("number"):
        model = chair.model
        coding = [{"system": ISO_9999, "code": model.iso9999_code}] if model.iso9999_code else []
        yield {
            "resourceType": "Device",
            "id": str(chair.pk),
            "identifier": [{"system": f"{OURS}chair", "value": chair.label}],
            "status": "active",
            "manufacturer": model.manufacturer,
            "serialNumber": chair.serial,
            "deviceName": [{"name": str(model), "type": "model-name"}],
            "modelNumber": model.size,
            "type": {"coding": coding, "text": model.get_category_display()},
            "patient": _about(child),
            "expirationDate": chair.usable_until.isoformat() if chair.usable_until else None,
        }


def _requests(child: Child) -> Iterator[dict[str, Any]]:
    """The chairs that were asked for: one request for each need, as the latest prescription describes it."""
    needs = list(child.needs.filter(purpose__in=Need.CHAIRS).order_by("requested_on", "pk"))
    prescribed: dict[Any, Prescription] = {}
    written = Prescription.objects.filter(need__in=needs).select_related("model")
    for prescription in written.order_by("prescribed_on", "created_at", "pk"):
        prescribed[prescription.need_id] = prescription
    for need in needs:
        yield _request(child, need, prescribed.get(need.pk))


def _request(child: Child, need: Need, prescription: Prescription | None) -> dict[str, Any]:
    wanted = prescription.get_category_display() if prescription else need.get_purpose_display()
    status = "active"
    if need.closed_on:
        status = "completed" if need.closing == Need.Closing.DELIVERED else "revoked"
    if need.closing == Need.Closing.ERROR:
        status = "entered-in-error"
    return {
        "resourceType": "DeviceRequest",
        "id": str(need.pk),
        "status": status,
        "intent": "order" if prescription else "proposal",
        "codeCodeableConcept": {"text": wanted},
        "parameter": list(_dimensions(prescription)) if prescription else [],
        "subject": _about(child),
        "authoredOn": (prescription.prescribed_on if prescription else need.requested_on).isoformat(),
    }


def _dimensions(prescription: Prescription) -> Iterator[dict[str, Any]]:
    for name in ("seat_width_mm", "seat_depth_mm", "seat_to_floor_mm"):
        if (value := getattr(prescription, name)) is not None:
            label = _label(Prescription, name)
            yield {
                "code": {"coding": [{"system": f"{OURS}chair-measure", "code": name}], "text": label},
                "valueQuantity": {"value": value, "unit": "mm", "system": UCUM, "code": "mm"},
            }


# --- what all of them share -----------------------------------------------------------------------------------------


def _label(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


def _about(child: Child) -> dict[str, str]:
    return {"reference": f"urn:uuid:{child.pk}", "type": "Patient"}


def _id_of(name: str, key: Any) -> str:
    """The same for the same row and measure, whenever it is asked for."""
    return str(uuid.uuid5(uuid.UUID(str(key)), name))


def _without_empty(value: Any) -> Any:
    """FHIR knows no empty lists, texts or objects: what is not known is not there."""
    if isinstance(value, Mapping):
        kept = {key: _without_empty(part) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [part for part in map(_without_empty, value) if part not in (None, "", [], {})]
    return value
