"""Reads whole pages as a person does who knows no English, and keeps what she stumbles over."""

import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.trans_real import translation
from playwright.sync_api import Page

from tests.browser.visiting import too_wide

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|%%|\{\w*\}")
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
SHORTEST = 4  # letters of a sentence that can be told from a word of another language
ENGLISH_ONLY = re.compile(r"\b(the|and|with|your|this|that|was|were|have|has|from|been|not)\b", re.IGNORECASE)
LATIN_WORD = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’]{2,}")
# What stays Latin wherever it stands: addresses, labels such as CH-0001, rules and scales, secrets of an app, brands.
BRANDS = (
    "WhatsApp|Excel|CSV|PDF|JPEG|PNG|WebP|ISO|OpenStreetMap|ODbL|SARA|FMS|GTIN|QR|FHIR|HXL|CNDP|Android|SQLite"
    "|PostgreSQL"
)
STAYS_LATIN = re.compile(
    r"\S+@\S+|#\w+(?:\+\w+)*|\S+\*{3,}|\b[A-Z]{2,4}-[\w.-]+|\S*\.(?:xlsx|csv|pdf|md|py)\b(?: backup)?"
    rf"|[0-9a-f]{{64}}|[0-9a-f]{{8}}-[0-9a-f-]{{27}}|\b[A-Z2-7]{{32}}\b|\b(?:{BRANDS})\b"
)

# Names of people and things in tests/world.py and the factories, in Latin letters.
OF_THE_WORLD = (
    "Nadia Karim Samira Youssef Omar Driss Khadija Salwa Hind Chaimae Anas Hiba Amrani Utilisatrice Hajar "
    "Sidi Moumen rue des Orangers Porte verte après fontaine Hôpital Atlas Tilt Dépôt Ateliers Frein cassé "
    "Journée du handicap Fondation registre Naciri Hoceïma Rallonger la potence repose-pied vis dossier peut céder "
    "Remplacer par le kit fabricant Appeler réparateur Alcool famille est voyage "
    "Tab Enter Une fillette portée Nom Prénom Aya Sexe Date de naissance Ville Casablanca Téléphone"
)

# Every text with where it stands, hidden ones too: they are shown sooner or later. What says of itself that it is in
# another language is not for this reader.
TEXTS = """() => {
    const own = document.documentElement.lang.slice(0, 2);
    const foreign = (element) => {
        const said = element.closest("[lang]");
        return said && said.lang.slice(0, 2) !== own;
    };
    const found = [["title", document.title]];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (!parent.closest("script, style, textarea, template") && !foreign(parent))
            found.push([parent.tagName.toLowerCase(), walker.currentNode.data]);
    }
    const words = ["placeholder", "aria-label", "title", "alt"]
        .concat(["data-label", "data-verb", "data-hajar-confirm", "data-done"]);
    for (const element of document.querySelectorAll("*")) {
        if (foreign(element)) continue;
        for (const { name, value } of element.attributes)
            if (words.includes(name) || name.startsWith("data-words") || name.startsWith("data-word-"))
                found.push([name, value]);
    }
    return found.map(([where, text]) => [where, text.replace(/\\s+/g, " ").trim()]).filter(([, text]) => text);
}"""


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


@cache
def _catalogue(language: str) -> tuple[frozenset[str], tuple[re.Pattern, ...]]:
    """English sentences that must not be met in `language`: whole ones, and patterns of those with a gap."""
    pairs: list[tuple[str, str]] = []
    for words in translation(language)._catalog._catalogs:  # the house's, Django's and the packages'
        for key, said in words.items():
            english = key[0] if isinstance(key, tuple) else key
            pairs.append((english.split("\x04")[-1], said))
    path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        for message in read_po(file, locale=language):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            pairs += [(english, form) for english in ids for form in said]
    legitimate = {_plain(said) for english, said in pairs if said and said != english}
    legitimate |= {_plain(english) for english, said in pairs if said == english}
    foreign = {english for english, _said in pairs if _plain(english) not in legitimate and len(english) >= SHORTEST}
    whole = frozenset(_plain(english) for english in foreign if not PLACEHOLDER.search(english))
    gapped = []
    for english in foreign:
        parts = PLACEHOLDER.split(" ".join(english.split()))
        if len(parts) > 1 and sum(len(re.findall(r"[A-Za-z]", part)) for part in parts) >= 6:
            gapped.append(re.compile(".+?".join(map(re.escape, parts)), re.IGNORECASE))
    return whole, tuple(gapped)


def is_english(text: str, language: str) -> bool:
    """Is this a sentence of the house, or of its packages, that nobody translated here?"""
    whole, gapped = _catalogue(language)
    return _plain(text) in whole or any(pattern.fullmatch(text) for pattern in gapped)


class Reader:
    """Somebody who reads every page to its end and writes down what she cannot understand or reach.

    `names` are words that may be Latin on an Arabic page: people, makers of chairs, what was typed.
    """

    def __init__(self, language: str, names: str = ""):
        self.language = language
        self.names = {word.casefold() for word in LATIN_WORD.findall(names)}
        self.stumbled: list[str] = []

    def read(self, page: Page) -> None:
        address = re.sub(
            r"https?://[^/]+|[0-9a-f]{8}-[0-9a-f-]{27}", lambda found: "" if "/" in found[0] else "…", page.url
        )
        faults = [f"<{where}> {text!r}" for where, text in page.evaluate(TEXTS) if self._is_strange(text)]
        if wide := too_wide(page):
            faults.append(wide)
        self.stumbled += [fault for fault in (f"{address} {fault}" for fault in faults) if fault not in self.stumbled]

    def _is_strange(self, text: str) -> bool:
        if text.startswith("{"):  # what the journal and a reservation keep, as it is kept
            return False
        words = LATIN_WORD.findall(STAYS_LATIN.sub(" ", PLACEHOLDER.sub(" ", text)))
        unknown = [word for word in words if word.casefold() not in self.names]
        if words and not unknown:
            return False
        if is_english(text, self.language):
            return True
        if self.language == "ar":
            return bool(unknown)
        return any(ENGLISH_ONLY.fullmatch(word) for word in unknown)
