from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beneficiaries import consenting
from beneficiaries.forms.consents import ConsentForm, WithdrawalForm
from beneficiaries.models import Child, Consent, ConsentText
from beneficiaries.models.consents import ADULT
from hajar.lib import asking


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.add_consent", raise_exception=True)
def create(request, pk):
    """Record a guardian's answer for one purpose."""
    child = get_object_or_404(Child.objects.visible_to(request.user).with_family(), pk=pk)
    guardians = child.family.guardians.current().filter(herself=None).to_call_first()
    first = guardians.first()
    if first is None and child.age < ADULT:
        messages.warning(request, _("First add the adult who answers for the child."))
        return redirect("beneficiaries:guardian_create", pk=child.family_id)
    initial = {
        "purpose": request.GET.get("purpose", Consent.Purpose.CARE),
        "guardian": first and first.pk,
        "legal_basis": first.legal_basis if first else Consent.OWN,
        "language": child.family.language,
        "answered_on": timezone.localdate(),
    }
    form = ConsentForm(asking.sent(request), request.FILES or None, initial=initial, child=child, guardians=guardians)
    if request.method == "POST" and form.is_valid():
        try:
            consenting.record_consent(child=child, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.take_errors(error)
        else:
            messages.success(request, _("The answer is recorded."))
            return redirect(child)
    texts = ConsentText.objects.in_use()
    context = {
        "form": form,
        "child": child,
        "texts": texts,
        "shown_text": next(
            (
                text
                for text in texts
                if (text.purpose, text.language) == (form["purpose"].value(), form["language"].value())
            ),
            None,
        ),
        "crumbs": _crumbs(child, _("Consent")),
    }
    return asking.answer(request, "beneficiaries/consent_create.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_consent", raise_exception=True)
def withdraw(request, pk):
    consent = _consent(request, pk)
    initial = {"withdrawn_on": timezone.localdate(), "withdrawn_by": consent.guardian_id}
    form = WithdrawalForm(asking.sent(request), initial=initial, child=consent.child)
    if request.method == "POST" and form.is_valid():
        try:
            consenting.withdraw_consent(consent, by=request.user, **form.cleaned_data)
        except consenting.ConsentRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The consent is withdrawn."))
            return redirect(consent.child)
    context = {
        "form": form,
        "consent": consent,
        "child": consent.child,
        "takes_files": bool(consenting.purgers[consent.purpose]),
        "crumbs": _crumbs(consent.child, _("Withdraw a consent")),
    }
    return asking.answer(request, "beneficiaries/consent_withdraw.html", context, form)


@require_safe
@permission_required("beneficiaries.view_consent", raise_exception=True)
def paper(request, pk):
    """The signed paper, sent only to who may see the child, and kept in no cache."""
    consent = _consent(request, pk)
    try:
        file = consent.evidence.open("rb")
    except (ValueError, FileNotFoundError):
        raise Http404 from None
    is_pdf = consent.evidence.name.endswith(".pdf")
    # A PDF is downloaded, never shown inside our origin: it may hold scripts.
    return FileResponse(
        file,
        content_type="application/pdf" if is_pdf else "image/webp",
        as_attachment=is_pdf,
        filename="consent.pdf" if is_pdf else "consent.webp",
        headers={"Cache-Control": "no-store"},
    )


def _consent(request, pk) -> Consent:
    return get_object_or_404(
        Consent.objects.visible_to(request.user).select_related("child__family", "guardian"), pk=pk
    )


def _crumbs(child, words):
    return [
        (_("Children"), reverse("beneficiaries:child_list")),
        (child.name, child.get_absolute_url()),
        (words, ""),
    ]
