import re
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from distributions.views import field

PACKAGES = Path(settings.NODE_MODULES_ROOT)
TEMPLATES = settings.BASE_DIR / "templates"
STATIC = settings.BASE_DIR / "static"
SCRIPTS = STATIC / "mobile"
# Marks that a style sheet draws, not a template.
DRAWN = {
    "exclamation-circle-fill": [".field .invalid-feedback :is(p, span)::before", ".field .errorlist li::before"],
    "check-lg": [
        '.field .form-check:has(> input[type="radio"]:checked) > label::before',
        ".segment input:checked + span::before",
    ],
}
HEAD = """\
/*
 * The icons of the phone pages, and no others: Bootstrap Icons (MIT) as masks, where the whole font would weigh 134 kB.
 * Written by `manage.py phone_styles`; a test says when it is behind the pages.
 */
%(all)s {
  content: "";
  display: inline-block;
  flex: none;
  inline-size: 1em;
  block-size: 1em;
  background: currentColor;
  -webkit-mask: var(--icon) center / contain no-repeat;
  mask: var(--icon) center / contain no-repeat;
  forced-color-adjust: none;
}
"""


CUT = """\
/*!
 * Bootstrap (MIT), those of its rules that the phone pages use: a cheap phone reads the whole again at every start.
 * Written by `manage.py phone_styles`; a test says when it is behind the pages.
 */
"""
# Classes that a browser's state, a form's error or the house's scripts bring, and that stand in no template.
BROUGHT = {"active", "disabled", "is-invalid", "show"}


class Command(BaseCommand):
    help = "Write the style sheets that only the phone pages use: their icons, and their part of Bootstrap."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when a sheet is behind.")

    def handle(self, *, check, **options):
        for name, sheet in sheets().items():
            path = STATIC / name
            if not check:
                path.write_text(sheet)
            elif not path.exists() or path.read_text() != sheet:
                raise CommandError(f"static/{name} is behind the phone pages: run manage.py phone_styles")


def sheets() -> dict[str, str]:
    """Each sheet's name and what must stand in it."""
    texts = sources()
    css = PACKAGES / "bootstrap" / "dist" / "css"
    classes = used_classes(texts)
    return {"css/phone_icons.css": compose(used_icons(texts))} | {
        f"vendor/bootstrap/phone{side}.css": CUT + cut((css / f"bootstrap{side}.min.css").read_text(), classes) + "\n"
        for side in ("", ".rtl")
    }


def sources() -> list[str]:
    """The phone's templates, the parts that these include, its form, its scripts and its states, as text."""
    texts = [path.read_text() for path in sorted(SCRIPTS.glob("*.js"))]
    texts.append((settings.BASE_DIR / "distributions" / "views" / "mobile.py").read_text())
    texts.append(field.shell_html("fr"))
    waiting, seen = sorted((TEMPLATES / "mobile").glob("*.html")), set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            texts.append(path.read_text())
            waiting += [TEMPLATES / name for name in re.findall(r'{% include "([^"]+)"', texts[-1])]
    return texts


def used_icons(texts: list[str]) -> list[str]:
    names = set(DRAWN)
    for text in texts:
        names.update(re.findall(r"""\bicon(?:="|": "|: ")([a-z0-9-]+)""", text))
        for classes in re.findall(r'["`]bi bi-(.*?)["`]', text):
            names.update(re.sub(r"{[%{].*?[%}]}|bi bi-", " ", classes).split())
    return sorted(name for name in names if _drawing(name).exists())


def used_classes(texts: list[str]) -> set[str]:
    """Every word that stands where classes stand: too many do no harm."""
    found = set(BROUGHT)
    for text in texts:
        for classes in re.findall(r"""\bclass(?:Name)?(?:=|: )["'](.*?)["']""", re.sub(r"{[%{].*?[%}]}", " ", text)):
            found.update(classes.split())
    return found


def cut(css: str, classes: set[str]) -> str:
    """Those rules of a sheet whose every class is used; a class that must be absent may be unknown."""
    css = re.sub(r"/\*.*?\*/|@charset[^;]*;", "", css, flags=re.DOTALL)
    kept = []
    for head, body in _rules(css):
        if head.startswith(("@media", "@supports")):
            if inside := cut(body, classes):
                kept.append(f"{head}{{{inside}}}")
        elif not head.startswith("@"):
            selectors = [one for one in head.split(",") if _classes_of(one) <= classes]
            if selectors:
                kept.append(f"{','.join(selectors)}{{{body}}}")
    return "\n".join(kept)


def _classes_of(selector: str) -> set[str]:
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r":not\([^)]*\)", "", selector)))


def _rules(css: str):
    """(head, body) of each rule of the outermost level."""
    start = 0
    while (opened := css.find("{", start)) >= 0:
        depth, at = 1, opened + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[at], 0)
            at += 1
        yield css[start:opened].strip(), css[opened + 1 : at - 1]
        start = at


def _drawing(name: str) -> Path:
    return PACKAGES / "bootstrap-icons" / "icons" / f"{name}.svg"


def compose(names: list[str]) -> str:
    """The sheet: one rule for the shape of all, and one with the drawing of each."""
    everywhere = ",\n".join([".bi::before", *[place for places in DRAWN.values() for place in places]])
    rules = []
    for name in names:
        svg = re.sub(r' (?:width|height|fill|class)="[^"]*"', "", _drawing(name).read_text(), count=4)
        drawing = quote(re.sub(r"\s*\n\s*", "", svg).replace('"', "'"), safe=" ='/:.,-()")
        places = ", ".join([f".bi-{name}::before", *DRAWN.get(name, [])])
        rules.append(f'{places} {{ --icon: url("data:image/svg+xml,{drawing}"); }}\n')
    return HEAD % {"all": everywhere} + "".join(rules)
