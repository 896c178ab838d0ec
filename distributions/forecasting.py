"""Foretell when the chairs that children have will be too small for them, and keep it beside each hand-over.

A forecast is a cache: GROW-1.0 can always say it anew from what is known of the child and her chair. It is renewed when
a chair comes to a child or leaves her, when she is measured or assessed, when her file is corrected, merged, closed or
opened again, and when the chair is corrected; with it the day of the next look (`looking_ahead`).
`forecast_faults` and `manage.py refresh_forecasts --check` compare what is kept with what the rule says now.
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from beneficiaries import measuring
from beneficiaries.models import Association, Child, Need
from distributions import choosing, fitting, growth, looking_ahead
from distributions.models import Allocation, Chair, ChairModel, Delivery, Forecast, Prescription
from distributions.models.deliveries import DeliveryQuerySet
from hajar.lib.portions import portions

AT_ONCE = 200  # hand-overs computed in one go
KEPT = (
    "rule_version",
    "measured_on",
    "good_fit_early_on",
    "good_fit_likely_on",
    "good_fit_late_on",
    "too_small_early_on",
    "too_small_likely_on",
    "too_small_late_on",
    "limiting",
    "not_evaluated",
)


def refresh_forecasts_of(child: Child) -> None:
    """Foretell every chair that a child has anew; called whenever what we foretell from changes (measuring)."""
    _keep(Delivery.objects.filter(allocation__need__child=child))


def refresh_forecasts_of_chair(chair: Chair) -> None:
    """After a chair came to a child or left her, or the chair itself was corrected."""
    _keep(Delivery.objects.filter(allocation__chair=chair))


def refresh_forecasts_of_model(model: ChairModel) -> None:
    """After the dimensions of a model were corrected."""
    for some in _in_turns(Delivery.objects.held().filter(allocation__chair__model=model)):
        _keep(some)


def refresh_forecasts() -> int:
    """Foretell everything anew and drop what is about chairs that came back; returns how many are kept."""
    Forecast.objects.exclude(delivery__in=Delivery.objects.held()).delete()
    looking_ahead.keep_next_looks(Delivery.objects.exclude(next_look_on=None).exclude(pk__in=Delivery.objects.held()))
    return sum(len(_keep(some)) for some in _in_turns(Delivery.objects.held()))


def _in_turns(deliveries: DeliveryQuerySet) -> Iterator[DeliveryQuerySet]:
    """The same hand-overs, some at a time: what the rule needs of hundreds of children is not held at once."""
    pks = list(deliveries.order_by("pk").values_list("pk", flat=True))
    return (Delivery.objects.filter(pk__in=some) for some in portions(pks, AT_ONCE))


def _keep(deliveries: DeliveryQuerySet) -> dict[UUID, Forecast]:
    """Compute and store the forecasts of these hand-overs; those that cannot be made are removed."""
    foretold = {forecast.delivery_id: forecast for forecast in foretell(deliveries.held())}
    Forecast.objects.filter(delivery__in=deliveries).exclude(delivery__in=foretold).delete()
    Forecast.objects.bulk_create(
        foretold.values(), update_conflicts=True, unique_fields=["delivery"], update_fields=KEPT
    )
    looking_ahead.keep_next_looks(deliveries)
    return foretold


def foretell(deliveries: DeliveryQuerySet) -> Iterator[Forecast]:
    """What GROW-1.0 says of these hand-overs now, unsaved; a handful of queries however many they are."""
    rows = list(deliveries.select_related("allocation__need__child", "allocation__chair__model").order_by("pk"))
    children = {row.allocation.need.child_id: row.allocation.need.child for row in rows}
    measures_of = measuring.measures_of(children.values())
    association = Association.get()
    paths = {
        pk: growth.trajectory(
            choosing.growing_child(child, measures_of[pk].readings, measures_of[pk].known.assessment, association)
        )
        for pk, child in children.items()
    }
    for row in rows:
        need, chair = row.allocation.need, row.allocation.chair
        if path := paths[need.child_id]:
            seat = choosing.seat_of(chair.model, chair)
            limits = choosing.limits_of(seat, choosing.body_of(measures_of[need.child_id].known))
            yield _forecast(row, growth.outgrow(path, limits))


def _forecast(delivery: Delivery, found: growth.Outgrow) -> Forecast:
    limiting = found.limiting_too_small or found.limiting_good_fit
    return Forecast(
        delivery=delivery,
        rule_version=found.version,
        measured_on=found.starts_on,
        good_fit_early_on=found.day(found.good_fit.early),
        good_fit_likely_on=found.day(found.good_fit.likely),
        good_fit_late_on=found.day(found.good_fit.late),
        too_small_early_on=found.day(found.too_small.early),
        too_small_likely_on=found.day(found.too_small.likely),
        too_small_late_on=found.day(found.too_small.late),
        limiting="+".join(limiting.split("+")[:2]),
        not_evaluated=list(found.not_evaluated),
    )


@dataclass(frozen=True)
class ForecastFault:
    """Where a kept forecast is not what the rule says: `field` of one hand-over, or "row" where one is missing."""

    delivery: UUID
    field: str
    stored: str
    computed: str


def forecast_faults() -> Iterator[ForecastFault]:
    """Compute every forecast anew and yield what the kept ones say otherwise."""
    for some in _in_turns(Delivery.objects.held()):
        computed = {each.delivery_id: each for each in foretell(some)}
        stored = {each.delivery_id: each for each in Forecast.objects.filter(delivery__in=some)}
        yield from _differences(some.values_list("pk", flat=True), stored, computed)
    for pk in (
        Forecast.objects.exclude(delivery__in=Delivery.objects.held()).order_by("pk").values_list("delivery", flat=True)
    ):
        yield ForecastFault(pk, "row", "there", "the chair is no longer with the child")


def _differences(
    deliveries: Iterable[UUID], stored: dict[UUID, Forecast], computed: dict[UUID, Forecast]
) -> Iterator[ForecastFault]:
    for pk in deliveries:
        kept, now = stored.get(pk), computed.get(pk)
        if kept is None or now is None:
            if kept is not now:
                yield ForecastFault(pk, "row", "there" if kept else "missing", "there" if now else "none")
            continue
        for name in KEPT:
            if getattr(kept, name) != getattr(now, name):
                yield ForecastFault(pk, name, str(getattr(kept, name)), str(getattr(now, name)))


# --- What will be needed ------------------------------------------------------------------------------------------

BAND_MM = {"width": 40, "depth": 60}
HORIZONS = (6, 12)  # months
FAR_ENOUGH = HORIZONS[-1] + fitting.NEVER_MONTHS  # months; what lasts longer is ranked alike


@dataclass(frozen=True)
class Size:
    """What is to be bought for one child, roughly: bands of seat width and depth (from, to), posture and ground."""

    width: tuple[int, int]
    depth: tuple[int, int]
    posture: str
    terrain: str

    @property
    def posture_words(self) -> str:
        return str(dict(ChairModel.Posture.choices).get(self.posture, ""))

    @property
    def terrain_words(self) -> str:
        return str(dict(ChairModel.Terrain.choices).get(self.terrain, ""))


@dataclass(frozen=True)
class Wanting:
    """One child for whom a chair must be found: the model that would fit best, and from when."""

    child: Child
    size: Size
    model: ChairModel | None
    is_urgent: bool = False
    on: date | None = None


@dataclass(frozen=True)
class Wanted:
    """The children of one size."""

    size: Size
    children: tuple[Wanting, ...]

    @property
    def number(self) -> int:
        return len(self.children)

    @property
    def urgent(self) -> int:
        return sum(each.is_urgent for each in self.children)

    @property
    def models(self) -> list[tuple[ChairModel, int]]:
        """The models that would fit them, the most wanted first."""
        return _counted(self.children)

    @property
    def without_model(self) -> int:
        """Children whom nothing in the catalogue fits."""
        return sum(each.model is None for each in self.children)


@dataclass(frozen=True)
class Order:
    """One line of the shopping list: how many of a model are wanted now and later; no model: nothing fits."""

    model: ChairModel | None
    now: int
    later: tuple[int, ...]

    @property
    def total(self) -> int:
        return self.now + sum(self.later)


@dataclass(frozen=True)
class Purchases:
    """What the association should buy, for those who wait and for those who will outgrow their chair."""

    waiting: tuple[Wanted, ...]
    outgrowing: tuple[tuple[int, tuple[Wanted, ...]], ...]  # (months, sizes), the second without the first
    to_measure: tuple[Child, ...]  # nothing can be said of them before
    in_stock: int  # who wait and for whom a chair stands ready

    @property
    def orders(self) -> list[Order]:
        """The shopping list, the most wanted first; what no model of the catalogue fits comes last."""
        columns = [self.waiting, *(sizes for _months, sizes in self.outgrowing)]
        counts = [Counter(each.model for wanted in sizes for each in wanted.children) for sizes in columns]
        models = {model: None for count in counts for model in count}
        orders = [Order(model, counts[0][model], tuple(count[model] for count in counts[1:])) for model in models]
        return sorted(orders, key=lambda order: (order.model is None, -order.total, str(order.model)))

    @property
    def number(self) -> int:
        return sum(order.total for order in self.orders)


def purchases(today: date | None = None) -> Purchases:
    """What is missing now and within twelve months; the same few queries however many wait and however large the stock.

    A chair in stock counts for one child only, in the order of the queue. Who waits is not counted again as outgrowing.
    """
    today = today or timezone.localdate()
    needs = list(
        Need.objects.open()
        .filter(child__status__in=Child.FOLLOWED)
        .exclude(allocations__status__in=Allocation.LIVE)
        .select_related("child")
        .order_by("-is_urgent", "-rank_score", "requested_on", "pk")
    )
    outgrowing = list(
        Forecast.objects.current()
        .filter(too_small_likely_on__lte=growth.add_months(today, HORIZONS[-1]))
        .exclude(delivery__allocation__need__child__needs__closed_on=None)
        .select_related("delivery__allocation__need__child")
        .order_by("too_small_likely_on", "pk")
    )
    subjects = _subjects([*needs, *(each.delivery.allocation.need for each in outgrowing)], today)
    catalogue = [(model, choosing.seat_of(model)) for model in ChairModel.objects.by_name()]
    waiting = [need for need in needs if _is_measured(subjects[need.pk].body)]
    served = _served([subjects[need.pk] for need in waiting])
    wanting = [
        Wanting(need.child, _size(subject.body), _best(subject, catalogue), need.is_urgent)
        for need in waiting
        if need.pk not in served and (subject := subjects[need.pk])
    ]
    later: dict[int, list[Wanting]] = {months: [] for months in HORIZONS}
    for forecast in outgrowing:
        day = max(forecast.too_small_likely_on or today, today)
        subject = _grown(subjects[forecast.delivery.allocation.need_id], day)
        if _is_measured(subject.body):
            months = next(months for months in HORIZONS if day <= growth.add_months(today, months))
            child = forecast.delivery.allocation.need.child
            model = _best(subject, catalogue)
            later[months].append(Wanting(child, _size(subject.body), model, on=forecast.too_small_likely_on))
    return Purchases(
        waiting=_by_size(wanting),
        outgrowing=tuple((months, _by_size(rows)) for months, rows in later.items()),
        to_measure=tuple(need.child for need in needs if not _is_measured(subjects[need.pk].body)),
        in_stock=len(served),
    )


def _subjects(needs: Iterable[Need], today: date) -> dict[UUID, choosing.Subject]:
    """What is known of these needs' children, by need; a handful of queries."""
    needs = list(needs)
    children = {need.child_id: need.child for need in needs}
    measures_of = measuring.measures_of(children.values())
    association = Association.get()
    paths = {}
    for pk, child in children.items():
        growing = choosing.growing_child(child, measures_of[pk].readings, measures_of[pk].known.assessment, association)
        paths[pk] = growing, growth.trajectory(growing, starts_on=today, months=FAR_ENOUGH)
    prescriptions: dict[UUID, Prescription] = {}
    for prescription in Prescription.objects.filter(need__in=needs).select_related("model").latest_first():
        prescriptions.setdefault(prescription.need_id, prescription)
    subjects = {}
    for need in needs:
        known, asked = measures_of[need.child_id].known, prescriptions.get(need.pk)
        body = choosing.body_of(known, asked)
        subjects[need.pk] = choosing.foretold(need, known, asked, body, *paths[need.child_id])
    return subjects


def _grown(subject: choosing.Subject, day: date) -> choosing.Subject:
    """The same child on a later day, as far as growth can be foretold; what does not grow here stays."""
    path = subject.trajectory
    if path is None:
        return subject
    at = path.at(math.ceil(growth.months_between(path.starts_on, day)))
    body = dataclasses.replace(
        subject.body,
        hip_width_mm=at.hip_width_mm or subject.body.hip_width_mm,
        seat_depth_left_mm=at.seat_depth_mm,
        seat_depth_right_mm=at.seat_depth_mm,
        calf_left_mm=at.calf_mm,
        calf_right_mm=at.calf_mm,
        shoulder_height_mm=at.shoulder_height_mm or subject.body.shoulder_height_mm,
        mass_kg=at.mass_kg or subject.body.mass_kg,
        projected_mass_kg=path.at(at.month + choosing.REVIEW_MONTHS).mass_kg,
    )
    return dataclasses.replace(subject, body=body)


def _is_measured(body: fitting.Body) -> bool:
    """Whether a chair can be judged for this child at all."""
    measures = ("width", "depth", "footrest", "mass")
    return body.posture in fitting.POSTURES and all(body.references[name].value is not None for name in measures)


def _could_fit(body: fitting.Body, seat: fitting.Seat) -> bool:
    """A cheap look before FIT-1.0: whether seat width and depth are anywhere near."""
    for name, setting in (("width", seat.width), ("depth", seat.depth)):
        reference = body.references[name].value
        if setting is None or reference is None:
            return False
        _verdict, low, high = fitting.BANDS[name].spans[-1]
        if setting.high < reference + low or setting.low > reference + high:
            return False
    return True


def _best(subject: choosing.Subject, catalogue: Iterable[tuple[ChairModel, fitting.Seat]]) -> ChairModel | None:
    """The model of the catalogue that would suit this child best and longest."""
    candidates = [subject.candidate(model) for model, seat in catalogue if _could_fit(subject.body, seat)]
    best = min((each for each in candidates if each.is_possible), key=lambda each: each.rank, default=None)
    return best.model if best else None


def _served(subjects: Sequence[choosing.Subject]) -> set[UUID]:
    """The needs for which a chair stands ready, one chair for one child: as many as possible, the first ones first."""
    stock: dict[tuple, list[Chair]] = {}
    for chair in Chair.objects.available().with_model().order_by("number"):
        stock.setdefault((chair.model_id, frozenset(chair.accessories)), []).append(chair)
    seats = [(chairs, choosing.seat_of(chairs[0].model, chairs[0])) for chairs in stock.values()]
    options = [
        [
            place
            for place, (chairs, seat) in enumerate(seats)
            if _could_fit(subject.body, seat) and subject.candidate(chairs[0].model, chairs).is_possible
        ]
        for subject in subjects
    ]
    taken: list[list[int]] = [[] for _seat in seats]  # which subjects hold chairs of each kind

    def seat_one(number: int, tried: set[int]) -> bool:
        """Give subject `number` a chair, moving others to another kind where that helps; nobody loses hers."""
        for place in options[number]:
            if place in tried:
                continue
            tried.add(place)
            if len(taken[place]) < len(seats[place][0]):
                taken[place].append(number)
                return True
            for other in taken[place]:
                if seat_one(other, tried):
                    taken[place].remove(other)
                    taken[place].append(number)
                    return True
        return False

    return {subject.need.pk for number, subject in enumerate(subjects) if seat_one(number, set())}


def _size(body: fitting.Body) -> Size:
    """The bands in which seat width and depth of the chair to be bought lie."""
    bands = {}
    for name, width in BAND_MM.items():
        target = (body.references[name].value or 0) + fitting.BANDS[name].aim
        bands[name] = (target // width * width, target // width * width + width)
    return Size(bands["width"], bands["depth"], body.posture, body.ground)


def _by_size(rows: Iterable[Wanting]) -> tuple[Wanted, ...]:
    sizes: dict[Size, list[Wanting]] = {}
    for row in rows:
        sizes.setdefault(row.size, []).append(row)
    return tuple(
        Wanted(size, tuple(children))
        for size, children in sorted(sizes.items(), key=lambda each: (each[0].width, each[0].depth, str(each[0])))
    )


def _counted(rows: Iterable[Wanting]) -> list[tuple[ChairModel, int]]:
    return Counter(row.model for row in rows if row.model).most_common()
