import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.core.management import CommandError, call_command

from hajar.management.commands import messages

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext, npgettext_lazy
_("plain")
gettext_lazy("lazy " "and joined")
ngettext("%(count)d chair", "%(count)d chairs", 3)
pgettext("verb", "May")
npgettext_lazy("stock", "one part", "many parts")
# Translators: said to a volunteer
_("with a comment")
not_a_message("left alone")
"""
TEMPLATE = """{% load i18n %}
<p title="{% translate "in a tag" %}">{{ _("in a variable")|upper }}</p>
    {% translate "with context" context "heading" %}
  {% include "part.html" with label=_("in an argument") %}
{% blocktranslate trimmed with name=child.name %}
    {{ name }} waits
    for a chair.
{% endblocktranslate %}
{% blocktranslate trimmed count number=chairs|length %}
  {{ number }} chair here
{% plural %}
  {{ number }} chairs here
{% endblocktranslate %}
{% translate "50% done" %} (unbalanced "quotes' and {braces
{# Translators: said on the phone #}
{% translate "after a comment" %}
"""


@pytest.fixture
def project(tmp_path, settings):
    """A project of two files, whose catalogues are its own."""
    (tmp_path / "hajar").mkdir()
    (tmp_path / "hajar" / "code.py").write_text(PYTHON)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "hajar" / "locale"]
    return tmp_path


def catalogue(project: Path, language: str) -> Path:
    return project / "hajar" / "locale" / language / "LC_MESSAGES" / "django.po"


def translate_all(project: Path) -> None:
    """Say every message in capital letters, placeholders as they are."""
    for language in messages.PLURALS:
        path = catalogue(project, language)
        said = messages.parsed(path.read_bytes(), language)
        for message in said:
            if message.pluralizable:
                message.string = (message.id[1],) * said.num_plurals
            elif message.id:
                message.string = message.id
        path.write_bytes(messages.rendered(said, language))


def test_every_way_to_say_something_in_python_is_found(project):
    found = messages.extracted(project)
    assert {(message.context, message.id) for message in found if message.id} >= {
        (None, "plain"),
        (None, "lazy and joined"),
        (None, ("%(count)d chair", "%(count)d chairs")),
        ("verb", "May"),
        ("stock", ("one part", "many parts")),
    }
    assert "left alone" not in found
    assert found["with a comment"].auto_comments == ["Translators: said to a volunteer"]


def test_every_way_to_say_something_in_a_template_is_found(project):
    found = {(message.context, message.id) for message in messages.extracted(project)}
    assert found >= {
        (None, "in a tag"),
        (None, "in a variable"),
        ("heading", "with context"),
        (None, "in an argument"),
        (None, "%(name)s waits for a chair."),
        (None, ("%(number)s chair here", "%(number)s chairs here")),
        (None, "50%% done"),
        (None, "after a comment"),
    }


def test_a_merge_keeps_translations_drops_what_is_gone_and_guesses_nothing(project):
    call_command("messages")
    translate_all(project)
    before = catalogue(project, "fr").read_bytes()
    call_command("messages")
    assert catalogue(project, "fr").read_bytes() == before

    (project / "hajar" / "code.py").write_text(PYTHON.replace('_("plain")', '_("plainer")'))
    call_command("messages")
    after = messages.parsed(catalogue(project, "fr").read_bytes(), "fr")
    assert "plain" not in after
    assert after["plainer"].string == ""
    assert after["in a tag"].string == "in a tag"
    assert not after["plainer"].fuzzy


def test_the_check_passes_when_all_is_said(project):
    call_command("messages")
    translate_all(project)
    call_command("messages", "--check")


def test_the_check_writes_nothing_and_names_what_is_missing(project):
    with pytest.raises(CommandError, match="ar: not translated: 'plain'"):
        call_command("messages", "--check")
    assert not catalogue(project, "ar").exists()


def test_the_check_fails_when_the_code_says_something_new(project):
    call_command("messages")
    translate_all(project)
    with (project / "hajar" / "code.py").open("a") as file:
        file.write('_("new")\n')
    with pytest.raises(CommandError, match="fr: not in step with the code"):
        call_command("messages", "--check")


@pytest.mark.parametrize(
    ("said", "translated", "is_good"),
    [
        ("%(name)s waits", "%(name)s attend", True),
        ("%(name)s waits", "il attend", False),
        ("%(name)s waits", "%(nom)s attend", False),
        ("%(name)s waits", "%(name) attend", False),
        ("%(percent)s %% done", "%(percent)s % fait", False),
        ("{file} is empty", "{file} est vide", True),
        ("{file} is empty", "{fichier} est vide", False),
        ("%s of %s", "%s de %s", True),
        ("done", "", False),
    ],
)
def test_a_translation_says_the_same_placeholders(said, translated, is_good):
    french = messages.empty("fr")
    french.add(said, translated)
    assert (list(messages.faults(french, "fr")) == []) is is_good


def test_arabic_may_say_none_one_and_two_in_words_but_not_three():
    forms = ["لا كراسي", "كرسي واحد", "كرسيان", "%(n)s كراسي", "%(n)s كرسيا", "%(n)s كرسي"]
    arabic = messages.empty("ar")
    arabic.add(("%(n)s chair", "%(n)s chairs"), tuple(forms))
    assert list(messages.faults(arabic, "ar")) == []
    arabic.add(("%(n)s bed", "%(n)s beds"), (*forms[:3], "أسرة", *forms[4:]))
    assert len(list(messages.faults(arabic, "ar"))) == 1


def test_a_fuzzy_translation_is_a_fault():
    french = messages.empty("fr")
    french.add("chair", "chaise", flags=("fuzzy",))
    assert list(messages.faults(french, "fr")) == ["fuzzy: 'chair'"]


def test_what_is_compiled_can_be_read_with_the_right_plurals(project):
    call_command("messages")
    arabic = messages.parsed(catalogue(project, "ar").read_bytes(), "ar")
    arabic.get("%(count)d chair").string = ("0", "1", "2", "few", "many", "other")
    catalogue(project, "ar").write_bytes(messages.rendered(arabic, "ar"))
    call_command("messages", "--compile")
    with catalogue(project, "ar").with_suffix(".mo").open("rb") as file:
        said = gettext.GNUTranslations(file)
    spoken = [said.ngettext("%(count)d chair", "%(count)d chairs", number) for number in (0, 1, 2, 3, 11, 100, 103)]
    assert spoken == ["0", "1", "2", "few", "many", "other", "few"]
    assert said.gettext("plain") == "plain"


def test_an_empty_catalogue_has_nothing_to_complain_of():
    assert list(messages.faults(Catalog(locale="fr"), "fr")) == []
