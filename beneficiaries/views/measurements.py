"""Measure a child again between two assessments, and take back what was measured wrongly."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beneficiaries import measuring
from beneficiaries.forms.measurements import MeasurementForm, TakeBackMeasurementForm, line_of
from beneficiaries.forms.questions import MEASURED, with_offer_taken
from beneficiaries.models import Child, Measurement
from hajar.lib import asking


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.add_measurement", raise_exception=True)
def create(request, pk):
    """The short form: the previous value stands beside each measure, and only what is typed is recorded."""
    child = get_object_or_404(Child.objects.visible_to(request.user).with_family(), pk=pk)
    known = measuring.known_measures(child)
    is_offer = "take" in request.POST
    data = with_offer_taken(request.POST, MEASURED) if request.method == "POST" else None
    form = MeasurementForm(data, known=known)
    if data is not None and form.is_valid() and not is_offer:
        visit = {name: form.cleaned_data[name] for name in ("measured_on", "occasion", "note")}
        try:
            measuring.record_measurement(child=child, by=request.user, confirmed=form.confirmed, **visit, **form.taken)
        except measuring.MeasurementRefused as refusal:
            form.take_refusal(refusal)
        else:
            messages.success(request, _("The measures are recorded."))
            return redirect(child)
    context = {
        "form": form,
        "groups": form.groups,
        "child": child,
        "crumbs": _crumbs(child, _("Measure again")),
    }
    return asking.answer(request, "beneficiaries/measurement_create.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_measurement", raise_exception=True)
def take_back(request, pk):
    rows = Measurement.objects.visible_to(request.user).select_related("child__family__province__region", "measured_by")
    measurement = get_object_or_404(rows, pk=pk)
    form = TakeBackMeasurementForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            measuring.take_back_measurement(measurement, by=request.user, why=form.cleaned_data["why"])
        except measuring.MeasurementRefused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The measures are taken back."))
            return redirect(measurement.child)
    context = {
        "form": form,
        "child": measurement.child,
        "line": line_of(measurement),
        "crumbs": _crumbs(measurement.child, _("Take measures back")),
    }
    return asking.answer(request, "beneficiaries/measurement_take_back.html", context, form)


def _crumbs(child, word):
    return [(_("Children"), reverse("beneficiaries:child_list")), (child.name, child.get_absolute_url()), (word, "")]
