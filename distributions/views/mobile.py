"""What a volunteer's phone shows: her rounds of these days, their stops, and the form of a hand-over.

A page is made from a Stop, which holds all that a volunteer may know of a family. Nothing else reaches a template:
no diagnosis, score, birth date, family name or history.
"""

import uuid
from dataclasses import dataclass
from urllib.parse import quote

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.models import Child, Guardian
from distributions import delivering, syncing, travelling
from distributions.forms.deliveries import DeliveryForm
from distributions.models import Allocation, Delivery, Round
from hajar.lib import asking
from hajar.lib.refusals import Refusal

MOST_PHONES = 2
THREE_WEEKS = 21 * 24 * 3600


@dataclass(frozen=True)
class Person:
    name: str
    relation: str
    phone: str
    has_whatsapp: bool


@dataclass(frozen=True)
class Stop:
    """One stop as a volunteer may see it."""

    pk: uuid.UUID
    number: int
    of: int
    name: str
    town: str
    address: str
    directions: str
    map_address: str
    people: list[Person]
    precautions_title: str
    precautions: list[str]
    is_home_closed: bool
    chair: str
    model: str
    is_done: bool
    is_delivered: bool
    is_released: bool
    state: dict
    url: str
    delivery_url: str


def _given_name(person) -> str:
    """The given name in the reader's script, else in the other; never the family name."""
    latin, arabic = person.given_name_latin, person.given_name_arabic
    return (arabic or latin if get_language() == "ar" else latin or arabic) or _("(no given name)")


def _precautions(child: Child) -> tuple[str, list[str]]:
    words: dict[str, tuple[str, list[str]]] = {
        Child.Precautions.STANDARD: (_("Before you go in"), [_("Clean your hands at the door.")]),
        Child.Precautions.ENHANCED: (
            _("Protected visit"),
            [
                _("Clean your hands at the door, and wear a mask if asked."),
                _("Few people; no shoes or bags where the child lies."),
            ],
        ),
        Child.Precautions.NO_HOME_VISIT: (
            _("No home visit"),
            [_("Do not go into the home. Agree by phone on another place.")],
        ),
    }
    title, sentences = words[child.precautions]
    return title, [*sentences, *filter(None, [child.precautions_note])]


def _state(allocation: Allocation, entry: Delivery | None) -> dict:
    """Tone, icon and word of a stop."""
    if entry is not None and entry.is_delivered:
        return {"tone": "good", "icon": "check-circle-fill", "word": entry.get_outcome_display()}
    if allocation.status == Allocation.Status.RELEASED and entry is None:
        return {"tone": "muted", "icon": "slash-circle", "word": _("cancelled")}
    if entry is not None:
        return {"tone": "warn", "icon": "exclamation-circle", "word": entry.get_outcome_display()}
    return {"tone": "info", "icon": "circle", "word": _("to do")}


def _stop(round: Round, allocation: Allocation, number: int, of: int) -> Stop:
    child, family = allocation.need.child, allocation.need.child.family
    entry = max(allocation.deliveries.all(), key=lambda entry: (entry.received_at, entry.pk), default=None)
    place = ", ".join(filter(None, [family.address, family.commune, family.province.name]))
    title, sentences = _precautions(child)
    people = [
        Person(_given_name(guardian), guardian.get_relation_display(), str(guardian.phone), guardian.has_whatsapp)
        for guardian in list(family.guardians.all())[:MOST_PHONES]
    ]
    where = [round.pk, allocation.pk]
    return Stop(
        pk=allocation.pk,
        number=number,
        of=of,
        name=_given_name(child),
        town=family.commune or family.province.name,
        address=family.address,
        directions=family.directions,
        map_address=f"geo:0,0?q={quote(place)}",
        people=people,
        precautions_title=title,
        precautions=sentences,
        is_home_closed=child.precautions == Child.Precautions.NO_HOME_VISIT,
        chair=allocation.chair.label,
        model=str(allocation.chair.model),
        is_done=entry is not None,
        is_delivered=entry is not None and entry.is_delivered,
        is_released=allocation.status == Allocation.Status.RELEASED and entry is None,
        state=_state(allocation, entry),
        url=reverse("distributions:mobile_stop", args=where),
        delivery_url=reverse("distributions:mobile_delivery_create", args=where),
    )


def stops_of(round: Round) -> list[Stop]:
    """The stops of a round in driving order; three queries. A child who has died is no stop: nobody calls or drives."""
    reachable = Prefetch("need__child__family__guardians", Guardian.objects.current().exclude(phone="").to_call_first())
    entries = Prefetch("deliveries", Delivery.objects.filter(round=round))
    allocations = list(
        Allocation.objects.filter(round=round)
        .to_drive_to()
        .select_related("need__child__family__province", "chair__model")
        .prefetch_related(reachable, entries)
        .order_by("stop", "pk")
    )
    return [_stop(round, allocation, number, len(allocations)) for number, allocation in enumerate(allocations, 1)]


def _round(request, pk) -> Round:
    """One of the volunteer's own rounds of these days, else 404."""
    return get_object_or_404(Round.objects.for_phone(request.user).select_related("province", "initiative"), pk=pk)


def _find(stops: list[Stop], pk) -> Stop:
    for stop in stops:
        if stop.pk == pk:
            return stop
    raise Http404


@require_safe
@permission_required("distributions.record_delivery", raise_exception=True)
def list_rounds(request):
    """The volunteer's rounds of these days."""
    rounds = (
        Round.objects.for_phone(request.user)
        .select_related("province", "initiative")
        .prefetch_related(
            Prefetch("allocations", Allocation.objects.to_drive_to()),
            Prefetch("deliveries", Delivery.objects.only("pk", "round_id", "allocation_id")),
        )
        .order_by("day", "pk")
    )
    lines = []
    for round_ in rounds:
        visited = {entry.allocation_id for entry in round_.deliveries.all()}
        stops = [allocation for allocation in round_.allocations.all()]
        done = sum(allocation.pk in visited for allocation in stops)
        lines.append(
            {"round": round_, "stops": len(stops), "done": done, "is_done": bool(stops) and done == len(stops)}
        )
    context = {"lines": lines, "keeps_rounds": settings.PHONES_KEEP_ROUNDS}
    return render(request, "mobile/round_list.html", context)


@require_safe
@permission_required("distributions.record_delivery", raise_exception=True)
def round_detail(request, pk):
    """One round: its stops in order, and the next one to drive to."""
    round_ = _round(request, pk)
    stops = stops_of(round_)
    open_stops = [stop for stop in stops if not stop.is_done and not stop.is_released]
    context = {
        "round": round_,
        "stops": stops,
        "done": sum(stop.is_done for stop in stops),
        "next_stop": open_stops[0] if open_stops else None,
    }
    return render(request, "mobile/round_detail.html", context)


@require_POST
@permission_required("distributions.record_delivery", raise_exception=True)
def open_round(request, pk):
    """Tell the office that the volunteer has seen her round."""
    round_ = _round(request, pk)
    travelling.open_round(round_, by=request.user, device=request.headers.get("User-Agent", ""))
    return redirect("distributions:mobile_round_detail", round_.pk)


@require_safe
@permission_required("distributions.record_delivery", raise_exception=True)
def stop(request, round_pk, pk):
    """One stop: precautions first, then whom, where, how to reach them, and which chair."""
    round_ = _round(request, round_pk)
    return render(request, "mobile/stop.html", {"round": round_, "stop": _find(stops_of(round_), pk)})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.record_delivery", raise_exception=True)
@csp_update({"script-src": ["'wasm-unsafe-eval'"]})  # type: ignore[arg-type]  # labels are read by WebAssembly
def create_delivery(request, round_pk, pk):
    """Record what happened at a stop."""
    round_ = _round(request, round_pk)
    allocation = _allocation_of(request, round_, pk)
    form = DeliveryForm(
        asking.sent(request),
        request.FILES if request.method == "POST" else None,
        allocation=allocation,
        may_photograph=delivering.may_photograph(allocation.need.child),
        initial={
            "id": uuid.uuid4(),
            "outcome": request.GET.get("outcome", ""),
            "stop": syncing.give(request.user, round_.pk, pk),
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                recorded = delivering.record_delivery(
                    allocation=allocation,
                    round=round_,
                    by=request.user,
                    device=request.headers.get("User-Agent", ""),
                    **form.said(),
                )
            except delivering.DifferentContent as refusal:
                status = 409
                form.add_error(None, refusal.message)
            except (Refusal, ValidationError) as refusal:
                form.add_error(None, refusal.messages if isinstance(refusal, ValidationError) else refusal.message)
            else:
                _tell(request, recorded)
                return redirect("distributions:mobile_round_detail", round_.pk)
    stops = stops_of(round_)
    context = {
        "round": round_,
        "stop": next((stop for stop in stops if stop.pk == pk), None),
        "name": _given_name(allocation.need.child),
        "form": form,
    }
    return render(request, "mobile/delivery_form.html", context, status=status)


def _given(user, round_: Round, pk) -> list[str]:
    return [str(user.pk), str(round_.pk), str(pk)]


def _allocation_of(request, round_: Round, pk) -> Allocation:
    """The allocation of a stop of this round.

    What happened at a stop that the office moved elsewhere after it was shown is still told: the form carries a proof
    that we gave it to this volunteer in this round.
    """
    allocation = get_object_or_404(
        Allocation.objects.exclude(status=Allocation.Status.PROPOSED).select_related("need__child", "chair__model"),
        pk=pk,
    )
    if allocation.round_id != round_.pk:
        try:
            given = signing.loads(request.POST.get("stop", ""), salt=syncing.GIVEN_STOPS, max_age=THREE_WEEKS)
        except signing.BadSignature:
            raise Http404 from None
        if given != _given(request.user, round_, pk):
            raise Http404
    return allocation


def _tell(request, recorded: delivering.Recorded) -> None:
    if not recorded.is_new:
        messages.info(request, _("This entry had already arrived: nothing was written twice."))
    elif recorded.delivery.needs_a_look:
        messages.warning(request, _("Recorded. The office will look at this entry."))
    else:
        messages.success(request, _("Recorded: %(outcome)s.") % {"outcome": recorded.delivery.get_outcome_display()})
