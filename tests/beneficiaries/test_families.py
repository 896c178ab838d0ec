import pytest
from django.urls import reverse

from beneficiaries.models import Family, Guardian
from beneficiaries.models.phones import PhoneField
from hajar.journal.models import Entry
from tests.factories import ChildFactory, FamilyFactory, GuardianFactory, province

pytestmark = pytest.mark.django_db

LIST = "/families/"
NEW = "/families/new/"


def new_family(**changes) -> dict[str, str]:
    return {
        "province": str(province("MA-CAS").pk),
        "commune": "Sidi Moumen",
        "address": "١٢ زنقة البرتقال",
        "directions": "",
        "language": "ar",
        "notes": "",
        "guardian-given_name_latin": "Khadija",
        "guardian-family_name_latin": "El Amrani",
        "guardian-given_name_arabic": "",
        "guardian-family_name_arabic": "",
        "guardian-relation": "mother",
        "guardian-legal_basis": "mother",
        "guardian-phone": "٠٦ ١٢ ٣٤ ٥٦ ٧٨",
        "guardian-has_whatsapp": "on",
    } | changes


@pytest.mark.parametrize(
    ("who", "status"), [("karim", 200), ("samira", 200), ("salwa", 200), ("omar", 403), ("khadija", 403), ("hind", 403)]
)
def test_the_families_are_for_those_who_keep_the_register(client, request, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == status


def test_a_family_of_another_region_is_not_there(client, samira):
    guardian = GuardianFactory(family__province=province("MA-TAR"))
    client.force_login(samira)
    family = guardian.family
    for url in (
        family.get_absolute_url(),
        reverse("beneficiaries:family_edit", args=[family.pk]),
        reverse("beneficiaries:guardian_create", args=[family.pk]),
        reverse("beneficiaries:guardian_edit", args=[guardian.pk]),
    ):
        assert client.get(url).status_code == 404
    assert list(client.get(LIST).context["rows"]) == []


def test_a_clinician_may_not_register_a_family(client, salwa):
    client.force_login(salwa)
    assert client.get(NEW).status_code == 403


@pytest.mark.parametrize("rows", [1, 15])
def test_the_list_takes_as_many_queries_for_one_family_as_for_fifteen(
    client, samira, rows, django_assert_max_num_queries
):
    for _each in range(rows):
        ChildFactory(family=GuardianFactory().family)
    client.force_login(samira)
    with django_assert_max_num_queries(12):
        page = client.get(LIST)
    assert len(page.context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 15])
def test_a_familys_page_takes_as_many_queries_with_one_child_as_with_fifteen(
    client, samira, rows, django_assert_max_num_queries
):
    family = FamilyFactory()
    for _each in range(rows):
        ChildFactory(family=family)
        GuardianFactory(family=family)
    client.force_login(samira)
    with django_assert_max_num_queries(16):
        page = client.get(family.get_absolute_url())
    assert len(page.context["children"]) == len(page.context["guardians"]) == rows


def test_the_list_finds_a_family_by_the_other_script_and_by_phone(client, samira):
    guardian = GuardianFactory(arabic_only=True, phone="+212612345678")
    GuardianFactory(given_name_latin="Zineb", family_name_latin="Tazi", latin_only=True)
    client.force_login(samira)
    for typed in ("Khadija El Amrani", "خديجة", "0612345678", "5678"):
        assert [row.pk for row in client.get(LIST, {"q": typed}).context["rows"]] == [guardian.family_id]
    assert client.get(LIST, {"q": "Khadija", "province": province("MA-MOH").pk}).context["rows"] == []


def test_a_new_family_goes_on_to_its_first_child(client, samira):
    client.force_login(samira)
    answer = client.post(NEW, new_family())
    family = Family.objects.get()
    assert answer.url == f"{reverse('beneficiaries:child_create')}?family={family.pk}"
    guardian = family.guardians.get()
    assert str(guardian.phone) == "+212612345678"
    assert guardian.is_first_contact
    assert family.address == "12 زنقة البرتقال"
    assert Entry.objects.get().act == "family.registered"


@pytest.mark.parametrize(
    "typed",
    [
        "0612345678",
        "06-12-34-56-78",
        "+212 6 12 34 56 78",
        "00212612345678",
        "212612345678",
        "٠٦١٢٣٤٥٦٧٨",
        "(06)12345678",
    ],
)
def test_a_phone_is_kept_in_one_form_however_it_is_typed(client, samira, typed):
    client.force_login(samira)
    client.post(NEW, new_family(**{"guardian-phone": typed}))
    assert Guardian.objects.get(phone="+212612345678")


def test_a_phone_of_no_known_range_is_kept_with_a_warning(client, samira):
    client.force_login(samira)
    page = client.post(NEW, new_family(**{"guardian-phone": "0412345678"}), follow=True)
    assert str(Guardian.objects.get().phone) == "+212412345678"
    assert "warning" in [message.level_tag for message in page.context["messages"]]


def test_a_foreign_phone_is_kept_as_it_is(client, samira):
    client.force_login(samira)
    client.post(NEW, new_family(**{"guardian-phone": "+33 6 12 34 56 78"}))
    assert str(Guardian.objects.get().phone) == "+33612345678"


@pytest.mark.parametrize(
    "wrong",
    [
        {"guardian-phone": "12"},
        {"guardian-phone": "appelle le voisin"},
        {"guardian-relation": ""},
        {"guardian-given_name_latin": "", "guardian-family_name_latin": ""},
        {"province": ""},
        {"province": "999999"},
    ],
)
def test_a_refusal_keeps_what_was_typed_and_registers_nothing(client, samira, wrong):
    client.force_login(samira)
    page = client.post(NEW, new_family(directions="Porte verte") | wrong)
    assert page.status_code == 422
    assert "Porte verte" in page.content.decode()
    assert page.context["form"].errors or page.context["guardian"].errors
    assert not Family.objects.exists()
    assert not Entry.objects.exists()


def test_a_family_is_not_registered_outside_ones_regions(client, samira):
    client.force_login(samira)
    page = client.post(NEW, new_family(province=str(province("MA-TAR").pk)))
    assert page.context["form"].errors["province"]


def test_a_correction_of_a_family_is_journalled(client, samira):
    family = FamilyFactory(commune="Sidi Moumen")
    client.force_login(samira)
    fields = {name: getattr(family, name) for name in ("address", "directions", "language", "notes")}
    url = reverse("beneficiaries:family_edit", args=[family.pk])
    answer = client.post(url, fields | {"province": family.province_id, "commune": "Anfa"})
    assert answer.url == family.get_absolute_url()
    assert Entry.objects.get().details["changes"] == {"commune": ["Sidi Moumen", "Anfa"]}


def test_a_second_guardian_may_take_the_first_place(client, samira):
    mother = GuardianFactory(is_first_contact=True)
    client.force_login(samira)
    fields = {
        "given_name_arabic": "محمد",
        "family_name_arabic": "العمراني",
        "relation": "father",
        "legal_basis": "father",
        "phone": "",
        "is_first_contact": "on",
    }
    client.post(reverse("beneficiaries:guardian_create", args=[mother.family_id]), fields)
    assert Guardian.objects.get(is_first_contact=True).given_name_arabic == "محمد"
    url = reverse("beneficiaries:guardian_edit", args=[mother.pk])
    client.post(url, fields | {"given_name_arabic": "خديجة", "relation": "mother"})
    assert Guardian.objects.get(is_first_contact=True) == mother


def test_a_familys_page_tells_its_childrens_story_but_not_of_health_records(client, karim):
    from beneficiaries import registration

    child = ChildFactory()
    registration.correct_child(child, by=karim, notes="x")
    registration.save_health_record(child, by=karim, diagnosis="AT")
    client.force_login(karim)
    page = client.get(child.family.get_absolute_url())
    assert [entry.act for entry in page.context["timeline"]] == ["child.corrected"]


def test_the_search_box_leads_to_a_reference_and_points_at_a_chair(client, samira, omar):
    child = ChildFactory(number=12)
    client.force_login(samira)
    assert client.get("/search/", {"q": "HJ-00012"}).url == child.get_absolute_url()
    assert client.get("/search/", {"q": child.family.reference}).url == child.family.get_absolute_url()
    assert client.get("/search/", {"q": "HJ-00099"}).status_code == 200
    assert client.get("/search/").status_code == 200
    client.force_login(omar)
    assert client.get("/search/", {"q": "HJ-00012"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 15])
def test_the_search_box_takes_as_many_queries_for_one_name_as_for_fifteen(
    client, samira, rows, django_assert_max_num_queries
):
    for _each in range(rows):
        ChildFactory()
        GuardianFactory(given_name_latin="Chaimae")
    client.force_login(samira)
    with django_assert_max_num_queries(16):  # children, families, places and initiatives on one page
        page = client.get("/search/", {"q": "شيماء العمراني"})
    assert len(page.context["children"]) == rows
    assert page.context["guardians"]


@pytest.mark.parametrize(
    "typed", ["0612345678", "+212612345678", "+33612345678", "0099", "bonjour", "+212 0", "", None]
)
def test_a_phone_is_kept_as_the_library_would_keep_it(typed):
    field = Guardian._meta.get_field("phone")
    assert field.get_prep_value(typed) == super(PhoneField, field).get_prep_value(typed)
    number = field.to_python(typed)
    assert field.get_prep_value(number) == super(PhoneField, field).get_prep_value(number)
