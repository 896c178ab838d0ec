"""What the field left for people: one list of all that someone must look at, and the page that settles one matter."""

import json
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from beneficiaries.models import Child, Guardian, Region
from distributions import attention, settling
from distributions.forms.deliveries import MatterForm
from distributions.models import Delivery, Matter, PhoneEntry, Round
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal

KEYS = {"proof", "allocation", "round", "is_healthy"}  # what machines tell each other
Kind = Matter.Kind
MARKS: dict[str, tuple[str, str]] = {  # icon and tone of each kind
    Kind.CHAIR_TWICE: ("people", "urgent"),
    Kind.TWO_CHAIRS: ("boxes", "urgent"),
    Kind.TOLD_TWICE: ("files", "warn"),
    Kind.CONTENT: ("file-diff", "warn"),
    Kind.LOST_PHONE: ("phone-flip", "urgent"),
    Kind.ACCOUNT: ("person-slash", "warn"),
    Kind.REFUSED: ("file-earmark-x", "warn"),
    Kind.SPARE: ("arrow-left-right", "warn"),
    Kind.BREAKDOWN: ("wrench", "warn"),
    Kind.NEED_SEEN: ("binoculars", "info"),
    Kind.TAKEN_BACK: ("arrow-return-left", "info"),
    Kind.AGAINST_PLAN: ("signpost", "info"),
    Kind.CLOCK: ("clock-history", "info"),
    Kind.FAILED_STOP: ("door-closed", "info"),
    Kind.FILE: ("image", "info"),
    Kind.GAP: ("list-ol", "urgent"),
}
AGES: dict[str, tuple[timedelta, str | Promise]] = {
    "2": (timedelta(days=2), gettext_lazy("more than two days")),
    "7": (timedelta(days=7), gettext_lazy("more than a week")),
    "30": (timedelta(days=30), gettext_lazy("more than a month")),
}
MOST_ROUNDS = 50
TOLD = ("entry__delivery", "province", "round__province", "author", "device", "chair", "ended_by")  # of every matter


@dataclass(frozen=True)
class Line:
    """One matter as the list shows it."""

    matter: Matter
    icon: str
    tone: str
    who: str
    why: list[str]

    @property
    def age(self) -> str:
        return timesince(self.matter.opens_at, depth=1)

    @property
    def is_old(self) -> bool:
        return self.matter.is_waiting and timezone.now() - self.matter.opens_at > AGES["7"][0]


def navigation(request) -> dict:
    """The count beside "Someone must look" on every page; asked only where the navigation is drawn."""

    def count() -> dict[str, str]:
        user = getattr(request, "user", None)
        number = attention.waiting_for(user) if user is not None and user.is_authenticated else 0
        return {"distributions:matter_list": "99+" if number > 99 else str(number)} if number else {}

    return {"nav_counts": SimpleLazyObject(count)}


def tabs(current: str) -> list[dict]:
    pages = [
        ("matters", _("Someone must look"), reverse("distributions:matter_list")),
        ("phones", _("Phones"), reverse("distributions:device_list")),
    ]
    return [{"word": word, "url": url, "current": name == current} for name, word, url in pages]


def _line(matter: Matter, user) -> Line:
    icon, tone = MARKS[matter.kind]
    child = matter.delivery.allocation.need.child if matter.delivery else None
    who = (child.name if user.has_perm("beneficiaries.view_child") else child.given_name) if child else ""
    return Line(matter, icon, tone, who, _seen_in(matter) or matter.sentences)


def _seen_in(matter: Matter) -> list[str]:
    """What somebody saw on the way, in her own words; nothing for any other matter."""
    if matter.entry is None or matter.kind not in attention.SEEN.values():
        return []
    label = _("What was seen")
    return [Truncator(words).chars(160) for name, words in said_in(matter.entry) if name == label]


@require_safe
@permission_required("distributions.view_matter", raise_exception=True)
def list_matters(request):
    """All that waits for a person, the oldest first; on demand, what was settled."""
    user = request.user
    asked = {name: request.GET.get(name, "").strip() for name in ("kind", "region", "round", "age", "show")}
    is_done = asked["show"] == "done"
    seen = Matter.objects.visible_to(user)
    rows = _narrowed(seen.exclude(ended_at=None) if is_done else seen.waiting(), asked).select_related(
        *TOLD, "delivery__allocation__need__child"
    )
    page = paging.page(
        rows, order=("-ended_at", "pk") if is_done else ("opens_at", "pk"), token=request.GET.get("page")
    )
    waiting = ngettext("%(n)s matter waits", "%(n)s matters wait", page.count)
    done = ngettext("%(n)s matter settled", "%(n)s matters settled", page.count)
    counts = {} if is_done else attention.counts(user)
    context = {
        "lines": [_line(matter, user) for matter in page.rows],
        "is_done": is_done,
        "asked": asked,
        "filters_count": sum(bool(asked[name]) for name in ("kind", "region", "round", "age")),
        "kinds": [(kind, word, counts.get(kind)) for kind, word in Kind.choices if is_done or counts.get(kind)],
        "total": sum(counts.values()),
        "regions": Region.objects.visible_to(user).order_by("iso", "pk"),
        "rounds": Round.objects.filter(pk__in=seen.waiting().values("round"))
        .select_related("province")
        .order_by("-day", "pk")[:MOST_ROUNDS],
        "ages": [(key, word) for key, (_age, word) in AGES.items()],
        "words": listing.found(page, done if is_done else waiting),
        "tabs": tabs("matters"),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/matter_list.html", "distributions/_matter_rows.html", context)


def _narrowed(matters, asked: dict[str, str]):
    if asked["kind"] in Kind.values:
        matters = matters.filter(kind=asked["kind"])
    if asked["region"].isascii() and asked["region"].isdigit() and len(asked["region"]) < 10:
        matters = matters.filter(province__region=int(asked["region"]))
    if asking.is_uuid(asked["round"]):
        matters = matters.filter(round=asked["round"])
    if asked["age"] in AGES:
        matters = matters.filter(opens_at__lt=timezone.now() - AGES[asked["age"]][0])
    return matters


def _matter(request, pk) -> Matter:
    rows = Matter.objects.visible_to(request.user).select_related(
        *TOLD,
        "entry__contests",
        "delivery__allocation__need__child__family__province",
        "delivery__allocation__chair__model",
        "chair__model",
    )
    return get_object_or_404(rows, pk=pk)


def _page(request, matter: Matter, dispute, form: MatterForm):
    line = _line(matter, request.user)
    sides = [side for side in (dispute.first, dispute.second) if side] if dispute else []
    mine = Child.objects.visible_to(request.user).filter(pk__in=[side.child.pk for side in sides]) if sides else []
    mine = {child.pk for child in mine}
    left = matter.delivery if matter.kind == Kind.SPARE and matter.is_waiting else None
    context = {
        "matter": matter,
        "line": line,
        "badges": [{"tone": line.tone, "icon": line.icon, "word": matter.get_kind_display()}],
        "dispute": dispute,
        "sides": [(side, side.child.pk in mine) for side in sides],
        "may_decide": all(side.child.pk in mine for side in sides),
        "said": said_in(matter.entry) if matter.entry else [],
        "instead_of": left.allocation.chair if left else None,
        "form": form,
        "history": matter.history()[:20],
    }
    return asking.answer(request, "distributions/matter_detail.html", context, form)


@require_safe
@permission_required("distributions.view_matter", raise_exception=True)
def matter_detail(request, pk):
    """One matter: why someone must look, what was told, and the form that settles it."""
    matter = _matter(request, pk)
    dispute = settling.dispute_of(matter)
    return _page(request, matter, dispute, MatterForm(options=settling.options_of(matter, dispute)))


@require_POST
@permission_required(["distributions.view_matter", "distributions.change_matter"], raise_exception=True)
def handle_matter(request, pk):
    """Settle a matter: what came of it and, between two entries, which one holds."""
    matter = _matter(request, pk)
    dispute = settling.dispute_of(matter)
    form = MatterForm(request.POST, options=settling.options_of(matter, dispute))
    if form.is_valid():
        try:
            settling.handle(matter, by=request.user, **form.cleaned_data)
        except settling.AlreadyHandled as refusal:
            messages.error(request, refusal.message)
            return redirect("distributions:matter_list")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Settled."))
            return redirect("distributions:matter_list")
    return _page(request, matter, dispute, form)


@require_safe
@permission_required("distributions.view_phoneentry", raise_exception=True)
def entry_detail(request, pk):
    """One entry as the phone told it, and what became of it."""
    rows = PhoneEntry.objects.visible_to(request.user).select_related(
        "author", "province", "device", "delivery", "handled_by", "contests"
    )
    entry = get_object_or_404(rows, pk=pk)
    waiting = Matter.objects.visible_to(request.user).waiting().filter(entry=entry)
    waiting = waiting.select_related("entry__delivery", "delivery")
    context = {
        "entry": entry,
        "matters": waiting.order_by("opens_at", "pk"),
        "said": said_in(entry),
        "history": entry.history()[:20],
    }
    return render(request, "distributions/phoneentry_detail.html", context)


# --- what the phone said, in words -----------------------------------------------------------------------------------


def said_in(entry: PhoneEntry) -> list[tuple[str, str]]:
    """What the phone said, line by line in the reader's language; a newer phone's words as they came."""
    try:
        data = json.loads(entry.said)["data"].items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
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
