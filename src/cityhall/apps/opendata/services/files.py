"""Whole files of the snapshot in force: made once, so that a download that broke off can go on where it ended.

A file lies within the snapshot's folder and goes with it: by a recall at once, by `tidy` when another snapshot is in
force. Nothing depends on it; without one the rows are written as they are sent.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.formats import packing, table
from cityhall.apps.opendata.soql.parameters import read_parameters
from cityhall.kernel.analytics.port import Limits, analytics
from cityhall.kernel.django import disk
from cityhall.kernel.errors import Gone, NotFound
from cityhall.kernel.ids import new_id

MAKE: Final = "opendata.file"
"""The job that makes a file."""
KEPT: Final = ("csv", "jsonl", "geojson", "parquet", "xlsx")
"""The formats files are kept in."""
AT_ONCE: Final = 50_000
"""The rows of a file that is made while its first reader waits; a longer one is left to the worker."""
_SECONDS: Final = 600
"""Of the engine's work for a file the worker makes."""
_LEAST_FREE: Final = 0.1
"""The share of the disk below which none is made."""
_BLOCK: Final = 256 * 1024


def whole_file(info: DatasetInfo, fmt: str, encoding: str, *, seconds: float) -> Path | None:
    """Return the file of all rows of the snapshot in force; None while there is none.

    Args:
        fmt: one of `KEPT`.
        encoding: how it is packed; "" for not at all.
        seconds: what the engine may take for one that is made now.

    Raises:
        QueryError, FileNotFoundError: as from the engine.
    """
    file = _place(info, fmt, encoding)
    if file.is_file():
        return file
    if info.rows <= AT_ONCE:
        return _make(info, fmt, encoding, seconds)
    with suppress(AlreadyEnqueued), transaction.atomic():
        jobs.configure_task(MAKE, queue="opendata", queueing_lock=f"{MAKE} {info.code} {file.name}").defer(
            code=info.code, fmt=fmt, encoding=encoding
        )
    return None


def make_file(code: str, fmt: str, encoding: str) -> bool:
    """Make the file of the snapshot in force, unless it is there; say whether it was made."""
    try:
        info = queries.dataset(code)
    except (NotFound, Gone):
        return False
    return not _place(info, fmt, encoding).is_file() and _make(info, fmt, encoding, _SECONDS) is not None


def _place(info: DatasetInfo, fmt: str, encoding: str) -> Path:
    return queries.files_of(info.id, info.number) / f"rows.{fmt}{f'.{encoding}' if encoding else ''}"


def _make(info: DatasetInfo, fmt: str, encoding: str, seconds: float) -> Path | None:
    """Write a file and move it to its place; None where the disk is nearly full."""
    file = _place(info, fmt, encoding)
    # Not its parents: of a snapshot that was recalled meanwhile nothing comes back.
    file.parent.mkdir(exist_ok=True)
    room = shutil.disk_usage(file.parent)
    if room.free < _LEAST_FREE * room.total:
        return None
    making = file.with_name(f"making-{new_id()}")
    try:
        with making.open("xb") as out:
            for piece in _pieces(info, fmt, encoding, seconds):
                out.write(piece)
            _last(out)
        making.rename(file)
    except OSError as problem:
        if disk.is_full(problem):
            return None
        raise
    finally:
        making.unlink(missing_ok=True)
    queries.dataset(info.code, info.number)  # it was not recalled meanwhile
    return file


def _pieces(info: DatasetInfo, fmt: str, encoding: str, seconds: float) -> Iterator[bytes]:
    plain = _place(info, fmt, "")
    if encoding and plain.is_file():
        with plain.open("rb") as opened:
            yield from packing.packed(iter(lambda: opened.read(_BLOCK), b""), encoding)
        return
    source = queries.source_of(info.code, info.number)
    query = read_parameters((), source.all_columns, rows=None)
    with analytics.get().run(source, query, Limits(seconds=seconds)) as result:
        pieces = table.FORMATS[fmt].write(result.columns, result.batches())
        yield from packing.packed(pieces, encoding) if encoding else pieces


def _last(out: BinaryIO) -> None:
    """See that what was written is on the disk."""
    out.flush()
    os.fsync(out.fileno())
