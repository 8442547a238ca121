"""The SODA 2.1 door: rows as JSON, CSV and GeoJSON, metadata and the catalogue, for Socrata's own clients."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.soda import rows
from cityhall.apps.opendata.soda.errors import DATASET_NOT_FOUND, ROW_NOT_FOUND, error_object, query_error
from cityhall.apps.opendata.soda.types import NAMES, column_headers
from cityhall.apps.opendata.soql.parameters import DEFAULT_ROWS, read_parameters
from cityhall.kernel.analytics.columns import ID, Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.port import Limits, Result, SnapshotSource, analytics
from cityhall.kernel.django import limits
from cityhall.kernel.django.access import public
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import CityhallError, NotFound, TooMany

logger = logging.getLogger(__name__)

PER_MINUTE: Final = 600
SECONDS: Final = 20
PLACES: Final = 3
"""How many long answers are under way at once, counting every web process: each holds on to a thread."""
_LONG: Final = 10_000
_LONGEST_QUERY: Final = 16 * 1024
_MOST_PARAMETERS: Final = 200
_CATALOGUE_PAGE: Final = 100
_MALFORMED: Final = "query.compiler.malformed"
_EXPOSED: Final = "ETag, Last-Modified, Retry-After, X-SODA2-Fields, X-SODA2-Types"

Pairs = Sequence[tuple[str, str]]
Answer = Callable[..., HttpResponseBase]
Write = Callable[[Sequence[Column], Iterable[Any]], Iterator[bytes]]


class Refused(CityhallError):
    """A call that is refused before anything is asked."""

    def __init__(self, message: str, *, code: str, status: int = 400) -> None:
        super().__init__(message, code=code)
        self.http_status = status


def door(answer: Answer) -> Callable[..., HttpResponseBase]:
    """Make a view of what answers a call: GET, HEAD and OPTIONS, errors as SODA's objects, open to any site's pages."""

    def view(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        with translation.override("en"):
            response = _answered(request, answer, parts)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        return response

    return csrf_exempt(public(view))


def _answered(request: HttpRequest, answer: Answer, parts: dict[str, Any]) -> HttpResponseBase:
    allow = "GET, HEAD, OPTIONS"
    if request.method == "OPTIONS":
        sent = "X-App-Token, Authorization, Content-Type, If-None-Match"
        headers = {"Allow": allow, "Access-Control-Allow-Methods": allow, "Access-Control-Allow-Headers": sent}
        return HttpResponse(status=204, headers={**headers, "Access-Control-Max-Age": "86400"})
    if request.method not in {"GET", "HEAD"}:
        told = error_object("method_not_allowed", "This address is for reading. Use GET.")
        return _said(told, 405, Allow=allow)
    try:
        limits.spend(f"soda:{counted_sender(request)}", limit=PER_MINUTE, per=timedelta(minutes=1))
        return answer(request, **parts)
    except QueryError as error:
        return _said(query_error(error), error.http_status)
    except TooMany as problem:
        told = error_object("too_many_requests", str(problem.message))
        return _said(told, problem.http_status, **{"Retry-After": str(problem.retry_after)})
    except CityhallError as problem:
        return _said(error_object(problem.code, str(problem.message)), problem.http_status)
    except FileNotFoundError:
        # The snapshot was replaced between two looks, and its files are gone.
        told = error_object("soda.dataset.busy", "The dataset is being replaced. Try again in a moment.")
        return _said(told, 503, **{"Retry-After": "5"})
    except Exception:
        logger.exception("soda_failed")
        told = error_object("internal_error", "Something went wrong on the city’s side. Try again later.")
        return _said(told, 500)


def _said(told: dict[str, Any], status: int, **headers: str) -> HttpResponse:
    return JsonResponse(told, status=status, headers=headers, json_dumps_params={"ensure_ascii": False})


def pairs_of(request: HttpRequest) -> Pairs:
    """Return the parameters of the call in their order. Raises Refused when there is too much of them."""
    text = request.META.get("QUERY_STRING", "")
    if len(text) > _LONGEST_QUERY:
        raise Refused(f"The query is longer than {_LONGEST_QUERY:,} bytes. Ask for less at once.", code=_MALFORMED)
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, errors="strict")
    except UnicodeDecodeError:
        raise Refused("The query holds bytes that are not UTF-8.", code=_MALFORMED) from None
    except ValueError:
        raise Refused(f"The query has more than {_MOST_PARAMETERS} parameters.", code=_MALFORMED) from None


def preview(code: str, count: int) -> tuple[tuple[Column, ...], list[dict[str, Any]]]:
    """Return a dataset's columns and first rows, as the door gives them. Raises NotFound, QueryError."""
    source = queries.source_of(code)
    query = read_parameters([("$limit", str(count))], source.all_columns)
    with analytics.get().run(source, query, Limits(seconds=SECONDS, rows=count)) as result:
        return source.columns, [row for batch in result.batches() for row in rows.objects(result.columns, batch)]


def _dataset(code: str) -> DatasetInfo:
    try:
        return queries.dataset(code)
    except NotFound as missing:
        raise Refused(f"There is no dataset {code!r}.", code=DATASET_NOT_FOUND, status=404) from missing


def _source(code: str) -> SnapshotSource:
    try:
        return queries.source_of(code)
    except NotFound as missing:
        raise Refused(f"There is no dataset {code!r}.", code=DATASET_NOT_FOUND, status=404) from missing


def read_rows(request: HttpRequest, code: str, fmt: str, *, whole: bool = False) -> HttpResponseBase:
    """Answer a query over a dataset; with `whole`, all its rows unless the query says how many."""
    if fmt not in _FORMATS:
        raise Refused(f"There is no format {fmt[:20]!r}. Ask for json, csv or geojson.", code="not_found", status=404)
    pairs, dataset, source = pairs_of(request), _dataset(code), _source(code)
    asked = {name.lower(): value.strip().lower() for name, value in pairs}
    if fmt == "geojson" and not any(column.type is Type.POINT for column in source.columns):
        raise Refused("This dataset has no place, so it is no GeoJSON. Ask for json or csv.", code=_MALFORMED)
    if (known := _known(request, dataset)) is not None:
        return known
    if asked.get("$$exclude_system_fields") == "false" and not {"$select", "$query"} & set(asked):
        pairs = [*pairs, ("$select", ":*, *")]
    if whole:
        pairs = [pair for pair in pairs if pair[0] != "accessType"]  # Socrata's own links for downloads have it
    query = read_parameters(pairs, source.all_columns, rows=None if whole else DEFAULT_ROWS)
    kind, write = _FORMATS[fmt]
    if fmt == "csv" and asked.get("$$bom") == "true":
        write = partial(rows.csv_pieces, bom=True)
    pieces = _pieces(analytics.get().run(source, query, Limits(seconds=SECONDS)), write)
    next(pieces)  # what fails at once is said with its status, before any header goes out
    response: HttpResponseBase
    if request.method == "HEAD":
        pieces.close()
        response = HttpResponse(content_type=kind)
    else:
        response = StreamingHttpResponse(pieces, content_type=kind)
    headers = {**column_headers(query.columns), **_marks(dataset)}
    if whole:
        headers["Content-Disposition"] = f'attachment; filename="{dataset.name}.{fmt}"'
    return _with(response, headers)


def _with(response: HttpResponseBase, headers: Mapping[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response.headers[name] = value
    return response


_FORMATS: Final[dict[str, tuple[str, Write]]] = {
    "json": (rows.JSON_TYPE, rows.json_pieces),
    "csv": (rows.CSV_TYPE, rows.csv_pieces),
    "geojson": (rows.GEOJSON_TYPE, rows.geojson_pieces),
}


def _pieces(result: Result, write: Write) -> Generator[bytes]:
    """Iterate over an answer's bytes, after an empty piece that says the first batch is there."""
    with ExitStack() as ending:
        ending.enter_context(result)
        batches = result.batches()
        first = list(itertools.islice(batches, 1))
        if first and first[0].num_rows >= _LONG:
            ending.callback(limits.Occupied("open-data", places=PLACES).close)
        yield b""
        yield from write(result.columns, itertools.chain(first, batches))


def _marks(dataset: DatasetInfo) -> dict[str, str]:
    return {
        "ETag": f'W/"{dataset.code}.{dataset.number}"',
        "Last-Modified": http_date(dataset.published_at.timestamp()),
    }


def _known(request: HttpRequest, dataset: DatasetInfo) -> HttpResponseBase | None:
    """Return 304 to whoever has the snapshot's answer already, None to others."""
    marks = _marks(dataset)
    response: HttpResponseBase | None = get_conditional_response(
        request, etag=marks["ETag"], last_modified=int(dataset.published_at.timestamp())
    )
    return None if response is None else _with(response, marks)


def read_row(request: HttpRequest, code: str, row: str) -> HttpResponseBase:
    """Answer one row, as an object."""
    dataset, source = _dataset(code), _source(code)
    if (known := _known(request, dataset)) is not None:
        return known
    query = read_parameters([(ID, row)], source.all_columns, rows=1)
    with analytics.get().run(source, query, Limits(seconds=SECONDS, rows=1)) as result:
        found = [one for batch in result.batches() for one in rows.objects(result.columns, batch)]
    if not found:
        raise Refused(f"There is no row {row[:100]!r}.", code=ROW_NOT_FOUND, status=404)
    headers = {**column_headers(query.columns), **_marks(dataset)}
    return _json(found[0], headers=headers)


def _json(told: dict[str, Any], **more: Any) -> JsonResponse:
    return JsonResponse(told, content_type=rows.JSON_TYPE, json_dumps_params={"ensure_ascii": False}, **more)


def read_view(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what a dataset is and what its columns hold."""
    dataset = _dataset(code)
    at = int(dataset.published_at.timestamp())
    return _json(
        {
            "id": dataset.code,
            "name": pick(dataset.title),
            "description": pick(dataset.description),
            "attribution": dataset.owner,
            "owner": {"displayName": dataset.owner, "screenName": dataset.owner},
            "license": {"name": dataset.licence},
            "viewType": "tabular",
            "rowsUpdatedAt": at,
            "viewLastModified": at,
            "tags": [],
            "metadata": {"custom_fields": {}, "attachments": []},
            "columns": [
                {
                    "position": place,
                    "fieldName": column.name,
                    "name": pick(column.title) or column.name,
                    "dataTypeName": NAMES[column.type.kept_as],
                    "description": pick(column.description),
                    "cachedContents": {"null": str(column.nulls), "non_null": str(dataset.rows - column.nulls)},
                }
                for place, column in enumerate(dataset.columns, start=1)
            ],
        }
    )


def read_catalogue(request: HttpRequest) -> HttpResponse:
    """Answer what is published, a page at a time. Read are `ids`, `q`, `limit` and `offset`."""
    given: dict[str, list[str]] = {}
    for name, value in pairs_of(request):
        given.setdefault(name, []).append(value)
    found = queries.datasets()
    if "ids" in given:
        wanted = {code.strip() for text in given["ids"] for code in text.split(",")}
        found = [dataset for dataset in found if dataset.code in wanted]
    words = " ".join(given.get("q", ())).casefold().split()
    found = [dataset for dataset in found if all(word in _searched(dataset) for word in words)]
    start, count = _number(given, "offset", 0), _number(given, "limit", _CATALOGUE_PAGE)
    host = request.get_host()
    return _json(
        {
            "results": [_result(request, dataset, host) for dataset in found[start : start + count]],
            "resultSetSize": len(found),
        }
    )


def _searched(dataset: DatasetInfo) -> str:
    return " ".join([dataset.name, *dataset.title.values(), *dataset.description.values()]).casefold()


def _number(given: dict[str, list[str]], name: str, otherwise: int) -> int:
    text = given.get(name, [""])[-1].strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refused(f"{name} is a whole number.", code=_MALFORMED)
    return int(text) if text else otherwise


def _result(request: HttpRequest, dataset: DatasetInfo, host: str) -> dict[str, Any]:
    columns = dataset.columns
    short = request.build_absolute_uri(reverse("opendata-short", args=[dataset.code]))
    return {
        "resource": {
            "id": dataset.code,
            "name": pick(dataset.title),
            "description": pick(dataset.description),
            "attribution": dataset.owner,
            "type": "dataset",
            "updatedAt": dataset.published_at.isoformat(),
            "data_updated_at": dataset.published_at.isoformat(),
            "columns_name": [pick(column.title) or column.name for column in columns],
            "columns_field_name": [column.name for column in columns],
            "columns_datatype": [NAMES[column.type.kept_as] for column in columns],
            "columns_description": [pick(column.description) for column in columns],
        },
        "classification": {"categories": [], "tags": [], "domain_tags": [], "domain_metadata": []},
        "metadata": {"domain": host, "license": dataset.licence},
        "owner": {"display_name": dataset.owner},
        "permalink": short,
        "link": short,
    }


def lead_to_page(request: HttpRequest, code: str) -> HttpResponseRedirect:
    """Lead a short address to the dataset's page."""
    return redirect("opendata-dataset", code=_dataset(code).code)
