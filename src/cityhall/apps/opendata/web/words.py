"""What the pages say of a dataset: its promise, its truth, its columns."""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cityhall.apps.opendata.contracts import Freshness
from cityhall.kernel.snapshots import ColumnType

FRESHNESS: Final[dict[Freshness, Any]] = {
    Freshness.FRESH: gettext_lazy("on time"),
    Freshness.LATE: gettext_lazy("late"),
    Freshness.STALE: gettext_lazy("long overdue"),
    Freshness.UNPROMISED: "",
}

TYPES: Final[dict[ColumnType, Any]] = {
    ColumnType.TEXT: gettext_lazy("Text"),
    ColumnType.NUMBER: gettext_lazy("Number"),
    ColumnType.BOOLEAN: gettext_lazy("Yes or no"),
    ColumnType.DATE: gettext_lazy("Date"),
    ColumnType.TIMESTAMP: gettext_lazy("Date and time"),
}

_DURATION: Final = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def promise(duration: str) -> str:
    """Return how often a dataset is to be new: "every day", "every 2 weeks"; "" when nothing is promised."""
    found = _DURATION.fullmatch(duration)
    counts = [int(text or 0) for text in found.groups()] if found else []
    if sum(count > 0 for count in counts) != 1:
        return _("within %(time)s") % {"time": duration} if duration else ""
    years, months, weeks, days, hours, minutes = counts
    if years:
        return ngettext("every year", "every %(count)d years", years) % {"count": years}
    if months:
        return ngettext("every month", "every %(count)d months", months) % {"count": months}
    if weeks:
        return ngettext("every week", "every %(count)d weeks", weeks) % {"count": weeks}
    if days:
        return ngettext("every day", "every %(count)d days", days) % {"count": days}
    if hours:
        return ngettext("every hour", "every %(count)d hours", hours) % {"count": hours}
    return ngettext("every minute", "every %(count)d minutes", minutes) % {"count": minutes}


def changed(added: int, changed: int, removed: int) -> str:
    """Return what differs from the snapshot before."""
    if not (added or changed or removed):
        return _("Nothing.")
    return _("%(added)s added, %(changed)s changed, %(removed)s removed.") % {
        "added": f"{added:,}",
        "changed": f"{changed:,}",
        "removed": f"{removed:,}",
    }


def cell(value: Any) -> str:
    """Return a value of the preview as a reader sees it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        lon, lat = value.get("coordinates", (None, None))
        return str(value["url"]) if "url" in value else f"{lat}, {lon}"
    text = "" if value is None else str(value)
    return text.removesuffix("T00:00:00.000").removesuffix(".000").replace("T", " ") if _TIME.match(text) else text


_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z?$")
