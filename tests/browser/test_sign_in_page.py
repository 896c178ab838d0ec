import re

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
def test_the_sign_in_page_speaks_the_language_asked_for(page, base_url, language, direction):
    page.context.add_cookies([{"name": "django_language", "value": language, "url": base_url}])
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}\\b"))
    expect(page.locator("html")).to_have_attribute("dir", direction)
    expect(page.locator("input[type=password]")).to_be_visible()
