"""A child's file for the hospital: what for, and then the bundle itself."""

from django.contrib.auth.decorators import permission_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beneficiaries.models import Child, Consent
from distributions import hospital_bundle
from distributions.forms.hospital import HospitalForm
from hajar.lib import asking


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.view_healthrecord", raise_exception=True)
def bundle(request, pk):
    """Say what the hospital needs it for; the answer is the bundle as a file."""
    child = get_object_or_404(Child.objects.visible_to(request.user).with_family(), pk=pk)
    form = HospitalForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = hospital_bundle.share_with_hospital(child, by=request.user, reason=form.cleaned_data["reason"])
        except hospital_bundle.BundleRefused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            answer = JsonResponse(made, json_dumps_params={"ensure_ascii": False, "indent": 1})
            answer.headers["Content-Type"] = hospital_bundle.CONTENT_TYPE
            answer.headers["Content-Disposition"] = f'attachment; filename="{child.reference}.fhir.json"'
            answer.headers["Cache-Control"] = "no-store"
            return answer
    context = {
        "form": form,
        "child": child,
        "may_share": hospital_bundle.may_share(child),
        "consent": Consent.Purpose.HOSPITAL.label,
        "crumbs": [(child.name, child.get_absolute_url()), (_("For the hospital"), "")],
    }
    return asking.answer(request, "distributions/hospital_bundle.html", context, form)
