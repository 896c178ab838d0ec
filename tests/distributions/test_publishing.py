"""A photo reaches a report only where a consent for publication is in force that day."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries import consenting
from beneficiaries.models import Consent
from beneficiaries.models.consents import ConsentQuerySet
from distributions import delivering, reporting
from tests.beneficiaries.test_registration import picture
from tests.factories import ConsentFactory, DeliveryFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery():
    """A hand-over with its photo, whose family allows it to be shown."""
    delivery = DeliveryFactory()
    child = delivery.allocation.need.child
    for purpose in ("proof_photo", "publication_photo"):
        ConsentFactory(child=child, purpose=purpose)
    delivering.add_file(delivery, "photo", picture().read(), by=delivery.volunteer)
    return delivery


def shown(client, delivery):
    page = client.get(reverse("distributions:initiative_report", args=[delivery.allocation.initiative_id]))
    address = reverse("distributions:delivery_file", args=[delivery.pk, "photo"])
    assert bool(page.context["photos"]) is (address in page.content.decode())
    return bool(page.context["photos"])


def publication(delivery):
    return Consent.objects.filter(child=delivery.allocation.need.child, purpose="publication_photo")


def test_with_the_consent_it_is_shown(client, karim, delivery):
    client.force_login(karim)
    assert shown(client, delivery)


@pytest.mark.parametrize(
    "what", ["none", "refused", "withdrawn", "expired", "guardian_ended", "child_says_no", "of_age"]
)
def test_without_one_in_force_it_is_not(client, karim, delivery, what):
    end_the_consent(delivery, karim, what)
    client.force_login(karim)
    assert not shown(client, delivery)


def end_the_consent(delivery, by, what):
    today, consents = timezone.localdate(), publication(delivery)
    child, consent = delivery.allocation.need.child, consents.get()
    match what:
        case "none":
            consents.delete()
        case "refused":
            ConsentFactory(child=child, purpose="publication_photo", answer="refused")
        case "withdrawn":
            consenting.withdraw_consent(consent, by=by)
        case "expired":
            consents.update(answered_on=today - timedelta(days=400), expires_on=today - timedelta(days=1))
        case "guardian_ended":
            consent.guardian.ended_on = today
            consent.guardian.save()
        case "child_says_no":
            consents.update(assent="no")
        case "of_age":
            child.born_on = today.replace(year=today.year - 19, day=1)
            child.save()


@pytest.mark.parametrize("what", ["none", "withdrawn", "expired"])
def test_a_report_that_forgets_to_ask_is_noticed(client, karim, delivery, what, monkeypatch):
    """The twin of the test above: it fails for a report that shows every photo."""
    monkeypatch.setattr(
        ConsentQuerySet, "values", lambda self, *names: [delivery.allocation.need.child_id], raising=False
    )
    end_the_consent(delivery, karim, what)
    client.force_login(karim)
    assert shown(client, delivery)


def test_the_summary_that_is_given_away_holds_no_photo(client, karim, delivery):
    client.force_login(karim)
    page = client.get(reverse("distributions:initiative_summary", args=[delivery.allocation.initiative_id]))
    assert "deliveries/" not in page.content.decode()


def test_photos_of_other_regions_are_not_shown(samira, delivery):
    child = delivery.allocation.need.child
    child.family.province = province("MA-TAR")
    child.family.save()
    assert reporting.photos_to_show(delivery.allocation.initiative, user=samira) == []


@pytest.mark.parametrize(("given", "written"), [("given", True), ("refused", False)])
def test_a_family_is_offered_to_be_written_to_only_where_it_agreed(client, karim, given, written):
    day = timezone.localdate() - timedelta(days=20)
    delivery = DeliveryFactory(handed_over_on=day)
    child = delivery.allocation.need.child
    ConsentFactory(child=child, purpose="messages", answer=given)
    client.force_login(karim)
    page = client.get(reverse("distributions:followup_list"))
    assert [line["may_be_written_to"] for line in page.context["lines"]] == [written]
    assert ("wa.me" in page.content.decode()) is written
