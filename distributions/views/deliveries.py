from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beneficiaries.documents import LANGUAGES, language_of
from distributions import delivering, documents
from distributions.forms.deliveries import SettleForm
from distributions.models import Attachment, Delivery, Matter
from hajar.lib import asking
from hajar.lib.refusals import Refusal

TYPES = {Attachment.Kind.SIGNATURE: "image/png", Attachment.Kind.PHOTO: "image/webp"}


def _visible(request):
    return Delivery.objects.visible_to(request.user)


def _page(request, delivery: Delivery, form: SettleForm):
    is_with_child = delivery.allocation.chair.holder_id == delivery.allocation.need.child_id
    context = {
        "delivery": delivery,
        "allocation": delivery.allocation,
        "child": delivery.allocation.need.child,
        "gap": delivery.received_at - delivery.happened_at,
        "kinds": {attachment.kind for attachment in delivery.attachments.all()},
        "followups": delivery.followups.select_related("done_by").order_by("-done_on", "-created_at", "pk"),
        "is_with_child": is_with_child,
        "forecast": getattr(delivery, "forecast", None),
        "dispute": _dispute(request, delivery),
        "form": form,
        "receipts": _receipts(delivery),
        "history": delivery.history()[:20],
    }
    return asking.answer(request, "distributions/delivery_detail.html", context, form)


def _dispute(request, delivery: Delivery) -> Matter | None:
    """The matter in which this entry and another are compared, for who may decide."""
    if not delivery.needs_a_look:
        return None
    waiting = Matter.objects.visible_to(request.user).waiting().filter(delivery=delivery, kind__in=Matter.DISPUTES)
    return waiting.order_by("opens_at", "pk").first()


def _receipts(delivery: Delivery) -> list[dict]:
    """The receipt in each language, the family's first; none for an entry that was no hand-over."""
    if delivery.handed_over_on is None:
        return []
    first = language_of(delivery.allocation.need.child.family)
    return [{"code": code, "word": LANGUAGES[code]} for code in sorted(LANGUAGES, key=lambda code: code != first)]


def _detailed(request, pk) -> Delivery:
    return get_object_or_404(
        _visible(request)
        .select_related(
            "allocation__need__child__family",
            "allocation__chair__model",
            "round__province",
            "volunteer",
            "forecast",
            "typed_in_by",
            "chair_left",
        )
        .prefetch_related("attachments"),
        pk=pk,
    )


@require_safe
@permission_required("distributions.view_delivery", raise_exception=True)
def detail(request, pk):
    """One entry: what happened, when by the phone's time and ours, its checks, its proofs, its history."""
    return _page(request, _detailed(request, pk), SettleForm())


@require_safe
@permission_required("distributions.view_delivery", raise_exception=True)
def receipt(request, pk):
    """What the family was given, on paper: in its language unless another is asked for."""
    hand_overs = _visible(request).exclude(handed_over_on=None)
    with_all = hand_overs.select_related(
        "allocation__need__child__family__province", "allocation__chair__model", "volunteer"
    )
    delivery = get_object_or_404(with_all, pk=pk)
    child = delivery.allocation.need.child
    language = language_of(child.family, request.GET.get("language", ""))
    with translation.override(language):
        paper = documents.receipt_pdf(delivery)
        documents.open_receipt(delivery, by=request.user)
    name = f"{child.reference}-receipt-{language}.pdf".lower()
    return HttpResponse(
        paper, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@require_POST
@permission_required(["distributions.view_delivery", "distributions.change_round"], raise_exception=True)
def settle(request, pk):
    """Say what came of a doubt about an entry."""
    delivery = _detailed(request, pk)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, form)
    try:
        delivering.settle(delivery, by=request.user, note=form.cleaned_data["note"])
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The doubt is settled."))
    return redirect(delivery)


@require_safe
@permission_required("distributions.view_delivery", raise_exception=True)
def file(request, pk, kind):
    """The signature or the photo, to who may see the delivery."""
    attachment = get_object_or_404(Attachment.objects.filter(delivery__in=_visible(request)), delivery=pk, kind=kind)
    try:
        opened = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(opened, content_type=TYPES[attachment.kind])
