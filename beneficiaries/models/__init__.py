from beneficiaries.models.assessments import Assessment
from beneficiaries.models.association import Association
from beneficiaries.models.census import Census
from beneficiaries.models.children import Child, HealthRecord
from beneficiaries.models.consents import Consent
from beneficiaries.models.exports import Export
from beneficiaries.models.families import Family, Guardian
from beneficiaries.models.imports import ColumnMapping, RegisterImport
from beneficiaries.models.measurements import Measurement
from beneficiaries.models.names import NameKey
from beneficiaries.models.needs import Need
from beneficiaries.models.places import Mandate, Province, Region
from beneficiaries.models.references import Counter

__all__ = [
    "Assessment",
    "Association",
    "Census",
    "Child",
    "ColumnMapping",
    "Consent",
    "Counter",
    "Export",
    "Family",
    "Guardian",
    "HealthRecord",
    "Mandate",
    "Measurement",
    "NameKey",
    "Need",
    "Province",
    "Region",
    "RegisterImport",
]
