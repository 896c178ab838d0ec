from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beneficiaries import exporting, registration, searching
from beneficiaries.forms.families import FamilyForm, GuardianForm
from beneficiaries.forms.filters import FamilyFilterForm
from beneficiaries.models import Child, Family, Guardian
from beneficiaries.views import exports, lists
from hajar.journal.models import Entry
from hajar.lib import asking, listing

PEOPLE = (
    Prefetch("guardians", Guardian.objects.to_call_first()),
    Prefetch("children", Child.objects.order_by("born_on", "pk")),
)
TIMELINE = 20


@require_safe
@permission_required("beneficiaries.view_family", raise_exception=True)
def index(request):
    """The families of one's regions."""
    form = FamilyFilterForm(request.GET, user=request.user)
    if form.value("q"):
        found = searching.find_families(request.user, searching.understand(form.value("q")))
        within = set(form.apply(Family.objects.filter(pk__in=[row.pk for row in found])).values_list("pk", flat=True))
        rows = [row for row in found if row.pk in within]
        page = {"rows": rows, "count": len(rows), "is_search": True, "is_cut": len(rows) >= searching.COMPARED}
    else:
        families = form.apply(Family.objects.visible_to(request.user)).select_related("province__region")
        page = lists.paged(request, families, form)
    prefetch_related_objects(page["rows"], *PEOPLE)
    context = {"form": form, "q": form.value("q"), **page}
    return listing.answer(request, "beneficiaries/family_list.html", "beneficiaries/_family_rows.html", context)


def narrowed(request):
    """The families as the address narrows them, to be taken out."""
    form = FamilyFilterForm(request.GET, user=request.user)
    families = form.apply(Family.objects.visible_to(request.user))
    if form.value("q"):
        found = searching.find_families(request.user, searching.understand(form.value("q")))
        families = families.filter(pk__in=[row.pk for row in found])
    rows = exporting.with_people(families).order_by(*form.ORDERS[form.order])
    return rows, exports.filters_in(form)


export = exports.page_for(exporting.FAMILIES, narrowed, back="beneficiaries:family_list")


@require_safe
@permission_required("beneficiaries.view_family", raise_exception=True)
def detail(request, pk):
    family = _family(request, pk)
    guardians = list(family.guardians.to_call_first())
    children = list(family.children.order_by("born_on", "pk"))
    files = [family.pk, *(child.pk for child in children)]
    entries = Entry.objects.filter(subject_id__in=files).exclude(act__startswith="health_record.")
    context = {
        "family": family,
        "title": title_of([*children, *guardians]),
        "guardians": guardians,
        "children": children,
        "timeline": list(entries.select_related("actor").latest_first()[:TIMELINE]),
        "names": {child.pk: child.name for child in children},
        "crumbs": _crumbs((family.reference, "")),
    }
    return render(request, "beneficiaries/family_detail.html", context)


def title_of(people) -> str:
    """The family's name as its people bear it, in the reader's script where one of them has it."""
    for person in people:
        if name := person._prefer(person.family_name_latin, person.family_name_arabic):
            return name
    return people[0].name if people else ""


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["beneficiaries.add_family", "beneficiaries.add_guardian"], raise_exception=True)
def create(request):
    """A family and the adult who answers for its children, in one step; the first child comes next."""
    form = FamilyForm(asking.sent(request), user=request.user)
    guardian = GuardianForm(asking.sent(request), prefix="guardian", is_only_one=True)
    if request.method == "POST" and form.is_valid() and guardian.is_valid():
        try:
            family = registration.register_family(
                by=request.user, guardians=[guardian.cleaned_data], **form.cleaned_data
            )
        except ValidationError as error:
            form.take_errors(error)
        else:
            _doubt_phone(request, guardian)
            messages.success(request, _("The family is registered. Now its first child."))
            return redirect(f"{reverse('beneficiaries:child_create')}?family={family.pk}")
    context = {"form": form, "guardian": guardian, "crumbs": _crumbs((_("New family"), ""))}
    return render(request, "beneficiaries/family_create.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_family", raise_exception=True)
def edit(request, pk):
    family = _family(request, pk)
    form = FamilyForm(asking.sent(request), instance=_family(request, pk), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            registration.correct_family(family, by=request.user, **form.changes)
        except ValidationError as error:
            form.take_errors(error)
        else:
            messages.success(request, _("The file is corrected."))
            return redirect(family)
    crumbs = _crumbs((family.reference, family.get_absolute_url()), (_("Correct"), ""))
    return render(request, "beneficiaries/family_edit.html", {"form": form, "family": family, "crumbs": crumbs})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.add_guardian", raise_exception=True)
def guardian_create(request, pk):
    family = _family(request, pk)
    form = GuardianForm(asking.sent(request), is_only_one=not family.guardians.exists())
    if request.method == "POST" and form.is_valid():
        try:
            registration.add_guardian(family=family, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.take_errors(error)
        else:
            _doubt_phone(request, form)
            messages.success(request, _("The guardian is added."))
            return redirect(family)
    crumbs = _crumbs((family.reference, family.get_absolute_url()), (_("New guardian"), ""))
    return render(request, "beneficiaries/guardian_form.html", {"form": form, "family": family, "crumbs": crumbs})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_guardian", raise_exception=True)
def guardian_edit(request, pk):
    guardians = Guardian.objects.visible_to(request.user).select_related("family__province__region")
    guardian = get_object_or_404(guardians, pk=pk)
    form = GuardianForm(asking.sent(request), instance=get_object_or_404(guardians, pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            registration.correct_guardian(guardian, by=request.user, **form.changes)
        except ValidationError as error:
            form.take_errors(error)
        else:
            _doubt_phone(request, form)
            messages.success(request, _("The file is corrected."))
            return redirect(guardian.family)
    family = guardian.family
    crumbs = _crumbs((family.reference, family.get_absolute_url()), (guardian.name, ""))
    context = {"form": form, "family": family, "guardian": guardian, "crumbs": crumbs}
    return render(request, "beneficiaries/guardian_form.html", context)


def _doubt_phone(request, form) -> None:
    if form.has_doubtful_phone:
        messages.warning(
            request, _("The phone number is kept, but it belongs to no known range: check it with the family.")
        )


def _family(request, pk) -> Family:
    return get_object_or_404(Family.objects.visible_to(request.user).select_related("province__region"), pk=pk)


def _crumbs(*items):
    return [(_("Families"), reverse("beneficiaries:family_list")), *items]
