"""What the front page asks other rooms for."""

from __future__ import annotations

from typing import Any

from django import template

from cityhall.apps.service_requests import public as service_requests

register = template.Library()


@register.simple_tag
def city_figures() -> Any:
    """Return the figures of the honest strip."""
    return service_requests.figures()
