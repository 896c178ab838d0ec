"""Labels: a sheet of stickers to print, and what happens when one is scanned."""

import re
from datetime import timedelta

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from distributions import documents
from distributions.models import Chair, Depot
from hajar.lib import asking
from hajar.lib.digits import to_western

MOST = 10 * documents.LABELS_A_SHEET  # ten sheets at once
JUST_NOW = timedelta(days=7)


@require_safe
@permission_required("distributions.change_chair", raise_exception=True)
def list_labels(request):
    """Choose the chairs that get a label: of a depot, in a state, just received, or by their numbers."""
    asked = {name: request.GET.get(name, "").strip() for name in ("depot", "state", "since", "numbers")}
    chairs = _narrowed(Chair.objects.visible_to(request.user).with_model(), asked).order_by("number", "pk")
    shown = list(chairs[: MOST + 1])
    context = {
        "chairs": shown[:MOST],
        "has_more": len(shown) > MOST,
        "most": MOST,
        "asked": asked,
        "filters_count": sum(bool(value) for value in asked.values()),
        "depots": Depot.objects.by_name(),
        "states": Chair.State.choices,
        "places": range(1, documents.LABELS_A_SHEET + 1),
    }
    return render(request, "distributions/label_list.html", context)


def _narrowed(chairs, asked: dict[str, str]):
    if not any(asked.values()):
        return chairs.none()
    if asking.is_uuid(asked["depot"]):
        chairs = chairs.filter(depot=asked["depot"])
    if asked["state"] in Chair.State.values:
        chairs = chairs.filter(state=asked["state"])
    if asked["since"] == "week":
        chairs = chairs.filter(created_at__gte=timezone.now() - JUST_NOW)
    if asked["numbers"]:
        typed = re.split(r"[\s,;،]+", to_western(asked["numbers"]))
        chairs = chairs.filter(number__in=[number for text in typed if (number := Chair.number_in(text)) is not None])
    return chairs


@require_safe
@permission_required("distributions.change_chair", raise_exception=True)
def sheet(request):
    """The labels as a PDF of A4 sheets; ?chair= for each number, ?first= for the first free label of the sheet."""
    numbers = [int(text) for text in request.GET.getlist("chair")[:MOST] if text.isdecimal() and len(text) < 10]
    chairs = Chair.objects.visible_to(request.user).filter(number__in=numbers).with_model().order_by("number", "pk")
    if not chairs:
        return redirect("distributions:label_list")
    first = request.GET.get("first", "")
    pdf = documents.labels_pdf(
        chairs,
        address_of=lambda chair: request.build_absolute_uri(reverse("distributions:chair_scan", args=[chair.number])),
        first=int(first) if first.isdecimal() and len(first) < 4 else 1,
    )
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return response


@require_safe
@permission_required("distributions.view_chair", raise_exception=True)
def scan(request, number):
    """What a scanned label leads to: the chair's page, for who may see it; a stranger signs in first."""
    return redirect(get_object_or_404(Chair.objects.visible_to(request.user), number=number))
