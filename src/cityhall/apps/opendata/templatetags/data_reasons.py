"""Reasons in templates."""

from __future__ import annotations

from django import template

from cityhall.apps.opendata.contracts import Reason
from cityhall.apps.opendata.web import reasons

register = template.Library()


@register.filter
def told(reason: Reason) -> str:
    """Why a file was refused, in the reader's language."""
    return reasons.told(reason)


@register.filter
def told_of_row(why: str) -> str:
    """Why a row was put aside, in the reader's language."""
    return reasons.of_row(why)
