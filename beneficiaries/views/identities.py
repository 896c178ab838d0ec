from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beneficiaries import identifying
from beneficiaries.forms.identities import IdentityNumberForm
from beneficiaries.models import Guardian, NationalIdentity
from hajar.lib import asking


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_nationalidentity", raise_exception=True)
def edit(request, pk):
    """Seal a guardian's number, or delete it; not there where the site holds no numbers."""
    if not identifying.is_on():
        raise Http404
    guardian = get_object_or_404(Guardian.objects.visible_to(request.user).select_related("family"), pk=pk)
    form = IdentityNumberForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            identity = identifying.keep(guardian, form.cleaned_data["number"], by=request.user)
        except ValidationError as error:
            form.add_error("number", error)
        else:
            messages.success(request, _("The number is sealed.") if identity else _("The number is deleted."))
            return redirect(guardian.family)
    context = {
        "form": form,
        "guardian": guardian,
        "identity": NationalIdentity.objects.filter(guardian=guardian).first(),
        "crumbs": [
            (_("Families"), reverse("beneficiaries:family_list")),
            (guardian.family.reference, guardian.family.get_absolute_url()),
            (guardian.name, ""),
        ],
    }
    return asking.answer(request, "beneficiaries/guardian_identity.html", context, form)
