"""The chairs of children who have died: a quiet list, for coordinators only, and what each family wishes."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beneficiaries.models import Child
from distributions import returning
from distributions.forms.returns import ReturnOfferForm
from distributions.models import Chair, ReturnOffer
from hajar.lib import asking
from hajar.lib.refusals import Refusal


@require_safe
@permission_required("distributions.change_returnoffer", raise_exception=True)
def list_offers(request):
    """Chairs that somebody may gently speak of."""
    return render(request, "distributions/return_offer_list.html", {"offers": returning.offers(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.change_returnoffer", raise_exception=True)
def answer(request, pk):
    """What the family wishes about its chair."""
    chair = get_object_or_404(Chair.objects.visible_to(request.user).select_related("model"), pk=pk)
    child = Child.objects.visible_to(request.user).filter(pk=chair.holder_id, status=Child.Status.DECEASED).first()
    if child is None:
        raise Http404
    form = ReturnOfferForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            returning.answer(chair, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            is_coming = form.cleaned_data["answer"] == ReturnOffer.Answer.RETURNS
            words = _("Thank them. When the chair arrives, record on its page that it came back.")
            messages.success(request, words if is_coming else _("It is written down. Nobody will ask."))
            return redirect(child)
    row = ReturnOffer.objects.filter(chair=chair, child=child).select_related("answered_by").first()
    context = {"form": form, "chair": chair, "child": child, "row": row}
    return asking.answer(request, "distributions/return_offer_answer.html", context, form)
