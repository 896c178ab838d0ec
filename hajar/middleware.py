from django.conf import settings


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
