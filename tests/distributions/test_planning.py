import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from beneficiaries import closing
from beneficiaries.models import Need
from distributions import planning, stocktaking, travelling
from distributions.models import Allocation, Chair, Initiative
from hajar.journal.models import Entry
from tests.factories import (
    IN_ORDER,
    AllocationFactory,
    ChairFactory,
    ChildFactory,
    InitiativeFactory,
    NeedFactory,
    PartnerFactory,
)


def propose(by, **given):
    parts = {"need": NeedFactory, "chair": ChairFactory, "initiative": InitiativeFactory}
    return planning.propose(by=by, **{name: given.get(name) or make() for name, make in parts.items()})


# --- initiatives -----------------------------------------------------------------------------------------------------


def test_an_initiative_is_created_as_a_draft_and_corrected(karim):
    partner = planning.add_partner(by=karim, name_latin="Fondation Amal")
    initiative = planning.create_initiative(
        by=karim,
        name_fr="3 décembre",
        occasion="disability_day",
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate(),
        target=30,
        partners=[partner],
    )
    assert initiative.state == Initiative.State.DRAFT
    planning.correct_initiative(initiative, by=karim, target=40, partners=[])
    entry = initiative.history().first()
    assert (entry.act, entry.details["changed"]["target"]) == ("initiative.corrected", ["30", "40"])
    assert entry.details["changed"]["partners"] == ["Fondation Amal", ""]


def test_a_correction_that_changes_nothing_leaves_no_trace(karim):
    initiative = InitiativeFactory()
    planning.correct_initiative(initiative, by=karim, target=initiative.target)
    assert not initiative.history().exists()


def test_an_initiative_goes_its_way_step_by_step(karim):
    initiative = InitiativeFactory()
    for state in ["locked", "approved", "under_way", "reconciled", "closed"]:
        initiative = planning.move_initiative(initiative, to=state, by=karim)
    assert initiative.state == "closed"
    assert [entry.act for entry in initiative.history()] == ["initiative.state_changed"] * 5


@pytest.mark.parametrize(("state", "target"), [("draft", "under_way"), ("closed", "draft"), ("under_way", "locked")])
def test_an_initiative_jumps_over_no_state(karim, state, target):
    with pytest.raises(planning.MoveNotPossible):
        planning.move_initiative(InitiativeFactory(state=state), to=target, by=karim)


def test_an_initiative_is_reconciled_once_no_chair_is_out_or_reserved(karim):
    initiative = InitiativeFactory(state="under_way")
    on_the_road = AllocationFactory(initiative=initiative, loaded=True)
    with pytest.raises(planning.ChairsOnTheRoad):
        planning.move_initiative(initiative, to="reconciled", by=karim)
    travelling.bring_back(on_the_road, by=karim)
    with pytest.raises(planning.ReservationsOpen):
        planning.move_initiative(initiative, to="reconciled", by=karim)
    planning.release(on_the_road, by=karim, release="not_reached")
    assert planning.move_initiative(initiative, to="reconciled", by=karim).state == "reconciled"


def test_progress_counts_chairs_and_money(karim, django_assert_num_queries):
    initiative = InitiativeFactory(target=5, budget_mad=10_000)
    AllocationFactory(initiative=initiative, approved=True)
    AllocationFactory(initiative=initiative, chair__model__price_mad=None)
    planning.release(AllocationFactory(initiative=initiative), by=karim, release="mistake")
    with django_assert_num_queries(1):
        progress = planning.progress(initiative)
    assert (progress.promised, progress.delivered, progress.missing) == (2, 0, 3)
    assert (progress.spent_mad, progress.unpriced, progress.is_over_budget) == (9500, 1, False)


# --- reserving -------------------------------------------------------------------------------------------------------


def test_a_proposal_reserves_the_chair_and_freezes_the_facts(samira):
    need = NeedFactory(score_high=84, is_urgent=True, urgent_since=timezone.localdate())
    allocation = propose(samira, need=need)
    chair = Chair.objects.get(pk=allocation.chair_id)
    assert (allocation.status, chair.state) == ("proposed", "reserved")
    assert chair.events.in_order().last().child_id == need.child_id
    assert allocation.facts["score"] == "78–84"
    assert allocation.facts["is_urgent"] is True
    assert allocation.facts["measures"]["hip_width_mm"] == 270
    assert allocation.facts["measures"]["mass_kg"] == "26.4"
    assert allocation.facts["model"] == str(chair.model)
    entry = allocation.history().get()
    assert (entry.act, entry.subject_id) == ("allocation.proposed", need.child_id)
    assert list(stocktaking.stock_faults()) == []


def test_the_frozen_facts_do_not_follow_the_need(samira):
    allocation = propose(samira)
    Need.objects.filter(pk=allocation.need_id).update(score_low=1, score_high=2)
    allocation.refresh_from_db()
    assert allocation.facts["score"] == "78"


def test_facts_leave_out_what_was_not_measured(samira):
    need = NeedFactory(assessment__hip_width_mm=None, assessment__mass_kg=None)
    assert {"hip_width_mm", "mass_kg"}.isdisjoint(propose(samira, need=need).facts["measures"])


def test_a_closed_need_is_refused(samira):
    need = NeedFactory(closed_on=timezone.localdate(), closing="served_elsewhere")
    with pytest.raises(planning.NeedIsClosed):
        propose(samira, need=need)


@pytest.mark.parametrize("status", ["moved", "of_age", "closed", "deceased"])
def test_a_child_no_longer_followed_is_refused(samira, status):
    with pytest.raises(planning.ChildNotFollowed):
        propose(samira, need=NeedFactory(child__status=status))


def test_a_need_with_a_chair_is_refused_another(samira):
    first = propose(samira)
    with pytest.raises(planning.NeedHasChair):
        propose(samira, need=first.need)


def test_a_promised_chair_is_refused(samira):
    first = propose(samira)
    with pytest.raises(planning.ChairIsPromised):
        propose(samira, chair=first.chair)


@pytest.mark.parametrize("kind", ["repair_begun", "lost", "scrapped"])
def test_a_chair_that_is_not_available_is_refused_with_its_state(samira, omar, kind):
    chair = ChairFactory()
    stocktaking.record_chair_event(chair=chair, kind=kind, by=omar, note="Constaté au dépôt")
    with pytest.raises(planning.ChairNotAvailable) as refused:
        propose(samira, chair=chair)
    with translation.override("fr"):
        assert str(chair.get_state_display()) in refused.value.message


def test_a_used_chair_waits_for_its_cleaning(samira):
    with pytest.raises(planning.ChairNotAvailable):
        propose(samira, chair=ChairFactory(used=True))


@pytest.mark.parametrize("state", ["reconciled", "closed"])
def test_a_finished_initiative_takes_no_more(samira, state):
    with pytest.raises(planning.InitiativeTakesNoMore):
        propose(samira, initiative=InitiativeFactory(state=state))


def test_a_refusal_changes_nothing(samira):
    chair, entries = ChairFactory(), Entry.objects.count()
    with pytest.raises(planning.NeedIsClosed):
        propose(samira, chair=chair, need=NeedFactory(closed_on=timezone.localdate(), closing="declined"))
    assert (chair.events.count(), Entry.objects.count() - entries) == (1, 0)


def test_the_constraint_alone_gives_the_same_refusal(samira, monkeypatch):
    """Should the look ever be fooled, the database still answers, and in words."""
    first = propose(samira)
    blind = Allocation(need=NeedFactory(), chair=first.chair, initiative=first.initiative, proposed_by=samira, facts={})
    with pytest.raises(planning.ChairIsPromised), transaction.atomic():
        planning._insert(blind)
    blind = Allocation(need=first.need, chair=ChairFactory(), initiative=first.initiative, proposed_by=samira, facts={})
    with pytest.raises(planning.NeedHasChair), transaction.atomic():
        planning._insert(blind)


def test_a_second_person_approves(samira, karim):
    allocation = propose(samira)
    approved = planning.approve(allocation, by=karim)
    assert (approved.status, approved.approved_by) == ("approved", karim)
    with pytest.raises(planning.StatusDoesNotAllow):
        planning.approve(allocation, by=karim)


def test_who_proposed_cannot_approve(karim):
    allocation = propose(karim)
    with pytest.raises(planning.SamePerson):
        planning.approve(allocation, by=karim)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.filter(pk=allocation.pk).update(
            status="approved", approved_by=karim, approved_at=timezone.now()
        )


def test_a_need_closed_meanwhile_is_not_approved(samira, karim):
    allocation = propose(samira)
    type(allocation.need.child).objects.filter(pk=allocation.need.child_id).update(status="deceased")
    with pytest.raises(planning.ChildNotFollowed):
        planning.approve(allocation, by=karim)


def test_only_an_approved_chair_that_is_ready_is_prepared(samira, karim, omar):
    allocation = propose(samira)
    with pytest.raises(planning.StatusDoesNotAllow):
        planning.prepare(allocation, by=omar, **IN_ORDER)
    allocation = planning.approve(allocation, by=karim)
    stocktaking.record_chair_event(chair=allocation.chair, kind="repair_begun", by=omar, note="Frein cassé")
    with pytest.raises(planning.ChairNotReady):
        planning.prepare(allocation, by=omar, **IN_ORDER)
    stocktaking.record_chair_event(chair=allocation.chair, kind="repaired", by=omar)
    stocktaking.record_chair_event(chair=allocation.chair, kind="checked", by=omar)
    assert planning.prepare(allocation, by=omar, **IN_ORDER).status == "prepared"


@pytest.mark.parametrize("step", ["approved", "prepared"])
def test_a_release_frees_the_chair_and_keeps_the_reason(karim, step):
    allocation = AllocationFactory(**{step: True})
    released = planning.release(allocation, by=karim, release="family_declined", note="Elle a reçu un autre fauteuil")
    assert (released.status, released.chair.state) == ("released", "available")
    assert released.ended_at is not None
    assert released.history().first().details["release"] == "family_declined"
    propose(karim, need=allocation.need, chair=allocation.chair)
    assert list(stocktaking.stock_faults()) == []


def test_a_release_needs_a_reason_and_other_a_note(karim):
    allocation = AllocationFactory()
    for release, note in [("", ""), ("other", " ")]:
        with pytest.raises(stocktaking.ReasonMissing):
            planning.release(allocation, by=karim, release=release, note=note)


def test_a_damaged_chair_is_not_offered_again(karim):
    released = planning.release(AllocationFactory(approved=True), by=karim, release="chair_damaged")
    assert released.chair.state == "in_repair"


def test_a_chair_released_on_the_road_stays_loaded(karim):
    released = planning.release(AllocationFactory(loaded=True), by=karim, release="did_not_fit")
    assert released.chair.state == "loaded"
    with pytest.raises(planning.ChairNotAvailable):
        propose(karim, chair=released.chair)


def test_partners_are_told_apart_by_name(db):
    PartnerFactory(name_latin="Amal", name_arabic="أمل")
    with translation.override("ar"):
        assert str(PartnerFactory(name_latin="Nour", name_arabic="نور")) == "نور"
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerFactory(name_latin="Amal")


def test_siblings_each_have_their_own_reservation(samira):
    child = ChildFactory()
    for sibling in [child, ChildFactory(family=child.family)]:
        assert propose(samira, need=NeedFactory(child=sibling)).status == "proposed"


# --- what is reserved when a need closes


def close_file(need, karim):
    closing.close_child(need.child, by=karim, status="deceased", confirmed=True)


@pytest.mark.parametrize("step", ["", "approved", "prepared"])
def test_a_file_that_closes_lets_its_reserved_chair_go_at_once(karim, step):
    allocation = AllocationFactory(**({step: True} if step else {}))
    close_file(allocation.need, karim)
    allocation.refresh_from_db()
    assert (allocation.status, allocation.release) == ("released", "file_closed")
    assert allocation.chair.state == "available"
    last = list(Entry.objects.order_by("-sequence")[:2])
    assert [entry.act for entry in last] == ["child.closed", "allocation.released"]
    assert (last[1].actor, last[1].subject_id) == (karim, allocation.need.child_id)
    assert list(stocktaking.stock_faults()) == []


def test_a_chair_on_the_road_to_a_closed_file_stays_loaded_until_it_is_brought_back(karim):
    allocation = AllocationFactory(loaded=True)
    close_file(allocation.need, karim)
    allocation.refresh_from_db()
    allocation.chair.refresh_from_db()
    assert (allocation.status, allocation.chair.state) == ("released", "loaded")


def test_a_file_that_is_merely_paused_keeps_its_reservation(samira):
    allocation = AllocationFactory()
    closing.change_status(allocation.need.child, by=samira, status="paused")
    allocation.refresh_from_db()
    assert allocation.is_live


@pytest.mark.parametrize(
    ("why", "release", "note"),
    [("declined", "family_declined", ""), ("error", "mistake", ""), ("no_longer_needed", "other", "no longer needed")],
)
def test_a_need_closed_by_hand_lets_its_chair_go_for_the_same_reason(karim, why, release, note):
    allocation, other = AllocationFactory(), AllocationFactory()
    with translation.override("en"):
        closing.close_need(allocation.need, by=karim, closing=why)
    allocation.refresh_from_db()
    other.refresh_from_db()
    assert (allocation.status, allocation.release) == ("released", release)
    assert allocation.release_note == note
    assert other.is_live


def test_a_death_is_written_even_where_the_chair_is_said_to_be_elsewhere(karim):
    """The chair went to the same child by an older entry, which left a live reservation without a promise."""
    allocation = AllocationFactory(approved=True)
    stocktaking.append_event(allocation.chair, "released", by=karim)
    close_file(allocation.need, karim)
    allocation.refresh_from_db()
    assert allocation.status == "released"


def test_a_closing_that_is_refused_lets_nothing_go(karim):
    allocation = AllocationFactory()
    with pytest.raises(closing.StatusRefused):
        closing.close_child(allocation.need.child, by=karim, status="deceased")
    allocation.refresh_from_db()
    assert allocation.is_live


def test_what_goes_wrong_while_letting_go_keeps_the_file_open(karim, monkeypatch):
    allocation = AllocationFactory()

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(planning, "_give_up", fail)
    with pytest.raises(RuntimeError):
        close_file(allocation.need, karim)
    allocation.need.refresh_from_db()
    assert allocation.need.is_open
