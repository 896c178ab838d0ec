from allauth.account.adapter import DefaultAccountAdapter
from django.utils import translation


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given by an administrator: nobody signs herself up."""

    def is_open_for_signup(self, request):
        return False

    def populate_username(self, request, user):
        """People sign in by e-mail and have no user name."""

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        from django.conf import settings

        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and translation.check_for_language(user.language):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                max_age=365 * 24 * 3600,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response
