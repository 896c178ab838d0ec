from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import matching, merging, pairing, searching, unmerging
from beneficiaries.forms.duplicates import FIRST, ApartForm, DuplicateFilterForm, MergeForm, OtherFileForm, TakeBackForm
from beneficiaries.models import Child, DuplicatePair, Merge
from beneficiaries.views import comparing, lists
from hajar.lib import asking, listing

MAY = "beneficiaries.merge_child"
WHO = ("decided_by", "opened_by", "found_by")
FOUND = 20  # files offered at once


@require_safe
@permission_required(MAY, raise_exception=True)
def index(request):
    """The files that may be of one child, the likeliest first."""
    form = DuplicateFilterForm(request.GET, user=request.user)
    pairs = form.apply(DuplicatePair.objects.visible_to(request.user))
    page = lists.paged(request, pairs.with_children().select_related(*WHO), form)
    for pair in page["rows"]:
        pair.sentences = [str(matching.REASONS[reason]) for reason in pair.reasons if reason in matching.REASONS]
    context = {"form": form, **page}
    return listing.answer(request, "beneficiaries/duplicate_list.html", "beneficiaries/_duplicate_rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
def create(request, pk):
    """Name the other file of a child, by its number or by the search, and see both side by side."""
    children = Child.objects.visible_to(request.user).with_family()
    child = get_object_or_404(children, pk=pk)
    form = OtherFileForm(asking.sent(request), among=children)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(pairing.name_pair(child, form.cleaned_data["other"], by=request.user))
        except pairing.PairRefused as refusal:
            form.add_error("other", refusal.message)
    sought = searching.understand(request.GET.get("q", ""))
    found = searching.find_children(children, sought, limit=FOUND + 1) if sought else []
    others = [other for other in found if other != child]
    context = {
        "child": child,
        "q": sought.text,
        "others": comparing.with_pairs(child, others[:FOUND], request.user),
        "are_more": len(others) > FOUND,
        "is_itself": bool(found) and not others,
        "form": form,
        "crumbs": [
            (_("Children"), reverse("beneficiaries:child_list")),
            (child.name, child.get_absolute_url()),
            (_("The other file"), ""),
        ],
    }
    return asking.answer(request, "beneficiaries/duplicate_create.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
def detail(request, pk):
    """Two files side by side. To send the form makes one file of them."""
    pair = _pair(request, pk)
    if pair.state == DuplicatePair.State.MERGED:
        merge = (
            Merge.objects.standing()
            .filter(kept__in=[pair.first_id, pair.second_id])
            .filter(gone__in=[pair.first_id, pair.second_id])
        )
        return redirect(merge.first() or "beneficiaries:duplicate_list")
    two = comparing.compare(pair, request.user)
    form = MergeForm(asking.sent(request), groups=two.groups, asks_health=two.both_have_health, goes_on=two.proposed)
    if request.method == "POST" and form.is_valid():
        sides = [pair.first, pair.second] if form.cleaned_data["goes_on"] == FIRST else [pair.second, pair.first]
        try:
            merge = merging.merge_children(
                *sides, by=request.user, choices=form.choices, confirmed=True, health=form.health
            )
        except merging.MergeRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            words = _("%(gone)s is now part of %(kept)s. You can take this back.")
            messages.success(request, words % {"gone": sides[1].reference, "kept": sides[0].reference})
            return redirect(merge)
    return _show(request, two, form, ApartForm())


@require_POST
@permission_required(MAY, raise_exception=True)
def apart(request, pk):
    """Say that they are two children, and go on to the next pair."""
    pair = _pair(request, pk)
    form = ApartForm(request.POST)
    if form.is_valid():
        try:
            pairing.keep_apart(pair, by=request.user, note=form.cleaned_data["note"])
        except pairing.PairRefused as refusal:
            form.add_error("note", refusal.message)
        else:
            messages.success(request, _("Remembered: these are two children."))
            return redirect(_beside(request, pair, forward=True) or "beneficiaries:duplicate_list")
    two = comparing.compare(pair, request.user)
    merge_form = MergeForm(groups=two.groups, asks_health=two.both_have_health, goes_on=two.proposed)
    return _show(request, two, merge_form, form)


@require_POST
@permission_required(MAY, raise_exception=True)
def again(request, pk):
    """Put two files that were said to be of two children back into the queue."""
    pair = _pair(request, pk)
    try:
        pairing.look_again(pair, by=request.user)
    except pairing.PairRefused as refusal:
        messages.warning(request, refusal.message)
    return redirect(pair)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY, raise_exception=True)
def merge_detail(request, pk):
    """What a merge made of two files, and the way back."""
    merge = get_object_or_404(Merge.objects.visible_to(request.user).with_children(), pk=pk)
    form = TakeBackForm(asking.sent(request))
    against = []
    if request.method == "POST" and form.is_valid():
        try:
            undone = unmerging.take_back(merge, by=request.user, reason=form.cleaned_data["reason"])
        except unmerging.CannotBeTakenBack as refusal:
            form.add_error(None, refusal.message)
            against = refusal.obstacles
        except merging.MergeRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(
                request, _("Both files are there again, as they were. What came later stays with the first.")
            )
            for words in undone.left:
                messages.warning(request, words)
            return redirect(merge)
    moved = len({(line["model"], line.get("pk")) for line in merge.moved})
    context = {
        "merge": merge,
        "form": form,
        "against": against,
        "moved_words": ngettext("%(n)d row changed", "%(n)d rows changed", moved) % {"n": moved},
        "crumbs": _crumbs((_("Merge"), "")),
    }
    return asking.answer(request, "beneficiaries/merge_detail.html", context, form)


def _show(request, two, form, apart_form):
    context = {
        "pair": two.pair,
        "two": two,
        "form": form,
        "lines": two.lines(form),
        "health_line": two.health_line(form) if two.both_have_health else None,
        "apart_form": apart_form,
        "next_url": _beside(request, two.pair, forward=True),
        "previous_url": _beside(request, two.pair, forward=False),
        "crumbs": _crumbs((_("Compare"), "")),
    }
    return asking.answer(request, "beneficiaries/duplicate_detail.html", context, form, apart_form)


def _beside(request, pair: DuplicatePair, *, forward: bool) -> str:
    """The address of the open pair after this one in the queue, or before it; "" where there is none."""
    further = "lt" if forward else "gt"
    beyond = (
        Q(**{f"band__{further}": pair.band})
        | Q(**{f"score__{further}": pair.score}, band=pair.band)
        | Q(**{"pk__gt" if forward else "pk__lt": pair.pk}, band=pair.band, score=pair.score)
    )
    order = (
        DuplicatePair.ORDER if forward else [name[1:] if name[0] == "-" else f"-{name}" for name in DuplicatePair.ORDER]
    )
    other = DuplicatePair.objects.visible_to(request.user).open().filter(beyond).order_by(*order).first()
    return other.get_absolute_url() if other else ""


def _pair(request, pk) -> DuplicatePair:
    pairs = DuplicatePair.objects.visible_to(request.user).with_children().select_related(*WHO)
    return get_object_or_404(pairs, pk=pk)


def _crumbs(*items):
    return [(_("Same child twice?"), reverse("beneficiaries:duplicate_list")), *items]
