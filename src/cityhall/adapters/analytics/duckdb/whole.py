"""Whole tables as they lie in their Parquet parts.

Who asks for all rows needs no engine. Its memory of what it has read would grow with the table; a part is read a few
thousand rows at a time, and the first of them are there at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from cityhall.adapters.analytics.duckdb.deltas import merged
from cityhall.kernel.analytics.columns import ID, Column, Type
from cityhall.kernel.analytics.errors import TimedOut
from cityhall.kernel.analytics.port import Limits, SnapshotSource
from cityhall.kernel.analytics.query import Field, Query
from cityhall.kernel.snapshots import WIDEST

#: Fewer rows are the engine's: it has them in its memory.
LEAST: Final = 100_000
_BATCH: Final = 8_192
#: Bytes of texts in so many rows, at most: a text that many rows have lies in the file once, and in each of them here.
_TEXTS: Final = 1 << 26
#: Of each column that is read.
_BUFFER: Final = 1 << 18


def is_whole(source: SnapshotSource, query: Query) -> bool:
    """Say whether a query asks for columns of the rows as they are stored, all of them or very many."""
    if query.where or query.order or query.offset or query.distinct or query.search or query.is_grouped:
        return False
    if query.limit is not None and query.limit < LEAST:
        return False
    named = all(isinstance(item.expression, Field) for item in query.items)
    return named and bool(source.parts) and all(part.is_file() for part in source.parts)


def _rows_at_once(file: pq.ParquetFile) -> int:
    widest = int((file.metadata.metadata or {}).get(WIDEST.encode(), b"0"))
    return max(1, min(_BATCH, _TEXTS // max(1, widest)))


class WholeTable:
    """An answer on its way; see `kernel.analytics.port.Result`."""

    def __init__(self, source: SnapshotSource, query: Query, limits: Limits) -> None:
        self.columns = query.columns
        self._fields = [item.expression for item in query.items if isinstance(item.expression, Field)]
        self._parts = source.parts
        self._delta = source.delta
        self._most = min((most for most in (query.limit, limits.rows) if most is not None), default=None)
        self._seconds = limits.seconds

    def __enter__(self) -> WholeTable:
        """Begin."""
        return self

    def __exit__(self, *details: object) -> None:
        """End; files are closed with the iterator over the batches."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Iterate over the rows, once. Raises TimedOut."""
        left, spent, read = self._most, 0.0, self._read()
        while left is None or left > 0:
            began = time.monotonic()
            batch = next(read, None)
            spent += time.monotonic() - began
            if spent > self._seconds:
                raise TimedOut(self._seconds)
            if batch is None:
                break
            if left is not None:
                batch = batch.slice(0, left)
                left -= batch.num_rows
            yield self._shown(batch)

    def _read(self) -> Iterator[pa.RecordBatch]:
        stored = [name for field in self._fields for name in Column(field.name, field.type).stored]
        if self._delta is None:
            return self._of_parts(list(dict.fromkeys(stored)))
        wanted = list(dict.fromkeys([*stored, ID]))
        return merged(self._of_parts(wanted), self._delta, wanted)

    def _of_parts(self, stored: list[str]) -> Iterator[pa.RecordBatch]:
        for part in self._parts:
            with pq.ParquetFile(part, buffer_size=_BUFFER, pre_buffer=False) as file:
                # One thread: several are no faster here, and each keeps memory of its own.
                yield from file.iter_batches(_rows_at_once(file), columns=stored, use_threads=False)

    def _shown(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        arrays = []
        for field in self._fields:
            parts = [batch.column(name) for name in Column(field.name, field.type).stored]
            if field.type is Type.POINT:
                arrays.append(pa.StructArray.from_arrays(parts, ["lon", "lat"], mask=parts[0].is_null()))
            else:
                arrays += parts
        return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in self.columns])
