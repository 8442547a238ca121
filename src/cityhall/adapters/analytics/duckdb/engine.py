"""Answers queries from query files with DuckDB, locked down, within limits."""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import shapely
from duckdb.func import PythonUDFType

from cityhall.adapters.analytics.sql import Sql
from cityhall.kernel.analytics.columns import Column, Type
from cityhall.kernel.analytics.errors import CannotCompute, QueryError, TimedOut, TooMuchMemory
from cityhall.kernel.analytics.port import Capabilities, Limits, SnapshotSource
from cityhall.kernel.analytics.query import Query

_BATCH = 16_384

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
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
            "memory_limit": memory,
            "threads": str(threads),
        }
        self._open_files = open_files
        self._opened: OrderedDict[Path, duckdb.DuckDBPyConnection] = OrderedDict()
        self._lock = threading.Lock()

    def run(self, source: SnapshotSource, query: Query, limits: Limits) -> DuckDbResult:
        """Start a query. Raises QueryError, FileNotFoundError when the snapshot's file is gone."""
        if source.query_file is None:
            raise FileNotFoundError("this engine reads query files")
        areas: list[int] = []
        searched = [column for column in source.columns if column.type in (Type.TEXT, Type.URL)]
        try:
            sql = Sql(query, searched=searched, areas=lambda area: _named(area, areas), limit=limits.rows)
            cursor = self._cursor(source.query_file)
        except BaseException:
            _forget(areas)
            raise
        return DuckDbResult(cursor, sql, query.columns, limits, areas)

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            while self._opened:
                self._opened.popitem()[1].close()

    def _cursor(self, file: Path) -> duckdb.DuckDBPyConnection:
        with self._lock:
            connection = self._opened.get(file)
            if connection is None:
                connection = self._opened[file] = self._open(file)
            self._opened.move_to_end(file)
            cursor = connection.cursor()
            while len(self._opened) > self._open_files:
                self._opened.popitem(last=False)[1].close()
            return cursor

    def _open(self, file: Path) -> duckdb.DuckDBPyConnection:
        if not file.is_file():
            raise FileNotFoundError(file)
        connection = duckdb.connect(str(file), config=dict(self._config))
        try:
            connection.create_function(
                "in_area", _in_area, ["DOUBLE", "DOUBLE", "BIGINT"], "BOOLEAN", type=PythonUDFType.ARROW
            )
        except duckdb.CatalogException:
            return connection  # still open for a query under way, and prepared then
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET lock_configuration = true")
        return connection


def _named(area: shapely.Geometry, areas: list[int]) -> int:
    key = next(_keys)
    _areas[key] = area
    areas.append(key)
    return key


def _forget(areas: list[int]) -> None:
    for key in areas:
        _areas.pop(key, None)


def _in_area(lon: pa.Array, lat: pa.Array, key: pa.Array) -> pa.Array:
    if not len(key):
        return pa.array([], pa.bool_())
    area = _areas[key[0].as_py()]
    return pa.array(shapely.contains_xy(area, lon.to_numpy(zero_copy_only=False), lat.to_numpy(zero_copy_only=False)))


class DuckDbResult:
    """An answer on its way; see `kernel.analytics.port.Result`."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        sql: Sql,
        columns: tuple[Column, ...],
        limits: Limits,
        areas: list[int],
    ) -> None:
        self.columns = columns
        self._cursor = cursor
        self._sql = sql
        self._seconds = limits.seconds
        self._ends = time.monotonic() + limits.seconds
        self._areas = areas

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
        watch = threading.Timer(self._ends - time.monotonic(), self._cursor.interrupt)
        watch.daemon = True
        watch.start()
        try:
            reader = self._cursor.sql(self._sql.text, params=self._sql.parameters).to_arrow_reader(_BATCH)
            for batch in reader:
                if time.monotonic() >= self._ends:
                    raise TimedOut(self._seconds)
                yield batch
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise self._refusal(error) from error
        finally:
            watch.cancel()

    def _refusal(self, error: Exception) -> QueryError:
        """Return what an engine's error means for who asked. Arrow passes errors on as texts."""
        if time.monotonic() >= self._ends:
            return TimedOut(self._seconds)
        if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory Error" in str(error):
            return TooMuchMemory()
        wrong_value = (duckdb.DataError, duckdb.InvalidInputException)
        if isinstance(error, wrong_value) or any(kind in str(error) for kind in _WRONG_VALUES):
            return CannotCompute()
        raise error


_WRONG_VALUES = ("Conversion Error", "Out of Range Error", "Invalid Input Error")
