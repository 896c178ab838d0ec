"""A large register with headings nobody knows: its columns are named, it is read before one's eyes, and resumed."""

import re

import pytest
from playwright.sync_api import expect

from beneficiaries import importing, working_imports
from beneficiaries.models import Child
from beneficiaries.models.imports import RegisterImport
from hajar.lib import sheets
from tests.beneficiaries.test_importing import many
from tests.browser.visiting import PHONE, TABLET, complaints_of, sit_down, speak, too_wide

HEADINGS = ["champ_a", "champ_b", "champ_c", "champ_d", "champ_e", "champ_f"]
FIELDS = ["family_name_latin", "given_name_latin", "sex", "born_on", "province", ""]
ROWS = 30


@pytest.fixture(params=["fr", "ar"])
def language(request):
    return request.param


@pytest.fixture
def register(tmp_path):
    rows = [[*row[:5], "…"] for row in many(ROWS)]
    file = tmp_path / "registre.xlsx"
    file.write_bytes(sheets.write_xlsx(HEADINGS, rows).read())
    return file


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 5)
    monkeypatch.setattr(working_imports, "WRITE_AT_ONCE", 5)
    monkeypatch.setattr(working_imports, "READ_AT_ONCE", 5)
    monkeypatch.setattr("beneficiaries.views.imports.AT_A_TIME", 0)


@pytest.mark.parametrize("size", [TABLET, PHONE])
def test_columns_are_named_and_a_large_register_is_written_while_one_watches(
    transactional_db, page, context, karim, base_url, language, register, size
):
    speak(context, language, base_url)
    sit_down(context, karim, base_url)
    page.set_viewport_size(size)
    complaints = complaints_of(page)
    page.goto("/imports/new/")
    page.locator("input[type=file]").set_input_files(register)
    page.locator("form[enctype] button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/columns/$"))
    assert too_wide(page) == ""
    for place, name in enumerate(FIELDS):
        page.locator(f"[name=column_{place}]").select_option(name)
    page.locator("main .form-acts button[type=submit]").click()
    expect(page.locator("#import-progress, #import-standing").first).to_be_visible()
    page.goto("/imports/")  # she leaves …
    page.locator("main table a").first.click()  # … and comes back
    expect(page.locator("#import-standing")).to_be_visible(timeout=20_000)
    assert not Child.objects.exists()
    page.locator(".import-plan button[type=submit]").click()
    page.locator("dialog[open] button[value=yes]").click()
    expect(page.locator(".stats")).to_be_visible(timeout=20_000)
    assert too_wide(page) == ""
    assert Child.objects.count() == ROWS
    assert RegisterImport.objects.get().state == RegisterImport.State.DONE
    assert complaints == []
