"""The catalogue asks where centimetres were typed, and draws what a model can be set to."""

import pytest
from django.urls import reverse

from distributions import cataloguing
from distributions.models import ChairModel, WorkshopChange
from tests.factories import ChairModelFactory, WorkshopChangeFactory


def url(name, *args):
    return reverse(f"distributions:{name}", args=args)


BUGGY = {
    "manufacturer": "Atlas",
    "name": "Poussette",
    "size": "S",
    "category": "buggy",
    "posture_class": "basic",
    "terrain_class": "dual",
    "seat_width_min_mm": "260",
    "seat_width_max_mm": "300",
}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("seat_width_min_mm", 38, ("impossible", 380)),
        ("seat_width_min_mm", 380, None),
        ("seat_width_min_mm", 3, ("impossible", None)),
        ("seat_width_max_mm", 600, ("rare", None)),
        ("seat_width_max_mm", 4000, ("impossible", None)),
        ("seat_depth_step_mm", 25, None),
        ("seat_depth_step_mm", 0, ("impossible", None)),
        ("overall_width_mm", 58, ("impossible", 580)),
        ("cushion_compressed_mm", 50, None),
        ("tilt_max_deg", 45, None),
        ("seat_width_min_mm", None, None),
    ],
)
def test_a_length_is_possible_rare_or_in_centimetres(field, value, says):
    found = [
        ("impossible" if doubt.is_impossible else "rare", doubt.in_mm)
        for doubt in cataloguing.doubts_about({field: value})
    ]
    assert found == ([says] if says else [])


def test_every_length_of_the_catalogue_has_limits():
    lengths = [field.name for field in ChairModel._meta.get_fields() if field.name.endswith("_mm")]
    assert len(lengths) > 30
    assert [name for name in lengths if cataloguing.limits_of(name) is None] == []


def test_centimetres_are_asked_about_and_converted_with_one_tap(client, omar):
    client.force_login(omar)
    typed = BUGGY | {"seat_width_min_mm": "٢٦", "seat_width_max_mm": "30", "overall_width_mm": "580"}
    asked = client.post(url("chairmodel_create"), typed)
    assert asked.status_code == 422
    form = asked.context["form"]
    assert set(form.errors) == {"seat_width_min_mm", "seat_width_max_mm"}
    assert "260 mm" in form.errors["seat_width_min_mm"][0]
    assert not ChairModel.objects.exists()
    assert client.post(url("chairmodel_create"), typed | {"centimetres": form.slips}).status_code == 302
    model = ChairModel.objects.get()
    assert (model.seat_width_min_mm, model.seat_width_max_mm, model.overall_width_mm) == (260, 300, 580)


def test_a_rare_length_is_confirmed(client, omar):
    client.force_login(omar)
    typed = BUGGY | {"seat_width_max_mm": "600"}
    asked = client.post(url("chairmodel_create"), typed)
    ((key, _label, _value),) = asked.context["form"].ticks
    assert client.post(url("chairmodel_create"), typed | {"confirm": "seat_width_max_mm=590"}).status_code == 422
    assert client.post(url("chairmodel_create"), typed | {"confirm": key}).status_code == 302


@pytest.mark.parametrize("low", ["seat_width_min_mm", "pelvis_pad_min_mm", "user_mass_min_kg"])
def test_the_smallest_value_is_below_the_largest_beside_its_field(client, omar, low):
    client.force_login(omar)
    high = low.replace("_min_", "_max_")
    typed = BUGGY | ({low: "300", high: "200"} if low.endswith("mm") else {low: "40", high: "20"})
    form = client.post(url("chairmodel_create"), typed).context["form"]
    assert set(form.errors) == {high}


def test_a_cushion_has_a_thickness_only_where_there_is_one(client, omar):
    client.force_login(omar)
    form = client.post(url("chairmodel_create"), BUGGY | {"cushion_compressed_mm": "40"}).context["form"]
    assert set(form.errors) == {"has_cushion"}


def test_the_page_says_how_far_a_model_grows(client, samira):
    client.force_login(samira)
    model = ChairModelFactory(
        seat_depth_min_mm=280, seat_depth_max_mm=355, seat_width_min_mm=300, seat_width_max_mm=300
    )
    reaches = {str(reach.name): reach for reach in client.get(model.get_absolute_url()).context["reaches"]}
    depth, width = reaches["seat depth"], reaches["seat width"]
    assert (depth.adjustable_mm, depth.grows) == (75, True)
    assert (width.adjustable_mm, width.grows) == (0, False)
    assert depth.start + depth.width <= 100


def test_what_a_workshop_can_change_is_kept(client, omar, samira):
    client.force_login(omar)
    model = ChairModelFactory()
    page = url("workshopchange_create", model.pk)
    change = {"what": "Rallonger la potence", "dimension": "seat_to_footrest", "min_mm": "280", "max_mm": "43"}
    asked = client.post(page, change)
    assert asked.context["form"].slips == "max_mm:430"
    assert client.post(page, change | {"centimetres": "max_mm:430"}).status_code == 302
    kept = WorkshopChange.objects.get()
    assert (kept.model, kept.max_mm) == (model, 430)
    assert "Rallonger la potence" in client.get(model.get_absolute_url()).text
    edit = url("workshopchange_edit", model.pk, kept.pk)
    assert client.post(edit, {"what": "Appui-tête", "adds": "headrest"}).status_code == 302
    assert [entry.act for entry in model.history()] == ["chairmodel.change_corrected", "chairmodel.change_added"]
    client.force_login(samira)
    assert client.get(edit).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "dimension"),
        ({"dimension": "seat_depth"}, "min_mm"),
        ({"dimension": "seat_depth", "min_mm": "300", "max_mm": "250"}, "max_mm"),
        ({"adds": "tray", "min_mm": "300"}, "dimension"),
    ],
)
def test_a_change_that_changes_nothing_is_refused_beside_its_field(client, omar, change, field):
    client.force_login(omar)
    form = client.post(url("workshopchange_create", ChairModelFactory().pk), {"what": "x"} | change).context["form"]
    assert field in form.errors


def test_a_change_belongs_to_its_model(client, omar):
    client.force_login(omar)
    change = WorkshopChangeFactory()
    assert client.get(url("workshopchange_edit", ChairModelFactory().pk, change.pk)).status_code == 404
