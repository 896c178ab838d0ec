"""What a phone keeps of Hajar itself: the empty pages, the service worker that shows them, the name on the home screen.

They are the same for everybody and hold nothing of anybody: a phone may keep them, a stranger may read them.
"""

import base64
import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from distributions.forms.deliveries import DeliveryForm
from hajar.templatetags import importmap

LANGUAGES = [code for code, _name in settings.LANGUAGES]
STYLES = ["tokens", "fonts", "base", "layout", "components", "forms", "mobile"]
VENDOR = [
    "vendor/bootstrap/bootstrap.min.css",
    "vendor/bootstrap/bootstrap.rtl.min.css",
    "vendor/bootstrap-icons/bootstrap-icons.min.css",
    "vendor/bootstrap-icons/fonts/bootstrap-icons.woff2",
    "vendor/signature_pad.js",
    "vendor/fonts/plex-arabic-400.woff2",
    "vendor/fonts/plex-arabic-500.woff2",
    "vendor/fonts/plex-arabic-600.woff2",
    "vendor/fonts/plex-latin-400.woff2",
    "vendor/fonts/plex-latin-500.woff2",
    "vendor/fonts/plex-latin-600.woff2",
]
HOLE = "⟨{}⟩"  # the phone puts the stop's own words here


class _AnyChair:
    """Stands for the chair that the phone knows: its label is a hole."""

    label, number = HOLE.format("chair"), 0


class _AnyStop:
    chair = _AnyChair


def _html(language: str) -> str:
    with translation.override(language):
        return render_to_string(
            "mobile/shell.html",
            {
                "is_shell": True,
                "request": _Nobody,
                "LANGUAGE_BIDI": translation.get_language_bidi(),
                "form": DeliveryForm(allocation=_AnyStop, may_photograph=True, auto_id="id_%s"),
                "name": HOLE.format("name"),
                "languages": settings.LANGUAGES,
            },
        )


class _Nobody:
    """The request of a page that is made for nobody."""

    COOKIES: dict[str, str] = {}


@login_not_required
@require_safe
@cache_control(no_cache=True)
def shell(request, language):
    """The empty pages of the field in one language; the phone fills them from what it keeps."""
    if language not in LANGUAGES:
        raise Http404
    response = HttpResponse(_html(language))
    response._csp_update = {"script-src": [importmap.body_hash()]}
    return response


@login_not_required
@require_safe
@cache_control(no_cache=True)
def worker(request):
    """The service worker, with the list of what it keeps and the hash of each file. Its scope is /mobile/."""
    files = [{"url": static(name), "integrity": _integrity(_content(name))} for name in _names()]
    for language in LANGUAGES:
        url = reverse("distributions:mobile_shell", args=[language])
        files.append({"url": url, "integrity": _integrity(_html(language).encode())})
    version = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:16]
    kept = json.dumps({"version": version, "language": settings.LANGUAGE_CODE, "files": files})
    source = _content("mobile/sw.js").decode()
    return HttpResponse(f"const SHELL = {kept};\n{source}", content_type="text/javascript; charset=utf-8")


def _names() -> list[str]:
    modules = [path for name, path in settings.JS_MODULES.items() if path != "mobile/sw.js"]
    return [*VENDOR, *[f"css/{name}.css" for name in STYLES], *modules, "icons/hajar.svg", "icons/hajar-180.png"]


def _content(name: str) -> bytes:
    """A static file as it is served: in production under its hashed name, its addresses rewritten."""
    stored = staticfiles_storage.stored_name(name) if hasattr(staticfiles_storage, "stored_name") else name
    if staticfiles_storage.exists(stored):
        with staticfiles_storage.open(stored) as file:
            return file.read()
    return Path(finders.find(name) or "").read_bytes()


def _integrity(content: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"


@login_not_required
@require_safe
def manifest(request):
    """How the field pages look on a home screen."""
    icons = [("icons/hajar-192.png", "192x192", "any"), ("icons/hajar-512.png", "512x512", "any")]
    icons.append(("icons/hajar-maskable-512.png", "512x512", "maskable"))
    return JsonResponse(
        {
            "id": "/mobile/",
            "name": _("Hajar in the field"),
            "short_name": _("Hajar"),
            "lang": translation.get_language(),
            "dir": "rtl" if translation.get_language_bidi() else "ltr",
            "start_url": reverse("distributions:mobile_round_list"),
            "scope": "/mobile/",
            "display": "standalone",
            "background_color": "#faf7f1",
            "theme_color": "#0a4344",
            "icons": [
                {"src": static(name), "sizes": size, "purpose": purpose, "type": "image/png"}
                for name, size, purpose in icons
            ],
        },
        content_type="application/manifest+json",
    )
