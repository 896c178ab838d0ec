from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beneficiaries.models import Child
from distributions import forecasting, growth
from distributions.views import depots


@require_safe
@permission_required("distributions.view_chairmodel", raise_exception=True)
def purchase_forecast(request):
    """What to buy: sizes that are missing for who waits, and for who will outgrow a chair within a year."""
    purchases = forecasting.purchases()
    sections = [(None, purchases.waiting), *purchases.outgrowing]
    context = {
        "purchases": purchases,
        "sections": [{"months": months, "sizes": sizes, "number": _number(sizes)} for months, sizes in sections],
        "shown": _children_shown(request.user, purchases),
        "provenance": growth.PROVENANCE,
        "tabs": depots.tabs("purchase_forecast"),
    }
    return render(request, "distributions/purchase_forecast.html", context)


def _number(sizes) -> int:
    return sum(wanted.number for wanted in sizes)


def _children_shown(user, purchases: forecasting.Purchases) -> set:
    """Whose names this person may read; the others are counted only."""
    if not user.has_perm("beneficiaries.view_need"):
        return set()
    sizes = [*purchases.waiting, *(wanted for _months, later in purchases.outgrowing for wanted in later)]
    children = {each.child.pk for wanted in sizes for each in wanted.children} | {
        each.pk for each in purchases.to_measure
    }
    return set(Child.objects.visible_to(user).filter(pk__in=children).values_list("pk", flat=True))
