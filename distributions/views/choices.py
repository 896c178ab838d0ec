"""Which chair for this child: the ranked list from which a person chooses, and the order when nothing fits."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beneficiaries import opening
from beneficiaries.models import Need
from distributions import choosing, documents, fitting, fitting_words, growth, planning
from distributions.choosing import Candidate, Choices
from distributions.forms.allocations import AllocationForm
from distributions.models import Accessory, Chair, Initiative
from distributions.views.reports import LANGUAGES, language_asked
from hajar.lib import asking
from hajar.lib.refusals import Refusal

# How a verdict looks: always an icon and a word beside the colour.
LOOKS = {
    "good": ("good", "check-circle-fill"),
    "acceptable": ("info", "check-circle"),
    "warning": ("warn", "exclamation-circle"),
    "fail": ("urgent", "x-circle-fill"),
    "unknown": ("muted", "question-circle"),
    "incomplete": ("muted", "question-circle"),
    "not_applicable": ("muted", "dash-circle"),
}


@dataclass(frozen=True)
class Said:
    """The verdict on one dimension in the reader's language."""

    name: str
    verdict: str
    word: str
    sentence: str
    notes: list[str]

    @property
    def tone(self) -> str:
        return LOOKS[self.verdict][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.verdict][1]

    @property
    def matters(self) -> bool:
        return self.verdict != fitting.NOT_APPLICABLE


@dataclass(frozen=True)
class Lot:
    """Available chairs of one kind in one depot and one condition; `chair` is the oldest of them."""

    chair: Chair
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class Offer:
    """A candidate as the page shows it."""

    candidate: Candidate
    place: int
    lots: list[Lot]
    said_for_all: frozenset[str] = frozenset()

    @property
    def is_chosen(self) -> bool:
        return any(lot.is_chosen for lot in self.lots)

    @property
    def lines(self) -> list[Said]:
        return [said(line) for line in self.candidate.fit.lines]

    @property
    def excluding(self) -> Said | None:
        line = self.candidate.fit.excluding
        return said(line) if line else None

    @property
    def overall(self) -> dict[str, str]:
        verdict = self.candidate.fit.overall
        tone, icon = LOOKS[verdict]
        return {"tone": tone, "icon": icon, "word": _(fitting_words.VERDICTS[verdict])}

    @property
    def blockers(self) -> list[Said]:
        return [said(line) for line in self.candidate.fit.blockers]

    @property
    def remarks(self) -> list[Said]:
        """What is worth reading at once: warnings, and what is not known, unless the page says it for all chairs."""
        return [
            said(line)
            for line in self.candidate.fit.lines
            if line.verdict == fitting.WARNING
            or (line.verdict == fitting.UNKNOWN and line.reason not in self.said_for_all)
        ]

    @property
    def lasts(self) -> str:
        return choosing.lasts(self.candidate)

    @property
    def span(self) -> str:
        """The early and the late month, where they are known."""
        outgrow = self.candidate.outgrow
        if outgrow is None or not outgrow.is_known or outgrow.too_small.early is None or outgrow.too_small.likely == 0:
            return ""
        early, late = outgrow.too_small.early, outgrow.too_small.late
        if late is None:
            return _("At the earliest in %(early)s months.") % {"early": early}
        return _("Between %(early)s and %(late)s months.") % {"early": early, "late": late}

    @property
    def limiting(self) -> str:
        """What will be too small first."""
        outgrow = self.candidate.outgrow
        names = outgrow.limiting_too_small.split("+") if outgrow and outgrow.limiting_too_small else []
        return choosing.joined(_(growth.DIMENSION_NAMES[name]) for name in names)

    @property
    def not_evaluated(self) -> str:
        outgrow = self.candidate.outgrow
        return choosing.joined(_(growth.DIMENSION_NAMES[name]) for name in outgrow.not_evaluated) if outgrow else ""

    @property
    def penalties(self) -> list[tuple[str, int]]:
        """(sentence, points lost), the heaviest first."""
        found = [(choosing.say(each.reason, each.params), each.points) for each in self.candidate.score.penalties]
        return sorted(found, key=lambda each: -each[1])

    @property
    def missing(self) -> str:
        words = dict(Accessory.choices)
        return choosing.joined(str(words[code]) for code in self.candidate.missing)

    @property
    def ring(self) -> int:
        """The points as a ring can show them."""
        return max(0, self.candidate.points)


def said(line: fitting.Line) -> Said:
    notes = [choosing.say(note) for note in line.notes]
    if line.is_noisy:
        notes.append(choosing.say("noisy"))
    sentence = choosing.say(line.reason, line.params)
    return Said(_(line.name), line.verdict, _(fitting_words.VERDICTS[line.verdict]), sentence, notes)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.view_prescription", raise_exception=True)
def choose(request, pk):
    """The chairs that fit, ranked with their reasons; who may reserves one of them, or another with a reason."""
    need = _need(request, pk)
    may_reserve = request.user.has_perm("distributions.propose_allocation")
    if request.method == "POST" and not may_reserve:
        raise PermissionDenied
    asked = (request.POST if request.method == "POST" else request.GET).get("chair", "")
    choices = choosing.choices_for(need, chosen=UUID(asked) if asking.is_uuid(asked) else None)
    initiatives = Initiative.objects.visible_to(request.user).current().order_by("starts_on", "pk")
    form = _form(request, choices, initiatives)
    if request.method == "POST" and form.is_valid():
        try:
            allocation = planning.propose(need=need, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            about_chair = isinstance(
                refusal, planning.ChairIsPromised | planning.ChairNotAvailable | planning.ChairRecalled
            )
            form.add_error("chair" if about_chair else None, refusal.message)
        else:
            messages.success(request, _("Chair %(chair)s is reserved.") % {"chair": allocation.chair.label})
            return redirect(allocation)
    context = _context(request, need, choices, form, initiatives)
    return asking.answer(request, "distributions/need_choices.html", context, form)


def _need(request, pk) -> Need:
    needs = Need.objects.visible_to(request.user).select_related("child__family__province", "assessment")
    return get_object_or_404(needs, pk=pk)


def _form(request, choices: Choices, initiatives) -> AllocationForm:
    only = initiatives[0].pk if len(initiatives) == 1 else None
    asked = request.GET.get("chair", "")
    first = {"initiative": request.GET.get("initiative", only), "chair": asked if asking.is_uuid(asked) else None}
    return AllocationForm(asking.sent(request), initiatives=initiatives, choices=choices, initial=first)


def _context(request, need: Need, choices: Choices, form: AllocationForm, initiatives) -> dict:
    chosen = str(form["chair"].value() or "")
    subject = choices.subject
    for_all = frozenset(line.reason for line in choices.lacking)
    excluded = [_offer(each, 0, chosen) for each in choices.excluded]
    return {
        "need": need,
        "child": need.child,
        "alerts": opening.alerts(need.child, to=request.user),
        "form": form,
        "choices": choices,
        "offers": [_offer(each, place, chosen, for_all) for place, each in enumerate(choices.fitting, start=1)],
        "excluded": excluded,
        "chosen_is_excluded": any(offer.is_chosen for offer in excluded),
        "workshop": [_offer(each, 0, chosen) for each in choices.workshop],
        "lacking": [said(line) for line in choices.lacking if line.is_core],
        "lacking_beside": [said(line) for line in choices.lacking if not line.is_core],
        "must_assess": any(line.dimension == "posture" for line in choices.lacking),
        "specification": documents.specification_lines(choices.specification),
        "forecast_missing": choosing.say_growth(subject.why_no_forecast) if subject.why_no_forecast else "",
        "prescription": subject.prescription,
        "allocation": need.allocations.live().select_related("chair").first(),
        "initiatives": initiatives,
        "may_reserve": request.user.has_perm("distributions.propose_allocation") and need.is_open,
        "provenance": [_(fitting.PROVENANCE), _(growth.PROVENANCE)],
        "crumbs": [
            (_("Waiting list"), reverse("beneficiaries:need_list")),
            (need.child.name, need.child.get_absolute_url()),
            (_("Need"), need.get_absolute_url()),
            (_("Which chair?"), ""),
        ],
    }


def _offer(candidate: Candidate, place: int, chosen: str, said_for_all: frozenset[str] = frozenset()) -> Offer:
    """The chairs of a candidate by depot and condition; the one that was asked for is shown by itself, and first."""
    rows = [
        Lot(chair, chair.alike, str(chair.pk) == chosen)  # type: ignore[attr-defined]  # counted by choosing.lots
        for chair in candidate.chairs
    ]
    return Offer(candidate, place, sorted(rows, key=lambda lot: not lot.is_chosen), said_for_all)


# --- what to order ----------------------------------------------------------------------------------------------------


@require_safe
@permission_required("distributions.view_prescription", raise_exception=True)
def specification(request, pk):
    """What a chair for this child must be: for a supplier, with the reference and without a name."""
    need = _need(request, pk)
    language = language_asked(request)
    with translation.override(language):
        words = documents.specification_words(choosing.subject_of(need))
    context = {
        "need": need,
        "child": need.child,
        "words": words,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "languages": [
            {"word": word, "url": f"{request.path}?language={code}", "current": code == language, "lang": code}
            for code, word in LANGUAGES.items()
        ],
        "crumbs": [
            (need.child.name, need.child.get_absolute_url()),
            (_("Which chair?"), reverse("distributions:need_choices", args=[need.pk])),
            (_("What to order"), ""),
        ],
    }
    return render(request, "distributions/need_specification.html", context)


@require_safe
@permission_required("distributions.view_prescription", raise_exception=True)
def specification_pdf(request, pk):
    """The same on paper."""
    need = _need(request, pk)
    language = language_asked(request)
    with translation.override(language):
        pdf = documents.specification_pdf(choosing.subject_of(need))
    name = f"hajar-{need.child.reference}-{language}.pdf".lower()
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
