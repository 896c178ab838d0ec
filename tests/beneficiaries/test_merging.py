"""Two files of one child become one: what goes on, what is refused, and who may."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.utils import timezone

from beneficiaries import merging, registration, searching, unmerging
from beneficiaries.models import Child, Family, HealthRecord, Need
from distributions import following_up, stocktaking
from distributions.models import Allocation, Chair
from hajar.journal import recording
from tests import factories
from tests.factories import (
    AllocationFactory,
    AssessmentFactory,
    ChildFactory,
    ConsentFactory,
    GuardianFactory,
    HealthRecordFactory,
    MeasurementFactory,
    NeedFactory,
    province,
)
from tests.merges import every_row, merge, two_files

pytestmark = pytest.mark.django_db

# --- what goes on -----------------------------------------------------------------------------------------------------


def test_everything_of_the_file_that_ends_is_the_kept_childs(karim):
    kept, gone = two_files()
    rows = [
        ConsentFactory(child=gone, guardian=gone.family.guardians.get()),
        AssessmentFactory(child=gone, complete=True),
        AssessmentFactory(child=gone),
        MeasurementFactory(child=gone),
        HealthRecordFactory(child=gone),
    ]
    merge(kept, gone, karim)
    for row in rows:
        row.refresh_from_db()
        assert row.child_id == kept.pk, row


def test_no_pointer_to_a_child_is_forgotten(karim):
    """Whatever model of whatever room points to children: afterwards none points to the one that ended, but events."""
    kept, gone = two_files()
    need = NeedFactory(child=gone)
    AllocationFactory(need=need)
    served = AllocationFactory(need__child=gone, need__purpose="replacement", loaded=True)
    factories.DeliveryFactory(allocation=served)
    following_up.report_breakdown(chair=served.chair, by=karim, what="Frein")
    merge(kept, gone, karim)
    pointing = {
        f"{relation.field.model._meta.label}.{relation.field.name}"
        for relation in Child._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and relation.field.model._base_manager.filter(**{relation.field.attname: gone.pk}).exists()
    }
    assert pointing == {
        "beneficiaries.NameKey.child",
        "beneficiaries.Merge.gone",
        "distributions.ChairEvent.child",
    }
    assert list(stocktaking.stock_faults()) == []
    assert Chair.objects.filter(holder=kept).count() == 1


def test_the_merged_file_is_in_no_list_and_its_number_and_names_lead_to_the_kept_one(karim, client):
    kept, gone = two_files()
    merge(kept, gone, karim)
    assert list(Child.objects.visible_to(karim)) == [kept]
    for sought in ("HJ-00102", "102", "Lamrani", "Chaymaa Lamrani"):
        found = searching.find_children(Child.objects.visible_to(karim), searching.understand(sought))
        assert found == [kept], sought
    client.force_login(karim)
    assert client.get(gone.get_absolute_url())["Location"] == kept.get_absolute_url()


def test_the_old_address_leads_nowhere_for_who_may_not_see_the_kept_child(karim, samira, client):
    kept, gone = ChildFactory(family__province=province("MA-TAR")), ChildFactory()
    merge(kept, gone, karim)
    client.force_login(samira)
    assert client.get(gone.get_absolute_url()).status_code == 404


def test_what_was_chosen_goes_on_and_the_earlier_request_always(karim):
    kept, gone = two_files(school="irregular", notes="Vient le mardi")
    merge(kept, gone, karim, name_latin="gone", school="gone")
    kept.refresh_from_db()
    assert (kept.given_name_latin, kept.family_name_latin) == ("Chaymaa", "Lamrani")
    assert (kept.given_name_arabic, kept.school, kept.notes) == ("شيماء", "irregular", "Vient le mardi")
    assert kept.requested_on == gone.requested_on


def test_the_photo_that_is_chosen_goes_on_and_the_other_file_keeps_one(karim):
    kept, gone = two_files()
    gone.photo.save("x.webp", ContentFile(b"RIFF"), save=True)
    photo = gone.photo.name
    done = merge(kept, gone, karim, photo="gone")
    kept.refresh_from_db()
    assert kept.photo.name == photo
    assert not Child.with_merged.get(pk=gone.pk).photo
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    assert Child.objects.get(pk=gone.pk).photo.name == photo


def test_a_file_without_any_name_is_refused_before_anything_is_written(karim):
    kept = ChildFactory(latin_only=True)
    gone = ChildFactory(arabic_only=True)
    with pytest.raises(merging.FieldRefused):
        merge(kept, gone, karim, name_latin="gone")
    assert Child.objects.count() == 2


# --- needs and chairs -------------------------------------------------------------------------------------------------


def test_of_two_open_needs_the_newer_goes_on_and_has_waited_since_the_earlier_request(karim):
    kept, gone = two_files()
    today = timezone.localdate()
    older = NeedFactory(child=kept, requested_on=today - timedelta(days=400), assessment__assessed_on="2026-01-05")
    newer = NeedFactory(child=gone, requested_on=today - timedelta(days=20), assessment__assessed_on="2026-05-05")
    merge(kept, gone, karim)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.closing, newer.closed_on, newer.child_id) == ("error", None, kept.pk)
    assert newer.requested_on == today - timedelta(days=400)


def test_a_need_with_a_reserved_chair_goes_on_though_it_is_older(karim):
    kept, gone = two_files()
    reserved = NeedFactory(child=kept, assessment__assessed_on="2026-01-05")
    NeedFactory(child=gone, assessment__assessed_on="2026-05-05")
    AllocationFactory(need=reserved)
    merge(kept, gone, karim)
    assert Need.objects.filter(closed_on=None).get() == reserved


def test_two_reserved_chairs_are_refused_and_nothing_is_changed(karim):
    kept, gone = two_files()
    for child in (kept, gone):
        AllocationFactory(need__child=child)
    before = every_row()
    with pytest.raises(merging.TwoReservations):
        merge(kept, gone, karim)
    assert every_row() == before


def test_two_begun_assessments_are_refused(karim):
    kept, gone = two_files()
    for child in (kept, gone):
        AssessmentFactory(child=child)
    with pytest.raises(merging.TwoDrafts):
        merge(kept, gone, karim)


def test_a_closed_file_cannot_go_on_with_an_open_need(karim):
    kept, gone = two_files(status="closed")
    NeedFactory(child=kept)
    with pytest.raises(merging.NeedsAreOpen):
        merge(kept, gone, karim, status="gone")


def test_a_chair_on_the_road_is_handed_over_after_the_merge_without_dispute(karim, driss):
    """What a phone loaded before speaks of the allocation: it arrives, and the chair's events still hold together."""
    kept, gone = two_files()
    stop = AllocationFactory(need__child=gone, loaded=True, volunteer=driss)
    merge(kept, gone, karim)
    factories.DeliveryFactory(allocation=Allocation.objects.get(pk=stop.pk))
    stop.chair.refresh_from_db()
    assert (stop.chair.state, stop.chair.holder_id) == (Chair.State.HANDED_OVER, kept.pk)
    assert list(stocktaking.stock_faults()) == []


def test_events_read_by_the_old_child_would_dispute_that_chair(karim, driss, monkeypatch):
    """The planted bug: the replay takes the child that the event names."""
    monkeypatch.setattr(stocktaking, "bearer_of", lambda event: event.child_id)
    kept, gone = two_files()
    stop = AllocationFactory(need__child=gone, loaded=True, volunteer=driss)
    merge(kept, gone, karim)
    factories.DeliveryFactory(allocation=Allocation.objects.get(pk=stop.pk))
    stop.chair.refresh_from_db()
    assert stop.chair.state == Chair.State.DISPUTED


# --- families ---------------------------------------------------------------------------------------------------------


def test_an_emptied_family_ends_and_its_mother_is_there_once(karim):
    kept, gone = two_files()
    father = GuardianFactory(family=gone.family, given_name_latin="Hamid", given_name_arabic="حميد", relation="father")
    consent = ConsentFactory(child=gone, guardian=gone.family.guardians.get(relation="mother"))
    merge(kept, gone, karim)
    assert list(Family.objects.all()) == [kept.family]
    mother = kept.family.guardians.get(relation="mother")
    consent.refresh_from_db()
    assert consent.guardian == mother
    assert set(kept.family.guardians.all()) == {mother, father}


def test_two_phones_are_two_ways_to_reach_a_family_and_both_stay(karim):
    kept, gone = two_files()
    gone.family.guardians.update(phone="+212699999999")
    merge(kept, gone, karim)
    phones = {str(guardian.phone) for guardian in kept.family.guardians.all()}
    assert phones == {"+212612345678", "+212699999999"}
    assert kept.family.guardians.filter(is_first_contact=True).count() == 1


def test_a_family_with_another_child_stays(karim):
    kept, gone = two_files()
    sibling = ChildFactory(family=gone.family, given_name_latin="Anas", given_name_arabic="أنس", sex="M")
    merge(kept, gone, karim)
    assert Family.objects.count() == 2
    assert list(Child.objects.filter(family=gone.family)) == [sibling]


def test_the_family_that_is_chosen_goes_on(karim):
    kept, gone = two_files()
    merge(kept, gone, karim, family="gone")
    kept.refresh_from_db()
    assert kept.family_id == gone.family_id
    assert list(Family.objects.all()) == [gone.family]


def test_no_child_is_registered_in_a_family_that_ended(karim):
    from django.core.exceptions import ValidationError

    kept, gone = two_files()
    merge(kept, gone, karim)
    with pytest.raises(ValidationError):
        registration.register_child(
            family=gone.family, by=karim, given_name_latin="Anas", born_on="2018-01-02", sex="M"
        )


# --- who may ----------------------------------------------------------------------------------------------------------


def test_only_who_has_the_permission_merges_and_takes_back(karim, samira):
    kept, gone = two_files()
    with pytest.raises(merging.MayNotMerge):
        merge(kept, gone, samira)
    done = merge(kept, gone, karim)
    with pytest.raises(merging.MayNotMerge):
        unmerging.take_back(done, by=samira, reason="Deux enfants")


def test_nothing_is_merged_unconfirmed(karim):
    with pytest.raises(merging.NotConfirmed):
        merging.merge_children(*two_files(), by=karim, choices={}, confirmed=False)


def test_two_health_records_are_merged_only_by_who_may_see_them(karim, samira):
    kept, gone = two_files()
    for child, number in ((kept, "A-1"), (gone, "B-2")):
        HealthRecordFactory(child=child, hospital_number=number)
    samira.groups.get().permissions.add(Permission.objects.get(codename="merge_child"))
    with pytest.raises(merging.TwoHealthRecords):
        merge(kept, gone, type(samira).objects.get(pk=samira.pk))
    with pytest.raises(merging.ChooseHealthRecord):
        merge(kept, gone, karim)
    done = merge(kept, gone, karim, health="gone")
    assert HealthRecord.objects.get(child=kept).hospital_number == "B-2"
    assert list(HealthRecord.objects.visible_to(karim)) == [HealthRecord.objects.get(child=kept)]
    assert "A-1" not in json.dumps([done.moved, done.kept_was, done.gone_was])
    unmerging.take_back(done, by=karim, reason="Deux enfants")
    assert [HealthRecord.objects.get(child=child).hospital_number for child in (kept, gone)] == ["A-1", "B-2"]


# --- the history ------------------------------------------------------------------------------------------------------


def test_the_history_of_the_file_that_ended_is_read_from_the_kept_one(karim, client):
    kept, gone = two_files()
    registration.correct_child(gone, by=karim, school="irregular")
    merge(kept, gone, karim)
    assert {entry.act for entry in kept.history()} == {"child.corrected", "child.merged", "child.merged_away"}
    client.force_login(karim)
    shown = client.get(kept.get_absolute_url()).context["timeline"]
    assert gone.reference in client.get(kept.get_absolute_url()).content.decode()
    assert {str(line["title"]) for line in shown} >= {str(recording.acts.find("child.corrected").sentence)}


def test_an_import_of_a_merged_file_is_not_undone(karim):
    import io

    from beneficiaries import importing, undoing_imports
    from tests.world import REGISTER

    imported = importing.upload_register(file=io.BytesIO(REGISTER.encode()), filename="registre.csv", by=karim)
    importing.confirm_import(imported, by=karim)
    gone = Child.objects.get()
    merge(ChildFactory(), gone, karim)
    with pytest.raises(undoing_imports.NotUndoable) as refused:
        undoing_imports.undo_import(imported, by=karim)
    assert gone.reference in refused.value.references
