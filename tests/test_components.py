"""The house's look: components know no model, colours can be read, and nothing asks for what the CSP forbids."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Engine, RequestContext, engines
from django.template.loader import get_template
from django.test import RequestFactory, override_settings
from django.utils import translation

from hajar.accounts.models import User
from hajar.templatetags import hajar_ui

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))


def show(component: str, /, **inputs) -> str:
    return get_template(f"components/{component}.html").render(inputs)


def write(source: str, request=None, **inputs) -> str:
    engine: Engine = engines["django"].engine
    context = RequestContext(request, inputs) if request else Context(inputs)
    return engine.from_string("{% load hajar_ui i18n %}" + source).render(context)


# ── sentences ──


def test_every_sentence_beside_a_field_is_dressed_alike():
    """An icon before red words, which the style gives to what stands in the span."""
    bare = re.compile(r'<p class="invalid-feedback[^>]*>(?!<span>)|hint--error')
    assert bare.search('<p class="invalid-feedback" id="why">Say why.</p>')
    rooms = ("beneficiaries", "distributions")
    assert [path.name for path in TEMPLATES if path.parent.name in rooms and bare.search(path.read_text())] == []


def test_no_page_puts_the_quotation_marks_of_one_language_around_what_was_written():
    with translation.override("fr"):
        assert write("{{ words|quoted }}", words="Sa cousine.") == "«\u202fSa cousine.\u202f»"
    translated = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}", re.DOTALL)
    assert [path.name for path in TEMPLATES if "“{{" in translated.sub("", path.read_text())] == []


# ── colours ─────────────────────────────────────────────────────────────────────────────────────────────────


def _blocks(selector: str) -> dict[str, str]:
    text = (ROOT / "static" / "css" / "tokens.css").read_text()
    start = text.index(selector + " {") + len(selector) + 2
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", text[start : text.index("}", start)]))


TONES = ("rose", "leaf", "sky", "saffron")
LIGHT = _blocks('[data-bs-theme="light"]')
DARK = _blocks('[data-bs-theme="dark"]')
DARK_BY_SYSTEM = _blocks(':root:not([data-bs-theme="light"])')


def _luminance(colour: str) -> float:
    colour = colour.removeprefix("#")
    colour = "".join(digit * 2 for digit in colour) if len(colour) == 3 else colour
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_and_white_is_twenty_one():
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *[(ink, ground) for ink in ("ink", "ink-soft", "ink-faint", "teal") for ground in ("paper", "card", "sunken")],
        *[(ink, "hover") for ink in ("ink", "ink-soft", "teal")],
        *[
            (f"{tone}-ink", ground)
            for tone in ("rose", "leaf", "sky", "saffron")
            for ground in (f"{tone}-soft", "card")
        ],
        ("teal", "teal-soft"),
        ("ink", "teal-soft"),
        ("ink-soft", "mute-soft"),
        ("on-teal", "teal"),
        ("on-teal", "teal-strong"),
        ("on-rose", "rose"),
        ("on-rose", "rose-strong"),
        ("on-saffron", "saffron"),
        ("nav-ink", "nav"),
        ("nav-ink-strong", "nav"),
    ],
)
def test_every_word_can_be_read_on_its_ground(mode, text, ground):
    assert contrast(mode[text], mode[ground]) >= 4.5


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("line", ["edge", "teal", "rose", "leaf", "saffron-line"])
def test_what_one_acts_on_or_must_see_stands_out_from_its_ground(mode, line):
    assert min(contrast(mode[line], mode[ground]) for ground in ("card", "paper")) >= 3


def test_dark_is_the_same_whether_the_system_or_the_person_asks_for_it():
    assert DARK == DARK_BY_SYSTEM
    assert set(LIGHT) == set(DARK)


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_use_logical_properties_only(path):
    physical = re.compile(
        r"(?<![\w-])((margin|padding|border)-(left|right|top|bottom)|left|right|float:\s*(left|right))\s*[:;]"
    )
    assert not physical.findall(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S))


@pytest.mark.parametrize(
    "path", [path for path in STYLES if path.name not in ("tokens.css", "print.css")], ids=lambda p: p.name
)
def test_colours_come_from_the_tokens(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    allowed = {"#fff"}  # a QR code and a signature are dark on white in any mode, and keep their ground
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", text)) <= allowed


# ── what the content security policy forbids ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_holds_inline_styles_handlers_or_scripts(path):
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
    assert not re.search(r"\sstyle=|<style\b|\son(click|change|submit|load|input)=|javascript:", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or "application/json" in script or "nonce=" in script


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_each_component_says_what_it_needs(path):
    header = re.match(r"{% comment %}(.*?){% endcomment %}", path.read_text(), flags=re.S)
    assert header and "Inputs:" in header[1]


def test_every_behaviour_is_loaded_by_its_bare_name():
    loaded = re.findall(r'import "hajar/(\w+)"', (ROOT / "static" / "js" / "app.js").read_text())
    assert {path.stem for path in (ROOT / "static" / "js").glob("*.js")} >= set(loaded)


# ── components ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_badge_is_icon_word_and_colour():
    html = show("badge", tone="urgent", word="Urgent")
    assert "bi-exclamation-triangle-fill" in html and "tag--urgent" in html and "Urgent" in html


def test_a_ring_without_a_score_asks_instead_of_showing_nought():
    assert ">?" in show("score_ring", number=None).replace("</span>?", ">?")
    assert "</span>0" in show("score_ring", number=0)


def test_a_ring_draws_the_span_a_score_may_lie_in():
    html = show("score_ring", number=54, low=54, high=66)
    assert 'stroke-dasharray="66 100"' in html and 'stroke-dasharray="54 100"' in html


def test_an_unknown_part_shows_a_question_mark_and_its_span():
    html = show("score_part", name="Risks", points=None, low=4, high=12, of=20)
    assert "4–12 / 20" in html and 'width="20"' in html and 'width="60"' in html


def test_a_name_puts_the_readers_script_first():
    inputs = {"latin": "Salma Idrissi", "arabic": "سلمى الإدريسي"}
    with translation.override("fr"):
        french = show("person_name", **inputs)
    with translation.override("ar"):
        arabic = show("person_name", **inputs)
    assert french.index("Salma") < french.index("سلمى")
    assert arabic.index("سلمى") < arabic.index("Salma")


def test_a_name_known_in_one_script_only_is_shown_in_that_one():
    with translation.override("ar"):
        assert 'lang="fr" dir="ltr">Salma Idrissi' in show("person_name", latin="Salma Idrissi", arabic="")


def test_a_phone_keeps_its_direction_and_its_whatsapp_link_says_nothing():
    html = show("phone", number="+212612345678", whatsapp=True)
    assert '<bdi dir="ltr">+212\u00a06\u00a012\u00a034\u00a056\u00a078</bdi>' in html
    assert 'href="https://wa.me/212612345678"' in html
    assert "text=" not in html


def test_no_consent_to_whatsapp_no_link():
    assert "wa.me" not in show("phone", number="+212612345678", whatsapp=False)


def test_precautions_draw_nothing_when_there_are_none():
    assert show("precautions", text="").strip() == ""
    assert "shield-plus" in show("precautions", text="Masks, please")


def test_what_people_typed_is_escaped():
    html = show("notice", tone="info", text="<b>x</b>") + show("stat", number="<i>", words="w")
    assert "<b>" not in html and "<i>" not in html


def test_a_card_wraps_its_body_and_leads_on():
    html = write('{% card title="Need" link="/why/" link_word="Why?" %}<p>body</p>{% endcard %}')
    assert '<h2 class="panel__title">Need</h2>' in html
    assert "<p>body</p>" in html and 'href="/why/"' in html


def test_a_form_of_one_act_carries_the_csrf_token(rf):
    html = write(
        '{% confirm action="/x/" verb="Release" question="Sure?" tone="danger" %}{% endconfirm %}',
        request=rf.get("/"),
    )
    assert re.search(r'name="csrfmiddlewaretoken" value="\w{20,}"', html)
    assert 'data-hajar-confirm="Sure?"' in html and 'data-tone="danger"' in html


def test_filters_reach_htmx_only_where_there_is_a_target():
    assert "hx-get" not in write('{% filters action="/c/" %}{% endfilters %}')
    assert 'hx-target="#rows"' in write('{% filters action="/c/" target="#rows" %}{% endfilters %}')


# ── filters ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "whole", "share"), [(1, 4, 25), (0, 5, 0), (7, 5, 100), (-1, 5, 0), (None, 5, 0), (1, 0, 0), ("x", 1, 0)]
)
def test_a_share_stays_between_nought_and_a_hundred(value, whole, share):
    assert hajar_ui.share_of(value, whole) == share


@pytest.mark.parametrize(
    ("language", "amount", "shown"),
    [
        ("fr", "1234.5", "1\u00a0234,50\u00a0"),
        ("en", "1234.5", "1,234.50\u00a0"),
        ("ar", "1234567", "1\u00a0234\u00a0567\u00a0"),
        ("fr", "12", "12\u00a0"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(language, amount, shown):
    with translation.override(language):
        assert hajar_ui.dirhams(amount).startswith(shown)


@pytest.mark.parametrize("nonsense", ["", None, "abc", "NaN", "Infinity"])
def test_money_that_is_no_number_shows_nothing(nonsense):
    assert hajar_ui.dirhams(nonsense) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Samira Bennani", "SB"), ("Samira", "S"), ("سميرة بناني", "س"), ("", "?"), (None, "?"), ("12 34", "?")],
)
def test_initials_are_two_latin_letters_or_one_arabic(name, letters):
    assert hajar_ui.initials(name) == letters


def test_a_foreign_number_is_left_as_it_is():
    assert hajar_ui.phone_groups("+33612345678") == "+33612345678"


def test_a_browser_is_named_in_two_words():
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    assert hajar_ui.browser_name(edge) == "Edge · Windows"
    assert hajar_ui.browser_name(phone) == "Chrome · Android"
    assert hajar_ui.browser_name("") == "?"


# ── navigation ──────────────────────────────────────────────────────────────────────────────────────────────


class Someone:
    """A person with exactly these permissions, without a database."""

    is_authenticated = True

    def __init__(self, *permissions, is_staff=False):
        self.permissions = permissions
        self.is_staff = is_staff

    def has_perm(self, permission):
        return permission in self.permissions


@pytest.fixture
def every_line_leads_somewhere(monkeypatch):
    monkeypatch.setattr(hajar_ui, "_address", lambda name: f"/{name}/")


def lines(user, **context):
    request = RequestFactory().get("/")
    request.user = user
    return hajar_ui.navigation({"request": request, **context})


def names(groups) -> list[str]:
    return [line["url"].strip("/") for group in groups for line in group]


def test_a_volunteer_is_led_to_her_rounds_only(every_line_leads_somewhere):
    nav = lines(Someone("distributions.record_delivery"))
    assert names(nav["groups"]) == ["home", "distributions:mobile_round_list"]


def test_the_phones_bar_holds_four_lines_at_most(every_line_leads_somewhere):
    everything = [entry.permission for group in hajar_ui.NAVIGATION for entry in group]
    nav = lines(Someone(*everything, is_staff=True))
    assert len(nav["bar"]) == hajar_ui.BAR_LENGTH
    assert len(names(nav["groups"])) == len(everything)


def test_only_who_may_enter_sees_the_administration(every_line_leads_somewhere):
    assert "admin:index" not in names(lines(Someone())["groups"])
    assert "admin:index" in names(lines(Someone(is_staff=True))["groups"])


def test_a_number_stands_beside_its_line(every_line_leads_somewhere):
    nav = lines(Someone("beneficiaries.view_need"), nav_counts={"beneficiaries:need_list": 23})
    assert [line["count"] for group in nav["groups"] for line in group] == [None, 23]


def test_nobody_signed_in_sees_no_line():
    assert lines(AnonymousUser()) == {"groups": [], "bar": []}


# ── errors and entrance ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["400", "403", "404", "500"])
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_error_pages_need_neither_request_nor_database(code, language):
    with translation.override(language):
        html = get_template(f"{code}.html").render()
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in html
    assert html.count("<h1>") == 1 and 'href="/"' in html


def test_a_form_that_was_open_too_long_has_its_own_words():
    with translation.override("en"):
        assert "open too long" in get_template("403.html").render({"form_expired": True})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "lang", "direction"), [("fr", "fr", "ltr"), ("ar", "ar-MA", "rtl"), ("en", "en", "ltr")]
)
def test_the_entrance_speaks_the_readers_language(client, settings, language, lang, direction):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    html = client.get("/accounts/login/").content.decode()
    assert f'<html lang="{lang}" dir="{direction}"' in html
    assert ("bootstrap.rtl.min" in html) == (direction == "rtl")


@pytest.mark.django_db
def test_the_chosen_colours_are_drawn_from_the_first_moment(client):
    client.cookies["theme"] = "dark"
    assert 'data-bs-theme="dark"' in client.get("/accounts/login/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "data-bs-theme" not in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
@override_settings(HAJAR_DEMO=True)
@pytest.mark.parametrize("path", ["2fa/", "2fa/webauthn/", "sessions/", "password/change/", "logout/"])
def test_ones_own_account_has_the_look_of_the_house(client, path):
    client.force_login(User.objects.create_user("salma@example.org", "a long enough one", full_name="Salma Idrissi"))
    html = client.get(f"/accounts/{path}", follow=True).content.decode()
    assert 'class="page page--account"' in html or 'class="entrance"' in html
