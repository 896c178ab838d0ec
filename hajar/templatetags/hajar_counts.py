from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def count(value: int | None) -> str:
    """A count; a middle dot where it is hidden."""
    return "·" if value is None else number_format(value, force_grouping=True)
