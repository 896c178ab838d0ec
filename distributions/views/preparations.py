from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributions import choosing, planning, preparing
from distributions.forms.preparations import OverruleForm, PreparationForm
from distributions.models import Allocation, Preparation
from hajar.lib import asking
from hajar.lib.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.prepare_allocation", raise_exception=True)
def create(request, pk):
    """Look a reserved chair over, point by point, and say that it is ready to go."""
    allocation = _allocation(request, pk)
    data, files = asking.sent(request), request.FILES or None
    form = PreparationForm(data, files, chair=allocation.chair)
    if request.method == "POST" and form.is_valid():
        try:
            planning.prepare(allocation, by=request.user, **form.said)
        except preparing.PhotoUnreadable as refusal:
            form.add_error("photo", refusal.message)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The chair is prepared."))
            return redirect(allocation)
    return _page(request, allocation, form, OverruleForm())


def _allocation(request, pk) -> Allocation:
    rows = Allocation.objects.visible_to(request.user).select_related("chair__model", "need__child", "initiative")
    return get_object_or_404(rows, pk=pk)


def _page(request, allocation: Allocation, form: PreparationForm, overrule_form: OverruleForm):
    context = {
        "form": form,
        "allocation": allocation,
        "chair": allocation.chair,
        "against": choosing.open_blockers(allocation),
        "decisions": choosing.overruled(allocation).values(),
        "overrule_form": overrule_form,
    }
    return asking.answer(request, "distributions/allocation_prepare.html", context, form, overrule_form)


@require_POST
@permission_required("distributions.approve_allocation", raise_exception=True)
def overrule(request, pk):
    """Let the chair go although something of its fit stands against it: by name, with the reason."""
    allocation = _allocation(request, pk)
    form = OverruleForm(request.POST)
    if form.is_valid():
        try:
            choosing.overrule_blockers(allocation, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("reason", refusal.message)
        else:
            messages.success(request, _("Your decision is written down with your name."))
            return redirect("distributions:allocation_prepare", allocation.pk)
    return _page(request, allocation, PreparationForm(chair=allocation.chair), form)


@require_safe
@permission_required("distributions.view_preparation", raise_exception=True)
def photo(request, pk):
    """The photo of a prepared chair, to who may see the reservation."""
    preparation = get_object_or_404(Preparation.objects.visible_to(request.user).exclude(photo=""), pk=pk)
    try:
        opened = preparation.photo.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(opened, content_type="image/webp")
