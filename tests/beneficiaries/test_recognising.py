"""A family that is written down a second time is recognised, however its people are spelled; nobody is held back."""

import pytest
from django.urls import reverse

from beneficiaries import recognising
from beneficiaries.models import Family, Guardian
from hajar.journal.models import Entry
from tests.beneficiaries.test_families import NEW, new_family
from tests.factories import ChildFactory, GuardianFactory, province

pytestmark = pytest.mark.django_db

MATCHES = "/families/matches/"
PHONE = "+212612345678"


def doubts(by, *, iso="MA-CAS", commune="Sidi Moumen", **said):
    adult = Guardian(**({"relation": "mother"} | said))
    return recognising.doubts_about(Family(province=province(iso), commune=commune), [adult], by=by)


def known(**said):
    return GuardianFactory(**({"given_name_latin": "Khadija", "family_name_latin": "El Amrani"} | said))


def family_of(found) -> list:
    return [(one.family, one.is_probable) for one in found.likely]


def test_the_same_phone_and_a_name_alike_are_probably_one_family(samira):
    family = known(phone=PHONE).family
    found = doubts(samira, phone=PHONE, given_name_latin="Khadidja", family_name_latin="Lamrani")
    assert family_of(found) == [(family, True)]
    assert "same_phone" in found.likely[0].reasons


def test_a_phone_alone_is_a_hint_wherever_the_family_lives(samira):
    family = known(phone=PHONE).family
    found = doubts(samira, commune="Mediouna", phone=PHONE, given_name_latin="Zineb", family_name_latin="Tazi")
    assert family_of(found) == [(family, False)]
    assert found.likely[0].reasons == ("same_phone",)


@pytest.mark.parametrize(
    "names",
    [
        {"given_name_latin": "Khadija", "family_name_latin": "El Amrani"},
        {"given_name_latin": "Khadidja", "family_name_latin": "El Amrany"},
        {"given_name_arabic": "خديجة", "family_name_arabic": "العمراني"},
    ],
)
@pytest.mark.parametrize("script", ["latin_only", "arabic_only"])
def test_a_name_in_either_script_and_the_same_town_are_a_hint(samira, names, script):
    family = known(**{script: True}).family
    assert family_of(doubts(samira, **names)) == [(family, False)]
    assert family_of(doubts(samira, commune="سيدي مومن", **names)) == [(family, False)]


@pytest.mark.parametrize(
    "other",
    [
        {"iso": "MA-MOH"},
        {"commune": "Ain Sebaa"},
        {"relation": "father"},
        {"family_name_latin": "Tazi"},
        {"given_name_latin": ""},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_name_says_nothing_in_another_place_or_of_another_person(samira, other):
    known(latin_only=True)
    same = {"given_name_latin": "Khadija", "family_name_latin": "El Amrani"}
    assert doubts(samira, **same)
    assert not doubts(samira, **same | other)


def test_where_the_town_is_not_written_yet_the_province_counts(samira):
    family = known(latin_only=True).family
    found = doubts(samira, commune="", given_name_latin="Khadija", family_name_latin="El Amrani")
    assert family_of(found) == [(family, False)]
    assert found.likely[0].reasons == ("same_name", "same_province")


def test_of_another_region_only_phone_and_name_together_are_told_and_nothing_but_that(samira, karim, client):
    far = known(phone=PHONE, family__province=province("MA-TAR"), family__commune="Tarfaya").family
    same = {"phone": PHONE, "given_name_latin": "Khadija", "family_name_latin": "El Amrani"}
    found = doubts(samira, **same)
    assert (found.likely, found.is_elsewhere, found.keys) == ((), True, {"elsewhere"})
    assert not doubts(samira, phone=PHONE, given_name_latin="Zineb", family_name_latin="Tazi")
    assert family_of(doubts(karim, **same)) == [(far, True)]
    client.force_login(samira)
    page = client.post(MATCHES, new_family()).content.decode()
    assert 'value="elsewhere"' in page
    for secret in (str(far.pk), far.reference, "Tarfaya", "Tan-Tan"):
        assert secret not in page


def test_a_family_that_a_second_region_follows_is_seen_from_there(samira, youssef):
    family = known(phone=PHONE, family__province=province("MA-TAR")).family
    assert doubts(samira, phone=PHONE).likely == ()
    family.also_followed_by = province("MA-CAS").region
    family.save()
    assert family_of(doubts(samira, phone=PHONE)) == [(family, False)]


def test_a_family_is_named_once_by_the_adult_who_says_most(samira):
    mother = known(phone=PHONE)
    GuardianFactory(family=mother.family, given_name_latin="Said", relation="father", phone=PHONE)
    (one,) = doubts(samira, phone=PHONE, given_name_latin="Khadija", family_name_latin="El Amrani").likely
    assert one.guardian == mother


@pytest.mark.parametrize("families", [1, 15])
def test_recognising_takes_as_many_queries_for_one_family_as_for_fifteen(
    samira, families, django_assert_max_num_queries
):
    for _each in range(families):
        ChildFactory(family=known(phone=PHONE).family)
    with django_assert_max_num_queries(8):  # two are the mandates and the place
        found = doubts(
            samira, phone=PHONE, given_name_latin="Khadija", family_name_latin="El Amrani", given_name_arabic="خديجة",
            family_name_arabic="العمراني",
        )  # fmt: skip
        assert all(one.family.children.all() for one in found.likely)
    assert len(found.likely) == min(families, recognising.SHOWN)


# --- the page -------------------------------------------------------------------------------------------------------


def test_who_did_not_see_the_family_is_shown_it_once_and_then_goes_on(client, samira):
    family = known(phone=PHONE).family
    child = ChildFactory(family=family, given_name_latin="Yassine")
    client.force_login(samira)
    page = client.post(NEW, new_family())
    assert Family.objects.count() == 1
    shown = page.content.decode()
    assert family.get_absolute_url() in shown
    assert f"{reverse('beneficiaries:child_create')}?family={family.pk}" in shown
    assert child.name in shown
    assert "Khadija" in shown  # what was typed is kept
    answer = client.post(NEW, new_family(seen=page.context["doubts"].written_keys))
    assert answer.status_code == 302
    assert Family.objects.count() == 2
    assert Entry.objects.get().details == {"guardians": 1, "not_the_same": 1}


def test_to_have_seen_one_family_is_not_to_have_seen_another(client, samira):
    known(phone=PHONE)
    client.force_login(samira)
    assert client.post(NEW, new_family(seen="elsewhere,nonsense")).context["doubts"]
    assert Family.objects.count() == 1


def test_a_family_like_no_other_is_registered_at_once(client, samira):
    known(given_name_latin="Zineb", family_name_latin="Tazi", latin_only=True)
    client.force_login(samira)
    assert client.post(NEW, new_family()).status_code == 302
    assert "not_the_same" not in Entry.objects.get().details


def test_the_form_asks_while_it_is_written_and_writes_nothing(client, samira):
    client.force_login(samira)
    assert f'hx-post="{MATCHES}"' in client.get(NEW).content.decode()
    family = known(phone=PHONE).family
    half = {"guardian-phone": "06 12 34 56 78", "province": "", "commune": "Sidi"}
    page = client.post(MATCHES, half)
    assert page.status_code == 200
    assert family.reference in page.content.decode()
    assert "<html" not in page.content.decode()
    assert client.post(MATCHES, {"guardian-phone": "06 12"}).content.decode().strip() == ""
    assert (Family.objects.count(), Entry.objects.count()) == (1, 0)


def test_the_fragment_is_a_part_of_the_page(client, samira):
    known(phone=PHONE)
    client.force_login(samira)
    fragment = client.post(MATCHES, new_family()).content.decode()
    assert fragment.strip() in client.post(NEW, new_family()).content.decode()
