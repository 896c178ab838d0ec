"""What is written about, but gone when it is to be written: a file merged, a row thrown away."""

import logging
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from beneficiaries.models import Child, Family

logger = logging.getLogger(__name__)
CSRF = "csrfmiddlewaretoken"


class ChangedMeanwhileMiddleware:
    """Answer 409 where what somebody writes about is gone meanwhile, and offer to send the same once more.

    Two people act at once: one merges two files, the other saves a measure of the one that goes. Her act is undone as a
    whole, and what she typed waits on the page, addressed to the file that goes on. A phone sends again by itself.
    """

    API = "/mobile/api/"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        is_a_persons = request.method == "POST" and not request.path.startswith(self.API)
        if not (is_a_persons and isinstance(exception, ObjectDoesNotExist | Http404)):
            return None
        address = _where_it_goes_on(request)
        if isinstance(exception, ObjectDoesNotExist):
            logger.warning("gone when written: %s", request.resolver_match.view_name, exc_info=exception)
        elif not address:
            return None
        typed = [(name, value) for name, values in request.POST.lists() for value in values if name != CSRF]
        page = {"address": address or request.get_full_path(), "typed": typed, "has_files": bool(request.FILES)}
        return render(request, "409.html", page, status=409)


def _where_it_goes_on(request) -> str:
    """The same address for the file into which the named one was merged; "" where it was not."""
    match = request.resolver_match
    key = match.kwargs.get("pk")
    if not isinstance(key, UUID):
        return ""
    for model in (Child, Family):
        gone = model.with_merged.visible_to(request.user).filter(pk=key).exclude(merged_into=None).first()
        if gone:
            return reverse(match.view_name, kwargs=match.kwargs | {"pk": gone.merged_into_id})
    return ""
