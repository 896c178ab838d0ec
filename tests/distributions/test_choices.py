"""The page on which a person chooses a chair, and the order when nothing fits."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from distributions import choosing, documents, planning
from distributions.models import Allocation
from tests.distributions.test_choosing import model_of, narrower, need_of
from tests.factories import (
    AllocationFactory,
    ChairFactory,
    ChairModelFactory,
    InitiativeFactory,
    NeedFactory,
    PrescriptionFactory,
)

pytestmark = pytest.mark.django_db

UNFIT = {"seat_width_min_mm": 400, "seat_width_max_mm": 420}


def url(name, need, **query):
    address = reverse(f"distributions:{name}", args=[need.pk])
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def reserve(client, need, chair, initiative, changed=None):
    form = {"chair": chair.pk, "initiative": initiative.pk} | (changed or {})
    return client.post(url("need_choices", need), form)


def lots(page):
    return [(lot.chair, lot.number) for offer in page.context["offers"] for lot in offer.lots]


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def test_the_best_chair_comes_first_with_its_reasons(client, samira):
    client.force_login(samira)
    need = need_of()
    ChairFactory(model=model_of(posture_class="complex"))
    best = ChairFactory(model=model_of())
    page = client.get(url("need_choices", need))
    assert page.context["offers"][0].candidate.chairs == (best,)
    lines = {line.name for line in page.context["offers"][0].lines}
    assert {"Seat width", "Seat depth", "Seat to footrest", "Mass", "Ground"} <= lines
    assert "It is likely to serve for" in page.text
    assert "another child may need it" in page.text  # why the second one is second


def test_the_best_chair_is_reserved_without_a_word(client, samira):
    client.force_login(samira)
    need, chair, initiative = need_of(), ChairFactory(model=model_of()), InitiativeFactory()
    answer = reserve(client, need, chair, initiative)
    allocation = Allocation.objects.get()
    assert answer.url == allocation.get_absolute_url()
    assert (allocation.need, allocation.chair, allocation.proposed_by) == (need, chair, samira)
    assert allocation.facts["choice"]["fit"]["overall"] == "good"


def test_a_younger_chair_of_the_best_kind_is_as_good(client, samira):
    client.force_login(samira)
    first = ChairFactory(model=model_of())
    younger = ChairFactory(model=first.model, depot=first.depot)
    reserve(client, need_of(), younger, InitiativeFactory())
    assert Allocation.objects.get().chair == younger


@pytest.mark.parametrize("model", [{"posture_class": "complex"}, UNFIT], ids=["not the best", "does not fit"])
def test_another_chair_is_reserved_only_with_a_reason_that_is_kept(client, samira, model):
    client.force_login(samira)
    need, initiative = need_of(), InitiativeFactory()
    ChairFactory(model=model_of())
    other = ChairFactory(model=model_of(**model))
    answer = reserve(client, need, other, initiative, {"reason": "  "})
    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"]
    assert not Allocation.objects.exists()
    reserve(client, need, other, initiative, {"reason": "La famille a essayé les deux."})
    assert Allocation.objects.get().reason == "La famille a essayé les deux."


def test_what_does_not_fit_is_told_in_one_line(client, samira):
    client.force_login(samira)
    ChairFactory(model=model_of(**UNFIT))
    page = client.get(url("need_choices", need_of()))
    assert "At 400 mm the seat is 130 mm wider than the hips: too wide." in page.text
    assert "No chair in the depots fits this child" in page.text
    assert page.context["specification"][0]["aim"] == "270\N{NO-BREAK SPACE}mm"


def test_what_a_workshop_could_do_is_told(client, samira):
    client.force_login(samira)
    narrower(
        ChairFactory(model=model_of(seat_width_min_mm=340, seat_width_max_mm=380)).model, what="Retailler l'assise"
    )
    page = client.get(url("need_choices", need_of()))
    assert "Retailler l&#x27;assise" in page.text
    assert "4 days in the workshop" in page.text


def test_what_must_be_solved_before_the_hand_over_is_told_first(client, samira):
    client.force_login(samira)
    ChairFactory(model=model_of(accessories=[]))
    page = client.get(url("need_choices", need_of()))
    assert "To be solved before the hand-over:" in page.text
    assert "The child needs a headrest and the chair has none." in page.text


def test_a_child_not_measured_is_not_offered_a_chair(client, samira):
    client.force_login(samira)
    ChairFactory(model=model_of())
    page = client.get(url("need_choices", need_of(hip_width_mm=None)))
    assert page.context["offers"] == []
    assert "The hip width (A) has not been measured." in page.text
    assert "Measure or assess the child first" in page.text


def test_what_is_not_known_of_the_child_is_said_once_for_all_chairs(client, samira):
    client.force_login(samira)
    ChairFactory(model=model_of())
    ChairFactory(model=model_of())
    page = client.get(url("need_choices", need_of(elbow_height_mm=None)))
    assert [line.name for line in page.context["lacking_beside"]] == ["Armrest height"]
    assert all(offer.remarks == [] for offer in page.context["offers"])


def test_a_chair_without_dimensions_is_not_taken_for_a_good_one(client, samira):
    client.force_login(samira)
    ChairFactory(model=ChairModelFactory(seat_width_min_mm=None, seat_width_max_mm=None))
    page = client.get(url("need_choices", need_of()))
    assert page.context["offers"] == []
    assert "cannot be judged yet" in page.text
    assert "The catalogue does not say it of this chair." in page.text


def test_chairs_of_one_kind_are_one_offer_and_the_oldest_is_taken(client, samira):
    client.force_login(samira)
    model = model_of()
    first = ChairFactory(model=model)
    ChairFactory(model=model, depot=first.depot)
    ChairFactory(model=model, depot=first.depot, used=True)  # still to be disinfected
    elsewhere = ChairFactory(model=model)
    assert lots(client.get(url("need_choices", need_of()))) == [(first, 2), (elsewhere, 1)]


def test_a_chair_asked_for_by_its_page_is_chosen(client, samira):
    client.force_login(samira)
    first = ChairFactory(model=model_of())
    second = ChairFactory(model=first.model, depot=first.depot)
    page = client.get(url("need_choices", need_of(), chair=second.pk))
    assert lots(page) == [(second, 1), (first, 1)]
    assert [lot.is_chosen for lot in page.context["offers"][0].lots] == [True, False]
    assert client.get(url("need_choices", need_of(), chair="nonsense", initiative="nonsense")).status_code == 200


def test_the_page_costs_the_same_with_many_chairs(client, samira, django_assert_max_num_queries):
    client.force_login(samira)
    need = need_of()
    ChairFactory(model=model_of())
    with django_assert_max_num_queries(16) as first:
        client.get(url("need_choices", need))
    for number in range(14):
        ChairFactory(model=model_of(**(UNFIT if number % 2 else {})))
    with django_assert_max_num_queries(len(first)):
        client.get(url("need_choices", need))


def test_a_chair_taken_meanwhile_is_refused_and_what_was_typed_kept(client, samira):
    client.force_login(samira)
    taken = AllocationFactory().chair
    left = ChairFactory(model=model_of())
    answer = reserve(client, need_of(), taken, InitiativeFactory(), {"reason": "Assise réglable"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["chair"]
    assert lots(answer) == [(left, 1)]
    assert "Assise réglable" in answer.text


def test_a_second_chair_for_a_child_is_refused_in_words(client, samira):
    client.force_login(samira)
    allocation = AllocationFactory()
    page = client.get(url("need_choices", allocation.need))
    assert allocation.get_absolute_url() in page.text
    answer = reserve(client, allocation.need, ChairFactory(), InitiativeFactory(), {"reason": "Le deuxième"})
    assert answer.context["form"].non_field_errors() == [planning.NeedHasChair().message]


@pytest.mark.parametrize("changed", [{"chair": ""}, {"chair": "nonsense"}, {"initiative": ""}, {"initiative": "x"}])
def test_what_is_missing_is_said(client, samira, changed):
    client.force_login(samira)
    answer = reserve(client, need_of(), ChairFactory(model=model_of()), InitiativeFactory(), changed)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(changed)


def test_a_finished_initiative_is_not_offered(client, samira):
    client.force_login(samira)
    answer = reserve(client, need_of(), ChairFactory(model=model_of()), InitiativeFactory(state="closed"))
    assert answer.context["form"].errors["initiative"]


def test_a_closed_need_offers_nothing_to_reserve(client, samira):
    client.force_login(samira)
    ChairFactory(model=model_of())
    need = NeedFactory(closed_on=timezone.localdate(), closing="declined")
    page = client.get(url("need_choices", need))
    assert page.context["may_reserve"] is False
    assert 'name="initiative"' not in page.text


def test_a_clinician_sees_the_list_and_reserves_nothing(client, salwa):
    client.force_login(salwa)
    need, chair = need_of(), ChairFactory(model=model_of())
    page = client.get(url("need_choices", need))
    assert len(page.context["offers"]) == 1
    assert 'name="chair"' not in page.text
    assert reserve(client, need, chair, InitiativeFactory()).status_code == 403


# --- The order ------------------------------------------------------------------------------------


def names_of(child):
    return [child.given_name_latin, child.family_name_latin, child.given_name_arabic, child.family_name_arabic]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_an_order_carries_the_reference_and_no_name(language):
    need = need_of()
    PrescriptionFactory(need=need, supports=["headrest"])
    with translation.override(language):
        words = documents.specification_words(choosing.subject_of(need))
    said = repr(words)
    assert words["reference"] == need.child.reference
    assert [name for name in names_of(need.child) if name in said] == []
    assert len(words["lines"]) >= 9
    assert len(words["chosen"]) >= 3


def test_the_order_is_a_page_in_three_languages(client, samira):
    client.force_login(samira)
    need = need_of()
    page = client.get(url("need_specification", need, language="ar"))
    assert 'dir="rtl"' in page.text
    assert [item["current"] for item in page.context["languages"]] == [False, True, False]
    sheet = page.text[page.text.index("<article") : page.text.index("</article>")]
    assert [name for name in names_of(need.child) if name in sheet] == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_order_is_a_pdf(client, salwa, language):
    client.force_login(salwa)
    need = need_of()
    answer = client.get(url("need_specification_pdf", need, language=language))
    assert answer.content.startswith(b"%PDF-")
    assert f"{need.child.reference}-{language}".lower() in answer["Content-Disposition"]


def test_an_order_says_what_is_still_to_be_measured(client, samira):
    client.force_login(samira)
    page = client.get(url("need_specification", need_of(hip_width_mm=None, posture_level="unknown"), language="en"))
    assert "To be measured before ordering." in page.text
    assert "To be assessed before ordering." in page.text
    assert "Nothing has been prescribed yet." in page.text
