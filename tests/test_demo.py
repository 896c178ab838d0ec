"""The demo's story: whole, alive, and the same at every reset. It is told once for all tests of this file."""

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings as house_settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from beneficiaries import importing, moving, opening, reminding
from beneficiaries.models import (
    Assessment,
    Association,
    Child,
    Consent,
    DuplicatePair,
    Family,
    Guardian,
    HealthRecord,
    Need,
)
from beneficiaries.models.imports import RegisterImport
from distributions import following_up, reporting, settling, stocktaking
from distributions.models import (
    Allocation,
    Chair,
    Delivery,
    FollowUp,
    Initiative,
    Matter,
    Recall,
    Repair,
    Round,
    StockCount,
    Transfer,
)
from hajar.accounts import roles
from hajar.accounts.models import User
from hajar.demo import people, story
from hajar.demo.clock import at, moment, play
from hajar.demo.places import OF_THE_INITIATIVE
from hajar.journal import recording
from hajar.journal.models import Entry

# First of all, in an empty house


def test_it_refuses_where_people_are_real(db, settings):
    settings.HAJAR_DEMO = False
    with pytest.raises(CommandError, match="HAJAR_DEMO"):
        call_command("demo")
    assert not User.objects.exists()


def test_it_does_not_come_among_other_families(nadia):
    with pytest.raises(CommandError, match="other data"):
        call_command("demo", stdout=StringIO())
    assert not Family.objects.exists()


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker, tmp_path_factory):
    """The story, once; taken back at the end."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(house_settings, "MEDIA_ROOT", str(tmp_path_factory.mktemp("media")))
        story.tell()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(told, db):
    return None


@pytest.fixture
def coordinator(demo):
    return User.objects.get(email="karim@hajar.example")


@pytest.fixture
def finished(demo):
    return Initiative.objects.get(state=Initiative.State.CLOSED)


def test_its_journal_is_whole(demo):
    assert list(recording.faults()) == []
    assert Entry.objects.count() > 1500


def test_its_stock_is_the_replay_of_its_events(demo):
    assert list(stocktaking.stock_faults()) == []


def test_things_happened_when_the_story_says(demo):
    entries = Entry.objects.order_by("sequence").values_list("received_at", flat=True)
    assert list(entries) == sorted(entries)
    assert entries[0] < timezone.now() - timedelta(days=400)
    assert entries.last() <= timezone.now()


def test_it_has_children_of_every_status_in_both_scripts(demo):
    assert Child.objects.count() == 150 + 4  # four of them twice
    assert set(Child.objects.values_list("status", flat=True)) == set(Child.Status.values)
    assert Child.objects.filter(status=Child.Status.DECEASED).count() == 1
    assert Child.objects.filter(given_name_arabic="").exists()
    assert Child.objects.filter(given_name_latin="").exists()
    assert Family.objects.count() < 145, "some children have siblings"
    assert set(Child.objects.values_list("precautions", flat=True)) == set(Child.Precautions.values)


def test_it_has_consents_health_records_and_assessments_of_every_kind(demo):
    assert set(Consent.objects.values_list("purpose", flat=True)) == set(Consent.Purpose.values)
    assert set(Consent.objects.values_list("answer", flat=True)) == set(Consent.Answer.values)
    assert Consent.objects.exclude(withdrawn_on=None).exists()
    assert HealthRecord.objects.filter(limit_radiation=True).exists()
    assert set(Assessment.objects.values_list("state", flat=True)) == set(Assessment.State.values)
    assert Child.objects.filter(assessments=None).exists()


def test_its_files_live_on(coordinator):
    (moved,) = Family.objects.exclude(also_followed_by=None)
    assert moving.homes(moved)
    assert Guardian.objects.exclude(ended_on=None).get().ended_because == Guardian.Ending.DEATH
    found = reminding.for_person(coordinator)
    assert found.pauses_over.count() == found.of_age.count() == 1
    assert found.consents.exists()
    full = HealthRecord.objects.exclude(immunoglobulin_route="").get()
    assert [reading.why != "" for reading in opening.readings(full.child)] == [False, True]


def test_its_waiting_list_is_spread_over_scores_waits_and_decisions(demo):
    waiting = Need.objects.open().with_queue()
    assert waiting.count() > 40
    assert all(waiting.in_band(band).count() > 5 for band in ("high", "medium", "planned"))
    assert waiting.filter(is_urgent=True).count() >= 3
    assert waiting.incomplete().count() >= 3
    assert waiting.filter(wait_bonus=0).exists()
    assert waiting.filter(wait_bonus=10).exists()
    assert waiting.exclude(override_reason="").count() == 1


def test_its_finished_initiative_reached_all_ten_localities(finished):
    report = reporting.anonymous_summary(finished)
    assert report.delivered is not None and report.delivered >= 45
    assert len(report.localities) == len(OF_THE_INITIATIVE) == 10
    assert all(count and count >= 5 for _name, count in report.localities)
    failures = Delivery.objects.filter(allocation__initiative=finished).values_list("outcome", flat=True)
    assert set(failures) == set(Delivery.Outcome.values)
    assert report.changes["mobility_change"].better


def test_its_coming_initiative_has_reservations_at_every_stage(demo):
    coming = Initiative.objects.get(state=Initiative.State.UNDER_WAY)
    assert (coming.occasion, coming.ends_on.month) == (Initiative.Occasion.DISABILITY_DAY, 12)
    assert set(coming.allocations.values_list("status", flat=True)) == set(Allocation.Status)


def test_a_volunteer_has_a_round_today(demo):
    driss = User.objects.get(email="driss@hajar.example")
    (today,) = Round.objects.for_phone(driss).filter(day=timezone.localdate())
    assert set(today.allocations.values_list("status", flat=True)) == {Allocation.Status.LOADED}
    khadija = User.objects.get(email="khadija@hajar.example")
    assert Round.objects.for_phone(khadija).filter(day__gt=timezone.localdate()).exists()


def test_its_chairs_are_in_every_state(demo):
    # A chair enters our books when it is received: nothing leaves one "expected".
    assert set(Chair.objects.values_list("state", flat=True)) == set(Chair.State.values) - {Chair.State.EXPECTED}
    assert set(Chair.objects.available().values_list("depot__province__iso", flat=True)) == {"MA-CAS", "MA-AGD"}
    assert Repair.objects.open().exists()
    assert Repair.objects.exclude(fixed_on=None).exists()


def test_its_depots_are_counted_and_its_chairs_travel_and_are_called_back(demo):
    assert StockCount.objects.open().count() == 1
    assert StockCount.objects.exclude(finalised_at=None).count() == 1
    assert Transfer.objects.under_way().count() == 1
    received = Transfer.objects.exclude(received_at=None).with_numbers().get()
    assert (received.sent, received.arrived, received.missed) == (2, 1, 1)
    recall = Recall.objects.open().with_numbers().get()
    assert (recall.concerned, recall.safe) == (2, 1)


def test_its_follow_ups_are_done_and_due(coordinator):
    due = Counter(following_up.due(coordinator).values_list("due_step", flat=True))
    assert due[FollowUp.Step.DAYS_14] and due[FollowUp.Step.DAYS_42]
    assert set(FollowUp.objects.values_list("step", flat=True)) == {FollowUp.Step.DAYS_14, FollowUp.Step.DAYS_42}


def test_two_entries_wait_for_someone_to_look(demo):
    doubts = {entry.needs_a_look for entry in Delivery.objects.in_doubt()}
    assert doubts == {"released,chair_disputed", "spare"}


def test_what_the_field_left_waits_for_the_office(demo):
    kinds = Counter(Matter.objects.waiting().values_list("kind", flat=True))
    assert kinds["chair_twice"] == kinds["spare"] == 1
    assert kinds["need_seen"] == 2
    assert kinds["gap"] == 1
    assert 0 < kinds["failed_stop"] < 5
    assert Matter.objects.exclude(ended_by=None).filter(kind="failed_stop").exists()


def test_another_chair_was_left_and_the_office_decides_whose_it_is(coordinator):
    (matter,) = Matter.objects.waiting().filter(kind="spare")
    (instead, _word), (still_waits, _other) = settling.options_of(matter, settling.dispute_of(matter))
    assert (instead, still_waits) == ("instead", "still_waits")
    meant = matter.delivery.allocation.chair
    assert matter.chair.model != meant.model
    with transaction.atomic():
        settling.handle(matter, by=coordinator, note="L'enfant y est bien assis.", decision=instead)
        assert list(stocktaking.stock_faults()) == []
        transaction.set_rollback(True)


def test_an_import_waits_in_its_preview_with_a_fault_and_a_child_already_known(demo):
    waiting = RegisterImport.objects.get()
    assert (waiting.state, waiting.uploaded_by.email) == ("preview", "samira@hajar.example")
    verdicts = Counter(row.verdict for row in importing.rows_of(waiting))
    assert verdicts == {"new": 5, "duplicate": 1, "error": 1}


def test_pairs_wait_that_the_rules_found_and_one_that_a_person_named(demo):
    found, named = DuplicatePair.objects.open().filter(found_by=None), DuplicatePair.objects.exclude(found_by=None)
    assert [pair.is_probable for pair in found] == [True] * 3
    assert (named.get().is_open, named.get().reasons) == (True, [])


def test_two_families_that_are_two_are_reached_by_one_phone(demo):
    doubles = {frozenset((pair.first.family_id, pair.second.family_id)) for pair in DuplicatePair.objects.all()}
    homes = {}
    for guardian in Guardian.objects.current().exclude(phone=""):
        homes.setdefault(guardian.phone, set()).add(guardian.family_id)
    shared = {frozenset(families) for families in homes.values() if len(families) > 1}
    assert len(shared - doubles) == 1


def test_the_association_presents_itself_in_three_languages(demo):
    profile = Association.get()
    assert all([profile.presentation_fr, profile.presentation_ar, profile.presentation_en])


def test_every_role_has_an_account_that_enters(demo, client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    assert {account.role for account in people.ACCOUNTS} == set(roles.ROLES)
    for account in people.ACCOUNTS:
        client.logout()
        client.post("/accounts/login/", {"login": account.email, "password": people.PASSWORD})
        assert client.get("/").status_code == 200, account.email


def test_a_second_start_keeps_what_was_entered(demo):
    child = Child.objects.order_by("number").first()
    child.notes = "entered since"
    child.save(update_fields=["notes"])
    before = Entry.objects.count()
    said = StringIO()
    call_command("demo", port="8123", stdout=said)
    assert Entry.objects.count() == before
    assert Child.objects.get(pk=child.pk).notes == "entered since"
    assert "http://localhost:8123/" in said.getvalue()
    assert all(account.email in said.getvalue() for account in people.ACCOUNTS)
    assert people.PASSWORD in said.getvalue()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="runs on a file of its own")
def test_a_reset_tells_the_same_story_again(demo, tmp_path):
    """In a copy of the house, by the command that people use, after somebody changed something."""
    copy = tmp_path / "demo.sqlite3"
    with closing(sqlite3.connect(copy)) as other:
        other.executescript("\n".join(connection.connection.iterdump()))
        other.execute("UPDATE beneficiaries_child SET notes = 'x'")
        other.commit()
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{copy}",
        "HAJAR_MEDIA_ROOT": str(tmp_path / "media"),
        "HAJAR_DEMO": "1",
    }
    command = [sys.executable, str(house_settings.BASE_DIR / "manage.py"), "demo", "--reset"]
    subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=200)
    with closing(sqlite3.connect(copy)) as other, connection.cursor() as ours:
        for table, columns, order in (
            ("beneficiaries_child", "id, number, sort_key, status", "number"),
            ("beneficiaries_family", "id, number, address", "number"),
            ("beneficiaries_need", "child_id, purpose, score_low, score_high, closed_on", "1, 2, closed_on"),
            ("distributions_chair", "number, serial, state, holder_id", "number"),
        ):
            told = f"SELECT {columns} FROM {table} ORDER BY {order}"
            again, before = ([tuple(map(str, row)) for row in rows.execute(told).fetchall()] for rows in (other, ours))
            assert again == before, table
            assert again, table
        assert other.execute("SELECT count(*) FROM beneficiaries_child WHERE notes = 'x'").fetchone() == (0,)


def test_stories_are_told_in_the_order_of_their_moments():
    told = []
    start = timezone.localdate() - timedelta(days=9)

    def tale(name, *days):
        for day in days:
            yield moment(start + timedelta(days=day))
            told.append((name, (timezone.localdate() - start).days))

    play([tale("a", 1, 4), tale("b", 2, 3, 400)])
    assert told == [("a", 1), ("b", 2), ("b", 3), ("a", 4)]


def test_the_clock_goes_on_afterwards():
    past = timezone.now() - timedelta(days=30)
    with at(past):
        assert timezone.now() == past
    assert timezone.now() > past
