from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import closing, exporting, pairing, registration, searching
from beneficiaries.forms.children import ChildForm, DeathForm, PhotoForm, StatusForm
from beneficiaries.forms.filters import ChildFilterForm
from beneficiaries.models import Child, Family
from beneficiaries.views import exports, lists, stories
from beneficiaries.views.stories import OPEN_NEEDS
from hajar.lib import asking, listing


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
        asked = form.apply(Child.objects.visible_to(request.user), one_by_one=True)
        page = lists.paged(request, children.with_family(), form, walk=form.walks and asked)
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
    """A child's story on one screen; the address of a file that was merged leads to the one that goes on."""
    child = stories.children_with_story(request.user).filter(pk=pk).first()
    if child is None:
        ended = get_object_or_404(Child.with_merged.filter(merged_into__isnull=False), pk=pk)
        return redirect(_child(request, ended.merged_into_id))
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
    doubts = pairing.Doubts()
    if request.method == "POST" and form.is_valid():
        doubts = pairing.doubts_about(
            Child(family=family, **form.cleaned_data), family.guardians.all(), by=request.user
        )
        if not doubts or _is_answered(request, doubts):
            try:
                child = registration.register_child(
                    family=family, by=request.user, **_answer(request, doubts), **form.cleaned_data
                )
            except ValidationError as error:
                form.take_errors(error)
            else:
                messages.success(request, _("The file is open. What comes next: the family's consent."))
                return redirect(child)
    context = {
        "form": form,
        "family": family,
        **_doubts_shown(request, doubts),
        "guardians": family.guardians.current().to_call_first(),
        "siblings": family.children.order_by("born_on", "pk"),
        "crumbs": _crumbs((_("New child"), "")),
    }
    return asking.answer(request, "beneficiaries/child_create.html", context, form)


@require_POST
@permission_required("beneficiaries.add_child", raise_exception=True)
def matches(request):
    """Children who may be the one being written down, as the form stands. Asked at every change; saves nothing."""
    if request.POST.get("child"):
        child = _child(request, _uuid(request.POST["child"]))
    elif request.POST.get("family"):
        families = Family.objects.visible_to(request.user)
        child = Child(family=get_object_or_404(families, pk=_uuid(request.POST["family"])))
    else:
        return render(request, "beneficiaries/_child_matches.html", _doubts_shown(request, pairing.Doubts()))
    form = ChildForm(request.POST)
    form.is_valid()  # what can be read so far is compared, the rest is still being written
    for name in registration.COMPARED_OF_CHILD & form.cleaned_data.keys():
        setattr(child, name, form.cleaned_data[name])
    has_enough = child.known_names and child.born_on
    doubts = (
        pairing.doubts_about(child, child.family.guardians.all(), by=request.user) if has_enough else pairing.Doubts()
    )
    return render(request, "beneficiaries/_child_matches.html", _doubts_shown(request, doubts))


def _seen(doubts: pairing.Doubts) -> str:
    return ",".join([*(str(match.row.pk) for match in doubts.matches), *(["elsewhere"] if doubts.is_elsewhere else [])])


def _is_answered(request, doubts: pairing.Doubts) -> bool:
    """Whether the person has said of each that it is another child, and why where it takes a reason."""
    answered = set(request.POST.get("not_same", "").split(","))
    return set(_seen(doubts).split(",")) <= answered and (bool(_why(request)) or not doubts.needs_reason)


def _answer(request, doubts: pairing.Doubts) -> dict:
    return {"not_the_same": [match.row.pk for match in doubts.matches], "why": _why(request)}


def _why(request) -> str:
    return request.POST.get("why", "").replace("\0", "").strip()[:300]


def _doubts_shown(request, doubts: pairing.Doubts) -> dict:
    """What _child_matches.html shows, with what the person has answered so far."""
    is_ticked = bool(doubts) and set(_seen(doubts).split(",")) <= set(request.POST.get("not_same", "").split(","))
    return {
        "matches": doubts.matches,
        "is_elsewhere": doubts.is_elsewhere,
        "needs_reason": doubts.needs_reason,
        "seen": _seen(doubts),
        "is_ticked": is_ticked,
        "why": _why(request),
    }


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


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_child", raise_exception=True)
def edit(request, pk):
    child = _child(request, pk)
    form = ChildForm(asking.sent(request), instance=_child(request, pk) if request.method == "POST" else child)
    doubts = pairing.Doubts()
    if request.method == "POST" and form.is_valid():
        if registration.COMPARED_OF_CHILD & form.changes.keys():
            doubts = pairing.doubts_about(form.instance, child.family.guardians.all(), by=request.user)
        if not doubts or _is_answered(request, doubts):
            try:
                registration.correct_child(child, by=request.user, **_answer(request, doubts), **form.changes)
            except ValidationError as error:
                form.take_errors(error)
            else:
                messages.success(request, _("The file is corrected."))
                return redirect(child)
    crumbs = _crumbs((child.name, child.get_absolute_url()), (_("Correct"), ""))
    context = {"form": form, "child": child, "crumbs": crumbs, **_doubts_shown(request, doubts)}
    return asking.answer(request, "beneficiaries/child_edit.html", context, form)


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
    context = {"form": form, "child": child, "crumbs": crumbs}
    return asking.answer(request, "beneficiaries/child_photo_edit.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_child", raise_exception=True)
def status_edit(request, pk):
    """Where the file stands, each choice with what follows from it."""
    child = _child(request, pk)
    is_narrow = child.status in closing.NARROW
    first = {"status": closing.status_before_closing(child)} if is_narrow else {}
    statuses = closing.may_set(request.user, child)
    form = StatusForm(asking.sent(request), statuses=statuses, reason_needed=is_narrow, initial=first)
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
        "choices": [(radio, closing.CONSEQUENCES[radio.data["value"]]) for radio in form["status"]],
        "is_narrow": is_narrow,
        "open_needs": child.needs.filter(closed_on=None).count(),
        "may_bury": not child.is_deceased and request.user.has_perm(closing.PERMISSION),
        "crumbs": _crumbs((child.name, child.get_absolute_url()), (_("Status"), "")),
    }
    return asking.answer(request, "beneficiaries/child_status_edit.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(closing.PERMISSION, raise_exception=True)
def death(request, pk):
    """A child has died: one confirmed act, and everything is silent."""
    child = _child(request, pk)
    if child.is_deceased:
        return redirect(child)
    form = DeathForm(asking.sent(request), child=child)
    if request.method == "POST" and form.is_valid():
        try:
            closing.close_child(child, by=request.user, status=Child.Status.DECEASED, **form.cleaned_data)
        except closing.StatusRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("It is written in the file. Nothing more goes out to the family about it."))
            return redirect(child)
    siblings = child.family.children.exclude(pk=child.pk).order_by("born_on", "pk")
    context = {
        "form": form,
        "child": child,
        "sibling_names": pgettext("between words", ", ").join(sibling.given_name for sibling in siblings),
        "crumbs": _crumbs((child.name, child.get_absolute_url()), (_("A child has died"), "")),
    }
    return asking.answer(request, "beneficiaries/child_death.html", context, form)


def _child(request, pk) -> Child:
    return get_object_or_404(Child.objects.visible_to(request.user).with_family(), pk=pk)


def _crumbs(*items):
    return [(_("Children"), reverse("beneficiaries:child_list")), *items]
