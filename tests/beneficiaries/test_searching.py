import pytest

from beneficiaries import searching
from beneficiaries.models import Child
from tests.factories import ChildFactory, FamilyFactory, GuardianFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    """Four children, each known in the scripts that families gave."""
    casablanca = FamilyFactory()
    GuardianFactory(family=casablanca, phone="+212612345678")
    return {
        "chaimae": ChildFactory(family=casablanca, number=12),
        "latin": ChildFactory(
            given_name_latin="Yassine", family_name_latin="Bouazza", given_name_arabic="", family_name_arabic=""
        ),
        "arabic": ChildFactory(
            given_name_latin="", family_name_latin="", given_name_arabic="محمد", family_name_arabic="بناني"
        ),
        "elsewhere": ChildFactory(
            given_name_latin="Salma",
            family_name_latin="Tazi",
            given_name_arabic="",
            family_name_arabic="",
            family__province=province("MA-TAR"),
        ),
    }


def find(text, among=None):
    return searching.find_children(Child.objects.all() if among is None else among, searching.understand(text))


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("Chaimae El Amrani", "chaimae"),
        ("amrani chaimaa", "chaimae"),
        ("شيماء العمراني", "chaimae"),
        ("ياسين بوعزة", "latin"),
        ("Mohamed Bennani", "arabic"),
        ("HJ-00012", "chaimae"),
        ("hj 12", "chaimae"),
        ("12", "chaimae"),
        ("١٢", "chaimae"),
        ("06 12 34 56 78", "chaimae"),
        ("٠٦١٢٣٤٥٦٧٨", "chaimae"),
        ("+212612345678", "chaimae"),
        ("5678", "chaimae"),
        ("0612 34", "chaimae"),
        ("Yass", "latin"),
        ("Bouaz", "latin"),
    ],
)
def test_a_child_is_found_by_what_people_remember(register, typed, who):
    assert find(typed)[0] == register[who]


@pytest.mark.parametrize(
    "typed", ["Zoubida Qorchi", "HJ-99999", "CH-0001", "0699999999", "%", "'", "\0", "()", "+", "😀"]
)
def test_what_nobody_is_called_finds_nobody(register, typed):
    assert find(typed) == []


def test_an_exact_name_comes_before_a_like_one(register):
    karim = ChildFactory(
        given_name_latin="Karim", family_name_latin="Alaoui", given_name_arabic="", family_name_arabic=""
    )
    karima = ChildFactory(
        given_name_latin="Karima", family_name_latin="Alaoui", given_name_arabic="", family_name_arabic=""
    )
    assert find("Karima Alaoui")[0] == karima
    assert find("Karim Alaoui")[0] == karim


def test_only_those_who_may_be_found_are(register, samira):
    assert find("Salma Tazi", Child.objects.visible_to(samira)) == []
    assert find("Salma Tazi") == [register["elsewhere"]]


def test_a_family_is_found_by_its_adults_its_children_and_its_reference(register, samira):
    family = register["chaimae"].family
    for typed in ("Khadija El Amrani", "Chaimae", family.reference, "0612345678"):
        assert searching.find_families(samira, searching.understand(typed))[0] == family


def test_a_search_costs_the_same_however_many_bear_the_name(register, django_assert_max_num_queries):
    for _each in range(15):
        ChildFactory()
    with django_assert_max_num_queries(3):
        assert len(find("شيماء العمراني")) == 16
