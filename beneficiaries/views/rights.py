"""What families ask about their own data: received, answered in time; all we hold handed out; files forgotten."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import answering, disclosing, documents, erasing, retaining
from beneficiaries.forms.rights import AnswerForm, ErasureForm, IdentityForm, RequestForm
from beneficiaries.models import Child, Consent, Erasure, RightsRequest
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal

DISCLOSES = ["beneficiaries.change_rightsrequest", "beneficiaries.view_healthrecord"]


def tabs(user, current: str) -> list[dict]:
    """The pages on families' rights that this person may open."""
    pages = [
        ("requests", _("Requests"), "rightsrequest_list", "beneficiaries.view_rightsrequest"),
        ("consents", _("Consents to renew"), "renewal_list", "beneficiaries.view_consent"),
        ("retention", _("How long we keep"), "retention", "beneficiaries.view_erasure"),
    ]
    return [
        {"word": word, "url": reverse(f"beneficiaries:{name}"), "current": code == current}
        for code, word, name, permission in pages
        if user.has_perm(permission)
    ]


# --- requests -------------------------------------------------------------------------------------------------------


@require_safe
@permission_required("beneficiaries.view_rightsrequest", raise_exception=True)
def index(request):
    """Requests that wait for an answer, the most pressing first; on demand those that were answered."""
    is_done = request.GET.get("show") == "done"
    rows = RightsRequest.objects.visible_to(request.user).select_related("child", "asked_by", "answered_by")
    rows = rows.exclude(answered_on=None) if is_done else rows.open()
    order = ("-answered_on", "pk") if is_done else ("due_on", "pk")
    page = paging.page(rows, order=order, token=request.GET.get("page"))
    waiting = ngettext("%(n)s request waits", "%(n)s requests wait", page.count)
    done = ngettext("%(n)s request answered", "%(n)s requests answered", page.count)
    context = {
        "requests": page.rows,
        "is_done": is_done,
        "words": listing.found(page, done if is_done else waiting),
        "tabs": tabs(request.user, "requests"),
        **listing.links(request, page),
    }
    part = "beneficiaries/_rightsrequest_rows.html"
    return listing.answer(request, "beneficiaries/rightsrequest_list.html", part, context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.add_rightsrequest", raise_exception=True)
def create(request, pk):
    child = _child(request, pk)
    first = child.family.guardians.current().to_call_first().first()
    initial = {"kind": request.GET.get("kind", RightsRequest.Kind.ACCESS), "asked_on": timezone.localdate()}
    form = RequestForm(asking.sent(request), initial=initial | {"asked_by": first}, child=child)
    if request.method == "POST" and form.is_valid():
        try:
            asked = answering.record_request(child=child, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.take_errors(error)
        else:
            messages.success(request, _("The request is recorded. It is to be answered within ten days."))
            return redirect(asked)
    context = {"form": form, "child": child, "crumbs": _crumbs_of(child, _("Request of the family"))}
    return asking.answer(request, "beneficiaries/rightsrequest_create.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.view_rightsrequest", raise_exception=True)
def detail(request, pk):
    """One request: what is asked, what to do about it, and the answer."""
    asked = _request(request, pk)
    form = AnswerForm(asking.sent(request), initial={"outcome": RightsRequest.Outcome.DONE})
    if request.method == "POST":
        if not request.user.has_perm("beneficiaries.change_rightsrequest"):
            raise Http404
        if form.is_valid() and _answered(request, asked, form):
            return redirect(asked)
    discloses = request.user.has_perms(DISCLOSES)
    context = {
        "asked": asked,
        "child": asked.child,
        "form": form,
        "identity_form": IdentityForm(),
        "languages": [(code, word) for code, word in documents.LANGUAGES.items() if code != "en"],
        "discloses": discloses,
        "looked": disclosing.who_looked(asked.child)[:50] if discloses and asked.kind == "looked" else None,
        "stopped": asked._meta.get_field("stop").words(asked.stop),
        "is_erased": Erasure.objects.filter(child=asked.child_id).exists(),
        "crumbs": [(_("Families’ rights"), reverse("beneficiaries:rightsrequest_list")), (str(asked), "")],
    }
    return asking.answer(request, "beneficiaries/rightsrequest_detail.html", context, form)


def _answered(request, asked: RightsRequest, form: AnswerForm) -> bool:
    try:
        answering.answer(asked, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
    except ValidationError as error:
        form.add_error(None, error)
    else:
        messages.success(request, _("The answer is recorded."))
        return True
    return False


@require_POST
@permission_required("beneficiaries.change_rightsrequest", raise_exception=True)
def identity(request, pk):
    """Say how it is known that the family itself asks."""
    asked = _request(request, pk)
    form = IdentityForm(request.POST)
    if form.is_valid():
        try:
            answering.check_identity(asked, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            messages.error(request, refusal.message)
    return redirect(asked)


# --- all that we hold -----------------------------------------------------------------------------------------------


@require_safe
@permission_required(DISCLOSES, raise_exception=True)
def disclosure_pdf(request, pk, language):
    """All that we hold of a child and her family, on paper in their language; the journal keeps who took it out."""
    child = _child(request, pk)
    if language not in documents.LANGUAGES:
        raise Http404
    with translation.override(language):
        paper = disclosing.as_pdf(child, by=request.user)
        disclosing.disclose(child, by=request.user, form="pdf")
    return _sent(paper, "application/pdf", f"{child.reference}.pdf")


@require_safe
@permission_required(DISCLOSES, raise_exception=True)
def disclosure_json(request, pk):
    """The same as data, complete to the last field."""
    child = _child(request, pk)
    data = disclosing.as_json(child)
    disclosing.disclose(child, by=request.user, form="json")
    return _sent(data, "application/json", f"{child.reference}.json")


def _sent(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)


# --- to be forgotten ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.add_erasure", raise_exception=True)
def erase(request, pk):
    """Forget a child for good, after the reference of the file was typed."""
    child = _child(request, pk)
    form = ErasureForm(asking.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            erasing.erase(child, by=request.user, confirmation=form.cleaned_data["confirmation"])
        except Refusal as refusal:
            form.add_error("confirmation", refusal.message)
        else:
            messages.success(request, _("The file is erased. Only counts stay."))
            return redirect("beneficiaries:rightsrequest_list")
    context = {
        "form": form,
        "child": child,
        "obstacles": erasing.reasons_against(child),
        "siblings": erasing.siblings_kept(child),
        "crumbs": _crumbs_of(child, _("Erase the file")),
    }
    return asking.answer(request, "beneficiaries/child_erase.html", context, form)


# --- how long we keep -----------------------------------------------------------------------------------------------


@require_safe
@permission_required("beneficiaries.view_erasure", raise_exception=True)
def retention(request):
    """How long each kind of data is kept, and what is over its time today."""
    context = {
        "categories": list(retaining.CATEGORIES.values()),
        "over": retaining.review(),
        "tabs": tabs(request.user, "retention"),
    }
    return render(request, "beneficiaries/retention.html", context)


# --- consents to renew ----------------------------------------------------------------------------------------------


@require_safe
@permission_required("beneficiaries.view_consent", raise_exception=True)
def consents(request):
    """What ends soon, has ended, or must be asked of somebody else: the oldest end first."""
    rows = Consent.objects.visible_to(request.user).to_renew().select_related("child", "guardian")
    page = paging.page(rows, order=("expires_on", "pk"), token=request.GET.get("page"))
    context = {
        "consents": page.rows,
        "words": listing.found(page, ngettext("%(n)s answer", "%(n)s answers", page.count)),
        "tabs": tabs(request.user, "consents"),
        **listing.links(request, page),
    }
    return listing.answer(request, "beneficiaries/renewal_list.html", "beneficiaries/_consent_rows.html", context)


def _child(request, pk) -> Child:
    return get_object_or_404(Child.objects.visible_to(request.user).with_family(), pk=pk)


def _request(request, pk) -> RightsRequest:
    rows = RightsRequest.objects.visible_to(request.user).select_related(
        "child__family__province__region", "asked_by", "answered_by", "recorded_by"
    )
    return get_object_or_404(rows, pk=pk)


def _crumbs_of(child: Child, words: str):
    return [
        (_("Children"), reverse("beneficiaries:child_list")),
        (child.name, child.get_absolute_url()),
        (words, ""),
    ]
