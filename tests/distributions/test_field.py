"""What a phone keeps of Hajar itself: light enough for a village's network, in whatever language, and able to go."""

import brotli
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from distributions.management.commands import phone_styles
from distributions.views import field

LANGUAGES = ["fr", "ar", "en"]
MOST = 150_000  # bytes on the wire, the first time
PACKED = (".png", ".woff2")  # sent as they are


def on_the_wire(name: str) -> int:
    """A static file as whitenoise sends it to a browser that takes Brotli."""
    content = field._content(name)
    return len(content) if name.endswith(PACKED) else len(brotli.compress(content))


def weights(client, language: str) -> dict[str, int]:
    """Bytes of everything that is sent before the first page of the field stands."""
    names = [*field._names(), field._bootstrap(language)]
    found = {name: on_the_wire(name) for name in names}
    for url in (reverse("distributions:mobile_worker"), reverse("distributions:mobile_shell", args=[language])):
        answer = client.get(url, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        found[url] = len(answer.content)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_load_of_the_shell_is_light(client, language):
    found = weights(client, language)
    assert sum(found.values()) <= MOST, found


def test_what_is_weighed_is_what_is_kept(client):
    """The weight is that of the list which the worker is given, not of another one."""
    kept = field.contents()
    urls = {entry["url"] for entry in kept["common"]}
    assert urls == {field._entry(name)["url"] for name in field._names()}
    for language, entries in kept["languages"].items():
        shell = reverse("distributions:mobile_shell", args=[language])
        assert [entry["url"] for entry in entries] == [field._entry(field._bootstrap(language))["url"], shell]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_empty_page_asks_for_nothing_that_is_not_kept(client, language):
    html = client.get(reverse("distributions:mobile_shell", args=[language])).content.decode()
    kept = field.contents()
    urls = {entry["url"] for entry in [*kept["common"], *kept["languages"][language], *kept["later"]]}
    asked = {part.split('"')[0] for part in html.split('"/static/')[1:]}
    assert asked
    assert {f"/static/{name}" for name in asked} <= urls


def test_no_font_and_no_page_of_the_office_is_on_the_phone():
    urls = " ".join(entry["url"] for entry in field.contents()["common"])
    assert "woff" not in urls
    assert "measures" not in urls


def test_the_reader_of_labels_comes_later_and_from_here():
    later = [entry["url"] for entry in field.contents()["later"]]
    assert later == ["/static/vendor/zxing/reader.js", "/static/vendor/zxing/zxing_reader.wasm"]


def test_the_sheets_of_the_phone_are_those_of_its_pages():
    call_command("phone_styles", check=True)
    texts = phone_styles.sources()
    assert {"truck", "whatsapp", "check-lg", "exclamation-triangle-fill"} <= set(phone_styles.used_icons(texts))
    assert {"btn-outline-primary", "form-check-input", "invalid-feedback"} <= phone_styles.used_classes(texts)


def test_a_sheet_that_is_behind_is_noticed(monkeypatch):
    monkeypatch.setattr(phone_styles, "used_icons", lambda texts: ["truck"])
    with pytest.raises(CommandError, match="behind the phone pages"):
        call_command("phone_styles", check=True)


def test_a_sheet_is_cut_to_what_is_used():
    css = (
        "/* x */a,.btn{b:c}.btn:not(.check)+.btn{d:e}.modal .btn{f:g}"
        "@media (width){.modal{h:i}.btn{j:k}}@keyframes x{0%{l:m}}"
    )
    assert phone_styles.cut(css, {"btn"}).split("\n") == [
        "a,.btn{b:c}",
        ".btn:not(.check)+.btn{d:e}",
        "@media (width){.btn{j:k}}",
    ]


def test_only_the_phone_pages_may_run_the_reader(client, driss):
    client.force_login(driss)
    shell = client.get(reverse("distributions:mobile_shell", args=["fr"]))
    assert "'wasm-unsafe-eval'" in shell.headers["Content-Security-Policy"]
    for page in (reverse("home"), reverse("distributions:mobile_round_list")):
        assert "wasm" not in client.get(page).headers["Content-Security-Policy"]


def test_switched_off_the_worker_takes_itself_away_and_nothing_of_an_entry(client, settings):
    settings.PHONES_KEEP_ROUNDS = False
    script = client.get(reverse("distributions:mobile_worker")).content.decode()
    assert "unregister()" in script
    assert "SHELL" not in script
    assert "indexedDB" not in script


def test_switched_off_the_page_offers_no_keeping(client, driss, settings):
    client.force_login(driss)
    page = reverse("distributions:mobile_round_list")
    assert "Garder mes tournées" in client.get(page).content.decode()
    settings.PHONES_KEEP_ROUNDS = False
    html = client.get(page).content.decode()
    assert 'data-hajar-keep="off"' in html
    assert "Garder mes tournées" not in html


def test_every_language_can_be_kept():
    assert list(field.contents()["languages"]) == [code for code, _name in settings.LANGUAGES]
