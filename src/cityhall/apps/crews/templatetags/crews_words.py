"""Filters for visits: how long, with what result, why not, how much."""

from __future__ import annotations

from decimal import Decimal

from django import template

from cityhall.apps.crews import rules
from cityhall.apps.crews.contracts import Reason, Result
from cityhall.apps.crews.services.wording import REASONS
from cityhall.apps.crews.web import words

register = template.Library()


@register.filter(name="duration")
def duration_filter(minutes: int | None) -> str:
    """Say "2 h 5 min"."""
    return words.duration(minutes)


@register.filter
def visit_result(result: Result) -> str:
    """Say what came of a visit."""
    return str(words.RESULTS[result])


@register.filter
def visit_reason(reason: Reason) -> str:
    """Say why the work could not be done."""
    return str(REASONS[reason])


@register.filter
def amount(quantity: Decimal) -> str:
    """Show an amount without needless zeros."""
    return rules.text_of(quantity)
