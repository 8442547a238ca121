"""Snapshots with a delta: their table is a view over the base and the rows that changed since.

Its rows have no places, and so are put in order by their ids.
"""
# ruff: noqa: S608 — names of ours and a head's, quoted.

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cityhall.adapters.analytics.sql import Sql
from cityhall.kernel.analytics.columns import BASE, DELTA, GONE, ID, PLACE, POSITION, TABLE, Column, Type
from cityhall.kernel.analytics.port import Delta
from cityhall.kernel.analytics.query import Field, Query


@dataclass(frozen=True, slots=True)
class Layers:
    """How a query file's rows differ from its base's: the places there of those that are gone, and how many came."""

    gone: Sequence[int]
    came: int


class DeltaSql(Sql):
    """One query as SQL over a base and its delta."""

    position = f'r."{ID}"'
    keeps_order: ClassVar = False

    def __init__(self, query: Query, *, layers: Layers, **more: Any) -> None:
        self._layers = layers
        self._between: tuple[int, int] | None = None
        super().__init__(query, **more)

    def _query(self, query: Query, searched: Sequence[Column], limit: int | None) -> str:
        """Write it; for a page read the base where it can be, which is as far off as rows are gone or came."""
        most = min((one for one in (query.limit, limit) if one is not None), default=None)
        if most is not None and _is_page(query):
            first = max(0, query.offset - self._layers.came)
            self._between = (first, query.offset + most + len(self._layers.gone))
            query = replace(query, offset=query.offset - first + bisect_left(self._layers.gone, first))
        return super()._query(query, searched, limit)

    def _table(self, query: Query, limit: int | None) -> str:
        left = f"not in (select {PLACE} from {GONE}) union all by name from {DELTA})"
        if self._between is not None:
            first, last = self._between
            return f"(from {BASE}.{TABLE} where rowid >= {first} and rowid < {last} and rowid {left}"
        head = super()._table(query, limit)
        if head == TABLE:
            return head
        self.position = type(self).position
        return f'(select * exclude ("{POSITION}") from {BASE}.{head} where "{POSITION}" {left}'


def _is_page(query: Query) -> bool:
    """Say whether rows are asked for in the order of their ids, whatever they hold."""
    if query.where or query.search or query.distinct or query.is_grouped:
        return False
    return not query.order or (query.order[0].expression == Field(ID, Type.TEXT) and not query.order[0].descending)


def attaching(base: Path) -> str:
    """Return the statement that attaches the base which a query file's view reads."""
    return f"""attach '{str(base).replace("'", "''")}' as {BASE} (read_only)"""


def layers(connection: duckdb.DuckDBPyConnection) -> Layers:
    """Return how the rows of a query file differ from its base's."""
    gone = connection.execute(f"select {PLACE} from {GONE} order by {PLACE}").fetchall()
    [(came,)] = connection.execute(f"select count(*) from {DELTA}").fetchall()
    return Layers([int(place) for (place,) in gone], int(came))


def merged(batches: Iterator[pa.RecordBatch], delta: Delta, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Iterate over the rows of the base without those that are gone, and those of the delta in their places.

    Args:
        batches: of the base, in the order of ids, which are among the columns.
    """
    left_out = pq.read_table(delta.gone, columns=[ID]).column(ID).combine_chunks()
    rows = pq.read_table(delta.rows, columns=list(columns))
    ids = rows.column(ID).to_pylist()
    place = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        end = bisect_right(ids, batch.column(ID)[-1].as_py())
        left = batch.filter(pc.invert(pc.is_in(batch.column(ID), value_set=left_out))) if len(left_out) else batch
        if end > place:
            here = rows.slice(place, end - place).cast(left.schema)
            left = pa.concat_tables([pa.Table.from_batches([left]), here]).sort_by(ID).combine_chunks()
            yield from left.to_batches()
        else:
            yield left
        place = end
    yield from rows.slice(place).combine_chunks().to_batches()
