"""The map as a template tag: drawing, legend, credit and the same figures as a table."""

from django import template

from hajar.lib import charts

register = template.Library()


@register.inclusion_tag("components/region_map.html")
def region_map(pairs, title: str, name: str = "map", note: str = ""):
    """Draw (region, count) pairs, the count None where it is hidden. `name` makes the ids unique on the page."""
    cells = {region.iso: charts.Cell(name=region.name, value=count, hidden=count is None) for region, count in pairs}
    return {
        "chart": charts.morocco_map(cells, title=title, name=name),
        "title": title,
        "credit": charts.MAP_CREDIT,
        "note": note,
    }
