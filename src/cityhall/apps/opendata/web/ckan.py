"""CKAN's Action API: one address for each action, its parameters by GET or POST, its answers in CKAN's envelope."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.ckan import records
from cityhall.apps.opendata.ckan.datastore import MOST_ROWS, Search, read_search, resource_id
from cityhall.apps.opendata.ckan.errors import ActionError, AuthorizationError, ValidationError, refused_query
from cityhall.apps.opendata.ckan.fields import ROW_ID, told
from cityhall.apps.opendata.ckan.sql.compile import compile_select
from cityhall.apps.opendata.ckan.sql.parser import read as read_sql
from cityhall.apps.opendata.web import answers
from cityhall.apps.opendata.web.answers import Trouble
from cityhall.apps.opendata.web.ckan_catalogue import ACTIONS, Given, find, help_of, text_of
from cityhall.kernel.analytics.columns import Column
from cityhall.kernel.analytics.errors import EngineUnavailable, QueryError
from cityhall.kernel.analytics.port import Limits, analytics

JSON: Final = "application/json;charset=utf-8"
_SCRIPT: Final = "application/javascript;charset=utf-8"
_CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
_WRITES: Final = re.compile(
    r"[a-z_]+_(create|update|patch|delete|upsert|purge|revise|reorder|make_private|make_public|transfer|invite|follow)"
    r"|(follow|unfollow|send|bulk)_[a-z_]+"
)
_TYPES: Final = {404: "Not Found Error", 403: "Authorization Error", 409: "Validation Error"}
_MOST_PARAMETERS: Final = 200


class _Unread(Exception):
    """A call whose action or parameters cannot be read."""


def _said(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    if trouble.code == answers.MALFORMED and trouble.status == 400:
        return _json(f"Bad request - {trouble.message}", 400)
    kind = {429: "Too Many Requests", 405: "Method Not Allowed", 503: "Busy"}.get(trouble.status)
    error = {"__type": kind or _TYPES.get(trouble.status, "Internal Server Error"), "message": trouble.message}
    name = request.path.rstrip("/").rpartition("/")[2]
    return _json({**_begun(request, name), "success": False, "error": error}, trouble.status)


def _json(value: Any, status: int = 200) -> HttpResponse:
    return JsonResponse(value, status=status, safe=False, json_dumps_params={"ensure_ascii": False}, content_type=JSON)


def _begun(request: HttpRequest, name: str) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("ckan-action", args=["help_show"]))
    return {"help": f"{address}?{urlencode({'name': name})}"}


def _act(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer a call of an action."""
    try:
        if _WRITES.fullmatch(name) and name not in ACTIONS:
            if request.method != "POST":
                raise _Unread("JSON Error: Invalid request. Please use POST method for your request")
            raise AuthorizationError("the city publishes here; nothing can be written through this API.")
        if name not in ACTIONS and name not in _STREAMED:
            raise _Unread(f"Action name not known: {name[:100]}")
        given = _given(request)
        callback = _callback(request, given)
        begun = _begun(request, name)
        if name in _STREAMED:
            head = {**begun, "success": True}
            return _STREAMED[name](request, given, head, callback)
        result = help_of(given, _STREAMED) if name == "help_show" else ACTIONS[name](request, given)
        return _finished({**begun, "success": True, "result": result}, callback)
    except _Unread as problem:
        return _json(f"Bad request - {problem}", 400)
    except ActionError as problem:
        return _json({**_begun(request, name), "success": False, "error": problem.told()}, problem.status)


def _given(request: HttpRequest) -> Given:
    """Return the parameters: of the address, else of a form or of JSON in the body."""
    if request.method != "POST":
        return _mixed(answers.pairs_of(request))
    kind = (request.content_type or "").lower()
    if kind == "multipart/form-data":
        raise _Unread("JSON Error: Send JSON, or a form without files.")
    try:
        body = request.body.decode()
        if kind == "application/x-www-form-urlencoded":
            pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, errors="strict")
            if not body.lstrip().startswith("{"):  # what curl calls a form, when it is given JSON
                return _mixed(pairs)
        given = json.loads(body, parse_constant=_no_number) if body.strip() else {}
    except RequestDataTooBig:
        raise _Unread("The body is too large.") from None
    except (ValueError, RecursionError) as problem:
        raise _Unread(f"JSON Error: Error decoding JSON data: {type(problem).__name__}") from None
    if not isinstance(given, dict):
        raise _Unread("JSON Error: Request data needs to be a dictionary.")
    return given


def _no_number(name: str) -> None:
    """Refuse NaN and the like, which Python reads and JSON has not: no answer could repeat them."""
    raise ValueError(name)


def _mixed(pairs: Iterable[tuple[str, str]]) -> Given:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


def _callback(request: HttpRequest, given: Given) -> str:
    """Return the function that JSONP calls, taken out of the parameters."""
    callback = given.pop("callback", "")
    if request.method == "POST" or not callback:
        return ""
    if not isinstance(callback, str) or not _CALLBACK.fullmatch(callback):
        raise _Unread("callback is the name of a function.")
    return callback


def _finished(answer: dict[str, Any], callback: str) -> HttpResponse:
    if not callback:
        return _json(answer)
    return HttpResponse(f"/**/{callback}({records.encode(answer)});", content_type=_SCRIPT)


def _datastore_search(request: HttpRequest, given: Given, head: dict[str, Any], callback: str) -> HttpResponseBase:
    """Search the rows of a resource: resource_id, filters, q, full_text, fields, sort, limit, offset, distinct, …"""
    dataset = find(resource_id(given), rows=True)
    source = queries.source_of(dataset.code)
    search = read_search(given, source.columns)
    names = [item.name for item in search.query.items[: -1 if search.pages_by else None]]
    shown = [column for column in search.query.columns if column.name in names]
    result = {**search.told, "resource_id": str(dataset.id), "fields": told(shown)}
    try:
        if search.count is not None:
            with analytics.get().run(source, search.count, Limits(seconds=answers.SECONDS, rows=1)) as counted:
                result["total"] = int(
                    next(row[0] for group in records.rows(counted.columns, counted.batches()) for row in group)
                )
        return _streamed(request, source, search, {**head, "result": result}, names, callback)
    except EngineUnavailable:
        raise
    except QueryError as error:
        raise refused_query(error) from error


def _streamed(
    request: HttpRequest, source: Any, search: Search, head: dict[str, Any], names: Sequence[str], callback: str
) -> HttpResponseBase:
    def write(columns: Sequence[Column], batches: Iterable[Any]) -> Iterator[bytes]:
        seen: list[Any] = [0, None]

        def watched() -> Iterator[list[list[Any]]]:
            for group in records.rows(columns, batches):
                seen[0] += len(group)
                seen[1] = group[-1][-1] if group else seen[1]
                yield group

        yield from _enveloped(
            head, records.pieces(names, watched(), search.records_format), lambda: more(seen), callback
        )

    def more(seen: list[Any]) -> dict[str, Any]:
        goes_on = search.pages_by and seen[0] == search.query.limit
        return {"next_page": {ROW_ID: {search.pages_by: seen[1]}}} if goes_on else {}

    return answers.streamed(request, source, search.query, _SCRIPT if callback else JSON, write)


def _enveloped(
    head: dict[str, Any], pieces: Iterable[str], more: Callable[[], dict[str, Any]], callback: str
) -> Iterator[bytes]:
    """Iterate over an answer's bytes: what is known first, the records, and what is known after them."""
    before = records.encode(head)[:-2]  # without the braces that end the result and the answer
    yield (f"/**/{callback}(" if callback else "").encode() + f'{before},"records":'.encode()
    for piece in pieces:
        yield piece.encode()
    after = "".join(f",{records.encode(name)}:{records.encode(value)}" for name, value in more().items())
    yield f"{after}}}}}{');' if callback else ''}".encode()


def _search_sql(request: HttpRequest, given: Given, head: dict[str, Any], callback: str) -> HttpResponseBase:
    """Answer one SQL SELECT over one resource: sql."""
    sql = text_of(given, "sql")
    try:
        select = read_sql(sql)
    except QueryError as error:
        raise refused_query(error) from error
    dataset = find(select.table, rows=True)
    source = queries.source_of(dataset.code)
    try:
        query = compile_select(select, source.columns, rows=MOST_ROWS + 1)
        shown = told(query.columns)

        def write(columns: Sequence[Column], batches: Iterable[Any]) -> Iterator[bytes]:
            seen = [0]

            def kept() -> Iterator[list[list[Any]]]:
                for group in records.rows(columns, batches):
                    yield group[: MOST_ROWS - seen[0]]
                    seen[0] += len(group)

            names = [item["id"] for item in shown]
            more = lambda: {"records_truncated": True} if seen[0] > MOST_ROWS else {}  # noqa: E731
            yield from _enveloped(begun, records.pieces(names, kept(), "objects"), more, callback)

        begun = {**head, "result": {"sql": sql, "fields": shown}}
        return answers.streamed(request, source, query, _SCRIPT if callback else JSON, write)
    except EngineUnavailable:
        raise
    except QueryError as error:
        raise refused_query(error) from error


_Streaming = Callable[[HttpRequest, Given, dict[str, Any], str], HttpResponseBase]
_STREAMED: Final[dict[str, _Streaming]] = {
    "datastore_search": _datastore_search,
    "datastore_search_sql": _search_sql,
}


def _dump(request: HttpRequest, resource: str) -> HttpResponseBase:
    """Answer the rows of a resource as a file: CSV, or TSV, filtered as `datastore_search` filters."""
    try:
        given = _mixed(answers.pairs_of(request))
        fmt, bom = given.pop("format", "csv"), given.pop("bom", "") in ("true", "True", "1")
        if fmt not in ("csv", "tsv"):
            raise ValidationError({"format": ["Value must be one of csv, tsv"]})
        dataset = find(resource, rows=True)
        source = queries.source_of(dataset.code)
        search = read_search({**given, "include_total": False, "include_next_page": False}, source.columns, most=None)
    except ActionError as problem:
        return HttpResponse(str(problem), status=404 if problem.status == 404 else 400, content_type="text/plain")

    def write(columns: Sequence[Column], batches: Iterable[Any]) -> Iterator[bytes]:
        yield (b"\xef\xbb\xbf" if bom else b"") + records.delimited([[one.name for one in columns]], fmt).encode()
        for group in records.rows(columns, batches):
            yield records.delimited(group, fmt).encode()

    kind = "text/csv;charset=utf-8" if fmt == "csv" else "text/tab-separated-values;charset=utf-8"
    response = answers.streamed(request, source, search.query, kind, write)
    response.headers["Content-Disposition"] = f'attachment; filename="{dataset.id}.{fmt}"'
    return response


def _version(_request: HttpRequest) -> HttpResponse:
    """Say which version of the API this is."""
    return _json({"version": 3})


version = answers.door(_version, _said)
action = answers.door(_act, _said, methods=("GET", "HEAD", "POST"))
dump = answers.door(_dump, _said)
