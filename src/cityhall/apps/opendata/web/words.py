"""What the pages say of a dataset: its promise, its truth, its columns."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cityhall.apps.opendata.contracts import Freshness
from cityhall.kernel import clock
from cityhall.kernel.django import dates
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
    ColumnType.POINT: gettext_lazy("Point on the map"),
}

#: By part of the quality score: what is asked for, and what it may lack.
_QUALITY: Final[dict[str, tuple[Any, Any]]] = {
    "description": (gettext_lazy("A description of the dataset"), gettext_lazy("Nobody has described it yet.")),
    "columns": (gettext_lazy("Columns described"), gettext_lazy("Some columns have no description.")),
    "promise": (gettext_lazy("Promise kept"), gettext_lazy("It is late.")),
    "rows": (gettext_lazy("All rows usable"), gettext_lazy("Some rows were put aside.")),
    "licence": (gettext_lazy("A license"), gettext_lazy("Nothing says how it may be used.")),
    "contact": (gettext_lazy("Somebody answers for it"), gettext_lazy("It names no owner.")),
    "types": (gettext_lazy("Numbers, days or places"), gettext_lazy("All columns are plain text.")),
    "key": (gettext_lazy("Rows can be told apart"), gettext_lazy("No column tells rows apart.")),
}

FORMATS: Final = {
    "csv": "CSV",
    "json": "JSON",
    "jsonl": "JSON Lines",
    "tsv": "TSV",
    "parquet": "Parquet",
    "geojson": "GeoJSON",
    "xlsx": "Excel",
}

#: By a query error's code: what the form's answer says in the reader's language.
REFUSALS: Final = {
    "timed_out": gettext_lazy("This takes too long. Add a condition, or download the whole dataset."),
    "too_much_memory": gettext_lazy("This needs too much memory. Add a condition, or count by fewer columns."),
    "cannot_compute": gettext_lazy("A value cannot be computed. Choose another column or another comparison."),
}

_DURATION: Final = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def quality(code: str, freshness: Freshness) -> tuple[str, str]:
    """Return what a part of the quality score asks for, and what it lacks."""
    asked, lacking = _QUALITY[code]
    if code == "promise" and freshness is Freshness.UNPROMISED:
        lacking = _("Nothing says how often it is to be new.")
    return asked, lacking


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


def rows(count: int) -> str:
    """Return how many rows there are."""
    return ngettext("%(count)s row.", "%(count)s rows.", count) % {"count": f"{count:,}"}


def changed(added: int, changed: int, removed: int) -> str:
    """Return what differs from the snapshot before."""
    if not (added or changed or removed):
        return _("Nothing.")
    return _("%(added)s added, %(changed)s changed, %(removed)s removed.") % {
        "added": f"{added:,}",
        "changed": f"{changed:,}",
        "removed": f"{removed:,}",
    }


def written(moment: datetime) -> str:
    """Return when rows were last written: "20 seconds ago" within a minute."""
    seconds = int((clock.now() - moment).total_seconds())
    if not 0 <= seconds < 60:
        return dates.ago(moment)
    return ngettext("%(count)d second ago", "%(count)d seconds ago", seconds) % {"count": seconds}


def cell(value: Any, most: int = 3000) -> str:
    """Return a value of the preview as a reader sees it; a text of more letters, such as an outline, is cut."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        lon, lat = value.get("coordinates", (None, None))
        return str(value["url"]) if "url" in value else f"{round(lat, 6)}, {round(lon, 6)}"
    text = "" if value is None else str(value)
    return (
        text.removesuffix("T00:00:00.000").removesuffix(".000").replace("T", " ")
        if _TIME.match(text)
        else Truncator(text).chars(most)
    )


def end(value: Any, kind: ColumnType) -> str:
    """Return a column's least or greatest value as a reader sees it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if kind is ColumnType.DATE else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < 1e15 else value
    return f"{value:,}" if isinstance(value, int | float) else str(value)


_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z?$")
