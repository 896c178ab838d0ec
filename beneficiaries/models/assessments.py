"""One look at what a child needs: interview, risks, posture, home, measures."""

from copy import copy

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beneficiaries import scoring
from beneficiaries.models.children import Child
from beneficiaries.models.measurements import Measured
from beneficiaries.models.places import scope
from hajar.journal.models import Journalled
from hajar.lib.several import SeveralField


class YesNo(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("not known")
    REFUSED = "refused", _("preferred not to answer")


class CushionAnswer(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    UNKNOWN = "unknown", _("not known")


def _yes_no(label, **options) -> models.CharField:
    return models.CharField(label, max_length=10, choices=YesNo.choices, blank=True, **options)


def _number(label) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class SupportLevel(models.TextChoices):
    """How far a child holds a part of the body alone."""

    NONE = "none", _("not at all")
    PARTIAL = "partial", _("for a moment")
    FULL = "full", _("well")
    UNKNOWN = "unknown", _("not known")


# The most that a number can be: of 28 days, of 20 school days, of the hours of a day …
MOST = {
    "goal_1_importance": 10,
    "goal_1_now": 10,
    "goal_2_importance": 10,
    "goal_2_now": 10,
    "hip_left_deg": 180,
    "hip_right_deg": 180,
    "hours_seated_supported": 24,
    "days_out_of_28": 28,
    "school_days_missed_of_20": 20,
    "appointments_missed": 100,
    "meal_minutes": 300,
}


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(scope(user, "child__family__province__region"))

    def complete(self):
        return self.filter(state=Assessment.State.COMPLETE)

    def latest_first(self):
        return self.order_by("-assessed_on", "-created_at", "pk")


class Assessment(Measured, Journalled):
    """One row is one dated look at a child's mobility, posture, home, risks and measures.

    "" means that a question was not asked yet, "unknown" that nobody could answer: both are unknown to the score.
    A complete assessment never changes (a trigger refuses it); a correction is a new one.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        COMPLETE = "complete", _("complete")

    class Place(models.TextChoices):
        HOME = "home", _("at home")
        OFFICE = "office", _("at the office")
        HOSPITAL = "hospital", _("at the hospital")
        OUTREACH = "outreach", _("at an outreach clinic")
        SCHOOL = "school", _("at school")

    class Mobility(models.TextChoices):
        INDEPENDENT = "independent", _("walks alone")
        UNSTEADY = "unsteady", _("unsteady, falls often")
        SHORT_DISTANCE = "short_distance", _("walks only a short distance, with support")
        CANNOT_WALK = "cannot_walk", _("cannot walk, sits or moves alone on the floor")
        LIFTED = "lifted", _("cannot walk, is lifted for every move")
        UNKNOWN = "unknown", _("not known")

    class Injury(models.TextChoices):
        NONE = "none", _("never")
        PAST = "past", _("healed")
        STAGE_1 = "stage_1", _("red skin, unbroken (stage 1)")
        STAGE_2 = "stage_2", _("broken skin (stage 2)")
        STAGE_3 = "stage_3", _("deep wound (stage 3)")
        STAGE_4 = "stage_4", _("very deep wound (stage 4)")
        UNSTAGEABLE = "unstageable", _("covered wound, depth not seen")
        DEEP_TISSUE = "deep_tissue", _("dark skin, injury beneath")
        UNKNOWN = "unknown", _("not known")

    class Posture(models.TextChoices):
        BASIC = "basic", _("sits well")
        INTERMEDIATE = "intermediate", _("needs some support")
        COMPLEX = "complex", _("cannot sit without much support")
        UNKNOWN = "unknown", _("not known")

    class Progression(models.TextChoices):
        STATIC = "static", _("stable")
        PROGRESSIVE = "progressive", _("slowly harder")
        RAPID = "rapid", _("much harder within a year")
        RATE_UNKNOWN = "progressive_unknown_rate", _("harder, pace not known")
        UNKNOWN = "unknown", _("not known")

    class Push(models.TextChoices):
        HELPER = "helper", _("pushed by a helper")
        BOTH_ARMS = "both_arms", _("both arms")
        LEFT_ARM = "left_arm", _("left arm")
        RIGHT_ARM = "right_arm", _("right arm")
        BOTH_LEGS = "both_legs", _("both legs")
        LEFT_LEG = "left_leg", _("left leg")
        RIGHT_LEG = "right_leg", _("right leg")
        UNKNOWN = "unknown", _("not known")

    class Condition(models.TextChoices):
        """What makes moving hard, as far as it is known; it scores nothing."""

        ATAXIA_TELANGIECTASIA = "ataxia_telangiectasia", _("ataxia-telangiectasia")
        OTHER_ATAXIA = "other_ataxia", _("other hereditary ataxia")
        CEREBRAL_PALSY = "cerebral_palsy", _("cerebral palsy")
        BRAIN_INJURY = "brain_injury", _("brain injury")
        MUSCULAR_DYSTROPHY = "muscular_dystrophy", _("muscular dystrophy")
        SPINAL_MUSCULAR_ATROPHY = "sma", _("spinal muscular atrophy")
        OTHER_NEUROMUSCULAR = "other_neuromuscular", _("other disorder of nerves or muscles")
        SPINA_BIFIDA = "spina_bifida", _("spina bifida")
        SPINAL_CORD_INJURY = "spinal_cord_injury", _("spinal cord injury")
        METABOLIC = "metabolic", _("metabolic disorder or leukodystrophy")
        ARTHROGRYPOSIS = "arthrogryposis", _("arthrogryposis")
        LIMB_DEFICIENCY = "limb_deficiency", _("amputation or missing limb")
        POLIO = "polio", _("polio")
        STROKE = "stroke", _("stroke")
        OTHER = "other", _("other")
        UNKNOWN = "unknown", _("not known")

    ATAXIAS = (Condition.ATAXIA_TELANGIECTASIA, Condition.OTHER_ATAXIA)

    class Issue(models.TextChoices):
        FRAIL = "frail", _("frail")
        SPASMS = "spasms", _("spasms or movements not wanted")
        HIGH_TONE = "high_tone", _("stiff muscles")
        LOW_TONE = "low_tone", _("soft muscles")
        FATIGUE = "fatigue", _("tires soon")
        HIP_DISLOCATION = "hip_dislocation", _("hip out of joint")
        EPILEPSY = "epilepsy", _("epilepsy")
        SWALLOWING = "swallowing", _("hard to eat, drink or swallow")
        PAIN = "pain", _("pain")
        BLADDER = "bladder", _("does not hold urine")
        BOWEL = "bowel", _("does not hold stool")
        AMPUTATION = "amputation", _("amputation of a leg")

    class UsePlace(models.TextChoices):
        INDOORS = "indoors", _("inside the home")
        YARD = "yard", _("yard")
        SCHOOL = "school", _("school")
        STREET = "street", _("street")
        TRACK = "track", _("field or track")
        PUBLIC_BUILDING = "public_building", _("public building")

    class Ground(models.TextChoices):
        """The ground that the chair meets every day; the codes are those of a chair model's terrain."""

        URBAN = "indoor_urban", _("smooth: indoors and paved streets")
        DUAL = "dual", _("now smooth, now rough")
        ROUGH = "rough", _("rough track, sand or stones every day")
        UNKNOWN = "unknown", _("not known")

    class Distance(models.TextChoices):
        UP_TO_1 = "up_to_1_km", _("up to 1 km")
        TO_5 = "1_to_5_km", _("1 to 5 km")
        MORE = "over_5_km", _("more than 5 km")
        UNKNOWN = "unknown", _("not known")

    class Hours(models.TextChoices):
        UNDER_1 = "under_1", _("less than 1 hour")
        TO_3 = "1_to_3", _("1 to 3 hours")
        TO_5 = "3_to_5", _("3 to 5 hours")
        TO_8 = "5_to_8", _("5 to 8 hours")
        MORE = "over_8", _("more than 8 hours")
        UNKNOWN = "unknown", _("not known")

    class Transfer(models.TextChoices):
        ALONE = "alone", _("alone")
        ASSISTED = "assisted", _("with help")
        STANDING = "standing", _("standing up with help")
        NON_STANDING = "non_standing", _("without standing, with help")
        LIFTED = "lifted", _("is lifted")
        OTHER = "other", _("otherwise")
        UNKNOWN = "unknown", _("not known")

    class Toilet(models.TextChoices):
        SQUAT = "squat", _("squat toilet")
        SEAT = "seat", _("toilet with a seat")
        ADAPTED = "adapted", _("adapted toilet")
        UNKNOWN = "unknown", _("not known")

    class Transport(models.TextChoices):
        CAR = "car", _("car")
        TAXI = "taxi", _("taxi")
        BUS = "bus", _("bus")
        SCHOOL_BUS = "school_bus", _("school bus")
        MOTORCYCLE = "motorcycle", _("motorcycle or three-wheeler")
        AMBULANCE = "ambulance", _("ambulance")
        ANIMAL = "animal", _("cart or animal")
        OTHER = "other", _("other")

    class Floor(models.TextChoices):
        TILES = "tiles", _("tiles or cement")
        CARPETS = "carpets", _("carpets and mats")
        EARTH = "earth", _("beaten earth")
        UNEVEN = "uneven", _("uneven, with thresholds")
        UNKNOWN = "unknown", _("not known")

    class Slope(models.TextChoices):
        FLAT = "flat", _("flat")
        GENTLE = "gentle", _("gentle slope")
        STEEP = "steep", _("steep slope")
        UNKNOWN = "unknown", _("not known")

    class Carry(models.TextChoices):
        NONE = "none", _("not carried")
        UNDER_50 = "under_50_m", _("less than 50 m")
        TO_200 = "50_to_200_m", _("50 to 200 m")
        MORE = "over_200_m", _("more than 200 m")
        UNKNOWN = "unknown", _("not known")

    class SafelySeated(models.TextChoices):
        NEVER = "never", _("never")
        RARELY = "rarely", _("rarely")
        SOMETIMES = "sometimes", _("sometimes")
        OFTEN = "often", _("often")
        ALWAYS = "always", _("always")
        UNKNOWN = "unknown", _("not known")

    class GrowthFactor(models.TextChoices):
        """What slows growth; GROW-1.0 shows its modifier as the guess that it is."""

        UNDERWEIGHT = "underweight", _("tube-fed or much under weight")
        STEROIDS = "steroids", _("high-dose steroids")
        TRANSPLANT = "transplant", _("after a transplant")
        LATE_PUBERTY = "late_puberty", _("puberty late")

    class BodyPart(models.TextChoices):
        """The parts of the hand simulation, from the pelvis up and down."""

        PELVIS = "pelvis", _("pelvis")
        TRUNK = "trunk", _("trunk")
        HEAD = "head", _("head")
        HIP_LEFT = "hip_left", _("left hip")
        HIP_RIGHT = "hip_right", _("right hip")
        THIGHS = "thighs", _("thighs")
        KNEE_LEFT = "knee_left", _("left knee")
        KNEE_RIGHT = "knee_right", _("right knee")
        ANKLE_LEFT = "ankle_left", _("left ankle")
        ANKLE_RIGHT = "ankle_right", _("right ankle")

    class Spot(models.TextChoices):
        """The places of the body map, where a seat or a bed presses."""

        HEAD_BACK = "head_back", _("back of the head")
        SHOULDER_BLADE_LEFT = "shoulder_blade_left", _("left shoulder blade")
        SHOULDER_BLADE_RIGHT = "shoulder_blade_right", _("right shoulder blade")
        ELBOW_LEFT = "elbow_left", _("left elbow")
        ELBOW_RIGHT = "elbow_right", _("right elbow")
        SPINE = "spine", _("spine")
        SACRUM = "sacrum", _("base of the spine")
        SEAT_BONE_LEFT = "seat_bone_left", _("left seat bone")
        SEAT_BONE_RIGHT = "seat_bone_right", _("right seat bone")
        HIP_SIDE_LEFT = "hip_side_left", _("left side of the hip")
        HIP_SIDE_RIGHT = "hip_side_right", _("right side of the hip")
        KNEE_LEFT = "knee_left", _("left knee")
        KNEE_RIGHT = "knee_right", _("right knee")
        ANKLE_LEFT = "ankle_left", _("left ankle")
        ANKLE_RIGHT = "ankle_right", _("right ankle")
        HEEL_LEFT = "heel_left", _("left heel")
        HEEL_RIGHT = "heel_right", _("right heel")

    class SkinMark(models.TextChoices):
        NO_FEELING = "no_feeling", _("no feeling")
        HEALED = "healed", _("healed injury")
        PRESENT = "present", _("present injury")

    child = models.ForeignKey(Child, verbose_name=_("child"), on_delete=models.PROTECT, related_name="assessments")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    assessed_on = models.DateField(_("date"), default=timezone.localdate)
    place = models.CharField(_("place"), max_length=8, choices=Place.choices, default=Place.HOME)
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("assessor"), editable=False, on_delete=models.PROTECT, related_name="+"
    )
    completed_at = models.DateTimeField(_("completed at"), null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False, help_text=_("Counts the savings of a draft."))
    goals = models.TextField(_("what the family hopes for, in their words"), blank=True, max_length=2000)

    goal_1 = models.CharField(_("first goal that can be looked at again"), max_length=200, blank=True)
    goal_1_importance = _number(_("how much it matters, 0 to 10"))
    goal_1_now = _number(_("how well it goes today, 0 to 10"))
    goal_2 = models.CharField(_("second goal that can be looked at again"), max_length=200, blank=True)
    goal_2_importance = _number(_("how much it matters, 0 to 10"))
    goal_2_now = _number(_("how well it goes today, 0 to 10"))
    conditions = SeveralField(_("what makes moving hard"), options=Condition.choices)
    issues = SeveralField(_("what else to heed"), options=Issue.choices)
    pain_where = models.CharField(_("where it hurts"), max_length=200, blank=True)
    continence_is_managed = _yes_no(_("urine and stool are managed"))
    growth_factors = SeveralField(_("what may slow growth"), options=GrowthFactor.choices)

    # A mobility
    mobility = models.CharField(_("how the child moves"), max_length=15, choices=Mobility.choices, blank=True)
    push_method = models.CharField(_("how the chair will be moved"), max_length=10, choices=Push.choices, blank=True)
    # Life with a chair
    use_places = SeveralField(_("where the chair will be used"), options=UsePlace.choices)
    daily_ground = models.CharField(_("ground of every day"), max_length=12, choices=Ground.choices, blank=True)
    distance_per_day = models.CharField(_("distance a day"), max_length=10, choices=Distance.choices, blank=True)
    hours_in_chair = models.CharField(_("hours in the chair a day"), max_length=8, choices=Hours.choices, blank=True)
    sits_elsewhere = models.CharField(_("how and where the child sits or lies otherwise"), max_length=300, blank=True)
    transfer = models.CharField(_("into and out of the chair"), max_length=12, choices=Transfer.choices, blank=True)
    toilet = models.CharField(_("toilet"), max_length=8, choices=Toilet.choices, blank=True)
    transport = SeveralField(_("how the family travels"), options=Transport.choices)
    # B present equipment
    has_chair = _yes_no(_("has a wheelchair or buggy that can be used"))
    chair_meets_needs = _yes_no(_("it meets the child's needs"))
    chair_suits_home = _yes_no(_("it suits the places where it is used"))
    chair_fits = _yes_no(_("it fits and supports the posture"))
    chair_is_safe = _yes_no(_("it is safe and lasting"))
    chair_cushion_relieves = models.CharField(
        _("the cushion relieves pressure"), max_length=15, choices=CushionAnswer.choices, blank=True
    )
    # C health risk
    injury = models.CharField(_("pressure injury"), max_length=15, choices=Injury.choices, blank=True)
    injury_story = models.CharField(_("since when, and from what"), max_length=300, blank=True)
    skin_marks = models.JSONField(
        _("body map"), default=dict, blank=True, help_text=_("{place of the body: mark}, codes of Spot and SkinMark.")
    )
    cannot_feel = _yes_no(_("cannot feel part of the body that sits"))
    risk_cannot_move = _yes_no(_("cannot change position alone"))
    risk_moisture = _yes_no(_("skin often moist"))
    risk_poor_posture = _yes_no(_("poor posture when sitting"))
    risk_poor_diet = _yes_no(_("eats or drinks too little"))
    risk_weight = _yes_no(_("much under or over weight"))
    swallowing_or_breathing_worse = _yes_no(_("swallows or breathes worse without supported sitting"))
    pain_or_deformity = _yes_no(_("pain in sitting, or hip or spine becoming deformed"))
    # D posture, E progression
    posture_level = models.CharField(_("sitting posture"), max_length=12, choices=Posture.choices, blank=True)
    head_control = models.CharField(_("holds the head"), max_length=8, choices=SupportLevel.choices, blank=True)
    trunk_control = models.CharField(_("holds the trunk"), max_length=8, choices=SupportLevel.choices, blank=True)
    sits_alone_10_s = _yes_no(_("sits on the floor alone for ten seconds"))
    sits_without_support = models.TextField(_("how the child sits without support"), blank=True, max_length=1000)
    pelvis_levels = _yes_no(_("the pelvis can be brought level"))
    hip_left_sits = _yes_no(_("the left hip bends far enough to sit upright"))
    hip_right_sits = _yes_no(_("the right hip bends far enough to sit upright"))
    hip_left_deg = _number(_("left hip bends to, degrees"))
    hip_right_deg = _number(_("right hip bends to, degrees"))
    hand_simulation = models.JSONField(
        _("hand simulation"),
        default=dict,
        blank=True,
        help_text=_('{part: {"neutral": yes, no or unknown, "support": words}}, codes of BodyPart.'),
    )
    needs_tilt = _yes_no(_("needs a seat that tilts or reclines"))
    progression = models.CharField(
        _("over the last year moving became"), max_length=25, choices=Progression.choices, blank=True
    )
    # F participation and carer
    out_of_school = _yes_no(_("out of school, or often absent, because of mobility"))
    missed_treatment = _yes_no(_("missed treatment for lack of transport"))
    lifts_per_day = models.PositiveSmallIntegerField(_("times lifted or carried on a usual day"), null=True, blank=True)
    carer_pain = models.PositiveSmallIntegerField(
        _("back or shoulder pain of the main carer, 0 to 10"), null=True, blank=True
    )
    longest_carry = models.CharField(
        _("longest carry without a rest"), max_length=11, choices=Carry.choices, blank=True
    )
    hours_seated_supported = _number(_("hours yesterday out of bed, sitting with support"))
    days_out_of_28 = _number(_("days out of the home in the last 28"))
    school_days_missed_of_20 = _number(_("school days missed of the last 20 because of mobility"))
    appointments_missed = _number(_("appointments missed or late in three months for lack of transport"))
    safely_seated_10_min = models.CharField(
        _("the child can be left safely seated for ten minutes"),
        max_length=9,
        choices=SafelySeated.choices,
        blank=True,
    )
    meal_minutes = _number(_("minutes that a meal takes"))
    sole_or_burdened_carer = _yes_no(_("single carer, carer with a disability, or two or more affected children"))
    # Red flags
    falls_or_breathing_trouble_in_seat = _yes_no(_("falls out of the present seat, or breathes badly in it"))
    lost_chair_full_time_user = _yes_no(_("used a chair all day and has just lost it"))
    palliative = _yes_no(_("receives comfort care at the end of life"))
    discharge_depends = _yes_no(_("leaving hospital depends on the chair"))
    # Home
    narrowest_door_mm = _number(_("narrowest door, mm"))
    steps_at_entrance = _number(_("steps at the entrance"))
    floor = models.CharField(_("floor"), max_length=8, choices=Floor.choices, blank=True)
    slope = models.CharField(_("way to the house"), max_length=8, choices=Slope.choices, blank=True)
    has_room_for_chair = _yes_no(_("room to keep the chair dry"))
    remarks = models.TextField(_("remarks"), blank=True, max_length=4000)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        indexes = [models.Index(name="assessment_by_child", fields=["child", "-assessed_on"])]
        constraints = [
            models.UniqueConstraint(
                name="child_has_one_draft",
                fields=["child"],
                condition=Q(state="draft"),
                violation_error_message=_("A draft of an assessment is already open for this child."),
            ),
            models.CheckConstraint(
                name="assessment_complete_has_moment",
                condition=Q(state="draft", completed_at=None) | Q(state="complete", completed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_pain_is_0_to_10",
                condition=Q(carer_pain=None) | Q(carer_pain__lte=10),
                violation_error_message=_("Pain is given from 0 to 10."),
            ),
            *[
                models.CheckConstraint(
                    name=f"assessment_{field}_at_most",
                    condition=Q(**{field: None}) | Q(**{f"{field}__lte": most}),
                    violation_error_message=_("This is more than there can be."),
                )
                for field, most in MOST.items()
            ],
        ]

    def __str__(self):
        return f"{self.assessed_on:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("beneficiaries:assessment_detail", args=[self.pk])

    @property
    def is_complete(self) -> bool:
        return self.state == self.State.COMPLETE

    @property
    def skin_marks_words(self) -> list[str]:
        """Each mark of the body map with its place, from head to heel, in the reader's language."""
        marks = dict(self.SkinMark.choices)
        return [
            f"{spot}: {marks.get(mark, mark)}"
            for code, spot in self.Spot.choices
            if (mark := self.skin_marks.get(code))
        ]

    @property
    def hand_simulation_words(self) -> list[str]:
        """Each part that was held by hand: whether it came to the middle, and what held it there."""
        parts, answers = dict(self.BodyPart.choices), dict(YesNo.choices)
        told = [
            (parts.get(part, part), answers.get(said.get("neutral"), ""), said.get("support", ""))
            for part, said in self.hand_simulation.items()
        ]
        return [": ".join(str(word) for word in each if word) for each in told]

    def answers(self) -> scoring.Answers:
        """What NEED-1.0 reads. A draft may hold a mass that nobody has; it says nothing until it is corrected."""
        if self.mass_kg is not None and self.mass_kg <= 0:
            sound = copy(self)
            sound.mass_kg = None
            return scoring.Answers.taken_from(sound)
        return scoring.Answers.taken_from(self)

    def score(self) -> scoring.Score:
        """NEED-1.0 of these answers, as they are now."""
        return scoring.score(self.answers())
