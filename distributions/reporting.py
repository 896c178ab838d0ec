"""What happened: an initiative's counts for the team, and an anonymous summary for donors and press.

One definition of every count, in one place. Only people who may see small counts see cells under five; in the summary
nobody does.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from beneficiaries.models import Consent, Need, Province, Region
from beneficiaries.models.children import ChildQuerySet
from distributions.models import Allocation, Attachment, ChairEvent, Delivery, FollowUp, Initiative, Repair
from distributions.models.followups import Change
from hajar.lib.disclosure import disclose, disclose_total

Status = Allocation.Status
CHANGES = ("school_change", "mobility_change", "burden_change")


PHOTOS_SHOWN = 6


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


Register = dict[int, tuple[int, int]]  # region -> children followed, and of these waiting


def count_register(children: ChildQuerySet) -> tuple[Register, int]:
    """Children followed and children waiting among these, by region, and how many were counted; two queries."""
    waits = children.filter(pk__in=Need.objects.open().values("child"))  # begins with the needs, which are fewer
    followed, waiting = (
        dict(rows.values_list("family__province__region").annotate(number=Count("pk")).order_by())
        for rows in (children.followed(), waits)
    )
    register = {region: (number, waiting.get(region, 0)) for region, number in followed.items()}
    return register, sum(followed.values())


def overview(register: Register, *, small_counts: bool) -> Overview:
    """The register in numbers, as this reader may see them."""
    mask = _Mask(small_counts)
    regions = Region.objects.in_bulk(register)
    followed = mask.row(Counter({pk: followed for pk, (followed, _waiting) in register.items()}))
    waiting = mask.row(Counter({pk: waiting for pk, (_followed, waiting) in register.items()}))
    return Overview(
        followed=mask.alone(sum(followed for followed, _waiting in register.values())),
        by_region=[(regions[pk], followed[pk], waiting[pk]) for pk in sorted(regions, key=lambda pk: regions[pk].iso)],
    )


# --- repairs ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RepairCounts:
    """One region's breakdowns of chairs that children had. None is hidden because it is small."""

    region: Region
    broken: int | None
    mended: int | None
    lent: int | None
    days: int | None  # without any chair, together
    cost_mad: Decimal | None

    @property
    def days_each(self) -> int | None:
        return None if self.days is None or not self.broken else round(self.days / self.broken)


@dataclass(frozen=True)
class RepairReport:
    since: date
    regions: list[RepairCounts]
    broken: int | None
    days_each: int | None
    is_masked: bool


def repair_report(*, since: date, today: date, small_counts: bool) -> RepairReport:
    """Breakdowns since a day, by the child's region, and the days that children were without any chair; few queries.

    A day counts from the breakdown to the day on which the chair works again (or today, or the chair left the child),
    less the days with a lent chair. With fewer than five breakdowns a region shows none of its numbers.
    """
    repairs = list(
        Repair.objects.without_mobility()
        .filter(broke_on__gte=since)
        .select_related("child__family__province__region")
        .order_by("broke_on", "pk")
    )
    stays = _stays(repairs)
    by_region: dict[Region, list[Repair]] = {}
    for repair in repairs:
        by_region.setdefault(repair.child.family.province.region, []).append(repair)
    mask = _Mask(small_counts)
    shown = mask.row(Counter({region: len(rows) for region, rows in by_region.items()}))
    regions = []
    for region, rows in sorted(by_region.items(), key=lambda each: each[0].iso):
        if shown[region] is None:
            regions.append(RepairCounts(region, None, None, None, None, None))
            continue
        regions.append(
            RepairCounts(
                region,
                broken=shown[region],
                mended=mask.team_only(sum(row.fixed_on is not None for row in rows)),
                lent=mask.team_only(sum(row.loan_chair_id is not None for row in rows)),
                days=sum(days_without_chair(row, stays, today) for row in rows),
                cost_mad=sum((row.cost_mad for row in rows if row.cost_mad is not None), Decimal(0)),
            )
        )
    days = [days_without_chair(row, stays, today) for row in repairs]
    total = mask.alone(len(repairs))
    return RepairReport(since, regions, total, round(sum(days) / len(days)) if total else None, not small_counts)


Stays = dict[tuple[UUID, UUID], list[tuple[date, date | None]]]  # (chair, child) -> from when to when


def _stays(repairs: Iterable[Repair]) -> Stays:
    """When each broken and each lent chair was with the child, from the stock's events; one query."""
    chairs = {repair.chair_id for repair in repairs} | {repair.loan_chair_id for repair in repairs}
    kinds = [ChairEvent.Kind.HANDED_OVER, ChairEvent.Kind.RETURNED, ChairEvent.Kind.LOST]
    events = ChairEvent.objects.filter(chair__in=chairs - {None}, kind__in=kinds, corrected_by=None)
    stays: Stays = {}
    open_at: dict[UUID, tuple[UUID, date]] = {}
    for event in events.order_by("chair", "sequence"):
        day = timezone.localdate(event.happened_at)
        if event.chair_id in open_at:
            child, since = open_at.pop(event.chair_id)
            stays[event.chair_id, child].append((since, day))
        if event.kind == ChairEvent.Kind.HANDED_OVER and event.child_id:
            open_at[event.chair_id] = event.child_id, day
            stays.setdefault((event.chair_id, event.child_id), [])
    for chair, (child, since) in open_at.items():
        stays[chair, child].append((since, None))
    return stays


def days_without_chair(repair: Repair, stays: Stays, today: date) -> int:
    """Days from the breakdown until the child has a chair that works, less those with the chair lent meanwhile."""
    if repair.child_id is None:
        return 0
    end = repair.fixed_on or today
    for _since, until in stays.get((repair.chair_id, repair.child_id), []):
        if until is not None and repair.broke_on <= until < end:
            end = until
    days = max(0, (end - repair.broke_on).days)
    for since, until in stays.get((repair.loan_chair_id, repair.child_id), []) if repair.loan_chair_id else []:
        days -= max(0, (min(until or end, end) - max(since, repair.broke_on)).days)
    return max(0, days)


def days_without_chairs(repairs: Iterable[Repair], today: date) -> dict[UUID, int]:
    """The same for a list of repairs; one query."""
    repairs = list(repairs)
    stays = _stays(repairs)
    return {repair.pk: days_without_chair(repair, stays, today) for repair in repairs}


def photos_to_show(initiative: Initiative, *, user) -> list[Attachment]:
    """The newest photos of this initiative that may be shown to others, of children whom this person may see.

    A photo was taken as a proof; to show it is another purpose, which rests on a consent of its own that is in force
    today. No report takes a photo from elsewhere.
    """
    agreed = Consent.objects.in_force().filter(purpose=Consent.Purpose.PUBLICATION_PHOTO)
    photos = Attachment.objects.visible_to(user).filter(
        kind=Attachment.Kind.PHOTO,
        delivery__allocation__initiative=initiative,
        delivery__allocation__need__child__in=agreed.values("child"),
    )
    return list(photos.select_related("delivery").order_by("-created_at", "pk")[:PHOTOS_SHOWN])
