"""Which rule decides about a request, and which of the rule's teams gets it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from cityhall.apps.routing.contracts import Holidays, Rule, Share, Window
from cityhall.kernel.offers import ToRoute

_MIDNIGHT = time(0)


def first_match(
    rules: Sequence[Rule],
    request: ToRoute,
    local: datetime,
    *,
    is_holiday: Callable[[date], bool],
    teams: Collection[uuid.UUID],
) -> tuple[int, Rule, tuple[Share, ...]] | None:
    """Return the first rule that holds, its place (1 is the first), and those of its teams that can be given work.

    A rule none of whose teams can be given work is passed over.

    Args:
        local: the moment, in the city's time zone.
        teams: ids of those that can be given work today.
    """
    for number, rule in enumerate(rules, start=1):
        shares = tuple(share for share in rule.shares if share.team in teams)
        if shares and holds(rule, request, local, is_holiday=is_holiday):
            return number, rule, shares
    return None


def holds(rule: Rule, request: ToRoute, local: datetime, *, is_holiday: Callable[[date], bool]) -> bool:
    """Say whether all of a rule's conditions hold."""
    return (
        (not rule.categories or request.category in rule.categories)
        and (not rule.areas or any(area in rule.areas for area in request.areas))
        and (not rule.layers or request.layer in rule.layers)
        and (not rule.owners or request.owner.casefold() in {owner.casefold() for owner in rule.owners})
        and in_window(rule.window, local, is_holiday=is_holiday)
    )


def in_window(window: Window, local: datetime, *, is_holiday: Callable[[date], bool]) -> bool:
    """Say whether a moment, in the city's time zone, is in a window.

    Only what the clock on the wall shows counts. An hour that comes twice is in or out both times, and one that is
    left out when clocks go forward is nobody's.
    """
    clock, day = local.time(), local.date()
    since, until = window.since or _MIDNIGHT, window.until or _MIDNIGHT
    if since < until:
        return since <= clock < until and _on(window, day, is_holiday)
    # It goes on past midnight, or to the day's very end: the hours after midnight are the day before's.
    return (clock >= since and _on(window, day, is_holiday)) or (
        clock < until and _on(window, day - timedelta(days=1), is_holiday)
    )


def _on(window: Window, day: date, is_holiday: Callable[[date], bool]) -> bool:
    if window.days and day.weekday() not in window.days:
        return False
    return window.holidays is Holidays.ANY or is_holiday(day) is (window.holidays is Holidays.ONLY)


def choose(shares: Sequence[Share], loads: Mapping[uuid.UUID, int]) -> Share:
    """Return the share whose team has the fewest open requests for its weight; of several, the rule's first.

    Raises:
        ValueError: there is none to choose from.
    """
    return min(shares, key=lambda share: Fraction(loads.get(share.team, 0), share.weight))
