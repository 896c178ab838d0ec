"""The stock administration under the strict policy: every page of every model in both scripts, without a complaint."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse
from playwright.sync_api import expect

from beneficiaries.models import ConsentText, NameAlias, Province, Region
from tests import world
from tests.browser.reading import OF_THE_WORLD, Reader
from tests.browser.visiting import DESK, complaints_of, sit_down, speak

pytestmark = pytest.mark.django_db(transaction=True)

OURS = ("accounts", "journal", "beneficiaries", "distributions")
# What Django itself says of a yes, a no, a lens and a kept password.
OF_DJANGO = "True False None Search Control Command salt hash pbkdf2 ISO fermé"


def pages_of(user):
    """Index, and of each model that this person may see: list, new, one row, its history."""
    request = RequestFactory().get("/")
    request.user = user
    yield reverse("admin:index")
    for model, rooms in admin.site._registry.items():
        if model._meta.app_label not in OURS or not rooms.has_view_permission(request):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        if rooms.has_add_permission(request):
            yield reverse(f"{name}_add")
        if row := rooms.get_queryset(request).order_by("pk").first():
            yield reverse(f"{name}_change", args=[row.pk])
            yield reverse(f"{name}_history", args=[row.pk])


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_the_administration_speaks_both_scripts_and_breaks_no_rule(page, base_url, nadia, driss, language, direction):
    world.build("MA-CAS", volunteer=driss)
    places = [*Province.objects.all(), *Region.objects.all()]
    named = (f"{place.name_fr} {place.name_en} {place.aliases}" for place in places)
    usual = NameAlias.objects.values_list("latin", flat=True)
    texts = ConsentText.objects.values_list("text", flat=True)  # each in its own language
    names = " ".join([OF_THE_WORLD, OF_DJANGO, *named, *usual, *texts])
    addresses = list(pages_of(nadia))
    assert len(addresses) > 60
    speak(page.context, language, base_url)
    sit_down(page.context, nadia, base_url)
    page.set_viewport_size(DESK)
    complaints = complaints_of(page)
    reader = Reader(language, names=names)
    for address in addresses:
        answer = page.goto(address)
        assert answer.ok, f"{address} answered {answer.status}"
        expect(page.locator("html")).to_have_attribute("dir", direction)
        reader.read(page)
    assert complaints == []
    assert reader.stumbled == [], "\n" + "\n".join(reader.stumbled)
