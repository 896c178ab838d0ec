from django import template
from django.urls import reverse

from beneficiaries import identifying

register = template.Library()


@register.simple_tag
def identity_page(guardian) -> str:
    """Where a guardian's identity number is sealed; "" where this site holds none."""
    return reverse("beneficiaries:guardian_identity", args=[guardian.pk]) if guardian and identifying.is_on() else ""
