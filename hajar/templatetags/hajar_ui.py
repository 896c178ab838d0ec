"""What templates need to dress a page: the navigation, the block components, small filters. No model, no query."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

register = template.Library()

NBSP = "\u00a0"
ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")

# What marks a browser and a system, the tell-tale before the one that everybody also claims to be.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
]


# ── Navigation ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Entry:
    """One line of the navigation: shown to who holds `permission`, lit on pages of `nouns`; `bar` orders the phone."""

    name: str
    word: str | Promise
    icon: str
    permission: str = ""
    nouns: frozenset[str] = field(default_factory=frozenset)
    bar: int = 0


def _nouns(*words: str) -> frozenset[str]:
    return frozenset(words)


STAFF = "staff"  # not a permission: who may enter the administration
NAVIGATION = [
    [
        Entry("home", _("Today"), "sun", bar=1),
        Entry(
            "beneficiaries:child_list",
            _("Children"),
            "people",
            "beneficiaries.view_child",
            _nouns("child", "assessment", "measurement", "healthrecord", "health", "consent", "search", "reminder"),
            bar=3,
        ),
        Entry(
            "beneficiaries:family_list",
            _("Families"),
            "house-heart",
            "beneficiaries.view_family",
            _nouns("family", "guardian"),
        ),
        Entry(
            "beneficiaries:need_list",
            _("Waiting list"),
            "hourglass-split",
            "beneficiaries.view_need",
            _nouns("need"),
            bar=4,
        ),
        Entry(
            "beneficiaries:duplicate_list",
            _("Same child twice?"),
            "intersect",
            "beneficiaries.merge_child",
            _nouns("duplicate", "merge"),
        ),
        Entry(
            "beneficiaries:rightsrequest_list",
            _("Families’ rights"),
            "shield-check",
            "beneficiaries.view_rightsrequest",
            _nouns("rightsrequest", "renewal", "retention"),
        ),
        Entry(
            "beneficiaries:import_list",
            _("Import"),
            "file-earmark-arrow-up",
            "beneficiaries.import_register",
            _nouns("import"),
        ),
    ],
    [
        Entry(
            "distributions:mobile_round_list",
            _("My rounds"),
            "signpost-split",
            "distributions.record_delivery",
            _nouns("mobile"),
            bar=2,
        ),
        Entry(
            "distributions:initiative_list",
            _("Initiatives"),
            "gift",
            "distributions.view_initiative",
            _nouns("initiative", "partner", "allocation", "preparation"),
            bar=5,
        ),
        Entry(
            "distributions:round_list", _("Rounds"), "truck", "distributions.view_round", _nouns("round", "delivery")
        ),
        Entry(
            "distributions:matter_list",
            _("Someone must look"),
            "eye",
            "distributions.view_matter",
            _nouns("matter", "phoneentry", "device"),
        ),
        Entry(
            "distributions:chair_list",
            _("Chairs"),
            "box-seam",
            "distributions.view_chair",
            _nouns("chair", "chairmodel", "workshopchange", "depot", "count", "transfer", "recall", "label", "return"),
        ),
        Entry(
            "distributions:followup_list",
            _("Follow-up"),
            "calendar-heart",
            "distributions.view_followup",
            _nouns("followup", "repair"),
        ),
    ],
    [
        Entry(
            "distributions:report_list", _("Reports"), "bar-chart", "distributions.view_initiative", _nouns("report")
        ),
        Entry("status", pgettext_lazy("page", "Status"), "clipboard-pulse", "backups.view_backup"),
        Entry("admin:index", _("Administration"), "sliders", STAFF),
    ],
]
BAR_LENGTH = 4  # and "More"


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _allowed(entry: Entry, user) -> bool:
    if entry.permission == STAFF:
        return user.is_staff
    return not entry.permission or user.has_perm(entry.permission)


def _is_current(entry: Entry, match) -> bool:
    if match is None:
        return False
    namespace, _colon, _name = entry.name.rpartition(":")
    if match.view_name == entry.name:
        return True
    noun = (match.url_name or "").partition("_")[0]
    return (match.namespace or "") == namespace and noun in entry.nouns


@register.simple_tag(takes_context=True)
def navigation(context) -> dict:
    """Groups of lines for the side navigation and at most four for the phone's bar, as this person may see them.

    A view may pass `nav_counts`, e.g. {"beneficiaries:need_list": 23}, to put a number beside a line.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"groups": [], "bar": []}
    match = getattr(request, "resolver_match", None)
    counts = context.get("nav_counts") or {}
    groups, bar = [], []
    for group in NAVIGATION:
        lines = []
        for entry in group:
            address = _allowed(entry, user) and _address(entry.name)
            if not address:
                continue
            line = {
                "url": address,
                "word": entry.word,
                "icon": entry.icon,
                "is_current": _is_current(entry, match),
                "count": counts.get(entry.name),
            }
            lines.append(line)
            if entry.bar:
                bar.append((entry.bar, line))
        if lines:
            groups.append(lines)
    return {"groups": groups, "bar": [line for _order, line in sorted(bar, key=lambda pair: pair[0])][:BAR_LENGTH]}


@register.simple_tag
def html_lang() -> str:
    """The tag for <html lang>: Arabic is Moroccan Arabic, so that browsers choose its months and digits."""
    language = (get_language() or "fr").split("-")[0]
    return "ar-MA" if language == "ar" else language


# ── Components with a body ──────────────────────────────────────────────────────────────────────────────────


def _render(context, name: str, content: str, **inputs) -> str:
    """Render a component with its inputs, its body and the request's CSRF token, and nothing else of the page."""
    values = {**inputs, "content": content, "csrf_token": context.get("csrf_token")}
    return context.template.engine.get_template(f"components/{name}.html").render(context.new(values))


@register.simple_block_tag(takes_context=True)
def card(context, content, *, title="", icon="", link="", link_word="", level=2, tone="", id=""):
    """{% card title=… icon=… link=… link_word=… %} body {% endcard %}: see components/card.html."""
    return _render(
        context, "card", content, title=title, icon=icon, link=link, link_word=link_word, level=level, tone=tone, id=id
    )


@register.simple_block_tag(takes_context=True)
def table(context, content, *, caption, stacked=True, dense=False):
    """{% table caption=… %} thead and tbody {% endtable %}: see components/table.html."""
    return _render(context, "table", content, caption=caption, stacked=stacked, dense=dense)


@register.simple_block_tag(takes_context=True)
def filters(context, content, *, action="", target="", count=0, clear=""):
    """{% filters action=… target=… %} fields {% endfilters %}: see components/filters.html."""
    return _render(context, "filters", content, action=action, target=target, count=count, clear=clear)


@register.simple_block_tag(takes_context=True)
def confirm(context, content, *, action, verb, question="", tone="primary", icon="", cancel=""):
    """{% confirm action=… verb=… %} fields {% endconfirm %}: see components/confirm.html."""
    return _render(
        context, "confirm", content, action=action, verb=verb, question=question, tone=tone, icon=icon, cancel=cancel
    )


# ── Filters ─────────────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def is_arabic(text) -> bool:
    """Whether the text holds Arabic letters."""
    return bool(ARABIC.search(str(text or "")))


@register.filter
def quoted(words) -> str:
    """What a person wrote, between the marks of the reader's language."""
    return pgettext("what a person wrote", "“%(words)s”") % {"words": words}


@register.filter
def initials(name) -> str:
    """Two letters for a person in Latin script, one in Arabic, where letters would join into a false word."""
    words = [word for word in str(name or "").split() if word[:1].isalpha()]
    if not words:
        return "?"
    if ARABIC.search(words[0]):
        return words[0][:1]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


@register.filter
def phone_groups(number) -> str:
    """+212612345678 as +212 6 12 34 56 78; a number of another country only gets its digits kept together."""
    text = str(number or "").replace(" ", "")
    match = re.fullmatch(r"\+212(\d)(\d\d)(\d\d)(\d\d)(\d\d)", text)
    return NBSP.join(["+212", *match.groups()]) if match else text


@register.filter
def digits(number) -> str:
    """Only the digits, as wa.me wants them: no plus, no space."""
    return "".join(character for character in str(number or "") if character in "0123456789")


@register.filter
def share_of(value, whole) -> int:
    """`value` as a whole number of hundredths of `whole`, kept within 0 and 100; 0 when either is unknown."""
    try:
        value, whole = Decimal(str(value)), Decimal(str(whole))
        return int(max(Decimal(0), min(Decimal(100), (value * 100 / whole).to_integral_value())))
    except (InvalidOperation, ZeroDivisionError):
        return 0


@register.filter
def minus(value, other) -> Decimal | str:
    try:
        return Decimal(str(value)) - Decimal(str(other))
    except InvalidOperation:
        return ""


@register.filter
def dirhams(amount) -> str:
    """1234.5 as "1 234,50 MAD" in French, "1,234.50 MAD" in English, the Arabic likewise; cents only when some."""
    try:
        amount = Decimal(str(amount))
    except InvalidOperation:
        return ""
    if not amount.is_finite():
        return ""
    places = 0 if amount == amount.to_integral_value() else 2
    english = (get_language() or "fr").startswith("en")
    figure = f"{amount:,.{places}f}"
    if not english:
        figure = figure.replace(",", NBSP).replace(".", ",")
    unit = pgettext("currency", "MAD")  # not inside the f-string: the extractor does not read those
    return f"{figure}{NBSP}{unit}"


@register.filter
def day(value) -> str:
    """A date as people read it, in a <time> that machines read; a moment is given in local time with its hour."""
    if not value:
        return ""
    if hasattr(value, "hour"):
        if timezone.is_aware(value):
            value = timezone.localtime(value)
        parts = (formats.date_format(value, "DATE_FORMAT"), formats.date_format(value, "TIME_FORMAT"))
        shown = pgettext("between words", ", ").join(parts)
    else:
        shown = formats.date_format(value, "DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def browser_name(user_agent) -> str:
    """ "Firefox · Windows" out of what a browser says of itself; the first words of it when it is none we know."""
    text = str(user_agent or "")
    browser = next((name for mark, name in BROWSERS if mark in text), "")
    system = next((name for mark, name in SYSTEMS if mark in text), "")
    return " · ".join(part for part in (browser, system) if part) or text[:40] or "?"
