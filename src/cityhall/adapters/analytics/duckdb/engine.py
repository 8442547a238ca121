"""Answers queries from query files with DuckDB, locked down, within limits."""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import shapely
from duckdb.func import PythonUDFType

from cityhall.adapters.analytics.duckdb import deltas
from cityhall.adapters.analytics.duckdb.watch import Watch
from cityhall.adapters.analytics.duckdb.whole import WholeTable, is_whole
from cityhall.adapters.analytics.sql import Sql
from cityhall.adapters.disk import is_full
from cityhall.kernel.analytics.columns import HEAD, HEAD_ROWS, PLACES, Column, Type
from cityhall.kernel.analytics.errors import CannotCompute, QueryError, TimedOut, TooMuchMemory
from cityhall.kernel.analytics.port import Capabilities, Limits, SnapshotSource
from cityhall.kernel.analytics.query import Query
from cityhall.kernel.snapshots import BASE_FILE

_BATCH = 16_384

# Arrow's own pool keeps tens of megabytes that an answer once needed; the system's is as fast, and gives them back.
pa.set_memory_pool(pa.system_memory_pool())

_areas: dict[int, shapely.Geometry] = {}
"""Polygons of the queries that are under way, by the keys that stand for them in SQL. Of the process, as DuckDB's open
files are: whoever opens one that is open already gets the same, with the same functions."""
_keys = itertools.count(1)


class DuckDb:
    """DuckDB over the query files of snapshots, a few of which stay open.

    Args:
        memory: what all queries over one snapshot may use together, as DuckDB writes it.
        threads: how many cores one query uses.
        open_files: how many snapshots stay open.
    """

    capabilities = Capabilities(lacks=frozenset(), own_process=False)

    def __init__(self, *, memory: str = "1GB", threads: int = 2, open_files: int = 16) -> None:
        self._config = {
            "access_mode": "READ_ONLY",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
            "memory_limit": memory,
            "threads": str(threads),
        }
        self._open_files = open_files
        self._opened: OrderedDict[Path, _Opened] = OrderedDict()
        self._lock = threading.Lock()
        self._watch = Watch()

    def run(self, source: SnapshotSource, query: Query, limits: Limits) -> DuckDbResult | WholeTable:
        """Start a query. Raises QueryError, FileNotFoundError when the snapshot's file is gone."""
        if source.query_file is None:
            raise FileNotFoundError("this engine reads query files")
        if is_whole(source, query):
            return WholeTable(source, query, limits)
        areas: list[int] = []
        searched = [column for column in source.columns if column.type in (Type.TEXT, Type.URL)]
        try:
            cursor, opened = self._cursor(source.query_file)
            spelling: Callable[..., Sql] = partial(Sql, places=opened.places, table=source.table)
            if opened.layers:
                spelling = partial(deltas.DeltaSql, layers=opened.layers)
            sql = spelling(
                query, searched=searched, areas=lambda area: _named(area, areas), limit=limits.rows, heads=opened.heads
            )
        except BaseException:
            _forget(areas)
            raise
        return DuckDbResult(cursor, sql, query.columns, limits, areas, self._watch)

    def tables(self, source: SnapshotSource) -> Collection[str]:
        """Return which tables beside `rows` can be asked. Raises FileNotFoundError."""
        if source.query_file is None:
            return ()
        with self._lock:
            opened = self._found(source.query_file)
        return () if opened.layers else opened.tables

    def trouble(self) -> str:
        """Return what keeps the engine from answering: nothing does within this process."""
        return ""

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            while self._opened:
                self._opened.popitem()[1].connection.close()

    def _cursor(self, file: Path) -> tuple[duckdb.DuckDBPyConnection, _Opened]:
        """Return a cursor on a file, and what is in it."""
        with self._lock:
            opened = self._found(file)
            return opened.connection.cursor(), opened

    def _found(self, file: Path) -> _Opened:
        """Return a file that is open, or open it, and close what was asked long ago."""
        opened = self._opened.get(file)
        if opened is None:
            opened = self._opened[file] = self._open(file)
        self._opened.move_to_end(file)
        while len(self._opened) > self._open_files:
            self._opened.popitem(last=False)[1].connection.close()
        return opened

    def _open(self, file: Path) -> _Opened:
        if not file.is_file():
            raise FileNotFoundError(file)
        base = file.with_name(BASE_FILE)
        has_base = base.is_file()
        config: dict[str, Any] = {**self._config, "enable_external_access": str(has_base).lower()}
        connection = duckdb.connect(str(file), config=config)
        try:
            connection.create_function(
                "in_area", _in_area, ["DOUBLE", "DOUBLE", "BIGINT"], "BOOLEAN", type=PythonUDFType.ARROW
            )
        except duckdb.CatalogException:
            return _opened(connection, has_base=has_base)  # open for a query under way, and prepared then
        if has_base:
            connection.execute(deltas.attaching(base))
            connection.execute("SET enable_external_access = false")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET lock_configuration = true")
        return _opened(connection, has_base=has_base)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An open file.

    Args:
        tables: in it, and in its base.
        heads: how many rows each has, by column.
        places: the points of which there is a table where neighbours stand together.
        layers: how it differs from its base.
    """

    connection: duckdb.DuckDBPyConnection
    tables: Collection[str]
    heads: Mapping[str, int]
    places: Collection[str]
    layers: deltas.Layers | None


def _opened(connection: duckdb.DuckDBPyConnection, *, has_base: bool) -> _Opened:
    """Look at a file that was opened. A base's head answers for as many rows less as are gone from the base."""
    found = [str(table) for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
    layers = deltas.layers(connection) if has_base else None
    rows = HEAD_ROWS - len(layers.gone) if layers else HEAD_ROWS
    heads = {name.removeprefix(HEAD): rows for name in found if name.startswith(HEAD)}
    places = [name.removeprefix(PLACES) for name in found if name.startswith(PLACES)]
    return _Opened(connection, found, heads, places, layers)


def _named(area: shapely.Geometry, areas: list[int]) -> int:
    key = next(_keys)
    _areas[key] = area
    areas.append(key)
    return key


def _forget(areas: list[int]) -> None:
    for key in areas:
        _areas.pop(key, None)


#: GEOS corrupts the memory of the process when two threads look points up in one prepared area (GEOS 3.14.1: 13 of
#: 28 servers lost a process within 18 such questions).
_one_at_a_time = threading.Lock()


def _in_area(lon: pa.Array, lat: pa.Array, key: pa.Array) -> pa.Array:
    if not len(key):
        return pa.array([], pa.bool_())
    area = _areas[key[0].as_py()]
    with _one_at_a_time:
        found = shapely.contains_xy(area, lon.to_numpy(zero_copy_only=False), lat.to_numpy(zero_copy_only=False))
    return pa.array(found)


class DuckDbResult:
    """An answer on its way; see `kernel.analytics.port.Result`."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        sql: Sql,
        columns: tuple[Column, ...],
        limits: Limits,
        areas: list[int],
        watch: Watch,
    ) -> None:
        self.columns = columns
        self._cursor = cursor
        self._sql = sql
        self._seconds = limits.seconds
        self._left = limits.seconds
        self._areas = areas
        self._watch = watch

    def __enter__(self) -> DuckDbResult:
        """Begin."""
        return self

    def __exit__(self, *details: object) -> None:
        """Stop the engine's work."""
        self._cursor.interrupt()
        self._cursor.close()
        _forget(self._areas)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Iterate over the answer, once. Raises QueryError, at the deadline TimedOut."""
        try:
            with self._watched():
                reader = self._cursor.sql(self._sql.text, params=self._sql.parameters).to_arrow_reader(_BATCH)
            while True:
                with self._watched():
                    batch = next(reader, None)
                if batch is None:
                    return
                yield batch
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise self._refusal(error) from error

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Count the time within, and interrupt the engine when no more is left."""
        began = time.monotonic()
        try:
            with self._watch.until(began + self._left, self._cursor.interrupt):
                yield
        finally:
            self._left -= time.monotonic() - began
        if self._left <= 0:
            raise TimedOut(self._seconds)

    def _refusal(self, error: Exception) -> QueryError:
        """Return what an engine's error means for who asked. Arrow passes errors on as texts."""
        if self._left <= 0:
            return TimedOut(self._seconds)
        # A query for which neither the memory nor the disk has room.
        if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory Error" in str(error) or is_full(error):
            return TooMuchMemory()
        wrong_value = (duckdb.DataError, duckdb.InvalidInputException)
        if isinstance(error, wrong_value) or any(kind in str(error) for kind in _WRONG_VALUES):
            return CannotCompute()
        raise error


_WRONG_VALUES = ("Conversion Error", "Out of Range Error", "Invalid Input Error")
