import base64
import hashlib
import json

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()


def body(names=None) -> str:
    """The bare names that our ES modules import, with the hashed address of each, as JSON; `names`: only these."""
    imports = {name: static(settings.JS_MODULES[name]) for name in names or settings.JS_MODULES}
    return json.dumps({"imports": imports}).replace("<", "\\u003c")


def body_hash(names=None) -> str:
    """What a policy says to allow exactly this map, on a page that is kept and so can have no nonce."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(body(names).encode()).digest()).decode()}'"


@register.simple_tag(takes_context=True)
def importmap(context):
    """The map as a script. A page that is the same for everybody names its hash instead of a nonce, and its modules."""
    if names := context.get("shell_modules"):
        return format_html('<script type="importmap">{}</script>', mark_safe(body(names)))  # noqa: S308 (see below)
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context["request"].csp_nonce,
        mark_safe(body()),  # noqa: S308 (names and addresses of our own files; "<" is escaped above)
    )
