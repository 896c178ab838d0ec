from beneficiaries.models.assessments import Assessment
from beneficiaries.models.association import Association
from beneficiaries.models.census import Census
from beneficiaries.models.children import Child, HealthRecord
from beneficiaries.models.consents import Consent, ConsentText
from beneficiaries.models.duplicates import DuplicatePair, Merge
from beneficiaries.models.exports import Export
from beneficiaries.models.families import Family, Guardian
from beneficiaries.models.identities import NationalIdentity
from beneficiaries.models.imports import ColumnMapping, RegisterImport
from beneficiaries.models.measurements import Measurement
from beneficiaries.models.names import NameAlias, NameKey
from beneficiaries.models.needs import Need
from beneficiaries.models.phones import PhoneKey
from beneficiaries.models.places import Mandate, Province, Region
from beneficiaries.models.references import Counter
from beneficiaries.models.rights import Erasure, RightsRequest

__all__ = [
    "Assessment",
    "Association",
    "Census",
    "Child",
    "ColumnMapping",
    "Consent",
    "ConsentText",
    "Counter",
    "DuplicatePair",
    "Erasure",
    "Export",
    "Family",
    "Guardian",
    "HealthRecord",
    "Mandate",
    "Measurement",
    "Merge",
    "NameAlias",
    "NameKey",
    "NationalIdentity",
    "Need",
    "PhoneKey",
    "Province",
    "Region",
    "RegisterImport",
    "RightsRequest",
]
