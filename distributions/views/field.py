"""What a phone keeps of Hajar itself: the empty pages, the service worker that shows them, the name on the home screen.

They are the same for everybody and hold nothing of anybody: a phone may keep them, a stranger may read them.
"""

import base64
import hashlib
import json
import re
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
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from distributions.forms.deliveries import DeliveryForm
from hajar.templatetags import importmap

LANGUAGES = [code for code, _name in settings.LANGUAGES]
STYLES = ["tokens", "base", "components", "forms", "phone_icons", "mobile"]
BOOTSTRAP = "vendor/bootstrap/phone{}.css"
DRAWINGS = [
    f"icons/{name}"
    for name in ("hajar.svg", "hajar-180.png", "chevron-down.svg", "chevron-down-light.svg", "check-dark.svg")
]
ENTRANCES = ["hajar/unsaved", "mobile/field"]  # the modules that the shell begins with
LATER = ["mobile/delivery_form", "mobile/scanning", "mobile/photo", "mobile/signature", "signature_pad", "mobile/clock"]
READER = ["vendor/zxing/reader.js", "vendor/zxing/zxing_reader.wasm"]  # reads labels where the browser cannot
WASM = "'wasm-unsafe-eval'"  # the reader of labels is WebAssembly
JAVASCRIPT = "text/javascript; charset=utf-8"
HOLE = "⟨{}⟩"  # the phone puts the stop's own words here


class _AnyChair:
    """Stands for the chair that the phone knows: its label is a hole."""

    label, number = HOLE.format("chair"), 0


class _AnyStop:
    chair = _AnyChair


def shell_html(language: str) -> str:
    with translation.override(language):
        return render_to_string(
            "mobile/shell.html",
            {
                "is_shell": True,
                "shell_modules": _modules(),
                "preloads": [static(settings.JS_MODULES[name]) for name in _modules() if name not in LATER],
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
@gzip_page
@cache_control(no_cache=True)
def shell(request, language):
    """The empty pages of the field in one language; the phone fills them from what it keeps."""
    if language not in LANGUAGES:
        raise Http404
    response = HttpResponse(shell_html(language))
    response._csp_update = {"script-src": [importmap.body_hash(_modules()), WASM]}
    return response


@login_not_required
@require_safe
@gzip_page
@cache_control(no_cache=True)
def worker(request):
    """The service worker, with the list of what it keeps and the hash of each file. Its scope is /mobile/.

    Where keeping rounds on phones is switched off it is another one, which clears up after itself and goes.
    """
    if not settings.PHONES_KEEP_ROUNDS:
        return HttpResponse(_content("mobile/sw_off.js"), content_type=JAVASCRIPT)
    return HttpResponse(f"const SHELL = {json.dumps(contents())};\n{_content('mobile/sw.js').decode()}", JAVASCRIPT)


def contents() -> dict:
    """What a phone keeps of Hajar: what every language needs, what each needs besides, and what may come later."""
    languages = {language: [_entry(_bootstrap(language)), _shell_entry(language)] for language in LANGUAGES}
    kept = {"language": settings.LANGUAGE_CODE, "common": _entries(_names()), "languages": languages}
    kept["later"] = _entries(READER)
    return {"version": _version(kept), "later_version": _version(kept["later"]), **kept}


def _version(kept) -> str:
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:16]


def _bootstrap(language: str) -> str:
    return BOOTSTRAP.format(".rtl" if translation.get_language_info(language)["bidi"] else "")


def _entry(name: str) -> dict:
    return {"url": static(name), "integrity": _integrity(_content(name))}


def _entries(names: list[str]) -> list[dict]:
    return [_entry(name) for name in names]


def _shell_entry(language: str) -> dict:
    url = reverse("distributions:mobile_shell", args=[language])
    return {"url": url, "integrity": _integrity(shell_html(language).encode())}


def _names() -> list[str]:
    modules = [settings.JS_MODULES[name] for name in _modules()]
    styles = [f"css/{name}.css" for name in STYLES]
    return [*styles, *[settings.JS_MODULES[name] for name in ENTRANCES], *modules, *DRAWINGS]


def _modules() -> list[str]:
    """Bare names of the modules that the shell imports, one through the other."""
    found: list[str] = []
    waiting = list(ENTRANCES)
    while waiting:
        name = waiting.pop()
        text = _content(settings.JS_MODULES[name]).decode() if name != "signature_pad" else ""
        for imported in re.findall(r'\b(?:from|import)[ (]"([^"]+)"', text):
            if imported not in found:
                found.append(imported)
                waiting.append(imported)
    return sorted(found)


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
