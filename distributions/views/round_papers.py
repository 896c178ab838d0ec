"""The paper twin of a round: printed with boxes, typed in stop after stop, its scans kept as evidence."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.documents import LANGUAGES
from distributions import round_papers, transcribing
from distributions.forms.papers import HealthForm, PaperStopForm
from distributions.forms.rounds import ScanForm
from distributions.models import Allocation, Delivery, Round, RoundScan
from distributions.views import mobile
from distributions.views.rounds import tabs, visible
from hajar.lib import asking
from hajar.lib.refusals import Refusal

TYPES = {RoundScan.Kind.PHOTO: "image/webp", RoundScan.Kind.PDF: "application/pdf"}


def anchor(allocation_pk) -> str:
    """Where a stop stands on the typing screen; the code on the paper holds it."""
    return f"s{str(allocation_pk)[:8]}"


@require_safe
@permission_required(["distributions.view_round", "beneficiaries.view_family"], raise_exception=True)
def paper(request, pk):
    """The round's paper as a PDF, in the reader's language unless another is asked for. Opening it is kept."""
    round_ = get_object_or_404(visible(request), pk=pk)
    address = request.build_absolute_uri(reverse("distributions:round_type_in", args=[round_.pk]))
    asked = request.GET.get("language", "")
    with translation.override(asked if asked in LANGUAGES else translation.get_language()):
        pdf = round_papers.paper_pdf(
            round_,
            mobile.stops_of(round_),
            list(round_.spare_chairs()),
            address_of=lambda stop: f"{address}#{anchor(stop.pk)}",
        )
        round_papers.note_paper_opened(round_, by=request.user)
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="round.pdf"'}
    )


# --- typing it in ----------------------------------------------------------------------------------------------------


@dataclass
class PaperStop:
    """One stop on the typing screen: what is known of it, and the form where something can still be typed."""

    allocation: Allocation
    number: int
    stop: mobile.Stop | None
    entries: list[Delivery]
    form: PaperStopForm | None

    @property
    def anchor(self) -> str:
        return anchor(self.allocation.pk)

    @property
    def name(self) -> str:
        return self.allocation.need.child.given_name

    @property
    def chair(self) -> str:
        return self.allocation.chair.label

    @property
    def is_told(self) -> bool:
        return bool(self.entries)


def _paper_stops(request, round_: Round) -> list[PaperStop]:
    """The stops of the round, those too whose chairs came back since; a form for each that may still be told."""
    rows = (
        Allocation.objects.filter(Q(round=round_) | Q(round_lines__round=round_))
        .exclude(status=Allocation.Status.PROPOSED)
        .select_related("need__child__family__province", "chair__model")
        .order_by("stop", "pk")
        .distinct()
    )
    told: dict = {}
    entries = Delivery.objects.filter(round=round_).select_related("typed_in_by").order_by("received_at", "pk")
    for entry in entries:
        told.setdefault(entry.allocation_id, []).append(entry)
    spares = list(round_.spare_chairs())
    stops = []
    for number, row in enumerate(rows, 1):
        entries = told.get(row.pk, [])
        is_open = not any(entry.is_delivered or entry.is_from_paper for entry in entries)
        stop = PaperStop(row, number, None, entries, None)
        if is_open:
            stop.form = PaperStopForm(asking.sent(request), prefix=stop.anchor, stop=stop, spares=spares)
        stops.append(stop)
    return stops


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["distributions.view_round", "distributions.add_delivery"], raise_exception=True)
def type_in(request, pk):
    """Type in the round's paper, stop after stop: each is kept by itself, and what is wrong stays on the screen."""
    round_ = get_object_or_404(visible(request), pk=pk)
    stops = _paper_stops(request, round_)
    health = HealthForm(asking.sent(request))
    if request.method == "POST" and health.is_valid():
        typed = [stop for stop in stops if stop.form is not None and not stop.form.is_untouched]
        kept = [stop for stop in typed if _keep(request, round_, stop, health.cleaned_data["is_healthy"])]
        if kept:
            words = ngettext("%(n)s stop is kept from paper.", "%(n)s stops are kept from paper.", len(kept))
            messages.success(request, words % {"n": len(kept)})
        if not typed:
            messages.info(request, _("Nothing was typed."))
        if len(kept) == len(typed):
            return redirect("distributions:round_type_in", round_.pk)
        # What was wrong stays with its form; what was kept is shown as it stands now.
        wrong = {stop.allocation.pk: stop.form for stop in typed if stop not in kept}
        stops = _paper_stops(request, round_)
        for stop in stops:
            if stop.form is not None:
                stop.form = wrong.get(stop.allocation.pk) or PaperStopForm(
                    prefix=stop.anchor, stop=stop, spares=list(stop.form.spares.values())
                )
        return _paper_page(request, round_, stops, health)
    return _paper_page(request, round_, stops, health)


def _keep(request, round_: Round, stop: PaperStop, is_healthy: bool) -> bool:
    """Keep what was typed of one stop; False where something is wrong, which then stands beside its field."""
    form = stop.form
    assert form is not None  # noqa: S101
    if not form.is_valid():
        return False
    try:
        transcribing.type_in(round_, stop.allocation, by=request.user, is_healthy=is_healthy, **form.said())
    except transcribing.AlreadyFromPhone as refusal:
        messages.info(request, f"{stop.chair}: {refusal.message}")
        return True
    except (Refusal, ValidationError) as refusal:
        form.add_error(None, refusal.messages if isinstance(refusal, ValidationError) else refusal.message)
        return False
    return True


def _paper_page(request, round_: Round, stops: list[PaperStop], health: HealthForm, scan: ScanForm | None = None):
    context = {
        "round": round_,
        "tabs": tabs(request, round_, "paper"),
        "stops": stops,
        "left": sum(stop.form is not None and not stop.is_told for stop in stops),
        "health": health,
        "is_open": not round_.is_closed,
        "languages": LANGUAGES.items(),
        "scans": round_.scans.select_related("added_by").order_by("added_at", "pk"),
        "scan_form": scan or ScanForm(),
    }
    forms = [stop.form for stop in stops]
    return asking.answer(request, "distributions/round_type_in.html", context, health, scan, *forms)


# --- scans -----------------------------------------------------------------------------------------------------------


@require_POST
@permission_required(["distributions.view_round", "distributions.add_roundscan"], raise_exception=True)
def add_scan(request, pk):
    """Keep a photo or a PDF of the paper."""
    round_ = get_object_or_404(visible(request), pk=pk)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > transcribing.MOST_SCAN_BYTES:
                raise transcribing.ScanUnreadable
            transcribing.keep_scan(round_, file.read(), by=request.user)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
        else:
            messages.success(request, _("The scan is kept."))
            return redirect("distributions:round_type_in", round_.pk)
    return _paper_page(request, round_, _unbound_stops(request, round_), HealthForm(), scan=form)


def _unbound_stops(request, round_: Round) -> list[PaperStop]:
    stops = _paper_stops(request, round_)
    for stop in stops:
        if stop.form is not None:
            stop.form = PaperStopForm(prefix=stop.anchor, stop=stop, spares=list(stop.form.spares.values()))
    return stops


@require_safe
@permission_required(["distributions.view_round", "distributions.view_roundscan"], raise_exception=True)
def scan(request, pk, scan):
    """A scan, to who may see the round."""
    kept = get_object_or_404(RoundScan.objects.visible_to(request.user), round=pk, pk=scan)
    try:
        opened = kept.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(opened, content_type=TYPES[kept.kind], filename=f"round-{kept.suffix}.{kept.suffix}")
