"""Filters for text. `{% load cityhall_text %}{{ department.name|pick }}`."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from cityhall.kernel.django import translated

register = template.Library()


@register.filter
def pick(value: Mapping[str, str] | str | None, language: str | None = None) -> str:
    """Show translated text in the reader's language; see `kernel.django.translated.pick`."""
    return translated.pick(value, language)
