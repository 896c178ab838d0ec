from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beneficiaries import opening
from beneficiaries.models import Need
from distributions import choosing, prescribing
from distributions.forms.prescriptions import PrescriptionForm
from distributions.models import ChairModel
from hajar.lib import asking
from hajar.lib.refusals import Refusal

# Beside which field a refusal stands.
ABOUT = {
    prescribing.PrescribedInTheFuture: "prescribed_on",
    prescribing.BeforeTheAssessment: "prescribed_on",
    prescribing.SecondSignatoryMissing: "second_signatory",
    prescribing.SecondSignatoryIsTheSame: "second_signatory",
    prescribing.SecondSignatoryMayNotPrescribe: "second_signatory",
    prescribing.NotOfTheFamily: "agreed_by",
    prescribing.AgreedInTheFuture: "agreed_on",
}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_prescription", raise_exception=True)
def create(request, pk):
    """Write down what was chosen with the family; an earlier prescription fills the form beforehand."""
    needs = Need.objects.visible_to(request.user).select_related("child__family__province", "assessment")
    need = get_object_or_404(needs, pk=pk)
    subject = choosing.subject_of(need)
    form = PrescriptionForm(asking.sent(request), family=need.child.family, by=request.user, initial=_first(subject))
    if request.method == "POST" and form.is_valid():
        try:
            prescribing.prescribe(need, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(ABOUT.get(type(refusal)), refusal.message)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            messages.success(request, _("The prescription is kept."))
            return redirect("distributions:need_choices", need.pk)
    context = {
        "form": form,
        "need": need,
        "child": need.child,
        "alerts": opening.alerts(need.child, to=request.user),
        "previous": subject.prescription,
        "is_assessed": subject.known.assessment is not None,
        "crumbs": [
            (need.child.name, need.child.get_absolute_url()),
            (_("Need"), need.get_absolute_url()),
            (_("Which chair?"), reverse("distributions:need_choices", args=[need.pk])),
            (_("Prescribe"), ""),
        ],
    }
    return asking.answer(request, "distributions/prescription_form.html", context, form)


def _first(subject: choosing.Subject) -> dict:
    """What the form begins with: the last prescription, or what the assessment and the measures say."""
    first: dict = {"prescribed_on": timezone.localdate()}
    if before := subject.prescription:
        kept = set(PrescriptionForm.Meta.fields) - {"prescribed_on", "agreed_by", "agreed_on", "second_signatory"}
        return first | {name: getattr(before, name) for name in kept}
    targets = {line.dimension: line.target for line in choosing.fitting.order_specification(subject.body)}
    first |= {"seat_width_mm": targets["width"], "seat_depth_mm": targets["depth"]}
    if subject.body.posture in ChairModel.Posture.values:
        first["posture_class"] = subject.body.posture
    return first
