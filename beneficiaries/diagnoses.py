"""The diagnoses that a health record may name: a short versioned code list, no free text to misspell.

Immune disorders by the 2024 classification of the International Union of Immunological Societies (table numbers), motor
disorders by ICD-10 (WHO, version 2019). ORPHA numbers only where one was seen in a source; else empty.
A child may have a motor disorder alone: the field may stay empty, or name one of the second part.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EDITION = "2024"


@dataclass(frozen=True)
class Diagnosis:
    """One line of the list: a key that never changes, its name, and its place in the classifications."""

    key: str
    label: str | Promise
    group: str = ""  # IUIS table
    icd10: str = ""
    orpha: str = ""
    limits_radiation: bool = False  # chromosomes break under ionising radiation: the record proposes the banner

    @property
    def codes(self) -> str:
        """The codes for a person to read: "IUIS 2.2 · ICD-10 G11.3 · ORPHA 100"."""
        named = [("IUIS", self.group), ("ICD-10", self.icd10), ("ORPHA", self.orpha)]
        return " · ".join(f"{system} {code}" for system, code in named if code)


IMMUNE = [
    Diagnosis("AT", _("Ataxia-telangiectasia"), "2.2", "G11.3", "100", limits_radiation=True),
    Diagnosis("ATLD", _("Ataxia-telangiectasia-like disorder"), "2.2", "G11.3", limits_radiation=True),
    Diagnosis("NBS", _("Nijmegen breakage syndrome"), "2.2", "D82.8", limits_radiation=True),
    Diagnosis("BLOOM", _("Bloom syndrome"), "2.2", "Q82.8", limits_radiation=True),
    Diagnosis("SCID", _("Severe combined immunodeficiency"), "1.1/1.2", "D81.9"),
    Diagnosis("SCID_X", _("Severe combined immunodeficiency, X-linked"), "1.1", "D81.2", "276"),
    Diagnosis("SCID_JAK3", _("Severe combined immunodeficiency, JAK3"), "1.1", "D81.2", "35078"),
    Diagnosis("SCID_ADA", _("Adenosine deaminase deficiency"), "1.2", "D81.3", "277"),
    Diagnosis("SCID_RAG", _("Severe combined immunodeficiency, RAG"), "1.2", "D81.1", "157949"),
    Diagnosis("MHC2", _("MHC class II deficiency"), "1.3", "D81.7", "572"),
    Diagnosis("HIGM_CD40L", _("Hyper-IgM syndrome, CD40 ligand"), "1.3", "D80.5", "101088"),
    Diagnosis("HIGM_AID", _("Hyper-IgM syndrome, AID"), "3.3", "D80.5"),
    Diagnosis("DOCK8", _("DOCK8 deficiency"), "1.3", "D82.4", "217390"),
    Diagnosis("WAS", _("Wiskott-Aldrich syndrome"), "2.1", "D82.0", "906"),
    Diagnosis("DGS", _("DiGeorge syndrome (22q11.2)"), "2.3", "D82.1"),
    Diagnosis("HIES_STAT3", _("Hyper-IgE syndrome, STAT3"), "2.5", "D82.4", "2314"),
    Diagnosis("XLA", _("X-linked agammaglobulinaemia"), "3.1", "D80.0", "47"),
    Diagnosis("ARA", _("Autosomal recessive agammaglobulinaemia"), "3.1", "D80.0"),
    Diagnosis("CVID", _("Common variable immunodeficiency"), "3.2", "D83.9"),
    Diagnosis("APDS", _("Activated PI3K-delta syndrome"), "3.2", "D81.8", "693661"),
    Diagnosis("IGAD", _("Selective IgA deficiency"), "3.4", "D80.2"),
    Diagnosis("HLH", _("Familial haemophagocytic lymphohistiocytosis"), "4.1", "D76.1"),
    Diagnosis("CHS", _("Chediak-Higashi syndrome"), "4.2", "E70.3"),
    Diagnosis("GS2", _("Griscelli syndrome type 2"), "4.2", "E70.3"),
    Diagnosis("IPEX", _("IPEX syndrome"), "4.3", "E31.0", "37042"),
    Diagnosis("XLP1", _("X-linked lymphoproliferative disease"), "4.7", "D82.3"),
    Diagnosis("SCN", _("Severe congenital neutropenia"), "5.1", "D70"),
    Diagnosis("LAD1", _("Leukocyte adhesion deficiency type I"), "5.2", "D71"),
    Diagnosis("CGD", _("Chronic granulomatous disease"), "5.3", "D71", "379"),
    Diagnosis("MSMD", _("Mendelian susceptibility to mycobacterial disease"), "6.1", "D84.8"),
    Diagnosis("FMF", _("Familial Mediterranean fever"), "7.2", "E85.0"),
    Diagnosis("HAE", _("Hereditary angioedema"), "8", "D84.1"),
    Diagnosis("COMP", _("Other complement deficiency"), "8", "D84.1"),
    Diagnosis("IEI_UNS", _("Immune disorder, not specified or under work-up"), "", "D84.9"),
]
MOTOR = [
    Diagnosis("CP", _("Cerebral palsy"), icd10="G80.9"),
    Diagnosis("CP_SPASTIC_QUAD", _("Cerebral palsy, spastic, four limbs"), icd10="G80.0"),
    Diagnosis("CP_SPASTIC_DI", _("Cerebral palsy, spastic, both legs"), icd10="G80.1"),
    Diagnosis("CP_SPASTIC_HEMI", _("Cerebral palsy, spastic, one side"), icd10="G80.2"),
    Diagnosis("CP_DYSKINETIC", _("Cerebral palsy, dyskinetic"), icd10="G80.3"),
    Diagnosis("CP_ATAXIC", _("Cerebral palsy, ataxic"), icd10="G80.4"),
    Diagnosis("FRIEDREICH", _("Friedreich ataxia"), icd10="G11.1"),
    Diagnosis("ATAXIA_OTHER", _("Other hereditary ataxia"), icd10="G11.9"),
    Diagnosis("SMA1", _("Spinal muscular atrophy type 1"), icd10="G12.0"),
    Diagnosis("SMA", _("Spinal muscular atrophy, other types"), icd10="G12.1"),
    Diagnosis("MD", _("Muscular dystrophy"), icd10="G71.0"),
    Diagnosis("MYOPATHY", _("Congenital myopathy"), icd10="G71.2"),
    Diagnosis("SPINA_BIFIDA", _("Spina bifida"), icd10="Q05.9"),
    Diagnosis("MOTOR_UNS", _("Motor disorder, not specified or under work-up")),
]
DIAGNOSES: dict[str, Diagnosis] = {diagnosis.key: diagnosis for diagnosis in [*IMMUNE, *MOTOR]}


def find(key: str) -> Diagnosis | None:
    """The line of this key; None for a key of another edition."""
    return DIAGNOSES.get(key)


def choices() -> list:
    """For a select: nothing, then the two parts of the list."""
    return [
        ("", _("none, or not known")),
        (_("Immune disorders"), [(diagnosis.key, diagnosis.label) for diagnosis in IMMUNE]),
        (_("Motor disorders"), [(diagnosis.key, diagnosis.label) for diagnosis in MOTOR]),
    ]
