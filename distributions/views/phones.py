"""The phones of the volunteers: when they were last heard of, what lies on them, and the day one is lost."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from distributions import phoning
from distributions.models import Device, Matter
from distributions.views.inbox import tabs
from hajar.lib import listing, paging


@require_safe
@permission_required("distributions.view_device", raise_exception=True)
def list_devices(request):
    """The phones of the volunteers: when they were last heard of, and what still waits on them."""
    rows = Device.objects.visible_to(request.user).select_related("user")
    page = paging.page(rows, order=("-last_seen_at", "pk"), token=request.GET.get("page"))
    words = ngettext("%(n)s phone", "%(n)s phones", page.count)
    context = {
        "devices": page.rows,
        "words": listing.found(page, words),
        "tabs": tabs("phones"),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/device_list.html", "distributions/_device_rows.html", context)


@require_safe
@permission_required("distributions.view_device", raise_exception=True)
def device_detail(request, pk):
    """What lies on one phone: rounds, families, entries that never came. Each reading is written down."""
    device = get_object_or_404(Device.objects.visible_to(request.user).select_related("user"), pk=pk)
    contents = phoning.read_contents(device, by=request.user)
    matters = Matter.objects.visible_to(request.user).waiting().filter(device=device)
    matters = matters.select_related("entry__delivery", "delivery")
    context = {
        "device": device,
        "contents": contents,
        "matters": matters.order_by("opens_at", "pk")[:20],
        "history": device.history()[:20],
    }
    return render(request, "distributions/device_detail.html", context)


@require_POST
@permission_required(["distributions.view_device", "distributions.change_device"], raise_exception=True)
def report_lost(request, pk):
    """Say that a phone is lost."""
    device = get_object_or_404(Device.objects.visible_to(request.user), pk=pk)
    phoning.report_lost(device, by=request.user)
    messages.success(request, _("At its next contact this phone forgets everything; what it still sends is looked at."))
    return redirect("distributions:device_detail", device.pk)
