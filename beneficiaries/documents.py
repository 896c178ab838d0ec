"""Paper for families: how the need of their child was judged, in their language, in plain and kind words.

Law 09-08, article 11: nobody is judged by a computer alone, so the paper names the people, says what was looked at and
how to ask for another look. It gives no points (nothing is "lost"), no diagnosis, no place in the queue, and no other
child. The sentences speak of moving and sitting rather than of the child: they are true of a girl and of a boy alike.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from beneficiaries import opening
from beneficiaries.models import Association, Child, Family, Need
from beneficiaries.models.needs import explain
from hajar.journal import recording as journal
from hajar.lib import names, typesetting
from hajar.templatetags.hajar_ui import phone_groups

PAPER = Path(__file__).with_name("paper")
LANGUAGES = {"fr": "Français", "ar": "العربية", "en": "English"}
ANSWER_DAYS = 14  # within which another person looks again and answers

Words = str | Promise

TITLES: dict[str, Words] = {
    "mobility": gettext_lazy("Moving about"),
    "equipment": gettext_lazy("Present chair"),
    "health": gettext_lazy("Health and comfort"),
    "posture": gettext_lazy("Support for sitting"),
    "progression": gettext_lazy("Over time"),
    "participation": gettext_lazy("School and daily life"),
}
# What one answer says by itself: reason of a line -> sentence. What is not here is unknown, or said by its part below.
SAID: dict[str, Words] = {
    "mobility.independent": gettext_lazy("Walking goes well without help."),
    "mobility.unsteady": gettext_lazy("Walking is possible but unsteady, with a risk of falls."),
    "mobility.short_distance": gettext_lazy("Walking is possible over short distances, with support."),
    "mobility.cannot_walk": gettext_lazy("Walking is not possible; moving about on the floor is."),
    "mobility.lifted": gettext_lazy("Walking is not possible, and every move needs somebody’s arms."),
    "equipment.not_needed": gettext_lazy("Walking goes well, so a chair does not weigh here."),
    "equipment.none": gettext_lazy("There is no chair that can be used today."),
    "equipment.none_unsteady": gettext_lazy("There is no chair that can be used today."),
    "equipment.none_mobility_unknown": gettext_lazy("There is no chair that can be used today."),
    "posture_level.basic": gettext_lazy("A chair of the right size is enough to sit well."),
    "posture_level.intermediate": gettext_lazy("Some extra support helps to sit well."),
    "posture_level.complex": gettext_lazy("Sitting well needs a seat made to measure."),
    "progression.static": gettext_lazy("The way of moving is stable."),
    "progression.progressive": gettext_lazy("The way of moving changes slowly; we follow it together with you."),
    "progression.progressive_unknown_rate": gettext_lazy("The way of moving changes; we will see with you how fast."),
    "progression.rapid": gettext_lazy("The way of moving has changed a great deal in the last twelve months."),
}
# What several answers say together: part -> (the sentence that names them, the sentence where none counts).
TOGETHER: dict[str, tuple[Words, Words]] = {
    "equipment": (
        gettext_lazy("The present chair no longer suits as it should."),
        gettext_lazy("The present chair suits well."),
    ),
    "health": (
        gettext_lazy("Sitting asks for care: {things}."),
        gettext_lazy("Sitting puts neither the skin nor comfort at risk."),
    ),
    "participation": (
        gettext_lazy("What weighs on daily life: {things}."),
        gettext_lazy("School, treatment and care go on well at present."),
    ),
}
# The field of a line or of a red flag -> what it is about, as it stands in the middle of a sentence.
THINGS: dict[str, Words] = {
    "mobility": gettext_lazy("moving about"),
    **dict.fromkeys(
        (
            "present_chair", "has_chair", "chair_meets_needs", "chair_suits_home", "chair_fits", "chair_is_safe",
            "chair_cushion_relieves",
        ),
        gettext_lazy("the present chair"),
    ),
    **dict.fromkeys(("injury", "cannot_feel", "pressure_risk"), gettext_lazy("the skin")),
    "swallowing_or_breathing_worse": gettext_lazy("swallowing and breathing"),
    "pain_or_deformity": gettext_lazy("pain, hips and back"),
    "posture_level": gettext_lazy("support for sitting"),
    "progression": gettext_lazy("what changes over time"),
    "out_of_school": pgettext_lazy("in a sentence", "school"),
    "missed_treatment": gettext_lazy("the way to treatment"),
    **dict.fromkeys(("carrying_load", "lifts_per_day", "carer_pain"), gettext_lazy("carrying by hand")),
    "sole_or_burdened_carer": gettext_lazy("the help that the family has"),
    "falls_or_breathing_trouble_in_seat": gettext_lazy("safety in the present seat"),
    "lost_chair_full_time_user": gettext_lazy("the chair that was used all day"),
    "palliative": gettext_lazy("comfort, day by day"),
    "discharge_depends": gettext_lazy("leaving hospital"),
}  # fmt: skip


def language_of(family: Family, asked: str = "") -> str:
    """The language of a paper: the one asked for, else the family's. Tamazight is spoken to them, Arabic is read."""
    if asked in LANGUAGES:
        return asked
    return family.language if family.language in LANGUAGES else "ar"


def enumeration(words: Iterable[Words]) -> str:
    """Things one after the other, each once, in the active language."""
    return pgettext("between words", ", ").join(dict.fromkeys(str(word) for word in words))


def direction_of(text: str) -> str:
    """Which way a text runs that somebody typed: by its first letter, as a browser does."""
    first = next((letter for letter in text if letter.isalpha()), "")
    return "rtl" if names.is_arabic(first) else "ltr"


def part_sentence(part: Mapping[str, Any]) -> str:
    """One part of a stored score in one kind sentence; "" where nothing is known of it yet."""
    lines = part["lines"]
    for line in lines:
        if line["reason"] in SAID:
            return str(SAID[line["reason"]])
    if part["name"] not in TOGETHER:
        return ""
    counting, nothing = TOGETHER[part["name"]]
    certain = [THINGS[line["field"]] for line in lines if line["low"] > 0 and line["field"] in THINGS]
    if certain:
        return str(counting).format(things=enumeration(certain))
    return "" if _open_fields([part]) else str(nothing)


def unknown_things(need: Need) -> str:
    """What is still to be asked, in the middle of a sentence; "" where everything is known."""
    unknown = _open_fields(need.parts) + [flag["field"] for flag in need.flags if flag["state"] == "unknown"]
    return enumeration(THINGS[field] for field in unknown if field in THINGS)


def _open_fields(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    return [line["field"] for part in parts for line in part["lines"] if line["low"] != line["high"]]


def _standing(need: Need) -> tuple[str, str]:
    """Where the need stands: (in two words, in a sentence)."""
    if need.closed_on:
        return _("Closed"), _("This request is closed since {day}: {why}.").format(
            day=formats.date_format(need.closed_on), why=need.get_closing_display()
        )
    if not need.is_urgent:
        return _("On the waiting list"), _(
            "Your request is on the waiting list. If something gets worse, call us at once: we look again."
        )
    urgent = [THINGS[flag["field"]] for flag in need.flags if flag["state"] == "yes" and flag["field"] in THINGS]
    sentences = [_("Your request is treated as urgent.")]
    if urgent:
        sentences[0] = _("Your request is treated as urgent, because of: {things}.").format(things=enumeration(urgent))
    if need.decision_due_on and not need.decision_is_overdue:
        sentences.append(_("The association decides by {day}.").format(day=formats.date_format(need.decision_due_on)))
    return _("Urgent"), " ".join(sentences)


def _decision(need: Need) -> dict[str, str]:
    """What a named person decided instead of the rule: {sentence, reason, reason_direction}; empty where nobody did."""
    if not need.is_overridden or need.overridden_by is None or need.overridden_at is None:
        return {}
    return {
        "sentence": _("On {day}, {person} decided otherwise than the rule advises, for this reason:").format(
            day=formats.date_format(timezone.localtime(need.overridden_at)), person=need.overridden_by.get_full_name()
        ),
        "reason": need.override_reason,
        "reason_direction": direction_of(need.override_reason),
    }


def letterhead(association: Association) -> dict[str, str]:
    """How every paper begins, in the active language: which one it is, which way it runs, and who hands it out."""
    language = translation.get_language() or "fr"
    return {
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "association": association.name,
        "association_other": association.name_latin if language == "ar" else association.name_arabic,
    }


def contact_words(association: Association) -> dict[str, str]:
    """Whom to call, left to right in every language."""
    return {
        "phone": typesetting.isolate(phone_groups(association.phone)) if association.phone else "",
        "email": typesetting.isolate(association.email) if association.email else "",
    }


def explanation_words(need: Need, *, by) -> dict[str, Any]:
    """How a need was judged, in the active language: everything that the page and the PDF say.

    Needs select_related("child__family", "assessment__assessor", "overridden_by"). `by` hands the paper to the family.
    """
    association, child, assessment = Association.get(), need.child, need.assessment
    standing, sentence = _standing(need)
    titles = {part.code: part for part in explain(need.parts)}
    unknown = unknown_things(need)
    return {
        **letterhead(association),
        "title": _("How the need for a chair was judged"),
        "child": child.name,
        "child_other": child.other_name,
        "reference": typesetting.isolate(child.reference),
        "printed": formats.date_format(timezone.localdate()),
        "standing": standing,
        "standing_sentence": sentence,
        "since": _("Your first request was on {day}. Waiting counts from this day, whatever happens.").format(
            day=formats.date_format(need.requested_on)
        ),
        "promise": _("No place and no date can be promised: we call you as soon as a chair that fits is there."),
        "looked_title": _("What we looked at"),
        "looked": _("On {day}, {person} looked at these six things with you.").format(
            day=formats.date_format(assessment.assessed_on), person=assessment.assessor.get_full_name()
        ),
        "parts": [
            (
                str(TITLES.get(part["name"], titles[part["code"]].name)),
                part_sentence(part) or _("We do not know this yet; we will ask you."),
            )
            for part in need.parts
        ],
        "unknown_title": _("What we do not know yet"),
        "unknown": _("Still to be seen with you: {things}. What is unknown never counts against your child.").format(
            things=unknown
        )
        if unknown
        else _("We have an answer to every question."),
        "decides_title": _("Who decides"),
        "decides": _(
            "A person of the association decides and answers for it by name, never a computer alone "
            "(law {law}, article 11). The rule {rule} only advises."
        ).format(law=typesetting.isolate("09-08"), rule=typesetting.isolate(need.rule_version)),
        "decision": _decision(need),
        "again_title": _("If you see it otherwise"),
        "again": _(
            "You may ask for another look at any time, by phone or with the slip of the printed page; it costs nothing "
            "and takes nothing away. Another person looks again and answers you within {days} days, in your language."
        ).format(days=ANSWER_DAYS),
        "call_title": _("Whom to call"),
        "call": _("Call us for any question, and at once if the skin, breathing or the seat worries you.")
        if association.phone or association.email
        else _("Speak to the person who gave you this paper."),
        **contact_words(association),
        "given": _("Explained and given to you by {person} on {day}.").format(
            person=by.get_full_name(), day=formats.date_format(timezone.localdate())
        ),
        "slip_title": _("I ask for another look at the need of {child}").format(child=child.name),
        "slip_lines": [
            pgettext("slip", "What has changed, or what we see otherwise"),
            pgettext("slip", "Name and phone"),
            pgettext("slip", "Date and signature"),
        ],
    }


def explanation_pdf(need: Need, *, by) -> bytes:
    """The explanation as a PDF/A on one A4 page, in the active language."""
    return typesetting.pdf(PAPER / "explanation.typ", explanation_words(need, by=by))


def readers_pdf(child: Child, *, by) -> bytes:
    """Who opened a child's health record, as a PDF/A for her family, in the active language."""
    association = Association.get()
    lines = opening.readings(child)
    words = {
        **letterhead(association),
        "title": _("Who opened the health record"),
        "child": child.name,
        "child_other": child.other_name,
        "reference": typesetting.isolate(child.reference),
        "lead": _(
            "The health record holds what the hospital told us. Few people may read it, and each opening is written "
            "down. This is everybody who opened it, the latest first."
        ),
        "columns": [_("When"), _("Who"), _("As"), _("Why")],
        "lines": [
            (
                typesetting.isolate(formats.date_format(timezone.localtime(line.at), "SHORT_DATETIME_FORMAT")),
                line.who,
                line.role,
                line.why or _("follows the child"),
            )
            for line in lines
        ],
        "none": _("Nobody has opened it."),
        "ask_title": _("If something here surprises you"),
        "ask": _("Ask us: you are answered within ten days. You may also ask for what is written in it, or correct it.")
        + " "
        + _("Law {law} gives you this right.").format(law=typesetting.isolate("09-08")),
        **contact_words(association),
        "given": _("Given to you by {person} on {day}.").format(
            person=by.get_full_name(), day=formats.date_format(timezone.localdate())
        ),
    }
    return typesetting.pdf(PAPER / "readers.typ", words)


def open_explanation(need: Need, *, by) -> None:
    """Keep that `by` opened the paper of a child, and in which language."""
    language = translation.get_language()
    journal.record_reading("need.explained", need, by=by, subject=need.child, payload={"language": language})
