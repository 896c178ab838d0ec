from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout


class NoStoreMiddleware:
    """Keep what a signed-in person saw out of every cache: a shared phone's back button shows nobody's file.

    It goes by the session's cookie, not by `request.user`, and so asks the database nothing.
    Static files are answered before they come here.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies:
            response.headers["Cache-Control"] = "no-store"
        return response


class SharedPhoneMiddleware:
    """Let a phone that passes from hand to hand know whose session it has, also without a network.

    The pages below /mobile/ keep a round on the phone for the person that the owner's cookie names, and forget it when
    the cookie is gone or names another. Who signs out without a network leaves a note, which the next request obeys.
    """

    OWNER, SIGNED_OUT = "hajar_owner", "hajar_signed_out"
    PHONE = "/mobile/"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        left = self.SIGNED_OUT in request.COOKIES
        if left:
            logout(request)
        owner = request.COOKIES.get(self.OWNER)
        before = request.session.get(SESSION_KEY) if owner else None
        response = self.get_response(request)
        if left:
            response.delete_cookie(self.SIGNED_OUT, samesite="Lax")
        if not owner and not request.path.startswith(self.PHONE):
            return response
        now = request.session.get(SESSION_KEY)
        if now and now != owner and request.path.startswith(self.PHONE):
            response.set_cookie(
                self.OWNER,
                now,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        # A session that merely ran out leaves the round where it is: she may be on a mountain.
        elif owner and (left or (before and before != now) or (now and now != owner)):
            response.delete_cookie(self.OWNER, samesite="Lax")
        return response
