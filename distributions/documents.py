"""Paper: what the association hands out, typeset in the language of whoever reads it."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import segno
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from beneficiaries.models import Association
from distributions.models import Chair
from distributions.reporting import ChangeCounts, InitiativeReport
from hajar.lib import typesetting
from hajar.lib.charts import MAP_CREDIT

PAPER = Path(__file__).with_name("paper")
CHANGE_TITLES = {
    "school_change": lambda: _("School"),
    "mobility_change": lambda: _("Getting about"),
    "burden_change": lambda: _("Carrying and care for the family"),
}


def shown(count: int | None) -> str:
    """A count as it may leave the house."""
    return _("fewer than 5") if count is None else formats.number_format(count, force_grouping=True)


def hidden(count: int | None) -> str:
    """A cell of a table: a hidden one may be small, or its neighbour may be."""
    return "·" if count is None else formats.number_format(count, force_grouping=True)


def change_sentence(change: ChangeCounts) -> str:
    """What the families said of one thing, in one sentence; "" where too few answered to say anything."""
    if change.answered is None or change.answered == 0 or change.better is None:
        return ""
    return ngettext(
        "%(better)s of %(answered)s family that answered says: better than before.",
        "%(better)s of %(answered)s families that answered say: better than before.",
        change.answered,
    ) % {"better": change.better, "answered": change.answered}


def change_lines(report: InitiativeReport) -> list[tuple[str, str]]:
    """(title, sentence) of every change about which enough families answered."""
    lines = [(title(), change_sentence(report.changes[name])) for name, title in CHANGE_TITLES.items()]
    return [(title, sentence) for title, sentence in lines if sentence]


def summary_words(report: InitiativeReport) -> dict:
    """The anonymous summary in the active language: everything the page and the PDF say."""
    initiative = report.initiative
    association = Association.get()
    comma = pgettext("between words", ", ")
    return {
        "language": translation.get_language(),
        "association": association.name,
        "association_other": association.name_latin if translation.get_language() == "ar" else association.name_arabic,
        "presentation": association.presentation,
        "title": initiative.name,
        "occasion": initiative.get_occasion_display(),
        "dates": _("%(start)s to %(end)s")
        % {"start": formats.date_format(initiative.starts_on), "end": formats.date_format(initiative.ends_on)},
        "partners": comma.join(str(partner) for partner in initiative.partners.order_by("name_latin", "pk")),
        "figures": [
            (_("chairs handed over"), shown(report.delivered)),
            (_("median wait, days"), "·" if report.median_wait_days is None else str(report.median_wait_days)),
            (_("still to hand over"), shown(report.left)),
        ],
        "regions_title": _("By region"),
        "regions": [(line.region.name, hidden(line.delivered)) for line in report.regions],
        "localities_title": _("Localities"),
        "localities": "" if report.delivered is None else comma.join(name for name, _count in report.localities),
        "changes_title": _("What changed for the families"),
        "changes": change_lines(report),
        "nothing_yet": _("It is too early to say: follow-up visits are still to come."),
        "privacy": _("Counts under five are hidden (·), with others where needed, so that no child can be recognised."),
        "credit": str(MAP_CREDIT),
    }


def summary_pdf(report: InitiativeReport) -> bytes:
    """The anonymous summary as a PDF/A on one A4 page, in the active language."""
    return typesetting.pdf(PAPER / "summary.typ", summary_words(report))


# --- labels ----------------------------------------------------------------------------------------------------------

LABELS_A_SHEET = 21  # three by seven on A4, 70 by 42.3 mm: a common size of sticky paper


def labels_pdf(chairs: Sequence[Chair], *, address_of: Callable[[Chair], str], first: int = 1) -> bytes:
    """Labels for chairs, each with its number, its model and a code that holds an address and nothing else.

    `first` is the place of the first free label on a sheet that was begun (1 to 21).
    """
    association = Association.get()
    words = {
        "language": translation.get_language(),
        "title": _("Labels"),
        "association": association.name,
        "phone": typesetting.isolate(association.phone) if association.phone else "",
        "skip": min(max(first, 1), LABELS_A_SHEET) - 1,
        "labels": [
            {"number": chair.label, "model": str(chair.model), "code": _code(address_of(chair))} for chair in chairs
        ],
    }
    return typesetting.pdf(PAPER / "labels.typ", words)


def _code(address: str) -> str:
    """A QR code as SVG: it still reads with a corner scratched off."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=2, dark="#000", light=None)
    return out.getvalue().decode()
