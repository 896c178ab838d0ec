"""A consent is read aloud, signed on the screen and taken back; a family asks, and is answered."""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import override
from playwright.sync_api import expect

from beneficiaries.models import Consent, RightsRequest
from distributions import delivering
from distributions.models import Attachment
from tests.beneficiaries.test_registration import picture
from tests.browser.signing import sign
from tests.browser.visiting import DESK, PHONE, TABLET, complaints_of, sit_down, speak, too_wide
from tests.factories import ConsentFactory, DeliveryFactory, GuardianFactory, HealthRecordFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def send(page) -> None:
    with page.expect_navigation():
        page.locator("main form button[type=submit]").last.click()


def words(language, english):
    with override(language):
        return say(english)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_consent_is_recorded_with_a_finger_and_withdrawn_with_its_photo(page, base_url, language, samira):
    speak(page.context, language, base_url)
    sit_down(page.context, samira, base_url)
    page.set_viewport_size(TABLET)
    page.set_default_timeout(30_000)
    complaints = complaints_of(page)
    delivery = DeliveryFactory()
    child = delivery.allocation.need.child
    mother = GuardianFactory(family=child.family, is_first_contact=True)

    # From the child's page; the words to read aloud follow the purpose and the language that are chosen.
    page.goto(child.get_absolute_url())
    page.locator(
        f"main a[href$='{reverse('beneficiaries:consent_create', args=[child.pk])}?purpose=proof_photo']"
    ).click()
    page.locator("[name=purpose][value=proof_photo]").check()
    for read_in in ("fr", "ar"):
        page.locator(f"input[name=language][value={read_in}]").check()
        shown = page.locator("[data-hajar-text]:visible")
        expect(shown).to_have_count(1)
        expect(shown).to_have_attribute("data-hajar-text", f"proof_photo {read_in}")
    expect(page.locator("canvas.signature")).to_be_hidden()
    page.locator("[name=method][value=screen]").check()
    sign(page)
    assert too_wide(page) == ""
    page.locator("[name=assent][value=yes]").check()
    send(page)
    consent = Consent.objects.get()
    assert (consent.purpose, consent.guardian, consent.method) == ("proof_photo", mother, "screen")
    assert consent.evidence.size > 500, "what was drawn is kept"

    # A photo is taken because of it; then the mother calls and takes it back.
    photo = delivering.add_file(delivery, "photo", picture().read(), by=delivery.volunteer)
    page.goto(reverse("beneficiaries:consent_withdraw", args=[consent.pk]))
    page.locator("[name=how][value=call]").check()
    send(page)
    consent.refresh_from_db()
    assert (consent.withdrawn_by, consent.withdrawn_how) == (mother, "call")
    assert not Attachment.objects.filter(kind="photo").exists()
    assert not default_storage.exists(photo.file.name)
    expect(page.locator("main")).to_contain_text(words(language, "withdrawn"))
    assert complaints == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_family_asks_for_all_that_we_hold_and_is_answered(page, base_url, language, karim):
    speak(page.context, language, base_url)
    sit_down(page.context, karim, base_url)
    page.set_viewport_size(DESK)
    page.set_default_timeout(30_000)
    complaints = complaints_of(page)
    child = HealthRecordFactory().child
    ConsentFactory(child=child, guardian=GuardianFactory(family=child.family, is_first_contact=True))

    page.goto(child.get_absolute_url())
    page.locator(f"main a[href='{reverse('beneficiaries:rightsrequest_create', args=[child.pk])}']").click()
    page.locator("[name=kind][value=access]").check()
    page.locator("[name=details]").fill("ما عندكم عنا؟")
    send(page)
    asked = RightsRequest.objects.get()

    # Nothing is offered before it is known who asks; then the paper comes in the family's language.
    paper = page.locator(f"a[href='{reverse('beneficiaries:child_disclosure_pdf', args=[child.pk, 'ar'])}']")
    expect(paper).to_have_count(0)
    page.locator("[name=identity][value=known]").check()
    with page.expect_navigation():
        page.locator("form[action$='/identity/'] button[type=submit]").click()
    with page.expect_download() as coming:
        paper.click()
    with open(coming.value.path(), "rb") as kept:
        assert kept.read(5) == b"%PDF-"

    # Until it is answered it waits on the home page.
    page.goto("/")
    expect(page.locator(f"main a[href='{asked.get_absolute_url()}']")).to_be_visible()
    page.locator(f"main a[href='{asked.get_absolute_url()}']").click()
    page.locator("[name=outcome][value=done]").check()
    page.locator("[name=answer]").fill("Remis et lu ensemble.")
    send(page)
    expect(page.locator("main")).to_contain_text("Remis et lu ensemble.")
    assert too_wide(page) == ""
    page.goto("/")
    expect(page.locator(f"main a[href='{asked.get_absolute_url()}']")).to_have_count(0)
    assert complaints == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_on_a_phone_the_tab_of_the_page_is_in_sight(page, base_url, language, karim):
    """Three tabs are wider than a phone: without help the last one is out of sight on its own page."""
    speak(page.context, language, base_url)
    sit_down(page.context, karim, base_url)
    page.set_viewport_size(PHONE)
    for name in ("rightsrequest_list", "renewal_list", "retention"):
        page.goto(reverse(f"beneficiaries:{name}"))
        expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.99)
