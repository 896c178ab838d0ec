"""The best plan that can be made of what lies on the table, why not this child, and what a decision changes for whom.

Nothing is written here: `distributions.sharing` decides, this module says what a decision would do.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beneficiaries.models import Need, Region
from distributions import choosing, fitting, solver
from distributions.models import Chair, PlanRule
from distributions.weighing import Seeker, Suit, Table, Worth
from hajar.lib import keeping

Kind = PlanRule.Kind
NAMED = 3  # children or dimensions that an answer names


# --- the best plan ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlannedPair:
    """A chair that the plan gives to a child, and why."""

    seeker: Seeker
    chair: Chair
    worth: Worth
    table: Table = field(repr=False, compare=False)
    fixed_by: PlanRule | None = None

    @property
    def need(self) -> Need:
        return self.seeker.need

    @cached_property
    def suit(self) -> Suit:
        """The whole judgement, made when somebody reads it."""
        return self.table.suit(self.need.pk, self.chair.pk)

    @property
    def value(self) -> int:
        """Need, waiting and fit together; a chair that does not fit and is given all the same adds no fit."""
        return self.seeker.points + self.worth.points

    @property
    def price_mad(self) -> Decimal | None:
        return price_of(self.chair)

    @property
    def reasons(self) -> list[str]:
        """Why this chair for this child, a sentence each, the gravest first."""
        candidate = self.suit.candidate
        said = [_decided(self.fixed_by)] if self.fixed_by else []
        if candidate is None:
            against = self.suit.fit.excluding
            return said + ([f"{_(against.name)}: {choosing.say(against.reason, against.params)}"] if against else [])
        blockers = candidate.fit.blockers
        said += [
            _("To be solved before the hand-over: %(what)s") % {"what": choosing.say(line.reason, line.params)}
            for line in blockers
        ]
        said.append(choosing.lasts(candidate))
        spoken = {line.dimension for line in blockers}
        return said + [
            f"−{penalty.points}\N{NO-BREAK SPACE}: {choosing.say(penalty.reason, penalty.params)}"
            for penalty in candidate.score.penalties
            if penalty.code not in spoken
        ]


@dataclass(frozen=True)
class LeftOut:
    """A child for whom the plan has no chair. `code` says of which kind the answer is, `reasons` say it in words.

    `is_passed_over`: her assessment is incomplete, and a chair that may suit her goes to somebody after her.
    """

    seeker: Seeker
    code: str
    told: Callable[[], tuple[str, ...]] = field(repr=False, compare=False)
    is_passed_over: bool = False

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        return self.told()

    @property
    def need(self) -> Need:
        return self.seeker.need


@dataclass(frozen=True)
class Idle:
    """A chair that stays in the store, and why."""

    chair: Chair
    told: Callable[[], str] = field(repr=False, compare=False)

    @cached_property
    def reason(self) -> str:
        return self.told()


@dataclass(frozen=True)
class Plan:
    """The best way to share out what lies on the table."""

    pairs: tuple[PlannedPair, ...]
    left_out: tuple[LeftOut, ...]
    idle: tuple[Idle, ...]
    unmet_floors: tuple[tuple[Region, int], ...]
    rules: tuple[PlanRule, ...]
    idle_rules: frozenset[UUID]  # decisions about a child or a chair that is no longer there
    value: int

    @property
    def cost_mad(self) -> Decimal:
        return cost(self.pairs)

    @property
    def unpriced(self) -> int:
        return sum(pair.price_mad is None for pair in self.pairs)

    @property
    def passed_over(self) -> tuple[LeftOut, ...]:
        return tuple(each for each in self.left_out if each.is_passed_over)

    @property
    def urgent_left_out(self) -> int:
        return sum(each.need.is_urgent for each in self.left_out)

    @cached_property
    def fingerprint(self) -> str:
        """What changes as soon as one pair does: whoever locks must have seen this plan, not another."""
        told = ";".join(sorted(f"{pair.need.pk}:{pair.chair.pk}" for pair in self.pairs))
        return hashlib.sha256(told.encode()).hexdigest()[:20]


def price_of(chair: Chair) -> Decimal | None:
    """What a chair costs the initiative, MAD: its own price, else its model's in the catalogue."""
    return chair.cost_mad if chair.cost_mad is not None else chair.model.price_mad


def cost(pairs: Sequence[PlannedPair]) -> Decimal:
    """What the chairs cost together, MAD; a chair without a price is not counted."""
    return sum((pair.price_mad or Decimal(0) for pair in pairs), Decimal(0))


def plan(table: Table) -> Plan:
    """The best plan under the decisions in force, with an answer for every child and every chair left out."""
    pairs, barred, unmet_floors = _best_pairs(table)
    served = {pair.need.pk for pair in pairs}
    answers = _Answers(table, pairs, barred)
    regions = Region.objects.in_bulk(unmet_floors)
    waiting = [answers.of(seeker) for seeker in table.seekers if seeker.need.pk not in served]
    waiting += [LeftOut(seeker, "promised", partial(tuple, (reason,))) for seeker, reason in table.apart]
    return Plan(
        pairs=pairs,
        left_out=tuple(sorted(waiting, key=lambda each: each.seeker.place)),
        idle=answers.idle(),
        unmet_floors=tuple((regions[pk], missing) for pk, missing in unmet_floors.items()),
        rules=table.rules,
        idle_rules=frozenset(rule.pk for rule in table.rules) - {rule.pk for rule in _in_force(table)},
        value=sum(pair.value for pair in pairs),
    )


def _in_force(table: Table) -> list[PlanRule]:
    """Decisions about a child and a chair that are still there."""
    there = {*table.seeker_of, *table.chair_of, None}
    return [rule for rule in table.rules if rule.need_id in there and rule.chair_id in there]


@dataclass(frozen=True)
class _Barred:
    """What decisions keep apart, each with the decision."""

    needs: Mapping[Any, PlanRule]
    chairs: Mapping[Any, PlanRule]
    pairs: Mapping[tuple[Any, Any], PlanRule]

    def keeps(self, need: UUID, chair: UUID) -> PlanRule | None:
        return self.chairs.get(chair) or self.pairs.get((need, chair))


def _best_pairs(table: Table) -> tuple[tuple[PlannedPair, ...], _Barred, Mapping[int, int]]:
    """What the solver makes of the table, in the order of the queue; what decisions bar; the floors that are missed."""
    kinds: dict[str, list[PlanRule]] = defaultdict(list)
    for rule in _in_force(table):
        kinds[rule.kind].append(rule)
    barred = _Barred(
        needs={rule.need_id: rule for rule in kinds[Kind.EXCLUDE_NEED]},
        chairs={rule.chair_id: rule for rule in kinds[Kind.EXCLUDE_CHAIR]},
        pairs={(rule.need_id, rule.chair_id): rule for rule in kinds[Kind.FORBID]},
    )
    wishes = [
        solver.Wish(seeker.need.pk, seeker.need.is_urgent, seeker.points, seeker.region)
        for seeker in table.seekers
        if seeker.need.pk not in barred.needs
    ]
    chairs = [chair.pk for chair in table.chairs if chair.pk not in barred.chairs]
    wanted, offered = {wish.key for wish in wishes}, set(chairs)
    fixed: dict[Any, PlanRule] = {
        rule.need_id: rule for rule in kinds[Kind.FIX] if rule.need_id in wanted and rule.chair_id in offered
    }
    chairs_of_kind: dict[Any, list[UUID]] = defaultdict(list)
    for chair in chairs:
        chairs_of_kind[table.kind_of[chair]].append(chair)
    decided: dict[str, Any] = {
        "fixed": [(need, rule.chair_id) for need, rule in fixed.items()],
        "forbidden": set(barred.pairs),
        "floors": table.floors,
    }

    def solve() -> tuple[list[tuple[UUID, UUID]], dict[int, int]]:
        pairs = [
            solver.Pair(need, chair, worth.points, worth.waste)
            for (need, kind), worth in table.suits.worths.items()
            if worth.is_possible and need in wanted
            for chair in chairs_of_kind[kind]
        ]
        solution = solver.solve(wishes, chairs, pairs, **decided)
        return list(solution.pairs), dict(solution.unmet_floors)

    number_of = {kind: number for number, kind in enumerate(table.suits.seats)}
    offer = [(chair, number_of[table.kind_of[chair]]) for chair in chairs]
    pairs, unmet_floors = keeping.kept(
        "shared", [table.suits.fingerprint, wishes, offer, decided], solve, anew=table.is_fresh
    )
    found = [
        PlannedPair(table.seeker_of[need], table.chair_of[chair], table.worth(need, chair), table, fixed.get(need))
        for need, chair in pairs
    ]
    return tuple(sorted(found, key=lambda pair: pair.seeker.place)), barred, unmet_floors


# --- why not this child, why not this chair --------------------------------------------------------------------------


class _Answers:
    """The answer for every child and every chair that a plan leaves out."""

    def __init__(self, table: Table, pairs: Sequence[PlannedPair], barred: _Barred):
        self.table, self.barred = table, barred
        self.pair_by_chair = {pair.chair.pk: pair for pair in pairs}
        self.by_kind: dict[Any, list[UUID]] = defaultdict(list)
        for chair in table.chairs:
            self.by_kind[table.kind_of[chair.pk]].append(chair.pk)
        self.takers: dict[Any, list[PlannedPair]] = {
            kind: [self.pair_by_chair[chair] for chair in chairs if chair in self.pair_by_chair]
            for kind, chairs in self.by_kind.items()
        }

    @cached_property
    def suited(self) -> dict[Any, list[UUID]]:
        """The needs that each kind of chair suits, without those that a decision leaves out."""
        found: dict[Any, list[UUID]] = defaultdict(list)
        for (need, kind), worth in self.table.suits.worths.items():
            if worth.is_possible and need not in self.barred.needs:
                found[kind].append(need)
        return found

    def of(self, seeker: Seeker) -> LeftOut:
        """Why not this child."""
        need = seeker.need
        if rule := self.barred.needs.get(need.pk):
            return LeftOut(seeker, "excluded", lambda: (_decided(rule),))
        if not self.table.chairs:
            return LeftOut(seeker, "no_chairs", lambda: (_("No chair is free."),))
        worths = {kind: self.table.suits.worths[need.pk, kind] for kind in self.by_kind}
        possible = [kind for kind, worth in worths.items() if worth.is_possible]
        if any(self.takers[kind] for kind in possible):
            return LeftOut(seeker, "outranked", lambda: self._outranked(seeker, possible), self._is_passed_over(seeker))
        if possible:
            return LeftOut(seeker, "forbidden", lambda: self._forbidden(need, possible))
        incomplete = [kind for kind, worth in worths.items() if worth.overall == fitting.INCOMPLETE]
        if incomplete:
            is_passed_over = self._is_passed_over(seeker, incomplete=True)
            return LeftOut(seeker, "to_measure", lambda: self._to_measure(need, incomplete), is_passed_over)
        return LeftOut(seeker, "no_fit", lambda: self._no_fit(need))

    def _forbidden(self, need: Need, possible: Sequence[Any]) -> tuple[str, ...]:
        """Chairs would fit her, and stay in the store all the same: by which decisions."""
        chairs = [chair for kind in possible for chair in self.by_kind[kind]]
        kept_by = [rule for chair in chairs if (rule := self.barred.keeps(need.pk, chair))]
        return tuple(_decided(rule) for rule in kept_by[:NAMED])

    def _to_measure(self, need: Need, incomplete: Sequence[Any]) -> tuple[str, ...]:
        """It cannot be known whether a chair fits her, because measures are missing."""
        missing = Counter(
            _(line.name)
            for kind in incomplete
            for line in self.table.suits[need.pk, kind].fit.lines
            if line.is_core and line.verdict == fitting.UNKNOWN
        )
        return (_("Whether a chair fits is not known yet: %(dimensions)s.") % {"dimensions": _listed(missing)},)

    def _no_fit(self, need: Need) -> tuple[str, ...]:
        failing: Counter[str] = Counter()
        for kind, chairs in self.by_kind.items():
            if line := self.table.suits[need.pk, kind].fit.excluding:
                failing[_(line.name)] += len(chairs)
        count = len(self.table.chairs)
        words = ngettext(
            "The only free chair does not fit: %(dimensions)s.",
            "None of the %(count)s free chairs fits: %(dimensions)s.",
            count,
        ) % {"count": count, "dimensions": _listed(failing)}
        return (words,)

    def _outranked(self, seeker: Seeker, possible: Sequence[Any]) -> tuple[str, ...]:
        """Chairs would fit her, and go to others: to whom, and what weighed more."""
        takers = [pair for kind in possible for pair in self.takers[kind]]
        nearest = sorted(takers, key=lambda pair: (pair.fixed_by is None, -pair.seeker.place))[:NAMED]
        count = len(takers)
        words = ngettext(
            "%(count)s chair would fit and goes to another child:",
            "%(count)s chairs would fit and go to other children:",
            count,
        ) % {"count": count}
        return (words, *(self._comparison(seeker, pair) for pair in nearest))

    def _comparison(self, seeker: Seeker, pair: PlannedPair) -> str:
        hers = seeker.points + self.table.worth(seeker.need.pk, pair.chair.pk).points
        words = {
            "chair": pair.chair.label,
            "child": pair.need.child.reference,
            "place": pair.seeker.place,
            "theirs": pair.value,
            "hers": hers,
        }
        if pair.fixed_by:
            return _("%(chair)s: to %(child)s, by decision of %(by)s (%(reason)s)") % {
                **words,
                "by": pair.fixed_by.by,
                "reason": pair.fixed_by.reason,
            }
        if pair.need.is_urgent and not seeker.need.is_urgent:
            return _("%(chair)s: to %(child)s, who is urgent (place %(place)s)") % words
        if pair.value < hers:  # it took several children together to outweigh her
            return (
                _("%(chair)s: to %(child)s (place %(place)s); the children served together reach more points this way")
                % words
            )
        return _("%(chair)s: to %(child)s (place %(place)s), %(theirs)s points against %(hers)s") % words

    def _is_passed_over(self, seeker: Seeker, *, incomplete: bool = False) -> bool:
        """Too much is unknown to rank her out, and somebody who stands after her gets a chair that may suit her."""
        if not seeker.need.is_incomplete or seeker.need.override_score is not None:
            return False
        bearable = (fitting.INCOMPLETE,) if incomplete else (fitting.GOOD, fitting.ACCEPTABLE, fitting.WARNING)
        return any(
            pair.seeker.place > seeker.place
            and not pair.fixed_by
            and self.table.worth(seeker.need.pk, chair).overall in bearable
            and not self.barred.keeps(seeker.need.pk, chair)
            for chair, pair in self.pair_by_chair.items()
        )

    def idle(self) -> tuple[Idle, ...]:
        """Why not this chair."""
        idle = [chair for chair in self.table.chairs if chair.pk not in self.pair_by_chair]
        return tuple(Idle(chair, partial(self._why_idle, chair)) for chair in idle)

    def _why_idle(self, chair: Chair) -> str:
        if rule := self.barred.chairs.get(chair.pk):
            return _decided(rule)
        suited = [need for need in self.suited[self.table.kind_of[chair.pk]] if not self.barred.keeps(need, chair.pk)]
        if suited:
            return ngettext(
                "The child whom it fits gets another chair.",
                "The %(count)s children whom it fits get other chairs.",
                len(suited),
            ) % {"count": len(suited)}
        return _("It fits none of the children who wait.")


def _decided(rule: PlanRule) -> str:
    return _("Decided by %(by)s: %(reason)s") % {"by": rule.by, "reason": rule.reason}


def _listed(counts: Counter[str]) -> str:
    """The most frequent ones, in words."""
    return ", ".join(name.lower() for name, _count in counts.most_common(NAMED))


# --- what a decision costs, and whom ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What becomes of one child: the chair she would have had, and the one she has instead; None is no chair."""

    seeker: Seeker
    before: Chair | None
    after: Chair | None


@dataclass(frozen=True)
class Effect:
    """What separates two plans."""

    points: int  # gained (above 0) or lost
    cost_mad: Decimal
    lose: tuple[Change, ...]
    gain: tuple[Change, ...]
    move: tuple[Change, ...]

    @property
    def is_nothing(self) -> bool:
        return not (self.points or self.lose or self.gain or self.move)


def effect(before: Sequence[PlannedPair], after: Sequence[PlannedPair]) -> Effect:
    """What going from one plan to another costs, and whom."""
    old, new = ({pair.need.pk: pair for pair in pairs} for pairs in (before, after))
    changes = [
        Change(
            (old.get(key) or new[key]).seeker,
            old[key].chair if key in old else None,
            new[key].chair if key in new else None,
        )
        for key in old.keys() | new.keys()
        if key not in old or key not in new or old[key].chair.pk != new[key].chair.pk
    ]
    changes.sort(key=lambda change: change.seeker.place)
    return Effect(
        points=sum(pair.value for pair in after) - sum(pair.value for pair in before),
        cost_mad=cost(after) - cost(before),
        lose=tuple(change for change in changes if change.after is None),
        gain=tuple(change for change in changes if change.before is None),
        move=tuple(change for change in changes if change.before and change.after),
    )


def effect_of(table: Table, *, adding: Collection[PlanRule] = (), without: Collection[UUID] = ()) -> Effect:
    """What it would change to add decisions, and to take standing ones (their keys) back."""
    rules = [*(rule for rule in table.rules if rule.pk not in without), *adding]
    return effect(_best_pairs(table)[0], _best_pairs(table.with_rules(rules))[0])


def costs_of_rules(table: Table, plan: Plan, *, most: int) -> dict[UUID, Effect]:
    """What each of the latest standing decisions costs: the plan with it, compared with the plan without it."""
    return {
        rule.pk: effect(
            _best_pairs(table.with_rules(each for each in table.rules if each.pk != rule.pk))[0], plan.pairs
        )
        for rule in table.rules[-most:]
        if rule.pk not in plan.idle_rules
    }
