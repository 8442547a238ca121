"""The pages of open data: what is published, and one dataset."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import ColumnInfo, DatasetInfo, Freshness
from cityhall.apps.opendata.web import soda, words
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.django.access import public

logger = logging.getLogger(__name__)

_SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset with what is said of it."""

    info: DatasetInfo
    promise: str
    freshness: Any
    is_late: bool


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column with the name of its type, and about how many values differ: never more than there are."""

    info: ColumnInfo
    type: Any
    is_number: bool
    distinct: int


def _shown(info: DatasetInfo) -> Shown:
    is_late = info.freshness in {Freshness.LATE, Freshness.STALE}
    return Shown(info, words.promise(info.fresh_within), words.FRESHNESS[info.freshness], is_late)


@public
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show what is published."""
    return render(request, "opendata/catalogue.html", {"datasets": [_shown(info) for info in queries.datasets()]})


@public
@require_safe
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """Show one dataset."""
    info = queries.dataset(code)
    columns = [
        ShownColumn(
            one,
            words.TYPES[one.type],
            one.type.kept_as is Type.NUMBER,
            min(one.distinct, info.rows - one.nulls),
        )
        for one in info.columns
    ]
    formats = ["csv", "json"]
    if any(column.type.kept_as is Type.POINT for column in info.columns):
        formats.append("geojson")
    return render(
        request,
        "opendata/dataset.html",
        {
            "dataset": _shown(info),
            "changed": words.changed(info.added, info.changed, info.removed) if info.number > 1 else "",
            "columns": columns,
            "key": ", ".join(info.key),
            "rows": _rows(info),
            "downloads": [(fmt, reverse("soda-whole", args=[code, fmt])) for fmt in formats],
            "is_link": info.licence.startswith(("https://", "http://")),
            **_addresses(request, code),
        },
    )


def _rows(info: DatasetInfo) -> list[list[tuple[str, bool]]] | None:
    """Return the cells of the first rows, each with whether it is a number; None when they cannot be had just now."""
    try:
        columns, found = soda.preview(info.code, _SHOWN_ROWS)
    except (QueryError, FileNotFoundError):
        logger.exception("opendata_preview_failed")
        return None
    return [[(words.cell(row.get(one.name)), one.type is Type.NUMBER) for one in columns] for row in found]


def _addresses(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return what the snippets need: whole addresses on this server."""
    home = request.build_absolute_uri("/")
    return {
        "rows_url": request.build_absolute_uri(reverse("soda-rows", args=[code, "json"])),
        "csv_url": request.build_absolute_uri(reverse("soda-whole", args=[code, "csv"])),
        "host": urlsplit(home).netloc,
        "is_plain": urlsplit(home).scheme == "http",
    }
