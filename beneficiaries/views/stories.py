"""A child's story, gathered for one screen in a fixed number of queries.

What happens to chairs belongs to the rooms above and is read through the child's own relations (needs__allocations,
chairs): this module knows their names, never their code.
"""

from typing import Any

from django.db.models import F, Max, Prefetch, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from beneficiaries.models import Child, Consent, Merge, Need
from beneficiaries.models.consents import ADULT
from beneficiaries.views.growth import growth_of
from hajar.journal.models import Entry

TIMELINE = 30  # newest entries shown
LIVE = ("proposed", "approved", "prepared", "loaded")
OPEN_NEEDS = Prefetch("needs", Need.objects.filter(closed_on=None).order_by("pk"), to_attr="open_needs")


def children_with_story(user: Any) -> QuerySet:
    """The children that this person may see, with what their page asks of the row itself."""
    hand_over = "needs__allocations__deliveries"
    return (
        Child.objects.visible_to(user)
        .with_family()
        .annotate(
            limits_radiation=F("health_record__limit_radiation"),
            no_live_vaccines=F("health_record__no_live_vaccines"),
            delivered_on=Max(f"{hand_over}__handed_over_on"),
            followed_up_on=Max(f"{hand_over}__followups__done_on"),
        )
    )


def story_of(child: Child, user: Any) -> dict[str, Any]:
    """Everything that the page shows."""
    needs = list(child.needs.order_by("-opened_on", "-created_at", "pk"))
    consents = list(child.consents.select_related("guardian").latest_first())
    assessments = list(child.assessments.select_related("assessor").latest_first())
    need = next((row for row in needs if row.is_open), None)
    live = _live_allocation(need) if need else None
    guardians = list(child.family.guardians.current().to_call_first())
    former = _of_former_guardians(consents) if child.is_followed else []
    return {
        "child": child,
        "family": child.family,
        "journey": _journey(child, consents, assessments, needs, live),
        "guardians": guardians,
        "siblings": list(
            child.family.children.exclude(pk=child.pk).prefetch_related(OPEN_NEEDS).order_by("born_on", "pk")
        ),
        "need": need,
        "need_waits": _waits(need) if need else "",
        "past_needs": [row for row in needs if not row.is_open],
        "allocation": live,
        "chairs": list(child.chairs.select_related("model").order_by("number")),
        "consents": by_purpose(consents),
        "ask_consent_again": _came_of_age(child, consents),
        "may_answer_herself": child.is_followed
        and child.age >= ADULT
        and not any(guardian.herself_id == child.pk for guardian in guardians),
        "consents_of_former": former,
        "purposes_to_ask_again": pgettext("between words", ", ").join(row.get_purpose_display() for row in former),
        "pause_is_over": child.paused_until is not None and child.paused_until <= timezone.localdate(),
        "farewell": _farewell(child),
        "assessments": [row for row in assessments if row.is_complete][:3],
        "growth": growth_of(child, assessments) if user.has_perm("beneficiaries.view_assessment") else None,
        "draft": next((row for row in assessments if not row.is_complete), None),
        "merges": _merges(child),
        "timeline": _timeline(child, user),
        "alerts": _alerts(child, user),
        "assessment_url": _address("beneficiaries:assessment_create", child.pk),
        "crumbs": [(_("Children"), reverse("beneficiaries:child_list")), (child.name, "")],
    }


def _merges(child: Child) -> list[Merge]:
    """The merges that made this file of several; no query for the many that never were two."""
    rows = Merge.objects.standing().filter(kept=child) if child.other_names else Merge.objects.none()
    return list(rows.select_related("gone").order_by("at", "pk"))


def _live_allocation(need: Any) -> Any:
    """The chair promised for this need, with its model and initiative; None where there is none."""
    return need.allocations.filter(status__in=LIVE).select_related("chair__model", "initiative").order_by("pk").first()


def _journey(child, consents, assessments, needs, live) -> list[dict[str, Any]]:
    """The six stations of a file; the first one not reached is where it stands now."""
    care = next((row for row in consents if row.purpose == Consent.Purpose.CARE and row.is_in_force), None)
    assessed = next((row for row in assessments if row.is_complete), None)
    delivered = child.delivered_on
    stations = [
        (_("Registered"), timezone.localdate(child.created_at), True),
        (_("Consent"), care and care.answered_on, care),
        (_("Assessed"), assessed and assessed.assessed_on, assessed),
        (_("Chair chosen"), live and timezone.localdate(live.created_at), live or delivered),
        (_("Delivered"), delivered, delivered and not (needs and needs[0].is_open)),
        (_("Followed up"), child.followed_up_on, child.followed_up_on and not (needs and needs[0].is_open)),
    ]
    steps, is_current_found = [], not child.is_followed
    for word, day, is_reached in stations:
        state = "done" if is_reached else "next"
        if not is_reached and not is_current_found:
            state, is_current_found = "current", True
        note = formats.date_format(day, "SHORT_DATE_FORMAT") if is_reached and day else ""
        steps.append({"word": word, "state": state, "note": note})
    return steps


def _waits(need: Need) -> str:
    days = need.days_waiting()
    return ngettext("has waited for %(n)d day", "has waited for %(n)d days", days) % {"n": days}


def by_purpose(consents: list[Consent]) -> list[dict[str, Any]]:
    """Each purpose with its latest answer, or none."""
    latest: dict[str, Consent] = {}
    for consent in consents:
        latest.setdefault(consent.purpose, consent)
    again = (Consent.Standing.EXPIRED, Consent.Standing.ENDS_SOON, Consent.Standing.ASK_AGAIN)
    return [
        {
            "purpose": label,
            "value": value,
            "consent": latest.get(value),
            "ask_again": value in latest and latest[value].standing in again,
        }
        for value, label in Consent.Purpose.choices
    ]


def _came_of_age(child: Child, consents: list[Consent]) -> bool:
    """At eighteen a person answers for herself: what guardians answered before is asked again."""
    return child.age >= ADULT and any(
        consent.may_be_withdrawn and child.age_on(consent.answered_on) < ADULT for consent in consents
    )


def _timeline(child: Child, user: Any) -> list[dict[str, Any]]:
    files = [child.pk]
    if child.other_names:  # those merged into it have a history, too
        files += child.merged_files().values_list("pk", flat=True)
    of_the_family = Q(subject_id=child.family_id, act="family.moved")
    entries = Entry.objects.filter(Q(subject_id__in=files) | of_the_family)
    entries = entries.select_related("actor", "payload").latest_first()
    if not user.has_perm("beneficiaries.view_healthrecord"):
        entries = entries.exclude(act__startswith="health_record.")
    return [
        {
            "title": entry.words.sentence,
            "icon": entry.words.icon,
            "tone": entry.words.tone,
            "at": entry.received_at,
            "who": entry.actor.get_full_name() if entry.actor else "",
            "detail": _in_words(entry.details),
        }
        for entry in entries[:TIMELINE]
    ]


def _in_words(details: dict[str, Any]) -> str:
    """What an entry says beyond its act, in a few words. What a field said before a correction stays in the journal."""
    said = {key: value for key, value in details.items() if isinstance(value, str)}
    names = {field.name: field.verbose_name for field in Child._meta.concrete_fields}
    words: list[Any] = [names[name] for name in details.get("changes", {}) if name in names]
    for key, kind in (("purpose", Consent.Purpose), ("answer", Consent.Answer), ("to", Child.Status)):
        words.append(dict(kind.choices).get(said.get(key, "")))
    words.append(said.get("note"))
    return pgettext("between words", ", ").join(str(word) for word in words if word)


def _alerts(child: Child, user: Any) -> dict[str, bool]:
    """The warnings to show, from the annotations of children_with_story, to who may read health records."""
    if not user.has_perm("beneficiaries.view_healthrecord"):
        return {}
    return {name: bool(getattr(child, name, False)) for name in ("limits_radiation", "no_live_vaccines")}


def _of_former_guardians(consents: list[Consent]) -> list[Consent]:
    """The consents to ask again: the latest answer to its purpose is that of a guardian who no longer answers."""
    latest: dict[str, Consent] = {}
    for consent in consents:
        latest.setdefault(consent.purpose, consent)
    return [row for row in latest.values() if row.may_be_withdrawn and row.guardian_has_ended(timezone.localdate())]


def _farewell(child: Child) -> str:
    """What the page of a child who has died says first; "" for every other child."""
    if not child.is_deceased:
        return ""
    words = {"name": child.given_name or child.name}
    is_girl = child.sex == Child.Sex.GIRL
    if child.died_on:
        words["day"] = formats.date_format(child.died_on)
        said = (
            pgettext("of a girl", "{name} left us on {day}. Our thoughts are with her family.")
            if is_girl
            else pgettext("of a boy", "{name} left us on {day}. Our thoughts are with his family.")
        )
    else:
        said = (
            pgettext("of a girl", "{name} has left us. Our thoughts are with her family.")
            if is_girl
            else pgettext("of a boy", "{name} has left us. Our thoughts are with his family.")
        )
    return said.format(**words)


def _address(name: str, *args: Any) -> str:
    """The address of a page of another slice, "" where it is not there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
