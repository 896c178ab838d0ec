from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributions import stocktaking, transferring
from distributions.forms.depots import TransferForm
from distributions.models import Chair, Depot, Transfer
from distributions.views.depots import tabs
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal

LEAVE_FROM = (*stocktaking.IN_A_DEPOT, Chair.State.IN_REPAIR)


@require_safe
@permission_required("distributions.view_transfer", raise_exception=True)
def list_transfers(request):
    """What is on its way, then what was received."""
    rows = Transfer.objects.visible_to(request.user).select_related("origin", "destination", "sent_by").with_numbers()
    is_done = request.GET.get("show") == "done"
    rows = rows.exclude(received_at=None) if is_done else rows.under_way()
    page = paging.page(rows, order=("-sent_at",), token=request.GET.get("page"))
    open_words = ngettext("%(n)s transfer under way", "%(n)s transfers under way", page.count)
    done_words = ngettext("%(n)s transfer received", "%(n)s transfers received", page.count)
    context = {
        "transfers": page.rows,
        "is_done": is_done,
        "words": listing.found(page, done_words if is_done else open_words),
        "tabs": tabs("transfer_list"),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/transfer_list.html", "distributions/_transfer_rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_transfer", raise_exception=True)
def create(request):
    """Send chairs to another depot: first from where (?origin=), then which, where to and with whom."""
    depots = Depot.objects.visible_to(request.user).by_name()
    asked = request.GET.get("origin", "")
    origin = get_object_or_404(depots, pk=asked) if asking.is_uuid(asked) else None
    if origin is None:
        return render(request, "distributions/transfer_create.html", {"depots": depots})
    here = Chair.objects.filter(depot=origin, state__in=LEAVE_FROM).with_model().with_recall().order_by("number", "pk")
    form = TransferForm(asking.sent(request), origin=origin, chairs=here)
    if request.method == "POST" and form.is_valid():
        try:
            transfer = transferring.send_chairs(origin=origin, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The chairs are on their way."))
            return redirect(transfer)
    context = {"depots": depots, "origin": origin, "form": form, "chairs": here}
    return asking.answer(request, "distributions/transfer_create.html", context, form)


def _transfers(user):
    return Transfer.objects.visible_to(user).select_related("origin", "destination", "sent_by", "received_by")


@require_safe
@permission_required("distributions.view_transfer", raise_exception=True)
def detail(request, pk):
    """One transfer: what left, what arrived, what is missing."""
    transfer = get_object_or_404(_transfers(request.user).with_numbers(), pk=pk)
    lines = list(
        transfer.lines.select_related("chair__model").order_by(F("arrived").asc(nulls_first=True), "chair__number")
    )
    for line in lines:
        line.can_arrive = line.arrived is not True and line.chair.state == Chair.State.IN_TRANSFER
    context = {
        "transfer": transfer,
        "lines": lines,
        "may_receive": request.user.has_perm("distributions.change_transfer")
        and any(line.can_arrive or line.arrived is None for line in lines),
        "history": transfer.history()[:20],
    }
    return render(request, "distributions/transfer_detail.html", context)


@require_POST
@permission_required("distributions.change_transfer", raise_exception=True)
def receive(request, pk):
    """Say which chairs arrived and which are missing; nothing is said of the others."""
    transfer = get_object_or_404(_transfers(request.user), pk=pk)
    lines = list(transfer.lines.all())
    said = {line: request.POST.get(f"line_{line.pk}", "") for line in lines}
    try:
        transferring.receive_transfer(
            transfer,
            by=request.user,
            arrived=[line for line, word in said.items() if word == "arrived"],
            missing=[line for line, word in said.items() if word == "missing"],
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Recorded."))
    return redirect(transfer)
