from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.models import Child, Guardian
from distributions import recalling
from distributions.forms.depots import RecallForm, RecallStepForm
from distributions.models import Chair, Recall, RecallLine
from distributions.views.depots import tabs
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal


@require_safe
@permission_required("distributions.view_recall", raise_exception=True)
def list_recalls(request):
    """The open recalls, or the closed ones."""
    is_done = request.GET.get("show") == "done"
    rows = Recall.objects.visible_to(request.user).select_related("model").with_numbers()
    rows = rows.exclude(closed_on=None) if is_done else rows.open()
    page = paging.page(rows, order=("-opened_on",), token=request.GET.get("page"))
    open_words = ngettext("%(n)s open recall", "%(n)s open recalls", page.count)
    done_words = ngettext("%(n)s closed recall", "%(n)s closed recalls", page.count)
    context = {
        "recalls": page.rows,
        "is_done": is_done,
        "words": listing.found(page, done_words if is_done else open_words),
        "tabs": tabs("recall_list"),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/recall_list.html", "distributions/_recall_rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_recall", raise_exception=True)
def create(request):
    """Call a model or a batch of it back."""
    first = {name: request.GET[name] for name in ("model", "batch") if request.GET.get(name)}
    form = RecallForm(asking.sent(request), initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            recall = recalling.open_recall(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("batch", refusal.message)
        else:
            return redirect(recall)
    batches = Chair.objects.exclude(batch="").order_by("batch").values_list("batch", flat=True).distinct()
    context = {"form": form, "batches": batches[:200]}
    return asking.answer(request, "distributions/recall_create.html", context, form)


@require_safe
@permission_required("distributions.view_recall", raise_exception=True)
def detail(request, pk):
    """One recall: every chair it concerns, where it is, who was told, what is safe."""
    recalls = Recall.objects.visible_to(request.user).select_related("model", "opened_by").with_numbers()
    recall = get_object_or_404(recalls, pk=pk)
    lines = list(recall.lines.select_related("chair__depot", "contacted_by", "safe_by").order_by("chair__number", "pk"))
    children = _children_shown(request.user, lines)
    for line in lines:
        line.child = children.get(line.chair.holder_id)
        line.is_gone = line.chair.state in recalling.GONE
        line.takes_steps = recall.closed_on is None or recalling.is_left(line)
    left = [line for line in lines if recalling.is_left(line)]
    context = {
        "recall": recall,
        "lines": lines,
        "left": left,
        "progress_words": ngettext(
            "%(safe)s of %(n)s chair is safe", "%(safe)s of %(n)s chairs are safe", recall.concerned
        )
        % {"safe": recall.safe, "n": recall.concerned},
        "history": recall.history()[:20],
    }
    return render(request, "distributions/recall_detail.html", context)


def _children_shown(user, lines: list[RecallLine]) -> dict:
    """The children who have one of these chairs and whom the reader may see, each with who answers the phone first."""
    holders = {line.chair.holder_id for line in lines} - {None}
    if not holders or not user.has_perm("beneficiaries.view_child"):
        return {}
    # Nobody calls a bereaved family about a recall: their chair is spoken of when they give it back.
    living = Child.objects.visible_to(user).exclude(status=Child.Status.DECEASED)
    children = living.select_related("family__province").in_bulk(holders)
    families = {child.family_id for child in children.values()}
    first: dict = {}
    for guardian in Guardian.objects.current().filter(family__in=families).to_call_first():
        first.setdefault(guardian.family_id, guardian)
    for child in children.values():
        child.guardian = first.get(child.family_id)
    return children


def _line(request, pk, line) -> RecallLine:
    recall = get_object_or_404(Recall.objects.visible_to(request.user), pk=pk)
    return get_object_or_404(recall.lines.select_related("recall__model", "chair__model"), pk=line)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["distributions.change_recall", "beneficiaries.view_child"], raise_exception=True)
def contact(request, pk, line):
    """Write down that the family that has the chair was told: for who may see the child."""
    line = _line(request, pk, line)
    child = Child.objects.visible_to(request.user).filter(pk=line.chair.holder_id).first()
    if child is None or child.is_deceased:
        raise Http404
    return _step(request, line, recalling.record_contact, child)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_recall", raise_exception=True)
def safe(request, pk, line):
    """Write down that a chair was made safe."""
    return _step(request, _line(request, pk, line), recalling.record_safe)


def _step(request, line: RecallLine, act, child: Child | None = None):
    form = RecallStepForm(asking.sent(request), initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            act(line, by=request.user, **form.cleaned_data)
        except recalling.InTheFuture as refusal:
            form.add_error("on", refusal.message)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Recorded."))
            return redirect(line.recall)
    guardians = Guardian.objects.current().filter(family=child.family_id).to_call_first() if child else []
    context = {
        "form": form,
        "line": line,
        "recall": line.recall,
        "is_contact": act is recalling.record_contact,
        "child": child,
        "guardians": guardians,
    }
    return asking.answer(request, "distributions/recall_step.html", context, form)


@require_POST
@permission_required("distributions.change_recall", raise_exception=True)
def close(request, pk):
    """End a recall in which every chair is safe."""
    recall = get_object_or_404(Recall.objects.visible_to(request.user), pk=pk)
    try:
        recalling.close_recall(recall, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The recall is closed."))
    return redirect(recall)
