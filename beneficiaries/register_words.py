"""The words of registers: headings, answers and diagnoses as people write them in French, Arabic and English.

Headings and words are compared folded (hajar.lib.names.fold): no case, accent or sign, one form of each Arabic letter.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hajar.lib import names

# --- headings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One thing that a register may tell, and the headings under which it stands, separated by |."""

    name: str
    label: str | Promise
    headings: str
    longest: int = 200


MORE_GUARDIANS = (2, 3)
_MORE = {
    2: (_("Second guardian"), _("Second guardian: relation"), _("Second guardian: phone")),
    3: (_("Third guardian"), _("Third guardian: relation"), _("Third guardian: phone")),
}

FIELDS = (
    Field(
        "previous_reference",
        _("Number in the old register"),
        "n dossier|no dossier|num dossier|numero dossier|numero de dossier|dossier|n|no|num|numero|n ordre"
        "|ref|reference"
        "|matricule|code|id|file number|file no|file|number|record number|serial"
        "|رقم الملف|الملف|رقم|الرقم|ر ت|رت|الرقم الترتيبي|رقم التسجيل",
        40,
    ),
    Field(
        "family_name_latin",
        _("Family name"),
        "nom|nom de famille|nom famille|nom de l enfant|nom enfant|nom du patient|nom francais|nom latin"
        "|family name|last name|surname",
    ),
    Field(
        "given_name_latin",
        _("Given name"),
        "prenom|prenoms|prenom de l enfant|prenom enfant|prenom du patient|prenom francais|prenom latin"
        "|given name|first name|forename",
    ),
    Field(
        "full_name_latin",
        _("Full name"),
        "nom complet|nom et prenom|nom prenom|nom prenoms|prenom et nom|prenom nom|nom et prenoms|enfant|patient"
        "|beneficiaire|nom complet de l enfant|nom et prenom de l enfant|name|full name|child|child name"
        "|name of child"
        "|name of the child|patient name|beneficiary|الاسم بالفرنسية|الاسم الكامل بالفرنسية|الاسم باللاتينية",
    ),
    Field(
        "full_name_arabic",
        _("Full name in Arabic"),
        "الاسم الكامل|الاسم والنسب|الاسم و النسب|اسم الطفل|اسم الطفلة|الاسم|الطفل|المستفيد|اسم المستفيد"
        "|الاسم بالعربية"
        "|الاسم الكامل بالعربية|nom complet arabe|nom complet en arabe|nom et prenom en arabe|nom et prenom arabe"
        "|nom prenom arabe|full name arabic|full name in arabic|arabic name|name arabic|name in arabic",
    ),
    Field(
        "family_name_arabic",
        _("Family name in Arabic"),
        "الاسم العائلي|النسب|اللقب|اسم العائلة|الاسم العائلي بالعربية|nom arabe|nom en arabe|nom de famille arabe"
        "|family name arabic|family name in arabic|last name arabic",
    ),
    Field(
        "given_name_arabic",
        _("Given name in Arabic"),
        "الاسم الشخصي|الاسم الاول|الاسم الشخصي بالعربية|prenom arabe|prenom en arabe|given name arabic"
        "|given name in arabic|first name arabic",
    ),
    Field("sex", _("Sex"), "sexe|genre|sex|gender|sexe f m|sexe m f|f m|m f|الجنس|النوع|جنس"),
    Field(
        "born_on",
        _("Birth date"),
        "date de naissance|date naissance|naissance|ne le|nee le|ne e le|ne le nee le|ddn|d n|dn|annee de naissance"
        "|birth date|date of birth|birthdate|birthday|born|born on|dob|year of birth"
        "|تاريخ الازدياد|تاريخ الولادة|تاريخ الميلاد|الازدياد|سنة الازدياد",
    ),
    Field(
        "town",
        _("Town"),
        "ville|commune|localite|ville commune|lieu|lieu de residence|ville de residence|residence|quartier ville"
        "|town|city|locality|village|place|place of residence|المدينة|الجماعة|مكان السكن|مدينة|البلدة"
        "|مقر السكن|مكان الاقامة",
        120,
    ),
    Field(
        "province",
        _("Province or prefecture"),
        "province|prefecture|province prefecture|prefecture province|province ou prefecture|province ville"
        "|ville province|الاقليم|العمالة|العمالة او الاقليم|الاقليم او العمالة|عمالة|اقليم|district",
    ),
    Field(
        "address",
        _("Address"),
        "adresse|adresse complete|domicile|adresse postale|quartier|douar|address|home address|street"
        "|العنوان|عنوان|عنوان السكن|الحي",
        250,
    ),
    Field(
        "directions",
        _("Directions"),
        "directions|repere|reperes|point de repere|indications|acces|landmark|landmarks|how to find"
        "|العلامات|علامة|كيفية الوصول|وصف الطريق",
        1000,
    ),
    Field(
        "guardian_name",
        _("Guardian"),
        "pere mere tuteur|pere mere|pere ou mere|tuteur|tutrice|tuteur legal|parent|parents|responsable|nom du tuteur"
        "|nom tuteur|nom du parent|nom des parents|nom du responsable|representant legal|accompagnant"
        "|guardian|guardian name|name of guardian|parent name|parent guardian|carer|caregiver|contact|contact name"
        "|father mother guardian|ولي الامر|الولي|الوصي|اسم الولي|اسم ولي الامر|الاب الام الولي|الاب او الام|الوالدان",
    ),
    Field(
        "father_name",
        _("Father"),
        "pere|nom du pere|nom pere|prenom du pere|nom et prenom du pere|father|father name|name of father"
        "|الاب|اسم الاب|الوالد",
    ),
    Field(
        "mother_name",
        _("Mother"),
        "mere|nom de la mere|nom mere|prenom de la mere|nom et prenom de la mere|mother|mother name|name of mother"
        "|الام|اسم الام|الوالدة",
    ),
    Field(
        "relation",
        _("Relation to the child"),
        "lien|lien de parente|lien parente|parente|lien avec l enfant|qualite|relation|relationship|relation to child"
        "|القرابة|صلة القرابة|العلاقة|الصفة|صلة",
    ),
    Field(
        "phone",
        _("Phone"),
        "telephone|tel|gsm|portable|mobile|numero de telephone|n telephone|n tel|num tel|tel 1|telephone 1|tel gsm"
        "|telephone portable|telephone du tuteur|telephone des parents|tel parents|tel tuteur|contact telephonique"
        "|phone|phone number|telephone number|cell|mobile number|phone 1"
        "|الهاتف|رقم الهاتف|هاتف|الهاتف المحمول|النقال|هاتف الولي",
    ),
    Field(
        "other_phone",
        _("Other phone"),
        "autre telephone|telephone 2|tel 2|2e telephone|deuxieme telephone|tel fixe|fixe|gsm 2|autre numero"
        "|other phone|second phone|phone 2|هاتف اخر|الهاتف 2|رقم هاتف اخر",
    ),
    Field("whatsapp", _("WhatsApp"), "whatsapp|whats app|watsapp|numero whatsapp|واتساب|واتس اب|الواتساب|وتساب"),
    Field(
        "language",
        _("Preferred language"),
        "langue|langue preferee|langue parlee|langues|language|preferred language|spoken language|اللغة|لغة"
        "|اللغة المفضلة",
    ),
    Field(
        "diagnosis",
        _("Diagnosis"),
        "diagnostic|diagnostique|maladie|pathologie|diag|diagnosis|disease|condition|illness|التشخيص|المرض"
        "|الحالة المرضية",
    ),
    Field(
        "hospital",
        _("Hospital"),
        "hopital|chu|centre de suivi|lieu de suivi|etablissement|hospital|clinic|المستشفى|مستشفى|مركز العلاج",
        120,
    ),
    Field(
        "hospital_number",
        _("Hospital file number"),
        "n dossier hopital|numero dossier hopital|ip|ipp|n ip|numero ip|dossier hospitalier|hospital number"
        "|hospital file"
        "|رقم الملف بالمستشفى|رقم المستشفى",
        40,
    ),
    Field(
        "mass_kg",
        _("Mass (kg)"),
        "poids|poids actuel|masse|pds|weight|mass|body weight|الوزن|وزن",
    ),
    Field(
        "height_cm",
        _("Height (cm)"),
        "taille|taille actuelle|stature|height|length|body height|الطول|القامة|طول",
    ),
    Field(
        "hip_width_mm",
        _("Hip width (mm)"),
        "largeur hanches|largeur des hanches|largeur hanche|largeur du bassin|largeur bassin|hanches|bassin"
        "|largeur assise"
        "|largeur d assise|hip width|hips|width of hips|seat width|عرض الحوض|عرض الوركين|الحوض|الورك",
    ),
    Field(
        "present_chair",
        _("Present chair"),
        "fauteuil actuel|fauteuil|fauteuil roulant|fauteuil roulant actuel|a un fauteuil|possede un fauteuil"
        "|appareillage"
        "|equipement|equipement actuel|aide technique|present chair|current chair|wheelchair|has wheelchair"
        "|current wheelchair"
        "|has a wheelchair|chair|الكرسي الحالي|الكرسي المتحرك|الكرسي|كرسي متحرك|يتوفر على كرسي",
    ),
    Field(
        "school",
        _("School"),
        "scolarise|scolarisee|scolarise e|scolarite|scolarisation|ecole|niveau scolaire|etudes|school"
        "|schooling|at school"
        "|in school|attends school|education|التمدرس|متمدرس|الدراسة|المدرسة|يدرس|المستوى الدراسي",
    ),
    Field(
        "requested_on",
        _("First request"),
        "date de demande|date demande|date de la demande|date d inscription|date inscription|inscrit le"
        "|date d enregistrement"
        "|date d entree|request date|requested on|date requested|registration date|registered on|date of request"
        "|تاريخ الطلب|تاريخ التسجيل",
    ),
    Field(
        "assessed_on",
        _("Assessed on"),
        "date d evaluation|date evaluation|date de l evaluation|evalue le|evaluation du|date de mesure|mesure le"
        "|assessment date|assessed on|date of assessment|measured on|تاريخ التقييم|تاريخ القياس",
    ),
    Field(
        "family_key",
        _("Family key"),
        "cle famille|cle de la famille|code famille|n famille|numero famille|numero de famille|identifiant famille"
        "|family key|family code|family number|family id|household|household key"
        "|رمز الاسرة|رقم الاسرة|مفتاح الاسرة|رمز العائلة",
        40,
    ),
    *(
        Field(f"{name}_{place}", label, "|".join(f"{heading} {place}" for heading in headings.split("|")))
        for place in MORE_GUARDIANS
        for name, label, headings in (
            ("guardian_name", _MORE[place][0], "tuteur|autre tuteur|guardian|other guardian|الولي|ولي الامر"),
            ("relation", _MORE[place][1], "lien|lien de parente|relation|القرابة|صلة القرابة"),
            ("guardian_phone", _MORE[place][2], "telephone tuteur|telephone du tuteur|guardian phone|هاتف الولي"),
        )
    ),
    Field(
        "row_identity",
        _("Row of the import (leave as it is)"),
        "ligne de l import a laisser telle quelle|ligne de l import|row of the import leave as it is|row of the import"
        "|سطر الاستيراد يترك كما هو|سطر الاستيراد",
        80,
    ),
    Field(
        "notes",
        _("Observations"),
        "observations|observation|remarques|remarque|notes|note|commentaires|commentaire|divers|remarks"
        "|comments|comment"
        "|ملاحظات|ملاحظة|الملاحظات",
        4000,
    ),
)
BY_NAME: dict[str, Field] = {one.name: one for one in FIELDS}
# The sheet of a template that holds what its cells offer.
OFFERED = "_"
# How a template calls fields whose label alone could mean the other script.
OUR_HEADINGS = {
    "family_name_latin": _("Family name in Latin letters"),
    "given_name_latin": _("Given name in Latin letters"),
    "full_name_latin": _("Full name in Latin letters"),
}
# What ties a row to others: read from the file alone, never typed on a page.
TIES = ("family_key", "row_identity")
HEALTH = ("diagnosis", "hospital", "hospital_number")
NAMES = (
    "given_name_latin",
    "family_name_latin",
    "full_name_latin",
    "given_name_arabic",
    "family_name_arabic",
    "full_name_arabic",
)

# Words that a heading may have besides what it means: "Téléphone (obligatoire)", "Date de naissance (jj/mm/aaaa)".
HARMLESS = set("de du des d la le les l en a au the of in jj mm aaaa dd yyyy obligatoire required legal svp".split())
UNITS = {"mm": "mm", "cm": "cm", "m": "m", "kg": "kg", "kilo": "kg", "kilos": "kg", "kgs": "kg"}
UNITS |= {
    "مم": "mm",
    "ملم": "mm",
    "سم": "cm",
    "سنتم": "cm",
    "م": "m",
    "متر": "m",
    "كغ": "kg",
    "كلغ": "kg",
    "كغم": "kg",
}
MEASURED = ("mass_kg", "height_cm", "hip_width_mm")


# --- cells ----------------------------------------------------------------------------------------------------------


def _words(**meanings: str) -> dict[str, str]:
    return {names.fold(word): meaning for meaning, words in meanings.items() for word in words.split("|")}


SEX = _words(
    F="f|fille|filles|fem|feminin|feminine|femme|girl|female|أنثى|انثي|بنت|طفلة|فتاة|إناث|fe|fl|fillette",
    M="m|g|h|garcon|garçon|masc|masculin|homme|boy|male|ذكر|ولد|طفل|ذكور|gars|gar|ga",
)
RELATIONS = _words(
    mother="mere|mère|maman|mother|mum|الأم|أم|ام|والدة|الوالدة",
    father="pere|père|papa|father|dad|الأب|أب|اب|والد|الوالد",
    grandparent="grand mere|grand pere|grands parents|grandmother|grandfather|grandparent|الجدة|الجد|جدة|جد",
    uncle_aunt="oncle|tante|uncle|aunt|العم|العمة|الخال|الخالة|عم|عمة|خال|خالة",
    sibling="frere|soeur|sœur|brother|sister|الأخ|الأخت|أخ|أخت|اخ",
    guardian="tuteur|tutrice|tuteur legal|guardian|legal guardian|kafil|kafala|ولي|الولي|الوصي|وصي|كافل"
    "|الكافل|ولي الأمر",
    institution="institution|orphelinat|centre|association|foyer|مؤسسة|خيرية|جمعية",
    other="autre|other|voisin|voisine|آخر|جار|جارة",
)
LANGUAGES = _words(
    ar="ar|arabe|darija|arabic|العربية|عربية|الدارجة|دارجة|عربي",
    fr="fr|francais|français|french|الفرنسية|فرنسية",
    zgh="zgh|ber|amazigh|tamazight|tachelhit|tachelhite|tarifit|rifain|berbere|chleuh|الأمازيغية|أمازيغية"
    "|تشلحيت|تمازيغت|تاريفيت",
)
YES_NO = _words(
    yes="oui|o|yes|y|x|vrai|true|1|نعم|أجل|يوجد",
    no="non|n|no|aucun|aucune|pas|sans|faux|false|0|rien|neant|néant|لا|بدون|لا يوجد|كلا",
)
SCHOOL = _words(
    attends="oui|o|yes|scolarise|scolarisé|scolarisée|attends|at school|نعم|متمدرس|متمدرسة|يدرس|تدرس",
    irregular="irregulier|irrégulier|irreguliere|irrégulière|irregular|parfois|absences|غير منتظم|غير منتظمة|متقطع",
    dropped_out="abandon|abandonne|dropped out|descolarise|déscolarisé|déscolarisée|dropped|منقطع|منقطعة|انقطع|انقطعت",
    never_enrolled="jamais|jamais scolarise|jamais scolarisé|never|never enrolled|لم يتمدرس|لم يسبق|أبدا",
    too_young="trop jeune|trop petit|too young|nourrisson|صغير|صغيرة|دون سن التمدرس",
    home_tuition="a domicile|à domicile|a la maison|home|home tuition|at home|في البيت|بالمنزل",
)
CHAIR_ANSWERS = {
    "no": {"has_chair": "no"},
    "yes": {"has_chair": "yes"},
    "too_small": {"has_chair": "yes", "chair_meets_needs": "no", "chair_fits": "no"},
    "too_big": {"has_chair": "yes", "chair_meets_needs": "no", "chair_fits": "no"},
    "broken": {"has_chair": "no"},  # the question is whether there is one that can be used
}
CHAIR = YES_NO | _words(
    too_small="trop petit|trop petite|petit|etroit|étroit|too small|small|صغير|صغير جدا|ضيق",
    too_big="trop grand|trop grande|trop large|too big|too large|كبير|كبير جدا|واسع",
    broken="casse|cassé|cassee|cassée|en panne|hors service|hs|irreparable|broken|مكسور|معطل|محطم",
)

# What doctors and families write beside the names in the list itself.
DIAGNOSES = {
    "AT": "at|a t|ataxie telangiectasie|ataxie telangectasie|ataxia telangiectasia|louis bar|syndrome de louis bar"
    "|الرنح توسع الشعيرات|ترنح توسع الشعيرات",
    "CVID": "dicv|cvid|deficit immunitaire commun variable|hypogammaglobulinemie commune variable",
    "SCID": "scid|dics|deficit immunitaire combine severe|deficit combine severe|bebe bulle",
    "HIES_STAT3": "syndrome hyper ige|hyper ige|hies|syndrome de job|job|buckley|stat3",
    "WAS": "was|wiskott aldrich|syndrome de wiskott aldrich",
    "CGD": "cgd|gsc|granulomatose septique|granulomatose septique chronique|granulomatose chronique",
    "XLA": "xla|bruton|agammaglobulinemie|maladie de bruton|agammaglobulinemie liee a l x",
    "IGAD": "deficit en iga|deficit iga|deficit selectif en iga",
    "DGS": "di george|digeorge|syndrome de di george|22q11",
    "MHC2": "deficit hla classe ii|deficit hla ii|hla ii|deficit en hla classe 2|hla dr",
    "HLH": "lymphohistiocytose|lhf|lymphohistiocytose familiale",
    "CHS": "chediak higashi|chediak",
    "GS2": "griscelli",
    "SCN": "neutropenie congenitale|neutropenie severe congenitale|kostmann",
    "LAD1": "lad|lad 1|deficit d adhesion leucocytaire|deficit d adhesion des leucocytes",
    "DOCK8": "dock8|dock 8|deficit en dock8",
    "FMF": "fievre mediterraneenne familiale|fmf|maladie periodique",
    "HAE": "angiooedeme hereditaire|oedeme angioneurotique|aoh",
    "IEI_UNS": "deficit en cours d exploration|deficit immunitaire en cours d exploration|en cours d exploration|dip"
    "|deficit immunitaire primitif|deficit immunitaire|bilan en cours|en cours|pid|نقص المناعة|نقص المناعة الأولي",
    "CP": "imc|infirmite motrice cerebrale|infirme moteur cerebral|paralysie cerebrale|pc|cp|g80|g80 9|cerebral palsy"
    "|شلل دماغي|الشلل الدماغي",
    "SMA": "sma|amyotrophie spinale|asi",
    "MD": "myopathie|dystrophie musculaire|duchenne|dmd|myopathie de duchenne|ضمور العضلات",
    "SPINA_BIFIDA": "spina bifida|السنسنة المشقوقة",
    "FRIEDREICH": "friedreich|ataxie de friedreich",
    "MOTOR_UNS": "handicap moteur|trouble moteur|handicap physique|إعاقة حركية",
}
