from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.models import Assessment, Need
from distributions import planning, replanning
from distributions.forms.allocations import ReleaseForm
from distributions.models import Allocation, Initiative, Preparation
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal

MOST_CHOICES = 60  # kinds of chairs shown to choose from


@require_safe
@permission_required("distributions.propose_allocation", raise_exception=True)
def create(request):
    """Reserve a chair: first whose need; which chair is chosen on the need's own page (?need= leads there)."""
    if "need" not in request.GET:
        return _choose_need(request)
    if not asking.is_uuid(request.GET["need"]):
        raise Http404
    need = get_object_or_404(_needs(request.user), pk=request.GET["need"])
    return redirect(reverse("distributions:need_choices", args=[need.pk]) + _kept(request, "?"))


def _kept(request, sign: str) -> str:
    """The chair and the initiative from which the person came, to be kept in the next address."""
    kept = "&".join(
        f"{name}={request.GET[name]}" for name in ("initiative", "chair") if asking.is_uuid(request.GET.get(name, ""))
    )
    return sign + kept if kept else ""


def _needs(user):
    return Need.objects.visible_to(user).select_related("child__family__province", "assessment")


def _choose_need(request):
    """The waiting list without those to whom a chair is promised, in its own order."""
    promised = Allocation.objects.live().filter(need=OuterRef("pk"))
    rows = _needs(request.user).open().exclude(Exists(promised)).with_queue()
    page = paging.page(rows, order=Need.QUEUE_ORDER, token=request.GET.get("page"))
    initiative = None
    if request.GET.get("initiative"):
        initiatives = {str(row.pk): row for row in Initiative.objects.visible_to(request.user).current()}
        initiative = initiatives.get(request.GET["initiative"])
    context = {
        "needs": page.rows,
        "kept": _kept(request, "?"),
        "initiative": initiative,
        "words": listing.found(page, ngettext("%(n)s child waits", "%(n)s children wait", page.count)),
        **listing.links(request, page),
    }
    return render(request, "distributions/allocation_need.html", context)


# --- one reservation -------------------------------------------------------------------------------------------------


@require_safe
@permission_required("distributions.view_allocation", raise_exception=True)
def detail(request, pk):
    """One reservation: which chair for whom, why, what was known then, and its history."""
    allocation = get_object_or_404(
        Allocation.objects.visible_to(request.user).select_related(
            "chair__model",
            "chair__depot",
            "need__child__family__province",
            "initiative",
            "proposed_by",
            "approved_by",
            "round__volunteer",
        ),
        pk=pk,
    )
    context = {
        "allocation": allocation,
        "child": allocation.need.child,
        "steps": _steps(allocation),
        "facts": _frozen(allocation, request.user),
        "history": allocation.history()[:30],
        "preparation": _preparation(allocation, request.user),
        "is_on_a_far_round": replanning.is_on_a_far_round(allocation),
        "deliveries": allocation.deliveries.select_related("volunteer").order_by("-happened_at", "pk"),
    }
    return render(request, "distributions/allocation_detail.html", context)


def _preparation(allocation: Allocation, user) -> Preparation | None:
    """The last look at the chair before it left, with its points in words."""
    if not user.has_perm("distributions.view_preparation"):
        return None
    return allocation.preparations.select_related("prepared_by").order_by("-prepared_at", "pk").first()


def _steps(allocation: Allocation) -> list[dict]:
    """The way of a reservation for the journey component; a released one stops where it was given up."""
    way: list[Allocation.Status] = [value for value in Allocation.Status if value != Allocation.Status.RELEASED]
    if not allocation.is_live and allocation.status != Allocation.Status.DELIVERED:
        proposed = {"word": Allocation.Status.PROPOSED.label, "state": "done"}
        return [proposed, {"word": Allocation.Status.RELEASED.label, "state": "current"}]
    here = way.index(Allocation.Status(allocation.status))
    ends = allocation.status == Allocation.Status.DELIVERED
    return [
        {
            "word": status.label,
            "state": "done" if place < here or ends else "current" if place == here else "next",
        }
        for place, status in enumerate(way)
    ]


def _frozen(allocation: Allocation, user) -> dict:
    """The facts kept at the proposal: scores for who may see needs, measures for who assesses or prepares."""
    facts = allocation.facts
    shown = {"day": facts.get("day"), "model": facts.get("model")}
    if user.has_perm("beneficiaries.view_need"):
        shown |= {name: facts.get(name) for name in ("score", "is_urgent", "days_waiting", "age", "rule_version")}
    if user.has_perm("beneficiaries.view_assessment") or user.has_perm("distributions.prepare_allocation"):
        labels = {
            field.name: field.verbose_name for field in Assessment._meta.get_fields() if hasattr(field, "verbose_name")
        }
        shown["measures"] = [
            (labels[name], value) for name, value in facts.get("measures", {}).items() if name in labels
        ]
    return shown


def _act_on(request, pk, act, done: str):
    """Do one act on a reservation that the person may see, say how it went, and go back to where she came from."""
    allocation = get_object_or_404(Allocation.objects.visible_to(request.user), pk=pk)
    try:
        allocation = act(allocation, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return _back(request, allocation)


def _back(request, allocation: Allocation):
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(address)
    return redirect(allocation)


@require_POST
@permission_required("distributions.approve_allocation", raise_exception=True)
def approve(request, pk):
    return _act_on(request, pk, planning.approve, _("The reservation is approved."))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.release_allocation", raise_exception=True)
def release(request, pk):
    """Give a reservation up, with the reason."""
    allocation = get_object_or_404(
        Allocation.objects.visible_to(request.user).select_related("chair__model", "need__child", "initiative"), pk=pk
    )
    form = ReleaseForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            planning.release(allocation, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The reservation is released."))
            return redirect(allocation.initiative)
    context = {"form": form, "allocation": allocation}
    return asking.answer(request, "distributions/allocation_release.html", context, form)
