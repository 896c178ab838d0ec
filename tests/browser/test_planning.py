"""Sharing out, told by two people: one plans, decides and locks; the other approves what the budget pays for."""

import pytest
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import override
from playwright.sync_api import expect

from distributions.models import Allocation
from tests.browser.visiting import DESK, PHONE, sit_down, speak, too_wide
from tests.factories import ChairFactory, ChildFactory, InitiativeFactory, NeedFactory, province

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["fr", "ar"])
def language(request):
    return request.param


def need_of(points):
    child = ChildFactory(family__province=province("MA-CAS"))
    return NeedFactory(child=child, score_low=points, score_high=points)


def test_a_plan_is_made_changed_with_a_reason_locked_and_approved_by_a_second_person(
    page, base_url, language, karim, nadia
):
    def words(english):
        with override(language):
            return say(english)

    speak(page.context, language, base_url)
    page.set_default_timeout(30_000)
    initiative = InitiativeFactory(budget_mad=9_500)
    needy, other = need_of(90), need_of(40)
    chairs = [ChairFactory(), ChairFactory()]
    late = need_of(10)
    plan = reverse("distributions:initiative_plan", args=[initiative.pk])

    # Karim looks at the plan and at why somebody is left out.
    page.set_viewport_size(DESK)
    sit_down(page.context, karim, base_url)
    page.goto(plan)
    assert too_wide(page) == ""
    page.goto(initiative.get_absolute_url())
    page.get_by_role("link", name=words("Share out")).click()
    expect(page.locator("#proposal .pairing__line")).to_have_count(2)
    expect(page.locator("#left-out .pairing__line")).to_have_count(1)
    expect(page.locator("#left-out .pairing__answer")).to_contain_text(needy.child.reference)
    page.locator("#proposal details").first.locator("summary").click()
    expect(page.locator("#proposal details li").first).to_be_visible()

    # He knows better: the last child gets a chair. First he sees what it costs whom.
    page.locator("#left-out").get_by_role("link", name=words("Decide")).click()
    page.locator("select[name=chair]").select_option(index=1)
    page.get_by_role("button", name=words("See what it changes")).click()
    expect(page.locator("main")).to_contain_text(
        other.child.full_name_arabic if language == "ar" else other.child.full_name_latin
    )
    page.locator("[name=reason]").fill("Elle part à l'étranger la semaine prochaine.")
    page.locator("form[method=post]").get_by_role("button", name=words("Decide")).click()
    expect(page.locator("#decisions")).to_contain_text("Elle part à l'étranger")

    # The plan is locked; whoever locked it does not approve it.
    page.locator(".plan-lock button").click()
    page.get_by_role("dialog").locator("[value=yes]").click()
    expect(page.locator("#proposal tbody tr")).to_have_count(2)
    expect(page.locator("#approve")).to_have_count(0)
    assert {row.need_id for row in Allocation.objects.live()} == {needy.pk, late.pk}

    # Nadia, on her phone, approves as many as the budget pays for.
    page.set_viewport_size(PHONE)
    sit_down(page.context, nadia, base_url)
    page.goto(plan)
    assert too_wide(page) == ""
    page.locator("[name=how][value=budget]").check()
    page.locator("[name=budget_mad]").fill("9500")
    page.locator("#approve button[type=submit]").click()
    expect(page.locator("#done li")).to_have_count(1)
    assert Allocation.objects.get(status="approved").need == needy
    assert {chair.pk for chair in chairs} == {row.chair_id for row in Allocation.objects.live()}
