"""What happened: an initiative's counts for the team, and an anonymous summary for donors and press.

One definition of every count, in one place. Only people who may see small counts see cells under five; in the summary
nobody does.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from beneficiaries.models import Province, Region
from beneficiaries.models.children import ChildQuerySet
from distributions.models import Allocation, Delivery, FollowUp, Initiative
from distributions.models.followups import Change
from hajar.lib.disclosure import disclose, disclose_total

Status = Allocation.Status
CHANGES = ("school_change", "mobility_change", "burden_change")


@dataclass(frozen=True)
class RegionCounts:
    """One row of the report. None is a count that is hidden because it is small."""

    region: Region
    planned: int | None
    delivered: int | None
    failed: int | None
    left: int | None


@dataclass(frozen=True)
class FailureCount:
    outcome: str
    label: str
    count: int | None


@dataclass(frozen=True)
class ChangeCounts:
    """How many families answered better, the same or worse at the latest follow-up."""

    better: int | None
    same: int | None
    worse: int | None
    answered: int | None


@dataclass(frozen=True)
class InitiativeReport:
    initiative: Initiative
    planned: int | None
    delivered: int | None
    left: int | None
    failed: int | None
    failures: list[FailureCount]
    regions: list[RegionCounts]
    delivered_pairs: list[tuple[Region, int | None]]
    median_wait_days: int | None
    changes: dict[str, ChangeCounts] = field(default_factory=dict)
    localities: list[tuple[str, int | None]] = field(default_factory=list)
    is_masked: bool = True


def initiative_report(initiative: Initiative, *, small_counts: bool) -> InitiativeReport:
    """Planned, delivered, failed and left, by region; median wait; what changed. A constant number of queries.

    planned: allocations not released without an attempt; delivered: allocations delivered; failed: attempts that did
    not end in a hand-over (a second entry that says delivered is none); left: live allocations. Waiting ends on the day
    of the hand-over, by the clock we trust. `small_counts`: the reader may see counts under five.
    """
    rows = _rows(initiative)
    planned: Counter[int] = Counter()
    delivered: Counter[int] = Counter()
    left: Counter[int] = Counter()
    localities: Counter[int] = Counter()
    waits = []
    for row in rows:
        region = row["need__child__family__province__region"]
        planned[region] += 1
        left[region] += row["status"] in Allocation.LIVE
        if row["status"] == Status.DELIVERED:
            delivered[region] += 1
            localities[row["need__child__family__province"]] += 1
            if row["handed_over_on"]:
                waits.append((row["handed_over_on"] - row["need__requested_on"]).days)
    failed_by_region, failed_by_outcome = _failures(initiative)
    mask = _Mask(small_counts)
    regions = Region.objects.in_bulk()
    handed_over = mask.row(_complete(delivered, regions))
    in_order = sorted(regions.values(), key=lambda region: region.iso)
    failures = mask.row(failed_by_outcome)
    return InitiativeReport(
        initiative=initiative,
        planned=mask.sum_of(sum(planned.values()), sum(delivered.values()), sum(left.values())),
        delivered=mask.alone(sum(delivered.values())),
        left=mask.alone(sum(left.values())),
        failed=mask.alone(sum(failed_by_outcome.values())),
        failures=[
            FailureCount(outcome, str(Delivery.Outcome(outcome).label), failures[outcome])
            for outcome, _count in failed_by_outcome.most_common()
        ],
        regions=[
            RegionCounts(
                region,
                planned=mask.team_only(planned[region.pk]),
                delivered=handed_over[region.pk],
                failed=mask.team_only(failed_by_region[region.pk]),
                left=mask.team_only(left[region.pk]),
            )
            for region in in_order
            if planned[region.pk] or failed_by_region[region.pk]
        ],
        delivered_pairs=[(region, handed_over[region.pk]) for region in in_order],
        median_wait_days=round(median(waits)) if mask.alone(len(waits)) else None,
        changes=_changes(initiative, mask),
        localities=_localities(localities, mask),
        is_masked=not small_counts,
    )


def anonymous_summary(initiative: Initiative) -> InitiativeReport:
    """The report as it may leave the house, whoever asks for it."""
    return initiative_report(initiative, small_counts=False)


class _Mask:
    def __init__(self, small_counts: bool):
        self.small_counts = small_counts

    def row(self, counts):
        return dict(counts) if self.small_counts else disclose(counts)

    def team_only(self, count: int) -> int | None:
        """A count from which a hidden neighbour could be had: planned = handed over + left + given up."""
        return count if self.small_counts else None

    def sum_of(self, total: int, *parts: int) -> int | None:
        """A total beside its parts: hidden where one of them, or what they leave over, is small."""
        pieces = [total, *parts, total - sum(parts)]
        return total if self.small_counts or all(disclose_total(piece) is not None for piece in pieces) else None

    def alone(self, total: int) -> int | None:
        return total if self.small_counts else disclose_total(total)


def _complete(counts: Counter, keys: Iterable) -> dict:
    return {key: counts[key] for key in keys}


def _rows(initiative: Initiative) -> QuerySet:
    """Allocations that count: live, delivered, or released after somebody stood at the door."""
    entries = Delivery.objects.filter(allocation=OuterRef("pk"))
    counts = Q(status__in=[*Allocation.LIVE, Status.DELIVERED]) | Q(Exists(entries), status=Status.RELEASED)
    hand_over = entries.filter(handed_over_on__isnull=False).values("handed_over_on")  # one for an allocation
    return initiative.allocations.filter(counts).values(
        "pk",
        "status",
        "need__requested_on",
        "need__child__family__province",
        "need__child__family__province__region",
        handed_over_on=Subquery(hand_over),
    )


def _failures(initiative: Initiative) -> tuple[Counter[int], Counter[str]]:
    attempts = Delivery.objects.filter(allocation__initiative=initiative).exclude(outcome=Delivery.Outcome.DELIVERED)
    by_region: Counter[int] = Counter()
    by_outcome: Counter[str] = Counter()
    for outcome, region in attempts.values_list("outcome", "allocation__need__child__family__province__region"):
        by_region[region] += 1
        by_outcome[outcome] += 1
    return by_region, by_outcome


def _changes(initiative: Initiative, mask: _Mask) -> dict[str, ChangeCounts]:
    """The latest answer of each family counts."""
    latest: dict = {}
    followups = FollowUp.objects.filter(delivery__allocation__initiative=initiative).order_by(
        "done_on", "created_at", "pk"
    )
    for delivery, *answers in followups.values_list("delivery", *CHANGES):
        known = latest.setdefault(delivery, {})
        known.update({name: answer for name, answer in zip(CHANGES, answers, strict=True) if answer != Change.UNKNOWN})
    result = {}
    for name in CHANGES:
        counts = Counter({Change.BETTER: 0, Change.SAME: 0, Change.WORSE: 0})
        counts.update(known[name] for known in latest.values() if name in known)
        shown = mask.row(counts)
        result[name] = ChangeCounts(
            better=shown[Change.BETTER],
            same=shown[Change.SAME],
            worse=shown[Change.WORSE],
            answered=mask.alone(sum(counts.values())),
        )
    return result


def _localities(counts: Counter, mask: _Mask) -> list[tuple[str, int | None]]:
    shown = mask.row(counts)
    provinces = Province.objects.in_bulk(set(counts))
    return sorted(((provinces[pk].name, shown[pk]) for pk in provinces), key=lambda pair: pair[0])


@dataclass(frozen=True)
class Overview:
    """The register in numbers, for the reports page."""

    followed: int | None
    by_region: list[tuple[Region, int | None, int | None]]


def overview(children: ChildQuerySet, *, small_counts: bool) -> Overview:
    """Children followed and children waiting, by region, among these children."""
    mask = _Mask(small_counts)
    followed = dict(children.followed().values_list("family__province__region").annotate(number=Count("pk")).order_by())
    waiting = dict(children.waiting().values_list("family__province__region").annotate(number=Count("pk")).order_by())
    regions = Region.objects.in_bulk(followed)
    shown_followed = mask.row(Counter(followed))
    shown_waiting = mask.row(Counter({pk: waiting.get(pk, 0) for pk in followed}))
    return Overview(
        followed=mask.alone(sum(followed.values())),
        by_region=[
            (regions[pk], shown_followed[pk], shown_waiting[pk])
            for pk in sorted(regions, key=lambda pk: regions[pk].iso)
        ],
    )
