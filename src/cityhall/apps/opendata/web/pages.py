"""The pages of one dataset: what it is and holds, questions asked of it, and a row."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import ColumnInfo, DatasetInfo, Freshness
from cityhall.apps.opendata.formats import table as formats
from cityhall.apps.opendata.queries import people
from cityhall.apps.opendata.rules import quality, topics
from cityhall.apps.opendata.web import asking, figures, mapping, snippets, tongues, words
from cityhall.apps.opendata.web.answers import PER_MINUTE
from cityhall.apps.opendata.web.asking import Asked
from cityhall.apps.opendata.web.elsewhere import sourced
from cityhall.apps.places import public as places
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.django import limits
from cityhall.kernel.django.access import public
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.django.templatetags.look import percent
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Gone, NotFound

logger = logging.getLogger(__name__)

_SHOWN_ROWS: Final = 10
_LONGEST_CELL: Final = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset with what is said of it."""

    info: DatasetInfo
    promise: str
    freshness: Any
    is_late: bool


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column with what is said of it.

    Args:
        distinct: about how many values differ: never more than there are.
        empty: the share of rows without a value.
        least, most: "" where they are not known.
    """

    info: ColumnInfo
    type: Any
    is_number: bool
    distinct: int
    empty: str
    least: str
    most: str


def shown(info: DatasetInfo) -> Shown:
    """Return a dataset with the words for its promise and its truth."""
    is_late = info.freshness in {Freshness.LATE, Freshness.STALE}
    return Shown(info, words.promise(info.fresh_within), words.FRESHNESS[info.freshness], is_late)


def _or_notice(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show the notice instead of a page of a dataset that was withdrawn: whoever has the link is to know why."""

    @wraps(view)
    def shown_or_notice(request: HttpRequest, code: str, **parts: str) -> HttpResponse:
        try:
            return view(request, code, **parts)
        except Gone as gone:
            if gone.code != "withdrawn":
                raise
            return render(
                request, "opendata/versions.html", {"history": queries.history(code)}, status=gone.http_status
            )

    return shown_or_notice


@public
@require_safe
@_or_notice
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """Show one dataset."""
    info = queries.dataset(code)
    ends, place = figures.ends(info), mapping.place_of(info)
    parts = quality.parts(info)
    context = {
        "dataset": shown(info),
        "changed": words.changed(info.added, info.changed, info.removed) if info.number > 1 else "",
        "columns": [_column(one, info, ends) for one in info.columns],
        "key": ", ".join(info.key),
        "topics": [(topics.code(one), pick(one)) for one in info.topics],
        "written": words.written(info.checked_at),
        "downloads": downloads(info),
        "is_link": info.licence.startswith(("https://", "http://")),
        "charts": figures.charts(info, ends),
        "score": quality.score(parts),
        "parts": [(part, *words.quality(part.code, info.freshness)) for part in parts],
        "snippets": snippets.snippets(request, info, has_place=bool(place)),
        "recalls": queries.recalls(code),
        "source": sourced(request, code),
        "map": _map(info) if place else None,
        **_asked(QueryDict(), info, _SHOWN_ROWS),
    }
    return render(request, "opendata/dataset.html", context)


def downloads(info: DatasetInfo) -> list[tuple[str, str]]:
    """Return the files of a dataset: what each is called, and its address."""
    return [(words.FORMATS[fmt], reverse("soda-whole", args=[info.code, fmt])) for fmt in formats.offered(info)]


def _column(column: ColumnInfo, info: DatasetInfo, ends: Mapping[str, figures.Bounds]) -> ShownColumn:
    is_number = column.type.kept_as is Type.NUMBER
    least, most = (words.end(one, column.type) for one in ends.get(column.name, ("", "")))
    return ShownColumn(
        column,
        words.TYPES[column.type],
        is_number,
        min(column.distinct, info.rows - column.nulls),
        percent(column.nulls / info.rows) if info.rows else "",
        least,
        most,
    )


def _map(info: DatasetInfo) -> dict[str, Any]:
    return {
        "points": f"{reverse('opendata-points', args=[info.code])}?v={info.number}",
        "own_page": reverse("opendata-row", args=[info.code, "NUMBER"]),
        "bounds": mapping.bounds(info),
        "layers": ",".join(places.layers()),
        "most": mapping.MOST,
    }


@public
@require_safe
@_or_notice
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a dataset by a form. The address is the question, and can be shared."""
    limits.spend(f"data:{counted_sender(request)}", limit=PER_MINUTE, per=timedelta(minutes=1))
    info = queries.dataset(code)
    context = _asked(request.GET, info, asking.PAGE)
    asked: Asked = context["asked"]
    given = asking.parameters(asked, info)
    query = request.GET.copy()
    query.pop("page", None)
    context |= {
        "dataset": shown(info),
        "links": _links(request, info, asked, given),
        "soql": "\n".join(f"{name}={value}" for name, value in given),
        "query": query.urlencode(),
        "before": asked.page - 1,
        "after": asked.page + 1,
    }
    return render(request, "opendata/ask.html", context, status=422 if asked.problems else 200)


def _asked(given: QueryDict, info: DatasetInfo, count: int) -> dict[str, Any]:
    """Return what the form and its table need."""
    asked = asking.read(given, info)
    titles = {column.name: pick(column.title) or column.name for column in info.columns}
    titles |= {"count": _("Rows")}
    if asked.measure:
        titles[f"{asked.measure}_{asked.of}"] = f"{asking.MEASURES[asked.measure]}: {titles[asked.of]}"
    answer, refusal = None, ""
    try:
        answer = asking.answer(asked, info, count)
    except (QueryError, FileNotFoundError) as problem:
        refusal = str(words.REFUSALS.get(getattr(problem, "code", ""), ""))
        if not refusal:
            logger.exception("opendata_preview_failed")
    numbers = [(one.name, titles[one.name]) for one in info.columns if one.type.kept_as is Type.NUMBER]
    sortable = asked.group or tuple(one.name for one in info.columns if one.type.kept_as is not Type.POINT)
    computed = [f"{asked.measure}_{asked.of}"] if asked.measure else []
    sorts = [*sortable, *(["count", *computed] if asked.group else [])]
    return {
        "asked": asked,
        "names": [(one.name, titles[one.name]) for one in info.columns],
        "groups": [(one.name, titles[one.name]) for one in info.columns if one.type.kept_as is not Type.POINT],
        "numbers": numbers,
        "sorts": [(name, titles[name]) for name in sorts],
        "comparisons": asking.COMPARISONS,
        "measures": asking.MEASURES,
        "filters": [(at, one, asked.problems.get(f"v{at}", "")) for at, one in enumerate(asked.filters, start=1)],
        "errors": [(f"#{name}", text) for name, text in asked.problems.items()],
        "answer": answer,
        "refusal": refusal,
        "headings": [(titles.get(one.name, one.name), one.type is Type.NUMBER) for one in answer.columns]
        if answer
        else [],
        "rows": [(row, _cells(answer.columns, values, asked.group)) for row, values in answer.rows] if answer else [],
    }


def _cells(columns: tuple[Column, ...], values: tuple[Any, ...], group: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Return the values as they are shown, and which are numbers. Counts have their commas; data stay as they are."""
    return [
        (f"{int(value):,}" if group and at == len(group) else words.cell(value, _LONGEST_CELL), one.type is Type.NUMBER)
        for at, (one, value) in enumerate(zip(columns, values, strict=True))
    ]


def _links(
    request: HttpRequest, info: DatasetInfo, asked: Asked, given: list[tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """Return the same question in other tongues: the tongue's name, what it is good for, the address."""
    query = f"?{urlencode(given)}" if given else ""
    rows = request.build_absolute_uri(reverse("soda-rows", args=[info.code, "json"])) + query
    table = request.build_absolute_uri(reverse("soda-whole", args=[info.code, "csv"])) + query
    found = [("SoQL", _("JSON, for programs made for Socrata"), rows), ("CSV", _("all rows, for spreadsheets"), table)]
    if wanted := tongues.ckan(asked, info):
        search = request.build_absolute_uri(reverse("ckan-action", args=["datastore_search"]))
        found.append(("CKAN", _("JSON, for programs made for CKAN"), f"{search}?{urlencode(wanted)}"))
    if wanted := tongues.ogc(asked, info):
        with translation.override("en"):  # what programs ask has one address in every language
            items = request.build_absolute_uri(reverse("ogc-items", args=[info.code]))
        found.append(
            ("OGC API Features", _("GeoJSON, for QGIS and other map programs"), f"{items}?{urlencode(wanted)}")
        )
    return found


@public
@require_safe
@_or_notice
def row(request: HttpRequest, code: str, row: str) -> HttpResponse:
    """Show one row."""
    info = queries.dataset(code)
    try:
        values = asking.row_of(info, row)
    except (QueryError, FileNotFoundError):
        values = None
    if values is None:
        raise NotFound(_("There is no such row. It may have been removed since."))
    told = [(column, words.cell(values.get(column.name)), words.TYPES[column.type]) for column in info.columns]
    address = reverse("soda-row", args=[code, row])
    context = {
        "dataset": shown(info),
        "row": row,
        "told": told,
        "json_url": address,
        "mistake": people.mistake_in(code, row),
    }
    return render(request, "opendata/row.html", context)
