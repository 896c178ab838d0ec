import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Exists, Min, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.models import Assessment, Need
from distributions import planning
from distributions.forms.allocations import AllocationForm, ReleaseForm
from distributions.models import Allocation, Chair, ChairModel, Initiative, Preparation
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal

MOST_CHOICES = 60  # kinds of chairs shown to choose from


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.propose_allocation", raise_exception=True)
def create(request):
    """Reserve a chair: first whose need (?need=), then which chair, with simple facts side by side."""
    if "need" not in request.GET:
        return _choose_need(request)
    if not asking.is_uuid(request.GET["need"]):
        raise Http404
    need = get_object_or_404(_needs(request.user), pk=request.GET["need"])
    initiatives = Initiative.objects.visible_to(request.user).current().order_by("starts_on", "pk")
    only = initiatives[0].pk if len(initiatives) == 1 else None
    first = {"initiative": request.GET.get("initiative", only), "chair": request.GET.get("chair")}
    form = AllocationForm(asking.sent(request), initiatives=initiatives, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            allocation = planning.propose(need=need, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            about_chair = isinstance(
                refusal, planning.ChairIsPromised | planning.ChairNotAvailable | planning.ChairRecalled
            )
            form.add_error("chair" if about_chair else None, refusal.message)
        else:
            messages.success(request, _("Chair %(chair)s is reserved.") % {"chair": allocation.chair.label})
            return redirect(allocation)
    context = {
        "form": form,
        "need": need,
        "child": need.child,
        "assessment": need.assessment,
        "choices": _choices(need.assessment, form["chair"].value()),
        "allocation": need.allocations.live().select_related("chair").first(),
        "initiatives": initiatives,
    }
    return render(request, "distributions/allocation_create.html", context)


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
    kept = "".join(
        f"&{name}={request.GET[name]}" for name in ("initiative", "chair") if asking.is_uuid(request.GET.get(name, ""))
    )
    context = {
        "needs": page.rows,
        "kept": kept,
        "initiative": initiative,
        "words": listing.found(page, ngettext("%(n)s child waits", "%(n)s children wait", page.count)),
        **listing.links(request, page),
    }
    return render(request, "distributions/allocation_need.html", context)


# --- facts side by side ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One dimension of a model and the child's measure beside it; says nothing about whether they suit each other."""

    name: str
    chair: str
    measure: str
    child: str = ""


@dataclass(frozen=True)
class Lot:
    """Available chairs of one model in one depot and one condition; `chair` is the oldest of them."""

    chair: Chair
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class Choice:
    """One model, its facts beside the child's measures, and the lots of it that are available."""

    model: ChairModel
    facts: list[Fact]
    lots: list[Lot]


def _range(low, high, unit: str) -> str:
    """From and to as people write it; "" where neither is known."""
    if low is None and high is None:
        return ""
    low, high = (None if end is None else formats.localize(end) for end in (low, high))
    if low is None:
        return _("up to %(high)s %(unit)s") % {"high": high, "unit": unit}
    if high is None:
        return _("from %(low)s %(unit)s") % {"low": low, "unit": unit}
    return f"{low} {unit}" if low == high else f"{low}–{high} {unit}"


def _sides(left, right, unit: str) -> str:
    if left is None or right is None or left == right:
        either = left if left is not None else right
        return "" if either is None else f"{either} {unit}"
    return _("left %(left)s, right %(right)s %(unit)s") % {"left": left, "right": right, "unit": unit}


def _measures(assessment: Assessment) -> dict[str, str]:
    """The child's measures in words, by the chair's dimension beside which they belong; unknown ones are empty."""
    mm, kg = _("mm"), _("kg")
    heights = [
        (_("ribs %(height)s"), assessment.rib_height_mm),
        (_("shoulder blade %(height)s"), assessment.scapula_height_mm),
        (_("shoulder %(height)s"), assessment.shoulder_height_mm),
    ]
    comma = pgettext("between words", ", ")
    back = comma.join(words % {"height": height} for words, height in heights if height is not None)
    return {
        "width": _range(assessment.hip_width_mm, assessment.hip_width_mm, mm),
        "depth": _sides(assessment.seat_depth_left_mm, assessment.seat_depth_right_mm, mm),
        "footrest": _sides(assessment.calf_left_mm, assessment.calf_right_mm, mm),
        "back": f"{back} {mm}" if back else "",
        "mass": _range(assessment.mass_kg, assessment.mass_kg, kg),
        "door": _range(assessment.narrowest_door_mm, assessment.narrowest_door_mm, mm),
        "posture": assessment.get_posture_level_display() or "",
    }


def _facts(model: ChairModel, measures: dict[str, str]) -> list[Fact]:
    mm, kg = _("mm"), _("kg")
    width = _range(model.seat_width_min_mm, model.seat_width_max_mm, mm)
    depth = _range(model.seat_depth_min_mm, model.seat_depth_max_mm, mm)
    footrest = _range(model.seat_to_footrest_min_mm, model.seat_to_footrest_max_mm, mm)
    back = _range(model.backrest_height_min_mm, model.backrest_height_max_mm, mm)
    mass = _range(model.user_mass_min_kg, model.user_mass_max_kg, kg)
    overall = _range(model.overall_width_mm, model.overall_width_mm, mm)
    return [
        Fact(_("Seat width"), width, _("hips"), measures["width"]),
        Fact(_("Seat depth"), depth, _("back to knee"), measures["depth"]),
        Fact(_("Seat to footrest"), footrest, _("calf"), measures["footrest"]),
        Fact(_("Backrest height"), back, _("heights"), measures["back"]),
        Fact(_("User mass"), mass, _("the child's mass"), measures["mass"]),
        Fact(_("Overall width"), overall, _("narrowest door"), measures["door"]),
        Fact(_("Posture class"), model.get_posture_class_display(), _("sitting posture"), measures["posture"]),
    ]


def _choices(assessment: Assessment, chosen) -> list[Choice]:
    """Available chairs to choose from: of each model the oldest in each depot; the one asked for comes first."""
    kinds = (
        Chair.objects.available()
        .not_recalled()
        .values("model", "depot", "is_new")
        .annotate(oldest=Min("number"), how_many=Count("pk"))
        .order_by("model__manufacturer", "model__name", "model__size", "oldest")[:MOST_CHOICES]
    )
    how_many = {kind["oldest"]: kind["how_many"] for kind in kinds}
    chairs = {chair.number: chair for chair in Chair.objects.filter(number__in=how_many).with_model()}
    if asking.is_uuid(str(chosen or "")) and not any(str(chair.pk) == str(chosen) for chair in chairs.values()):
        for chair in Chair.objects.available().filter(pk=chosen).with_model():
            chairs[chair.number] = chair
            how_many = {chair.number: 1} | how_many
    measures = _measures(assessment)
    choices: dict[uuid.UUID, Choice] = {}
    for number, count in how_many.items():
        if chair := chairs.get(number):
            lot = Lot(chair, count, is_chosen=str(chair.pk) == str(chosen))
            choice = Choice(chair.model, _facts(chair.model, measures), [])
            choices.setdefault(chair.model_id, choice).lots.append(lot)
    return list(choices.values())


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
    return render(request, "distributions/allocation_release.html", {"form": form, "allocation": allocation})
