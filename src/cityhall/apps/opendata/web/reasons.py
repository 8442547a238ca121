"""Why a file was refused and rows put aside, in the reader's language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.apps.opendata.contracts import Reason, Why
from cityhall.apps.opendata.contracts.reasons import in_figures

#: The words of the desk: where the command line names a contract's field, these name what the form calls it.
_TEXTS: Final[Mapping[Why, Any]] = {
    Why.LACKS_COLUMN: gettext_lazy(
        "The file has no column “%(column)s”. Add it to the file, or leave the column out of the dataset."
    ),
    Why.UNKNOWN_COLUMN: gettext_lazy(
        "The file has a column “%(column)s” that nobody has decided about. Bring the file here and decide."
    ),
    Why.NO_ROW: gettext_lazy("No row can be used."),
    Why.NO_ROW_YET: gettext_lazy("No row can be used. %(held)s rows are too new to be shown."),
    Why.TOO_MANY_ASIDE: gettext_lazy(
        "%(aside)s of %(rows)s rows cannot be used (%(worst)s); at most %(percent)s percent may be. Mend the file, or"
        " allow more."
    ),
    Why.TOO_MANY_GONE: gettext_lazy(
        "%(gone)s of the %(rows)s rows published before are gone; at most %(percent)s percent may be. Look whether"
        " the file is whole, or allow more."
    ),
    Why.TOO_EMPTY: gettext_lazy(
        "Column “%(column)s” is empty in %(empty)s of %(rows)s rows; at most %(percent)s percent may be. Fill it, or"
        " allow more."
    ),
    Why.TOO_OLD: gettext_lazy(
        "The newest day or time in column “%(column)s” is %(latest)s, which is too old. Get a newer file, or allow an"
        " older one."
    ),
    Why.NO_TIME: gettext_lazy(
        "Column “%(column)s” has no day or time, so nobody can tell how old the file is. Get another file, or ask for"
        " no age."
    ),
    Why.NO_STREETS: gettext_lazy(
        "The city’s streets are not known, so %(column)s cannot become a crossing. Import the streets first."
    ),
    Why.NO_ROOM: gettext_lazy("The disk of the city’s server is full. Make room, then try again."),
    Why.ASIDE: gettext_lazy("%(many)s × %(why)s"),
}
#: Why a row is put aside, by the writer's words.
_ROWS: Final[Mapping[str, Any]] = {
    "no number": gettext_lazy("no number"),
    "no boolean": gettext_lazy("neither yes nor no"),
    "no date": gettext_lazy("no date"),
    "no timestamp": gettext_lazy("no date with a time"),
    "no point": gettext_lazy("no point"),
    "empty": gettext_lazy("empty"),
    "none of its choices": gettext_lazy("none of the values there may be"),
    "too small": gettext_lazy("too small"),
    "too large": gettext_lazy("too large"),
    "too long": gettext_lazy("longer than 100 kB"),
    "another row has the same key": gettext_lazy("another row has the same key"),
    "the line has more or fewer values than the heading": gettext_lazy(
        "the line has more or fewer values than the heading"
    ),
}


def told(reason: Reason) -> str:
    """Return a reason in the reader's language; one that was kept as a sentence stays as it is."""
    if reason.why is None:
        return str(reason)
    return str(_TEXTS[reason.why]) % {name: _value(name, value) for name, value in reason.values.items()}


def of_row(why: str) -> str:
    """Return why a row was put aside, as the snapshot's writer says it, in the reader's language."""
    column, colon, rest = why.rpartition(": ")
    return f"{column}{colon}{_ROWS.get(rest, rest)}"


def download(file: Path, name: str) -> StreamingHttpResponse:
    """Answer a list of rows that were put aside, as CSV in the reader's language."""
    response = StreamingHttpResponse(_listed(file), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _listed(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8", newline="") as opened:
        lines = csv.reader(opened)
        yield _line([_("line"), _("reason")]) if next(lines, None) else ""
        for line, why in lines:
            yield _line([line, of_row(why)])


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _value(name: str, value: Any) -> str:
    if name == "worst":
        return in_figures([(many, of_row(why)) for many, why in value])
    return of_row(value) if name == "why" else in_figures(value)
