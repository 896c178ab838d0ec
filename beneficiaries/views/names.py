from django.contrib.auth.decorators import permission_required
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from beneficiaries import naming


@require_POST
@permission_required("beneficiaries.change_child", raise_exception=True)
def suggest(request):
    """How a typed name is probably written in the other script; a POST, so that no name stands in an address."""
    return JsonResponse({"names": naming.suggest(request.POST.get("text", "")[:200])})
