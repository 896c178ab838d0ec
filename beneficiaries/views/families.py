from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import exporting, guarding, moving, recognising, registration, searching
from beneficiaries.forms.families import FamilyForm, GuardianForm, MoveForm
from beneficiaries.forms.filters import FamilyFilterForm
from beneficiaries.models import Child, Family, Guardian
from beneficiaries.models.standing import merged_into
from beneficiaries.views import exports, lists
from beneficiaries.views.stories import OPEN_NEEDS
from hajar.journal.models import Entry
from hajar.lib import asking, listing

PEOPLE = (
    Prefetch("guardians", Guardian.objects.current().to_call_first()),
    Prefetch("children", Child.objects.order_by("born_on", "pk")),
)
TIMELINE = 20
MOVED_LATELY = timedelta(days=60)


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
    """A family's file; the address of one that was merged leads to the one that goes on."""
    if not Family.objects.filter(pk=pk).exists():
        ended = get_object_or_404(Family.with_merged.filter(merged_into__isnull=False), pk=pk)
        return redirect(_family(request, ended.merged_into_id))
    family = _family(request, pk)
    guardians = list(family.guardians.representing_first())
    children = list(family.children.prefetch_related(OPEN_NEEDS).order_by("born_on", "pk"))
    homes = moving.homes(family)
    merged = Child.with_merged.filter(merged_into([child.pk for child in children])).values_list("pk", flat=True)
    ended = Family.with_merged.filter(merged_into([family.pk])).values_list("pk", flat=True)
    files = [family.pk, *ended, *(child.pk for child in children), *merged]
    entries = Entry.objects.filter(subject_id__in=files).exclude(act__startswith="health_record.")
    context = {
        "family": family,
        "title": title_of([*children, *guardians]),
        "guardians": [guardian for guardian in guardians if guardian.is_current],
        "former_guardians": [guardian for guardian in guardians if not guardian.is_current],
        "children": children,
        "homes": homes,
        "to_plan_again": moving.to_plan_again(family, family.province) if _is_fresh(homes) else [],
        "asks_again": _asks_again(family, children, guardians),
        "timeline": list(entries.select_related("actor").latest_first()[:TIMELINE]),
        "names": {child.pk: child.name for child in children},
        "crumbs": _crumbs((family.reference, "")),
    }
    return render(request, "beneficiaries/family_detail.html", context)


def _is_fresh(homes: list[moving.Home]) -> bool:
    """Whether the family moved so lately that somebody may still have to plan again."""
    return bool(homes) and homes[0].until > timezone.localdate() - MOVED_LATELY


def _asks_again(family: Family, children: list[Child], guardians: list[Guardian]) -> int:
    """How many consents of guardians who no longer answer are to be asked again for the children we follow."""
    if all(guardian.is_current for guardian in guardians):
        return 0
    followed = [child for child in children if child.is_followed]
    return guarding.consents_to_ask_again().filter(child__in=followed).count()


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
    form, guardian = _new_family(request)
    doubts = recognising.Doubts()
    if request.method == "POST" and all([form.is_valid(), guardian.is_valid()]):
        doubts = _doubts_about(request, form, guardian)
        if doubts.keys <= _seen(request):
            try:
                family = registration.register_family(
                    by=request.user,
                    guardians=[guardian.cleaned_data],
                    not_the_same=doubts.keys,
                    **form.cleaned_data,
                )
            except ValidationError as error:
                form.take_errors(error)
            else:
                _doubt_phone(request, guardian)
                messages.success(request, _("The family is registered. Now its first child."))
                return redirect(f"{reverse('beneficiaries:child_create')}?family={family.pk}")
    context = {"form": form, "guardian": guardian, "doubts": doubts, "crumbs": _crumbs((_("New family"), ""))}
    return asking.answer(request, "beneficiaries/family_create.html", context, form, guardian)


@require_POST
@permission_required(["beneficiaries.add_family", "beneficiaries.add_guardian"], raise_exception=True)
def matches(request):
    """Families who may be the one being written down, as the form stands. Asked at every change; saves nothing."""
    form, guardian = _new_family(request)
    for part in (form, guardian):
        part.is_valid()  # what can be read so far is compared, the rest is still being written
    context = {"doubts": _doubts_about(request, form, guardian)}
    return render(request, "beneficiaries/_family_matches.html", context)


def _new_family(request) -> tuple[FamilyForm, GuardianForm]:
    sent = asking.sent(request)
    return FamilyForm(sent, user=request.user), GuardianForm(sent, prefix="guardian", is_only_one=True)


def _doubts_about(request, form: FamilyForm, guardian: GuardianForm) -> recognising.Doubts:
    family = Family(**{name: form.cleaned_data[name] for name in ("province", "commune") if name in form.cleaned_data})
    said = registration.COMPARED_OF_GUARDIAN & guardian.cleaned_data.keys()
    adult = Guardian(**{name: guardian.cleaned_data[name] for name in said})
    return recognising.doubts_about(family, [adult], by=request.user)


def _seen(request) -> set[str]:
    """The families that the page had shown when it was sent: who goes on has looked."""
    return set(request.POST.get("seen", "").split(","))


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
    context = {"form": form, "family": family, "crumbs": crumbs}
    return asking.answer(request, "beneficiaries/family_edit.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_family", raise_exception=True)
def move(request, pk):
    """The family moves: first where to, then what follows from it, then the move itself."""
    family = _family(request, pk)
    first = {"language": family.language, "also_followed_by": family.also_followed_by_id}
    form = MoveForm(asking.sent(request), initial=first)
    to_plan_again, is_asked = [], False
    if request.method == "POST" and form.is_valid():
        province = form.cleaned_data["province"]
        to_plan_again, is_asked = moving.to_plan_again(family, province), True
        if request.POST.get("told") == str(province.pk):
            try:
                moved = moving.move_family(family, by=request.user, **form.cleaned_data)
            except moving.MoveRefused as refusal:
                form.add_error(None, refusal.message)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return _after_the_move(request, moved)
    context = {
        "form": form,
        "family": family,
        "is_asked": is_asked and not form.errors,
        "work": moving.open_work(family),
        "to_plan_again": to_plan_again,
        "crumbs": _crumbs((family.reference, family.get_absolute_url()), (_("The family moves"), "")),
    }
    return asking.answer(request, "beneficiaries/family_move.html", context, form)


def _after_the_move(request, family):
    """Back to the family; where the mover no longer sees it, to the families she does."""
    messages.success(
        request,
        _("The move is written. The staff of %(place)s follow the family from now on.")
        % {"place": family.province.region},
    )
    is_seen = Family.objects.visible_to(request.user).filter(pk=family.pk).exists()
    return redirect(family if is_seen else "beneficiaries:family_list")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.add_guardian", raise_exception=True)
def guardian_create(request, pk):
    family = _family(request, pk)
    form = GuardianForm(asking.sent(request), is_only_one=not family.guardians.current().exists())
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
    context = {"form": form, "family": family, "crumbs": crumbs}
    return asking.answer(request, "beneficiaries/guardian_form.html", context, form)


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
    return asking.answer(request, "beneficiaries/guardian_form.html", context, form)


def _doubt_phone(request, form) -> None:
    if form.has_doubtful_phone:
        messages.warning(
            request, _("The phone number is kept, but it belongs to no known range: check it with the family.")
        )


def _family(request, pk) -> Family:
    return get_object_or_404(Family.objects.visible_to(request.user).select_related("province__region"), pk=pk)


def _crumbs(*items):
    return [(_("Families"), reverse("beneficiaries:family_list")), *items]
