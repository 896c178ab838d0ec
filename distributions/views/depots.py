"""The depots: what lies where, in the words of the stock, and how each can be counted."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from distributions import stocktaking, tallying
from distributions.forms.chairs import DepotForm
from distributions.models import ChairModel, Depot, Transfer
from hajar.lib import asking


def tabs(current: str) -> list[dict]:
    """The pages of the store."""
    pages = [
        ("chair_list", _("Chairs")),
        ("depot_list", _("Stock and depots")),
        ("transfer_list", _("Transfers")),
        ("recall_list", _("Recalls")),
        ("chairmodel_list", _("Catalogue")),
        ("purchase_forecast", _("Chairs to find")),
    ]
    return [{"word": word, "url": reverse(f"distributions:{name}"), "current": name == current} for name, word in pages]


@require_safe
@permission_required("distributions.view_depot", raise_exception=True)
def list_depots(request):
    """The stock by depot and by model, and what the waiting list requires of it."""
    depots = list(Depot.objects.visible_to(request.user).select_related("province").order_by("-is_open", "name", "pk"))
    summary = tallying.stock_summary() if depots else tallying.StockSummary()
    nothing = tallying.StockLine()
    context = {
        "summary": summary,
        "depots": [(depot, summary.by_depot.get(depot.pk, nothing)) for depot in depots],
        "models": _by_model(summary),
        "words": tallying.STOCK_WORDS,
        "tabs": tabs("depot_list"),
    }
    return render(request, "distributions/depot_list.html", context)


def _by_model(summary: tallying.StockSummary) -> list:
    models = ChairModel.objects.in_bulk(summary.by_model)
    pairs = [(models[pk], line) for pk, line in summary.by_model.items()]
    return sorted(pairs, key=lambda pair: str(pair[0]).casefold())


@require_safe
@permission_required("distributions.view_depot", raise_exception=True)
def depot_detail(request, pk):
    """One depot: its stock by model, its counts, and what is on the way to it."""
    depot = get_object_or_404(Depot.objects.visible_to(request.user).select_related("province"), pk=pk)
    summary = tallying.stock_summary([depot])
    counts = depot.counts.select_related("begun_by", "finalised_by").order_by("-begun_at", "pk")
    coming = Transfer.objects.visible_to(request.user).under_way().filter(destination=depot)
    context = {
        "depot": depot,
        "line": summary.by_depot[depot.pk],
        "models": _by_model(summary),
        "words": tallying.STOCK_WORDS,
        "open_count": counts.open().first(),
        "counts": counts[:10],
        "coming": coming.select_related("origin", "destination").with_numbers().order_by("-sent_at", "pk"),
        "history": depot.history()[:10],
    }
    return render(request, "distributions/depot_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_depot", raise_exception=True)
def create_depot(request):
    form = DepotForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        return redirect(stocktaking.add_depot(by=request.user, **form.cleaned_data))
    context = {"form": form, "depot": None}
    return asking.answer(request, "distributions/depot_form.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_depot", raise_exception=True)
def edit_depot(request, pk):
    depot = get_object_or_404(Depot.objects.visible_to(request.user), pk=pk)
    form = DepotForm(asking.sent(request), instance=depot)
    if request.method == "POST" and form.is_valid():
        stocktaking.correct_depot(depot, by=request.user, **form.cleaned_data)
        return redirect(depot)
    context = {"form": form, "depot": depot}
    return asking.answer(request, "distributions/depot_form.html", context, form)
