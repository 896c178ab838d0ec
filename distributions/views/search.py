"""The search box of those who see no file of a child: chairs by their label, initiatives by their name."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from beneficiaries import searching
from distributions import looking_up

FINDERS = (looking_up.find_chairs, looking_up.find_initiatives)


@require_safe
@never_cache
@permission_required("distributions.view_chair", raise_exception=True)
def index(request):
    """What a storekeeper reads on a chair, typed into one box; a whole label opens its page."""
    sought = searching.understand(request.GET.get("q", ""))
    found = [find(request.user, sought) for find in FINDERS] if sought else []
    groups = [group for group in found if group and group.hits]
    context = {"q": sought.text, "groups": groups, "is_empty": not groups}
    if request.htmx and request.htmx.target == "search-found":
        return render(request, "beneficiaries/_search_suggestions.html", context)
    hits = [hit for group in groups for hit in group.hits]
    if sought.series and len(hits) == 1:
        return redirect(hits[0].url)
    return render(request, "distributions/search.html", context)
