"""A look after the hand-over, on a tablet: what has changed, the measures again, the day that moves."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import override
from playwright.sync_api import expect

from distributions.models import Forecast
from tests.browser.visiting import TABLET, complaints_of, sit_down, speak, too_wide
from tests.factories import DeliveryFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def send(page) -> None:
    """With the key: whoever types at a table does not reach for the button."""
    button = page.locator("main .form-acts button[type=submit]")
    button.focus()
    button.press("Enter")
    page.wait_for_load_state()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_visit_looks_at_the_chair_measures_the_child_and_moves_the_day(page, base_url, language, samira):
    def words(english):
        with override(language):
            return say(english)

    speak(page.context, language, base_url)
    sit_down(page.context, samira, base_url)
    page.set_viewport_size(TABLET)
    page.set_default_timeout(30_000)
    complaints = complaints_of(page)
    delivery = DeliveryFactory(handed_over_on=timezone.localdate() - timedelta(days=45))
    before = Forecast.objects.get(delivery=delivery).too_small_likely_on

    # The visit after six weeks is due; it is recorded from the list.
    page.goto(reverse("distributions:followup_list"))
    page.locator(f"main a[href='{reverse('distributions:followup_create', args=[delivery.pk])}']").first.click()
    assert too_wide(page) == ""
    page.locator("[name=contact][value=visit]").check()
    page.locator("[name=still_used][value=yes]").check()
    page.locator("[name=hours_per_day]").fill("٦")
    page.locator("[name=skin][value=none]").check()
    page.locator("[name=needs_remeasuring][value=no]").check()

    # A hip of 29 is asked about: nothing is kept before it is right, and nothing that was typed is lost.
    page.locator("[name=hip_width_mm]").fill("29")
    page.locator("[name=calf_left_mm]").fill("352")
    page.locator("[name=calf_right_mm]").fill("352")
    send(page)
    expect(page.locator("main")).to_contain_text("290")
    assert not delivery.followups.exists()
    expect(page.locator("[name=still_used][value=yes]")).to_be_checked()
    expect(page.locator("[name=calf_left_mm]")).to_have_value("352")

    page.locator("[name=hip_width_mm]").fill("290")
    send(page)
    page.wait_for_url(lambda url: not url.endswith("/follow-up/"))
    look = delivery.followups.get()
    assert (look.hours_per_day, look.measurement.hip_width_mm) == (6, 290)
    child = delivery.allocation.need.child
    after = Forecast.objects.get(delivery=delivery).too_small_likely_on
    assert after < before
    page.goto(child.get_absolute_url())
    expect(page.locator("main")).to_contain_text("290")
    expect(page.locator("main").get_by_text(words("Measures and growth"))).to_be_visible()
    assert [line for line in complaints if " 422 " not in line] == []
