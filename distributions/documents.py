"""Paper: what the association hands out, typeset in the language of whoever reads it."""

import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import segno
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from beneficiaries.models import Association
from distributions import choosing, fitting
from distributions.fitting import SpecLine
from distributions.models import Chair, Prescription
from distributions.reporting import ChangeCounts, InitiativeReport
from hajar.lib import typesetting
from hajar.lib.charts import MAP_CREDIT
from hajar.lib.several import SeveralField

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


# --- what to order ----------------------------------------------------------------------------------------------------


def specification_lines(lines: Iterable[SpecLine]) -> list[dict[str, str]]:
    """Each dimension of an order in the active language: its name, the aim, from where to where, and a sentence."""
    return [
        {
            "name": _(line.name),
            "aim": "" if line.target is None else _with_unit(line.target, line.unit),
            "range": _span(line),
            "sentence": choosing.say(line.reason, line.params),
        }
        for line in lines
    ]


def _span(line: SpecLine) -> str:
    if line.low is not None and line.high is not None:
        span = typesetting.isolate(f"{formats.number_format(line.low)}–{formats.number_format(line.high)}")
        return f"{span}\N{NO-BREAK SPACE}{_UNITS[line.unit]()}"
    if line.low is not None:
        return _("at least %(value)s") % {"value": _with_unit(line.low, line.unit)}
    if line.high is not None:
        return _("at most %(value)s") % {"value": _with_unit(line.high, line.unit)}
    return ""


_UNITS = {"mm": lambda: _("mm"), "kg": lambda: _("kg")}


def _with_unit(value: Any, unit: str) -> str:
    if unit == "°":
        return typesetting.isolate(f"{value}°")
    return f"{formats.number_format(value)}\N{NO-BREAK SPACE}{_UNITS[unit]()}"


def specification_words(subject: choosing.Subject) -> dict[str, Any]:
    """A chair to be ordered, in the active language, ready for a supplier: the child's reference and no name."""
    association = Association.get()
    return {
        "language": translation.get_language(),
        "association": association.name,
        "association_other": association.name_latin if translation.get_language() == "ar" else association.name_arabic,
        "contact": " · ".join(typesetting.isolate(way) for way in (association.phone, association.email) if way),
        "title": _("A chair to order"),
        "reference": subject.need.child.reference,
        "date": formats.date_format(timezone.localdate()),
        "lead": _("For one child. Lengths in millimetres; heights count from the top of the cushion under the child."),
        "columns": [_("Dimension"), _("Aim"), _("Range")],
        "lines": specification_lines(fitting.order_specification(subject.body)),
        "chosen_title": _("What was prescribed"),
        "chosen": prescription_lines(subject.prescription),
        "nothing_chosen": _("Nothing has been prescribed yet."),
        "rule": _(fitting.PROVENANCE),
    }


def prescription_lines(prescription: Prescription | None) -> list[tuple[str, str]]:
    """(what, words) of a prescription as far as a supplier needs it; [] without one."""
    if prescription is None:
        return []
    field = Prescription._meta.get_field

    def several(name: str) -> str:
        return choosing.joined(cast(SeveralField, field(name)).words(getattr(prescription, name)))

    sizes = ("seat_width_mm", "seat_depth_mm", "seat_to_floor_mm")
    found = [
        (_("Kind of chair"), prescription.get_category_display()),
        (_("Posture class"), prescription.get_posture_class_display()),
        (_("Model"), str(prescription.model) if prescription.model else ""),
        *((_capital(field(name)), str(getattr(prescription, name) or "")) for name in sizes),
        (_("Cushion"), choosing.joined(filter(None, [prescription.get_cushion_display(), prescription.cushion_size]))),
        (_("Postural supports"), several("supports")),
        (_("Sides and sizes of the supports"), prescription.supports_note),
        (_("Must have"), several("must_have")),
        (_("Nice to have"), several("nice_to_have")),
        (_("Set-up"), prescription.set_up),
        (
            _("Another model"),
            prescription.substitution_limits or _("possible, of the same kind")
            if prescription.substitution_allowed
            else _("not possible"),
        ),
    ]
    return [(what, words) for what, words in found if words]


def _capital(field: Any) -> str:
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]


def specification_pdf(subject: choosing.Subject) -> bytes:
    """The order as a PDF/A on one A4 page, in the active language."""
    return typesetting.pdf(PAPER / "specification.typ", specification_words(subject))
