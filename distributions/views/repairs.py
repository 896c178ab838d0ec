from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from distributions import choosing, following_up, growth, reporting
from distributions.forms.repairs import BreakdownForm, LoanForm, MendedForm, TakeBackForm
from distributions.models import Chair, Repair
from distributions.views.followups import tabs
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal


@require_safe
@permission_required("distributions.view_repair", raise_exception=True)
def list_repairs(request):
    """Chairs that are broken, then those that were mended."""
    rows = Repair.objects.visible_to(request.user)
    is_done = request.GET.get("show") == "done"
    rows = rows.exclude(fixed_on=None) if is_done else rows.open()
    rows = rows.select_related("chair__model", "chair__depot", "reported_by", "loan_chair")
    page = paging.page(rows, order=("-broke_on", "pk"), token=request.GET.get("page"))
    days = reporting.days_without_chairs(page.rows, timezone.localdate())
    for repair in page.rows:
        repair.days_without_chair = days[repair.pk] if repair.child_id else None
        repair.loan_is_out = following_up.is_lent(repair)
    open_words = ngettext("%(n)s chair in repair", "%(n)s chairs in repair", page.count)
    done_words = ngettext("%(n)s repair finished", "%(n)s repairs finished", page.count)
    context = {
        "repairs": page.rows,
        "is_done": is_done,
        "words": listing.found(page, done_words if is_done else open_words),
        "tabs": tabs(request.user, "repairs"),
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
    context = {"form": form, "chair": chair}
    return asking.answer(request, "distributions/repair_form.html", context, form)


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
    return asking.answer(request, "distributions/repair_form.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_repair", raise_exception=True)
def lend(request, pk):
    """Lend a chair to the child whose own is in repair."""
    repair = _without_mobility(request, pk)
    need = repair.child.needs.select_related("child").order_by("-opened_on", "-created_at", "pk").first()
    if need is None:
        raise Http404
    form = LoanForm(asking.sent(request), choices=choosing.choices_for(need))
    if request.method == "POST" and form.is_valid():
        try:
            following_up.lend_chair(repair, by=request.user, chair=form.cleaned_data["chair"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The chair is lent: it is with the child until it is brought back."))
            return redirect("distributions:repair_list")
    context = {"form": form, "chair": repair.chair, "repair": repair, "is_loan": True}
    return asking.answer(request, "distributions/repair_loan.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_repair", raise_exception=True)
def take_back(request, pk):
    """Say that the lent chair is back in a depot."""
    repair = _without_mobility(request, pk)
    form = TakeBackForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            following_up.take_loan_back(repair, by=request.user, depot=form.cleaned_data["depot"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The lent chair is back: disinfect and check it before the next child."))
            return redirect("distributions:repair_list")
    context = {"form": form, "chair": repair.chair, "repair": repair, "is_loan": False}
    return asking.answer(request, "distributions/repair_loan.html", context, form)


def _without_mobility(request, pk) -> Repair:
    rows = Repair.objects.visible_to(request.user).without_mobility()
    return get_object_or_404(rows.select_related("chair__model", "child", "loan_chair__model"), pk=pk)


@require_safe
@permission_required("distributions.view_repair", raise_exception=True)
def report(request):
    """How long children were without a chair, by region; small groups only to who may see them."""
    today = timezone.localdate()
    months = 24 if request.GET.get("months") == "24" else 12
    found = reporting.repair_report(
        since=growth.add_months(today, -months),
        today=today,
        small_counts=request.user.has_perm("beneficiaries.see_small_counts"),
    )
    context = {
        "report": found,
        "months": months,
        "tabs": tabs(request.user, "repair_report"),
    }
    return render(request, "distributions/repair_report.html", context)
