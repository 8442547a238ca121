"""Says addresses in the reader's language."""

from __future__ import annotations

from django import template

from cityhall.apps.places import public

register = template.Library()


@register.filter(name="address")
def address_filter(value: str) -> str:
    """Return an address as it is said after a comma; put `capfirst` behind it where it stands alone."""
    return public.address_words(value)
