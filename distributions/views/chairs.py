from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from beneficiaries.models import Child
from distributions import stocktaking
from distributions.forms.chairs import ChairForm, CorrectionForm, EventForm, ReceiveForm
from distributions.models import Allocation, Chair, ChairEvent, ChairModel, Depot, Matter, RecallLine, TransferLine
from distributions.views.depots import tabs
from hajar.lib import asking, listing, paging
from hajar.lib.digits import to_western
from hajar.lib.refusals import Refusal


@require_safe
@permission_required("distributions.view_chair", raise_exception=True)
def list_chairs(request):
    """All chairs, narrowed by state, depot, model or a piece of label or serial number."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "state", "depot", "model")}
    rows = narrowed_chairs(Chair.objects.visible_to(request.user).with_model().with_recall(), asked)
    page = paging.page(rows, order=("number",), token=request.GET.get("page"))
    context = {
        "chairs": page.rows,
        "words": listing.found(page, ngettext("%(n)s chair", "%(n)s chairs", page.count)),
        "asked": asked,
        "filters_count": sum(bool(value) for value in asked.values()),
        "states": Chair.State.choices,
        "depots": Depot.objects.by_name(),
        "models": ChairModel.objects.by_name(),
        "tabs": tabs("chair_list"),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/chair_list.html", "distributions/_chair_rows.html", context)


def narrowed_chairs(chairs, asked: dict[str, str]):
    """The chairs that the address lets through."""
    if asked["state"] in Chair.State.values:
        chairs = chairs.filter(state=asked["state"])
    for name in ("depot", "model"):
        if asking.is_uuid(asked[name]):
            chairs = chairs.filter(**{name: asked[name]})
    if sought := to_western(asked["q"]):
        number = Chair.number_in(sought)
        by_number = Q(pk=None) if number is None else Q(number=number)
        chairs = chairs.filter(by_number | Q(serial__icontains=sought))
    return chairs


@require_safe
@permission_required("distributions.view_chair", raise_exception=True)
def chair_detail(request, pk):
    """One chair: what it is now, what can be done next, and its life from its events."""
    chair = get_object_or_404(
        Chair.objects.visible_to(request.user).select_related("model", "depot__province", "holder"), pk=pk
    )
    events = list(chair.events.in_order().select_related("by", "depot", "corrects"))
    # The events of a chair are corrected by others of the same chair: they are all here.
    taken_back = {event.corrects_id: event for event in events if event.corrects_id}
    now = stocktaking.replay(events, is_new=chair.is_new)
    children = _children_shown(request.user, {event.child_id for event in events} | {chair.holder_id})
    for event in events:
        event.shown_child = children.get(event.child_id)
        event.taken_back_by = taken_back.get(event.pk)
        event.can_be_corrected = not event.taken_back_by and _can_be_corrected(event, chair)
    reservation = (
        Allocation.objects.visible_to(request.user).live().filter(chair=chair).select_related("need", "initiative")
    )
    repairs = list(chair.repairs.order_by("-broke_on", "pk"))
    context = {
        "chair": chair,
        "now": now,
        "holder": children.get(chair.holder_id),
        "events": events[::-1],
        "acts": _acts(request.user, chair, now, repairs),
        "allocation": reservation.first() if request.user.has_perm("distributions.view_allocation") else None,
        "repairs": repairs,
        "accessories": Chair._meta.get_field("accessories").words(chair.accessories),
        "recall_lines": RecallLine.objects.filter(chair=chair, safe_on=None).select_related("recall").order_by("pk"),
        "transfer": _transfer_of(chair),
        "dispute": _dispute_about(request.user, chair),
    }
    return render(request, "distributions/chair_detail.html", context)


def _dispute_about(user, chair: Chair) -> Matter | None:
    """Where it is decided who has this chair, for who may."""
    if chair.state != Chair.State.DISPUTED:
        return None
    waiting = Matter.objects.visible_to(user).waiting().filter(chair=chair, kind__in=Matter.DISPUTES)
    return waiting.order_by("opens_at", "pk").first()


def _transfer_of(chair: Chair):
    """The transfer on which a chair is now; None where it is on none."""
    if chair.state != Chair.State.IN_TRANSFER:
        return None
    line = TransferLine.objects.filter(chair=chair).select_related("transfer__destination").order_by("-pk").first()
    return line.transfer if line else None


def _acts(user, chair: Chair, now: stocktaking.ChairState, repairs: list) -> list[dict]:
    """What this person can record now; a breakdown and its mending go by the repair that they open and close."""
    acts = []
    open_repair = next((repair for repair in repairs if repair.fixed_on is None), None)
    for kind in stocktaking.possible_kinds(now):
        address = reverse("distributions:chair_record", args=[chair.pk, kind.value])
        may = user.has_perm("distributions.record_chairevent")
        if kind == ChairEvent.Kind.REPAIR_BEGUN and user.has_perm("distributions.add_repair"):
            address, may = reverse("distributions:repair_create", args=[chair.pk]), True
        elif kind == ChairEvent.Kind.REPAIRED and open_repair and user.has_perm("distributions.change_repair"):
            address, may = reverse("distributions:repair_finish", args=[open_repair.pk]), True
        if may:
            is_awaited = kind == stocktaking.awaited_kind(now)
            acts.append({"kind": kind, "url": address, "is_awaited": is_awaited})
    return acts


def _children_shown(user, ids) -> dict:
    """The children among these whom the reader may see; others stay "a child"."""
    ids.discard(None)
    if not ids or not user.has_perm("beneficiaries.view_child"):
        return {}
    return Child.objects.visible_to(user).in_bulk(ids)


def _can_be_corrected(event: ChairEvent, chair: Chair) -> bool:
    settles = event.kind == ChairEvent.Kind.HANDED_OVER and chair.state == Chair.State.DISPUTED
    return event.kind in stocktaking.BY_HAND or settles


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_chair", raise_exception=True)
def receive(request):
    """Chairs that arrive."""
    first = {"model": request.GET.get("model"), "depot": request.GET.get("depot")}
    form = ReceiveForm(asking.sent(request), initial={key: value for key, value in first.items() if value})
    if request.method == "POST" and form.is_valid():
        try:
            chairs = stocktaking.receive_chairs(by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(_field_of(refusal), refusal.message)
        else:
            words = ngettext("%(n)s chair received.", "%(n)s chairs received.", len(chairs)) % {"n": len(chairs)}
            messages.success(request, words)
            if len(chairs) == 1:
                return redirect(chairs[0])
            return redirect(f"{reverse('distributions:chair_list')}?model={chairs[0].model_id}")
    return asking.answer(request, "distributions/chair_create.html", {"form": form}, form)


def _field_of(refusal: Refusal) -> str | None:
    """The field beside which a refusal belongs."""
    fields = {
        stocktaking.SerialKnown: "serials",
        stocktaking.SerialTwice: "serials",
        stocktaking.CountNotPossible: "count",
        stocktaking.DepotClosed: "depot",
        stocktaking.DepotMissing: "depot",
        stocktaking.AlreadyThere: "depot",
        stocktaking.InTheFuture: "happened_at",
        stocktaking.BeforeThePrevious: "happened_at",
        stocktaking.ReasonMissing: "note",
    }
    return fields.get(type(refusal))


def _add_refusal(form, refusal: Refusal) -> None:
    field = _field_of(refusal)
    form.add_error(field if field in form.fields else None, refusal.message)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_chair", raise_exception=True)
def edit_chair(request, pk):
    """Mend what a chair's row says of itself."""
    chair = get_object_or_404(Chair.objects.visible_to(request.user), pk=pk)
    form = ChairForm(asking.sent(request), instance=chair)
    if request.method == "POST" and form.is_valid():
        try:
            stocktaking.correct_chair(chair, by=request.user, **form.cleaned_data)
        except stocktaking.SerialKnown as refusal:
            form.add_error("serial", refusal.message)
        except Refusal:
            form.add_error("condition", _("This chair was already promised uncleaned: correct its events first."))
        else:
            return redirect(chair)
    context = {"form": form, "chair": chair}
    return asking.answer(request, "distributions/chair_edit.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.record_chairevent", raise_exception=True)
def record_event(request, pk, kind):
    """Write down one thing that happened to a chair."""
    if kind not in stocktaking.BY_HAND:
        raise Http404
    chair = get_object_or_404(Chair.objects.visible_to(request.user).with_model(), pk=pk)
    now = stocktaking.state_of(chair)
    form = EventForm(asking.sent(request), kind=kind, last_depot_id=now.last_depot_id)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        if values.pop("was_tried_on", False):
            values["child"] = _who_tried_it_on(chair)
        try:
            stocktaking.record_chair_event(chair=chair, kind=kind, by=request.user, **values)
        except Refusal as refusal:
            _add_refusal(form, refusal)
        else:
            messages.success(request, _("Recorded."))
            return redirect(chair)
    context = {
        "form": form,
        "chair": chair,
        "kind": ChairEvent.Kind(kind),
        "is_possible": kind in stocktaking.possible_kinds(now),
    }
    return asking.answer(request, "distributions/chair_record.html", context, form)


def _who_tried_it_on(chair: Chair) -> Child | None:
    latest = chair.allocations.select_related("need__child").order_by("-created_at", "pk").first()
    return latest.need.child if latest else None


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.record_chairevent", raise_exception=True)
def correct_event(request, pk, event):
    """Take an event back, by another event that says why."""
    chair = get_object_or_404(Chair.objects.visible_to(request.user), pk=pk)
    event = get_object_or_404(ChairEvent.objects.select_related("chair", "by"), pk=event, chair=chair)
    form = CorrectionForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            stocktaking.correct_event(event, by=request.user, note=form.cleaned_data["note"])
        except Refusal as refusal:
            _add_refusal(form, refusal)
        else:
            messages.success(request, _("The event is taken back."))
            return redirect(chair)
    context = {"form": form, "chair": chair, "event": event}
    return asking.answer(request, "distributions/chair_correct.html", context, form)
