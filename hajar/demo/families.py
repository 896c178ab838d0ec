"""The families' stories: how each child came into the register, was assessed, and what became of the file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from beneficiaries import assessing, closing, consenting, measuring, registration
from beneficiaries.models import Child, Consent, Family, Guardian
from hajar.accounts.models import User
from hajar.demo import answers, people
from hajar.demo.answers import Profile
from hajar.demo.clock import Story, moment
from hajar.demo.house import House, some_id
from hajar.demo.places import ELSEWHERE, OF_THE_INITIATIVE, Locality
from hajar.demo.places import house as house_of

IMMUNE = ("AT", "AT", "AT", "SCID", "MHC2", "XLA", "CVID", "CGD", "WAS", "HIGM_CD40L", "LAD1", "IEI_UNS")
MOTOR = ("CP", "CP_SPASTIC_QUAD", "CP_SPASTIC_DI", "MD", "SMA", "FRIEDREICH", "SPINA_BIFIDA", "MOTOR_UNS")
# What the assessment says of it
CONDITIONS = {
    "AT": "ataxia_telangiectasia",
    "FRIEDREICH": "other_ataxia",
    "CP": "cerebral_palsy",
    "CP_SPASTIC_QUAD": "cerebral_palsy",
    "CP_SPASTIC_DI": "cerebral_palsy",
    "MD": "muscular_dystrophy",
    "SMA": "sma",
    "SPINA_BIFIDA": "spina_bifida",
}
HOSPITAL = "Hôpital universitaire d'enfants, Casablanca"
PRECAUTION_NOTES = (
    "Se laver les mains en entrant, masque, ne pas venir enrhumé.",
    "Masque et mains propres ; essuyer le fauteuil devant la famille.",
    "Rester dans la première pièce, masque pour tous.",
    "غسل اليدين ووضع الكمامة قبل الدخول.",
)


@dataclass
class Fate:
    """What becomes of a file, so many days from today."""

    status: str
    days: int
    note: str
    until: int | None = None  # the day on which a pause ends


@dataclass
class ChildPlan:
    names: dict[str, str]
    sex: str
    born_on: date
    precision: str
    profile: Profile
    step: str = "complete"  # registered, draft, complete
    danger: str = ""
    unknown: int = 0
    diagnosis: str = ""
    fate: Fate | None = None
    is_looked_at_again: bool = False


@dataclass
class FamilyPlan:
    locality: Locality
    rng: Random
    number: int
    requested: int  # days from today: negative
    names: people.Name
    scripts: str
    children: list[ChildPlan] = field(default_factory=list)


# Fates in turn, for children who live elsewhere and have long been known
FATES = [
    Fate(Child.Status.OF_AGE, -150, "Dix-huit ans ; l'association des adultes prend le relais."),
    Fate(Child.Status.MOVED, -95, "La famille est partie vivre à l'étranger."),
    Fate(Child.Status.PAUSED, -45, "Séjour chez les grands-parents ; rappeler au retour.", -4),
    Fate(Child.Status.DECEASED, -210, "La famille nous a appelés. Nos pensées sont avec elle."),
    Fate(Child.Status.CLOSED, -60, "Marche bien depuis l'opération, n'a plus besoin de fauteuil."),
    Fate(Child.Status.OF_AGE, -30, "Dix-huit ans au mois dernier."),
    Fate(Child.Status.PAUSED, -20, "Hospitalisation de plusieurs semaines.", 12),
    Fate(Child.Status.MOVED, -12, "Déménagement hors du Maroc."),
    Fate(Child.Status.CLOSED, -140, "La famille ne souhaite plus être suivie."),
    Fate(Child.Status.PAUSED, -8, "En voyage jusqu'à la fin du mois."),
]


def plan(house: House) -> list[FamilyPlan]:
    """Every family, before the first is registered: pure of the database, the same at every telling."""
    rng = Random("hajar: families")  # noqa: S311 invented people, no secret
    taken: set[tuple[str, str]] = set()
    fates = iter(FATES)
    families: list[FamilyPlan] = []
    late_ones = 0
    dangers = (danger for _round in range(9) for danger in answers.DANGERS)
    for locality in [*OF_THE_INITIATIVE, *ELSEWHERE]:
        for is_early, wanted in ((True, locality.early), (False, locality.late)):
            while wanted > 0:
                size = min(wanted, rng.choices([1, 2, 3], [84, 14, 2])[0])
                wanted -= size
                family = _family(locality, rng, len(families) + 1, is_early, taken)
                families.append(family)
                for _child in range(size):
                    child = _child_of(family, house, rng, taken)
                    if is_early:
                        if locality in ELSEWHERE and size == 1 and len(families) % 2:
                            child.fate = next(fates, None)
                        child.is_looked_at_again = child.fate is None and locality in ELSEWHERE and rng.random() < 0.3
                        if rng.random() < 0.06:
                            child.danger = next(dangers)
                    else:
                        late_ones += 1
                        child.step = {0: "registered", 4: "registered", 7: "draft"}.get(late_ones % 9, "complete")
                        if late_ones % 7 == 5:
                            child.danger = next(dangers)
                    if child.fate and child.fate.status == Child.Status.OF_AGE:
                        birthday = house.today + timedelta(days=child.fate.days - 25)
                        child.born_on = birthday.replace(year=birthday.year - 18, day=min(birthday.day, 28))
                        child.precision = Child.Precision.EXACT
                    family.children.append(child)
    _let_one_come_of_age(families, house.today)
    return families


def _let_one_come_of_age(families: list[FamilyPlan], today: date) -> None:
    """The oldest of those who are still followed, and were known before, had her eighteenth birthday last month."""
    known = [family for family in families if family.locality in ELSEWHERE and family.requested < -200]
    children = [child for family in known for child in family.children if child.fate is None]
    oldest = min(children, key=lambda child: child.born_on)
    birthday = today - timedelta(days=36)
    oldest.born_on = birthday.replace(year=birthday.year - 18, day=min(birthday.day, 28))
    oldest.precision = Child.Precision.EXACT


def _family(locality: Locality, rng: Random, number: int, is_early: bool, taken: set) -> FamilyPlan:
    if not is_early:
        requested = -rng.randint(4, 72)
    elif locality in ELSEWHERE:
        requested = -rng.randint(245, 420)
    else:
        requested = -rng.randint(128, 400)
    words = people.FAMILIES_OF_THE_MOUNTAINS if locality.is_mountain and rng.random() < 0.7 else people.FAMILIES
    return FamilyPlan(
        locality=locality,
        rng=Random(f"hajar: family {number}"),  # noqa: S311
        number=number,
        requested=requested,
        names=rng.choice(words),
        scripts=people.some_script(rng),
    )


def _child_of(family: FamilyPlan, house: House, rng: Random, taken: set[tuple[str, str]]) -> ChildPlan:
    sex = rng.choice("FM")
    given = rng.choice(people.GIRLS if sex == "F" else people.BOYS)
    while (given.latin, family.names.latin) in taken:
        given = rng.choice(people.GIRLS if sex == "F" else people.BOYS)
    taken.add((given.latin, family.names.latin))
    born = house.today - timedelta(days=rng.randint(3 * 365 + 200, 16 * 365))
    precision = rng.choices(["exact", "month", "year"], [88, 7, 5])[0]
    if precision != "exact":
        born = born.replace(day=1, month=born.month if precision == "month" else 1)
    profile = answers.some_profile(rng)
    while family.locality in OF_THE_INITIATIVE and profile.severity < 0.2:
        profile = answers.some_profile(rng)
    return ChildPlan(
        names=people.names_of(given, family.names, family.scripts),
        sex=sex,
        born_on=born,
        precision=precision,
        profile=profile,
        unknown=rng.choices([0, 1, 3, 4], [72, 14, 8, 6])[0],
        diagnosis=rng.choices(["", rng.choice(IMMUNE), rng.choice(MOTOR)], [45, 35, 20])[0],
    )


# --- telling ---------------------------------------------------------------------------------------------------------


def stories(house: House) -> Iterable[Story]:
    for family in plan(house):
        yield _story(house, family)


def _story(house: House, family: FamilyPlan) -> Story:
    rng, province = family.rng, house.provinces[family.locality.iso]
    worker = house.case_worker(province.region.iso, family.number)
    requested_on = house.today + timedelta(days=family.requested)
    visited_on = house.day(min(-1, family.requested + rng.randint(8, 30)))
    yield moment(house.day(family.requested + rng.randint(0, 3)), rng.randint(9, 16), rng.randint(0, 59))
    registered = _register_family(house, family, worker)
    children = [(child, _register_child(registered, child, rng, worker, requested_on)) for child in family.children]
    for planned, child in children:
        if planned.diagnosis:
            _write_health_record(child, planned, rng, house.users["salwa"])
    if all(planned.step == "registered" for planned, _child in children):
        return
    yield moment(visited_on, rng.randint(9, 15), rng.randint(0, 59))
    for planned, child in children:
        _ask_consents(child, registered, planned, rng, worker)
        if planned.step != "registered":
            _assess(child, planned, planned.profile, rng, worker)
    yield from _what_became(house, children, rng, worker)


def _register_family(house: House, family: FamilyPlan, worker: User) -> Family:
    rng, locality = family.rng, family.locality
    tamazight = locality.is_mountain and rng.random() < 0.6
    return registration.register_family(
        id=some_id(rng),
        province=house.provinces[locality.iso],
        by=worker,
        guardians=list(_guardians(family)),
        language="zgh" if tamazight else rng.choices(["ar", "fr"], [85, 15])[0],
        **house_of(locality, rng),
    )


def _guardians(family: FamilyPlan) -> Iterable[dict]:
    """Mother and father, one of them alone, or whoever brings the children up."""
    rng, number = family.rng, family.number * 7919
    who = rng.choices(["both", "mother", "father", "grandmother", "uncle"], [60, 24, 6, 6, 4])[0]
    her_own = rng.choice(people.FAMILIES)

    def adult(given: people.Name, name: people.Name, relation: str, basis: str, turn: int) -> dict:
        has_phone = turn == 0 or rng.random() < 0.7
        return {
            **people.names_of(given, name, family.scripts),
            "relation": relation,
            "legal_basis": basis,
            "phone": people.invented_phone(number + turn * 31) if has_phone else "",
            "has_whatsapp": has_phone and rng.random() < 0.75,
        }

    mother, father = rng.choice(people.MOTHERS), rng.choice(people.FATHERS)
    if who == "both":
        yield adult(mother, her_own, "mother", "mother", 0)
        yield adult(father, family.names, "father", "father", 1)
    elif who == "mother":
        yield adult(mother, her_own, "mother", "mother", 0)
    elif who == "father":
        yield adult(father, family.names, "father", "father", 0)
    elif who == "grandmother":
        yield adult(mother, family.names, "grandparent", "de_facto", 0)
    else:
        yield adult(father, family.names, "uncle_aunt", rng.choice(["judge", "testamentary"]), 0)


def _register_child(family: Family, planned: ChildPlan, rng: Random, worker: User, requested_on: date) -> Child:
    is_immune = planned.diagnosis in IMMUNE
    precautions = "enhanced" if is_immune or rng.random() < 0.3 else "standard"
    note = rng.choice(PRECAUTION_NOTES) if precautions == "enhanced" and rng.random() < 0.7 else ""
    if is_immune and rng.random() < 0.12:
        precautions, note = "no_home_visit", "Remettre devant la maison, au grand air."
    return registration.register_child(
        id=some_id(rng),
        family=family,
        by=worker,
        **planned.names,
        sex=planned.sex,
        born_on=planned.born_on,
        birth_precision=planned.precision,
        school=_school(planned, rng),
        precautions=precautions,
        precautions_note=note,
        requested_on=requested_on,
        previous_reference=f"{rng.randint(1, 900)}/{requested_on.year - 1}" if rng.random() < 0.15 else "",
    )


def _school(planned: ChildPlan, rng: Random) -> str:
    age = (timezone.localdate() - planned.born_on).days // 365
    if age < 6:
        return "too_young"
    severity = planned.profile.severity
    kinds = ["attends", "irregular", "dropped_out", "never_enrolled", "home_tuition", "unknown"]
    return rng.choices(kinds, [1.2 - severity, 0.4, 0.9 * severity, 0.4 * severity, 0.15, 0.06])[0]


def _write_health_record(child: Child, planned: ChildPlan, rng: Random, clinician: User) -> None:
    is_immune = planned.diagnosis in IMMUNE
    transplanted = None
    if planned.diagnosis in ("SCID", "MHC2", "WAS") and rng.random() < 0.6:
        transplanted = max(child.born_on + timedelta(days=rng.randint(200, 900)), date(2012, 1, 9))
        transplanted = transplanted if transplanted < child.requested_on else None
    registration.save_health_record(
        child,
        by=clinician,
        diagnosis=planned.diagnosis,
        diagnosis_status=rng.choice(["clinical", "genetic"] if is_immune else ["clinical", "clinical", "suspected"]),
        hospital=HOSPITAL if is_immune or rng.random() < 0.4 else "",
        hospital_number=f"{rng.randint(2012, 2025)}-{rng.randint(100, 9999)}" if is_immune else "",
        transplanted_on=transplanted,
        has_immunoglobulin=is_immune and rng.random() < 0.5,
        limit_radiation=planned.diagnosis == "AT",
    )


def _ask_consents(child: Child, family: Family, planned: ChildPlan, rng: Random, worker: User) -> None:
    guardian = family.guardians.filter(is_first_contact=True).get()
    asked = [("care", 1.0), ("proof_photo", 0.75), ("messages", 0.85), ("publication_photo", 0.25)]
    if planned.diagnosis in IMMUNE:
        asked += [("hospital", 0.95), ("research", 0.6)]
    spoken = rng.random() < 0.15
    for purpose, willing in asked:
        consent = consenting.record_consent(
            child=child,
            guardian=guardian,
            by=worker,
            purpose=purpose,
            answer=Consent.Answer.GIVEN if rng.random() < willing else Consent.Answer.REFUSED,
            method=Consent.Method.WITNESSED if spoken else Consent.Method.PAPER,
            witness="La voisine, présente" if spoken else "",
            language=family.language,
            legal_basis=guardian.legal_basis or Guardian.LegalBasis.UNKNOWN,
            assent=_assent(child, rng) if purpose in ("proof_photo", "publication_photo") else "",
        )
        if purpose == "publication_photo" and consent.is_in_force and rng.random() < 0.15:
            consenting.withdraw_consent(consent, by=worker)


def _assent(child: Child, rng: Random) -> str:
    return "not_capable" if child.age < 7 else rng.choices(["yes", "no"], [85, 15])[0]


def _assess(child: Child, planned: ChildPlan, profile: Profile, rng: Random, worker: User) -> None:
    draft = assessing.begin_assessment(child=child, by=worker)
    known = measuring.known_measures(child)
    before = known.assessment
    given = answers.answers(
        rng,
        profile,
        age=child.age,
        school=child.school,
        danger=planned.danger,
        unknown=planned.unknown,
        condition=CONDITIONS.get(planned.diagnosis, ""),
        known=answers.grown(known.values, (timezone.localdate() - before.assessed_on).days, rng) if before else None,
    )
    if planned.step == "draft":  # the family was interrupted
        given = dict(list(given.items())[:9])
    draft = assessing.save_draft(draft, version=draft.version, answers=given)
    if planned.step == "complete":
        assessing.complete_assessment(draft, by=worker)


def _what_became(house: House, children: list[tuple[ChildPlan, Child]], rng: Random, worker: User) -> Story:
    for planned, child in children:
        if planned.is_looked_at_again:
            yield house.when(-rng.randint(30, 60), rng.randint(9, 16))
            worse = Profile(planned.profile.mobility, min(0.95, planned.profile.severity + 0.15))
            _assess(child, planned, worse, rng, worker)
        if planned.fate:
            yield house.when(planned.fate.days, 11)
            until = planned.fate.until
            closing.change_status(
                child,
                by=house.users["karim"],
                status=planned.fate.status,
                note=planned.fate.note,
                paused_until=None if until is None else house.today + timedelta(days=until),
                confirmed=True,
            )


# --- growing ---------------------------------------------------------------------------------------------------------

OFTEN_MEASURED = (
    "height_cm",
    "mass_kg",
    "hip_width_mm",
    "seat_depth_left_mm",
    "seat_depth_right_mm",
    "calf_left_mm",
    "calf_right_mm",
)


def measurings(house: House) -> Iterable[Story]:
    """Visits on which some children were measured again, so that their growth shows."""
    return [_measure_again(house, days) for days in (-165, -96, -41)]


def _measure_again(house: House, days: int) -> Story:
    yield house.when(days, 17)
    rng = Random(f"hajar: measured {days}")  # noqa: S311
    salwa = house.users["salwa"]
    children = list(Child.objects.filter(status=Child.Status.ACTIVE).order_by("number"))
    known = measuring.known_measures_of(children)
    for child in children:
        before = known[child.pk]
        if child.number % 3 == 0 or not before.taken_on or rng.random() < 0.35:
            continue
        passed = (timezone.localdate() - max(before.taken_on.values())).days
        if passed < 45:
            continue
        taken = {name: before.values[name] for name in OFTEN_MEASURED if name in before.values}
        if "height_cm" in taken:
            taken["height_method"] = before.values.get("height_method", "")
        measuring.record_measurement(
            child=child,
            by=salwa,
            measured_on=timezone.localdate(),
            occasion=rng.choice(["visit", "hospital"]),
            **answers.grown(taken, passed, rng),
        )
