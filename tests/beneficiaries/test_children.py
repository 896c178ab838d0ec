import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries import registration
from beneficiaries.models import Child
from hajar.journal.models import Entry
from hajar.lib import paging
from tests.beneficiaries.test_registration import picture
from tests.factories import ChildFactory, FamilyFactory, GuardianFactory, NeedFactory, province

pytestmark = pytest.mark.django_db

LIST = "/children/"
NEW_CHILD = {
    "given_name_latin": "Yassine",
    "family_name_latin": "Bouazza",
    "given_name_arabic": "",
    "family_name_arabic": "",
    "born_on": "05/08/2015",
    "birth_precision": "exact",
    "sex": "M",
    "school": "attends",
    "precautions": "enhanced",
    "precautions_note": "",
    "requested_on": "01/09/2026",
    "previous_reference": "",
    "notes": "",
}


def speak(client, language):
    client.cookies["django_language"] = language


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def create_url(family) -> str:
    return f"{reverse('beneficiaries:child_create')}?family={family.pk}"


# --- who may


@pytest.mark.parametrize(
    ("who", "status"),
    [("nadia", 200), ("karim", 200), ("samira", 200), ("salwa", 200), ("omar", 403), ("driss", 403), ("hind", 403)],
)
def test_the_list_is_for_those_who_keep_the_register(client, request, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == status


@pytest.mark.parametrize(
    "name", ["child_detail", "child_edit", "child_photo_edit", "child_status_edit", "consent_create"]
)
def test_a_child_of_another_region_is_not_there(client, samira, name):
    child = ChildFactory(family__province=province("MA-TAR"))
    client.force_login(samira)
    assert client.get(reverse(f"beneficiaries:{name}", args=[child.pk])).status_code == 404


def test_a_clinician_reads_the_file_but_does_not_change_it(client, salwa):
    child = ChildFactory()
    client.force_login(salwa)
    assert client.get(child.get_absolute_url()).status_code == 200
    assert client.get(reverse("beneficiaries:child_edit", args=[child.pk])).status_code == 403
    assert client.post(reverse("beneficiaries:child_create")).status_code == 403


# --- the list


@pytest.mark.parametrize("rows", [1, 15])
def test_the_list_takes_as_many_queries_for_one_child_as_for_fifteen(
    client, samira, rows, django_assert_max_num_queries
):
    for _each in range(rows):
        NeedFactory()
    client.force_login(samira)
    with django_assert_max_num_queries(12):
        page = client.get(LIST)
    assert len(page.context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 15])
def test_a_search_takes_as_many_queries_for_one_child_as_for_fifteen(
    client, samira, rows, django_assert_max_num_queries
):
    for _each in range(rows):
        NeedFactory()
    client.force_login(samira)
    with django_assert_max_num_queries(12):
        page = client.get(LIST, {"q": "شيماء"})
    assert len(page.context["rows"]) == rows


def test_what_htmx_gets_is_part_of_the_page(client, samira):
    ChildFactory()
    client.force_login(samira)
    token = r'name="csrfmiddlewaretoken" value="[^"]+"'
    page = re.sub(token, "", client.get(LIST).content.decode())
    part = re.sub(token, "", client.get(LIST, headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode())
    assert part.strip() in page
    assert "<html" not in part


@pytest.mark.parametrize(
    "query",
    [
        "?page=nonsense",
        "?status=x&age=7&sex=%00&sort=zz&need=1",
        "?region=abc&province=-1",
        "?q=%00%FF",
        "?q=" + "a" * 500,
    ],
)
def test_an_address_typed_by_hand_never_breaks_the_list(client, samira, query):
    ChildFactory()
    client.force_login(samira)
    assert client.get(LIST + query).status_code == 200


def names_on(page) -> set[str]:
    return {child.given_name_latin for child in page.context["rows"]}


def test_each_filter_keeps_those_who_fit(client, karim):
    today = timezone.localdate()
    NeedFactory(child=ChildFactory(given_name_latin="Urgente"), is_urgent=True, urgent_since=today)
    NeedFactory(child=ChildFactory(given_name_latin="Attend", sex="M"))
    ChildFactory(given_name_latin="Petite", born_on=today - timedelta(days=400))
    ChildFactory(given_name_latin="Loin", family__province=province("MA-TAR"))
    ChildFactory(given_name_latin="Fermee", status="closed")
    client.force_login(karim)

    def shown(**query):
        return names_on(client.get(LIST, query))

    far = province("MA-TAR")
    assert shown() == {"Urgente", "Attend", "Petite", "Loin"}
    assert shown(need="open") == {"Urgente", "Attend"}
    assert shown(need="urgent") == {"Urgente"}
    assert shown(need="none") == {"Petite", "Loin"}
    assert shown(sex="M") == {"Attend"}
    assert shown(age="0-2") == {"Petite"}
    assert shown(status="closed") == {"Fermee"}
    assert shown(status="all") == {"Urgente", "Attend", "Petite", "Loin", "Fermee"}
    assert shown(region=far.region_id) == shown(province=far.pk) == {"Loin"}
    assert shown(q="Fermee El Amrani") >= {"Fermee"}


def test_pages_follow_each_other_without_a_gap_and_keep_the_filter(client, samira):
    for number in range(30):
        ChildFactory(given_name_latin=f"Fille {'abcdefghijklmnopqrstuvwxyzABCD'[number]}")
    ChildFactory(sex="M", given_name_latin="Garcon")
    client.force_login(samira)
    first = client.get(LIST, {"sex": "F"})
    second = client.get(first.context["next_url"])
    assert len(names_on(first) | names_on(second)) == 30
    assert "Garcon" not in names_on(second)
    assert "sex=F" in second.context["previous_url"]


def test_a_narrowed_list_is_the_same_when_very_many_are_left(client, karim, samira, monkeypatch):
    """Beyond the count that is shown, the order is walked in place of the filter: the pages do not differ."""
    for number in range(60):
        letter = "abcdefghijklmnopqrstuvwxyz"[number % 26]
        born = timezone.localdate() - timedelta(days=365 * (3 + number % 14))
        place = {"family__province": province("MA-TAR")} if number % 3 == 0 else {}
        child = ChildFactory(given_name_latin=f"Fille {letter}", family_name_latin=letter * 3, born_on=born, **place)
        if number % 2:
            NeedFactory(child=child)
    region = province("MA-CAS").region_id
    filters = [{"region": region}, {"province": province("MA-CAS").pk}, {"age": "6-11"}, {"need": "none"}]
    filters += [{"age": "6-11", "need": "open"}, {"region": region, "age": "12-17", "status": "active"}, {}]

    def pages(query):
        found = [client.get(LIST, query)]
        while address := found[-1].context["next_url"]:
            found.append(client.get(address))
        return [[child.pk for child in page.context["rows"]] for page in found]

    for person in (karim, samira):
        client.force_login(person)
        plain = [pages(query) for query in filters]
        with monkeypatch.context() as few:
            few.setattr(paging, "COUNT_CAP", 1)
            assert [pages(query) for query in filters] == plain
        assert len(plain[0]) == 2


def test_an_empty_register_says_what_to_do_next(client, samira):
    client.force_login(samira)
    page = client.get(LIST)
    assert reverse("beneficiaries:child_create") in page.content.decode()


# --- the page of one child


@pytest.mark.parametrize("rows", [1, 15])
def test_a_childs_page_takes_as_many_queries_with_one_sister_as_with_fifteen(
    client, karim, rows, django_assert_max_num_queries
):
    need = NeedFactory()
    child = need.child
    for _each in range(rows):
        ChildFactory(family=child.family)
        GuardianFactory(family=child.family)
        registration.correct_child(child, by=karim, notes=f"note {_each}")
    client.force_login(karim)
    with django_assert_max_num_queries(17):  # one counts what waits, for the navigation
        page = client.get(child.get_absolute_url())
    assert len(page.context["siblings"]) == len(page.context["guardians"]) == len(page.context["timeline"]) == rows


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_childs_page_shows_both_scripts_whom_to_call_and_her_story(client, samira, language):
    child = ChildFactory()
    GuardianFactory(family=child.family, phone="+212612345678")
    registration.correct_child(child, by=samira, notes="Le matin")
    client.force_login(samira)
    speak(client, language)
    page = client.get(child.get_absolute_url()).content.decode()
    for shown in (
        "Chaimae El Amrani",
        "شيماء العمراني",
        'href="tel:+212612345678"',
        'href="https://wa.me/212612345678"',
    ):
        assert shown in page
    assert "?text=" not in page
    assert len(re.findall("<h1", page)) == 1


def test_the_journey_says_where_a_file_stands(client, samira):
    need = NeedFactory()
    client.force_login(samira)
    steps = client.get(need.child.get_absolute_url()).context["journey"]
    assert [step["state"] for step in steps] == ["done", "current", "done", "next", "next", "next"]


def test_a_closed_file_has_no_present_step(client, samira):
    child = ChildFactory(status="closed")
    client.force_login(samira)
    steps = client.get(child.get_absolute_url()).context["journey"]
    assert "current" not in {step["state"] for step in steps}


def test_precautions_stand_before_the_rest_and_say_no_diagnosis(client, samira):
    child = ChildFactory(precautions="enhanced", precautions_note="Sonner deux fois")
    client.force_login(samira)
    page = client.get(child.get_absolute_url()).content.decode()
    assert "Sonner deux fois" in page
    assert page.index("Sonner deux fois") < page.index('class="journey"')


def test_a_case_worker_sees_neither_banner_nor_journal_of_the_health_record(client, samira, karim):
    child = ChildFactory()
    registration.save_health_record(child, by=karim, diagnosis="AT", limit_radiation=True)
    client.force_login(samira)
    page = client.get(child.get_absolute_url())
    assert not page.context["alerts"]
    assert page.context["timeline"] == []
    client.force_login(karim)
    assert client.get(child.get_absolute_url()).context["alerts"] == {
        "limits_radiation": True,
        "no_live_vaccines": True,
    }


def test_at_eighteen_consent_is_asked_again(client, samira):
    from tests.factories import ConsentFactory

    today = timezone.localdate()
    child = ChildFactory(born_on=date(today.year - 18, 1, 1))
    ConsentFactory(child=child, answered_on=date(today.year - 2, 6, 1))
    client.force_login(samira)
    assert client.get(child.get_absolute_url()).context["ask_consent_again"]


# --- registering


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("typed", ["05/08/2015", "٠٥/٠٨/٢٠١٥"])
def test_a_birth_date_is_day_first_in_every_language_and_in_any_digits(client, samira, language, typed):
    family = FamilyFactory()
    client.force_login(samira)
    speak(client, language)
    answer = client.post(create_url(family), NEW_CHILD | {"born_on": typed})
    child = Child.objects.get()
    assert answer.url == child.get_absolute_url()
    assert (child.born_on, child.birth_precision) == (date(2015, 8, 5), "exact")
    assert Entry.objects.get().act == "child.registered"


@pytest.mark.parametrize(
    ("typed", "kept"), [("2015", (date(2015, 1, 1), "year")), ("08/2015", (date(2015, 8, 1), "month"))]
)
def test_a_birth_date_is_kept_no_more_exact_than_it_is_known(client, samira, typed, kept):
    client.force_login(samira)
    client.post(create_url(FamilyFactory()), NEW_CHILD | {"born_on": typed})
    child = Child.objects.get()
    assert (child.born_on, child.birth_precision) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"born_on": "31/02/2015"},
        {"born_on": "05/08/2099"},
        {"born_on": ""},
        {"sex": ""},
        {"given_name_latin": "", "family_name_latin": ""},
        {"given_name_latin": "<b>Yassine</b>"},
        {"requested_on": "01/01/2099"},
        {"requested_on": "01/01/2010"},
    ],
)
def test_a_refusal_keeps_what_was_typed(client, samira, wrong):
    client.force_login(samira)
    page = client.post(create_url(FamilyFactory()), NEW_CHILD | {"notes": "Vient le mardi"} | wrong)
    assert page.status_code == 422
    assert "Vient le mardi" in page.content.decode()
    assert page.context["form"].errors
    assert not Child.objects.exists()


def test_a_child_who_may_be_known_is_shown_before_a_second_file_is_opened(client, samira):
    known = ChildFactory(
        given_name_latin="",
        family_name_latin="",
        given_name_arabic="ياسين",
        family_name_arabic="بوعزة",
        born_on=date(2015, 5, 8),
        sex="M",
    )
    family = FamilyFactory()
    client.force_login(samira)
    page = client.post(create_url(family), NEW_CHILD)
    assert [match.row for match in page.context["matches"]] == [known]
    assert known.reference in page.content.decode()
    assert Child.objects.count() == 1
    client.post(create_url(family), NEW_CHILD | {"not_same": page.context["seen"], "why": "Son cousin"})
    assert Child.objects.count() == 2


def test_a_tick_counts_only_for_the_children_that_were_shown(client, samira):
    ChildFactory(given_name_latin="Yassine", family_name_latin="Bouazza", born_on=date(2015, 8, 5), sex="M")
    client.force_login(samira)
    page = client.post(create_url(FamilyFactory()), NEW_CHILD | {"not_same": "somebody else"})
    assert page.context["matches"]
    assert Child.objects.count() == 1


def test_a_child_is_not_registered_in_a_family_of_another_region(client, samira):
    client.force_login(samira)
    far = FamilyFactory(province=province("MA-TAR"))
    assert client.post(create_url(far), NEW_CHILD).status_code == 404
    assert client.get(f"{reverse('beneficiaries:child_create')}?family=nonsense").status_code == 404


def test_a_new_child_begins_with_the_search_for_her_family(client, samira):
    guardian = GuardianFactory(phone="+212612345678")
    client.force_login(samira)
    page = client.get(reverse("beneficiaries:child_create"), {"q": "0612345678"})
    assert create_url(guardian.family) in page.content.decode()


# --- correcting


def form_of(page) -> dict[str, str]:
    form = page.context["form"]
    return {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}


def test_a_correction_changes_what_was_changed_and_nothing_else(client, samira):
    child = ChildFactory(born_on=date(2015, 1, 1), birth_precision="year")
    client.force_login(samira)
    url = reverse("beneficiaries:child_edit", args=[child.pk])
    shown = form_of(client.get(url))
    assert shown["born_on"] == "2015"
    client.post(url, shown | {"requested_on": f"{child.requested_on:%d/%m/%Y}", "school": "attends"})
    child.refresh_from_db()
    assert (child.school, child.birth_precision) == ("attends", "year")
    assert list(Entry.objects.get().details["changes"]) == ["school"]


def test_a_birth_date_learned_exactly_is_no_longer_approximate(client, samira):
    child = ChildFactory(born_on=date(2015, 1, 1), birth_precision="year")
    client.force_login(samira)
    url = reverse("beneficiaries:child_edit", args=[child.pk])
    typed = {"born_on": "05/08/2015", "requested_on": f"{child.requested_on:%d/%m/%Y}"}
    client.post(url, form_of(client.get(url)) | typed)
    child.refresh_from_db()
    assert (child.born_on, child.birth_precision) == (date(2015, 8, 5), "exact")


# --- photo and status


def test_a_photo_is_sent_to_who_may_see_the_child_and_kept_in_no_cache(client, samira, youssef):
    child = ChildFactory()
    client.force_login(samira)
    client.post(reverse("beneficiaries:child_photo_edit", args=[child.pk]), {"photo": picture()})
    url = reverse("beneficiaries:child_photo", args=[child.pk])
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "image/webp", "no-store")
    assert b"Telephone" not in answer.getvalue()
    client.force_login(youssef)
    assert client.get(url).status_code == 404


def test_a_child_without_a_photo_has_no_photo_page(client, samira):
    client.force_login(samira)
    assert client.get(reverse("beneficiaries:child_photo", args=[ChildFactory().pk])).status_code == 404


def test_what_is_no_photo_is_refused_on_the_page(client, samira):
    from django.core.files.base import ContentFile

    child = ChildFactory()
    client.force_login(samira)
    url = reverse("beneficiaries:child_photo_edit", args=[child.pk])
    page = client.post(url, {"photo": ContentFile(b"text", name="a.png")})
    assert page.context["form"].errors["photo"]
    child.refresh_from_db()
    assert not child.photo


def test_a_photo_is_removed(client, samira):
    child = registration.change_photo(ChildFactory(), by=samira, file=picture())
    client.force_login(samira)
    client.post(reverse("beneficiaries:child_photo_edit", args=[child.pk]), {"act": "remove"})
    child.refresh_from_db()
    assert not child.photo


def test_a_case_worker_is_not_offered_what_only_a_coordinator_may_set(client, samira, karim):
    child = ChildFactory()
    url = reverse("beneficiaries:child_status_edit", args=[child.pk])
    client.force_login(samira)
    page = client.post(url, {"status": "closed", "note": "Suivie ailleurs"})
    assert page.context["form"].errors["status"]
    death = reverse("beneficiaries:child_death", args=[child.pk])
    assert client.post(death, {"confirmed": "on"}).status_code == 403
    client.force_login(karim)
    page = client.post(death, {"note": "La tante nous a appelés"})
    assert page.context["form"].errors["confirmed"]
    assert "La tante nous a appelés" in page.content.decode()
    client.post(death, {"confirmed": "on"})
    child.refresh_from_db()
    assert child.is_deceased


def test_the_list_goes_out_as_a_file_in_its_own_order_and_narrowed_as_it_is(client, samira):
    from io import BytesIO

    from openpyxl import load_workbook

    ChildFactory(given_name_latin="Zineb", family_name_latin="Alaoui", sex="F")
    ChildFactory(given_name_latin="Anas", family_name_latin="Bennani", sex="F")
    ChildFactory(given_name_latin="Omar", family_name_latin="Chraibi", sex="M")
    client.force_login(samira)
    response = client.post(
        reverse("beneficiaries:child_export") + "?sex=F", {"file_format": "xlsx", "reason": "Réunion"}
    )
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    text = [" ".join(str(cell.value or "") for cell in row) for row in sheet.iter_rows()]
    assert [name for line in text for name in ("Alaoui", "Bennani", "Chraibi") if name in line] == ["Alaoui", "Bennani"]
    assert Entry.objects.filter(act="register.exported", actor=samira).count() == 1


def test_a_clinician_takes_no_list_out_of_the_house(client, salwa):
    client.force_login(salwa)
    assert client.post(reverse("beneficiaries:child_export")).status_code == 403
