"""A child's story, gathered for one screen in a fixed number of queries.

What happens to chairs belongs to the rooms above and is read through the child's own relations (needs__allocations,
chairs): this module knows their names, never their code.
"""

from typing import Any

from django.db.models import F, Max, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from beneficiaries.models import Child, Consent, Merge, Need
from beneficiaries.views.growth import growth_of
from hajar.journal.models import Entry

TIMELINE = 30  # newest entries shown
LIVE = ("proposed", "approved", "prepared", "loaded")
ADULT = 18


def children_with_story(user: Any) -> QuerySet:
    """The children that this person may see, with what their page asks of the row itself."""
    hand_over = "needs__allocations__deliveries"
    return (
        Child.objects.visible_to(user)
        .with_family()
        .annotate(
            limits_radiation=F("health_record__limit_radiation"),
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
    return {
        "child": child,
        "family": child.family,
        "journey": _journey(child, consents, assessments, needs, live),
        "guardians": list(child.family.guardians.to_call_first()),
        "siblings": list(child.family.children.exclude(pk=child.pk).order_by("born_on", "pk")),
        "need": need,
        "need_waits": _waits(need) if need else "",
        "past_needs": [row for row in needs if not row.is_open],
        "allocation": live,
        "chairs": list(child.chairs.select_related("model").order_by("number")),
        "consents": by_purpose(consents),
        "ask_consent_again": _came_of_age(child, consents),
        "assessments": [row for row in assessments if row.is_complete][:3],
        "growth": growth_of(child, assessments) if user.has_perm("beneficiaries.view_assessment") else None,
        "draft": next((row for row in assessments if not row.is_complete), None),
        "merges": _merges(child),
        "timeline": _timeline(child, user),
        "limits_radiation": getattr(child, "limits_radiation", False)
        and user.has_perm("beneficiaries.view_healthrecord"),
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
    care = next((row for row in consents if row.purpose == Consent.Purpose.CARE and row.is_valid), None)
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
    return [
        {"purpose": label, "value": value, "consent": latest.get(value)} for value, label in Consent.Purpose.choices
    ]


def _came_of_age(child: Child, consents: list[Consent]) -> bool:
    """At eighteen a person answers for herself: what guardians answered before is asked again."""
    return child.age >= ADULT and any(
        consent.is_valid and child.age_on(consent.answered_on) < ADULT for consent in consents
    )


def _timeline(child: Child, user: Any) -> list[dict[str, Any]]:
    files = [child.pk]
    if child.other_names:  # those merged into it have a history, too
        files += child.merged_files().values_list("pk", flat=True)
    entries = Entry.objects.filter(subject_id__in=files).select_related("actor", "payload").latest_first()
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


def _limits_radiation(child: Child, user: Any) -> bool:
    """Whether to show the banner: from the annotation of children_with_story, to who may read health records."""
    return bool(getattr(child, "limits_radiation", False)) and user.has_perm("beneficiaries.view_healthrecord")


def _address(name: str, *args: Any) -> str:
    """The address of a page of another slice, "" where it is not there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
