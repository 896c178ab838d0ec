from django import template

from distributions.models import Forecast

register = template.Library()


@register.simple_tag(takes_context=True)
def forecast_of(context, chair):
    """When a chair will be too small for the child who has it, to who may know; the register's pages ask for it too."""
    user = context["user"]
    if chair.holder_id is None or not user.has_perm("distributions.view_forecast"):
        return None
    return Forecast.objects.visible_to(user).of_chair(chair)
