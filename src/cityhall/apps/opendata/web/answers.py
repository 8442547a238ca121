"""What every door of open data needs: how often one may call, what is known already, and answers that stream."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.formats import packing
from cityhall.apps.opendata.formats.table import Write
from cityhall.apps.opendata.web import pace
from cityhall.kernel.analytics.errors import EngineUnavailable, QueryError, TimedOut
from cityhall.kernel.analytics.port import Limits, Result, SnapshotSource, analytics
from cityhall.kernel.analytics.query import Query
from cityhall.kernel.django import disk, limits
from cityhall.kernel.django.access import public
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.django.request_ids import current_request_id
from cityhall.kernel.errors import CityhallError, NotFound, TooMany
from cityhall.kernel.offers import city_card

logger = logging.getLogger(__name__)

PER_MINUTE: Final = 600
"""How often one sender may call, over all doors."""
SECONDS: Final = 20
"""For one answer: of the engine's work, and from the question to the last byte of one that is not long."""
PLACES: Final = 3
"""How many long answers are under way at once, counting every web process: each holds on to a thread."""
EACH: Final = 2
"""How many of them one sender may have."""
MALFORMED: Final = "query_malformed"
NO_DATASET: Final = "no_such_dataset"
BUSY: Final = "busy"
_ASKED_AGAIN: Final = "public, max-age=0, must-revalidate"
"""Caches ask each time whether an answer still holds: left to themselves they would show what was recalled for days."""
LONGEST: Final = 3600
"""Seconds after which even an answer whose reader is slow ends."""
_LONG: Final = 10_000
_BEGINNING: Final = 1_000
_LONGEST_QUERY: Final = 16 * 1024
_MOST_PARAMETERS: Final = 200

Pairs = Sequence[tuple[str, str]]
Answer = Callable[..., HttpResponseBase]


class Refused(CityhallError):
    """A call that is refused before anything is asked."""

    def __init__(self, message: str, *, code: str, status: int = 400) -> None:
        super().__init__(message, code=code)
        self.http_status = status


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no answer; each door says it in its protocol's way.

    Args:
        code: ours: MALFORMED, NO_DATASET, BUSY, "method_not_allowed", "too_many", "internal_error", a query error's.
        headers: to send along.
    """

    code: str
    message: str
    status: int
    data: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


Said = Callable[[HttpRequest, Trouble], HttpResponse]


def door(
    answer: Answer,
    said: Said,
    *,
    methods: Sequence[str] = ("GET", "HEAD"),
    exposed: str = "ETag, Last-Modified, Retry-After",
    numbered: str = "",
) -> Callable[..., HttpResponseBase]:
    """Make a view of what answers a call, open to any site's pages. What goes wrong is told as `said` writes it.

    Args:
        numbered: the header in which the protocol names a call, as our log does; "" for none.
    """

    def view(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        # The day of a recall is the city's, at every address.
        with translation.override("en"), timezone.override(ZoneInfo(city_card.get().time_zone)):
            response = _answered(request, answer, parts, said, methods)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = exposed
        response.headers.setdefault("Cache-Control", _ASKED_AGAIN)
        if numbered:
            response.headers[numbered] = current_request_id()
        return response

    return csrf_exempt(public(view))


def _answered(
    request: HttpRequest,
    answer: Answer,
    parts: dict[str, Any],
    said: Said,
    methods: Sequence[str],
) -> HttpResponseBase:
    allow = ", ".join((*methods, "OPTIONS"))
    if request.method == "OPTIONS":
        sent = "X-App-Token, Authorization, Content-Type, If-None-Match, Range, If-Range"
        headers = {"Allow": allow, "Access-Control-Allow-Methods": allow, "Access-Control-Allow-Headers": sent}
        return HttpResponse(status=204, headers={**headers, "Access-Control-Max-Age": "86400"})
    try:
        if request.method not in methods:
            told = f"This address does not take {request.method}. Use {methods[0]}."
            trouble = Trouble("method_not_allowed", told, 405, headers={"Allow": allow})
            return with_headers(said(request, trouble), trouble.headers)
        limits.spend(f"open-data:{counted_sender(request)}", limit=PER_MINUTE, per=timedelta(minutes=1))
        return answer(request, **parts)
    except Exception as problem:
        trouble = _trouble(problem)
        return with_headers(said(request, trouble), trouble.headers)


def _trouble(problem: Exception) -> Trouble:
    """Return what an exception means to whoever called."""
    if isinstance(problem, QueryError):
        wait = {"Retry-After": "60"} if isinstance(problem, EngineUnavailable) else {}
        return Trouble(problem.code, str(problem.message), problem.http_status, dict(problem.data), wait)
    if isinstance(problem, TooMany):
        wait = {"Retry-After": str(problem.retry_after)}
        return Trouble(problem.code, str(problem.message), problem.http_status, headers=wait)
    if isinstance(problem, CityhallError):
        return Trouble(problem.code, str(problem.message), problem.http_status)
    if disk.is_full(problem):
        logger.error("disk_full", exc_info=problem)
        return Trouble(disk.NoRoom.code, str(disk.NoRoom().message), 503, headers={"Retry-After": "60"})
    if isinstance(problem, FileNotFoundError):
        # The snapshot was replaced between two looks, and its files are gone.
        told = "The dataset is being replaced. Try again in a moment."
        return Trouble(BUSY, told, 503, headers={"Retry-After": "5"})
    logger.error("open_data_failed", exc_info=problem)
    return Trouble("internal_error", "Something went wrong on the city’s side. Try again later.", 500)


def pairs_of(request: HttpRequest) -> Pairs:
    """Return the parameters of the call in their order. Raises Refused when there is too much of them."""
    text = request.META.get("QUERY_STRING", "")
    if len(text) > _LONGEST_QUERY:
        raise Refused(f"The query is longer than {_LONGEST_QUERY:,} bytes. Ask for less at once.", code=MALFORMED)
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, errors="strict")
    except UnicodeDecodeError:
        raise Refused("The query holds bytes that are not UTF-8.", code=MALFORMED) from None
    except ValueError:
        raise Refused(f"The query has more than {_MOST_PARAMETERS} parameters.", code=MALFORMED) from None


def snapshot_of(pairs: Pairs) -> int | None:
    """Return the number of the snapshot that `$$snapshot` asks for, None for the one in force. Raises Refused."""
    given = [value.strip() for name, value in pairs if name.lower() == "$$snapshot"]
    if not given:
        return None
    if len(given) > 1 or not (given[0].isascii() and given[0].isdecimal() and len(given[0]) < 10):
        raise Refused("$$snapshot is the number of a snapshot, such as 3, given once.", code=MALFORMED)
    return int(given[0])


def opened(code: str, number: int | None = None) -> tuple[DatasetInfo, SnapshotSource]:
    """Return the dataset of a 4x4 and where its rows lie, of one of its snapshots.

    Raises Refused with NO_DATASET, Gone.
    """
    try:
        return queries.opened(code, number)
    except NotFound as missing:
        raise _no_dataset(code, number, missing) from missing


def dataset(code: str, number: int | None = None) -> DatasetInfo:
    """Return the dataset of a 4x4, as one of its snapshots has it. Raises Refused with NO_DATASET, Gone."""
    return opened(code, number)[0]


def _no_dataset(code: str, number: int | None, missing: NotFound) -> Refused:
    told = f"There is no dataset {code!r}." if number is None else str(missing.message)
    return Refused(told, code=NO_DATASET, status=404)


def marks(dataset: DatasetInfo, since: int | None = None) -> dict[str, str]:
    """Return the headers that say which snapshot an answer comes from, or what changed in it since another."""
    return {
        "ETag": f'W/"{dataset.code}.{"" if since is None else f"{since}-"}{dataset.number}"',
        "Last-Modified": http_date(dataset.shown_since.timestamp()),
    }


def known(request: HttpRequest, dataset: DatasetInfo, since: int | None = None) -> HttpResponseBase | None:
    """Return 304 to whoever has the snapshot's answer already, None to others."""
    told = marks(dataset, since)
    response: HttpResponseBase | None = get_conditional_response(
        request, etag=told["ETag"], last_modified=int(dataset.shown_since.timestamp())
    )
    return None if response is None else with_headers(response, told)


def streamed(
    request: HttpRequest, rows: SnapshotSource, query: Query, kind: str, write: Write, *, packs: bool = True
) -> HttpResponseBase:
    """Answer a query as `write` puts it: a short answer whole, another batch by batch; HEAD without any.

    What fails at once raises here (QueryError, TooMany, FileNotFoundError), before any header goes out; what fails
    later breaks the answer off.

    Args:
        packs: whether the answer may be sent packed; False for what is packed already.
    """
    encoding = packing.chosen(request.headers.get("Accept-Encoding", "")) if packs else ""
    began = time.monotonic()
    result = analytics.get().run(rows, query, Limits(seconds=SECONDS))
    is_short = query.limit is not None and query.limit <= _BEGINNING
    pieces = _pieces(result, write, encoding, began, counted_sender(request), is_short=is_short)
    next(pieces)
    headers = {"Vary": "Accept-Encoding"} if packs else {}
    if encoding:
        headers["Content-Encoding"] = encoding
    if request.method == "HEAD":
        pieces.close()
        return HttpResponse(content_type=kind, headers=headers)
    if is_short:
        return HttpResponse(b"".join(pieces), content_type=kind, headers=headers)
    return StreamingHttpResponse(pieces, content_type=kind, headers=headers)


def _pieces(
    result: Result, write: Write, encoding: str, began: float, sender: str, *, is_short: bool
) -> Generator[bytes]:
    """Iterate over an answer's bytes, after an empty piece that says the first batch is there.

    What is short comes in one piece, since each is handed from thread to thread.
    """
    with ExitStack() as ending:
        ending.enter_context(result)
        batches = result.batches()
        first = list(itertools.islice(batches, 1))
        seconds, is_long = SECONDS, bool(first) and first[0].num_rows >= _LONG
        if is_long:
            ending.callback(place(sender).close)
            seconds = LONGEST
        # The beginning goes out alone: whoever waits sees it while the rest is being written.
        begin = (
            first if is_short else [part for one in first for part in (one.slice(0, _BEGINNING), one.slice(_BEGINNING))]
        )
        yield b""
        pieces = write(result.columns, itertools.chain(begin, batches))
        if is_short:
            pieces = iter([b"".join(pieces)])
        sent = packing.packed(pieces, encoding) if encoding else pieces
        for piece in pace.kept(sent) if is_long else sent:
            if time.monotonic() > began + seconds:
                raise TimedOut(seconds)
            yield piece


def place(sender: str) -> limits.Occupied:
    """Take one of the places for long answers. Raises TooMany."""
    return limits.Occupied("open-data", places=PLACES, whose=sender, each=EACH)


def refuse_beyond(most: int, fmt: str, rows: SnapshotSource, query: Query, total: int) -> None:
    """Raise Refused when an answer would have more rows than a format can hold. `total` is how many the dataset has."""
    if min(total, query.limit if query.limit is not None else total) <= most:
        return
    # One row more than fits says enough, and what is in the rows does not matter: one column stands for all.
    asked = query if query.is_grouped or query.distinct else replace(query, items=query.items[:1], order=())
    with analytics.get().run(rows, asked, Limits(seconds=SECONDS, rows=most + 1)) as result:
        count = sum(batch.num_rows for batch in result.batches())
    if count > most:
        raise Refused(
            f"This has more than the {most:,} rows a file in {fmt} can hold. Ask for csv or parquet, or add a filter.",
            code="too_many_rows",
        )


def with_headers(response: HttpResponseBase, headers: Mapping[str, str]) -> HttpResponseBase:
    """Set headers and return the response."""
    for name, value in headers.items():
        response.headers[name] = value
    return response
