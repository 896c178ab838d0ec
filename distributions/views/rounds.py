"""Rounds as the office plans and watches them; their chairs and papers have views of their own."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.models import Child, Province
from distributions import ordering, round_papers, routing, travelling, watching
from distributions.forms.rounds import MOST_STOPS, RoundForm, TownForm, WhereForm
from distributions.models import Allocation, Chair, Delivery, Initiative, Round
from distributions.views import field_api
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal

Status = Allocation.Status
READY = [Status.APPROVED, Status.PREPARED]
MOST_DOUBTS = 20
MOST_OFFERED = 40  # spare chairs shown to choose from; others are typed


def visible(request):
    return Round.objects.visible_to(request.user).select_related("province", "volunteer", "initiative")


def tabs(request, round_: Round, current: str) -> list[dict]:
    """The pages of one round that this person may open."""
    may = request.user.has_perm
    pages = [
        ("round", _("Round"), "round_detail", "signpost-2", True),
        ("loading", _("Loading"), "round_loading", "truck", may("distributions.prepare_allocation")),
        ("paper", _("Paper"), "round_type_in", "file-earmark-text", may("distributions.add_delivery")),
        ("reckoning", _("Reckoning"), "round_reckoning", "clipboard-check", may("distributions.prepare_allocation")),
        ("phone", _("As the volunteer"), "round_as_volunteer", "phone", may("distributions.change_round")),
    ]
    return [
        {
            "word": word,
            "url": reverse(f"distributions:{name}", args=[round_.pk]),
            "icon": icon,
            "current": key == current,
        }
        for key, word, name, icon, allowed in pages
        if allowed
    ]


# --- from afar -------------------------------------------------------------------------------------------------------


@require_safe
@permission_required("distributions.view_round", raise_exception=True)
def list_rounds(request):
    """How each round stands now, the latest day first; the page asks again by itself."""
    shown = request.GET.get("show", "open")
    rounds = Round.objects.visible_to(request.user)
    if asking.is_uuid(request.GET.get("initiative", "")):
        rounds = rounds.filter(initiative=request.GET["initiative"])
    if shown == "problem":
        rounds = watching.with_a_problem(rounds)
    elif shown == "closed":
        rounds = rounds.exclude(closed_at=None)
    elif shown != "all":
        shown, rounds = "open", rounds.open()
    page = paging.page(watching.with_all(rounds), order=("-day", "pk"), token=request.GET.get("page"))
    doubtful = []
    if request.user.has_perm("distributions.view_delivery") and not request.htmx:
        doubtful = (
            Delivery.objects.visible_to(request.user)
            .in_doubt()
            .select_related("allocation__need__child", "allocation__chair", "volunteer")
            .order_by("-received_at", "pk")[:MOST_DOUBTS]
        )
    context = {
        "doubtful": doubtful,
        "lines": watching.standings(page.rows),
        "words": listing.found(page, ngettext("%(n)s round", "%(n)s rounds", page.count)),
        "shown": shown,
        "tabs": _views_of_the_list(request, shown),
        "address": request.get_full_path(),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/round_list.html", "distributions/_round_rows.html", context)


def _views_of_the_list(request, shown: str) -> list[dict]:
    words = [
        ("open", pgettext("rounds", "Open")),
        ("problem", _("With a problem")),
        ("closed", pgettext("rounds", "Closed")),
        ("all", _("All")),
    ]
    asked = request.GET.get("initiative", "")
    kept = {"initiative": asked} if asking.is_uuid(asked) else {}
    return [
        {"word": word, "url": f"?{urlencode({'show': key} | kept)}", "current": key == shown} for key, word in words
    ]


# --- planning --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProvinceLine:
    """The reservations of one initiative in one province that are on no round yet."""

    initiative: Initiative
    province: Any
    ready: int
    approved: int
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_round", raise_exception=True)
def create(request):
    """Plan a round: first where, then who, when, and which stops in which order; what is left follows at once."""
    asked = None
    if {"initiative", "province"} & set(request.GET):
        asked = request.GET.copy()
        asked.setdefault("most", str(MOST_STOPS))
    where = WhereForm(asked, user=request.user)
    context: dict[str, Any] = {"where": where, "form": None, "candidates": []}
    if where.is_bound and where.is_valid():
        place = {name: where.cleaned_data[name] for name in ("initiative", "province")}
        candidates = ordering.in_driving_order(_candidates(request.user, **place), place["province"])
        parts = routing.split(candidates, where.cleaned_data["most"] or MOST_STOPS)
        form = RoundForm(
            asking.sent(request),
            candidates=candidates,
            chosen=[row.pk for row in parts[0]] if parts else [],
            offered=_offered(where.cleaned_data["depot"]),
        )
        if request.method == "POST" and form.is_valid():
            try:
                round_ = travelling.plan_round(by=request.user, **place, **_planned(form))
            except Refusal as refusal:
                form.add_error(None, refusal.message)
            else:
                return _after_planning(request, round_, left=len(candidates) - len(form.cleaned_data["allocations"]))
        context |= {
            "form": form,
            "candidates": candidates,
            "parts": parts,
            "towns": _towns(request, candidates, place["province"]),
            "version": routing.VERSION,
        }
    else:
        context["provinces"] = _provinces(request.user, request.GET.get("initiative", ""))
    return asking.answer(request, "distributions/round_form.html", context, context["form"])


def _after_planning(request, round_: Round, *, left: int):
    messages.success(request, _("The round is planned: the volunteer sees it on the phone."))
    if left and "more" in request.POST:
        return redirect(request.get_full_path())
    return redirect(round_)


def _provinces(user, initiative: str) -> list[ProvinceLine]:
    """What waits for a round, by initiative and province; three queries."""
    rows = Allocation.objects.visible_to(user).filter(
        round=None, status__in=READY, initiative__in=Initiative.objects.visible_to(user).current()
    )
    if asking.is_uuid(initiative):
        rows = rows.filter(initiative=initiative)
    counted = rows.values_list("initiative", "need__child__family__province").annotate(
        ready=Count("pk", filter=Q(status=Status.PREPARED)), approved=Count("pk", filter=Q(status=Status.APPROVED))
    )
    found = list(counted.order_by("initiative__starts_on", "-ready", "-approved", "need__child__family__province"))
    initiatives = Initiative.objects.in_bulk({row[0] for row in found})
    provinces = Province.objects.in_bulk({row[1] for row in found})
    return [
        ProvinceLine(
            initiatives[initiative_pk],
            provinces[province_pk],
            ready,
            approved,
            f"?{urlencode({'initiative': initiative_pk, 'province': province_pk})}",
        )
        for initiative_pk, province_pk, ready, approved in found
    ]


def _towns(request, candidates: list[Allocation], province) -> list[TownForm]:
    """One small form for each town of which nobody has said where it lies, where this person may say it."""
    if not request.user.has_perm("distributions.add_townposition"):
        return []
    return [
        TownForm(user=request.user, initial={"province": province.pk, "name": name}, auto_id=f"town-{number}-%s")
        for number, name in enumerate(ordering.towns_without_position(candidates, province))
    ]


@require_POST
@permission_required("distributions.add_townposition", raise_exception=True)
def place_town(request):
    """Say where a town lies; back to the round that is being planned."""
    form = TownForm(request.POST, user=request.user)
    query = {name: request.POST.get(name, "") for name in ("initiative", "province", "most", "depot")}
    if form.is_valid():
        latitude, longitude = form.cleaned_data["position"]
        ordering.place_town(
            province=form.cleaned_data["province"],
            name=form.cleaned_data["name"],
            latitude=latitude,
            longitude=longitude,
            by=request.user,
        )
        messages.success(request, _("The order follows the map."))
    else:
        for errors in form.errors.values():
            messages.error(request, errors[0])
    kept = {name: value for name, value in query.items() if asking.is_uuid(value) or value.isdecimal()}
    return redirect(f"{reverse('distributions:round_create')}?{urlencode(kept)}")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_round", raise_exception=True)
def edit(request, pk):
    """Change a round that has not been loaded: volunteer, day, stops, their order, spare chairs."""
    round_ = get_object_or_404(visible(request), pk=pk)
    candidates = _candidates(request.user, initiative=round_.initiative, province=round_.province, round_=round_)
    spares = list(round_.spare_chairs())
    chosen = [row.pk for row in sorted(candidates, key=lambda row: row.stop or 0) if row.round_id == round_.pk]
    first = {
        "volunteer": round_.volunteer_id,
        "day": round_.day,
        "note": round_.note,
        "spares": [chair.pk for chair in spares],
    }
    offered = Chair.objects.filter(pk__in=first["spares"]).with_model().order_by("number", "pk")
    form = RoundForm(asking.sent(request), candidates=candidates, chosen=chosen, offered=offered, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            travelling.correct_round(round_, by=request.user, province=round_.province, **_planned(form))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The round is corrected."))
            return redirect(round_)
    context = {"form": form, "round": round_, "candidates": candidates}
    return asking.answer(request, "distributions/round_form.html", context, form)


def _candidates(user, *, initiative, province, round_: Round | None = None) -> list[Allocation]:
    """Approved and prepared reservations of one initiative and province that are on no other round, by town."""
    rows = (
        Allocation.objects.visible_to(user)
        .filter(initiative=initiative, need__child__family__province=province, status__in=READY)
        .select_related("chair__model", "chair__depot", "need__child__family")
        .order_by("need__child__family__commune", "need__child__sort_key", "pk")
    )
    free = [row for row in rows if row.round_id is None or (round_ is not None and row.round_id == round_.pk)]
    return sorted(free, key=lambda row: (row.round_id is None, row.stop or 0))


def _offered(depot):
    """Chairs of a depot that may travel as spare ones."""
    if depot is None:
        return Chair.objects.none()
    offered = Chair.objects.offered().filter(depot=depot).with_model().order_by("number", "pk")
    return (
        Chair.objects.filter(pk__in=list(offered.values_list("pk", flat=True)[:MOST_OFFERED]))
        .with_model()
        .order_by("number", "pk")
    )


def _planned(form: RoundForm) -> dict:
    return {name: form.cleaned_data[name] for name in ("volunteer", "day", "note", "allocations", "spares")}


# --- one round -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StopLine:
    """One stop as the office sees it: the reservation, its entries, and whether its chair is still in the vehicle."""

    allocation: Allocation
    entries: list[Delivery]
    is_on_the_road: bool


@require_safe
@permission_required("distributions.view_round", raise_exception=True)
def detail(request, pk):
    """One round: how it stands, the stops and what became of them, the chairs that travel along."""
    round_ = get_object_or_404(watching.with_all(Round.objects.visible_to(request.user)), pk=pk)
    entries = Delivery.objects.filter(round=round_).select_related("typed_in_by", "chair_left")
    allocations = list(
        Allocation.objects.filter(round=round_)
        .select_related("chair__model", "chair__depot", "need__child__family")
        .prefetch_related(Prefetch("deliveries", entries.order_by("received_at", "pk")))
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
        entries.exclude(allocation__round=round_)
        .exclude(allocation__need__child__status=Child.Status.DECEASED)
        .select_related("allocation__chair", "allocation__need__child", "typed_in_by", "chair_left")
        .order_by("received_at", "pk")
    )
    not_left = [row for row in allocations if row.status in READY]
    standing = watching.standing(round_)
    context = {
        "round": round_,
        "tabs": tabs(request, round_, "round"),
        "stops": stops,
        "elsewhere": elsewhere,
        "standing": standing,
        "spares": round_.chairs.spare().select_related("chair__model", "chair__depot").in_order(),
        "not_prepared": sum(row.status == Status.APPROVED for row in allocations),
        "can_edit": len(not_left) == len(allocations) and not round_.is_closed,
        "can_reorder": len(allocations) > 1 and not round_.is_closed,
        "history": round_.history()[:20],
    }
    return render(request, "distributions/round_detail.html", context)


@require_POST
@permission_required("distributions.change_round", raise_exception=True)
def reorder(request, pk):
    """Put the stops in another order: all of them as dragged (?stop= for each), or one of them up or down."""
    round_ = get_object_or_404(visible(request), pk=pk)
    stops = list(Allocation.objects.filter(round=round_).order_by("stop", "pk"))
    places = {str(row.pk): row for row in stops}
    for act, step in (("up", -1), ("down", 1)):
        if (moved := places.get(request.POST.get(act, ""))) is not None:
            here = stops.index(moved)
            there = min(max(here + step, 0), len(stops) - 1)
            stops[here], stops[there] = stops[there], stops[here]
    if not {"up", "down"} & set(request.POST):
        stops = [places[key] for key in dict.fromkeys(request.POST.getlist("stop")) if key in places]
    try:
        travelling.reorder(round_, allocations=stops, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{round_.get_absolute_url()}#stops")


@require_safe
@permission_required("distributions.change_round", raise_exception=True)
def as_volunteer(request, pk):
    """What the volunteer's phone shows of this round: the pack itself, read only. Looking is kept in the journal."""
    round_ = get_object_or_404(visible(request), pk=pk)
    packed = field_api.packed(round_, round_.volunteer)
    language = get_language()
    words = packed["words"][language if language in packed["words"] else "fr"]
    round_papers.note_view_as_volunteer(round_, by=request.user)
    context = {
        "round": round_,
        "tabs": tabs(request, round_, "phone"),
        "packed": packed,
        "place": words["place"],
        "stops": [{**stop, "may_photograph": stop["id"] in packed["photos"]} for stop in words["stops"]],
        "is_on_phone": Round.objects.for_phone(round_.volunteer).filter(pk=round_.pk).exists(),
    }
    return render(request, "distributions/round_as_volunteer.html", context)
