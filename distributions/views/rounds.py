from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.models import Child
from distributions import delivering, planning
from distributions.forms.rounds import RoundForm, WhereForm
from distributions.models import Allocation, Chair, Delivery, Round
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal

Status = Allocation.Status
MOST_DOUBTS = 20


@require_safe
@permission_required("distributions.view_round", raise_exception=True)
def list_rounds(request):
    """Rounds, the latest first; above them the entries that someone must look at."""
    rounds = (
        Round.objects.visible_to(request.user)
        .select_related("province", "volunteer", "initiative")
        .prefetch_related(
            Prefetch("allocations", Allocation.objects.only("pk", "round_id", "status")),
            Prefetch("deliveries", Delivery.objects.only("pk", "round_id", "allocation_id", "outcome")),
        )
    )
    page = paging.page(rounds, order=("-day", "pk"), token=request.GET.get("page"))
    doubtful = []
    if request.user.has_perm("distributions.view_delivery"):
        doubtful = (
            Delivery.objects.visible_to(request.user)
            .in_doubt()
            .select_related("allocation__need__child", "allocation__chair", "volunteer")
            .order_by("-received_at", "pk")[:MOST_DOUBTS]
        )
    context = {
        "lines": [_progress(round_) for round_ in page.rows],
        "words": listing.found(page, ngettext("%(n)s round", "%(n)s rounds", page.count)),
        "doubtful": doubtful,
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/round_list.html", "distributions/_round_rows.html", context)


def _progress(round_: Round) -> dict:
    """How far a round has come, from its prefetched stops and entries."""
    delivered = {entry.allocation_id for entry in round_.deliveries.all() if entry.is_delivered}
    failed = {entry.allocation_id for entry in round_.deliveries.all()} - delivered
    stops = {allocation.pk for allocation in round_.allocations.all()} | delivered | failed
    return {"round": round_, "stops": len(stops), "delivered": len(delivered), "failed": len(failed)}


# --- planning --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_round", raise_exception=True)
def create(request):
    """Plan a round: first where (?initiative=&province=), then who, when and which stops in which order."""
    where = WhereForm(request.GET if "initiative" in request.GET else None, user=request.user)
    form, candidates = None, []
    if where.is_bound and where.is_valid():
        candidates = _candidates(request.user, **where.cleaned_data)
        form = RoundForm(asking.sent(request), candidates=candidates)
        if request.method == "POST" and form.is_valid():
            try:
                round_ = planning.plan_round(by=request.user, **where.cleaned_data, **_planned(form))
            except Refusal as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, _("The round is planned: the volunteer sees it on the phone."))
                return redirect(round_)
    return render(request, "distributions/round_form.html", {"where": where, "form": form, "candidates": candidates})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_round", raise_exception=True)
def edit(request, pk):
    """Change a round that has not been loaded: volunteer, day, stops and their order."""
    round_ = get_object_or_404(_visible(request), pk=pk)
    candidates = _candidates(request.user, initiative=round_.initiative, province=round_.province, round_=round_)
    chosen = [row.pk for row in sorted(candidates, key=lambda row: row.stop or 0) if row.round_id == round_.pk]
    first = {"volunteer": round_.volunteer_id, "day": round_.day, "note": round_.note}
    form = RoundForm(asking.sent(request), candidates=candidates, chosen=chosen, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            planning.correct_round(round_, by=request.user, province=round_.province, **_planned(form))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The round is corrected."))
            return redirect(round_)
    context = {"form": form, "round": round_, "candidates": candidates}
    return render(request, "distributions/round_form.html", context)


def _candidates(user, *, initiative, province, round_: Round | None = None) -> list[Allocation]:
    """Approved and prepared reservations of one initiative and province that are on no other round, by town."""
    rows = (
        Allocation.objects.visible_to(user)
        .filter(
            initiative=initiative, need__child__family__province=province, status__in=[Status.APPROVED, Status.PREPARED]
        )
        .select_related("chair__model", "need__child__family")
        .order_by("need__child__family__commune", "need__child__sort_key", "pk")
    )
    free = [row for row in rows if row.round_id is None or (round_ is not None and row.round_id == round_.pk)]
    return sorted(free, key=lambda row: (row.round_id is None, row.stop or 0))


def _planned(form: RoundForm) -> dict:
    return {name: form.cleaned_data[name] for name in ("volunteer", "day", "note", "allocations")}


# --- one round -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StopLine:
    """One stop as the office sees it: the reservation, its entries, and whether its chair is still in the vehicle."""

    allocation: Allocation
    entries: list[Delivery]
    is_on_the_road: bool


def _visible(request):
    return Round.objects.visible_to(request.user).select_related("province", "volunteer", "initiative")


@require_safe
@permission_required("distributions.view_round", raise_exception=True)
def detail(request, pk):
    """One round: what to load, the stops and what became of them, what has to come back."""
    round_ = get_object_or_404(_visible(request), pk=pk)
    allocations = list(
        Allocation.objects.filter(round=round_)
        .select_related("chair__model", "chair__depot", "need__child__family")
        .prefetch_related(Prefetch("deliveries", Delivery.objects.filter(round=round_).order_by("received_at", "pk")))
        .order_by("stop", "pk")
    )
    stops = [
        StopLine(
            row,
            list(row.deliveries.all()),
            row.chair.state == Chair.State.LOADED and row.status in (Status.LOADED, Status.RELEASED),
        )
        for row in allocations
    ]
    # A child who has died is no stop any more; only her chair may still have to come back from the vehicle.
    stops = [line for line in stops if line.is_on_the_road or not line.allocation.need.child.is_deceased]
    elsewhere = (
        Delivery.objects.filter(round=round_)
        .exclude(allocation__round=round_)
        .exclude(allocation__need__child__status=Child.Status.DECEASED)
        .select_related("allocation__chair", "allocation__need__child")
        .order_by("received_at", "pk")
    )
    not_left = [row for row in allocations if row.status in (Status.APPROVED, Status.PREPARED)]
    context = {
        "round": round_,
        "stops": stops,
        "elsewhere": elsewhere,
        "progress": _progress(round_),
        "to_load": sorted(
            (row for row in allocations if row.is_live), key=lambda row: row.chair.serial or row.chair.label
        ),
        "can_load": any(row.status == Status.PREPARED for row in allocations),
        "not_prepared": sum(row.status == Status.APPROVED for row in allocations),
        "can_edit": len(not_left) == len(allocations),
        "history": round_.history()[:20],
    }
    return render(request, "distributions/round_detail.html", context)


@require_POST
@permission_required("distributions.prepare_allocation", raise_exception=True)
def load(request, pk):
    """Say that the prepared chairs are in the vehicle."""
    round_ = get_object_or_404(_visible(request), pk=pk)
    try:
        loaded = planning.load(round_, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        words = ngettext("%(n)s chair is loaded.", "%(n)s chairs are loaded.", len(loaded))
        messages.success(request, words % {"n": len(loaded)})
    return redirect(round_)


@require_POST
@permission_required("distributions.prepare_allocation", raise_exception=True)
def bring_back(request, pk, allocation):
    """Say that a chair that was not left is in its depot again."""
    round_ = get_object_or_404(_visible(request), pk=pk)
    row = get_object_or_404(Allocation.objects.filter(round=round_), pk=allocation)
    try:
        delivering.bring_back(row, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The chair is back in the depot."))
    return redirect(round_)
