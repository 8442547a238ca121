"""How things look on every page: icons, status badges, dates, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cityhall.kernel.django import dates

register = template.Library()

STATUS_WORDS = {
    "received": pgettext_lazy("status", "Received"),
    "scheduled": pgettext_lazy("status", "Scheduled"),
    "in_progress": pgettext_lazy("status", "In progress"),
    "referred": pgettext_lazy("status", "Referred"),
    "fixed": pgettext_lazy("status", "Fixed"),
    "closed": pgettext_lazy("status", "Closed"),
    "contested": pgettext_lazy("status", "Contested"),
    "duplicate": pgettext_lazy("status", "Duplicate"),
}
OUTCOME_WORDS = {
    "fixed": pgettext_lazy("outcome", "fixed"),
    "not_found": pgettext_lazy("outcome", "not found"),
    "not_city": pgettext_lazy("outcome", "not the city’s"),
    "duplicate": pgettext_lazy("outcome", "duplicate"),
    "cannot_be_done": pgettext_lazy("outcome", "cannot be done"),
    "not_stated": pgettext_lazy("outcome", "outcome not stated"),
}


def status_words(status: Any, outcome: Any = "") -> str:
    """Return what a status is called: "In progress", "Closed: not found"."""
    word = STATUS_WORDS.get(str(status), str(status))
    if str(status) == "closed" and outcome:
        return str(_("Closed: %(outcome)s") % {"outcome": OUTCOME_WORDS.get(str(outcome), str(outcome))})
    return str(word)


@register.simple_tag
def status_badge(status: Any, outcome: Any = "") -> SafeString:
    """Draw a status: shape, word and colour. `status` and `outcome` are the codes of the service requests room."""
    return format_html(
        '<span class="status status--{0}">'
        '<svg viewBox="0 0 24 24" aria-hidden="true"><use href="{1}#status-{0}"/></svg>'
        '<span class="status__word">{2}</span></span>',
        str(status),
        static("look/icons.svg"),
        status_words(status, outcome),
    )


@register.simple_tag(name="status_words")
def status_words_tag(status: Any, outcome: Any = "") -> str:
    """Return a status in words, without its drawing."""
    return status_words(status, outcome)


@register.simple_tag
def icon(name: str, label: Any = "") -> SafeString:
    """Draw one of our icons. With `label` it is read aloud, without it is decoration beside words."""
    sprite = static("look/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            label,
            sprite,
            name,
        )
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name
    )


@register.simple_tag
def menu(links: Sequence[Any]) -> SafeString:
    """Draw a menu of the page's head, once for as long as it says the same."""
    return _menu(tuple(links), get_language() or "")


@lru_cache(maxsize=512)
def _menu(links: tuple[Any, ...], _language: str) -> SafeString:
    return render_to_string("parts/menu.html", {"links": links})


@register.simple_tag
def when(value: datetime | date | None) -> SafeString | str:
    """Say when something was: relative within 24 hours, then the date; the exact time is in the tooltip."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return format_html(
            '<time datetime="{}" title="{}">{}</time>', value.isoformat(), dates.moment(value), dates.ago(value)
        )
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), dates.day(value))


@register.filter(name="day")
def day_filter(value: date | datetime | None) -> str:
    """March 5, 2026."""
    return dates.day(value) if value else ""


@register.filter(name="short_day")
def short_day_filter(value: date | datetime | None) -> str:
    """Mar 5; with the year when it is not this one."""
    return dates.short_day(value) if value else ""


@register.filter(name="moment")
def moment_filter(value: datetime | None) -> str:
    """March 5, 2026, 9:14 a.m."""
    return dates.moment(value) if value else ""


@register.filter(name="time_of_day")
def time_of_day_filter(value: datetime | time | None) -> str:
    """9:14 a.m."""
    return dates.time_of_day(value) if value else ""


@register.filter(name="ago")
def ago_filter(value: datetime | None) -> str:
    """12 minutes ago; the date after a day."""
    return dates.ago(value) if value else ""


@register.filter(name="number")
def number_filter(value: float | None, places: int | None = None) -> str:
    """1,234 or, with places, 1,234.5: the same in both languages."""
    if value is None:
        return ""
    if type(value) is int and places is None:  # nearly all of them; a page has hundreds
        return f"{value:,}"
    return number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def percent(share: float) -> str:
    """0.456 as people read it: "46%" in English, "46 %" in Spanish."""
    gap = "\N{NO-BREAK SPACE}" if (get_language() or "").startswith("es") else ""
    return f"{share * 100:.0f}{gap}%"
