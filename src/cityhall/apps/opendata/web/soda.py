"""The SODA 2.1 door: rows as JSON, CSV and GeoJSON, metadata and the catalogue, for Socrata's own clients."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.formats import table as formats
from cityhall.apps.opendata.soda import catalogue, rows
from cityhall.apps.opendata.soda.errors import ROW_NOT_FOUND, error_object
from cityhall.apps.opendata.soda.types import NAMES, column_headers
from cityhall.apps.opendata.soql.parameters import DEFAULT_ROWS, read_parameters
from cityhall.apps.opendata.web import answers, changes
from cityhall.apps.opendata.web.answers import Refused, Trouble
from cityhall.kernel.analytics.columns import ID, Type
from cityhall.kernel.analytics.port import Limits, analytics
from cityhall.kernel.django.translated import pick

_CATALOGUE_PAGE: Final = 100
_BY_KIND: Final = {
    "application/json": "json",
    "text/csv": "csv",
    "application/vnd.geo+json": "geojson",
    "application/geo+json": "geojson",
    "text/tab-separated-values": "tsv",
}
_EXPOSED: Final = (
    "Accept-Ranges, Content-Encoding, Content-Range, ETag, Last-Modified, Retry-After, X-SODA2-Fields,"
    " X-SODA2-Data-Out-Of-Date, X-SODA2-Row-Count, X-SODA2-Truth-Last-Modified, X-SODA2-Types, X-Socrata-RequestId"
)


def door(answer: answers.Answer) -> Callable[..., HttpResponseBase]:
    """Make a view of what answers a call: GET, HEAD and OPTIONS, errors as SODA's objects."""
    return answers.door(answer, _said, exposed=_EXPOSED, numbered="X-Socrata-RequestId")


def marks(dataset: DatasetInfo, since: int | None = None) -> dict[str, str]:
    """Return the headers that say which snapshot an answer comes from, with Socrata's own: no copy lags behind here."""
    told = answers.marks(dataset, since)
    return {**told, "X-SODA2-Truth-Last-Modified": told["Last-Modified"], "X-SODA2-Data-Out-Of-Date": "false"}


def _said(_request: HttpRequest, trouble: Trouble) -> HttpResponse:
    told = error_object(trouble.code, trouble.message, dict(trouble.data))
    return JsonResponse(told, status=trouble.status, json_dumps_params={"ensure_ascii": False})


def refuse_unknown(_request: HttpRequest, address: str) -> HttpResponseBase:
    """Answer a program that asks for a dataset by what is none's address. Raises Refused."""
    told = (
        f"There is no dataset at {address[:80]!r}. Write its four and four characters, as in /resource/ab12-cd34.json."
    )
    raise Refused(told, code=answers.NO_DATASET, status=404)


def read_rows(request: HttpRequest, code: str, fmt: str, *, whole: bool = False) -> HttpResponseBase:
    """Answer a query over a dataset; with `whole`, all its rows unless the query says how many."""
    if fmt not in formats.FORMATS:
        known_as = f"{', '.join(list(formats.FORMATS)[:-1])} or {list(formats.FORMATS)[-1]}"
        raise Refused(f"There is no format {fmt[:20]!r}. Ask for {known_as}.", code="not_found", status=404)
    pairs = answers.pairs_of(request)
    ends = changes.ends_of(pairs)
    since, number = ends or (None, answers.snapshot_of(pairs))
    dataset, source = answers.opened(code, number)
    if ends:
        source = changes.source(code, ends)
    asked = {name.lower(): value.strip().lower() for name, value in pairs}
    if fmt == "geojson" and not any(column.type is Type.POINT for column in source.columns):
        raise Refused("This dataset has no place, so it is no GeoJSON. Ask for json or csv.", code=answers.MALFORMED)
    if (known := answers.known(request, dataset, since)) is not None:
        return known
    if asked.get("$$exclude_system_fields") == "false" and not {"$select", "$query"} & set(asked):
        pairs = [*pairs, ("$select", ":*, *")]
    elif ends and not {"$select", "$query", "$group"} & set(asked):
        pairs = [*pairs, ("$select", changes.SELECTED)]
    if whole:
        pairs = [pair for pair in pairs if pair[0] != "accessType"]  # Socrata's own links for downloads have it
    query = read_parameters(pairs, source.all_columns, rows=None if whole else DEFAULT_ROWS)
    form = formats.FORMATS[fmt]
    if form.most is not None:
        answers.refuse_beyond(form.most, fmt, source, query, changes.counted(source, query) if ends else dataset.rows)
    write = partial(rows.csv_pieces, bom=True) if fmt == "csv" and asked.get("$$bom") == "true" else form.write
    count = changes.counted(source, query) if asked.get("$$row_count") == "true" else None
    response = answers.streamed(request, source, query, form.kind, write, packs=form.is_text)
    headers = {**column_headers(query.columns), **marks(dataset, since)}
    if count is not None:
        headers["X-SODA2-Row-Count"] = str(count)
    if whole or not form.is_text:
        version = f"-changes-{since}-{number}" if ends else "" if number is None else f"-{number}"
        headers["Content-Disposition"] = f'attachment; filename="{dataset.name}{version}.{fmt}"'
    return answers.with_headers(response, headers)


def read_rows_as_accepted(request: HttpRequest, code: str) -> HttpResponseBase:
    """Answer a query over a dataset in the format that `Accept` prefers, as JSON when it names none."""
    fmt = _BY_KIND[request.get_preferred_type(list(_BY_KIND)) or "application/json"]
    response = read_rows(request, code, fmt)
    patch_vary_headers(response, ("Accept",))
    return response


def read_row(request: HttpRequest, code: str, row: str) -> HttpResponseBase:
    """Answer one row, as an object."""
    number = answers.snapshot_of(answers.pairs_of(request))
    dataset, source = answers.opened(code, number)
    if (known := answers.known(request, dataset)) is not None:
        return known
    query = read_parameters([(ID, row)], source.all_columns, rows=1)
    with analytics.get().run(source, query, Limits(seconds=answers.SECONDS, rows=1)) as result:
        found = [one for batch in result.batches() for one in rows.objects(result.columns, batch)]
    if not found:
        raise Refused(f"There is no row {row[:100]!r}.", code=ROW_NOT_FOUND, status=404)
    headers = {**column_headers(query.columns), **marks(dataset)}
    return _json(found[0], headers=headers)


def _json(told: dict[str, Any], **more: Any) -> JsonResponse:
    return JsonResponse(told, content_type=rows.JSON_TYPE, json_dumps_params={"ensure_ascii": False}, **more)


def read_view(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what a dataset is and what its columns hold."""
    dataset = answers.dataset(code, answers.snapshot_of(answers.pairs_of(request)))
    at = int(dataset.published_at.timestamp())
    return _json(
        {
            "id": dataset.code,
            "name": pick(dataset.title),
            "description": pick(dataset.description),
            "attribution": dataset.owner,
            **({"category": pick(dataset.topics[0])} if dataset.topics else {}),
            "owner": {"displayName": dataset.owner, "screenName": dataset.owner},
            "license": {"name": dataset.licence},
            "viewType": "tabular",
            "createdAt": int(dataset.created_at.timestamp()),
            "rowsUpdatedAt": at,
            "viewLastModified": at,
            "tags": [pick(topic) for topic in dataset.topics],
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
    """Answer what is published and fits, a page at a time."""
    given: dict[str, list[str]] = {}
    for name, value in answers.pairs_of(request):
        given.setdefault(name, []).append(value)
    found = catalogue.found(queries.datasets(), given, lambda one: pick(one.title))
    start, count = _number(given, "offset", 0), _number(given, "limit", _CATALOGUE_PAGE)
    host = request.get_host()
    return _json(
        {
            "results": [_result(request, dataset, host) for dataset in found[start : start + count]],
            "resultSetSize": len(found),
        }
    )


def _number(given: dict[str, list[str]], name: str, otherwise: int) -> int:
    text = given.get(name, [""])[-1].strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refused(f"{name} is a whole number.", code=answers.MALFORMED)
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
            "createdAt": dataset.created_at.isoformat(),
            "updatedAt": dataset.published_at.isoformat(),
            "data_updated_at": dataset.published_at.isoformat(),
            "columns_name": [pick(column.title) or column.name for column in columns],
            "columns_field_name": [column.name for column in columns],
            "columns_datatype": [NAMES[column.type.kept_as] for column in columns],
            "columns_description": [pick(column.description) for column in columns],
        },
        "classification": {
            "categories": [],
            "tags": [],
            **({"domain_category": pick(dataset.topics[0])} if dataset.topics else {}),
            "domain_tags": [pick(topic) for topic in dataset.topics],
            "domain_metadata": [],
        },
        "metadata": {"domain": host, "license": dataset.licence},
        "owner": {"display_name": dataset.owner},
        "permalink": short,
        "link": short,
    }


def lead_to_page(request: HttpRequest, code: str) -> HttpResponseRedirect:
    """Lead a short address to the dataset's page."""
    return redirect("opendata-dataset", code=answers.dataset(code).code)
