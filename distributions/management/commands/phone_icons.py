import re
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

TEMPLATES = settings.BASE_DIR / "templates"
SHEET = settings.BASE_DIR / "static" / "css" / "phone_icons.css"
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
 * Written by `manage.py phone_icons`; a test says when it is behind the pages.
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


class Command(BaseCommand):
    help = "Write the style sheet with the icons that the phone pages use."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when the sheet is behind.")

    def handle(self, *, check, **options):
        sheet = compose(used())
        if not check:
            SHEET.write_text(sheet)
        elif not SHEET.exists() or SHEET.read_text() != sheet:
            raise CommandError("static/css/phone_icons.css is behind the phone pages: run manage.py phone_icons")


def used() -> list[str]:
    """Names of the icons in the phone's templates, in the parts that these include, in its scripts and its states."""
    texts = [path.read_text() for path in sorted((settings.BASE_DIR / "static" / "mobile").glob("*.js"))]
    texts.append((settings.BASE_DIR / "distributions" / "views" / "mobile.py").read_text())
    waiting, seen = sorted((TEMPLATES / "mobile").glob("*.html")), set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        texts.append(path.read_text())
        waiting += [TEMPLATES / name for name in re.findall(r'{% include "([^"]+)"', texts[-1])]
    names = set(DRAWN)
    for text in texts:
        names.update(re.findall(r"""\bicon(?:="|": "|: ")([a-z0-9-]+)""", text))
        for classes in re.findall(r'["`]bi bi-(.*?)["`]', text):
            names.update(re.sub(r"{[%{].*?[%}]}|bi bi-", " ", classes).split())
    return sorted(name for name in names if _drawing(name).exists())


def _drawing(name: str) -> Path:
    return Path(settings.NODE_MODULES_ROOT) / "bootstrap-icons" / "icons" / f"{name}.svg"


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
