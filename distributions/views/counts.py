from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributions import counting
from distributions.forms.depots import CountForm, MarkForm
from distributions.models import Chair, CountLine, Depot, StockCount
from hajar.lib import asking
from hajar.lib.refusals import Refusal


def _counts(user):
    return StockCount.objects.visible_to(user).select_related("depot", "begun_by", "finalised_by")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_stockcount", raise_exception=True)
def create(request, pk):
    """Begin to count a depot."""
    depot = get_object_or_404(Depot.objects.visible_to(request.user), pk=pk)
    form = CountForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            count = counting.begin_count(depot=depot, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(count)
    context = {"form": form, "depot": depot, "open_count": depot.counts.open().first()}
    return asking.answer(request, "distributions/count_create.html", context, form)


@require_safe
@permission_required("distributions.view_stockcount", raise_exception=True)
def detail(request, pk):
    """A count: what was seen, what is still to be looked for, what is not where the books have it."""
    return _page(request, get_object_or_404(_counts(request.user), pk=pk), MarkForm())


def _page(request, count: StockCount, form: MarkForm):
    may_change = count.is_open and request.user.has_perm("distributions.change_stockcount")
    context = {
        "count": count,
        "form": form,
        "standing": counting.standing(count),
        "counts_here": may_change and count.begun_by_id == request.user.pk,
        "may_finalise": may_change and count.begun_by_id != request.user.pk,
        "may_abandon": may_change,
        "history": count.history()[:20],
    }
    return asking.answer(request, "distributions/count_detail.html", context, form)


@require_POST
@permission_required("distributions.change_stockcount", raise_exception=True)
def mark(request, pk):
    """Say of the chair whose number was typed, scanned or tapped that it is there, or not found."""
    count = get_object_or_404(_counts(request.user), pk=pk)
    form = MarkForm(request.POST)
    found = request.POST.get("found", "")
    if not form.is_valid():
        return _page(request, count, form)
    chair: Chair = form.cleaned_data["number"]
    try:
        counting.mark(
            count=count,
            chair=chair,
            found=found if found in CountLine.Found.values else CountLine.Found.SEEN,
            by=request.user,
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(count)


@require_POST
@permission_required("distributions.change_stockcount", raise_exception=True)
def unmark(request, pk, line):
    """Take back what was said of a chair."""
    count = get_object_or_404(_counts(request.user), pk=pk)
    line = get_object_or_404(count.lines.select_related("count"), pk=line)
    try:
        counting.unmark(line, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(count)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_stockcount", raise_exception=True)
def finalise(request, pk):
    """Draw the conclusions of a colleague's count."""
    count = get_object_or_404(_counts(request.user), pk=pk)
    problem = ""
    if request.method == "POST":
        ticked = {name: {key for key in request.POST.getlist(name)} for name in ("bring", "give_up")}
        keys = {
            name: [each.chair_id for each in count.lines.all() if str(each.chair_id) in some]
            for name, some in ticked.items()
        }
        try:
            counting.finalise(count, by=request.user, **keys)
        except Refusal as refusal:
            problem = refusal.message
        else:
            messages.success(request, _("The count is finalised."))
            return redirect(count)
    standing = counting.standing(count)
    context = {
        "count": count,
        "standing": standing,
        "problem": problem,
        "ticked": set(request.POST.getlist("bring")) | set(request.POST.getlist("give_up")),
        "is_mine": count.begun_by_id == request.user.pk,
        "lost_words": ngettext(
            "%(n)s chair that was looked for becomes lost.",
            "%(n)s chairs that were looked for become lost.",
            len(standing.missing),
        )
        % {"n": len(standing.missing)},
    }
    return render(request, "distributions/count_finalise.html", context, status=422 if problem else 200)


@require_POST
@permission_required("distributions.change_stockcount", raise_exception=True)
def abandon(request, pk):
    """Give a count up."""
    count = get_object_or_404(_counts(request.user), pk=pk)
    try:
        counting.abandon(count, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The count is abandoned; no chair was changed."))
    return redirect(reverse("distributions:depot_detail", args=[count.depot_id]))
