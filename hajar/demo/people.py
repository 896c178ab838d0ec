"""Invented people: given and family names as Morocco writes them, in Latin and in Arabic script.

Whoever carries one of these combinations does so by chance.
"""

from dataclasses import dataclass
from random import Random

from hajar.accounts import roles

PASSWORD = "hajar-demo"  # noqa: S105 it is printed at every start


@dataclass(frozen=True)
class Account:
    """One who signs in; `region` is an ISO code, "MA" the whole Kingdom, "" no mandate."""

    name: str
    role: str
    region: str = "MA"
    language: str = "fr"

    @property
    def first_name(self) -> str:
        return self.name.split()[0].lower()

    @property
    def email(self) -> str:
        return f"{self.first_name}@hajar.example"


ACCOUNTS = [
    Account("Nadia Belkhir", roles.ADMINISTRATOR),
    Account("Karim Oualid", roles.COORDINATOR),
    Account("Meriem Zerhouni", roles.COORDINATOR),
    Account("Samira Naciri", roles.CASE_WORKER, "MA-06"),
    Account("Youssef Oubella", roles.CASE_WORKER, "MA-09"),
    Account("Omar Jabri", roles.STOREKEEPER),
    Account("Driss Kamali", roles.VOLUNTEER, ""),
    Account("Khadija Sahli", roles.VOLUNTEER, "", "ar"),
    Account("Salwa Hamdaoui", roles.CLINICIAN),
    Account("Hind Rami", roles.OBSERVER),
]


@dataclass(frozen=True)
class Name:
    """A word of a name in both scripts."""

    latin: str
    arabic: str


def _names(text: str) -> list[Name]:
    return [Name(*pair.strip().split(" = ")) for pair in text.split("|")]


GIRLS = _names("""Chaimae = شيماء | Salma = سلمى | Aya = آية | Imane = إيمان | Hiba = هبة | Malak = ملاك | Rim = ريم
| Ghita = غيثة | Kenza = كنزة | Doha = ضحى | Inas = إيناس | Wiam = وئام | Nour = نور | Marwa = مروة
| Fatima Zahra = فاطمة الزهراء | Zineb = زينب | Meryem = مريم | Oumaima = أميمة | Douae = دعاء | Soukaina = سكينة
| Tasnim = تسنيم | Ritaj = رتاج | Israe = إسراء | Yasmine = ياسمين | Assia = آسية | Safae = صفاء | Najat = نجاة
| Ikram = إكرام | Basma = بسمة | Lina = لينا | Rania = رانيا | Nissrine = نسرين | Tilila = تيليلا | Sara = سارة
| Khaoula = خولة | Wissal = وصال | Hanane = حنان | Amal = أمل | Ibtissam = ابتسام | Jihane = جيهان""")
BOYS = _names("""Mohamed = محمد | Youssef = يوسف | Adam = آدم | Ayoub = أيوب | Anas = أنس | Ilyas = إلياس | Rayan = ريان
| Hamza = حمزة | Yassine = ياسين | Amine = أمين | Zakaria = زكرياء | Walid = وليد | Mehdi = مهدي | Omar = عمر
| Ismail = إسماعيل | Bilal = بلال | Taha = طه | Marouane = مروان | Soufiane = سفيان | Othmane = عثمان | Badr = بدر
| Haitham = هيثم | Nizar = نزار | Saad = سعد | Idriss = إدريس | Abderrahmane = عبد الرحمن | Abdellah = عبد الله
| Ziyad = زياد | Aymane = أيمن | Hicham = هشام | Oussama = أسامة | Imran = عمران | Mouad = معاذ | Akram = أكرم
| Sami = سامي | Younes = يونس | Ali = علي | Idir = إيدير | Souhail = سهيل | Hatim = حاتم""")
MOTHERS = _names("""Fatima = فاطمة | Khadija = خديجة | Aicha = عائشة | Naima = نعيمة | Rachida = رشيدة | Saida = سعيدة
| Malika = مليكة | Zohra = الزهرة | Latifa = لطيفة | Karima = كريمة | Hafida = حفيظة | Samira = سميرة | Nadia = نادية
| Bouchra = بشرى | Jamila = جميلة | Fadma = فاضمة | Touria = ثورية | Amina = أمينة | Hasna = حسناء | Loubna = لبنى
| Siham = سهام | Najia = ناجية | Rkia = رقية | Habiba = حبيبة | Fouzia = فوزية""")
FATHERS = _names("""Ahmed = أحمد | Abdelkader = عبد القادر | Lahcen = لحسن | Brahim = إبراهيم | Mustapha = مصطفى
| Abdelaziz = عبد العزيز | Hassan = حسن | Said = سعيد | Rachid = رشيد | Abderrahim = عبد الرحيم | Larbi = العربي
| Driss = إدريس | Hamid = حميد | Khalid = خالد | Noureddine = نور الدين | Jamal = جمال | El Houssine = الحسين
| Miloud = ميلود | Boujemaa = بوجمعة | Abdellatif = عبد اللطيف | Aziz = عزيز | Kamal = كمال | Abdelhak = عبد الحق""")
FAMILIES = _names("""El Amrani = العمراني | Benali = بنعلي | El Ouazzani = الوزاني | Idrissi = الإدريسي
| Bennani = بناني | El Fassi = الفاسي | Tahiri = الطاهري | Chafik = شفيق | Berrada = برادة | Lahlou = لحلو
| Sebti = السبتي
| El Mansouri = المنصوري | Bouazza = بوعزة | Bouchaib = بوشعيب | Haddad = حداد | Naciri = الناصري | Saidi = السعيدي
| Rahmouni = الرحموني | El Hachimi = الهاشمي | Zerouali = الزروالي | El Gharbi = الغربي | Daoudi = الداودي
| Ouali = الوالي | Jabri = الجابري | Sabri = صبري | Kadiri = القادري | Chentoufi = الشنتوفي | Belhaj = بلحاج
| Boutaleb = بوطالب | Lamrabet = لمرابط | Cherkaoui = الشرقاوي | Filali = الفيلالي | Sahraoui = الصحراوي
| Moussaoui = الموساوي | Hilali = الهلالي | Jilali = الجيلالي | Khalfi = الخلفي | Maarouf = معروف | Nejjar = النجار
| Qasmi = القاسمي | Rifai = الرفاعي | Senhaji = الصنهاجي | Tazi = التازي | Yacoubi = اليعقوبي | Zahidi = الزاهيدي
| Ziani = الزياني | Mokhtari = المختاري | Ghazali = الغزالي | Slaoui = السلاوي | Doukkali = الدكالي""")
# Where Tamazight is spoken
FAMILIES_OF_THE_MOUNTAINS = _names("""Ait Lahcen = أيت لحسن | Ait Hammou = أيت حمو | Ait Said = أيت سعيد
| Ait Brahim = أيت إبراهيم | Oubella = أوبلا | Ouhammou = أوحمو | Amzil = أمزيل | Bihi = بيهي | Azenkad = أزنكاض
| Ouchen = أوشن | Ait Ouali = أيت والي | Agourram = أكورام | Outaleb = أوطالب | Ikken = إيكن""")


def names_of(given: Name, family: Name, scripts: str = "both") -> dict[str, str]:
    """The four fields of a name; `scripts` is "both", "latin" or "arabic"."""
    latin, arabic = scripts != "arabic", scripts != "latin"
    return {
        "given_name_latin": given.latin if latin else "",
        "family_name_latin": family.latin if latin else "",
        "given_name_arabic": given.arabic if arabic else "",
        "family_name_arabic": family.arabic if arabic else "",
    }


def some_script(rng: Random) -> str:
    """Most families show a birth record, which bears both scripts."""
    return rng.choices(["both", "latin", "arabic"], [82, 11, 7])[0]


def invented_phone(number: int) -> str:
    """A mobile number of a block that is kept for such uses: +212 6 00 and six digits."""
    return f"+212600{number % 1_000_000:06d}"
