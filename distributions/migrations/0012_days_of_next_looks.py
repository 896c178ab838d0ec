from django.db import migrations
from django.db.models import F

from distributions import look_calendar

AT_ONCE = 500


def write_next_looks(apps, schema_editor):
    """What is due was computed for every hand-over; from now on its day stands beside each."""
    Delivery = apps.get_model("distributions", "Delivery")
    held = Delivery.objects.filter(
        handed_over_on__isnull=False,
        allocation__chair__holder=F("allocation__need__child"),
        allocation__need__child__status__in=["active", "paused"],
    )
    pks = list(held.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), AT_ONCE):
        rows = Delivery.objects.filter(pk__in=pks[start : start + AT_ONCE]).order_by("pk")
        rows = rows.select_related("forecast", "allocation__need__child", "allocation__need__assessment")
        written = list(rows.prefetch_related("followups"))
        for delivery in written:
            delivery.next_look_on = look_calendar.next_look(_given(delivery))
        Delivery.objects.bulk_update(written, ["next_look_on"])


def _given(delivery):
    need, forecast = delivery.allocation.need, getattr(delivery, "forecast", None)
    return look_calendar.Given(
        handed_over_on=delivery.handed_over_on,
        born_on=need.child.born_on,
        sex=need.child.sex,
        worsens_rapidly=need.assessment.progression == "rapid",
        looks=tuple((look.step, look.done_on) for look in delivery.followups.all()),
        leaves_good_fit_on=forecast and forecast.good_fit_likely_on,
        too_small_on=forecast and forecast.too_small_early_on,
    )


class Migration(migrations.Migration):
    dependencies = [("distributions", "0011_looks_are_found_by_their_day")]

    operations = [migrations.RunPython(write_next_looks, migrations.RunPython.noop)]
