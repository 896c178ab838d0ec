"""The paper that tells a family how the need of their child was judged: to be read together, and to be given away."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beneficiaries import documents
from beneficiaries.models import Need


@require_safe
@permission_required("beneficiaries.view_need", raise_exception=True)
def page(request, pk):
    """The explanation on the screen, in the family's language unless another is asked for."""
    need = _need(request, pk)
    language = _language(request, need)
    with translation.override(language):
        words = documents.explanation_words(need, by=request.user)
        documents.open_explanation(need, by=request.user)
    context = {
        "need": need,
        "child": need.child,
        "words": words,
        "languages": [
            {"word": word, "url": f"{request.path}?language={code}", "current": code == language, "lang": code}
            for code, word in documents.LANGUAGES.items()
        ],
        "crumbs": [
            (_("Waiting list"), reverse("beneficiaries:need_list")),
            (need.child.name, need.child.get_absolute_url()),
            (_("Need"), need.get_absolute_url()),
            (_("Explanation"), ""),
        ],
    }
    return render(request, "beneficiaries/need_explanation.html", context)


@require_safe
@permission_required("beneficiaries.view_need", raise_exception=True)
def pdf(request, pk):
    """The explanation on paper."""
    need = _need(request, pk)
    language = _language(request, need)
    with translation.override(language):
        paper = documents.explanation_pdf(need, by=request.user)
        documents.open_explanation(need, by=request.user)
    # The name of the file says whose it is by its reference only: files are left lying in download folders.
    name = f"{need.child.reference}-explanation-{language}.pdf".lower()
    return HttpResponse(
        paper, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def _need(request, pk) -> Need:
    needs = Need.objects.visible_to(request.user).with_child()
    return get_object_or_404(needs.select_related("assessment__assessor", "overridden_by"), pk=pk)


def _language(request, need: Need) -> str:
    return documents.language_of(need.child.family, request.GET.get("language", ""))
