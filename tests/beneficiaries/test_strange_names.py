"""Names that no name should be: refused in words where they are typed, shown literally where they are already."""

import io
import json

import openpyxl
import pytest
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import escape

from beneficiaries import documents
from beneficiaries.models import Child, Guardian
from tests import papers
from tests.factories import AllocationFactory, FamilyFactory, GuardianFactory, NeedFactory
from tests.phones import Phone

pytestmark = pytest.mark.django_db

REFUSED = {
    "turns the line": "Kar\u202eim",
    "isolates": "Ka\u2066rim\u2069",
    "NUL": "Kar\0im",
    "escape": "Kar\x1bim",
    "emoji": "Karim 😀",
    "script": "<script>alert(1)</script>",
    "double quotes": 'Karim "Kiko"',
    "formula": "=1+1",
    "digits": "Karim 2",
    "300 letters": "a" * 300,
    "signs": "---",
}


@pytest.mark.parametrize("strange", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("field", Child.NAME_FIELDS)
def test_a_child_is_not_registered_under_it_and_what_was_typed_stays(client, samira, field, strange):
    client.force_login(samira)
    typed = {"given_name_latin": "Aya", "family_name_latin": "Tazi", "born_on": "2017", "sex": "F", field: strange}
    page = client.post(f"{reverse('beneficiaries:child_create')}?family={FamilyFactory().pk}", typed)
    assert field in page.context["form"].errors
    assert "<script>alert" not in page.content.decode()
    assert not Child.objects.exists()


@pytest.mark.parametrize("strange", REFUSED.values(), ids=REFUSED)
def test_a_guardian_is_not_added_under_it(client, samira, strange):
    client.force_login(samira)
    url = reverse("beneficiaries:guardian_create", args=[FamilyFactory().pk])
    typed = {"given_name_latin": strange, "relation": "mother", "legal_basis": "mother"}
    assert "given_name_latin" in client.post(url, typed).context["form"].errors
    assert not Guardian.objects.exists()


@pytest.mark.parametrize("strange", REFUSED.values(), ids=REFUSED)
def test_it_is_looked_for_and_offered_without_harm(client, samira, strange):
    client.force_login(samira)
    page = client.get(reverse("beneficiaries:search"), {"q": strange})
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    offer = client.post(reverse("beneficiaries:name_suggest"), {"text": strange})
    assert offer.status_code == 200
    assert offer["Content-Type"] == "application/json"


# What an older register may hold: written past every check of ours.
THERE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "quotes": 'O\'Brien "Kiko" `x`',
    "formula": "=HYPERLINK(0)",
    "typesetting": "#panic() $x$ *b* _i_ @a",
    "ampersand": "A & B &amp; C",
    "long": "Fatima Zahra " * 6,
}


@pytest.fixture(params=THERE.values(), ids=THERE)
def strange(request):
    return request.param.strip()


@pytest.fixture
def need(strange, driss):
    """A child and a guardian so called, on the waiting list, with a chair on its way."""
    need = NeedFactory()
    GuardianFactory(family=need.child.family, is_first_contact=True)
    for model in (Child, Guardian):
        names = dict.fromkeys(model.NAME_FIELDS, "")
        QuerySet(model).update(**{**names, "given_name_latin": strange})
        model.objects.all().rebuild_keys()
    AllocationFactory(need=need, loaded=True, volunteer=driss)
    need.child.refresh_from_db()
    return need


def test_on_a_page_it_is_text(client, karim, need, strange):
    client.force_login(karim)
    pages = [
        need.child.get_absolute_url(),
        need.child.family.get_absolute_url(),
        reverse("beneficiaries:child_list"),
        reverse("beneficiaries:need_list"),
    ]
    for url in pages:
        text = client.get(url).content.decode()
        assert escape(strange) in text, url
        if escape(strange) != strange:
            assert strange not in text, url


def test_in_a_sheet_it_is_text_and_no_formula(client, karim, need, strange):
    client.force_login(karim)
    answer = client.post(reverse("beneficiaries:child_export"), {"file_format": "xlsx", "reason": "essai"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).lstrip("'") == strange for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_on_paper_it_is_text(samira, need, strange):
    said = papers.words(documents.explanation_pdf(need, by=samira)).replace("\n", " ")
    for word in strange.split():
        assert word.replace("'", "’") in said.replace("'", "’"), said


def test_on_a_phone_it_is_data(driss, need, strange):
    packed = Phone(driss).pack()
    (round_,) = packed["rounds"]
    for words in round_["words"].values():
        assert strange in json.dumps(words, ensure_ascii=False).replace('\\"', '"')
