"""National identity numbers: off unless a site says so; sealed, found exactly, never shown."""

import pytest
from cryptography.fernet import InvalidToken
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from beneficiaries import disclosing, finding, identifying, searching
from beneficiaries.models import NationalIdentity
from hajar import checks
from hajar.journal.models import Payload
from tests.factories import ChildFactory, GuardianFactory, province

pytestmark = pytest.mark.django_db

NEW, OLD = "n" * 40, "o" * 40


@pytest.fixture
def on(settings):
    settings.HAJAR_NATIONAL_ID, settings.HAJAR_NATIONAL_ID_KEYS = True, [OLD]
    return settings


@pytest.fixture
def mother():
    return GuardianFactory(family=ChildFactory().family)


def test_they_are_off_until_a_site_turns_them_on(client, samira, mother):
    assert not identifying.is_on()
    client.force_login(samira)
    assert client.get(reverse("beneficiaries:guardian_identity", args=[mother.pk])).status_code == 404
    page = client.get(reverse("beneficiaries:guardian_edit", args=[mother.pk])).content.decode()
    assert reverse("beneficiaries:guardian_identity", args=[mother.pk]) not in page
    with pytest.raises(identifying.Off):
        identifying.keep(mother, "AB123456", by=samira)
    assert identifying.holders_of("AB123456", user=samira) == []


def test_a_number_is_sealed_and_its_end_alone_is_shown(on, client, samira, mother):
    client.force_login(samira)
    url = reverse("beneficiaries:guardian_identity", args=[mother.pk])
    assert url in client.get(reverse("beneficiaries:guardian_edit", args=[mother.pk])).content.decode()
    assert client.post(url, {"number": " ab ١٢٣-456 "}).url == mother.family.get_absolute_url()
    identity = NationalIdentity.objects.get()
    assert "AB123456" not in identity.sealed + identity.fingerprint
    assert identifying.opened(identity) == "AB123456"
    page = client.get(url).content.decode()
    assert "•••456" in page
    assert "123456" not in page


def test_exactly_this_number_finds_its_holder_in_ones_own_regions(on, samira, youssef, mother):
    identifying.keep(mother, "AB123456", by=samira)
    assert identifying.holders_of("ab 123456", user=samira) == [mother]
    assert identifying.holders_of("AB123457", user=samira) == []
    assert identifying.holders_of("AB", user=samira) == []
    assert identifying.holders_of("AB123456", user=youssef) == []


@pytest.mark.parametrize("wrong", ["123456", "ABC1234", "AB12", "AB12345678", "<script>"])
def test_what_is_no_number_is_refused(on, client, samira, mother, wrong):
    with pytest.raises(ValidationError):
        identifying.keep(mother, wrong, by=samira)
    client.force_login(samira)
    page = client.post(reverse("beneficiaries:guardian_identity", args=[mother.pk]), {"number": wrong})
    assert page.status_code == 422
    assert not NationalIdentity.objects.exists()


def test_an_empty_number_deletes_what_was_kept(on, samira, mother):
    identifying.keep(mother, "AB123456", by=samira)
    assert identifying.keep(mother, "", by=samira) is None
    assert not NationalIdentity.objects.exists()


def test_the_number_is_in_no_journal_and_in_no_paper(on, samira, mother):
    identifying.keep(mother, "AB123456", by=samira)
    assert not any("123456" in str(payload.data) for payload in Payload.objects.all())
    assert "AB123456" not in disclosing.as_json(mother.family.children.get()).decode()


def test_keys_are_turned_without_losing_a_number(on, samira, mother):
    identity = identifying.keep(mother, "AB123456", by=samira)
    on.HAJAR_NATIONAL_ID_KEYS = [NEW, OLD]
    assert identifying.holders_of("AB123456", user=samira) == [mother], "found while the old mark still stands"
    call_command("turn_identity_keys", verbosity=0)
    on.HAJAR_NATIONAL_ID_KEYS = [NEW]
    identity.refresh_from_db()
    assert identifying.opened(identity) == "AB123456"
    assert identifying.holders_of("AB123456", user=samira) == [mother]


def test_without_its_key_a_number_cannot_be_read(on, samira, mother):
    identity = identifying.keep(mother, "AB123456", by=samira)
    on.HAJAR_NATIONAL_ID_KEYS = [NEW]
    with pytest.raises(InvalidToken):
        identifying.opened(identity)


def test_two_sites_give_one_number_different_marks(on):
    first = identifying.fingerprint("AB123456")
    on.HAJAR_NATIONAL_ID_KEYS = [NEW]
    assert identifying.fingerprint("AB123456") != first


@pytest.mark.parametrize(("keys", "is_said"), [([], True), (["short"], True), ([NEW, "short"], True), ([NEW], False)])
def test_a_site_that_holds_numbers_without_a_good_key_is_told(on, keys, is_said):
    on.HAJAR_NATIONAL_ID_KEYS = keys
    assert bool(checks.identity_numbers_are_sealed()) is is_said
    on.HAJAR_NATIONAL_ID = False
    assert checks.identity_numbers_are_sealed() == []


def test_a_number_of_another_region_is_not_there(on, client, samira):
    elsewhere = GuardianFactory(family__province=province("MA-TAR"))
    client.force_login(samira)
    assert client.get(reverse("beneficiaries:guardian_identity", args=[elsewhere.pk])).status_code == 404


# --- the one search box ----------------------------------------------------------------------------------------------


def found_by_number(client, user, typed="ab 123-456"):
    client.force_login(user)
    return [row.pk for row in client.get(reverse("beneficiaries:search"), {"q": typed}).context["guardians"]]


def test_the_search_box_finds_a_family_by_a_whole_number(on, client, samira, mother):
    identifying.keep(mother, "AB123456", by=samira)
    assert found_by_number(client, samira) == [mother.pk]
    assert found_by_number(client, samira, "AB١٢٣٤٥٦") == [mother.pk]
    assert found_by_number(client, samira, "AB12345") == []  # a part of it finds nobody
    page = client.get(reverse("beneficiaries:search"), {"q": "AB123456"}).content.decode()
    assert mother.family.get_absolute_url() in page
    assert "•••" not in page


def test_a_site_that_turned_the_numbers_off_again_finds_nobody_by_one(on, client, samira, mother):
    identifying.keep(mother, "AB123456", by=samira)
    assert found_by_number(client, samira) == [mother.pk]
    on.HAJAR_NATIONAL_ID = False
    assert found_by_number(client, samira) == []


def test_by_a_number_another_region_learns_nothing(on, client, samira, youssef, mother):
    identifying.keep(mother, "AB123456", by=samira)
    assert found_by_number(client, youssef) == []
    page = client.get(reverse("beneficiaries:search"), {"q": "AB123456"})
    assert not page.context["may_ask"]
    asked = client.post(reverse("beneficiaries:search_elsewhere"), {"q": "AB123456"}, follow=True)
    assert asked.context["elsewhere"] == []


def test_who_may_not_see_guardians_finds_nobody_by_a_number(on, samira, mother):
    identifying.keep(mother, "AB123456", by=samira)
    sought = searching.understand("AB123456")
    assert finding.find_holders(samira, sought) == [mother]
    samira.groups.get().permissions.remove(Permission.objects.get(codename="view_guardian"))
    assert finding.find_holders(type(samira).objects.get(pk=samira.pk), sought) == []


def test_a_number_that_reads_as_the_label_of_a_chair_finds_its_holder_too(on, client, samira, mother):
    identifying.keep(mother, "CH12345", by=samira)
    assert found_by_number(client, samira, "CH12345") == [mother.pk]
