from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beneficiaries.models import Association, Child, Mandate, Need
from distributions import documents, monitoring, reporting
from distributions.models import Initiative
from hajar.lib import charts, counting

T = TypeVar("T")

LANGUAGES = {"fr": "Français", "ar": "العربية", "en": "English"}


def may_see_small_counts(request: HttpRequest) -> bool:
    return request.user.has_perm("beneficiaries.see_small_counts")


def _counted(request: HttpRequest, name: str, count: Callable[[], tuple[T, int]]) -> counting.Counted[T]:
    """A count of what this person may see; people of the same regions share it."""
    return counting.counted(name, Mandate.reach_of(request.user), count, anew="anew" in request.GET)


@require_safe
@permission_required("distributions.view_initiative", raise_exception=True)
def list_reports(request):
    """The register in numbers, and every initiative's report."""
    context = {
        "initiatives": Initiative.objects.visible_to(request.user).order_by("-starts_on", "pk")[:50],
        "map_note": Association.get().map_note,
    }
    if request.user.has_perm("beneficiaries.view_child"):
        children = Child.objects.visible_to(request.user)
        register = _counted(request, "register", lambda: reporting.count_register(children))
        context["overview"] = reporting.overview(register.value, small_counts=may_see_small_counts(request))
        context["counted"] = register
    return render(request, "distributions/report_list.html", context)


@require_safe
@permission_required("distributions.view_initiative", raise_exception=True)
def fairness(request):
    """Who waits how long and whose turn comes, so that a habit is seen before it becomes a wrong."""
    small_counts = may_see_small_counts(request)
    needs = Need.objects.visible_to(request.user)
    tally = _counted(request, "fairness", lambda: monitoring.tally(needs))
    comparisons = monitoring.fairness(tally.value, small_counts=small_counts)
    shown = [
        (each, charts.bars([group.cell for group in each.groups], title=each.title, name=f"wait-{each.code}"))
        for each in comparisons
        if each.groups
    ]
    context = {
        "comparisons": shown,
        "counted": tally,
        "years": monitoring.YEARS,
        "is_masked": not small_counts,
        "crumbs": [(_("Reports"), reverse("distributions:report_list")), (_("Fairness"), "")],
    }
    return render(request, "distributions/report_fairness.html", context)


@require_safe
@permission_required("distributions.view_initiative", raise_exception=True)
def initiative_report(request, pk):
    """What happened: planned, delivered, failed and why, by region, and what is left to do."""
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)
    report = reporting.initiative_report(initiative, small_counts=may_see_small_counts(request))
    context = {
        "initiative": initiative,
        "report": report,
        "changes": documents.change_lines(report),
        "map_note": Association.get().map_note,
        "photos": reporting.photos_to_show(initiative, user=request.user)
        if request.user.has_perm("distributions.view_delivery")
        else [],
    }
    return render(request, "distributions/initiative_report.html", context)


@require_safe
@permission_required("distributions.view_initiative", raise_exception=True)
def initiative_summary(request, pk):
    """The anonymous summary, to be read, printed or given away, in one of three languages."""
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)
    language = language_asked(request)
    with translation.override(language):
        report = reporting.anonymous_summary(initiative)
        words = documents.summary_words(report)
    context = {
        "initiative": initiative,
        "report": report,
        "words": words,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "languages": [
            {"word": word, "url": f"{request.path}?language={code}", "current": code == language, "lang": code}
            for code, word in LANGUAGES.items()
        ],
        "map_note": Association.get().map_note,
    }
    return render(request, "distributions/initiative_summary.html", context)


@require_safe
@permission_required("distributions.view_initiative", raise_exception=True)
def initiative_summary_pdf(request, pk):
    """The anonymous summary on paper."""
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)
    with translation.override(language_asked(request)):
        pdf = documents.summary_pdf(reporting.anonymous_summary(initiative))
    name = slugify(f"hajar {initiative.name_fr} {language_asked(request)}")
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


def language_asked(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else (translation.get_language() or "fr")[:2]
