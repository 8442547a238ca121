"""All rows of a dataset as a file: whole or in parts, so that a download that broke off goes on where it ended."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from cityhall.apps.opendata import services
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.formats import packing, table
from cityhall.apps.opendata.rules import ranges
from cityhall.apps.opendata.soda.types import column_headers
from cityhall.apps.opendata.web import answers, pace, soda
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.errors import TimedOut
from cityhall.kernel.django.client_address import counted_sender

_LONG: Final = 4 * 1024 * 1024
"""Bytes from which an answer needs one of the few places for long ones."""


def read(request: HttpRequest, code: str, fmt: str) -> HttpResponseBase:
    """Answer all rows as a file, where nothing more is asked and there is one; else as a query."""
    asked = {name for name, _value in answers.pairs_of(request)} - {"accessType"}
    info = answers.dataset(code) if fmt in services.FILES and not asked else None
    if info is not None and _fits(info, fmt):
        encoding = _encoding(request, info, fmt)
        file = services.whole_file(info, fmt, encoding, seconds=answers.SECONDS)
        if file is not None:
            return _answer(request, info, fmt, encoding, file)
    return soda.read_rows(request, code, fmt, whole=True)


def _fits(info: DatasetInfo, fmt: str) -> bool:
    most = table.FORMATS[fmt].most
    has_place = any(one.type.kept_as is Type.POINT for one in info.columns)
    return (fmt != "geojson" or has_place) and (most is None or info.rows <= most)


def _encoding(request: HttpRequest, info: DatasetInfo, fmt: str) -> str:
    """Return how the file is to be packed. A part is of what the reader has begun with, which If-Range names."""
    if not table.FORMATS[fmt].is_text:
        return ""
    if "Range" in request.headers:
        begun = request.headers.get("If-Range", "")
        return next((one for one in packing.ENCODINGS if begun.startswith(_mark(info, fmt, one))), "")
    return packing.chosen(request.headers.get("Accept-Encoding", ""))


def _mark(info: DatasetInfo, fmt: str, encoding: str) -> str:
    return f'"{info.code}.{info.number}.{fmt}.{encoding}-'


def _answer(request: HttpRequest, info: DatasetInfo, fmt: str, encoding: str, file: Path) -> HttpResponseBase:
    form, opened = table.FORMATS[fmt], file.open("rb")
    with ExitStack() as ending:
        ending.callback(opened.close)
        found = os.fstat(opened.fileno())
        size, etag = found.st_size, f'{_mark(info, fmt, encoding)}{found.st_size:x}-{found.st_mtime_ns:x}"'
        headers = _headers(info, fmt) | {"ETag": etag}
        known: HttpResponseBase | None = get_conditional_response(
            request, etag=etag, last_modified=int(info.shown_since.timestamp())
        )
        if known is not None:
            return answers.with_headers(known, headers)
        try:
            part = ranges.asked(request.headers.get("Range", ""), size) if _may_be_part(request, etag) else None
        except ranges.Unsatisfiable:
            headers["Content-Range"] = f"bytes */{size}"
            return HttpResponse("The file ends before that.\n", content_type="text/plain", status=416, headers=headers)
        start, count = part or (0, size)
        status = 206 if part else 200
        headers |= {"Content-Range": f"bytes {start}-{start + count - 1}/{size}"} if part else {}
        headers |= {"Content-Encoding": encoding} if encoding else {}
        headers["Content-Length"] = str(count)
        if request.method == "HEAD":
            return HttpResponse(content_type=form.kind, status=status, headers=headers)
        ending.pop_all()
        pieces = _pieces(opened, start, count, counted_sender(request))
        next(pieces)
        return StreamingHttpResponse(pieces, content_type=form.kind, status=status, headers=headers)


def _headers(info: DatasetInfo, fmt: str) -> dict[str, str]:
    headers = {
        **column_headers([Column(one.name, one.type.kept_as) for one in info.columns]),
        **soda.marks(info),
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{info.name}.{fmt}"',
    }
    return headers | ({"Vary": "Accept-Encoding"} if table.FORMATS[fmt].is_text else {})


def _may_be_part(request: HttpRequest, etag: str) -> bool:
    """Say whether a part may be sent. A date in If-Range says too little: two snapshots can come in one second."""
    return request.method == "GET" and request.headers.get("If-Range", etag) == etag


def _pieces(file: BinaryIO, start: int, count: int, sender: str) -> Generator[bytes]:
    """Iterate over a part of a file, after an empty piece that says there was a place for it."""
    with file, ExitStack() as ending:
        if count > _LONG:
            ending.callback(answers.place(sender).close)
        file.seek(start)
        yield b""
        ends = time.monotonic() + answers.LONGEST
        for block in pace.kept(_blocks(file, count)):
            if time.monotonic() > ends:
                raise TimedOut(answers.LONGEST)
            yield block


def _blocks(file: BinaryIO, count: int) -> Iterator[bytes]:
    while count and (block := file.read(min(pace.BLOCK, count))):
        count -= len(block)
        yield block
