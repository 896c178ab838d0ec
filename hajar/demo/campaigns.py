"""Two campaigns: one that is finished, with its rounds, hand-overs, failures and follow-ups, and one on its way."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone
from PIL import Image, ImageDraw

from beneficiaries import assessing
from beneficiaries.models import Need
from distributions import (
    choosing,
    delivering,
    following_up,
    ordering,
    phoning,
    planning,
    preparing,
    reckoning,
    stocktaking,
    travelling,
)
from distributions.models import (
    Allocation,
    Chair,
    ChairEvent,
    Delivery,
    Depot,
    FollowUp,
    Initiative,
    Preparation,
    Round,
)
from hajar.accounts.models import User
from hajar.demo.clock import Story, moment
from hajar.demo.house import House, some_id
from hajar.demo.looks import seen_at, to_be_done
from hajar.demo.places import OF_THE_INITIATIVE

Outcome, Release, Status, State = Delivery.Outcome, Allocation.Release, Allocation.Status, Initiative.State
FINISHED, COMING = "finished", "coming"
FINISHED_ID = some_id(Random("hajar: finished campaign"))  # noqa: S311 an address, no secret


@dataclass(frozen=True)
class Trip:
    """One day of one volunteer in one province; `fails` says what went wrong at which stop (1 is the first)."""

    iso: str
    days: int
    volunteer: str
    stops: int
    fails: tuple[tuple[int, str], ...] = ()


READY_SOON = ("MA-CAS", "MA-TAR", "MA-MOH", "MA-FES", "MA-AGD")
TOWNS = [
    ("MA-CAS", "Sidi Bernoussi", "33.6100", "-7.5000"),
    ("MA-CAS", "Derb Sultan", "33.5740", "-7.6040"),
    ("MA-CAS", "Aïn Chock", "33.5300", "-7.5900"),
    ("MA-CAS", "Hay Mohammadi", "33.5890", "-7.5640"),
    ("MA-TAR", "Ouled Teïma", "30.3950", "-9.2110"),
    ("MA-TAR", "Aoulouz", "30.6800", "-8.1500"),
    ("MA-TAR", "Taliouine", "30.5300", "-7.9200"),
]
TRIPS = [
    Trip("MA-CAS", -66, "driss", 5, ((2, Outcome.NOT_AT_HOME),)),
    Trip("MA-CAS", -65, "driss", 4, ((3, Outcome.DID_NOT_FIT),)),
    Trip("MA-MOH", -62, "driss", 6, ((4, Outcome.REFUSED),)),
    Trip("MA-MED", -59, "driss", 6, ((1, Outcome.WRONG_ADDRESS),)),
    Trip("MA-SET", -56, "driss", 5),
    Trip("MA-JDI", -53, "driss", 6, ((5, Outcome.NOT_AT_HOME),)),
    Trip("MA-BEM", -49, "khadija", 6, ((3, Outcome.DID_NOT_FIT),)),
    Trip("MA-AGD", -43, "khadija", 6, ((6, Outcome.OTHER),)),
    Trip("MA-TAR", -41, "khadija", 6, ((4, "late"),)),
    Trip("MA-CHE", -33, "khadija", 6, ((2, Outcome.NOT_AT_HOME),)),
    Trip("MA-CAS", -30, "driss", 1),
    Trip("MA-JDI", -29, "driss", 1),
    Trip("MA-FES", -25, "khadija", 6, ((5, Outcome.REFUSED),)),
    Trip("MA-AGD", -21, "khadija", 1),
]
REASONS: dict[str, str] = {
    Outcome.REFUSED: "La grand-mère préfère attendre le retour du père.",
    Outcome.DID_NOT_FIT: "Assise trop étroite, les hanches touchent des deux côtés.",
    Outcome.OTHER: "Route coupée par la crue, demi-tour avant le village.",
}
WHY_THE_SPARE = "La cour est en terre : le fauteuil prévu s’y enfonce, celui de réserve roule bien."
FAILURE_NOTES: dict[str, str] = {
    Outcome.NOT_AT_HOME: "La voisine dit qu'ils sont à l'hôpital jusqu'à demain.",
    Outcome.WRONG_ADDRESS: "Le numéro n'existe pas dans cette rue ; téléphone éteint.",
}
NOTES = (
    "", "", "", "La mère a plié et déplié le fauteuil seule.", "Il est sorti tout de suite dans la rue.",
    "Prévoir un coussin plus épais à la visite.", "Toute la famille était là.", "فرحت كثيرا وجربته في الزقاق.",
)  # fmt: skip
FOLLOW_UP_NOTES = (
    "", "", "Va à l'école chaque matin avec sa sœur.", "Le seuil de la porte reste difficile.",
    "La mère dit que son dos va mieux.", "Utilisé surtout dehors.", "يستعمله كل يوم للذهاب إلى المدرسة.",
)  # fmt: skip


def looked_over(chair: Chair) -> dict:
    """What the storekeeper says of a chair before it leaves: all in order, some points not for this model."""
    absent = preparing.not_applicable(chair)
    return {
        "answers": {point: "n_a" if point in absent else "pass" for point in Preparation.Point.values},
        "disinfectant": "Alcool à 70 %, dix minutes",
        "note": "Réglé aux mesures de la fiche.",
    }


def stories(house: House) -> Iterable[Story]:
    yield finished_campaign(house)
    for trip in TRIPS:
        yield round_trip(house, trip)
    yield coming_campaign(house)
    yield idea_of_a_campaign(house)
    yield decisions(house)


# --- the finished campaign -------------------------------------------------------------------------------------------


def occasion_of(day: date) -> tuple[str, str, str, str]:
    """What a campaign that begins on this day is for: occasion, and its name in three languages."""
    if day.month in (8, 9, 10):
        return (
            Initiative.Occasion.SCHOOL_YEAR,
            f"Rentrée pour tous {day.year}",
            f"دخول مدرسي للجميع {day.year}",
            f"Back to school for all {day.year}",
        )
    if day.month in (1, 2, 3):
        return (
            Initiative.Occasion.RARE_DISEASE_DAY,
            f"Journée des maladies rares {day.year}",
            f"يوم الأمراض النادرة {day.year}",
            f"Rare Disease Day {day.year}",
        )
    if day.month in (11, 12):
        return (
            Initiative.Occasion.DISABILITY_DAY,
            f"Dix villes pour avancer {day.year}",
            f"عشر مدن من أجل التقدم {day.year}",
            f"Ten towns to move on {day.year}",
        )
    return (
        Initiative.Occasion.OTHER,
        f"Dix villes pour avancer {day.year}",
        f"عشر مدن من أجل التقدم {day.year}",
        f"Ten towns to move on {day.year}",
    )


def finished_campaign(house: House) -> Story:
    """From the idea to the closed books: ten localities, fifty-five hand-overs."""
    karim, meriem = house.users["karim"], house.users["meriem"]
    starts_on, ends_on = house.today - timedelta(days=70), house.today - timedelta(days=18)
    occasion, name_fr, name_ar, name_en = occasion_of(starts_on)
    yield house.when(-104, 10)
    campaign = house.campaigns[FINISHED] = planning.create_initiative(
        by=karim,
        id=FINISHED_ID,
        partners=house.partners[:1] + house.partners[2:],
        name_fr=name_fr,
        name_ar=name_ar,
        name_en=name_en,
        occasion=occasion,
        starts_on=starts_on,
        ends_on=ends_on,
        target=60,
        budget_mad=620_000,
        notes="Dix localités, deux bénévoles, un camion prêté par la coopérative.",
    )
    for turn, locality in enumerate(OF_THE_INITIATIVE):
        yield house.when(-98 + turn, 10, 30)
        wanted = sum(trip.stops for trip in TRIPS if trip.iso == locality.iso and trip.stops > 1)
        proposer = house.case_worker(house.provinces[locality.iso].region.iso)
        propose_for(house, campaign, locality.iso, wanted, by=proposer)
    yield house.when(-84, 15)
    for allocation in campaign.allocations.filter(status=Status.PROPOSED).order_by("chair__number"):
        planning.approve(allocation, by=meriem)
    for days, state, by in ((-83, State.LOCKED, karim), (-81, State.APPROVED, meriem), (-70, State.UNDER_WAY, karim)):
        yield house.when(days, 16)
        planning.move_initiative(campaign, to=state, by=by)
    yield house.when(-17, 10)
    for allocation in campaign.allocations.live().order_by("chair__number"):
        planning.release(
            allocation, by=karim, release=Release.NOT_REACHED, note="Famille introuvable, chercher encore."
        )
    for days, state, by in ((-15, State.RECONCILED, karim), (-9, State.CLOSED, meriem)):
        yield house.when(days, 16, 30)
        planning.move_initiative(campaign, to=state, by=by)


def propose_for(house: House, campaign: Initiative, iso: str, wanted: int, *, by: User) -> list[Allocation]:
    """Reserve chairs for the first of the waiting list of a province, in its order."""
    needs = (
        Need.objects.open()
        .exclude(allocations__status__in=Allocation.LIVE)
        .filter(child__family__province__iso=iso, opened_on__lte=house.today)
        .with_queue()
        .select_related("assessment", "child__family__province__region")
        .order_by("-is_urgent", "-queue_points", "requested_on", "child__number")
    )
    return [
        planning.propose(need=need, chair=chair, initiative=campaign, by=by, reason=reason)
        for need in needs[:wanted]
        for chair, reason in [best_chair(house, need)]
    ]


def best_chair(house: House, need: Need) -> tuple[Chair, str]:
    """The chair that a case worker takes: the best of those that fit, in the nearest depot, and why if it is not one.

    Some children get what comes nearest; not all of these hand-overs go well.
    """
    near = house.depot_of(need.child.family.province.region.iso)
    choices = choosing.choices_for(need, today=house.today)
    if best := choices.best:
        return min(best.chairs, key=lambda chair: (chair.depot_id != near.pk, chair.number)), ""
    seen, needs_support = need.assessment, {"basic": 0, "intermediate": 1, "complex": 2}

    def strain(chair: Chair) -> tuple:
        model = chair.model
        width = (seen.hip_width_mm or 280) + 20
        off = max(0, model.seat_width_min_mm - width) + max(0, width - model.seat_width_max_mm)
        too_heavy = seen.mass_kg > model.user_mass_max_kg if seen.mass_kg and model.user_mass_max_kg else False
        support = needs_support[model.posture_class] - needs_support.get(seen.posture_level, 1)
        return too_heavy, off > 30, support < 0, chair.depot_id != near.pk, off, abs(support), chair.number

    chair = min((chair for each in choices.excluded for chair in each.chairs), key=strain)
    return chair, "Le plus proche en stock ; à vérifier à l'essayage."


def spare_chairs(depot: Depot) -> list[Chair]:
    """One that nobody needs soon: the youngest available chair of the depot from which the round leaves."""
    return list(Chair.objects.offered().filter(depot=depot).order_by("-number")[:1])


def of_another_model(allocation: Allocation, depot: Depot) -> list[Chair]:
    """A chair of the depot that is as wide as the child needs, with room to grow, and of another model than hers."""
    width = (allocation.need.assessment.hip_width_mm or 280) + 20
    wide = {"model__seat_width_min_mm__lte": width, "model__seat_width_max_mm__gte": width}
    others = Chair.objects.offered().filter(depot=depot, **wide).exclude(model=allocation.chair.model)
    return list(others.order_by("-model__seat_width_max_mm", "number", "pk")[:1])


def allow(house: House, allocations: Iterable[Allocation]) -> None:
    """Let the coordinator answer for what still stands against a hand-over."""
    for allocation in allocations:
        if choosing.open_blockers(allocation):
            why = "Essayé au dépôt avec la famille ; à reprendre à la visite des six semaines."
            choosing.overrule_blockers(allocation, by=house.users["karim"], reason=why)


def round_trip(house: House, trip: Trip) -> Story:
    """A round from its planning to the last follow-up of those it reached."""
    rng = Random(f"hajar: trip {trip.iso} {trip.days}")  # noqa: S311
    omar, karim, volunteer = house.users["omar"], house.users["karim"], house.users[trip.volunteer]
    yield house.when(trip.days - 4, 11)
    campaign = house.campaigns[FINISHED]
    stops = list(
        campaign.allocations.filter(
            need__child__family__province__iso=trip.iso, status__in=[Status.APPROVED, Status.PREPARED], round=None
        )
        .select_related("need__child__family", "chair")
        .order_by("need__child__number")[: trip.stops]
    )
    day = house.day(trip.days)
    round = travelling.plan_round(
        initiative=campaign,
        volunteer=volunteer,
        province=house.provinces[trip.iso],
        day=day,
        allocations=stops,
        by=karim,
        note="Départ du dépôt à 8 h, appeler chaque famille la veille.",
        spares=spare_chairs(house.depots["Casablanca"]) if trip.iso == "MA-SET" else (),
    )
    allow(house, stops)
    yield moment(day - timedelta(days=1), 15)
    for allocation in stops:
        if allocation.status == Status.APPROVED:
            planning.prepare(allocation, by=omar, **looked_over(allocation.chair))
    yield moment(day, 8)
    travelling.load(round, by=omar)
    fails = dict(trip.fails)
    handed: list[Delivery] = []
    for place, allocation in enumerate(stops, start=1):
        yield moment(day, 8 + place, rng.randint(5, 55))
        outcome = fails.get(place, Outcome.DELIVERED)
        if outcome == "late":
            continue
        written = record_stop(allocation, round, outcome, rng)
        if written.handed_over_on:
            handed.append(written)
    yield moment(day, 18)
    for place, outcome in trip.fails:
        if outcome != "late":
            travelling.bring_back(stops[place - 1], by=omar)
    yield moment(day, 18, 15)
    reckon_up(house, round)
    for place, outcome in trip.fails:
        if outcome == "late":
            yield from told_too_late(house, stops[place - 1], round, rng)
        if outcome == Outcome.DID_NOT_FIT:
            yield from clean(house, stops[place - 1].chair, day)
        if outcome == Outcome.WRONG_ADDRESS:
            yield moment(day + timedelta(days=5), 10)
            planning.release(
                Allocation.objects.get(pk=stops[place - 1].pk),
                by=karim,
                release=Release.NOT_REACHED,
                note="Adresse à retrouver avec l'assistante sociale.",
            )
    yield from look_after(house, handed, day, rng)


def reckon_up(house: House, round: Round) -> None:
    """Close the round where its chairs are accounted for; a spare chair that stayed away is explained by name."""
    for line in reckoning.reckon(round):
        if line.is_open and line.is_spare:
            why = "Laissé à l’hôpital provincial pour les essais, avec l’accord de la coordination."
            travelling.explain(round, line.chair, by=house.users["karim"], explanation=why)
    if not any(line.is_open for line in reckoning.reckon(round)):
        travelling.close_round(round, by=house.users["karim"])


def record_stop(
    allocation: Allocation,
    round: Round,
    outcome: str,
    rng: Random,
    happened_at: datetime | None = None,
    spare: Chair | None = None,
) -> Delivery:
    """What a volunteer's phone tells of one stop; `spare` is what she left there instead of the chair meant."""
    made = outcome == Outcome.DELIVERED
    guardian = allocation.need.child.family.guardians.to_call_first().first()
    checks = {}
    if made:
        checks = {name: rng.choices(["yes", "not_done"], [92, 8])[0] for name in Delivery.CHECKS}
    elif outcome == Outcome.DID_NOT_FIT:
        checks = {"fits_width": "no", "fits_depth": "yes"}
    return delivering.record_delivery(
        id=some_id(rng),
        allocation=allocation,
        round=round,
        by=round.volunteer,
        outcome=outcome,
        happened_at=happened_at or timezone.now(),
        received_at=timezone.now() + timedelta(seconds=20),
        reason=f"{spare.label} · {WHY_THE_SPARE}" if spare else REASONS.get(outcome, ""),
        is_healthy=True,
        receiver_name=guardian.full_name_latin or guardian.full_name_arabic if made else "",
        receiver_relation=guardian.relation if made else "",
        checks=checks,
        note=rng.choice(NOTES) if made else FAILURE_NOTES.get(outcome, ""),
        device="demo",
        signature=signature(rng) if made and rng.random() < 0.3 else b"",
        known_doubts=(Delivery.Doubt.SPARE,) if spare else (),
        spare=spare,
    ).delivery


def told_too_late(house: House, allocation: Allocation, round: Round, rng: Random) -> Story:
    """The office gives a reservation up while the volunteer hands the chair over without network: who has it?"""
    day = round.day
    yield moment(day, 18, 20)
    planning.release(
        allocation, by=house.users["karim"], release=Release.NOT_REACHED, note="La famille ne répond pas au téléphone."
    )
    yield moment(day + timedelta(days=1), 8, 40)
    record_stop(allocation, round, Outcome.DELIVERED, rng, happened_at=moment(day, 17, 50))


def clean(house: House, chair: Chair, day: date) -> Story:
    """What was tried on in a home is disinfected and checked before the next child."""
    omar = house.users["omar"]
    yield moment(day + timedelta(days=1), 10)
    stocktaking.record_chair_event(chair=chair, kind=ChairEvent.Kind.DISINFECTED, by=omar)
    yield moment(day + timedelta(days=2), 10)
    stocktaking.record_chair_event(chair=chair, kind=ChairEvent.Kind.CHECKED, by=omar)


def look_after(house: House, handed: Sequence[Delivery], day: date, rng: Random) -> Story:
    """The call after two weeks and the visit after six; some are still to be made."""
    looks = []
    for place, delivery in enumerate(handed):
        if place % 5 != 4:
            looks.append((moment(day + timedelta(days=14 + rng.randint(0, 4)), 10 + place), "days_14", delivery))
        if place % 3 != 2:
            looks.append((moment(day + timedelta(days=42 + rng.randint(0, 5)), 10 + place), "days_42", delivery))
    for number, (when, step, delivery) in enumerate(sorted(looks, key=lambda look: look[0])):
        yield when
        child = delivery.allocation.need.child
        child.refresh_from_db(fields=["status"])
        if child.is_followed:
            worker = house.case_worker(child.family.province.region.iso)
            asked = to_be_done(worker, when, number) if when > house.when(-30) else {}
            following_up.record_followup(
                delivery=delivery, by=worker, step=step, **found_at(step, rng), **seen_at(step, number), **asked
            )


def found_at(step: str, rng: Random) -> dict:
    """What a call or a visit finds: for most children a chair changes the day."""
    is_used = rng.random() < 0.95

    def change(better: int, same: int, worse: int) -> str:
        return rng.choices(["better", "same", "worse", "unknown"], [better, same, worse, 6])[0]

    return {
        "still_used": is_used,
        "why_not_used": "" if is_used else "Un pneu est crevé, la famille attend la réparation.",
        "hours_per_day": rng.randint(2, 9) if is_used else 0,
        "has_skin_problem": step == FollowUp.Step.DAYS_42 and rng.random() < 0.05,
        "needs_remeasuring": rng.random() < 0.08,
        "school_change": change(48, 40, 6) if is_used else "same",
        "mobility_change": change(72, 18, 4) if is_used else "same",
        "burden_change": change(60, 28, 6) if is_used else "worse",
        "satisfaction": rng.choices([5, 4, 3, 2], [45, 38, 12, 5])[0],
        "note": rng.choice(FOLLOW_UP_NOTES),
    }


def signature(rng: Random) -> bytes:
    """A scribble as a finger draws it on a phone, PNG."""
    picture = Image.new("RGB", (480, 160), "white")
    x, points = 30.0, []
    while x < 440:
        points.append((x, 80 + rng.uniform(-48, 48)))
        x += rng.uniform(10, 34)
    ImageDraw.Draw(picture).line(points, fill="#14323a", width=4, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


# --- the campaign on its way -----------------------------------------------------------------------------------------


def next_third_of_december(today: date) -> date:
    """The International Day of Persons with Disabilities that comes next, or was less than three weeks ago."""
    day = date(today.year, 12, 3)
    return day if day >= today - timedelta(days=17) else date(today.year + 1, 12, 3)


def coming_campaign(house: House) -> Story:
    """Reservations at every stage, a round today for one volunteer, one in two days for the other."""
    karim, meriem, omar = house.users["karim"], house.users["meriem"], house.users["omar"]
    the_day = next_third_of_december(house.today)
    is_near = timedelta(days=1) < the_day - house.today < timedelta(days=40)  # first rounds go before the day itself
    yield house.when(-22, 10)
    campaign = house.campaigns[COMING] = planning.create_initiative(
        by=karim,
        id=some_id(Random("hajar: coming campaign")),  # noqa: S311
        partners=house.partners,
        name_fr=f"3 décembre {the_day.year} : un fauteuil, une école, une rue",
        name_ar=f"3 دجنبر {the_day.year}: كرسي ومدرسة وشارع",
        name_en=f"3 December {the_day.year}: a chair, a school, a street",
        occasion=Initiative.Occasion.DISABILITY_DAY,
        starts_on=the_day - timedelta(days=1) if is_near else house.today - timedelta(days=2),
        ends_on=the_day + timedelta(days=17),
        target=40,
        budget_mad=450_000,
        notes="Remises dans dix localités autour de la Journée internationale des personnes handicapées.",
    )
    allocations: dict[str, list[Allocation]] = {}
    for turn, (iso, wanted) in enumerate(
        [("MA-CAS", 7), ("MA-TAR", 3), ("MA-MOH", 2), ("MA-FES", 2), ("MA-MAR", 2), ("MA-RAB", 2), ("MA-AGD", 2)]
    ):
        yield house.when(-12 + turn, 11)
        proposer = house.case_worker(house.provinces[iso].region.iso)
        allocations[iso] = propose_for(house, campaign, iso, wanted, by=proposer)
    yield house.when(-6, 15)
    for iso in ("MA-CAS", "MA-TAR", "MA-MOH", "MA-FES", "MA-AGD"):
        for allocation in allocations[iso]:
            planning.approve(allocation, by=meriem if allocation.proposed_by != meriem else karim)
    planning.release(
        allocations["MA-MAR"].pop(), by=karim, release=Release.BETTER_CHAIR, note="Un modèle plus léger arrive."
    )
    yield house.when(-4, 9)
    planning.move_initiative(campaign, to=State.LOCKED, by=karim)
    planning.move_initiative(campaign, to=State.APPROVED, by=meriem)
    rounds = []
    for volunteer, iso, days, some in (
        ("driss", "MA-CAS", 0, allocations["MA-CAS"][:4]),
        ("khadija", "MA-TAR", 2, allocations["MA-TAR"]),
    ):
        rounds.append(
            travelling.plan_round(
                initiative=campaign,
                volunteer=house.users[volunteer],
                province=house.provinces[iso],
                day=house.today + timedelta(days=days),
                allocations=some,
                by=karim,
                note="Appeler chaque famille avant de partir.",
                spares=spare_chairs(house.depots["Casablanca"]) if not days else (),
            )
        )
    place_towns(house)
    allow(house, [allocation for iso in READY_SOON for allocation in allocations[iso]])
    yield house.when(-3, 15)
    for allocation in [
        *allocations["MA-CAS"][:6], *allocations["MA-TAR"][:2], *allocations["MA-MOH"],
        *allocations["MA-FES"], *allocations["MA-AGD"],
    ]:  # fmt: skip
        planning.prepare(allocation, by=omar, **looked_over(allocation.chair))
    yield from rounds_of_yesterday(house, campaign, allocations)
    yield min(moment(house.today, 7, 45), house.now - timedelta(minutes=10))
    planning.move_initiative(campaign, to=State.UNDER_WAY, by=karim)
    travelling.load(rounds[0], by=omar)
    phone = some_id(Random("hajar: phone of a volunteer"))  # noqa: S311
    phoning.meet(phone, by=house.users["driss"], name="Android (démonstration)")
    travelling.note_download(rounds[0], by=house.users["driss"], device="Android (démonstration)")


def rounds_of_yesterday(house: House, campaign: Initiative, allocations: dict[str, list[Allocation]]) -> Story:
    """Three rounds that left: one is still under way, one met a closed door, of one all stops are told.

    At its last stop the chair meant sank into the yard, and the spare one was left: the office decides whose it is.
    """
    karim, omar, khadija = house.users["karim"], house.users["omar"], house.users["khadija"]
    rng = Random("hajar: rounds of yesterday")  # noqa: S311
    day = house.day(-1)
    spares = {"MA-AGD": of_another_model(allocations["MA-AGD"][-1], house.depots["Agadir"])}
    told = {
        "MA-FES": [Outcome.DELIVERED],
        "MA-MOH": [Outcome.DELIVERED, Outcome.NOT_AT_HOME],
        "MA-AGD": [Outcome.DELIVERED, Outcome.DELIVERED],
    }
    yield moment(day, 6, 30)
    planned = {
        iso: travelling.plan_round(
            initiative=campaign, volunteer=khadija, province=house.provinces[iso], day=day,
            allocations=allocations[iso], by=karim, note="Appeler chaque famille avant de partir.",
            spares=spares.get(iso, ()),
        )
        for iso in told
    }  # fmt: skip
    yield moment(day, 7)
    for round in planned.values():
        travelling.load(round, by=omar)
    yield moment(day, 7, 20)
    phoning.meet(some_id(rng), by=khadija, name="Android (démonstration)")
    for round in planned.values():
        travelling.note_download(round, by=khadija, device="Android (démonstration)")
    for number, (iso, outcomes) in enumerate(told.items()):
        for place, outcome in enumerate(outcomes):
            yield moment(day, 9 + 2 * number + place, rng.randint(5, 55))
            is_last = place == len(outcomes) - 1
            left = next(iter(spares.get(iso, ())), None) if is_last else None
            record_stop(allocations[iso][place], planned[iso], outcome, rng, spare=left)


def place_towns(house: House) -> None:
    """Where some towns lie, as a coordinator reads it off a map."""
    for iso, name, latitude, longitude in TOWNS:
        place = {"latitude": Decimal(latitude), "longitude": Decimal(longitude)}
        ordering.place_town(province=house.provinces[iso], name=name, by=house.users["karim"], **place)


def idea_of_a_campaign(house: House) -> Story:
    """The next one, a draft with no reservation yet."""
    yield house.when(-3, 17)
    year = house.today.year + 1
    planning.create_initiative(
        by=house.users["meriem"],
        id=some_id(Random("hajar: idea of a campaign")),  # noqa: S311
        partners=house.partners[1:2],
        name_fr=f"Journée des maladies rares {year}",
        name_ar=f"يوم الأمراض النادرة {year}",
        name_en=f"Rare Disease Day {year}",
        occasion=Initiative.Occasion.RARE_DISEASE_DAY,
        starts_on=date(year, 2, 20),
        ends_on=date(year, 3, 7),
        target=25,
    )


def decisions(house: House) -> Story:
    """Where a person decided otherwise than the rule, and what someone has looked at since."""
    yield house.when(-7, 12)
    waiting = Need.objects.open().exclude(allocations__status__in=Allocation.LIVE).filter(is_urgent=False)
    need = waiting.filter(rank_score__range=(40, 62)).order_by("child__number").first()
    if need:
        assessing.override_need(
            need,
            by=house.users["meriem"],
            score=78,
            urgent=None,
            reason="Quatrième étage sans ascenseur et une mère qui attend un enfant : elle ne pourra plus le porter.",
        )
