"""What is done about phones themselves: the rescue file, the lost phone, who sees whose."""

import base64
import hashlib
import json

import pytest
from django.core.management import CommandError, call_command

from distributions import phoning
from distributions.models import Delivery, Device, PhoneEntry
from hajar.lib import boxes
from tests.distributions.test_syncing import picture
from tests.factories import AllocationFactory, ChairFactory
from tests.phones import Phone, entry, hand_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop(driss):
    return AllocationFactory(loaded=True, volunteer=driss)


@pytest.fixture
def rescue(driss, stop, settings):
    """A file as a phone saves it, with one hand-over and its signature."""
    key = boxes.public_key(settings.PHONE_SECRETS[0])

    def boxed(data: bytes) -> str:
        return base64.b64encode(boxes.seal(data, key)).decode()

    signature = picture()
    name = hashlib.sha256(signature).hexdigest()
    said = entry("delivery", hand_over(stop), files={"signature": name})
    return {
        "format": "hajar-rescue-1",
        "owner": str(driss.pk),
        "device": "x",
        "entries": [boxed(json.dumps(said).encode())],
        "files": [{"sha256": name, "box": boxed(signature)}],
    }


def test_a_rescue_file_is_brought_in_once(rescue, tmp_path, capsys):
    path = tmp_path / "hajar.json"
    path.write_text(json.dumps(rescue))
    call_command("import_rescue", str(path))
    call_command("import_rescue", str(path))
    delivery = Delivery.objects.get()
    assert delivery.attachments.count() == 1
    assert PhoneEntry.objects.count() == 1
    assert "1 received" in (said := capsys.readouterr().out)
    assert "1 duplicate" in said


def test_a_rescue_of_somebody_who_left_goes_to_review(rescue, driss):
    driss.is_active = False
    driss.save()
    (result,) = phoning.bring_in(rescue).results
    assert result.status == "review"
    assert Delivery.objects.get().needs_a_look == "author_gone"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "hajar-rescue-1"}', "[" * 10_000])
def test_what_is_no_rescue_file_is_refused(text, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(CommandError):
        call_command("import_rescue", str(path))


def test_a_rescue_that_was_altered_is_kept_as_it_came(rescue, stop):
    rescue["entries"] = [rescue["entries"][0][:-8] + "AAAAAAA="]
    (result,) = phoning.bring_in(rescue).results
    assert result.status == "invalid"
    assert Delivery.objects.count() == 0


def test_the_office_sees_entries_of_its_regions(driss, stop, samira, youssef, karim):
    Phone(driss).send(entry("need_seen", {"round": str(stop.round_id), "what": "Une fillette portée à bras"}))
    for user, seen in [(karim, 1), (samira, 0), (youssef, 0), (driss, 1)]:
        assert PhoneEntry.objects.visible_to(user).count() == seen, user
    assert [Device.objects.visible_to(user).count() for user in (karim, samira, driss)] == [1, 0, 1]


def test_a_lost_phone_is_reported_once(driss, karim):
    Phone(driss).send()
    device = phoning.report_lost(Device.objects.get(), by=karim)
    assert phoning.report_lost(device, by=karim).lost_at == device.lost_at
    assert device.history().filter(act="phone.lost").count() == 1


def test_a_chair_that_travels_without_a_stop_is_in_the_pack_in_each_language(driss, stop):
    spare = stop.round.chairs.create(chair=ChairFactory()).chair
    (round_,) = Phone(driss).pack()["rounds"]
    told = {language: words["spares"] for language, words in round_["words"].items()}
    expected = [{"chair": spare.label, "model": str(spare.model)}]
    assert told == {"fr": expected, "ar": expected, "en": expected}


def test_the_pack_says_what_to_show_the_family_in_each_language(driss, stop):
    (round_,) = Phone(driss).pack()["rounds"]
    points = {language: words["training"] for language, words in round_["words"].items()}
    assert [len(list_) for list_ in points.values()] == [4, 4, 4]
    assert len({list_[0] for list_ in points.values()}) == 3
