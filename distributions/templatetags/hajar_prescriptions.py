"""What was prescribed, said on more pages than one."""

from django import template

from distributions import documents
from distributions.models import Prescription

register = template.Library()


@register.filter
def prescription_lines(prescription: Prescription | None) -> list[tuple[str, str]]:
    """{% for what, said in prescription|prescription_lines %}"""
    return documents.prescription_lines(prescription)
