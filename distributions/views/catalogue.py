"""The catalogue: the models we know, between which dimensions each can be set, what a workshop can change."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from distributions import cataloguing, tallying
from distributions.forms.catalogue import ChairModelForm, WorkshopChangeForm
from distributions.models import ChairModel
from distributions.models.catalogue import RANGED
from distributions.views.depots import tabs
from hajar.lib import asking, listing, paging


@require_safe
@permission_required("distributions.view_chairmodel", raise_exception=True)
def list_models(request):
    """The catalogue, with how many of each model are available now."""
    rows = ChairModel.objects.visible_to(request.user)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "category")}
    if asked["category"] in ChairModel.Category.values:
        rows = rows.filter(category=asked["category"])
    if asked["q"]:
        rows = rows.filter(Q(manufacturer__icontains=asked["q"]) | Q(name__icontains=asked["q"]))
    page = paging.page(rows, order=("manufacturer", "name", "size"), token=request.GET.get("page"))
    lines = tallying.stock_of_models(page.rows)
    context = {
        "models": [(model, lines[model.pk]) for model in page.rows],
        "words": listing.found(page, ngettext("%(n)s model", "%(n)s models", page.count)),
        "asked": asked,
        "filters_count": sum(bool(value) for value in asked.values()),
        "categories": ChairModel.Category.choices,
        "tabs": tabs("chairmodel_list"),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/chairmodel_list.html", "distributions/_chairmodel_rows.html", context)


@dataclass(frozen=True)
class Reach:
    """One dimension as its page draws it: from, to, steps (mm), and where the range lies on a common scale (%)."""

    dimension: str
    name: str | Promise
    low: int | None
    high: int | None
    step: int | None
    start: int
    width: int
    grows: bool

    @property
    def is_known(self) -> bool:
        return self.low is not None or self.high is not None

    @property
    def adjustable_mm(self) -> int | None:
        """How far it can be set apart; None where an end is unknown."""
        return None if self.low is None or self.high is None else self.high - self.low


SCALE_MM = 800  # what the drawn bars are long


def _reach(model: ChairModel, dimension: str) -> Reach:
    low, high, step = model.range_of(dimension)
    start = Decimal(low or 0) * 100 / SCALE_MM
    end = Decimal(SCALE_MM if high is None else high) * 100 / SCALE_MM
    adjustable = 0 if low is None or high is None else high - low
    grows_from = cataloguing.GROWS_FROM_MM.get(dimension)
    return Reach(
        dimension,
        RANGED[dimension],
        low,
        high,
        step,
        start=min(98, round(start)),
        width=max(2, round(min(Decimal(100), end) - start)),
        grows=grows_from is not None and adjustable >= grows_from,
    )


@require_safe
@permission_required("distributions.view_chairmodel", raise_exception=True)
def model_detail(request, pk):
    """One model: whom it holds, between which dimensions, what can be added, and how many we have."""
    model = get_object_or_404(ChairModel.objects.visible_to(request.user), pk=pk)
    reaches = [_reach(model, dimension) for dimension in RANGED]
    accessories = ChairModel._meta.get_field("accessories")
    context = {
        "model": model,
        "reaches": [reach for reach in reaches if reach.is_known],
        "unknown": [str(reach.name) for reach in reaches if not reach.is_known],
        "iso_words": dict(cataloguing.ISO_9999).get(model.iso9999_code, ""),
        "accessories": accessories.words(model.accessories),
        "possible": accessories.words(model.accessories_possible),
        "changes": model.workshop_changes.order_by("what", "pk"),
        "recalls": model.recalls.open().order_by("-opened_on", "pk"),
        "line": tallying.stock_of_models([model])[model.pk],
        "words": tallying.STOCK_WORDS,
        "history": model.history()[:20],
    }
    return render(request, "distributions/chairmodel_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_chairmodel", raise_exception=True)
def create_model(request):
    form = ChairModelForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        model = cataloguing.add_model(by=request.user, **form.values)
        messages.success(request, _("The model is in the catalogue."))
        return redirect(model)
    return _model_form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_chairmodel", raise_exception=True)
def edit_model(request, pk):
    model = get_object_or_404(ChairModel.objects.visible_to(request.user), pk=pk)
    form = ChairModelForm(asking.sent(request), instance=model)
    if request.method == "POST" and form.is_valid():
        cataloguing.correct_model(model, by=request.user, **form.values)
        return redirect(model)
    return _model_form(request, form, model)


def _model_form(request, form: ChairModelForm, model: ChairModel | None):
    context = {"form": form, "model": model, "iso_codes": cataloguing.ISO_9999}
    return asking.answer(request, "distributions/chairmodel_form.html", context, form)


# --- what a workshop can change --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_workshopchange", raise_exception=True)
def create_change(request, pk):
    """Write down what a workshop can change on this model."""
    model = get_object_or_404(ChairModel.objects.visible_to(request.user), pk=pk)
    form = WorkshopChangeForm(asking.sent(request), model=model)
    if request.method == "POST" and form.is_valid():
        cataloguing.add_change(model=model, by=request.user, **form.values)
        return redirect(model)
    return _change_form(request, form, model)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_workshopchange", raise_exception=True)
def edit_change(request, pk, change):
    model = get_object_or_404(ChairModel.objects.visible_to(request.user), pk=pk)
    change = get_object_or_404(model.workshop_changes, pk=change)
    form = WorkshopChangeForm(asking.sent(request), instance=change, model=model)
    if request.method == "POST" and form.is_valid():
        cataloguing.correct_change(change, by=request.user, **form.values)
        return redirect(model)
    return _change_form(request, form, model, change)


def _change_form(request, form: WorkshopChangeForm, model: ChairModel, change=None):
    context = {"form": form, "model": model, "change": change}
    return asking.answer(request, "distributions/workshopchange_form.html", context, form)
