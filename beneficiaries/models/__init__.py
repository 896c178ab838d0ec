from beneficiaries.models.assessments import Assessment
from beneficiaries.models.association import Association
from beneficiaries.models.census import Census
from beneficiaries.models.children import Child, HealthRecord
from beneficiaries.models.consents import Consent
from beneficiaries.models.duplicates import DuplicatePair, Merge
from beneficiaries.models.families import Family, Guardian
from beneficiaries.models.imports import RegisterImport
from beneficiaries.models.measurements import Measurement
from beneficiaries.models.names import NameAlias, NameKey
from beneficiaries.models.needs import Need
from beneficiaries.models.phones import PhoneKey
from beneficiaries.models.places import Mandate, Province, Region
from beneficiaries.models.references import Counter

__all__ = [
    "Assessment",
    "Association",
    "Census",
    "Child",
    "Consent",
    "Counter",
    "DuplicatePair",
    "Family",
    "Guardian",
    "HealthRecord",
    "Mandate",
    "Measurement",
    "Merge",
    "NameAlias",
    "NameKey",
    "Need",
    "PhoneKey",
    "Province",
    "Region",
    "RegisterImport",
]
