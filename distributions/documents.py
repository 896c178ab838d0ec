"""Paper: what the association hands out, typeset in the language of whoever reads it."""

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import segno
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from beneficiaries.documents import contact_words, enumeration, letterhead
from beneficiaries.models import Association
from distributions import choosing, fitting, following_up
from distributions.fitting import SpecLine
from distributions.models import Chair, Delivery, Prescription
from distributions.models.catalogue import Accessory
from distributions.reporting import ChangeCounts, InitiativeReport
from hajar.journal import recording as journal
from hajar.lib import typesetting
from hajar.lib.charts import MAP_CREDIT
from hajar.lib.several import SeveralField

PAPER = Path(__file__).with_name("paper")
CHANGE_TITLES = {
    "school_change": lambda: _("School"),
    "mobility_change": lambda: _("Getting about"),
    "burden_change": lambda: _("Carrying and care for the family"),
}
# What the family was shown, and what was looked at on the child: as it stands in the middle of a sentence.
SHOWN: dict[str, str | Promise] = {
    "brakes_shown": gettext_lazy("locking the brakes"),
    "straps_shown": gettext_lazy("fastening the straps"),
    "folding_shown": gettext_lazy("folding or lifting the chair"),
    "care_explained": gettext_lazy("cleaning it, and whom to call"),
}
LOOKED_AT: dict[str, str | Promise] = {
    "fits_width": gettext_lazy("hips without pressure"),
    "fits_depth": gettext_lazy("two fingers behind the knee"),
    "feet_supported": gettext_lazy("feet supported"),
    "sits_upright": gettext_lazy("sits upright and at ease"),
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
        **letterhead(association),
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
            {"number": chair.label, "model": str(chair.model), "code": qr_code(address_of(chair))} for chair in chairs
        ],
    }
    return typesetting.pdf(PAPER / "labels.typ", words)


def qr_code(address: str) -> str:
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
        **letterhead(association),
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


# --- the receipt of a chair -----------------------------------------------------------------------------------------


def receipt_words(delivery: Delivery) -> dict[str, Any]:
    """What a family was given, what it means and when we call, in the active language: everything that the paper says.

    Only a hand-over has one. Needs select_related("allocation__need__child__family__province",
    "allocation__chair__model", "volunteer").
    """
    handed_over_on = delivery.handed_over_on
    if handed_over_on is None:
        raise following_up.NotHandedOver
    association, chair, child = Association.get(), delivery.allocation.chair, delivery.allocation.need.child
    call_on, visit_on = handed_over_on + following_up.CALL_AFTER, handed_over_on + following_up.VISIT_AFTER
    title, meaning = _ownership(chair)
    return {
        **letterhead(association),
        "title": _("Receipt of a chair"),
        "child": child.name,
        "child_other": child.other_name,
        "reference": typesetting.isolate(child.reference),
        "facts": _facts(delivery, chair, handed_over_on),
        "meaning_title": title,
        "meaning": meaning,
        "shown_title": _("What we did together"),
        "shown": _together(delivery),
        "care_title": _("Care for the chair"),
        "care": _care(chair),
        "clean_title": _("For a child who falls ill easily"),
        "clean": [
            _("Every week, and after each illness: soap and water, then a disinfectant on all that hands touch."),
            _("Let it dry in the air; wash covers and straps as hot as their label allows."),
            _("Whoever has a fever, a cough or a rash leaves the chair to somebody else."),
        ],
        "broken_title": _("When something breaks or no longer fits"),
        "broken": _(
            "Call us; do not wait for our visit, and do not mend it yourselves. Do not use a chair whose brakes do not "
            "hold. Repairs cost you nothing."
        ),
        **contact_words(association),
        "next_title": _("When you hear from us"),
        "next": [
            (_("We call you"), formats.date_format(call_on, "l j F Y")),
            (_("We visit you"), formats.date_format(visit_on, "l j F Y")),
            (_("Afterwards"), _("every six months, as long as the chair is used")),
        ],
        "signatures": [
            (_("For the family"), delivery.receiver_name),
            (_("For the association"), delivery.volunteer.get_full_name()),
        ],
        "sign": pgettext("slip", "Date and signature"),
    }


def _facts(delivery: Delivery, chair: Chair, handed_over_on: date) -> list[tuple[str, str]]:
    """The chair and its hand-over, each fact with its name."""
    family = delivery.allocation.need.child.family
    comma = pgettext("between words", ", ")
    chosen = {*chair.model.accessories, *chair.accessories}
    fitted = [label for code, label in Accessory.choices if code in chosen]
    receiver = f"{delivery.receiver_name} · {delivery.get_receiver_relation_display()}"
    return [
        (_("Chair"), str(chair.model)),
        (_("Label"), typesetting.isolate(" · ".join(filter(None, [chair.label, chair.serial])))),
        *([(_("Comes with"), enumeration(fitted))] if fitted else []),
        (_("Handed over on"), formats.date_format(handed_over_on, "l j F Y")),
        (_("Place"), comma.join(filter(None, [family.commune, family.province.name]))),
        (_("Received by"), receiver),
        (_("Handed over by"), delivery.volunteer.get_full_name()),
    ]


def _ownership(chair: Chair) -> tuple[str, str]:
    """Whether the chair is a gift or a loan, and what that means for the family."""
    if chair.ownership == Chair.Ownership.GIFT:
        return _("This chair is a gift"), _(
            "It is yours, and nobody may ask you for money for it. Please do not sell it. When it becomes too small, "
            "tell us: we look for the next one with you, and it can serve another child."
        )
    return _("This chair is lent"), _(
        "You keep it free of charge as long as it fits, and nobody may ask you for money for it. It stays the "
        "association's. When it becomes too small or is no longer needed, call us: we come and take it back."
    )


def _together(delivery: Delivery) -> list[str]:
    """What was looked at, what the family showed that it can do, and what we show again."""
    looked = [words for name, words in LOOKED_AT.items() if getattr(delivery, name) == Delivery.Check.YES]
    can = [words for name, words in SHOWN.items() if getattr(delivery, name) == Delivery.Check.YES]
    again = [words for name, words in SHOWN.items() if getattr(delivery, name) != Delivery.Check.YES]
    sentences = []
    if looked:
        sentences.append(_("We looked at how it fits: {things}.").format(things=enumeration(looked)))
    if can:
        sentences.append(_("You showed us that you can do it: {things}.").format(things=enumeration(can)))
    if again:
        sentences.append(_("We show you again at our visit: {things}.").format(things=enumeration(again)))
    return sentences


def _care(chair: Chair) -> list[str]:
    return [
        _("Lock both brakes before sitting down, getting up or lifting; never lift by the armrests."),
        _("Look at the tyres, screws and straps every week; pump the tyres when they give way.")
        if chair.model.tyres == chair.model.Tyres.PNEUMATIC
        else _("Look at the wheels, screws and straps every week."),
        _("Look at the skin every evening: a red mark that stays longer than half an hour is a reason to call us."),
    ]


def receipt_pdf(delivery: Delivery) -> bytes:
    """The receipt as a PDF/A on one A4 page, in the active language. Raises following_up.NotHandedOver."""
    return typesetting.pdf(PAPER / "receipt.typ", receipt_words(delivery))


def open_receipt(delivery: Delivery, *, by) -> None:
    """Keep that `by` opened the paper of a child, and in which language."""
    child, language = delivery.allocation.need.child, translation.get_language()
    journal.record_reading("delivery.receipt_opened", delivery, by=by, subject=child, payload={"language": language})
