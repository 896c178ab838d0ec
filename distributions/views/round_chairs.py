"""The chairs of a round: loaded one by one, counted back, and reckoned up before the round is closed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from distributions import reckoning, round_papers, travelling
from distributions.forms.depots import MarkForm
from distributions.forms.rounds import ExplainForm
from distributions.models import Allocation, Chair, Round
from distributions.views.rounds import tabs, visible
from hajar.lib import asking
from hajar.lib.refusals import Refusal

Status = Allocation.Status


def _stops(round_: Round) -> list[Allocation]:
    live = Allocation.objects.live().filter(round=round_)
    return list(live.select_related("chair__model", "chair__depot", "need__child").order_by("stop", "pk"))


def _spares(round_: Round) -> list[Chair]:
    return list(round_.spare_chairs().select_related("model", "depot"))


# --- going -----------------------------------------------------------------------------------------------------------


@require_safe
@permission_required("distributions.prepare_allocation", raise_exception=True)
def loading(request, pk):
    """What has to go into the vehicle, by serial number, and what is in it."""
    return _loading_page(request, get_object_or_404(visible(request), pk=pk), MarkForm())


def _loading_page(request, round_: Round, form: MarkForm):
    lines = {line.chair_id: line for line in round_.chairs.select_related("loaded_by")}
    rows: list[dict[str, Any]] = []
    for chair, stop in [*((row.chair, row) for row in _stops(round_)), *((chair, None) for chair in _spares(round_))]:
        line = lines.get(chair.pk)
        is_loaded = line is not None and line.is_loaded and not line.is_back
        is_ready = chair.state == Chair.State.AVAILABLE if stop is None else stop.status == Status.PREPARED
        rows.append({"chair": chair, "stop": stop, "line": line, "is_loaded": is_loaded, "is_ready": is_ready})
    rows.sort(key=lambda row: (row["chair"].serial or row["chair"].label, row["chair"].label))
    context = {
        "round": round_,
        "tabs": tabs(request, round_, "loading"),
        "form": form,
        "rows": rows,
        "loaded": sum(row["is_loaded"] for row in rows),
        "waiting": sum(row["is_ready"] and not row["is_loaded"] for row in rows),
        "is_open": not round_.is_closed,
    }
    return asking.answer(request, "distributions/round_loading.html", context, form)


@require_POST
@permission_required("distributions.prepare_allocation", raise_exception=True)
def load(request, pk):
    """Say which chairs are in the vehicle: the one whose label was typed or scanned, those ticked, or all that wait."""
    round_ = get_object_or_404(visible(request), pk=pk)
    chairs = None
    if "number" in request.POST:
        form = MarkForm(request.POST)
        if not form.is_valid():
            return _loading_page(request, round_, form)
        chairs = [form.cleaned_data["number"]]
    elif "ticked" in request.POST:
        chairs = _ticked(request)
        if not chairs:
            messages.error(request, _("Tick at least one chair."))
            return redirect("distributions:round_loading", round_.pk)
    try:
        travelling.load(round_, by=request.user, chairs=chairs)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        number = None if chairs is None else len(chairs)
        words = ngettext("%(n)s chair is loaded.", "%(n)s chairs are loaded.", number or 2) % {"n": number}
        messages.success(request, _("All chairs that were ready are loaded.") if number is None else words)
    return redirect("distributions:round_loading", round_.pk)


def _ticked(request) -> list[Chair]:
    numbers = [int(text) for text in request.POST.getlist("chair") if text.isdecimal() and len(text) < 10]
    return list(Chair.objects.filter(number__in=numbers).order_by("number", "pk"))


@require_safe
@permission_required("distributions.view_round", raise_exception=True)
def load_list(request, pk):
    """The list to load by, on paper."""
    round_ = get_object_or_404(visible(request), pk=pk)
    paper = round_papers.load_list_pdf(round_, _stops(round_), _spares(round_))
    return HttpResponse(
        paper, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="load-list.pdf"'}
    )


# --- coming back -----------------------------------------------------------------------------------------------------


@require_safe
@permission_required("distributions.prepare_allocation", raise_exception=True)
def reckon(request, pk):
    """Chair by chair: loaded, given to whom, came back, and what does not agree."""
    return _reckoning_page(request, get_object_or_404(visible(request), pk=pk), MarkForm())


def _reckoning_page(request, round_: Round, form: MarkForm, explaining: ExplainForm | None = None, chair=None):
    lines = reckoning.reckon(round_)
    late = reckoning.late_entries(round_).count()
    context = {
        "round": round_,
        "tabs": tabs(request, round_, "reckoning"),
        "form": form,
        "lines": lines,
        "explained": {"chair": chair, "form": explaining},
        "loaded": sum(line.is_loaded for line in lines),
        "given": sum(line.given_to is not None for line in lines),
        "back": sum(line.is_back for line in lines),
        "open_ones": sum(line.is_open for line in lines),
        "late": late,
        "is_open": not round_.is_closed or bool(late),
        "has_left": any(line.is_loaded or line.given_to for line in lines),
        "can_close": request.user.has_perm("distributions.change_round"),
        "history": round_.history()[:20],
    }
    return asking.answer(request, "distributions/round_reckoning.html", context, form, explaining)


@require_POST
@permission_required("distributions.prepare_allocation", raise_exception=True)
def count_back(request, pk):
    """Say that chairs stand in their depot again: the one whose label was typed or scanned, or those ticked."""
    round_ = get_object_or_404(visible(request), pk=pk)
    form = MarkForm(request.POST)
    chairs = _ticked(request) if "ticked" in request.POST else []
    if not chairs:
        if not form.is_valid():
            return _reckoning_page(request, round_, form)
        chairs = [form.cleaned_data["number"]]
    for chair in chairs:
        try:
            travelling.count_back(round_, chair, by=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("%(label)s is back.") % {"label": chair.label})
    return redirect("distributions:round_reckoning", round_.pk)


@require_POST
@permission_required("distributions.prepare_allocation", raise_exception=True)
def explain(request, pk, chair):
    """Explain in a sentence why the numbers of a chair do not agree."""
    round_ = get_object_or_404(visible(request), pk=pk)
    found = get_object_or_404(Chair.objects.visible_to(request.user), pk=chair)
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return _reckoning_page(request, round_, MarkForm(), explaining=form, chair=found.pk)
    try:
        travelling.explain(round_, found, by=request.user, explanation=form.cleaned_data["explanation"])
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The explanation is kept under your name."))
    return redirect("distributions:round_reckoning", round_.pk)


@require_POST
@permission_required("distributions.change_round", raise_exception=True)
def close(request, pk):
    """Close a round whose chairs are all accounted for."""
    round_ = get_object_or_404(visible(request), pk=pk)
    try:
        travelling.close_round(round_, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The round is closed: every chair is accounted for."))
    return redirect("distributions:round_reckoning", round_.pk)


@require_POST
@permission_required("distributions.prepare_allocation", raise_exception=True)
def bring_back(request, pk, allocation):
    """Say that a chair that was not left is in its depot again."""
    round_ = get_object_or_404(visible(request), pk=pk)
    row = get_object_or_404(Allocation.objects.filter(round=round_), pk=allocation)
    try:
        travelling.bring_back(row, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The chair is back in the depot."))
    return redirect(round_)
