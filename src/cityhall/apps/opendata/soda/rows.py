"""Writes an answer's batches as bytes, one piece for each batch, so that answers of any size need little memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from cityhall.kernel.analytics.columns import Column, Type

JSON_TYPE: Final = "application/json;charset=utf-8"
CSV_TYPE: Final = "text/csv;charset=utf-8"
GEOJSON_TYPE: Final = "application/vnd.geo+json;charset=utf-8"
BOM: Final = b"\xef\xbb\xbf"

_CRS84: Final = '{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}'
_ESCAPED: Final = r'["\\\x00-\x1f]'
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def number_text(number: float) -> str | None:
    """Return a number as SODA writes it, which is as a text; None for what no number is."""
    if isinstance(number, int):
        return str(number)
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def timestamp_text(moment: datetime) -> str:
    """Return a time on the wall, to the millisecond."""
    return moment.isoformat(timespec="milliseconds")


def _instant_text(moment: datetime) -> str:
    return timestamp_text(moment) + "Z"


def _point(point: dict[str, float]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [point["lon"], point["lat"]]}


def _url(url: str) -> dict[str, str]:
    return {"url": url}


def _same(value: Any) -> Any:
    return value


_SHOWN: Final[dict[Type, Callable[[Any], Any]]] = {
    Type.TEXT: _same,
    Type.NUMBER: number_text,
    Type.BOOLEAN: _same,
    Type.TIMESTAMP: timestamp_text,
    Type.INSTANT: _instant_text,
    Type.POINT: _point,
    Type.URL: _url,
}


def objects(columns: Sequence[Column], batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Iterate over a batch's rows as SODA's JSON has them: nulls are left out, numbers are texts."""
    for values in _shown(columns, batch):
        yield {name: value for name, value in values if value is not None}


def _shown(columns: Sequence[Column], batch: pa.RecordBatch) -> Iterator[list[tuple[str, Any]]]:
    names = [column.name for column in columns]
    shown = []
    for column, array in zip(columns, batch.columns, strict=True):
        show = _SHOWN[column.type]
        shown.append([None if value is None else show(value) for value in array.to_pylist()])
    for values in zip(*shown, strict=True):
        yield list(zip(names, values, strict=True))


def json_pieces(columns: Sequence[Column], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Iterate over a JSON array of the rows, a row on each line, as `objects` has them."""
    names = ["," + _encode(column.name) + ":" for column in columns]
    before = "[{"
    for batch in batches:
        if not batch.num_rows:
            continue
        members: list[Piece] = []
        for name, column, array in zip(names, columns, batch.columns, strict=True):
            member = [name, *_soda(column, array)]
            members += [filled(member, "")] if has_nulls(member) else member
        yield (before + "}\n,{".join(joined(members)) + "}").encode()
        before = "\n,{"
    yield ("[]\n" if before == "[{" else "]\n").encode()


Piece: TypeAlias = "pa.Array | str"
"""A part of each row: a text of its own, or the same for all."""


def joined(members: Iterable[Piece]) -> list[str]:
    """Return the rows of a batch, each in one text, without the comma that its first member begins with.

    All pieces at one go: Arrow writes each text anew for whatever is put before or behind it.
    """
    pieces: list[Piece] = []
    for piece in members:
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    begins = isinstance(pieces[0], str)
    if begins:
        pieces[0] = pieces[0][1:]
    rows: list[str] = pc.binary_join_element_wise(*pieces, "").to_pylist()
    return rows if begins else [row[1:] for row in rows]


def has_nulls(pieces: Iterable[Piece]) -> bool:
    """Say whether there are rows in which some piece is null."""
    return any(not isinstance(piece, str) and piece.null_count for piece in pieces)


def filled(pieces: Iterable[Piece], instead: str) -> pa.Array:
    """Return pieces as one, `instead` where one of them is null."""
    return pc.fill_null(pc.binary_join_element_wise(*pieces, ""), instead)


def _soda(column: Column, array: pa.Array) -> list[Piece]:
    """Return a column's values as SODA's JSON has them, null where a piece is."""
    if column.type is Type.NUMBER:
        return ['"', as_texts(column, array), '"']
    if column.type is Type.URL:
        return ['{"url":', *as_json(column, array), "}"]
    return as_json(column, array)


def as_json(column: Column, array: pa.Array) -> list[Piece]:
    """Return a column's values as JSON, null where a piece is."""
    if column.type is Type.POINT:
        lon, lat = (_number_texts(pc.struct_field(array, name)) for name in ("lon", "lat"))
        return ['{"type":"Point","coordinates":[', lon, ",", lat, "]}"]
    if column.type is Type.NUMBER and pa.types.is_floating(array.type):
        array = pc.if_else(pc.is_finite(array), array, None)
    texts = as_texts(column, array)
    if column.type in (Type.NUMBER, Type.BOOLEAN):
        return [texts]
    if pc.any(pc.match_substring_regex(texts, _ESCAPED)).as_py():
        return [pa.array([None if text is None else _encode(text) for text in texts.to_pylist()], pa.string())]
    return ['"', texts, '"']


def geojson_pieces(columns: Sequence[Column], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Iterate over a FeatureCollection: the first column of points is the geometry, nulls are kept."""
    place = next((column.name for column in columns if column.type is Type.POINT), None)
    before = '{"type":"FeatureCollection","features":['
    for batch in batches:
        if not batch.num_rows:
            continue
        yield (before + "\n,".join(_encode(_feature(row, place)) for row in _shown(columns, batch))).encode()
        before = "\n,"
    yield ((before if before != "\n," else "") + f'],"crs":{_CRS84}}}\n').encode()


def _feature(row: list[tuple[str, Any]], place: str | None) -> dict[str, Any]:
    properties = dict(row)
    geometry = properties.pop(place) if place is not None else None
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def csv_pieces(columns: Sequence[Column], batches: Iterable[pa.RecordBatch], *, bom: bool = False) -> Iterator[bytes]:
    """Iterate over CSV: every value in quotation marks, nulls empty, the names of the columns first."""
    header = ",".join(_cell(column.name) for column in columns) + "\n"
    yield (BOM if bom else b"") + header.encode()
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    for batch in batches:
        texts = [as_texts(column, array) for column, array in zip(columns, batch.columns, strict=True)]
        written = io.BytesIO()
        csv.write_csv(pa.table(texts, names=[str(place) for place in range(len(texts))]), written, options)
        yield written.getvalue()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def as_texts(column: Column, array: pa.Array) -> pa.Array:
    """Return a column as texts, without a Python object for each value wherever Arrow can do it."""
    if column.type in (Type.TEXT, Type.URL):
        return array
    if column.type in (Type.TIMESTAMP, Type.INSTANT):
        # Twenty times faster than `strftime`, which looks up what a calendar needs for each value.
        written = pc.cast(pc.cast(array, pa.timestamp("ms"), safe=False), pa.string())
        written = pc.replace_substring(written, " ", "T", max_replacements=1)
        return pc.binary_join_element_wise(written, "Z", "") if column.type is Type.INSTANT else written
    if column.type is Type.NUMBER:
        return _number_texts(array)
    if column.type is Type.BOOLEAN:
        return pc.cast(array, pa.string())
    lon, lat = (_number_texts(pc.struct_field(array, name)) for name in ("lon", "lat"))
    return pc.binary_join_element_wise(
        pc.binary_join_element_wise("POINT (", lon, ""), pc.binary_join_element_wise(lat, ")", ""), " "
    )


def _number_texts(array: pa.Array) -> pa.Array:
    """Return numbers as `number_text` writes them, which Arrow does as well except for great and tiny ones."""
    if not pa.types.is_floating(array.type):
        return pc.cast(array, pa.string())
    size = pc.abs(array)
    plain = pc.or_(pc.and_(pc.greater(size, 1e-4), pc.less(size, 1e9)), pc.equal(size, 0))
    if not pc.all(plain, skip_nulls=True).as_py():
        return pa.array([None if value is None else number_text(value) for value in array.to_pylist()], pa.string())
    return pc.cast(pc.add(array, 0.0), pa.string())
