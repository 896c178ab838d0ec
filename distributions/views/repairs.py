from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from distributions import following_up
from distributions.forms.repairs import BreakdownForm, MendedForm
from distributions.models import Chair, Repair
from distributions.views.followups import tabs
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal


@require_safe
@permission_required("distributions.view_repair", raise_exception=True)
def list_repairs(request):
    """Chairs that are broken, then those that were mended."""
    rows = Repair.objects.visible_to(request.user).select_related("chair__model", "chair__depot", "reported_by")
    is_done = request.GET.get("show") == "done"
    rows = rows.exclude(fixed_on=None) if is_done else rows.open()
    page = paging.page(rows, order=("-broke_on", "pk"), token=request.GET.get("page"))
    open_words = ngettext("%(n)s chair in repair", "%(n)s chairs in repair", page.count)
    done_words = ngettext("%(n)s repair finished", "%(n)s repairs finished", page.count)
    context = {
        "repairs": page.rows,
        "is_done": is_done,
        "words": listing.found(page, done_words if is_done else open_words),
        "tabs": tabs(request.user, "repairs") if request.user.has_perm("distributions.view_followup") else [],
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/repair_list.html", "distributions/_repair_rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_repair", raise_exception=True)
def create(request, pk):
    """Report that a chair is broken."""
    chair = get_object_or_404(Chair.objects.visible_to(request.user).select_related("model", "depot"), pk=pk)
    form = BreakdownForm(asking.sent(request), initial={"what": request.GET.get("what", "")[:300]})
    if request.method == "POST" and form.is_valid():
        try:
            following_up.report_breakdown(chair=chair, by=request.user, **form.cleaned_data)
        except following_up.InTheFuture as refusal:
            form.add_error("broke_on", refusal.message)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The breakdown is reported: the chair counts as in repair."))
            return redirect("distributions:repair_list")
    return render(request, "distributions/repair_form.html", {"form": form, "chair": chair})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_repair", raise_exception=True)
def finish(request, pk):
    """Say that a chair works again."""
    repairs = Repair.objects.visible_to(request.user).select_related("chair__model", "chair__depot", "reported_by")
    repair = get_object_or_404(repairs, pk=pk)
    form = MendedForm(asking.sent(request), initial={"fixed_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            following_up.finish_repair(repair, by=request.user, **form.cleaned_data)
        except (following_up.InTheFuture, following_up.BeforeItBroke) as refusal:
            form.add_error("fixed_on", refusal.message)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            messages.success(request, _("The repair is finished."))
            return redirect("distributions:repair_list")
    context = {"form": form, "chair": repair.chair, "repair": repair}
    return render(request, "distributions/repair_form.html", context)
