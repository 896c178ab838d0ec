"""Where the invented families live: towns are real, houses are not."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Locality:
    """A province with the towns and villages of the demo; `early` children had been assessed before the campaign."""

    iso: str
    communes: tuple[str, ...]
    early: int
    late: int
    is_mountain: bool = False  # Tamazight is spoken, houses have no street


# The ten localities of the initiative
OF_THE_INITIATIVE = [
    Locality("MA-CAS", ("Sidi Moumen", "Hay Mohammadi", "Aïn Chock", "Sidi Bernoussi", "Derb Sultan"), 11, 10),
    Locality("MA-MOH", ("Mohammedia", "El Alia", "Aïn Harrouda"), 8, 2),
    Locality("MA-MED", ("Médiouna", "Tit Mellil", "Lahraouiyine"), 8, 2),
    Locality("MA-JDI", ("El Jadida", "Azemmour", "Haouzia"), 7, 2),
    Locality("MA-SET", ("Settat", "Ben Ahmed", "El Borouj"), 7, 2),
    Locality("MA-BEM", ("Béni Mellal", "Kasba Tadla", "Ouled M'Barek"), 8, 2, True),
    Locality("MA-CHE", ("Chefchaouen", "Bab Taza", "Mokrisset"), 8, 1),
    Locality("MA-TAR", ("Taroudannt", "Ouled Teïma", "Aoulouz", "Taliouine"), 8, 5, True),
    Locality("MA-AGD", ("Agadir", "Drarga", "Aourir", "Tikiouine"), 8, 3, True),
    Locality("MA-FES", ("Fès", "Sidi Harazem", "Aïn Kadous"), 7, 3),
]
ELSEWHERE = [
    Locality("MA-RAB", ("Rabat",), 2, 1),
    Locality("MA-SAL", ("Salé", "Tabriquet"), 2, 1),
    Locality("MA-KEN", ("Kénitra", "Souk El Arbaa"), 2, 1),
    Locality("MA-TNG", ("Tanger", "Beni Makada"), 2, 1),
    Locality("MA-OUJ", ("Oujda",), 2, 1),
    Locality("MA-NAD", ("Nador", "Zaïo"), 1, 1),
    Locality("MA-MEK", ("Meknès",), 1, 1),
    Locality("MA-MAR", ("Marrakech", "Sidi Youssef Ben Ali"), 3, 1),
    Locality("MA-HAO", ("Aït Ourir", "Asni"), 2, 0, True),
    Locality("MA-ESI", ("Essaouira",), 1, 0),
    Locality("MA-ERR", ("Errachidia", "Goulmima"), 2, 1, True),
    Locality("MA-OUA", ("Ouarzazate", "Skoura"), 1, 1, True),
    Locality("MA-BRR", ("Berrechid",), 1, 1),
    Locality("MA-TIZ", ("Tiznit", "Tafraout"), 1, 1, True),
    Locality("MA-GUE", ("Guelmim",), 1, 0),
    Locality("MA-LAA", ("Laâyoune",), 1, 0),
    Locality("MA-OUD", ("Dakhla",), 1, 0),
]

_STREETS = (
    "rue des Orangers", "rue du Jasmin", "avenue de la Marche verte", "rue des Potiers", "rue de la Source",
    "rue des Amandiers", "rue du Figuier", "boulevard de la Résistance", "rue des Hirondelles", "rue de l'Olivier",
)  # fmt: skip
_BLOCKS = ("Hay Al Amal", "Hay Salam", "Hay El Fath", "Lotissement Al Wahda", "Derb Jdid", "Hay Nahda")
_VILLAGES = ("Aït Ali", "Tizi", "Imi n'Tagant", "Aït Moussa", "Igherm", "Taddart", "Ouled Ayad", "Tagadirt")
_DIRECTIONS = (
    "Porte verte après la fontaine.",
    "En face de l'école primaire, premier étage, sonnette sans nom.",
    "Après le four du quartier, deuxième ruelle à gauche, porte bleue.",
    "Derrière la mosquée ; le voisin épicier connaît la famille.",
    "Immeuble rose, rez-de-chaussée, rampe à droite.",
    "Téléphoner depuis la station des grands taxis, le père vient chercher.",
    "Au bout de la piste, maison au grand amandier ; passable en voiture par temps sec.",
    "Maison à côté du dispensaire, trois marches à l'entrée.",
    "قرب المسجد الجديد، الباب الأزرق على اليمين.",
    "أمام الفرن، الطابق الأول.",
)


def house(locality: Locality, rng: Random) -> dict[str, str]:
    """Where a family lives: commune, address, directions."""
    commune = rng.choice(locality.communes)
    if locality.is_mountain and rng.random() < 0.5:
        address = f"Douar {rng.choice(_VILLAGES)}, {commune}"
    elif rng.random() < 0.6:
        address = f"{rng.randint(1, 140)}, {rng.choice(_STREETS)}"
    else:
        address = f"{rng.choice(_BLOCKS)}, n° {rng.randint(1, 320)}"
    directions = rng.choice(_DIRECTIONS) if rng.random() < 0.7 else ""
    return {"commune": commune, "address": address, "directions": directions}
