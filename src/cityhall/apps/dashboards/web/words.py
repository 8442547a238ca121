"""What the figures are called and how each is counted, said beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cityhall.apps.dashboards import rules
from cityhall.apps.service_requests.contracts import Outcome, Tallied
from cityhall.kernel.django.templatetags.look import percent

PERIODS: Mapping[str, Any] = {
    "12": gettext_lazy("The last 12 months"),
    "24": gettext_lazy("The last 24 months"),
    "36": gettext_lazy("The last 36 months"),
}
AGES: Mapping[str, Any] = {
    "week": gettext_lazy("A week or less"),
    "month": gettext_lazy("8 to 30 days"),
    "quarter": gettext_lazy("31 to 90 days"),
    "half": gettext_lazy("91 to 180 days"),
    "year": gettext_lazy("181 days to a year"),
    "older": gettext_lazy("More than a year"),
}
OUTCOMES: Mapping[str, Any] = {
    "fixed": gettext_lazy("Fixed"),
    "not_found": gettext_lazy("Not found"),
    "not_city": gettext_lazy("Not the city’s"),
    "duplicate": gettext_lazy("Reported before"),
    "cannot_be_done": gettext_lazy("Cannot be done"),
    "not_stated": gettext_lazy("Outcome not stated"),
}
#: Each figure's name and how it is counted, in the order of the glossary.
GLOSSARY: Mapping[str, tuple[Any, Any]] = {
    "opened": (
        pgettext_lazy("requests", "Reported"),
        gettext_lazy("Requests filed in the time. Those taken down as abuse count in no figure."),
    ),
    "closed": (
        pgettext_lazy("requests", "Closed"),
        gettext_lazy(
            "Requests closed in the time and closed still, with whatever outcome. One that is opened again leaves the"
            " month it was closed in."
        ),
    ),
    "open": (
        gettext_lazy("Open"),
        gettext_lazy(
            "Requests that are not closed, now or when a month ended. One that was closed and opened again counts as"
            " open all along."
        ),
    ),
    "late": (gettext_lazy("Late"), gettext_lazy("Open, and its target date has passed.")),
    "share_met": (
        gettext_lazy("Within target"),
        gettext_lazy(
            "Of the requests whose target date lies in the time, the share closed by it. One that is still open has"
            " missed it. The month that is not over is left out."
        ),
    ),
    "median_days": (
        gettext_lazy("Days to fix"),
        gettext_lazy(
            "Days from report to repair, of the requests closed as fixed in the time: half took no longer, and nine in"
            " ten took no longer. They are read from counts in steps of days, so they are right to the step."
        ),
    ),
    "contested_share": (
        gettext_lazy("Said “not fixed”"),
        gettext_lazy("How often somebody said of a closed request that it is not fixed, for every 100 closed."),
    ),
    "upheld_share": (
        gettext_lazy("“Not fixed”, found right"),
        gettext_lazy(
            "Of those said “not fixed” in the time, the share a supervisor looked at and found right. What nobody has"
            " decided yet counts as not found right."
        ),
    ),
    "per_1000": (
        gettext_lazy("For every 1,000 residents"),
        gettext_lazy("Requests divided by the people who live in the area, as the city’s file of areas counts them."),
    ),
    "area": (
        gettext_lazy("Area"),
        gettext_lazy(
            "Where the place lies that the public sees. A request whose place is withheld is in the city’s figures and"
            " in no area’s. In public figures that holds for every kind of request whose exact places are not public."
        ),
    ),
    "dash": (
        gettext_lazy("A dash (–)"),
        gettext_lazy("Fewer than ten to tell it from: a share or a typical time would say more of chance."),
    ),
}
#: What columns of tables are called.
COLUMNS: Mapping[str, Any] = {
    "month": gettext_lazy("Month"),
    "is_over": gettext_lazy("Month is over"),
    "opened": pgettext_lazy("requests", "Reported"),
    "closed": pgettext_lazy("requests", "Closed"),
    "open": gettext_lazy("Open"),
    "due": gettext_lazy("Target in the time"),
    "met": gettext_lazy("Target met"),
    "share_met": gettext_lazy("Within target"),
    "contested": gettext_lazy("Said “not fixed”"),
    "contested_share": gettext_lazy("“Not fixed” for 100 closed"),
    "upheld": gettext_lazy("Found right"),
    "upheld_share": gettext_lazy("Share found right"),
    "median_days": gettext_lazy("Days to fix: half"),
    "ninety_days": gettext_lazy("Days to fix: 9 in 10"),
    "age": gettext_lazy("Age"),
    "outcome": gettext_lazy("Outcome"),
    "code": gettext_lazy("Code"),
    "category": gettext_lazy("Kind"),
    "area": gettext_lazy("Area"),
    "department": gettext_lazy("Department"),
    "population": gettext_lazy("Residents"),
    "per_1000": gettext_lazy("For 1,000 residents"),
}


def why_empty(name: str, total: Tallied) -> str:
    """Say why a chart over the months has nothing to draw."""
    if name == "share_met" and not total.due:
        return _("No target date fell in these months yet.")
    if name == "median_days" and total.closed.get(Outcome.NOT_STATED, 0) * 2 > sum(total.closed.values()):
        return _("For most of the closed ones the records do not say what came of them, so none counts as fixed.")
    return _("Each of these months has fewer than ten to count: too few for a figure.")


def figure(column: str, value: Any) -> str:
    """Return a value of a column as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, date):
        return date_format(value, "SHORT_MONTH_FORMAT")
    if column in {"share_met", "upheld_share"}:
        return percent(value)
    if column == "outcome":
        return str(OUTCOMES.get(value, value))
    if column == "age":
        return str(AGES.get(value, value))
    # Both languages write 1,234.5, and a page has thousands of them.
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def periods(today: date, newest: date | None) -> dict[str, Any]:
    """Return the periods to choose from: months up to now, and the last four years.

    Args:
        newest: the newest month that has requests. Where it is older, as after a load of history, its four years too.
    """
    ends = {today.year, min(newest or today, today).year}
    years = sorted({year - back for year in ends for back in range(4)}, reverse=True)
    return {**PERIODS, **{str(year): str(year) for year in years}}


def is_period(text: str) -> bool:
    """Say whether a period of an address is one."""
    return text in rules.ROLLING or (len(text) == 4 and text.isascii() and text.isdecimal() and "1990" <= text < "2200")
