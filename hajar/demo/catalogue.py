"""What the association says of itself, who helps it, and the chairs it hands over. Makes and models are invented."""

ASSOCIATION = {
    "name_latin": "Association Hajar",
    "name_arabic": "جمعية هاجر",
    "founded_year": 1997,
    "email": "contact@hajar.example",
    "phone": "+212 5 22 00 00 00",
    "presentation_fr": (
        "Depuis 1997, l’Association Hajar est aux côtés des enfants atteints de déficits immunitaires primitifs et de "
        "leurs familles, partout au Maroc. Avec l’hôpital universitaire d’enfants de Casablanca, son partenaire, elle "
        "a accompagné en 2010 la première greffe de moelle osseuse réussie au Maroc. Elle est membre de l’Alliance des "
        "maladies rares au Maroc et de l’organisation internationale des patients atteints de déficits immunitaires "
        "primitifs.\n\n"
        "Certains de ces enfants perdent peu à peu la marche. Un fauteuil à leur mesure leur rend l’école, la rue, les "
        "amis, et soulage celles et ceux qui les portent. L’association évalue le besoin de chaque enfant, cherche le "
        "fauteuil qui lui va, le remet à la maison et reste présente ensuite."
    ),
    "presentation_ar": (
        "منذ سنة 1997 تقف جمعية هاجر إلى جانب الأطفال المصابين بعوز المناعة الأولي وأسرهم في كل جهات المغرب. "
        "بشراكة مع المستشفى الجامعي للأطفال بالدار البيضاء، واكبت سنة 2010 أول عملية زرع نخاع عظمي ناجحة في المغرب. "
        "وهي عضو في تحالف الأمراض النادرة بالمغرب وفي المنظمة الدولية لمرضى عوز المناعة الأولي.\n\n"
        "بعض هؤلاء الأطفال يفقدون القدرة على المشي شيئا فشيئا. كرسي على قياسهم يعيد إليهم المدرسة والشارع والأصدقاء، "
        "ويخفف عمن يحملونهم كل يوم. تقيّم الجمعية حاجة كل طفل، وتبحث عن الكرسي الذي يناسبه، وتسلمه في البيت، "
        "ثم تبقى حاضرة بعد ذلك."
    ),
    "presentation_en": (
        "Since 1997 Association Hajar has stood beside children with primary immunodeficiencies and their families, "
        "everywhere in Morocco. With the university children's hospital in Casablanca, its partner, it oversaw in 2010 "
        "the first successful bone marrow transplant in Morocco. It is a member of the Moroccan Alliance for Rare "
        "Diseases and of the international patients' organisation for primary immunodeficiencies.\n\n"
        "Some of these children slowly lose the ability to walk. A chair made to their measure gives them back school, "
        "the street and their friends, and relieves those who carry them. The association assesses what each child "
        "needs, finds the chair that fits, hands it over at home, and stays in touch afterwards."
    ),
}

PARTNERS = [
    ("Hôpital universitaire d’enfants de Casablanca", "المستشفى الجامعي للأطفال بالدار البيضاء"),
    ("Alliance des maladies rares au Maroc", "تحالف الأمراض النادرة بالمغرب"),
    ("Fondation Les Amandiers", "مؤسسة أشجار اللوز"),
    ("Coopérative de transport Essalam", "تعاونية السلام للنقل"),
]

DEPOTS = [
    ("Casablanca", "MA-CAS", "Dépôt de Casablanca", "14, rue des Ateliers, Aïn Sebaâ"),
    ("Agadir", "MA-AGD", "Dépôt d’Agadir", "Zone industrielle de Tassila, lot 27"),
]


# What the chairs of a category bring along.
SUPPORTS: dict[str, list[str]] = {
    "buggy": ["headrest", "hip_guides", "pelvis_belt"],
    "push_chair": ["pelvis_belt"],
    "active_manual": [],
    "postural_chair": ["headrest", "hip_guides", "trunk_pads", "pelvis_belt", "harness"],
    "tilt_in_space": ["headrest", "hip_guides", "trunk_pads", "pelvis_belt", "harness"],
    "powered": ["headrest", "pelvis_belt"],
}


def _model(
    manufacturer: str, name: str, size: str, category: str, posture: str, terrain: str, iso: str,
    width: tuple[int, int], depth: tuple[int, int], footrest: tuple[int, int], back: tuple[int, int],
    overall_mm: int, user_kg: tuple[int, int], chair_kg: str, price_mad: int, tilt: int | None = None,
) -> dict:  # fmt: skip
    supports = SUPPORTS[category]
    low = back[0] - 260 if back[0] > 400 else 120
    return {
        # What sets itself by the size: the seat stands as high as its footrest needs, pads as far apart as the seat.
        "seat_depth_step_mm": 10,
        "seat_to_footrest_step_mm": 10,
        "armrest_height_min_mm": low,
        "armrest_height_max_mm": low + 90,
        "seat_height_front_mm": footrest[1] + 60,
        "tilt_max_deg": tilt or 0,
        "recline_max_deg": 0,
        "accessories": supports,
        "accessories_possible": ["tray", "cover", "anti_tippers", "cushion"],
        **(
            {"headrest_height_min_mm": back[0], "headrest_height_max_mm": back[1] + 120}
            if "headrest" in supports
            else {}
        ),
        **({"hip_guides_min_mm": width[0] - 40, "hip_guides_max_mm": width[1]} if "hip_guides" in supports else {}),
        **(
            {
                "trunk_pads_min_mm": width[0] - 60,
                "trunk_pads_max_mm": width[1] - 20,
                "trunk_pad_top_min_mm": back[0] - 200,
                "trunk_pad_top_max_mm": back[1] - 120,
            }
            if "trunk_pads" in supports
            else {}
        ),
        "manufacturer": manufacturer,
        "name": name,
        "size": size,
        "category": category,
        "posture_class": posture,
        "terrain_class": terrain,
        "iso9999_code": iso,
        "seat_width_min_mm": width[0],
        "seat_width_max_mm": width[1],
        "seat_depth_min_mm": depth[0],
        "seat_depth_max_mm": depth[1],
        "seat_to_footrest_min_mm": footrest[0],
        "seat_to_footrest_max_mm": footrest[1],
        "backrest_height_min_mm": back[0],
        "backrest_height_max_mm": back[1],
        "overall_width_mm": overall_mm,
        "user_mass_min_kg": user_kg[0],
        "user_mass_max_kg": user_kg[1],
        "chair_mass_kg": chair_kg,
        "price_mad": price_mad,
    }


# mm, kg, MAD; ISO 9999: 12 22 manual wheelchairs, 12 23 powered wheelchairs, 12 27 buggies
MODELS = [
    _model("Zaytouna", "Promenade", "1", "buggy", "intermediate", "indoor_urban", "12 27 07",
           (180, 240), (180, 260), (180, 300), (380, 460), 560, (8, 25), "11.5", 5200, 15),
    _model("Zaytouna", "Promenade", "2", "buggy", "intermediate", "indoor_urban", "12 27 07",
           (230, 310), (240, 340), (250, 380), (430, 540), 600, (15, 40), "13.0", 5900, 15),
    _model("Toubkal", "Pousse", "28", "push_chair", "basic", "dual", "12 22 18",
           (260, 300), (280, 340), (280, 380), (360, 420), 520, (15, 40), "13.8", 2900),
    _model("Toubkal", "Pousse", "34", "push_chair", "basic", "dual", "12 22 18",
           (300, 350), (330, 400), (330, 440), (380, 440), 570, (25, 60), "14.6", 3200),
    _model("Toubkal", "Piste", "32", "push_chair", "intermediate", "rough", "12 22 18",
           (270, 340), (290, 390), (300, 430), (380, 480), 610, (20, 60), "17.2", 4800),
    _model("Rif", "Junior", "26", "active_manual", "basic", "dual", "12 22 03",
           (240, 290), (260, 340), (260, 380), (250, 360), 500, (12, 45), "9.2", 8400),
    _model("Rif", "Junior", "32", "active_manual", "basic", "dual", "12 22 03",
           (290, 350), (320, 420), (320, 450), (280, 400), 560, (20, 70), "9.9", 8900),
    _model("Argane", "Soutien", "S", "postural_chair", "complex", "indoor_urban", "12 22 18",
           (200, 270), (200, 300), (200, 330), (400, 520), 560, (10, 35), "18.5", 11500),
    _model("Argane", "Soutien", "M", "postural_chair", "complex", "dual", "12 22 18",
           (250, 330), (280, 380), (280, 410), (450, 600), 600, (18, 55), "20.0", 12800),
    _model("Argane", "Bascule", "S", "tilt_in_space", "complex", "indoor_urban", "12 22 18",
           (200, 280), (200, 320), (200, 350), (420, 560), 580, (10, 40), "24.0", 16500, 45),
    _model("Argane", "Bascule", "M", "tilt_in_space", "complex", "dual", "12 22 18",
           (260, 340), (290, 400), (290, 430), (460, 640), 620, (18, 65), "27.5", 18200, 45),
    _model("Saquia", "Élan", "30", "powered", "intermediate", "dual", "12 23 06",
           (270, 340), (300, 400), (300, 430), (400, 520), 590, (20, 65), "58.0", 34500, 20),
]  # fmt: skip

# What the workshop in Casablanca can do: manufacturer, model, size, then the change.
WORKSHOP_CHANGES = [
    ("Toubkal", "Pousse", "28", {"what": "Monter un appui-tête", "adds": "headrest", "cost_mad": 450, "days": 2}),
    ("Toubkal", "Piste", "32", {"what": "Monter un appui-tête", "adds": "headrest", "cost_mad": 450, "days": 2}),
    ("Toubkal", "Piste", "32", {"what": "Raccourcir l’assise", "dimension": "seat_depth", "min_mm": 250, "max_mm": 350,
                                "cost_mad": 600, "days": 4}),
    ("Argane", "Soutien", "S", {"what": "Potences plus longues", "dimension": "seat_to_footrest", "min_mm": 260,
                                "max_mm": 390, "cost_mad": 380, "days": 3}),
    ("Argane", "Soutien", "M", {"what": "Cale-hanches plus épais", "dimension": "seat_width", "min_mm": 220,
                                "max_mm": 300, "cost_mad": 300, "days": 1}),
]  # fmt: skip
