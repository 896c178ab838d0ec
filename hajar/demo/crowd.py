"""As many invented children as one wants, written in bulk: for measuring, never for showing.

What the activities would write is written here without them, in proportion: families, guardians, names' keys, consents,
assessments, needs, chairs with their events, allocations, deliveries, follow-ups, and the journal with its chain.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from random import Random
from secrets import token_hex
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone

from beneficiaries import scoring
from beneficiaries.models import Assessment, Child, Consent, Family, Guardian, NameKey, Need, PhoneKey, Province
from beneficiaries.models.names import Named
from beneficiaries.models.references import next_numbers
from distributions import looking_ahead
from distributions.models import (
    Allocation,
    Chair,
    ChairEvent,
    ChairModel,
    Delivery,
    Depot,
    FollowUp,
    Initiative,
    Round,
    RoundChair,
)
from hajar.accounts.models import User
from hajar.demo import answers, catalogue, people
from hajar.journal.models import Entry, Head, Payload
from hajar.journal.recording import hash_entry, hash_payload
from hajar.lib import names

AT_ONCE = 4_000  # children: memory stays small
BATCH = 1_000  # rows in one INSERT
CAMPAIGN = 60  # hand-overs of one campaign
SIBLINGS = 6  # one family in so many has a second child
# Of a thousand children: assessed, of them waiting, of them served, of the waiting reserved; chairs in stock
ASSESSED, WAITING, SERVED, RESERVED, IN_STOCK = 250, 100, 80, 10, 30

Kind = ChairEvent.Kind


@dataclass
class Crowd:
    """What is being written, and by whom."""

    rng: Random
    today: date
    office: User
    approver: User
    volunteer: User
    provinces: list[Province]
    weights: list[int]
    looks: list[dict[str, Any]]
    models: list[ChairModel]
    depots: list[Depot]
    look_of: dict[UUID, dict[str, Any]] = field(default_factory=dict)  # assessment -> its look
    lines: list[tuple] = field(default_factory=list)  # of the journal, waiting to be written

    def day(self, *, most: int, least: int = 1) -> date:
        return self.today - timedelta(days=self.rng.randint(least, most))

    def id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)


def gather(count: int, *, by: User, approver: User, volunteer: User, say: Callable[[str], None] = print) -> None:
    """Add `count` children with all that belongs to them."""
    crowd = _begin(by, approver, volunteer)
    done = 0
    gc.disable()  # so many objects and no circles among them: looking for some takes a quarter of the time
    try:
        for some in _portions(count):
            _gather(crowd, some)
            done += some
            say(f"{done:,} children")
    finally:
        gc.enable()


def _gather(crowd: Crowd, some: int) -> None:
    with transaction.atomic():
        children = _register(crowd, some)
        assessed = _assess(crowd, children[: some * ASSESSED // 1000])
        assessed.sort(key=lambda assessment: assessment.assessed_on)  # first come, first served
        served = assessed[: some * SERVED // 1000]
        waiting = assessed[len(served) : len(served) + some * WAITING // 1000]
        _serve(crowd, served)
        _wait(crowd, waiting)
        _stock(crowd, some * IN_STOCK // 1000)
        _write_journal(crowd)
    crowd.look_of.clear()
    gc.collect()


def _portions(count: int) -> Iterator[int]:
    while count > 0:
        yield min(count, AT_ONCE)
        count -= AT_ONCE


def _begin(by: User, approver: User, volunteer: User) -> Crowd:
    # A crowd that joins another is made of other people.
    rng = Random(f"hajar: crowd after {Child.objects.count()}")  # noqa: S311 invented people, no secret
    today = timezone.localdate()
    provinces = list(Province.objects.order_by("iso"))
    models = [ChairModel.objects.get_or_create(**fields)[0] for fields in catalogue.MODELS]
    depots = [
        Depot.objects.get_or_create(name=name, defaults={"province": province})[0]
        for province in provinces
        for _key, iso, name, _address in catalogue.DEPOTS
        if iso == province.iso
    ]
    looks = [_look(rng) for _turn in range(200)]
    weights = [province.population for province in provinces]
    return Crowd(rng, today, by, approver, volunteer, provinces, weights, looks, models, depots)


def _look(rng: Random) -> dict[str, Any]:
    """The answers of one assessment and what NEED-1.0 makes of them."""
    profile = answers.some_profile(rng)
    danger = rng.choice(answers.DANGERS) if rng.random() < 0.04 else ""
    given = answers.answers(rng, profile, age=rng.randint(3, 16), school="attends", danger=danger)
    result = scoring.score(scoring.Answers(**{name: given.get(name) for name in scoring.Answers.__dataclass_fields__}))
    return {"answers": given, "score": result, "told": result.as_dict()}


def _many(model: type[models.Model], rows: list) -> list:
    return model._default_manager.bulk_create(rows, batch_size=BATCH)


def _people(rows: Sequence[Named]) -> None:
    """People with the keys of their names, as NamedQuerySet.bulk_create writes them."""
    for person in rows:
        person.tidy_names()
    models.QuerySet[Any](type(rows[0])).bulk_create(rows, batch_size=BATCH)
    owner = NameKey.owner_field(rows[0])
    keys = (
        (key, person.pk)
        for person in rows
        for key in sorted(_keys(person.full_name_latin) | _keys(person.full_name_arabic))
    )
    _pour(NameKey, ("key", f"{owner}_id"), keys)
    if owner == "guardian":
        digits = ((key, person.pk) for person in rows for key in sorted(PhoneKey.of(getattr(person, "phone", ""))))
        _pour(PhoneKey, ("digits", "guardian_id"), digits)


@lru_cache(maxsize=50_000)
def _keys(name: str) -> frozenset[str]:
    return frozenset(key[: names.KEY_LENGTH] for key in names.keys(name) | names.written_words(name))


def _pour(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple]) -> None:
    """Insert plain rows without making a model of each: for the tables that have many for one child."""
    quote = connection.ops.quote_name
    into = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, columns))}) VALUES"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_values  # type: ignore[import-untyped]

            plain = [[str(value) if isinstance(value, UUID) else value for value in row] for row in rows]
            execute_values(cursor.cursor, f"{into} %s", plain, page_size=BATCH)
        else:
            plain = [[value.hex if isinstance(value, UUID) else value for value in row] for row in rows]
            cursor.executemany(f"{into} ({', '.join(['%s'] * len(columns))})", plain)


# --- the register ----------------------------------------------------------------------------------------------------


def _family_name(rng: Random) -> people.Name:
    """Some two hundred and fifty names: with few, every search would find everybody."""
    name = rng.choice(people.FAMILIES)
    before = rng.choice([None, None, people.Name("Ben", "بن "), people.Name("Ait", "أيت "), people.Name("Bou", "بو ")])
    if before is None:
        return name
    return people.Name(f"{before.latin} {name.latin}", f"{before.arabic}{name.arabic}")


def _register(crowd: Crowd, count: int) -> list[Child]:
    rng = crowd.rng
    alone = max(1, round(count * SIBLINGS / (SIBLINGS + 1)))
    first_family = next_numbers("family", alone)
    first_child = next_numbers("child", count)
    provinces = rng.choices(crowd.provinces, crowd.weights, k=alone)
    families = [
        Family(
            id=crowd.id(),
            number=number,
            province=province,
            commune=province.seat_fr,
            address=f"{rng.randint(1, 200)}, rue des Orangers",
            is_answered_for=True,  # by those who are written next, past what would say so
        )
        for number, province in zip(first_family, provinces, strict=True)
    ]
    called = {family.pk: _family_name(rng) for family in families}
    for family in families:
        family.sort_key = names.sort_key(called[family.pk].latin, called[family.pk].arabic)
        crowd.lines.append(("family.registered", family, family.pk, {"guardians": 1}))
    _many(Family, families)
    guardians = []
    for family in families:
        for turn in range(rng.choice([1, 1, 2])):
            relation = "father" if turn else "mother"
            given = rng.choice(people.FATHERS if turn else people.MOTHERS)
            guardians.append(
                Guardian(
                    id=crowd.id(),
                    family=family,
                    relation=relation,
                    legal_basis=relation,
                    phone=people.invented_phone(rng.randrange(1_000_000)),
                    is_first_contact=not turn,
                    **people.names_of(given, called[family.pk], people.some_script(rng)),
                )
            )
    _people(guardians)
    homes = [*families, *rng.choices(families, k=count - alone)]
    children = []
    for number, family in zip(first_child, homes, strict=True):
        sex = rng.choice("FM")
        given = rng.choice(people.GIRLS if sex == "F" else people.BOYS)
        children.append(
            Child(
                id=crowd.id(),
                number=number,
                family=family,
                sex=sex,
                born_on=crowd.day(least=3 * 366, most=17 * 365),
                requested_on=crowd.day(most=3 * 365),
                school=rng.choice(["attends", "dropped_out", "too_young", "irregular"]),
                status=rng.choices(["active", "paused", "moved", "of_age", "closed"], [88, 3, 3, 3, 3])[0],
                **people.names_of(given, called[family.pk], people.some_script(rng)),
            )
        )
    rng.shuffle(children)
    children.sort(key=lambda child: not child.is_followed)
    _people(children)
    first_call = {guardian.family_id: guardian for guardian in guardians if guardian.is_first_contact}
    consents = []
    for child in children:
        crowd.lines.append(("child.registered", child, child.pk, {"family": child.family.reference}))
        consent = Consent(
            id=crowd.id(),
            child=child,
            guardian=first_call[child.family_id],
            purpose=Consent.Purpose.CARE,
            legal_basis=first_call[child.family_id].legal_basis,
            answered_on=child.requested_on,
            recorded_by=crowd.office,
        )
        consents.append(consent)
        crowd.lines.append(("consent.recorded", consent, child.pk, {"purpose": "care", "answer": "given", "ended": 0}))
    _many(Consent, consents)
    return children


# --- needs -----------------------------------------------------------------------------------------------------------


def _assess(crowd: Crowd, children: list[Child]) -> list[Assessment]:
    assessments = []
    for child in children:
        look = crowd.rng.choice(crowd.looks)
        assessment = Assessment(
            id=crowd.id(),
            child=child,
            state=Assessment.State.COMPLETE,
            assessed_on=child.requested_on,
            completed_at=_noon(child.requested_on),
            assessor=crowd.office,
            **look["answers"],
        )
        crowd.look_of[assessment.pk] = look
        assessments.append(assessment)
        crowd.lines.append(("assessment.completed", assessment, child.pk, {"rules": scoring.VERSION}))
    return _many(Assessment, assessments)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_current_timezone())


def _needs(crowd: Crowd, assessments: list[Assessment], **fields: Any) -> list[Need]:
    needs = []
    for assessment in assessments:
        look = crowd.look_of[assessment.pk]
        score, told = look["score"], look["told"]
        need = Need(
            id=crowd.id(),
            child=assessment.child,
            assessment=assessment,
            requested_on=assessment.child.requested_on,
            opened_on=assessment.assessed_on,
            rule_version=score.version,
            score_low=score.low,
            score_high=score.high,
            rank_score=score.high,
            parts=told["parts"],
            flags=told["flags"],
            is_urgent=score.urgent,
            urgent_since=assessment.assessed_on if score.urgent else None,
            **fields,
        )
        needs.append(need)
        crowd.lines.append(("need.opened", need, need.child_id, {"score": [score.low, score.high]}))
    return _many(Need, needs)


def _wait(crowd: Crowd, assessments: list[Assessment]) -> None:
    """The waiting list; for some a chair is already reserved in the campaign that is coming."""
    needs = _needs(crowd, assessments)
    reserved = needs[: len(needs) * RESERVED // WAITING]
    initiative = _campaign(crowd, crowd.today + timedelta(days=20), Initiative.State.DRAFT)
    chairs = _chairs(crowd, len(reserved), Chair.State.RESERVED)
    events = []
    for need, chair in zip(reserved, chairs, strict=True):
        events += _life(crowd, chair, crowd.today, [(Kind.RECEIVED, None), (Kind.RESERVED, need.child_id)])
    _many(ChairEvent, events)
    _allocations(crowd, initiative, list(zip(reserved, chairs, strict=True)), Allocation.Status.PROPOSED, None)


# --- chairs ----------------------------------------------------------------------------------------------------------


def _stock(crowd: Crowd, count: int) -> None:
    events = []
    for chair in _chairs(crowd, count, Chair.State.AVAILABLE):
        events += _life(crowd, chair, crowd.today, [(Kind.RECEIVED, None)])
    _many(ChairEvent, events)


def _chairs(crowd: Crowd, count: int, state: str, holders: list[Child] | None = None) -> list[Chair]:
    if not count:
        return []
    chairs = []
    for place, number in enumerate(next_numbers("chair", count)):
        chair = Chair(
            id=crowd.id(),
            number=number,
            model=crowd.rng.choice(crowd.models),
            serial=f"X{number:07d}",
            donor="Fondation Les Amandiers",
            state=state,
            depot=None if holders else crowd.rng.choice(crowd.depots),
            holder=holders[place] if holders else None,
        )
        chairs.append(chair)
        crowd.lines.append(("chair.received", chair, chair.pk, {"serial": chair.serial}))
    return _many(Chair, chairs)


def _life(crowd: Crowd, chair: Chair, until: date, steps: Sequence[tuple[str, Any]]) -> list[ChairEvent]:
    """A chair's events, one a day, the last one on the day before `until`."""
    start = _noon(until) - timedelta(days=len(steps) + 1)
    return [
        ChairEvent(
            id=crowd.id(),
            chair=chair,
            sequence=turn,
            kind=kind,
            happened_at=start + timedelta(days=turn),
            by=crowd.office,
            depot=chair.depot or crowd.depots[0] if kind == Kind.RECEIVED else None,
            child_id=child,
        )
        for turn, (kind, child) in enumerate(steps, start=1)
    ]


# --- campaigns -------------------------------------------------------------------------------------------------------


def _campaign(crowd: Crowd, starts_on: date, state: str) -> Initiative:
    initiative = Initiative.objects.create(
        id=crowd.id(),
        name_fr=f"Campagne du {starts_on:%d/%m/%Y}",
        occasion=Initiative.Occasion.OTHER,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=30),
        target=CAMPAIGN,
        state=state,
    )
    crowd.lines.append(("initiative.created", initiative, initiative.pk, {"target": CAMPAIGN}))
    return initiative


def _allocations(
    crowd: Crowd, initiative: Initiative, pairs: list[tuple[Need, Chair]], status: str, round: Round | None
) -> list[Allocation]:
    allocations = []
    for stop, (need, chair) in enumerate(pairs, start=1):
        is_over = status == Allocation.Status.DELIVERED
        allocation = Allocation(
            id=crowd.id(),
            need=need,
            chair=chair,
            initiative=initiative,
            status=status,
            proposed_by=crowd.office,
            approved_by=crowd.approver if is_over else None,
            approved_at=_noon(initiative.starts_on) if is_over else None,
            ended_at=_noon(need.closed_on) if need.closed_on else None,
            facts={"score": need.score_text, "is_urgent": need.is_urgent},
            round=round,
            stop=stop if round else None,
        )
        allocations.append(allocation)
        crowd.lines.append(("allocation.proposed", allocation, need.child_id, {"chair": chair.label}))
    return _many(Allocation, allocations)


def _serve(crowd: Crowd, assessments: list[Assessment]) -> None:
    """Campaigns that are over: each hand-over with its round, its chair's life and its first follow-up."""
    remaining = iter(assessments)
    while some := list(islice(remaining, CAMPAIGN)):
        latest = max(assessment.child.requested_on for assessment in some)
        day = min(latest + timedelta(days=30), crowd.today - timedelta(days=1))
        needs = _needs(crowd, some, closed_on=day, closing=Need.Closing.DELIVERED)
        initiative = _campaign(crowd, day - timedelta(days=5), Initiative.State.CLOSED)
        children = [need.child for need in needs]
        chairs = _chairs(crowd, len(needs), Chair.State.HANDED_OVER, holders=children)
        round = Round.objects.create(
            id=crowd.id(),
            initiative=initiative,
            volunteer=crowd.volunteer,
            province=children[0].family.province,
            day=day,
        )
        pairs = list(zip(needs, chairs, strict=True))
        events, deliveries, looks = [], [], []
        for need, chair in pairs:
            child = need.child_id
            steps = [(Kind.RECEIVED, None), (Kind.RESERVED, child), (Kind.LOADED, child), (Kind.HANDED_OVER, child)]
            events += _life(crowd, chair, day + timedelta(days=1), steps)
        allocations = _allocations(crowd, initiative, pairs, Allocation.Status.DELIVERED, round)
        for allocation in allocations:
            delivery = Delivery(
                id=crowd.id(),
                allocation=allocation,
                round=round,
                volunteer=crowd.volunteer,
                outcome=Delivery.Outcome.DELIVERED,
                happened_at=_noon(day),
                received_at=_noon(day),
                is_healthy=True,
                receiver_name="Mère",
                receiver_relation="mother",
                content_hash=token_hex(32),
                handed_over_on=day,
            )
            deliveries.append(delivery)
            crowd.lines.append(("delivery.recorded", delivery, allocation.need.child_id, {"outcome": "delivered"}))
            for step, wait in (("days_14", 14), ("days_42", 42), ("half_yearly", 183)):
                if day + timedelta(days=wait + 3) < crowd.today and crowd.rng.random() < 0.9:
                    look = FollowUp(
                        id=crowd.id(),
                        delivery=delivery,
                        step=step,
                        done_on=day + timedelta(days=wait),
                        done_by=crowd.office,
                        school_change=crowd.rng.choice(["better", "same"]),
                    )
                    looks.append(look)
                    crowd.lines.append(("followup.recorded", look, allocation.need.child_id, {"step": step}))
        _many(ChairEvent, events)
        loaded = {"round": round, "loaded_at": _noon(day), "loaded_by": crowd.office}
        RoundChair.objects.bulk_create(RoundChair(chair=row.chair, allocation=row, **loaded) for row in allocations)
        _many(Delivery, deliveries)
        _many(FollowUp, looks)
        looking_ahead.keep_next_looks(Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]))


# --- the journal -----------------------------------------------------------------------------------------------------


ENTRY = (
    "sequence", "act", "object_type", "object_id", "subject_id", "actor_id", "device", "claimed_at", "received_at",
    "payload_hash", "previous_hash", "hash",
)  # fmt: skip


def _write_journal(crowd: Crowd) -> None:
    """Write the waiting lines as entries of one chain."""
    head = Head.objects.select_for_update().get(pk=1)
    now = timezone.now()
    moment = connection.ops.adapt_datetimefield_value(now)
    entries, payloads = [], []
    for act, row, subject, data in crowd.lines:
        salt = token_hex(16)
        entry = Entry(
            sequence=head.sequence + 1,
            act=act,
            object_type=row._meta.label_lower,
            object_id=str(row.pk),
            subject_id=subject,
            actor_id=crowd.office.pk,
            received_at=now,
            payload_hash=hash_payload(data, salt),
            previous_hash=head.hash,
        )
        entry.hash = hash_entry(entry)
        head.sequence, head.hash = entry.sequence, entry.hash
        values = entry.__dict__ | {"received_at": moment}
        entries.append(tuple(values[name] for name in ENTRY))
        payloads.append((entry.sequence, json.dumps(data), salt))
    _pour(Entry, ENTRY, entries)
    _pour(Payload, ("entry_id", "data", "salt"), payloads)
    head.save(update_fields=["sequence", "hash"])
    crowd.lines.clear()
