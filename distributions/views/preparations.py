from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from distributions import planning, preparing
from distributions.forms.preparations import PreparationForm
from distributions.models import Allocation, Preparation
from hajar.lib import asking
from hajar.lib.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.prepare_allocation", raise_exception=True)
def create(request, pk):
    """Look a reserved chair over, point by point, and say that it is ready to go."""
    rows = Allocation.objects.visible_to(request.user).select_related("chair__model", "need__child", "initiative")
    allocation = get_object_or_404(rows, pk=pk)
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
    context = {"form": form, "allocation": allocation, "chair": allocation.chair}
    return render(request, "distributions/allocation_prepare.html", context, status=422 if form.errors else 200)


@require_safe
@permission_required("distributions.view_preparation", raise_exception=True)
def photo(request, pk):
    """The photo of a prepared chair, to who may see the reservation, and kept in no cache."""
    preparation = get_object_or_404(Preparation.objects.visible_to(request.user).exclude(photo=""), pk=pk)
    try:
        opened = preparation.photo.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(opened, content_type="image/webp")
    response.headers["Cache-Control"] = "private, no-store"
    return response
