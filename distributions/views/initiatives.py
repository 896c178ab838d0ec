from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.models import Association
from distributions import documents, planning, reporting
from distributions.forms.initiatives import InitiativeForm, PartnerForm
from distributions.models import Allocation, Initiative
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal


@require_safe
@permission_required("distributions.view_initiative", raise_exception=True)
def list_initiatives(request):
    """All campaigns, the latest first, with how far each has come."""
    rows = Initiative.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    if state in Initiative.State.values:
        rows = rows.filter(state=state)
    page = paging.page(rows, order=("-starts_on", "pk"), token=request.GET.get("page"))
    progress = {}
    if request.user.has_perm("distributions.view_allocation"):
        progress = planning.progress_of(page.rows)
    context = {
        "initiatives": [(initiative, progress.get(initiative.pk)) for initiative in page.rows],
        "words": listing.found(page, ngettext("%(n)s initiative", "%(n)s initiatives", page.count)),
        "asked": {"state": state},
        "states": Initiative.State.choices,
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/initiative_list.html", "distributions/_initiative_rows.html", context)


@require_safe
@permission_required("distributions.view_initiative", raise_exception=True)
def initiative_detail(request, pk):
    """A campaign's plan: its allocations by status with what can be done, its progress, and what happened."""
    user = request.user
    initiative = get_object_or_404(Initiative.objects.visible_to(user), pk=pk)
    context = {"initiative": initiative}
    if user.has_perm("distributions.view_allocation"):
        context |= _plan(request, initiative)
    context |= {
        "partners": initiative.partners.order_by("name_latin", "pk"),
        "moves": _moves(initiative) if user.has_perm("distributions.change_initiative") else [],
        "history": initiative.history()[:20],
    }
    report = reporting.initiative_report(initiative, small_counts=user.has_perm("beneficiaries.see_small_counts"))
    context |= {
        "report": report,
        "changes": documents.change_lines(report),
        "map_note": Association.get().map_note,
    }
    return listing.answer(
        request, "distributions/initiative_detail.html", "distributions/_allocation_rows.html", context
    )


def _plan(request, initiative: Initiative) -> dict:
    """One status of the campaign's allocations: the one asked for, else the first at which something waits."""
    visible = Allocation.objects.visible_to(request.user).filter(initiative=initiative)
    progress = planning.progress(initiative, among=visible)
    status = request.GET.get("status", "")
    if status not in Allocation.Status.values:
        status = next(
            (value for value in Allocation.Status.values if progress.seen.get(value)), Allocation.Status.PROPOSED
        )
    rows = visible.filter(status=status).select_related(
        "chair__model", "chair__depot", "need__child__family__province", "proposed_by", "round"
    )
    page = paging.page(
        rows, order=("created_at", "pk"), token=request.GET.get("page"), count=progress.seen.get(status, 0)
    )
    return {
        "allocations": page.rows,
        "status": status,
        "words": listing.found(page, ngettext("%(n)s reservation", "%(n)s reservations", page.count)),
        "progress": progress,
        "tabs": [
            {
                "word": label,
                "url": f"{request.path}?status={value}",
                "current": value == status,
                "count": progress.seen.get(value, 0),
            }
            for value, label in Allocation.Status.choices
        ],
        **listing.links(request, page),
    }


def _moves(initiative: Initiative) -> list[tuple[str, str, str]]:
    """Where the campaign can go, in words for a button: (state, verb, icon)."""
    onwards = {
        "locked": (_("Lock the plan"), "lock"),
        "approved": (_("Approve the plan"), "check2-circle"),
        "under_way": (_("Begin the deliveries"), "truck"),
        "reconciled": (_("Deliveries are complete"), "clipboard-check"),
        "closed": (_("Close the initiative"), "archive"),
    }
    back = {
        "draft": (_("Back to the draft"), "arrow-counterclockwise"),
        "locked": (_("Take the approval back"), "arrow-counterclockwise"),
        "under_way": (_("Take the deliveries up again"), "arrow-counterclockwise"),
    }
    order = list(Initiative.State)
    here = order.index(Initiative.State(initiative.state))
    # A locked plan is approved, or taken back, where its reservations are seen: on its own page.
    elsewhere = {Initiative.State.DRAFT, Initiative.State.APPROVED} if initiative.allocations.planned().exists() else ()
    return [
        (state.value, *(onwards if order.index(state) > here else back)[state.value])
        for state in planning.next_states(initiative)
        if state not in elsewhere
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_initiative", raise_exception=True)
def create_initiative(request):
    form = InitiativeForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        return redirect(planning.create_initiative(by=request.user, **form.cleaned_data))
    context = {"form": form, "initiative": None}
    return asking.answer(request, "distributions/initiative_form.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_initiative", raise_exception=True)
def edit_initiative(request, pk):
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)
    form = InitiativeForm(asking.sent(request), instance=initiative)
    if request.method == "POST" and form.is_valid():
        planning.correct_initiative(initiative, by=request.user, **form.cleaned_data)
        return redirect(initiative)
    context = {"form": form, "initiative": initiative}
    return asking.answer(request, "distributions/initiative_form.html", context, form)


@require_POST
@permission_required("distributions.change_initiative", raise_exception=True)
def move_initiative(request, pk):
    """Bring the campaign to another state."""
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)
    try:
        initiative = planning.move_initiative(initiative, to=request.POST.get("state", ""), by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The initiative is now “%(state)s”.") % {"state": initiative.get_state_display()})
    return redirect(initiative)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_partner", raise_exception=True)
def create_partner(request):
    form = PartnerForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        partner = planning.add_partner(by=request.user, **form.cleaned_data)
        messages.success(request, _("%(name)s is now among the partners.") % {"name": partner})
        return redirect("distributions:initiative_list")
    return asking.answer(request, "distributions/partner_form.html", {"form": form}, form)
