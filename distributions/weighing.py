"""Every free chair held against every child who waits: what lies on the table when an initiative is shared out.

Nothing is written here. `distributions.balancing` makes the best plan of it, `distributions.sharing` decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from beneficiaries import measuring, scoring
from beneficiaries.models import Association, Need
from distributions import choosing, fitting, growth, solver
from distributions.choosing import Candidate, Subject
from distributions.models import Allocation, Chair, Initiative, PlanRule, Prescription, RegionFloor
from hajar.lib import keeping

VERSIONS = {
    "need": scoring.VERSION,
    "fit": fitting.VERSION,
    "growth": growth.VERSION,
    "share": solver.VERSION,
}
MOST = 600  # needs, and chairs, that are weighed at once: the first of the queue, those held longest
FORESEEN = 48  # months: a chair that does longer is as good as one that does for ever


# --- what is known ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Suit:
    """How a kind of chair suits a child: the verdict, and the whole judgement where it is not excluded by it."""

    fit: fitting.Fit
    candidate: Candidate | None = None
    waste: int = 0  # how much of the chair would be wasted on her
    measures: measuring.Measures | None = None  # what was judged
    prescription: Prescription | None = None

    @property
    def is_possible(self) -> bool:
        """May be proposed: nothing that matters fails or is unknown, and the prescription allows it."""
        return self.candidate is not None and self.candidate.is_possible

    @property
    def points(self) -> int:
        return self.candidate.points if self.candidate else 0


class Worth(NamedTuple):
    """The same in brief: all that the best plan asks."""

    overall: str  # of the fit
    is_possible: bool
    points: int
    waste: int


@dataclass(frozen=True)
class Seeker:
    """A need that waits, with where it stands in the queue."""

    need: Need
    place: int

    @property
    def points(self) -> int:
        """Need and wait bonus, as the queue counts them."""
        return self.need.queue_points  # type: ignore[attr-defined]  # annotated by in_queue_order

    @property
    def region(self) -> int:
        return self.need.child.family.province.region_id


@dataclass(frozen=True)
class Table:
    """All that lies on the planner's table: who waits, which chairs are free, what suits whom, what was decided.

    `suits` says how a kind of chair suits a need; `kind_of` says of which kind a chair is. `apart` are needs that are
    not to be served here, each with the reason. `is_fresh`: nothing of it, nor of its plan, is kept from before.
    """

    seekers: tuple[Seeker, ...]
    chairs: tuple[Chair, ...]
    suits: "Suits"
    kind_of: Mapping[UUID, Any]
    apart: tuple[tuple[Seeker, str], ...] = ()
    rules: tuple[PlanRule, ...] = ()
    floors: Mapping[int, int] = field(default_factory=dict)
    is_cut: bool = False  # more children wait than are weighed at once
    is_fresh: bool = False

    def suit(self, need: UUID, chair: UUID) -> Suit:
        return self.suits[need, self.kind_of[chair]]

    def worth(self, need: UUID, chair: UUID) -> Worth:
        return self.suits.worths[need, self.kind_of[chair]]

    @cached_property
    def seeker_of(self) -> dict[UUID, Seeker]:
        return {seeker.need.pk: seeker for seeker in self.seekers}

    @cached_property
    def chair_of(self) -> dict[UUID, Chair]:
        return {chair.pk: chair for chair in self.chairs}

    def with_rules(self, rules: Iterable[PlanRule]) -> "Table":
        return replace(self, rules=tuple(rules))


def gather(initiative: Initiative, *, user, months: int | None = FORESEEN, anew: bool = False) -> Table:
    """Lay out what can be shared now, as far as this person sees it, in a number of queries that does not grow.

    `months` says how far growth is foretold; None: to the 18th birthday, as the facts of a reservation keep it. The
    points, and so the plan, are the same. `anew`: take no judgement from before, though it followed from the same.
    """
    queue = Need.objects.visible_to(user).open().filter(purpose__in=Need.CHAIRS).in_queue_order()
    needs = list(
        Need.objects.filter(pk__in=queue.values("pk")[: MOST + 1])  # the whole queue is sorted without its rows
        .select_related("child__family")
        .prefetch_related("child__family__province")  # a few rows for all of them
        .defer("parts", "flags")
        .in_queue_order()
    )
    is_cut = len(needs) > MOST
    needs = needs[:MOST]
    seekers, apart = _sort_out([Seeker(need, place) for place, need in enumerate(needs, start=1)])
    rules = list(_rules(initiative))
    seen = {*PlanRule.objects.visible_to(user).filter(initiative=initiative).standing().values_list("pk", flat=True)}
    kept_elsewhere = {rule.chair_id for rule in rules if rule.kind == PlanRule.Kind.FIX and rule.pk not in seen}
    chairs = tuple(free_chairs().exclude(pk__in=kept_elsewhere)[:MOST])
    kind_of = {chair.pk: (chair.model_id, frozenset(chair.accessories)) for chair in chairs}
    one_of_each = {kind_of[chair.pk]: chair for chair in reversed(chairs)}
    return Table(
        seekers=seekers,
        chairs=chairs,
        suits=Suits(seekers, one_of_each, months, anew=anew),
        kind_of=kind_of,
        apart=apart,
        rules=tuple(rule for rule in rules if rule.pk in seen),
        is_cut=is_cut,
        floors=dict(RegionFloor.objects.filter(initiative=initiative).values_list("region", "least")),
        is_fresh=anew,
    )


def free_chairs():
    """Chairs that can be promised today, the one held longest first."""
    oldest_first = F("acquired_on").asc(nulls_last=True), "number", "pk"
    return Chair.objects.offered().prefetch_related("model").order_by(*oldest_first)  # of a few kinds


def _rules(initiative: Initiative):
    rows = PlanRule.objects.filter(initiative=initiative).standing()
    return rows.select_related("need__child", "chair__model", "by").order_by("created_at", "pk")


def _sort_out(seekers: Sequence[Seeker]) -> tuple[tuple[Seeker, ...], tuple[tuple[Seeker, str], ...]]:
    """Whom a chair can be given to, and whom not because one is on its way: nobody is helped twice.

    A main chair and a replacement are both a chair, so one promise for either stands for both; accessories and repairs
    are no chairs and stand in nobody's way.
    """
    promised = (
        Allocation.objects.live()
        .filter(need__child__in=[seeker.need.child_id for seeker in seekers], need__purpose__in=Need.CHAIRS)
        .select_related("initiative", "need")
        .order_by("pk")
    )
    promise_of = {allocation.need.child_id: allocation for allocation in promised}
    taken: list[Seeker] = []
    apart: list[tuple[Seeker, str]] = []
    seen: set[UUID] = set()
    for seeker in seekers:
        child = seeker.need.child_id
        if promise := promise_of.get(child):
            apart.append(
                (seeker, _("A chair is already reserved for her: %(initiative)s.") % {"initiative": promise.initiative})
            )
        elif child in seen:
            apart.append((seeker, _("Another need of the same child stands before this one: one chair at a time.")))
        else:
            taken.append(seeker)
        seen.add(child)
    return tuple(taken), tuple(apart)


class Suits:
    """How each kind of chair suits each child: judged when it is first asked for, growth forecast once for a child.

    `worths` is what all of these judgements come to. They follow from what is read here of the children and the chairs,
    from the rules and the day, and from nothing else: so they are kept under all of that (hajar.lib.keeping).
    """

    def __init__(
        self, seekers: Sequence[Seeker], one_of_each: Mapping[Any, Chair], months: int | None, *, anew: bool = False
    ) -> None:
        self.today, self.months, self.anew = timezone.localdate(), months, anew
        self.chairs = one_of_each
        self.seats = {kind: choosing.seat_of(chair.model, chair) for kind, chair in one_of_each.items()}
        measures_of = measuring.measures_of(seeker.need.child for seeker in seekers)
        prescriptions = _prescriptions(seekers)
        association = Association.get()
        self.judged_by: dict[UUID, tuple[Need, measuring.Measures, Prescription | None]] = {}
        self.bodies: dict[UUID, fitting.Body] = {}
        self.growing: dict[UUID, growth.Child] = {}
        for need in (seeker.need for seeker in seekers):
            measures, prescription = measures_of[need.child_id], prescriptions.get(need.pk)
            known = measures.known
            self.judged_by[need.pk] = need, measures, prescription
            self.bodies[need.pk] = choosing.body_of(known, prescription)
            self.growing[need.pk] = choosing.growing_child(need.child, measures.readings, known.assessment, association)
        self.found: dict[tuple[UUID, Any], Suit] = {}
        self.subjects: dict[UUID, Subject] = {}

    def __getitem__(self, pair: tuple[UUID, Any]) -> Suit:
        if pair not in self.found:
            self.found[pair] = self._judge(*pair)
        return self.found[pair]

    @cached_property
    def worths(self) -> dict[tuple[UUID, Any], Worth]:
        """Of each child and each kind of chair."""
        pairs = [(need, kind) for need in self.bodies for kind in self.seats]
        found = keeping.kept(
            "worths", self.fingerprint, lambda: [tuple(self._worth(*pair)) for pair in pairs], anew=self.anew
        )
        return dict(zip(pairs, map(Worth._make, found), strict=True))

    @cached_property
    def fingerprint(self) -> str:
        return keeping.fingerprint(self.follows_from())

    def follows_from(self) -> list[Any]:
        """All that a judgement depends on, child by child and kind by kind, in their order."""
        asked = [prescription for _need, _measures, prescription in self.judged_by.values()]
        return [
            VERSIONS,
            self.today,
            self.bodies,
            [*self.growing.values()],
            [each and (each.model_id, each.category, each.substitution_allowed) for each in asked],
            self.seats,
            [(chair.model_id, chair.model.category) for chair in self.chairs.values()],
        ]

    def _worth(self, need: UUID, kind: Any) -> Worth:
        suit = self[need, kind]
        return Worth(suit.fit.overall, suit.is_possible, suit.points, suit.waste)

    def _judge(self, need: UUID, kind: Any) -> Suit:
        fit = fitting.fit(self.bodies[need], self.seats[kind])
        if not fit.is_possible:
            return Suit(fit)
        subject, chair = self._subject(need), self.chairs[kind]
        candidate = subject.candidate(chair.model, [chair])
        _need, measures, prescription = self.judged_by[need]
        return Suit(candidate.fit, candidate, _waste(subject.body, self.seats[kind]), measures, prescription)

    def _subject(self, key: UUID) -> Subject:
        if key not in self.subjects:
            (need, measures, prescription), growing = self.judged_by[key], self.growing[key]
            path = growth.trajectory(growing, starts_on=self.today, months=self.months)
            self.subjects[key] = choosing.foretold(need, measures.known, prescription, self.bodies[key], growing, path)
        return self.subjects[key]


def changed_since(table: Table, pairs: Iterable[tuple[Need, Chair]]) -> bool:
    """Whether a measure, an assessment, a prescription or a chair is another than when it was judged; four queries.

    To be asked with the children's and the chairs' rows locked: from then on nothing changes.
    """
    pairs = list(pairs)
    seekers = [table.seeker_of[need.pk] for need, _chair in pairs]
    measures_of = measuring.measures_of(seeker.need.child for seeker in seekers)
    prescriptions = _prescriptions(seekers)
    chairs = Chair.objects.in_bulk([chair.pk for _need, chair in pairs])
    for need, chair in pairs:
        suit, now = table.suit(need.pk, chair.pk), chairs[chair.pk]
        if suit.candidate is None:
            continue  # judged anew when it is reserved
        if table.kind_of[chair.pk] != (now.model_id, frozenset(now.accessories)):
            return True
        if suit.measures != measures_of[need.child_id] or suit.prescription != prescriptions.get(need.pk):
            return True
    return False


def _prescriptions(seekers: Sequence[Seeker]) -> dict[UUID, Prescription]:
    """The latest of each need."""
    rows = Prescription.objects.filter(need__in=[seeker.need.pk for seeker in seekers]).latest_first()
    return {row.need_id: row for row in reversed(rows)}


def _waste(body: fitting.Body, seat: fitting.Seat) -> int:
    """How much larger than the child the chair can still be set, in centimetres of width and depth, 15 at most."""
    spare = 0
    for dimension in ("width", "depth"):
        reference, setting = body.references[dimension].value, seat.settings[dimension]
        if reference is not None and isinstance(setting, fitting.Range):
            spare += max(0, setting.high - reference)
    return min(15, spare // 10)
