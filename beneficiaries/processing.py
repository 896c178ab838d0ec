"""The register of processing and the impact assessment (docs/), filled from the models, field by field.

What is held, why, how long and by whom it is seen comes from holdings.py and retaining.py; the words around it from
the templates in paper/. A test compares, so that the papers cannot fall behind; `manage.py processing_register` writes.
"""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from beneficiaries import holdings, retaining
from beneficiaries.holdings import COARSEN, EMPTY, KEEP, MARK, Holding

PAPER = Path(__file__).with_name("paper")
PAPERS = {"registre-traitements.md": "registre.md", "aipd.md": "aipd.md"}
FATES = {
    KEEP: _("stays: it names nobody"),
    EMPTY: _("deleted"),
    MARK: _("replaced by a dash"),
    COARSEN: _("name deleted; year of birth stays"),
}
GONE = _("row deleted")


def written() -> dict[Path, str]:
    """Each paper in French, as it should stand in docs/."""
    engine = Engine(dirs=[str(PAPER)], autoescape=False)
    with translation.override("fr"):
        context = {"tables": list(_tables()), "categories": list(retaining.CATEGORIES.values())}
        return {
            settings.BASE_DIR / "docs" / name: engine.get_template(template).render(Context(context))
            for name, template in PAPERS.items()
        }


def _tables() -> Iterator[dict]:
    for holding in [*holdings.every(), *holdings.LOOSE]:
        meta = holding.model._meta
        yield {
            "name": capfirst(str(meta.verbose_name)),
            "label": holding.label,
            "rows": [row for group in holding.fields for row in _rows(holding, group)],
        }


def _rows(holding: Holding, group: holdings.Fields) -> Iterator[dict]:
    category = retaining.CATEGORIES[group.category]
    for name in group.names:
        field = holding.field(name)
        yield {
            "name": name,
            "words": str(field.verbose_name).replace("|", "/"),
            "category": category,
            "fate": str(GONE if holding.rows_go else FATES[group.fate]),
        }
