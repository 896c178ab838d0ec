"""Which chair for which child: what stands in the depots, judged by FIT-1.0, and how long it will last, by GROW-1.0.

Nothing here decides. Chairs that may be proposed are ranked with the reason of every point; the others come with the
one line that speaks against them, what a workshop could change, and, if nothing fits, what to order. A named person
chooses.

Chairs of one model with the same accessories are one seat: whatever is computed is computed once for all of them. Of
those that also stand in one depot in one condition only the oldest is read, with how many there are: neither the number
of queries nor that of the rows depends on how many chairs are in stock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Count, F, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from beneficiaries import measuring
from beneficiaries.measuring import KnownMeasures
from beneficiaries.models import Assessment, Association, Child, Need
from distributions import fitting, fitting_words, growth
from distributions.fitting import Body, Fit, FitScore, Line, Range, Seat, SpecLine
from distributions.models import Accessory, Allocation, Chair, ChairModel, Prescription, WorkshopChange
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.lib.locking import hold
from hajar.lib.refusals import Refusal

REVIEW_MONTHS = 6  # when a child is looked at again, if nobody planned another day
FAR_OFF = date(9999, 1, 1)  # a chair of unknown age counts as the newest

# What FIT-1.0 calls the dimensions that the catalogue knows.
DIMENSIONS = {
    "seat_width": "width",
    "seat_depth": "depth",
    "seat_to_footrest": "footrest",
    "backrest_height": "back",
    "armrest_height": "armrest",
    "headrest_height": "headrest",
    **{name: name for name in ("hip_guides", "trunk_pads", "trunk_pad_top", "pelvis_pad")},
}
CUSHIONS = (Prescription.Cushion.PRESSURE_RELIEF, Prescription.Cushion.CUSTOM)


# --- From rows to rules ---------------------------------------------------------------------------


def body_of(known: KnownMeasures, prescription: Prescription | None = None) -> Body:
    """The child as FIT-1.0 looks at her: the latest measures, the latest complete assessment, what was prescribed."""
    assessment = known.assessment
    measures = {name: known.get(name) for name in fitting_words.MEASURED_MM if name != "narrowest_door_mm"}
    asked: dict[str, Any] = {}
    if assessment is not None:
        asked = {
            "push_method": assessment.push_method,
            "posture": assessment.posture_level,
            "ground": assessment.daily_ground,
            "head_control": assessment.head_control,
            "trunk_control": assessment.trunk_control,
            "has_ataxia": bool({*assessment.conditions} & {*map(str, Assessment.ATAXIAS)}),
            "needs_tilt": _yes_or_no(assessment.needs_tilt),
            "swallowing_worse": _yes_or_no(assessment.swallowing_or_breathing_worse),
            "narrowest_door_mm": assessment.narrowest_door_mm,
        }
    if prescription is not None:
        asked["posture"] = prescription.posture_class
    return Body(
        **measures,
        **asked,
        mass_kg=known.get("mass_kg"),
        supports=frozenset(asked_accessories(prescription)),
    )


def _yes_or_no(answer: str) -> bool | None:
    return {"yes": True, "no": False}.get(answer)


def asked_accessories(prescription: Prescription | None) -> list[str]:
    """What a prescription asks a chair to have, as far as accessories are known by that name."""
    if prescription is None:
        return []
    asked = {*prescription.supports, *prescription.must_have}
    if prescription.cushion in CUSHIONS:
        asked.add(Accessory.CUSHION)
    return [code for code in Accessory.values if code in asked]


def seat_of(model: ChairModel, chair: Chair | None = None) -> Seat:
    """A model as FIT-1.0 looks at it, with what is fitted to this chair beside.

    A cushion that was added to a chair takes the place of the model's; nobody knows how thick it is.
    """
    added = frozenset(chair.accessories if chair else ())
    own = frozenset(model.accessories)
    has_other_cushion = Accessory.CUSHION in added - own
    return Seat(
        **{dimension: _range(model, name) for name, dimension in DIMENSIONS.items()},
        footrests_are_split=model.footrests_are_split,
        has_cushion=model.has_cushion or has_other_cushion,
        cushion_mm=None if has_other_cushion else model.cushion_compressed_mm,
        seat_height_front_mm=model.seat_height_front_mm,
        overall_width_mm=model.overall_width_mm,
        user_mass_min_kg=model.user_mass_min_kg,
        user_mass_max_kg=model.user_mass_max_kg,
        posture=model.posture_class,
        terrain=model.terrain_class,
        tilt_max_deg=model.tilt_max_deg,
        recline_max_deg=model.recline_max_deg,
        accessories=own | added,
    )


def _range(model: ChairModel, name: str) -> Range | None:
    """Between which values a dimension can be set; of a single known end nothing else is promised."""
    low, high = getattr(model, f"{name}_min_mm"), getattr(model, f"{name}_max_mm")
    if low is None and high is None:
        return None
    low, high = (high if low is None else low), (low if high is None else high)
    return Range(low, high, getattr(model, f"{name}_step_mm", None))


def limits_of(seat: Seat, body: Body) -> growth.Limits:
    """How far this chair can follow this child's growth."""
    most = {name: found[1] for name, found in seat.settings.items() if isinstance(found, Range)}
    guides = seat.hip_guides
    if guides and guides.low == guides.high and Accessory.HIP_GUIDES in seat.accessories and "width" in most:
        most["width"] = min(most["width"], guides.high)
    return growth.Limits(
        width_max_mm=most.get("width"),
        depth_max_mm=most.get("depth"),
        footrest_max_mm=most.get("footrest"),
        back_max_mm=most.get("back"),
        back_target=fitting.back_target(body),
        mass_max_kg=None if isinstance(seat.mass_limits, str) else seat.user_mass_max_kg,
        footrests_are_split=seat.footrests_are_split,
    )


def growing_child(
    child: Child,
    readings: Iterable[measuring.Reading],
    assessment: Assessment | None,
    association: Association,
) -> growth.Child:
    """The child as GROW-1.0 looks at her; what slows growth is the association's guess."""
    factors: list[growth.Factor] = []
    if assessment is not None:
        if Assessment.Condition.ATAXIA_TELANGIECTASIA in assessment.conditions:
            factors.append(growth.Factor("ataxia", association.growth_ataxia))
        factors += [
            growth.Factor(code, getattr(association, f"growth_{code}"))
            for code in Assessment.GrowthFactor.values
            if code in assessment.growth_factors
        ]
    return growth.Child(
        sex=child.sex,
        born_on=child.born_on,
        birth_is_exact=child.birth_precision == Child.Precision.EXACT,
        readings=tuple(growth.Reading(**vars(reading)) for reading in readings),
        factors=tuple(factors),
    )


# --- One kind of chair for one child --------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """Chairs of one model with the same accessories, judged for one child; with `changes` once a workshop made them.

    `outgrow` is None where growth cannot be forecast. `missing` are the accessories that were prescribed and are not
    there; `departs` says how the chair departs from the prescription: other_kind, other_model, or not at all. `chairs`
    are the oldest of each lot (`lots`), the oldest first.
    """

    model: ChairModel
    known: KnownMeasures
    seat: Seat
    fit: Fit
    outgrow: growth.Outgrow | None
    score: FitScore
    missing: tuple[str, ...] = ()
    departs: str = ""
    changes: tuple[WorkshopChange, ...] = ()
    chairs: tuple[Chair, ...] = ()

    @property
    def points(self) -> int:
        return self.score.points

    @property
    def is_possible(self) -> bool:
        """May be proposed: it can be judged, nothing that matters fails, and the prescription allows it."""
        return self.fit.is_possible and self.departs != "other_model"

    @property
    def knows_months(self) -> bool:
        return self.outgrow is not None and self.outgrow.is_known

    @property
    def months(self) -> int | None:
        """Months until the chair is likely too small; None if never, or if it is not known."""
        return self.outgrow.too_small.likely if self.outgrow else None

    @property
    def rank(self) -> tuple:
        """Sort by this: points, then how long it lasts (at most three years count), then the oldest stock."""
        months = fitting.NEVER_MONTHS if self.months is None else min(self.months, fitting.NEVER_MONTHS)
        lasts = months if self.knows_months else -1
        return (-self.points, -lasts, *(_age(self.chairs[0]) if self.chairs else (FAR_OFF, 0)))

    @property
    def cost_mad(self) -> Decimal | None:
        """What the changes cost together; None if one of them has no price."""
        costs = [change.cost_mad for change in self.changes]
        return None if None in costs else sum(filter(None, costs), Decimal(0))

    @property
    def days(self) -> int | None:
        days = [change.days for change in self.changes]
        return None if None in days else sum(filter(None, days))


def _age(chair: Chair) -> tuple[date, int]:
    return chair.acquired_on or FAR_OFF, chair.number


@dataclass(frozen=True)
class Subject:
    """All that is known of the child for whom a chair is chosen, read once for any number of chairs."""

    need: Need
    known: KnownMeasures
    prescription: Prescription | None
    body: Body
    trajectory: growth.Trajectory | None
    why_no_forecast: str  # a reason of GROW-1.0, or ""

    def candidate(
        self, model: ChairModel, chairs: Sequence[Chair] = (), changes: Sequence[WorkshopChange] = ()
    ) -> Candidate:
        """Judge one kind of chair, as it stands or after a workshop's changes."""
        seat = changed(seat_of(model, chairs[0] if chairs else None), changes)
        fit = fitting.fit(self.body, seat)
        outgrow = growth.outgrow(self.trajectory, limits_of(seat, self.body)) if self.trajectory else None
        missing = fitting.missing_accessories(self.body, seat)
        score = fitting.score(
            fit,
            months_until_too_small=outgrow.too_small.likely if outgrow else None,
            known_months=outgrow is not None and outgrow.is_known,
            needs_workshop=bool(changes),
            accessories_missing=len(missing),
        )
        return Candidate(
            model, self.known, seat, fit, outgrow, score, missing, self._departs(model), tuple(changes), tuple(chairs)
        )

    def _departs(self, model: ChairModel) -> str:
        asked = self.prescription
        if asked is None or (asked.model_id == model.pk):
            return ""
        if not asked.substitution_allowed:
            return "other_model"
        return "" if asked.category == model.category else "other_kind"


def changed(seat: Seat, changes: Iterable[WorkshopChange]) -> Seat:
    """A seat after a workshop's changes."""
    for change in changes:
        if change.dimension and change.min_mm is not None and change.max_mm is not None:
            dimension: dict[str, Any] = {DIMENSIONS[change.dimension]: Range(change.min_mm, change.max_mm)}
            seat = replace(seat, **dimension)
        if change.adds:
            seat = replace(seat, accessories=seat.accessories | {change.adds})
    return seat


def subject_of(need: Need, *, today: date | None = None) -> Subject:
    """Read what is known of a need's child; the same few queries for every child."""
    child = need.child
    measures = measuring.measures_of([child])[child.pk]
    known = measures.known
    growing = growing_child(child, measures.readings, known.assessment, Association.get())
    prescription = (
        need.prescriptions.select_related("model", "prescribed_by", "agreed_by", "second_signatory")
        .latest_first()
        .first()
    )
    trajectory = growth.trajectory(growing, starts_on=today or timezone.localdate())
    return foretold(need, known, prescription, body_of(known, prescription), growing, trajectory)


def foretold(
    need: Need,
    known: KnownMeasures,
    prescription: Prescription | None,
    body: Body,
    growing: growth.Child,
    trajectory: growth.Trajectory | None,
) -> Subject:
    """The child with her forecast: `body` gets the mass she is likely to have when she is looked at again."""
    projected = trajectory.at(REVIEW_MONTHS).mass_kg if trajectory else None
    body = replace(body, projected_mass_kg=projected)
    return Subject(need, known, prescription, body, trajectory, growth.why_not(growing) or "")


# --- All the chairs that stand there --------------------------------------------------------------


@dataclass(frozen=True)
class Choices:
    """What the stock offers one child: ranked, left out with a line, possible after a change, or to be ordered."""

    subject: Subject
    fitting: tuple[Candidate, ...]
    excluded: tuple[Candidate, ...]
    workshop: tuple[Candidate, ...]
    specification: tuple[SpecLine, ...]
    versions: Mapping[str, str]

    @property
    def best(self) -> Candidate | None:
        return self.fitting[0] if self.fitting else None

    @cached_property
    def lacking(self) -> tuple[Line, ...]:
        """What nobody measured or assessed of the child, so that no plain chair can be judged there; core first."""
        lines = fitting.fit(self.subject.body, Seat()).lines
        return tuple(line for line in lines if line.reason.startswith(("missing.", "implausible.")))

    def of(self, chair_pk: Any) -> Candidate | None:
        """The candidate to which a chair belongs: one of those that were read (`lots`)."""
        everything = (*self.fitting, *self.excluded)
        return next((each for each in everything if any(str(c.pk) == str(chair_pk) for c in each.chairs)), None)

    def to_explain(self, chair_pk: Any) -> str:
        """Why choosing this chair needs a typed reason, in the reader's words; "" where it needs none."""
        found = self.of(chair_pk)
        if found is None or not found.fit.is_possible:
            return gettext("This chair does not fit, or it cannot be judged: write why it is chosen all the same.")
        if found.departs:
            return gettext("This is not the chair that was prescribed: write why it is chosen all the same.")
        if found is not self.best:
            return gettext("Another chair suits better: write why this one is chosen.")
        return ""


def lots(today: date | None = None, *, chosen: UUID | None = None) -> list[Chair]:
    """The oldest chair offered of each kind in each depot and condition, with `alike`: how many they are, it included.

    The chair with the key `chosen` is a lot by itself, so that it can be told from those like it.
    """
    kind = ("model", "accessories", "depot", "is_new", "is_chosen")
    oldest_first = (F("acquired_on").asc(nulls_last=True), "number")
    counted = (
        Chair.objects.offered(today)
        .annotate(is_chosen=Case(When(pk=chosen, then=Value(True)), default=Value(False)))
        .annotate(
            alike=Window(Count("pk"), partition_by=kind),
            turn=Window(RowNumber(), partition_by=kind, order_by=oldest_first),
        )
        .filter(turn=1)
    )
    alike = dict(counted.values_list("pk", "alike"))  # whole rows are read of these few only
    chairs = sorted(Chair.objects.filter(pk__in=alike).with_model(), key=_age)
    for chair in chairs:
        chair.alike = alike[chair.pk]
    return chairs


def choices_for(need: Need, *, today: date | None = None, chosen: UUID | None = None) -> Choices:
    """Everything that stands available, judged for this need; the same number of queries whatever the stock.

    `chosen` is the key of a chair that somebody asks for: `Choices.of` finds it.
    """
    subject = subject_of(need, today=today)
    groups: dict[tuple, list[Chair]] = {}
    for chair in lots(today, chosen=chosen):
        groups.setdefault((chair.model_id, frozenset(chair.accessories)), []).append(chair)
    possible: dict[Any, list[WorkshopChange]] = {}
    for change in WorkshopChange.objects.filter(model__in={pk for pk, _added in groups}).order_by("what", "pk"):
        possible.setdefault(change.model_id, []).append(change)
    found = [subject.candidate(chairs[0].model, chairs) for chairs in groups.values()]
    fits = sorted((each for each in found if each.is_possible), key=lambda each: each.rank)
    excluded = sorted((each for each in found if not each.is_possible), key=lambda each: (str(each.model), each.rank))
    workshop = [
        better
        for each in found
        for better in [_after_workshop(subject, each, possible.get(each.model.pk, []))]
        if better
    ]
    return Choices(
        subject,
        tuple(fits),
        tuple(excluded),
        tuple(sorted(workshop, key=lambda each: each.rank)),
        fitting.order_specification(subject.body),
        {"fit": fitting.VERSION, "growth": growth.VERSION},
    )


def _after_workshop(subject: Subject, before: Candidate, changes: Sequence[WorkshopChange]) -> Candidate | None:
    """What one change makes possible, or else all of them; of a chair that fits already, only what makes it better."""
    if before.departs == "other_model":
        return None

    def helps(after: Candidate) -> bool:
        return after.is_possible and (not before.is_possible or after.points > before.points)

    singles = [subject.candidate(before.model, before.chairs, [change]) for change in changes]
    helping = sorted(filter(helps, singles), key=lambda each: each.rank)
    if helping:
        return helping[0]
    if len(changes) > 1 and not before.is_possible:
        every = subject.candidate(before.model, before.chairs, changes)
        return every if helps(every) else None
    return None


# --- One chair that was chosen --------------------------------------------------------------------


def judged(need: Need, chair: Chair) -> Candidate:
    """One chair as it stands for one need, today."""
    return subject_of(need).candidate(chair.model, [chair])


def frozen(candidate: Candidate) -> dict[str, Any]:
    """A judgement as plain values, to be kept in an allocation's facts for ever."""
    outgrow = candidate.outgrow
    known = outgrow is not None and outgrow.is_known
    return {
        "fit": candidate.fit.as_dict(),
        "points": candidate.points,
        "penalties": [
            {"code": each.code, "points": each.points, "reason": each.reason} for each in candidate.score.penalties
        ],
        "months": {
            "version": growth.VERSION,
            "known": known,
            "early": outgrow.too_small.early if outgrow else None,
            "likely": outgrow.too_small.likely if outgrow else None,
            "late": outgrow.too_small.late if outgrow else None,
            "limiting": outgrow.limiting_too_small if outgrow else "",
        },
        "missing": list(candidate.missing),
        "departs": candidate.departs,
    }


class NothingToOverrule(Refusal):
    sentence = _("Nothing stands against this hand-over.")


class OverruleNeedsReason(Refusal):
    sentence = _("Write why the chair may be handed over all the same.")


def open_blockers(allocation: Allocation) -> list[str]:
    """What still stands against handing this chair over, in the reader's words; [] where nothing does.

    The chair is judged again as it stands, with the accessories fitted since. Whatever a named person overruled for
    this reservation no longer counts.
    """
    return [sentence for code, sentence in _blockers(allocation) if code not in overruled(allocation)]


def overruled(allocation: Allocation) -> dict[str, dict[str, str]]:
    """What was overruled by whom and why, by the code of what stood against the hand-over."""
    return allocation.facts.get("overruled", {})


def _blockers(allocation: Allocation) -> list[tuple[str, str]]:
    candidate = judged(allocation.need, allocation.chair)
    found = [
        (line.dimension, f"{gettext(line.name)}: {say(line.reason, line.params)}") for line in candidate.fit.blockers
    ]
    words = dict(Accessory.choices)
    return found + [
        (f"accessory:{code}", gettext("Prescribed and not on the chair: %(what)s.") % {"what": words[code]})
        for code in candidate.missing
    ]


@transaction.atomic
def overrule_blockers(allocation: Allocation, *, by: User, reason: str) -> Allocation:
    """Let a chair be handed over although something stands against it: by name, with the reason.

    Only what stands against it now is overruled; what is found later stops the hand-over again. Raises
    OverruleNeedsReason or NothingToOverrule.
    """
    if not reason.strip():
        raise OverruleNeedsReason
    Child.with_merged.lock_of(allocation.need)
    allocation = hold(Allocation.objects.filter(pk=allocation.pk).select_related("need__child", "chair__model")).get()
    before = overruled(allocation)
    codes = [code for code, _sentence in _blockers(allocation) if code not in before]
    if not codes:
        raise NothingToOverrule
    decision = {"reason": reason.strip(), "by": str(by.pk), "name": str(by), "at": timezone.now().isoformat()}
    allocation.facts = allocation.facts | {"overruled": before | dict.fromkeys(codes, decision)}
    allocation.save(update_fields=["facts"])
    journal.record(
        "allocation.fit_overruled",
        allocation,
        by=by,
        subject=allocation.need.child,
        payload={"chair": allocation.chair.label, "against": codes, "reason": decision["reason"]},
    )
    return allocation


# --- In words -------------------------------------------------------------------------------------


def say(reason: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence of a reason of FIT-1.0 in the reader's language; "" for one that no rule knows any more."""
    if reason not in fitting_words.REASONS:
        return ""
    return fitting.sentence(reason, params, translate=gettext, number=_number)


def say_growth(reason: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence of a reason of GROW-1.0 in the reader's language; "" for one that no rule knows any more."""
    if reason not in growth.REASONS:
        return ""
    return growth.sentence(reason, params, translate=gettext, number=_number)


def joined(words: Iterable[str]) -> str:
    """Words one after the other, as the reader's language joins them."""
    return pgettext("between words", ", ").join(words)


def _number(value: Any) -> str:
    return formats.number_format(Decimal(str(value)))


def lasts(candidate: Candidate) -> str:
    """How long the chair is likely to serve, in one sentence."""
    outgrow = candidate.outgrow
    if outgrow is None or not outgrow.is_known:
        return gettext("How long it will fit cannot be said.")
    months = outgrow.too_small.likely
    if months is None:
        return gettext("It is likely to serve until the child is 18.")
    if months == 0:
        return gettext("It is too small today or within the month.")
    return ngettext(
        "It is likely to serve for %(months)s month.", "It is likely to serve for %(months)s months.", months
    ) % {"months": months}
