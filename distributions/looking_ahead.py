"""Keep beside each hand-over the day of its next look, so that what is due is found by index however many there are.

The day is a cache: `look_calendar` can always say it anew. It is renewed wherever forecasts are (see forecasting) and
with every look; a chair that left its child, or a closed file, has none. `look_faults` and `manage.py
refresh_forecasts --check` compare what is kept with what the calendar says now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from beneficiaries.models import Assessment
from distributions import look_calendar
from distributions.models import Delivery
from distributions.models.deliveries import DeliveryQuerySet
from hajar.lib.locking import hold


@dataclass(frozen=True)
class LookFault:
    """Where the kept day of the next look is not what the calendar says; None is no look at all."""

    delivery: UUID
    stored: date | None
    computed: date | None


def keep_next_looks(deliveries: DeliveryQuerySet) -> None:
    """Write the day of the next look of each of these entries, where it changed; they are locked meanwhile."""
    held = Delivery.objects.filter(pk__in=list(deliveries.values_list("pk", flat=True)))
    hold(held)
    changed = [Delivery(pk=fault.delivery, next_look_on=fault.computed) for fault in look_faults(held)]
    Delivery.objects.bulk_update(changed, ["next_look_on"])


def look_faults(deliveries: DeliveryQuerySet) -> Iterator[LookFault]:
    """Compute the day of each of these entries anew and yield those that say another one."""
    followed = deliveries.still_with_child().select_related("forecast", "allocation__need__child")
    followed = followed.select_related("allocation__need__assessment").prefetch_related("followups")
    computed = {
        row.pk: look_calendar.next_look(given(row, row.handed_over_on)) for row in followed if row.handed_over_on
    }
    for pk, stored in deliveries.order_by("pk").values_list("pk", "next_look_on"):
        if stored != computed.get(pk):
            yield LookFault(pk, stored, computed.get(pk))


def given(delivery: Delivery, handed_over_on: date) -> look_calendar.Given:
    """What the calendar asks of a hand-over."""
    need, forecast = delivery.allocation.need, getattr(delivery, "forecast", None)
    return look_calendar.Given(
        handed_over_on=handed_over_on,
        born_on=need.child.born_on,
        sex=need.child.sex,
        worsens_rapidly=need.assessment.progression == Assessment.Progression.RAPID,
        looks=tuple((look.step, look.done_on) for look in delivery.followups.all()),
        leaves_good_fit_on=forecast and forecast.good_fit_likely_on,
        too_small_on=forecast and forecast.too_small_early_on,
    )
