import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from beneficiaries import diagnoses, registration
from beneficiaries.models import Child, Family, Guardian, HealthRecord, NameKey
from hajar.journal.models import Entry
from hajar.lib import names
from tests.factories import ChildFactory, FamilyFactory, GuardianFactory, HealthRecordFactory, province

pytestmark = pytest.mark.django_db

KHADIJA = {"given_name_latin": "Khadija", "family_name_latin": "El Amrani", "relation": "mother"}
CHAIMAE = {"given_name_latin": "Chaimae", "family_name_latin": "El Amrani", "born_on": date(2015, 8, 5), "sex": "F"}


def last_entry() -> Entry:
    return Entry.objects.latest_first().select_related("payload")[0]


def picture(*, gps: bool = True) -> ContentFile:
    """A JPEG as a phone makes it, with the place where it was taken."""
    exif = Image.Exif()
    if gps:
        exif[0x010F] = "Telephone"
        exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=exif)
    return ContentFile(out.getvalue(), name="IMG_0001.jpg")


# --- families


def test_a_family_gets_the_next_number_and_someone_to_call_first(samira):
    first = registration.register_family(province=province("MA-CAS"), by=samira, guardians=[KHADIJA])
    second = registration.register_family(province=province("MA-CAS"), by=samira)
    assert second.number == first.number + 1
    assert first.guardians.get().is_first_contact
    assert last_entry().act == "family.registered"


def test_a_guardian_without_a_name_is_refused_and_leaves_no_family_behind(samira):
    with pytest.raises(ValidationError):
        registration.register_family(province=province("MA-CAS"), by=samira, guardians=[{"relation": "mother"}])
    assert not Family.objects.exists()
    assert not Entry.objects.exists()


def test_a_correction_says_what_changed_from_what_to_what(samira):
    family = FamilyFactory(commune="Sidi Moumen")
    registration.correct_family(family, by=samira, commune="Anfa", address=family.address)
    assert last_entry().details == {"changes": {"commune": ["Sidi Moumen", "Anfa"]}}


def test_a_correction_that_changes_nothing_writes_nothing(samira):
    family = FamilyFactory()
    registration.correct_family(family, by=samira, commune=family.commune)
    assert not Entry.objects.exists()


def test_the_first_guardian_is_called_first_and_a_later_one_may_take_the_place(samira):
    family = FamilyFactory()
    mother = registration.add_guardian(family=family, by=samira, **KHADIJA)
    father = registration.add_guardian(
        family=family, by=samira, given_name_arabic="محمد", relation="father", is_first_contact=True
    )
    mother.refresh_from_db()
    assert (mother.is_first_contact, father.is_first_contact) == (False, True)
    registration.correct_guardian(mother, by=samira, is_first_contact=True)
    father.refresh_from_db()
    assert not father.is_first_contact


def test_the_first_contact_is_passed_on_never_dropped(samira):
    guardian = registration.add_guardian(family=FamilyFactory(), by=samira, **KHADIJA)
    registration.correct_guardian(guardian, by=samira, is_first_contact=False, relation="other")
    guardian.refresh_from_db()
    assert guardian.is_first_contact
    assert guardian.relation == "other"


def test_a_guardians_entry_belongs_on_the_familys_page(samira):
    guardian = registration.add_guardian(family=FamilyFactory(), by=samira, **KHADIJA)
    assert last_entry().subject_id == guardian.family_id


def test_a_family_is_ordered_by_the_name_of_its_first_child(samira):
    family = registration.register_family(
        province=province("MA-CAS"), by=samira, guardians=[KHADIJA | {"family_name_latin": "Ziani"}]
    )
    assert family.sort_key == "ziani"
    child = registration.register_child(family=family, by=samira, **CHAIMAE)
    family.refresh_from_db()
    assert family.sort_key == "el amrani"
    registration.correct_child(child, by=samira, family_name_latin="Bennani")
    family.refresh_from_db()
    assert family.sort_key == "bennani"


def test_many_families_are_put_in_order_in_as_many_queries_as_one(django_assert_num_queries):
    families = [GuardianFactory(family_name_latin=f"Nom {letter}").family for letter in "abcdefghijklmno"]
    Family.objects.update(sort_key="")
    with django_assert_num_queries(4):
        registration.refresh_family_sort_keys([family.pk for family in families])
    families[3].refresh_from_db()
    assert families[3].sort_key == "nom d"


# --- children


def test_a_child_is_registered_with_number_keys_and_journal(samira):
    child = registration.register_child(family=FamilyFactory(), by=samira, **CHAIMAE)
    assert child.reference == f"HJ-{child.number:05d}"
    assert NameKey.objects.filter(child=child).exists()
    assert (last_entry().act, last_entry().subject_id, last_entry().actor) == ("child.registered", child.pk, samira)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"born_on": timezone.localdate() + timedelta(days=1)}, "born_on"),
        ({"requested_on": timezone.localdate() + timedelta(days=1)}, "requested_on"),
        ({"sex": "X"}, "sex"),
        ({"given_name_latin": "Chaimae 3"}, "given_name_latin"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(samira, wrong, field):
    with pytest.raises(ValidationError) as refusal:
        registration.register_child(family=FamilyFactory(), by=samira, **CHAIMAE | wrong)
    assert field in refusal.value.message_dict
    assert not Child.objects.exists()


def test_a_number_given_out_is_not_lost_by_a_refusal(samira):
    family = FamilyFactory()
    first = registration.register_child(family=family, by=samira, **CHAIMAE)
    with pytest.raises(ValidationError):
        registration.register_child(family=family, by=samira, **CHAIMAE | {"sex": ""})
    assert registration.register_child(family=family, by=samira, **CHAIMAE).number == first.number + 1


def test_a_corrected_name_is_found_by_its_new_sound(samira):
    child = ChildFactory(given_name_arabic="", family_name_arabic="")
    registration.correct_child(child, by=samira, given_name_latin="Yasmine", born_on=date(2016, 1, 2))
    assert Child.objects.filter(name_keys__key__in=names.keys("ياسمين")).distinct().get() == child
    assert last_entry().details["changes"]["born_on"] == ["2017-08-05", "2016-01-02"]


def test_two_people_who_correct_different_fields_keep_both(samira, karim):
    child = ChildFactory(school="unknown", notes="")
    seen_by_both = Child.objects.get(pk=child.pk)
    registration.correct_child(child, by=samira, school="attends")
    registration.correct_child(seen_by_both, by=karim, notes="Le matin seulement")
    child.refresh_from_db()
    assert (child.school, child.notes) == ("attends", "Le matin seulement")


# --- photos


def test_a_photo_keeps_nothing_of_where_it_was_taken(samira):
    child = registration.change_photo(ChildFactory(), by=samira, file=picture())
    with Image.open(child.photo) as kept:
        assert not kept.getexif()
        assert "exif" not in kept.info
    assert "IMG_0001" not in child.photo.name
    assert last_entry().act == "child.photo_changed"


def test_a_new_photo_takes_the_old_file_off_the_disk(samira, django_capture_on_commit_callbacks):
    child = registration.change_photo(ChildFactory(), by=samira, file=picture())
    storage, old = child.photo.storage, child.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        child = registration.change_photo(child, by=samira, file=picture())
    assert not storage.exists(old)
    assert storage.exists(child.photo.name)


def test_a_removed_photo_is_gone_after_the_commit(samira, django_capture_on_commit_callbacks):
    child = registration.change_photo(ChildFactory(), by=samira, file=picture())
    storage, old = child.photo.storage, child.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        child = registration.remove_photo(child, by=samira)
    assert not child.photo
    assert not storage.exists(old)


def test_what_is_no_photo_is_refused_with_words(samira):
    with pytest.raises(ValidationError) as refusal:
        registration.change_photo(ChildFactory(), by=samira, file=ContentFile(b"<svg/>", name="a.jpg"))
    assert "photo" in refusal.value.message_dict


# --- health records


def test_a_health_record_is_kept_with_the_edition_of_its_code_list(salwa):
    record = registration.save_health_record(ChildFactory(), by=salwa, diagnosis="AT", limit_radiation=True)
    assert (record.diagnosis_edition, record.updated_by) == (diagnoses.EDITION, salwa)


def test_the_journal_says_which_health_fields_changed_and_never_what_they_say(salwa):
    registration.save_health_record(ChildFactory(), by=salwa, diagnosis="AT", notes="confidentiel")
    assert last_entry().details == {"fields": ["diagnosis", "diagnosis_edition", "notes"]}


def test_reading_a_health_record_is_itself_recorded(salwa):
    record = HealthRecordFactory()
    assert registration.open_health_record(record.child, by=salwa) == record
    assert (last_entry().act, last_entry().actor, last_entry().subject_id) == (
        "health_record.opened",
        salwa,
        record.child_id,
    )


def test_there_is_nothing_to_record_where_there_is_no_health_record(salwa):
    assert registration.open_health_record(ChildFactory(), by=salwa) is None
    assert not HealthRecord.objects.exists()
    assert not Entry.objects.exists()


def test_the_code_list_has_no_key_twice_and_fits_its_field():
    keys = [diagnosis.key for diagnosis in [*diagnoses.IMMUNE, *diagnoses.MOTOR]]
    assert len(keys) == len(set(keys)) == len(diagnoses.DIAGNOSES)
    assert all(len(key) <= HealthRecord._meta.get_field("diagnosis").max_length for key in keys)
    assert diagnoses.find("AT").codes == "IUIS 2.2 · ICD-10 G11.3 · ORPHA 100"
    assert diagnoses.find("of another edition") is None


def test_only_one_guardian_of_a_family_is_called_first_in_the_end(samira):
    family = FamilyFactory()
    for given_name in ("Khadija", "Fatima", "Zineb"):
        registration.add_guardian(
            family=family, by=samira, given_name_latin=given_name, relation="other", is_first_contact=True
        )
    assert Guardian.objects.get(family=family, is_first_contact=True).given_name_latin == "Zineb"
