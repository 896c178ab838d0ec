"""A round on paper: the list to load by, and the volunteer's twin of what her phone shows, with boxes to tick.

The twin holds what a volunteer may know and nothing else. Its codes lead to the screen where a stop is typed in; they
hold an address and no personal data.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from beneficiaries.models import Association
from distributions.documents import PAPER, qr_code
from distributions.models import Allocation, Chair, Delivery, Round
from hajar.journal import recording as journal
from hajar.lib import typesetting
from hajar.lib.typesetting import isolate
from hajar.templatetags.hajar_ui import phone_groups


def _head(round: Round, title: str) -> dict[str, Any]:
    association = Association.get()
    return {
        "language": translation.get_language(),
        "title": title,
        "association": association.name,
        "phone": isolate(association.phone) if association.phone else "",
        "facts": [
            (_("Day"), formats.date_format(round.day, "l j F Y")),
            (_("Volunteer"), str(round.volunteer)),
            (_("Province or prefecture"), round.province.name),
            (_("Initiative"), round.initiative.name),
        ],
        "page_word": _("Page"),
    }


# --- the list to load by ---------------------------------------------------------------------------------------------


def load_list_words(round: Round, stops: Sequence[Allocation], spares: Sequence[Chair]) -> dict[str, Any]:
    """The chairs of a round by serial number, with a box for going and one for coming back; no name of a child."""
    rows = [(row.chair, str(row.stop or "·"), row.status == Allocation.Status.APPROVED) for row in stops]
    rows += [(chair, pgettext("chair", "spare"), False) for chair in spares]
    rows.sort(key=lambda row: (row[0].serial or row[0].label, row[0].label))
    return {
        **_head(round, _("List to load by")),
        "lead": _("Tick each chair as it goes into the vehicle, by the number on the chair itself."),
        "columns": [_("Serial number"), _("Label"), _("Model"), _("Depot"), _("Stop"), _("Out"), _("Back")],
        "rows": [
            {
                "serial": isolate(chair.serial) if chair.serial else "",
                "label": isolate(chair.label),
                "model": isolate(chair.model),
                "depot": chair.depot.name if chair.depot else "",
                "stop": stop,
                "warning": _("not prepared yet") if is_waiting else "",
            }
            for chair, stop, is_waiting in rows
        ],
        "signatures": [_("Loaded by (name, time, signature)"), _("Taken along by (name, time, signature)")],
    }


def load_list_pdf(round: Round, stops: Sequence[Allocation], spares: Sequence[Chair]) -> bytes:
    """The list to load by as a PDF/A, in the active language."""
    return typesetting.pdf(PAPER / "load_list.typ", load_list_words(round, stops, spares))


# --- the volunteer's paper -------------------------------------------------------------------------------------------


def paper_words(
    round: Round, stops: Sequence[Any], spares: Sequence[Chair], *, address_of: Callable[[Any], str]
) -> dict[str, Any]:
    """The round as her phone shows it: `stops` are what the phone is given (views.mobile.stops_of)."""
    questions = [question for _name, question in Delivery.questions()]
    return {
        **_head(round, _("Round to %(place)s") % {"place": round.province.name}),
        "note_title": _("Note from the office"),
        "note": round.note,
        "health": _("I am well: no fever, cough, diarrhoea or rash, and nobody at home has chickenpox."),
        "health_else": _("If you are not well, do not go in. Call the office."),
        "stop_word": _("Stop"),
        "of_word": pgettext("stop 1 of 5", "of"),
        "nobody_to_call": _("No phone number is known for this family."),
        "chair_word": _("Chair"),
        "read_label": _("I read this label on the chair"),
        "outcome_title": _("What happened?"),
        "outcomes": [str(label) for _code, label in Delivery.Outcome.choices],
        "checks_title": _("Fitting and training: tick what is in order, cross what is not"),
        "checks": questions,
        "blanks": [_("Time"), _("Received by"), _("Relation to the child")],
        "why": _("Why not, or another chair left (its label)"),
        "sign": _("Signature of who received the chair"),
        "stops": [_stop_words(stop, qr_code(address_of(stop))) for stop in stops],
        "cancelled": _("The office cancelled this stop. Call before you go."),
        "spares_title": _("Spare chairs"),
        "spares": [{"label": isolate(chair.label), "model": isolate(chair.model)} for chair in spares],
        "spare_left": _("left at stop no."),
        "spare_back": _("came back"),
        "end": _(
            "Hand this paper in at the office on the day: what is on it is typed in there. Let nobody else read it."
        ),
    }


def _stop_words(stop: Any, code: str) -> dict[str, Any]:
    place = [] if stop.is_home_closed else [stop.address]
    return {
        "number": stop.number,
        "of": stop.of,
        "name": stop.name,
        "place": " · ".join(filter(None, [*place, stop.town])),
        "directions": "" if stop.is_home_closed else stop.directions,
        "people": [f"{one.name} ({one.relation}) {isolate(phone_groups(one.phone))}" for one in stop.people],
        "precautions_title": stop.precautions_title,
        "precautions": stop.precautions,
        "chair": isolate(stop.chair),
        "model": isolate(stop.model),
        "is_released": stop.is_released,
        "code": code,
    }


def paper_pdf(
    round: Round, stops: Sequence[Any], spares: Sequence[Chair], *, address_of: Callable[[Any], str]
) -> bytes:
    """The volunteer's paper as a PDF/A, in the active language."""
    return typesetting.pdf(PAPER / "round.typ", paper_words(round, stops, spares, address_of=address_of))


def note_paper_opened(round: Round, *, by) -> None:
    """Keep that `by` opened the families' places and phones on paper, and in which language."""
    journal.record_reading("round.paper_opened", round, by=by, payload={"language": translation.get_language()})


def note_view_as_volunteer(round: Round, *, by) -> None:
    """Keep that `by` looked at what the volunteer's phone shows."""
    journal.record_reading("round.viewed_as_volunteer", round, by=by, payload={"language": translation.get_language()})
