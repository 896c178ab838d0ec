"""The reader of the stories stumbles where she should, and only there."""

import pytest

from tests.browser.reading import Reader


@pytest.mark.parametrize(
    ("language", "text", "strange"),
    [
        ("fr", "Sign in", True),
        ("fr", "Se connecter", False),
        ("fr", "Photo", False),
        ("fr", "Wait for the others", True),
        ("ar", "Sign in", True),
        ("ar", "Se connecter", True),
        ("ar", "تسجيل الدخول", False),
        ("ar", "CH-0001 · nadia@hajar.example", False),
        ("ar", "الكرسي Atlas", False),
    ],
)
def test_what_is_english_is_stumbled_over(language, text, strange):
    assert Reader(language, names="Atlas")._is_strange(text) == strange
