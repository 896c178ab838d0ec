"""Invented people and things for the tests."""

import uuid
from datetime import date, datetime, time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from beneficiaries import merging
from beneficiaries import models as register
from distributions import (
    counting,
    delivering,
    following_up,
    planning,
    prescribing,
    recalling,
    stocktaking,
    transferring,
    travelling,
)
from distributions import models as chairs
from hajar.accounts.models import User
from hajar.backups.models import Backup


def province(iso: str) -> register.Province:
    return register.Province.objects.get(iso=iso)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@hajar.example")
    full_name = factory.Sequence(lambda n: f"Utilisatrice {n}")
    password = factory.django.Password("une-phrase-longue")


class FamilyFactory(DjangoModelFactory):
    class Meta:
        model = register.Family

    number = factory.Sequence(lambda n: 50_000 + n)
    province = factory.LazyFunction(lambda: province("MA-CAS"))
    commune = "Sidi Moumen"
    address = "12, rue des Orangers"
    directions = "Porte verte après la fontaine"
    language = "ar"


class NamedFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    class Params:
        latin_only = factory.Trait(given_name_arabic="", family_name_arabic="")
        arabic_only = factory.Trait(given_name_latin="", family_name_latin="")

    given_name_latin = "Chaimae"
    family_name_latin = "El Amrani"
    given_name_arabic = "شيماء"
    family_name_arabic = "العمراني"


class GuardianFactory(NamedFactory):
    class Meta:
        model = register.Guardian

    family = factory.SubFactory(FamilyFactory)
    given_name_latin = "Khadija"
    given_name_arabic = "خديجة"
    relation = "mother"
    legal_basis = "mother"
    phone = factory.Sequence(lambda n: f"+2126{10_000_000 + n}")
    has_whatsapp = True
    is_first_contact = False


class ChildFactory(NamedFactory):
    class Meta:
        model = register.Child

    number = factory.Sequence(lambda n: 50_000 + n)
    family = factory.SubFactory(FamilyFactory)
    born_on = date(2017, 8, 5)
    sex = "F"
    school = "dropped_out"
    requested_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=100))


class DuplicatePairFactory(DjangoModelFactory):
    """Two files that are probably of one child, in one family unless told otherwise."""

    class Meta:
        model = register.DuplicatePair

    class Params:
        child = factory.SubFactory(ChildFactory)
        other = factory.SubFactory(ChildFactory, family=factory.SelfAttribute("..child.family"))
        possible = factory.Trait(band="possible", score=55, reasons=["similar_name", "birth_close"])
        named = factory.Trait(band="possible", score=0, reasons=[], found_by=factory.SubFactory(UserFactory))

    first = factory.LazyAttribute(lambda pair: min(pair.child, pair.other, key=lambda child: child.pk))
    second = factory.LazyAttribute(lambda pair: max(pair.child, pair.other, key=lambda child: child.pk))
    band = "probable"
    score = 90
    reasons = factory.LazyFunction(lambda: ["same_name", "birth_same"])


class MergeFactory(factory.Factory):
    """Two files made one by the activity itself."""

    class Meta:
        model = register.Merge

    kept = factory.SubFactory(ChildFactory)
    gone = factory.SubFactory(ChildFactory)
    by = factory.SubFactory(UserFactory, is_superuser=True)

    @classmethod
    def _create(cls, model_class, kept, gone, by):
        return merging.merge_children(kept, gone, by=by, choices={}, confirmed=True)


class HealthRecordFactory(DjangoModelFactory):
    class Meta:
        model = register.HealthRecord

    child = factory.SubFactory(ChildFactory)
    diagnosis = "AT"
    diagnosis_edition = "2024"
    diagnosis_status = "genetic"
    hospital = "Hôpital d'enfants"
    limit_radiation = True


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = register.Consent

    child = factory.SubFactory(ChildFactory)
    guardian = factory.SubFactory(GuardianFactory, family=factory.SelfAttribute("..child.family"))
    purpose = "care"
    legal_basis = "mother"
    recorded_by = factory.SubFactory(UserFactory)


class RightsRequestFactory(DjangoModelFactory):
    class Meta:
        model = register.RightsRequest

    child = factory.SubFactory(ChildFactory)
    asked_by = factory.SubFactory(GuardianFactory, family=factory.SelfAttribute("..child.family"))
    kind = "access"
    identity = "known"
    recorded_by = factory.SubFactory(UserFactory)


class NationalIdentityFactory(DjangoModelFactory):
    class Meta:
        model = register.NationalIdentity

    guardian = factory.SubFactory(GuardianFactory)
    sealed = "gAAAA"
    fingerprint = "0" * 64
    last_three = "456"


class AssessmentFactory(DjangoModelFactory):
    """A draft with the answers of NEED-1.0's first worked case: 78 points."""

    class Meta:
        model = register.Assessment

    class Params:
        complete = factory.Trait(state="complete", completed_at=factory.LazyFunction(timezone.now))

    child = factory.SubFactory(ChildFactory)
    assessor = factory.SubFactory(UserFactory)
    mobility = "lifted"
    push_method = "helper"
    has_chair = "no"
    injury = "none"
    cannot_feel = "yes"
    risk_cannot_move = "yes"
    risk_moisture = "no"
    risk_poor_posture = "yes"
    risk_poor_diet = "no"
    risk_weight = "no"
    swallowing_or_breathing_worse = "yes"
    pain_or_deformity = "no"
    posture_level = "intermediate"
    progression = "progressive"
    out_of_school = "yes"
    missed_treatment = "yes"
    lifts_per_day = 8
    carer_pain = 6
    sole_or_burdened_carer = "no"
    falls_or_breathing_trouble_in_seat = "no"
    lost_chair_full_time_user = "no"
    palliative = "no"
    discharge_depends = "no"
    hip_width_mm = 270
    seat_depth_left_mm = 350
    seat_depth_right_mm = 352
    calf_left_mm = 330
    calf_right_mm = 330
    rib_height_mm = 210
    scapula_height_mm = 300
    shoulder_height_mm = 420
    axilla_left_mm = 330
    axilla_right_mm = 330
    skull_base_mm = 520
    mass_kg = "26.4"
    height_cm = "128.0"


class MeasurementFactory(DjangoModelFactory):
    """Measured again today: hips, both calves and the mass."""

    class Meta:
        model = register.Measurement

    class Params:
        taken_back = factory.Trait(
            taken_back_at=factory.LazyFunction(timezone.now), taken_back_why="Mesure d'une autre enfant"
        )

    child = factory.SubFactory(ChildFactory)
    measured_by = factory.SubFactory(UserFactory)
    hip_width_mm = 280
    calf_left_mm = 340
    calf_right_mm = 342
    mass_kg = "28.0"


class NeedFactory(DjangoModelFactory):
    class Meta:
        model = register.Need

    child = factory.SubFactory(ChildFactory)
    assessment = factory.SubFactory(AssessmentFactory, complete=True, child=factory.SelfAttribute("..child"))
    requested_on = factory.SelfAttribute("child.requested_on")
    rule_version = "NEED-1.0"
    score_low = 78
    score_high = 78
    rank_score = factory.SelfAttribute("score_high")


class PrescriptionFactory(factory.Factory):
    """What was chosen for a need, kept by the activity itself."""

    class Meta:
        model = chairs.Prescription

    need = factory.SubFactory(NeedFactory)
    by = factory.SubFactory(UserFactory)
    category = "tilt_in_space"
    posture_class = "intermediate"

    @classmethod
    def _create(cls, model_class, need, **chosen):
        return prescribing.prescribe(need, **chosen)


class ChairModelFactory(DjangoModelFactory):
    """A tilt-in-space chair of invented make in which a child of eight may sit."""

    class Meta:
        model = chairs.ChairModel

    class Params:
        described = factory.Trait(
            armrest_height_min_mm=140,
            armrest_height_max_mm=220,
            headrest_height_min_mm=420,
            headrest_height_max_mm=560,
            backrest_height_min_mm=280,
            seat_height_front_mm=460,
            tilt_max_deg=30,
            recline_max_deg=0,
            accessories=["headrest"],
        )

    manufacturer = "Atlas"
    name = factory.Sequence(lambda n: f"Tilt {n}")
    size = "M"
    iso9999_code = "12 22 18"
    category = "tilt_in_space"
    posture_class = "intermediate"
    terrain_class = "dual"
    seat_width_min_mm = 260
    seat_width_max_mm = 320
    seat_depth_min_mm = 280
    seat_depth_max_mm = 360
    seat_to_footrest_min_mm = 280
    seat_to_footrest_max_mm = 380
    backrest_height_min_mm = 400
    backrest_height_max_mm = 520
    overall_width_mm = 580
    user_mass_max_kg = 45
    price_mad = 9500


class DepotFactory(DjangoModelFactory):
    class Meta:
        model = chairs.Depot

    name = factory.Sequence(lambda n: f"Dépôt {n}")
    province = factory.LazyFunction(lambda: province("MA-CAS"))
    address = "3, rue des Ateliers"


class ChairFactory(factory.Factory):
    """A chair received as a storekeeper receives it: a new one is available, a `used` one to be disinfected."""

    class Meta:
        model = chairs.Chair

    class Params:
        used = factory.Trait(is_new=False)

    model = factory.SubFactory(ChairModelFactory)
    depot = factory.SubFactory(DepotFactory)
    by = factory.SubFactory(UserFactory)
    serial = factory.Sequence(lambda n: f"SN-{n:05d}")
    is_new = True

    @classmethod
    def _create(cls, model_class, serial, **received):
        (chair,) = stocktaking.receive_chairs(serials=[serial], **received)
        return chair


class WorkshopChangeFactory(DjangoModelFactory):
    class Meta:
        model = chairs.WorkshopChange

    model = factory.SubFactory(ChairModelFactory)
    what = "Rallonger la potence du repose-pied"
    dimension = "seat_to_footrest"
    min_mm = 280
    max_mm = 430
    cost_mad = 250
    days = 3


class StockCountFactory(factory.Factory):
    """A count of a depot that `by` began; `seen` and `missing` are chairs of which something is said already."""

    class Meta:
        model = chairs.StockCount

    depot = factory.SubFactory(DepotFactory)
    by = factory.SubFactory(UserFactory)
    seen = None
    missing = None

    @classmethod
    def _create(cls, model_class, seen, missing, **begun):
        count = counting.begin_count(**begun)
        for chair, found in ((seen, "seen"), (missing, "missing")):
            if chair:
                counting.mark(count=count, chair=chair, found=found, by=begun["by"])
        return count


class TransferFactory(factory.Factory):
    """Chairs on their way to another depot: one, unless they are given."""

    class Meta:
        model = chairs.Transfer

    origin = factory.SubFactory(DepotFactory)
    destination = factory.SubFactory(DepotFactory)
    by = factory.SubFactory(UserFactory)
    chairs = factory.LazyAttribute(lambda sent: [ChairFactory(depot=sent.origin)])

    @classmethod
    def _create(cls, model_class, **sent):
        return transferring.send_chairs(**sent)


class RecallFactory(factory.Factory):
    """A recall of the model of `chair`, which is made where none is given."""

    class Meta:
        model = chairs.Recall

    chair = factory.SubFactory(ChairFactory)
    batch = ""
    by = factory.SubFactory(UserFactory)
    reason = "La vis du dossier peut céder."
    what_to_do = "Remplacer la vis par le kit du fabricant."

    @classmethod
    def _create(cls, model_class, chair, **opened):
        return recalling.open_recall(model=chair.model, **opened)


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = chairs.Partner

    name_latin = factory.Sequence(lambda n: f"Fondation {n}")
    name_arabic = "مؤسسة الأمل"


class InitiativeFactory(DjangoModelFactory):
    class Meta:
        model = chairs.Initiative

    name_fr = factory.Sequence(lambda n: f"Journée du handicap {n}")
    name_ar = "اليوم العالمي للأشخاص في وضعية إعاقة"
    name_en = "Disability day"
    occasion = "disability_day"
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=5))
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=25))
    target = 20
    budget_mad = 200_000


class PlanRuleFactory(DjangoModelFactory):
    """A standing decision: this child is left out of this initiative."""

    class Meta:
        model = chairs.PlanRule

    initiative = factory.SubFactory(InitiativeFactory)
    kind = "exclude_need"
    need = factory.SubFactory(NeedFactory)
    reason = "La famille est en voyage."
    by = factory.SubFactory(UserFactory)


class RoundFactory(DjangoModelFactory):
    class Meta:
        model = chairs.Round

    initiative = factory.SubFactory(InitiativeFactory)
    volunteer = factory.SubFactory(UserFactory)
    province = factory.LazyFunction(lambda: province("MA-CAS"))
    day = factory.LazyFunction(timezone.localdate)


# What somebody says of a chair in which everything is in order.
IN_ORDER: dict = {"answers": dict.fromkeys(chairs.Preparation.Point.values, "pass"), "disinfectant": "Alcool à 70 %"}


class AllocationFactory(factory.Factory):
    """A chair reserved for a need, brought by the activities themselves as far as its trait says.

    `by` proposes, `approver` does the rest; a loaded one is on `round`, or on a round of `volunteer` made for it.
    """

    class Meta:
        model = chairs.Allocation

    class Params:
        approved = factory.Trait(steps=1)
        prepared = factory.Trait(steps=2)
        loaded = factory.Trait(steps=3)

    need = factory.SubFactory(NeedFactory)
    chair = factory.SubFactory(ChairFactory)
    initiative = factory.SubFactory(InitiativeFactory)
    by = factory.SubFactory(UserFactory)
    approver = factory.SubFactory(UserFactory)
    volunteer = None
    round = None
    steps = 0

    @classmethod
    def _create(cls, model_class, approver, volunteer, round, steps, **proposed):
        allocation = planning.propose(**proposed)
        if steps >= 1:
            allocation = planning.approve(allocation, by=approver)
        if steps >= 2:
            allocation = planning.prepare(allocation, by=approver, **IN_ORDER)
        if steps >= 3 and round is None:
            round = RoundFactory(
                initiative=allocation.initiative,
                province=allocation.need.child.family.province,
                **({"volunteer": volunteer} if volunteer else {}),
            )
        if round:
            allocation.round, allocation.stop = round, round.allocations.count() + 1
            allocation.save(update_fields=["round", "stop"])
        if steps >= 3:
            travelling.load(round, by=approver)
            allocation = chairs.Allocation.objects.select_related("chair", "need__child", "round").get(pk=allocation.pk)
        return allocation


class DeliveryFactory(factory.Factory):
    """An entry as a volunteer's phone sends it: everything well, unless told otherwise.

    `handed_over_on` lets it have happened, and arrived, at noon of another day.
    """

    class Meta:
        model = chairs.Delivery

    id = factory.LazyFunction(uuid.uuid4)
    allocation = factory.SubFactory(AllocationFactory, loaded=True)
    round = factory.SelfAttribute("allocation.round")
    by = factory.SelfAttribute("round.volunteer")
    outcome = "delivered"
    handed_over_on = None
    is_healthy = True
    receiver_name = "Khadija"
    receiver_relation = "mother"
    checks = factory.LazyFunction(lambda: dict.fromkeys(chairs.Delivery.CHECKS, "yes"))

    @classmethod
    def _create(cls, model_class, handed_over_on, **said):
        at = datetime.combine(handed_over_on, time(12), timezone.get_current_timezone()) if handed_over_on else None
        told = {"happened_at": at or timezone.now(), "received_at": at, **said}
        return delivering.record_delivery(**told).delivery


class FollowUpFactory(factory.Factory):
    class Meta:
        model = chairs.FollowUp

    delivery = factory.SubFactory(
        DeliveryFactory, handed_over_on=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=20))
    )
    by = factory.SubFactory(UserFactory)
    step = "days_14"
    still_used = True
    hours_per_day = 5

    @classmethod
    def _create(cls, model_class, **found):
        return following_up.record_followup(**found)


class BackupFactory(DjangoModelFactory):
    class Meta:
        model = Backup

    sequence = factory.Sequence(lambda number: 1000 + number)
    taken_at = factory.LazyFunction(timezone.now)
    verified_at = factory.SelfAttribute("taken_at")
    head_hash = sha256 = "0" * 64
    folder = "/var/lib/hajar-backups"
    file_name = factory.LazyAttribute(lambda backup: f"hajar-20261126T010203Z-{backup.sequence:09d}.backup")
    size_bytes = 1_500_000
    is_encrypted = True
    engine = "sqlite"
