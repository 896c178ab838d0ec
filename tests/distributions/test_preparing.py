"""Safe and ready: a chair leaves when every point is in order."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from distributions import choosing, planning, preparing
from distributions.models import Preparation
from tests.factories import IN_ORDER, AllocationFactory, ChairFactory, ChairModelFactory

Point = Preparation.Point


def url(name, *args):
    return reverse(f"distributions:{name}", args=args)


def answers(**changed):
    return IN_ORDER["answers"] | changed


def picture(size=(3000, 1500)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Atlas"
    Image.new("RGB", size, "#0e5a5a").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_the_look_at_a_chair_is_kept_point_by_point(omar):
    allocation = AllocationFactory(approved=True)
    said = answers(tyres="n_a")
    planning.prepare(allocation, by=omar, answers=said, disinfectant="Javel 0,5 %", note="Réglé")
    kept = allocation.preparations.get()
    assert (kept.answers, kept.disinfectant, kept.prepared_by) == (said, "Javel 0,5 %", omar)
    assert len(kept.lines) == len(Point)
    assert kept.failed == []


def test_a_point_that_is_not_in_order_stops_the_chair_by_its_name(omar):
    allocation = AllocationFactory(approved=True)
    with pytest.raises(preparing.PointsFailed) as refused:
        planning.prepare(allocation, by=omar, answers=answers(brakes="fail", cushion="fail"), disinfectant="Javel")
    assert str(Point.BRAKES.label) in refused.value.message
    assert str(Point.CUSHION.label) in refused.value.message
    allocation.refresh_from_db()
    assert allocation.status == "approved"
    assert not allocation.preparations.exists()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"frame": ""}, preparing.PointsUnanswered),
        ({"frame": "perhaps"}, preparing.PointsUnanswered),
        ({"brakes": "n_a"}, preparing.PointsAlwaysApply),
        ({"set_to_child": "n_a"}, preparing.PointsAlwaysApply),
    ],
)
def test_every_point_is_answered(omar, changed, refusal):
    with pytest.raises(refusal):
        planning.prepare(AllocationFactory(approved=True), by=omar, answers=answers(**changed), disinfectant="Javel")


def test_the_product_is_named_where_something_was_disinfected(omar):
    allocation = AllocationFactory(approved=True)
    with pytest.raises(preparing.DisinfectantMissing):
        planning.prepare(allocation, by=omar, answers=answers(), disinfectant=" ")
    planning.prepare(allocation, by=omar, answers=answers(disinfected="n_a"))
    assert allocation.preparations.get().disinfectant == ""


def test_points_that_cannot_apply_are_known_from_the_model():
    buggy = ChairModelFactory.build(category="buggy", tyres="solid", accessories=["harness"], has_cushion=True)
    manual = ChairModelFactory.build(category="active_manual", tilt_max_deg=20, recline_max_deg=0)
    assert preparing.not_applicable(_chair(buggy)) == {"tyres", "handrims", "tilt"}
    assert preparing.not_applicable(_chair(manual)) == {"straps", "cushion"}
    assert preparing.not_applicable(_chair(manual, accessories=["cushion", "pelvis_belt"])) == set()


def _chair(model, **fields):
    from distributions.models import Chair

    return Chair(model=model, **fields)


def test_a_photo_is_made_small_and_stripped_and_shown_to_who_may_see(client, omar, youssef):
    allocation = AllocationFactory(approved=True)
    planning.prepare(allocation, by=omar, **IN_ORDER, photo=picture())
    kept = allocation.preparations.get()
    with kept.photo.open("rb") as file, Image.open(file) as small:
        assert (small.format, max(small.size)) == ("WEBP", 1280)
        assert not small.getexif()
    page = url("preparation_photo", kept.pk)
    client.force_login(omar)
    answer = client.get(page)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    client.force_login(youssef)
    assert client.get(page).status_code == 404


def test_what_is_no_picture_is_refused_beside_its_field(client, omar):
    client.force_login(omar)
    allocation = AllocationFactory(approved=True)
    said = answers() | {"disinfectant": "Javel", "photo": SimpleUploadedFile("x.jpg", b"not a picture")}
    answer = client.post(url("allocation_prepare", allocation.pk), said)
    assert answer.status_code == 422
    assert answer.context["form"].errors["photo"]


def test_the_page_asks_again_and_keeps_what_was_answered(client, omar):
    client.force_login(omar)
    allocation = AllocationFactory(approved=True)
    page = url("allocation_prepare", allocation.pk)
    said = answers() | {"disinfectant": "Javel", "note": "Roue changée"}
    del said["brakes"]
    answer = client.post(page, said)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"brakes"}
    assert "Roue changée" in answer.text
    answer = client.post(page, said | {"brakes": "fail"})
    assert str(Point.BRAKES.label) in answer.context["form"].non_field_errors()[0]
    assert client.post(page, said | {"brakes": "pass"}).status_code == 302
    assert "Javel" in client.get(allocation.get_absolute_url()).text


def test_points_that_cannot_apply_are_answered_already(client, omar):
    client.force_login(omar)
    allocation = AllocationFactory(approved=True, chair=ChairFactory(model__tyres="solid"))
    form = client.get(url("allocation_prepare", allocation.pk)).context["form"]
    assert form["tyres"].value() == "n_a"
    assert form["brakes"].value() is None


def test_what_stands_against_the_hand_over_is_overruled_by_name(client, omar, karim, monkeypatch):
    allocation = AllocationFactory(approved=True)
    monkeypatch.setattr(choosing, "_blockers", lambda allocation: [("accessory:headrest", "Appui-tête prescrit.")])
    page = url("allocation_prepare", allocation.pk)
    client.force_login(omar)
    answer = client.post(page, answers() | {"disinfectant": "Javel"})
    assert "Appui-tête prescrit." in answer.context["form"].non_field_errors()[0]
    assert client.post(url("allocation_overrule", allocation.pk), {"reason": "x"}).status_code == 403
    client.force_login(karim)
    assert client.post(url("allocation_overrule", allocation.pk), {"reason": " "}).status_code == 422
    assert client.post(url("allocation_overrule", allocation.pk), {"reason": "Livré à part"}).status_code == 302
    client.force_login(omar)
    assert "Livré à part" in client.get(page).text
    assert client.post(page, answers() | {"disinfectant": "Javel"}).status_code == 302
