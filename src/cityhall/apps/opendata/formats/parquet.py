"""Parquet, a row group for some batches; GeoParquet when there is a point, written as WKB."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cityhall.apps.opendata.formats.sinks import Sink
from cityhall.kernel.analytics.columns import Column, Type

PARQUET_TYPE: Final = "application/vnd.apache.parquet"

_GROUP: Final = 16_384
_STORED: Final[dict[Type, pa.DataType]] = {
    Type.TEXT: pa.string(),
    Type.URL: pa.string(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.TIMESTAMP: pa.timestamp("ms"),
    Type.INSTANT: pa.timestamp("ms", tz="UTC"),
    Type.POINT: pa.binary(),
}
_WKB: Final = np.dtype([("order", "u1"), ("kind", "<u4"), ("lon", "<f8"), ("lat", "<f8")])


def parquet_pieces(columns: Sequence[Column], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Iterate over a Parquet file of the rows, compressed with Zstandard."""
    schema = pa.schema([(column.name, _STORED[column.type]) for column in columns], _geo(columns))
    sink = Sink()
    with pq.ParquetWriter(pa.PythonFile(sink, "w"), schema, compression="zstd") as writer:
        yield sink.taken()
        group: list[pa.RecordBatch] = []
        waiting = 0
        for batch in batches:
            stored = [_stored(column, array) for column, array in zip(columns, batch.columns, strict=True)]
            group.append(pa.RecordBatch.from_arrays(stored, schema=schema))
            waiting += batch.num_rows
            if waiting >= _GROUP:
                writer.write_table(pa.Table.from_batches(group), row_group_size=waiting)
                group, waiting = [], 0
                yield sink.taken()
        if waiting:
            writer.write_table(pa.Table.from_batches(group), row_group_size=waiting)
    yield sink.taken()


def _stored(column: Column, array: pa.Array) -> pa.Array:
    return _wkb(array) if column.type is Type.POINT else pc.cast(array, _STORED[column.type], safe=False)


def _wkb(points: pa.Array) -> pa.Array:
    """Return points as well-known binary: 21 bytes each, in this machine's memory as in the file."""
    missing = points.is_null().to_numpy(zero_copy_only=False)
    written = np.zeros(len(points), _WKB)
    written["order"], written["kind"] = 1, 1
    for name in ("lon", "lat"):
        written[name] = pc.struct_field(points, name).to_numpy(zero_copy_only=False)
    sizes = np.where(missing, 0, _WKB.itemsize)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype("<i4")
    validity = pa.array(~missing).buffers()[1]
    data = pa.py_buffer(written[~missing].tobytes())
    return pa.Array.from_buffers(pa.binary(), len(points), [validity, pa.py_buffer(offsets), data])


def _geo(columns: Sequence[Column]) -> dict[str, str]:
    """Return GeoParquet's metadata; none without a point."""
    points = [column.name for column in columns if column.type is Type.POINT]
    if not points:
        return {}
    told: dict[str, Any] = {name: {"encoding": "WKB", "geometry_types": ["Point"]} for name in points}
    return {"geo": json.dumps({"version": "1.1.0", "primary_column": points[0], "columns": told})}
