"""What lies on a case worker's desk: a list from the hospital, read but not yet written into the register."""

from datetime import date, timedelta

from beneficiaries import importing
from beneficiaries.models import Child
from hajar.demo import people
from hajar.demo.clock import Story
from hajar.demo.house import House
from hajar.lib import sheets

FILE_NAME = "Consultation de rééducation, nouvelles demandes.xlsx"
HEADINGS = (
    "N° dossier", "Nom", "Prénom", "الاسم الكامل", "Sexe", "Date de naissance", "Ville", "Adresse", "Mère",
    "Téléphone", "Fauteuil actuel", "Date de demande",
)  # fmt: skip
# Family name, given name, name in Arabic, sex, months old, town, address, mother
NEW = [
    ("Zerktouni", "Hafsa", "حفصة الزرقطوني", "F", 91, "Casablanca", "12, rue du Figuier", "Ilham Sqalli"),
    ("Bargach", "Moad", "معاذ بركاش", "M", 127, "Mohammédia", "Hay Nahda, n° 48", "Nezha Bargach"),
    ("Guessous", "Loubaba", "لبابة كسوس", "F", 64, "Settat", "3, avenue de la Marche verte", "Hayat Guessous"),
    ("Tber", "Anouar", "أنوار الطبر", "M", 150, "El Jadida", "Lotissement Al Wahda, n° 7", "Wafae Tber"),
    ("Skalli", "Chadia", "شادية الصقلي", "F", 108, "Médiouna", "Hay Salam, n° 210", "Majda Skalli"),
]


def stories(house: House) -> list[Story]:
    return [a_list_from_the_hospital(house)]


def a_list_from_the_hospital(house: House) -> Story:
    """Five families are new, a child of the list seems to be known, and of another the list says what cannot be."""
    yield house.when(-2, 17)
    rows = [_row(house, place, *person) for place, person in enumerate(NEW, start=1)]
    with sheets.write_xlsx(HEADINGS, [*rows, _known(house), _faulty(house)], title="Demandes") as file:
        importing.upload_register(file=file, filename=FILE_NAME, by=house.users["samira"])


def _row(house: House, place: int, family: str, given: str, arabic: str, sex: str, months: int, *home: str) -> list:
    town, address, mother = home
    born_on = house.day(-2) - timedelta(days=months * 30)
    phone = _as_typed(people.invented_phone(730_000 + place * 4_111))
    chair = ("Aucun", "Poussette", "Fauteuil prêté, trop petit")[place % 3]
    return [f"R-{place:03d}", family, given, arabic, sex, born_on, town, address, mother, phone, chair, house.day(-9)]


def _known(house: House) -> list:
    """A child of our register, as the hospital writes her: in capitals, and with one letter less."""
    known = Child.objects.followed().exclude(given_name_latin="").filter(family__province__iso="MA-CAS")
    child = known.filter(family__guardians__relation="mother").order_by("-number")[0]
    mother = child.family.guardians.filter(relation="mother").order_by("pk")[0]
    return [
        "R-006", child.family_name_latin.upper(), child.given_name_latin.replace("ss", "s"), "", child.sex,
        child.born_on, "Casablanca", child.family.address, mother.full_name_latin, _as_typed(str(mother.phone)),
        "", house.day(-9),
    ]  # fmt: skip


def _faulty(house: House) -> list:
    """No sex, a birth date that no calendar knows, a town that no map knows, a digit short of a phone."""
    year = house.today.year - 8
    return [
        "R-007", "Benchekroun", "Ilyes", "إلياس بنشقرون", "", f"31/02/{year}", "Sidi Kaddour Lfoqani", "",
        "Rajae Benchekroun", "06 00 41 22", "", date(house.today.year, 1, 5),
    ]  # fmt: skip


def _as_typed(phone: str) -> str:
    """+212600123456 as people write it: 06 00 12 34 56."""
    digits = "0" + phone.removeprefix("+212")
    return " ".join(digits[start : start + 2] for start in range(0, len(digits), 2))
