"""Our own small API: the catalogue, a dataset with its contract, its versions and its rows, as plain JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import ColumnInfo, DatasetInfo, Version
from cityhall.apps.opendata.formats import table as formats
from cityhall.apps.opendata.formats.lines import json_line_pieces
from cityhall.apps.opendata.rules import finding, quality, topics
from cityhall.apps.opendata.soql.parameters import DEFAULT_ROWS, read_parameters
from cityhall.apps.opendata.web import answers, rest_document
from cityhall.apps.opendata.web.answers import Pairs, Refused, Trouble
from cityhall.apps.opendata.web.catalogue import wanted_of
from cityhall.kernel.analytics.columns import Column
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import NotFound

MOST_DATASETS: Final = 100
_USUAL: Final = 25
_TYPE: Final = "application/json"


def door(answer: answers.Answer) -> Callable[..., HttpResponseBase]:
    """Make a view of what answers a call: GET, HEAD and OPTIONS, errors as objects with a code and a message."""
    return answers.door(answer, _said)


def _said(_request: HttpRequest, trouble: Trouble) -> HttpResponse:
    return _json({"code": trouble.code, "message": trouble.message, **trouble.data}, status=trouble.status)


def _json(told: Mapping[str, Any], **more: Any) -> JsonResponse:
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False}, **more)


def describe(request: HttpRequest) -> HttpResponse:
    """Answer the API as an OpenAPI document."""
    return _json(rest_document.document(request.build_absolute_uri("/api/v1")))


def listed(request: HttpRequest) -> HttpResponse:
    """Answer the datasets that fit, a page at a time."""
    given = dict(answers.pairs_of(request))
    limit, start = _number(given, "limit", _USUAL, MOST_DATASETS), _number(given, "offset", 0, 10**9)
    found = finding.found(queries.datasets(), wanted_of(given), lambda info: pick(info.title), formats.offered)
    more = limit > 0 and start + limit < len(found)
    following = urlencode({**given, "offset": start + limit})
    return _json(
        {
            "count": len(found),
            "next": f"{request.build_absolute_uri(request.path)}?{following}" if more else None,
            "results": [_short(request, info) for info in found[start : start + limit]],
        }
    )


def _number(given: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= most):
        raise Refused(f"{name} is a whole number, at most {most:,}.", code="invalid")
    return int(text)


def _short(request: HttpRequest, info: DatasetInfo) -> dict[str, Any]:
    return {
        "id": info.code,
        "name": info.name,
        "title": info.title,
        "description": info.description,
        "topics": [{"code": topics.code(one), "title": one} for one in info.topics],
        "owner": info.owner,
        "licence": info.licence,
        "freshness": info.freshness.value,
        "rows": info.rows,
        "version": info.number,
        "published_at": info.published_at.isoformat(),
        "url": _url(request, "datasets-api-one", info.code),
        "page": _url(request, "opendata-dataset", info.code),
    }


def one(request: HttpRequest, code: str) -> HttpResponseBase:
    """Answer a dataset with its contract, its freshness, how well it is kept, and where its rows are."""
    info = answers.dataset(code, answers.snapshot_of(answers.pairs_of(request)))
    parts = quality.parts(info)
    told = {
        **_short(request, info),
        "checked_at": info.checked_at.isoformat(),
        "put_aside": info.quarantined,
        "contract": {
            "key": list(info.key),
            "fresh_within": info.fresh_within,
            "columns": [_column(column, info.rows) for column in info.columns],
        },
        "quality": {
            "score": quality.score(parts),
            "parts": [{"code": part.code, "points": part.points, "most": part.most} for part in parts],
        },
        "links": {
            "rows": _url(request, "datasets-api-rows", info.code),
            "versions": _url(request, "datasets-api-versions", info.code),
            "feed": _url(request, "opendata-dataset-feed", info.code, "json"),
            "soda": _url(request, "soda-rows", info.code, "json"),
            "files": {fmt: _url(request, "soda-whole", info.code, fmt) for fmt in formats.offered(info)},
        },
    }
    return answers.with_headers(_json(told), {"Last-Modified": answers.marks(info)["Last-Modified"]})


def _column(column: ColumnInfo, rows: int) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type.value,
        "title": column.title,
        "description": column.description,
        "unit": column.unit,
        "empty": column.nulls,
        "distinct": min(column.distinct, rows - column.nulls),
    }


def _url(request: HttpRequest, name: str, *parts: str) -> str:
    return request.build_absolute_uri(reverse(name, args=parts))


def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Answer a dataset's versions, the newest first, with the notices of those that were recalled."""
    try:
        found = queries.history(code).versions
    except NotFound:
        raise Refused(f"There is no dataset {code!r}.", code=answers.NO_DATASET, status=404) from None
    return _json({"count": len(found), "results": [_version(request, code, version) for version in found]})


def _version(request: HttpRequest, code: str, version: Version) -> dict[str, Any]:
    told: dict[str, Any] = {"version": version.number, "published_at": version.published_at.isoformat()}
    if version.recalled_at is not None:
        return {**told, "is_current": False, "recalled_at": version.recalled_at.isoformat(), "reason": version.reason}
    return {
        **told,
        "is_current": version.is_current,
        "recalled_at": None,
        "rows": version.rows,
        "put_aside": version.quarantined,
        "added": version.added,
        "changed": version.changed,
        "removed": version.removed,
        "rows_url": f"{_url(request, 'datasets-api-rows', code)}?$$snapshot={version.number}",
    }


def rows(request: HttpRequest, code: str) -> HttpResponseBase:
    """Answer a query over a dataset in SoQL's words, as an array: numbers are numbers, and what is empty is null."""
    pairs: Pairs = answers.pairs_of(request)
    number = answers.snapshot_of(pairs)
    info, source = answers.opened(code, number)
    if (known := answers.known(request, info)) is not None:
        return known
    query = read_parameters(pairs, source.all_columns, rows=DEFAULT_ROWS)
    return answers.with_headers(answers.streamed(request, source, query, _TYPE, _array), answers.marks(info))


def _array(columns: Sequence[Column], batches: Iterable[Any]) -> Iterator[bytes]:
    before = b"["
    for piece in json_line_pieces(columns, batches):
        yield before + piece[:-1].replace(b"\n", b",\n")  # within texts, ends of lines are escaped
        before = b",\n"
    yield b"[]" if before == b"[" else b"]"
