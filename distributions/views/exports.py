"""The lists about chairs as files, each narrowed by the address of its page."""

from django.db.models import Count
from django.shortcuts import get_object_or_404

from beneficiaries.views.exports import asked_in, page_for
from distributions import exporting, following_up
from distributions.models import Allocation, Chair, Delivery, FollowUp, Initiative, Recall, Repair, Round, Transfer
from distributions.views.chairs import narrowed_chairs


def _asked(request, *names: str) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in names}


def _chairs(request):
    asked = _asked(request, "q", "state", "depot", "model")
    return narrowed_chairs(Chair.objects.visible_to(request.user), asked).order_by("number"), asked_in(asked)


def _allocations(request, pk):
    initiative = get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)
    asked = _asked(request, "status")
    rows = Allocation.objects.visible_to(request.user).filter(initiative=initiative)
    if asked["status"] in Allocation.Status.values:
        rows = rows.filter(status=asked["status"])
    return rows.order_by("created_at", "pk"), {"initiative": str(pk), **asked_in(asked)}


def _deliveries(request):
    return Delivery.objects.visible_to(request.user).order_by("-happened_at", "pk"), {}


def _followups_due(request):
    asked = _asked(request, "show")
    find = following_up.soon if asked["show"] == "soon" else following_up.due
    return find(request.user), asked_in(asked)


def _followups(request):
    asked = _asked(request, "show")
    rows = FollowUp.objects.visible_to(request.user)
    if asked["show"] == "actions":
        return rows.with_open_action().order_by("action_due_on", "pk"), asked_in(asked)
    return rows.order_by("-done_on", "pk"), asked_in(asked)


def _repairs(request):
    asked = _asked(request, "show")
    rows = Repair.objects.visible_to(request.user)
    rows = rows.exclude(fixed_on=None) if asked["show"] == "done" else rows.open()
    return rows.order_by("-broke_on", "pk"), asked_in(asked)


def _rounds(request):
    rows = Round.objects.visible_to(request.user).annotate(number_of_stops=Count("allocations"))
    return rows.order_by("-day", "pk"), {}


def _transfers(request):
    asked = _asked(request, "show")
    rows = Transfer.objects.visible_to(request.user).annotate(number_of_chairs=Count("lines"))
    rows = rows.exclude(received_at=None) if asked["show"] == "done" else rows.under_way()
    return rows.order_by("-sent_at", "pk"), asked_in(asked)


def _recalls(request):
    asked = _asked(request, "show")
    rows = Recall.objects.visible_to(request.user)
    rows = rows.exclude(closed_on=None) if asked["show"] == "done" else rows.open()
    return rows.order_by("-opened_on", "pk"), asked_in(asked)


chairs = page_for(exporting.CHAIRS, _chairs, back="distributions:chair_list")
allocations = page_for(exporting.ALLOCATIONS, _allocations, back="distributions:initiative_detail")
deliveries = page_for(exporting.DELIVERIES, _deliveries, back="distributions:round_list")
followups_due = page_for(exporting.DUE, _followups_due, back="distributions:followup_list")
followups = page_for(exporting.FOLLOWUPS, _followups, back="distributions:followup_list")
repairs = page_for(exporting.REPAIRS, _repairs, back="distributions:repair_list")
rounds = page_for(exporting.ROUNDS, _rounds, back="distributions:round_list")
transfers = page_for(exporting.TRANSFERS, _transfers, back="distributions:transfer_list")
recalls = page_for(exporting.RECALLS, _recalls, back="distributions:recall_list")
