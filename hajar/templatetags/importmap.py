import json

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def importmap(context):
    """The bare names that our ES modules import, with the hashed address of each."""
    imports = {name: static(path) for name, path in settings.JS_MODULES.items()}
    body = json.dumps({"imports": imports}).replace("<", "\\u003c")
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context["request"].csp_nonce,
        mark_safe(body),  # noqa: S308 (names and addresses of our own files; "<" is escaped above)
    )
