"""Phones, a server, lost answers, backups and restores in any order: nothing that was saved is lost or doubled.

Hypothesis chooses the order. SOAK=1 (make soak) tries twenty times as many.
"""

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from distributions import phoning, syncing
from distributions.models import Matter, PhoneEntry
from hajar.journal import recording as journal
from hajar.journal.models import GENESIS, Head, Payload
from hajar.journal.models import Entry as JournalEntry
from tests.factories import RoundFactory
from tests.phones import entry

INTERLEAVINGS = 10_000 if os.environ.get("SOAK") else 500
STEPS = 20
BUGS = ["forgets on receipt", "trusts the newest backup", "does not ask again", "has no key", "orders by its clock"]


class Field(RuleBasedStateMachine):
    """Two phones and the server; `bug` is what one of them does wrong."""

    volunteer, round, bug, phones = None, None, "", 2

    @initialize()
    def begin(self):
        _wipe()
        Head.objects.update(sequence=0, hash=GENESIS)
        self.saved: set[str] = set()
        self.outbox: list[list[dict]] = [[], []]
        self.kept: list[dict] = [{}, {}]  # id -> (entry, sequence)
        self.known = [phoning.Place(0, "")] * 2
        self.backups: list[dict] = []

    @rule(phone=st.integers(0, 1), clock=st.sampled_from([-3650, 0, 3650]))
    def save(self, phone, clock):
        phone %= self.phones
        said = entry("need_seen", {"round": str(self.round.pk), "what": f"{len(self.saved)}"})
        said["claimed_at"] = (timezone.now() + timedelta(days=clock)).isoformat()
        self.outbox[phone].append(said)
        self.saved.add(said["id"])

    @rule(phone=st.integers(0, 1), fate=st.sampled_from(["arrives", "request lost", "answer lost", "half", "twice"]))
    def send(self, phone, fate):
        phone %= self.phones
        if fate == "request lost":
            return
        batch = self.outbox[phone][: 1 if fate == "half" else 20]
        for _copy in range(2 if fate == "twice" else 1):
            if self.bug == "has no key":
                batch = [{**said, "id": entry("x", {})["id"]} | {"of": said["id"]} for said in batch]
            resync = not phoning.knows(self.known[phone])
            results = syncing.receive(batch, sender=syncing.Sender(self.volunteer))
            head = phoning.head()
        if fate != "answer lost":
            self.hear(phone, batch, results, head, resync)

    def hear(self, phone, batch, results, head, resync):
        for said, result in zip(batch, results, strict=True):
            self.kept[phone][said["id"]] = (said, result.sequence)
        done = {said.get("of", said["id"]) for said in batch}
        self.outbox[phone] = [said for said in self.outbox[phone] if said["id"] not in done]
        if resync and self.bug != "does not ask again":
            here = {said["id"] for said in batch}
            again = [said for pk, (said, _sequence) in self.kept[phone].items() if pk not in here]
            self.outbox[phone] = again + self.outbox[phone]
            self.kept[phone] = {pk: kept for pk, kept in self.kept[phone].items() if pk in here}
        self.known[phone] = head
        self.kept[phone] = {pk: kept for pk, kept in self.kept[phone].items() if not self.may_forget(*kept)}

    def may_forget(self, said, sequence) -> bool:
        if self.bug == "forgets on receipt":
            return True
        behind = 1 if self.bug == "trusts the newest backup" else 2
        if len(self.backups) < behind:
            return False
        backup = self.backups[-behind]
        if self.bug == "orders by its clock":
            return said["claimed_at"] <= backup["at"]
        return sequence <= backup["head"]["sequence"]

    @rule()
    def back_up(self):
        tables = {model: list(model.objects.values()) for model in (PhoneEntry, Matter, JournalEntry, Payload)}
        backup = {"tables": tables, "head": Head.objects.values().get(), "at": timezone.now().isoformat()}
        self.backups = [*self.backups, backup][-2:]

    @precondition(lambda field: field.backups)
    @rule(newest_is_spoilt=st.booleans())
    def restore(self, newest_is_spoilt):
        if newest_is_spoilt and len(self.backups) > 1:
            self.backups.pop()
        backup = self.backups[-1]
        _wipe()
        for model, rows in backup["tables"].items():
            model.objects.bulk_create(model(**row) for row in rows)
        Head.objects.update(sequence=backup["head"]["sequence"], hash=backup["head"]["hash"])

    def teardown(self):
        """In the end every phone finds a network, twice: it may have to hear first that it must send again."""
        if not hasattr(self, "outbox"):
            return
        for phone in (0, 1, 0, 1):
            self.send(phone, "arrives")
        there = list(PhoneEntry.objects.values_list("said", flat=True))
        what = [said.split('"what":"')[-1].split('"')[0] for said in there if '"of"' not in said]
        if self.bug != "has no key":
            assert {str(pk) for pk in PhoneEntry.objects.values_list("pk", flat=True)} == self.saved
            assert len(what) == len(set(what))
        else:
            assert len(there) == len(self.saved)
        assert Matter.objects.count() == len(there)  # each of them waits for a person, once
        assert list(journal.faults()) == []


def _wipe() -> None:
    for model in (Payload, JournalEntry, Matter, PhoneEntry):
        model.objects.all()._raw_delete("default")


@pytest.fixture
def field(driss):
    """The machine, on a database whose journal may be wound back."""
    _let_the_journal_be_wound_back()

    def run(bug: str, examples: int):
        told = {"volunteer": driss, "round": RoundFactory(volunteer=driss), "bug": bug, "phones": 1 if bug else 2}
        machine = type("Field", (Field,), told)
        phases = [Phase.generate] if bug else [Phase.generate, Phase.shrink]
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples, stateful_step_count=STEPS, deadline=None, database=None, phases=phases,
                suppress_health_check=list(HealthCheck), derandomize=True, print_blob=False, report_multiple_bugs=False,
            ),
        )  # fmt: skip

    return run


def _let_the_journal_be_wound_back() -> None:
    """Take the triggers off, in this test's own transaction."""
    with connection.cursor() as cursor:
        for table in ("journal_entry", "journal_payload"):
            for event in ("update", "delete"):
                name = f"{table}_refuses_{event}"
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


@pytest.mark.django_db
@pytest.mark.timeout(3600 if os.environ.get("SOAK") else 240)
def test_no_order_of_events_loses_or_doubles_an_entry(field):
    field("", INTERLEAVINGS)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the bugs are the same on both: one engine is enough")
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(field, bug):
    with pytest.raises((AssertionError, ExceptionGroup)):
        field(bug, 3000)
