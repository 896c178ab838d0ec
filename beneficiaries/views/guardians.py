"""Who answers for the children changes: somebody no longer does, or a young person answers for herself."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from beneficiaries import guarding
from beneficiaries.forms.families import EndGuardianshipForm, OwnContactForm
from beneficiaries.models import Child, Guardian
from hajar.lib import asking


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_guardian", raise_exception=True)
def end(request, pk):
    """Somebody no longer answers for the children; who is called first changes hands."""
    guardians = Guardian.objects.visible_to(request.user).select_related("family__province__region")
    guardian = get_object_or_404(guardians, pk=pk)
    family = guardian.family
    others = family.guardians.current().exclude(pk=guardian.pk).representing_first()
    form = EndGuardianshipForm(asking.sent(request), others=others)
    if request.method == "POST" and form.is_valid():
        try:
            guarding.end_guardianship(guardian, by=request.user, **form.cleaned_data)
        except guarding.GuardianshipRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("It is written in the family’s file."))
            return redirect(family)
    given = guardian.consents.given().filter(child__status__in=Child.FOLLOWED).count()
    words = ngettext("%(n)s consent is to be asked again.", "%(n)s consents are to be asked again.", given)
    context = {
        "form": form,
        "guardian": guardian,
        "family": family,
        "others": others,
        "consents_words": words % {"n": given} if given else "",
        "crumbs": [
            (_("Families"), reverse("beneficiaries:family_list")),
            (family.reference, family.get_absolute_url()),
            (guardian.name, ""),
        ],
    }
    return asking.answer(request, "beneficiaries/guardian_end.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.add_guardian", raise_exception=True)
def own_contact(request, pk):
    """A young person of age is registered as answering for herself."""
    child = get_object_or_404(Child.objects.visible_to(request.user).with_family(), pk=pk)
    form = OwnContactForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            guarding.register_own_contact(child, by=request.user, **form.cleaned_data)
        except guarding.GuardianshipRefused as refusal:
            form.add_error(None, refusal.message)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("From now on the young person is asked. What comes next: her own consents."))
            return redirect(child)
    context = {
        "form": form,
        "child": child,
        "crumbs": [
            (_("Children"), reverse("beneficiaries:child_list")),
            (child.name, child.get_absolute_url()),
            (_("Of age"), ""),
        ],
    }
    return asking.answer(request, "beneficiaries/child_own_contact.html", context, form)
