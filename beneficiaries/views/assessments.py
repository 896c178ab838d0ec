"""Assess a child: a draft that is saved as one goes, then a document that never changes."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import assessing, opening, scoring
from beneficiaries.forms import assessment_documents as documents
from beneficiaries.forms import bodies
from beneficiaries.forms.assessments import AssessmentForm, answer_in_words, open_count, saved_otherwise
from beneficiaries.forms.questions import MEASURED, with_offer_taken
from beneficiaries.models import Assessment, Child
from beneficiaries.models.needs import explain, say


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.add_assessment", raise_exception=True)
def create(request, pk):
    """Begin an assessment, or take up again the one that is open. Asked by GET, only say what will happen."""
    child = get_object_or_404(Child.objects.visible_to(request.user).with_family(), pk=pk)
    if request.method != "POST":
        draft = child.assessments.filter(state=Assessment.State.DRAFT).select_related("assessor").first()
        context = {
            "child": child,
            "draft": draft,
            "alerts": opening.alerts(child, to=request.user),
            "crumbs": _crumbs(child, _("New assessment")),
        }
        return render(request, "beneficiaries/assessment_create.html", context)
    try:
        draft = assessing.begin_assessment(child=child, by=request.user)
    except assessing.AssessmentRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(child)
    return redirect("beneficiaries:assessment_edit", pk=draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_assessment", raise_exception=True)
def edit(request, pk):
    """The form. Its button saves the draft: what makes sense is kept, the rest stays on the page with the reason."""
    draft = _assessment(request, pk)
    if draft.is_complete:
        return redirect(draft)
    if request.method != "POST":
        return _page(request, AssessmentForm(instance=draft, proposals=assessing.proposals(draft)))
    form = AssessmentForm(
        with_offer_taken(request.POST, AssessmentForm.base_fields), instance=draft, proposals=assessing.proposals(draft)
    )
    _saved, refusal = _save(form, request.POST.get("version"))
    if refusal:
        return _refused(request, form, refusal)
    if form.errors:
        return _page(request, form, status=422)
    messages.success(request, _("The draft is saved. You can go on later."))
    return redirect("beneficiaries:assessment_edit", pk=draft.pk)


@require_POST
@permission_required("beneficiaries.change_assessment", raise_exception=True)
def autosave(request, pk):
    """Keep the answers that were sent, and say how the whole draft stands. Speaks JSON to static/js/autosave.js."""
    draft = _assessment(request, pk)
    form = AssessmentForm(request.POST, instance=draft)
    saved, refusal = _save(form, request.POST.get("version"))
    if refusal:
        draft = Assessment.objects.filter(pk=draft.pk).first()
        stale = isinstance(refusal, assessing.Stale)
        theirs = saved_otherwise(form, draft) if draft and stale else {}
        answer = {
            "message": str(refusal.message),
            "stale": stale,
            "version": draft.version if draft else None,
            "theirs": [
                {"label": str(form.fields[name].label), "words": words or _("no answer")}
                for name, words in theirs.items()
            ],
        }
        return JsonResponse(answer, status=409)
    sent = [name for name in form.fields if form.was_sent(name)]
    return JsonResponse(
        {
            "version": saved.version,
            "saved_at": formats.time_format(timezone.localtime(), "H:i"),
            "unsaved": len(form.errors),
            "not_asked": sorted(assessing.not_asked(form.candidate)),
            "said": {
                name: render_to_string("beneficiaries/_assessment_said.html", {"said": form.said(name)}).strip()
                for name in dict.fromkeys([*sent, *MEASURED, *_ASKED_AGAIN])
            },
            "standing": render_to_string(
                "beneficiaries/_assessment_standing.html",
                {"sections": (sections := form.standing), "open_count": open_count(sections)},
            ),
        }
    )


# Where a contradiction between answers is shown: either answer may raise it or settle it.
_ASKED_AGAIN = ("lost_chair_full_time_user", "mobility", "chair_cushion_relieves")


@require_POST
@permission_required("beneficiaries.change_assessment", raise_exception=True)
def complete(request, pk):
    """Save what the form says, then close the draft for good."""
    draft = _assessment(request, pk)
    if draft.is_complete:
        return redirect(draft)
    form = AssessmentForm(
        with_offer_taken(request.POST, AssessmentForm.base_fields), instance=draft, proposals=assessing.proposals(draft)
    )
    saved, refusal = _save(form, request.POST.get("version"))
    if refusal:
        return _refused(request, form, refusal)
    if form.errors:
        return _page(request, form, status=422)
    try:
        need = assessing.complete_assessment(saved, by=request.user, confirmed=form.confirmed)
    except assessing.AssessmentRefused as refusal:
        return _refused(request, form, refusal)
    messages.success(request, _completed_in_words(need))
    return redirect(saved)


def _completed_in_words(need):
    if need is None:
        return _("The assessment is complete. It gives no need for a chair now.")
    if need.is_urgent:
        return _("The assessment is complete. The need is urgent: decide by {day}.").format(
            day=formats.date_format(need.decision_due_on, "DATE_FORMAT")
        )
    return _("The assessment is complete. The need is on the waiting list with {points} points.").format(
        points=need.score_text
    )


@require_POST
@permission_required("beneficiaries.change_assessment", raise_exception=True)
def discard(request, pk):
    draft = _assessment(request, pk)
    try:
        assessing.discard_draft(draft, by=request.user)
    except assessing.AssessmentRefused as refusal:
        messages.error(request, refusal.message)
        return redirect(draft)
    messages.success(request, _("The draft is discarded."))
    return redirect(draft.child)


@require_safe
@permission_required("beneficiaries.view_assessment", raise_exception=True)
def detail(request, pk):
    """A complete assessment as a document. A draft leads to its form whoever may go on with it."""
    assessment = _assessment(request, pk)
    if not assessment.is_complete and request.user.has_perm("beneficiaries.change_assessment"):
        return redirect("beneficiaries:assessment_edit", pk=assessment.pk)
    score = assessment.score()
    child = assessment.child
    before = _before(assessment)
    context = {
        "assessment": assessment,
        "child": child,
        "alerts": opening.alerts(child, to=request.user),
        "score": score,
        "band": scoring.BAND_NAMES[score.band_name],
        "parts": explain(score.as_dict()["parts"]),
        "flags": [say(flag.reason) for flag in score.flags if flag.state == "yes"],
        "provenance": scoring.PROVENANCE,
        "sections": documents.document(assessment),
        "before": before,
        "changes": documents.changes(assessment, before),
        "goals": documents.goals(assessment, before),
        "marks": bodies.marks_of(assessment),
        "simulation": bodies.simulation_in_words(assessment),
        "place": answer_in_words(assessment, "place"),
        "need": assessment.needs.order_by("-opened_on", "pk").first(),
        "is_latest": not child.assessments.complete().filter(completed_at__gt=assessment.completed_at).exists()
        if assessment.is_complete
        else False,
        "crumbs": _crumbs(child, _("Assessment")),
    }
    return render(request, "beneficiaries/assessment_detail.html", context)


def _before(assessment) -> Assessment | None:
    """The complete assessment before this one, to compare with."""
    rows = assessment.child.assessments.complete().exclude(pk=assessment.pk)
    return rows.filter(assessed_on__lt=assessment.assessed_on).latest_first().first()


def _assessment(request, pk) -> Assessment:
    rows = Assessment.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("child__family__province__region", "assessor"), pk=pk)


def _save(form, version):
    """Save the answers that make sense: the draft as saved and None, or the draft as it was read and why not."""
    form.is_valid()
    try:
        version = int(version)
    except (TypeError, ValueError):
        version = form.instance.version if version is None and not form.answers else -1
    try:
        saved = assessing.save_draft(form.instance, version=version, answers=form.answers)
    except assessing.AssessmentRefused as refusal:
        return form.instance, refusal
    saved.child = form.instance.child  # with the family that was read along
    form.instance = saved
    return saved, None


def _refused(request, form, refusal):
    """The same page with everything that was typed, and why it was not taken."""
    stored = Assessment.objects.select_related("child__family__province__region").filter(pk=form.instance.pk).first()
    if stored is None or stored.is_complete:
        messages.error(request, refusal.message)
        return redirect(stored or form.instance.child)
    form.instance = stored
    if isinstance(refusal, assessing.Stale):
        form.theirs = saved_otherwise(form, stored)
    else:
        form.take_refusal(refusal)
    return _page(request, form, refusal=refusal, status=409 if form.theirs else 422)


def _page(request, form, *, refusal=None, status=200):
    child = form.instance.child
    if form.is_bound:
        form.show_stored_where_unsent()
    context = {
        "form": form,
        "draft": form.instance,
        "child": child,
        "alerts": opening.alerts(child, to=request.user),
        "sections": form.sections,
        "standing": (standing := form.standing),
        "open_count": open_count(standing),
        "not_asked": " ".join(sorted(assessing.not_asked(form.candidate))),
        "refusal": refusal,
        "autosave_url": reverse("beneficiaries:assessment_autosave", args=[form.instance.pk]),
        "crumbs": _crumbs(child, _("Assessment")),
    }
    return render(request, "beneficiaries/assessment_edit.html", context, status=status)


def _crumbs(child, word):
    return [(_("Children"), reverse("beneficiaries:child_list")), (child.name, child.get_absolute_url()), (word, "")]
