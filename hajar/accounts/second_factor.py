"""Administrators and coordinators see health data and the administration only behind a second factor."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

# What must stay in reach while someone sets up the second factor.
OPEN_PATHS = ("/accounts/", "/i18n/", "/static/", "/healthz")


class SecondFactorMiddleware:
    """Lead a person whose role needs a second factor, and who has none, to the page that sets one up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if is_missing(request):
            messages.info(request, _("Your role needs a second factor. Set one up to go on."))
            return redirect(reverse("mfa_index"))
        return self.get_response(request)


def is_missing(request) -> bool:
    user = request.user
    if settings.HAJAR_DEMO or not user.is_authenticated or request.path.startswith(OPEN_PATHS):
        return False
    return user.needs_second_factor and not is_mfa_enabled(user)
