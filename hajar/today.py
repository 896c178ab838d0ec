"""What waits for whom today: each role's own few lines, from the same queries as the pages they lead to."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beneficiaries import reminding, scoring
from beneficiaries.models import Consent, DuplicatePair, Mandate, Need, Region, RightsRequest
from beneficiaries.models.needs import NeedQuerySet
from distributions import following_up
from distributions.models import Allocation, Chair, Delivery, FollowUp, Initiative, Matter, Round
from hajar.backups.models import Backup
from hajar.lib import counting

FEW = 5
MANY = 100  # enough to know that there are many


@dataclass(frozen=True)
class Stat:
    """One number with its words and the page behind it."""

    number: int | str
    words: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Waiting:
    """One line of the waiting list."""

    need: Need
    has_chair: bool


@dataclass(frozen=True)
class Due:
    """A family to call back, and which look is due."""

    delivery: Delivery
    words: str | Promise


@dataclass
class Today:
    """What the home page shows; a part that is None is not this person's."""

    date: date
    next_initiative: Initiative | None = None
    stats: list[Stat] = field(default_factory=list)
    needs: list[Waiting] | None = None
    waiting_by_region: list[tuple[Region, int]] | None = None
    counted: counting.Counted | None = None  # of which moment the numbers of those who wait are
    rounds: list[Round] | None = None
    followups: list[Due] | None = None
    matters: list[Matter] | None = None
    matters_waiting: int = 0
    to_look_at: list[Delivery] | None = None
    late_backup: str = ""  # a sentence, where nothing that was entered lately is safe
    approvals: list[Allocation] | None = None
    chairs: list[tuple[str, str, int]] | None = None
    initiatives: list[Initiative] | None = None
    rights_requests: list[RightsRequest] | None = None
    consents_to_renew: int = 0  # at most MANY

    @property
    def days_to_next_initiative(self) -> int | None:
        """Days until the next campaign starts; None when none lies ahead."""
        return (self.next_initiative.starts_on - self.date).days if self.next_initiative else None


def for_person(user, today: date | None = None, *, anew: bool = False) -> Today:
    """Gather what this person may act on today; a constant number of queries for each role.

    Where very many children wait, how many they are may have been counted earlier today, unless it is asked `anew`.
    """
    today = today or timezone.localdate()
    page = Today(date=today)
    if user.has_perm("distributions.view_initiative"):
        ahead = Initiative.objects.visible_to(user).current().filter(starts_on__gt=today)
        page.next_initiative = ahead.order_by("starts_on", "pk").first()
    if user.has_perm("backups.view_backup"):
        page.late_backup = _late_backup()
    if user.has_perm("beneficiaries.view_need"):
        _add_needs(page, user, today, anew=anew)
    if user.has_perm("beneficiaries.merge_child"):
        _add_duplicates(page, user)
    if user.has_perm("beneficiaries.change_child") and (number := reminding.number_for(user, today)):
        words = ngettext("file to think of", "files to think of", number)
        page.stats.append(Stat(number, words, reverse("beneficiaries:reminder_list")))
    if user.has_perm("beneficiaries.view_rightsrequest"):
        _add_rights(page, user, today)
    if user.has_perm("distributions.view_chair"):
        _add_chairs(page, user)
    if user.has_perm("distributions.view_round"):
        _add_field(page, user, today)
    elif user.has_perm("distributions.record_delivery"):
        page.rounds = list(_with_stops(Round.objects.for_phone(user, today)).order_by("day", "pk"))
    if user.has_perm("distributions.approve_allocation"):
        page.approvals = list(
            Allocation.objects.visible_to(user)
            .filter(status=Allocation.Status.PROPOSED)
            .exclude(proposed_by=user)
            .select_related("need__child", "chair__model", "initiative", "proposed_by")
            .order_by("created_at", "pk")[:FEW]
        )
    if page.needs is None and user.has_perm("distributions.view_initiative"):
        page.initiatives = list(Initiative.objects.visible_to(user).order_by("-starts_on", "pk")[:FEW])
    return page


def _late_backup() -> str:
    """What to say where no verified backup is recent; "" where one is, and on a laptop that never took any."""
    newest = Backup.objects.standing().newest_first().first()
    if newest is None:
        return _("No verified backup is there: what people entered could be lost.") if settings.HAJAR_BACKUP_DIR else ""
    if not newest.is_late():
        return ""
    hours = int(newest.age().total_seconds() // 3600)
    return ngettext(
        "The newest verified backup is {n} hour old: what was entered since could be lost.",
        "The newest verified backup is {n} hours old: what was entered since could be lost.",
        hours,
    ).format(n=hours)


def _add_needs(page: Today, user, today: date, *, anew: bool) -> None:
    waiting = Need.objects.visible_to(user).open()
    first = waiting.in_queue_order(today).select_related("child__family__province").prefetch_related("allocations")
    page.needs = [
        Waiting(need, any(allocation.is_live for allocation in need.allocations.all())) for need in first[:FEW]
    ]
    page.counted = counting.counted("waiting", Mandate.reach_of(user), partial(_count_waiting, waiting), anew=anew)
    counts, middle = page.counted.value
    number = sum(counts.values())
    urgent = list(waiting.filter(is_urgent=True).order_by("urgent_since").values_list("urgent_since", flat=True))
    url = reverse("beneficiaries:need_list")
    words = ngettext("child waits for a chair", "children wait for a chair", number)
    page.stats.append(Stat(number, words, url))
    if urgent:
        words = ngettext("urgent need", "urgent needs", len(urgent))
        if scoring.decision_due(urgent[0]) < today:
            words = _("%(needs)s, decision overdue") % {"needs": words}
        page.stats.append(Stat(len(urgent), words, f"{url}?urgent=yes", "urgent"))
    if middle:
        days = (today - middle).days
        page.stats.append(Stat(days, ngettext("day of waiting (median)", "days of waiting (median)", days), url))
    regions = Region.objects.visible_to(user).order_by("iso")
    page.waiting_by_region = [(region, counts.get(region.pk, 0)) for region in regions]


def _count_waiting(waiting: NeedQuerySet) -> tuple[tuple[dict[int, int], date | None], int]:
    """Those who wait by region, the first request of the one in the middle, and how many needs that walks through."""
    walked = Need.objects.filter(closed_on=None)[: counting.KEPT_FROM].count()  # a region has no queue of its own
    counts = dict(waiting.values_list("child__family__province__region").annotate(number=Count("pk")).order_by())
    number = sum(counts.values())
    # None of them may be left by now: a phone hands chairs over while this page is made.
    middle = waiting.order_by("requested_on").values_list("requested_on", flat=True)[number // 2 :].first()
    return (counts, middle), walked


def _add_duplicates(page: Today, user) -> None:
    if number := DuplicatePair.objects.visible_to(user).open().count():
        words = ngettext("pair of files of perhaps one child", "pairs of files of perhaps one child", number)
        page.stats.append(Stat(number, words, reverse("beneficiaries:duplicate_list")))


def _add_rights(page: Today, user, today: date) -> None:
    """Families that wait for an answer, the most pressing first, and answers of theirs that must be asked anew."""
    asked = RightsRequest.objects.visible_to(user).open().select_related("child")
    page.rights_requests = list(asked.most_pressing_first()[:FEW])
    page.consents_to_renew = len(Consent.objects.visible_to(user).to_renew(today).order_by().values("pk")[:MANY])


def _add_chairs(page: Today, user) -> None:
    states = dict(Chair.objects.visible_to(user).values_list("state").annotate(number=Count("pk")).order_by())
    url = reverse("distributions:chair_list")
    available = states.get(Chair.State.AVAILABLE, 0)
    to_disinfect = states.get(Chair.State.TO_DISINFECT, 0)
    words = ngettext("chair available", "chairs available", available)
    if to_disinfect:
        words = _("%(available)s, %(number)s to disinfect") % {"available": words, "number": to_disinfect}
    page.stats.append(Stat(available, words, f"{url}?state={Chair.State.AVAILABLE}"))
    if user.has_perm("distributions.record_chairevent"):
        wanted = (Chair.State.TO_DISINFECT, Chair.State.TO_CHECK, Chair.State.IN_REPAIR)
        page.chairs = [(state.value, str(state.label), states[state]) for state in wanted if states.get(state)]


def _add_field(page: Today, user, today: date) -> None:
    rounds = Round.objects.visible_to(user).filter(day__range=(today, today + timedelta(days=7)))
    page.rounds = list(_with_stops(rounds).order_by("day", "pk")[:FEW])
    if user.has_perm("distributions.view_followup"):
        due = following_up.due(user, today).select_related("allocation__need__child__family__province")
        page.followups = [Due(delivery, FollowUp.Step(delivery.due_step).label) for delivery in due[:FEW]]
    if user.has_perm("distributions.view_matter"):
        waiting = Matter.objects.visible_to(user).waiting()
        page.matters_waiting = waiting.count()
        page.matters = list(
            waiting.select_related(
                "delivery__allocation__need__child", "round__province", "province", "author"
            ).order_by("opens_at", "pk")[:FEW]
        )
    elif user.has_perm("distributions.view_delivery"):
        page.to_look_at = list(
            Delivery.objects.visible_to(user)
            .in_doubt()
            .select_related("allocation__need__child", "volunteer")
            .order_by("-happened_at", "pk")[:FEW]
        )


def _with_stops(rounds: QuerySet) -> QuerySet:
    return rounds.select_related("province", "volunteer", "initiative").annotate(stops=Count("allocations"))
