"""What the search box of every page finds among chairs and initiatives; see beneficiaries/searching.py."""

from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from beneficiaries.searching import Group, Hit, Sought
from distributions.models import Chair, Initiative
from hajar.lib import names

SHOWN = 6
FEWEST_LETTERS = 3


def find_chairs(user: Any, sought: Sought) -> Group | None:
    """Chairs by their label (CH-0012, or its number alone) or their whole serial number. One query."""
    if not user.has_perm("distributions.view_chair") or sought.series not in ("", "CH"):
        return None
    wanted = Q(pk__in=[])
    if sought.number is not None:
        wanted |= Q(number=sought.number)
    if not sought.series and any(char.isdigit() for char in sought.text):
        wanted |= Q(serial__iexact=sought.text)
    if wanted == Q(pk__in=[]):
        return None
    chairs = Chair.objects.visible_to(user).filter(wanted).select_related("model").order_by("number", "pk")[:SHOWN]
    hits = [
        Hit(chair.label, chair.get_absolute_url(), f"{chair.model.name} · {chair.get_state_display()}", "ltr")
        for chair in chairs
    ]
    return Group(_("Chairs"), "person-wheelchair", hits)


@lru_cache(maxsize=1024)
def _folded(name: str) -> str:
    return names.fold(name)


def find_initiatives(user: Any, sought: Sought) -> Group | None:
    """Initiatives in whose name every word stands. They are few: all names are read. Two queries."""
    if not sought.words or not user.has_perm("distributions.view_initiative"):
        return None
    words = names.fold(sought.words).split()
    if not any(len(word) >= FEWEST_LETTERS for word in words):
        return None
    everything = Initiative.objects.visible_to(user)
    meant = [
        pk
        for pk, *named in everything.order_by("-starts_on", "pk").values_list("pk", "name_fr", "name_ar", "name_en")
        if any(all(word in name for word in words) for name in map(_folded, named))
    ][:SHOWN]
    found = everything.in_bulk(meant) if meant else {}
    hits = [Hit(found[pk].name, found[pk].get_absolute_url(), found[pk].get_state_display()) for pk in meant]
    return Group(_("Initiatives"), "calendar-heart", hits)
