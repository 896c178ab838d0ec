"""Keep the French and Arabic catalogues in step with the code, with Babel alone: no GNU gettext has to be installed.

English is what the code says, so it has no catalogue. Nor has JavaScript: pages hand it sentences in data attributes.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

ROOMS = ("hajar", "beneficiaries", "distributions", "templates")
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": (
        "nplurals=6; plural="
        "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);"
    ),
}
# Plural forms that may say the number in words, or leave it out: Arabic's none, one and two; French's none-or-one.
FORMS_WITHOUT_NUMBER = {"fr": {0}, "ar": {0, 1, 2}}

KEYWORDS = {
    name + suffix: arguments
    for name, arguments in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for suffix in ("", "_lazy")
} | {"_": None, "gettext_noop": None, "N_": None}  # N_ marks a sentence where Django may not be imported
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]?|%[sd]|%%|\{\w*\}")


class Command(BaseCommand):
    help = "Bring the catalogues of messages up to date with the code and the templates."
    requires_system_checks = []

    def add_arguments(self, parser):
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--check", action="store_true", help="write nothing, fail if a catalogue is not complete")
        group.add_argument("--compile", action="store_true", help="write the .mo files that the app reads")

    def handle(self, *, check, compile, **options):
        folder = Path(settings.LOCALE_PATHS[0])
        paths = {language: folder / language / "LC_MESSAGES" / "django.po" for language in PLURALS}
        if compile:
            for path in paths.values():
                compile_catalogue(path)
            return
        wanted = extracted(settings.BASE_DIR)
        complaints = []
        for language, path in paths.items():
            before = path.read_bytes() if path.exists() else b""
            catalogue = merged(language, parsed(before, language), wanted)
            after = rendered(catalogue, language)
            found = [f"{language}: {fault}" for fault in faults(catalogue, language)]
            if check:
                complaints += [f"{language}: not in step with the code; run: make messages"] * (before != after)
                complaints += found
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(after)
                compile_catalogue(path)
                self.stdout.write(f"{language}: {len(catalogue)} messages, {len(found)} to look at")
        if complaints:
            raise CommandError("\n".join(complaints))


def extracted(root: Path) -> Catalog:
    """Collect every message of the code and the templates below `root`."""
    wanted = Catalog()
    for path in _sources(root):
        with path.open("rb") as file:
            code = file if path.suffix == ".py" else BytesIO(_as_python(path))
            for _line, ids, comments, context in extract("python", code, KEYWORDS, ["Translators:"]):
                wanted.add(ids, auto_comments=comments, context=context)
    return wanted


def _sources(root: Path) -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield path
            elif path.suffix in {".html", ".txt"} and "templates" in path.relative_to(root).parts:
                yield path


def _as_python(template: Path) -> bytes:
    # Django turns all but the messages into lines of X. Their indentation would be an error in Python.
    code = templatize(template.read_text(encoding="utf-8"), origin=str(template))
    return "\n".join(line.strip() for line in code.splitlines()).encode()


def parsed(po: bytes, language: str) -> Catalog:
    return read_po(BytesIO(po), locale=language) if po else empty(language)


def empty(language: str) -> Catalog:
    catalogue = Catalog(locale=language)
    catalogue.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Plural-Forms", PLURALS[language]),
    ]
    return catalogue


def merged(language: str, kept: Catalog, wanted: Catalog) -> Catalog:
    """Give the messages that are wanted the translations that are kept. Nothing is guessed; the rest is dropped."""
    catalogue = empty(language)
    for message in wanted:
        if not message.id:
            continue
        old = kept.get(message.id, message.context)
        if old is None or old.pluralizable != message.pluralizable:
            old = Message(message.id)
        catalogue.add(
            message.id,
            old.string,
            flags={"fuzzy"} & old.flags,
            auto_comments=message.auto_comments,
            user_comments=old.user_comments,
            context=message.context,
        )
    return catalogue


def rendered(catalogue: Catalog, language: str) -> bytes:
    """Write a catalogue so that it changes only where its messages do: sorted, no dates, no line numbers."""
    body = BytesIO()
    write_po(body, catalogue, width=100, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = [
        "Project-Id-Version: Hajar",
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {PLURALS[language]}",
    ]
    lines = "".join(f'"{line}\\n"\n' for line in header)
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode() + body.getvalue().strip() + b"\n"


def compile_catalogue(path: Path) -> None:
    """Write the .mo beside a .po, all at once: another process may be reading it."""
    if not path.exists():
        return
    draft = path.with_suffix(f".mo.{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, read_po(BytesIO(path.read_bytes())))
    draft.replace(path.with_suffix(".mo"))


def faults(catalogue: Catalog, language: str) -> Iterator[str]:
    """Say what a reader of this language would miss, one sentence a fault."""
    for message in catalogue:
        if not message.id:
            continue
        ids, strings = _forms(message)
        if not all(strings) or (message.pluralizable and len(strings) != catalogue.num_plurals):
            yield f"not translated: {ids[0]!r}"
        elif message.fuzzy:
            yield f"fuzzy: {ids[0]!r}"
        else:
            known = {name for text in ids for name in PLACEHOLDER.findall(text)}
            for number, string in enumerate(strings):
                lacking = _missing(ids, string, number, language)
                strange = set(PLACEHOLDER.findall(string)) - known
                if lacking or strange or not _fills_in(message, string):
                    names = ", ".join(sorted(lacking | strange)) or "%"
                    yield f"placeholders differ ({names}): {ids[0]!r} -> {string!r}"


def _forms(message: Message) -> tuple[list[str], list[str]]:
    ids, strings = message.id, message.string or ""
    return ([ids] if isinstance(ids, str) else list(ids)), ([strings] if isinstance(strings, str) else list(strings))


def _missing(ids: list[str], string: str, number: int, language: str) -> set[str]:
    """The placeholders that a form must have and has not; a form for one exact number may leave the number out."""
    lacking = set(PLACEHOLDER.findall(ids[-1])) - set(PLACEHOLDER.findall(string))
    may_omit_number = len(ids) > 1 and number in FORMS_WITHOUT_NUMBER[language]
    return set() if may_omit_number and len(lacking) == 1 else lacking


def _fills_in(message: Message, string: str) -> bool:
    ids, _strings = _forms(message)
    if not any("%(" in text for text in ids):
        return True
    try:
        string % defaultdict(int)
    except (ValueError, TypeError):
        return False
    return True
