from django.contrib.auth.decorators import permission_required
from django.db.models import prefetch_related_objects
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from beneficiaries import searching
from beneficiaries.models import Child, Guardian
from beneficiaries.views.stories import OPEN_NEEDS

SHOWN = 20


@require_safe
@permission_required("beneficiaries.view_child", raise_exception=True)
def index(request):
    """Whatever a person remembers, typed into one box: children, families by their adults, chairs by their label."""
    sought = searching.understand(request.GET.get("q", ""))
    children, guardians, families = [], [], []
    if sought:
        children = searching.find_children(Child.objects.visible_to(request.user).with_family(), sought)
        if sought.series == "HJ" and children:
            return redirect(children[0])
        if sought.series == "FA":
            families = searching.find_families(request.user, sought)
            if families:
                return redirect(families[0])
        adults = Guardian.objects.visible_to(request.user).select_related("family__province__region")
        guardians = searching.find_guardians(adults, sought)
        prefetch_related_objects(children[:SHOWN], OPEN_NEEDS)
    context = {
        "q": sought.text,
        "children": children[:SHOWN],
        "children_more": len(children) > SHOWN,
        "guardians": guardians[:SHOWN],
        "chairs_url": _chairs_url(request.user, sought),
    }
    return render(request, "beneficiaries/search.html", context)


def _chairs_url(user, sought) -> str:
    """Where to look for a chair by its label; the stock belongs to the rooms above and is only pointed at."""
    if sought.series != "CH" or not user.has_perm("distributions.view_chair"):
        return ""
    try:
        return f"{reverse('distributions:chair_list')}?{urlencode({'q': f'CH-{sought.number:04d}'})}"
    except NoReverseMatch:
        return ""
