"""Foretell when the chairs that children have will be too small for them, and keep it beside each hand-over.

A forecast is a cache: GROW-1.0 can always say it anew from what is known of the child and her chair. It is renewed when
a chair is handed over, when the child is measured or assessed, and when the chair is corrected; `forecast_faults` and
`manage.py refresh_forecasts --check` compare what is kept with what the rule says now.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from beneficiaries import measuring
from beneficiaries.models import Association, Child
from distributions import choosing, growth
from distributions.models import Chair, ChairModel, Delivery, Forecast
from distributions.models.deliveries import DeliveryQuerySet

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


def refresh_forecast(delivery: Delivery) -> Forecast | None:
    """Foretell one hand-over anew, to be called inside another activity; None where growth cannot be forecast."""
    return _keep(Delivery.objects.filter(pk=delivery.pk)).get(delivery.pk)


def refresh_forecasts_of(child: Child) -> None:
    """Foretell every chair that a child has anew; beneficiaries.measuring calls it when her measures change."""
    _keep(Delivery.objects.filter(allocation__need__child=child, handed_over_on__isnull=False))


def refresh_forecasts_of_chair(chair: Chair) -> None:
    """After a chair, or what is fitted to it, was corrected."""
    _keep(Delivery.objects.filter(allocation__chair=chair, handed_over_on__isnull=False))


def refresh_forecasts_of_model(model: ChairModel) -> None:
    """After the dimensions of a model were corrected."""
    for some in _in_turns(with_their_children().filter(allocation__chair__model=model)):
        _keep(some)


def refresh_forecasts() -> int:
    """Foretell everything anew and drop what is about chairs that came back; returns how many are kept."""
    Forecast.objects.exclude(delivery__in=with_their_children()).delete()
    return sum(len(_keep(some)) for some in _in_turns(with_their_children()))


def with_their_children() -> DeliveryQuerySet:
    """The hand-overs that are forecast: the chair is still with the child, and the child is followed."""
    return Delivery.objects.still_with_child()


def _in_turns(deliveries: DeliveryQuerySet) -> Iterator[DeliveryQuerySet]:
    """The same hand-overs, some at a time: what the rule needs of hundreds of children is not held at once."""
    pks = list(deliveries.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(pks), AT_ONCE):
        yield Delivery.objects.filter(pk__in=pks[first : first + AT_ONCE])


def _keep(deliveries: DeliveryQuerySet) -> dict[UUID, Forecast]:
    """Compute and store the forecasts of these hand-overs; those that cannot be made are removed."""
    foretold = {forecast.delivery_id: forecast for forecast in foretell(deliveries.still_with_child())}
    Forecast.objects.filter(delivery__in=deliveries).exclude(delivery__in=foretold).delete()
    Forecast.objects.bulk_create(
        foretold.values(), update_conflicts=True, unique_fields=["delivery"], update_fields=KEPT
    )
    return foretold


def foretell(deliveries: DeliveryQuerySet) -> Iterator[Forecast]:
    """What GROW-1.0 says of these hand-overs now, unsaved; a handful of queries however many they are."""
    rows = list(deliveries.select_related("allocation__need__child", "allocation__chair__model").order_by("pk"))
    children = {row.allocation.need.child_id: row.allocation.need.child for row in rows}
    known = measuring.known_measures_of(children.values())
    readings = measuring.growth_readings_of(children.values())
    association = Association.get()
    paths = {
        pk: growth.trajectory(choosing.growing_child(child, readings[pk], known[pk].assessment, association))
        for pk, child in children.items()
    }
    for row in rows:
        need, chair = row.allocation.need, row.allocation.chair
        if path := paths[need.child_id]:
            seat = choosing.seat_of(chair.model, chair)
            limits = choosing.limits_of(seat, choosing.body_of(need, known[need.child_id]))
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
    for some in _in_turns(with_their_children()):
        computed = {each.delivery_id: each for each in foretell(some)}
        stored = {each.delivery_id: each for each in Forecast.objects.filter(delivery__in=some)}
        yield from _differences(some.values_list("pk", flat=True), stored, computed)
    for pk in (
        Forecast.objects.exclude(delivery__in=with_their_children()).order_by("pk").values_list("delivery", flat=True)
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
