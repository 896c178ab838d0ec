"""What else one search box finds: places, and whether another region may follow the child who is sought.

Nothing of a child in another region is told but that somebody is followed there, and whom to ask. It is told only to
who asks outright, of somebody well named, a few times an hour; each asking is in the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beneficiaries import identifying, sounding
from beneficiaries.models import Child, Family, Guardian, Mandate, Province, Region
from beneficiaries.searching import Group, Hit, Sought, Why
from hajar.accounts import roles
from hajar.accounts.models import User
from hajar.journal import recording as journal
from hajar.journal.models import Entry
from hajar.lib import names, placenames
from hajar.lib.refusals import Refusal

PLACES_SHOWN = 6
ASKED_AN_HOUR = 10
ASKED = "search.asked_elsewhere"
TOLD = 3  # people to ask, of each region
_SHORTEST_WORD = 3  # letters; initials name nobody


# --- places ---------------------------------------------------------------------------------------------------------


def find_places(user: Any, sought: Sought) -> Group | None:
    """Provinces and towns of this name in one's regions, each leading to the children who live there. Three queries."""
    if not sought.words or not user.has_perm("beneficiaries.view_child"):
        return None
    children = reverse("beneficiaries:child_list")
    visible = Province.objects.visible_to(user)
    spelled = visible.order_by("pk").values_list("pk", "name_fr", "name_ar", "name_en", "aliases")
    named = _gazetteer(tuple(spelled)).named(sought.words)[:PLACES_SHOWN]
    towns = _towns(Family.objects.visible_to(user).living_in(sought.words))[: PLACES_SHOWN - len(named)]
    if not named and not towns:
        return None
    provinces = visible.select_related("region").in_bulk({*map(int, named), *(pk for pk, _commune in towns)})
    hits = []
    for pk in map(int, named):
        title = _("Children of %(place)s") % {"place": provinces[pk].name}
        sentence = f"{provinces[pk].get_kind_display()} · {provinces[pk].region.name}"
        hits.append(Hit(title, f"{children}?{urlencode({'province': str(pk)})}", sentence))
    for pk, commune in towns:
        if pk in provinces:
            title = _("Children of %(place)s") % {"place": commune}
            query = urlencode({"commune": commune, "province": str(pk)})
            hits.append(Hit(title, f"{children}?{query}", provinces[pk].name))
    return Group(_("Places"), "geo-alt", hits)


def _towns(families: QuerySet) -> list[tuple[int, str]]:
    """Each town once for its province, however it is spelled."""
    towns: dict[int, str] = {}
    for province, commune in families.order_by("province", "commune").values_list("province", "commune").distinct():
        towns[province] = min(towns.get(province, commune), commune)
    return sorted(towns.items())


@lru_cache(maxsize=16)
def _gazetteer(rows: tuple[tuple[Any, ...], ...]) -> placenames.Gazetteer:
    """Made once for each set of regions that somebody's mandate covers."""
    return placenames.Gazetteer((f"{pk:04}", [*spelled, *aliases.split("|")]) for pk, *spelled, aliases in rows)


# --- national identity ----------------------------------------------------------------------------------------------


def find_holders(user: Any, sought: Sought) -> list[Guardian]:
    """Guardians of one's regions whose whole national identity number was typed, where this site holds numbers."""
    if not user.has_perm("beneficiaries.view_guardian"):
        return []
    holders = identifying.holders_of(sought.text, user=user)
    guardian: Any
    for guardian in holders:
        guardian.why = Why.IDENTITY
    return holders


# --- another region -------------------------------------------------------------------------------------------------


class TooManyQuestions(Refusal):
    """Whoever asks about other regions too often has to wait: it is for a child at the door, not for a list."""

    sentence = gettext_lazy("You have asked %(times)s times within an hour. Ask a coordinator, or try again later.")


@dataclass(frozen=True)
class Elsewhere:
    """A region that follows somebody so called, and whom to ask there."""

    region: Region
    contacts: Sequence[User]


def is_well_named(sought: Sought) -> bool:
    """Whether this can only mean one person or a namesake: a given and a family name, a whole phone, a reference."""
    if sought.phone or sought.series in ("HJ", "FA"):
        return True
    words = [word for word in names.fold(sought.words).split() if len(word) >= _SHORTEST_WORD]
    return len(names.unit_keys(sought.words)) >= 2 and len(words) >= 2


def may_ask(user: Any, sought: Sought) -> bool:
    """Whether there are regions out of sight, and enough is said to ask about them."""
    return is_well_named(sought) and not Mandate.covers_all(user)


@transaction.atomic
def ask_elsewhere(sought: Sought, *, by: User) -> list[Region]:
    """The regions outside one's mandate that follow whom `sought` names, kept in the journal without the name.

    Raises TooManyQuestions after ASKED_AN_HOUR within an hour. What is too vague finds nothing and is not counted.
    """
    if not may_ask(by, sought):
        return []
    since = timezone.now() - timedelta(hours=1)
    # Two questions at once would both be the last one allowed: who asks is locked while she is counted.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    asked = Entry.objects.filter(actor=by, act=ASKED, received_at__gte=since).count()
    if asked >= ASKED_AN_HOUR:
        raise TooManyQuestions(times=asked)
    seen = set(Region.objects.visible_to(by).values_list("pk", flat=True))
    regions = [region for region in _regions_of(sought) if region.pk not in seen]
    kind = "phone" if sought.phone else "reference" if sought.series else "name"
    journal.record(ASKED, by, by=by, payload={"by": kind, "regions": [region.iso for region in regions]})
    return regions


def _regions_of(sought: Sought) -> list[Region]:
    """The regions that follow this child or family, whoever may see them."""
    families = Family.objects.none()
    if sought.phone:
        families = Family.objects.filter(guardians__phone=sought.phone)
    elif sought.series:
        families = Family.objects.filter(
            Q(children__number=sought.number) if sought.series == "HJ" else Q(number=sought.number)
        )
    else:
        typed = sounding.read(sought.words)
        everybody = sounding.people_named_in([Child.objects.all(), Guardian.objects.all()], typed)
        people = [person for some in everybody for person in some if is_named(person, sought.words)]
        families = Family.objects.filter(pk__in={person.family_id for person in people})
    return list(Region.objects.filter(provinces__families__in=families).distinct().order_by("iso"))


def is_named(person: Child | Guardian, words: str) -> bool:
    """Whether these words are the whole name, not a part of it."""
    wanted = len(names.unit_keys(words))
    return any(
        len(names.unit_keys(name)) == wanted and names.similarity(words, name) >= names.SAME
        for name in person.known_names
    )


def contacts_of(regions: Sequence[Region]) -> list[Elsewhere]:
    """Whom to ask in each region: those who work with families there, else who coordinates the Kingdom. Two queries."""
    staff = (
        Mandate.objects.current()
        .filter(Q(region__in=regions) | Q(region=None))
        .filter(user__is_active=True, user__groups__name__in=[roles.COORDINATOR, roles.CASE_WORKER])
        .select_related("user")
        .order_by("user__full_name", "pk")
    )
    there: dict[int | None, dict[Any, User]] = {}
    for mandate in staff:
        there.setdefault(mandate.region_id, {})[mandate.user_id] = mandate.user
    national = list(there.get(None, {}).values())
    return [Elsewhere(region, (list(there.get(region.pk, {}).values()) or national)[:TOLD]) for region in regions]
