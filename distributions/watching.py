"""How each round stands now: not opened, on the phone, under way, a problem, done, closed; and when it was heard of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from distributions.models import Allocation, Delivery, Device, PhoneEntry, Round
from distributions.models.rounds import RoundQuerySet

Outcome = Delivery.Outcome


class State(TextChoices):
    """What the board says of a round, the gravest thing first."""

    CLOSED = "closed", pgettext_lazy("round", "closed")
    PROBLEM = "problem", _("someone must look")
    DONE = "done", pgettext_lazy("round", "all stops told")
    UNDER_WAY = "under_way", pgettext_lazy("round", "under way")
    DOWNLOADED = "downloaded", _("on the phone")
    NOT_OPENED = "not_opened", _("not opened yet")


LOOKS = {
    State.CLOSED: ("muted", "lock"),
    State.PROBLEM: ("warn", "exclamation-triangle"),
    State.DONE: ("good", "check2-all"),
    State.UNDER_WAY: ("info", "truck"),
    State.DOWNLOADED: ("info", "phone"),
    State.NOT_OPENED: ("muted", "circle"),
}


@dataclass(frozen=True)
class Standing:
    """One round as the office sees it from afar."""

    round: Round
    stops: int
    told: int
    delivered: int
    failed: int
    doubtful: int  # entries and deliveries that somebody must look at
    late: int  # entries that came after the round had been closed
    heard_at: datetime | None

    @property
    def has_problem(self) -> bool:
        return bool(self.failed or self.doubtful or self.late)

    @property
    def state(self) -> State:
        if self.round.is_closed and not self.late:
            return State.CLOSED
        if self.has_problem:
            return State.PROBLEM
        if self.stops and self.told >= self.stops:
            return State.DONE
        if self.told:
            return State.UNDER_WAY
        if self.round.downloaded_at or self.round.opened_at:
            return State.DOWNLOADED
        return State.NOT_OPENED

    @property
    def word(self) -> str | Promise:
        return self.state.label

    @property
    def tone(self) -> str:
        return LOOKS[self.state][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.state][1]


def with_all(rounds: RoundQuerySet) -> RoundQuerySet:
    """Rounds with what `standing` reads; five queries however many they are."""
    return rounds.select_related("province", "volunteer", "initiative").prefetch_related(
        Prefetch("allocations", Allocation.objects.only("pk", "round_id", "status")),
        Prefetch(
            "deliveries",
            Delivery.objects.only("pk", "round_id", "allocation_id", "outcome", "needs_a_look", "created_at"),
        ),
        Prefetch("entries", PhoneEntry.objects.waiting().only("pk", "round_id", "delivery_id"), to_attr="waiting"),
        Prefetch("volunteer__devices", Device.objects.only("pk", "user_id", "last_seen_at")),
    )


def standing(round: Round) -> Standing:
    """How a round stands, from what `with_all` fetched; no query."""
    entries = list(round.deliveries.all())
    delivered = {entry.allocation_id for entry in entries if entry.is_delivered}
    failed = {entry.allocation_id for entry in entries} - delivered
    stops = {row.pk for row in round.allocations.all() if row.status != Allocation.Status.PROPOSED} | delivered | failed
    doubtful = {entry.pk for entry in entries if entry.needs_a_look}
    waiting = [entry for entry in round.waiting if entry.delivery_id not in doubtful]  # type: ignore[attr-defined]
    closed_at = round.closed_at
    return Standing(
        round=round,
        stops=len(stops),
        told=len(delivered | failed),
        delivered=len(delivered),
        failed=len(failed),
        doubtful=len(doubtful) + len(waiting),
        late=sum(entry.created_at > closed_at for entry in entries) if closed_at else 0,
        heard_at=max((device.last_seen_at for device in round.volunteer.devices.all()), default=None),
    )


def standings(rounds: Iterable[Round]) -> list[Standing]:
    return [standing(round) for round in rounds]


def with_a_problem(rounds: RoundQuerySet) -> RoundQuerySet:
    """Those of these rounds at which somebody must look."""
    of_round = Delivery.objects.filter(round=OuterRef("pk"))
    made_later = Delivery.objects.filter(
        round=OuterRef("round"), allocation=OuterRef("allocation"), outcome=Outcome.DELIVERED
    )
    failed = of_round.exclude(outcome=Outcome.DELIVERED).exclude(Exists(made_later))
    waiting = PhoneEntry.objects.waiting().filter(round=OuterRef("pk"))
    late = of_round.filter(created_at__gt=OuterRef("closed_at"))
    return rounds.filter(
        (Q(closed_at=None) & (Exists(of_round.in_doubt()) | Exists(failed) | Exists(waiting)))
        | (Q(closed_at__isnull=False) & Exists(late))
    )


def problem_rounds(user, *, most: int = 20) -> list[Standing]:
    """The rounds of this person's regions at which somebody must look, the latest first; five queries."""
    return standings(with_all(with_a_problem(Round.objects.visible_to(user))).order_by("-day", "pk")[:most])
