"""The search box of every page: as a page, and as suggestions while one types."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import prefetch_related_objects
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beneficiaries import finding, searching
from beneficiaries.models import Child, Guardian, Region
from beneficiaries.searching import Why
from beneficiaries.views.stories import OPEN_NEEDS

SHOWN, SUGGESTED = 20, 5
SHORTEST = 2  # characters below which nothing is suggested
ANSWER = "asked_elsewhere"  # in the session: what was asked last, and the regions that answered

WHY = {
    Why.PHONE: _("this phone number is in the family’s file"),
    Why.IDENTITY: _("this national identity number is in the family’s file"),
    Why.SPELLING: _("another spelling of the name"),
    Why.SCRIPT: _("written in the other script"),
    Why.ALIAS: _("also called so"),
    Why.BEGINNING: _("the name begins so"),
    Why.SLIP: _("nearly this name"),
    Why.PART: _("a part of the name"),
}


@require_safe
@never_cache
@permission_required("beneficiaries.view_child", raise_exception=True)
def index(request):
    """Whatever a person remembers, typed into one box: children, families by their adults, chairs, places."""
    sought = searching.understand(request.GET.get("q", ""))
    suggests = request.htmx and request.htmx.target == "search-found"
    shown = SUGGESTED if suggests else SHOWN
    if suggests and len(sought.text) < SHORTEST:
        sought = searching.Sought()
    found = _found(request.user, sought, shown)
    if suggests:
        return render(request, "beneficiaries/_search_suggestions.html", found)
    if sought.series and not found["guardians"] and (only := _only(found)):
        return redirect(only)
    prefetch_related_objects(found["children"], OPEN_NEEDS)
    answer = request.session.get(ANSWER) or {}
    asked = answer.get("q") == sought.text and bool(sought)
    regions = Region.objects.filter(pk__in=answer["regions"]).order_by("iso") if asked and answer["regions"] else []
    context = {
        **found,
        "is_asked": asked,
        "elsewhere": finding.contacts_of(list(regions)) if regions else [],
        "may_ask": not asked and finding.may_ask(request.user, sought),
    }
    return render(request, "beneficiaries/search.html", context)


@require_POST
@permission_required("beneficiaries.view_child", raise_exception=True)
def elsewhere(request):
    """Ask whether another region follows whom this names; the answer is shown once more when the page is read again."""
    sought = searching.understand(request.POST.get("q", ""))
    try:
        regions = finding.ask_elsewhere(sought, by=request.user)
    except finding.TooManyQuestions as refusal:
        messages.error(request, refusal.message)
    else:
        request.session[ANSWER] = {"q": sought.text, "regions": [region.pk for region in regions]}
    return redirect(f"{reverse('beneficiaries:search')}?{urlencode({'q': sought.text})}")


def _found(user, sought, shown):
    """What this user may see of what is meant, and why each was found."""
    children, guardians, families = [], [], []
    if sought:
        visible = Child.objects.visible_to(user).with_family()
        adults = Guardian.objects.visible_to(user).select_related("family__province__region")
        guardians = finding.find_holders(user, sought)
        if not guardians:  # a whole number means its holder, not somebody whose name sounds like its letters
            children, guardians = searching.find_people(visible, adults, sought, shown + 1)
        if sought.series == "FA":
            families = searching.find_families(user, sought)
    for person in [*children[:shown], *guardians[:shown]]:
        person.found_because = WHY.get(getattr(person, "why", None), "")
    groups = searching.found_elsewhere_in_the_house(user, sought)
    return {
        "q": sought.text,
        "children": children[:shown],
        "children_more": len(children) > shown,
        "guardians": guardians[:shown],
        "families": families,
        "groups": groups,
        "is_empty": not (children or guardians or families or groups),
    }


def _only(found) -> str:
    """A reference names one file or one chair: its page."""
    pages = [row.get_absolute_url() for row in [*found["children"], *found["families"]]]
    pages += [hit.url for group in found["groups"] for hit in group.hits]
    return pages[0] if len(pages) == 1 else ""
