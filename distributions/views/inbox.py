"""What phones left for people: entries that someone must look at, and the phones themselves."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from beneficiaries.models import Guardian
from distributions import phoning
from distributions.forms.deliveries import SettleForm
from distributions.models import Delivery, Device, PhoneEntry
from hajar.lib import listing, paging
from hajar.lib.refusals import Refusal

KEYS = {"proof", "allocation", "round", "is_healthy"}  # what machines tell each other


def _tabs(current: str) -> list[dict]:
    pages = [
        ("inbox", _("Someone must look"), reverse("distributions:phoneentry_list")),
        ("phones", _("Phones"), reverse("distributions:device_list")),
    ]
    return [{"word": word, "url": url, "current": name == current} for name, word, url in pages]


@require_safe
@permission_required("distributions.view_phoneentry", raise_exception=True)
def list_entries(request):
    """Entries that wait for a person; then, on demand, those that somebody looked at."""
    rows = PhoneEntry.objects.visible_to(request.user).select_related("author", "province", "delivery", "handled_by")
    is_done = request.GET.get("show") == "done"
    rows = rows.exclude(handled_at=None) if is_done else rows.waiting()
    page = paging.page(rows, order=("-received_at", "pk"), token=request.GET.get("page"))
    waiting = ngettext("%(n)s entry waits", "%(n)s entries wait", page.count)
    done = ngettext("%(n)s entry looked at", "%(n)s entries looked at", page.count)
    context = {
        "entries": page.rows,
        "is_done": is_done,
        "words": listing.found(page, done if is_done else waiting),
        "tabs": _tabs("inbox"),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/phoneentry_list.html", "distributions/_phoneentry_rows.html", context)


def _entry(request, pk) -> PhoneEntry:
    rows = PhoneEntry.objects.visible_to(request.user).select_related(
        "author", "province", "device", "delivery", "handled_by", "contests"
    )
    return get_object_or_404(rows, pk=pk)


def _page(request, entry: PhoneEntry, form: SettleForm, status: int = 200):
    context = {"entry": entry, "said": _said(entry), "form": form, "history": entry.history()[:20]}
    return render(request, "distributions/phoneentry_detail.html", context, status=status)


def _said(entry: PhoneEntry) -> list[tuple[str, str]]:
    """What the phone said, line by line in the reader's language; a newer phone's words as they came."""
    try:
        data = json.loads(entry.said)["data"].items()
    except (ValueError, KeyError, TypeError, AttributeError):
        return [("", entry.said[:2000])]
    labels = {field.name: str(field.verbose_name) for field in Delivery._meta.concrete_fields} | {
        "what": _("What was seen"),
        "chair": _("Chair"),
        "spare": _("Chair given instead"),
        "checks": _("Fitting and training"),
    }
    return [
        (labels.get(name, str(name)), _in_words(name, value))
        for name, value in data
        if value not in ("", {}, None) and name not in KEYS
    ]


def _in_words(name: str, value) -> str:
    match name, value:
        case "outcome", str():
            return str(dict(Delivery.Outcome.choices).get(value, value))
        case "receiver_relation", str():
            return str(dict(Guardian.Relation.choices).get(value, value))
        case "chair", str():
            return _label(value)
        case "spare", {"chair": str(chair), "reason": str(reason)}:
            return f"{_label(chair)} · {reason}"
        case "checks", dict():
            questions, answers = dict(Delivery.questions()), dict(Delivery.Check.choices)
            said = (f"{questions.get(name, name)}: {answers.get(answer, answer)}" for name, answer in value.items())
            return pgettext("between words", ", ").join(said)
    return str(value)


def _label(number: str) -> str:
    return f"CH-{number.zfill(4)}"


@require_safe
@permission_required("distributions.view_phoneentry", raise_exception=True)
def entry_detail(request, pk):
    """One entry: why someone must look, what the phone said, what became of it."""
    return _page(request, _entry(request, pk), SettleForm())


@require_POST
@permission_required(["distributions.view_phoneentry", "distributions.change_phoneentry"], raise_exception=True)
def handle_entry(request, pk):
    """Tick an entry as handled, with what came of it."""
    entry = _entry(request, pk)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _page(request, entry, form, status=422)
    try:
        phoning.handle(entry, by=request.user, note=form.cleaned_data["note"])
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Handled."))
    return redirect("distributions:phoneentry_list")


@require_safe
@permission_required("distributions.view_device", raise_exception=True)
def list_devices(request):
    """The phones of the volunteers: when they were last heard of, and what still waits on them."""
    rows = Device.objects.visible_to(request.user).select_related("user")
    page = paging.page(rows, order=("-last_seen_at", "pk"), token=request.GET.get("page"))
    words = ngettext("%(n)s phone", "%(n)s phones", page.count)
    context = {
        "devices": page.rows,
        "words": listing.found(page, words),
        "tabs": _tabs("phones"),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/device_list.html", "distributions/_device_rows.html", context)


@require_POST
@permission_required(["distributions.view_device", "distributions.change_device"], raise_exception=True)
def report_lost(request, pk):
    """Say that a phone is lost."""
    device = get_object_or_404(Device.objects.visible_to(request.user), pk=pk)
    phoning.report_lost(device, by=request.user)
    messages.success(request, _("At its next contact this phone forgets everything; what it still sends is looked at."))
    return redirect("distributions:device_list")
