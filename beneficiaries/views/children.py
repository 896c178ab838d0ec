from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beneficiaries import closing, exporting, matching, registration, searching
from beneficiaries.forms.children import ChildForm, PhotoForm, StatusForm
from beneficiaries.forms.filters import ChildFilterForm
from beneficiaries.models import Child, Family, Need
from beneficiaries.views import exports, lists, stories
from hajar.lib import asking, listing

OPEN_NEEDS = Prefetch("needs", Need.objects.filter(closed_on=None).order_by("pk"), to_attr="open_needs")


@require_safe
@permission_required("beneficiaries.view_child", raise_exception=True)
def index(request):
    """The children of one's regions, narrowed and put in order."""
    form = ChildFilterForm(request.GET, user=request.user)
    children = form.apply(Child.objects.visible_to(request.user))
    if form.value("q"):
        found = _in_order(searching.find_children(children.with_family(), searching.understand(form.value("q"))), form)
        page = {"rows": found, "count": len(found), "is_search": True, "is_cut": len(found) >= searching.COMPARED}
    else:
        page = lists.paged(request, children.with_family(), form)
    prefetch_related_objects(page["rows"], OPEN_NEEDS)
    context = {"form": form, "q": form.value("q"), **page}
    return listing.answer(request, "beneficiaries/child_list.html", "beneficiaries/_child_rows.html", context)


def narrowed(request):
    """The children as the address narrows them, to be taken out."""
    form = ChildFilterForm(request.GET, user=request.user)
    children = form.apply(Child.objects.visible_to(request.user))
    if form.value("q"):
        found = searching.find_children(children.with_family(), searching.understand(form.value("q")))
        children = children.filter(pk__in=[child.pk for child in found])
    return children.order_by(*form.ORDERS[form.order]), exports.filters_in(form)


export = exports.page_for(exporting.CHILDREN, narrowed, back="beneficiaries:child_list")


def _in_order(found: list[Child], form: ChildFilterForm) -> list[Child]:
    """Search results stay likeliest first unless an order was chosen."""
    orders = {
        "youngest": lambda child: -child.born_on.toordinal(),
        "oldest": lambda child: child.born_on,
        "request": lambda child: child.requested_on,
        "status": lambda child: child.status,
    }
    return sorted(found, key=orders[form.order]) if form.order in orders else found


@require_safe
@permission_required("beneficiaries.view_child", raise_exception=True)
def detail(request, pk):
    """A child's story on one screen."""
    child = get_object_or_404(stories.children_with_story(request.user), pk=pk)
    return render(request, "beneficiaries/child_detail.html", stories.story_of(child, request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.add_child", raise_exception=True)
def create(request):
    """Open a child's file: choose the family, then say who the child is; likely duplicates are shown before saving."""
    families = Family.objects.visible_to(request.user).select_related("province__region")
    family = get_object_or_404(families, pk=_uuid(request.GET["family"])) if request.GET.get("family") else None
    if family is None:
        sought = searching.understand(request.GET.get("q", ""))
        found = searching.find_families(request.user, sought) if sought else []
        prefetch_related_objects(found, "guardians", "children")
        context = {"q": sought.text, "families": found, "crumbs": _crumbs((_("New child"), ""))}
        return render(request, "beneficiaries/child_create_family.html", context)
    form = ChildForm(asking.sent(request), initial=_like_the_siblings(family))
    matches = []
    if request.method == "POST" and form.is_valid():
        matches = _unseen_matches(request, form, family)
        if not matches:
            try:
                child = registration.register_child(family=family, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.take_errors(error)
            else:
                messages.success(request, _("The file is open. What comes next: the family's consent."))
                return redirect(child)
    context = {
        "form": form,
        "family": family,
        "matches": matches,
        "seen": ",".join(str(match.row.pk) for match in matches),
        "guardians": family.guardians.to_call_first(),
        "siblings": family.children.order_by("born_on", "pk"),
        "crumbs": _crumbs((_("New child"), "")),
    }
    return render(request, "beneficiaries/child_create.html", context)


def _uuid(text):
    from uuid import UUID

    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _like_the_siblings(family):
    """A new child usually bears the family name of the children already here, else of the first guardian."""
    person = family.children.order_by("number").first() or family.guardians.to_call_first().first()
    return {name: getattr(person, name) for name in ("family_name_latin", "family_name_arabic")} if person else {}


def _unseen_matches(request, form, family):
    """Children who may be this one, unless the person has already said of each that it is another child."""
    child = Child(family=family, **form.cleaned_data)
    like = matching.like_of(child, family.guardians.values_list("phone", flat=True))
    found = matching.candidates(like, among=Child.objects.visible_to(request.user))
    seen = set(request.POST.get("not_same", "").split(","))
    return [] if all(str(match.row.pk) in seen for match in found) else found


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_child", raise_exception=True)
def edit(request, pk):
    child = _child(request, pk)
    form = ChildForm(asking.sent(request), instance=_child(request, pk) if request.method == "POST" else child)
    if request.method == "POST" and form.is_valid():
        try:
            registration.correct_child(child, by=request.user, **form.changes)
        except ValidationError as error:
            form.take_errors(error)
        else:
            messages.success(request, _("The file is corrected."))
            return redirect(child)
    crumbs = _crumbs((child.name, child.get_absolute_url()), (_("Correct"), ""))
    return render(request, "beneficiaries/child_edit.html", {"form": form, "child": child, "crumbs": crumbs})


@require_safe
@permission_required("beneficiaries.view_child", raise_exception=True)
def photo(request, pk):
    """The photo itself, sent only to who may see the child, and kept in no cache."""
    child = _child(request, pk)
    try:
        file = child.photo.open("rb")
    except (ValueError, FileNotFoundError):
        raise Http404 from None
    return FileResponse(file, content_type="image/webp", headers={"Cache-Control": "no-store"})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_child", raise_exception=True)
def photo_edit(request, pk):
    child = _child(request, pk)
    if request.method == "POST" and request.POST.get("act") == "remove":
        registration.remove_photo(child, by=request.user)
        messages.success(request, _("The photo is removed."))
        return redirect(child)
    form = PhotoForm(asking.sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            registration.change_photo(child, by=request.user, file=form.cleaned_data["photo"])
        except ValidationError as error:
            form.add_error("photo", error.message_dict["photo"])
        else:
            messages.success(request, _("The photo is changed."))
            return redirect(child)
    crumbs = _crumbs((child.name, child.get_absolute_url()), (_("Photo"), ""))
    return render(request, "beneficiaries/child_photo_edit.html", {"form": form, "child": child, "crumbs": crumbs})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_child", raise_exception=True)
def status_edit(request, pk):
    child = _child(request, pk)
    form = StatusForm(asking.sent(request), statuses=closing.may_set(request.user, child))
    if request.method == "POST" and form.is_valid():
        try:
            closing.change_status(child, by=request.user, **form.cleaned_data)
        except closing.StatusRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The status is changed."))
            return redirect(child)
    context = {
        "form": form,
        "child": child,
        "open_needs": child.needs.filter(closed_on=None).count(),
        "crumbs": _crumbs((child.name, child.get_absolute_url()), (_("Status"), "")),
    }
    return render(request, "beneficiaries/child_status_edit.html", context)


def _child(request, pk) -> Child:
    return get_object_or_404(Child.objects.visible_to(request.user).with_family(), pk=pk)


def _crumbs(*items):
    return [(_("Children"), reverse("beneficiaries:child_list")), *items]
