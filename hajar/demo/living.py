"""What happens to files while they live: a family moves, a mother dies, a record grows, somebody asks who looked."""

from collections.abc import Iterable

from beneficiaries import guarding, moving, opening, registration
from beneficiaries.models import Child, Consent, Family, Guardian, HealthRecord
from distributions.models import Allocation
from hajar.demo.clock import Story
from hajar.demo.house import House


def stories(house: House) -> Iterable[Story]:
    return [a_family_moves(house), a_mother_dies(house), a_whole_record(house), one_phone_for_two_families(house)]


def a_family_moves(house: House) -> Story:
    """From the far south to Agadir, nearer to the hospital; the region that it left goes on following it."""
    yield house.when(-33, 15)
    reserved = set(Allocation.objects.values_list("need__child", flat=True))
    waiting = Child.objects.filter(status=Child.Status.ACTIVE).waiting().exclude(pk__in=reserved).with_family()
    far_away = waiting.exclude(family__province__region__iso__in=("MA-06", "MA-09"))
    family = far_away.order_by("family__number", "pk")[0].family
    moving.move_family(
        family,
        by=house.users["karim"],
        province=house.provinces["MA-AGD"],
        commune="Agadir",
        address="Hay Salam, immeuble 14",
        directions="Deuxième étage, à côté de la pharmacie",
        also_followed_by=family.province.region,
        moved_on=house.day(-35),
        note="Pour vivre plus près de l'hôpital",
    )


def a_mother_dies(house: House) -> Story:
    """The father answers from then on, and is called first; what the mother agreed to is asked again."""
    yield house.when(-19, 16)
    homes = Family.objects.filter(children__status=Child.Status.ACTIVE, province__region__iso="MA-06")
    both = homes.filter(guardians__relation="father").filter(guardians__relation="mother")
    mothers = Guardian.objects.current().filter(relation="mother", is_first_contact=True, family__in=both)
    agreed = set(Consent.objects.in_force().values_list("guardian", flat=True))
    mother = mothers.filter(pk__in=agreed).order_by("family__number", "pk")[0]
    guarding.end_guardianship(
        mother,
        by=house.users["samira"],
        because=Guardian.Ending.DEATH,
        ended_on=house.day(-24),
        note="Le père nous a appelés.",
    )


def a_whole_record(house: House) -> Story:
    """A girl or boy whom the hospital knows well; a coordinator opened the record one night, and says why."""
    yield house.when(-14, 11)
    records = HealthRecord.objects.filter(diagnosis="AT", child__status=Child.Status.ACTIVE).select_related("child")
    record = records.order_by("child__number")[0]
    registration.save_health_record(
        record.child,
        by=house.users["salwa"],
        diagnosis_status=HealthRecord.DiagnosisStatus.GENETIC,
        hospital_number="2019-4417",
        has_immunoglobulin=True,
        immunoglobulin_route=HealthRecord.Route.INTRAVENOUS,
        immunoglobulin_place=HealthRecord.Place.HOSPITAL,
        immunoglobulin_every_days=28,
        prophylaxis=[HealthRecord.Prophylaxis.BACTERIAL, HealthRecord.Prophylaxis.PNEUMOCYSTIS],
        prophylaxis_drugs="Cotrimoxazole, trois fois par semaine",
        notes="Prochaine consultation avec l'immunologue au printemps.",
    )
    yield house.when(-9, 18)
    opening.open_health_record(record.child, by=house.users["karim"], reason="Appelé par les urgences pour une fièvre")
    yield house.when(-3, 12)
    opening.open_health_record(record.child, by=house.users["salwa"])


def one_phone_for_two_families(house: House) -> Story:
    """A mother without a phone of her own is reached through her cousin, whose child is followed, too."""
    yield house.when(-11, 10)
    homes = Family.objects.filter(province__iso="MA-CAS", children__status=Child.Status.ACTIVE).order_by("number", "pk")
    hers, cousins = homes.filter(guardians__relation="mother").distinct()[5:7]
    cousin = cousins.guardians.current().to_call_first()[0]
    mother = hers.guardians.current().to_call_first()[0]
    registration.correct_guardian(mother, by=house.users["samira"], phone=str(cousin.phone), has_whatsapp=False)
    registration.correct_family(hers, by=house.users["samira"], notes="Joindre la mère par sa cousine.")
