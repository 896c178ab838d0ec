import base64
import io
import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from distributions import delivering, planning, travelling
from distributions.models import Allocation, Delivery, Round
from tests.factories import (
    AllocationFactory,
    ChildFactory,
    ConsentFactory,
    DeliveryFactory,
    FamilyFactory,
    GuardianFactory,
    HealthRecordFactory,
    RoundFactory,
)

LANGUAGES = ["fr", "ar", "en"]
CANARY = "ZXCANARYZX"


def picture(kind="PNG", size=(300, 120)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def data_address(data: bytes, kind="png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


@pytest.fixture
def stop(driss):
    """A loaded chair for Chaimae, on a round of Driss today."""
    allocation = AllocationFactory(loaded=True, volunteer=driss)
    GuardianFactory(family=allocation.need.child.family, is_first_contact=True, phone="+212612345678")
    return allocation


def pages(allocation):
    where = [allocation.round_id, allocation.pk]
    return [
        reverse("distributions:mobile_round_list"),
        reverse("distributions:mobile_round_detail", args=[allocation.round_id]),
        reverse("distributions:mobile_stop", args=where),
        reverse("distributions:mobile_delivery_create", args=where),
    ]


def test_the_first_look_at_a_round_is_told_to_the_office_once(client, driss, stop):
    client.force_login(driss)
    page = reverse("distributions:mobile_round_detail", args=[stop.round_id])
    address = reverse("distributions:mobile_round_open", args=[stop.round_id])
    assert address in client.get(page).content.decode()
    assert client.post(address, HTTP_USER_AGENT="Android").headers["Location"] == page
    round_ = Round.objects.get(pk=stop.round_id)
    opened_at = round_.opened_at
    assert opened_at is not None
    assert client.post(address).status_code == 302
    round_.refresh_from_db()
    assert round_.opened_at == opened_at
    (entry,) = round_.history().filter(act="round.opened")
    assert (entry.actor, entry.device) == (driss, "Android")
    assert address not in client.get(page).content.decode()


def test_a_look_by_get_writes_nothing(client, driss, stop):
    client.force_login(driss)
    assert client.get(reverse("distributions:mobile_round_detail", args=[stop.round_id])).status_code == 200
    assert client.get(reverse("distributions:mobile_round_open", args=[stop.round_id])).status_code == 405
    assert Round.objects.get(pk=stop.round_id).opened_at is None


def test_nobody_opens_the_round_of_another(client, khadija, stop):
    client.force_login(khadija)
    assert client.post(reverse("distributions:mobile_round_open", args=[stop.round_id])).status_code == 404
    assert Round.objects.get(pk=stop.round_id).opened_at is None
    with pytest.raises(delivering.NotYourRound):
        travelling.open_round(stop.round, by=khadija)


def test_a_round_given_to_another_volunteer_has_not_been_seen(driss, khadija, karim):
    allocation = AllocationFactory(prepared=True)
    plan = {"province": allocation.need.child.family.province, "day": timezone.localdate(), "by": karim}
    round_ = travelling.plan_round(initiative=allocation.initiative, volunteer=driss, allocations=[allocation], **plan)
    travelling.open_round(round_, by=driss)
    kept = travelling.correct_round(round_, volunteer=driss, allocations=[allocation], **plan)
    assert kept.opened_at is not None
    given = travelling.correct_round(round_, volunteer=khadija, allocations=[allocation], **plan)
    assert given.opened_at is None


def form_of(allocation):
    return pages(allocation)[3]


def typed(**other):
    said = {
        "id": str(uuid.uuid4()),
        "happened_at": timezone.now().isoformat(),
        "is_healthy": "on",
        "outcome": "delivered",
        "is_this_chair": "on",
        "receiver_name": "Khadija",
        "receiver_relation": "mother",
        **dict.fromkeys(Delivery.CHECKS, "yes"),
        **other,
    }
    return {name: value for name, value in said.items() if value is not None}


# --- who sees what -------------------------------------------------------------------------------------------------


def test_a_volunteer_sees_only_her_rounds(client, driss, khadija, stop):
    client.force_login(khadija)
    for address in pages(stop)[1:]:
        assert client.get(address).status_code == 404
    assert client.post(form_of(stop), typed()).status_code == 404
    assert not Delivery.objects.exists()
    assert list(client.get(pages(stop)[0]).context["lines"]) == []
    client.force_login(driss)
    assert [client.get(address).status_code for address in pages(stop)] == [200] * 4


def test_a_stop_of_another_round_is_not_shown_through_ones_own(client, khadija, stop):
    hers = AllocationFactory(loaded=True, volunteer=khadija)
    client.force_login(khadija)
    for name in ("mobile_stop", "mobile_delivery_create"):
        assert client.get(reverse(f"distributions:{name}", args=[hers.round_id, stop.pk])).status_code == 404
    address = reverse("distributions:mobile_delivery_create", args=[hers.round_id, stop.pk])
    assert client.post(address, typed()).status_code == 404
    assert Allocation.objects.get(pk=stop.pk).status == "loaded"


@pytest.mark.parametrize(("days", "status"), [(-4, 404), (-3, 200), (0, 200), (2, 200), (3, 404)])
def test_a_round_is_on_the_phone_only_around_its_day(client, driss, stop, days, status):
    Round.objects.update(day=timezone.localdate() + timedelta(days=days))
    client.force_login(driss)
    assert [client.get(address).status_code for address in pages(stop)[1:]] == [status] * 3


def test_the_phone_pages_are_for_who_may_record_deliveries(client, samira, stop):
    client.force_login(samira)
    assert [client.get(address).status_code for address in pages(stop)] == [403] * 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("script", ["both", "latin", "arabic"])
def test_no_phone_page_tells_what_a_volunteer_must_not_know(client, driss, language, script):
    """Canaries in every field that is not hers to read; none may sing on any page, nor in what a form answers."""
    family = FamilyFactory(notes=CANARY)
    child = ChildFactory(
        family=family,
        family_name_latin=CANARY,
        family_name_arabic="كناريا",
        born_on=timezone.localdate().replace(year=2011, month=7, day=19),
        notes=CANARY,
        previous_reference=CANARY,
        precautions_note="Masque à la porte",
        latin_only=script == "latin",
        arabic_only=script == "arabic",
    )
    phone = "+212661000001"  # which has nothing of what is looked for
    GuardianFactory(family=family, family_name_latin=CANARY, family_name_arabic="كناريا", phone=phone)
    HealthRecordFactory(
        child=child,
        diagnosis=CANARY,
        diagnosis_as_written=CANARY,
        hospital=CANARY,
        hospital_number=CANARY,
        notes=CANARY,
    )
    loaded = AllocationFactory(
        loaded=True, volunteer=driss, need__child=child, need__score_low=97, need__score_high=97,
        need__override_reason=CANARY, need__assessment__goals=CANARY, need__assessment__remarks=CANARY, reason=CANARY,
    )  # fmt: skip
    Allocation.objects.filter(pk=loaded.pk).update(release_note=CANARY)
    client.force_login(driss)
    client.cookies["django_language"] = language
    answers = [client.get(address) for address in pages(loaded)]
    answers.append(client.post(form_of(loaded), typed(receiver_name="")))
    answers.append(client.post(form_of(loaded), typed(), follow=True))
    answers += [client.get(address) for address in pages(loaded)]
    forbidden = [CANARY, "كناريا", child.reference, family.reference, "2011", "97", "NEED-1.0", "/children/"]
    forbidden += [str(child.pk), str(family.pk), str(loaded.need_id)]
    for answer in answers:
        text = answer.content.decode()
        assert [word for word in forbidden if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)] == []
        assert CANARY not in text
    shown = answers[2].content.decode()
    name = {"ar": "شيماء", "fr": "Chaimae", "en": "Chaimae"}[language] if script == "both" else None
    assert (name or {"latin": "Chaimae", "arabic": "شيماء"}[script]) in shown
    assert "Masque à la porte" in shown


def test_precautions_come_before_the_name(client, driss, stop):
    client.force_login(driss)
    text = client.get(pages(stop)[2]).content.decode()
    assert text.index('class="precautions"') < text.index("<h1>")


def test_no_home_visit_hides_the_way_to_the_home(client, driss, stop):
    child = stop.need.child
    child.precautions = "no_home_visit"
    child.save()
    client.force_login(driss)
    text = client.get(pages(stop)[2]).content.decode()
    assert "geo:" not in text
    assert child.family.address not in text
    assert child.family.directions not in text


def test_a_stop_leads_to_the_phone_whatsapp_and_the_map(client, driss, stop):
    client.force_login(driss)
    text = client.get(pages(stop)[2]).content.decode()
    assert 'href="tel:+212612345678"' in text
    assert 'href="https://wa.me/212612345678"' in text  # and not a word with it
    assert 'href="geo:0,0?q=12%2C%20rue%20des%20Orangers%2C%20Sidi%20Moumen%2C%20Casablanca' in text
    assert stop.chair.label in text


@pytest.mark.parametrize("number", [1, 15])
def test_the_number_of_stops_costs_no_query(client, driss, django_assert_max_num_queries, number):
    round_ = RoundFactory(volunteer=driss)
    for _stop in range(number):
        family = FamilyFactory()
        GuardianFactory(family=family)
        last = AllocationFactory(prepared=True, round=round_, initiative=round_.initiative, need__child__family=family)
    travelling.load(round_, by=last.approved_by)
    client.force_login(driss)
    for address in pages(last):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


# --- recording -----------------------------------------------------------------------------------------------------


def test_a_delivery_is_recorded_with_everything_that_was_said(client, driss, stop):
    client.force_login(driss)
    happened = timezone.now() - timedelta(minutes=20)
    said = typed(
        happened_at=happened.isoformat().replace("+00:00", "Z"),
        receiver_name="خديجة",
        brakes_shown="not_done",
        note="٣ coussins",
        signature=data_address(picture()),
    )
    answer = client.post(form_of(stop), said, HTTP_USER_AGENT="Android 9")
    assert answer.status_code == 302
    delivery = Delivery.objects.get()
    assert str(delivery.pk) == said["id"]
    assert (delivery.happened_at, delivery.device, delivery.is_healthy) == (happened, "Android 9", True)
    assert abs(delivery.received_at - timezone.now()) < timedelta(minutes=1)
    assert (delivery.receiver_name, delivery.brakes_shown, delivery.note) == ("خديجة", "not_done", "3 coussins")
    assert delivery.attachments.get().kind == "signature"
    assert Allocation.objects.get(pk=stop.pk).status == "delivered"
    assert 'class="stop stop--done"' in client.get(answer.url).content.decode()


def test_the_same_form_sent_twice_writes_once(client, driss, stop):
    client.force_login(driss)
    said = typed()
    assert [client.post(form_of(stop), said).status_code for _copy in range(3)] == [302] * 3
    assert Delivery.objects.count() == 1


def test_the_same_entry_with_other_content_is_refused_and_kept_on_the_screen(client, driss, stop):
    client.force_login(driss)
    said = typed()
    client.post(form_of(stop), said)
    answer = client.post(form_of(stop), said | {"note": "tout autre chose"})
    assert answer.status_code == 409
    assert "tout autre chose" in answer.content.decode()
    assert Delivery.objects.get().needs_a_look == "other_content"


@pytest.mark.parametrize("outcome", ["not_at_home", "wrong_address", "refused", "did_not_fit", "other"])
def test_each_way_of_failing_is_recorded_without_what_belongs_to_a_delivery(client, driss, stop, outcome):
    client.force_login(driss)
    answer = client.post(
        form_of(stop), typed(outcome=outcome, reason="Voici pourquoi", signature=data_address(picture()))
    )
    assert answer.status_code == 302
    delivery = Delivery.objects.get()
    assert (delivery.outcome, delivery.reason, delivery.receiver_name) == (outcome, "Voici pourquoi", "")
    assert delivery.brakes_shown == ""
    assert delivery.fits_width == ("yes" if outcome == "did_not_fit" else "")
    assert not delivery.attachments.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"is_healthy": None}, "is_healthy"),
        ({"outcome": None}, "outcome"),
        ({"outcome": "stolen"}, "outcome"),
        ({"outcome": "refused", "reason": " "}, "reason"),
        ({"receiver_name": ""}, "receiver_name"),
        ({"receiver_relation": ""}, "receiver_relation"),
        ({"is_this_chair": None}, "is_this_chair"),
        ({"chair_label": "CH-9999"}, "chair_label"),
        ({"fits_width": "perhaps"}, "fits_width"),
        ({"id": "not-an-id"}, "id"),
        ({"note": "a\0b"}, "note"),
        ({"note": "a" * 2001}, "note"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, driss, stop, wrong, field, language):
    client.force_login(driss)
    client.cookies["django_language"] = language
    signature = data_address(picture())
    answer = client.post(form_of(stop), typed(**{"note": "porte bleue", "signature": signature, **wrong}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    text = answer.content.decode()
    assert signature in text
    assert "Khadija" in text or field == "receiver_name"
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("label", ["{0:04d}", "CH-{0:04d}", "ch {0}", "{0}"])
def test_the_typed_label_may_be_short_or_long(client, driss, stop, label):
    client.force_login(driss)
    said = typed(is_this_chair=None, chair_label=label.format(stop.chair.number))
    assert client.post(form_of(stop), said).status_code == 302


@pytest.mark.parametrize("claimed", ["", "yesterday", "2026-13-45T00:00:00Z", "9" * 40, "0001-01-01T00:00:00+14:00"])
def test_a_clock_that_cannot_be_read_loses_nothing(client, driss, stop, claimed):
    client.force_login(driss)
    assert client.post(form_of(stop), typed(happened_at=claimed)).status_code == 302
    delivery = Delivery.objects.get()
    assert abs(delivery.happened_at - timezone.now()) < timedelta(minutes=1)


@pytest.mark.parametrize("junk", ["data:image/png;base64,AAAA", "data:text/html,<b>", "=====", "javascript:alert(1)"])
def test_a_signature_that_is_none_is_refused_in_words(client, driss, stop, junk):
    client.force_login(driss)
    answer = client.post(form_of(stop), typed(signature=junk))
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert not Delivery.objects.exists()


# --- the photo -----------------------------------------------------------------------------------------------------


def test_a_photo_is_not_asked_for_without_a_consent(client, driss, stop):
    client.force_login(driss)
    assert "data-hajar-photo" not in client.get(form_of(stop)).content.decode()
    ConsentFactory(child=stop.need.child, purpose="publication_photo")
    assert "data-hajar-photo" not in client.get(form_of(stop)).content.decode()
    ConsentFactory(child=stop.need.child, purpose="proof_photo")
    assert "data-hajar-photo" in client.get(form_of(stop)).content.decode()


@pytest.mark.parametrize("by_script", [True, False])
def test_a_photo_sent_without_a_consent_is_refused_and_the_rest_stays(client, driss, stop, by_script):
    client.force_login(driss)
    photo = (
        {"photo_small": data_address(picture("WEBP"), "webp")}
        if by_script
        else {"photo": SimpleUploadedFile("photo.jpg", picture("JPEG"))}
    )
    answer = client.post(form_of(stop), typed(**photo))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "data-hajar-photo" not in text
    assert "Khadija" in text
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("by_script", [True, False])
def test_a_photo_with_a_consent_is_kept(client, driss, stop, by_script):
    ConsentFactory(child=stop.need.child, purpose="proof_photo")
    client.force_login(driss)
    photo = (
        {"photo_small": data_address(picture("WEBP"), "webp")}
        if by_script
        else {"photo": SimpleUploadedFile("photo.jpg", picture("JPEG"))}
    )
    assert client.post(form_of(stop), typed(**photo)).status_code == 302
    with Delivery.objects.get().attachments.get(kind="photo").file.open() as file:
        assert Image.open(file).format == "WEBP"


# --- what the office did in the meantime ---------------------------------------------------------------------------


def test_a_stop_released_meanwhile_warns_and_is_still_told(client, driss, karim, stop):
    client.force_login(driss)
    planning.release(stop, by=karim, release="not_reached")
    assert "notice--urgent" in client.get(pages(stop)[2]).content.decode()
    assert client.post(form_of(stop), typed()).status_code == 302
    assert "released" in Delivery.objects.get().needs_a_look


def test_a_stop_moved_to_another_round_after_it_was_shown_is_still_told(client, driss, khadija, stop):
    client.force_login(driss)
    proof = client.get(form_of(stop)).context["form"]["stop"].value()
    Allocation.objects.filter(pk=stop.pk).update(round=RoundFactory(volunteer=khadija, initiative=stop.initiative))
    assert client.post(form_of(stop), typed(stop="forged")).status_code == 404
    assert client.post(form_of(stop), typed(stop=proof)).status_code == 302
    assert Delivery.objects.get().needs_a_look == "other_round"
    client.force_login(khadija)
    assert client.post(form_of(stop), typed(stop=proof)).status_code == 404


def test_the_page_counts_what_is_done(client, driss, stop):
    client.force_login(driss)
    DeliveryFactory(allocation=stop)
    context = client.get(pages(stop)[1]).context
    assert (context["done"], context["next_stop"]) == (1, None)
    line = client.get(pages(stop)[0]).context["lines"][0]
    assert (line["done"], line["stops"], line["is_done"]) == (1, 1, True)
