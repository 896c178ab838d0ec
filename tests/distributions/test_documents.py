"""What a family is told when a chair is handed over: what it is, what it means, how to care for it, when we call."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from beneficiaries.documents import LANGUAGES
from beneficiaries.models import Association
from distributions import documents, following_up
from distributions.models.catalogue import Accessory
from hajar.journal.models import Entry
from tests import papers
from tests.factories import AllocationFactory, ChairFactory, ChildFactory, DeliveryFactory, NeedFactory

pytestmark = pytest.mark.django_db
HANDED_OVER = date(2026, 9, 21)


@pytest.fixture
def phone():
    Association.objects.create(phone="+212522001122", email="contact@hajar.example")
    return "+212 5 22 00 11 22"


@pytest.fixture
def delivery(samira):
    return DeliveryFactory(handed_over_on=HANDED_OVER)


def words_of(delivery, language="en"):
    with translation.override(language):
        return documents.receipt_words(delivery)


def test_it_says_what_was_given_to_whom_when_and_by_whom(delivery):
    words = words_of(delivery)
    chair = delivery.allocation.chair
    facts = dict(words["facts"])
    assert facts["Chair"] == str(chair.model)
    assert chair.label in facts["Label"] and chair.serial in facts["Label"]
    assert facts["Handed over on"] == "Monday 21 September 2026"
    assert facts["Received by"] == "Khadija · mother"
    assert facts["Handed over by"] == delivery.volunteer.get_full_name()
    assert words["child"] == delivery.allocation.need.child.name
    assert [name for _side, name in words["signatures"]] == ["Khadija", delivery.volunteer.get_full_name()]


def test_it_says_when_we_call_and_visit(delivery):
    assert words_of(delivery)["next"] == [
        ("We call you", "Monday 5 October 2026"),
        ("We visit you", "Monday 2 November 2026"),
        ("Afterwards", "every six months, as long as the chair is used"),
    ]


@pytest.mark.parametrize(
    ("ownership", "title", "meaning"),
    [("gift", "This chair is a gift", "It is yours"), ("loan", "This chair is lent", "It stays the association's")],
)
def test_a_gift_and_a_loan_mean_different_things(samira, ownership, title, meaning):
    chair = ChairFactory(ownership=ownership)
    words = words_of(DeliveryFactory(allocation=AllocationFactory(chair=chair, loaded=True)))
    assert words["meaning_title"] == title
    assert meaning in words["meaning"]


def test_what_the_family_cannot_do_yet_is_shown_again(samira):
    checks = {**dict.fromkeys(documents.LOOKED_AT, "yes"), "brakes_shown": "yes", "straps_shown": "no"}
    looked, can, again = words_of(DeliveryFactory(checks=checks))["shown"]
    assert looked.startswith("We looked at how it fits: hips without pressure, two fingers behind the knee")
    assert can == "You showed us that you can do it: locking the brakes."
    assert again == (
        "We show you again at our visit: fastening the straps, folding or lifting the chair, "
        "cleaning it, and whom to call."
    )


def test_only_tyres_with_air_are_pumped(delivery):
    assert "pump" not in str(words_of(delivery)["care"])
    delivery.allocation.chair.model.tyres = "pneumatic"
    assert "pump" in str(words_of(delivery)["care"])


def test_an_entry_that_was_no_hand_over_has_no_receipt(samira):
    entry = DeliveryFactory(outcome="not_at_home", receiver_name="", receiver_relation="", checks={})
    with pytest.raises(following_up.NotHandedOver):
        documents.receipt_words(entry)


# --- on paper -------------------------------------------------------------------------------------------------------


@pytest.fixture
def longest(samira, phone):
    child = ChildFactory(
        given_name_latin="Fatima-Zahra Moulay Abdellah Sidi Mohammed Ben Abdelkader El Idrissi El Alaoui B",
        family_name_latin="Ben Abdelkader El Idrissi El Alaoui Moulay Abdellah Sidi Mohammed Fatima-Zahra X",
        given_name_arabic="فاطمة الزهراء مولاي عبد الله سيدي محمد بن عبد القادر الإدريسي العلوي بوعنان الك"[:80],
        family_name_arabic="بن عبد القادر الإدريسي العلوي بوعنان الكبير مولاي عبد الله سيدي محمد فاطمة الز"[:80],
        family__commune=("Sidi Moumen El Kebir " * 5)[:80],
    )
    chair = ChairFactory(ownership="loan", serial="S" * 60, model__manufacturer="M" * 80, model__name="Tilt " * 15)
    chair.accessories, chair.model.tyres = Accessory.values, "pneumatic"
    chair.save()
    chair.model.save()
    delivery = DeliveryFactory(
        allocation=AllocationFactory(need=NeedFactory(child=child), chair=chair, loaded=True),
        receiver_name="Khadija Fatima-Zahra " * 5,
        checks={**dict.fromkeys(documents.LOOKED_AT, "yes"), "brakes_shown": "yes"},
        handed_over_on=HANDED_OVER,
    )
    return delivery.allocation.deliveries.select_related(
        "allocation__need__child__family__province", "allocation__chair__model", "volunteer"
    ).get()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_receipt_is_one_page_with_numbers_left_to_right(longest, phone, language):
    with translation.override(language):
        paper = documents.receipt_pdf(longest)
    assert papers.page_count(paper) == 1
    said = papers.words(paper)
    assert phone in said
    assert longest.allocation.chair.label in said


def test_arabic_is_shaped_and_can_be_read_on_paper(longest):
    with translation.override("ar"):
        said = papers.words(documents.receipt_pdf(longest))
    for word in ("كرسي", "إعارة", "الأسرة", "التوقيع", "الزهراء"):
        assert word in said


# --- on the screen --------------------------------------------------------------------------------------------------


def url_of(delivery):
    return reverse("distributions:delivery_receipt", args=[delivery.pk])


def test_the_page_of_a_hand_over_leads_to_its_receipt_in_the_familys_language_first(client, samira, delivery):
    client.force_login(samira)
    page = client.get(delivery.get_absolute_url()).content.decode()
    places = [page.index(f"{url_of(delivery)}?language={code}") for code in ("ar", "fr", "en")]
    assert places == sorted(places)


def test_the_page_of_another_entry_leads_to_none(client, samira):
    entry = DeliveryFactory(outcome="not_at_home", receiver_name="", receiver_relation="", checks={})
    client.force_login(samira)
    assert "receipt.pdf" not in client.get(entry.get_absolute_url()).content.decode()
    assert client.get(url_of(entry)).status_code == 404


def test_the_receipt_opens_in_the_familys_language_and_opening_it_is_kept(client, samira, delivery):
    client.force_login(samira)
    response = client.get(url_of(delivery))
    child = delivery.allocation.need.child
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="{child.reference.lower()}-receipt-ar.pdf"'
    entry = Entry.objects.select_related("payload").get(act="delivery.receipt_opened")
    assert (entry.actor, entry.object_id, entry.subject_id) == (samira, str(delivery.pk), child.pk)
    assert entry.details == {"language": "ar"}


def test_what_one_may_not_see_is_neither_shown_nor_kept(client, youssef, omar, delivery):
    for person, status in ((youssef, 404), (omar, 403)):
        client.force_login(person)
        assert client.get(url_of(delivery)).status_code == status
    assert not Entry.objects.filter(act="delivery.receipt_opened").exists()
