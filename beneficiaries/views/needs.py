"""The waiting list, one need opened into its reasons, and what a person decides about it."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beneficiaries import assessing, closing, exporting, opening, queueing, scoring, searching
from beneficiaries.forms.needs import CloseForm, NeedFilterForm, OverrideForm, TakeBackForm
from beneficiaries.models import Census, Child, Mandate, Need
from beneficiaries.views import exports, lists
from hajar.lib import asking, listing, paging

PLACES_COUNTED = 1_000  # further down, "after 1,000" says enough and costs the same with a hundred thousand children
DAYS_SHOWN = 60  # of the census
DECIDED = ("approved", "prepared", "loaded")  # the chair is promised: nothing is left to decide in fourteen days
LIVE = ("proposed", *DECIDED)


@require_safe
@permission_required("beneficiaries.view_need", raise_exception=True)
def index(request):
    """The open needs of one's regions: urgent first, then need and waiting."""
    form = NeedFilterForm(request.GET, user=request.user)
    queue = _queue(request, form)
    needs = _picked(request, form, queue.needs)
    follows = needs is queue.needs
    how = {"count": queue.count if follows else None, "stretches": partial(_stretches, form, queue)}
    # The reasons are long: they are not put in order.
    page = lists.paged(request, needs.as_queue().only("pk"), form, **how)
    page["rows"] = _whole(page["rows"])
    sight(page["rows"], queue, follows=follows, is_start=not page["previous_url"])
    context = {
        "form": form,
        "q": form.value("q"),
        "can_choose": request.user.has_perm("distributions.propose_allocation"),
        "sees_allocations": request.user.has_perm("distributions.view_allocation"),
        "can_export": request.user.has_perm("beneficiaries.export_register"),
        **page,
    }
    return listing.answer(request, "beneficiaries/need_list.html", "beneficiaries/_need_rows.html", context)


def _queue(request, form):
    """The queue in which places are counted: that of one's regions, or of those asked for."""
    whole = Need.objects.visible_to(request.user).open()
    queue = form.narrow_to_place(whole)
    is_whole = queue is whole and Mandate.covers_all(request.user)
    return queueing.Queue(queue) if is_whole else queueing.part(queue)


def _picked(request, form, queue):
    """The needs that the filters pick out of a queue; the queue itself where nothing is picked."""
    needs = form.pick(queue)
    if words := form.value("q"):
        children = Child.objects.visible_to(request.user)
        found = searching.find_children(children, searching.understand(words))
        needs = needs.filter(child__in=[child.pk for child in found])
    return needs


def _stretches(form, queue, values, forward):
    place = tuple(values[:2]) if values else None
    return queue.near(place, paging.SIZE, forward=forward, among=form.pick(Need.objects.filter(closed_on=None)))


def _whole(keys):
    rows = Need.objects.with_child().in_bulk([row.pk for row in keys])
    return [rows[row.pk] for row in keys]


def sight(needs, queue, *, follows=False, is_start=False):
    """Give each row its place in the queue and its live allocation: two queries for any number of rows.

    `follows`: they are a stretch of the queue, one after the other; `is_start`: from its beginning.
    """
    if not needs:
        return
    places = _places(needs, queue.needs, is_start=is_start) if follows else queue.first_places(PLACES_COUNTED)
    prefetch_related_objects(needs, _live_allocations())
    for need in needs:
        need.place = places.get(need.pk)
        _stand(need)


def _places(needs, queue, *, is_start):
    before = 0 if is_start else queue.before(needs[0]).order_by().values("pk")[:PLACES_COUNTED].count()
    return {need.pk: place for place, need in enumerate(needs, start=before + 1) if place <= PLACES_COUNTED}


def _live_allocations():
    """Read through the need's own relation: this room knows its name, not the room above."""
    allocations = Need._meta.get_field("allocations").related_model._default_manager
    return Prefetch("allocations", allocations.filter(status__in=LIVE).order_by("pk"), to_attr="live_allocations")


def _prescription(need):
    """The latest one, through the need's own relation, too."""
    people = ("model", "prescribed_by", "agreed_by", "second_signatory")
    return need.prescriptions.select_related(*people).order_by("-prescribed_on", "-created_at", "pk").first()


def _stand(need):
    need.allocation = need.live_allocations[0] if need.live_allocations else None
    need.awaits_decision = need.is_urgent and not (need.allocation and need.allocation.status in DECIDED)


def narrowed(request):
    """The waiting list as the address narrows it, in the order of the queue, to be taken out."""
    form = NeedFilterForm(request.GET, user=request.user)
    queue = form.narrow_to_place(Need.objects.visible_to(request.user).open())
    return _picked(request, form, queue).in_queue_order(), exports.filters_in(form)


export = exports.page_for(exporting.NEEDS, narrowed, back="beneficiaries:need_list")


@require_safe
@permission_required("beneficiaries.view_census", raise_exception=True)
def censuses(request):
    """Day by day, who stood first: what keeps the list honest."""
    rows = Census.objects.order_by("-day", "pk")[:DAYS_SHOWN]
    crumbs = [(_("Waiting list"), reverse("beneficiaries:need_list")), (_("Who stood first"), "")]
    return render(request, "beneficiaries/need_census.html", {"censuses": rows, "crumbs": crumbs})


@require_safe
@permission_required("beneficiaries.view_need", raise_exception=True)
def detail(request, pk):
    """One need, opened into its parts and sentences."""
    return _page(request, _need(request, pk))


@require_POST
@permission_required("beneficiaries.override_need", raise_exception=True)
def override(request, pk):
    """Decide otherwise than the rule, or take such a decision back."""
    need = _need(request, pk)
    takes_back = "take_back" in request.POST
    form = (TakeBackForm if takes_back else OverrideForm)(request.POST)
    if form.is_valid():
        decided = {"score": None, "urgent": None, **form.cleaned_data}
        try:
            assessing.override_need(need, by=request.user, **decided)
        except assessing.AssessmentRefused as refusal:
            form.add_error("reason" if "reason" in refusal.fields else None, str(refusal.message))
        else:
            messages.success(request, _("The rule counts again.") if takes_back else _("Your decision is kept."))
            return redirect(need)
    return _page(request, need, **{"take_back_form" if takes_back else "override_form": form})


@require_POST
@permission_required("beneficiaries.change_need", raise_exception=True)
def close(request, pk):
    need = _need(request, pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            closing.close_need(need, by=request.user, closing=form.cleaned_data["closing"])
        except closing.StatusRefused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The need is closed."))
            return redirect(need)
    return _page(request, need, close_form=form)


def _need(request, pk) -> Need:
    needs = Need.objects.visible_to(request.user).with_child()
    return get_object_or_404(needs.select_related("assessment__assessor", "overridden_by"), pk=pk)


def _page(request, need, **forms):
    prefetch_related_objects([need], _live_allocations())
    _stand(need)
    sees_prescriptions = request.user.has_perm("distributions.view_prescription")
    context = {
        "need": need,
        "child": need.child,
        "alerts": opening.alerts(need.child, to=request.user),
        "provenance": scoring.PROVENANCE,
        "history": [_line(entry) for entry in need.history()[:30]],
        "override_form": OverrideForm(initial={"score": need.override_score, "urgent": _urgency(need)}),
        "take_back_form": TakeBackForm(),
        "close_form": CloseForm(),
        "open_form": next(iter(forms), ""),
        "can_override": need.is_open and request.user.has_perm("beneficiaries.override_need"),
        "can_close": need.is_open and request.user.has_perm("beneficiaries.change_need"),
        "can_choose": need.is_open and request.user.has_perm("distributions.propose_allocation"),
        "sees_allocations": request.user.has_perm("distributions.view_allocation"),
        "sees_prescriptions": sees_prescriptions,
        "prescription": _prescription(need) if sees_prescriptions else None,
        "crumbs": [
            (_("Waiting list"), reverse("beneficiaries:need_list")),
            (need.child.name, need.child.get_absolute_url()),
            (_("Need"), ""),
        ],
        **forms,
    }
    return asking.answer(request, "beneficiaries/need_detail.html", context, *forms.values())


def _urgency(need):
    return {True: "yes", False: "no"}.get(need.override_urgent, "")


def _line(entry):
    """An entry of the journal, with what it says in one sentence."""
    said = entry.details
    detail = said.get("reason", "")
    if score := said.get("score"):
        low, high = score
        points = str(high) if low == high else f"{low}–{high}"
        detail = _("{points} points, {rules}").format(points=points, rules=said.get("rules", ""))
    elif closing := said.get("closing"):
        detail = dict(Need.Closing.choices).get(closing, "")
    return {
        "title": entry.words.sentence,
        "icon": entry.words.icon,
        "tone": entry.words.tone,
        "at": entry.received_at,
        "who": entry.actor.get_full_name() if entry.actor else "",
        "detail": detail,
    }
