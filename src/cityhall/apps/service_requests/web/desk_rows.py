"""Rows of the desk's queues, drawn once for as long as they say the same: most of a queue is what it was before."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cityhall.apps.service_requests.web.desk_words import Card

_KEPT = 4096
"""Some 2 kB each."""


def draw(card: Card, *, picks: bool, query: str, is_open: bool = False, swap: bool = False) -> SafeString:
    """Return a row of the queue.

    Args:
        picks: it can be selected for a change of many.
        query: the filters of the list it stands in, which its link keeps.
        is_open: the request is shown beside the list.
        swap: it takes the place of the row that is on the page.
    """
    return _drawn(card, picks, query, is_open, swap, get_language() or "", timezone.get_current_timezone_name())


@lru_cache(maxsize=_KEPT)
def _drawn(
    card: Card, picks: bool, query: str, is_open: bool, swap: bool, _language: str, _zone: str
) -> SafeString:  # the last two are the words and times it is drawn in
    shown = {"card": card, "picks": picks, "query": query, "is_open": is_open, "swap": swap}
    return render_to_string("service_requests/desk/parts/row.html", shown)
